/* SPDX-License-Identifier: Apache-2.0
 * $publish-rota: every instant of the period and every rung of the ward's policy is looked at, by the very rules that
 * decide whom an alert calls. A gap is published only when the ladder's last rung has somebody there, and then it is
 * named in what is published. */
#include "ward/operation_people.h"

#include "base/limits.h"
#include "ward/cover.h"
#include "ward/print.h"

#define PERIOD_MAX_US (62 * DATE_US_PER_DAY)
#define SHIFT_MAX_US (31 * DATE_US_PER_DAY)

/* Feeds what a search finds to a core of its own. */
struct rota {
	struct call *call;
	struct ward_core *core;
	struct text list; /* "Type/a,Type/b" of what was fed last */
};

static bool feed(struct rota *rota, const char *type, const struct search_argument *arguments,
		 size_t count)
{
	struct search_result found = { 0 };
	struct arena *arena = &rota->call->arena;
	if (!operation_search(rota->call, type, arguments, count, &found))
		return false;
	if (found.cursor_next.len > 0) {
		operation_refuse(rota->call, ERROR_LIMIT,
				 "More than %d of %s: publish a shorter period.",
				 LIMIT_PAGE_COUNT_MAX, type);
		return false;
	}
	text_init(&rota->list, arena, LIMIT_URL_BYTES_MAX);
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *resource = NULL;
		if (json_parse(arena, found.matches[i].body, NULL, NULL, &resource) != ERROR_OK)
			continue;
		const struct ward_event event = { .type = str_from_c(type),
						  .id = found.matches[i].id,
						  .version = 1,
						  .feed = ward_core_feed(rota->core) + 1,
						  .at_us = 0,
						  .origin = STR("api"),
						  .resource = resource };
		ward_core_apply(rota->core, &event);
		text_put_format(&rota->list, "%s%s/%.*s", i == 0 ? "" : ",", type,
				STR_ARG(found.matches[i].id));
	}
	if (!rota->list.failed)
		return true;
	operation_refuse(rota->call, ERROR_LIMIT, "The ward has too many people for one rota.");
	return false;
}

static struct str instant(struct call *call, const char *prefix, int64_t at_us)
{
	struct text text;
	char written[25];
	date_write_instant(at_us, written);
	text_init(&text, &call->arena, 64);
	text_put_format(&text, "%s%s", prefix, written);
	return text_view(&text);
}

static bool feed_all(struct rota *rota, struct str ward, const struct cover_gap *period)
{
	struct call *call = rota->call;
	struct text reference;
	text_init(&reference, &call->arena, MODEL_REFERENCE_BYTES);
	text_put_format(&reference, "Organization/%.*s", STR_ARG(ward));
	struct search_argument people[] = { { STR("organization"), text_view(&reference) } };
	if (!feed(rota, "PractitionerRole", people, 1))
		return false;
	struct search_argument schedules[] = { { STR("actor"), text_view(&rota->list) } };
	if (rota->list.len == 0 || !feed(rota, "Schedule", schedules, 1))
		return rota->list.len == 0;
	struct str list = text_view(&rota->list);
	while (list.len > 0) {
		struct search_argument slots[] = {
			{ STR("schedule"), str_cut(&list, ',') },
			{ STR("start"), instant(call, "ge", period->from_us - SHIFT_MAX_US) },
			{ STR("start"), instant(call, "lt", period->until_us) },
		};
		struct text keep = rota->list;
		if (!feed(rota, "Slot", slots, 3))
			return false;
		rota->list = keep;
	}
	return true;
}

/* --- judging -------------------------------------------------------------------------------- */

struct judgement {
	struct rota *rota;
	struct str ward;
	struct cover_gap period;
	const struct policy *policy;
	struct json *gaps; /* of the extension, as texts */
	size_t refused;
};

/* Whether the last rung of every ladder from Medium up has somebody in all of this time. */
static bool is_covered(const struct judgement *judgement, const struct cover_gap *gap)
{
	for (unsigned level = ALERT_LEVEL_MEDIUM; level < ALERT_LEVEL_COUNT; level++) {
		const struct ladder *ladder = &judgement->policy->ladders[level];
		struct cover_gap found;
		if (cover_gap_next(judgement->rota->core, judgement->ward,
				   ladder->rungs[ladder->rung_count - 1].roles, gap, &found))
			return false;
	}
	return true;
}

static void put_local(char text[40], int64_t at_us)
{
	int64_t local_us = at_us + (int64_t)date_london_offset_min(at_us) * DATE_US_PER_MIN;
	char instant_text[25];
	date_write_instant(local_us, instant_text);
	model_format(text, 40, "%.10s %.5s", instant_text, instant_text + 11);
}

