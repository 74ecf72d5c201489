/* SPDX-License-Identifier: Apache-2.0
 * Signs and worry that stand within another resource: a stored Bundle, or `contained`. */
#include "pages.h"

#include <stdlib.h>

#define DAY DATE_US_PER_DAY
#define VITAL \
	"\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/" \
	"observation-category\",\"code\":\"vital-signs\"}]}],"
#define LABORATORY \
	"\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/" \
	"observation-category\",\"code\":\"laboratory\"}]}],"
#define BY_APP \
	"\"extension\":[{\"url\":\"" HW "StructureDefinition/source\",\"valueCode\":\"app\"}],"
#define OF(patient) "\"subject\":{\"reference\":\"" patient "\"},"
#define GIRL OF("Patient/girl")
#define STRANGER OF("Patient/stranger")

/* --- what is within -------------------------------------------------------------------------- */

static const char *keep(const char *text)
{
	return arena_copy(&world.arena, str_from_c(text)).ptr;
}

/* `more`: members of it, each with a comma behind; measured at that instant. */
static const char *temperature_at(const char *more, const char *value, int64_t at_us)
{
	char text[1200], at[25];
	date_write_instant(at_us, at);
	snprintf(text, sizeof(text),
		 "{\"resourceType\":\"Observation\",%s\"status\":\"final\",\"code\":{\"coding\":[{"
		 "\"system\":\"http://loinc.org\",\"code\":\"8310-5\"}]},\"effectiveDateTime\":"
		 "\"%s\",\"valueQuantity\":{\"value\":%s,\"system\":\"http://unitsofmeasure.org\","
		 "\"code\":\"Cel\"}}",
		 more, at, value);
	return keep(text);
}

static const char *fever(const char *more)
{
	return temperature_at(more, "39.4", world.now_us);
}

static const char *worry_at(const char *more, int64_t at_us)
{
	char text[800], at[25];
	date_write_instant(at_us, at);
	snprintf(text, sizeof(text),
		 "{\"resourceType\":\"Observation\",%s\"status\":\"final\",\"code\":{\"coding\":[{"
		 "\"system\":\"" HW "CodeSystem/observation\",\"code\":\"worried\"}]},"
		 "\"effectiveDateTime\":\"%s\",\"valueBoolean\":true}",
		 more, at);
	return keep(text);
}

static const char *answers(const char *more)
{
	char text[800];
	snprintf(text, sizeof(text),
		 "{\"resourceType\":\"QuestionnaireResponse\",%s\"status\":\"completed\","
		 "\"questionnaire\":\"" HW "Questionnaire/childrens-daily|1\",\"item\":[{\"linkId\""
		 ":\"worried\",\"answer\":[{\"valueBoolean\":true}]}]}",
		 more);
	return keep(text);
}

static const char *quantity(const char *code, const char *value, const char *unit)
{
	char text[600], at[25];
	date_write_instant(world.now_us, at);
	snprintf(
		text, sizeof(text),
		"{\"resourceType\":\"Observation\"," GIRL
		"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://"
		"loinc.org\",\"code\":"
		"\"%s\"}]},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s,\"system\":"
		"\"http://unitsofmeasure.org\",\"code\":\"%s\"}}",
		code, at, value, unit);
	return keep(text);
}

/* --- what it stands within ------------------------------------------------------------------- */

static void put_bundle(const char *id, int64_t version, const char *type, const char *inner)
{
	world_put(&world, "Bundle", id, version,
		  "\"type\":\"%s\",\"entry\":[{\"fullUrl\":\"urn:uuid:"
		  "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0\",\"resource\":%s}]",
		  type, inner);
}

static void put_container(const char *type, const char *id, const char *more, const char *inner)
{
	world_put(&world, type, id, 1, "%s\"contained\":[%s]", more, inner);
}

/* --- what was made of it --------------------------------------------------------------------- */

