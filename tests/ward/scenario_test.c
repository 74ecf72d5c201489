/* SPDX-License-Identifier: Apache-2.0
 * Scenarios S1 to S35 of the ward reference, section 5, at the level of the core. */
#include "girl.h"

#include <stdio.h>

static void s01_normal_set_raises_nothing(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	girl_rest("95", "none", "2", NULL);
	assert_int_equal(total_of("e1"), 0);
	assert_int_equal(world_open_count(&world, "e1"), 0);
	world_wait(&world, 4 * HOUR + 59 * MIN);
	expect_none("e1", "overdue");
	world_wait(&world, MIN);
	expect_level("e1", "overdue", "medium");
}

static void s02_five_is_medium(void **state)
{
	(void)state;
	girl_set("44", "152", "94", "36.8");
	girl_rest("95", "mild", "2", NULL);
	assert_int_equal(total_of("e1"), 5);
	expect_level("e1", "score", "medium");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 15 * MIN);
	world_acknowledge(&world, task("score"), "Nora", "phone them");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 30 * MIN);
}

static void s03_sixteen_is_emergency_for_three_people_at_once(void **state)
{
	(void)state;
	girl_set("52", "172", "91", NULL);
	girl_rest("75", "moderate", "3", "NP 0.5");
	assert_int_equal(total_of("e1"), 16);
	expect_level("e1", "score", "emergency");
	assert_int_equal(world_task_count(&world, "e1", "score"), 1);
	struct ward_output *outputs;
	size_t count, pages = 0, family = 0;
	assert_true(ward_core_outputs(world.core, &world.arena, 1000, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		if (!str_equal(outputs[i].type, STR("Communication")))
			continue;
		const struct json *to = json_at(json_get(outputs[i].resource, STR("recipient")), 0);
		if (str_starts_with(json_get_text(to, STR("reference")), STR("PractitionerRole/")))
			pages++;
		else
			family++;
	}
	assert_int_equal(pages, 3);
	assert_int_equal(family, 1); /* the parent is told 999 */
	world_wait(&world, 2 * MIN);
	assert_string_equal(world_rung(task("score")), "Consultant");
	world_wait(&world, 2 * MIN);
	assert_string_equal(world_rung(task("score")), "Switchboard");
}

static void s04_fever_at_38_exactly_with_score_0(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "38.0");
	girl_rest("95", "none", "2", NULL);
	assert_int_equal(total_of("e1"), 0);
	expect_level("e1", "fever", "high");
	expect_none("e1", "score");
}

static void s05_below_fever_needs_concern_and_low_is_high(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "37.9");
	assert_int_equal(world_open_count(&world, "e1"), 0);
	world_code(&world, "girl", "worried", "true", world.now_us);
	expect_level("e1", "concern", "medium");
	assert_non_null(strstr(world_text(task("concern"), "description"), "37.9"));
	expect_none("e1", "fever");
	world_wait(&world, HOUR);
	girl_set(NULL, NULL, NULL, "35.9");
	expect_level("e1", "hypothermia", "high");
	world_wait(&world, HOUR);
	girl_set(NULL, NULL, NULL, "36.0");
	assert_int_equal(world_task_count(&world, "e1", "hypothermia"), 1);
}

static void s06_fever_stays_open_when_it_falls(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.2");
	world_acknowledge(&world, task("fever"), "Nora", "come in");
	world_wait(&world, 10 * MIN);
	girl_set(NULL, NULL, NULL, "37.2");
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
	assert_non_null(strstr(world_text(task("fever"), "description"), "now 37.2"));
	/* an older value that comes late is not "now" */
	world_number(&world, "girl", TEMPERATURE, "37.0", world.now_us - HOUR);
	assert_non_null(strstr(world_text(task("fever"), "description"), "now 37.2"));
	world_resolve(&world, task("fever"), "seen in clinic");
	assert_string_equal(world_text(task("fever"), "status"), "completed");
}

