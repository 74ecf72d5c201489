/* SPDX-License-Identifier: Apache-2.0
 * The MeasureReport of a trial: figures before and after, by rule and level, and a contained List of what would have
 * been missed and of what would have been added; every stay that it names stands in evaluatedResource as well. */
#include "ward/trial_report.h"

#include "ward/print.h"

#define POPULATION_SYSTEM "http://terminology.hl7.org/CodeSystem/measure-population"
#define FIGURE_SYSTEM HOMEWARD_URL "CodeSystem/figure"
#define UCUM "http://unitsofmeasure.org"

/* --- parts ----------------------------------------------------------------------------------- */

static struct json *number(struct arena *arena, double value)
{
	struct text text;
	text_init(&text, arena, 40);
	text_put_format(&text, "%.3f", value);
	return json_new_number(arena, text_view(&text));
}

static struct json *quantity(struct arena *arena, double value, const char *unit, const char *code)
{
	struct json *found = json_new(arena, JSON_OBJECT);
	if (found == NULL)
		return NULL;
	json_add(found, STR("value"), number(arena, value));
	print_string(arena, found, STR("unit"), str_from_c(unit));
	print_string(arena, found, STR("system"), STR(UCUM));
	print_string(arena, found, STR("code"), str_from_c(code));
	return found;
}

static struct json *period(struct arena *arena, int64_t from_us, int64_t to_us)
{
	struct json *found = json_new(arena, JSON_OBJECT);
	if (found == NULL)
		return NULL;
	print_instant(arena, found, STR("start"), from_us);
	print_instant(arena, found, STR("end"), to_us);
	return found;
}

/* A part of an extension: its url is a plain word. */
static void put_part(struct arena *arena, struct json *parts, const char *url,
		     struct str value_name, struct json *value)
{
	struct json *part = json_new(arena, JSON_OBJECT);
	if (part == NULL || value == NULL || parts == NULL)
		return;
	print_string(arena, part, STR("url"), str_from_c(url));
	json_add(part, value_name, value);
	json_append(parts, part);
}

static struct json *reference_of(struct arena *arena, struct str text, struct str display)
{
	struct json *reference = json_new(arena, JSON_OBJECT);
	if (reference == NULL)
		return NULL;
	print_string_maybe(arena, reference, STR("reference"), text);
	print_string_maybe(arena, reference, STR("display"), display);
	return reference;
}

/* --- what was tried -------------------------------------------------------------------------- */

static void put_subject(struct arena *arena, struct json *report,
			const struct trial_subject *subject, const struct trial_result *result)
{
	struct json *extension = json_new(arena, JSON_OBJECT);
	struct json *parts = json_new(arena, JSON_ARRAY);
	char draft[MODEL_ID_BYTES + 60];
	if (extension == NULL || parts == NULL)
		return;
	model_format(draft, sizeof(draft), "PlanDefinition/%.*s/_history/%lld",
		     STR_ARG(subject->plan_id), (long long)subject->plan_version);
	put_part(arena, parts, "policy", STR("valueCanonical"),
		 print_copy(arena, subject->canonical));
	put_part(arena, parts, "draft", STR("valueReference"),
		 reference_of(arena, str_from_c(draft), STR("")));
	put_part(arena, parts, "digest", STR("valueString"), print_copy(arena, subject->digest));
	put_part(arena, parts, "program", STR("valueString"),
		 print_copy(arena, STR(HOMEWARD_VERSION)));
	put_part(arena, parts, "patient-days", STR("valueDecimal"),
		 number(arena, result->patient_days));
	put_part(arena, parts, "left-out", STR("valueDecimal"),
		 number(arena, result->left_out_days));
	put_part(arena, parts, "last-days", STR("valuePeriod"),
		 period(arena, result->last_from_us, result->last_to_us));
	for (size_t i = 0; i < result->ward_count; i++)
		put_part(arena, parts, "ward", STR("valueReference"),
			 print_reference(arena, "Organization", result->wards[i].ptr, ""));
	if (subject->by_reference.len > 0)
		put_part(arena, parts, "by", STR("valueReference"),
			 reference_of(arena, subject->by_reference, subject->by_name));
	else if (subject->by_name.len > 0)
		put_part(arena, parts, "by", STR("valueString"),
			 print_copy(arena, subject->by_name));
	print_string(arena, extension, STR("url"),
		     STR(HOMEWARD_URL "StructureDefinition/policy-trial"));
	json_add(extension, STR("extension"), parts);
	print_one(arena, report, STR("extension"), extension);
}

/* --- figures --------------------------------------------------------------------------------- */

