/* SPDX-License-Identifier: Apache-2.0
 * GET /ward/people?ward=ID: who works on a ward, on shift until when and next when, which channels lead to them (never
 * a number or an address), and the hours of the next days in which a rung of the ward's policy has nobody:
 * docs/decisions/0006. Made from the record by the rules that decide whom an alert calls. */
#include "base/limits.h"
#include "ward/absence.h"
#include "ward/channel.h"
#include "ward/print.h"
#include "ward/roster.h"
#include "ward/runner.h"

#define AHEAD_US (35 * DATE_US_PER_DAY) /* a next shift beyond is not known yet */
#define GAPS_US (7 * DATE_US_PER_DAY)
#define PEOPLE_TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct people {
	struct call *call;
	struct arena *arena;
	const struct roster *roster;
	struct json *gaps;
	int64_t now_us;
};

static void put_bool(struct arena *arena, struct json *object, struct str name, bool value)
{
	json_add(object, name, json_new(arena, value ? JSON_TRUE : JSON_FALSE));
}

static void put_null(struct arena *arena, struct json *object, struct str name)
{
	json_add(object, name, json_new(arena, JSON_NULL));
}

static struct json *put_list(struct arena *arena, struct json *object, struct str name)
{
	return json_add(object, name, json_new(arena, JSON_ARRAY));
}

/* --- channels ------------------------------------------------------------------------------- */

/* Endpoints that say what is set up, and browsers of the ward's people. */
static bool feed_channels(struct roster *roster)
{
	struct arena *arena = &roster->call->arena;
	struct text ids, reference;
	text_init(&ids, arena, 400);
	text_init(&reference, arena, MODEL_REFERENCE_BYTES);
	for (unsigned channel = CHANNEL_BOARD; channel < CHANNEL_COUNT; channel++)
		text_put_format(&ids, "%s" CHANNEL_ENDPOINT_PREFIX "%.*s", ids.len == 0 ? "" : ",",
				STR_ARG(channel_code((enum channel)channel)));
	text_put_format(&reference, "Organization/%.*s", STR_ARG(roster->ward));
	struct search_argument set_up[] = { { STR("_id"), text_view(&ids) } };
	struct search_argument browsers[] = { { STR("organization"), text_view(&reference) } };
	return roster_feed(roster, "Endpoint", set_up, 1) &&
	       roster_feed(roster, "Endpoint", browsers, 1);
}

static void put_channel(struct people *people, struct json *list, enum channel channel)
{
	struct json *one = json_append(list, json_new(people->arena, JSON_OBJECT));
	print_string(people->arena, one, STR("channel"), channel_code(channel));
	put_bool(people->arena, one, STR("setUp"),
		 channel_is_set_up(people->roster->core, channel));
}

static void put_channels(struct people *people, struct json *person, const struct role *role)
{
	struct json *list = put_list(people->arena, person, STR("channels"));
	char reference[MODEL_REFERENCE_BYTES];
	model_format(reference, sizeof(reference), "PractitionerRole/%s", role->id);
	for (uint32_t place = 0; channel_at(role->reach, place) != CHANNEL_NONE; place++)
		put_channel(people, list, channel_at(role->reach, place));
	if (channel_pushes(people->roster->core, reference))
		put_channel(people, list, CHANNEL_WEB_PUSH);
}

/* --- shifts --------------------------------------------------------------------------------- */

struct shifts {
	const struct slot *now; /* of several that overlap, the one that ends last */
	const struct slot *next;
};

static struct shifts shifts_of(const struct role *role, int64_t now_us)
{
	struct shifts shifts = { NULL, NULL };
	for (const struct schedule_part *part = role->schedules; part != NULL; part = part->next) {
		for (const struct slot *slot = rota_slots(part); slot != NULL; slot = slot->next) {
			if (!slot->busy || slot->end_us <= now_us || slot->end_us <= slot->start_us)
				continue;
			if (slot->start_us > now_us &&
			    (shifts.next == NULL || slot->start_us < shifts.next->start_us))
				shifts.next = slot;
			else if (slot->start_us <= now_us &&
				 (shifts.now == NULL || slot->end_us > shifts.now->end_us))
				shifts.now = slot;
		}
	}
	return shifts;
}

static void put_shift(struct people *people, struct json *person, struct str name,
		      const struct slot *slot)
{
	if (slot == NULL) {
		put_null(people->arena, person, name);
		return;
	}
	struct json *shift = json_add(person, name, json_new(people->arena, JSON_OBJECT));
	print_string(people->arena, shift, STR("slot"), str_from_c(slot->id));
	print_instant(people->arena, shift, STR("start"), slot->start_us);
	print_instant(people->arena, shift, STR("end"), slot->end_us);
}

/* Leave or sickness that holds now; without `until` nobody knows when it ends. */
static void put_away(struct people *people, struct json *person, const struct term *away)
{
	if (away == NULL) {
		put_null(people->arena, person, STR("away"));
		return;
	}
	struct json *one = json_add(person, STR("away"), json_new(people->arena, JSON_OBJECT));
	if (away->until_us != MODEL_NEVER)
		print_instant(people->arena, one, STR("until"), away->until_us);
}

