/* SPDX-License-Identifier: Apache-2.0
 * GET /flow/round?ward=: the list of the daily ward round, longest stay first: how each patient was in the
 * last 24 hours,
 * what is open, what was planned and when they were last reviewed. */
#include "flow/act.h"
#include "flow/day.h"
#include "flow/eligibility.h"
#include "flow/operations.h"
#include "flow/page.h"

#include <stdlib.h>

#define SPAN_US (24 * DATE_US_PER_HOUR)
/* A stay may begin a little ahead of our clock. */
#define AHEAD_US (3 * DATE_US_PER_MIN)

struct tasks {
	struct arena *arena;
	const struct facts *facts;
	struct str episode;
	struct json *open, *escalations;
	struct json *review;
	struct str open_level; /* the worst */
	int64_t alerts_24h, reviewed_us;
};

static bool is_open(struct str status)
{
	return str_equal(status, STR("requested")) || str_equal(status, STR("received")) ||
	       str_equal(status, STR("accepted"));
}

/* The worse of two levels; the first in the list when neither is known. */
static struct str worse(struct str a, struct str b)
{
	static const char *const levels[] = { "technical", "low", "medium", "high", "emergency" };
	size_t found = 0;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (str_equal(a, str_from_c(levels[i])) || str_equal(b, str_from_c(levels[i])))
			found = i;
	}
	return str_from_c(levels[found]);
}

static void put_alert(struct tasks *tasks, const struct store_version *version,
		      const struct json *task)
{
	struct arena *arena = tasks->arena;
	struct json *one = json_new(arena, JSON_OBJECT);
	struct str level =
		json_get_text(model_extension(task, STR("alert-level")), STR("valueCode"));
	if (one == NULL)
		return;
	tasks->open_level = worse(tasks->open_level, level);
	print_string(arena, one, STR("id"), version->id);
	print_string(arena, one, STR("rule"),
		     record_code(json_get(task, STR("code")), "ward-rule"));
	page_text(arena, one, STR("title"), json_get_text(task, STR("description")));
	page_text(arena, one, STR("level"), level);
	print_string(arena, one, STR("status"), json_get_text(task, STR("status")));
	page_text(arena, one, STR("raisedAt"), json_get_text(task, STR("authoredOn")));
	json_append(tasks->open, one);
}

static struct str who(const struct json *task)
{
	const struct json *owner = json_get(task, STR("owner"));
	struct str name = json_get_text(owner, STR("display"));
	return name.len > 0 ? name : json_get_text(owner, STR("reference"));
}

static void put_escalation(struct tasks *tasks, const struct store_version *version,
			   const struct json *task)
{
	struct arena *arena = tasks->arena;
	struct json *one = json_new(arena, JSON_OBJECT);
	if (one == NULL)
		return;
	const struct json *list = json_get(task, STR("output"));
	struct str to = { NULL, 0 }, outcome = { NULL, 0 };
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		struct str type = record_code(json_get(at, STR("type")), "ward-task");
		if (str_equal(type, STR("to")))
			to = json_get_text(at, STR("valueCode"));
		if (str_equal(type, STR("outcome")))
			outcome = json_get_text(at, STR("valueString"));
	}
	print_string(arena, one, STR("id"), version->id);
	page_text(arena, one, STR("at"), json_get_text(task, STR("authoredOn")));
	page_text(arena, one, STR("by"), who(task));
	page_text(arena, one, STR("to"), to);
	page_text(arena, one, STR("reason"), json_get_text(task, STR("description")));
	page_text(arena, one, STR("outcome"), outcome);
	json_append(tasks->escalations, one);
}

static bool visit_task(void *context, const struct store_version *version, const struct json *task)
{
	struct tasks *tasks = context;
	const struct json *episode =
		json_get(model_extension(task, STR("episode")), STR("valueReference"));
	if (!str_equal(model_reference_id(episode, STR("EpisodeOfCare")), tasks->episode))
		return true;
	int64_t at_us = record_instant(task, STR("authoredOn"), record_ms(version->at_us));
	struct str kind = record_code(json_get(task, STR("code")), "ward-task");
	if (record_code(json_get(task, STR("code")), "ward-rule").len > 0) {
		tasks->alerts_24h += facts_in(tasks->facts, at_us) ? 1 : 0;
		if (is_open(json_get_text(task, STR("status"))))
			put_alert(tasks, version, task);
	} else if (str_equal(kind, STR("escalation"))) {
		put_escalation(tasks, version, task);
	} else if (str_equal(kind, STR("review")) && at_us >= tasks->reviewed_us) {
		tasks->review = json_copy(tasks->arena, task);
		tasks->reviewed_us = at_us;
	}
	return !tasks->arena->failed;
}

