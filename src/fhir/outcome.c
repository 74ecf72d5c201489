/* SPDX-License-Identifier: Apache-2.0
 * OperationOutcome (source: hl7.org/fhir/R4/operationoutcome.html). */
#include "fhir/fhir.h"

static struct str severity_name(enum issue_severity severity)
{
	switch (severity) {
	case ISSUE_FATAL:
		return STR("fatal");
	case ISSUE_WARNING:
		return STR("warning");
	case ISSUE_INFORMATION:
		return STR("information");
	case ISSUE_ERROR:
	default:
		return STR("error");
	}
}

static void add_issue(struct arena *arena, struct json *list, const struct issue *issue)
{
	struct json *row = json_append(list, json_new(arena, JSON_OBJECT));
	struct str code = issue->code.len > 0 ? issue->code : error_row(issue->error)->issue_type;

	if (row == NULL)
		return;
	json_add(row, STR("severity"), json_new_string(arena, severity_name(issue->severity)));
	json_add(row, STR("code"), json_new_string(arena, code));
	if (issue->diagnostics.len > 0)
		json_add(row, STR("diagnostics"), json_new_string(arena, issue->diagnostics));
	if (issue->expression.len > 0) {
		struct json *array = json_add(row, STR("expression"), json_new(arena, JSON_ARRAY));

		if (array != NULL)
			json_append(array, json_new_string(arena, issue->expression));
	}
}

struct json *fhir_outcome(struct arena *arena, enum error error, const struct issues *issues)
{
	struct json *outcome = json_new(arena, JSON_OBJECT);
	struct json *list;

	if (outcome == NULL)
		return NULL;
	json_add(outcome, STR("resourceType"), json_new_string(arena, STR("OperationOutcome")));
	list = json_add(outcome, STR("issue"), json_new(arena, JSON_ARRAY));
	if (list == NULL)
		return NULL;
	for (const struct issue *issue = issues == NULL ? NULL : issues->first; issue != NULL;
	     issue = issue->next)
		add_issue(arena, list, issue);
	if (list->child == NULL) {
		struct issue meaning = { .error = error, .diagnostics = error_row(error)->meaning };

		meaning.severity = error == ERROR_OK ? ISSUE_INFORMATION : ISSUE_ERROR;
		add_issue(arena, list, &meaning);
	}
	return arena->failed ? NULL : outcome;
}