static struct json *population(struct arena *arena, size_t count, const char *list)
{
	struct json *one = json_new(arena, JSON_OBJECT);
	if (one == NULL)
		return NULL;
	json_add(one, STR("code"),
		 print_concept(arena, STR(POPULATION_SYSTEM), STR("initial-population"), STR("")));
	json_add(one, STR("count"), json_new_i64(arena, (int64_t)count));
	if (list != NULL)
		json_add(one, STR("subjectResults"), print_reference(arena, NULL, list, ""));
	return one;
}

static struct json *group(struct arena *arena, const char *figure, const char *words)
{
	struct json *one = json_new(arena, JSON_OBJECT);
	struct json *code = print_concept(arena, STR(FIGURE_SYSTEM), str_from_c(figure), STR(""));
	if (one == NULL || code == NULL)
		return NULL;
	print_string(arena, code, STR("text"), str_from_c(words));
	json_add(one, STR("code"), code);
	return one;
}

static void put_component(struct arena *arena, struct json *components, const char *name,
			  struct str value)
{
	struct json *one = json_new(arena, JSON_OBJECT);
	struct json *code = json_new(arena, JSON_OBJECT);
	struct json *said = json_new(arena, JSON_OBJECT);
	if (one == NULL || code == NULL || said == NULL || components == NULL)
		return;
	print_string(arena, code, STR("text"), str_from_c(name));
	print_string(arena, said, STR("text"), value);
	json_add(one, STR("code"), code);
	json_add(one, STR("value"), said);
	json_append(components, one);
}

/* Where there is no patient day there is nothing to divide by. */
static void put_per_day(struct arena *arena, struct json *target, size_t count, double days)
{
	if (days >= 0.001)
		json_add(target, STR("measureScore"),
			 quantity(arena, (double)count / days, "per patient day", "/d"));
}

enum side { SIDE_BEFORE, SIDE_AFTER, SIDE_MISSED, SIDE_ADDED };

static size_t count_of(const struct trial_row *row, enum side side)
{
	const size_t counts[] = { [SIDE_BEFORE] = row->before,
				  [SIDE_AFTER] = row->after,
				  [SIDE_MISSED] = row->missed,
				  [SIDE_ADDED] = row->added };
	return counts[side];
}

static struct json *stratifier(struct arena *arena, const struct trial_result *result,
			       enum side side)
{
	struct json *one = json_new(arena, JSON_OBJECT);
	struct json *strata = json_new(arena, JSON_ARRAY);
	struct json *code = json_new(arena, JSON_OBJECT);
	if (one == NULL || strata == NULL || code == NULL)
		return NULL;
	for (size_t i = 0; i < result->row_count; i++) {
		const struct trial_row *row = &result->rows[i];
		struct json *stratum = json_new(arena, JSON_OBJECT);
		struct json *components = json_new(arena, JSON_ARRAY);
		size_t count = count_of(row, side);
		if (stratum == NULL || components == NULL)
			return NULL;
		put_component(arena, components, "level", row->level);
		put_component(arena, components, "rule", row->rule);
		json_add(stratum, STR("component"), components);
		print_one(arena, stratum, STR("population"), population(arena, count, NULL));
		put_per_day(arena, stratum, count, result->patient_days);
		json_append(strata, stratum);
	}
	print_string(arena, code, STR("text"), STR("level and rule"));
	print_one(arena, one, STR("code"), code);
	if (strata->count > 0)
		json_add(one, STR("stratum"), strata);
	return one;
}

static void put_alerts(struct arena *arena, struct json *groups, const struct trial_result *result,
		       bool after)
{
	struct json *one = after ? group(arena, "trial-after", "Alerts under the draft")
				 : group(arena, "trial-before", "Alerts as it was");
	size_t count = after ? result->after : result->before;
	if (one == NULL)
		return;
	print_one(arena, one, STR("population"), population(arena, count, NULL));
	put_per_day(arena, one, count, result->patient_days);
	print_one(arena, one, STR("stratifier"),
		  stratifier(arena, result, after ? SIDE_AFTER : SIDE_BEFORE));
	json_append(groups, one);
}

/* --- what is missed and added ---------------------------------------------------------------- */

static struct json *entry_of(struct arena *arena, const struct trial_alert *alert)
{
	struct json *entry = json_new(arena, JSON_OBJECT);
	struct json *flag = json_new(arena, JSON_OBJECT);
	struct json *codings = json_new(arena, JSON_ARRAY);
	const struct str systems[] = { STR(HOMEWARD_URL "CodeSystem/alert-level"),
				       STR(HOMEWARD_URL "CodeSystem/ward-rule") };
	const struct str codes[] = { alert->level, alert->rule };
	if (entry == NULL || flag == NULL || codings == NULL)
		return NULL;
	for (unsigned i = 0; i < 2; i++) {
		struct json *coding = json_new(arena, JSON_OBJECT);
		if (coding == NULL)
			return NULL;
		json_add(coding, STR("system"), json_new_string(arena, systems[i]));
		print_string(arena, coding, STR("code"), codes[i]);
		json_append(codings, coding);
	}
	json_add(flag, STR("coding"), codings);
	json_add(entry, STR("flag"), flag);
	print_instant(arena, entry, STR("date"), alert->at_us);
	json_add(entry, STR("item"), print_reference(arena, "EpisodeOfCare", alert->stay, ""));
	return entry;
}

