/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/trial.h"

#include "fhir/fhir.h"
#include "ward/model.h"

#define TRIAL_ARENA_BYTES ((size_t)1024 * 1024 * 1024)
#define TRIAL_BATCH 500
#define TRIAL_SEEN_US \
	DATE_US_PER_HOUR /* an alert that only the new policy raises is seen to by then */

struct trial {
	const struct trial_options *options;
	struct ward_core *old_core, *new_core;
	struct arena arena; /* of one batch */
	struct policy policy;
	char canonical[200];
	int64_t feed; /* of the new core: it sees other events than the store */
	int64_t looked_us;
};

static void apply_new(struct trial *trial, struct ward_event event)
{
	event.feed = ++trial->feed;
	ward_core_apply(trial->new_core, &event);
}

static bool is_chosen(const struct trial *trial, const struct stay *stay)
{
	if (stay->is_place || stay->patient == NULL)
		return false;
	if (trial->options->ward.len > 0)
		return stay->ward != NULL &&
		       str_equal(str_from_c(stay->ward->id), trial->options->ward);
	struct str canonical = str_from_c(stay->canonical);
	return str_equal(str_slice(canonical, 0, str_find_byte(canonical, '|', 0)),
			 str_from_c(trial->policy.url));
}

/* The plan of a chosen stay names the new policy, and leaves the schedule to it. */
static void plan_event(struct trial *trial, struct ward_event event, struct json *plan)
{
	const struct json *about = json_at(json_get(plan, STR("supportingInfo")), 0);
	const struct stay *stay = map_get(&trial->old_core->stay_by_id,
					  model_reference_id(about, STR("EpisodeOfCare")));
	if (stay != NULL && is_chosen(trial, stay)) {
		struct json *list = json_new(&trial->arena, JSON_ARRAY);
		json_append(list, json_new_string(&trial->arena, str_from_c(trial->canonical)));
		json_put(plan, STR("instantiatesCanonical"), list);
		(void)json_remove(plan, STR("activity"));
	}
	event.resource = plan;
	apply_new(trial, event);
}

/* What a person did, to the alert of the same stay and cause. */
static void person_event(struct trial *trial, struct ward_event event, const char *stay_id,
			 enum alert_cause cause)
{
	struct stay *stay = map_get(&trial->new_core->stay_by_id, str_from_c(stay_id));
	struct alert *alert = stay == NULL ? NULL : alert_open(stay, cause);
	if (alert == NULL || event.resource == NULL)
		return;
	event.id = str_from_c(alert->id);
	apply_new(trial, event);
}

static void see_to(struct trial *trial, struct stay *stay, struct alert *alert, int64_t at_us)
{
	struct json *task = NULL;
	struct stay *before = map_get(&trial->old_core->stay_by_id, str_from_c(stay->id));
	if (before != NULL && alert_open(before, (enum alert_cause)alert->cause) != NULL)
		return; /* the people of the history will */
	if (json_parse(&trial->arena,
		       STR("{\"resourceType\":\"Task\",\"status\":\"completed\","
			   "\"statusReason\":{\"text\":\"Seen to (trial)\"}}"),
		       NULL, NULL, &task) != ERROR_OK)
		return;
	apply_new(trial, (struct ward_event){ .type = STR("Task"),
					      .id = str_from_c(alert->id),
					      .version = 2,
					      .at_us = at_us,
					      .origin = STR("trial"),
					      .resource = task });
}

static void see_to_all(struct trial *trial, int64_t at_us)
{
	if (at_us < trial->looked_us + 10 * DATE_US_PER_MIN)
		return;
	trial->looked_us = at_us;
	for (struct stay *stay = trial->new_core->stays; stay != NULL; stay = stay->next) {
		for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			if (alert_is_open(alert) && alert->raised_us + TRIAL_SEEN_US < at_us)
				see_to(trial, stay, alert, at_us);
		}
	}
}

