/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/flow.h"

#include "base/limits.h"
#include "flow/keep.h"
#include "flow/measure_files.h"
#include "flow/operations.h"

#define BODY LIMIT_OPERATION_BODY_BYTES_MAX
#define MEASURE_ARENA_BYTES ((size_t)32 * 1024 * 1024)

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
	{ HTTP_GET, "/fhir/Measure/{id}/$evaluate-measure", flow_evaluate_measure, 0, false,
	  "Figures of a ward from the record, each with a List of what was counted." },
	{ HTTP_GET, "/flow/referrals", flow_referrals, 0, false,
	  "Referrals of a ward that wait for a decision or an admission." },
	{ HTTP_GET, "/flow/round", flow_round, 0, false, "The ward-round list of a ward." },
	{ HTTP_GET, "/flow/occupancy", flow_occupancy, 0, false,
	  "Beds, occupied and free, of a ward at an instant." },
	{ HTTP_GET, "/flow/sitrep", flow_sitrep, 0, false,
	  "The daily SitRep of a ward as CSV: 08:00 snapshot and the day before." },
	{ HTTP_GET, "/flow/weekly", flow_weekly_reports, 0, false,
	  "The reports of a past week of a ward, and which weeks have one." },
	{ HTTP_GET, "/flow/summary/{id}", flow_summary, 0, false,
	  "The discharge summary of a stay as a page to print." },
	{ HTTP_GET, "/fhir/EpisodeOfCare/{id}/$chart-pdf", flow_chart_pdf, 0, false,
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