static void s07_adult_temperature_scores_from_38_1(void **state)
{
	(void)state;
	man_set("16", "97", "125", "80", "A", "38.0");
	assert_int_equal(total_of("e2"), 0);
	world_wait(&world, HOUR);
	man_set("16", "97", "125", "80", "A", "38.1");
	assert_int_equal(total_of("e2"), 1);
}

static void s08_home_set_is_partial_with_bounds(void **state)
{
	(void)state;
	girl_set("36", "142", "97", "36.9");
	const struct json *score = world_score(&world, "e1");
	const struct json *bounds = json_get(score, STR("extension"));
	assert_int_equal(total_of("e1"), 1);
	assert_true(str_equal(json_get_text(json_at(bounds, 0), STR("valueInteger")), STR("1")));
	assert_int_equal(json_get(json_at(bounds, 2), STR("valueBoolean"))->type, JSON_FALSE);
	expect_none("e1", "parameter");
	expect_level("e1", "score", "low");
}

static void s12_consciousness_is_a_concern_of_its_own(void **state)
{
	(void)state;
	world_code(&world, "girl", "consciousness", "asleep", world.now_us);
	expect_level("e1", "concern", "low"); /* look again */
	world_wait(&world, 20 * MIN);
	world_code(&world, "girl", "consciousness", "V", world.now_us);
	expect_level("e1", "concern", "high");
	world_wait(&world, MIN);
	world_code(&world, "girl", "consciousness", "P", world.now_us);
	expect_level("e1", "concern", "emergency");
	assert_int_equal(world_task_count(&world, "e1", "concern"), 2);
}

static void s13_carer_says_worse_and_picks_high(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_put(
		&world, "Observation", "cq", 1,
		"\"status\":\"final\",\"extension\":[{\"url\":\"https://fhir.homeward.example/"
		"StructureDefinition/"
		"alert-level\",\"valueCode\":\"high\"}],\"code\":{\"coding\":[{\"system\":"
		"\"http://snomed.info/"
		"sct\",\"code\":\"1364121000000100\"}]},\"subject\":{\"reference\":"
		"\"Patient/"
		"girl\"},\"effectiveDateTime\":\"2026-11-22T08:00:00Z\",\"valueCodeableConcept\":{"
		"\"coding\":[{\"system\":\"https://fhir.homeward.example/CodeSystem/"
		"carer-question\","
		"\"code\":\"W\"}]}");
	expect_level("e1", "concern", "high");
	world_wait(&world, MIN);
	girl_set("28", "132", "98", "36.8");
	world_code(&world, "girl", "carer", "B", world.now_us);
	expect_level("e1", "concern", "high");
}

static void s16_new_confusion_alone_is_not_low(void **state)
{
	(void)state;
	man_set("16", "97", "125", "80", "C", "36.8");
	assert_int_equal(total_of("e2"), 3);
	expect_level("e2", "score", "medium");
}

static void s17_worse_after_acknowledgement_alerts_anew(void **state)
{
	(void)state;
	man_set("22", "94", "108", "95", "A", "37.2");
	assert_int_equal(total_of("e2"), 5);
	expect_level("e2", "score", "high");
	const struct json *alert = world_task(&world, "e2", "score");
	world_wait(&world, 2 * MIN);
	world_acknowledge(&world, alert, "Nora", "visit");
	world_wait(&world, 12 * MIN); /* within the review time */
	man_set("25", "93", "108", "95", "A", "37.2");
	assert_int_equal(total_of("e2"), 7);
	alert = world_task(&world, "e2", "score");
	assert_string_equal(world_text(alert, "status"), "requested");
	assert_string_equal(world_level(alert), "emergency");
	assert_int_equal(world_deadline_us(alert), world.now_us + 2 * MIN);
	/* the first acknowledgement stays written */
	assert_true(json_get(alert, STR("note"))->count >= 2);
	assert_int_equal(world_task_count(&world, "e2", "score"), 1);
}

