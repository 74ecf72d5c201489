/* SPDX-License-Identifier: Apache-2.0
 * A binary heap of stays by their next due time; stays due at the same instant go in the order in which
 * they were first seen, so that two runs over one feed do the same things in the same order. */
#include "ward/model.h"

static bool before(const struct stay *a, const struct stay *b)
{
	return a->due_us != b->due_us ? a->due_us < b->due_us : a->sequence < b->sequence;
}

static void put_at(struct ward_core *core, uint32_t at, struct stay *stay)
{
	core->heap[at] = stay;
	stay->heap_at = at + 1;
}

static void sift_up(struct ward_core *core, uint32_t at)
{
	struct stay *stay = core->heap[at];
	while (at > 0 && before(stay, core->heap[(at - 1) / 2])) {
		put_at(core, at, core->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put_at(core, at, stay);
}

static void sift_down(struct ward_core *core, uint32_t at)
{
	struct stay *stay = core->heap[at];
	for (;;) {
		uint32_t child = 2 * at + 1;
		if (child >= core->heap_count)
			break;
		if (child + 1 < core->heap_count &&
		    before(core->heap[child + 1], core->heap[child]))
			child++;
		if (!before(core->heap[child], stay))
			break;
		put_at(core, at, core->heap[child]);
		at = child;
	}
	put_at(core, at, stay);
}

static void heap_grow(struct ward_core *core)
{
	uint32_t capacity = core->heap_capacity == 0 ? 64 : core->heap_capacity * 2;
	struct stay **heap = model_take(capacity * sizeof(*heap));
	if (core->heap_count > 0)
		memcpy(heap, core->heap, core->heap_count * sizeof(*heap));
	model_give(core->heap);
	core->heap = heap;
	core->heap_capacity = capacity;
}

static void heap_remove(struct ward_core *core, struct stay *stay)
{
	uint32_t at = stay->heap_at - 1;
	struct stay *last = core->heap[--core->heap_count];
	stay->heap_at = 0;
	if (last == stay)
		return;
	put_at(core, at, last);
	sift_up(core, at);
	sift_down(core, last->heap_at - 1);
}

void timer_set(struct ward_core *core, struct stay *stay, int64_t due_us)
{
	if (stay->heap_at != 0 && stay->due_us == due_us)
		return;
	if (due_us == MODEL_NEVER) {
		if (stay->heap_at != 0)
			heap_remove(core, stay);
		stay->due_us = due_us;
		return;
	}
	stay->due_us = due_us;
	if (stay->heap_at == 0) {
		if (core->heap_count == core->heap_capacity)
			heap_grow(core);
		put_at(core, core->heap_count++, stay);
	}
	sift_up(core, stay->heap_at - 1);
	sift_down(core, stay->heap_at - 1);
}

struct stay *timer_first(const struct ward_core *core)
{
	return core->heap_count == 0 ? NULL : core->heap[0];
}
