/* SPDX-License-Identifier: Apache-2.0
 * From a text to a thing. Keys are borrowed: they must stand still as long as the entry does
 * (ids inside the things themselves). Owner of the table: whoever holds the struct. */
#ifndef WARD_MAP_H
#define WARD_MAP_H

#include "base/str.h"

struct map_entry {
	struct str key;
	void *value; /* NULL: free */
};
struct map {
	struct map_entry *entries;
	size_t capacity; /* a power of two or 0 */
	size_t used;     /* tombstones included */
	size_t count;
};
void *map_get(const struct map *map, struct str key);
void map_put(struct map *map, struct str key, void *value);
void map_remove(struct map *map, struct str key);
void map_done(struct map *map);
/* Entries in table order (not stable between runs of different history): `at` starts at 0; false at the end. */
bool map_next(const struct map *map, size_t *at, void **ret_value);

#endif
