/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/judge.h"

enum verdict { COVERED, MET, MET_LATE, MISSING };

/* Before the first arrival by the server's own stamps; commits of one group share a time. */
#define EARLY_US (1 * DATE_US_PER_S)

static void say(const struct judge *judge, const struct plan *plan, const char *fault,
		const struct alarm *alarm, const struct expectation *expectation)
{
	char at[25];
	if (judge->details == NULL)
		return;
	size_t child = alarm != NULL ? alarm->child : expectation->child;
	enum alarm_rule rule = alarm != NULL ? alarm->rule : expectation->rule;
	date_write_instant(alarm != NULL ? alarm->raised_us : expectation->first_us, at);
	fprintf(judge->details, "%s: %s %s %s %s%s%s\n", fault, plan->children[child].id,
		alarm_rule_name(rule),
		expectation != NULL ? alarm_level_name(expectation->least) : "", at,
		alarm != NULL ? " Task/" : "", alarm != NULL ? alarm->id : "");
}

/* A step is a rise: of a new alert, or of one that was open with a lower level. */
static bool is_rise(const struct alarm *alarm, size_t at)
{
	const struct alarm_step *step = &alarm->steps[at];
	if (!step->open)
		return false;
	return at == 0 || !alarm->steps[at - 1].open || step->level > alarm->steps[at - 1].level;
}

static bool is_of(const struct alarm *alarm, const struct expectation *expectation)
{
	return alarm->child == expectation->child && alarm->rule == expectation->rule;
}

static bool is_covered(const struct expectation *expectation, const struct alarm_list *alarms)
{
	for (size_t i = 0; i < alarms->count; i++) {
		if (is_of(&alarms->alarms[i], expectation) &&
		    alarm_level_at(&alarms->alarms[i], expectation->first_us - EARLY_US) >=
			    expectation->least)
			return true;
	}
	return false;
}

/* The first rise to the level within reach. */
static enum verdict find_rise(const struct judge *judge, const struct expectation *expectation,
			      struct alarm_list *alarms)
{
	struct alarm_step *best = NULL;
	for (size_t i = 0; i < alarms->count; i++) {
		struct alarm *alarm = &alarms->alarms[i];
		for (size_t at = 0; at < alarm->step_count && is_of(alarm, expectation); at++) {
			struct alarm_step *step = &alarm->steps[at];
			if (!is_rise(alarm, at) || step->at_us < expectation->first_us - EARLY_US ||
			    step->at_us > expectation->last_us + judge->search_us)
				continue;
			if (step->level >= expectation->least &&
			    (best == NULL || step->at_us < best->at_us))
				best = step;
		}
	}
	if (best == NULL)
		return MISSING;
	if (best->used)
		return COVERED; /* several causes at once, one alert */
	best->used = true;
	return best->at_us > expectation->last_us + judge->late_us ? MET_LATE : MET;
}

static bool explains(const struct judge *judge, const struct expectation *expectation,
		     const struct alarm *alarm, const struct alarm_step *step)
{
	return is_of(alarm, expectation) && step->level <= expectation->most &&
	       step->at_us >= expectation->first_us - EARLY_US &&
	       step->at_us <= expectation->last_us + judge->search_us;
}

static void count_rises(struct judge *judge, const struct plan *plan,
			const struct expectation_list *expected, const struct alarm *alarm)
{
	for (size_t at = 0; at < alarm->step_count; at++) {
		const struct alarm_step *step = &alarm->steps[at];
		bool explained = step->used;
		/* A kit whose home lost its network is silent too. That rule is judged where the equipment is played
		 * (trial_home.c); here it is neither expected nor an extra. */
		if (alarm->rule == ALARM_EQUIPMENT)
			continue;
		if (!is_rise(alarm, at) || step->at_us > judge->until_us)
			continue;
		for (size_t i = 0; i < expected->count && !explained; i++)
			explained = explains(judge, &expected->expectations[i], alarm, step);
		struct judge_row *row = &judge->rows[alarm->rule][step->level];
		if (step->used || !explained)
			row->raised++;
		if (explained)
			continue;
		row->extra++;
		say(judge, plan, "extra", alarm, NULL);
	}
}

