/* SPDX-License-Identifier: Apache-2.0
 * The weekly test of every telephone, at the level of the core. The world begins at 08:00 on a Sunday in winter. */
#include "pages.h"

#define DAY DATE_US_PER_DAY
#define OTHER "{\"system\":\"phone\",\"use\":\"mobile\",\"value\":\"07700 900009\"}"

static int open_telephones(void **state)
{
	(void)state;
	world_open(&world); /* nobody is on the ward: there are no other pages */
	set_up("sms");
	set_up("email");
	return 0;
}

static void wait_until(int64_t at_us)
{
	world_wait(&world, at_us - world.now_us);
}

static void a_new_telephone_is_tested_as_soon_as_its_owner_is_on_shift(void **state)
{
	(void)state;
	put_role("nurse-1", "nurse", MOBILE "," MAIL);
	world_shift(&world, "nurse-1", "day", WORLD_START_US + 5 * HOUR, WORLD_START_US + 9 * HOUR);
	wait_until(WORLD_START_US + 5 * HOUR - 1);
	assert_int_equal(count_of("sms", "nurse-1"), 0);
	wait_until(WORLD_START_US + 5 * HOUR);
	assert_int_equal(count_of("sms", "nurse-1"), 1);
	assert_int_equal(count_of("email", "nurse-1"), 0); /* no telephone */
	sender("sms", "nurse-1", "completed", true);
	wait_until(WORLD_START_US + 9 * HOUR);
	assert_int_equal(count_of("sms", "nurse-1"), 1);
	expect_none("ward:ward-1", "delivery");
}

static void on_shift_already_it_is_tested_once_the_rota_is_there(void **state)
{
	(void)state;
	put_role("nurse-1", "nurse", MOBILE);
	world_shift(&world, "nurse-1", "day", WORLD_START_US - HOUR, WORLD_START_US + 9 * HOUR);
	assert_int_equal(count_of("sms", "nurse-1"), 0);
	world_wait(&world, MIN);
	assert_int_equal(count_of("sms", "nurse-1"), 1);
}

static void every_week_again_and_only_on_a_shift(void **state)
{
	(void)state;
	put_role("nurse-1", "nurse", MOBILE);
	for (int day = 0; day < 16; day += 2) {
		char id[16];
		snprintf(id, sizeof(id), "slot-%d", day);
		world_shift(&world, "nurse-1", id, WORLD_START_US + day * DAY,
			    WORLD_START_US + day * DAY + 8 * HOUR);
	}
	world_wait(&world, MIN);
	sender("sms", "nurse-1", "completed", true);
	wait_until(WORLD_START_US + 8 * DAY - 1); /* a week is over, but nobody is there */
	assert_int_equal(count_of("sms", "nurse-1"), 1);
	wait_until(WORLD_START_US + 8 * DAY);
	assert_int_equal(count_of("sms", "nurse-1"), 2);
	sender("sms", "nurse-1", "completed", true);
	wait_until(WORLD_START_US + 16 * DAY);
	assert_int_equal(count_of("sms", "nurse-1"),
			 2); /* the next would be a shift after the last */
}

static void who_is_always_on_call_is_tested_in_the_daytime(void **state)
{
	(void)state;
	put_role("consultant-1", "consultant", MOBILE);
	wait_until(WORLD_START_US + 2 * HOUR - 1);
	assert_int_equal(count_of("sms", "consultant-1"), 0);
	wait_until(WORLD_START_US + 2 * HOUR); /* 10:00 */
	assert_int_equal(count_of("sms", "consultant-1"), 1);
	sender("sms", "consultant-1", "completed", true);
	wait_until(WORLD_START_US + 12 * HOUR); /* 20:00 */
	put_role("consultant-1", "consultant", OTHER);
	wait_until(WORLD_START_US + DAY + 2 * HOUR - 1);
	assert_int_equal(count_of("sms", "consultant-1"), 1);
	wait_until(WORLD_START_US + DAY + 2 * HOUR);
	assert_int_equal(count_of("sms", "consultant-1"), 2);
}

static void the_same_number_is_no_new_telephone(void **state)
{
	(void)state;
	put_role("consultant-1", "consultant", MOBILE);
	wait_until(WORLD_START_US + 2 * HOUR);
	sender("sms", "consultant-1", "completed", true);
	put_role("consultant-1", "consultant", MOBILE "," MAIL);
	wait_until(WORLD_START_US + 3 * DAY);
	assert_int_equal(count_of("sms", "consultant-1"), 1);
}

