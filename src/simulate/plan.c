/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/plan.h"

#include <stdlib.h>

enum { PLAN_SETS_FIRST = 256, PURPOSE_HOME = 2 };

struct home_set *plan_add(struct plan *plan, size_t child, int64_t measured_us, int64_t send_us)
{
	if (plan->set_count == plan->set_capacity) {
		size_t capacity =
			plan->set_capacity == 0 ? PLAN_SETS_FIRST : plan->set_capacity * 2;
		struct home_set *larger = ARENA_NEW(plan->arena, struct home_set, capacity);
		if (larger == NULL) {
			plan->failed = true;
			return NULL;
		}
		if (plan->set_count > 0)
			memcpy(larger, plan->sets, plan->set_count * sizeof(*larger));
		plan->sets = larger;
		plan->set_capacity = capacity;
	}
	struct home_set *set = &plan->sets[plan->set_count];
	*set = (struct home_set){ .child = child,
				  .number = plan->set_count,
				  .measured_us = measured_us,
				  .send_us = send_us };
	plan->set_count++;
	return set;
}

struct home_set *plan_measure(struct plan *plan, struct dice *dice, size_t child,
			      int64_t measured_us, const struct home_course *course)
{
	/* Whole seconds: what devices write. */
	int64_t at_us = measured_us - measured_us % DATE_US_PER_S;
	int64_t wait_s = dice_between(dice, 20, 80) +
			 SCORE_INPUT_COUNT * HOME_READING_STEP_US / DATE_US_PER_S;
	struct home_set *set = plan_add(plan, child, at_us, at_us + wait_s * DATE_US_PER_S);
	if (set == NULL)
		return NULL;
	home_measure(&plan->children[child], dice, course, set);
	set->singly = dice_percent(dice, 20);
	return set;
}

void plan_repeat(struct plan *plan, int64_t send_us)
{
	if (plan->set_count == 0)
		return;
	struct home_set copy = plan->sets[plan->set_count - 1];
	struct home_set *set = plan_add(plan, copy.child, copy.measured_us, send_us);
	if (set == NULL)
		return;
	copy.number = set->number;
	copy.send_us = send_us;
	copy.is_repeat = true;
	*set = copy;
}

void plan_worry(struct plan *plan, size_t child, int64_t at_us)
{
	int64_t measured_us = at_us - at_us % DATE_US_PER_S;
	struct home_set *set = plan_add(plan, child, measured_us, measured_us + 5 * DATE_US_PER_S);
	if (set != NULL)
		set->worried = true;
}

static int compare_sets(const void *a, const void *b)
{
	const struct home_set *left = a, *right = b;
	if (left->send_us != right->send_us)
		return left->send_us < right->send_us ? -1 : 1;
	return left->number < right->number ? -1 : left->number > right->number;
}

void plan_sort(struct plan *plan)
{
	qsort(plan->sets, plan->set_count, sizeof(plan->sets[0]), compare_sets);
}

/* --- a home -------------------------------------------------------------------------------------- */

/* What is going on in one home. */
struct life {
	struct plan *plan;
	struct dice dice;
	size_t child;
	int64_t at_us; /* when the next readings are to be taken */
	struct home_course course;
	int ill_sets; /* readings left of an illness, its peak in the middle */
	int ill_total;
	int ill_peak;
	int fever_sets;
	int fever_peak;
};

static int64_t minutes(struct life *life, int64_t low, int64_t high)
{
	return dice_between(&life->dice, low, high) * DATE_US_PER_MIN +
	       dice_between(&life->dice, 0, 59) * DATE_US_PER_S;
}

static void fall_ill(struct life *life)
{
	life->ill_total = life->ill_sets = (int)dice_between(&life->dice, 3, 6);
	life->ill_peak = (int)dice_between(&life->dice, 300, 1000);
}

static void catch_fever(struct life *life)
{
	life->fever_sets = (int)dice_between(&life->dice, 2, 4);
	life->fever_peak = (int)dice_between(&life->dice, 14, 27);
}

