/* SPDX-License-Identifier: Apache-2.0
 * Reading the record for one call: searches over all their pages, single resources, histories, and short words for
 * what stands in a resource. Everything of one `struct record` comes from one snapshot. */
#ifndef FLOW_RECORD_H
#define FLOW_RECORD_H

#include "api/route.h"
#include "ward/model.h"

/* A year of a large ward lies far below; past it the answer is an error, never a part of the figures. */
#define RECORD_MATCHES_MAX ((size_t)1000 * 1000)

/* True: what is read is not wanted any more; reading ends with ERROR_BUSY. */
typedef bool record_is_over(void *context);
struct record {
	struct call *call;
	struct store_reader *reader;
	struct arena page;       /* one page of a search, or one history */
	struct arena tree;       /* one resource; empty again when its visitor has returned */
	record_is_over *is_over; /* asked between pages and resources; NULL: nobody stops it */
	void *context;
};

/* False: the call has failed and is answered. The snapshot stands until record_close. */
bool record_open(struct record *record, struct call *call);
/* The same without an answer: ERROR_BUSY when no snapshot is to be had. */
MUST_CHECK enum error record_begin(struct record *record, struct call *call);
void record_close(struct record *record);

/* Called with one version; its tree and texts live until it returns, so what is kept is copied. False stops,
 * with the
 * call's arena failed or an issue added. */
typedef bool record_visit(void *context, const struct store_version *version,
			  const struct json *resource);
struct record_search {
	const char *type;
	const struct search_argument *arguments;
	size_t count;
	record_visit *visit;
	void *context;
};
/* Every match, in the store's order (or by a _sort among the arguments). A visitor may not search again. */
MUST_CHECK enum error record_each(struct record *record, const struct record_search *search);
/* All versions of one resource, oldest first; id empty: of all resources of the type. Deleted versions come with a
 * NULL tree. */
MUST_CHECK enum error record_history(struct record *record, const char *type, struct str id,
				     record_visit *visit, void *context);
/* The current version, its tree in the call's arena; ERROR_NOT_FOUND without an issue when there is none. */
MUST_CHECK enum error record_read(struct record *record, const char *type, struct str id,
				  struct json **ret_resource, int64_t *ret_version);

/* --- words ---------------------------------------------------------------------------------- */
/* "Type/id" in the arena. */
struct str record_reference(struct arena *arena, const char *type, struct str id);
/* An instant as a search takes it, with its prefix: "ge2026-06-01T00:00:00.000Z". */
struct str record_bound(struct arena *arena, const char *prefix, int64_t at_us);
/* The start of a date, dateTime or instant as the record prints times, to the millisecond; `missing` when there is
 * none. */
int64_t record_instant(const struct json *object, struct str name, int64_t missing);
/* To the millisecond: what a client can read. */
int64_t record_ms(int64_t at_us);
/* The code of the first coding of that own system: `system` "ward-task" is HOMEWARD_URL CodeSystem/ward-task. */
struct str record_code(const struct json *concept, const char *system);
/* Whether the first `list` of own codes has it; NULL-terminated list. */
bool record_code_is_known(struct str code, const char *const *codes);
/* "STR, STR, STR" of such a list, for a sentence. */
struct str record_codes_text(struct arena *arena, const char *const *codes);
/* A code of ours as system|code for a search. */
struct str record_token(struct arena *arena, const char *system, struct str code);
/* Name as a person reads it. */
struct str record_patient_name(struct arena *arena, const struct json *patient);

#endif
