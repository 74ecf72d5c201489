/* SPDX-License-Identifier: Apache-2.0
 * Open addressing with linear probing; at most two thirds full, so a probe always ends. */
#include "ward/map.h"

#include "base/assert.h"
#include "base/hash.h"
#include "ward/model.h"

static char gone; /* its address marks a removed entry */
#define MAP_GONE ((void *)&gone)

static size_t slot_of(const struct map *map, struct str key, bool *ret_found)
{
	size_t mask = map->capacity - 1;
	size_t at = (size_t)hash_str(key) & mask;
	size_t free_at = map->capacity;
	for (size_t i = 0; i < map->capacity; i++, at = (at + 1) & mask) {
		const struct map_entry *entry = &map->entries[at];
		if (entry->value == NULL) {
			*ret_found = false;
			return free_at < map->capacity ? free_at : at;
		}
		if (entry->value == MAP_GONE) {
			if (free_at == map->capacity)
				free_at = at;
		} else if (str_equal(entry->key, key)) {
			*ret_found = true;
			return at;
		}
	}
	ASSERT(free_at < map->capacity);
	*ret_found = false;
	return free_at;
}

void *map_get(const struct map *map, struct str key)
{
	bool found;
	if (map->count == 0)
		return NULL;
	size_t at = slot_of(map, key, &found);
	return found ? map->entries[at].value : NULL;
}

static void grow(struct map *map)
{
	struct map old = *map;
	size_t capacity = 64;
	while (capacity < old.count * 3)
		capacity *= 2;
	map->entries = model_take(capacity * sizeof(struct map_entry));
	map->capacity = capacity;
	map->used = map->count = 0;
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.entries[i].value != NULL && old.entries[i].value != MAP_GONE)
			map_put(map, old.entries[i].key, old.entries[i].value);
	}
	model_give(old.entries);
}

void map_put(struct map *map, struct str key, void *value)
{
	bool found;
	ASSERT(value != NULL);
	if ((map->used + 1) * 3 > map->capacity * 2)
		grow(map);
	size_t at = slot_of(map, key, &found);
	struct map_entry *entry = &map->entries[at];
	if (!found) {
		map->count++;
		if (entry->value == NULL)
			map->used++;
	}
	entry->key = key;
	entry->value = value;
}

void map_remove(struct map *map, struct str key)
{
	bool found;
	if (map->count == 0)
		return;
	size_t at = slot_of(map, key, &found);
	if (!found)
		return;
	map->entries[at] = (struct map_entry){ { NULL, 0 }, MAP_GONE };
	map->count--;
}

void map_done(struct map *map)
{
	model_give(map->entries);
	*map = (struct map){ 0 };
}

bool map_next(const struct map *map, size_t *at, void **ret_value)
{
	while (*at < map->capacity) {
		void *value = map->entries[(*at)++].value;
		if (value != NULL && value != MAP_GONE) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}
