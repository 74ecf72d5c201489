/* SPDX-License-Identifier: Apache-2.0
 * One file: what it is, how it is sent, whether it has been sent before. */
#include "base/limits.h"
#include "client/import.h"
#include "client/source.h"

#include <stdlib.h>

enum { PROBES_MAX = 3, SCRATCH_BYTES = 8192 };
#define LINE_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define FILE_BYTES_MAX ((size_t)IMPORT_FILE_MB_MAX * 1024 * 1024)

/* --- has this transaction been stored by an earlier run? ---------------------------------------- */

enum presence { PRESENT, ABSENT, PARTLY, UNKNOWN };

static const struct json *probe_of(const struct json *entry)
{
	const struct json *request = json_get(entry, STR("request"));
	const struct json *identifier =
		json_at(json_get(json_get(entry, STR("resource")), STR("identifier")), 0);
	bool posted = str_equal(json_get_text(request, STR("method")), STR("POST"));
	bool conditional = json_get(request, STR("ifNoneExist")) != NULL;
	bool named = json_get_text(identifier, STR("system")).len > 0 &&
		     json_get_text(identifier, STR("value")).len > 0;
	return posted && !conditional && named ? identifier : NULL;
}

/* 1 found, 0 not found, -1 the server cannot tell. */
static int probe(struct import_file *file, struct arena *arena, const struct json *entry)
{
	const struct json *identifier = probe_of(entry);
	struct text path;
	struct client_answer answer;
	struct json *root = NULL;
	uint64_t total = 0;
	text_init(&path, arena, SCRATCH_BYTES);
	text_put_byte(&path, '/');
	text_put(&path, json_get_text(json_get(entry, STR("resource")), STR("resourceType")));
	text_put(&path, STR("?_summary=count&identifier="));
	client_encode(&path, json_get_text(identifier, STR("system")));
	text_put(&path, STR("%7C"));
	client_encode(&path, json_get_text(identifier, STR("value")));
	struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	if (path.failed || client_send(file->client, arena, &request, &answer) != CLIENT_ANSWERED ||
	    answer.status != 200 || json_parse(arena, answer.body, NULL, NULL, &root) != ERROR_OK ||
	    !str_to_u64(json_get_text(root, STR("total")), &total))
		return -1;
	return total > 0 ? 1 : 0;
}

/* A transaction is stored whole or not at all, so a few of its entries speak for all. */
static enum presence presence_of(struct import_file *file, struct arena *arena,
				 const struct json *entries)
{
	size_t named = 0, at = 0;
	int found = 0, absent = 0;
	for (const struct json *entry = entries->child; entry != NULL; entry = entry->next)
		named += probe_of(entry) != NULL;
	for (const struct json *entry = entries->child; entry != NULL; entry = entry->next) {
		if (probe_of(entry) == NULL)
			continue;
		bool chosen = at == 0 || at == named / 2 || at == named - 1;
		at++;
		int answer = chosen ? probe(file, arena, entry) : -1;
		found += answer == 1;
		absent += answer == 0;
	}
	if (found + absent == 0)
		return UNKNOWN;
	return absent == 0 ? PRESENT : found == 0 ? ABSENT : PARTLY;
}

/* --- Bundles ------------------------------------------------------------------------------------ */

/* Types of the entries for the counts; false when memory is short. */
static bool entries_of(struct import_file *file, struct arena *arena, const struct json *list,
		       struct import_entry **ret_entries, bool *ret_repeatable)
{
	struct import_entry *entries = ARENA_NEW(arena, struct import_entry, list->count + 1);
	bool repeatable = true;
	size_t at = 0;
	if (entries == NULL)
		return false;
	for (const struct json *entry = list->child; entry != NULL; entry = entry->next, at++) {
		const struct json *request = json_get(entry, STR("request"));
		struct str method = json_get_text(request, STR("method"));
		bool conditional = json_get(request, STR("ifNoneExist")) != NULL;
		entries[at] =
			(struct import_entry){ at, json_get_text(json_get(entry, STR("resource")),
								 STR("resourceType")) };
		repeatable = repeatable && (!str_equal(method, STR("POST")) || conditional) &&
			     !str_equal(method, STR("PATCH"));
		if (entries[at].type.len > 0)
			tally_add(&file->tally, entries[at].type, TALLY_IN_FILES, 1);
	}
	*ret_entries = entries;
	*ret_repeatable = repeatable;
	return true;
}

