/* SPDX-License-Identifier: Apache-2.0
 * What is open when a stay goes on on another ward: whose it is, and by when it must be answered. */
#include "girl.h"

#include "ward/model.h"

#define TWO "{\"reference\":\"Organization/ward-2\"}"
#define ONE "{\"reference\":\"Organization/ward-1\"}"

static int64_t version;

static void staff(const char *id, const char *role)
{
	world_put(&world, "Practitioner", id, 1, "\"name\":[{\"text\":\"%s Example\"}]", id);
	world_put(&world, "PractitionerRole", id, 1,
		  "\"practitioner\":{\"reference\":\"Practitioner/%s\"},\"organization\":" TWO
		  ",\"code\":[{\"coding\":[{\"system\":\"https://fhir.homeward.example/CodeSystem/"
		  "ward-role\",\"code\":\"%s\"}]}]",
		  id, role);
}

static int open_wards(void **state)
{
	open_world(state);
	version = 1;
	world_put(&world, "Organization", "ward-2", 1,
		  "\"name\":\"Second ward\",\"type\":[{\"coding\":[{\"system\":\"https://"
		  "fhir.homeward.example/CodeSystem/organization-type\",\"code\":"
		  "\"virtual-ward\"}]}]");
	staff("nurse-2", "nurse");
	staff("charge-2", "nurse-in-charge");
	return 0;
}

static void moves(const char *ward)
{
	world_put(&world, "EpisodeOfCare", "e1", ++version,
		  "\"status\":\"active\",\"type\":[{\"coding\":[{\"system\":\"https://"
		  "fhir.homeward.example/CodeSystem/episode-type\",\"code\":\"virtual-ward\"}]}],"
		  "\"patient\":{\"reference\":\"Patient/girl\"},\"managingOrganization\":%s,"
		  "\"period\":{\"start\":\"2026-11-22T08:00:00Z\"}",
		  ward);
}

static const char *owner(const char *rule)
{
	return json_get_text(json_get(task(rule), STR("owner")), STR("reference")).ptr;
}

static int64_t fever_until_us(void)
{
	return world_deadline_us(task("fever"));
}

static void nobody_gains_time_by_a_move(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "39.0");
	int64_t until_us = fever_until_us();
	assert_int_equal(until_us, world.now_us + 5 * MIN);
	world_wait(&world, 4 * MIN);
	moves(TWO);
	assert_string_equal(owner("fever"), "PractitionerRole/nurse-2");
	assert_int_equal(fever_until_us(), until_us);
	world_reload(&world);
	world_wait(&world, MIN);
	assert_string_equal(owner("fever"), "PractitionerRole/charge-2");
}

static void a_stay_that_goes_to_and_fro_is_not_kept_from_the_next_rung(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "39.0");
	for (int i = 0; i < 4; i++) {
		world_wait(&world, MIN);
		moves(i % 2 == 0 ? TWO : ONE);
	}
	world_wait(&world, MIN);
	assert_string_equal(owner("fever"), "PractitionerRole/charge-1");
}

static void what_was_answered_or_silenced_has_the_whole_time_of_its_level(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "39.0");
	world_wait(&world, MIN);
	world_acknowledge(&world, task("fever"), "Nora Nurse", "Will phone");
	world_wait(&world, MIN);
	moves(TWO);
	assert_string_equal(world_text(task("fever"), "status"), "requested");
	assert_int_equal(fever_until_us(), world.now_us + 5 * MIN);
}

/* Nora's shift on the first ward until then; the child is on the second, and she still answers. */
static void nora_answers_from_the_old_ward(int64_t until_us)
{
	world_shift(&world, "nurse-1", "early", world.now_us - HOUR, until_us);
	girl_set("28", "132", "98", "39.0");
	moves(TWO);
	struct json *answered = json_copy(&world.arena, task("fever"));
	struct json *by = json_new(&world.arena, JSON_OBJECT);
	json_put(by, STR("reference"),
		 json_new_string(&world.arena, STR("PractitionerRole/nurse-1")));
	json_put(answered, STR("owner"), by);
	json_put(answered, STR("status"), json_new_string(&world.arena, STR("accepted")));
	(void)json_remove(answered, STR("restriction"));
	world_write(&world, answered);
	assert_string_equal(world_text(task("fever"), "status"), "accepted");
	assert_int_equal(fever_until_us(), world.now_us + 15 * MIN);
}

/* Whoever still answers from the old ward goes home like anybody else. */
static void an_answer_from_another_ward_ends_with_the_shift_of_who_gave_it(void **state)
{
	(void)state;
	nora_answers_from_the_old_ward(world.now_us + 10 * MIN);
	world_wait(&world, 10 * MIN);
	assert_string_equal(world_text(task("fever"), "status"), "requested");
	assert_string_equal(owner("fever"), "PractitionerRole/nurse-2");
}

static void an_answer_from_another_ward_ends_when_that_rota_loses_the_shift(void **state)
{
	(void)state;
	nora_answers_from_the_old_ward(world.now_us + 10 * HOUR);
	world_delete(&world, "Slot", "early", world.feed + 1);
	world_wait(&world, MIN);
	assert_string_equal(world_text(task("fever"), "status"), "requested");
	assert_string_equal(owner("fever"), "PractitionerRole/nurse-2");
}

#define TEST_OF_MOVE(name) cmocka_unit_test_setup_teardown(name, open_wards, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_OF_MOVE(nobody_gains_time_by_a_move),
		TEST_OF_MOVE(a_stay_that_goes_to_and_fro_is_not_kept_from_the_next_rung),
		TEST_OF_MOVE(what_was_answered_or_silenced_has_the_whole_time_of_its_level),
		TEST_OF_MOVE(an_answer_from_another_ward_ends_with_the_shift_of_who_gave_it),
		TEST_OF_MOVE(an_answer_from_another_ward_ends_when_that_rota_loses_the_shift),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
