/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/record.h"

#include "base/limits.h"

#define PAGE_BYTES_MAX ((size_t)512 * 1024 * 1024)
#define TREE_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define ARGUMENTS_MAX 8
#define OWN_SYSTEM HOMEWARD_URL "CodeSystem/"

enum error record_begin(struct record *record, struct call *call)
{
	*record = (struct record){ .call = call,
				   .reader = store_reader_borrow(server_store(call->server)) };
	if (record->reader == NULL)
		return ERROR_BUSY;
	store_snapshot_begin(record->reader);
	arena_init(&record->page, PAGE_BYTES_MAX);
	arena_init(&record->tree, TREE_BYTES_MAX);
	return ERROR_OK;
}

bool record_open(struct record *record, struct call *call)
{
	enum error error = record_begin(record, call);
	if (error != ERROR_OK)
		call_fail(call, error);
	return error == ERROR_OK;
}

void record_close(struct record *record)
{
	store_snapshot_end(record->reader);
	store_reader_return(record->reader);
	arena_done(&record->page);
	arena_done(&record->tree);
}

static enum error visit_one(struct record *record, const struct store_version *version,
			    record_visit *visit, void *context)
{
	struct json *tree = NULL;
	if (record->is_over != NULL && record->is_over(record->context))
		return ERROR_BUSY;
	arena_reset(&record->tree);
	if (version->method != STORE_DELETE) {
		enum error error = json_parse(&record->tree, version->body, NULL, NULL, &tree);
		if (error != ERROR_OK)
			return error;
	}
	return visit(context, version, tree) ? ERROR_OK : ERROR_LIMIT;
}

static enum error run_page(struct record *record, const struct record_search *search,
			   struct str cursor, struct search_result *ret_result)
{
	struct search_argument arguments[ARGUMENTS_MAX + 1];
	struct search_request *request = NULL;
	const struct search_parse_options options = {
		.base_url = server_base_url(record->call->server),
		.now_us = clock_now_us(server_clock(record->call->server)),
	};
	size_t count = search->count;
	ASSERT(count <= ARGUMENTS_MAX);
	for (size_t i = 0; i < count; i++)
		arguments[i] = search->arguments[i];
	if (cursor.len > 0)
		arguments[count++] = (struct search_argument){ STR("_cursor"), cursor };
	enum error error =
		search_parse(&record->page, fhir_resource_find(str_from_c(search->type)), arguments,
			     count, &options, &record->call->issues, &request);
	if (error != ERROR_OK)
		return error;
	request->count = LIMIT_PAGE_COUNT_MAX;
	request->total = SEARCH_TOTAL_NONE;
	return search_run(record->reader, &record->page, request, &record->call->issues,
			  ret_result);
}

enum error record_each(struct record *record, const struct record_search *search)
{
	char cursor_bytes[2048];
	struct str cursor = { NULL, 0 };
	size_t seen = 0;
	do {
		struct search_result result = { 0 };
		arena_reset(&record->page);
		enum error error = run_page(record, search, cursor, &result);
		if (error != ERROR_OK)
			return error;
		seen += result.match_count;
		if (seen > RECORD_MATCHES_MAX)
			return issue_add(&record->call->issues, ERROR_TOO_COSTLY, STR(""),
					 "Too much for one answer; ask for a shorter period.");
		for (size_t i = 0; i < result.match_count; i++) {
			error = visit_one(record, &result.matches[i], search->visit,
					  search->context);
			if (error != ERROR_OK)
				return error;
		}
		if (result.cursor_next.len >= sizeof(cursor_bytes))
			return ERROR_INTERNAL;
		cursor = (struct str){ cursor_bytes, result.cursor_next.len };
		if (cursor.len > 0)
			memcpy(cursor_bytes, result.cursor_next.ptr, cursor.len);
	} while (cursor.len > 0);
	return ERROR_OK;
}

