/* SPDX-License-Identifier: Apache-2.0
 * Readings measured together are scored together. A set starts with a reading; what was measured
 * within the policy's span (10 minutes) of that start belongs to it. Grouping follows measured times alone,
 * so the order of arrival makes no difference. Of several values of one input the worse counts. */
#include "ward/chart.h"
#include "ward/timeline.h"
#include "ward/worst.h"

#include "base/hash.h"

void set_input(struct score_set *set, const struct reading *reading)
{
	set->has[reading->input] = true;
	switch ((enum score_input)reading->input) {
	case SCORE_RESPIRATORY_RATE:
		set->respiratory_rate = reading->value;
		break;
	case SCORE_HEART_RATE:
		set->heart_rate = reading->value;
		break;
	case SCORE_SYSTOLIC:
		set->systolic = reading->value;
		set->has[SCORE_SYSTOLIC] = !reading->not_done;
		set->has_bp_not_done = reading->not_done;
		set->bp_not_done = (enum score_bp_not_done)reading->code;
		break;
	case SCORE_SPO2:
		set->spo2 = reading->value;
		break;
	case SCORE_TEMPERATURE:
		set->temperature = reading->value;
		break;
	case SCORE_CONSCIOUSNESS:
		set->consciousness = (enum score_consciousness)reading->code;
		break;
	case SCORE_OXYGEN:
		set->oxygen_device = (enum score_oxygen_device)reading->code;
		set->has_oxygen_litres = reading->has_litres;
		set->has_oxygen_fio2 = reading->has_fio2;
		set->oxygen_litres = set->oxygen_fio2 = reading->value;
		break;
	case SCORE_RESPIRATORY_DISTRESS:
		set->distress = (enum score_distress)reading->code;
		break;
	case SCORE_CAPILLARY_REFILL:
		set->capillary_refill = reading->value;
		break;
	case SCORE_DIASTOLIC:
		set->diastolic = reading->value;
		break;
	case SCORE_INPUT_COUNT:
	default:
		UNREACHABLE();
	}
}

static void set_frame(struct score_set *set, const struct stay *stay, const struct policy *policy,
		      int64_t at_us)
{
	*set = (struct score_set){ 0 };
	set->spo2_scale = scale_at(stay, policy, at_us);
	set->has_at = true;
	set->at_us = at_us;
	const struct chart_order *chart = chart_order(stay, policy, at_us);
	set->has_chart = chart != NULL;
	set->chart = chart == NULL ? 0 : chart->band;
	set->has_birth_date =
		stay->patient != NULL && date_parse(str_from_c(stay->patient->birth_date),
						    DATE_KIND_DATE, &set->birth_date) == ERROR_OK;
}

uint32_t set_bands(const struct stay *stay, const struct policy *policy, int64_t at_us)
{
	struct score_set set;
	set_frame(&set, stay, policy, at_us);
	return worst_bands(policy->scale, &set);
}

static int compute_part(const struct stay *stay, const struct policy *policy,
			const struct reading *reading)
{
	struct score_set set;
	set_frame(&set, stay, policy, reading->measured_us);
	set_input(&set, reading);
	return worst_part(policy->scale, &set, reading->input);
}

/* A set is scored anew with each of its readings: what one of them alone makes is kept beside it. */
int set_part(const struct stay *stay, const struct policy *policy, const struct reading *reading)
{
	if (policy == NULL || !reading_counts(reading))
		return SCORE_PART_UNKNOWN;
	const struct chart_order *chart = chart_order(stay, policy, reading->measured_us);
	struct reading_part part = {
		.known = true,
		.scale = (uint8_t)policy->scale,
		.spo2_scale = (uint8_t)scale_at(stay, policy, reading->measured_us),
		.chart = chart == NULL ? -1 : chart->band,
	};
	if (stay->patient != NULL)
		memcpy(part.birth_date, stay->patient->birth_date, sizeof(part.birth_date));
	const struct reading_part *last = &reading->part;
	if (last->known && last->scale == part.scale && last->spo2_scale == part.spo2_scale &&
	    last->chart == part.chart &&
	    memcmp(last->birth_date, part.birth_date, sizeof(part.birth_date)) == 0)
		return last->part;
	part.part = (int8_t)compute_part(stay, policy, reading);
	((struct reading *)(uintptr_t)reading)->part = part;
	return part.part;
}

struct str set_scale_name(const struct policy *policy)
{
	return score_scale_label(policy == NULL ? SCORE_NPEWS : policy->scale);
}

