/* SPDX-License-Identifier: Apache-2.0
 * Office hours: spans of wall-clock time, and technical alerts that wait for them. The world begins at 08:00 on Sunday
 * 22 November 2026; the policy is the third of children's cancer, whose desk works Monday to Friday 08:00 to 18:00. */
#include "ward/hours.h"

#include "pages.h"
#include "ward/policy_files.h"

#define POLICY HW "PlanDefinition/childrens-cancer|"
#define DAY DATE_US_PER_DAY
#define MONDAY (WORLD_START_US + DAY) /* 08:00 */
#define WARD "ward:ward-1"
enum { MON_TO_FRI = 31, SUNDAY = 64 };

static int open_third(void **state)
{
	(void)state;
	world_open(&world);
	world_patient(&world, "girl", "2023-05-10");
	world_admit(&world, "e1", "girl", CHILD_3);
	world_device(&world, "oximeter", 1, "oximeter", "girl", NULL);
	return 0;
}

/* --- the clock on the wall ------------------------------------------------------------------ */

static int64_t at(const char *text)
{
	struct date date;
	assert_int_equal(date_parse(str_from_c(text), DATE_KIND_DATETIME, &date), ERROR_OK);
	return date.low_us;
}

static int64_t day(const char *text)
{
	struct date date;
	assert_int_equal(date_parse(str_from_c(text), DATE_KIND_DATE, &date), ERROR_OK);
	return date.low_us / DAY;
}

static void expect_after(const struct policy_hours *hours, const char *from, int64_t open_us,
			 const char *expected)
{
	char is[25];
	date_write_instant(hours_after_us(hours, at(from), open_us), is);
	assert_string_equal(is, expected);
}

static void four_hours_are_four_open_hours(void **state)
{
	(void)state;
	const struct policy_hours hours = { .days = MON_TO_FRI,
					    .from_min = 480,
					    .until_min = 1080 };
	expect_after(&hours, "2026-11-23T09:00:00Z", 4 * HOUR, "2026-11-23T13:00:00.000Z");
	expect_after(&hours, "2026-11-23T14:00:00Z", 4 * HOUR, "2026-11-23T18:00:00.000Z");
	expect_after(&hours, "2026-11-23T14:00:01Z", 4 * HOUR, "2026-11-24T08:00:01.000Z");
	expect_after(&hours, "2026-11-27T16:00:00Z", 4 * HOUR, "2026-11-30T10:00:00.000Z");
	expect_after(&hours, "2026-11-28T03:00:00Z", 4 * HOUR, "2026-11-30T12:00:00.000Z");
	expect_after(&hours, "2026-11-23T07:59:59Z", 0, "2026-11-23T08:00:00.000Z");
	expect_after(&hours, "2026-11-23T08:00:00Z", 0, "2026-11-23T08:00:00.000Z");
	expect_after(&hours, "2026-11-23T18:00:00Z", 0, "2026-11-24T08:00:00.000Z");
}

static void a_closed_day_counts_nothing(void **state)
{
	(void)state;
	struct policy_hours hours = { .days = MON_TO_FRI, .from_min = 480, .until_min = 1080 };
	hours.closed[hours.closed_count++] = day("2026-12-25");
	hours.closed[hours.closed_count++] = day("2026-12-28");
	expect_after(&hours, "2026-12-24T16:00:00Z", 4 * HOUR, "2026-12-29T10:00:00.000Z");
	expect_after(&hours, "2026-12-25T09:00:00Z", 0, "2026-12-29T08:00:00.000Z");
}

