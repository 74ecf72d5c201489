/* SPDX-License-Identifier: Apache-2.0
 * One child under two ids: what is known of it beside its readings. Doses that may hide a fever, pregnancy and
 * equipment count under either id, whichever came first, and no more when the merge is taken back. */
#include "ward/model.h"

#include "linked.h"

#include <stdio.h>

#define MASKED "antipyretic within 4 h"

static bool row_has(const char *episode, const char *words)
{
	static char text[40000];
	struct text out;
	text_init(&out, &world.arena, sizeof(text) - 1);
	assert_true(ward_core_row_print(world.core, str_from_c(episode), &out));
	snprintf(text, sizeof(text), "%.*s", STR_ARG(text_view(&out)));
	return strstr(text, words) != NULL;
}

/* A restart and a replay know the same. */
static void expect_the_same_again(void)
{
	struct ward_core *replayed = world_replay(&world, world.event_count);
	ward_core_advance(replayed, world.now_us);
	struct str now = world_dump(world.core, &world.arena);
	struct str again = world_dump(replayed, &world.arena);
	assert_int_equal(now.len, again.len);
	assert_memory_equal(now.ptr, again.ptr, now.len);
	ward_core_destroy(replayed);
	world_reload(&world);
}

static void fever_and_then(const char *temperature)
{
	girl_set(NULL, NULL, NULL, "38.4");
	world_wait(&world, 30 * MIN);
	girl_set(NULL, NULL, NULL, temperature);
}

/* --- doses ---------------------------------------------------------------------------------- */

static void a_dose_under_the_other_id_may_hide_the_fever(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	deed_dose(&world, "d1", "survivor", "Paracetamol", "completed", world.now_us);
	world_wait(&world, HOUR);
	fever_and_then("37.9");
	assert_true(row_has("e1", MASKED));
	assert_false(row_has("e1", "\"antipyreticAt\":null"));
	assert_non_null(strstr(world_text(task("fever"), "description"), MASKED));
	expect_the_same_again();
	assert_true(row_has("e1", MASKED));
	/* the newest of either counts */
	deed_dose(&world, "d0", "girl", "Paracetamol", "completed", world.now_us - 3 * HOUR);
	world_wait(&world, 2 * HOUR);
	girl_set(NULL, NULL, NULL, "37.8");
	assert_true(row_has("e1", MASKED));
	deed_dose(&world, "d1", "survivor", "Paracetamol", "entered-in-error", world.now_us);
	assert_false(row_has("e1", MASKED));
	assert_null(strstr(world_text(task("fever"), "description"), MASKED));
}

static void a_merge_that_comes_after_the_dose_says_it_beside_the_open_fever(void **state)
{
	(void)state;
	unlinked("survivor", 1);
	deed_dose(&world, "d1", "survivor", "Ibuprofen", "completed", world.now_us);
	world_wait(&world, HOUR);
	fever_and_then("37.9");
	assert_false(row_has("e1", MASKED));
	assert_null(strstr(world_text(task("fever"), "description"), MASKED));
	linked("survivor", 2, "replaces", "girl");
	assert_true(row_has("e1", MASKED));
	assert_non_null(strstr(world_text(task("fever"), "description"), MASKED));
	expect_the_same_again();
	unlinked("survivor", 3);
	assert_false(row_has("e1", MASKED));
	assert_null(strstr(world_text(task("fever"), "description"), MASKED));
	expect_the_same_again();
}

/* --- pregnancy ------------------------------------------------------------------------------- */

static void pregnant(const char *id, int64_t version, const char *whose, const char *status)
{
	world_put(&world, "Condition", id, version,
		  "\"subject\":{\"reference\":\"Patient/%s\"},\"clinicalStatus\":{\"coding\":[{"
		  "\"system\":\"http://terminology.hl7.org/CodeSystem/condition-clinical\","
		  "\"code\":\"%s\"}]},\"code\":{\"coding\":[{\"system\":"
		  "\"http://snomed.info/sct\",\"code\":\"77386006\"}]}",
		  whose, status);
}

/* LOINC 82810-3, pregnancy status: LA15173-0 pregnant, LA26683-5 not pregnant. */
static void pregnancy_status(const char *id, const char *whose, const char *answer)
{
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", id, 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"82810-3\"}]},\"subject\":{\"reference\":\"Patient/%s\"},"
		  "\"effectiveDateTime\":\"%s\",\"valueCodeableConcept\":{\"coding\":[{\"system\":"
		  "\"http://loinc.org\",\"code\":\"%s\"}]}",
		  whose, at, answer);
}

static void man_is_well(void)
{
	man_set("18", "97", "125", "80", "A", "36.9");
}

static bool is_scored(void)
{
	const struct stay *stay = map_get(&world.core->stay_by_id, STR("e2"));
	return stay->unscored == 0;
}

