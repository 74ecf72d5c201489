/* SPDX-License-Identifier: Apache-2.0
 * Who answers: handover, the end of a shift, gaps of the rota seen in advance, limits of one patient, the care team;
 * at the level of the core. S36, S37 and S50 over HTTP stand in scenarios_people.test.mjs. */
#include "girl.h"

#include <stdio.h>

#define HW "https://fhir.homeward.example/"
#define WARD "ward:ward-1"

static void handover(const char *id, int64_t version, const char *status)
{
	world_put(&world, "Task", id, version,
		  "\"status\":\"%s\",\"intent\":\"order\",\"code\":{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/ward-task\",\"code\":\"hand-over\"}]},\"extension\":[{\"url\":\"" HW
		  "StructureDefinition/episode\",\"valueReference\":{\"reference\":\"EpisodeOfCare/"
		  "e1\"}}],\"requester\":{\"reference\":\"PractitionerRole/"
		  "nurse-1\",\"display\":\"Nora "
		  "Nurse\"},\"owner\":{\"reference\":\"PractitionerRole/"
		  "lead-1\",\"display\":\"Leo Lead\"}",
		  status);
}

static const char *owner_of(const struct json *task)
{
	static char name[80];
	struct str text = json_get_text(json_get(task, STR("owner")), STR("display"));
	snprintf(name, sizeof(name), "%.*s", STR_ARG(text));
	return name;
}

static void s36_a_handover_not_accepted_in_time_goes_to_the_nurse_in_charge(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	handover("h1", 1, "requested");
	world_wait(&world, 15 * MIN - 1);
	expect_none("e1", "handover");
	world_wait(&world, 1);
	expect_level("e1", "handover", "medium");
	assert_string_equal(world_rung(task("handover")), "Nurse in charge");
	assert_string_equal(owner_of(task("handover")), "Carla Charge");
	/* accepted late: the fever of the one who left belongs to the one who came */
	world_acknowledge(&world, task("fever"), "Nora Nurse", "phone them");
	handover("h1", 2, "accepted");
	assert_string_equal(owner_of(task("fever")), "Leo Lead");
	assert_string_equal(world_text(task("handover"), "status"), "completed");
}

static void s36_a_handover_accepted_in_time_tells_nobody(void **state)
{
	(void)state;
	handover("h1", 1, "requested");
	world_wait(&world, 10 * MIN);
	handover("h1", 2, "accepted");
	world_wait(&world, 20 * MIN);
	expect_none("e1", "handover");
}

static void s36_what_a_rule_closes_leaves_no_handover_to_wait_for(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 5 * HOUR);
	expect_level("e1", "overdue", "medium");
	handover("h1", 1, "requested");
	world_wait(&world, 15 * MIN);
	expect_level("e1", "handover", "medium");
	handover("h1", 2, "accepted");
	/* nobody has answered what the one who came took over */
	assert_string_equal(world_text(task("handover"), "status"), "requested");
	girl_set("28", "132", "98", "36.8");
	assert_string_equal(world_text(task("overdue"), "status"), "completed");
	assert_string_equal(world_text(task("handover"), "status"), "completed");
}

static void s36_a_handover_asked_for_again_goes_to_the_nurse_in_charge_again(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	handover("h1", 1, "requested");
	world_wait(&world, 15 * MIN);
	world_acknowledge(&world, task("handover"), "Carla Charge", "I find somebody");
	handover("h2", 1, "requested");
	world_wait(&world, 15 * MIN);
	assert_string_equal(world_text(task("handover"), "status"), "requested");
	assert_string_equal(world_rung(task("handover")), "Nurse in charge");
	assert_string_equal(owner_of(task("handover")), "Carla Charge");
}

/* Pages that were never written: all of them, since nothing settles here. */
static size_t communications(void)
{
	return world_output_count(&world, "Communication");
}

static void s36_what_is_snoozed_stays_silent_when_the_patient_is_taken_over(void **state)
{
	(void)state;
	girl_set("44", "152", "94", NULL);
	girl_rest("95", "mild", "2", NULL);
	deed_snooze(&world, task("score"), "nurse-1", 20, "asleep");
	size_t paged = communications();
	handover("h1", 1, "requested");
	world_wait(&world, MIN);
	handover("h1", 2, "accepted");
	assert_string_equal(owner_of(task("score")), "Leo Lead");
	assert_int_equal(communications(), paged);
	world_wait(&world, 19 * MIN);
	assert_true(communications() > paged);
}

