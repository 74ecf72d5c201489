/* SPDX-License-Identifier: Apache-2.0
 * How an alert climbs when its rungs are empty, and which rung a page stands for. S35 in the core. */
#include "pages.h"

/* Away until long after the test, but for who comes on at `from_us`. */
static void away(const char *role)
{
	world_shift(&world, role, role, world.now_us + 100 * HOUR, world.now_us + 108 * HOUR);
}

static void comes_on(const char *role, int64_t from_us)
{
	char slot[60];
	snprintf(slot, sizeof(slot), "late-%s", role);
	world_shift(&world, role, slot, from_us, from_us + 8 * HOUR);
}

static void nobody_of_the_ladder(void)
{
	static const char *const everybody[] = { "nurse-1", "charge-1", "registrar-1",
						 "consultant-1", "switchboard-1" };
	for (size_t i = 0; i < sizeof(everybody) / sizeof(everybody[0]); i++)
		away(everybody[i]);
}

static void medium(void)
{
	girl_set("44", "152", "94", NULL);
	girl_rest("95", "mild", "2", NULL);
	expect_level("e1", "score", "medium");
}

/* PEWS 9 to 12, eleven minutes later, so that it is another set. */
static void high(void)
{
	world_wait(&world, 11 * MIN);
	girl_set("52", "172", "94", NULL);
	girl_rest("95", "moderate", "2", NULL);
	expect_level("e1", "score", "high");
}

static bool reached(void)
{
	return json_get(task("score"), STR("owner")) != NULL;
}

static void what_reached_nobody_and_gets_worse_begins_the_worse_ladder(void **state)
{
	(void)state;
	nobody_of_the_ladder();
	comes_on("nurse-1", world.now_us + 10 * MIN);
	medium();
	assert_false(reached());
	high();
	assert_true(reached());
	assert_string_equal(world_rung(task("score")), "Nurse");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 5 * MIN);
}

static void what_reached_somebody_and_gets_worse_goes_on_with_them(void **state)
{
	(void)state;
	away("nurse-1");
	comes_on("nurse-1", world.now_us + 10 * MIN);
	medium();
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
	high();
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
}

static void what_reached_nobody_begins_again_after_a_snooze(void **state)
{
	(void)state;
	nobody_of_the_ladder();
	comes_on("nurse-1", world.now_us + 5 * MIN);
	medium();
	deed_snooze(&world, task("score"), "lead-1", 10, "asleep");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 10 * MIN);
	world_wait(&world, 10 * MIN);
	assert_true(reached());
	assert_string_equal(world_rung(task("score")), "Nurse");
}

/* --- nobody above ---------------------------------------------------------------------------- */

static void only_the_nurse(void)
{
	nobody_of_the_ladder();
	comes_on("nurse-1", world.now_us);
}

/* Pages about the score; that nobody is above is told to the nurse too. */
static size_t calls(const char *channel, const char *to)
{
	const struct json *found[MAX_PAGES];
	size_t count = pages(found, channel, to), about = 0;
	const char *id = world_text(task("score"), "id");
	for (size_t i = 0; i < count; i++) {
		const struct json *reference = json_at(json_get(found[i], STR("about")), 0);
		about += str_ends_with(json_get_text(reference, STR("reference")), str_from_c(id));
	}
	return about;
}

/* What is said of the ward about empty rungs. */
static const char *nobody_said(void)
{
	return world_text(world_task(&world, "ward:ward-1", "delivery"), "description");
}

/* Nobody is skipped in silence, and no limit passes in which nobody is called. */
static void who_did_not_answer_is_called_again_at_once_when_nobody_is_above(void **state)
{
	(void)state;
	only_the_nurse();
	medium();
	assert_int_equal(calls("board", "nurse-1"), 1);
	for (size_t turn = 2; turn < 5; turn++) {
		world_wait(&world, 15 * MIN);
		assert_true(reached());
		assert_string_equal(world_rung(task("score")), "Nurse");
		assert_int_equal(calls("board", "nurse-1"), turn);
		assert_int_equal(world_deadline_us(task("score")), world.now_us + 15 * MIN);
	}
	assert_string_equal(nobody_said(),
			    "Nobody on shift: Nurse in charge, Registrar, Switchboard");
}

