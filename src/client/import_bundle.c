/* SPDX-License-Identifier: Apache-2.0
 * Sending a Bundle and reading what the server says of each entry. */
#include "base/hash.h"
#include "base/limits.h"
#include "client/import.h"
#include "client/upload.h"

enum { RESOURCE_DEPTH_MAX = LIMIT_JSON_DEPTH_MAX };

/* The first issue's words, of an OperationOutcome; empty when there is none. */
static struct str outcome_reason(const struct json *outcome)
{
	const struct json *issue = json_at(json_get(outcome, STR("issue")), 0);
	struct str reason = json_get_text(issue, STR("diagnostics"));
	if (reason.len == 0)
		reason = json_get_text(json_get(issue, STR("details")), STR("text"));
	return reason.len == 0 ? json_get_text(issue, STR("code")) : reason;
}

/* The entry that an issue's expression names ("Bundle.entry[5].resource…"), or `count`. */
static size_t outcome_entry(const struct json *outcome, size_t count)
{
	const struct json *issue = json_at(json_get(outcome, STR("issue")), 0);
	struct str expression = json_text(json_at(json_get(issue, STR("expression")), 0));
	struct str start = STR("Bundle.entry[");
	uint64_t at = 0;
	if (!str_starts_with(expression, start))
		return count;
	size_t end = str_find_byte(expression, ']', start.len);
	return str_to_u64(str_slice(expression, start.len, end), &at) && at < count ? (size_t)at
										    : count;
}

static void count_all(struct import_file *file, const struct import_bundle *bundle,
		      enum tally_column column)
{
	for (size_t i = 0; i < bundle->count; i++) {
		if (bundle->entries[i].type.len > 0)
			tally_add(&file->tally, bundle->entries[i].type, column, 1);
	}
}

/* The whole request was refused: one line, which names the entry at fault when the server did. */
static void refuse_all(struct import_file *file, const struct import_bundle *bundle,
		       unsigned status, const struct json *outcome)
{
	size_t at = outcome_entry(outcome, bundle->count);
	struct str reason = outcome_reason(outcome);
	struct str type = at < bundle->count ? bundle->entries[at].type : STR("Bundle");
	if (reason.len == 0)
		reason = STR("no reason given");
	count_all(file, bundle, TALLY_REFUSED);
	file->refused += (int64_t)bundle->count - 1; /* import_refuse adds the last */
	import_refuse(file, bundle->place, bundle->entries[at < bundle->count ? at : 0].at, type,
		      reason);
	import_say(file->screen, stderr,
		   "%.*s: the server answered %u; all %zu entries of this request were refused",
		   STR_ARG(file->name), status, bundle->count);
}

static void count_answer(struct import_file *file, const char *place,
			 const struct import_entry *entry, const struct json *answer)
{
	const struct json *response = json_get(answer, STR("response"));
	struct str status = json_get_text(response, STR("status"));
	bool created = str_starts_with(status, STR("201"));
	if (created || str_starts_with(status, STR("200")) || str_starts_with(status, STR("204"))) {
		if (entry->type.len > 0)
			tally_add(&file->tally, entry->type,
				  created ? TALLY_CREATED : TALLY_EXISTING, 1);
		return;
	}
	struct str reason = outcome_reason(json_get(response, STR("outcome")));
	if (entry->type.len > 0)
		tally_add(&file->tally, entry->type, TALLY_REFUSED, 1);
	import_refuse(file, place, entry->at, entry->type,
		      reason.len > 0 ? reason : STR("no reason given"));
}

