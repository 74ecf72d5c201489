/* SPDX-License-Identifier: Apache-2.0
 * What may be a vital sign under a code that no rule reads: who is told, and when nobody is. */
#include "girl.h"

#include <stdio.h>

#define TEXT_ONLY "{\"text\":\"Temp\"}"
#define LOCAL "{\"coding\":[{\"system\":\"https://device.example/codes\",\"code\":\"T1\"}]}"
#define VITAL_SIGNS \
	"\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/" \
	"observation-category\",\"code\":\"vital-signs\"}]}],"
#define LABORATORY \
	"\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/" \
	"observation-category\",\"code\":\"laboratory\"}]}],"

static void put(const char *id, int64_t version, const char *more, const char *code,
		const char *value)
{
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", id, version,
		  "%s\"status\":\"final\",\"code\":%s,\"subject\":{\"reference\":\"Patient/girl\"},"
		  "\"effectiveDateTime\":\"%s\",%s",
		  more, code, at, value);
}

static const char *quantity(const char *number, const char *unit)
{
	static char text[160];
	snprintf(text, sizeof(text),
		 "\"valueQuantity\":{\"value\":%s,\"system\":\"http://unitsofmeasure.org\","
		 "\"code\":\"%s\"}",
		 number, unit);
	return text;
}

static size_t issues(void)
{
	return world_output_count(&world, "DetectedIssue");
}

static void a_fever_in_words_alone_is_as_loud_as_a_fever(void **state)
{
	(void)state;
	put("words", 1, "", TEXT_ONLY, quantity("39.2", "Cel"));
	expect_level("e1", "technical", "high");
	assert_non_null(strstr(world_text(task("technical"), "description"), "39.2"));
	assert_int_equal(issues(), 1);
	expect_none("e1", "fever"); /* whose temperature it is nobody knows: it is not charted */
}

static void a_fever_in_fahrenheit_of_an_unknown_system_is_as_loud(void **state)
{
	(void)state;
	put("local", 1, "", LOCAL, quantity("102.6", "[degF]"));
	expect_level("e1", "technical", "high");
	assert_non_null(strstr(world_text(task("technical"), "description"), "T1"));
}

static void a_number_in_words_alone_is_said_once_and_again_when_it_is_a_fever(void **state)
{
	(void)state;
	put("one", 1, "", TEXT_ONLY, quantity("36.8", "Cel"));
	expect_level("e1", "technical", "medium");
	world_acknowledge(&world, task("technical"), "Nora Nurse", "I look at the chart");
	put("two", 1, "", TEXT_ONLY, quantity("36.9", "Cel"));
	assert_string_equal(world_text(task("technical"), "status"), "accepted");
	put("three", 1, "", TEXT_ONLY, quantity("39.0", "Cel"));
	expect_level("e1", "technical", "high");
	assert_string_equal(world_text(task("technical"), "status"), "requested");
	assert_int_equal(world_task_count(&world, "e1", "technical"), 1);
}

static void another_sign_is_said_beside_the_one_that_was_answered(void **state)
{
	(void)state;
	put("one", 1, "", TEXT_ONLY, quantity("36.8", "Cel"));
	world_acknowledge(&world, task("technical"), "Nora Nurse", "I look at the chart");
	put("two", 1, "", "{\"text\":\"Oxygen\"}", quantity("81", "%"));
	assert_string_equal(world_text(task("technical"), "status"), "requested");
	assert_non_null(strstr(world_text(task("technical"), "description"), "(Oxygen)"));
	assert_non_null(strstr(world_text(task("technical"), "description"), "(Temp)"));
}

static void a_sign_without_a_category_or_a_unit_is_said(void **state)
{
	(void)state;
	put("bare", 1, "", "{\"text\":\"SpO2\"}", "\"valueQuantity\":{\"value\":81}");
	expect_level("e1", "technical", "medium");
}

static void a_part_of_a_panel_in_words_alone_is_said(void **state)
{
	(void)state;
	put("panel", 1, VITAL_SIGNS, "{\"text\":\"Signs\"}",
	    "\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" HR
	    "\"}]},\"valueQuantity\":{\"value\":120,\"system\":\"http://unitsofmeasure.org\","
	    "\"code\":\"/min\"}},{\"code\":{\"text\":\"Temp\"},\"valueQuantity\":{\"value\":39.4,"
	    "\"system\":\"http://unitsofmeasure.org\",\"code\":\"Cel\"}}]");
	expect_level("e1", "technical", "high");
}

static void a_correction_to_an_unknown_code_is_said(void **state)
{
	(void)state;
	put("typed", 1, VITAL_SIGNS,
	    "{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" TEMPERATURE "\"}]}",
	    quantity("36.6", "Cel"));
	expect_none("e1", "technical");
	put("typed", 2, VITAL_SIGNS, TEXT_ONLY, quantity("39.6", "Cel"));
	expect_level("e1", "technical", "high");
}

static void laboratory_results_notes_and_what_has_a_name_call_nobody(void **state)
{
	(void)state;
	put("lab", 1, LABORATORY, LOCAL, quantity("37", "%"));
	put("specimen", 1, "\"specimen\":{\"reference\":\"Specimen/s\"},", LOCAL,
	    quantity("37", "%"));
	put("glucose", 1, "", "{\"text\":\"Glucose\"}", quantity("5.1", "mmol/L"));
	put("platelets", 1, "", LOCAL, quantity("20", "10*9/L"));
	put("haematocrit", 1, "",
	    "{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"4544-3\"}]}",
	    quantity("37", "%"));
	put("note", 1, "", "{\"text\":\"Night note\"}", "\"valueString\":\"Slept well\"");
	expect_none("e1", "technical");
	assert_int_equal(issues(), 0);
}

static void for_nobody_it_is_an_alert_of_a_ward(void **state)
{
	(void)state;
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", "nobody", 1,
		  "\"status\":\"final\",\"code\":" TEXT_ONLY ",\"effectiveDateTime\":\"%s\",%s", at,
		  quantity("39.9", "Cel"));
	assert_string_equal(world_level(world_task(&world, "ward:ward-1", "unknown-patient")),
			    "high");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fever_in_words_alone_is_as_loud_as_a_fever),
		TEST(a_fever_in_fahrenheit_of_an_unknown_system_is_as_loud),
		TEST(a_number_in_words_alone_is_said_once_and_again_when_it_is_a_fever),
		TEST(another_sign_is_said_beside_the_one_that_was_answered),
		TEST(a_sign_without_a_category_or_a_unit_is_said),
		TEST(a_part_of_a_panel_in_words_alone_is_said),
		TEST(a_correction_to_an_unknown_code_is_said),
		TEST(laboratory_results_notes_and_what_has_a_name_call_nobody),
		TEST(for_nobody_it_is_an_alert_of_a_ward),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
