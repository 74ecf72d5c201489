/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/roster.h"

#include "base/limits.h"

#define SHIFT_MAX_US (31 * DATE_US_PER_DAY)

bool roster_feed(struct roster *roster, const char *type, const struct search_argument *arguments,
		 size_t count)
{
	struct search_result found = { 0 };
	struct arena *arena = &roster->call->arena;
	if (!operation_search(roster->call, type, arguments, count, &found))
		return false;
	if (found.cursor_next.len > 0) {
		operation_refuse(roster->call, ERROR_LIMIT,
				 "More than %d of %s: publish a shorter period.",
				 LIMIT_PAGE_COUNT_MAX, type);
		return false;
	}
	text_init(&roster->list, arena, LIMIT_URL_BYTES_MAX);
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *resource = NULL;
		if (json_parse(arena, found.matches[i].body, NULL, NULL, &resource) != ERROR_OK)
			continue;
		const struct ward_event event = { .type = str_from_c(type),
						  .id = found.matches[i].id,
						  .version = 1,
						  .feed = ward_core_feed(roster->core) + 1,
						  .at_us = clock_now_us(
							  server_clock(roster->call->server)),
						  .origin = STR("api"),
						  .resource = resource };
		ward_core_apply(roster->core, &event);
		text_put_format(&roster->list, "%s%s/%.*s", i == 0 ? "" : ",", type,
				STR_ARG(found.matches[i].id));
	}
	if (!roster->list.failed)
		return true;
	operation_refuse(roster->call, ERROR_LIMIT, "The ward has too many people for one rota.");
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

static bool feed_shifts(struct roster *roster, const struct cover_gap *period)
{
	struct call *call = roster->call;
	struct str list = text_view(&roster->list);
	while (list.len > 0) {
		struct search_argument slots[] = {
			{ STR("schedule"), str_cut(&list, ',') },
			{ STR("start"), instant(call, "ge", period->from_us - SHIFT_MAX_US) },
			{ STR("start"), instant(call, "lt", period->until_us) },
		};
		if (!roster_feed(roster, "Slot", slots, 3))
			return false;
	}
	return true;
}

static bool feed_all(struct roster *roster, const struct cover_gap *period)
{
	struct text reference;
	text_init(&reference, &roster->call->arena, MODEL_REFERENCE_BYTES);
	text_put_format(&reference, "Organization/%.*s", STR_ARG(roster->ward));
	struct search_argument people[] = { { STR("organization"), text_view(&reference) } };
	if (!roster_feed(roster, "PractitionerRole", people, 1))
		return false;
	struct search_argument schedules[] = { { STR("actor"), text_view(&roster->list) } };
	if (roster->list.len == 0)
		return true;
	return roster_feed(roster, "Schedule", schedules, 1) &&
	       (period == NULL || feed_shifts(roster, period));
}

bool roster_open(struct call *call, struct str ward, const struct cover_gap *period,
		 struct roster *ret_roster)
{
	struct roster roster = { .call = call, .core = ward_core_create(NULL), .ward = ward };
	if (!feed_all(&roster, period)) {
		roster_close(&roster);
		return false;
	}
	*ret_roster = roster;
	return true;
}

void roster_close(struct roster *roster)
{
	ward_core_destroy(roster->core);
	roster->core = NULL;
}

static bool works(const struct role *role, const struct cover_gap *period)
{
	if (rota_on_shift(role, period->from_us))
		return true;
	for (const struct schedule_part *part = role->schedules; part != NULL; part = part->next) {
		for (const struct slot *slot = rota_slots(part);
		     slot != NULL && slot->start_us < period->until_us; slot = slot->next) {
			if (slot->start_us > period->from_us && rota_on_shift(role, slot->start_us))
				return true;
		}
	}
	return false;
}

bool roster_works(const struct roster *roster, struct str person, const struct cover_gap *period)
{
	for (const struct role *role = roster->core->roles; role != NULL; role = role->next) {
		char own[MODEL_REFERENCE_BYTES];
		model_format(own, sizeof(own), "PractitionerRole/%s", role->id);
		if (role->known && str_equal(str_from_c(role->ward), roster->ward) &&
		    cover_is_same_person(roster->core, person, str_from_c(own)) &&
		    works(role, period))
			return true;
	}
	return false;
}

/* --- gaps ----------------------------------------------------------------------------------- */

static bool is_covered(const struct roster *roster, const struct policy *policy,
		       const struct cover_gap *span)
{
	for (unsigned level = ALERT_LEVEL_MEDIUM; level < ALERT_LEVEL_COUNT; level++) {
		const struct ladder *ladder = &policy->ladders[level];
		struct cover_gap found;
		if (cover_gap_next(roster->core, roster->ward,
				   ladder->rungs[ladder->rung_count - 1].roles, span, &found))
			return false;
	}
	return true;
}

bool roster_has_terminal_rung(const struct roster *roster, const struct policy *policy)
{
	/* Without a shift in it a rota leaves only those who are always there. */
	return is_covered(roster, policy, &(struct cover_gap){ 0, MODEL_NEVER });
}

struct looking {
	const struct roster *roster;
	const struct policy *policy;
	const struct cover_gap *period;
	roster_visit *visit;
	void *context;
};

static void look_at_rung(const struct looking *looking, uint32_t roles)
{
	const struct roster *roster = looking->roster;
	struct cover_gap rest = *looking->period;
	/* Each gap moves on; more than the issues that are shown need not be named. */
	for (size_t i = 0; i < LIMIT_ISSUES_MAX && rest.from_us < rest.until_us; i++) {
		struct roster_gap gap = { .roles = roles };
		if (!cover_gap_next(roster->core, roster->ward, roles, &rest, &gap.span))
			return;
		if (gap.span.until_us > rest.until_us)
			gap.span.until_us = rest.until_us;
		gap.covered = is_covered(roster, looking->policy, &gap.span);
		looking->visit(looking->context, &gap);
		rest.from_us = gap.span.until_us;
	}
}

void roster_gaps(const struct roster *roster, const struct policy *policy,
		 const struct cover_gap *period, roster_visit *visit, void *context)
{
	const struct looking looking = { roster, policy, period, visit, context };
	uint32_t seen[ALERT_LEVEL_COUNT * POLICY_RUNGS_MAX];
	size_t count = 0;
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		const struct ladder *ladder = &policy->ladders[level];
		for (uint32_t rung = 0; rung < ladder->rung_count; rung++) {
			size_t at = 0;
			while (at < count && seen[at] != ladder->rungs[rung].roles)
				at++;
			/* A ward without a technical desk is none the worse: its nurses are told. */
			if (at < count || ladder->rungs[rung].roles == 1u << ROLE_TECHNICAL_DESK)
				continue;
			seen[count++] = ladder->rungs[rung].roles;
			look_at_rung(&looking, ladder->rungs[rung].roles);
		}
	}
}