static void load_as_it_is(struct import_file *file, struct arena *arena, const struct json *bundle,
			  struct str body)
{
	const struct json *list = json_get(bundle, STR("entry"));
	struct import_entry *entries = NULL;
	bool repeatable = false;
	bool transaction = str_equal(json_get_text(bundle, STR("type")), STR("transaction"));
	if (list == NULL || list->type != JSON_ARRAY || list->count == 0 ||
	    !entries_of(file, arena, list, &entries, &repeatable)) {
		import_refuse(file, "entry", 0, STR("Bundle"), STR("the Bundle has no entries"));
		return;
	}
	if (body.len > LIMIT_BODY_BYTES_MAX) {
		file->refused += (int64_t)list->count - 1;
		import_refuse(file, "entry", 0, STR("Bundle"),
			      STR("larger than the 50 MB that one request may hold"));
		return;
	}
	enum presence presence =
		transaction && !repeatable ? presence_of(file, arena, list) : ABSENT;
	if (presence == PRESENT) {
		for (size_t i = 0; i < list->count; i++) {
			if (entries[i].type.len > 0)
				tally_add(&file->tally, entries[i].type, TALLY_EXISTING, 1);
		}
		import_say(file->progress, stdout, "%.*s: stored before, not sent again",
			   STR_ARG(file->name));
		return;
	}
	if (presence == PARTLY) {
		file->refused += (int64_t)list->count - 1;
		import_refuse(file, "entry", 0, STR("Bundle"),
			      STR("some of its identifiers are in the record already: sending it "
				  "would store them twice"));
		return;
	}
	struct import_bundle whole = { body, repeatable, "entry", entries, list->count };
	import_bundle_send(file, arena, &whole);
}

static void load_in_parts(struct import_file *file, struct arena *arena, struct json *bundle)
{
	static struct import_batch batch;
	const struct json *list = json_get(bundle, STR("entry"));
	size_t at = 0;
	import_references_resolve(arena, bundle);
	import_batch_init(&batch, file, arena, "entry");
	for (const struct json *entry = list != NULL ? list->child : NULL;
	     entry != NULL && !file->stopped; entry = entry->next, at++)
		import_batch_add(&batch, at, json_get(entry, STR("resource")));
	import_batch_send(&batch);
}

static void load_json(struct import_file *file, struct arena *arena, struct source *source)
{
	struct issues issues;
	struct str body = { NULL, 0 };
	struct json *root = NULL;
	struct json_options options = { .bytes_max = FILE_BYTES_MAX + 1 };
	issues_init(&issues, arena);
	enum error error = source_read_all(source, arena, FILE_BYTES_MAX, &issues, &body);
	if (error == ERROR_OK)
		error = json_parse(arena, body, &options, &issues, &root);
	if (error != ERROR_OK) {
		import_refuse(file, "entry", 0, STR("file"),
			      issues.first != NULL ? issues.first->diagnostics
						   : error_row(error)->meaning);
		return;
	}
	struct str type = json_get_text(root, STR("type"));
	bool bundle = str_equal(json_get_text(root, STR("resourceType")), STR("Bundle"));
	if (bundle && (str_equal(type, STR("transaction")) || str_equal(type, STR("batch")))) {
		load_as_it_is(file, arena, root, body);
	} else if (bundle &&
		   (str_equal(type, STR("collection")) || str_equal(type, STR("searchset")))) {
		load_in_parts(file, arena, root);
	} else {
		static struct import_batch batch;
		import_batch_init(&batch, file, arena, "entry");
		import_batch_add(&batch, 0, root);
		import_batch_send(&batch);
	}
}

/* --- NDJSON --------------------------------------------------------------------------------------- */

static void load_lines(struct import_file *file, struct arena *arena, struct source *source)
{
	static struct import_batch batch;
	bool end = false;
	import_batch_init(&batch, file, arena, "line");
	for (size_t at = 1; !end && !file->stopped; at++) {
		struct issues issues;
		struct str line = { NULL, 0 };
		struct json *root = NULL;
		if (batch.count == 0)
			arena_reset(arena); /* the last batch has gone */
		issues_init(&issues, arena);
		enum error error = source_read_line(source, arena, LINE_BYTES_MAX, &issues, &line);
		bool readable = error == ERROR_OK;
		end = readable && line.ptr == NULL;
		if (readable && str_trim(line).len == 0)
			continue;
		if (readable)
			error = json_parse(arena, line, NULL, &issues, &root);
		if (error == ERROR_OK) {
			import_batch_add(&batch, at, root);
			continue;
		}
		import_refuse(file, "line", at, STR("?"),
			      issues.first != NULL ? issues.first->diagnostics
						   : error_row(error)->meaning);
		end = !readable; /* what follows cannot be told apart any more */
	}
	import_batch_send(&batch);
}

void import_file_load(struct import_file *file, struct arena *arena, const char *path)
{
	struct source *source = NULL;
	struct issues issues;
	arena_reset(arena);
	issues_init(&issues, arena);
	if (source_open(path, &issues, &source) != ERROR_OK) {
		import_refuse(file, "entry", 0, STR("file"), issues.first->diagnostics);
		return;
	}
	struct str name = str_from_c(path);
	if (str_ends_with(name, STR(".ndjson")) || str_ends_with(name, STR(".ndjson.bz2")))
		load_lines(file, arena, source);
	else
		load_json(file, arena, source);
	source_close(source);
}
