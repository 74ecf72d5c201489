/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/ordered.h"

#include "ward/model.h"

#define ORDERED_FIRST_CAPACITY 8

/* Room for one more at the end: what was dropped at the front is used again, or twice as much is taken. */
static void make_room(struct ordered *ordered)
{
	if (ordered->first + ordered->count < ordered->capacity)
		return;
	void **items = ordered->items;
	if (ordered->first < ordered->capacity / 2 || ordered->capacity == 0) {
		ASSERT(ordered->capacity <= UINT32_MAX / 2);
		ordered->capacity =
			ordered->capacity == 0 ? ORDERED_FIRST_CAPACITY : ordered->capacity * 2;
		items = model_take(ordered->capacity * sizeof(void *));
	}
	if (ordered->count > 0)
		memmove(items, ordered->items + ordered->first, ordered->count * sizeof(void *));
	if (items != ordered->items)
		model_give(ordered->items);
	ordered->items = items;
	ordered->first = 0;
}

void ordered_insert(struct ordered *ordered, uint32_t at, void *item)
{
	ASSERT(at <= ordered->count && item != NULL);
	if (at == 0 && ordered->first > 0) {
		ordered->first--;
	} else {
		make_room(ordered);
		void **place = ordered->items + ordered->first + at;
		memmove(place + 1, place, (ordered->count - at) * sizeof(void *));
	}
	ordered->count++;
	ordered->items[ordered->first + at] = item;
}

void ordered_remove(struct ordered *ordered, uint32_t at)
{
	ASSERT(at < ordered->count);
	ordered->count--;
	if (at == 0) {
		ordered->first = ordered->count == 0 ? 0 : ordered->first + 1;
		return;
	}
	void **place = ordered->items + ordered->first + at;
	memmove(place, place + 1, (ordered->count - at) * sizeof(void *));
}

void ordered_done(struct ordered *ordered)
{
	model_give(ordered->items);
	*ordered = (struct ordered){ 0 };
}