static bool is_listed(const struct json *evaluated, const char *stay)
{
	for (const struct json *at = evaluated->child; at != NULL; at = at->next) {
		if (str_equal(model_reference_id(at, STR("EpisodeOfCare")), str_from_c(stay)))
			return true;
	}
	return false;
}

struct lists {
	const struct trial_result *result;
	struct json *contained, *evaluated, *groups;
};

static void put_lacking(struct arena *arena, const struct lists *lists, enum side side,
			const char *words)
{
	const char *name = side == SIDE_MISSED ? "missed" : "added";
	const struct trial_alerts *alerts =
		side == SIDE_MISSED ? &lists->result->missed : &lists->result->added;
	struct json *list = print_resource(arena, STR("List"), name);
	struct json *entries = json_new(arena, JSON_ARRAY);
	char figure[40], reference[40];
	model_format(figure, sizeof(figure), "trial-%s", name);
	model_format(reference, sizeof(reference), "#%s", name);
	struct json *one = group(arena, figure, words);
	if (list == NULL || entries == NULL || one == NULL)
		return;
	print_string(arena, list, STR("status"), STR("current"));
	print_string(arena, list, STR("mode"), STR("snapshot"));
	for (size_t i = 0; i < alerts->kept; i++) {
		const struct trial_alert *alert = &alerts->alerts[i];
		json_append(entries, entry_of(arena, alert));
		if (!is_listed(lists->evaluated, alert->stay))
			json_append(lists->evaluated,
				    print_reference(arena, "EpisodeOfCare", alert->stay, ""));
	}
	if (entries->count > 0)
		json_add(list, STR("entry"), entries);
	json_append(lists->contained, list);
	print_one(arena, one, STR("population"), population(arena, alerts->count, reference));
	print_one(arena, one, STR("stratifier"), stratifier(arena, lists->result, side));
	json_append(lists->groups, one);
}

/* --- the report ------------------------------------------------------------------------------ */

static void put_days(struct arena *arena, struct json *groups, const struct trial_result *result)
{
	struct json *one = group(arena, "patient-days", "Patient days tried");
	if (one == NULL)
		return;
	print_one(arena, one, STR("population"), population(arena, result->stays, NULL));
	json_add(one, STR("measureScore"), quantity(arena, result->patient_days, "days", "d"));
	json_append(groups, one);
}

static void put_identifier(struct arena *arena, struct json *report, struct str digest)
{
	struct json *identifier = json_new(arena, JSON_OBJECT);
	if (identifier == NULL)
		return;
	print_string(arena, identifier, STR("system"), STR(TRIAL_DIGEST_SYSTEM));
	print_string(arena, identifier, STR("value"), digest);
	print_one(arena, report, STR("identifier"), identifier);
}

struct json *trial_report(struct arena *arena, const char *id, const struct trial_subject *subject,
			  const struct trial_result *result)
{
	struct json *report = print_resource(arena, STR("MeasureReport"), id);
	const struct lists lists = { result, json_new(arena, JSON_ARRAY),
				     json_new(arena, JSON_ARRAY), json_new(arena, JSON_ARRAY) };
	char plan[MODEL_ID_BYTES];
	if (report == NULL || lists.contained == NULL || lists.evaluated == NULL ||
	    lists.groups == NULL)
		return NULL;
	MODEL_PUT(plan, subject->plan_id);
	json_append(lists.evaluated, print_reference(arena, "PlanDefinition", plan, ""));
	put_days(arena, lists.groups, result);
	put_alerts(arena, lists.groups, result, false);
	put_alerts(arena, lists.groups, result, true);
	put_lacking(arena, &lists, SIDE_MISSED,
		    "High or more as it was, and missed under the draft");
	put_lacking(arena, &lists, SIDE_ADDED, "High or more under the draft alone");
	json_add(report, STR("contained"), lists.contained);
	put_subject(arena, report, subject, result);
	put_identifier(arena, report, subject->digest);
	print_string(arena, report, STR("status"), STR("complete"));
	print_string(arena, report, STR("type"), STR("subject-list"));
	print_string(arena, report, STR("measure"), STR(TRIAL_MEASURE "|1"));
	print_instant(arena, report, STR("date"), subject->at_us);
	json_add(report, STR("period"), period(arena, result->from_us, result->to_us));
	json_add(report, STR("group"), lists.groups);
	json_add(report, STR("evaluatedResource"), lists.evaluated);
	return arena->failed ? NULL : report;
}