static void hours_past_midnight_belong_to_the_day_they_began_on(void **state)
{
	(void)state;
	struct policy_hours hours = { .days = 2,
				      .from_min = 1200,
				      .until_min = 240 }; /* tue 20-04 */
	expect_after(&hours, "2026-11-25T02:00:00Z", 0, "2026-11-25T02:00:00.000Z");
	expect_after(&hours, "2026-11-25T02:00:00Z", 4 * HOUR, "2026-12-01T22:00:00.000Z");
	hours.closed[hours.closed_count++] = day("2026-11-25"); /* the night of the 24th is open */
	expect_after(&hours, "2026-11-25T02:00:00Z", HOUR, "2026-11-25T03:00:00.000Z");
	hours.closed[0] = day("2026-11-24");
	expect_after(&hours, "2026-11-25T02:00:00Z", HOUR, "2026-12-01T21:00:00.000Z");
	hours = (struct policy_hours){ .days = MON_TO_FRI }; /* 00:00 to 00:00: whole days */
	expect_after(&hours, "2026-11-27T23:00:00Z", 2 * HOUR, "2026-11-30T01:00:00.000Z");
}

static void the_clocks_change_and_the_wall_counts(void **state)
{
	(void)state;
	const struct policy_hours week = { .days = MON_TO_FRI, .from_min = 480, .until_min = 1080 };
	expect_after(&week, "2026-03-27T17:00:00Z", 4 * HOUR, "2026-03-30T10:00:00.000Z");
	expect_after(&week, "2026-10-23T16:00:00Z", 4 * HOUR, "2026-10-26T11:00:00.000Z");
	const struct policy_hours night = { .days = SUNDAY, .from_min = 0, .until_min = 480 };
	expect_after(&night, "2026-03-28T20:00:00Z", 7 * HOUR, "2026-03-29T07:00:00.000Z");
	expect_after(&night, "2026-10-24T20:00:00Z", 9 * HOUR, "2026-10-25T08:00:00.000Z");
	/* The hour that spring leaves out. */
	const struct policy_hours lost = { .days = SUNDAY, .from_min = 60, .until_min = 120 };
	expect_after(&lost, "2026-03-28T20:00:00Z", 0, "2026-04-05T00:00:00.000Z");
	/* Twice there in autumn: the first begins it, and it lasts until the hour after. */
	expect_after(&lost, "2026-10-24T20:00:00Z", 2 * HOUR, "2026-10-25T02:00:00.000Z");
}

/* --- alerts --------------------------------------------------------------------------------- */

/* The oximeter gives a sign of life meanwhile, so that it is never silent. */
static void beat(void)
{
	char id[40], now[25];
	snprintf(id, sizeof(id), "beat-%u", ++world.next_id);
	date_write_instant(world.now_us, now);
	world_put(&world, "Observation", id, 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/observation\",\"code\":\"heartbeat\"}]},\"device\":{"
		  "\"reference\":\"Device/oximeter\"},\"effectiveDateTime\":\"%s\"",
		  now);
}

static void wait_until(int64_t at_us)
{
	beat();
	for (; at_us - world.now_us > 6 * HOUR; beat())
		world_wait(&world, 6 * HOUR);
	world_wait(&world, at_us - world.now_us);
}

/* How often this person was called about the newest alert of equipment. */
static size_t calls(const char *person)
{
	const struct json *found[MAX_PAGES];
	size_t count = pages(found, "board", person), about = 0;
	char task_of[100];
	snprintf(task_of, sizeof(task_of), "Task/%s", world_text(task("equipment"), "id"));
	for (size_t i = 0; i < count; i++)
		about += strcmp(world_text(json_at(json_get(found[i], STR("about")), 0),
					   "reference"),
				task_of) == 0;
	return about;
}

static void battery(const char *percent)
{
	char id[40], now[25];
	snprintf(id, sizeof(id), "battery-%u", ++world.next_id);
	date_write_instant(world.now_us, now);
	world_put(
		&world, "Observation", id, 1,
		"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:iso:std:iso:11073:"
		"10101\",\"code\":\"67996\"}]},\"device\":{\"reference\":\"Device/oximeter\"},"
		"\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s,\"system\":\"http://"
		"unitsofmeasure.org\",\"code\":\"%%\"}",
		now, percent);
}