/* No answer, or one that says "later": the import ends here and may be started again. */
static bool stopped(struct import_file *file, enum client_result result,
		    const struct client_answer *answer, const struct json *outcome)
{
	const char *what = NULL;
	if (result == CLIENT_UNREACHABLE)
		what = "the server cannot be reached";
	else if (result == CLIENT_BROKEN)
		what = "the connection broke, what was sent may or may not be stored";
	else if (answer->status == 429 || answer->status == 503 || answer->status == 507)
		what = "the server is too busy, or its disk is full";
	if (what == NULL)
		return false;
	struct str reason =
		result == CLIENT_ANSWERED ? outcome_reason(outcome) : answer->diagnostics;
	import_say(file->screen, stderr,
		   "%.*s: %s (%.*s). Run the same command again: it goes on here.",
		   STR_ARG(file->name), what, STR_ARG(reason));
	file->stopped = true;
	return true;
}

void import_bundle_send(struct import_file *file, struct arena *arena,
			const struct import_bundle *bundle)
{
	struct client_request request = {
		.method = CLIENT_POST,
		.body = bundle->body,
		.repeatable = bundle->repeatable,
		.prefer = STR("return=minimal"),
		.idempotency_key = bundle->key,
	};
	struct client_answer answer = { 0 };
	struct json *root = NULL;
	ASSERT(bundle->count > 0);
	enum client_result result = client_send(file->client, arena, &request, &answer);
	struct json_options options = { .bytes_max = answer.body.len + 1 };
	if (json_parse(arena, answer.body, &options, NULL, &root) != ERROR_OK)
		root = NULL;
	if (stopped(file, result, &answer, root))
		return;
	const struct json *list = json_get(root, STR("entry"));
	if (answer.status != 200 || list == NULL || list->type != JSON_ARRAY ||
	    list->count != bundle->count) {
		/* A transaction that was answered so left nothing behind. What refused it may be another
		 * file on its way at the same time, so that is found out before a word is said. */
		file->again = bundle->whole && answer.status >= 400 && answer.status < 500 &&
			      import_beside(file);
		if (file->again)
			return;
		refuse_all(file, bundle, answer.status, root);
		return;
	}
	const struct json *entry_answer = list->child;
	for (size_t i = 0; i < bundle->count; i++, entry_answer = entry_answer->next)
		count_answer(file, bundle->place, &bundle->entries[i], entry_answer);
}

void import_batch_init(struct import_batch *batch, struct import_file *file, struct arena *arena,
		       const char *place)
{
	batch->file = file;
	batch->arena = arena;
	batch->place = place;
	batch->count = 0;
	batch->part = 0;
	batch->repeatable = true;
}