static void s20_birthday_changes_the_chart_at_local_midnight(void **state)
{
	(void)state;
	struct world *w = &world;
	struct date date;
	world_close(w);
	world_open(w);
	/* the world starts in November; play it in the following May instead: born 2022-05-04, five on 2027-05-04 */
	world_patient(w, "girl", "2022-05-04");
	assert_int_equal(date_parse(STR("2027-05-03T20:00:00Z"), DATE_KIND_INSTANT, &date),
			 ERROR_OK);
	world_wait(w, date.low_us - w->now_us);
	world_admit(w, "e1", "girl", CHILD);
	world_wait(w, 2 * HOUR + 50 * MIN); /* 23:50 BST on 3 May */
	girl_set("22", "100", NULL, NULL);
	world_number(w, "girl", SYSTOLIC, "105", w->now_us);
	assert_int_equal(total_of("e1"), 1);
	world_wait(w, 20 * MIN); /* 00:10 BST on 4 May, 23:10 UTC on 3 May */
	girl_set("22", "100", NULL, NULL);
	world_number(w, "girl", SYSTOLIC, "105", w->now_us);
	assert_int_equal(total_of("e1"), 0);
	assert_int_equal(world_task_count(w, "e1", "technical"), 1);
	world_wait(w, HOUR);
	girl_set("22", "100", NULL, NULL);
	assert_int_equal(world_task_count(w, "e1", "technical"), 1);
}

static void spo2_of(const char *device, const char *value)
{
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", device, 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"" SPO2 "\"}]},\"subject\":{\"reference\":\"Patient/girl\"},"
		  "\"effectiveDateTime\":\"%s\",\"device\":{\"reference\":\"Device/%s\"},"
		  "\"valueQuantity\":{\"value\":%s,\"system\":\"http://unitsofmeasure.org\","
		  "\"code\":\"%%\"}",
		  at, device, value);
}

static void s23_two_oximeters_act_on_the_worse(void **state)
{
	(void)state;
	girl_set(NULL, NULL, "97", NULL);
	world_wait(&world, 50 * INT64_C(1000000));
	spo2_of("the-other", "88");
	expect_level("e1", "parameter", "medium");
	expect_level("e1", "conflict", "technical");
	assert_int_equal(total_of("e1"), 4);
}

static void s23_values_of_one_instant_conflict_also_where_they_score_the_same(void **state)
{
	(void)state;
	girl_set(NULL, "100", NULL, NULL);
	girl_set(NULL, "118", NULL, NULL); /* both 0 */
	expect_level("e1", "conflict", "technical");
	world_wait(&world, HOUR);
	girl_set(NULL, NULL, NULL, "36.5");
	world_wait(&world, 30 * INT64_C(1000000));
	girl_set(NULL, NULL, NULL, "39.0"); /* National PEWS gives neither a point */
	assert_non_null(strstr(world_text(task("conflict"), "description"), "39.0 and 36.5"));
}

static void s23_what_one_oximeter_measures_a_moment_later_is_no_conflict(void **state)
{
	(void)state;
	girl_set("22", "108", "97", NULL);
	world_wait(&world, 30 * INT64_C(1000000));
	girl_set("22", "150", "88", NULL); /* both in other bands */
	assert_null(task("conflict"));
	expect_level("e1", "score", "medium");
	world_wait(&world, 20 * INT64_C(1000000));
	girl_set(NULL, NULL, "97", NULL); /* the worse still counts in the set */
	assert_int_equal(total_of("e1"), 6);
	girl_set(NULL, NULL, "88", NULL); /* of the same second */
	expect_level("e1", "conflict", "technical");
}

static void s24_half_rate_is_a_conflict_also_of_one_device(void **state)
{
	(void)state;
	girl_set(NULL, "150", NULL, NULL);
	world_wait(&world, 20 * INT64_C(1000000));
	girl_set(NULL, "75", NULL, NULL);
	expect_level("e1", "conflict", "technical");
}

static void s24_half_rate_pulse_is_a_conflict(void **state)
{
	(void)state;
	girl_set("30", "150", NULL, NULL);
	girl_set(NULL, "75", NULL, NULL);
	expect_level("e1", "conflict", "technical");
	assert_int_equal(total_of("e1"), 2); /* 150 scores 2, 75 scores 1: the worse */
}