static void put_desk(void)
{
	world_put(&world, "PractitionerRole", "desk-1", 1,
		  "\"practitioner\":{\"display\":\"Dee Desk\"},\"organization\":{\"reference\":"
		  "\"Organization/ward-1\"},\"code\":[{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/ward-role\",\"code\":\"technical-desk\"}]}]");
}

static const char *call_at(const struct json *task)
{
	const struct json *list = json_get(task, STR("extension"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (str_ends_with(json_get_text(one, STR("url")), STR("/call-at")))
			return world_text(one, "valueInstant");
	}
	return "";
}

static void expect_task(const char *rung, bool called, int64_t deadline_us)
{
	const struct json *alert = task("equipment");
	assert_string_equal(world_rung(alert), rung);
	assert_true((json_get(alert, STR("owner")) != NULL) == called);
	assert_true((call_at(alert)[0] == '\0') == called);
	assert_int_equal(world_deadline_us(alert), deadline_us);
}

static void what_may_wait_is_raised_at_once_and_called_when_hours_begin(void **state)
{
	(void)state;
	put_desk();
	battery("15");
	expect_level("e1", "equipment", "technical");
	expect_task("Technical desk", false, MONDAY + 4 * HOUR);
	assert_string_equal(call_at(task("equipment")), "2026-11-23T08:00:00.000Z");
	wait_until(MONDAY - 1);
	assert_int_equal(calls("desk-1"), 0);
	wait_until(MONDAY);
	assert_int_equal(calls("desk-1"), 1);
	expect_task("Technical desk", true, MONDAY + 4 * HOUR);
	wait_until(MONDAY + 4 * HOUR - 1);
	assert_int_equal(calls("nurse-1"), 0);
	wait_until(MONDAY + 4 * HOUR);
	expect_task("Nurse", true, MONDAY + 8 * HOUR);
	wait_until(MONDAY + 8 * HOUR);
	expect_task("Nurse in charge", true, MONDAY + DAY + 2 * HOUR);
	/* The last rung repeats, in hours as well: eight hours. */
	wait_until(MONDAY + DAY + 2 * HOUR);
	expect_task("Nurse in charge", true, MONDAY + DAY + 10 * HOUR);
	wait_until(MONDAY + DAY + 10 * HOUR); /* 18:00: the time is up, and it is closed */
	expect_task("Nurse in charge", false, MONDAY + 2 * DAY + 8 * HOUR);
	wait_until(MONDAY + 2 * DAY);
	expect_task("Nurse in charge", true, MONDAY + 2 * DAY + 8 * HOUR);
}

static void without_a_desk_the_nurse_is_called_when_hours_begin(void **state)
{
	(void)state;
	battery("15");
	wait_until(MONDAY - 1);
	assert_int_equal(calls("nurse-1"), 0);
	wait_until(MONDAY);
	assert_int_equal(calls("nurse-1"), 1);
	expect_task("Nurse", true, MONDAY + 4 * HOUR);
	expect_none(WARD, "delivery");
}

static void an_answer_before_the_hours_calls_nobody(void **state)
{
	(void)state;
	battery("15");
	world_acknowledge(&world, task("equipment"), "Nora Nurse", "a new one on Monday");
	/* Eight open hours to the review. */
	assert_int_equal(world_deadline_us(task("equipment")), MONDAY + 8 * HOUR);
	wait_until(MONDAY + 8 * HOUR - 1);
	assert_int_equal(calls("nurse-1"), 0);
	assert_string_equal(world_text(task("equipment"), "status"), "accepted");
	assert_string_equal(call_at(task("equipment")), "");
	wait_until(MONDAY + 8 * HOUR);
	assert_string_equal(world_text(task("equipment"), "status"), "requested");
}

static void closed_before_the_hours_it_calls_nobody(void **state)
{
	(void)state;
	battery("15");
	battery("90");
	assert_string_equal(world_text(task("equipment"), "status"), "completed");
	wait_until(MONDAY + HOUR);
	assert_int_equal(calls("nurse-1"), 0);
	assert_string_equal(call_at(task("equipment")), "");
}

static void silent_equipment_calls_at_all_hours(void **state)
{
	(void)state;
	put_desk();
	world_number(&world, "girl", HR, "120", world.now_us);
	world_device(&world, "patch", 1, "patch", "girl", NULL);
	world_wait(&world, 12 * HOUR); /* Sunday 20:00 */
	expect_level("e1", "equipment", "technical");
	assert_true(calls("desk-1") > 0);
	assert_string_equal(call_at(task("equipment")), "");
	/* And its time runs at night. */
	expect_task("Nurse in charge", true, WORLD_START_US + 30 * MIN + 12 * HOUR);
}

static void what_is_not_technical_knows_no_hours(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.4");
	assert_int_equal(count_of("board", "nurse-1"), 1);
	assert_int_equal(world_deadline_us(task("fever")), WORLD_START_US + 5 * MIN);
}

static void an_older_version_calls_at_all_hours(void **state)
{
	(void)state;
	world_patient(&world, "boy", "2021-11-24");
	world_admit(&world, "e2", "boy", POLICY "2");
	world_device(&world, "oximeter", 2, "oximeter", "boy", NULL);
	battery("15");
	const struct json *alert = world_task(&world, "e2", "equipment");
	assert_int_equal(world_deadline_us(alert), WORLD_START_US + 4 * HOUR);
	assert_int_equal(count_of("board", "nurse-1"), 1);
}

/* A stay's plan may come after the stay: until then the newest policy of all stands in, and its hours are nobody's. */
static void without_a_policy_of_its_own_a_stay_calls_at_all_hours(void **state)
{
	(void)state;
	world_patient(&world, "boy", "2021-11-24");
	world_device(&world, "oximeter", 2, "oximeter", "boy", NULL);
	battery("15");
	world_admit(&world, "e2", "boy", CHILD_3);
	const struct json *alert = world_task(&world, "e2", "equipment");
	assert_int_equal(world_deadline_us(alert), WORLD_START_US + 4 * HOUR);
	assert_string_equal(call_at(alert), "");
}

static void put_plan(int64_t version, const char *policy)
{
	world_put(&world, "CarePlan", "plan-e1", version,
		  "\"status\":\"active\",\"intent\":\"plan\",\"subject\":{\"reference\":\"Patient/"
		  "girl\"},\"instantiatesCanonical\":[\"%s\"],\"supportingInfo\":[{\"reference\":"
		  "\"EpisodeOfCare/e1\"}],\"activity\":[{\"detail\":{\"status\":\"in-progress\","
		  "\"scheduledTiming\":{\"repeat\":{\"period\":4,\"periodUnit\":\"h\"}}}}]",
		  policy);
}

static void an_open_alert_keeps_the_hours_it_was_raised_under(void **state)
{
	(void)state;
	battery("15");
	put_plan(2, POLICY "2");
	expect_task("Technical desk", false, MONDAY + 4 * HOUR);
	wait_until(MONDAY - 1);
	assert_int_equal(calls("nurse-1"), 0);
	wait_until(MONDAY);
	assert_int_equal(calls("nurse-1"), 1);
	battery("90");
	wait_until(MONDAY + 12 * HOUR);
	battery("15"); /* a new one, under version 2 */
	expect_task("Nurse", true, MONDAY + 16 * HOUR);
}

static void who_goes_home_leaves_it_to_the_morning(void **state)
{
	(void)state;
	put_desk();
	for (int number = 1; number <= 2; number++) {
		char slot[20];
		snprintf(slot, sizeof(slot), "desk-%d", number);
		world_shift(&world, "desk-1", slot, WORLD_START_US + number * DAY,
			    WORLD_START_US + number * DAY + 10 * HOUR);
	}
	wait_until(MONDAY + 8 * HOUR);
	battery("15");
	expect_task("Technical desk", true, MONDAY + DAY + 2 * HOUR);
	wait_until(MONDAY + 10 * HOUR); /* 18:00: the desk's shift ends */
	expect_task("Technical desk", false, MONDAY + DAY + 2 * HOUR);
	assert_string_equal(call_at(task("equipment")), "2026-11-24T08:00:00.000Z");
	expect_none("e1", "handover");
	wait_until(MONDAY + DAY);
	assert_int_equal(calls("desk-1"), 2);
	expect_task("Technical desk", true, MONDAY + DAY + 2 * HOUR); /* nobody gained time */
	wait_until(MONDAY + DAY + 2 * HOUR);
	expect_task("Nurse", true, MONDAY + DAY + 6 * HOUR);
}

static void a_desk_that_keeps_its_hours_is_no_gap_of_the_rota(void **state)
{
	(void)state;
	put_desk();
	for (int number = 1; number <= 4; number++) {
		char slot[20];
		snprintf(slot, sizeof(slot), "desk-%d", number);
		world_shift(&world, "desk-1", slot, WORLD_START_US + number * DAY,
			    WORLD_START_US + number * DAY + 10 * HOUR);
	}
	world_put(&world, "Organization", "ward-1", 2,
		  "\"extension\":[{\"url\":\"" HW "StructureDefinition/ward-policy\","
		  "\"valueCanonical\":\"" CHILD_3 "\"}],\"name\":\"Children's ward\",\"type\":[{"
		  "\"coding\":[{\"system\":\"" HW
		  "CodeSystem/organization-type\",\"code\":\"virtual-ward\"}]}]");
	wait_until(WORLD_START_US + 4 * DAY + 12 * HOUR - 1);
	expect_none(WARD, "rota");
	wait_until(WORLD_START_US + 4 * DAY + 12 * HOUR); /* nobody is there on Friday */
	expect_level(WARD, "rota", "technical");
	assert_non_null(strstr(world_text(world_task(&world, WARD, "rota"), "description"),
			       "Technical desk from 08:00"));
}

/* --- restarts ------------------------------------------------------------------------------- */

static void a_restart_at_any_point_loses_no_call(void **state)
{
	(void)state;
	static const int64_t points[] = {
		0, 23 * HOUR, 24 * HOUR, 26 * HOUR, 28 * HOUR, 34 * HOUR
	};
	put_desk();
	battery("15");
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		wait_until(WORLD_START_US + points[i]);
		struct str saved = world_dump(world.core, &world.arena);
		struct ward_core *loaded = ward_core_load(NULL, saved);
		struct ward_core *again = world_replay(&world, world.event_count);
		assert_non_null(loaded);
		assert_true(str_equal(saved, world_dump(loaded, &world.arena)));
		ward_core_advance(loaded, WORLD_START_US + 72 * HOUR);
		ward_core_advance(again, WORLD_START_US + 72 * HOUR);
		assert_true(str_equal(world_dump(loaded, &world.arena),
				      world_dump(again, &world.arena)));
		ward_core_destroy(loaded);
		ward_core_destroy(again);
	}
}

