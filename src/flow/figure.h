/* SPDX-License-Identifier: Apache-2.0
 * Figures by name: each is a list of items that the record holds, so that a number can be opened to its patients. A
 * Measure (data/measure) names figures and strata; docs/decisions/0012 says what each counts. Pure functions
 * over facts. */
#ifndef FLOW_FIGURE_H
#define FLOW_FIGURE_H

#include "flow/facts.h"

enum figure_kind {
	FIGURE_STAY,
	FIGURE_REFERRAL,
	FIGURE_ALERT,
	FIGURE_EVENT,
	FIGURE_BED,
	FIGURE_SHIFT
};

struct figure_item {
	enum figure_kind kind;
	const void *thing; /* struct facts_stay, _referral, _alert, _event, _bed or _shift */
	int64_t weight;    /* how often it counts */
	int64_t value_us;  /* of figures that measure a time; else 0 */
};
struct figure_items {
	struct arena *arena;
	struct figure_item *items;
	size_t count, capacity;
};

/* Whether there is such a figure, and what must have been gathered for it (bits of enum facts_part). */
bool figure_find(struct str name, unsigned *ret_parts);
/* Appends the items of a known figure, in the order of their references. False when the arena failed. */
bool figure_list(const struct facts *facts, struct str name, struct figure_items *items);
/* Nearest rank: the smallest value_us that at least `percent` of the items do not exceed; 0 of none. */
int64_t figure_percentile(struct arena *arena, const struct figure_items *items, size_t percent);
/* The item's stratum under a stratifier such as "language" or "rule"; "unknown" when it has none. */
struct str figure_stratum(const struct figure_item *item, struct str stratifier);
bool figure_stratifier_is_known(struct str name);
/* "Task/…" in the arena. */
struct str figure_reference(struct arena *arena, const struct figure_item *item);

#endif