static size_t issues(const char *code, const char *about)
{
	struct ward_output *outputs;
	size_t count, found = 0;
	assert_true(ward_core_outputs(world.core, &world.arena, 1000, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		const struct json *issue = outputs[i].resource;
		const struct json *coding =
			json_at(json_get(json_get(issue, STR("code")), STR("coding")), 0);
		const struct json *implicated = json_at(json_get(issue, STR("implicated")), 0);
		found += str_equal(outputs[i].type, STR("DetectedIssue")) &&
			 str_equal(json_get_text(coding, STR("code")), str_from_c(code)) &&
			 str_equal(json_get_text(implicated, STR("reference")), str_from_c(about));
	}
	return found;
}

static const struct json *ward_task(void)
{
	return world_task(&world, "ward:ward-1", "unknown-patient");
}

static bool names(const struct json *task, const char *text)
{
	return task != NULL && strstr(world_text(task, "description"), text) != NULL;
}

static const char *focus_of(const struct json *task)
{
	assert_non_null(task);
	return keep(json_get_text(json_get(task, STR("focus")), STR("reference")).ptr);
}

static size_t nobody_is_called(void)
{
	return world_open_count(&world, "e1") + world_open_count(&world, "ward:ward-1") == 0;
}

/* --- tests ----------------------------------------------------------------------------------- */

static void a_fever_in_a_stored_bundle_of_any_type_is_said_to_a_nurse(void **state)
{
	(void)state;
	static const char *const types[] = { "collection", "document", "message", "searchset",
					     "history" };
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char reference[40];
		snprintf(reference, sizeof(reference), "Bundle/%s", types[i]);
		put_bundle(types[i], 1, types[i], fever(GIRL));
		expect_level("e1", "technical", "high");
		assert_string_equal(world_rung(task("technical")), "Nurse");
		assert_true(names(task("technical"), reference));
		assert_string_equal(focus_of(task("technical")), reference);
		assert_int_equal(issues("unreadable", reference), 1);
		expect_none("e1", "fever"); /* nobody vouches for whose it is, when and by what */
		world_resolve(&world, task("technical"), "seen");
		world_wait(&world, MIN);
	}
	assert_int_equal(world_task_count(&world, "e1", "technical"),
			 sizeof(types) / sizeof(types[0]));
}

static void expect_bundle(const char *id, const char *inner, const char *level, const char *words)
{
	put_bundle(id, 1, "collection", inner);
	expect_level("e1", "technical", level);
	assert_true(names(task("technical"), words));
	world_resolve(&world, task("technical"), "seen");
	world_wait(&world, MIN);
}

static void what_stands_within_is_as_bad_as_its_worst_and_says_so(void **state)
{
	(void)state;
	expect_bundle("well", temperature_at(GIRL, "36.8", world.now_us), "medium",
		      "Signs in Bundle/well");
	expect_bundle("fever", fever(GIRL), "high", "Temperature 39.4 in Bundle/fever");
	expect_bundle("cold", temperature_at(GIRL, "35.1", world.now_us), "high",
		      "Temperature 35.1");
	expect_bundle("impossible", temperature_at(GIRL, "394", world.now_us), "medium",
		      "Signs in");
	expect_bundle(
		"unread",
		"{\"resourceType\":\"Observation\"," GIRL VITAL
		"\"status\":\"final\",\"code\":{\"text\":\"T in the ear\"},\"valueQuantity\":{"
		"\"value\":39.2,\"system\":\"http://unitsofmeasure.org\",\"code\":\"Cel\"}}",
		"high", "Temperature 39.2");
	/* beside a sign that a rule reads */
	expect_bundle("beside",
		      "{\"resourceType\":\"Observation\"," GIRL VITAL
		      "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://"
		      "loinc.org\",\"code\":"
		      "\"8867-4\"}]},\"valueQuantity\":{\"value\":110,\"system\":"
		      "\"http://unitsofmeasure.org\",\"code\":\"/"
		      "min\"},\"component\":[{\"code\":{\"text\":\"T\"},"
		      "\"valueQuantity\":{\"value\":39.2,\"system\":\"http://"
		      "unitsofmeasure.org\",\"code\":"
		      "\"Cel\"}}]}",
		      "high", "Temperature 39.2");
}

/* The second part was measured now. */
static void expect_two(const char *id, const char *first, const char *level)
{
	char inner[2000];
	snprintf(inner, sizeof(inner), "%s},{\"resource\":%s},{\"resource\":%s", first,
		 quantity("8867-4", "172", "/min"), quantity("59408-5", "91", "%"));
	expect_bundle(id, inner, level, "Resp rate 52, Heart rate 172, SpO2 91 in");
}

static void signs_of_one_time_are_weighed_together_and_those_of_two_times_are_not(void **state)
{
	(void)state;
	const char *first = quantity("9279-1", "52", "/min");
	expect_two("together", first, "high"); /* National PEWS 10 */
	world_wait(&world, 20 * MIN);
	expect_two("apart", first, "medium"); /* 2, and 8 */
}

