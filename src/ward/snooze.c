/* SPDX-License-Identifier: Apache-2.0
 * A short silence that a named person on shift asks for, with a reason. It lasts no longer than the level's
 * review time and never past that person's shift; whatever gets worse ends it, and so does its end: the alert is
 * paged again where it stood. An Emergency, a fever or low temperature, and anybody's concern are never silent.
 * The second in a row needs a nurse in charge. The operation refuses the same things with words; what is decided
 * here holds whatever was written. */
#include "ward/model.h"

bool snooze_is_on(const struct alert *alert)
{
	return alert->snooze.until_us != 0;
}

bool snooze_is_refused(struct str rule, enum alert_level level)
{
	static const struct str never[] = { STR_INIT("fever"), STR_INIT("hypothermia"),
					    STR_INIT("concern"), STR_INIT("intuition"),
					    STR_INIT("second-opinion") };
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (str_equal(rule, never[i]))
			return true;
	}
	return level == ALERT_LEVEL_EMERGENCY;
}

void snooze_end(struct ward_core *core, struct alert *alert, bool in_a_row)
{
	if (snooze_is_on(alert)) {
		ASSERT(core->snoozed > 0);
		core->snoozed--;
	}
	alert->snooze.until_us = 0;
	if (!in_a_row)
		alert->snooze.count = 0;
}

static const struct role *role_of(const struct ward_core *core, struct str reference)
{
	if (!str_starts_with(reference, STR("PractitionerRole/")))
		return NULL;
	const struct role *role =
		map_get(&core->role_by_id,
			str_slice(reference, STR("PractitionerRole/").len, reference.len));
	return role != NULL && role->known ? role : NULL;
}

struct request {
	struct str time, by, by_name, reason;
	int64_t until_us;
};

static void request_read(const struct json *extension, struct request *ret_request)
{
	const struct json *parts = json_get(extension, STR("extension"));
	struct request request = { .until_us = 0 };
	struct date date;
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		struct str url = json_get_text(part, STR("url"));
		const struct json *person = json_get(part, STR("valueReference"));
		if (str_equal(url, STR("at")))
			request.time = json_get_text(part, STR("valueInstant"));
		else if (str_equal(url, STR("reason")))
			request.reason = str_trim(json_get_text(part, STR("valueString")));
		else if (str_equal(url, STR("until")) &&
			 date_parse(json_get_text(part, STR("valueInstant")), DATE_KIND_INSTANT,
				    &date) == ERROR_OK)
			request.until_us = date.low_us;
		else if (str_equal(url, STR("by"))) {
			request.by = json_get_text(person, STR("reference"));
			request.by_name = json_get_text(person, STR("display"));
		}
	}
	*ret_request = request;
}

/* What one person asks twice within a millisecond is one request. */
static bool is_same(const struct snooze_asking *asking, const struct request *request)
{
	struct snooze_asking wanted = { .time = "" };
	MODEL_PUT(wanted.time, request->time); /* both are kept up to a length */
	MODEL_PUT(wanted.by, request->by);
	return strcmp(asking->time, wanted.time) == 0 && strcmp(asking->by, wanted.by) == 0;
}

bool snooze_is_asked(const struct alert *alert, const struct json *task)
{
	struct request request;
	request_read(model_extension(task, STR("snooze")), &request);
	return request.time.len > 0 && !is_same(&alert->snooze.taken, &request) &&
	       !is_same(&alert->snooze.refused, &request);
}

/* The end that it may have; 0: none. */
static int64_t allowed_until_us(const struct ward_core *core, const struct alert *alert,
				const struct request *request)
{
	const struct role *role = role_of(core, request->by);
	int64_t until_us = core->now_us + page_ladder(alert)->review_us;
	if (role == NULL || request->reason.len == 0 ||
	    snooze_is_refused(alert_rule(alert), (enum alert_level)alert->level) ||
	    alert->stay->ward == NULL || strcmp(role->ward, alert->stay->ward->id) != 0)
		return 0;
	if (alert->snooze.count > 0 && (role->roles & 1u << ROLE_NURSE_IN_CHARGE) == 0)
		return 0;
	int64_t shift_end_us = rota_shift_end_us(role, core->now_us);
	if (request->until_us < until_us)
		until_us = request->until_us;
	if (shift_end_us < until_us)
		until_us = shift_end_us;
	return until_us > core->now_us ? until_us : 0;
}

void snooze_take(struct ward_core *core, struct alert *alert, const struct json *task)
{
	struct request request;
	request_read(model_extension(task, STR("snooze")), &request);
	if (!alert_is_open(alert) || !snooze_is_asked(alert, task))
		return;
	int64_t until_us = allowed_until_us(core, alert, &request);
	if (until_us == 0) {
		/* The Task is written back without it; who has read it meanwhile may still send it along. */
		MODEL_PUT(alert->snooze.refused.time, request.time);
		MODEL_PUT(alert->snooze.refused.by, request.by);
		return;
	}
	const struct role *role = role_of(core, request.by);
	if (!snooze_is_on(alert))
		core->snoozed++;
	alert->snooze.until_us = until_us;
	alert->snooze.count++;
	MODEL_PUT(alert->snooze.taken.time, request.time);
	MODEL_PUT(alert->snooze.taken.by, request.by);
	MODEL_PUT(alert->snooze.by_name, rota_person_name(core, role));
	MODEL_PUT(alert->snooze.reason, request.reason);
	alert->deadline_us = until_us;
	alert->call_us = 0;
	alert_stop_pages(alert, core->now_us);
	alert_touch(core, alert);
}

void snooze_expire(struct ward_core *core, struct alert *alert)
{
	snooze_end(core, alert, true);
	alert->status = ALERT_REQUESTED;
	alert->acknowledged_us = 0;
	alert_note(core, alert, "The snooze has ended: paged again.");
	alert_touch(core, alert);
	page_ladder_start(core, alert, page_rung_again(alert, page_ladder(alert)));
}

/* Whoever is no longer there keeps nothing silent. */
void snooze_rota(struct ward_core *core)
{
	for (struct stay *stay = core->snoozed == 0 ? NULL : core->stays; stay != NULL;
	     stay = stay->next) {
		for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			if (!alert_is_open(alert) || !snooze_is_on(alert))
				continue;
			const struct role *role = role_of(core, str_from_c(alert->snooze.taken.by));
			int64_t end_us = role == NULL ? 0 : rota_shift_end_us(role, core->now_us);
			if (end_us >= alert->snooze.until_us)
				continue;
			if (end_us <= core->now_us) {
				snooze_expire(core, alert);
				continue;
			}
			alert->snooze.until_us = alert->deadline_us = end_us;
			alert_touch(core, alert);
			stay_timers(core, stay);
		}
	}
}
