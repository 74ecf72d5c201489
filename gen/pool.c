/* SPDX-License-Identifier: Apache-2.0
 * One pool of text and one of number lists, each entry kept once. */
#include "gen.h"

#include "base/hash.h"

#define SLOTS 131072u

struct str gen_text_view(const struct gen *gen, struct gen_text text)
{
	return (struct str){ gen->pool + text.at, text.len };
}

struct gen_text gen_intern(struct gen *gen, struct str text)
{
	size_t slot = hash_str(text) & (SLOTS - 1);

	if (gen->pool == NULL) {
		gen->pool = arena_take(&gen->arena, GEN_POOL_BYTES_MAX, 16);
		gen->pool_slots = ARENA_NEW(&gen->arena, uint32_t, SLOTS);
		gen->pool_texts = ARENA_NEW(&gen->arena, struct gen_text, SLOTS);
		if (gen->pool == NULL || gen->pool_slots == NULL || gen->pool_texts == NULL)
			gen_fail("out of memory", text);
	}
	while (gen->pool_slots[slot] != 0) {
		struct gen_text found = gen->pool_texts[gen->pool_slots[slot]];

		if (str_equal(gen_text_view(gen, found), text))
			return found;
		slot = (slot + 1) & (SLOTS - 1);
	}
	if (gen->pool_len + text.len > GEN_POOL_BYTES_MAX || gen->pool_count + 2 > SLOTS / 2)
		gen_fail("the text pool is full", text);
	struct gen_text added = { (uint32_t)gen->pool_len, (uint32_t)text.len };
	if (text.len > 0)
		memcpy(gen->pool + gen->pool_len, text.ptr, text.len);
	gen->pool_len += text.len;
	gen->pool_count++;
	gen->pool_texts[gen->pool_count] = added;
	gen->pool_slots[slot] = (uint32_t)gen->pool_count;
	return added;
}

uint16_t gen_list_add(struct gen *gen, const uint16_t *values, size_t count)
{
	size_t at = 0;

	if (count == 0)
		return 0;
	while (at < gen->list_count) {
		if (gen->list[at] == count &&
		    memcmp(gen->list + at + 1, values, count * sizeof *values) == 0)
			return (uint16_t)at;
		at += 1u + gen->list[at];
	}
	if (gen->list_count + count + 1 > GEN_LIST_MAX)
		gen_fail("too many lists", STR(""));
	gen->list[at] = (uint16_t)count;
	memcpy(gen->list + at + 1, values, count * sizeof *values);
	gen->list_count += count + 1;
	return (uint16_t)at;
}