/* The store gives the newest first, a page at a time: all are taken, then visited from the last. */
enum error record_history(struct record *record, const char *type, struct str id,
			  record_visit *visit, void *context)
{
	struct store_history history = {
		.type = fhir_resource_find(str_from_c(type)),
		.id = id,
		.since_us = INT64_MIN,
		.before_us = INT64_MAX,
		.feed_max = INT64_MAX,
		.feed_below = INT64_MAX,
		.count = LIMIT_PAGE_COUNT_MAX,
	};
	struct pages {
		struct pages *newer;
		struct store_version *versions;
		size_t count;
	} *oldest = NULL;
	size_t count = 0, total = 0;
	arena_reset(&record->page);
	do {
		struct pages *page = ARENA_NEW(&record->page, struct pages, 1);
		int64_t all;
		if (page == NULL)
			return ERROR_LIMIT;
		enum error error = store_history(record->reader, &record->page, &history,
						 &page->versions, &page->count, &all);
		if (error != ERROR_OK)
			return error;
		count = page->count;
		total += count;
		page->newer = oldest;
		oldest = page;
		if (count > 0)
			history.feed_below = page->versions[count - 1].feed;
		if (total > RECORD_MATCHES_MAX)
			return ERROR_TOO_COSTLY;
	} while (count == history.count);
	for (; oldest != NULL; oldest = oldest->newer) {
		for (size_t i = oldest->count; i > 0; i--) {
			enum error error =
				visit_one(record, &oldest->versions[i - 1], visit, context);
			if (error != ERROR_OK)
				return error;
		}
	}
	return ERROR_OK;
}

enum error record_read(struct record *record, const char *type, struct str id,
		       struct json **ret_resource, int64_t *ret_version)
{
	struct store_version version = { 0 };
	if (!fhir_id_is_valid(id))
		return ERROR_NOT_FOUND;
	enum error error = store_read(record->reader, &record->call->arena,
				      fhir_resource_find(str_from_c(type)), id, &version);
	if (error != ERROR_OK)
		return error == ERROR_GONE ? ERROR_NOT_FOUND : error;
	*ret_version = version.version;
	return json_parse(&record->call->arena, version.body, NULL, NULL, ret_resource);
}

struct str record_reference(struct arena *arena, const char *type, struct str id)
{
	struct text text;
	text_init(&text, arena, 200);
	text_put_format(&text, "%s/%.*s", type, STR_ARG(id));
	return text_view(&text);
}

struct str record_bound(struct arena *arena, const char *prefix, int64_t at_us)
{
	struct text text;
	char instant[25];
	date_write_instant(at_us, instant);
	text_init(&text, arena, 64);
	text_put_format(&text, "%s%s", prefix, instant);
	return text_view(&text);
}

int64_t record_ms(int64_t at_us)
{
	int64_t rest = at_us % 1000;
	return at_us - (rest < 0 ? rest + 1000 : rest);
}

int64_t record_instant(const struct json *object, struct str name, int64_t missing)
{
	struct date date;
	if (date_parse(json_get_text(object, name), DATE_KIND_DATETIME, &date) != ERROR_OK)
		return missing;
	return record_ms(date.low_us);
}

struct str record_code(const struct json *concept, const char *system)
{
	const struct json *list = json_get(concept, STR("coding"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		struct str found = json_get_text(at, STR("system"));
		if (str_starts_with(found, STR(OWN_SYSTEM)) &&
		    str_equal(str_slice(found, sizeof(OWN_SYSTEM) - 1, found.len),
			      str_from_c(system)))
			return json_get_text(at, STR("code"));
	}
	return (struct str){ NULL, 0 };
}

bool record_code_is_known(struct str code, const char *const *codes)
{
	for (; *codes != NULL; codes++) {
		if (str_equal(code, str_from_c(*codes)))
			return true;
	}
	return false;
}

struct str record_codes_text(struct arena *arena, const char *const *codes)
{
	struct text text;
	text_init(&text, arena, 1000);
	for (size_t i = 0; codes[i] != NULL; i++)
		text_put_format(&text, "%s%s", i == 0 ? "" : ", ", codes[i]);
	return text_view(&text);
}

struct str record_token(struct arena *arena, const char *system, struct str code)
{
	struct text text;
	text_init(&text, arena, 200);
	text_put_format(&text, OWN_SYSTEM "%s|%.*s", system, STR_ARG(code));
	return text_view(&text);
}

struct str record_patient_name(struct arena *arena, const struct json *patient)
{
	return model_human_name(arena, json_get(patient, STR("name")));
}
