/* SPDX-License-Identifier: Apache-2.0
 * transaction (hl7.org/fhir/R4/http.html#transaction): all entries in one commit or none. Order of work is DELETE,
 * POST, PUT, GET, whatever the order of the entries; answers stand in the entries' order. */
#include "api/entries.h"

#include "base/hash.h"

static enum error fail_entry(struct entries *entries, struct entry *entry, enum error error)
{
	struct call *call = entries->call;
	for (const struct issue *i = entry->issues.first; i != NULL; i = i->next) {
		struct text text;
		text_init(&text, &call->arena, 1024);
		text_put_format(&text, "Bundle.entry[%zu]", entry->number);
		if (str_starts_with(i->expression, STR("Bundle.entry")))
			text_init(&text, &call->arena, 1024);
		else if (i->expression.len > 0)
			text_put(&text, STR(".resource: "));
		text_put(&text, i->expression);
		issue_add_as(&call->issues, i->severity, i->error, i->code, text_view(&text),
			     "%.*s", STR_ARG(i->diagnostics));
	}
	if (entry->issues.first == NULL)
		(void)issue_add(&call->issues, error, entry_path(&call->arena, entry, ""), "%.*s",
				STR_ARG(error_row(error)->meaning));
	return error;
}

/* Each resource may be written once, each ifNoneExist and each fullUrl stand once: otherwise the outcome
 * would depend on an order that a transaction does not have. */
struct seen {
	struct str *keys;
	size_t mask;
};

static bool seen_before(struct seen *seen, struct str key)
{
	size_t at = (size_t)hash_str(key) & seen->mask;
	while (seen->keys[at].ptr != NULL) {
		if (str_equal(seen->keys[at], key))
			return true;
		at = (at + 1) & seen->mask;
	}
	seen->keys[at] = key;
	return false;
}

static enum error seen_init(struct seen *seen, struct arena *arena, size_t count)
{
	size_t size = 16;
	while (size < 4 * count)
		size *= 2;
	seen->keys = ARENA_NEW(arena, struct str, size);
	seen->mask = size - 1;
	return seen->keys == NULL ? ERROR_LIMIT : ERROR_OK;
}

static struct str key_of(struct arena *arena, const char *kind, uint16_t type, struct str rest)
{
	struct text text;
	text_init(&text, arena, 65536);
	text_put_format(&text, "%s%u/", kind, type);
	text_put(&text, rest);
	return text_view(&text);
}

/* Criteria in one spelling. */
static struct str plain_criteria(struct arena *arena, struct str query)
{
	struct search_argument *arguments = NULL;
	size_t count = 0;
	struct text text;
	if (url_query_parse(arena, query, &arguments, &count) != ERROR_OK)
		return query;
	text_init(&text, arena, 65536);
	url_query_print(&text, arguments, count);
	return text_view(&text);
}

static enum error check_unique(struct entries *entries)
{
	struct arena *arena = &entries->call->arena;
	struct seen seen;
	enum error error = seen_init(&seen, arena, 4 * entries->count);
	if (error != ERROR_OK)
		return error;
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->rows[i];
		const struct change *change = &entry->change;
		const char *what = NULL;
		if (entry->is_inquiry)
			continue;
		if (change->writes && change->demand.claim.len > 0 &&
		    seen_before(&seen, key_of(arena, "claim", change->type, change->demand.claim)))
			return issue_add(&entries->call->issues, ERROR_CONFLICT,
					 entry_path(arena, entry, ""), "%s", change->demand.words);
		if (change->writes &&
		    seen_before(&seen, key_of(arena, "id", change->type, change->id)))
			what = "the same resource is written twice in this transaction";
		else if (change->has_if_none_exist &&
			 seen_before(&seen, key_of(arena, "if", change->type,
						   plain_criteria(arena, change->if_none_exist))))
			what = "the same ifNoneExist stands twice in this transaction";
		else if (entry->full_url.len > 0 &&
			 seen_before(&seen, key_of(arena, "url", 0, entry->full_url)))
			what = "the same fullUrl stands twice in this transaction";
		if (what != NULL)
			return issue_add(&entries->call->issues, ERROR_BAD_REQUEST,
					 entry_path(arena, entry, ""), "%s", what);
	}
	return ERROR_OK;
}

static enum error resolve_all(struct entries *entries, struct store_reader *reader)
{
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->rows[i];
		if (entry->is_inquiry)
			continue;
		enum error error = change_resolve(&entry->change, reader);
		if (error != ERROR_OK)
			return fail_entry(entries, entry, error);
	}
	return check_unique(entries);
}

