/* SPDX-License-Identifier: Apache-2.0
 * GET /fhir/EpisodeOfCare/{id}/$chart-pdf: the chart of a stay on A4 (SPOT specification V2.0, T6.7). The pages are
 * counted first, then made, for each says which of how many it is. */
#include "flow/act.h"
#include "flow/operations.h"
#include "flow/paper.h"

#include <stdatomic.h>

#define PICTURE_HEIGHT 98.0
#define PDF_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define PAGES_MAX 2000

/* --- first page ----------------------------------------------------------------------------- */

static void put_facts(struct paper *paper)
{
	const struct stay_chart *chart = paper->chart;
	const struct policy *policy = chart->policy;
	struct str ward = json_get_text(chart->ward, STR("name"));
	paper_put(paper, PDF_TITLE, 0, STR("Chart of a stay on the virtual ward"));
	paper_put(paper, PDF_BODY, 0,
		  paper_line(paper, "Ward: %.*s. Policy: %s, version %s.", STR_ARG(ward),
			     policy == NULL ? "none" : policy->title,
			     policy == NULL ? "-" : policy->version));
	struct str start = paper_time(paper, chart->start_us);
	struct str end = paper_time(paper, chart->end_us);
	paper_put(paper, PDF_BODY, 0,
		  chart->has_ended ? paper_line(paper, "On the ward from %.*s to %.*s.",
						STR_ARG(start), STR_ARG(end))
				   : paper_line(paper, "On the ward since %.*s; the stay goes on.",
						STR_ARG(start)));
	if (chart->policy != NULL && chart->policy->scale == SCORE_NPEWS)
		paper_put(
			paper, PDF_SMALL, 0,
			STR("National PEWS is made for children in hospital. At home it is a guide "
			    "beside the rules for fever, worry and missing readings; temperature "
			    "scores nothing in it."));
	if (chart->sampled_count > 0)
		paper_put(paper, PDF_BODY, 0,
			  paper_line(paper,
				     "%zu stretch%s of continuous measurement in the record, not "
				     "printed here; "
				     "the scores made of it are.",
				     chart->sampled_count, chart->sampled_count == 1 ? "" : "es"));
	if (chart->withdrawn_count > 0)
		paper_put(
			paper, PDF_BODY, 0,
			paper_line(
				paper,
				"%zu reading%s withdrawn as entered in error, kept in the record.",
				chart->withdrawn_count,
				chart->withdrawn_count == 1 ? " was" : "s were"));
	if (chart->is_cut)
		paper_put(paper, PDF_BOLD, 0,
			  STR("There is more in the record than is printed here: the stay is too "
			      "long "
			      "for one chart."));
}

static void put_pictures(struct paper *paper)
{
	static const unsigned signs[] = { SCORE_INPUT_COUNT, SCORE_RESPIRATORY_RATE,
					  SCORE_SPO2,        SCORE_HEART_RATE,
					  SCORE_SYSTOLIC,    SCORE_TEMPERATURE };
	if (paper->chart->values == NULL) {
		paper_put(paper, PDF_BOLD, 0, STR("No reading was received during this stay."));
		return;
	}
	paper_heading(paper, "Values over time");
	paper_put(
		paper, PDF_SMALL, 0,
		STR("Shading: what a value there scores (1 yellow, 2 orange, 3 or 4 red) on the "
		    "chart "
		    "that counted. Dashed: an alert of Medium (brown), High (orange) or Emergency "
		    "(red). Values are in the table."));
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		(void)paper_need(paper, PICTURE_HEIGHT);
		if (chart_picture(paper->pdf, paper->chart, signs[i],
				  (struct pdf_area){ PAPER_MARGIN, paper->y, PAPER_INNER,
						     PICTURE_HEIGHT - 6 }))
			paper->y += PICTURE_HEIGHT;
	}
}

/* --- alerts and plan ------------------------------------------------------------------------ */

