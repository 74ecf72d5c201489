/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/chart.h"

/* --- the plan ------------------------------------------------------------------------------- */

static bool instant_of(const struct json *part, struct str member, enum date_kind kind,
		       int64_t *ret_us)
{
	struct date date;
	if (date_parse(json_get_text(part, member), kind, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

static int8_t band_of(struct str code)
{
	for (int band = 0; band < score_band_count(SCORE_NPEWS); band++) {
		char name[32];
		struct str words = score_band_name(SCORE_NPEWS, band);
		size_t at = 0;
		for (; at < words.len && at < sizeof(name); at++)
			name[at] = words.ptr[at] == ' ' ? '-' : words.ptr[at];
		if (str_equal(code, (struct str){ name, at }))
			return (int8_t)band;
	}
	return -1;
}

/* A choice without a time, a name and a reason is none. */
static bool order_read(const struct json *extension, struct chart_order *ret_order)
{
	const struct json *by = json_get(model_part(extension, STR("by")), STR("valueReference"));
	const struct json *until = model_part(extension, STR("expires"));
	struct str code = json_get_text(model_part(extension, STR("chart")), STR("valueCode"));
	struct chart_order order = { .until_us = MODEL_NEVER, .band = band_of(code) };
	MODEL_PUT(order.by, json_get_text(by, STR("display")));
	if (order.by[0] == '\0')
		MODEL_PUT(order.by, json_get_text(by, STR("reference")));
	MODEL_PUT(order.reason,
		  json_get_text(model_part(extension, STR("reason")), STR("valueString")));
	*ret_order = order;
	return (order.band >= 0 || str_equal(code, STR("by-age"))) && order.by[0] != '\0' &&
	       order.reason[0] != '\0' &&
	       instant_of(model_part(extension, STR("at")), STR("valueInstant"), DATE_KIND_INSTANT,
			  &ret_order->at_us) &&
	       (until == NULL ||
		instant_of(until, STR("valueDateTime"), DATE_KIND_DATETIME, &ret_order->until_us));
}

/* In the order of their times; the oldest makes room. */
static void order_add(struct stay *stay, const struct chart_order *order)
{
	uint32_t at = stay->chart_count;
	if (at == STAY_ORDERS_MAX) {
		memmove(stay->charts, stay->charts + 1,
			(STAY_ORDERS_MAX - 1) * sizeof(stay->charts[0]));
		at--;
	} else {
		stay->chart_count++;
	}
	for (; at > 0 && stay->charts[at - 1].at_us > order->at_us; at--)
		stay->charts[at] = stay->charts[at - 1];
	stay->charts[at] = *order;
}

void chart_read(struct stay *stay, const struct json *plan)
{
	const struct json *extensions = json_get(plan, STR("extension"));
	memset(stay->charts, 0, sizeof(stay->charts));
	stay->chart_count = 0;
	for (const struct json *extension = extensions == NULL ? NULL : extensions->child;
	     extension != NULL; extension = extension->next) {
		struct chart_order order;
		if (str_equal(json_get_text(extension, STR("url")),
			      STR(HOMEWARD_URL "StructureDefinition/pews-chart")) &&
		    order_read(extension, &order))
			order_add(stay, &order);
	}
}

/* --- what counts ---------------------------------------------------------------------------- */

struct chart_choice chart_choice(const struct policy *policy, struct str birth_date, int64_t at_us)
{
	struct chart_choice choice = { .by_age = -1, .beside = -1 };
	struct date birth;
	if (policy->scale != SCORE_NPEWS ||
	    date_parse(birth_date, DATE_KIND_DATE, &birth) != ERROR_OK)
		return choice;
	int before = score_band_at(SCORE_NPEWS, birth, at_us - policy->borderline_us);
	int after = score_band_at(SCORE_NPEWS, birth, at_us + policy->borderline_us);
	choice.by_age = score_band_at(SCORE_NPEWS, birth, at_us);
	if (choice.by_age >= 0 && before >= 0 && before < choice.by_age)
		choice.beside = before;
	else if (choice.by_age >= 0 && after > choice.by_age)
		choice.beside = after;
	return choice;
}

const struct chart_order *chart_order(const struct stay *stay, const struct policy *policy,
				      int64_t at_us)
{
	const struct chart_order *found = NULL;
	for (uint32_t i = 0; i < stay->chart_count && stay->charts[i].at_us <= at_us; i++)
		found = &stay->charts[i];
	if (found == NULL || found->band < 0 || at_us >= found->until_us || stay->patient == NULL)
		return NULL;
	struct chart_choice choice =
		chart_choice(policy, str_from_c(stay->patient->birth_date), at_us);
	return found->band == choice.beside ? found : NULL;
}

struct str chart_code(struct arena *arena, int band)
{
	struct text text;
	struct str name = score_band_name(SCORE_NPEWS, band);
	text_init(&text, arena, 64);
	for (size_t i = 0; i < name.len; i++)
		text_put_byte(&text, name.ptr[i] == ' ' ? '-' : name.ptr[i]);
	return text.failed ? (struct str){ NULL, 0 } : text_view(&text);
}

/* A birth date of a year or a month may mean two charts: the worse one counts, and is said once in the time that alerts
 * are kept. */
static bool two_charts(struct ward_core *core, struct stay *stay, const struct set *set)
{
	uint32_t bands = set_bands(stay, stay_policy(core, stay), set->start_us);
	char title[MODEL_TEXT_BYTES];
	if (__builtin_popcount(bands) < 2)
		return false;
	model_format(title, sizeof(title),
		     "Birth date without a day: the age may be on two charts, the worse one "
		     "counts. Complete the birth date");
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert->cause == ALERT_CAUSE_BAND && strcmp(alert->title, title) == 0 &&
		    (alert_is_open(alert) || alert->closed_us > core->now_us - MODEL_WINDOW_US))
			return true;
	}
	(void)alert_raise(core, stay, ALERT_CAUSE_BAND, ALERT_LEVEL_TECHNICAL, str_from_c(title));
	return true;
}

/* Who chose a chart knows it; what changes by itself is said once (SPOT C2.4). */
void chart_set(struct ward_core *core, struct stay *stay, const struct set *set)
{
	if (set != set_newest(stay) || set->result.band < 0 || two_charts(core, stay, set))
		return;
	const struct chart_order *now = chart_order(stay, stay_policy(core, stay), set->start_us);
	bool ended = stay->chart_count > 0 && /* by a person, who chose the age again */
		     stay->charts[stay->chart_count - 1].band < 0 &&
		     stay->charts[stay->chart_count - 1].at_us <= set->start_us;
	if (stay->band >= 0 && stay->band != set->result.band && now == NULL &&
	    !(stay->band_chosen && ended)) {
		char title[MODEL_TEXT_BYTES];
		model_format(title, sizeof(title), "%s: the chart for %s counts from now on",
			     stay->band_chosen ? "The choice of a chart has ended" : "Birthday",
			     set->band_name);
		(void)alert_raise(core, stay, ALERT_CAUSE_BAND, ALERT_LEVEL_TECHNICAL,
				  str_from_c(title));
	}
	stay->band = (int8_t)set->result.band;
	stay->band_chosen = now != NULL;
}

/* --- the row -------------------------------------------------------------------------------- */

static void put_chart(struct text *text, const char *key, int band)
{
	text_put_format(text, "\"%s\":", key);
	if (band < 0) {
		text_put_c(text, "null");
		return;
	}
	struct str code = chart_code(text->arena, band);
	text_put_format(text, "{\"code\":\"%.*s\",\"name\":", STR_ARG(code));
	json_print_string(text, score_band_name(SCORE_NPEWS, band));
	text_put_byte(text, '}');
}

void chart_print(const struct stay *stay, const struct policy *policy, int64_t at_us,
		 struct text *text)
{
	text_put_c(text, ",\"chart\":");
	if (policy == NULL || policy->scale != SCORE_NPEWS || stay->patient == NULL) {
		text_put_c(text, "null");
		return;
	}
	struct chart_choice choice =
		chart_choice(policy, str_from_c(stay->patient->birth_date), at_us);
	const struct chart_order *order = chart_order(stay, policy, at_us);
	text_put_byte(text, '{');
	put_chart(text, "byAge", choice.by_age);
	text_put_byte(text, ',');
	put_chart(text, "beside", choice.beside);
	text_put_c(text, ",\"chosen\":");
	if (order == NULL) {
		text_put_c(text, "null}");
		return;
	}
	char at[25], until[25];
	date_write_instant(order->at_us, at);
	text_put_byte(text, '{');
	put_chart(text, "chart", order->band);
	text_put_c(text, ",\"by\":");
	json_print_string(text, str_from_c(order->by));
	text_put_c(text, ",\"reason\":");
	json_print_string(text, str_from_c(order->reason));
	text_put_format(text, ",\"at\":\"%s\",\"until\":", at);
	if (order->until_us == MODEL_NEVER) {
		text_put_c(text, "null}}");
		return;
	}
	date_write_instant(order->until_us, until);
	text_put_format(text, "\"%s\"}}", until);
}
