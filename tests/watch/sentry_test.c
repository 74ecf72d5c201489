/* SPDX-License-Identifier: Apache-2.0
 * S40 in its times: a server that stops, however, is paged within 150 seconds; and the sentry says each thing once. */
#include "unit.h"
#include "watch/sentry.h"

#define S INT64_C(1000000)
static const struct sentry_times times = { 120 * S, 300 * S };
static const struct beat good = { .result = BEAT_GOOD };
static const struct beat silent = { .result = BEAT_SILENT };
static const struct beat failing = { .result = BEAT_FAILING, .failing = "engine" };

/* Looks every 30 s from `from_s`; the second at which it first acts, or -1 until `until_s`. */
static int first_act(struct sentry *sentry, const struct beat *beat, int from_s, int until_s)
{
	for (int s = from_s; s <= until_s; s++) {
		if (s % 30 == 0)
			sentry_beat(sentry, beat, s * S);
		if (sentry_act(sentry, s * S) != SENTRY_NOTHING)
			return s;
	}
	return -1;
}

static void s40_a_server_that_stops_at_any_second_is_paged_within_150_s(void **state)
{
	(void)state;
	for (int dead_s = 1; dead_s < 90; dead_s++) {
		struct sentry sentry;
		int last_look_s = (dead_s - 1) / 30 * 30;
		sentry_start(&sentry, times, 0);
		for (int s = 0; s <= last_look_s; s += 30)
			sentry_beat(&sentry, &good, s * S);
		int paged_s = first_act(&sentry, &silent, last_look_s + 1, 1000);
		assert_true(paged_s > 0 && paged_s - dead_s <= 150);
	}
}

static void a_server_that_answers_but_fails_is_paged_too(void **state)
{
	(void)state;
	struct sentry sentry;
	sentry_start(&sentry, times, 0);
	sentry_beat(&sentry, &good, 0);
	assert_int_equal(first_act(&sentry, &failing, 1, 1000), 120);
	assert_string_equal(sentry.failing, "engine");
}

static void a_server_that_never_was_there_is_paged(void **state)
{
	(void)state;
	struct sentry sentry;
	sentry_start(&sentry, times, 0);
	assert_int_equal(first_act(&sentry, &silent, 1, 1000), 120);
}

static void one_bad_look_pages_nobody(void **state)
{
	(void)state;
	struct sentry sentry;
	sentry_start(&sentry, times, 0);
	for (int s = 0; s < 3600; s++) {
		if (s % 30 == 0)
			sentry_beat(&sentry, s % 120 == 0 ? &good : &silent, s * S);
		assert_int_equal(sentry_act(&sentry, s * S), SENTRY_NOTHING);
	}
}

static void a_lost_server_is_said_again_and_its_return_once(void **state)
{
	(void)state;
	struct sentry sentry;
	sentry_start(&sentry, times, 0);
	assert_int_equal(sentry_act(&sentry, 119 * S), SENTRY_NOTHING);
	assert_int_equal(sentry_due_us(&sentry), 120 * S);
	assert_int_equal(sentry_act(&sentry, 120 * S), SENTRY_PAGE);
	assert_int_equal(sentry_due_us(&sentry), 420 * S);
	assert_int_equal(sentry_act(&sentry, 121 * S), SENTRY_NOTHING);
	assert_int_equal(sentry_act(&sentry, 420 * S), SENTRY_AGAIN);
	sentry_beat(&sentry, &failing, 430 * S);
	assert_int_equal(sentry_act(&sentry, 430 * S), SENTRY_NOTHING);
	sentry_beat(&sentry, &good, 440 * S);
	assert_int_equal(sentry_act(&sentry, 440 * S), SENTRY_RECOVERED);
	assert_int_equal(sentry_act(&sentry, 441 * S), SENTRY_NOTHING);
	assert_int_equal(sentry_act(&sentry, 560 * S), SENTRY_PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s40_a_server_that_stops_at_any_second_is_paged_within_150_s),
		cmocka_unit_test(a_server_that_answers_but_fails_is_paged_too),
		cmocka_unit_test(a_server_that_never_was_there_is_paged),
		cmocka_unit_test(one_bad_look_pages_nobody),
		cmocka_unit_test(a_lost_server_is_said_again_and_its_return_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
