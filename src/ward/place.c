/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/place.h"

/* ':' stands in no FHIR id, so no EpisodeOfCare can take this place. */
#define PLACE_PREFIX "ward:"

bool place_is_ward(const struct json *organization)
{
	return model_is_typed(organization, STR(HOMEWARD_URL "CodeSystem/organization-type"),
			      STR("virtual-ward"));
}

struct stay *place_stay(struct ward_core *core, struct ward_place *ward)
{
	char id[MODEL_ID_BYTES];
	if (ward->stay != NULL)
		return ward->stay;
	if (strlen(PLACE_PREFIX) + strlen(ward->id) < sizeof(id))
		model_format(id, sizeof(id), PLACE_PREFIX "%s", ward->id);
	else
		model_id(id, PLACE_PREFIX, ward->id);
	struct stay *stay = stay_get(core, str_from_c(id));
	stay->is_place = true;
	stay->ward = ward;
	MODEL_PUT(stay->canonical, str_from_c(ward->canonical));
	stay_take_policy(core, stay);
	ward->stay = stay;
	return stay;
}

const struct policy *place_policy_of(const struct ward_core *core, const struct ward_place *ward)
{
	const struct policy *known = policy_find(core, str_from_c(ward->canonical));
	return known != NULL ? known : core->policies;
}

void place_link(struct stay *stay)
{
	if (stay->is_place && stay->ward != NULL)
		stay->ward->stay = stay;
}

void place_policy(struct ward_core *core, struct ward_place *ward, struct str canonical)
{
	MODEL_PUT(ward->canonical, canonical);
	if (ward->stay == NULL)
		return;
	MODEL_PUT(ward->stay->canonical, canonical);
	stay_take_policy(core, ward->stay);
	stay_mark(core, ward->stay);
}
