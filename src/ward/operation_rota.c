/* SPDX-License-Identifier: Apache-2.0
 * $publish-rota: every instant of the period and every rung of the ward's policy is looked at, by the very rules that
 * decide whom an alert calls. A gap is published only when the ladder's last rung has somebody there, and then it is
 * named in what is published. Start, end and shifts are instants: a time of day without its offset is refused, because
 * when summer time ends 01:00 in Europe/London comes twice, and nobody but the sender knows which was meant. */
#include "ward/operation_people.h"

#include "base/limits.h"
#include "ward/print.h"
#include "ward/roster.h"

#define PERIOD_MAX_US (62 * DATE_US_PER_DAY)

/* --- judging -------------------------------------------------------------------------------- */

struct judgement {
	struct call *call;
	struct str ward;
	struct cover_gap period;
	const struct policy *policy;
	struct json *gaps; /* of the extension, as texts */
	size_t refused;
};

/* "2026-10-25 01:00 BST": the zone where the wall alone does not say which of two it is. */
static void put_local(char text[40], int64_t at_us)
{
	int64_t local_us = at_us + (int64_t)date_london_offset_min(at_us) * DATE_US_PER_MIN;
	char day[25], clock[MODEL_CLOCK_BYTES];
	date_write_instant(local_us, day);
	model_clock_time(at_us, clock);
	model_format(text, 40, "%.10s %s", day, clock);
}

static void name_gap(void *context, const struct roster_gap *gap)
{
	struct judgement *judgement = context;
	struct call *call = judgement->call;
	char who[120], from[40], until[40], text[MODEL_TEXT_BYTES];
	cover_roles_text(gap->roles, who, sizeof(who));
	put_local(from, gap->span.from_us);
	put_local(until, gap->span.until_us);
	model_format(text, sizeof(text), "Nobody as %s from %s to %s (Europe/London)", who, from,
		     until);
	struct json *part = json_append(judgement->gaps, json_new(&call->arena, JSON_OBJECT));
	print_string(&call->arena, part, STR("url"), STR("gap"));
	print_string(&call->arena, part, STR("valueString"), str_from_c(text));
	if (gap->covered)
		return;
	judgement->refused++;
	(void)issue_add(&call->issues, ERROR_INVALID, STR("Organization"),
			"%s, and the last rung of the ladder is empty then.", text);
}

/* --- the operation -------------------------------------------------------------------------- */

static bool period_of(struct call *call, const struct json *parameters,
		      struct cover_gap *ret_period)
{
	struct date start, end;
	if (date_parse(operation_parameter_text(parameters, STR("start"), STR("valueDateTime")),
		       DATE_KIND_DATETIME, &start) == ERROR_OK &&
	    date_parse(operation_parameter_text(parameters, STR("end"), STR("valueDateTime")),
		       DATE_KIND_DATETIME, &end) == ERROR_OK &&
	    start.precision >= DATE_MINUTE && end.precision >= DATE_MINUTE &&
	    start.low_us < end.low_us && end.low_us - start.low_us <= PERIOD_MAX_US) {
		*ret_period = (struct cover_gap){ start.low_us, end.low_us };
		return true;
	}
	operation_refuse(call, ERROR_INVALID,
			 "Parameters `start` and `end` must be dateTimes with a time of day and "
			 "its offset (01:00 comes twice when summer time ends), at most 62 days "
			 "apart.");
	return false;
}

static void put_published(struct judgement *judgement, struct json *ward, struct str by)
{
	struct arena *arena = &judgement->call->arena;
	struct json *extensions = json_get(ward, STR("extension"));
	struct json *kept = json_new(arena, JSON_ARRAY);
	struct json *published = json_new(arena, JSON_OBJECT);
	const struct str url = STR(HOMEWARD_URL "StructureDefinition/rota-published");
	const int64_t times[] = { judgement->period.from_us, judgement->period.until_us,
				  clock_now_us(server_clock(judgement->call->server)) };
	static const struct str names[] = { STR_INIT("start"), STR_INIT("end"), STR_INIT("at") };
	for (size_t i = 0; i < 3; i++) {
		struct json *part = json_append(judgement->gaps, json_new(arena, JSON_OBJECT));
		print_string(arena, part, STR("url"), names[i]);
		print_instant(arena, part, STR("valueInstant"), times[i]);
	}
	struct json *who = json_append(judgement->gaps, json_new(arena, JSON_OBJECT));
	print_string(arena, who, STR("url"), STR("by"));
	print_string(arena, who, STR("valueString"), by);
	print_string(arena, published, STR("url"), url);
	json_add(published, STR("extension"), judgement->gaps);
	for (const struct json *at = extensions == NULL ? NULL : extensions->child; at != NULL;
	     at = at->next) {
		if (!str_equal(json_get_text(at, STR("url")), url))
			json_append(kept, json_copy(arena, at));
	}
	json_append(kept, published);
	json_put(ward, STR("extension"), kept);
}

static void publish(struct call *call, int tries_left);

static void judge_and_commit(struct judgement *judgement, struct json *ward, int64_t version,
			     struct str by)
{
	struct call *call = judgement->call;
	struct roster roster;
	if (!roster_open(call, judgement->ward, &judgement->period, &roster))
		return;
	roster_gaps(&roster, judgement->policy, &judgement->period, name_gap, judgement);
	roster_close(&roster);
	if (judgement->refused > 0) {
		(void)issue_add(&call->issues, ERROR_INVALID, STR("Organization"),
				"The rota is not published: fill these hours, or put somebody on "
				"the last rung who is always there (a switchboard).");
		call_fail(call, ERROR_INVALID);
		return;
	}
	put_published(judgement, ward, by);
	operation_commit(call, ward, version, publish, 1);
}

static void publish(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct judgement judgement = { .call = call, .ward = call->path_parts[0] };
	struct json *ward = NULL;
	struct policy *policy = NULL;
	struct str reference, name;
	int64_t version = 0;
	(void)tries_left;
	if (parameters == NULL || !operation_by(call, parameters, &reference, &name) ||
	    !period_of(call, parameters, &judgement.period) ||
	    !operation_read(call, STR("Organization"), call->path_parts[0], &ward, &version) ||
	    !operation_policy(
		    call,
		    json_get_text(model_extension(ward, STR("ward-policy")), STR("valueCanonical")),
		    &policy))
		return;
	if (policy == NULL) {
		operation_refuse(call, ERROR_INVALID,
				 "The ward has no policy: its rungs are not known.");
		return;
	}
	judgement.policy = policy;
	judgement.gaps = json_new(&call->arena, JSON_ARRAY);
	judge_and_commit(&judgement, ward, version, reference.len > 0 ? reference : name);
}

/* --- the terminal rung ---------------------------------------------------------------------- */

bool operation_has_terminal_rung(struct call *call, struct str ward, struct str canonical)
{
	struct roster roster;
	struct policy *policy = NULL;
	struct str id = str_slice(ward, str_find_byte(ward, '/', 0) + 1, ward.len);
	if (!operation_policy(call, canonical, &policy) || !roster_open(call, id, NULL, &roster))
		return false;
	bool found = policy == NULL || roster_has_terminal_rung(&roster, policy);
	roster_close(&roster);
	if (!found)
		operation_refuse(
			call, ERROR_INVALID,
			"The ward has nobody on the last rung of its ladders who is always "
			"there: add a switchboard (a PractitionerRole without a Schedule) "
			"before anybody is admitted.");
	return found;
}

void operation_publish_rota(struct call *call)
{
	publish(call, OPERATION_TRIES);
}