static void s25_impossible_values_ask_then_tell_a_nurse(void **state)
{
	(void)state;
	girl_set(NULL, "400", "0", "52.3");
	world_put(
		&world, "Observation", "bp", 1,
		"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://"
		"loinc.org\",\"code\":"
		"\"85354-9\"}]},\"subject\":{\"reference\":\"Patient/girl\"},\"effectiveDateTime\":"
		"\"2026-11-22T08:00:00Z\",\"component\":[{\"code\":{\"coding\":[{\"system\":"
		"\"http://"
		"loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":60,\"code\":"
		"\"mm[Hg]\"}},{\"code\":{\"coding\":[{\"system\":\"http://"
		"loinc.org\",\"code\":\"8462-4\"}]},"
		"\"valueQuantity\":{\"value\":90,\"code\":\"mm[Hg]\"}}]");
	assert_int_equal(world_open_count(&world, "e1"), 0);
	assert_null(world_score(&world, "e1"));
	world_wait(&world, 5 * MIN);
	girl_set(NULL, "120", NULL, NULL); /* the repeat of one of them */
	world_wait(&world, 10 * MIN);
	expect_level("e1", "implausible", "medium");
	assert_int_equal(world_open_count(&world, "e1"), 1);
	girl_set(NULL, NULL, "98", "36.8");
	assert_string_equal(world_text(task("implausible"), "status"), "requested");
	world_number(&world, "girl", SYSTOLIC, "95", world.now_us);
	assert_string_equal(world_text(task("implausible"), "status"), "completed");
}

/* One sign as an Observation whose value is `value`. */
static void send_value(const char *id, const char *code, const char *value)
{
	char body[600];
	assert_in_range(snprintf(body, sizeof(body),
				 "\"status\":\"final\",\"code\":{\"coding\":[{%s}]},\"subject\":{"
				 "\"reference\":\"Patient/girl\"},\"effectiveDateTime\":"
				 "\"2026-11-22T08:00:00Z\",%s",
				 code, value),
			1, sizeof(body) - 1);
	world_put(&world, "Observation", id, 1, "%s", body);
}

static void a_sign_in_a_unit_that_is_not_known_is_asked_for_again(void **state)
{
	(void)state;
	send_value("t1", "\"system\":\"http://loinc.org\",\"code\":\"8310-5\"",
		   "\"valueQuantity\":{\"value\":39.4,\"unit\":\"degrees\"}");
	assert_int_equal(world_open_count(&world, "e1"), 0);
	assert_null(world_score(&world, "e1"));
	world_wait(&world, 15 * MIN);
	expect_level("e1", "implausible", "medium");
	/* A sign that was not measured is said so and is no unreadable one. */
	send_value("s1", "\"system\":\"http://loinc.org\",\"code\":\"2708-6\"",
		   "\"dataAbsentReason\":{\"text\":\"no finger probe\"}");
	world_wait(&world, 20 * MIN);
	assert_int_equal(world_task_count(&world, "e1", "implausible"), 1);
}

static void an_answer_of_a_carer_that_cannot_be_read_counts_as_concern(void **state)
{
	(void)state;
	send_value("c1", "\"system\":\"http://snomed.info/sct\",\"code\":\"1364121000000100\"",
		   "\"valueString\":\"he is not himself\"");
	expect_level("e1", "concern", "medium");
}

static void s26_soft_value_alerts_at_once_and_a_second_does_not_erase_it(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "41.8");
	expect_level("e1", "fever", "high");
	world_wait(&world, 3 * MIN);
	girl_set(NULL, NULL, NULL, "36.9");
	assert_string_equal(world_text(task("fever"), "status"), "requested");
	assert_non_null(strstr(world_text(task("fever"), "description"), "41.8"));
}