/* --- the page's data ------------------------------------------------------------------------ */
static void put_person(struct people *people, struct json *list, const struct role *role)
{
	struct arena *arena = people->arena;
	struct json *person = json_append(list, json_new(arena, JSON_OBJECT));
	struct shifts shifts = shifts_of(role, people->now_us);
	print_string(arena, person, STR("id"), str_from_c(role->id));
	print_string(arena, person, STR("name"), rota_person_name(people->roster->core, role));
	struct json *roles = put_list(arena, person, STR("roles"));
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if ((role->roles & 1u << i) != 0)
			json_append(roles, json_new_string(arena, role_name((enum ward_role)i)));
	}
	put_channels(people, person, role);
	put_bool(arena, person, STR("always"), role->schedules == NULL);
	put_away(people, person, absence_at(role, people->now_us));
	put_shift(people, person, STR("shift"),
		  rota_on_shift(role, people->now_us) ? shifts.now : NULL);
	put_shift(people, person, STR("next"), shifts.next);
}

static void put_gap(void *context, const struct roster_gap *gap)
{
	struct people *people = context;
	struct arena *arena = people->arena;
	struct json *one = json_append(people->gaps, json_new(arena, JSON_OBJECT));
	char who[120];
	cover_roles_text(gap->roles, who, sizeof(who));
	print_string(arena, one, STR("roles"), str_from_c(who));
	print_instant(arena, one, STR("from"), gap->span.from_us);
	print_instant(arena, one, STR("until"), gap->span.until_us);
	put_bool(arena, one, STR("covered"), gap->covered);
}

/* Null without a policy: nobody knows then which rungs there are. */
static void put_gaps(struct people *people, struct json *page, const struct policy *policy)
{
	const struct cover_gap week = { people->now_us, people->now_us + GAPS_US };
	if (policy == NULL) {
		put_null(people->arena, page, STR("gaps"));
		return;
	}
	people->gaps = put_list(people->arena, page, STR("gaps"));
	roster_gaps(people->roster, policy, &week, put_gap, people);
}

static void put_published(struct people *people, struct json *page, const struct json *ward)
{
	static const struct str names[] = { STR_INIT("start"), STR_INIT("end"), STR_INIT("at") };
	const struct json *published = model_extension(ward, STR("rota-published"));
	if (published == NULL) {
		put_null(people->arena, page, STR("published"));
		return;
	}
	struct json *one = json_add(page, STR("published"), json_new(people->arena, JSON_OBJECT));
	for (size_t i = 0; i < 3; i++)
		print_string_maybe(
			people->arena, one, names[i],
			json_get_text(model_part(published, names[i]), STR("valueInstant")));
	print_string_maybe(people->arena, one, STR("by"),
			   json_get_text(model_part(published, STR("by")), STR("valueString")));
}

/* Names stand with the practitioners. */
static bool feed_names(struct roster *roster)
{
	struct text ids;
	text_init(&ids, &roster->call->arena, LIMIT_URL_BYTES_MAX);
	for (const struct role *role = roster->core->roles; role != NULL; role = role->next) {
		if (role->practitioner[0] != '\0')
			text_put_format(&ids, "%s%s", ids.len == 0 ? "" : ",", role->practitioner);
	}
	struct search_argument people[] = { { STR("_id"), text_view(&ids) } };
	if (ids.len == 0)
		return true;
	if (!ids.failed)
		return roster_feed(roster, "Practitioner", people, 1);
	call_fail(roster->call, ERROR_LIMIT);
	return false;
}

static void answer_people(struct people *people, const struct json *ward,
			  const struct policy *policy)
{
	struct arena *arena = people->arena;
	struct json *page = json_new(arena, JSON_OBJECT);
	struct json *place = json_new(arena, JSON_OBJECT);
	struct text text;
	print_instant(arena, page, STR("serverTime"), people->now_us);
	json_add(page, STR("ward"), place);
	print_string(arena, place, STR("id"), people->roster->ward);
	print_string(arena, place, STR("name"), json_get_text(ward, STR("name")));
	struct json *list = put_list(arena, page, STR("people"));
	for (const struct role *role = people->roster->core->roles; role != NULL;
	     role = role->next) {
		if (role->known && role->roles != 1u << ROLE_SELF_TEST &&
		    str_equal(str_from_c(role->ward), people->roster->ward))
			put_person(people, list, role);
	}
	put_gaps(people, page, policy);
	put_published(people, page, ward);
	text_init(&text, arena, PEOPLE_TEXT_BYTES_MAX);
	json_print(&text, page);
	call_answer_live(people->call, &text);
}

void people_handle(struct call *call)
{
	int64_t now_us = clock_now_us(server_clock(call->server));
	const struct cover_gap ahead = { now_us, now_us + AHEAD_US };
	struct str id;
	struct roster roster;
	struct policy *policy = NULL;
	struct json *ward = NULL;
	if (!operation_ward(call, &id, &ward) ||
	    !operation_policy(
		    call,
		    json_get_text(model_extension(ward, STR("ward-policy")), STR("valueCanonical")),
		    &policy) ||
	    !roster_open(call, id, &ahead, &roster))
		return;
	struct people people = { call, &call->arena, &roster, NULL, now_us };
	if (feed_channels(&roster) && feed_names(&roster))
		answer_people(&people, ward, policy);
	roster_close(&roster);
}
