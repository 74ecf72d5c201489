/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/record.h"

#include "base/limits.h"
#include "ward/core.h"

#define EXTENSION_URL HOMEWARD_URL "StructureDefinition/"

struct json *record_extension(const struct json *element, struct str name)
{
	const struct json *list = json_get(element, STR("extension"));
	for (struct json *one = list == NULL ? NULL : list->child; one != NULL; one = one->next) {
		struct str url = json_get_text(one, STR("url"));
		if (str_starts_with(url, STR(EXTENSION_URL)) &&
		    str_equal(str_slice(url, STR(EXTENSION_URL).len, url.len), name))
			return one;
	}
	return NULL;
}

static void put_text(struct arena *arena, struct json *object, struct str name, struct str value)
{
	json_put(object, name, json_new_string(arena, arena_copy(arena, value)));
}

static struct json *list_of(struct arena *arena, struct json *object)
{
	struct json *list = json_get(object, STR("extension"));
	return list != NULL ? list
			    : json_put(object, STR("extension"), json_new(arena, JSON_ARRAY));
}

static struct json *extension_made(struct arena *arena, struct json *page, struct str url)
{
	struct str name = str_slice(url, STR(EXTENSION_URL).len, url.len);
	struct json *found = record_extension(page, name);
	if (found != NULL)
		return found;
	found = json_append(list_of(arena, page), json_new(arena, JSON_OBJECT));
	put_text(arena, found, STR("url"), url);
	return found;
}

/* False when the time stands already. */
static bool put_time(struct arena *arena, struct json *page, struct str which, int64_t at_us)
{
	struct json *times = extension_made(arena, page, STR(EXTENSION_URL "channel-time"));
	struct json *list = list_of(arena, times);
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (str_equal(json_get_text(one, STR("url")), which))
			return false;
	}
	struct json *part = json_append(list, json_new(arena, JSON_OBJECT));
	put_text(arena, part, STR("url"), which);
	put_text(arena, part, STR("valueInstant"), date_print_instant(arena, at_us));
	return true;
}

static bool put_words(struct arena *arena, struct json *page, struct str url, struct str value)
{
	if (value.len == 0)
		return false;
	struct json *extension = extension_made(arena, page, url);
	if (str_equal(json_get_text(extension, STR("valueString")), value))
		return false;
	put_text(arena, extension, STR("valueString"), value);
	return true;
}

static bool put_received(struct arena *arena, struct json *page, int64_t at_us)
{
	bool changed = put_time(arena, page, STR("delivered"), at_us);
	if (json_get(page, STR("received")) == NULL) {
		put_text(arena, page, STR("received"), date_print_instant(arena, at_us));
		changed = true;
	}
	if (!str_equal(json_get_text(page, STR("status")), STR("completed"))) {
		put_text(arena, page, STR("status"), STR("completed"));
		(void)json_remove(page, STR("statusReason"));
		changed = true;
	}
	return changed;
}

bool record_apply(struct arena *arena, struct json *page, const struct record_change *change)
{
	struct str status = json_get_text(page, STR("status"));
	bool preparing = str_equal(status, STR("preparation"));
	bool waiting = preparing || str_equal(status, STR("in-progress"));
	bool proved = str_equal(status, STR("completed"));
	bool changed =
		put_words(arena, page, STR(EXTENSION_URL "provider-reference"), change->provider);
	switch (change->event) {
	case RECORD_TAKEN:
		changed = put_time(arena, page, STR("sent"), change->at_us) || changed;
		if (preparing) {
			put_text(arena, page, STR("status"), STR("in-progress"));
			changed = true;
		}
		break;
	case RECORD_DELIVERED:
		changed = put_received(arena, page, change->at_us) || changed;
		break;
	case RECORD_SEEN:
		changed = put_time(arena, page, STR("seen"), change->at_us) || changed;
		changed = put_received(arena, page, change->at_us) || changed;
		break;
	case RECORD_FAILED:
		if (waiting) {
			put_text(arena, page, STR("status"), STR("stopped"));
			changed = true;
		}
		break;
	}
	/* What proved the delivery stays, and so does a failure that was known before the provider's first answer was
	 * written down. */
	bool told = change->event == RECORD_TAKEN && !preparing;
	if (!proved && !told && (changed || change->event == RECORD_FAILED))
		changed = put_words(arena, page, STR(EXTENSION_URL "delivery-proof"),
				    change->proof) ||
			  changed;
	return changed;
}

enum error record_write(struct arena *arena, struct json *page, struct str id, int64_t version,
			struct store_write *ret_write)
{
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);
	struct text body;
	if (index == NULL)
		return ERROR_LIMIT;
	enum error error = fhir_validate(arena, page, NULL);
	if (error == ERROR_OK)
		error = fhir_index_extract(arena, page, index);
	if (error != ERROR_OK)
		return error;
	text_init(&body, arena, LIMIT_BODY_BYTES_MAX);
	store_body_print(&body, arena, page, id);
	if (body.failed || arena->failed)
		return ERROR_LIMIT;
	*ret_write = (struct store_write){ .method = STORE_UPDATE,
					   .type = fhir_resource_type_of(page),
					   .id = id,
					   .version_expected = version,
					   .body = text_view(&body),
					   .index = index };
	return ERROR_OK;
}

static enum error try_once(struct store *store, struct arena *arena, struct str id,
			   const struct record_change *change)
{
	struct store_version version;
	struct store_write write;
	struct json *page = NULL;
	struct store_reader *reader = store_reader_borrow(store);
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error =
		store_read(reader, arena, fhir_resource_find(STR("Communication")), id, &version);
	store_reader_return(reader);
	if (error == ERROR_OK)
		error = json_parse(arena, version.body, NULL, NULL, &page);
	if (error != ERROR_OK || !record_apply(arena, page, change))
		return error;
	error = record_write(arena, page, id, version.version, &write);
	if (error != ERROR_OK)
		return error;
	struct store_commit commit = { .writes = &write,
				       .write_count = 1,
				       .origin = STR(RECORD_ORIGIN),
				       .feed_expected = -1 };
	return store_commit_wait(store, &commit);
}

enum error record_page(struct store *store, struct arena *arena, struct str id,
		       const struct record_change *change)
{
	enum error error = ERROR_PRECONDITION;
	for (int tries = 0; tries < RECORD_TRIES && error == ERROR_PRECONDITION; tries++)
		error = try_once(store, arena, id, change);
	return error;
}
