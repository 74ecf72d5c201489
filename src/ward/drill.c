/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/drill.h"

#include "base/hash.h"
#include "ward/absence.h"
#include "ward/page.h"
#include "ward/place.h"

#define DRILL_US (15 * DATE_US_PER_MIN)
#define DRILL_SETTLE_US DATE_US_PER_MIN /* a rota comes as many resources */
#define DRILL_AGAIN_US DATE_US_PER_DAY  /* after one that was not proved */
#define DRILL_FROM_MIN (10 * 60)        /* of the day, for who is always on call */
#define DRILL_UNTIL_MIN (18 * 60)
#define DRILL_TEXT \
	"Homeward: this is a test of this telephone or address. There is nothing to do. Thank " \
	"you."

static int64_t test_every_us(const struct ward_core *core, const struct ward_place *ward)
{
	const struct policy *policy = place_policy_of(core, ward);
	return policy == NULL ? POLICY_TEST_EVERY_US : policy->test_every_us;
}

/* Somebody with two roles of the ward has one telephone. */
static void drill_put_off(struct ward_core *core, const struct role *role, int64_t by_us)
{
	for (struct role *other = core->roles; other != NULL; other = other->next) {
		if (other->telephones == role->telephones && strcmp(other->ward, role->ward) == 0)
			other->test_from_us = core->now_us + by_us;
	}
}

/* Telephones are what the weekly test is for: an e-mail has no proof, and a push goes to a browser. */
static bool is_telephone(enum channel channel)
{
	return channel == CHANNEL_SMS || channel == CHANNEL_VOICE;
}

static void drill_role(struct ward_core *core, struct stay *place, struct role *role,
		       bool telephones_only)
{
	struct addressee to = { .stay = place,
				.language = "",
				.name = rota_person_name(core, role),
				.text = STR(DRILL_TEXT),
				.reach = role->reach,
				.deadline_us = core->now_us + DRILL_US };
	model_format(to.reference, sizeof(to.reference), "PractitionerRole/%s", role->id);
	if (!telephones_only && channel_pushes(core, to.reference))
		(void)page_send(core, &to, CHANNEL_WEB_PUSH);
	for (enum channel channel = channel_first(core, to.reach); channel != CHANNEL_NONE;
	     channel = channel_after(core, to.reach, channel)) {
		if (!telephones_only || is_telephone(channel))
			(void)page_send(core, &to, channel);
	}
	drill_put_off(core, role, test_every_us(core, place->ward));
}

static int64_t start_us(const struct role *role, int64_t from_us)
{
	static const struct policy_times morning = { 1, { DRILL_FROM_MIN } };
	int64_t next_us = MODEL_NEVER;
	if (role->schedules == NULL) {
		int64_t local_us = from_us + date_london_offset_min(from_us) * DATE_US_PER_MIN;
		int64_t minute = local_us % DATE_US_PER_DAY / DATE_US_PER_MIN;
		return minute >= DRILL_FROM_MIN && minute < DRILL_UNTIL_MIN
			       ? from_us
			       : interval_wall_us(&morning, from_us);
	}
	for (const struct schedule_part *part = role->schedules; part != NULL; part = part->next) {
		for (const struct slot *slot = rota_slots(part); slot != NULL; slot = slot->next) {
			int64_t at_us = slot->start_us > from_us ? slot->start_us : from_us;
			if (slot->busy && at_us < slot->end_us && at_us < next_us)
				next_us = at_us;
		}
	}
	return next_us;
}

/* When this telephone is tested next. */
static int64_t next_us(const struct ward_core *core, const struct role *role)
{
	if (!role->known || role->telephones == 0 || role->roles == 1u << ROLE_SELF_TEST)
		return MODEL_NEVER;
	for (enum channel channel = channel_first(core, role->reach); channel != CHANNEL_NONE;
	     channel = channel_after(core, role->reach, channel)) {
		if (!is_telephone(channel))
			continue;
		int64_t from_us = role->test_from_us > role->term.from_us ? role->test_from_us
									  : role->term.from_us;
		int64_t at_us = start_us(role, from_us);
		for (const struct term *away = absence_at(role, at_us);
		     away != NULL && at_us < MODEL_NEVER; away = absence_at(role, at_us))
			at_us = start_us(role, away->until_us);
		return at_us < role->term.until_us ? at_us : MODEL_NEVER;
	}
	return MODEL_NEVER;
}

