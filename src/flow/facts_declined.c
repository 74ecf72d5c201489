/* SPDX-License-Identifier: Apache-2.0
 * Signs that nobody measured, and said so (SPOT specification V2.0, C3.17-22): each needs a reason out of a list. What
 * came without one is kept, and counted here, so that a ward sees which home or system leaves it out. */
#include "flow/facts.h"

struct visit {
	struct facts *facts;
	struct facts_stay *stay;
};

static bool visit_reading(void *context, const struct store_version *version,
			  const struct json *observation)
{
	struct visit *visit = context;
	struct facts_stay *stay = visit->stay;
	struct str status = json_get_text(observation, STR("status"));
	bool cut = false, exact = false;
	int64_t at_us = reading_stated_us(observation, record_ms(version->at_us), &exact);
	if (json_get(observation, STR("valueSampledData")) != NULL ||
	    str_equal(status, STR("entered-in-error")) || !facts_in(visit->facts, at_us) ||
	    !facts_fills(stay, at_us))
		return true;
	struct reading *first = reading_parse(observation, NULL, NULL, &cut);
	for (const struct reading *reading = first; reading != NULL; reading = reading->next) {
		stay->declined_count += reading->declined || reading->not_done ? 1 : 0;
		stay->uncoded_count +=
			reading->declined && str_equal(str_from_c(reading->text), READING_NO_REASON)
				? 1
				: 0;
	}
	reading_free(first);
	return true;
}

enum error facts_declined(struct facts *facts)
{
	for (struct facts_stay *stay = facts->stays; stay != NULL; stay = stay->next) {
		struct arena *arena = facts->arena;
		struct visit visit = { facts, stay };
		int64_t from_us = stay->start_us > facts->from_us ? stay->start_us : facts->from_us;
		const struct search_argument arguments[] = {
			{ STR("subject"), record_reference(arena, "Patient", stay->person->id) },
			{ STR("date"), record_bound(arena, "ge", from_us) },
			{ STR("date"), record_bound(arena, "lt", facts->to_us) },
		};
		const struct record_search search = { "Observation", arguments, 3, visit_reading,
						      &visit };
		if (stay->end_us < facts->from_us)
			continue;
		enum error error = record_each(facts->record, &search);
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}