static bool raised_by_late_readings(const struct judge *judge,
				    const struct expectation_list *expected,
				    const struct alarm *alarm)
{
	for (size_t i = 0; i < expected->count; i++) {
		const struct expectation *one = &expected->expectations[i];
		if (one->late_readings && explains(judge, one, alarm, &alarm->steps[0]))
			return true;
	}
	return false;
}

/* One cause, one alert: no identifier twice, and no two of one rule open together, save that readings which
 * came late have an alert of their own. */
static void count_doubled(struct judge *judge, const struct plan *plan,
			  const struct expectation_list *expected, const struct alarm_list *alarms)
{
	for (size_t i = 0; i < alarms->count; i++) {
		const struct alarm *one = &alarms->alarms[i];
		for (size_t j = 0; j < alarms->count; j++) {
			const struct alarm *other = &alarms->alarms[j];
			if (i == j || one->child != other->child || one->rule != other->rule)
				continue;
			bool same =
				i < j && one->cause.len > 0 && str_equal(one->cause, other->cause);
			bool later = other->raised_us > one->raised_us ||
				     (other->raised_us == one->raised_us && j > i);
			bool together = one->rule != ALARM_OTHER && later &&
					other->raised_us < one->closed_us &&
					!raised_by_late_readings(judge, expected, one) &&
					!raised_by_late_readings(judge, expected, other);
			if (!same && !together)
				continue;
			judge->doubled++;
			say(judge, plan, "doubled", other, NULL);
		}
	}
}

void judge_compare(struct judge *judge, const struct plan *plan,
		   const struct expectation_list *expected, struct alarm_list *alarms)
{
	for (size_t i = 0; i < expected->count; i++) {
		const struct expectation *one = &expected->expectations[i];
		struct judge_row *row = &judge->rows[one->rule][one->least];
		enum verdict verdict =
			is_covered(one, alarms) ? COVERED : find_rise(judge, one, alarms);
		if (verdict == COVERED || (verdict == MISSING && one->doubtful))
			continue;
		row->expected++;
		row->missing += verdict == MISSING;
		row->late += verdict == MET_LATE;
		if (verdict != MET)
			say(judge, plan, verdict == MISSING ? "missing" : "late", NULL, one);
	}
	for (size_t i = 0; i < alarms->count; i++)
		count_rises(judge, plan, expected, &alarms->alarms[i]);
	count_doubled(judge, plan, expected, alarms);
}

void judge_print(const struct judge *judge, FILE *out)
{
	struct judge_row all = { 0 };
	fprintf(out, "%-24s %9s %9s %9s %9s %9s\n", "alert", "expected", "raised", "missing",
		"extra", "late");
	for (unsigned rule = 0; rule < ALARM_RULE_COUNT; rule++) {
		for (unsigned level = 0; level < ALARM_LEVEL_COUNT; level++) {
			const struct judge_row *row = &judge->rows[rule][level];
			char name[40];
			if (row->expected == 0 && row->raised == 0 && row->extra == 0)
				continue;
			snprintf(name, sizeof(name), "%s %s",
				 alarm_rule_name((enum alarm_rule)rule),
				 alarm_level_name((enum alarm_level)level));
			fprintf(out, "%-24s %9lld %9lld %9lld %9lld %9lld\n", name,
				(long long)row->expected, (long long)row->raised,
				(long long)row->missing, (long long)row->extra,
				(long long)row->late);
			all.expected += row->expected;
			all.raised += row->raised;
			all.missing += row->missing;
			all.extra += row->extra;
			all.late += row->late;
		}
	}
	fprintf(out, "%-24s %9lld %9lld %9lld %9lld %9lld\n", "all", (long long)all.expected,
		(long long)all.raised, (long long)all.missing, (long long)all.extra,
		(long long)all.late);
	fprintf(out, "doubled: %lld\n", (long long)judge->doubled);
}

bool judge_is_good(const struct judge *judge)
{
	int64_t missing = 0;
	for (unsigned rule = 0; rule < ALARM_RULE_COUNT; rule++) {
		for (unsigned level = 0; level < ALARM_LEVEL_COUNT; level++)
			missing += judge->rows[rule][level].missing;
	}
	return missing == 0 && judge->doubled == 0;
}