static void two_roles_of_one_telephone_are_one_test(void **state)
{
	(void)state;
	put_role("lead-1", "shift-lead", MOBILE);
	put_role("charge-1", "nurse-in-charge", MOBILE);
	wait_until(WORLD_START_US + 2 * HOUR);
	assert_int_equal(count_of("sms", "charge-1") + count_of("sms", "lead-1"), 1);
	sender("sms", "charge-1", "completed", true);
	wait_until(WORLD_START_US + 6 * DAY);
	assert_int_equal(count_of("sms", "charge-1") + count_of("sms", "lead-1"), 1);
}

static void one_that_was_not_proved_is_said_and_tried_again_the_next_day(void **state)
{
	(void)state;
	put_role("lead-1", "shift-lead", MOBILE);
	put_role("charge-1", "nurse-in-charge", OTHER);
	wait_until(WORLD_START_US + 2 * HOUR);
	sender("sms", "lead-1", "in-progress", false);
	sender("sms", "charge-1", "in-progress", false);
	world_wait(&world, 15 * MIN);
	expect_level("ward:ward-1", "delivery", "technical");
	assert_string_equal(
		world_text(world_task(&world, "ward:ward-1", "delivery"), "description"),
		"A test page was not proved to arrive: Carla Charge (sms), Leo Lead (sms)");
	world_wait(&world, DAY);
	assert_int_equal(count_of("sms", "lead-1"), 2);
	assert_int_equal(count_of("sms", "charge-1"), 2);
	sender("sms", "lead-1", "completed", true);
	sender("sms", "charge-1", "stopped", false);
	assert_string_equal(
		world_text(world_task(&world, "ward:ward-1", "delivery"), "description"),
		"A test page was not proved to arrive: Carla Charge (sms)");
	world_wait(&world, DAY);
	assert_int_equal(count_of("sms", "lead-1"), 2);
	assert_int_equal(count_of("sms", "charge-1"), 3);
}

static void a_channel_that_is_set_up_later_is_tested_then(void **state)
{
	(void)state;
	put_role("consultant-1", "consultant",
		 "{\"system\":\"phone\",\"use\":\"work\",\"value\":\"020 7946 0001\"}");
	wait_until(WORLD_START_US + 3 * HOUR);
	assert_int_equal(count_of("voice", "consultant-1"), 0);
	set_up("voice");
	world_wait(&world, MIN);
	assert_int_equal(count_of("voice", "consultant-1"), 1);
}

static void a_test_that_was_asked_for_counts(void **state)
{
	(void)state;
	put_role("consultant-1", "consultant", MOBILE);
	world_put(&world, "CommunicationRequest", "test-1", 1,
		  "\"status\":\"active\",\"category\":[{\"coding\":[{\"system\":"
		  "\"" HW "CodeSystem/ward-task\",\"code\":\"channel-test\"}]}],"
		  "\"about\":[{\"reference\":\"Organization/ward-1\"}]");
	assert_int_equal(count_of("sms", "consultant-1"), 1);
	sender("sms", "consultant-1", "completed", true);
	wait_until(WORLD_START_US + 6 * DAY);
	assert_int_equal(count_of("sms", "consultant-1"), 1);
}

static void a_restart_forgets_no_test_and_makes_none_twice(void **state)
{
	(void)state;
	put_role("consultant-1", "consultant", MOBILE);
	wait_until(WORLD_START_US + 2 * HOUR);
	sender("sms", "consultant-1", "completed", true);
	struct ward_core *again = world_replay(&world, world.event_count);
	struct str before = world_dump(world.core, &world.arena);
	ward_core_settle(world.core);
	assert_true(str_find(before, STR("consultant-1")) < before.len);
	for (int64_t at_us = world.now_us; at_us < WORLD_START_US + 8 * DAY; at_us += HOUR) {
		world_wait(&world, HOUR);
		ward_core_advance(again, world.now_us);
	}
	assert_true(
		str_equal(world_dump(again, &world.arena), world_dump(world.core, &world.arena)));
	assert_int_equal(count_of("sms", "consultant-1"), 1); /* the second; the first is settled */
	ward_core_destroy(again);
}

#define TEST_DRILL(name) cmocka_unit_test_setup_teardown(name, open_telephones, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_DRILL(a_new_telephone_is_tested_as_soon_as_its_owner_is_on_shift),
		TEST_DRILL(on_shift_already_it_is_tested_once_the_rota_is_there),
		TEST_DRILL(every_week_again_and_only_on_a_shift),
		TEST_DRILL(who_is_always_on_call_is_tested_in_the_daytime),
		TEST_DRILL(the_same_number_is_no_new_telephone),
		TEST_DRILL(two_roles_of_one_telephone_are_one_test),
		TEST_DRILL(one_that_was_not_proved_is_said_and_tried_again_the_next_day),
		TEST_DRILL(a_channel_that_is_set_up_later_is_tested_then),
		TEST_DRILL(a_test_that_was_asked_for_counts),
		TEST_DRILL(a_restart_forgets_no_test_and_makes_none_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