static enum error read_tasks(const struct facts *facts, const struct facts_stay *stay,
			     struct tasks *tasks)
{
	struct arena *arena = facts->arena;
	*tasks = (struct tasks){ .arena = arena,
				 .facts = facts,
				 .episode = stay->id,
				 .open = json_new(arena, JSON_ARRAY),
				 .escalations = json_new(arena, JSON_ARRAY),
				 .reviewed_us = PAGE_TIME_NONE };
	const struct search_argument arguments[] = {
		{ STR("patient"), record_reference(arena, "Patient", stay->person->id) },
		{ STR("authored-on"), record_bound(arena, "ge", stay->start_us - DATE_US_PER_DAY) },
	};
	const struct record_search search = { "Task", arguments, 2, visit_task, tasks };
	return record_each(facts->record, &search);
}

/* Totals of the last 24 hours; a partial total is what is known at least, and says so. */
static struct json *scores_json(const struct facts *facts, const struct facts_stay *stay)
{
	struct arena *arena = facts->arena;
	const struct facts_set *now = NULL;
	int64_t least = INT64_MAX, most = INT64_MIN, count = 0;
	for (const struct facts_set *set = stay->sets; set != NULL; set = set->next) {
		if (!facts_in(facts, set->at_us))
			continue;
		now = now == NULL ? set : now;
		least = set->total < least ? set->total : least;
		most = set->total > most ? set->total : most;
		count++;
	}
	struct json *scores = json_new(arena, now == NULL ? JSON_NULL : JSON_OBJECT);
	if (now == NULL || scores == NULL)
		return scores;
	page_number(arena, scores, STR("sets"), count);
	page_number(arena, scores, STR("min"), least);
	page_number(arena, scores, STR("max"), most);
	page_number(arena, scores, STR("now"), now->total);
	page_time(arena, scores, STR("nowAt"), now->at_us);
	page_text(arena, scores, STR("level"), now->level);
	json_add(scores, STR("complete"), json_new_bool(arena, now->complete));
	page_number(arena, scores, STR("low"), now->low);
	page_number(arena, scores, STR("high"), now->high);
	return scores;
}

static struct json *review_json(struct arena *arena, const struct json *task)
{
	struct json *review = json_new(arena, task == NULL ? JSON_NULL : JSON_OBJECT);
	const struct json *notes = json_get(task, STR("note"));
	if (task == NULL || review == NULL)
		return review;
	page_text(arena, review, STR("at"), json_get_text(task, STR("authoredOn")));
	page_text(arena, review, STR("by"), who(task));
	page_text(arena, review, STR("plan"), json_get_text(json_at(notes, 0), STR("text")));
	return review;
}

static struct json *note_json(struct arena *arena, const struct json *plan)
{
	const struct json *notes = json_get(plan, STR("note"));
	const struct json *last =
		notes == NULL || notes->count == 0 ? NULL : json_at(notes, notes->count - 1);
	struct json *note = json_new(arena, last == NULL ? JSON_NULL : JSON_OBJECT);
	if (last == NULL || note == NULL)
		return note;
	const struct json *author = json_get(last, STR("authorReference"));
	struct str by = json_get_text(last, STR("authorString"));
	if (by.len == 0)
		by = json_get_text(author, STR("display"));
	page_text(arena, note, STR("text"), json_get_text(last, STR("text")));
	page_text(arena, note, STR("by"),
		  by.len > 0 ? by : json_get_text(author, STR("reference")));
	page_text(arena, note, STR("at"), json_get_text(last, STR("time")));
	return note;
}

