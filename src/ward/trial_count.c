/* SPDX-License-Identifier: Apache-2.0
 * Alerts of both cores counted by level and rule, what one has and the other lacks, and the time at home that they
 * stand for. */
#include "ward/trial_count.h"

#define TRIAL_US (TRIAL_DAYS * DATE_US_PER_DAY)

/* --- which stays ----------------------------------------------------------------------------- */

static bool is_under_url(const struct trial_cores *cores, const struct stay *stay)
{
	struct str canonical = str_from_c(stay->canonical);
	return !stay->is_place && stay->patient != NULL &&
	       str_equal(str_slice(canonical, 0, str_find_byte(canonical, '|', 0)), cores->url);
}

static bool is_on_ward(const struct trial_cores *cores, const struct stay *stay)
{
	for (size_t i = 0; i < cores->options->ward_count && stay->ward != NULL; i++) {
		if (str_equal(str_from_c(stay->ward->id), cores->options->wards[i]))
			return !stay->is_place && stay->patient != NULL;
	}
	return false;
}

bool trial_chooses(const struct trial_cores *cores, const struct stay *stay)
{
	return cores->options->ward_count > 0 ? is_on_ward(cores, stay) : is_under_url(cores, stay);
}

/* --- time ------------------------------------------------------------------------------------ */

static int64_t end_of(const struct trial_cores *cores, const struct stay *stay)
{
	return stay->status == STAY_FINISHED && stay->end_us < cores->last_us ? stay->end_us
									      : cores->last_us;
}

/* A stay that is only planned has no time yet. */
static void take_period(const struct trial_cores *cores, struct trial_result *result)
{
	const struct trial_options *options = cores->options;
	int64_t first_us = cores->last_us, last_us = INT64_MIN;
	for (const struct stay *stay = cores->before->stays; stay != NULL; stay = stay->next) {
		if (stay->status == STAY_UNKNOWN ||
		    (!trial_chooses(cores, stay) && !is_under_url(cores, stay)))
			continue;
		int64_t end_us = end_of(cores, stay);
		first_us = stay->start_us < first_us ? stay->start_us : first_us;
		last_us = end_us > last_us ? end_us : last_us;
	}
	result->last_to_us = last_us == INT64_MIN ? cores->last_us : last_us;
	result->last_from_us = result->last_to_us - TRIAL_US;
	if (result->last_from_us < first_us)
		result->last_from_us =
			first_us < result->last_to_us ? first_us : result->last_to_us;
	result->from_us = options->from_us;
	if (options->from_us == INT64_MIN && options->last_days)
		result->from_us = result->last_from_us;
	result->to_us = options->to_us == INT64_MAX ? cores->last_us + 1000 : options->to_us;
}

static void take_ward(struct arena *arena, const struct stay *stay, struct trial_result *result)
{
	if (stay->ward == NULL)
		return;
	for (size_t i = 0; i < result->ward_count; i++) {
		if (str_equal(result->wards[i], str_from_c(stay->ward->id)))
			return;
	}
	if (result->ward_count < TRIAL_WARDS_MAX)
		result->wards[result->ward_count++] = arena_copy(arena, str_from_c(stay->ward->id));
}

static void take_days(const struct trial_cores *cores, struct arena *arena,
		      struct trial_result *result)
{
	for (const struct stay *stay = cores->before->stays; stay != NULL; stay = stay->next) {
		bool chosen = trial_chooses(cores, stay);
		int64_t from = stay->start_us, to = end_of(cores, stay);
		if ((!chosen && !is_under_url(cores, stay)) || stay->status == STAY_UNKNOWN)
			continue;
		from = from < result->from_us ? result->from_us : from;
		to = to > result->to_us ? result->to_us : to;
		if (to < from)
			continue;
		double days = (double)(to - from) / (double)DATE_US_PER_DAY;
		if (!chosen) {
			result->left_out_days += days;
			continue;
		}
		result->stays++;
		result->patient_days += days;
		take_ward(arena, stay, result);
	}
}

/* --- alerts ---------------------------------------------------------------------------------- */

static bool counts(const struct trial_result *result, const struct alert *alert)
{
	return alert->raised_us >= result->from_us && alert->raised_us < result->to_us;
}

/* Whether a stay of either core is one that came under the new policy. */
static bool is_chosen(const struct trial_cores *cores, const struct stay *stay)
{
	const struct stay *known = map_get(&cores->before->stay_by_id, str_from_c(stay->id));
	return known != NULL && trial_chooses(cores, known);
}

/* The same trouble, or something that called people at that time: one that had stood open for long says nothing of what
 * is new. */
static bool answers_for(const struct trial_cores *cores, const struct alert *other,
			const struct alert *alert)
{
	int64_t within_us = cores->options->within_us;
	bool open = alert_is_open(other) || other->closed_us >= alert->level_us;
	return other->level >= alert->level && open &&
	       other->level_us <= alert->level_us + within_us &&
	       (other->cause == alert->cause || other->level_us >= alert->level_us - within_us);
}