static void expect_no_score_for_an_hour(void)
{
	man_is_well();
	assert_false(is_scored());
	expect_the_same_again();
	world_wait(&world, HOUR);
}

static void expect_scored_again(void)
{
	assert_true(row_has("e2", "\"pregnant\":false"));
	world_wait(&world, HOUR);
	man_is_well();
	assert_int_equal(total_of("e2"), 0);
	expect_the_same_again();
}

static void pregnancy_under_the_other_id_ends_news2(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "man");
	pregnant("c1", 1, "survivor", "active");
	assert_true(row_has("e2", "\"pregnant\":true"));
	assert_non_null(
		strstr(world_text(world_task(&world, "e2", "technical"), "description"), "NEWS2"));
	expect_no_score_for_an_hour();
	pregnant("c1", 2, "survivor", "resolved");
	expect_scored_again();
}

static void a_merge_that_comes_after_the_pregnancy_ends_news2(void **state)
{
	(void)state;
	man_is_well();
	assert_int_equal(total_of("e2"), 0);
	pregnant("c1", 1, "survivor", "active");
	expect_none("e2", "technical");
	world_wait(&world, HOUR);
	linked("survivor", 1, "replaces", "man");
	assert_true(row_has("e2", "\"pregnant\":true"));
	expect_level("e2", "technical", "medium");
	expect_no_score_for_an_hour();
	unlinked("survivor", 2);
	expect_scored_again();
}

static void a_stay_that_begins_under_the_other_id_knows_of_the_pregnancy(void **state)
{
	(void)state;
	linked("new", 1, "replaces", "old");
	pregnant("c1", 1, "old", "active");
	world_admit(&world, "e9", "new", ADULT);
	expect_level("e9", "technical", "medium");
	assert_true(row_has("e9", "\"pregnant\":true"));
}

static void of_what_two_records_observed_the_newest_counts_whichever_id_it_names(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "man");
	pregnancy_status("p1", "survivor", "LA15173-0");
	assert_true(row_has("e2", "\"pregnant\":true"));
	/* at the same instant sources disagree: pregnant, whatever their order */
	pregnancy_status("p0", "man", "LA26683-5");
	pregnancy_status("p2", "man", "LA26683-5");
	assert_true(row_has("e2", "\"pregnant\":true"));
	world_wait(&world, HOUR);
	pregnancy_status("p3", "man", "LA26683-5");
	assert_true(row_has("e2", "\"pregnant\":false"));
	world_wait(&world, HOUR);
	pregnancy_status("p4", "survivor", "LA15173-0");
	assert_true(row_has("e2", "\"pregnant\":true"));
	expect_the_same_again();
	assert_true(row_has("e2", "\"pregnant\":true"));
}

/* --- equipment ------------------------------------------------------------------------------- */

static const char *silence_of(const char *episode)
{
	const struct json *found = world_task(&world, episode, "equipment");
	return found == NULL || world_deadline_us(found) == 0 ? ""
							      : world_text(found, "description");
}

static void battery(const char *id, const char *device, int percent)
{
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", id, 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:iso:std:iso:11073:"
		  "10101\",\"code\":\"67996\"}]},\"device\":{\"reference\":\"Device/%s\"},"
		  "\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%d,\"system\":"
		  "\"http://unitsofmeasure.org\",\"code\":\"%%\"}",
		  device, at, percent);
}

static void silence_of_equipment_under_the_other_id_is_said(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	world_device(&world, "b-cuff", 1, "blood-pressure", "survivor", NULL);
	world_device(&world, "a-thermometer", 1, "thermometer", "girl", NULL);
	assert_true(row_has("e1", "\"device\":\"a-thermometer\""));
	assert_true(row_has("e1", "\"device\":\"b-cuff\""));
	world_wait(&world, 12 * HOUR);
	assert_string_equal(silence_of("e1"), "Not heard of: Thermometer a-thermometer never yet, "
					      "Blood pressure cuff b-cuff never yet");
	expect_the_same_again();
	/* a restart says nothing again, and what is heard of again is said */
	world_wait(&world, HOUR);
	assert_string_equal(silence_of("e1"), "Not heard of: Thermometer a-thermometer never yet, "
					      "Blood pressure cuff b-cuff never yet");
	assert_int_equal(world_task_count(&world, "e1", "equipment"), 1);
	battery("b1", "b-cuff", 80);
	assert_string_equal(silence_of("e1"), "Not heard of: Thermometer a-thermometer never yet");
	expect_the_same_again();
}

static void a_low_battery_of_equipment_under_the_other_id_is_said(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	world_device(&world, "cuff", 1, "blood-pressure", "survivor", NULL);
	battery("b1", "cuff", 9);
	assert_string_equal(silence_of("e1"), "Battery low: Blood pressure cuff cuff 9 %");
}

