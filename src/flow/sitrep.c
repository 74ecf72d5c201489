/* SPDX-License-Identifier: Apache-2.0
 * GET /flow/sitrep?ward=&date=: one line of CSV under its heads: the snapshot at 08:00 of that day and the
 * flows of the local
 * day before it (23 or 25 hours when the clocks change). The fields are those of ward.md section 2; the national
 * collection's own list was not to be had. */
#include "flow/act.h"
#include "flow/day.h"
#include "flow/figure.h"
#include "flow/operations.h"

struct sitrep {
	struct facts *facts;
	struct text heads, values;
};

static void put_text(struct sitrep *sitrep, const char *head, struct str value)
{
	if (sitrep->heads.len > 0) {
		text_put_c(&sitrep->heads, ",");
		text_put_c(&sitrep->values, ",");
	}
	text_put_c(&sitrep->heads, head);
	text_put_c(&sitrep->values, "\"");
	/* A spreadsheet would run what starts like a formula. */
	if (value.len > 0 && strchr("=+-@", value.ptr[0]) != NULL)
		text_put_c(&sitrep->values, "'");
	for (size_t i = 0; i < value.len; i++)
		text_put_format(&sitrep->values, "%s%c", value.ptr[i] == '"' ? "\"" : "",
				value.ptr[i]);
	text_put_c(&sitrep->values, "\"");
}

static void put_number(struct sitrep *sitrep, const char *head, int64_t value)
{
	if (sitrep->heads.len > 0) {
		text_put_c(&sitrep->heads, ",");
		text_put_c(&sitrep->values, ",");
	}
	text_put_c(&sitrep->heads, head);
	text_put_i64(&sitrep->values, value);
}

/* Tenths of `value` days or percent; empty when there is none. */
static void put_tenths(struct sitrep *sitrep, const char *head, int64_t tenths, bool known)
{
	text_put_format(&sitrep->heads, ",%s", head);
	if (known)
		text_put_format(&sitrep->values, ",%lld.%lld", (long long)(tenths / 10),
				(long long)(tenths % 10));
	else
		text_put_c(&sitrep->values, ",");
}

/* Empty when it is not known yet. */
static void put_number_if(struct sitrep *sitrep, const char *head, int64_t value, bool known)
{
	if (known) {
		put_number(sitrep, head, value);
		return;
	}
	text_put_format(&sitrep->heads, ",%s", head);
	text_put_c(&sitrep->values, ",");
}

static struct figure_items items_of(struct sitrep *sitrep, struct str figure)
{
	struct figure_items items = { .arena = sitrep->facts->arena };
	(void)figure_list(sitrep->facts, figure, &items);
	return items;
}

static int64_t count_of(const struct figure_items *items, struct str stratifier, struct str stratum)
{
	int64_t count = 0;
	for (size_t i = 0; i < items->count; i++) {
		if (stratifier.len == 0 ||
		    str_equal(figure_stratum(&items->items[i], stratifier), stratum))
			count += items->items[i].weight;
	}
	return count;
}

struct column {
	const char *figure;
	const char *head;
	const char *stratifier;
	const char *const *strata;
};

/* The figure's count, then one column a stratum, then what fits none of them. */
static void put_column(struct sitrep *sitrep, const struct column *column)
{
	struct figure_items items = items_of(sitrep, str_from_c(column->figure));
	struct str none = { NULL, 0 };
	int64_t all = count_of(&items, none, none), rest = all;
	put_number(sitrep, column->head, all);
	for (size_t i = 0; column->strata != NULL && column->strata[i] != NULL; i++) {
		struct text head;
		text_init(&head, sitrep->facts->arena, 100);
		text_put_format(&head, "%s_%s", column->head, column->strata[i]);
		int64_t count = count_of(&items, str_from_c(column->stratifier),
					 str_from_c(column->strata[i]));
		for (size_t at = 0; at < head.len; at++)
			head.ptr[at] = head.ptr[at] == '-' ? '_' : head.ptr[at];
		put_number(sitrep, text_view(&head).ptr, count);
		rest -= count;
	}
	if (column->strata == NULL)
		return;
	struct text head;
	text_init(&head, sitrep->facts->arena, 100);
	text_put_format(&head, "%s_unknown", column->head);
	put_number(sitrep, text_view(&head).ptr, rest);
}