static void batch_begin(struct import_batch *batch)
{
	text_init(&batch->text, batch->arena, LIMIT_BODY_BYTES_MAX);
	text_put(&batch->text, STR("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":["));
	batch->repeatable = true;
}

void import_batch_add(struct import_batch *batch, size_t at, const struct json *resource)
{
	struct str type = json_get_text(resource, STR("resourceType"));
	struct str id = json_get_text(resource, STR("id"));
	struct import_file *file = batch->file;
	if (type.len == 0) {
		import_refuse(file, batch->place, at, STR("?"),
			      STR("it is no FHIR resource: resourceType is missing"));
		return;
	}
	if (batch->count == 0)
		batch_begin(batch);
	tally_add(&file->tally, type, TALLY_IN_FILES, 1);
	text_put(&batch->text, batch->count > 0 ? STR(",{\"resource\":") : STR("{\"resource\":"));
	json_print(&batch->text, resource);
	text_put(&batch->text, id.len > 0 ? STR(",\"request\":{\"method\":\"PUT\",\"url\":")
					  : STR(",\"request\":{\"method\":\"POST\",\"url\":"));
	struct text url;
	text_init(&url, batch->arena, 4096);
	text_put(&url, type);
	if (id.len > 0) {
		text_put_byte(&url, '/');
		text_put(&url, id);
	}
	json_print_string(&batch->text, text_view(&url));
	text_put(&batch->text, STR("}}"));
	batch->repeatable = batch->repeatable && id.len > 0;
	batch->entries[batch->count++] =
		(struct import_entry){ at, arena_copy(batch->arena, type) };
	if (batch->count == IMPORT_BATCH_ENTRIES_MAX || batch->text.len > IMPORT_BATCH_BYTES_MAX)
		import_batch_send(batch);
}

void import_batch_send(struct import_batch *batch)
{
	if (batch->count == 0 || batch->file->stopped)
		return;
	text_put(&batch->text, STR("]}"));
	struct import_bundle bundle = {
		.body = text_view(&batch->text),
		.key = upload_key(batch->arena, "import", batch->part++, text_view(&batch->text)),
		.repeatable = batch->repeatable,
		.place = batch->place,
		.entries = batch->entries,
		.count = batch->count,
	};
	batch->count = 0;
	if (bundle.body.len == 0) {
		count_all(batch->file, &bundle, TALLY_REFUSED);
		batch->file->refused += (int64_t)bundle.count - 1;
		import_refuse(batch->file, batch->place, batch->entries[0].at, STR("Bundle"),
			      STR("more than one request may hold"));
		return;
	}
	import_bundle_send(batch->file, batch->arena, &bundle);
	import_progress(batch->file);
}

/* --- references inside a collection ----------------------------------------------------------- */

struct urn_table {
	struct urn {
		struct str full_url, reference;
	} * rows;
	size_t size; /* power of two */
};

static struct urn *urn_find(const struct urn_table *table, struct str full_url)
{
	size_t at = hash_str(full_url) & (table->size - 1);
	while (table->rows[at].full_url.len > 0 && !str_equal(table->rows[at].full_url, full_url))
		at = (at + 1) & (table->size - 1);
	return &table->rows[at];
}

static bool urn_table_fill(struct urn_table *table, struct arena *arena, const struct json *bundle)
{
	const struct json *entries = json_get(bundle, STR("entry"));
	bool all = true;
	table->size = 16;
	while (entries != NULL && table->size < (size_t)entries->count * 2)
		table->size *= 2;
	table->rows = ARENA_NEW(arena, struct urn, table->size);
	if (table->rows == NULL || entries == NULL)
		return false;
	for (const struct json *entry = entries->child; entry != NULL; entry = entry->next) {
		const struct json *resource = json_get(entry, STR("resource"));
		struct str id = json_get_text(resource, STR("id"));
		struct str full_url = json_get_text(entry, STR("fullUrl"));
		struct text reference;
		all = all && id.len > 0;
		if (!str_starts_with(full_url, STR("urn:")) || id.len == 0)
			continue;
		text_init(&reference, arena, 4096);
		text_put(&reference, json_get_text(resource, STR("resourceType")));
		text_put_byte(&reference, '/');
		text_put(&reference, id);
		*urn_find(table, full_url) = (struct urn){ full_url, text_view(&reference) };
	}
	return all;
}

static void rewrite(const struct urn_table *table, struct json *node)
{
	if (node->type != JSON_STRING || !str_equal(json_name(node), STR("reference")) ||
	    !str_starts_with(json_text(node), STR("urn:")))
		return;
	const struct urn *urn = urn_find(table, json_text(node));
	if (urn->full_url.len == 0 || urn->reference.len > UINT32_MAX)
		return;
	node->text_ptr = urn->reference.ptr;
	node->text_len = (uint32_t)urn->reference.len;
}

bool import_references_resolve(struct arena *arena, struct json *bundle)
{
	struct urn_table table;
	struct json *stack[RESOURCE_DEPTH_MAX + 1];
	size_t depth = 0;
	if (!urn_table_fill(&table, arena, bundle))
		return false;
	/* The parser keeps depth under the limit, and only the way back up is stacked. */
	for (struct json *node = bundle->child; node != NULL || depth > 0;) {
		if (node == NULL) {
			node = stack[--depth]->next;
			continue;
		}
		rewrite(&table, node);
		if (node->child != NULL) {
			ASSERT(depth <= RESOURCE_DEPTH_MAX);
			stack[depth++] = node;
			node = node->child;
		} else {
			node = node->next;
		}
	}
	return true;
}