static void next_course(struct life *life)
{
	life->course = (struct home_course){ 0, 0 };
	if (life->ill_sets > 0) {
		int passed = life->ill_total - life->ill_sets + 1;
		int half = (life->ill_total + 1) / 2;
		int rising = passed <= half ? passed : life->ill_total + 1 - passed;
		life->course.severity = life->ill_peak * rising / half;
		life->ill_sets--;
	}
	if (life->fever_sets > 0) {
		life->course.fever_tenths = life->fever_peak - (int)dice_between(&life->dice, 0, 4);
		life->fever_sets--;
	}
	if (life->ill_sets == 0 && dice_percent(&life->dice, 3))
		fall_ill(life);
	if (life->fever_sets == 0 && dice_percent(&life->dice, 4))
		catch_fever(life);
}

/* The line is down: readings are taken in time and arrive together. */
static void outage(struct life *life)
{
	struct plan *plan = life->plan;
	int64_t count = dice_between(&life->dice, 2, 3);
	size_t first = plan->set_count;
	int64_t last_us = life->at_us;
	for (int64_t i = 0; i < count; i++) {
		next_course(life);
		(void)plan_measure(plan, &life->dice, life->child, life->at_us, &life->course);
		last_us = life->at_us;
		life->at_us += minutes(life, 225, 245);
	}
	/* Clear of the half hour after which readings count as late. */
	int64_t back_us = last_us + (dice_percent(&life->dice, 50) ? minutes(life, 6, 18)
								   : minutes(life, 45, 100));
	bool backward = dice_percent(&life->dice, 50);
	size_t end = plan->set_count;
	for (size_t i = first; i < end; i++) {
		size_t place = backward ? end - 1 - i : i - first;
		plan->sets[i].send_us = back_us + (int64_t)place * DATE_US_PER_S;
		plan->sets[i].backward = backward;
	}
	if (dice_percent(&life->dice, 60))
		plan_repeat(plan, back_us + (int64_t)(end - first) * DATE_US_PER_S);
	int64_t next_us = back_us + minutes(life, 60, 90);
	life->at_us = life->at_us > next_us ? life->at_us : next_us;
}

static void take_readings(struct life *life)
{
	struct plan *plan = life->plan;
	next_course(life);
	struct home_set *set =
		plan_measure(plan, &life->dice, life->child, life->at_us, &life->course);
	if (set != NULL && dice_percent(&life->dice, 8))
		plan_repeat(plan, set->send_us + minutes(life, 1, 90));
	if (dice_percent(&life->dice, 2))
		plan_worry(plan, life->child, life->at_us + minutes(life, 20, 200));
	if (life->course.severity > 300 && dice_percent(&life->dice, 60)) {
		/* The nurse asks for another set soon. */
		(void)plan_measure(plan, &life->dice, life->child,
				   life->at_us + minutes(life, 55, 80), &life->course);
	}
	life->at_us += minutes(life, 225, 248);
}

static void live(struct life *life, int64_t end_us)
{
	while (life->at_us < end_us && !life->plan->failed) {
		int64_t chance = dice_between(&life->dice, 0, 99);
		if (chance < 4) {
			life->at_us += minutes(life, 205, 225); /* missed */
			take_readings(life);
		} else if (chance < 10) {
			life->at_us += minutes(life, 20, 170); /* taken late */
			take_readings(life);
		} else if (chance < 13) {
			outage(life);
		} else {
			take_readings(life);
		}
	}
}

void plan_ward(struct plan *plan, uint64_t seed)
{
	int64_t hours = (plan->end_us - plan->start_us) / DATE_US_PER_HOUR;
	for (size_t child = 0; child < plan->child_count; child++) {
		struct life life = { .plan = plan,
				     .dice = dice_for(seed, PURPOSE_HOME, child),
				     .child = child };
		life.at_us = plan->start_us + minutes(&life, 4, 25);
		/* Whatever chance brings, each kind of trouble happens to somebody, early enough to be seen. */
		switch (child % 6) {
		case 1:
			catch_fever(&life);
			break;
		case 2:
			fall_ill(&life);
			life.ill_peak = 700 + (int)dice_between(&life.dice, 0, 300);
			break;
		case 3:
			if (hours > 12)
				outage(&life);
			break;
		case 4:
			life.at_us = plan->start_us +
				     minutes(&life, 135, 170); /* silent since admission */
			break;
		case 5:
			plan_worry(plan, child, plan->start_us + minutes(&life, 30, 200));
			break;
		default:
			break;
		}
		live(&life, plan->end_us);
	}
	plan_sort(plan);
}
