/* SPDX-License-Identifier: Apache-2.0
 * Readings and the sets that they make: what the files named here offer to the rest of the core.
 * Only the files of this room's core include this header, through model.h. */
#ifndef WARD_READING_H
#define WARD_READING_H

#include "ward/model.h"

/* reading.c */
/* Text of a declined sign that came without a coded reason. */
#define READING_NO_REASON STR("no reason coded")
/* The readings of an Observation, unlinked; NULL when it has none that the ward knows. *ret_cut: it holds more
 * components than are read. *ret_strand, unless it is not asked for: of a stream, what bridge.h keeps, or NULL; the
 * caller's. */
struct strand;
struct reading *reading_parse(const struct json *observation, const struct policy *policy,
			      struct strand **ret_strand, bool *ret_cut);
/* Which sign a code (CodeableConcept) means, as a number to compare with others; false: none that the ward knows. */
bool reading_sign(const struct json *concept, unsigned *ret_sign);
/* A quantity that is a temperature by its unit (UCUM), whatever its code. */
bool reading_temperature(const struct json *quantity, struct reading *reading);
/* How many powers of ten a unit (UCUM) lies below the sign's own: of a weight in grams 3; else 0. For single readings
 * and streams alike. */
unsigned reading_unit_places(unsigned input, struct str unit);
void reading_free(struct reading *first); /* it and those after it; NULL: none */
/* When it was measured as the device says; *ret_exact: to the minute at least. */
int64_t reading_stated_us(const struct json *observation, int64_t received_us, bool *ret_exact);
/* The same for all readings of the Observation. */
void reading_times(struct reading *first, const struct json *observation,
		   const struct ward_event *event);
/* How far ahead of now a time may lie. */
int64_t reading_skew_us(const struct policy *policy);
/* Plausibility, times and flags that need the policy. */
void reading_judge(struct reading *reading, const struct policy *policy, int64_t received_us);
bool reading_same(const struct reading *a,
		  const struct reading *b); /* device, time, input, value */
bool reading_same_value(const struct reading *a, const struct reading *b);
/* In a unit, number or code that the ward does not know. */
bool reading_is_unreadable(const struct reading *reading);
/* Whether it counts in a score. */
bool reading_counts(const struct reading *reading);

/* bound.c: whether the value is a bound, and counts as its limit */
bool bound_is(const struct reading *reading);
bool bound_is_bad(const struct policy *policy, const struct reading *reading);

/* set.c */
/* Bit per band whose chart may be the patient's then: worst.h. */
uint32_t set_bands(const struct stay *stay, const struct policy *policy, int64_t at_us);
void set_input(struct score_set *set, const struct reading *reading);
/* Puts readings into sets, scores the changed ones and calls `changed` for each of them, oldest first. */
/* Readings measured outside `changes` are as they were. */
struct set_changes {
	int64_t from_us, to_us; /* from > to: nothing changed */
};
#define SET_UNCHANGED \
	{ \
		INT64_MAX, INT64_MIN \
	}
void set_regroup(struct ward_core *core, struct stay *stay, struct set_changes changes,
		 void (*changed)(struct ward_core *core, struct stay *stay, struct set *set));
int set_part(const struct stay *stay, const struct policy *policy, const struct reading *reading);
/* What these readings, of no set, would raise by their score; their abnormal inputs are added. */
enum alert_level set_level_alone(const struct ward_core *core, const struct stay *stay,
				 const struct reading *first, uint32_t *abnormal);
struct set *set_newest(const struct stay *stay);
/* The last set that began at or before this instant, or NULL. */
struct set *set_holding(const struct stay *stay, int64_t at_us);
struct set *set_newest_scored(const struct stay *stay);
struct set *set_newest_enough(const struct stay *stay);
/* Puts a loaded set at the end. */
void set_append(struct ward_core *core, struct stay *stay, struct set *set);
/* Frees what starts before this instant and is written. */
void set_forget(struct ward_core *core, struct stay *stay, int64_t before_us);
void set_destroy(struct stay *stay);
struct str set_scale_name(const struct policy *policy); /* "PEWS" */
/* "1 red, 2 yellow" on a colour scale, else "5". */
void set_words(const struct policy *policy, const struct set *set, char ret_text[48]);
/* The worst reading of each input among those of a set, [first, end): they make its score. NULL where there is none. */
void set_deciding(const struct stay *stay, const struct policy *policy, const struct reading *first,
		  const struct reading *end, const struct reading *ret_deciding[SCORE_INPUT_COUNT]);
/* "Systolic BP, Cap refill (max +6)", empty when the set is complete. */
void set_unscored(const struct policy *policy, const struct set *set,
		  char ret_text[MODEL_TEXT_BYTES]);

/* interval.c: when the next set is due after one that was taken at `after_us`, and how a set's score shortens that */
int64_t interval_next_us(const struct ward_core *core, const struct stay *stay, int64_t after_us);
/* The instant of a local minute of a day, whose local midnight is given as if it were UTC. Twice there in autumn: the
 * first; not there in spring: an hour on. */
int64_t interval_local_us(int64_t midnight_us, unsigned minute);
int64_t interval_wall_us(const struct policy_times *times, int64_t after_us);
int64_t interval_of_set(const struct policy *policy, const struct set *set);

/* scale.c: which SpO2 scale counts for a set of this time; NULL order: the policy's */
void scale_read(struct stay *stay, const struct json *plan);
const struct spo2_order *scale_order(const struct stay *stay, int64_t at_us);
int scale_at(const struct stay *stay, const struct policy *policy, int64_t at_us);

/* stated.c: totals that another system computed */
bool stated_read(const struct json *element, struct reading *reading);
/* A total belongs to the time of the readings it names. */
void stated_anchor(const struct ward_core *core, const struct json *observation,
		   struct reading *first);
void stated_judge(struct ward_core *core, struct stay *stay);
const struct reading *stated_of(const struct stay *stay, const struct set *set);

#endif
