/* SPDX-License-Identifier: Apache-2.0
 * When the record says that a patient has died, nobody at home is asked for anything, and the ward is told. */
#include "pages.h"

#include "ward/model.h"

static int64_t version;

static void record(const char *says)
{
	world_put(&world, "Patient", "girl", ++version,
		  "\"name\":[{\"text\":\"Ada Test\"}],\"birthDate\":\"2023-05-10\"%s", says);
}

#define DIED ",\"deceasedDateTime\":\"2026-11-22T07:00:00Z\""
#define DIED_PLAINLY ",\"deceasedBoolean\":true"
#define ALIVE ",\"deceasedBoolean\":false"

static int open_channels(void **state)
{
	version = 1;
	open_channels_of(state, MAIL);
	world_put(&world, "RelatedPerson", "mother-girl", 2,
		  "\"patient\":{\"reference\":\"Patient/girl\"},\"name\":[{\"text\":\"Mum Test\"}],"
		  "\"telecom\":[" MOBILE "," MAIL "]");
	return 0;
}

/* To the family, and not stopped. */
static size_t said_to_family(void)
{
	static const char *const channels[] = { "sms", "voice", "email", "none" };
	const struct json *found[MAX_PAGES];
	size_t count = 0;
	for (size_t i = 0; i < 4; i++) {
		size_t of_channel = pages(found, channels[i], "mother-girl");
		for (size_t at = 0; at < of_channel; at++)
			count += strcmp(world_text(found[at], "status"), "stopped") != 0;
	}
	return count;
}

static void the_family_is_reminded_of_nothing_from_that_instant_on(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 4 * HOUR + MIN);
	assert_int_equal(said_to_family(), 1); /* readings are due */
	record(DIED);
	assert_int_equal(said_to_family(), 0); /* it waited, and is stopped */
	world_wait(&world, 30 * HOUR);
	assert_int_equal(said_to_family(), 0);
	expect_none("e1", "overdue");
	expect_none("e1", "unanswered");
}

static void the_ward_is_told_to_end_the_stay_and_open_alerts_stay(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "39.0");
	expect_level("e1", "fever", "high");
	record(DIED_PLAINLY);
	expect_level("e1", "deceased", "low");
	assert_non_null(strstr(world_text(task("deceased"), "description"), "End the stay"));
	assert_string_equal(world_rung(task("deceased")), "Nurse in charge");
	assert_string_equal(world_text(task("fever"), "status"), "requested");
}

static void silence_ends_with_its_reason(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 5 * HOUR + MIN);
	expect_level("e1", "overdue", "medium");
	record(DIED);
	assert_string_equal(world_text(task("overdue"), "status"), "completed");
	assert_non_null(strstr(
		json_get_text(json_get(task("overdue"), STR("statusReason")), STR("text")).ptr,
		"has died"));
	world_wait(&world, 12 * HOUR);
	assert_int_equal(world_task_count(&world, "e1", "overdue"), 1);
}

static void what_still_arrives_is_charted_and_judged_and_the_family_hears_nothing(void **state)
{
	(void)state;
	record(DIED);
	girl_set("65", "190", "80", "39.5");
	world_number(&world, "girl", SPO2, "0", world.now_us + 1000000);
	expect_level("e1", "fever", "high");
	assert_true(total_of("e1") > 0);
	world_wait(&world, HOUR);
	assert_int_equal(said_to_family(), 0);
	expect_none("e1", "implausible"); /* nobody is phoned for a repeat */
}

static void a_record_that_is_corrected_is_judged_at_once(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, HOUR);
	record(DIED);
	world_wait(&world, 4 * HOUR + MIN);
	record(ALIVE);
	expect_level("e1", "overdue", "medium");
	assert_string_equal(world_text(task("deceased"), "status"), "completed");
	world_wait(&world, HOUR);
	expect_level("e1", "overdue", "high");
	assert_true(said_to_family() > 0);
}

static void a_merged_record_says_it_as_well(void **state)
{
	(void)state;
	world_put(&world, "Patient", "survivor", 1,
		  "\"link\":[{\"other\":{\"reference\":\"Patient/girl\"},\"type\":\"replaces\"}]"
		  "%s",
		  DIED_PLAINLY);
	expect_level("e1", "deceased", "low");
	world_put(&world, "Patient", "survivor", 2, "\"active\":true%s", DIED_PLAINLY);
	assert_string_equal(world_text(task("deceased"), "status"), "completed");
}

static void a_stay_that_opens_for_somebody_who_has_died_is_said(void **state)
{
	(void)state;
	world_put(&world, "Patient", "late", 1, "\"birthDate\":\"2023-05-10\"%s", DIED);
	world_admit(&world, "e9", "late", CHILD);
	expect_level("e9", "deceased", "low");
	world_wait(&world, 12 * HOUR);
	expect_none("e9", "overdue");
}

static void equipment_of_a_stay_that_opens_for_somebody_who_has_died_calls_nobody(void **state)
{
	(void)state;
	char at[25];
	world_put(&world, "Patient", "late", 1, "\"birthDate\":\"2023-05-10\"%s", DIED);
	world_device(&world, "low", 1, "oximeter", "late", NULL);
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", "charge", 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
		  "\"urn:iso:std:iso:11073:10101\",\"code\":\"67996\"}]},\"device\":{"
		  "\"reference\":\"Device/low\"},\"effectiveDateTime\":\"%s\","
		  "\"valueQuantity\":{\"value\":4,\"system\":\"http://unitsofmeasure.org\","
		  "\"code\":\"%%\"}",
		  at);
	world_admit(&world, "e9", "late", CHILD);
	expect_level("e9", "deceased", "low");
	expect_none("e9", "equipment");
}

static void it_survives_a_restart(void **state)
{
	(void)state;
	record(DIED);
	world_reload(&world);
	world_wait(&world, 12 * HOUR);
	expect_none("e1", "overdue");
	struct ward_core *replayed = world_replay(&world, world.event_count);
	ward_core_advance(replayed, world.now_us);
	assert_true(str_equal(world_dump(world.core, &world.arena),
			      world_dump(replayed, &world.arena)));
	ward_core_destroy(replayed);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_channels, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_family_is_reminded_of_nothing_from_that_instant_on),
		TEST(the_ward_is_told_to_end_the_stay_and_open_alerts_stay),
		TEST(silence_ends_with_its_reason),
		TEST(what_still_arrives_is_charted_and_judged_and_the_family_hears_nothing),
		TEST(a_record_that_is_corrected_is_judged_at_once),
		TEST(a_merged_record_says_it_as_well),
		TEST(a_stay_that_opens_for_somebody_who_has_died_is_said),
		TEST(equipment_of_a_stay_that_opens_for_somebody_who_has_died_calls_nobody),
		TEST(it_survives_a_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
