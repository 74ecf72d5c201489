/* SPDX-License-Identifier: Apache-2.0
 * Two tables of all readings (by Observation, by stay and stated time) grow by one bucket a reading (linear hashing),
 * so that no single reading ever waits for a large table to be copied entry by entry. Thousands of readings may be of
 * one Observation and stand in one bucket: each knows the one before it there. */
#include "ward/timeline.h"

#include "base/hash.h"

#define TABLE_FIRST_CAPACITY 64

/* --- tables --------------------------------------------------------------------------------- */

enum table { TABLE_OBSERVATION, TABLE_STATED };

static uint32_t hash_of_observation(struct str observation)
{
	return (uint32_t)hash_str(observation);
}

static uint32_t hash_of_stated(const struct stay *stay, int64_t stated_us, unsigned input)
{
	int64_t numbers[] = { stay->sequence, stated_us, input };
	return (uint32_t)hash_bytes(numbers, sizeof(numbers), 0);
}

/* `low` is the largest power of two in the number of buckets. */
static size_t bucket_of(const struct reading_table *table, uint32_t hash)
{
	size_t at = hash & (2 * table->low - 1);
	return at < table->buckets ? at : hash & (table->low - 1);
}

static void put(struct reading_table *table, enum table which, struct reading *reading)
{
	struct reading **head = &table->heads[bucket_of(table, reading->links[which].hash)];
	reading->links[which].before = NULL;
	reading->links[which].next = *head;
	if (*head != NULL)
		(*head)->links[which].before = reading;
	*head = reading;
}

/* One bucket more: the readings of the one that it halves are put anew. */
static void split(struct reading_table *table, enum table which)
{
	if (table->buckets == table->capacity) {
		size_t capacity = table->capacity == 0 ? TABLE_FIRST_CAPACITY : table->capacity * 2;
		struct reading **heads = model_take(capacity * sizeof(struct reading *));
		if (table->buckets > 0)
			memcpy(heads, table->heads, table->buckets * sizeof(struct reading *));
		model_give(table->heads);
		table->heads = heads;
		table->capacity = capacity;
	}
	if (table->buckets == 0) {
		table->buckets = table->low = 1;
		return;
	}
	struct reading *reading = table->heads[table->buckets - table->low];
	table->heads[table->buckets - table->low] = NULL;
	table->buckets++;
	while (reading != NULL) {
		struct reading *next = reading->links[which].next;
		put(table, which, reading);
		reading = next;
	}
	if (table->buckets == 2 * table->low)
		table->low = table->buckets;
}

static void table_add(struct ward_core *core, enum table which, struct reading *reading,
		      uint32_t hash)
{
	struct reading_table *table = &core->reading_tables[which];
	if (table->count == table->buckets)
		split(table, which);
	reading->links[which].hash = hash;
	put(table, which, reading);
	table->count++;
}

static void table_remove(struct ward_core *core, enum table which, struct reading *reading)
{
	struct reading_table *table = &core->reading_tables[which];
	struct reading_link *link = &reading->links[which];
	if (link->before != NULL)
		link->before->links[which].next = link->next;
	else
		table->heads[bucket_of(table, link->hash)] = link->next;
	if (link->next != NULL)
		link->next->links[which].before = link->before;
	table->count--;
}

static struct reading *table_first(const struct ward_core *core, enum table which, uint32_t hash)
{
	const struct reading_table *table = &core->reading_tables[which];
	return table->buckets == 0 ? NULL : table->heads[bucket_of(table, hash)];
}

struct reading *timeline_like(const struct ward_core *core, const struct stay *stay,
			      const struct reading *reading, const struct reading *after)
{
	struct reading *other =
		after != NULL
			? after->links[TABLE_STATED].next
			: table_first(core, TABLE_STATED,
				      hash_of_stated(stay, reading->stated_us, reading->input));
	while (other != NULL && (other->stay != stay || !reading_same(other, reading)))
		other = other->links[TABLE_STATED].next;
	return other;
}

bool timeline_repeats(const struct ward_core *core, const struct reading *reading)
{
	const struct reading *other = timeline_like(core, reading->stay, reading, NULL);
	while (other != NULL && other->feed >= reading->feed)
		other = timeline_like(core, reading->stay, reading, other);
	return other != NULL;
}

/* --- order ---------------------------------------------------------------------------------- */

static bool is_after(const struct reading *a, const struct reading *b)
{
	if (a->measured_us != b->measured_us)
		return a->measured_us > b->measured_us;
	if (a->feed != b->feed)
		return a->feed > b->feed;
	return a->input > b->input;
}