/* What begins with the nurse in charge begins with whoever is there. */
static void who_stands_below_the_first_rung_is_called_when_nobody_is_above(void **state)
{
	(void)state;
	away("nurse-1");
	comes_on("nurse-1", world.now_us + 10 * MIN);
	medium();
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
	world_wait(&world, 12 * MIN);
	for (size_t i = 0; i < 4; i++)
		away((const char *const[]){ "charge-1", "registrar-1", "consultant-1",
					    "switchboard-1" }[i]);
	world_wait(&world, 3 * MIN);
	assert_true(reached());
	assert_string_equal(world_rung(task("score")), "Nurse");
	assert_int_equal(calls("board", "nurse-1"), 1);
}

static void the_ladder_goes_up_again_when_somebody_comes_on(void **state)
{
	(void)state;
	only_the_nurse();
	medium();
	comes_on("charge-1", world.now_us + 20 * MIN);
	world_wait(&world, 15 * MIN);
	assert_string_equal(world_rung(task("score")), "Nurse");
	world_wait(&world, 15 * MIN);
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
}

/* The same telephone that has just failed is not called without end. */
static void whose_every_channel_failed_is_called_again_at_the_deadline(void **state)
{
	(void)state;
	only_the_nurse();
	away("charge-2");
	away("charge-3");
	medium();
	world_wait(&world, MIN);
	sender("sms", "nurse-1", "stopped", false);
	sender("email", "nurse-1", "stopped", false);
	sender("voice", "nurse-1", "stopped", false);
	assert_true(reached());
	assert_int_equal(calls("sms", "nurse-1"), 1);
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 14 * MIN);
	assert_string_equal(nobody_said(),
			    "Nobody on shift: Nurse in charge, Registrar, Switchboard");
	assert_string_equal(world_rung(task("score")), "Nurse");
	world_wait(&world, 14 * MIN);
	assert_int_equal(calls("sms", "nurse-1"), 2);
}

/* The nurse has no telephone and was called a whole limit ago: she is called once more, and then neither of them before
 * the limit has passed. */
static void a_rung_without_telephones_is_left_for_the_one_below(void **state)
{
	static const char *const gone[] = { "charge-2", "charge-3", "registrar-1", "consultant-1",
					    "switchboard-1" };
	(void)state;
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		away(gone[i]);
	put_role("nurse-1", "nurse", "");
	medium();
	world_wait(&world, 15 * MIN);
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
	sender("email", "charge-1", "stopped", false);
	assert_string_equal(world_rung(task("score")), "Nurse");
	assert_int_equal(calls("board", "nurse-1"), 2);
	world_wait(&world, 15 * MIN);
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
}

/* --- the rung of a page ---------------------------------------------------------------------- */

static int open_channels(void **state)
{
	open_channels_of(state, MAIL);
	put_role("charge-2", "nurse-in-charge", MAIL);
	put_role("charge-3", "nurse-in-charge", MAIL);
	return 0;
}

/* Pages that were replaced in this instant lend their place in the list: the nurse's next channel takes one in the
 * middle of it, and still stands for the nurse's rung. */
static void a_next_channel_keeps_no_later_rung_from_being_left(void **state)
{
	(void)state;
	medium();
	world_wait(&world, MIN);
	sender("sms", "nurse-1", "stopped", false);
	assert_int_equal(count_of("email", "nurse-1"), 1);
	world_wait(&world, 14 * MIN);
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
	away("charge-2");
	away("charge-3");
	girl_set("52", "172", "94", NULL);
	girl_rest("95", "moderate", "2", NULL);
	expect_level("e1", "score", "high");
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
	sender("email", "nurse-1", "stopped", false);
	assert_int_equal(count_of("voice", "nurse-1"), 1);
	sender("email", "charge-1", "stopped", false);
	assert_string_equal(world_rung(task("score")), "Registrar");
}

#define TEST_CHANNEL(name) cmocka_unit_test_setup_teardown(name, open_channels, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_reached_nobody_and_gets_worse_begins_the_worse_ladder),
		TEST(what_reached_somebody_and_gets_worse_goes_on_with_them),
		TEST(what_reached_nobody_begins_again_after_a_snooze),
		TEST(who_did_not_answer_is_called_again_at_once_when_nobody_is_above),
		TEST(who_stands_below_the_first_rung_is_called_when_nobody_is_above),
		TEST(the_ladder_goes_up_again_when_somebody_comes_on),
		TEST_CHANNEL(whose_every_channel_failed_is_called_again_at_the_deadline),
		TEST_CHANNEL(a_rung_without_telephones_is_left_for_the_one_below),
		TEST_CHANNEL(a_next_channel_keeps_no_later_rung_from_being_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