/* --- the policy ----------------------------------------------------------------------------- */

static struct json *shipped(const char *id)
{
	for (size_t i = 0; i < policy_file_count; i++) {
		struct json *plan;
		assert_int_equal(json_parse(&world.arena, policy_files[i], NULL, NULL, &plan),
				 ERROR_OK);
		if (str_equal(json_get_text(plan, STR("id")), str_from_c(id)))
			return plan;
	}
	fail();
	return NULL;
}

static bool is_read(const char *from, const char *to)
{
	struct text text;
	struct json *plan;
	struct policy policy;
	struct issues issues;
	text_init(&text, &world.arena, 1000000);
	json_print(&text, shipped("childrens-cancer-3"));
	struct str whole = text_view(&text);
	size_t place = str_find(whole, str_from_c(from));
	assert_true(place < whole.len);
	struct text changed;
	text_init(&changed, &world.arena, 1000000);
	text_put(&changed, str_slice(whole, 0, place));
	text_put_c(&changed, to);
	text_put(&changed, str_slice(whole, place + strlen(from), whole.len));
	issues_init(&issues, &world.arena);
	assert_int_equal(json_parse(&world.arena, text_view(&changed), NULL, NULL, &plan),
			 ERROR_OK);
	return policy_read(plan, &issues, &policy);
}

