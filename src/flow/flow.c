/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/flow.h"

#include "base/limits.h"
#include "flow/keep.h"
#include "flow/measure_files.h"
#include "flow/operations.h"

#define BODY LIMIT_OPERATION_BODY_BYTES_MAX
#define MEASURE_ARENA_BYTES ((size_t)32 * 1024 * 1024)

/* What is counted from the record takes long where there is much of it. */
static void evaluate_measure_handle(struct call *call)
{
	call_apart(call, flow_evaluate_measure);
}

static void referrals_handle(struct call *call)
{
	call_apart(call, flow_referrals);
}

static void round_handle(struct call *call)
{
	call_apart(call, flow_round);
}

static void occupancy_handle(struct call *call)
{
	call_apart(call, flow_occupancy);
}

static void sitrep_handle(struct call *call)
{
	call_apart(call, flow_sitrep);
}

static void weekly_reports_handle(struct call *call)
{
	call_apart(call, flow_weekly_reports);
}

static void summary_handle(struct call *call)
{
	call_apart(call, flow_summary);
}

static void chart_pdf_handle(struct call *call)
{
	call_apart(call, flow_chart_pdf);
}

static const struct route routes[] = {
	{ HTTP_POST, "/fhir/ServiceRequest/{id}/$assess", flow_assess, BODY, false,
	  "Answer criteria of eligibility for a referral: met, not met or unknown, and by whom." },
	{ HTTP_POST, "/fhir/ServiceRequest/{id}/$accept", flow_accept, BODY, false,
	  "Accept a referral to a ward." },
	{ HTTP_POST, "/fhir/ServiceRequest/{id}/$refuse", flow_refuse, BODY, false,
	  "Refuse a referral with a coded reason; it stays in the figures." },
	{ HTTP_POST, "/fhir/EpisodeOfCare/$admit", flow_admit, BODY, false,
	  "Admit a patient to a virtual ward: stay and plan in one commit." },
	{ HTTP_POST, "/fhir/EpisodeOfCare/{id}/$discharge", flow_discharge, BODY, false,
	  "End a stay and its plan with a summary for the GP; open alerts are resolved by rule." },
	{ HTTP_POST, "/fhir/EpisodeOfCare/{id}/$step-up", flow_step_up, BODY, false,
	  "The patient goes to a hospital bed: the schedule at home rests." },
	{ HTTP_POST, "/fhir/EpisodeOfCare/{id}/$return", flow_return, BODY, false,
	  "The patient is home again: the schedule goes on." },
	{ HTTP_POST, "/fhir/EpisodeOfCare/{id}/$review", flow_review, BODY, false,
	  "Record the daily review: who, plan, criteria for discharge." },
	{ HTTP_POST, "/fhir/EpisodeOfCare/{id}/$change-plan", flow_change_plan, BODY, false,
	  "Change the plan or its schedule: who and why." },
	{ HTTP_POST, "/fhir/EpisodeOfCare/{id}/$escalate", flow_escalate, BODY, false,
	  "Record a call to 999 or the hospital, or what came of it." },
	{ HTTP_GET, "/fhir/Measure/{id}/$evaluate-measure", evaluate_measure_handle, 0, false,
	  "Figures of a ward from the record, each with a List of what was counted." },
	{ HTTP_GET, "/flow/referrals", referrals_handle, 0, false,
	  "Referrals of a ward that wait for a decision or an admission." },
	{ HTTP_GET, "/flow/round", round_handle, 0, false, "The ward-round list of a ward." },
	{ HTTP_GET, "/flow/occupancy", occupancy_handle, 0, false,
	  "Beds, occupied and free, of a ward at an instant." },
	{ HTTP_GET, "/flow/sitrep", sitrep_handle, 0, false,
	  "The daily SitRep of a ward as CSV: 08:00 snapshot and the day before." },
	{ HTTP_GET, "/flow/weekly", weekly_reports_handle, 0, false,
	  "The reports of a past week of a ward, and which weeks have one." },
	{ HTTP_GET, "/flow/summary/{id}", summary_handle, 0, false,
	  "The discharge summary of a stay as a page to print." },
	{ HTTP_GET, "/fhir/EpisodeOfCare/{id}/$chart-pdf", chart_pdf_handle, 0, false,
	  "The whole chart of a stay as a PDF on A4: values, scores, alerts, plan." },
};
const struct route_table flow_routes = { routes, sizeof(routes) / sizeof(routes[0]) };

static enum error store_measure(struct store *store, struct arena *arena, struct str source)
{
	struct json *measure = NULL;
	enum error error = json_parse(arena, source, NULL, NULL, &measure);
	return error == ERROR_OK ? keep_once(store, arena, measure) : error;
}

enum error flow_start(struct store *store)
{
	enum error error = ERROR_OK;
	for (size_t i = 0; i < measure_file_count && error == ERROR_OK; i++) {
		struct arena arena;
		arena_init(&arena, MEASURE_ARENA_BYTES);
		error = store_measure(store, &arena, measure_files[i]);
		arena_done(&arena);
	}
	return error;
}
