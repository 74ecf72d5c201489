/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/drill.h"

#include "ward/page.h"
#include "ward/place.h"

#define DRILL_US (15 * DATE_US_PER_MIN)
#define DRILL_TEXT \
	"Homeward: this is a test of this telephone or address. There is nothing to do. Thank " \
	"you."

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

static void drill_role(struct ward_core *core, struct stay *place, const struct role *role)
{
	struct addressee to = { .stay = place,
				.language = "",
				.name = rota_person_name(core, role),
				.text = STR(DRILL_TEXT),
				.reach = role->reach,
				.deadline_us = core->now_us + DRILL_US };
	model_format(to.reference, sizeof(to.reference), "PractitionerRole/%s", role->id);
	if (channel_pushes(core, to.reference))
		page_send(core, &to, CHANNEL_WEB_PUSH);
	for (enum channel channel = channel_first(core, to.reach); channel != CHANNEL_NONE;
	     channel = channel_after(core, to.reach, channel))
		page_send(core, &to, channel);
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
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (role->known && strcmp(role->ward, ward->id) == 0 &&
		    is_asked(json_get(request, STR("recipient")), role, core->now_us))
			drill_role(core, place, role);
	}
	stay_timers(core, place);
}