static void a_policy_may_not_let_wait_what_watches(void **state)
{
	(void)state;
	assert_true(is_read("\"valueCode\":\"battery\"", "\"valueCode\":\"access\""));
	static const char *const never[] = { "silent",   "delivery",  "rota",    "self-test",
					     "handover", "equipment", "overdue", "fever" };
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		char word[60];
		snprintf(word, sizeof(word), "\"valueCode\":\"%s\"", never[i]);
		assert_false(is_read("\"valueCode\":\"battery\"", word));
	}
}

static void odd_hours_are_refused(void **state)
{
	(void)state;
	assert_true(is_read("08:00:00", "20:00:00")); /* until 18:00 of the day after */
	assert_false(is_read("08:00:00", "17:30:00"));
	assert_false(is_read("\"valueTime\":\"08:00:00\"", "\"valueCode\":\"morning\""));
	assert_false(is_read("\"valueCode\":\"mon\"", "\"valueCode\":\"monday\""));
	assert_false(is_read("\"2026-12-25\"", "\"2026-12\""));
}

static void every_pathway_has_a_version_with_hours(void **state)
{
	(void)state;
	static const char *const newest[] = { "adult-acute-3",    "childrens-cancer-3",
					      "copd-2",           "frailty-2",
					      "heart-failure-2",  "maternity-2",
					      "post-operative-2", "paediatric-general-2" };
	for (size_t i = 0; i < sizeof(newest) / sizeof(newest[0]); i++) {
		struct policy policy;
		assert_true(policy_read(shipped(newest[i]), NULL, &policy));
		assert_int_equal(policy.hours.days, MON_TO_FRI);
		assert_int_equal(policy.hours.closed_count, 18);
		assert_true(str_equal(
			str_from_c(policy_find(world.core, str_from_c(policy.url))->version),
			str_from_c(policy.version)));
	}
}