int64_t drill_next_us(const struct ward_core *core, const struct stay *place)
{
	int64_t due_us = MODEL_NEVER;
	if (!place->is_place || place->ward == NULL || !place->ward->is_ward)
		return due_us;
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (strcmp(role->ward, place->ward->id) != 0)
			continue;
		int64_t at_us = next_us(core, role);
		due_us = at_us < due_us ? at_us : due_us;
	}
	return due_us;
}

void drill_fire(struct ward_core *core, struct stay *place)
{
	if (drill_next_us(core, place) > core->now_us)
		return;
	stay_forget(core, place); /* pages of long ago */
	for (struct role *role = core->roles; role != NULL; role = role->next) {
		if (strcmp(role->ward, place->ward->id) == 0 && next_us(core, role) <= core->now_us)
			drill_role(core, place, role, true);
	}
}

void drill_telephones(struct ward_core *core, struct role *role, const struct json *resource)
{
	const struct json *telecoms = json_get(resource, STR("telecom"));
	uint64_t telephones = 0;
	for (const struct json *one = telecoms == NULL ? NULL : telecoms->child; one != NULL;
	     one = one->next) {
		struct str number = json_get_text(one, STR("value"));
		if (is_telephone(channel_of_telecom(one, core->now_us)))
			telephones = hash_bytes(number.ptr, number.len, telephones + 1);
	}
	if (role->telephones == telephones)
		return;
	role->telephones = telephones;
	role->test_from_us = core->now_us + DRILL_SETTLE_US;
}

/* --- what was not proved -------------------------------------------------------------------- */

static bool is_failed(const struct page *page)
{
	return page->status == PAGE_STOPPED || page->status == PAGE_NOT_DONE;
}

static bool is_repeated(const struct page *page)
{
	for (const struct page *later = page->next; later != NULL; later = later->next) {
		if (later->channel == page->channel &&
		    strcmp(later->recipient, page->recipient) == 0)
			return true;
	}
	return false;
}

void drill_failed(struct ward_core *core, const struct stay *place, const struct page *page,
		  char title[MODEL_TEXT_BYTES])
{
	struct str id = str_from_c(page->recipient);
	(void)str_cut(&id, '/');
	struct role *role = map_get(&core->role_by_id, id);
	if (role != NULL)
		drill_put_off(core, role, DRILL_AGAIN_US);
	model_put(title, MODEL_TEXT_BYTES, STR("A test page was not proved to arrive: "));
	size_t start = strlen(title);
	for (const struct page *one = place->pages; one != NULL; one = one->next) {
		size_t at = strlen(title);
		struct str name = one->recipient_name[0] != '\0' ? str_from_c(one->recipient_name)
								 : str_from_c(one->recipient);
		if (one->family || !is_failed(one) || is_repeated(one) ||
		    at + name.len + 16 > MODEL_TEXT_BYTES)
			continue;
		model_format(title + at, MODEL_TEXT_BYTES - at, "%s%.*s (%.*s)",
			     at == start ? "" : ", ", STR_ARG(name),
			     STR_ARG(channel_code((enum channel)one->channel)));
	}
}

/* --- asked for by somebody ------------------------------------------------------------------ */

static bool is_asked(const struct json *recipients, const struct role *role, int64_t now_us)
{
	if (recipients == NULL)
		return rota_on_shift(role, now_us);
	for (const struct json *one = recipients->child; one != NULL; one = one->next) {
		if (str_equal(model_reference_id(one, STR("PractitionerRole")),
			      str_from_c(role->id)))
			return true;
	}
	return false;
}

void drill_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *request = event->resource;
	const struct json *category = json_at(json_get(request, STR("category")), 0);
	struct str ward_id = model_reference_id(json_at(json_get(request, STR("about")), 0),
						STR("Organization"));
	struct ward_place *ward = map_get(&core->ward_by_id, ward_id);
	/* A request is carried out once: its later versions say what became of it. */
	if (request == NULL || event->version != 1 || ward == NULL || !ward->is_ward ||
	    !str_equal(json_get_text(request, STR("status")), STR("active")) ||
	    !str_equal(model_code(category, STR(HOMEWARD_URL "CodeSystem/ward-task")),
		       STR("channel-test")))
		return;
	struct stay *place = place_stay(core, ward);
	stay_forget(core, place); /* pages of long ago */
	for (struct role *role = core->roles; role != NULL; role = role->next) {
		if (role->known && strcmp(role->ward, ward->id) == 0 &&
		    is_asked(json_get(request, STR("recipient")), role, core->now_us))
			drill_role(core, place, role, false);
	}
	stay_timers(core, place);
}
