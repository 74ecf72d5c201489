/* SPDX-License-Identifier: Apache-2.0
 * Heap sort: no second array, no recursion, no bad case. */
#include "json/names.h"

int names_compare(const struct json *a, const struct json *b)
{
	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? -1 : 1;
	return a->name_len == 0 ? 0 : memcmp(a->name_ptr, b->name_ptr, a->name_len);
}

/* Lets the member at `at` sink until no child in the heap of `count` is larger. */
static void sink(const struct json **heap, size_t at, size_t count)
{
	const struct json *member = heap[at];
	while (at * 2 + 1 < count) {
		size_t larger = at * 2 + 1;
		if (larger + 1 < count && names_compare(heap[larger], heap[larger + 1]) < 0)
			larger++;
		if (names_compare(member, heap[larger]) >= 0)
			break;
		heap[at] = heap[larger];
		at = larger;
	}
	heap[at] = member;
}

const struct json **names_sorted(struct arena *arena, const struct json *object)
{
	const struct json **members = ARENA_NEW(arena, const struct json *, object->count);
	if (members == NULL)
		return NULL;
	size_t count = 0;
	for (const struct json *member = object->child; member != NULL; member = member->next) {
		ASSERT(count < object->count);
		members[count++] = member;
	}
	for (size_t i = count / 2; i > 0; i--)
		sink(members, i - 1, count);
	for (size_t left = count; left > 1; left--) {
		const struct json *largest = members[0];
		members[0] = members[left - 1];
		members[left - 1] = largest;
		sink(members, 0, left - 1);
	}
	return members;
}

const struct json *names_duplicate(const struct json *const *sorted, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (names_compare(sorted[i - 1], sorted[i]) == 0)
			return sorted[i - 1]->name_ptr > sorted[i]->name_ptr ? sorted[i - 1]
									     : sorted[i];
	}
	return NULL;
}

const struct json *names_find(const struct json *const *sorted, size_t count,
			      const struct json *like)
{
	size_t low = 0;
	size_t high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = names_compare(sorted[middle], like);
		if (order == 0)
			return sorted[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
