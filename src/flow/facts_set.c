/* SPDX-License-Identifier: Apache-2.0
 * Rounds of readings: which sets came, by what channel, and which rounds were missed. A set is a score of ours
 * (it has the
 * extension episode). A round is due one hour after admission, one period after the set before it, or one
 * period after a
 * return from hospital; it is missed when no set was measured by FACTS_GRACE_US after that, and the next is
 * then due one
 * period later. Nothing is expected while the stay is on hold. */
#include "flow/facts.h"

#define FIRST_DUE_US (60 * DATE_US_PER_MIN)
#define PERIOD_US_DEFAULT (4 * DATE_US_PER_HOUR)

struct visit {
	struct facts *facts;
	struct facts_stay *stay;
};

static int64_t integer_of(const struct json *element, const char *extension)
{
	int64_t value = 0;
	struct str text =
		json_get_text(model_extension(element, str_from_c(extension)), STR("valueInteger"));
	return str_to_i64(text, &value) ? value : 0;
}

static bool visit_set(void *context, const struct store_version *version, const struct json *score)
{
	struct visit *visit = context;
	struct facts_stay *stay = visit->stay;
	struct arena *arena = visit->facts->arena;
	const struct json *episode =
		json_get(model_extension(score, STR("episode")), STR("valueReference"));
	if (!str_equal(model_reference_id(episode, STR("EpisodeOfCare")), stay->id) ||
	    !str_equal(json_get_text(score, STR("status")), STR("final")))
		return true;
	struct facts_set *set = ARENA_NEW(arena, struct facts_set, 1);
	struct str total = json_get_text(json_get(score, STR("valueQuantity")), STR("value"));
	const struct json *complete =
		json_get(model_extension(score, STR("score-complete")), STR("valueBoolean"));
	if (set == NULL)
		return false;
	set->id = arena_copy(arena, version->id);
	set->at_us = record_instant(score, STR("effectiveDateTime"), record_ms(version->at_us));
	set->reading = arena_copy(
		arena, model_reference_id(json_at(json_get(score, STR("derivedFrom")), 0),
					  STR("Observation")));
	(void)str_to_i64(total, &set->total);
	set->low = integer_of(score, "score-low");
	set->high = integer_of(score, "score-high");
	set->complete = complete != NULL && complete->type == JSON_TRUE;
	set->level = arena_copy(
		arena, json_get_text(model_extension(score, STR("score-level")), STR("valueCode")));
	struct facts_set **link = &stay->sets;
	while (*link != NULL && (*link)->at_us > set->at_us)
		link = &(*link)->next;
	set->next = *link;
	*link = set;
	return !arena->failed;
}

/* --- schedule ------------------------------------------------------------------------------- */

static bool visit_plan(void *context, const struct store_version *version, const struct json *plan)
{
	struct visit *visit = context;
	const struct json *about = json_get(plan, STR("supportingInfo"));
	for (const struct json *at = about == NULL ? NULL : about->child; at != NULL;
	     at = at->next) {
		if (str_equal(model_reference_id(at, STR("EpisodeOfCare")), visit->stay->id))
			visit->stay->plan = arena_copy(visit->facts->arena, version->id);
	}
	return true;
}

static int64_t period_of(const struct json *plan)
{
	const struct json *detail =
		json_get(json_at(json_get(plan, STR("activity")), 0), STR("detail"));
	const struct json *repeat =
		json_get(json_get(detail, STR("scheduledTiming")), STR("repeat"));
	struct decimal period;
	int64_t thousandths = 0;
	if (str_equal(json_get_text(repeat, STR("periodUnit")), STR("h")) &&
	    decimal_parse(json_get_text(repeat, STR("period")), &period) == ERROR_OK &&
	    decimal_to_scaled(period, 3, &thousandths) && thousandths > 0)
		return thousandths * (DATE_US_PER_HOUR / 1000);
	return PERIOD_US_DEFAULT;
}

/* The period by time: each version of the plan that changed it opens a span, the newest first in the list. */
static bool visit_schedule(void *context, const struct store_version *version,
			   const struct json *plan)
{
	struct visit *visit = context;
	struct facts_span *last = visit->stay->schedules;
	int64_t amount = plan == NULL ? PERIOD_US_DEFAULT : period_of(plan);
	if (last != NULL && last->amount == amount)
		return true;
	struct facts_span *span = ARENA_NEW(visit->facts->arena, struct facts_span, 1);
	if (span == NULL)
		return false;
	span->start_us = record_ms(version->at_us);
	span->amount = amount;
	span->next = last;
	visit->stay->schedules = span;
	return true;
}

static int64_t period_at(const struct facts_stay *stay, int64_t at_us)
{
	int64_t oldest = PERIOD_US_DEFAULT;
	for (const struct facts_span *span = stay->schedules; span != NULL; span = span->next) {
		if (span->start_us <= at_us)
			return span->amount;
		oldest = span->amount;
	}
	return oldest;
}

/* --- rounds --------------------------------------------------------------------------------- */

/* The first set measured after `after_us`, FACTS_OPEN when there is none. */
static int64_t next_set(const struct facts_stay *stay, int64_t after_us)
{
	int64_t found_us = FACTS_OPEN;
	for (const struct facts_set *set = stay->sets; set != NULL && set->at_us > after_us;
	     set = set->next)
		found_us = set->at_us;
	return found_us;
}