static void worry_beside_a_fever_is_as_bad_as_the_fever(void **state)
{
	(void)state;
	char both[2000];
	snprintf(both, sizeof(both), "%s},{\"resource\":%s", worry_at(GIRL, world.now_us),
		 fever(GIRL));
	put_bundle("both", 1, "message", both);
	expect_level("e1", "concern", "high");
	assert_true(names(task("concern"), "Worry or answers and Temperature 39.4 in Bundle/both"));
	expect_none("e1", "technical");
}

static void worry_and_answers_in_a_bundle_are_as_loud_as_worry(void **state)
{
	(void)state;
	put_bundle("worry", 1, "message", worry_at(GIRL, world.now_us));
	expect_level("e1", "concern", "medium");
	assert_true(names(task("concern"), "Bundle/worry"));
	assert_int_equal(issues("unreadable", "Bundle/worry"), 1);
	world_acknowledge(&world, task("concern"), "Nora", "call the mother");
	put_bundle("form", 1, "collection", answers(GIRL));
	assert_string_equal(world_text(task("concern"), "status"), "requested");
	assert_string_equal(focus_of(task("concern")), "Bundle/form");
}

static void signs_contained_in_any_resource_are_said_to_a_nurse(void **state)
{
	(void)state;
	static const struct {
		const char *type, *more;
	} kinds[] = {
		{ "DiagnosticReport", GIRL "\"status\":\"final\"," },
		{ "QuestionnaireResponse", GIRL "\"status\":\"in-progress\"," },
		{ "Media", GIRL "\"status\":\"completed\"," },
		{ "Communication", GIRL "\"status\":\"completed\"," },
		{ "Observation", GIRL "\"status\":\"final\",\"code\":{\"text\":\"A panel\"}," },
		{ "AllergyIntolerance", "\"patient\":{\"reference\":\"Patient/girl\"}," },
		{ "DocumentReference", GIRL "\"status\":\"current\"," },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char reference[60];
		snprintf(reference, sizeof(reference), "%s/k%zu", kinds[i].type, i);
		put_container(kinds[i].type, strchr(reference, '/') + 1, kinds[i].more, fever(""));
		assert_int_equal(world_task_count(&world, "e1", "technical"), i + 1);
		assert_true(names(task("technical"), reference));
		assert_int_equal(issues("unreadable", reference), 1);
		world_resolve(&world, task("technical"), "seen");
		world_wait(&world, MIN);
	}
}

static void a_reading_that_is_charted_says_what_else_stands_within_it(void **state)
{
	(void)state;
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", "outer", 1,
		  GIRL "\"status\":\"final\",\"effectiveDateTime\":\"%s\",\"code\":{\"coding\":[{"
		       "\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}]},\"valueQuantity\":{"
		       "\"value\":110,\"system\":\"http://unitsofmeasure.org\",\"code\":\"/min\"},"
		       "\"contained\":[%s]",
		  at, fever(""));
	expect_level("e1", "technical", "high");
	assert_int_equal(total_of("e1"), 0);
}

static void of_somebody_on_no_ward_what_a_home_sent_and_worry_are_said_to_a_ward(void **state)
{
	(void)state;
	put_bundle("hospital", 1, "collection", fever(STRANGER));
	assert_true(nobody_is_called());
	put_bundle("home", 1, "collection", fever(STRANGER BY_APP));
	assert_string_equal(world_level(ward_task()), "high");
	assert_true(names(ward_task(), "Bundle/home") && names(ward_task(), "Patient/stranger"));
	assert_int_equal(issues("unknown-patient", "Bundle/home"), 1);
	world_resolve(&world, ward_task(), "seen");
	world_wait(&world, MIN);
	put_container("DiagnosticReport", "r1", STRANGER "\"status\":\"final\",",
		      worry_at("", world.now_us));
	assert_string_equal(focus_of(ward_task()), "DiagnosticReport/r1");
}

static void answers_of_somebody_on_no_ward_are_said_when_a_ward_asked_the_questions(void **state)
{
	(void)state;
	put_bundle("other", 1, "document",
		   "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\"," STRANGER
		   "\"questionnaire\":\"http://example.org/q\",\"item\":[{\"linkId\":\"1\"}]}");
	assert_true(nobody_is_called());
	put_bundle("ours", 1, "document", answers(STRANGER));
	assert_string_equal(focus_of(ward_task()), "Bundle/ours");
}