static void name_gap(struct judgement *judgement, uint32_t roles, const struct cover_gap *gap)
{
	struct call *call = judgement->rota->call;
	char who[120], from[40], until[40], text[MODEL_TEXT_BYTES];
	cover_roles_text(roles, who, sizeof(who));
	put_local(from, gap->from_us);
	put_local(until, gap->until_us);
	model_format(text, sizeof(text), "Nobody as %s from %s to %s (Europe/London)", who, from,
		     until);
	struct json *part = json_append(judgement->gaps, json_new(&call->arena, JSON_OBJECT));
	print_string(&call->arena, part, STR("url"), STR("gap"));
	print_string(&call->arena, part, STR("valueString"), str_from_c(text));
	if (is_covered(judgement, gap))
		return;
	judgement->refused++;
	(void)issue_add(&call->issues, ERROR_INVALID, STR("Organization"),
			"%s, and the last rung of the ladder is empty then.", text);
}

static void judge_rung(struct judgement *judgement, uint32_t roles)
{
	struct cover_gap rest = judgement->period, gap;
	/* Each gap moves on; more than the issues that are shown need not be named. */
	for (size_t i = 0; i < LIMIT_ISSUES_MAX && rest.from_us < rest.until_us; i++) {
		if (!cover_gap_next(judgement->rota->core, judgement->ward, roles, &rest, &gap))
			return;
		if (gap.until_us > rest.until_us)
			gap.until_us = rest.until_us;
		name_gap(judgement, roles, &gap);
		rest.from_us = gap.until_us;
	}
}

static void judge(struct judgement *judgement)
{
	uint32_t seen[ALERT_LEVEL_COUNT * POLICY_RUNGS_MAX];
	size_t count = 0;
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		const struct ladder *ladder = &judgement->policy->ladders[level];
		for (uint32_t rung = 0; rung < ladder->rung_count; rung++) {
			size_t at = 0;
			while (at < count && seen[at] != ladder->rungs[rung].roles)
				at++;
			/* A ward without a technical desk is none the worse: its nurses are told. */
			if (at < count || ladder->rungs[rung].roles == 1u << ROLE_TECHNICAL_DESK)
				continue;
			seen[count++] = ladder->rungs[rung].roles;
			judge_rung(judgement, ladder->rungs[rung].roles);
		}
	}
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
			 "Parameters `start` and `end` must be dateTimes with a time of day, at "
			 "most 62 days apart.");
	return false;
}

static void put_published(struct judgement *judgement, struct json *ward, struct str by)
{
	struct arena *arena = &judgement->rota->call->arena;
	struct json *extensions = json_get(ward, STR("extension"));
	struct json *kept = json_new(arena, JSON_ARRAY);
	struct json *published = json_new(arena, JSON_OBJECT);
	const struct str url = STR(HOMEWARD_URL "StructureDefinition/rota-published");
	const int64_t times[] = { judgement->period.from_us, judgement->period.until_us,
				  clock_now_us(server_clock(judgement->rota->call->server)) };
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
	struct rota *rota = judgement->rota;
	int64_t tries = version;
	rota->core = ward_core_create(NULL);
	bool fed = feed_all(rota, judgement->ward, &judgement->period);
	if (fed)
		judge(judgement);
	ward_core_destroy(rota->core);
	if (!fed)
		return;
	if (judgement->refused > 0) {
		(void)issue_add(&rota->call->issues, ERROR_INVALID, STR("Organization"),
				"The rota is not published: fill these hours, or put somebody on "
				"the last rung who is always there (a switchboard).");
		call_fail(rota->call, ERROR_INVALID);
		return;
	}
	put_published(judgement, ward, by);
	operation_commit(rota->call, ward, tries, publish, 1);
}

static void publish(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct rota rota = { .call = call };
	struct judgement judgement = { .rota = &rota, .ward = call->path_parts[0] };
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
	struct rota rota = { .call = call };
	struct policy *policy = NULL;
	struct cover_gap ever = { 0, MODEL_NEVER }, gap;
	bool found = true;
	struct search_argument people[] = { { STR("organization"), ward } };
	if (!operation_policy(call, canonical, &policy))
		return false;
	rota.core = ward_core_create(NULL);
	found = feed(&rota, "PractitionerRole", people, 1);
	struct search_argument schedules[] = { { STR("actor"), text_view(&rota.list) } };
	if (found && rota.list.len > 0)
		found = feed(&rota, "Schedule", schedules, 1);
	bool answered = !found;
	struct str id = str_slice(ward, str_find_byte(ward, '/', 0) + 1, ward.len);
	/* Without a shift in it a rota leaves only those who are always there. */
	for (unsigned level = ALERT_LEVEL_MEDIUM;
	     found && policy != NULL && level < ALERT_LEVEL_COUNT; level++) {
		const struct ladder *ladder = &policy->ladders[level];
		found = !cover_gap_next(rota.core, id, ladder->rungs[ladder->rung_count - 1].roles,
					&ever, &gap);
	}
	ward_core_destroy(rota.core);
	if (!found && !answered)
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
