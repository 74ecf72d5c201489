/* SPDX-License-Identifier: Apache-2.0
 * Home equipment in the core: who has it when, what hangs on what, and what is said of silence. */
#include "ward/device.h"

#include "unit.h"
#include "world.h"

static struct world world;

static int open_ward(void **state)
{
	(void)state;
	world_open(&world);
	world_patient(&world, "girl", "2023-05-10");
	world_patient(&world, "boy", "2021-11-24");
	world_admit(&world, "e1", "girl", CHILD);
	world_admit(&world, "e2", "boy", CHILD);
	return 0;
}

static int close_ward(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static struct device *device(const char *id)
{
	struct device *found = map_get(&world.core->device_by_id, str_from_c(id));
	assert_non_null(found);
	return found;
}

static const char *holder(const char *id)
{
	const struct patient *patient = device(id)->holder;
	return patient == NULL ? "" : patient->id;
}

/* As saved and loaded, it is the same. */
static void same_after_loading(void)
{
	struct str saved = world_dump(world.core, &world.arena);
	struct ward_core *again = ward_core_load(NULL, saved);
	assert_non_null(again);
	assert_true(str_equal(saved, world_dump(again, &world.arena)));
	ward_core_destroy(again);
}

static void a_part_is_where_its_kit_is(void **state)
{
	(void)state;
	world_device(&world, "part", 1, "oximeter", NULL, "kit"); /* before its kit is known */
	assert_string_equal(holder("part"), "");
	world_device(&world, "kit", 1, "kit", "girl", NULL);
	assert_string_equal(holder("part"), "girl");
	world_device(&world, "kit", 2, "kit", NULL, NULL);
	assert_string_equal(holder("part"), "");
	world_device(&world, "part", 2, "oximeter", "boy", "kit");
	world_device(&world, "kit", 3, "kit", "girl", NULL);
	assert_string_equal(holder("part"), "boy");
	same_after_loading();
	world_delete(&world, "Device", "kit", 4);
	world_device(&world, "part", 3, "oximeter", NULL, "kit");
	assert_string_equal(holder("part"), "");
}

static void a_ring_of_parts_is_not_believed(void **state)
{
	(void)state;
	world_device(&world, "a", 1, "kit", NULL, "b");
	world_device(&world, "b", 1, "kit", NULL, "c");
	world_device(&world, "c", 1, "kit", "girl", "a");
	assert_null(device("c")->parent);
	assert_string_equal(holder("a"), "girl");
	world_device(&world, "a", 2, "kit", NULL, "a");
	assert_null(device("a")->parent);
	/* nor is a chain that no kit has */
	const char *const ids[] = { "p0", "p1", "p2", "p3", "p4", "p5", "p6" };
	for (unsigned i = 1; i < 7; i++)
		world_device(&world, ids[i], 1, "hub", NULL, ids[i - 1]);
	unsigned depth = 0;
	for (const struct device *at = device("p6"); at->parent != NULL; at = at->parent)
		depth++;
	assert_true(depth < DEVICE_DEPTH_MAX);
	same_after_loading();
}

static void who_had_it_is_remembered_by_time(void **state)
{
	static const char *const patients[] = { "girl", NULL, "boy", NULL, "girl", "boy" };
	int64_t start_us = world.now_us;
	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		world_device(&world, "d", i + 1, "oximeter", patients[i], NULL);
		world_wait(&world, HOUR);
	}
	for (unsigned i = 0; i < 6; i++) {
		struct str then = device_holder_at(device("d"), start_us + i * HOUR + MIN);
		assert_true(str_equal(then, str_from_c(patients[i] == NULL ? "" : patients[i])));
	}
	/* Before the first of them nobody else is known. */
	assert_true(str_equal(device_holder_at(device("d"), start_us - 100 * HOUR), STR("girl")));
	/* The same once more is no change of hands. */
	world_device(&world, "d", 7, "oximeter", "boy", NULL);
	assert_int_equal(device("d")->holding_count, 6);
	same_after_loading();
}

static const char *said(const char *episode)
{
	const struct json *task = world_task(&world, episode, "equipment");
	return task == NULL || world_deadline_us(task) == 0 ? "" : world_text(task, "description");
}

static void what_hangs_on_a_hub_is_not_silent_while_the_hub_speaks(void **state)
{
	(void)state;
	world_device(&world, "kit", 1, "kit", "girl", NULL);
	world_device(&world, "hub", 1, "hub", NULL, "kit");
	world_device(&world, "cuff", 1, "blood-pressure", NULL, "kit");
	world_device(&world, "lone", 1, "thermometer", "girl", NULL);
	world_wait(&world, 12 * HOUR);
	assert_string_equal(said("e1"),
			    "Not heard of: Hub hub never yet, Thermometer lone never yet");
	world_put(
		&world, "Observation", "beat", 1,
		"\"status\":\"final\",\"code\":{\"text\":\"heartbeat\"},\"device\":{\"reference\":"
		"\"Device/hub\"}");
	assert_string_equal(said("e1"), "Not heard of: Thermometer lone never yet");
	world_device(&world, "lone", 2, "thermometer", "boy", NULL);
	assert_string_equal(said("e1"), "");
	same_after_loading();
	/* and the boy's twelve hours begin now */
	world_wait(&world, 12 * HOUR - MIN);
	assert_string_equal(said("e2"), "");
	world_wait(&world, MIN);
	assert_string_equal(said("e2"), "Not heard of: Thermometer lone never yet");
}

static void what_was_measured_long_ago_is_no_sign_of_life_now(void **state)
{
	(void)state;
	world_device(&world, "d-girl", 1, "oximeter", "girl", NULL);
	world_wait(&world, 13 * HOUR);
	assert_string_equal(said("e1"), "Not heard of: Oximeter d-girl never yet");
	int64_t measured_us = world.now_us - 12 * HOUR - MIN;
	world_number(&world, "girl", HR, "130", measured_us);
	assert_true(strlen(said("e1")) > 0);
	world_number(&world, "girl", HR, "131", world.now_us - MIN);
	assert_string_equal(said("e1"), "");
}

/* A clock of another year makes nobody younger: answered for one sign, another that is far out calls anew. */
static void what_is_held_back_is_judged_whatever_year_its_clock_says(void **state)
{
	(void)state;
	world_device(&world, "d-girl", 1, "oximeter", "boy", NULL);
	world_number(&world, "girl", TEMPERATURE, "36.8", world.now_us);
	world_acknowledge(&world, world_task(&world, "e1", "equipment"), "Nora", "phoned");
	world_wait(&world, MIN);
	world_number(&world, "girl", SPO2, "78", world.now_us - 8 * 365 * 24 * HOUR);
	assert_string_equal(world_text(world_task(&world, "e1", "equipment"), "status"),
			    "requested");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_ward, close_ward)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_part_is_where_its_kit_is),
		TEST(a_ring_of_parts_is_not_believed),
		TEST(who_had_it_is_remembered_by_time),
		TEST(what_hangs_on_a_hub_is_not_silent_while_the_hub_speaks),
		TEST(what_was_measured_long_ago_is_no_sign_of_life_now),
		TEST(what_is_held_back_is_judged_whatever_year_its_clock_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