static enum error put_patient(struct facts *facts, const struct facts_stay *stay, struct json *list)
{
	struct arena *arena = facts->arena;
	struct tasks tasks;
	struct json *plan = NULL, *patient = NULL, *one = json_new(arena, JSON_OBJECT);
	const struct json *action = NULL;
	int64_t version, now_us = facts->now_us;
	enum error error = read_tasks(facts, stay, &tasks);
	if (error == ERROR_OK)
		error = record_read(facts->record, "CarePlan", stay->plan, &plan, &version);
	struct str policy = json_text(json_at(json_get(plan, STR("instantiatesCanonical")), 0));
	if (error == ERROR_OK)
		error = eligibility_criteria(facts->record, policy, STR("discharge-criteria"),
					     &action);
	if (error == ERROR_OK || error == ERROR_NOT_FOUND)
		error = record_read(facts->record, "Patient", stay->person->id, &patient, &version);
	if ((error != ERROR_OK && error != ERROR_NOT_FOUND) || one == NULL)
		return one == NULL ? ERROR_LIMIT : error;
	print_string(arena, one, STR("episode"), stay->id);
	json_add(one, STR("patient"), page_patient(arena, stay->person, now_us));
	/* The first set makes a stay out of an onboarding. */
	print_string(arena, one, STR("stay"),
		     str_equal(stay->status, STR("onhold")) ? STR("onhold")
		     : stay->sets == NULL                   ? STR("onboarding")
							    : STR("active"));
	page_time(arena, one, STR("admitted"), stay->start_us);
	page_number(arena, one, STR("day"), day_of(now_us) - day_of(stay->start_us) + 1);
	page_text(arena, one, STR("policy"), policy);
	json_add(one, STR("scores"), scores_json(facts, stay));
	json_add(one, STR("openAlerts"), tasks.open);
	page_number(arena, one, STR("alerts24h"), tasks.alerts_24h);
	page_number(arena, one, STR("missed24h"), stay->missed_count);
	json_add(one, STR("plan"), note_json(arena, plan));
	json_add(one, STR("lastReview"), review_json(arena, tasks.review));
	json_add(one, STR("reviewDue"),
		 json_new_bool(arena,
			       tasks.review == NULL || day_of(tasks.reviewed_us) < day_of(now_us)));
	const struct eligibility_facts known = { .patient = patient,
						 .now_us = now_us,
						 .has_stay = true,
						 .open_level = tasks.open_level,
						 .record = facts->record };
	json_add(one, STR("criteria"), eligibility_json(arena, action, tasks.review, &known));
	json_add(one, STR("escalations"), tasks.escalations);
	json_append(list, one);
	return arena->failed ? ERROR_LIMIT : ERROR_OK;
}

static int compare(const void *left, const void *right)
{
	const struct facts_stay *const *a = left, *const *b = right;
	if ((*a)->start_us != (*b)->start_us)
		return (*a)->start_us < (*b)->start_us ? -1 : 1;
	return str_compare((*a)->id, (*b)->id);
}

static enum error print_round(struct facts *facts, struct json *list)
{
	size_t count = 0;
	enum error error = facts_gather(facts, FACTS_SETS);
	if (error != ERROR_OK)
		return error;
	for (const struct facts_stay *at = facts->stays; at != NULL; at = at->next)
		count++;
	const struct facts_stay **sorted =
		ARENA_NEW(facts->arena, const struct facts_stay *, count + 1);
	if (sorted == NULL)
		return ERROR_LIMIT;
	count = 0;
	for (const struct facts_stay *at = facts->stays; at != NULL; at = at->next) {
		if (!str_equal(at->status, STR("finished")) && facts_is_ours(at, facts->now_us))
			sorted[count++] = at;
	}
	if (count > 1)
		qsort(sorted, count, sizeof(struct facts_stay *), compare);
	for (size_t i = 0; i < count && error == ERROR_OK; i++)
		error = put_patient(facts, sorted[i], list);
	return error;
}

void flow_round(struct call *call)
{
	struct record record;
	struct json *ward = NULL;
	struct json *list = json_new(&call->arena, JSON_ARRAY);
	int64_t now_us = act_now_us(call);
	struct facts facts = { .record = &record,
			       .from_us = now_us - SPAN_US,
			       .to_us = now_us + AHEAD_US };
	if (!operation_ward(call, &facts.ward, &ward) || !record_open(&record, call))
		return;
	enum error error = print_round(&facts, list);
	facts_done(&facts);
	record_close(&record);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		act_answer_page(call, list);
}
