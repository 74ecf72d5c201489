/* SPDX-License-Identifier: Apache-2.0
 * GET /flow/referrals?ward=: every referral that waits for a decision or, accepted, for its admission; the one
 * that has
 * waited longest first. Referrals that name no ward stand in every ward's list, so that somebody sees them. */
#include "flow/act.h"
#include "flow/operations.h"
#include "flow/page.h"
#include "flow/referral.h"

#include <stdlib.h>

struct waiting {
	struct waiting *next;
	struct json *request;
	struct str id;
	int64_t authored_us;
	bool addressed;
};
struct list {
	struct arena *arena;
	struct waiting *first;
	size_t count;
	bool addressed;
};

static bool visit_request(void *context, const struct store_version *version,
			  const struct json *request)
{
	struct list *list = context;
	struct waiting *waiting = ARENA_NEW(list->arena, struct waiting, 1);
	if (waiting == NULL)
		return false;
	waiting->request = json_copy(list->arena, request);
	waiting->id = arena_copy(list->arena, version->id);
	waiting->authored_us =
		record_instant(request, STR("authoredOn"), record_ms(version->at_us));
	waiting->addressed = list->addressed;
	waiting->next = list->first;
	list->first = waiting;
	list->count++;
	return waiting->request != NULL;
}

static enum error find_requests(struct record *record, struct list *list, struct str ward)
{
	struct arena *arena = list->arena;
	const struct search_argument code = { STR("code"),
					      record_token(arena, "ward-task", STR("referral")) };
	const struct search_argument status = { STR("status"), STR("active") };
	const struct search_argument own[] = {
		{ STR("performer"), record_reference(arena, "Organization", ward) }, code, status
	};
	const struct search_argument stray[] = { { STR("performer:missing"), STR("true") },
						 code,
						 status };
	struct record_search search = { "ServiceRequest", own, 3, visit_request, list };
	list->addressed = true;
	enum error error = record_each(record, &search);
	search.arguments = stray;
	list->addressed = false;
	return error == ERROR_OK ? record_each(record, &search) : error;
}

static int compare(const void *left, const void *right)
{
	const struct waiting *const *a = left, *const *b = right;
	if ((*a)->authored_us != (*b)->authored_us)
		return (*a)->authored_us < (*b)->authored_us ? -1 : 1;
	return str_compare((*a)->id, (*b)->id);
}

static struct str reason_of(const struct json *request)
{
	const struct json *reason = json_at(json_get(request, STR("reasonCode")), 0);
	struct str text = json_get_text(reason, STR("text"));
	return text.len > 0
		       ? text
		       : json_get_text(json_at(json_get(reason, STR("coding")), 0), STR("display"));
}

static struct str who(const struct json *reference)
{
	struct str name = json_get_text(reference, STR("display"));
	return name.len > 0 ? name : json_get_text(reference, STR("reference"));
}

static enum error put_referral(struct facts *facts, const struct json *action,
			       const struct waiting *waiting, struct json *list)
{
	struct arena *arena = facts->arena;
	struct json *one = json_new(arena, JSON_OBJECT), *task = NULL, *patient = NULL;
	struct facts_person *person = NULL;
	int64_t version;
	const struct json *request = waiting->request;
	enum error error = facts_person(
		facts, model_reference_id(json_get(request, STR("subject")), STR("Patient")), false,
		&person);
	if (error == ERROR_OK)
		error = record_read(facts->record, "Patient", person->id, &patient, &version);
	if (error == ERROR_OK || error == ERROR_NOT_FOUND)
		error = record_read(facts->record, "Task", eligibility_task_id(arena, waiting->id),
				    &task, &version);
	if (error != ERROR_OK && error != ERROR_NOT_FOUND)
		return error;
	if (one == NULL)
		return ERROR_LIMIT;
	const struct json *outcome = referral_decision(request, STR("outcome"));
	print_string(arena, one, STR("id"), waiting->id);
	json_add(one, STR("patient"), page_patient(arena, person, facts->now_us));
	page_text(arena, one, STR("ward"), waiting->addressed ? facts->ward : STR(""));
	print_string(arena, one, STR("state"), outcome == NULL ? STR("waiting") : STR("accepted"));
	print_string(arena, one, STR("source"), facts_referral_source(request));
	page_text(arena, one, STR("reason"), reason_of(request));
	page_text(arena, one, STR("priority"), json_get_text(request, STR("priority")));
	page_text(arena, one, STR("requester"), who(json_get(request, STR("requester"))));
	page_time(arena, one, STR("authored"), waiting->authored_us);
	page_number(arena, one, STR("waitingMinutes"),
		    facts->now_us > waiting->authored_us
			    ? (facts->now_us - waiting->authored_us) / DATE_US_PER_MIN
			    : 0);
	page_time(arena, one, STR("decidedAt"),
		  record_instant(referral_decision(request, STR("at")), STR("valueDateTime"),
				 PAGE_TIME_NONE));
	page_text(arena, one, STR("decidedBy"),
		  who(json_get(referral_decision(request, STR("by")), STR("valueReference"))));
	page_text(arena, one, STR("eligibility"),
		  task == NULL ? STR("") : json_get_text(task, STR("id")));
	const struct eligibility_facts known = { .patient = patient, .now_us = facts->now_us };
	json_add(one, STR("criteria"), eligibility_json(arena, action, task, &known));
	json_append(list, one);
	return ERROR_OK;
}

static enum error print_list(struct facts *facts, const struct json *ward, struct json *list)
{
	struct list found = { .arena = facts->arena };
	const struct json *action = NULL;
	enum error error = find_requests(facts->record, &found, facts->ward);
	if (error == ERROR_OK)
		error = eligibility_criteria(facts->record, eligibility_policy_of_ward(ward),
					     STR("eligibility"), &action);
	struct waiting **sorted = ARENA_NEW(facts->arena, struct waiting *, found.count + 1);
	if (sorted == NULL)
		return ERROR_LIMIT;
	size_t count = 0;
	for (struct waiting *at = found.first; at != NULL; at = at->next)
		sorted[count++] = at;
	if (count > 1)
		qsort(sorted, count, sizeof(struct waiting *), compare);
	for (size_t i = 0; i < count && error == ERROR_OK; i++)
		error = put_referral(facts, action, sorted[i], list);
	return error;
}

void flow_referrals(struct call *call)
{
	struct record record;
	struct json *ward = NULL;
	struct json *list = json_new(&call->arena, JSON_ARRAY);
	struct facts facts = { .record = &record,
			       .arena = &call->arena,
			       .now_us = act_now_us(call) };
	if (!operation_ward(call, &facts.ward, &ward) || !record_open(&record, call))
		return;
	enum error error = print_list(&facts, ward, list);
	facts_done(&facts);
	record_close(&record);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		act_answer_page(call, list);
}
