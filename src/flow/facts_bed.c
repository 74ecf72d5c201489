/* SPDX-License-Identifier: Apache-2.0
 * Beds by time. A bed is a Location of physical type bd that the ward manages; it could take a patient while it was
 * active and its operationalStatus was not closed (C of v2 table 0116). When it changed, the versions of the
 * record say:
 * a bed that was closed, moved to another ward or deleted still counts for the time before. */
#include "flow/facts.h"

static bool has_coding(const struct json *concept, struct str code)
{
	const struct json *list = json_get(concept, STR("coding"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (str_equal(json_get_text(at, STR("code")), code))
			return true;
	}
	return false;
}

static bool is_open(const struct facts *facts, const struct json *location)
{
	struct str status = json_get_text(location, STR("status"));
	struct str operational =
		json_get_text(json_get(location, STR("operationalStatus")), STR("code"));
	struct str ward = model_reference_id(json_get(location, STR("managingOrganization")),
					     STR("Organization"));
	return location != NULL && str_equal(ward, facts->ward) &&
	       has_coding(json_get(location, STR("physicalType")), STR("bd")) &&
	       (status.len == 0 || str_equal(status, STR("active"))) &&
	       !str_equal(operational, STR("C"));
}

struct visit {
	struct facts *facts;
	struct map beds;
};

static bool visit_bed(void *context, const struct store_version *version,
		      const struct json *location)
{
	struct visit *visit = context;
	struct facts *facts = visit->facts;
	struct facts_bed *bed = map_get(&visit->beds, version->id);
	bool open = is_open(facts, location);
	if (bed == NULL && !open)
		return true;
	if (bed == NULL) {
		bed = ARENA_NEW(facts->arena, struct facts_bed, 1);
		if (bed == NULL)
			return false;
		bed->id = arena_copy(facts->arena, version->id);
		map_put(&visit->beds, bed->id, bed);
		bed->next = facts->beds;
		facts->beds = bed;
	}
	struct facts_span **link = &bed->open;
	while (*link != NULL && (*link)->end_us != FACTS_OPEN)
		link = &(*link)->next;
	if (!open && *link != NULL)
		(*link)->end_us = record_ms(version->at_us);
	if (!open || *link != NULL)
		return true;
	struct facts_span *span = ARENA_NEW(facts->arena, struct facts_span, 1);
	if (span == NULL)
		return false;
	span->start_us = record_ms(version->at_us);
	span->end_us = FACTS_OPEN;
	*link = span;
	return true;
}

enum error facts_beds(struct facts *facts)
{
	struct visit visit = { .facts = facts };
	struct str all = { NULL, 0 };
	enum error error = record_history(facts->record, "Location", all, visit_bed, &visit);
	map_done(&visit.beds);
	return error;
}
