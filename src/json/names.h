/* SPDX-License-Identifier: Apache-2.0
 * Members of one large object by name, for finding duplicates and partners without comparing each
 * with each. Ordered by a hash first, which is quick, and by length and bytes within one hash, so
 * that names chosen to have one hash cost n log n and not n * n. */
#ifndef JSON_NAMES_H
#define JSON_NAMES_H

#include "json/json.h"

/* Up to this number of members each is compared with each, behind a filter. */
#define NAMES_FEW 32

struct names_entry {
	uint32_t hash;
	const struct json *member;
};

struct names {
	struct names_entry *entries; /* NULL: not made */
	size_t count;
	uint64_t seed;
};

/* Negative, 0, positive by length and then bytes. */
int names_compare(const struct json *a, const struct json *b);
/* False when the arena failed. */
bool names_sort(struct arena *arena, const struct json *object, struct names *ret_names);
/* A member whose name another one before it has too, or NULL. */
const struct json *names_duplicate(const struct names *names);
/* The member with the name of `like`, or NULL. */
const struct json *names_find(const struct names *names, const struct json *like);

#endif
