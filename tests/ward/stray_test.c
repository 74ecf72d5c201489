/* SPDX-License-Identifier: Apache-2.0
 * What is sent for somebody who has no open stay, and vital signs under a code that no rule reads. */
#include "pages.h"

#include <stdlib.h>

#define DAY DATE_US_PER_DAY

/* An Observation of a vital sign; `more` are further members, each ending with a comma. */
static void send(const char *id, const char *more, const char *subject, const char *code,
		 const char *value, const char *unit)
{
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(
		&world, "Observation", id, 1,
		"%s%s\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
		"\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":"
		"\"vital-signs\"}]}],\"code\":{\"coding\":[{\"system\":\"http://"
		"loinc.org\",\"code\":"
		"\"%s\"}]},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s,\"system\":"
		"\"http://unitsofmeasure.org\",\"code\":\"%s\"}",
		more, subject, code, at, value, unit);
}

#define BY_APP \
	"\"extension\":[{\"url\":\"" HW "StructureDefinition/source\",\"valueCode\":\"app\"}],"
#define BY_MONITOR "\"device\":{\"reference\":\"Device/monitor-7\"},"
#define GIRL "\"subject\":{\"reference\":\"Patient/girl\"},"
#define STRANGER "\"subject\":{\"reference\":\"Patient/stranger\"},"