static void s27_a_future_reading_satisfies_no_schedule(void **state)
{
	(void)state;
	world_number(&world, "girl", HR, "132", world.now_us + 3 * HOUR);
	world_number(&world, "girl", HR, "133", world.now_us + 134 * 365 * DATE_US_PER_DAY);
	expect_level("e1", "time-suspect", "technical");
	assert_int_equal(world_task_count(&world, "e1", "time-suspect"), 1);
	world_wait(&world, 2 * HOUR);
	expect_level("e1", "overdue", "medium"); /* nothing since admission */
	world_number(&world, "girl", TEMPERATURE, "38.4", world.now_us + 3 * HOUR);
	expect_level("e1", "fever", "high"); /* evaluated as of when it came */
}

static void play_clock_change(const char *start, const char *due)
{
	struct date date, expected;
	world_close(&world);
	world_open(&world);
	world_patient(&world, "girl", "2023-05-10");
	assert_int_equal(date_parse(str_from_c(start), DATE_KIND_INSTANT, &date), ERROR_OK);
	assert_int_equal(date_parse(str_from_c(due), DATE_KIND_INSTANT, &expected), ERROR_OK);
	world_wait(&world, date.low_us - world.now_us);
	world_admit(&world, "e1", "girl", CHILD);
	girl_set("28", "132", "98", "36.8");
	/* the reminder goes at the due time: the medium alert follows an hour later */
	world_wait(&world, expected.low_us + HOUR - 1 - world.now_us);
	expect_none("e1", "overdue");
	world_wait(&world, 1);
	expect_level("e1", "overdue", "medium");
}

static void s29_spring_clock_change_counts_elapsed_time(void **state)
{
	(void)state;
	play_clock_change("2027-03-27T22:00:00Z", "2027-03-28T02:00:00Z"); /* 03:00 BST */
	assert_non_null(strstr(world_text(task("overdue"), "description"), "due at 03:00"));
}

static void s30_autumn_clock_change_counts_elapsed_time(void **state)
{
	(void)state;
	play_clock_change("2027-10-30T21:00:00Z",
			  "2027-10-31T01:00:00Z"); /* 22:00 BST, 01:00 GMT */
	assert_non_null(strstr(world_text(task("overdue"), "description"), "due at 01:00"));
}

static void s31_silence_climbs_and_ends_when_readings_come(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 4 * HOUR + 59 * MIN);
	expect_none("e1", "overdue");
	world_wait(&world, 2 * MIN); /* +61 */
	expect_level("e1", "overdue", "medium");
	girl_set("28", "132", "98", "36.8");
	assert_string_equal(world_text(task("overdue"), "status"), "completed");
	assert_non_null(json_get(task("overdue"), STR("statusReason")));
	world_wait(&world, 6 * HOUR);
	expect_level("e1", "overdue", "high");
	world_wait(&world, 2 * HOUR);
	expect_level("e1", "overdue", "emergency");
	assert_int_equal(world_task_count(&world, "e1", "overdue"), 2);
}

static const char *const burst[5][3] = { { "30", "130", "98" },
					 { "34", "138", "97" },
					 { "42", "151", "95" },
					 { "53", "172", "93" },
					 { "32", "135", "97" } };

static void send_burst(const size_t *order, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = order[i] / 3, which = order[i] % 3;
		const char *const codes[3] = { RR, HR, SPO2 };
		int64_t measured_us = world.now_us - MIN - (int64_t)(4 - n) * 3 * HOUR;
		world_number(&world, "girl", codes[which], burst[n][which], measured_us);
	}
}

static void expect_burst(void)
{
	const struct json *alert = task("score");
	assert_int_equal(world_open_count(&world, "e1"), 1);
	assert_string_equal(world_level(alert), "medium");
	assert_non_null(strstr(world_text(alert, "description"), "peak 7"));
	assert_non_null(strstr(world_text(alert, "description"), "now 0"));
	assert_string_equal(world_text(task("overdue"), "status"), "completed");
}

