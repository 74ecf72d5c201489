/* SPDX-License-Identifier: Apache-2.0
 * GET /flow/occupancy?ward=&at=: beds of a ward at an instant (a date alone is 08:00 of that day,
 * Europe/London; nothing is
 * now). A stay fills a bed over [start, end): who was admitted at 07:59:59 counts at 08:00, who was discharged at
 * 08:00:00 does not (scenario S53). */
#include "flow/act.h"
#include "flow/day.h"
#include "flow/operations.h"
#include "flow/page.h"

static bool instant_of(struct call *call, int64_t *ret_at_us)
{
	struct str at = call_argument(call, STR("at"));
	struct date date;
	int64_t day;
	if (at.len == 0) {
		*ret_at_us = act_now_us(call);
	} else if (day_parse(at, &day)) {
		*ret_at_us = day_at(day, 8);
	} else if (date_parse(at, DATE_KIND_DATETIME, &date) == ERROR_OK &&
		   date.precision >= DATE_MINUTE) {
		*ret_at_us = date.low_us;
	} else {
		act_refuse(call, ERROR_BAD_REQUEST,
			   "`at` is a dateTime with its offset, or a date (08:00 of that day).");
		return false;
	}
	if (*ret_at_us <= act_now_us(call))
		return true;
	act_refuse(call, ERROR_BAD_REQUEST, "`at` lies in the future.");
	return false;
}

static struct json *occupancy_json(const struct facts *facts)
{
	struct arena *arena = facts->arena;
	int64_t at_us = facts->from_us, beds = 0, occupied = 0, held = 0;
	struct json *root = json_new(arena, JSON_OBJECT);
	struct json *list = json_new(arena, JSON_ARRAY);
	struct text percent;
	text_init(&percent, arena, 30);
	for (const struct facts_bed *bed = facts->beds; bed != NULL; bed = bed->next)
		beds += facts_bed_is_open(bed, at_us) ? 1 : 0;
	for (const struct facts_stay *stay = facts->stays; stay != NULL; stay = stay->next) {
		struct json *one = json_new(arena, JSON_OBJECT);
		if (!facts_fills(stay, at_us) || one == NULL)
			continue;
		bool is_held = facts_is_held(stay, at_us);
		occupied++;
		held += is_held ? 1 : 0;
		print_string(arena, one, STR("episode"), stay->id);
		json_add(one, STR("patient"), page_patient(arena, stay->person, at_us));
		json_add(one, STR("held"), json_new_bool(arena, is_held));
		json_append(list, one);
	}
	if (root == NULL || list == NULL)
		return NULL;
	print_string(arena, root, STR("ward"), facts->ward);
	page_time(arena, root, STR("at"), at_us);
	page_number(arena, root, STR("beds"), beds);
	page_number(arena, root, STR("occupied"), occupied);
	page_number(arena, root, STR("held"), held);
	page_number(arena, root, STR("free"),
		    beds - occupied); /* negative: more patients than beds */
	if (beds > 0)
		text_put_format(&percent, "%lld.%lld", (long long)(occupied * 100 / beds),
				(long long)(occupied * 1000 / beds % 10));
	json_add(root, STR("percent"),
		 beds > 0 ? json_new_number(arena, text_view(&percent))
			  : json_new(arena, JSON_NULL));
	json_add(root, STR("stays"), list);
	return root;
}

void flow_occupancy(struct call *call)
{
	struct record record;
	struct json *ward = NULL;
	struct facts facts = { .record = &record };
	if (!operation_ward(call, &facts.ward, &ward) || !instant_of(call, &facts.from_us))
		return;
	facts.to_us = facts.from_us;
	if (!record_open(&record, call))
		return;
	enum error error = facts_gather(&facts, FACTS_BEDS);
	struct json *root = error == ERROR_OK ? occupancy_json(&facts) : NULL;
	facts_done(&facts);
	record_close(&record);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		act_answer_page(call, root);
}