/* Number of the first reading that comes after this one; of those that stand equal the newcomer is the last. */
static uint32_t place_after(const struct ordered *ordered, const struct reading *reading)
{
	uint32_t low = 0, high = ordered->count;
	if (high > 0 && !is_after(ordered_at(ordered, high - 1), reading))
		return high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (is_after(ordered_at(ordered, middle), reading))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint32_t place_from(const struct ordered *ordered, int64_t from_us)
{
	uint32_t low = 0, high = ordered->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct reading *reading = ordered_at(ordered, middle);
		if (reading->measured_us >= from_us)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint32_t place_of(const struct ordered *ordered, const struct reading *reading)
{
	uint32_t at = place_after(ordered, reading);
	do {
		ASSERT(at > 0);
		at--;
	} while (ordered_at(ordered, at) != reading);
	return at;
}

static void unlink_reading(struct ward_core *core, struct reading *reading, uint32_t at)
{
	struct stay *stay = reading->stay;
	struct reading *before = at == 0 ? NULL : ordered_at(&stay->timeline, at - 1);
	if (before == NULL)
		stay->readings = reading->next;
	else
		before->next = reading->next;
	ordered_remove(&stay->timeline, at);
	struct ordered *same = &stay->timeline_of[reading->input];
	ordered_remove(same, place_of(same, reading));
	table_remove(core, TABLE_OBSERVATION, reading);
	table_remove(core, TABLE_STATED, reading);
	reading->next = NULL;
	reading->stay = NULL;
}

struct reading *timeline_take(struct ward_core *core, struct str observation,
			      struct stay **ret_stay)
{
	struct reading *taken = NULL, *next;
	struct stay *stay = NULL;
	int64_t from_us = INT64_MAX;
	size_t count = 0;
	for (struct reading *reading =
		     table_first(core, TABLE_OBSERVATION, hash_of_observation(observation));
	     reading != NULL; reading = reading->links[TABLE_OBSERVATION].next) {
		if (!str_equal(str_from_c(reading->observation), observation))
			continue;
		stay = reading->stay;
		count++;
		if (reading->measured_us < from_us)
			from_us = reading->measured_us;
	}
	if (count == 0)
		return NULL;
	for (struct reading *reading = timeline_from(stay, from_us); count > 0; reading = next) {
		ASSERT(reading != NULL);
		next = reading->next;
		if (!str_equal(str_from_c(reading->observation), observation))
			continue;
		unlink_reading(core, reading, place_of(&stay->timeline, reading));
		reading->next = taken;
		taken = reading;
		count--;
	}
	*ret_stay = stay;
	return taken;
}

const struct reading *timeline_of(const struct ward_core *core, struct str observation)
{
	const struct reading *reading =
		table_first(core, TABLE_OBSERVATION, hash_of_observation(observation));
	while (reading != NULL && !str_equal(str_from_c(reading->observation), observation))
		reading = reading->links[TABLE_OBSERVATION].next;
	return reading;
}

void timeline_add(struct ward_core *core, struct stay *stay, struct reading *reading)
{
	uint32_t at = place_after(&stay->timeline, reading);
	struct reading *before = at == 0 ? NULL : ordered_at(&stay->timeline, at - 1);
	struct reading **link = before == NULL ? &stay->readings : &before->next;
	reading->next = *link;
	*link = reading;
	reading->stay = stay;
	ordered_insert(&stay->timeline, at, reading);
	struct ordered *same = &stay->timeline_of[reading->input];
	ordered_insert(same, place_after(same, reading), reading);
	table_add(core, TABLE_OBSERVATION, reading,
		  hash_of_observation(str_from_c(reading->observation)));
	table_add(core, TABLE_STATED, reading,
		  hash_of_stated(stay, reading->stated_us, reading->input));
}

void timeline_drop(struct ward_core *core, struct reading *reading)
{
	unlink_reading(core, reading, place_of(&reading->stay->timeline, reading));
	model_give(reading);
}

void timeline_forget(struct ward_core *core, struct stay *stay)
{
	struct reading *reading = stay->readings;
	unlink_reading(core, reading, 0);
	model_give(reading);
}

void timeline_destroy(struct stay *stay)
{
	while (stay->readings != NULL) {
		struct reading *reading = stay->readings;
		stay->readings = reading->next;
		model_give(reading);
	}
	ordered_done(&stay->timeline);
	for (unsigned input = 0; input < READING_INPUT_COUNT; input++)
		ordered_done(&stay->timeline_of[input]);
}

void timeline_done(struct ward_core *core)
{
	for (size_t i = 0; i < READING_TABLE_COUNT; i++) {
		model_give(core->reading_tables[i].heads);
		core->reading_tables[i] = (struct reading_table){ 0 };
	}
}

/* --- finding -------------------------------------------------------------------------------- */

struct reading *timeline_from(const struct stay *stay, int64_t from_us)
{
	return ordered_at(&stay->timeline, place_from(&stay->timeline, from_us));
}

uint32_t timeline_find(const struct stay *stay, unsigned input, int64_t from_us)
{
	return place_from(&stay->timeline_of[input], from_us);
}

struct reading *timeline_at(const struct stay *stay, unsigned input, uint32_t number)
{
	return ordered_at(&stay->timeline_of[input], number);
}

struct reading *timeline_newest(const struct stay *stay, unsigned input)
{
	const struct ordered *same = &stay->timeline_of[input];
	for (uint32_t at = same->count; at > 0; at--) {
		struct reading *reading = ordered_at(same, at - 1);
		if (!reading->duplicate && !reading->declined)
			return reading;
	}
	return NULL;
}
