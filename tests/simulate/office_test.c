/* SPDX-License-Identifier: Apache-2.0
 * Office hours as the judge counts them, minute by minute on the wall, against those of the ward, span by span: two
 * ways that share no line must agree, through both changes of the clocks. */
#include "simulate/dice.h"
#include "simulate/office.h"
#include "unit.h"
#include "ward/hours.h"

#define HOUR DATE_US_PER_HOUR
#define SPRING INT64_C(1774742400000000) /* 2026-03-29T00:00:00Z, a Sunday */
#define AUTUMN INT64_C(1792886400000000) /* 2026-10-25T00:00:00Z, a Sunday */

static void the_wards_desk_is_open_by_the_clock_on_the_wall(void **state)
{
	(void)state;
	const struct office office = { .days = 31, .from_min = 480, .until_min = 1080 };
	assert_false(office_is_open(&office, SPRING + 9 * HOUR)); /* Sunday */
	assert_false(office_is_open(&office, SPRING + 31 * HOUR - 1));
	assert_true(office_is_open(&office, SPRING + 31 * HOUR)); /* Monday 08:00 BST */
	assert_true(office_is_open(&office, SPRING + 41 * HOUR - 1));
	assert_false(office_is_open(&office, SPRING + 41 * HOUR)); /* 18:00 BST */
	assert_true(office_is_open(&office, AUTUMN + 32 * HOUR));  /* Monday 08:00 GMT */
}

/* Hours begin and end on whole hours outside the hour that is there twice or not at all: what counts there is the
 * ward's rule, not the judge's. */
static struct office draw(struct dice *dice, struct policy_hours *ret_hours)
{
	struct office office = { .days = (unsigned)dice_between(dice, 1, 127),
				 .from_min = (int)dice_between(dice, 3, 23) * 60,
				 .until_min = (int)dice_between(dice, 3, 23) * 60 };
	*ret_hours = (struct policy_hours){ .days = (uint8_t)office.days,
					    .from_min = (uint16_t)office.from_min,
					    .until_min = (uint16_t)office.until_min };
	return office;
}

static void the_judge_and_the_ward_count_the_same_hours(void **state)
{
	(void)state;
	struct dice dice = dice_for(2026, 16, 1);
	for (int round = 0; round < 400; round++) {
		struct policy_hours hours;
		struct office office = draw(&dice, &hours);
		int64_t middle_us = round % 2 == 0 ? SPRING : AUTUMN;
		int64_t day = middle_us / DATE_US_PER_DAY + dice_between(&dice, -2, 2);
		if (dice_percent(&dice, 50)) {
			office.closed[office.closed_count++] = day;
			hours.closed[hours.closed_count++] = day;
		}
		int64_t from_us = middle_us +
				  dice_between(&dice, -72 * 60, 72 * 60) * DATE_US_PER_MIN +
				  dice_between(&dice, 0, 59) * DATE_US_PER_S;
		int64_t open_us = dice_between(&dice, 0, 4 * 60) * DATE_US_PER_MIN;
		assert_int_equal(hours_after_us(&hours, from_us, open_us),
				 office_after_us(&office, from_us, open_us));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wards_desk_is_open_by_the_clock_on_the_wall),
		cmocka_unit_test(the_judge_and_the_ward_count_the_same_hours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