void set_words(const struct policy *policy, const struct set *set, char ret_text[48])
{
	unsigned red, yellow;
	if (policy->scale != SCORE_MEOWS) {
		model_format(ret_text, 48, "%d", set->result.total);
		return;
	}
	score_colours(&set->result, &red, &yellow);
	model_format(ret_text, 48, "%u red, %u yellow", red, yellow);
}

void set_unscored(const struct policy *policy, const struct set *set,
		  char ret_text[MODEL_TEXT_BYTES])
{
	size_t at = 0;
	ret_text[0] = '\0';
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		if (!set->result.missing[input])
			continue;
		model_format(ret_text + at, MODEL_TEXT_BYTES - at, "%s%.*s", at == 0 ? "" : ", ",
			     STR_ARG(reading_input_label(input)));
		at += strlen(ret_text + at);
	}
	if (at > 0 && policy->scale != SCORE_MEOWS)
		model_format(ret_text + at, MODEL_TEXT_BYTES - at, " (max +%d)",
			     set->result.high - set->result.total);
}

static struct set *set_at(const struct stay *stay, uint32_t at)
{
	return ordered_at(&stay->set_list, at);
}

struct set *set_newest(const struct stay *stay)
{
	for (uint32_t at = stay->set_list.count; at > 0; at--) {
		struct set *set = set_at(stay, at - 1);
		if (set->inputs != 0)
			return set;
	}
	return NULL;
}

struct set *set_newest_scored(const struct stay *stay)
{
	for (uint32_t at = stay->set_list.count; at > 0; at--) {
		struct set *set = set_at(stay, at - 1);
		if (set->scored && set->inputs != 0)
			return set;
	}
	return NULL;
}

struct set *set_newest_enough(const struct stay *stay)
{
	for (uint32_t at = stay->set_list.count; at > 0; at--) {
		struct set *set = set_at(stay, at - 1);
		if (set->enough)
			return set;
	}
	return NULL;
}

static bool belongs(const struct reading *reading)
{
	return reading_counts(reading) && !reading->duplicate;
}

static uint64_t signature_of(const struct reading *reading, uint64_t seed)
{
	int64_t numbers[] = { reading->measured_us,
			      reading->received_us,
			      reading->input,
			      reading->code,
			      reading->value.coefficient,
			      reading->value.exponent,
			      reading->has_value | reading->has_litres << 1 |
				      reading->has_fio2 << 2 | reading->not_done << 3 };
	seed = hash_bytes(reading->observation, strlen(reading->observation), seed);
	return hash_bytes(numbers, sizeof(numbers), seed);
}

void set_deciding(const struct stay *stay, const struct policy *policy, const struct reading *first,
		  const struct reading *end, const struct reading *ret_deciding[SCORE_INPUT_COUNT])
{
	int parts[SCORE_INPUT_COUNT];
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++)
		ret_deciding[input] = NULL;
	for (const struct reading *reading = first; reading != end; reading = reading->next) {
		if (!belongs(reading))
			continue;
		int part = set_part(stay, policy, reading);
		if (ret_deciding[reading->input] != NULL && part < parts[reading->input])
			continue;
		ret_deciding[reading->input] = reading;
		parts[reading->input] = part;
	}
}

static void choose(const struct stay *stay, const struct policy *policy,
		   const struct reading *first, const struct reading *end, struct score_set *score)
{
	const struct reading *chosen[SCORE_INPUT_COUNT];
	set_deciding(stay, policy, first, end, chosen);
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		if (chosen[input] != NULL)
			set_input(score, chosen[input]);
	}
}

static void judge_level(struct set *set, const struct policy *policy)
{
	const struct score_result *result = &set->result;
	enum alert_level by_score = policy->score_levels[result->level];
	enum alert_level by_parameter = ALERT_LEVEL_NONE;
	set->abnormal = 0;
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		if (result->parts[input] > 0)
			set->abnormal |= 1u << input;
		if (!result->complete && result->parts[input] >= policy->parameter_part)
			by_parameter = policy->parameter_level;
	}
	if (policy->has_partial && !result->complete) {
		/* What the whole score would be nobody knows: one value that stands alone is judged by itself. */
		by_parameter = ALERT_LEVEL_NONE;
		for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
			int part = result->parts[input] > 4 ? 4 : result->parts[input];
			if (part > 0 && policy->partial_levels[part] > by_parameter)
				by_parameter = policy->partial_levels[part];
		}
		if (__builtin_popcount(set->abnormal) == 1)
			by_score = ALERT_LEVEL_NONE;
	}
	set->by_parameter = by_parameter > by_score;
	set->level = (uint8_t)(set->by_parameter ? by_parameter : by_score);
}

