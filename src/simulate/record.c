/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/record.h"

#include "base/assert.h"
#include "base/hash.h"

#include <stdlib.h>

#define RECORD_BYTES_MAX ((size_t)4 * 1024 * 1024 * 1024)

void record_init(struct record *record)
{
	*record = (struct record){ .digest = 1 };
	arena_init(&record->arena, RECORD_BYTES_MAX);
}

void record_done(struct record *record)
{
	arena_done(&record->arena);
	free(record->versions);
	free(record->table);
}

static size_t place_of(const struct record *record, struct str type, struct str id)
{
	size_t at = hash_bytes(id.ptr, id.len, hash_str(type)) & (record->table_capacity - 1);
	while (record->table[at] != 0) {
		const struct record_version *found = &record->versions[record->table[at] - 1];
		if (str_equal(found->id, id) && str_equal(found->type, type))
			break;
		at = (at + 1) & (record->table_capacity - 1);
	}
	return at;
}

const struct record_version *record_find(const struct record *record, struct str type,
					 struct str id)
{
	if (record->table_capacity == 0)
		return NULL;
	uint32_t found = record->table[place_of(record, type, id)];
	return found == 0 ? NULL : &record->versions[found - 1];
}

static bool grow(struct record *record)
{
	if (record->count == record->capacity) {
		size_t capacity = record->capacity == 0 ? 4096 : 2 * record->capacity;
		struct record_version *versions =
			realloc(record->versions, capacity * sizeof(*versions));
		if (versions == NULL)
			return false;
		record->versions = versions;
		record->capacity = capacity;
	}
	if (2 * (record->table_count + 1) < record->table_capacity)
		return true;
	size_t old_capacity = record->table_capacity;
	uint32_t *old = record->table;
	size_t capacity = old_capacity == 0 ? 8192 : 2 * old_capacity;
	uint32_t *table = calloc(capacity, sizeof(*table));
	if (table == NULL)
		return false;
	record->table = table;
	record->table_capacity = capacity;
	for (size_t i = 0; i < old_capacity; i++) {
		if (old[i] == 0)
			continue;
		const struct record_version *version = &record->versions[old[i] - 1];
		table[place_of(record, version->type, version->id)] = old[i];
	}
	free(old);
	return true;
}

static void digest(struct record *record, const struct record_version *version)
{
	const int64_t numbers[] = { version->version, version->feed, version->at_us, version->own };
	uint64_t hash = hash_bytes(numbers, sizeof(numbers), record->digest);
	hash = hash_bytes(version->type.ptr, version->type.len, hash);
	hash = hash_bytes(version->id.ptr, version->id.len, hash);
	record->digest = hash_bytes(version->body.ptr, version->body.len, hash);
}

/* At its place in the table, as the current version. */
static bool add(struct record *record, size_t place, struct record_version made)
{
	bool known = record->table[place] != 0;
	made.id = known ? record->versions[record->table[place] - 1].id
			: arena_copy(&record->arena, made.id);
	made.body = arena_copy(&record->arena, made.body);
	if (record->arena.failed)
		return false;
	record->versions[record->count++] = made;
	record->table_count += !known;
	record->table[place] = (uint32_t)record->count;
	digest(record, &made);
	return true;
}

void record_copy(struct record *record, const struct record_version *version)
{
	bool room = grow(record);
	ASSERT(room && version->feed == (int64_t)record->count + 1);
	bool added = add(record, place_of(record, version->type, version->id), *version);
	ASSERT(added);
}

enum error record_put(struct record *record, const struct record_write *write, int64_t *ret_version)
{
	if (!grow(record))
		return ERROR_LIMIT;
	size_t place = place_of(record, write->type, write->id);
	const struct record_version *current =
		record->table[place] == 0 ? NULL : &record->versions[record->table[place] - 1];
	int64_t version = current == NULL ? 0 : current->version;
	*ret_version = version;
	if (write->expected != RECORD_ANY && write->expected != version)
		return ERROR_PRECONDITION;
	if (current != NULL && str_equal(current->body, write->body))
		return ERROR_OK;
	const struct record_version made = {
		.type = write->type, /* types are literals */
		.id = write->id,
		.body = write->body,
		.version = version + 1,
		.feed = (int64_t)record->count + 1,
		.at_us = write->at_us,
		.own = write->own,
	};
	if (!add(record, place, made))
		return ERROR_LIMIT;
	*ret_version = made.version;
	return ERROR_OK;
}
