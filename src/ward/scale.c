/* SPDX-License-Identifier: Apache-2.0
 * SpO2 scale 2 of NEWS2 counts for a patient from the instant a consultant orders it ($spo2-scale, an extension of the
 * CarePlan) until another order, and is never inferred from a diagnosis (ward.md 1.1, S14, S15). Sets that were taken
 * before an order keep the scale they were scored on. */
#include "ward/model.h"

static bool order_read(const struct json *extension, struct spo2_order *ret_order)
{
	const struct json *parts = json_get(extension, STR("extension"));
	struct spo2_order order = { 0 };
	struct date date;
	bool timed = false;
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		struct str url = json_get_text(part, STR("url"));
		if (str_equal(url, STR("scale"))) {
			struct str text = json_get_text(part, STR("valueInteger"));
			order.scale =
				(uint8_t)(str_equal(text, STR("2")) ? 2
								    : str_equal(text, STR("1")));
		} else if (str_equal(url, STR("at"))) {
			timed = date_parse(json_get_text(part, STR("valueInstant")),
					   DATE_KIND_INSTANT, &date) == ERROR_OK;
			if (timed)
				order.at_us = date.low_us;
		} else if (str_equal(url, STR("by"))) {
			const struct json *by = json_get(part, STR("valueReference"));
			MODEL_PUT(order.by, json_get_text(by, STR("display")));
			if (order.by[0] == '\0')
				MODEL_PUT(order.by, json_get_text(by, STR("reference")));
		}
	}
	*ret_order = order;
	return timed && order.scale != 0;
}

/* In the order of their times; the oldest makes room. */
static void order_add(struct stay *stay, const struct spo2_order *order)
{
	uint32_t at = stay->order_count;
	if (at == STAY_ORDERS_MAX) {
		memmove(stay->orders, stay->orders + 1,
			(STAY_ORDERS_MAX - 1) * sizeof(stay->orders[0]));
		at--;
	} else {
		stay->order_count++;
	}
	for (; at > 0 && stay->orders[at - 1].at_us > order->at_us; at--)
		stay->orders[at] = stay->orders[at - 1];
	stay->orders[at] = *order;
}

void scale_read(struct stay *stay, const struct json *plan)
{
	const struct json *extensions = json_get(plan, STR("extension"));
	memset(stay->orders, 0, sizeof(stay->orders));
	stay->order_count = 0;
	for (const struct json *extension = extensions == NULL ? NULL : extensions->child;
	     extension != NULL; extension = extension->next) {
		struct spo2_order order;
		if (str_equal(json_get_text(extension, STR("url")),
			      STR(HOMEWARD_URL "StructureDefinition/spo2-scale")) &&
		    order_read(extension, &order))
			order_add(stay, &order);
	}
}

const struct spo2_order *scale_order(const struct stay *stay, int64_t at_us)
{
	const struct spo2_order *found = NULL;
	for (uint32_t i = 0; i < stay->order_count && stay->orders[i].at_us <= at_us; i++)
		found = &stay->orders[i];
	return found;
}

int scale_at(const struct stay *stay, const struct policy *policy, int64_t at_us)
{
	const struct spo2_order *order = scale_order(stay, at_us);
	return order == NULL ? policy->spo2_scale : order->scale;
}