#define HOURS(name) cmocka_unit_test_setup_teardown(name, open_third, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_hours_are_four_open_hours),
		cmocka_unit_test(a_closed_day_counts_nothing),
		cmocka_unit_test(hours_past_midnight_belong_to_the_day_they_began_on),
		cmocka_unit_test(the_clocks_change_and_the_wall_counts),
		HOURS(what_may_wait_is_raised_at_once_and_called_when_hours_begin),
		HOURS(without_a_desk_the_nurse_is_called_when_hours_begin),
		HOURS(an_answer_before_the_hours_calls_nobody),
		HOURS(closed_before_the_hours_it_calls_nobody),
		HOURS(silent_equipment_calls_at_all_hours),
		HOURS(what_is_not_technical_knows_no_hours),
		HOURS(an_older_version_calls_at_all_hours),
		HOURS(without_a_policy_of_its_own_a_stay_calls_at_all_hours),
		HOURS(an_open_alert_keeps_the_hours_it_was_raised_under),
		HOURS(who_goes_home_leaves_it_to_the_morning),
		HOURS(a_desk_that_keeps_its_hours_is_no_gap_of_the_rota),
		HOURS(a_restart_at_any_point_loses_no_call),
		HOURS(a_policy_may_not_let_wait_what_watches),
		HOURS(odd_hours_are_refused),
		HOURS(every_pathway_has_a_version_with_hours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
