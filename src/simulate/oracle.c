/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/oracle.h"

#include <stdlib.h>

/* Published in the policy childrens-cancer 1, and in reference/ward.md sections 1.5 and 4. */
enum {
	FEVER_TENTHS = 380,
	LOW_TENTHS = 360,
	SINGLE_VALUE_POINTS = 4,
	STAGES = 3,
	OF_ONE_SET_MAX = 4
};
#define PERIOD_US (240 * DATE_US_PER_MIN)
#define FIRST_DUE_US \
	(60 * DATE_US_PER_MIN) /* after admission: "nothing 2 h after onboarding" is its +60 */
#define LATE_US (30 * DATE_US_PER_MIN)

static const struct {
	int64_t after_due_us;
	enum alarm_level level;
} stages[STAGES] = {
	{ 60 * DATE_US_PER_MIN, ALARM_MEDIUM },
	{ 120 * DATE_US_PER_MIN, ALARM_HIGH },
	{ 240 * DATE_US_PER_MIN, ALARM_EMERGENCY },
};

enum alarm_level oracle_set_level(const struct home_child *child, const struct home_set *set)
{
	static const enum alarm_level levels[] = {
		[SCORE_LEVEL_NONE] = ALARM_NONE,      [SCORE_LEVEL_LOW] = ALARM_LOW,
		[SCORE_LEVEL_LOW_MEDIUM] = ALARM_LOW, [SCORE_LEVEL_MEDIUM] = ALARM_MEDIUM,
		[SCORE_LEVEL_HIGH] = ALARM_HIGH,      [SCORE_LEVEL_EMERGENCY] = ALARM_EMERGENCY,
	};
	struct score_set score;
	struct score_result result;
	home_score_set(child, set, &score);
	if (score_compute(SCORE_NPEWS, &score, NULL, &result) != ERROR_OK)
		return ALARM_NONE;
	enum alarm_level level = levels[result.level];
	for (size_t i = 0; i < SCORE_INPUT_COUNT; i++) {
		if (!result.complete && result.parts[i] >= SINGLE_VALUE_POINTS &&
		    level < ALARM_MEDIUM)
			level = ALARM_MEDIUM;
	}
	return level;
}

static void expect(struct expectation_list *list, struct expectation expectation)
{
	list->expectations[list->count++] = expectation;
}

/* What one delivery means by itself. `newest`: nothing measured later had arrived by then. */
static void expect_of_set(const struct plan *plan, const struct home_set *set, bool newest,
			  struct expectation_list *list)
{
	struct expectation one = { .child = set->child,
				   .first_us = set->first_arrival_us,
				   .last_us = set->last_arrival_us };
	if (set->worried) {
		one.rule = ALARM_CONCERN;
		one.least = one.most = ALARM_MEDIUM;
		expect(list, one);
		return;
	}
	int temperature = set->vitals.temperature_tenths;
	if (set->has[SCORE_TEMPERATURE] &&
	    (temperature >= FEVER_TENTHS || temperature < LOW_TENTHS)) {
		one.rule = temperature >= FEVER_TENTHS ? ALARM_FEVER : ALARM_HYPOTHERMIA;
		one.least = one.most = ALARM_HIGH;
		expect(list, one);
	}
	enum alarm_level level = oracle_set_level(&plan->children[set->child], set);
	if (level == ALARM_NONE)
		return;
	one.rule = ALARM_SCORE;
	one.least = one.most = level;
	one.late_readings = set->first_arrival_us - set->measured_us > LATE_US;
	/* Past its peak, what came late is Medium at most. */
	if (one.late_readings && !newest && level > ALARM_MEDIUM)
		one.least = ALARM_MEDIUM;
	expect(list, one);
}

/* Silence from `from_us`, when `due_us` began to count, until `until_us`, when it no longer did. */
static void expect_overdue(size_t child, int64_t due_us, const int64_t span_us[2], int64_t doubt_us,
			   struct expectation_list *list)
{
	for (size_t i = 0; i < STAGES; i++) {
		int64_t at_us = due_us + stages[i].after_due_us;
		if (at_us < span_us[0] - doubt_us || at_us > span_us[1] + doubt_us)
			continue;
		expect(list, (struct expectation){
				     .child = child,
				     .rule = ALARM_OVERDUE,
				     .least = stages[i].level,
				     .most = stages[i].level,
				     .first_us = at_us,
				     .last_us = at_us,
				     .doubtful = at_us < span_us[0] + doubt_us ||
						 at_us > span_us[1] - doubt_us,
			     });
	}
}

static int compare_arrivals(const void *a, const void *b)
{
	const struct home_set *left = *(const struct home_set *const *)a;
	const struct home_set *right = *(const struct home_set *const *)b;
	if (left->first_arrival_us != right->first_arrival_us)
		return left->first_arrival_us < right->first_arrival_us ? -1 : 1;
	return left->number < right->number ? -1 : left->number > right->number;
}

static int compare_times(const void *a, const void *b)
{
	const struct expectation *left = a, *right = b;
	return left->first_us < right->first_us ? -1 : left->first_us > right->first_us;
}

struct oracle {
	struct plan *plan;
	int64_t until_us, doubt_us;
	struct expectation_list list;
};

static void expect_of_child(struct oracle *oracle, size_t child, const struct home_set **arrived,
			    size_t count)
{
	const struct home_child *home = &oracle->plan->children[child];
	struct expectation_list *list = &oracle->list;
	int64_t last_us = INT64_MIN; /* start of the newest set that has arrived */
	int64_t due_us = home->admitted_us + FIRST_DUE_US;
	int64_t from_us = home->admitted_us;
	size_t first = list->count;
	qsort(arrived, count, sizeof(*arrived), compare_arrivals);
	for (size_t i = 0; i < count; i++) {
		bool newest = !arrived[i]->worried && arrived[i]->measured_us > last_us;
		expect_of_set(oracle->plan, arrived[i], newest, list);
		if (!newest)
			continue;
		int64_t span_us[2] = { from_us, arrived[i]->first_arrival_us };
		expect_overdue(child, due_us, span_us, oracle->doubt_us, list);
		last_us = arrived[i]->measured_us;
		due_us = last_us + PERIOD_US;
		from_us = arrived[i]->first_arrival_us;
	}
	int64_t span_us[2] = { from_us, oracle->until_us };
	expect_overdue(child, due_us, span_us, oracle->doubt_us, list);
	qsort(list->expectations + first, list->count - first, sizeof(list->expectations[0]),
	      compare_times);
}

bool oracle_expect(struct plan *plan, int64_t until_us, int64_t doubt_us,
		   struct expectation_list *ret_list)
{
	size_t most = plan->set_count * (OF_ONE_SET_MAX + STAGES) + plan->child_count * STAGES + 1;
	struct oracle oracle = {
		plan, until_us, doubt_us, { ARENA_NEW(plan->arena, struct expectation, most), 0 }
	};
	const struct home_set **arrived =
		ARENA_NEW(plan->arena, const struct home_set *, plan->set_count + 1);
	if (oracle.list.expectations == NULL || arrived == NULL)
		return false;
	for (size_t child = 0; child < plan->child_count; child++) {
		size_t count = 0;
		for (size_t i = 0; i < plan->set_count; i++) {
			const struct home_set *set = &plan->sets[i];
			if (set->child == child && set->arrived && !set->is_repeat &&
			    set->first_arrival_us <= until_us)
				arrived[count++] = set;
		}
		expect_of_child(&oracle, child, arrived, count);
	}
	*ret_list = oracle.list;
	return true;
}