static enum error apply(struct trial *trial, const struct store_version *version)
{
	struct json *resource = NULL, *copy = NULL;
	struct str type = fhir_resource_name(version->type);
	if (!ward_core_reads(type))
		return ERROR_OK;
	if (version->method != STORE_DELETE &&
	    (json_parse(&trial->arena, version->body, NULL, NULL, &resource) != ERROR_OK ||
	     json_parse(&trial->arena, version->body, NULL, NULL, &copy) != ERROR_OK))
		return ERROR_LIMIT;
	struct ward_event event = { .type = type,
				    .id = version->id,
				    .version = version->version,
				    .feed = version->feed,
				    .at_us = version->at_us,
				    .origin = version->origin,
				    .resource = resource };
	bool own = str_equal(version->origin, STR(WARD_ORIGIN));
	const struct alert *alert = map_get(&trial->old_core->alert_by_id, version->id);
	char stay_id[MODEL_ID_BYTES] = "";
	enum alert_cause cause = ALERT_CAUSE_COUNT;
	if (alert != NULL && str_equal(type, STR("Task"))) {
		MODEL_PUT(stay_id, str_from_c(alert->stay->id));
		cause = (enum alert_cause)alert->cause;
	}
	ward_core_apply(trial->old_core, &event);
	ward_core_settle(trial->old_core);
	if (cause != ALERT_CAUSE_COUNT && !own)
		person_event(trial, event, stay_id, cause);
	else if (str_equal(type, STR("CarePlan")) && copy != NULL)
		plan_event(trial, event, copy);
	else if (!own || str_equal(type, STR("PlanDefinition")) ||
		 str_equal(type, STR("Questionnaire")))
		apply_new(trial, event);
	see_to_all(trial, version->at_us);
	ward_core_settle(trial->new_core);
	return ERROR_OK;
}

