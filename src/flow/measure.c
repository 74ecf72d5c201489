/* SPDX-License-Identifier: Apache-2.0
 * Measure/{id}/$evaluate-measure: a MeasureReport of type subject-list. Each count carries a contained List of
 * what was
 * counted, so that any FHIR client can open it. The Measure is data: groups of populations that name figures,
 * a score
 * (extension measure-score) and stratifiers. Nothing is suppressed for small numbers: the report stays inside
 * the ward,
 * whose people may see each of its patients; it must not be published as it is. */
#include "flow/measure.h"

#include "flow/act.h"
#include "flow/day.h"
#include "flow/figure.h"
#include "flow/operations.h"
#include "ward/print.h"

#include <stdatomic.h>
#include <stdlib.h>

#define FIGURE_LANGUAGE "text/x-homeward-figure"
#define POPULATIONS_MAX 4
#define GROUPS_MAX 40
#define STRATA_MAX 200
#define POPULATION_SYSTEM "http://terminology.hl7.org/CodeSystem/measure-population"
#define UCUM "http://unitsofmeasure.org"

struct population {
	struct str role; /* numerator, denominator, measure-population, initial-population */
	struct str figure;
	struct figure_items items;
};

struct evaluation {
	struct call *call;
	struct arena *arena;
	struct facts *facts;
	const struct json *measure;
	struct json *contained;
	size_t list_count;
};

/* --- the measure as data -------------------------------------------------------------------- */

static struct str figure_of(const struct json *criteria)
{
	return str_equal(json_get_text(criteria, STR("language")), STR(FIGURE_LANGUAGE))
		       ? json_get_text(criteria, STR("expression"))
		       : STR("");
}

static unsigned parts_of_stratifier(struct str name)
{
	if (str_equal(name, STR("channel")))
		return FACTS_SETS | FACTS_CHANNELS;
	if (str_equal(name, STR("language")) || str_equal(name, STR("deprivation")))
		return FACTS_PERSONS;
	return 0;
}

static enum error refuse(struct call *call, const char *why)
{
	return issue_add(&call->issues, ERROR_INVALID, STR(""), "%s", why);
}

static enum error parts_of_group(struct call *call, const struct json *group, unsigned *parts)
{
	const struct json *populations = json_get(group, STR("population"));
	const struct json *stratifiers = json_get(group, STR("stratifier"));
	const struct json *at = populations == NULL ? NULL : populations->child;
	size_t count = 0;
	for (; at != NULL; at = at->next, count++) {
		struct str name = figure_of(json_get(at, STR("criteria")));
		unsigned needed = 0;
		if (!figure_find(name, &needed) || count == POPULATIONS_MAX) {
			return refuse(call, "A population of this Measure names no figure of this "
					    "server (language " FIGURE_LANGUAGE
					    "), or a group has too many.");
		}
		*parts |= needed;
	}
	at = stratifiers == NULL ? NULL : stratifiers->child;
	for (; at != NULL; at = at->next) {
		struct str name = figure_of(json_get(at, STR("criteria")));
		if (!figure_stratifier_is_known(name)) {
			return refuse(call,
				      "A stratifier of this Measure is not one of this server.");
		}
		*parts |= parts_of_stratifier(name);
	}
	return ERROR_OK;
}

/* --- scores --------------------------------------------------------------------------------- */

struct total {
	int64_t weight, value_us;
	const struct figure_items *items;
};

static struct total total_of(const struct figure_items *items)
{
	struct total total = { .items = items };
	for (size_t i = 0; i < items->count; i++) {
		total.weight += items->items[i].weight;
		total.value_us += items->items[i].value_us;
	}
	return total;
}

/* Hundredths of numerator by denominator, rounded half up; both are not negative. */
static int64_t hundredths(int64_t numerator, int64_t denominator)
{
	int64_t whole = numerator / denominator, rest = numerator % denominator;
	/* The rest is below the denominator, which a week in microseconds bounds well below 2^63 / 200. */
	return whole * 100 + (rest * 200 + denominator) / (2 * denominator);
}

