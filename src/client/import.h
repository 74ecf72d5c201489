/* SPDX-License-Identifier: Apache-2.0
 * Loads files into a FHIR server through its public API: Bundles (.json, .json.bz2) and NDJSON (.ndjson,
 * .ndjson.bz2). Internal to the room. */
#ifndef CLIENT_IMPORT_H
#define CLIENT_IMPORT_H

#include "client/client.h"
#include "client/import_screen.h"
#include "client/tally.h"
#include "json/json.h"

enum {
	IMPORT_BATCH_ENTRIES_MAX = 500,
	IMPORT_FILE_ARENA_MB_MAX = 2048,  /* what a file that is alone may take */
	IMPORT_AHEAD_ARENA_MB_MAX = 1024, /* what all that are read ahead may take together */
	IMPORT_SCRATCH_ARENA_MB_MAX = 768,
	IMPORT_NAMES_ARENA_MB_MAX = 1,
	IMPORT_FILE_MB_MAX =
		256, /* a collection may be larger than one request, as it is sent in parts */
};
/* A request stays well below the server's limit for a body. */
#define IMPORT_BATCH_BYTES_MAX ((size_t)8 * 1024 * 1024)

/* What a file writes and what it asks the server about, as hashes: two files that touch the same thing
 * are not sent at once. */
struct import_marks {
	uint64_t *written; /* sorted: identifiers and addresses of what it holds */
	size_t written_count;
	uint64_t *asked; /* identifiers it is looked for by, and addresses it writes to */
	size_t asked_count;
};
enum import_kind {
	IMPORT_UNREAD,     /* lines, or more than a share of the memory: read while it is sent */
	IMPORT_UNREADABLE, /* `reason` says why */
	IMPORT_AS_IT_IS,
	IMPORT_IN_PARTS,
	IMPORT_RESOURCE,
};
struct import_content {
	enum import_kind kind;
	struct str reason;
	struct str body;
	struct json *root;
	struct import_marks marks;
};

struct import_entry {
	size_t at;
	struct str type; /* empty: holds no resource, not counted */
};
struct import_file;
/* Resources on their way as one batch Bundle. */
struct import_batch {
	struct import_file *file;
	struct arena *arena;
	struct text text;
	const char *place;
	size_t count;
	uint64_t part;   /* how many were sent of the file before */
	bool repeatable; /* every entry is a PUT */
	struct import_entry entries[IMPORT_BATCH_ENTRIES_MAX];
};

/* One file on its way. It belongs to one thread at a time: the one that reads it, then the one that sends
 * it, then the one that adds it up. */
struct import_file {
	struct client *client;
	const char *path;
	struct str name; /* for messages */
	struct tally tally;
	int64_t refused; /* entries, also those that have no type */
	bool stopped;    /* the server cannot be reached or the outcome of a request is unknown */
	bool again; /* refused whole while others were on their way: nothing stored, nothing said yet */
	bool beside;   /* others are on their way; under the screen's lock */
	int64_t shown; /* resources that the bar counts already */
	struct import_screen *screen;
	struct import_content content;
	struct arena arena;   /* content */
	struct arena scratch; /* requests and answers */
	struct arena names;   /* tally */
	struct import_batch batch;
};
void import_file_init(struct import_file *file);
void import_file_done(struct import_file *file);
/* Reads and takes apart without sending; `bytes_max` of memory, past which it stays IMPORT_UNREAD. */
void import_file_read(struct import_file *file, size_t bytes_max);
/* Sends and counts it, reading it first when that is still to be done. */
void import_file_send(struct import_file *file);

/* What a content writes and asks. False when memory is short. */
bool import_marks_make(struct import_content *content, struct arena *arena);
/* True when `later` may not be sent before `earlier` has been answered. */
bool import_marks_clash(const struct import_marks *earlier, const struct import_marks *later);
/* The identifier by which a transaction's entry is looked for, or NULL. */
const struct json *import_identifier_of(const struct json *entry);

/* A Bundle to send, with the place and type of each of its entries for counts and messages. */
struct import_bundle {
	struct str body;
	struct str key;    /* docs/decisions/0013; empty: it has one of its own */
	bool repeatable;   /* no harm when it arrives twice, whatever the server knows of keys */
	bool whole;        /* stored whole or not at all */
	const char *place; /* "entry" or "line" */
	const struct import_entry *entries;
	size_t count;
};
/* Sends it and counts what became of each entry. */
void import_bundle_send(struct import_file *file, struct arena *arena,
			const struct import_bundle *bundle);

void import_batch_init(struct import_batch *batch, struct import_file *file, struct arena *arena,
		       const char *place);
/* Adds a resource, as PUT when it has an id, else as POST; sends when the batch is full. */
void import_batch_add(struct import_batch *batch, size_t at, const struct json *resource);
void import_batch_send(struct import_batch *batch);

/* A collection's references by urn: fullUrl become Type/id. False when some entry has no id. */
bool import_references_resolve(struct arena *arena, struct json *bundle);

#endif