static void signs_that_say_of_nobody_known_are_said_to_a_ward(void **state)
{
	(void)state;
	put_bundle("nobody", 1, "message", fever(""));
	assert_string_equal(focus_of(ward_task()), "Bundle/nobody");
	world_resolve(&world, ward_task(), "seen");
	world_wait(&world, MIN);
	put_bundle("urn", 1, "message", fever(OF("urn:uuid:5d5d7c5a-5d0e-4c3e-9a53-1f4d2a1f2b3c")));
	assert_string_equal(focus_of(ward_task()), "Bundle/urn");
}

static void a_patient_who_stands_in_the_same_bundle_is_found(void **state)
{
	(void)state;
	world_put(&world, "Bundle", "whole", 1,
		  "\"type\":\"message\",\"entry\":[{\"fullUrl\":\"urn:uuid:p\",\"resource\":{"
		  "\"resourceType\":\"Patient\",\"id\":\"girl\"}},{\"resource\":%s}]",
		  fever(OF("urn:uuid:p")));
	expect_level("e1", "technical", "high");
	assert_null(ward_task());
}

static void results_notes_and_what_was_withdrawn_call_nobody(void **state)
{
	(void)state;
	world_put(
		&world, "DiagnosticReport", "blood", 1,
		GIRL
		"\"status\":\"final\",\"contained\":[{\"resourceType\":\"Observation\"," LABORATORY
		"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\""
		",\"code\":\"718-7\"}]},\"valueQuantity\":{\"value\":101,\"system\":"
		"\"http://unitsofmeasure.org\",\"code\":\"g/L\"}}]");
	put_bundle("withdrawn", 1, "collection",
		   "{\"resourceType\":\"Observation\",\"status\":\"entered-in-error\"," GIRL VITAL
		   "\"code\":{\"text\":\"T\"},\"valueQuantity\":{\"value\":39,\"code\":\"Cel\"}}");
	put_container("DiagnosticReport", "wrong", GIRL "\"status\":\"entered-in-error\",",
		      fever(""));
	world_put(&world, "Bundle", "letter", 1,
		  "\"type\":\"document\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\","
		  "\"id\":\"girl\"}}]");
	put_bundle("empty", 1, "collection",
		   "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\"," GIRL
		   "\"questionnaire\":\"http://example.org/q\"}");
	world_delete(&world, "Bundle", "letter", 2);
	assert_true(nobody_is_called());
	assert_int_equal(world_output_count(&world, "DetectedIssue"), 0);
}

static void the_past_of_another_system_is_told_and_calls_nobody(void **state)
{
	(void)state;
	put_bundle("past", 1, "document", temperature_at(GIRL, "39.4", world.now_us - 30 * DAY));
	assert_true(nobody_is_called());
	assert_int_equal(issues("too-old", "Bundle/past"), 1);
	put_bundle("elsewhere", 1, "document", temperature_at("", "39.4", world.now_us - 30 * DAY));
	assert_true(nobody_is_called());
	assert_int_equal(issues("too-old", "Bundle/elsewhere"), 1);
}

static void the_past_of_a_home_may_be_a_wrong_clock_and_worry_is_of_now(void **state)
{
	(void)state;
	put_bundle("clock", 1, "collection",
		   temperature_at(GIRL BY_APP, "39.4", world.now_us - 3000 * DAY));
	expect_level("e1", "technical", "high");
	put_bundle("worry", 1, "collection", worry_at(GIRL, world.now_us - 3000 * DAY));
	expect_level("e1", "concern", "medium");
}

static void a_new_version_and_a_new_bundle_are_heard_after_an_answer(void **state)
{
	(void)state;
	put_bundle("one", 1, "collection", fever(GIRL));
	world_acknowledge(&world, task("technical"), "Nora", "look");
	put_bundle("two", 1, "collection", fever(GIRL));
	assert_string_equal(world_text(task("technical"), "status"), "requested");
	assert_true(names(task("technical"), "Bundle/two") &&
		    names(task("technical"), "Bundle/one"));
	world_acknowledge(&world, task("technical"), "Nora", "look");
	put_bundle("two", 2, "collection", fever(GIRL));
	assert_string_equal(world_text(task("technical"), "status"), "requested");
	assert_int_equal(world_task_count(&world, "e1", "technical"), 1);
}

