/* SPDX-License-Identifier: Apache-2.0
 * Agreed silence: the child sleeps (and a sleep plan says so), refuses, is in hospital, or the equipment failed.
 * It stands in the CarePlan, moves the next due time by one period at the most and never by more than the ward
 * allows (policy), and is over as soon as a set comes. */
#include "ward/model.h"

void defer_read(struct stay *stay, const struct json *plan)
{
	const struct json *parts = json_get(model_extension(plan, STR("defer")), STR("extension"));
	struct deferral deferral = { 0 };
	struct date date;
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		struct str url = json_get_text(part, STR("url"));
		bool known = date_parse(json_get_text(part, STR("valueInstant")), DATE_KIND_INSTANT,
					&date) == ERROR_OK;
		if (known && str_equal(url, STR("at")))
			deferral.at_us = date.low_us;
		else if (known && str_equal(url, STR("until")))
			deferral.until_us = date.low_us;
		else if (str_equal(url, STR("reason")))
			MODEL_PUT(deferral.reason, json_get_text(part, STR("valueCode")));
		else if (str_equal(url, STR("by")))
			MODEL_PUT(deferral.by, json_get_text(part, STR("valueString")));
	}
	stay->deferral = deferral;
}

/* One interval as it stands now (a high score makes it short), or the ward's cap. */
static int64_t longest_us(const struct ward_core *core, const struct stay *stay, int64_t due_us)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t interval_us = interval_next_us(core, stay, due_us) - due_us;
	return policy != NULL && policy->defer_us < interval_us ? policy->defer_us : interval_us;
}

int64_t defer_until_max_us(const struct ward_core *core, const struct stay *stay)
{
	int64_t due_us = stay_due_regular_us(core, stay);
	return due_us == MODEL_NEVER ? MODEL_NEVER : due_us + longest_us(core, stay, due_us);
}

int64_t defer_due_us(const struct ward_core *core, const struct stay *stay, int64_t due_us)
{
	const struct deferral *deferral = &stay->deferral;
	if (due_us == MODEL_NEVER || deferral->reason[0] == '\0' || deferral->until_us <= due_us ||
	    stay->last_enough_us > deferral->at_us)
		return due_us;
	int64_t max_us = due_us + longest_us(core, stay, due_us);
	return deferral->until_us < max_us ? deferral->until_us : max_us;
}

bool defer_is_on(const struct ward_core *core, const struct stay *stay)
{
	int64_t due_us = stay_due_us(core, stay);
	return due_us != MODEL_NEVER && due_us > stay_due_regular_us(core, stay) &&
	       due_us > core->now_us;
}