static void omar_works_here(void)
{
	world_put(&world, "PractitionerRole", "nurse-2", 1,
		  "\"practitioner\":{\"display\":\"Omar "
		  "Night\"},\"organization\":{\"reference\":\"Organization/"
		  "ward-1\"},\"code\":[{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/ward-role\",\"code\":\"nurse\"}]}]");
}

static void s36_when_a_shift_ends_the_alert_goes_to_who_is_there(void **state)
{
	(void)state;
	omar_works_here();
	world_shift(&world, "nurse-1", "day", WORLD_START_US - HOUR, WORLD_START_US + 15 * MIN);
	world_shift(&world, "nurse-2", "night", WORLD_START_US + 15 * MIN,
		    WORLD_START_US + 12 * HOUR);
	girl_set(NULL, NULL, NULL, "38.6");
	assert_string_equal(owner_of(task("fever")), "Nora Nurse");
	world_wait(&world, 3 * MIN);
	world_acknowledge(&world, task("fever"), "Nora Nurse", "phone them");
	world_wait(&world, 12 * MIN - 1);
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
	world_wait(&world, 1);
	assert_string_equal(world_text(task("fever"), "status"), "requested");
	assert_string_equal(owner_of(task("fever")), "Omar Night");
	assert_string_equal(owner_of(task("handover")), "Carla Charge");
	assert_non_null(strstr(world_text(task("handover"), "description"), "Omar Night"));
	world_acknowledge(&world, task("fever"), "Omar Night", "I phone them");
	assert_string_equal(world_text(task("handover"), "status"), "completed");
	world_wait(&world, MIN);
	assert_string_equal(owner_of(task("fever")), "Omar Night");
}

/* Nora's shift until the evening, Omar's beside it; she has answered the fever. */
static void nora_answers(void)
{
	omar_works_here();
	world_shift(&world, "nurse-1", "day", WORLD_START_US - HOUR, WORLD_START_US + 12 * HOUR);
	girl_set(NULL, NULL, NULL, "38.6");
	world_shift(&world, "nurse-2", "beside", WORLD_START_US, WORLD_START_US + 12 * HOUR);
	world_acknowledge(&world, task("fever"), "Nora Nurse", "phone them");
	world_wait(&world, MIN);
	assert_string_equal(owner_of(task("fever")), "Nora Nurse");
}

static void expect_handed_on_in_a_minute(void)
{
	world_wait(&world, MIN - 1);
	assert_string_equal(owner_of(task("fever")), "Nora Nurse");
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
	world_wait(&world, 1);
	assert_string_equal(world_text(task("fever"), "status"), "requested");
	assert_string_equal(owner_of(task("fever")), "Omar Night");
	assert_string_equal(owner_of(task("handover")), "Carla Charge");
	world_acknowledge(&world, task("fever"), "Omar Night", "I phone them");
	assert_string_equal(world_text(task("handover"), "status"), "completed");
	world_wait(&world, 2 * MIN);
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
}

static void s36_a_shift_taken_out_of_the_rota_strands_no_alert(void **state)
{
	(void)state;
	nora_answers();
	world_delete(&world, "Slot", "day", world.feed + 1);
	expect_handed_on_in_a_minute();
}

static void s36_a_shift_that_is_free_now_strands_no_alert(void **state)
{
	(void)state;
	nora_answers();
	world_put(&world, "Slot", "day", world.feed + 1,
		  "\"schedule\":{\"reference\":\"Schedule/schedule-nurse-1\"},"
		  "\"status\":\"free\",\"start\":\"2026-01-05T08:00:00Z\","
		  "\"end\":\"2026-01-05T20:00:00Z\"");
	expect_handed_on_in_a_minute();
}

static void s36_a_rota_of_somebody_that_ends_strands_no_alert(void **state)
{
	(void)state;
	nora_answers();
	world_put(&world, "Schedule", "schedule-nurse-1", world.feed + 1,
		  "\"active\":false,\"actor\":[{\"reference\":\"PractitionerRole/nurse-1\"}]");
	expect_handed_on_in_a_minute();
}