static void put_flows(struct sitrep *sitrep)
{
	static const char *const sources[] = { "ed",        "ward", "gp", "community",
					       "ambulance", "111",  NULL };
	static const char *const reasons[] = { "not-eligible",
					       "no-capacity",
					       "family-declined",
					       "home-unsuitable",
					       "needs-hospital",
					       "other-service",
					       "out-of-area",
					       "duplicate",
					       "died",
					       "other",
					       NULL };
	static const char *const directions[] = { "step-up", "step-down", NULL };
	static const char *const places[] = { "home",       "hospital", "hospice",
					      "other-ward", "died",     NULL };
	static const char *const escalated[] = { "999", "hospital", NULL };
	static const struct column columns[] = {
		{ "referrals", "referrals", "source", sources },
		{ "referrals-accepted", "accepted", NULL, NULL },
		{ "referrals-refused", "refused", "reason", reasons },
		{ "admissions", "admissions", "direction", directions },
		{ "discharges", "discharges", "destination", places },
		{ "escalations", "escalated", "to", escalated },
		{ "step-ups", "stepped_up_to_hospital", NULL, NULL },
		{ "deaths", "deaths", NULL, NULL },
		{ "transfers-in", "transfers_in", NULL, NULL },
		{ "transfers-out", "transfers_out", NULL, NULL },
		{ "stays-over-14-days", "discharges_over_14_days", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		put_column(sitrep, &columns[i]);
	struct figure_items ended = items_of(sitrep, STR("discharges"));
	int64_t sum_us = 0;
	for (size_t i = 0; i < ended.count; i++)
		sum_us += ended.items[i].value_us;
	int64_t mean_us = ended.count == 0 ? 0 : sum_us / (int64_t)ended.count;
	put_tenths(sitrep, "stay_mean_days", mean_us * 10 / DATE_US_PER_DAY, ended.count > 0);
	put_tenths(sitrep, "stay_median_days",
		   figure_percentile(sitrep->facts->arena, &ended, 50) * 10 / DATE_US_PER_DAY,
		   ended.count > 0);
}

static void put_snapshot(struct sitrep *sitrep, int64_t at_us)
{
	const struct facts *facts = sitrep->facts;
	int64_t beds = 0, occupied = 0, held = 0, children = 0;
	bool known = at_us <= facts->now_us;
	for (const struct facts_bed *bed = facts->beds; bed != NULL; bed = bed->next)
		beds += facts_bed_is_open(bed, at_us) ? 1 : 0;
	for (const struct facts_stay *stay = facts->stays; stay != NULL; stay = stay->next) {
		if (!facts_fills(stay, at_us))
			continue;
		int years =
			stay->person->has_birth ? date_age_years(stay->person->birth, at_us) : -1;
		occupied++;
		held += facts_is_held(stay, at_us) ? 1 : 0;
		children += years >= 0 && years < 18 ? 1 : 0;
	}
	put_number_if(sitrep, "beds_0800", beds, known);
	put_number_if(sitrep, "occupied_0800", occupied, known);
	put_number_if(sitrep, "held_in_hospital_0800", held, known);
	put_number_if(sitrep, "occupied_under_18_0800", children, known);
	put_tenths(sitrep, "occupancy_percent_0800", beds == 0 ? 0 : occupied * 1000 / beds,
		   known && beds > 0);
}

static enum error print_sitrep(struct facts *facts, const struct json *ward, int64_t day,
			       struct sitrep *sitrep)
{
	char date[11], from[25], to[25];
	facts->from_us = day_at(day - 1, 0);
	facts->to_us = day_at(day, 9);
	enum error error = facts_gather(facts, FACTS_REFERRALS | FACTS_ALERTS | FACTS_BEDS);
	if (error != ERROR_OK)
		return error;
	facts->to_us = day_at(day, 0);
	sitrep->facts = facts;
	text_init(&sitrep->heads, facts->arena, 10000);
	text_init(&sitrep->values, facts->arena, 10000);
	day_write(day, date);
	date_write_instant(facts->from_us, from);
	date_write_instant(facts->to_us, to);
	put_text(sitrep, "date", str_from_c(date));
	put_text(sitrep, "ward", facts->ward);
	put_text(sitrep, "ward_name", json_get_text(ward, STR("name")));
	put_snapshot(sitrep, day_at(day, 8));
	put_text(sitrep, "flow_from", str_from_c(from));
	put_text(sitrep, "flow_to", str_from_c(to));
	put_flows(sitrep);
	return sitrep->heads.failed || sitrep->values.failed ? ERROR_LIMIT : ERROR_OK;
}

void flow_sitrep(struct call *call)
{
	struct record record;
	struct json *ward = NULL;
	struct facts facts = { .record = &record };
	struct sitrep sitrep = { 0 };
	int64_t day = day_of(act_now_us(call));
	struct str date = call_argument(call, STR("date"));
	if (date.len > 0 && !day_parse(date, &day)) {
		act_refuse(call, ERROR_BAD_REQUEST, "`date` is a day, such as 2026-06-10.");
		return;
	}
	if (!operation_ward(call, &facts.ward, &ward) || !record_open(&record, call))
		return;
	enum error error = print_sitrep(&facts, ward, day, &sitrep);
	facts_done(&facts);
	record_close(&record);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	struct text csv;
	text_init(&csv, &call->arena, 20100);
	text_put(&csv, text_view(&sitrep.heads));
	text_put_c(&csv, "\r\n");
	text_put(&csv, text_view(&sitrep.values));
	text_put_c(&csv, "\r\n");
	call->status = 200;
	call->answer = text_view(&csv);
	call->content_type = STR("text/csv; charset=utf-8");
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
}
