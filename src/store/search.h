/* SPDX-License-Identifier: Apache-2.0
 * Search: from the parameters of a URL to a page of resources. Rules: hl7.org/fhir/R4/search.html.
 * Unknown parameters and modifiers are refused, never ignored (unless `lenient`). */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/store.h"

/* One name=value pair, percent-decoded. */
struct search_argument {
	struct str name;
	struct str value;
};

/* CHEAP, the default: a total when it costs little, else none. */
enum search_total { SEARCH_TOTAL_ACCURATE, SEARCH_TOTAL_NONE, SEARCH_TOTAL_CHEAP };

struct search_criterion; /* parsed and typed; the room's own */

struct search_request {
	uint16_t type; /* NONE: all types (only _id, _lastUpdated, _tag …, _type then) */
	const struct search_criterion *criteria;
	size_t criterion_count;
	size_t count;    /* _count; 0 with count_only */
	bool count_only; /* _summary=count or _count=0 */
	enum search_total total;
	enum fhir_summary summary;
	struct str *elements; /* _elements */
	size_t element_count;
	bool has_cursor; /* this is a later page */
	struct search_argument
		*used; /* what is really executed, in order, for link[self]; no cursor */
	size_t used_count;
	const void *plan; /* the room's own: sort, includes, cursor */
};
/* `compartment`/`compartment_id` narrow to GET [base]/Patient/1/Observation; NONE otherwise.
 * Errors: ERROR_BAD_REQUEST, ERROR_NOT_SUPPORTED with an issue that names the parameter and lists what is
 * offered. A conditional URL must set `conditional`: result parameters (_sort …) are then refused and at least one
 * criterion is demanded (ERROR_PRECONDITION). */
struct search_parse_options {
	bool lenient;
	bool conditional;
	uint16_t compartment;
	struct str compartment_id;
	struct str base_url; /* own base: absolute references to it are read as relative ones */
	int64_t now_us;      /* for `ap` on dates */
};
MUST_CHECK enum error search_parse(struct arena *arena, uint16_t type,
				   const struct search_argument *arguments, size_t argument_count,
				   const struct search_parse_options *options,
				   struct issues *issues, struct search_request **ret_request);

struct search_result {
	struct store_version *matches;
	size_t match_count;
	struct store_version *included;
	size_t included_count;
	bool includes_cut;      /* more than LIMIT_INCLUDES_MAX: say so in an outcome entry */
	int64_t total;          /* -1 when not asked for */
	struct str cursor_next; /* value for _cursor of the next page; empty on the last */
};
/* One page from one snapshot. ERROR_TOO_COSTLY past LIMIT_QUERY_MS_MAX. A cursor that belongs to another
 * query is ERROR_BAD_REQUEST. */
MUST_CHECK enum error search_run(struct store_reader *reader, struct arena *arena,
				 const struct search_request *request, struct issues *issues,
				 struct search_result *ret_result);
/* For conditions: the matches' identities, two at the most. */
struct search_match {
	uint16_t type;
	struct str id;
	int64_t version;
};
MUST_CHECK enum error search_resolve(struct store_reader *reader, struct arena *arena,
				     const struct search_request *request,
				     struct search_match ret_matches[2], size_t *ret_count);

#endif