static void s36_a_role_that_is_no_more_strands_no_alert(void **state)
{
	(void)state;
	nora_answers();
	world_delete(&world, "PractitionerRole", "nurse-1", 2);
	expect_handed_on_in_a_minute();
}

static void s36_who_has_left_the_house_strands_no_alert(void **state)
{
	(void)state;
	nora_answers();
	world_put(&world, "Practitioner", "nurse-1", 2,
		  "\"active\":false,\"name\":[{\"text\":\"Nora Nurse\"}]");
	expect_handed_on_in_a_minute();
}

/* Nora, with these absences: (from, until) in minutes from the start of the world; until 0: none is known. */
static void nora_is_away(int64_t version, int from_min, int until_min)
{
	char from[25], until[25], end[60] = "";
	date_write_instant(WORLD_START_US + from_min * MIN, from);
	date_write_instant(WORLD_START_US + until_min * MIN, until);
	if (until_min > 0)
		snprintf(end, sizeof(end), ",\"end\":\"%s\"", until);
	world_put(
		&world, "PractitionerRole", "nurse-1", version,
		"\"practitioner\":{\"reference\":\"Practitioner/nurse-1\"},"
		"\"organization\":{\"reference\":\"Organization/ward-1\"},\"code\":[{\"coding\":[{"
		"\"system\":\"" HW "CodeSystem/ward-role\",\"code\":\"nurse\"}]}],"
		"\"notAvailable\":[{\"description\":\"Not said when\"},"
		"{\"description\":\"Leave\",\"during\":{\"start\":\"%s\"%s}}]",
		from, end);
}

static void s36_who_falls_ill_strands_no_alert(void **state)
{
	(void)state;
	nora_answers();
	nora_is_away(2, -10, 0);
	expect_handed_on_in_a_minute();
}

static void s36_a_leave_that_begins_is_the_end_of_a_shift(void **state)
{
	(void)state;
	nora_answers();
	nora_is_away(2, 10, 60);
	world_wait(&world, 9 * MIN - 1);
	assert_string_equal(owner_of(task("fever")), "Nora Nurse");
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
	world_wait(&world, 1);
	assert_string_equal(owner_of(task("fever")), "Omar Night");
	assert_string_equal(owner_of(task("handover")), "Carla Charge");
}

static void s37_who_is_away_is_not_called_and_is_called_when_back(void **state)
{
	(void)state;
	world_shift(&world, "nurse-1", "day", WORLD_START_US - HOUR, WORLD_START_US + 12 * HOUR);
	nora_is_away(2, -30, 30);
	girl_set(NULL, NULL, NULL, "38.6");
	assert_string_equal(owner_of(task("fever")), "Carla Charge");
	world_wait(&world, 31 * MIN);
	girl_set("46", "154", "94", NULL);
	assert_string_equal(owner_of(task("score")), "Nora Nurse");
}

static void s36_a_rota_that_is_written_anew_takes_nobodys_alerts(void **state)
{
	(void)state;
	nora_answers();
	world_delete(&world, "Slot", "day", world.feed + 1);
	world_wait(&world, MIN / 2);
	world_shift(&world, "nurse-1", "day-anew", WORLD_START_US, WORLD_START_US + 10 * HOUR);
	world_wait(&world, 10 * MIN);
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
	assert_string_equal(owner_of(task("fever")), "Nora Nurse");
	expect_none("e1", "handover");
}

static void s36_who_answered_off_shift_keeps_what_they_took(void **state)
{
	(void)state;
	nora_answers();
	world_shift(&world, "lead-1", "tomorrow", WORLD_START_US + 24 * HOUR,
		    WORLD_START_US + 36 * HOUR);
	world_acknowledge(&world, task("fever"), "Leo Lead", "I am at home and phone them");
	world_shift(&world, "lead-1", "tomorrow", WORLD_START_US + 25 * HOUR,
		    WORLD_START_US + 36 * HOUR);
	world_wait(&world, 10 * MIN);
	assert_string_equal(owner_of(task("fever")), "Leo Lead");
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
}

