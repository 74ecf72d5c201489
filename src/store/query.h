/* SPDX-License-Identifier: Apache-2.0
 * A search as parsed, shared by the files of search: search_parse.c makes it, search_resolve.c turns
 * names into the store's numbers, search_match.c decides about one resource, search_scan.c finds
 * candidates, search_run.c makes the page. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store/internal.h"
#include "store/search.h"

enum modifier {
	MODIFIER_NONE,
	MODIFIER_MISSING,
	MODIFIER_EXACT,
	MODIFIER_CONTAINS,
	MODIFIER_NOT,
	MODIFIER_TEXT,
	MODIFIER_OF_TYPE,
	MODIFIER_IDENTIFIER,
	MODIFIER_BELOW,
	MODIFIER_ABOVE,
	MODIFIER_TYPE, /* subject:Patient */
};

enum prefix {
	PREFIX_EQ,
	PREFIX_NE,
	PREFIX_GT,
	PREFIX_LT,
	PREFIX_GE,
	PREFIX_LE,
	PREFIX_SA,
	PREFIX_EB,
	PREFIX_AP,
};

/* The number asked for, in a unit that the store has seen. */
struct search_unit {
	int64_t unit;
	double low, high, number;
};

/* One alternative of a criterion. */
struct search_value {
	enum prefix prefix;
	bool has_separator; /* a "|" was there: token system, quantity unit */
	struct str system;
	struct str code;
	struct str text;     /* folded string, uri, reference as written */
	struct str original; /* string as written */
	struct str value;    /* of-type: the identifier's value */
	uint16_t target_type;
	struct str id;
	int64_t low_us, high_us;
	double low, high, number;
	struct search_value *parts; /* composite, by component */
	/* resolved */
	int64_t system_number; /* 0: none, -1: the store has never seen it */
	int64_t *numbers;      /* sorted: target keys */
	size_t number_count;
	struct search_unit *units; /* sorted by unit */
	size_t unit_count;
};

enum criterion_kind {
	CRITERION_PARAMETER,
	CRITERION_ID,
	CRITERION_UPDATED,
	CRITERION_TYPE,
	CRITERION_CHAIN, /* patient.name=x */
	CRITERION_HAS,   /* _has:Observation:patient:code=x */
	CRITERION_COMPARTMENT,
};

struct search_criterion {
	enum criterion_kind kind;
	struct str code;
	const struct fhir_search_parameter *parameter; /* NULL when it is looked up for each type */
	enum modifier modifier;
	bool missing;
	struct search_value *values;
	size_t value_count;
	/* chain: one inner criterion a target type; has: one, of the referring type */
	uint16_t *inner_types;
	struct search_criterion *inner;
	size_t inner_count;
	/* compartment */
	const uint16_t *parameters; /* numbers of room fhir */
	size_t parameter_count;
	/* resolved, for one type */
	uint16_t parameter_code;
	int64_t *keys; /* sorted: ids, chain targets, has results, the compartment */
	size_t key_count;
	int64_t (*feeds)[2]; /* _lastUpdated: [low, high) */
	size_t feed_count;
};

enum sort_kind { SORT_PARAMETER, SORT_ID, SORT_UPDATED };
#define SORT_KEYS_MAX 4

struct sort_key {
	enum sort_kind kind;
	const struct fhir_search_parameter *parameter;
	uint16_t parameter_code; /* resolved */
	bool descending;
};

struct include {
	uint16_t type;                                 /* of the resource that refers */
	const struct fhir_search_parameter *parameter; /* NULL: all */
	uint16_t target;                               /* FHIR_TYPE_NONE: any */
	bool reverse, iterate;
};
#define INCLUDES_MAX 16

/* Where a page ended: the sort keys of its last row, in the form that compares by bytes. */
#define POSITION_BYTES_MAX 512
struct cursor {
	int64_t feed_max; /* the feed number of page one */
	int64_t total;    /* -1: not told */
	struct str position;
};

