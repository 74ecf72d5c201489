/* SPDX-License-Identifier: Apache-2.0
 * PlanDefinition/{id}/$try: what a policy would have done on the stored history of the wards. The request is answered
 * at once with where to ask (FHIR's asynchronous pattern); the answer in the end is a Bundle with the MeasureReport.
 * docs/decisions/0015. */
#include "ward/operation.h"

#include "base/limits.h"
#include "ward/runner.h"
#include "ward/trial_proof.h"
#include "ward/trial_runner.h"

static struct trial_runner *runner_of(struct call *call)
{
	const struct ward *ward = server_room(call->server, "ward");
	if (ward != NULL)
		return ward->trial;
	call_fail(call, issue_add(&call->issues, ERROR_BUSY, STR(""), "The ward is starting."));
	return NULL;
}

/* --- answers --------------------------------------------------------------------------------- */

static void answer_text(struct call *call, unsigned status, struct text *text)
{
	struct str view = text_view(text);
	if (text->failed) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	call->status = status;
	call->answer = view;
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
}

static void put_outcome(struct text *text, const char *severity, const char *code, struct str words)
{
	text_put_format(text,
			"{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"%s\","
			"\"code\":\"%s\",\"diagnostics\":",
			severity, code);
	json_print_string(text, words);
	text_put_c(text, "}]}");
}

static void answer_running(struct call *call, const struct trial_status *status)
{
	struct text address, text;
	char progress[40];
	struct str base = server_base_url(call->server);
	text_init(&address, &call->arena, base.len + 300);
	text_put_format(&address, "%.*s/PlanDefinition/%s/$try/%s", STR_ARG(base), status->plan,
			status->id);
	model_format(progress, sizeof(progress), "%d %% of the stored history", status->percent);
	call_answer_header(call, STR("Content-Location"), text_view(&address));
	call_answer_header(call, STR("X-Progress"), str_from_c(progress));
	call_answer_header(call, STR("Retry-After"), STR("1"));
	text_init(&text, &call->arena, 1000);
	put_outcome(&text, "information", "informational", str_from_c(progress));
	answer_text(call, 202, &text);
}

/* A batch-response of one entry: the report, or what became of it instead. */
static void answer_entry(struct call *call, const char *status, struct str reference,
			 const struct json *report, const char *why)
{
	struct text text;
	text_init(&text, &call->arena, LIMIT_BODY_BYTES_MAX);
	text_put_c(&text, "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[{");
	if (report != NULL) {
		text_put_c(&text, "\"fullUrl\":");
		struct text url;
		text_init(&url, &call->arena, LIMIT_URL_BYTES_MAX);
		text_put_format(&url, "%.*s/%.*s", STR_ARG(server_base_url(call->server)),
				STR_ARG(reference));
		json_print_string(&text, text_view(&url));
		text_put_c(&text, ",\"resource\":");
		json_print(&text, report);
		text_put_c(&text, ",");
	}
	text_put_format(&text, "\"response\":{\"status\":\"%s\"", status);
	if (report != NULL) {
		text_put_c(&text, ",\"location\":");
		json_print_string(&text, reference);
	} else {
		text_put_c(&text, ",\"outcome\":");
		put_outcome(&text, "error", "not-found", str_from_c(why));
	}
	text_put_c(&text, "}}]}");
	answer_text(call, 200, &text);
}

/* --- what is asked for ----------------------------------------------------------------------- */

static bool read_ward(struct call *call, const struct json *parameter,
		      struct trial_request *request)
{
	struct json *organization = NULL;
	int64_t version = 0;
	struct str id =
		model_reference_id(json_get(parameter, STR("valueReference")), STR("Organization"));
	if (id.len == 0 || request->ward_count == TRIAL_WARDS_MAX) {
		operation_refuse(call, ERROR_BAD_REQUEST,
				 "`ward` has a valueReference such as Organization/id, and there "
				 "are at most %d of them.",
				 TRIAL_WARDS_MAX);
		return false;
	}
	request->wards[request->ward_count++] = id;
	return operation_read(call, STR("Organization"), id, &organization, &version);
}

/* A date without a time counts from its start, and to its end. */
static bool read_time(struct call *call, const struct json *parameters, const char *name,
		      int64_t *ret_us)
{
	const struct json *found = operation_parameter(parameters, str_from_c(name));
	struct str text = json_get_text(found, STR("valueDateTime"));
	struct date date;
	if (found == NULL)
		return true;
	if (text.len == 0)
		text = json_get_text(found, STR("valueInstant"));
	if (text.len == 0)
		text = json_get_text(found, STR("valueDate"));
	if (date_parse(text, DATE_KIND_DATETIME, &date) != ERROR_OK) {
		operation_refuse(call, ERROR_BAD_REQUEST,
				 "`%s` has a valueDateTime such as 2026-11-01T00:00:00Z.", name);
		return false;
	}
	*ret_us = name[0] == 't' && date.precision < DATE_MINUTE ? date.high_us : date.low_us;
	return true;
}