static void each_child_of_a_bundle_is_said_to_its_own_nurse(void **state)
{
	(void)state;
	world_put(&world, "Bundle", "both", 1,
		  "\"type\":\"collection\",\"entry\":[{\"resource\":%s},{\"resource\":%s}]",
		  fever(GIRL), fever(OF("Patient/man")));
	expect_level("e1", "technical", "high");
	expect_level("e2", "technical", "medium"); /* an adult, by the adult policy */
	assert_int_equal(issues("unreadable", "Bundle/both"), 2);
}

/* --- size and depth -------------------------------------------------------------------------- */

/* A Bundle of so many Observations by `entry`; the caller's to free. */
static char *large_bundle(const char *id, size_t count, const char *entry, const char *last)
{
	size_t size = 400 + count * (strlen(entry) + 20) + strlen(last);
	char *whole = malloc(size);
	assert_non_null(whole);
	int at = snprintf(whole, size,
			  "{\"resourceType\":\"Bundle\",\"id\":\"%s\",\"type\":\"collection\","
			  "\"entry\":[",
			  id);
	for (size_t i = 0; i < count; i++)
		at += snprintf(whole + at, size - (size_t)at, "{\"resource\":%s},", entry);
	snprintf(whole + at, size - (size_t)at, "{\"resource\":%s}]}", last);
	return whole;
}

static const char *haemoglobin(void)
{
	return "{\"resourceType\":\"Observation\"," GIRL LABORATORY
	       "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
	       "\"code\":\"718-7\"}]}}";
}

static void of_ten_thousand_entries_what_was_not_looked_at_counts_as_the_worse(void **state)
{
	(void)state;
	char *whole = large_bundle("many", 9999, haemoglobin(), fever(GIRL));
	world_put_body(&world, "Bundle", "many", 1, str_from_c(whole));
	free(whole);
	assert_string_equal(world_level(ward_task()), "medium");
	assert_true(names(ward_task(), "10000") && names(ward_task(), "Bundle/many"));
	assert_int_equal(issues("unreadable", "Bundle/many"), 1);
}

static void of_a_few_thousand_entries_the_last_is_found(void **state)
{
	(void)state;
	char *whole = large_bundle("some", 3000, haemoglobin(), fever(GIRL));
	world_put_body(&world, "Bundle", "some", 1, str_from_c(whole));
	free(whole);
	expect_level("e1", "technical", "high");
	assert_null(ward_task());
}

static void put_crowd(const char *id, const char *more)
{
	size_t size = (size_t)64 * 1024, at;
	char *whole = malloc(size);
	assert_non_null(whole);
	at = (size_t)snprintf(whole, size,
			      "{\"resourceType\":\"Bundle\",\"id\":\"%s\",\"type\":"
			      "\"collection\",\"entry\":[",
			      id);
	for (size_t i = 0; i < 40; i++) {
		char subject[300];
		snprintf(subject, sizeof(subject),
			 "%s\"subject\":{\"reference\":\"Patient/p%zu\"},", more, i);
		at += (size_t)snprintf(whole + at, size - at, "{\"resource\":%s},", fever(subject));
	}
	snprintf(whole + at, size - at, "{\"resource\":%s}]}", fever(GIRL));
	world_put_body(&world, "Bundle", id, 1, str_from_c(whole));
	free(whole);
}

static void of_more_patients_than_are_kept_apart_the_rest_is_said_to_a_ward(void **state)
{
	(void)state;
	put_crowd("hospital", "");
	assert_null(ward_task());
	expect_level("e1", "technical", "high");
	put_crowd("crowd", BY_APP);
	assert_string_equal(focus_of(ward_task()), "Bundle/crowd");
	assert_true(names(ward_task(), "more than 16"));
	assert_string_equal(world_level(ward_task()), "high"); /* the fever of one of the rest */
}

static void however_deep_it_stands_it_is_found(void **state)
{
	(void)state;
	size_t size = (size_t)16 * 1024, at = 0;
	char *whole = malloc(size);
	assert_non_null(whole);
	for (size_t i = 0; i < 30; i++)
		at += (size_t)snprintf(whole + at, size - at,
				       "{\"resourceType\":\"Bundle\",\"id\":\"deep\",\"type\":"
				       "\"collection\",\"entry\":[{\"resource\":");
	at += (size_t)snprintf(whole + at, size - at, "%s", fever(GIRL));
	for (size_t i = 0; i < 30; i++)
		at += (size_t)snprintf(whole + at, size - at, "}]}");
	world_put_body(&world, "Bundle", "deep", 1, str_from_c(whole));
	free(whole);
	expect_level("e1", "technical", "high");
}