static struct json *quantity(struct arena *arena, int64_t value, const char *unit, const char *code)
{
	struct json *found = json_new(arena, JSON_OBJECT);
	struct text text;
	text_init(&text, arena, 40);
	text_put_format(&text, "%lld.%02lld", (long long)(value / 100), (long long)(value % 100));
	if (found == NULL)
		return NULL;
	json_add(found, STR("value"), json_new_number(arena, text_view(&text)));
	print_string(arena, found, STR("unit"), str_from_c(unit));
	print_string(arena, found, STR("system"), STR(UCUM));
	print_string(arena, found, STR("code"), str_from_c(code));
	return found;
}

static const struct population *with_role(const struct population *populations, size_t count,
					  struct str role)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal(populations[i].role, role))
			return &populations[i];
	}
	return NULL;
}

/* NULL: there is none, or nothing to divide by. */
static struct json *score_of(struct arena *arena, struct str kind,
			     const struct population *populations, size_t count)
{
	const struct population *over = with_role(populations, count, STR("denominator"));
	const struct population *part = with_role(populations, count, STR("numerator"));
	const struct population *of = with_role(populations, count, STR("measure-population"));
	if (over != NULL && part != NULL) {
		struct total all = total_of(&over->items), some = total_of(&part->items);
		if (str_equal(kind, STR("share")) && all.weight > 0)
			return quantity(arena, hundredths(some.weight * 100, all.weight), "%", "%");
		if (str_equal(kind, STR("per-patient-day")) && all.value_us >= DATE_US_PER_HOUR)
			return quantity(arena,
					hundredths(some.weight * DATE_US_PER_DAY / 1000,
						   all.value_us / 1000),
					"per patient day", "/d");
		if (str_equal(kind, STR("per-hour")) && all.value_us >= DATE_US_PER_HOUR)
			return quantity(arena,
					hundredths(some.weight * DATE_US_PER_HOUR / 1000,
						   all.value_us / 1000),
					"per hour", "/h");
	}
	if (of == NULL || of->items.count == 0)
		return NULL;
	if (str_equal(kind, STR("total-hours")))
		return quantity(arena, hundredths(total_of(&of->items).value_us, DATE_US_PER_HOUR),
				"hours", "h");
	if (str_equal(kind, STR("mean-days")))
		return quantity(arena,
				hundredths(total_of(&of->items).value_us / (int64_t)of->items.count,
					   DATE_US_PER_DAY),
				"days", "d");
	if (str_equal(kind, STR("median-days")))
		return quantity(
			arena,
			hundredths(figure_percentile(arena, &of->items, 50), DATE_US_PER_DAY),
			"days", "d");
	if (str_equal(kind, STR("median-minutes")))
		return quantity(
			arena,
			hundredths(figure_percentile(arena, &of->items, 50), DATE_US_PER_MIN),
			"minutes", "min");
	if (str_equal(kind, STR("p95-minutes")))
		return quantity(
			arena,
			hundredths(figure_percentile(arena, &of->items, 95), DATE_US_PER_MIN),
			"minutes", "min");
	return NULL;
}

/* --- the report ----------------------------------------------------------------------------- */

/* A contained List of what was counted; its reference. An item that counts more than once has its number as a
 * flag's
 * text. */