static size_t issues(const char *code)
{
	struct ward_output *outputs;
	size_t count, found = 0;
	assert_true(ward_core_outputs(world.core, &world.arena, 1000, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		const struct json *coding = json_at(
			json_get(json_get(outputs[i].resource, STR("code")), STR("coding")), 0);
		found += str_equal(outputs[i].type, STR("DetectedIssue")) &&
			 str_equal(json_get_text(coding, STR("code")), str_from_c(code));
	}
	return found;
}

static const char *ward_level(const char *rule)
{
	return world_level(world_task(&world, "ward:ward-1", rule));
}

static void worry_long_after_the_stay_still_calls_somebody(void **state)
{
	(void)state;
	deed_discharge(&world, "e1", "girl", 2, world.now_us);
	world_wait(&world, 30 * DAY);
	world_code(&world, "girl", "worried", "true", world.now_us);
	expect_level("e1", "concern", "medium");
	assert_string_equal(world_rung(task("concern")), "Nurse");
}

static void
long_after_the_stay_a_fever_by_the_app_is_high_and_the_hospitals_is_not_ours(void **state)
{
	(void)state;
	deed_discharge(&world, "e1", "girl", 2, world.now_us);
	world_wait(&world, 10 * DAY);
	send("hospital", "", GIRL, TEMPERATURE, "39.1", "Cel");
	expect_none("e1", "fever");
	send("home", BY_APP, GIRL, TEMPERATURE, "39.1", "Cel");
	expect_level("e1", "fever", "high");
	assert_int_equal(issues("after-stay"), 1);
}

static void worry_before_the_stay_begins_calls_somebody(void **state)
{
	(void)state;
	world_patient(&world, "boy", "2022-01-01");
	world_put(&world, "EpisodeOfCare", "e9", 1,
		  "\"status\":\"planned\",\"type\":[{\"coding\":[{\"system\":\"" HW "CodeSystem/"
		  "episode-type\",\"code\":\"virtual-ward\"}]}],\"patient\":{\"reference\":"
		  "\"Patient/boy\"},\"managingOrganization\":{\"reference\":\"Organization/"
		  "ward-1\"}");
	world_code(&world, "boy", "worried", "true", world.now_us);
	expect_level("e9", "concern", "medium");
}

static void worry_for_somebody_whom_no_ward_knows_is_an_alert_of_a_ward(void **state)
{
	(void)state;
	world_code(&world, "stranger", "worried", "true", world.now_us);
	assert_string_equal(ward_level("unknown-patient"), "medium");
	assert_non_null(strstr(
		world_text(world_task(&world, "ward:ward-1", "unknown-patient"), "description"),
		"Patient/stranger"));
	assert_int_equal(issues("unknown-patient"), 1);
}

static void a_reading_of_an_unknown_patient_is_as_bad_as_its_value(void **state)
{
	(void)state;
	send("calm", BY_APP, STRANGER, TEMPERATURE, "36.8", "Cel");
	assert_string_equal(ward_level("unknown-patient"), "low");
	send("fever", BY_APP, STRANGER, TEMPERATURE, "39.1", "Cel");
	assert_string_equal(ward_level("unknown-patient"), "high");
	assert_int_equal(world_task_count(&world, "ward:ward-1", "unknown-patient"), 1);
	assert_int_equal(issues("unknown-patient"), 2);
}

static void a_reading_that_says_of_nobody_is_seen_by_somebody(void **state)
{
	(void)state;
	send("nobody", BY_MONITOR, "", HR, "120", "/min");
	assert_string_equal(ward_level("unknown-patient"), "low");
	assert_int_equal(issues("unknown-patient"), 1);
}

static void worry_and_fever_that_say_of_nobody_are_heard(void **state)
{
	(void)state;
#define BY_NUMBER \
	"\"subject\":{\"type\":\"Patient\",\"identifier\":{\"system\":\"https://fhir.nhs.uk/Id/" \
	"nhs-number\",\"value\":\"9000000009\"}},"
	send("number", "", BY_NUMBER, TEMPERATURE, "39.1", "Cel");
	assert_string_equal(ward_level("unknown-patient"), "high");
	world_put(&world, "Observation", "worry", 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"" HW "CodeSystem/"
		  "observation\",\"code\":\"worried\"}]},\"valueBoolean\":true");
	assert_non_null(strstr(
		world_text(world_task(&world, "ward:ward-1", "unknown-patient"), "description"),
		"worried"));
	assert_int_equal(issues("unknown-patient"), 2);
}

/* The board's own counts are no part of the state: a replay, which has no board, calls the same people. */
static void the_ward_that_is_told_is_the_one_with_patients_also_in_a_replay(void **state)
{
	(void)state;
	world_put(&world, "Organization", "a-ward", 1,
		  "\"name\":\"Empty\",\"type\":[{\"coding\":[{\"system\":\"" HW "CodeSystem/"
		  "organization-type\",\"code\":\"virtual-ward\"}]}]");
	world_code(&world, "stranger", "worried", "true", world.now_us);
	assert_string_equal(ward_level("unknown-patient"), "medium");
	assert_int_equal(world_task_count(&world, "ward:a-ward", "unknown-patient"), 0);
}

static void the_hospitals_own_monitors_are_not_the_wards(void **state)
{
	(void)state;
	send("bedside", BY_MONITOR, STRANGER, TEMPERATURE, "39.1", "Cel");
	send("chart", "", STRANGER, TEMPERATURE, "39.1", "Cel");
	assert_int_equal(world_task_count(&world, "ward:ward-1", "unknown-patient"), 0);
	assert_int_equal(issues("unknown-patient"), 0);
}

static void answers_of_an_unknown_patient_are_seen_by_somebody(void **state)
{
	(void)state;
	world_put(&world, "Questionnaire", "daily", 1,
		  "\"url\":\"" HW "Questionnaire/daily\",\"version\":\"1\",\"status\":\"active\","
		  "\"item\":[{\"linkId\":\"1\",\"text\":\"Well?\",\"type\":\"boolean\"}]");
	for (int ours = 0; ours < 2; ours++) {
		world_put(&world, "QuestionnaireResponse", ours ? "r2" : "r1", 1,
			  "\"status\":\"completed\",\"questionnaire\":\"%s%s\"," STRANGER
			  "\"item\":[{\"linkId\":\"1\",\"answer\":[{\"valueBoolean\":true}]}]",
			  ours ? HW : "http://example.org/", "Questionnaire/daily");
		assert_string_equal(ward_level("unknown-patient"), ours ? "medium" : "");
	}
}

static void a_fever_is_a_fever_by_any_thermometer(void **state)
{
	(void)state;
	static const char *const sites[] = { "8331-1", "8332-9", "8333-7", "8328-7", "75539-7" };
	for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		char id[20];
		snprintf(id, sizeof(id), "site-%zu", i);
		assert_int_equal(world_task_count(&world, "e1", "fever"), i);
		send(id, "", GIRL, sites[i], "38.5", "Cel");
		assert_int_equal(world_task_count(&world, "e1", "fever"), i + 1);
		world_resolve(&world, task("fever"), "seen");
		world_wait(&world, HOUR);
	}
}

static void a_vital_sign_under_an_unknown_code_is_said_and_a_height_is_not(void **state)
{
	(void)state;
	send("height", "", GIRL, "8302-2", "98", "cm");
	expect_none("e1", "technical");
	assert_int_equal(issues("unreadable"), 0);
	send("odd", "", GIRL, "60830-7", "36.5", "Cel"); /* of a finger */
	expect_level("e1", "technical", "medium");
	assert_non_null(strstr(world_text(task("technical"), "description"), "60830-7"));
	assert_int_equal(issues("unreadable"), 1);
}

