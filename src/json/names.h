/* SPDX-License-Identifier: Apache-2.0
 * Members of one object in the order of their names (length, then bytes): for objects too large to
 * compare each with each. Time is n log n whatever the names are, so nobody can choose names that
 * make it slow, as they could with a hash table. */
#ifndef JSON_NAMES_H
#define JSON_NAMES_H

#include "json/json.h"

/* Below this number of members each is compared with each, behind a filter. */
#define NAMES_FEW 32

int names_compare(const struct json *a, const struct json *b);
/* The members of `object` in order; NULL when the arena failed. */
const struct json **names_sorted(struct arena *arena, const struct json *object);
/* A member whose name another one before it has too, or NULL. `sorted` as names_sorted gives it. */
const struct json *names_duplicate(const struct json *const *sorted, size_t count);
/* The member with that name, or NULL. */
const struct json *names_find(const struct json *const *sorted, size_t count,
			      const struct json *like);

#endif