/* Nine megabytes beside what is within, or of it. */
static void put_oversize(const char *type, const char *id, const char *before, const char *after)
{
	size_t size = (size_t)9 * 1024 * 1024;
	char *whole = malloc(size);
	assert_non_null(whole);
	int length = snprintf(whole, size, "{\"resourceType\":\"%s\",\"id\":\"%s\",%s\"", type, id,
			      before);
	memset(whole + length, 'x', size - (size_t)length);
	snprintf(whole + size - strlen(after) - 2, strlen(after) + 2, "\"%s", after);
	world_put_body(&world, type, id, 1, str_from_c(whole));
	free(whole);
}

static void what_is_too_large_to_be_opened_counts_as_the_worse(void **state)
{
	(void)state;
	put_oversize("Media", "plain", GIRL "\"status\":\"completed\",\"x\":", "}");
	put_oversize("Bundle", "letter", "\"type\":\"document\",\"x\":", "}");
	assert_true(nobody_is_called());
	put_oversize(
		"Bundle", "signs", "\"type\":\"document\",\"entry\":[{\"x\":",
		keep(",\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\"}}]}"));
	assert_string_equal(focus_of(ward_task()), "Bundle/signs");
	assert_true(names(ward_task(), "too large"));
	assert_int_equal(issues("unreadable", "Bundle/signs"), 1);
	put_oversize("Media", "film",
		     GIRL "\"status\":\"completed\",\"contained\":[{\"resourceType\":"
			  "\"Observation\",\"x\":",
		     "}]}");
	assert_string_equal(focus_of(ward_task()), "Media/film");
}

static void a_replay_and_a_restart_say_the_same(void **state)
{
	(void)state;
	put_bundle("fever", 1, "message", fever(GIRL));
	put_bundle("worry", 1, "message", worry_at(GIRL, world.now_us));
	put_bundle("nobody", 1, "message", fever(""));
	put_oversize(
		"Bundle", "signs", "\"type\":\"document\",\"entry\":[{\"x\":",
		keep(",\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\"}}]}"));
	struct ward_core *again = world_replay(&world, world.event_count);
	struct str one = world_dump(world.core, &world.arena),
		   two = world_dump(again, &world.arena);
	assert_true(str_equal(one, two));
	ward_core_destroy(again);
	world_reload(&world);
	put_bundle("later", 1, "message", fever(GIRL));
	assert_string_equal(focus_of(task("technical")), "Bundle/later");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fever_in_a_stored_bundle_of_any_type_is_said_to_a_nurse),
		TEST(what_stands_within_is_as_bad_as_its_worst_and_says_so),
		TEST(signs_of_one_time_are_weighed_together_and_those_of_two_times_are_not),
		TEST(worry_beside_a_fever_is_as_bad_as_the_fever),
		TEST(worry_and_answers_in_a_bundle_are_as_loud_as_worry),
		TEST(signs_contained_in_any_resource_are_said_to_a_nurse),
		TEST(a_reading_that_is_charted_says_what_else_stands_within_it),
		TEST(of_somebody_on_no_ward_what_a_home_sent_and_worry_are_said_to_a_ward),
		TEST(answers_of_somebody_on_no_ward_are_said_when_a_ward_asked_the_questions),
		TEST(signs_that_say_of_nobody_known_are_said_to_a_ward),
		TEST(a_patient_who_stands_in_the_same_bundle_is_found),
		TEST(results_notes_and_what_was_withdrawn_call_nobody),
		TEST(the_past_of_another_system_is_told_and_calls_nobody),
		TEST(the_past_of_a_home_may_be_a_wrong_clock_and_worry_is_of_now),
		TEST(a_new_version_and_a_new_bundle_are_heard_after_an_answer),
		TEST(each_child_of_a_bundle_is_said_to_its_own_nurse),
		TEST(of_ten_thousand_entries_what_was_not_looked_at_counts_as_the_worse),
		TEST(of_a_few_thousand_entries_the_last_is_found),
		TEST(of_more_patients_than_are_kept_apart_the_rest_is_said_to_a_ward),
		TEST(however_deep_it_stands_it_is_found),
		TEST(what_is_too_large_to_be_opened_counts_as_the_worse),
		TEST(a_replay_and_a_restart_say_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