/* Of an older store: the API takes nothing of this size. */
static void send_large(const char *type, const char *id, const char *members)
{
	size_t size = (size_t)9 * 1024 * 1024;
	char *whole = malloc(size);
	assert_non_null(whole);
	int length = snprintf(whole, size,
			      "{\"resourceType\":\"%s\",\"id\":\"%s\",\"note\":[{\"text\":"
			      "\"\\\"}],",
			      type, id);
	memset(whole + length, 'x', size - (size_t)length);
	snprintf(whole + size - 400, 400, "\"}],%s}", members);
	world_put_body(&world, type, id, 1, str_from_c(whole));
	free(whole);
}

static void what_is_too_large_to_be_read_is_said_to_the_ward_of_its_patient(void **state)
{
	(void)state;
	send_large("QuestionnaireResponse", "large",
		   "\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/girl\"}");
	assert_string_equal(ward_level("unknown-patient"), "medium");
	const struct json *told = world_task(&world, "ward:ward-1", "unknown-patient");
	assert_non_null(strstr(world_text(told, "description"), "too large to be read"));
	assert_string_equal(json_get_text(json_get(told, STR("focus")), STR("reference")).ptr,
			    "QuestionnaireResponse/large");
	send_large("Media", "photograph", "\"subject\":{\"reference\":\"Patient/girl\"}");
	assert_int_equal(world_task_count(&world, "ward:ward-1", "unknown-patient"), 1);
	struct ward_core *again = world_replay(&world, world.event_count);
	struct str one = world_dump(world.core, &world.arena),
		   two = world_dump(again, &world.arena);
	assert_true(str_equal(one, two));
	ward_core_destroy(again);
}

static const struct json *unscored(void)
{
	return world_task(&world, "e2", "technical");
}

static void measured_on_another(const char *id)
{
	send(id, BY_MONITOR "\"focus\":[{\"reference\":\"Patient/girl\"}],",
	     "\"subject\":{\"reference\":\"Patient/man\"},", HR, "70", "/min");
}

static void expect_called_again(const char *words)
{
	assert_string_equal(world_text(unscored(), "status"), "requested");
	assert_non_null(strstr(world_text(unscored(), "description"), words));
	assert_int_equal(world_task_count(&world, "e2", "technical"), 1);
	world_acknowledge(&world, unscored(), "Nora Nurse", "I see");
	assert_string_equal(world_text(unscored(), "status"), "accepted");
	world_wait(&world, MIN);
}

static void each_reason_not_to_score_calls_again_whoever_answered_the_others(void **state)
{
	static const char pregnant[] =
		"\"subject\":{\"reference\":\"Patient/man\"},\"code\":{\"coding\":[{\"system\":"
		"\"http://snomed.info/sct\",\"code\":\"77386006\"}]}";
	(void)state;
	measured_on_another("m1");
	expect_called_again("somebody else");
	measured_on_another("m2"); /* another one */
	expect_called_again("somebody else");
	world_put(&world, "Condition", "c1", 1, "%s", pregnant);
	expect_called_again("Pregnant: NEWS2 is not for pregnancy");
	assert_non_null(strstr(world_text(unscored(), "description"), "somebody else"));
	/* what is said already, and goes on, calls nobody again */
	world_put(&world, "Flag", "f1", 1, "\"status\":\"active\",%s", pregnant);
	world_number(&world, "man", HR, "72", world.now_us);
	assert_string_equal(world_text(unscored(), "status"), "accepted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(worry_long_after_the_stay_still_calls_somebody),
		TEST(long_after_the_stay_a_fever_by_the_app_is_high_and_the_hospitals_is_not_ours),
		TEST(worry_before_the_stay_begins_calls_somebody),
		TEST(worry_for_somebody_whom_no_ward_knows_is_an_alert_of_a_ward),
		TEST(a_reading_of_an_unknown_patient_is_as_bad_as_its_value),
		TEST(a_reading_that_says_of_nobody_is_seen_by_somebody),
		TEST(worry_and_fever_that_say_of_nobody_are_heard),
		TEST(the_ward_that_is_told_is_the_one_with_patients_also_in_a_replay),
		TEST(the_hospitals_own_monitors_are_not_the_wards),
		TEST(answers_of_an_unknown_patient_are_seen_by_somebody),
		TEST(a_fever_is_a_fever_by_any_thermometer),
		TEST(a_vital_sign_under_an_unknown_code_is_said_and_a_height_is_not),
		TEST(what_is_too_large_to_be_read_is_said_to_the_ward_of_its_patient),
		TEST(each_reason_not_to_score_calls_again_whoever_answered_the_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