static enum error play(struct trial *trial, struct store *store, int64_t *ret_last_us)
{
	int64_t seen = 0;
	size_t count = 1;
	while (count > 0) {
		struct store_version *versions;
		arena_reset(&trial->arena);
		struct store_reader *reader = store_reader_borrow(store);
		if (reader == NULL)
			return ERROR_BUSY;
		enum error error =
			store_feed(reader, &trial->arena, seen, TRIAL_BATCH, &versions, &count);
		store_reader_return(reader);
		for (size_t i = 0; i < count && error == ERROR_OK; i++) {
			seen = versions[i].feed;
			*ret_last_us = versions[i].at_us;
			error = apply(trial, &versions[i]);
		}
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}

/* --- the report ------------------------------------------------------------------------------ */

static bool counts(const struct trial *trial, const struct alert *alert)
{
	return alert->raised_us >= trial->options->from_us &&
	       alert->raised_us < trial->options->to_us;
}

/* Whether the other core had an alert as bad in force at that time, or soon after. */
static bool has_counterpart(const struct trial *trial, const struct ward_core *other,
			    const struct alert *alert)
{
	const struct stay *stay = map_get(&other->stay_by_id, str_from_c(alert->stay->id));
	for (const struct alert *at = stay == NULL ? NULL : stay->alerts; at != NULL;
	     at = at->next) {
		bool open = alert_is_open(at) || at->closed_us >= alert->level_us;
		if (at->level >= ALERT_LEVEL_HIGH && open &&
		    at->level_us <= alert->level_us + trial->options->within_us)
			return true;
	}
	return false;
}

static double patient_days(const struct trial *trial, int64_t last_us)
{
	double days = 0;
	for (const struct stay *stay = trial->old_core->stays; stay != NULL; stay = stay->next) {
		if (!is_chosen(trial, stay))
			continue;
		int64_t from = stay->start_us, to = last_us;
		if (stay->status == STAY_FINISHED && stay->end_us < to)
			to = stay->end_us;
		from = from < trial->options->from_us ? trial->options->from_us : from;
		to = to > trial->options->to_us ? trial->options->to_us : to;
		if (to > from)
			days += (double)(to - from) / (double)DATE_US_PER_DAY;
	}
	return days;
}

static size_t count_of(const struct trial *trial, const struct ward_core *core,
		       enum alert_cause cause, enum alert_level level)
{
	size_t count = 0;
	for (const struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		const struct stay *known =
			map_get(&trial->old_core->stay_by_id, str_from_c(stay->id));
		for (const struct alert *at = stay->alerts; at != NULL; at = at->next)
			count += known != NULL && is_chosen(trial, known) && counts(trial, at) &&
				 at->cause == cause && at->level == level;
	}
	return count;
}

static void put_rows(const struct trial *trial, double days, struct text *text)
{
	const char *comma = "";
	for (unsigned level = ALERT_LEVEL_COUNT - 1; level > ALERT_LEVEL_NONE; level--) {
		for (unsigned cause = 0; cause < ALERT_CAUSE_COUNT; cause++) {
			size_t before = count_of(trial, trial->old_core, (enum alert_cause)cause,
						 (enum alert_level)level);
			size_t after = count_of(trial, trial->new_core, (enum alert_cause)cause,
						(enum alert_level)level);
			struct str rule = alert_rule(&(struct alert){ .cause = (uint8_t)cause });
			struct str name = alert_level_name((enum alert_level)level);
			double per = days > 0 ? days : 1;
			if (before + after == 0)
				continue;
			text_put_format(text,
					trial->options->as_json
						? "%s{\"level\":\"%.*s\",\"rule\":\"%.*s\","
						  "\"before\":%zu,\"after\":%zu,"
						  "\"beforePerDay\":%.3f,\"afterPerDay\":%.3f}"
						: "%s%-10.*s %-14.*s %6zu %6zu  %8.3f %8.3f\n",
					comma, STR_ARG(name), STR_ARG(rule), before, after,
					(double)before / per, (double)after / per);
			comma = trial->options->as_json ? "," : "";
		}
	}
}

/* Alerts of High and more of one core that the other lacks; by stay and time, no names. */
static void put_lacking(const struct trial *trial, const struct ward_core *core,
			const struct ward_core *other, struct text *text)
{
	const char *comma = "";
	for (const struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		const struct stay *known =
			map_get(&trial->old_core->stay_by_id, str_from_c(stay->id));
		for (const struct alert *at = stay->alerts; at != NULL; at = at->next) {
			char time[25];
			if (known == NULL || !is_chosen(trial, known) || !counts(trial, at) ||
			    at->level < ALERT_LEVEL_HIGH || has_counterpart(trial, other, at))
				continue;
			struct str rule = alert_rule(at);
			struct str level = alert_level_name((enum alert_level)at->level);
			date_write_instant(at->raised_us, time);
			text_put_format(text,
					trial->options->as_json
						? "%s{\"stay\":\"%s\",\"at\":\"%s\",\"level\":\"%."
						  "*s\",\"rule\":\"%.*s\"}"
						: "%s  %s  %s  %.*s %.*s\n",
					comma, stay->id, time, STR_ARG(level), STR_ARG(rule));
			comma = trial->options->as_json ? "," : "";
		}
	}
}

static void report(const struct trial *trial, int64_t last_us, struct text *text)
{
	double days = patient_days(trial, last_us);
	bool json = trial->options->as_json;
	text_put_format(text,
			json ? "{\"policy\":\"%s\",\"patientDays\":%.3f,\"alerts\":["
			     : "Policy %s on %.3f patient days\n\nlevel      rule           "
			       "before  after  per day: before, after\n",
			trial->canonical, days);
	put_rows(trial, days, text);
	text_put_c(text, json ? "],\"missed\":["
			      : "\nHigh or more under the old policy and missed by the new one:\n");
	put_lacking(trial, trial->old_core, trial->new_core, text);
	text_put_c(text, json ? "],\"added\":[" : "\nHigh or more under the new policy alone:\n");
	put_lacking(trial, trial->new_core, trial->old_core, text);
	text_put_c(text, json ? "]}\n" : "");
}

enum error ward_trial(struct store *store, const struct trial_options *options,
		      struct issues *issues, struct text *text)
{
	const struct ward_core_options core = { .keep_alerts = true };
	struct trial trial = { .options = options, .looked_us = INT64_MIN / 2 };
	struct json *plan = NULL;
	struct arena arena;
	int64_t last_us = 0;
	arena_init(&arena, TRIAL_ARENA_BYTES);
	enum error error = json_parse(&arena, options->policy, NULL, issues, &plan);
	if (error == ERROR_OK && !policy_read(plan, issues, &trial.policy))
		error = ERROR_INVALID;
	if (error == ERROR_OK) {
		arena_init(&trial.arena, TRIAL_ARENA_BYTES);
		trial.old_core = ward_core_create(&core);
		trial.new_core = ward_core_create(&core);
		/* A version of its own, so that a stored one of the same name does not stand in. */
		json_put(plan, STR("version"), json_new_string(&arena, STR("trial")));
		json_put(plan, STR("status"), json_new_string(&arena, STR("active")));
		model_format(trial.canonical, sizeof(trial.canonical), "%s|trial",
			     trial.policy.url);
		apply_new(&trial, (struct ward_event){ .type = STR("PlanDefinition"),
						       .id = STR("trial"),
						       .version = 1,
						       .at_us = 0,
						       .origin = STR("trial"),
						       .resource = plan });
		error = play(&trial, store, &last_us);
		if (error == ERROR_OK)
			report(&trial, last_us, text);
		ward_core_destroy(trial.old_core);
		ward_core_destroy(trial.new_core);
		arena_done(&trial.arena);
	}
	arena_done(&arena);
	return error;
}
