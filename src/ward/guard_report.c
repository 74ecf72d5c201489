/* SPDX-License-Identifier: Apache-2.0
 * The trial of a policy is written by the trial alone (trial_runner.c): two people sign for what it says. Nobody
 * makes, changes or takes away such a MeasureReport through the FHIR interface; one of another Measure is free. */
#include "ward/guard.h"
#include "ward/trial_report.h"

static bool is_trial(const struct json *report)
{
	struct str measure = json_get_text(report, STR("measure"));
	return str_equal(str_slice(measure, 0, str_find_byte(measure, '|', 0)), STR(TRIAL_MEASURE));
}

enum error guard_report(const struct guarded *guarded)
{
	if (guarded->current != NULL && is_trial(guarded->current))
		return issue_add(
			guarded->issues, ERROR_CONFLICT, STR("MeasureReport"),
			"The report of a trial stays as it is: policies were signed on it. "
			"Try the policy anew (PlanDefinition/{id}/$try).");
	if (guarded->next != NULL && is_trial(guarded->next))
		return issue_add(guarded->issues, ERROR_INVALID, STR("MeasureReport.measure"),
				 "A trial of a policy is made by PlanDefinition/{id}/$try alone.");
	return ERROR_OK;
}
