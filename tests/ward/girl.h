/* SPDX-License-Identifier: Apache-2.0
 * A girl of three and a man on the ward, and words for their readings: for tests of the core. */
#ifndef TESTS_WARD_GIRL_H
#define TESTS_WARD_GIRL_H

#include "deed.h"
#include "unit.h"

static struct world world;

static inline int open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_patient(&world, "girl", "2023-05-10"); /* 3 years */
	world_patient(&world, "man", "1960-02-01");
	world_admit(&world, "e1", "girl", CHILD);
	world_admit(&world, "e2", "man", ADULT);
	return 0;
}

static inline int close_world(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static inline const struct json *task(const char *rule)
{
	return world_task(&world, "e1", rule);
}

static inline void expect_level(const char *episode, const char *rule, const char *level)
{
	assert_string_equal(world_level(world_task(&world, episode, rule)), level);
}

static inline void expect_none(const char *episode, const char *rule)
{
	assert_int_equal(world_task_count(&world, episode, rule), 0);
}

/* A set of the girl; NULL leaves a value out. All measured now. */
static inline void girl_set(const char *rr, const char *hr, const char *spo2,
			    const char *temperature)
{
	if (rr != NULL)
		world_number(&world, "girl", RR, rr, world.now_us);
	if (hr != NULL)
		world_number(&world, "girl", HR, hr, world.now_us);
	if (spo2 != NULL)
		world_number(&world, "girl", SPO2, spo2, world.now_us);
	if (temperature != NULL)
		world_number(&world, "girl", TEMPERATURE, temperature, world.now_us);
}

static inline void girl_rest(const char *systolic, const char *distress, const char *crt,
			     const char *oxygen)
{
	world_number(&world, "girl", SYSTOLIC, systolic, world.now_us);
	world_code(&world, "girl", "distress", distress, world.now_us);
	world_number(&world, "girl", CRT, crt, world.now_us);
	if (oxygen == NULL)
		world_code(&world, "girl", "air", "", world.now_us);
	else
		world_code(&world, "girl", "oxygen", oxygen, world.now_us);
	world_code(&world, "girl", "consciousness", "A", world.now_us);
}

/* After two calm hours; when the stay ended. */
static inline int64_t girl_goes_home(void)
{
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 2 * HOUR);
	deed_discharge(&world, "e1", "girl", 2, world.now_us);
	return world.now_us;
}

static inline int total_of(const char *episode)
{
	const struct json *score = world_score(&world, episode);
	int64_t total = -1;
	assert_non_null(score);
	assert_true(str_to_i64(json_get_text(json_get(score, STR("valueQuantity")), STR("value")),
			       &total));
	return (int)total;
}

static inline void man_set(const char *rr, const char *spo2, const char *sbp, const char *hr,
			   const char *mind, const char *temperature)
{
	world_number(&world, "man", RR, rr, world.now_us);
	world_number(&world, "man", SPO2, spo2, world.now_us);
	world_code(&world, "man", "air", "", world.now_us);
	world_number(&world, "man", SYSTOLIC, sbp, world.now_us);
	world_number(&world, "man", HR, hr, world.now_us);
	world_code(&world, "man", "consciousness", mind, world.now_us);
	world_number(&world, "man", TEMPERATURE, temperature, world.now_us);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

#endif
