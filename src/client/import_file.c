/* SPDX-License-Identifier: Apache-2.0
 * One file: what it is, how it is sent, whether it has been sent before. */
#include "base/limits.h"
#include "client/import.h"
#include "client/source.h"
#include "client/upload.h"

#include <stdlib.h>

enum { PROBES_MAX = 3, SCRATCH_BYTES = 8192 };
#define LINE_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define FILE_BYTES_MAX ((size_t)IMPORT_FILE_MB_MAX * 1024 * 1024)

/* --- has this transaction been stored by an earlier run? ---------------------------------------- */

enum presence { PRESENT, ABSENT, PARTLY, UNKNOWN };

/* 1 found, 0 not found, -1 the server cannot tell. */
static int probe(struct import_file *file, struct arena *arena, const struct json *entry)
{
	const struct json *identifier = import_identifier_of(entry);
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
		named += import_identifier_of(entry) != NULL;
	for (const struct json *entry = entries->child; entry != NULL; entry = entry->next) {
		if (import_identifier_of(entry) == NULL)
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

static void send_as_it_is(struct import_file *file)
{
	const struct json *bundle = file->content.root;
	struct str body = file->content.body;
	struct arena *arena = &file->scratch;
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
		import_say(file->screen, stdout, "%.*s: stored before, not sent again",
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
	struct str own = json_get_text(json_get(bundle, STR("identifier")), STR("value"));
	struct import_bundle whole = {
		.body = body,
		.repeatable = repeatable,
		.whole = transaction,
		.place = "entry",
		.entries = entries,
		.count = list->count,
	};
	if (own.len == 0)
		whole.key = upload_key(arena, "import", 0, body);
	import_bundle_send(file, arena, &whole);
}

static void send_in_parts(struct import_file *file)
{
	struct import_batch *batch = &file->batch;
	const struct json *list = json_get(file->content.root, STR("entry"));
	size_t at = 0;
	import_batch_init(batch, file, &file->scratch, "entry");
	for (const struct json *entry = list != NULL ? list->child : NULL;
	     entry != NULL && !file->stopped; entry = entry->next, at++) {
		if (batch->count == 0)
			arena_reset(&file->scratch); /* the last part has gone */
		import_batch_add(batch, at, json_get(entry, STR("resource")));
	}
	import_batch_send(batch);
}

static void read_json(struct import_file *file, struct source *source)
{
	struct import_content *content = &file->content;
	struct issues issues;
	struct json_options options = { .bytes_max = FILE_BYTES_MAX + 1 };
	issues_init(&issues, &file->arena);
	enum error error =
		source_read_all(source, &file->arena, FILE_BYTES_MAX, &issues, &content->body);
	if (error == ERROR_OK)
		error = json_parse(&file->arena, content->body, &options, &issues, &content->root);
	if (error != ERROR_OK) {
		content->kind = IMPORT_UNREADABLE;
		content->reason = issues.first != NULL ? issues.first->diagnostics
						       : error_row(error)->meaning;
		return;
	}
	struct str type = json_get_text(content->root, STR("type"));
	bool bundle = str_equal(json_get_text(content->root, STR("resourceType")), STR("Bundle"));
	if (bundle && (str_equal(type, STR("transaction")) || str_equal(type, STR("batch")))) {
		content->kind = IMPORT_AS_IT_IS;
	} else if (bundle &&
		   (str_equal(type, STR("collection")) || str_equal(type, STR("searchset")))) {
		content->kind = IMPORT_IN_PARTS;
		import_references_resolve(&file->arena, content->root);
	} else {
		content->kind = IMPORT_RESOURCE;
	}
}

/* --- NDJSON --------------------------------------------------------------------------------------- */

static void send_lines(struct import_file *file, struct source *source)
{
	struct arena *arena = &file->scratch;
	bool end = false;
	import_batch_init(&file->batch, file, arena, "line");
	for (size_t at = 1; !end && !file->stopped; at++) {
		struct issues issues;
		struct str line = { NULL, 0 };
		struct json *root = NULL;
		if (file->batch.count == 0)
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
			import_batch_add(&file->batch, at, root);
			continue;
		}
		import_refuse(file, "line", at, STR("?"),
			      issues.first != NULL ? issues.first->diagnostics
						   : error_row(error)->meaning);
		end = !readable; /* what follows cannot be told apart any more */
	}
	import_batch_send(&file->batch);
}

/* --- one file ------------------------------------------------------------------------------------- */

void import_file_init(struct import_file *file)
{
	size_t mb = (size_t)1024 * 1024;
	*file = (struct import_file){ 0 };
	arena_init(&file->arena, IMPORT_FILE_ARENA_MB_MAX * mb);
	arena_init(&file->scratch, IMPORT_SCRATCH_ARENA_MB_MAX * mb);
	arena_init(&file->names, IMPORT_NAMES_ARENA_MB_MAX * mb);
}

void import_file_done(struct import_file *file)
{
	arena_done(&file->arena);
	arena_done(&file->scratch);
	arena_done(&file->names);
}

static bool holds_lines(const char *path)
{
	struct str name = str_from_c(path);
	return str_ends_with(name, STR(".ndjson")) || str_ends_with(name, STR(".ndjson.bz2"));
}

static struct source *open_source(struct import_file *file)
{
	struct source *source = NULL;
	struct issues issues;
	issues_init(&issues, &file->arena);
	if (source_open(file->path, &issues, &source) == ERROR_OK)
		return source;
	file->content.kind = IMPORT_UNREADABLE;
	file->content.reason = issues.first->diagnostics;
	return NULL;
}

void import_file_read(struct import_file *file, size_t bytes_max)
{
	arena_reset(&file->arena);
	file->content = (struct import_content){ .kind = IMPORT_UNREAD };
	file->arena.limit = bytes_max;
	if (holds_lines(file->path))
		return;
	struct source *source = open_source(file);
	if (source == NULL)
		return;
	read_json(file, source);
	source_close(source);
	bool whole = file->content.kind == IMPORT_UNREADABLE ||
		     import_marks_make(&file->content, &file->arena);
	if (!whole || file->arena.failed) {
		file->content = (struct import_content){ .kind = IMPORT_UNREAD };
		arena_reset(&file->arena);
	}
}

static void send_unread(struct import_file *file)
{
	arena_reset(&file->arena);
	file->arena.limit = (size_t)IMPORT_FILE_ARENA_MB_MAX * 1024 * 1024;
	struct source *source = open_source(file);
	if (source == NULL)
		return;
	if (holds_lines(file->path))
		send_lines(file, source);
	else
		read_json(file, source);
	source_close(source);
}

void import_file_send(struct import_file *file)
{
	arena_reset(&file->scratch);
	if (file->content.kind == IMPORT_UNREAD)
		send_unread(file);
	switch (file->content.kind) {
	case IMPORT_UNREAD:
		break; /* lines, sent as they were read */
	case IMPORT_UNREADABLE:
		import_refuse(file, "entry", 0, STR("file"), file->content.reason);
		break;
	case IMPORT_AS_IT_IS:
		send_as_it_is(file);
		break;
	case IMPORT_IN_PARTS:
		send_in_parts(file);
		break;
	case IMPORT_RESOURCE:
		import_batch_init(&file->batch, file, &file->scratch, "entry");
		import_batch_add(&file->batch, 0, file->content.root);
		import_batch_send(&file->batch);
		break;
	default:
		UNREACHABLE();
	}
}