static void put_note(struct paper *paper, double indent, const struct stay_chart_entry *note)
{
	struct str at =
		note->at_us == 0 ? STR("time not recorded") : paper_time(paper, note->at_us);
	paper_put(paper, PDF_BODY, indent,
		  paper_line(paper, "%.*s%s%.*s: %.*s", STR_ARG(at), note->by.len > 0 ? ", " : "",
			     STR_ARG(note->by), STR_ARG(note->text)));
}

static void put_alerts(struct paper *paper)
{
	paper_heading(paper, "Alerts and who answered");
	if (paper->chart->alerts.count == 0)
		paper_put(paper, PDF_BODY, 0, STR("No alert was raised during this stay."));
	for (const struct stay_chart_entry *at = paper->chart->alerts.first; at != NULL;
	     at = at->next) {
		struct str time = paper_time(paper, at->at_us);
		(void)paper_need(paper, 30);
		paper_put(paper, PDF_BOLD, 0,
			  paper_line(paper, "%.*s, %.*s: %.*s", STR_ARG(time), STR_ARG(at->level),
				     STR_ARG(at->text)));
		for (const struct stay_chart_entry *note = at->notes; note != NULL;
		     note = note->next)
			put_note(paper, 12, note);
		if (at->notes == NULL)
			paper_put(paper, PDF_BODY, 12, STR("Nobody has answered."));
	}
}

static void put_plans(struct paper *paper)
{
	paper_heading(paper, "Plan, limits, orders, reviews and notes");
	if (paper->chart->plans.count == 0)
		paper_put(paper, PDF_BODY, 0, STR("Nothing was recorded beside the schedule."));
	for (const struct stay_chart_entry *at = paper->chart->plans.first; at != NULL;
	     at = at->next)
		put_note(paper, 0, at);
}

static void put_all(struct paper *paper)
{
	paper_begin(paper);
	put_facts(paper);
	put_pictures(paper);
	paper_table(paper);
	put_alerts(paper);
	put_plans(paper);
}

/* --- the call ------------------------------------------------------------------------------- */

static bool make(const struct stay_chart *chart, struct text *sink)
{
	struct paper counted = { .pdf = pdf_open(NULL), .chart = chart };
	if (counted.pdf == NULL)
		return false;
	put_all(&counted);
	if (!pdf_close(counted.pdf) || counted.page > PAGES_MAX)
		return false;
	struct paper paper = { .pdf = pdf_open(sink), .chart = chart, .pages = counted.page };
	if (paper.pdf == NULL)
		return false;
	put_all(&paper);
	pdf_page(paper.pdf);
	ASSERT(paper.page == counted.page);
	return pdf_close(paper.pdf) && !chart->arena->failed;
}

/* A long stay takes a loop thread for a while: one at a time, so that the others go on answering. */
static atomic_flag printing = ATOMIC_FLAG_INIT;

static void print(struct call *call)
{
	struct stay_chart *chart = ARENA_NEW(&call->arena, struct stay_chart, 1);
	struct text sink;
	if (chart == NULL || !stay_chart_read(call, chart)) {
		if (chart == NULL)
			call_fail(call, ERROR_LIMIT);
		return;
	}
	text_init(&sink, &call->arena, PDF_BYTES_MAX);
	if (!make(chart, &sink)) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	call->status = 200;
	call->answer = text_view(&sink);
	call->content_type = STR("application/pdf");
	call_answer_header(call, STR("Content-Disposition"), STR("inline; filename=\"chart.pdf\""));
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
	call_answer_header(call, STR("Referrer-Policy"), STR("no-referrer"));
}

void flow_chart_pdf(struct call *call)
{
	if (atomic_flag_test_and_set(&printing)) {
		act_refuse(call, ERROR_BUSY, "Another chart is being printed; ask again.");
		return;
	}
	print(call);
	atomic_flag_clear(&printing);
}
