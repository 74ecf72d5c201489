/* SPDX-License-Identifier: Apache-2.0
 * Which index leads to the candidates of a run. */
#ifndef STORE_SEARCH_DRIVER_H
#define STORE_SEARCH_DRIVER_H

#include "store/query.h"

/* Keys of all resources that one criterion can match, sorted; keys NULL when each criterion leads to
 * more than `count_max` or has no index. */
struct driver_list {
	int64_t *keys;
	size_t count;
};
MUST_CHECK enum error driver_smallest(struct run *run, size_t count_max,
				      struct driver_list *ret_list);

/* A walk by the primary date: along one subject's rows of `reference`, or the whole type's dates. */
struct dated_plan {
	const struct search_criterion *subject; /* NULL: the whole type */
	const struct search_criterion *code;    /* the rows of one code */
	int64_t target;
	bool covered;            /* rows alone decide the match */
	bool dated;              /* a criterion demands a date */
	int64_t low_us, high_us; /* dates outside cannot match, bounds included */
};
/* With `want_subject`, false when the search names no single subject. */
bool driver_dated(struct run *run, bool want_subject, struct dated_plan *ret_plan);

#endif