static bool read_request(struct call *call, struct trial_request *request)
{
	struct json *parameters = NULL;
	request->from_us = INT64_MIN;
	request->to_us = INT64_MAX;
	if (str_trim(call->body).len == 0)
		return true;
	parameters = operation_parameters(call);
	if (parameters == NULL || !read_time(call, parameters, "from", &request->from_us) ||
	    !read_time(call, parameters, "to", &request->to_us))
		return false;
	if (request->from_us >= request->to_us) {
		operation_refuse(call, ERROR_INVALID, "`from` must be before `to`.");
		return false;
	}
	const struct json *list = json_get(parameters, STR("parameter"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (str_equal(json_get_text(at, STR("name")), STR("ward")) &&
		    !read_ward(call, at, request))
			return false;
	}
	return operation_parameter(parameters, STR("by")) == NULL ||
	       operation_by(call, parameters, &request->subject.by_reference,
			    &request->subject.by_name);
}

/* The policy must be one that could be signed but for the trial: every reason against it by name. */
static bool read_plan(struct call *call, struct trial_request *request)
{
	struct policy *policy = ARENA_NEW(&call->arena, struct policy, 1);
	struct json *plan = NULL;
	struct text text;
	char *digest = arena_take(&call->arena, TRIAL_DIGEST_BYTES, 1);
	struct trial_subject *subject = &request->subject;
	if (!operation_read(call, STR("PlanDefinition"), call->path_parts[0], &plan,
			    &subject->plan_version))
		return false;
	text_init(&text, &call->arena, LIMIT_BODY_BYTES_MAX);
	json_print(&text, plan);
	if (policy == NULL || digest == NULL || text.failed) {
		call_fail(call, ERROR_LIMIT);
		return false;
	}
	if (!policy_is_ward(plan)) {
		call_fail(call, issue_add(&call->issues, ERROR_INVALID, STR("PlanDefinition"),
					  "This PlanDefinition is no policy of a ward."));
		return false;
	}
	if (!policy_read(plan, &call->issues, policy)) {
		call_fail(call, ERROR_INVALID);
		return false;
	}
	policy_digest(&call->arena, plan, digest);
	request->policy = text_view(&text);
	subject->plan_id = json_get_text(plan, STR("id"));
	subject->canonical = policy_canonical(&call->arena, plan);
	subject->digest = str_from_c(digest);
	subject->at_us = clock_now_us(server_clock(call->server));
	return subject->digest.len > 0;
}

/* --- routes ---------------------------------------------------------------------------------- */

void operation_try(struct call *call)
{
	struct trial_runner *runner = runner_of(call);
	struct trial_request *request = ARENA_NEW(&call->arena, struct trial_request, 1);
	struct trial_status status;
	if (runner == NULL)
		return;
	if (request == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (!read_request(call, request) || !read_plan(call, request))
		return;
	enum error error = trial_runner_start(runner, request, &status);
	if (error == ERROR_OK)
		answer_running(call, &status);
	else
		call_fail(call, issue_add(&call->issues, error, STR(""),
					  "One trial runs at a time, and another one runs now: try "
					  "again when it has ended."));
}

/* In the record when it is not in memory: the report has the id of its trial. */
static void answer_stored(struct call *call, struct str id)
{
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	struct store_version version = { 0 };
	struct json *report = NULL;
	struct text reference;
	if (reader == NULL) {
		call_fail(call, ERROR_BUSY);
		return;
	}
	enum error error = store_read(reader, &call->arena,
				      fhir_resource_find(STR("MeasureReport")), id, &version);
	store_reader_return(reader);
	text_init(&reference, &call->arena, MODEL_REFERENCE_BYTES);
	text_put_format(&reference, "MeasureReport/%.*s", STR_ARG(id));
	if (error == ERROR_OK && str_equal(version.origin, STR(TRIAL_ORIGIN)) &&
	    json_parse(&call->arena, version.body, NULL, NULL, &report) == ERROR_OK)
		answer_entry(call, "200 OK", text_view(&reference), report, "");
	else
		call_fail(
			call,
			issue_add(&call->issues, ERROR_NOT_FOUND, STR(""),
				  "No such trial: it was stopped, or ended with the server before "
				  "it was done. Try the policy again."));
}

static void answer_status(struct call *call, const struct trial_status *status)
{
	if (status->state == TRIAL_RUNNING)
		answer_running(call, status);
	else if (status->state == TRIAL_FAILED)
		answer_entry(call, "500 Internal Server Error", STR(""), NULL, status->why);
	else
		answer_stored(call, call->path_parts[1]);
}

void operation_try_ask(struct call *call)
{
	struct trial_runner *runner = runner_of(call);
	struct trial_status status = { 0 };
	if (runner == NULL)
		return;
	trial_runner_look(runner, &status);
	if (!str_equal(str_from_c(status.id), call->path_parts[1]))
		status = (struct trial_status){ .state = TRIAL_NONE };
	answer_status(call, &status);
}

void operation_try_stop(struct call *call)
{
	struct trial_runner *runner = runner_of(call);
	struct text text;
	if (runner == NULL)
		return;
	if (!trial_runner_stop(runner, call->path_parts[1])) {
		call_fail(call, issue_add(&call->issues, ERROR_NOT_FOUND, STR(""),
					  "No such trial runs."));
		return;
	}
	text_init(&text, &call->arena, 1000);
	put_outcome(&text, "information", "informational", STR("The trial is told to stop."));
	answer_text(call, 202, &text);
}

void operation_try_newest(struct call *call)
{
	struct trial_runner *runner = runner_of(call);
	struct trial_status status = { 0 };
	struct trial_proof *proof = ARENA_NEW(&call->arena, struct trial_proof, 1);
	struct json *plan = NULL;
	int64_t version = 0;
	if (runner == NULL ||
	    !operation_read(call, STR("PlanDefinition"), call->path_parts[0], &plan, &version))
		return;
	if (proof == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	trial_runner_look(runner, &status);
	if (status.state == TRIAL_RUNNING &&
	    str_equal(str_from_c(status.plan), call->path_parts[0]))
		answer_running(call, &status);
	else if (!trial_proof_find(call, plan, STR(""), proof))
		return;
	else if (proof->reference.len > 0)
		answer_entry(call, "200 OK", proof->reference, proof->report, "");
	else
		answer_entry(call, "404 Not Found", STR(""), NULL, proof->why);
}
