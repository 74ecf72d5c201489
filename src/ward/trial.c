/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/trial.h"

#include "fhir/fhir.h"
#include "ward/runner.h"
#include "ward/trial_count.h"

#define TRIAL_ARENA_BYTES ((size_t)1024 * 1024 * 1024)
#define TRIAL_BATCH 500
#define TRIAL_SEEN_US \
	DATE_US_PER_HOUR /* an alert that only the new policy raises is seen to by then */
#define TRIAL_STRIDE_US \
	DATE_US_PER_MIN /* a quiet time is played in pieces: a draft may have many timers in it */

struct trial {
	struct trial_cores cores;
	struct arena arena; /* of one batch */
	struct policy policy;
	char canonical[200];
	int64_t feed; /* of the new core: it sees other events than the store */
	int64_t looked_us;
	int64_t first_us; /* of the oldest version */
	double share;     /* of the feed, by number */
};

static void apply_new(struct trial *trial, struct ward_event event)
{
	event.feed = ++trial->feed;
	ward_core_apply(trial->cores.after, &event);
}

/* Half by number and half by time: neither quiet weeks nor a busy hour looks like standing still. */
static bool goes_on(const struct trial *trial, int64_t at_us)
{
	const struct trial_options *options = trial->cores.options;
	double played = (double)(at_us - trial->first_us);
	double all = (double)(options->now_us - trial->first_us);
	double share = trial->share;
	if (all > 0 && played >= 0 && played <= all)
		share = (share + played / all) / 2;
	return options->go_on == NULL || options->go_on(options->context, share);
}

/* The plan of a chosen stay names the new policy, and leaves the schedule to it. */
static void plan_event(struct trial *trial, struct ward_event event, struct json *plan)
{
	const struct json *about = json_at(json_get(plan, STR("supportingInfo")), 0);
	const struct stay *stay = map_get(&trial->cores.before->stay_by_id,
					  model_reference_id(about, STR("EpisodeOfCare")));
	if (stay != NULL && trial_chooses(&trial->cores, stay)) {
		struct json *list = json_new(&trial->arena, JSON_ARRAY);
		json_append(list, json_new_string(&trial->arena, str_from_c(trial->canonical)));
		json_put(plan, STR("instantiatesCanonical"), list);
		(void)json_remove(plan, STR("activity"));
	}
	event.resource = plan;
	apply_new(trial, event);
}

/* A stay whose plan came before it: only now is it known whether it is a chosen one. */
static void stay_opens(struct trial *trial, struct str id)
{
	const struct stay *before = map_get(&trial->cores.before->stay_by_id, id);
	struct stay *after = map_get(&trial->cores.after->stay_by_id, id);
	if (before == NULL || after == NULL || after->canonical[0] == '\0' ||
	    !trial_chooses(&trial->cores, before))
		return;
	MODEL_PUT(after->canonical, str_from_c(trial->canonical));
	after->period_us = 0;
	after->times.count = 0;
	stay_take_policy(trial->cores.after, after);
}

/* What a person did, to the alert of the same stay and cause. */
static void person_event(struct trial *trial, struct ward_event event, const char *stay_id,
			 enum alert_cause cause)
{
	struct stay *stay = map_get(&trial->cores.after->stay_by_id, str_from_c(stay_id));
	struct alert *alert = stay == NULL ? NULL : alert_open(stay, cause);
	if (alert == NULL || event.resource == NULL)
		return;
	event.id = str_from_c(alert->id);
	apply_new(trial, event);
}

static void see_to(struct trial *trial, struct stay *stay, struct alert *alert, int64_t at_us)
{
	struct json *task = NULL;
	struct stay *before = map_get(&trial->cores.before->stay_by_id, str_from_c(stay->id));
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
	for (struct stay *stay = trial->cores.after->stays; stay != NULL; stay = stay->next) {
		for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			if (alert_is_open(alert) && alert->raised_us + TRIAL_SEEN_US < at_us)
				see_to(trial, stay, alert, at_us);
		}
	}
}

/* Up to the next event, with a look at the alerts and at who may want to stop it between. */
static bool play_quiet(struct trial *trial, int64_t until_us)
{
	int64_t at_us = ward_core_now_us(trial->cores.after);
	for (;;) {
		int64_t next_us = ward_core_next_us(trial->cores.after);
		if (ward_core_next_us(trial->cores.before) < next_us)
			next_us = ward_core_next_us(trial->cores.before);
		if (next_us >= until_us)
			break;
		at_us = (next_us > at_us ? next_us : at_us) + TRIAL_STRIDE_US;
		if (at_us >= until_us)
			break;
		ward_core_advance(trial->cores.before,
				  at_us); /* the one is compared with the other */
		ward_core_advance(trial->cores.after, at_us);
		ward_core_settle(trial->cores.before);
		ward_core_settle(trial->cores.after);
		see_to_all(trial, at_us);
		if (!goes_on(trial, at_us))
			return false;
	}
	return goes_on(trial, until_us);
}