static void s36_an_unanswered_alert_keeps_its_deadline_when_the_shift_ends(void **state)
{
	(void)state;
	world_shift(&world, "nurse-1", "day", WORLD_START_US - HOUR, WORLD_START_US + 2 * MIN);
	girl_set(NULL, NULL, NULL, "38.6");
	int64_t deadline_us = world_deadline_us(task("fever"));
	world_wait(&world, 2 * MIN);
	assert_string_equal(world_rung(task("fever")), "Nurse in charge");
	assert_int_equal(world_deadline_us(task("fever")), deadline_us);
}

/* The technical ladder begins with the technical desk, the others with the nurse: a rung is found by whom it calls. */
static void s36_a_handover_that_becomes_medium_stays_with_the_nurse_in_charge(void **state)
{
	(void)state;
	world_shift(&world, "nurse-1", "day", WORLD_START_US - HOUR, WORLD_START_US + 10 * MIN);
	world_number(&world, "girl", HR, "130", world.now_us + HOUR);
	expect_level("e1", "time-suspect", "technical");
	assert_string_equal(world_rung(task("time-suspect")), "Nurse");
	handover("h1", 1, "requested");
	world_wait(&world, 10 * MIN);
	expect_level("e1", "handover", "technical");
	assert_string_equal(world_rung(task("handover")), "Nurse in charge");
	world_wait(&world, 5 * MIN);
	expect_level("e1", "handover", "medium");
	assert_string_equal(world_rung(task("handover")), "Nurse in charge");
	assert_string_equal(owner_of(task("handover")), "Carla Charge");
}

static void s37_a_gap_is_said_twelve_hours_before_it_begins(void **state)
{
	(void)state;
	int64_t gap_us = WORLD_START_US + 18 * HOUR;
	world_shift(&world, "nurse-1", "one", WORLD_START_US - HOUR, gap_us);
	world_shift(&world, "nurse-1", "two", gap_us + HOUR, gap_us + 24 * HOUR);
	world_wait(&world, 6 * HOUR - 1);
	expect_none(WARD, "rota");
	world_wait(&world, 1);
	expect_level(WARD, "rota", "technical");
	const struct json *said = world_task(&world, WARD, "rota");
	assert_non_null(strstr(world_text(said, "description"), "Nurse from 02:00 until 03:00"));
	/* somebody is found: it ends by itself */
	world_put(&world, "Slot", "three", 1,
		  "\"schedule\":{\"reference\":\"Schedule/schedule-nurse-1\"},\"status\":\"busy\","
		  "\"start\":\"2026-11-23T01:00:00Z\",\"end\":\"2026-11-23T03:00:00Z\"");
	world_wait(&world, MIN);
	assert_string_equal(world_text(world_task(&world, WARD, "rota"), "status"), "completed");
}

static void limit(const char *sign, const char *value, int64_t for_us)
{
	char set[25], expires[25];
	date_write_instant(world.now_us, set);
	date_write_instant(world.now_us + for_us, expires);
	world_limit(&world, "e1", "girl",
		    &(struct world_limit){ sign, "above", value, "high", set, expires });
}

static void s50_a_limit_adds_an_alert_and_changes_no_score_and_ends(void **state)
{
	(void)state;
	limit("temperature", "37.8", 4 * HOUR);
	girl_set("28", "132", "98", "37.7");
	girl_rest("95", "none", "2", NULL);
	expect_none("e1", "limit");
	world_wait(&world, 30 * MIN);
	girl_set("28", "132", "98", "37.8");
	girl_rest("95", "none", "2", NULL);
	expect_level("e1", "limit", "high");
	assert_int_equal(total_of("e1"), 0);
	expect_none("e1", "fever");
	world_resolve(&world, task("limit"), "seen");
	struct text text;
	text_init(&text, &world.arena, 100000);
	assert_true(ward_core_row_print(world.core, STR("e1"), &text));
	assert_true(str_find(text_view(&text), STR("\"above\":37.8,\"below\":null")) < text.len);
	world_wait(&world, 3 * HOUR + 30 * MIN);
	girl_set(NULL, NULL, NULL, "37.9");
	assert_int_equal(world_task_count(&world, "e1", "limit"), 1);
	text_init(&text, &world.arena, 100000);
	assert_true(ward_core_row_print(world.core, STR("e1"), &text));
	assert_true(str_find(text_view(&text), STR("\"limits\":[]")) < text.len);
}

