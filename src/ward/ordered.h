/* SPDX-License-Identifier: Apache-2.0
 * Pointers in an order that the caller keeps: any place is reached at once, the oldest is dropped at once, and what
 * comes in near the end moves little. Owner of the array: whoever holds the struct; the things are borrowed. */
#ifndef WARD_ORDERED_H
#define WARD_ORDERED_H

#include <stddef.h>
#include <stdint.h>

struct ordered {
	void **items; /* [first, first + count) */
	uint32_t first, count, capacity;
};
/* NULL at `count` and beyond. */
static inline void *ordered_at(const struct ordered *ordered, uint32_t at)
{
	return at < ordered->count ? ordered->items[ordered->first + at] : NULL;
}
void ordered_insert(struct ordered *ordered, uint32_t at, void *item);
void ordered_remove(struct ordered *ordered, uint32_t at);
void ordered_done(struct ordered *ordered);

#endif