static enum error prepare_all(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->rows[i];
		if (entry->is_inquiry || !entry->change.writes)
			continue;
		enum error error = change_prepare(&entry->change);
		if (error != ERROR_OK)
			return fail_entry(entries, entry, error);
	}
	return ERROR_OK;
}

/* The writes in their order, and every condition that led to them. */
static enum error gather(struct entries *entries, const struct store_condition *references,
			 size_t reference_count)
{
	static const enum http_method order[] = { HTTP_DELETE, HTTP_POST, HTTP_PUT };
	struct arena *arena = &entries->call->arena;
	struct store_condition *conditions =
		ARENA_NEW(arena, struct store_condition, 2 * entries->count + reference_count + 1);
	entries->writes = ARENA_NEW(arena, struct store_write, entries->count + 1);
	entries->written = ARENA_NEW(arena, struct entry *, entries->count + 1);
	if (conditions == NULL || entries->writes == NULL || entries->written == NULL)
		return ERROR_LIMIT;
	size_t condition_count = 0;
	size_t write_count = 0;
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		for (size_t i = 0; i < entries->count; i++) {
			struct entry *entry = &entries->rows[i];
			if (entry->is_inquiry || entry->method != order[k])
				continue;
			if (entry->change.has_condition)
				conditions[condition_count++] = entry->change.condition;
			if (entry->change.demand.none != NULL)
				conditions[condition_count++] = (struct store_condition){
					.search = entry->change.demand.none
				};
			if (!entry->change.writes)
				continue;
			entries->written[write_count] = entry;
			entries->writes[write_count++] = entry->change.write;
		}
	}
	for (size_t i = 0; i < reference_count; i++)
		conditions[condition_count++] = references[i];
	entries->commit = (struct store_commit){ .writes = entries->writes,
						 .write_count = write_count,
						 .conditions = conditions,
						 .condition_count = condition_count,
						 .origin = STR("api"),
						 .feed_expected = -1 };
	return ERROR_OK;
}

static enum error prepare(struct entries *entries)
{
	struct call *call = entries->call;
	struct store_condition *references = NULL;
	size_t reference_count = 0;
	enum error error = entries_read(entries);
	if (error != ERROR_OK)
		return error;
	struct store_reader *reader = exchange_reader(call);
	if (reader == NULL)
		return ERROR_BUSY;
	error = resolve_all(entries, reader);
	if (error == ERROR_OK)
		error = links_rewrite(entries, reader, &references, &reference_count);
	store_reader_return(reader);
	if (error == ERROR_OK)
		error = prepare_all(entries);
	if (error == ERROR_OK)
		error = gather(entries, references, reference_count);
	return error;
}

static void answer(struct entries *entries)
{
	entries_inquire(entries);
	entries_answer(entries);
}

static void transaction_finish(struct call *call, struct store_commit *commit);

static void transaction_try(struct entries *entries)
{
	struct call *call = entries->call;
	entries->tries++;
	enum error error = prepare(entries);
	if (error != ERROR_OK)
		call_fail(call, error);
	else if (entries->commit.write_count == 0)
		answer(entries);
	else
		call_commit(call, &entries->commit, transaction_finish);
}

static void transaction_fail(struct entries *entries, const struct store_commit *commit)
{
	struct call *call = entries->call;
	enum error error = commit->error;
	if (commit->failed_write < commit->write_count) {
		struct entry *entry = entries->written[commit->failed_write];
		error = change_settle(&entry->change, commit);
		(void)fail_entry(entries, entry, error);
	}
	call_fail(call, error);
}

static void transaction_finish(struct call *call, struct store_commit *commit)
{
	struct entries *entries = call->state;
	if (commit->error == ERROR_OK) {
		for (size_t i = 0; i < commit->write_count; i++) {
			struct change *change = &entries->written[i]->change;
			change->write = commit->writes[i];
			(void)change_settle(change, commit);
		}
		answer(entries);
		return;
	}
	bool moved = commit->error == ERROR_CONFLICT;
	if (commit->error == ERROR_PRECONDITION && commit->failed_write < commit->write_count)
		moved = entries->written[commit->failed_write]->change.expects_read;
	if (!moved || entries->tries >= CHANGE_TRIES_MAX) {
		transaction_fail(entries, commit);
		return;
	}
	/* Rewriting has changed the tree: begin with the bytes again. */
	struct json *bundle = NULL;
	issues_init(&call->issues, &call->arena);
	enum error error = json_parse(&call->arena, call->body, NULL, &call->issues, &bundle);
	entries->bundle = bundle;
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		transaction_try(entries);
}

void transaction_run(struct entries *entries)
{
	transaction_try(entries);
}