static void rescore(const struct ward_core *core, const struct stay *stay, struct set *set,
		    const struct reading *first, const struct reading *end)
{
	const struct policy *policy = stay_policy(core, stay);
	struct score_set score;
	uint32_t enough = 0, tried = 0;
	set_frame(&score, stay, policy, set->start_us);
	choose(stay, policy, first, end, &score);
	set->inputs = 0;
	set->late = true;
	set->received_us = 0;
	for (const struct reading *reading = first; reading != end; reading = reading->next) {
		if (reading->poor_signal && !reading->duplicate)
			tried |= policy->asks & 1u << reading->input;
		if (!belongs(reading))
			continue;
		set->inputs |= 1u << reading->input;
		set->late = set->late && reading->late;
		if (reading->received_us > set->received_us)
			set->received_us = reading->received_us;
		if (!reading->time_suspect && !reading->not_done &&
		    (policy->asks & 1u << reading->input) != 0)
			enough |= 1u << reading->input;
	}
	if (enough != 0) /* what was tried counts beside what was measured, never alone */
		enough |= tried;
	set->enough = (uint32_t)__builtin_popcount(enough) >= policy->complete_enough &&
		      (policy->needs & ~enough) == 0;
	struct score_result result;
	set->scored = !pregnancy_refuses(core, stay) &&
		      worst_score(policy->scale, &score, &result) == ERROR_OK;
	set->level = ALERT_LEVEL_NONE;
	set->abnormal = 0;
	if (set->scored) {
		set->result = result;
		set->result.band_name = (struct str){ NULL, 0 };
		MODEL_PUT(set->band_name, result.band_name);
		judge_level(set, policy);
	} else {
		worst_unscored(policy, &score, pregnancy_refuses(core, stay), set);
	}
}

enum alert_level set_level_alone(const struct ward_core *core, const struct stay *stay,
				 const struct reading *first, uint32_t *abnormal)
{
	const struct policy *policy = stay_policy(core, stay);
	/* A clock of another year makes nobody younger: what is too old for a chart is judged by the one of today. */
	bool too_old = first->measured_us < core->now_us - MODEL_WINDOW_US;
	struct set alone = { .start_us = too_old ? core->now_us : first->measured_us };
	rescore(core, stay, &alone, first, NULL);
	*abnormal |= alone.abnormal;
	return alone.level < policy->alert_from ? ALERT_LEVEL_NONE : (enum alert_level)alone.level;
}

/* --- the sets of a stay --------------------------------------------------------------------- */

static bool is_unscored(const struct set *set)
{
	return set->inputs != 0 && !set->scored;
}

static void put_set(struct ward_core *core, struct stay *stay, struct set *set, uint32_t at)
{
	struct set *before = at == 0 ? NULL : set_at(stay, at - 1);
	struct set **link = before == NULL ? &stay->sets : &before->next;
	set->next = *link;
	*link = set;
	set->stay = stay;
	ordered_insert(&stay->set_list, at, set);
	map_put(&core->set_by_id, str_from_c(set->id), set);
	stay->unscored += is_unscored(set);
}

static struct set *set_make(struct ward_core *core, struct stay *stay, const struct policy *policy,
			    int64_t start_us, uint32_t at)
{
	struct set *set = MODEL_NEW(struct set);
	char cause[200], start[25];
	date_write_instant(start_us, start);
	model_format(cause, sizeof(cause), "%s/%.*s/%s/%lld", stay->id,
		     STR_ARG(score_scale_name(policy->scale)), start, (long long)(start_us % 1000));
	model_id(set->id, "score", cause);
	set->start_us = start_us;
	put_set(core, stay, set, at);
	return set;
}

void set_append(struct ward_core *core, struct stay *stay, struct set *set)
{
	put_set(core, stay, set, stay->set_list.count);
}

void set_forget(struct ward_core *core, struct stay *stay, int64_t before_us)
{
	while (stay->sets != NULL && stay->sets->start_us < before_us && !stay->sets->dirty) {
		struct set *set = stay->sets;
		stay->sets = set->next;
		stay->unscored -= is_unscored(set);
		ordered_remove(&stay->set_list, 0);
		map_remove(&core->set_by_id, str_from_c(set->id));
		model_give(set);
	}
}

void set_destroy(struct stay *stay)
{
	while (stay->sets != NULL) {
		struct set *set = stay->sets;
		stay->sets = set->next;
		model_give(set);
	}
	ordered_done(&stay->set_list);
}

static void set_empty(struct stay *stay, struct set *set)
{
	if (set->inputs == 0)
		return;
	stay->unscored -= is_unscored(set);
	set->inputs = set->abnormal = 0;
	set->signature = 0;
	set->scored = set->enough = false;
	set->level = ALERT_LEVEL_NONE;
	set->dirty = true;
}