/* Whether the other core had an alert as urgent in force at that time, or soon after. */
static bool has_counterpart(const struct trial_cores *cores, const struct ward_core *other,
			    const struct alert *alert)
{
	const struct stay *stay = map_get(&other->stay_by_id, str_from_c(alert->stay->id));
	for (const struct alert *at = stay == NULL ? NULL : stay->alerts; at != NULL;
	     at = at->next) {
		if (answers_for(cores, at, alert))
			return true;
	}
	return false;
}

/* Several causes can share a rule: then they share a row. */
static struct trial_row *row_of(struct trial_result *result, const struct alert *alert)
{
	struct str level = alert_level_name((enum alert_level)alert->level);
	struct str rule = alert_rule(alert);
	for (size_t i = 0; i < result->row_count; i++) {
		if (str_equal(result->rows[i].level, level) &&
		    str_equal(result->rows[i].rule, rule))
			return &result->rows[i];
	}
	result->rows[result->row_count] = (struct trial_row){ .level = level, .rule = rule };
	return &result->rows[result->row_count++];
}

static void take_rows_at(const struct trial_cores *cores, unsigned level,
			 struct trial_result *result)
{
	const struct ward_core *both[] = { cores->before, cores->after };
	for (unsigned i = 0; i < 2; i++) {
		for (const struct stay *stay = both[i]->stays; stay != NULL; stay = stay->next) {
			if (!is_chosen(cores, stay))
				continue;
			for (const struct alert *at = stay->alerts; at != NULL; at = at->next) {
				if (at->level != level || !counts(result, at))
					continue;
				struct trial_row *row = row_of(result, at);
				row->before += i == 0;
				row->after += i == 1;
				result->before += i == 0;
				result->after += i == 1;
			}
		}
	}
}

static bool take_rows(const struct trial_cores *cores, struct arena *arena,
		      struct trial_result *result)
{
	result->rows =
		ARENA_NEW(arena, struct trial_row, (size_t)ALERT_LEVEL_COUNT * ALERT_CAUSE_COUNT);
	for (unsigned level = ALERT_LEVEL_COUNT - 1;
	     level > ALERT_LEVEL_NONE && result->rows != NULL; level--)
		take_rows_at(cores, level, result);
	return result->rows != NULL;
}

/* High or more, and the other core has nothing for it. */
static bool is_lacking(const struct trial_cores *cores, const struct ward_core *other,
		       const struct trial_result *result, const struct alert *alert)
{
	return alert->level >= ALERT_LEVEL_HIGH && counts(result, alert) &&
	       is_chosen(cores, alert->stay) && !has_counterpart(cores, other, alert);
}

static void name_alert(const struct alert *alert, struct trial_alert *ret_alert)
{
	ret_alert->at_us = alert->raised_us;
	ret_alert->level = alert_level_name((enum alert_level)alert->level);
	ret_alert->rule = alert_rule(alert);
	MODEL_PUT(ret_alert->stay, str_from_c(alert->stay->id));
}

/* What one core has and the other lacks, counted in the rows; the first of them named in the order of the stays. */
static bool take_lacking(const struct trial_cores *cores, bool missed, struct arena *arena,
			 struct trial_result *result)
{
	const struct ward_core *core = missed ? cores->before : cores->after;
	const struct ward_core *other = missed ? cores->after : cores->before;
	struct trial_alerts *lacking = missed ? &result->missed : &result->added;
	size_t most = missed ? result->before : result->after;
	if (most > cores->options->lacking_max)
		most = cores->options->lacking_max;
	lacking->alerts = ARENA_NEW(arena, struct trial_alert, most + 1);
	if (lacking->alerts == NULL)
		return false;
	for (const struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		for (const struct alert *at = stay->alerts; at != NULL; at = at->next) {
			if (!is_lacking(cores, other, result, at))
				continue;
			struct trial_row *row = row_of(result, at);
			row->missed += missed;
			row->added += !missed;
			lacking->count++;
			if (lacking->kept < most)
				name_alert(at, &lacking->alerts[lacking->kept++]);
		}
	}
	return true;
}

enum error trial_count(const struct trial_cores *cores, struct arena *arena,
		       struct trial_result *ret_result)
{
	struct trial_result result = { 0 };
	char canonical[200];
	take_period(cores, &result);
	take_days(cores, arena, &result);
	model_format(canonical, sizeof(canonical), "%.*s|trial", STR_ARG(cores->url));
	result.canonical = arena_copy(arena, str_from_c(canonical)).ptr;
	if (!take_rows(cores, arena, &result) || !take_lacking(cores, true, arena, &result) ||
	    !take_lacking(cores, false, arena, &result) || arena->failed)
		return ERROR_LIMIT;
	*ret_result = result;
	return ERROR_OK;
}
