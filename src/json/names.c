/* SPDX-License-Identifier: Apache-2.0
 * Radix sort by hash, heap sort within one hash: no recursion, no bad case. */
#include "json/names.h"

#include "base/hash.h"

/* Fewer entries are heap-sorted at once: counting digits would cost more. */
#define RADIX_LEAST 256

int names_compare(const struct json *a, const struct json *b)
{
	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? -1 : 1;
	return a->name_len == 0 ? 0 : memcmp(a->name_ptr, b->name_ptr, a->name_len);
}

static int compare_entries(const struct names_entry *a, const struct names_entry *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return names_compare(a->member, b->member);
}

/* Lets the entry at `at` sink until no child in the heap of `count` is larger. */
static void sink(struct names_entry *heap, size_t at, size_t count)
{
	struct names_entry entry = heap[at];
	while (at * 2 + 1 < count) {
		size_t larger = at * 2 + 1;
		if (larger + 1 < count && compare_entries(&heap[larger], &heap[larger + 1]) < 0)
			larger++;
		if (compare_entries(&entry, &heap[larger]) >= 0)
			break;
		heap[at] = heap[larger];
		at = larger;
	}
	heap[at] = entry;
}

static void heap_sort(struct names_entry *entries, size_t count)
{
	for (size_t i = count / 2; i > 0; i--)
		sink(entries, i - 1, count);
	for (size_t left = count; left > 1; left--) {
		struct names_entry largest = entries[0];
		entries[0] = entries[left - 1];
		entries[left - 1] = largest;
		sink(entries, 0, left - 1);
	}
}

/* Orders by one byte of the hash and keeps the order of equals. */
static void radix_pass(const struct names_entry *from, struct names_entry *to, size_t count,
		       unsigned shift)
{
	size_t starts[256] = { 0 };
	size_t sum = 0;
	for (size_t i = 0; i < count; i++)
		starts[from[i].hash >> shift & 255]++;
	for (size_t digit = 0; digit < 256; digit++) {
		size_t here = starts[digit];
		starts[digit] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].hash >> shift & 255]++] = from[i];
}

static void sort_within_hashes(struct names_entry *entries, size_t count)
{
	for (size_t from = 0; from < count;) {
		size_t to = from + 1;
		while (to < count && entries[to].hash == entries[from].hash)
			to++;
		if (to - from > 1)
			heap_sort(entries + from, to - from);
		from = to;
	}
}

static struct names_entry *entries_take(struct arena *arena, size_t count)
{
	return ARENA_NEW(arena, struct names_entry, count);
}

bool names_sort(struct arena *arena, const struct json *object, struct names *ret_names)
{
	struct names names = { .entries = entries_take(arena, object->count),
			       .count = object->count };
	size_t at = 0;
	if (names.entries == NULL)
		return false;
	/* Where memory lies is not known outside the process, and so neither is the hash. */
	names.seed = (uint64_t)(uintptr_t)names.entries;
	for (const struct json *member = object->child; member != NULL; member = member->next) {
		ASSERT(at < names.count);
		uint64_t hash = hash_bytes(member->name_ptr, member->name_len, names.seed);
		names.entries[at++] = (struct names_entry){ (uint32_t)hash, member };
	}
	ASSERT(at == names.count);
	if (names.count < RADIX_LEAST) {
		heap_sort(names.entries, names.count);
	} else {
		struct names_entry *other = entries_take(arena, names.count);
		if (other == NULL)
			return false;
		radix_pass(names.entries, other, names.count, 0);
		radix_pass(other, names.entries, names.count, 8);
		radix_pass(names.entries, other, names.count, 16);
		radix_pass(other, names.entries, names.count, 24);
		sort_within_hashes(names.entries, names.count);
	}
	*ret_names = names;
	return true;
}

const struct json *names_duplicate(const struct names *names)
{
	for (size_t i = 1; i < names->count; i++) {
		const struct names_entry *entries = &names->entries[i - 1];
		if (compare_entries(&entries[0], &entries[1]) == 0) {
			bool later = (uintptr_t)entries[0].member->name_ptr >
				     (uintptr_t)entries[1].member->name_ptr;
			return later ? entries[0].member : entries[1].member;
		}
	}
	return NULL;
}

const struct json *names_find(const struct names *names, const struct json *like)
{
	struct names_entry wanted = { .member = like };
	size_t low = 0;
	size_t high = names->count;
	wanted.hash = (uint32_t)hash_bytes(like->name_ptr, like->name_len, names->seed);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_entries(&names->entries[middle], &wanted);
		if (order == 0)
			return names->entries[middle].member;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
