/* SPDX-License-Identifier: Apache-2.0
 * Entries of a batch or transaction: what each asks for, and what is answered to it. */
#ifndef API_ENTRIES_H
#define API_ENTRIES_H

#include "api/bundle.h"
#include "api/upload.h"

struct entry {
	size_t number; /* its place in the Bundle */
	struct str full_url;
	enum http_method method;
	struct url url;
	bool is_inquiry;
	struct json *resource;
	struct change change;   /* unless is_inquiry */
	struct inquiry inquiry; /* when is_inquiry */
	struct issues issues;
	enum error error;
	struct store_commit commit; /* batch: its own */
	unsigned tries;
	bool open; /* batch: still to be committed */
};

struct entries {
	struct call *call;
	struct json *bundle;
	bool transaction;
	struct prefer prefer;
	bool has_odd_links;
	struct upload upload;
	struct entry *rows;
	size_t count;
	/* transaction */
	struct store_commit commit;
	struct store_write *writes;
	struct entry **written; /* the entry of each write */
	unsigned tries;
	/* batch */
	struct store_commit **wave;
};

/* Checks the Bundle apart from its resources and reads every entry's request. In a batch what is wrong with
 * one entry stands in it; in a transaction it is returned, with issues. */
MUST_CHECK enum error entries_read(struct entries *entries);
/* "Bundle.entry[3]" and what follows. */
struct str entry_path(struct arena *arena, const struct entry *entry, const char *rest);
/* Runs the GETs on one snapshot. */
void entries_inquire(struct entries *entries);
/* Answers the whole call with the response Bundle. */
void entries_answer(struct entries *entries);

void batch_run(struct entries *entries);
void transaction_run(struct entries *entries);
/* Rewrites links between entries and conditional references of all entries that are stored. */
MUST_CHECK enum error links_rewrite(struct entries *entries, struct store_reader *reader,
				    struct store_condition **ret_conditions, size_t *ret_count);

#endif
