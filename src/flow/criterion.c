/* SPDX-License-Identifier: Apache-2.0
 * One criterion of a policy and what answers it. The record answers what it can see: age, open alerts,
 * temperatures of the
 * last hours. A temperature of 38.0 is a fever (ward.md section 1.5, the strictest of its sources); hours
 * without any
 * temperature are no hours without fever. */
#include "flow/eligibility.h"

#include "ward/print.h"

struct criterion eligibility_criterion(struct arena *arena, const struct json *child, size_t number)
{
	const struct json *parts =
		json_get(model_extension(child, STR("criterion")), STR("extension"));
	struct criterion criterion = { .id = json_get_text(child, STR("id")),
				       .title = json_get_text(child, STR("title")) };
	struct text id;
	text_init(&id, arena, 40);
	text_put_format(&id, "criterion-%zu", number);
	if (criterion.id.len == 0)
		criterion.id = text_view(&id);
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		if (str_equal(json_get_text(at, STR("url")), STR("kind")))
			criterion.kind = json_get_text(at, STR("valueCode"));
		for (const struct json *member = at->child; member != NULL; member = member->next) {
			if (str_equal(json_get_text(at, STR("url")), STR("value")) &&
			    str_starts_with(json_name(member), STR("value")))
				criterion.value = member;
		}
	}
	return criterion;
}

/* --- what the record says ------------------------------------------------------------------- */

enum answer { ANSWER_UNKNOWN, ANSWER_MET, ANSWER_NOT_MET };

static enum answer answer_of(bool met)
{
	return met ? ANSWER_MET : ANSWER_NOT_MET;
}

static enum answer check_age(const struct criterion *criterion,
			     const struct eligibility_facts *facts)
{
	struct date birth;
	int64_t years;
	if (date_parse(json_get_text(facts->patient, STR("birthDate")), DATE_KIND_DATE, &birth) !=
		    ERROR_OK ||
	    !str_to_i64(json_text(criterion->value), &years))
		return ANSWER_UNKNOWN;
	int age = date_age_years(birth, facts->now_us);
	if (age < 0)
		return ANSWER_UNKNOWN;
	return answer_of(str_equal(criterion->kind, STR("age-from")) ? age >= years : age <= years);
}

static enum answer check_alerts(const struct criterion *criterion,
				const struct eligibility_facts *facts)
{
	static const char *const levels[] = { "technical", "low", "medium", "high", "emergency" };
	size_t allowed = 0, open = 0;
	if (!facts->has_stay)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (str_equal(str_from_c(levels[i]), json_text(criterion->value)))
			allowed = i;
		if (str_equal(str_from_c(levels[i]), facts->open_level))
			open = i;
	}
	return answer_of(open <= allowed);
}

struct temperatures {
	bool any, fever;
};

static bool visit_temperature(void *context, const struct store_version *version,
			      const struct json *reading)
{
	struct temperatures *found = context;
	const struct json *quantity = json_get(reading, STR("valueQuantity"));
	struct decimal value, limit = { 380, -1 }, fahrenheit = { 1004, -1 };
	(void)version;
	if (str_equal(json_get_text(reading, STR("status")), STR("entered-in-error")) ||
	    !decimal_read(json_get_text(quantity, STR("value")), &value))
		return true;
	if (str_equal(json_get_text(quantity, STR("code")), STR("[degF]")))
		limit = fahrenheit;
	found->any = true;
	found->fever = found->fever || decimal_compare(value, limit) >= 0;
	return true;
}

static enum answer check_fever(const struct criterion *criterion,
			       const struct eligibility_facts *facts)
{
	struct temperatures found = { false, false };
	int64_t hours;
	if (!facts->has_stay || !str_to_i64(json_text(criterion->value), &hours) || hours > 1000)
		return ANSWER_UNKNOWN;
	struct arena *arena = &facts->record->call->arena;
	const struct search_argument arguments[] = {
		{ STR("subject"),
		  record_reference(arena, "Patient", json_get_text(facts->patient, STR("id"))) },
		{ STR("code"), STR("http://loinc.org|8310-5,http://snomed.info/sct|276885007") },
		{ STR("date"),
		  record_bound(arena, "ge", facts->now_us - hours * DATE_US_PER_HOUR) },
	};
	const struct record_search search = { "Observation", arguments, 3, visit_temperature,
					      &found };
	if (record_each(facts->record, &search) != ERROR_OK || !found.any)
		return ANSWER_UNKNOWN;
	return answer_of(!found.fever);
}

static enum answer check(const struct criterion *criterion, const struct eligibility_facts *facts)
{
	if (criterion->value == NULL)
		return ANSWER_UNKNOWN;
	if (str_equal(criterion->kind, STR("age-from")) ||
	    str_equal(criterion->kind, STR("age-to")))
		return check_age(criterion, facts);
	if (str_equal(criterion->kind, STR("open-alerts-above")))
		return check_alerts(criterion, facts);
	if (str_equal(criterion->kind, STR("hours-without-fever")))
		return check_fever(criterion, facts);
	return ANSWER_UNKNOWN;
}

/* --- answers -------------------------------------------------------------------------------- */

struct eligibility_answer eligibility_answer(const struct criterion *criterion,
					     const struct json *task,
					     const struct eligibility_facts *facts)
{
	static const struct str words[] = { STR_INIT("unknown"), STR_INIT("met"),
					    STR_INIT("not-met") };
	const struct json *list = json_get(task, STR("output"));
	struct eligibility_answer found = { .answer = STR("unknown") };
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (!str_equal(record_code(json_get(at, STR("type")), "ward-task"), criterion->id))
			continue;
		found.answer = json_get_text(at, STR("valueCode")); /* the last answer counts */
		found.by = STR("person");
	}
	if (found.by.len > 0)
		return found;
	enum answer answer = check(criterion, facts);
	found.answer = words[answer];
	if (answer != ANSWER_UNKNOWN)
		found.by = STR("record");
	return found;
}

struct eligibility eligibility_count(struct arena *arena, const struct json *action,
				     const struct json *task, const struct eligibility_facts *facts)
{
	struct eligibility count = { 0 };
	const struct json *list = json_get(action, STR("action"));
	size_t number = 0;
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		struct criterion criterion = eligibility_criterion(arena, at, ++number);
		struct str answer = eligibility_answer(&criterion, task, facts).answer;
		if (str_equal(answer, STR("met")))
			count.met++;
		else if (str_equal(answer, STR("not-met")))
			count.not_met++;
		else
			count.unknown++;
	}
	return count;
}

struct json *eligibility_json(struct arena *arena, const struct json *action,
			      const struct json *task, const struct eligibility_facts *facts)
{
	struct json *list = json_new(arena, JSON_ARRAY);
	const struct json *criteria = json_get(action, STR("action"));
	size_t number = 0;
	for (const struct json *at = criteria == NULL ? NULL : criteria->child;
	     at != NULL && list != NULL; at = at->next) {
		struct criterion criterion = eligibility_criterion(arena, at, ++number);
		struct eligibility_answer answer = eligibility_answer(&criterion, task, facts);
		struct json *one = json_new(arena, JSON_OBJECT);
		if (one == NULL)
			return NULL;
		print_string(arena, one, STR("id"), criterion.id);
		json_add(one, STR("title"),
			 criterion.title.len > 0 ? print_copy(arena, criterion.title)
						 : json_new(arena, JSON_NULL));
		print_string(arena, one, STR("answer"), answer.answer);
		json_add(one, STR("by"),
			 answer.by.len > 0 ? print_copy(arena, answer.by)
					   : json_new(arena, JSON_NULL));
		json_append(list, one);
	}
	return list;
}