static void a_hub_under_one_id_speaks_for_what_hangs_on_it_under_the_other(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	world_device(&world, "hub", 1, "hub", "survivor", NULL);
	world_device(&world, "cuff", 1, "blood-pressure", "girl", "hub");
	world_wait(&world, 12 * HOUR);
	assert_string_equal(silence_of("e1"), "Not heard of: Hub hub never yet");
}

static void silence_from_before_the_merge_is_said_with_it_and_ends_with_it(void **state)
{
	(void)state;
	unlinked("survivor", 1);
	world_device(&world, "cuff", 1, "blood-pressure", "survivor", NULL);
	world_wait(&world, 13 * HOUR);
	assert_string_equal(silence_of("e1"), "");
	linked("survivor", 2, "replaces", "girl");
	assert_string_equal(silence_of("e1"), "Not heard of: Blood pressure cuff cuff never yet");
	expect_the_same_again();
	unlinked("survivor", 3);
	assert_string_equal(silence_of("e1"), "");
	assert_false(row_has("e1", "\"device\":\"cuff\""));
	expect_the_same_again();
	linked("survivor", 4, "replaces", "girl");
	assert_string_equal(silence_of("e1"), "Not heard of: Blood pressure cuff cuff never yet");
}

static void of_two_open_stays_each_has_its_own_until_one_ends(void **state)
{
	(void)state;
	world_patient(&world, "twin", "2023-05-10");
	world_admit(&world, "e9", "twin", CHILD);
	linked("twin", 2, "replaced-by", "girl");
	world_device(&world, "cuff", 1, "blood-pressure", "twin", NULL);
	world_wait(&world, 12 * HOUR);
	assert_string_equal(silence_of("e9"), "Not heard of: Blood pressure cuff cuff never yet");
	assert_string_equal(silence_of("e1"), "");
	expect_the_same_again();
	/* whose stay goes on is told at once */
	deed_discharge(&world, "e9", "twin", 2, world.now_us);
	assert_string_equal(silence_of("e1"), "Not heard of: Blood pressure cuff cuff never yet");
	assert_true(row_has("e1", "\"device\":\"cuff\""));
	expect_the_same_again();
	world_wait(&world, HOUR);
	assert_int_equal(world_task_count(&world, "e1", "equipment"), 1);
}

/* --- what is late, and who looked ------------------------------------------------------------ */

static void what_was_measured_during_the_stay_of_the_other_id_is_filed_there(void **state)
{
	(void)state;
	int64_t end_us = girl_goes_home();
	linked("survivor", 1, "replaces", "girl");
	world_wait(&world, HOUR);
	world_admit(&world, "e9", "survivor", CHILD);
	world_wait(&world, HOUR);
	world_number(&world, "survivor", TEMPERATURE, "39.1", end_us - 10 * MIN);
	assert_non_null(task("after-stay"));
	expect_level("e1", "after-stay", "high");
	expect_the_same_again();
}

static void who_opened_the_record_under_the_other_id_is_said(void **state)
{
	(void)state;
	linked("survivor", 1, "replaces", "girl");
	world_put(&world, "AuditEvent", "a1", 1,
		  "\"agent\":[{\"who\":{\"display\":\"Dr Rae\"}}],\"purposeOfEvent\":[{\"coding\":["
		  "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActReason\",\"code\":"
		  "\"BTG\"}],\"text\":\"in resus\"}],\"entity\":[{\"what\":{\"reference\":"
		  "\"Patient/survivor\"}}]");
	assert_non_null(strstr(world_text(task("access"), "description"), "Dr Rae: in resus"));
	expect_the_same_again();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_dose_under_the_other_id_may_hide_the_fever),
		TEST(a_merge_that_comes_after_the_dose_says_it_beside_the_open_fever),
		TEST(pregnancy_under_the_other_id_ends_news2),
		TEST(a_merge_that_comes_after_the_pregnancy_ends_news2),
		TEST(a_stay_that_begins_under_the_other_id_knows_of_the_pregnancy),
		TEST(of_what_two_records_observed_the_newest_counts_whichever_id_it_names),
		TEST(silence_of_equipment_under_the_other_id_is_said),
		TEST(a_low_battery_of_equipment_under_the_other_id_is_said),
		TEST(a_hub_under_one_id_speaks_for_what_hangs_on_it_under_the_other),
		TEST(silence_from_before_the_merge_is_said_with_it_and_ends_with_it),
		TEST(of_two_open_stays_each_has_its_own_until_one_ends),
		TEST(what_was_measured_during_the_stay_of_the_other_id_is_filed_there),
		TEST(who_opened_the_record_under_the_other_id_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
