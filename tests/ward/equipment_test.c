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
	world_reload(&world);
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
	world_reload(&world);
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
	world_reload(&world);
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
	world_reload(&world);
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

/* --- channels of a device -------------------------------------------------------------------- */

static void metric(const char *id, int64_t version, const char *link, const char *device_id)
{
	world_put(&world, "DeviceMetric", id, version,
		  "\"type\":{\"text\":\"SpO2\"},\"category\":\"measurement\",\"%s\":{"
		  "\"reference\":\"Device/%s\"}",
		  link, device_id);
}

static void send_at(const char *id, const char *patient, const char *by, const char *value,
		    int64_t at_us)
{
	char at[25];
	date_write_instant(at_us, at);
	world_put(&world, "Observation", id, 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"" SPO2 "\"}]},\"subject\":{\"reference\":\"Patient/%s\"},"
		  "\"effectiveDateTime\":\"%s\",\"device\":{\"reference\":\"%s\"},"
		  "\"valueQuantity\":{\"value\":%s,\"system\":\"http://unitsofmeasure.org\","
		  "\"code\":\"%%\"}",
		  patient, at, by, value);
}

static void send(const char *id, const char *patient, const char *by)
{
	send_at(id, patient, by, "97", world.now_us);
}

static bool is_charted(const char *episode, const char *observation)
{
	const struct stay *stay = map_get(&world.core->stay_by_id, str_from_c(episode));
	for (const struct reading *at = stay->readings; at != NULL; at = at->next) {
		if (strcmp(at->observation, observation) == 0)
			return true;
	}
	return false;
}

static void a_reading_by_a_channel_of_anothers_device_is_not_charted(void **state)
{
	(void)state;
	world_device(&world, "boys", 1, "oximeter", "boy", NULL);
	metric("m", 1, "source", "boys");
	send("wrong", "girl", "DeviceMetric/m");
	assert_false(is_charted("e1", "wrong"));
	assert_true(strlen(said("e1")) > 0 && strlen(said("e2")) > 0);
	send("right", "boy", "DeviceMetric/m");
	assert_true(is_charted("e2", "right"));
	metric("n", 1, "parent", "boys");
	send("parent", "girl", "DeviceMetric/n");
	assert_false(is_charted("e1", "parent"));
	world_reload(&world);
}

static void a_channel_that_an_observation_contains_is_its_devices(void **state)
{
	(void)state;
	world_device(&world, "boys", 1, "oximeter", "boy", NULL);
	world_put(&world, "Observation", "inside", 1,
		  "\"contained\":[{\"resourceType\":\"DeviceMetric\",\"id\":\"m\",\"source\":{"
		  "\"reference\":\"Device/boys\"}}],\"status\":\"final\",\"code\":{\"coding\":[{"
		  "\"system\":\"http://loinc.org\",\"code\":\"" SPO2 "\"}]},\"subject\":{"
		  "\"reference\":\"Patient/girl\"},\"effectiveDateTime\":\"2026-11-22T08:00:00Z\","
		  "\"device\":{\"reference\":\"#m\"},\"valueQuantity\":{\"value\":97,\"system\":"
		  "\"http://unitsofmeasure.org\",\"code\":\"%%\"}");
	assert_false(is_charted("e1", "inside"));
}

static void a_channel_of_no_known_device_proves_nothing_about_anybody(void **state)
{
	(void)state;
	send("first", "girl", "DeviceMetric/m");
	metric("m", 1, "source", "later");
	send("second", "girl", "DeviceMetric/m");
	assert_true(is_charted("e1", "first") && is_charted("e1", "second"));
	assert_string_equal(said("e1"), "");
	/* The record knows the Device, and nobody has it: nothing speaks against the girl. */
	world_device(&world, "later", 1, "oximeter", NULL, NULL);
	assert_true(is_charted("e1", "first") && is_charted("e1", "second"));
	assert_string_equal(said("e1"), "");
}

/* A gateway may send the reading before its equipment, also in one upload. */
static void what_comes_after_its_reading_takes_anothers_off_the_chart(void **state)
{
	(void)state;
	world_device(&world, "boys", 1, "oximeter", "boy", NULL);
	send_at("early", "girl", "DeviceMetric/m", "85", world.now_us);
	send_at("mine", "boy", "DeviceMetric/m", "97", world.now_us);
	send_at("unlisted", "girl", "Device/unlisted", "96", world.now_us);
	assert_true(is_charted("e1", "early"));
	world_reload(&world);
	metric("m", 1, "source", "boys");
	assert_false(is_charted("e1", "early"));
	assert_true(is_charted("e2", "mine"));
	assert_non_null(strstr(said("e1"), "85"));
	assert_non_null(strstr(said("e2"), "in the name of"));
	world_reload(&world);
	world_device(&world, "unlisted", 1, "oximeter", "boy", NULL);
	assert_false(is_charted("e1", "unlisted"));
}

static void a_channel_that_moves_to_another_device_is_judged_by_its_time_and_said(void **state)
{
	int64_t before_us;
	(void)state;
	world_device(&world, "girls", 1, "oximeter", "girl", NULL);
	world_device(&world, "boys", 1, "oximeter", "boy", NULL);
	metric("m", 1, "source", "girls");
	send("then", "girl", "DeviceMetric/m");
	before_us = world.now_us;
	world_wait(&world, HOUR);
	metric("m", 2, "source", "boys");
	assert_true(is_charted("e1", "then"));
	assert_non_null(strstr(said("e1"), "its sensor is now said to be of"));
	world_reload(&world);
	send_at("late", "girl", "DeviceMetric/m", "96", before_us + MIN);
	send_at("now", "girl", "DeviceMetric/m", "95", world.now_us);
	assert_true(is_charted("e1", "late"));
	assert_false(is_charted("e1", "now"));
}

static void a_channel_that_is_deleted_stays_its_devices(void **state)
{
	(void)state;
	world_device(&world, "boys", 1, "oximeter", "boy", NULL);
	metric("m", 1, "source", "boys");
	world_delete(&world, "DeviceMetric", "m", 2);
	send("after", "girl", "DeviceMetric/m");
	assert_false(is_charted("e1", "after"));
	world_put(&world, "DeviceMetric", "m", 3, "\"category\":\"measurement\"");
	send("again", "girl", "DeviceMetric/m");
	assert_false(is_charted("e1", "again"));
	world_reload(&world);
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
		TEST(a_reading_by_a_channel_of_anothers_device_is_not_charted),
		TEST(a_channel_that_an_observation_contains_is_its_devices),
		TEST(a_channel_of_no_known_device_proves_nothing_about_anybody),
		TEST(what_comes_after_its_reading_takes_anothers_off_the_chart),
		TEST(a_channel_that_moves_to_another_device_is_judged_by_its_time_and_said),
		TEST(a_channel_that_is_deleted_stays_its_devices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