static void s32_late_burst_makes_one_retrospective_alert(void **state)
{
	(void)state;
	static const size_t order[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 12 * HOUR + 30 * MIN);
	expect_level("e1", "overdue", "emergency");
	send_burst(order, 15);
	assert_int_equal(total_of("e1"), 0);
	expect_burst();
	assert_string_equal(world_text(task("score"), "priority"), "urgent");
	assert_int_equal(world_task_count(&world, "e1", "score"), 1);
}

/* Half an hour later it is another upload: what made the alert is no less true for what took its place. */
static void s32_an_upload_that_is_over_is_not_made_calmer_by_a_correction(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 3 * HOUR);
	int64_t measured_us = world.now_us - 2 * HOUR;
	const char *breaths = world_number(&world, "girl", RR, "53", measured_us);
	const char *pulse = world_number(&world, "girl", HR, "172", measured_us);
	world_number(&world, "girl", SPO2, "93", measured_us);
	expect_level("e1", "score", "medium");
	world_wait(&world, MIN);
	/* the same upload */
	world_correct(&world, pulse, &(struct world_number){ "girl", HR, "171", measured_us });
	expect_level("e1", "score", "medium");
	world_wait(&world, 30 * MIN);
	const char *rung = world_rung(task("score"));
	int64_t until_us = world_deadline_us(task("score"));
	world_put(&world, "Observation", pulse, 3,
		  "\"status\":\"entered-in-error\",\"code\":{\"coding\":[{\"system\":"
		  "\"http://loinc.org\",\"code\":\"8867-4\"}]},"
		  "\"subject\":{\"reference\":\"Patient/girl\"}");
	world_correct(&world, breaths, &(struct world_number){ "girl", RR, "28", measured_us });
	expect_level("e1", "score", "medium");
	assert_string_equal(world_rung(task("score")), rung);
	assert_int_equal(world_deadline_us(task("score")), until_us);
}

static void s33_shuffled_and_twice_is_the_same(void **state)
{
	(void)state;
	static const size_t shuffles[3][30] = {
		{ 14, 9,  3,  0, 7, 11, 2, 13, 4, 10, 1, 12, 6,  8,  5,
		  9,  10, 11, 0, 1, 2,  3, 4,  5, 6,  7, 8,  12, 13, 14 },
		{ 9, 10, 11, 9, 10, 11, 12, 13, 14, 0, 3, 6, 1,  4,  7,
		  2, 5,  8,  8, 7,  6,  5,  4,  3,  2, 1, 0, 14, 13, 12 },
		{ 12, 13, 14, 9, 9, 10, 11, 10, 11, 6, 7, 8, 3,  4,  5,
		  0,  1,  2,  0, 1, 2,  3,  4,  5,  6, 7, 8, 14, 13, 12 },
	};
	for (size_t i = 0; i < 3; i++) {
		world_close(&world);
		(void)open_world(NULL);
		girl_set("28", "132", "98", "36.8");
		world_wait(&world, 12 * HOUR + 30 * MIN);
		send_burst(shuffles[i], 30);
		expect_burst();
		assert_int_equal(world_task_count(&world, "e1", "score"), 1);
	}
}

static void s34_a_second_apart_is_not_a_duplicate(void **state)
{
	(void)state;
	girl_set(NULL, "132", NULL, NULL);
	world_wait(&world, INT64_C(1000000));
	girl_set(NULL, "133", NULL, NULL);
	const struct json *score = world_score(&world, "e1");
	assert_int_equal(json_get(score, STR("derivedFrom"))->count, 2);
	/* the same reading again is one */
	world_number(&world, "girl", HR, "133", world.now_us);
	score = world_score(&world, "e1");
	assert_int_equal(json_get(score, STR("derivedFrom"))->count, 2);
}

