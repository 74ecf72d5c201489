/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/agenda.h"

#include <stdlib.h>

void agenda_done(struct agenda *agenda)
{
	free(agenda->heap);
	*agenda = (struct agenda){ 0 };
}

static bool before(const struct thing *a, const struct thing *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->number < b->number;
}

static void swap(struct thing *a, struct thing *b)
{
	struct thing kept = *a;
	*a = *b;
	*b = kept;
}

bool agenda_put(struct agenda *agenda, int64_t at_us, enum thing_kind kind, size_t of)
{
	if (agenda->count == agenda->capacity) {
		size_t capacity = agenda->capacity == 0 ? 256 : 2 * agenda->capacity;
		struct thing *heap = realloc(agenda->heap, capacity * sizeof(*heap));
		if (heap == NULL)
			return false;
		agenda->heap = heap;
		agenda->capacity = capacity;
	}
	size_t at = agenda->count++;
	agenda->heap[at] = (struct thing){ at_us, agenda->next_number++, kind, of };
	for (; at > 0 && before(&agenda->heap[at], &agenda->heap[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&agenda->heap[at], &agenda->heap[(at - 1) / 2]);
	return true;
}

const struct thing *agenda_first(const struct agenda *agenda)
{
	return agenda->count == 0 ? NULL : &agenda->heap[0];
}

struct thing agenda_take(struct agenda *agenda)
{
	struct thing first = agenda->heap[0];
	size_t at = 0;
	agenda->heap[0] = agenda->heap[--agenda->count];
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= agenda->count)
			return first;
		if (child + 1 < agenda->count &&
		    before(&agenda->heap[child + 1], &agenda->heap[child]))
			child++;
		if (!before(&agenda->heap[child], &agenda->heap[at]))
			return first;
		swap(&agenda->heap[child], &agenda->heap[at]);
		at = child;
	}
}
