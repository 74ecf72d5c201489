/* SPDX-License-Identifier: Apache-2.0
 * The chart of one stay, gathered from the record for paper: what was measured, scored and raised, who answered, what
 * was planned, ordered and limited. Everything stands in the order of its time. */
#ifndef FLOW_STAY_CHART_H
#define FLOW_STAY_CHART_H

#include "flow/pdf.h"
#include "flow/record.h"

#define STAY_CHART_VALUES_MAX 40000
#define STAY_CHART_ENTRIES_MAX 4000
#define STAY_CHART_TEXT_MAX 4000 /* bytes of one text */

struct stay_chart_value {
	struct stay_chart_value *next;
	int64_t at_us;
	uint8_t input;
	bool is_drawn; /* a number that was not found impossible */
	double value;
	struct str text; /* with its site and what is wrong with it */
};
struct stay_chart_score {
	struct stay_chart_score *next;
	int64_t at_us;
	double total;
	int band;       /* of National PEWS; -1: none */
	bool has_total; /* no colour scale */
	struct str text;
};
/* An alert with its answers, or one line of the plan. */
struct stay_chart_entry {
	struct stay_chart_entry *next;
	struct stay_chart_entry *notes; /* of an alert: who said what */
	int64_t at_us;
	struct str level; /* of an alert */
	struct str text, by;
};
struct stay_chart_list {
	struct stay_chart_entry *first, **tail;
	size_t count;
};
struct stay_chart {
	struct arena *arena;
	struct str id;
	struct json *episode, *patient, *ward, *plan;
	struct policy *policy;
	int64_t start_us, end_us, now_us;
	bool has_ended;
	struct stay_chart_value *values, **values_tail;
	struct stay_chart_score *scores, **scores_tail;
	struct stay_chart_list alerts, plans;
	size_t value_count, sampled_count, withdrawn_count;
	bool is_cut; /* there is more in the record than stands here */
};

/* False: the call is answered. */
bool stay_chart_read(struct call *call, struct stay_chart *chart);

/* For the files that gather it. A text is a copy, cut between characters where it is very long. */
struct str stay_chart_keep(struct stay_chart *chart, struct str text);
/* Who a reference means, in words; `words` where it has none. */
struct str stay_chart_person(const struct json *reference, struct str words);
void stay_chart_list_init(struct stay_chart_list *list);
/* Adds a line to the end; NULL when there are too many, which the chart then says. */
struct stay_chart_entry *stay_chart_add(struct stay_chart *chart, struct stay_chart_list *list,
					int64_t at_us, struct str by, struct str text);
/* stay_chart_score.c */
void stay_chart_add_score(struct stay_chart *chart, const struct json *score);
/* stay_chart_plan.c: alerts and work (a record_visit), and every version of the plan */
bool stay_chart_visit_task(void *context, const struct store_version *version,
			   const struct json *task);
MUST_CHECK enum error stay_chart_read_plans(struct stay_chart *chart, struct record *record);

/* chart_picture.c: one sign over the stay with what a value there scores behind it. `sign` is an input, or
 * SCORE_INPUT_COUNT for the score itself. False when there is nothing to draw. */
bool chart_picture(struct pdf *pdf, const struct stay_chart *chart, unsigned sign,
		   struct pdf_area area);

#endif