static struct json *subjects(struct evaluation *evaluation, const struct figure_items *items)
{
	struct arena *arena = evaluation->arena;
	char id[32], reference[33];
	model_format(id, sizeof(id), "list-%zu", ++evaluation->list_count);
	model_format(reference, sizeof(reference), "#%s", id);
	struct json *list = print_resource(arena, STR("List"), id);
	struct json *entries = json_new(arena, JSON_ARRAY);
	if (list == NULL || entries == NULL)
		return NULL;
	print_string(arena, list, STR("status"), STR("current"));
	print_string(arena, list, STR("mode"), STR("snapshot"));
	for (size_t i = 0; i < items->count; i++) {
		struct json *entry = json_new(arena, JSON_OBJECT);
		struct json *item = json_new(arena, JSON_OBJECT);
		if (entry == NULL || item == NULL)
			return NULL;
		json_add(item, STR("reference"),
			 json_new_string(arena, figure_reference(arena, &items->items[i])));
		if (items->items[i].weight > 1)
			print_extension(arena, entry, "times", STR("valueInteger"),
					json_new_i64(arena, items->items[i].weight));
		json_add(entry, STR("item"), item);
		json_append(entries, entry);
	}
	if (entries->count > 0)
		json_add(list, STR("entry"), entries);
	json_append(evaluation->contained, list);
	return print_reference(arena, NULL, reference, "");
}

static void put_populations(struct evaluation *evaluation, struct json *target, struct str kind,
			    const struct population *populations, size_t count)
{
	struct arena *arena = evaluation->arena;
	struct json *list = json_new(arena, JSON_ARRAY);
	for (size_t i = 0; i < count && list != NULL; i++) {
		struct json *one = json_new(arena, JSON_OBJECT);
		if (one == NULL)
			return;
		struct json *code =
			print_concept(arena, STR(POPULATION_SYSTEM), populations[i].role, STR(""));
		if (code == NULL)
			return;
		print_string(arena, code, STR("text"), populations[i].figure);
		json_add(one, STR("code"), code);
		json_add(one, STR("count"),
			 json_new_i64(arena, total_of(&populations[i].items).weight));
		json_add(one, STR("subjectResults"), subjects(evaluation, &populations[i].items));
		json_append(list, one);
	}
	json_add(target, STR("population"), list);
	struct json *score = score_of(arena, kind, populations, count);
	if (score != NULL)
		json_add(target, STR("measureScore"), score);
}

static int compare_strata(const void *left, const void *right)
{
	const struct str *a = left, *b = right;
	return str_compare(*a, *b);
}

/* The distinct strata of all populations, sorted; at most STRATA_MAX, which no code list of ours reaches. */
static size_t strata_of(const struct population *populations, size_t count, struct str stratifier,
			struct str *ret_strata)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < populations[i].items.count; k++) {
			struct str name =
				figure_stratum(&populations[i].items.items[k], stratifier);
			size_t at = 0;
			while (at < found && !str_equal(ret_strata[at], name))
				at++;
			if (at == found && found < STRATA_MAX)
				ret_strata[found++] = name;
		}
	}
	if (found > 1)
		qsort(ret_strata, found, sizeof(*ret_strata), compare_strata);
	return found;
}

static bool narrow(struct arena *arena, const struct population *from, struct str stratifier,
		   struct str stratum, struct population *to)
{
	*to = *from;
	to->items = (struct figure_items){ .arena = arena };
	to->items.items = ARENA_NEW(arena, struct figure_item, from->items.count + 1);
	if (to->items.items == NULL)
		return false;
	for (size_t i = 0; i < from->items.count; i++) {
		if (str_equal(figure_stratum(&from->items.items[i], stratifier), stratum))
			to->items.items[to->items.count++] = from->items.items[i];
	}
	return true;
}