/* --- grouping ------------------------------------------------------------------------------- */

/* Sets before this instant that no longer exist are emptied and kept, so that their score can be withdrawn. */
static uint32_t pass_before(struct stay *stay, uint32_t at, int64_t start_us)
{
	for (struct set *set; (set = set_at(stay, at)) != NULL && set->start_us < start_us; at++)
		set_empty(stay, set);
	return at;
}

static uint32_t place_of(const struct stay *stay, int64_t start_us)
{
	uint32_t low = 0, high = stay->set_list.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (set_at(stay, middle)->start_us >= start_us)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct set *set_holding(const struct stay *stay, int64_t at_us)
{
	uint32_t at = at_us == INT64_MAX ? stay->set_list.count : place_of(stay, at_us + 1);
	return at == 0 ? NULL : set_at(stay, at - 1);
}

/* Start of the set that an instant falls into or follows: what lies before it stays as it is. Sets that could
 * not be scored are always tried again. */
static int64_t affected_from_us(const struct stay *stay, int64_t from_us)
{
	int64_t start_us = INT64_MIN;
	uint32_t at = from_us == INT64_MAX ? stay->set_list.count : place_of(stay, from_us + 1);
	for (; stay->unscored == 0 && at > 0; at--) {
		if (set_at(stay, at - 1)->inputs != 0)
			return set_at(stay, at - 1)->start_us;
	}
	for (const struct set *set = stay->unscored == 0 ? NULL : stay->sets;
	     set != NULL && set->start_us <= from_us; set = set->next) {
		if (set->inputs == 0)
			continue;
		if (!set->scored)
			break;
		start_us = set->start_us;
	}
	return start_us;
}

/* Whether grouping falls into step again with this set: it starts where it did, nothing after it changed, and
 * all of that was grouped as it would be now. */
static bool goes_on_as_before(const struct stay *stay, const struct policy *policy, uint32_t at,
			      int64_t start_us)
{
	const struct set *set = set_at(stay, at);
	if (set == NULL || set->start_us != start_us || set->inputs == 0 || stay->unscored != 0)
		return false;
	for (; set != NULL; set = set->next) {
		if (set->inputs != 0 && set->span_us != policy->set_us)
			return false;
	}
	return true;
}

/* One set from the readings that start with `first`; result: the reading after it. */
static const struct reading *regroup_one(struct ward_core *core, struct stay *stay,
					 const struct policy *policy, const struct reading *first,
					 uint32_t at)
{
	const struct reading *reading = first;
	uint64_t signature = 1;
	for (; reading != NULL && reading->measured_us <= first->measured_us + policy->set_us;
	     reading = reading->next) {
		if (belongs(reading) || reading->poor_signal)
			signature = signature_of(reading, signature);
	}
	struct set *set = set_at(stay, at);
	if (set == NULL || set->start_us != first->measured_us)
		set = set_make(core, stay, policy, first->measured_us, at);
	set->span_us = policy->set_us;
	if (set->signature == signature && set->scored)
		return reading;
	struct set before = *set;
	stay->unscored -= is_unscored(set);
	set->signature = signature;
	rescore(core, stay, set, first, reading);
	stay->unscored += is_unscored(set);
	set->dirty = true;
	/* What has no score is tried again with every reading: the rules hear of it when it says something else. */
	set->fresh = before.signature != signature || set->scored || set->level != before.level ||
		     set->abnormal != before.abnormal;
	return reading;
}

void set_regroup(struct ward_core *core, struct stay *stay, struct set_changes changes,
		 void (*changed)(struct ward_core *core, struct stay *stay, struct set *set))
{
	const struct policy *policy = stay_policy(core, stay);
	if (policy == NULL)
		return;
	int64_t from_us = affected_from_us(stay, changes.from_us);
	uint32_t first_at = place_of(stay, from_us), at = first_at;
	const struct reading *reading = timeline_from(stay, from_us);
	bool as_before = false;
	while (reading != NULL && !as_before) {
		if (!belongs(reading)) {
			reading = reading->next;
			continue;
		}
		at = pass_before(stay, at, reading->measured_us);
		as_before = reading->measured_us > changes.to_us &&
			    goes_on_as_before(stay, policy, at, reading->measured_us);
		if (!as_before)
			reading = regroup_one(core, stay, policy, reading, at++);
	}
	if (!as_before)
		at = pass_before(stay, at, INT64_MAX);
	stay_mark_calm(core, stay);
	for (uint32_t i = first_at; i < at; i++) {
		struct set *set = set_at(stay, i);
		if (set->fresh) {
			set->fresh = false;
			changed(core, stay, set);
		}
	}
}