/* One time at home, [start, end). */
static void count_rounds(const struct facts *facts, struct facts_stay *stay, struct facts_span home,
			 int64_t due_us)
{
	int64_t last_us = home.start_us - 1;
	for (;;) {
		int64_t set_us = next_set(stay, last_us);
		bool came = set_us <= due_us + FACTS_GRACE_US && set_us < home.end_us;
		if (!came && due_us + FACTS_GRACE_US >= home.end_us)
			return;
		if (came) {
			last_us = set_us;
		} else {
			last_us = due_us > last_us ? due_us : last_us;
			stay->missed_count +=
				facts_in(facts, due_us + FACTS_GRACE_US) &&
						facts_is_ours(stay, due_us + FACTS_GRACE_US)
					? 1
					: 0;
		}
		due_us = (came ? set_us : due_us) + period_at(stay, last_us);
	}
}

static void count_stay(const struct facts *facts, struct facts_stay *stay)
{
	int64_t limit_us = facts->to_us < facts->now_us ? facts->to_us : facts->now_us;
	struct facts_span home = { .start_us = stay->start_us };
	int64_t due_us = stay->start_us + FIRST_DUE_US;
	for (const struct facts_set *set = stay->sets; set != NULL; set = set->next)
		stay->sets_count +=
			facts_in(facts, set->at_us) && facts_fills(stay, set->at_us) ? 1 : 0;
	for (const struct facts_span *hold = stay->holds; hold != NULL; hold = hold->next) {
		home.end_us = hold->start_us < limit_us ? hold->start_us : limit_us;
		count_rounds(facts, stay, home, due_us);
		if (hold->end_us >= stay->end_us)
			return;
		home.start_us = hold->end_us;
		due_us = hold->end_us + period_at(stay, hold->end_us);
	}
	home.end_us = stay->end_us < limit_us ? stay->end_us : limit_us;
	count_rounds(facts, stay, home, due_us);
}

/* --- channel -------------------------------------------------------------------------------- */

static struct str channel_of(const struct json *reading)
{
	struct str source =
		json_get_text(model_extension(reading, STR("source")), STR("valueCode"));
	if (source.len > 0)
		return source;
	return json_get(reading, STR("device")) != NULL ? STR("device") : STR("entered");
}

#define CHANNELS_MAX 8

/* By which channel most of the sets of the span came; the first in the alphabet of several. */
static enum error find_channel(struct facts *facts, struct facts_stay *stay)
{
	struct channel {
		struct str name;
		size_t count;
	} channels[CHANNELS_MAX] = { { { NULL, 0 }, 0 } };
	size_t count = 0, best = 0;
	for (const struct facts_set *set = stay->sets; set != NULL; set = set->next) {
		struct store_version version = { 0 };
		struct json *reading = NULL;
		size_t at = 0;
		if (!facts_in(facts, set->at_us) || !facts_is_ours(stay, set->at_us) ||
		    set->reading.len == 0)
			continue;
		arena_reset(&facts->record->tree);
		if (store_read(facts->record->reader, &facts->record->tree,
			       fhir_resource_find(STR("Observation")), set->reading,
			       &version) != ERROR_OK ||
		    json_parse(&facts->record->tree, version.body, NULL, NULL, &reading) !=
			    ERROR_OK)
			continue;
		struct str name = channel_of(reading);
		while (at < count && !str_equal(channels[at].name, name))
			at++;
		if (at == count && count < CHANNELS_MAX)
			channels[count++].name = arena_copy(facts->arena, name);
		if (at < CHANNELS_MAX)
			channels[at].count++;
	}
	for (size_t i = 1; i < count; i++) {
		if (channels[i].count > channels[best].count ||
		    (channels[i].count == channels[best].count &&
		     str_compare(channels[i].name, channels[best].name) < 0))
			best = i;
	}
	if (count > 0)
		stay->channel = channels[best].name;
	return facts->arena->failed ? ERROR_LIMIT : ERROR_OK;
}

static enum error sets_of_stay(struct facts *facts, struct facts_stay *stay)
{
	struct visit visit = { facts, stay };
	struct arena *arena = facts->arena;
	const struct search_argument arguments[] = {
		{ STR("subject"), record_reference(arena, "Patient", stay->person->id) },
		{ STR("category"), STR("survey") },
		{ STR("date"), record_bound(arena, "ge", stay->start_us) },
		{ STR("date"), record_bound(arena, "lt", facts->to_us) },
	};
	const struct record_search search = { "Observation", arguments, 4, visit_set, &visit };
	return record_each(facts->record, &search);
}

enum error facts_sets(struct facts *facts, bool channels)
{
	for (struct facts_stay *stay = facts->stays; stay != NULL; stay = stay->next) {
		struct arena *arena = facts->arena;
		struct visit visit = { facts, stay };
		const struct search_argument arguments[] = {
			{ STR("subject"), record_reference(arena, "Patient", stay->person->id) },
		};
		const struct record_search plans = { "CarePlan", arguments, 1, visit_plan, &visit };
		if (stay->end_us < facts->from_us)
			continue;
		enum error error = record_each(facts->record, &plans);
		if (error == ERROR_OK && stay->plan.len > 0)
			error = record_history(facts->record, "CarePlan", stay->plan,
					       visit_schedule, &visit);
		if (error == ERROR_OK)
			error = sets_of_stay(facts, stay);
		if (error == ERROR_OK && channels)
			error = find_channel(facts, stay);
		if (error != ERROR_OK)
			return error;
		count_stay(facts, stay);
	}
	return ERROR_OK;
}