static void put_stratifier(struct evaluation *evaluation, struct json *target,
			   struct str stratifier, const struct json *group,
			   const struct population *populations)
{
	struct arena *arena = evaluation->arena;
	size_t count = json_get(group, STR("population"))->count;
	struct str *strata = ARENA_NEW(arena, struct str, STRATA_MAX);
	struct json *one = json_new(arena, JSON_OBJECT);
	struct json *list = json_new(arena, JSON_ARRAY);
	struct json *code = json_new(arena, JSON_OBJECT);
	struct str kind =
		json_get_text(model_extension(group, STR("measure-score")), STR("valueCode"));
	if (strata == NULL || one == NULL || list == NULL || code == NULL)
		return;
	size_t found = strata_of(populations, count, stratifier, strata);
	print_string(arena, code, STR("text"), stratifier);
	print_one(arena, one, STR("code"), code);
	for (size_t i = 0; i < found; i++) {
		struct population narrowed[POPULATIONS_MAX];
		struct json *stratum = json_new(arena, JSON_OBJECT);
		struct json *value = json_new(arena, JSON_OBJECT);
		if (stratum == NULL || value == NULL)
			return;
		print_string(arena, value, STR("text"), strata[i]);
		json_add(stratum, STR("value"), value);
		for (size_t k = 0; k < count; k++) {
			if (!narrow(arena, &populations[k], stratifier, strata[i], &narrowed[k]))
				return;
		}
		put_populations(evaluation, stratum, kind, narrowed, count);
		json_append(list, stratum);
	}
	if (list->count > 0)
		json_add(one, STR("stratum"), list);
	json_append(target, one);
}

static struct json *group_of(struct evaluation *evaluation, const struct json *group)
{
	struct arena *arena = evaluation->arena;
	const struct json *list = json_get(group, STR("population"));
	const struct json *stratifiers = json_get(group, STR("stratifier"));
	struct population populations[POPULATIONS_MAX];
	struct json *result = json_new(arena, JSON_OBJECT);
	struct json *strata = json_new(arena, JSON_ARRAY);
	size_t count = 0;
	if (result == NULL || strata == NULL)
		return NULL;
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		struct population *one = &populations[count++];
		const struct json *coding =
			json_at(json_get(json_get(at, STR("code")), STR("coding")), 0);
		*one = (struct population){ .role = json_get_text(coding, STR("code")),
					    .figure = figure_of(json_get(at, STR("criteria"))),
					    .items = { .arena = arena } };
		if (!figure_list(evaluation->facts, one->figure, &one->items))
			return NULL;
	}
	json_add(result, STR("code"), json_copy(arena, json_get(group, STR("code"))));
	put_populations(
		evaluation, result,
		json_get_text(model_extension(group, STR("measure-score")), STR("valueCode")),
		populations, count);
	for (const struct json *at = stratifiers == NULL ? NULL : stratifiers->child; at != NULL;
	     at = at->next)
		put_stratifier(evaluation, strata, figure_of(json_get(at, STR("criteria"))), group,
			       populations);
	if (strata->count > 0)
		json_add(result, STR("stratifier"), strata);
	return result;
}

static struct json *report_of(struct evaluation *evaluation)
{
	struct arena *arena = evaluation->arena;
	const struct facts *facts = evaluation->facts;
	struct json *report = json_new(arena, JSON_OBJECT);
	struct json *groups = json_new(arena, JSON_ARRAY);
	struct json *period = json_new(arena, JSON_OBJECT);
	const struct json *list = json_get(evaluation->measure, STR("group"));
	struct text canonical;
	if (report == NULL || groups == NULL || period == NULL)
		return NULL;
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next)
		json_append(groups, group_of(evaluation, at));
	text_init(&canonical, arena, 400);
	text_put(&canonical, json_get_text(evaluation->measure, STR("url")));
	text_put_c(&canonical, "|");
	text_put(&canonical, json_get_text(evaluation->measure, STR("version")));
	print_string(arena, report, STR("resourceType"), STR("MeasureReport"));
	if (evaluation->contained->count > 0)
		json_add(report, STR("contained"), evaluation->contained);
	print_string(arena, report, STR("status"), STR("complete"));
	print_string(arena, report, STR("type"), STR("subject-list"));
	print_string(arena, report, STR("measure"), text_view(&canonical));
	/* R4 does not let an Organization be the subject: the ward is who reports. */
	struct str ward = record_reference(arena, "Organization", facts->ward);
	print_instant(arena, report, STR("date"), facts->now_us);
	json_add(report, STR("reporter"), print_reference(arena, NULL, ward.ptr, ""));
	print_instant(arena, period, STR("start"), facts->from_us);
	print_instant(arena, period, STR("end"), facts->to_us);
	json_add(report, STR("period"), period);
	json_add(report, STR("group"), groups);
	return arena->failed ? NULL : report;
}

