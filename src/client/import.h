/* SPDX-License-Identifier: Apache-2.0
 * Loads files into a FHIR server through its public API: Bundles (.json, .json.bz2) and NDJSON (.ndjson,
 * .ndjson.bz2). Internal to the room. */
#ifndef CLIENT_IMPORT_H
#define CLIENT_IMPORT_H

#include "client/client.h"
#include "client/tally.h"
#include "json/json.h"

#include <stdio.h>

enum {
	IMPORT_BATCH_ENTRIES_MAX = 500,
	IMPORT_FILE_ARENA_MB_MAX = 2048,
	IMPORT_FILE_MB_MAX =
		256, /* a collection may be larger than one request, as it is sent in parts */
};
/* A request stays well below the server's limit for a body. */
#define IMPORT_BATCH_BYTES_MAX ((size_t)8 * 1024 * 1024)

/* What one file adds to the whole. */
struct import_file {
	struct client *client;
	struct str name; /* for messages */
	struct tally tally;
	int64_t refused; /* entries, also those that have no type */
	bool stopped;    /* the server cannot be reached or the outcome of a request is unknown */
	void *progress;
};
/* A message line that does not break the progress bar. */
void import_say(void *progress, FILE *out, const char *format, ...) PRINTF_LIKE(3, 4);
void import_progress(struct import_file *file);
/* One line for one refused entry: file, place, type, reason. `place` is "entry 5" or "line 5". */
void import_refuse(struct import_file *file, const char *place, size_t at, struct str type,
		   struct str reason);

/* Reads, sends and counts one file. The arena is the file's own and may be reset in between. */
void import_file_load(struct import_file *file, struct arena *arena, const char *path);

struct import_entry {
	size_t at;
	struct str type; /* empty: holds no resource, not counted */
};
/* A Bundle to send, with the place and type of each of its entries for counts and messages. */
struct import_bundle {
	struct str body;
	bool repeatable;   /* no harm when it arrives twice */
	const char *place; /* "entry" or "line" */
	const struct import_entry *entries;
	size_t count;
};
/* Sends it and counts what became of each entry. */
void import_bundle_send(struct import_file *file, struct arena *arena,
			const struct import_bundle *bundle);

/* Resources on their way as one batch Bundle. */
struct import_batch {
	struct import_file *file;
	struct arena *arena;
	struct text text;
	const char *place;
	size_t count;
	bool repeatable; /* every entry is a PUT */
	struct import_entry entries[IMPORT_BATCH_ENTRIES_MAX];
};
void import_batch_init(struct import_batch *batch, struct import_file *file, struct arena *arena,
		       const char *place);
/* Adds a resource, as PUT when it has an id, else as POST; sends when the batch is full. */
void import_batch_add(struct import_batch *batch, size_t at, const struct json *resource);
void import_batch_send(struct import_batch *batch);

/* A collection's references by urn: fullUrl become Type/id. False when some entry has no id. */
bool import_references_resolve(struct arena *arena, struct json *bundle);

#endif