static void s50_a_limit_above_the_fever_limit_hides_no_fever(void **state)
{
	(void)state;
	limit("temperature", "39.5", 4 * HOUR);
	girl_set(NULL, NULL, NULL, "38.0");
	expect_level("e1", "fever", "high");
	expect_none("e1", "limit");
}

static void s50_a_limit_looks_at_what_is_known_when_it_is_set(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "37.9");
	world_wait(&world, 10 * MIN);
	limit("temperature", "37.8", 4 * HOUR);
	expect_level("e1", "limit", "high");
}

static void a_contact_says_language_and_channels_by_preference(void **state)
{
	(void)state;
	struct text text;
	world_put(
		&world, "RelatedPerson", "mother-girl", 2,
		"\"patient\":{\"reference\":\"Patient/girl\"},\"name\":[{\"text\":\"Mum\"}],"
		"\"communication\":[{\"language\":{\"coding\":[{\"code\":\"pl\"}]},\"preferred\":"
		"true}],"
		"\"telecom\":[{\"system\":\"phone\",\"use\":\"home\",\"value\":\"01632960001\","
		"\"rank\":2},"
		"{\"system\":\"phone\",\"use\":\"mobile\",\"value\":\"07700900001\",\"rank\":1}]");
	text_init(&text, &world.arena, 100000);
	assert_true(ward_core_row_print(world.core, STR("e1"), &text));
	assert_true(str_find(text_view(&text),
			     STR("\"language\":\"pl\",\"channels\":[\"sms\",\"voice\"]")) <
		    text.len);
}

static void the_care_team_stands_on_the_row(void **state)
{
	(void)state;
	struct text text;
	world_put(&world, "CareTeam", "team-1", 1,
		  "\"status\":\"active\",\"subject\":{\"reference\":\"Patient/girl\"},"
		  "\"participant\":[{\"role\":[{\"text\":\"Named nurse\"}],\"member\":{"
		  "\"reference\":\"PractitionerRole/nurse-1\"}}]");
	text_init(&text, &world.arena, 100000);
	assert_true(ward_core_row_print(world.core, STR("e1"), &text));
	assert_true(str_find(text_view(&text),
			     STR("\"team\":[{\"role\":\"Named nurse\",\"name\":\"Nora Nurse\"")) <
		    text.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(s36_a_handover_not_accepted_in_time_goes_to_the_nurse_in_charge),
		TEST(s36_a_handover_accepted_in_time_tells_nobody),
		TEST(s36_what_is_snoozed_stays_silent_when_the_patient_is_taken_over),
		TEST(s36_what_a_rule_closes_leaves_no_handover_to_wait_for),
		TEST(s36_a_handover_asked_for_again_goes_to_the_nurse_in_charge_again),
		TEST(s36_when_a_shift_ends_the_alert_goes_to_who_is_there),
		TEST(s36_a_shift_taken_out_of_the_rota_strands_no_alert),
		TEST(s36_a_shift_that_is_free_now_strands_no_alert),
		TEST(s36_a_rota_of_somebody_that_ends_strands_no_alert),
		TEST(s36_a_role_that_is_no_more_strands_no_alert),
		TEST(s36_who_has_left_the_house_strands_no_alert),
		TEST(s36_a_rota_that_is_written_anew_takes_nobodys_alerts),
		TEST(s36_who_falls_ill_strands_no_alert),
		TEST(s36_a_leave_that_begins_is_the_end_of_a_shift),
		TEST(s37_who_is_away_is_not_called_and_is_called_when_back),
		TEST(s36_who_answered_off_shift_keeps_what_they_took),
		TEST(s36_an_unanswered_alert_keeps_its_deadline_when_the_shift_ends),
		TEST(s36_a_handover_that_becomes_medium_stays_with_the_nurse_in_charge),
		TEST(s37_a_gap_is_said_twelve_hours_before_it_begins),
		TEST(s50_a_limit_adds_an_alert_and_changes_no_score_and_ends),
		TEST(s50_a_limit_above_the_fever_limit_hides_no_fever),
		TEST(s50_a_limit_looks_at_what_is_known_when_it_is_set),
		TEST(the_care_team_stands_on_the_row),
		TEST(a_contact_says_language_and_channels_by_preference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