/* --- the call ------------------------------------------------------------------------------- */

/* Counting a month takes a loop thread for a while: one at a time, so that the others go on answering. */
static atomic_flag evaluating = ATOMIC_FLAG_INIT;

static enum error parts_of_measure(struct call *call, const struct json *measure,
				   unsigned *ret_parts)
{
	const struct json *groups = json_get(measure, STR("group"));
	unsigned parts = 0;
	enum error error = ERROR_OK;
	if (groups == NULL || groups->count > GROUPS_MAX)
		return refuse(call, "This Measure has no groups, or too many.");
	for (const struct json *at = groups->child; at != NULL && error == ERROR_OK;
	     at = at->next) {
		if (json_get(at, STR("population")) == NULL)
			return refuse(call, "A group of this Measure has no populations.");
		error = parts_of_group(call, at, &parts);
	}
	*ret_parts = parts;
	return error;
}

static enum error evaluate(struct record *record, struct facts *facts, struct str id,
			   struct json **ret_report)
{
	struct call *call = record->call;
	struct json *measure = NULL;
	int64_t version;
	unsigned parts = 0;
	enum error error = record_read(record, "Measure", id, &measure, &version);
	if (error != ERROR_OK)
		return issue_add(&call->issues, error, STR(""),
				 "There is no Measure with that id.");
	error = parts_of_measure(call, measure, &parts);
	if (error == ERROR_OK)
		error = facts_gather(facts, parts);
	struct evaluation evaluation = { .call = call,
					 .arena = &call->arena,
					 .facts = facts,
					 .measure = measure,
					 .contained = json_new(&call->arena, JSON_ARRAY) };
	*ret_report = error == ERROR_OK ? report_of(&evaluation) : NULL;
	return error == ERROR_OK && *ret_report == NULL ? ERROR_LIMIT : error;
}

enum error measure_report(struct call *call, const struct measure_request *request,
			  struct json **ret_report)
{
	struct record record;
	struct facts facts = { .record = &record,
			       .ward = request->ward,
			       .from_us = request->from_us,
			       .to_us = request->to_us };
	if (atomic_flag_test_and_set(&evaluating))
		return issue_add(&call->issues, ERROR_BUSY, STR(""),
				 "Another report is being counted; ask again.");
	enum error error = record_begin(&record, call);
	if (error == ERROR_OK) {
		record.is_over = request->is_over;
		record.context = request->context;
		error = evaluate(&record, &facts, request->measure, ret_report);
		facts_done(&facts);
		record_close(&record);
	}
	atomic_flag_clear(&evaluating);
	return error;
}

void flow_evaluate_measure(struct call *call)
{
	struct measure_request request = { .measure = call->path_parts[0] };
	struct fhir_reference subject = { 0 };
	struct json *report = NULL;
	if (!fhir_reference_parse(call_argument(call, STR("subject")), &subject) ||
	    subject.type != fhir_resource_find(STR("Organization"))) {
		act_refuse(call, ERROR_BAD_REQUEST, "Add subject=Organization/ID: the ward.");
		return;
	}
	if (!day_period(call_argument(call, STR("periodStart")),
			call_argument(call, STR("periodEnd")), &request.from_us, &request.to_us)) {
		act_refuse(call, ERROR_BAD_REQUEST,
			   "Add periodStart and periodEnd: dates (whole local days, the last one "
			   "included) or dateTimes.");
		return;
	}
	request.ward = subject.id;
	enum error error = measure_report(call, &request, &report);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		call_answer_json(call, 200, report);
}