static enum error apply(struct trial *trial, const struct store_version *version)
{
	struct json *resource = NULL, *copy = NULL;
	struct str type = fhir_resource_name(version->type);
	bool deleted = version->method == STORE_DELETE, oversize;
	if (!ward_core_reads(type, version->body))
		return ERROR_OK;
	if (ward_core_read(&trial->arena, version->body, deleted, &resource, &oversize) !=
		    ERROR_OK ||
	    ward_core_read(&trial->arena, version->body, deleted, &copy, &oversize) != ERROR_OK)
		return ERROR_LIMIT;
	struct ward_event event = { .type = type,
				    .id = version->id,
				    .version = version->version,
				    .feed = version->feed,
				    .at_us = version->at_us,
				    .origin = version->origin,
				    .resource = resource,
				    .oversize = oversize };
	if (!play_quiet(trial, version->at_us))
		return ERROR_BUSY;
	bool own = str_equal(version->origin, STR(WARD_ORIGIN));
	const struct alert *alert = map_get(&trial->cores.before->alert_by_id, version->id);
	char stay_id[MODEL_ID_BYTES] = "";
	enum alert_cause cause = ALERT_CAUSE_COUNT;
	if (alert != NULL && str_equal(type, STR("Task"))) {
		MODEL_PUT(stay_id, str_from_c(alert->stay->id));
		cause = (enum alert_cause)alert->cause;
	}
	ward_core_apply(trial->cores.before, &event);
	ward_core_settle(trial->cores.before);
	if (str_equal(type, STR("EpisodeOfCare")))
		stay_opens(trial, version->id);
	if (cause != ALERT_CAUSE_COUNT && !own)
		person_event(trial, event, stay_id, cause);
	else if (str_equal(type, STR("CarePlan")) && copy != NULL)
		plan_event(trial, event, copy);
	else if (!own || str_equal(type, STR("PlanDefinition")) ||
		 str_equal(type, STR("Questionnaire")))
		apply_new(trial, event);
	see_to_all(trial, version->at_us);
	ward_core_settle(trial->cores.after);
	return ERROR_OK;
}

/* What stands in the feed when it begins; a feed that grows meanwhile has an end all the same. */
static enum error play(struct trial *trial, struct store *store)
{
	int64_t seen = 0, until = -1;
	size_t count = 1;
	while (count > 0) {
		struct store_version *versions;
		arena_reset(&trial->arena);
		struct store_reader *reader = store_reader_borrow(store);
		if (reader == NULL)
			return ERROR_BUSY;
		if (until < 0)
			until = store_feed_last(reader);
		enum error error =
			store_feed(reader, &trial->arena, seen, TRIAL_BATCH, &versions, &count);
		store_reader_return(reader);
		for (size_t i = 0; i < count && error == ERROR_OK; i++) {
			if (versions[i].feed > until)
				return ERROR_OK;
			if (seen == 0)
				trial->first_us = versions[i].at_us;
			seen = versions[i].feed;
			trial->share = (double)seen / (double)until;
			trial->cores.last_us = versions[i].at_us;
			error = apply(trial, &versions[i]);
		}
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}

static enum error run(struct trial *trial, struct store *store, struct arena *arena,
		      struct json *plan, struct trial_result *ret_result)
{
	const struct ward_core_options options = { .keep_alerts = true };
	trial->cores.before = ward_core_create(&options);
	trial->cores.after = ward_core_create(&options);
	trial->cores.url = str_from_c(trial->policy.url);
	/* A version of its own, so that a stored one of the same name does not stand in. */
	json_put(plan, STR("version"), json_new_string(arena, STR("trial")));
	json_put(plan, STR("status"), json_new_string(arena, STR("active")));
	model_format(trial->canonical, sizeof(trial->canonical), "%s|trial", trial->policy.url);
	apply_new(trial, (struct ward_event){ .type = STR("PlanDefinition"),
					      .id = STR("trial"),
					      .version = 1,
					      .at_us = 0,
					      .origin = STR("trial"),
					      .resource = plan });
	enum error error = play(trial, store);
	if (error == ERROR_OK)
		error = trial_count(&trial->cores, arena, ret_result);
	ward_core_destroy(trial->cores.before);
	ward_core_destroy(trial->cores.after);
	return error;
}

enum error ward_trial(struct store *store, const struct trial_options *options,
		      struct issues *issues, struct arena *arena, struct trial_result *ret_result)
{
	struct trial *trial = ARENA_NEW(arena, struct trial, 1);
	struct json *plan = NULL;
	if (trial == NULL)
		return ERROR_LIMIT;
	trial->cores.options = options;
	trial->looked_us = INT64_MIN / 2;
	enum error error = json_parse(arena, options->policy, NULL, issues, &plan);
	if (error == ERROR_OK && !policy_read(plan, issues, &trial->policy))
		error = ERROR_INVALID;
	if (error != ERROR_OK)
		return error;
	arena_init(&trial->arena, TRIAL_ARENA_BYTES);
	error = run(trial, store, arena, plan, ret_result);
	arena_done(&trial->arena);
	return error;
}