static void s35_unanswered_high_climbs_every_five_minutes(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	assert_string_equal(world_rung(task("fever")), "Nurse");
	world_wait(&world, 5 * MIN - 1);
	assert_string_equal(world_rung(task("fever")), "Nurse");
	world_wait(&world, 1);
	assert_string_equal(world_rung(task("fever")), "Nurse in charge");
	world_wait(&world, 5 * MIN);
	assert_string_equal(world_rung(task("fever")), "Registrar");
	world_wait(&world, 5 * MIN);
	assert_string_equal(world_rung(task("fever")), "Consultant");
	world_wait(&world, 5 * MIN);
	assert_string_equal(world_rung(task("fever")), "Switchboard");
}

static void s35_empty_rung_is_skipped_at_once_and_said(void **state)
{
	(void)state;
	/* the nurse in charge has a rota with no shift now; the registrar's shift is now */
	world_put(&world, "Schedule", "s1", 1,
		  "\"actor\":[{\"reference\":\"PractitionerRole/charge-1\"}]");
	world_put(&world, "Slot", "slot1", 1,
		  "\"schedule\":{\"reference\":\"Schedule/s1\"},\"status\":\"busy\",\"start\":"
		  "\"2026-11-22T20:00:00Z\",\"end\":\"2026-11-23T08:00:00Z\"");
	girl_set(NULL, NULL, NULL, "38.6");
	world_wait(&world, 5 * MIN);
	assert_string_equal(world_rung(task("fever")), "Registrar");
	/* of the ward, not of this patient */
	expect_none("e1", "delivery");
	expect_level("ward:ward-1", "delivery", "technical");
	const struct json *said = world_task(&world, "ward:ward-1", "delivery");
	assert_non_null(strstr(world_text(said, "description"), "Nurse in charge"));
	assert_null(json_get(said, STR("for")));
	struct text text;
	text_init(&text, &world.arena, 100000);
	assert_true(ward_core_row_print(world.core, STR("ward:ward-1"), &text));
	assert_true(str_find(text_view(&text), STR("\"patient\":null")) < text.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(s01_normal_set_raises_nothing),
		TEST(s02_five_is_medium),
		TEST(s03_sixteen_is_emergency_for_three_people_at_once),
		TEST(s04_fever_at_38_exactly_with_score_0),
		TEST(s05_below_fever_needs_concern_and_low_is_high),
		TEST(s06_fever_stays_open_when_it_falls),
		TEST(s07_adult_temperature_scores_from_38_1),
		TEST(s08_home_set_is_partial_with_bounds),
		TEST(s12_consciousness_is_a_concern_of_its_own),
		TEST(s13_carer_says_worse_and_picks_high),
		TEST(s16_new_confusion_alone_is_not_low),
		TEST(s17_worse_after_acknowledgement_alerts_anew),
		TEST(s20_birthday_changes_the_chart_at_local_midnight),
		TEST(s23_two_oximeters_act_on_the_worse),
		TEST(s23_values_of_one_instant_conflict_also_where_they_score_the_same),
		TEST(s23_what_one_oximeter_measures_a_moment_later_is_no_conflict),
		TEST(s24_half_rate_is_a_conflict_also_of_one_device),
		TEST(s24_half_rate_pulse_is_a_conflict),
		TEST(s25_impossible_values_ask_then_tell_a_nurse),
		TEST(a_sign_in_a_unit_that_is_not_known_is_asked_for_again),
		TEST(an_answer_of_a_carer_that_cannot_be_read_counts_as_concern),
		TEST(s26_soft_value_alerts_at_once_and_a_second_does_not_erase_it),
		TEST(s27_a_future_reading_satisfies_no_schedule),
		TEST(s29_spring_clock_change_counts_elapsed_time),
		TEST(s30_autumn_clock_change_counts_elapsed_time),
		TEST(s31_silence_climbs_and_ends_when_readings_come),
		TEST(s32_late_burst_makes_one_retrospective_alert),
		TEST(s32_an_upload_that_is_over_is_not_made_calmer_by_a_correction),
		TEST(s33_shuffled_and_twice_is_the_same),
		TEST(s34_a_second_apart_is_not_a_duplicate),
		TEST(s35_unanswered_high_climbs_every_five_minutes),
		TEST(s35_empty_rung_is_skipped_at_once_and_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