struct search_plan {
	struct sort_key sort[SORT_KEYS_MAX];
	size_t sort_count;
	struct include includes[INCLUDES_MAX];
	size_t include_count;
	uint16_t *types; /* search over all types: which */
	size_t type_count;
	uint64_t hash; /* of the query without the cursor */
	struct cursor cursor;
	int64_t now_us;
};

/* search_value.c: one alternative, still escaped, as the parameter's kind reads it. */
struct value_options {
	enum fhir_search_kind kind;
	const struct fhir_search_parameter *parameter;
	enum modifier modifier;
	uint16_t modifier_type;
	struct str base_url;
	int64_t now_us;
};
MUST_CHECK enum error value_parse(struct arena *arena, struct str text,
				  const struct value_options *options,
				  struct search_value *ret_value);
/* Cuts up to the next separator that no backslash escapes; the piece keeps its escapes. */
struct str value_cut(struct str *rest, char separator);
struct str value_unescape(struct arena *arena, struct str text);

/* search_cursor.c */
struct str cursor_write(struct arena *arena, uint64_t hash, const struct cursor *cursor);
MUST_CHECK enum error cursor_read(struct arena *arena, struct str text, uint64_t hash,
				  struct cursor *ret_cursor);

/* One run over one type. */
struct run {
	struct store_reader *reader;
	struct arena *arena;
	struct issues *issues;
	const struct search_plan *plan;
	uint16_t type;
	uint8_t type_code;
	struct search_criterion *criteria; /* resolved copies */
	size_t criterion_count;
	struct sort_key sort[SORT_KEYS_MAX];
	size_t sort_count;
	struct catalogue_role role;
	int64_t feed_max; /* resources born later are not seen */
	struct str after; /* position; empty: from the start */
	bool never;       /* a criterion that nothing can match */
};

/* search_resolve.c: names to numbers, chains to sets of keys. */
MUST_CHECK enum error run_resolve(struct run *run, const struct search_request *request);
#define KEY_SET_MAX 100000 /* chained results and the like; more is too costly */

/* search_match.c */
struct candidate {
	int64_t key, born, feed, version;
	struct str entries;
};
MUST_CHECK enum error match_all(struct run *run, const struct candidate *candidate,
				bool *ret_match);
bool match_date(enum prefix prefix, int64_t low_us, int64_t high_us,
		const struct search_value *value);
bool match_entry(const struct search_criterion *criterion, const struct search_value *value,
		 const struct entry *entry);
/* The candidate's place in the order, comparable by bytes, in the caller's buffer. `id` is needed for
 * SORT_ID only. */
struct position_buffer {
	char bytes[POSITION_BYTES_MAX];
	size_t length;
};
struct str match_position(const struct run *run, const struct candidate *candidate, struct str id,
			  struct position_buffer *buffer);
/* The same for a resource whose only sort key is its primary date (INT64_MIN: none). */
struct str match_position_dated(const struct run *run, int64_t low_us, int64_t key,
				struct position_buffer *buffer);
/* Reads such a position back; false when it is no such thing. */
bool match_position_read(const struct run *run, struct str position, int64_t *ret_value,
			 int64_t *ret_key);
/* A criterion that needs the resource itself: :text and :of-type. search_body.c */
MUST_CHECK enum error match_body(struct run *run, const struct candidate *candidate,
				 const struct search_criterion *criterion, bool *ret_match);
bool keys_have(const int64_t *keys, size_t count, int64_t key);

/* search_scan.c */
struct hit {
	int64_t key, feed, version;
	struct str position;
};
struct hits {
	struct hit *hits;
	size_t count;
	size_t wanted;     /* stop when there are as many; more only to count */
	int64_t total;     /* how many match in all; -1 when counting stopped */
	int64_t count_max; /* count no further than this */
};
/* Finds the first `wanted` matches after run->after, in order. */
MUST_CHECK enum error scan_run(struct run *run, struct hits *hits);
MUST_CHECK enum error scan_candidate(struct run *run, int64_t key, struct candidate *ret_candidate);

/* search_include.c */
MUST_CHECK enum error include_run(struct store_reader *reader, struct arena *arena,
				  const struct search_plan *plan, struct search_result *result,
				  const struct hits *hits);

#endif
