/* SPDX-License-Identifier: Apache-2.0
 * What the core gives out first when more changes than can be written at once. */
#include "unit.h"

#include "world.h"

static struct world world;

static bool is_of(const struct ward_output *output, const char *type)
{
	return str_equal(output->type, str_from_c(type));
}

static void done(const struct ward_outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		ward_output_done(world.core, &outputs->outputs[i], outputs->outputs[i].version + 1);
}

static void alerts_go_first_and_scores_hold_the_cursor_back(void **state)
{
	const struct ward_output_limits urgent = { 500, 0, INT64_MAX },
					all = { 500, 500, INT64_MAX };
	struct ward_outputs outputs;
	(void)state;
	world_open(&world);
	world_patient(&world, "calm", "2023-05-10");
	world_patient(&world, "ill", "2023-05-10");
	world_admit(&world, "e1", "calm", CHILD);
	world_admit(&world, "e2", "ill", CHILD);
	assert_true(ward_core_outputs_some(world.core, &world.arena, &all, &outputs));
	done(&outputs);
	assert_true(ward_core_outputs_some(world.core, &world.arena, &all, &outputs));
	assert_int_equal(outputs.count, 0);
	assert_true(ward_core_written(world.core) == INT64_MAX);

	int64_t before = ward_core_feed(world.core);
	world_number(&world, "calm", HR, "118", world.now_us);
	world_number(&world, "ill", TEMPERATURE, "39.6", world.now_us);
	assert_true(ward_core_outputs_some(world.core, &world.arena, &urgent, &outputs));
	bool task = false;
	for (size_t i = 0; i < outputs.count; i++)
		task = task || is_of(&outputs.outputs[i], "Task");
	assert_true(task);
	assert_true(outputs.pressing_all && !outputs.all);
	assert_int_equal(outputs.calm, 0);
	done(&outputs);
	assert_true(ward_core_outputs_some(world.core, &world.arena, &urgent, &outputs));
	assert_int_equal(outputs.count, 0);
	/* Nor does it go while more of its set may come. */
	const struct ward_output_limits early = { 500, 500, before - 1 };
	assert_true(ward_core_outputs_some(world.core, &world.arena, &early, &outputs));
	assert_int_equal(outputs.count, 0);
	assert_false(outputs.all);
	/* The score of the calm child waits: nothing after the feed before it may be called written. */
	assert_true(ward_core_written(world.core) <= before);

	assert_true(ward_core_outputs_some(world.core, &world.arena, &all, &outputs));
	assert_int_equal(outputs.count, 1);
	assert_int_equal(outputs.calm, 1);
	assert_true(outputs.all && is_of(&outputs.outputs[0], "Observation"));
	done(&outputs);
	assert_true(ward_core_outputs_some(world.core, &world.arena, &all, &outputs));
	assert_true(ward_core_written(world.core) == INT64_MAX);
	world_close(&world);
}

/* That a device was heard of is nothing that anybody is called for. */
static void a_reading_of_an_assigned_device_waits_like_any_other(void **state)
{
	const struct ward_output_limits urgent = { 500, 0, INT64_MAX },
					all = { 500, 500, INT64_MAX };
	struct ward_outputs outputs;
	(void)state;
	world_open(&world);
	world_patient(&world, "calm", "2023-05-10");
	world_admit(&world, "e4", "calm", CHILD);
	world_device(&world, "d-calm", 1, "oximeter", "calm", NULL);
	world_number(&world, "calm", HR, "118", world.now_us);
	for (int i = 0; i < 3; i++) {
		assert_true(ward_core_outputs_some(world.core, &world.arena, &all, &outputs));
		done(&outputs);
	}
	world_wait(&world, DATE_US_PER_MIN);
	world_number(&world, "calm", HR, "117", world.now_us);
	assert_true(ward_core_outputs_some(world.core, &world.arena, &urgent, &outputs));
	assert_int_equal(outputs.count, 0);
	assert_true(ward_core_outputs_some(world.core, &world.arena, &all, &outputs));
	assert_int_equal(outputs.calm, 1);
	world_close(&world);
}

/* A set of very many readings: the score stays as small as it was, and what makes it is named. */
static void a_score_of_very_many_readings_names_the_first_and_the_deciding(void **state)
{
	const struct ward_output_limits all = { 500, 500, INT64_MAX };
	struct ward_outputs outputs;
	const char *worst = "";
	(void)state;
	world_open(&world);
	world_patient(&world, "often", "2023-05-10");
	world_admit(&world, "e3", "often", CHILD);
	int64_t start_us = world.now_us;
	for (int i = 0; i < 120; i++) {
		const char *id = world_number(&world, "often", HR, i == 90 ? "175" : "118",
					      start_us + i * DATE_US_PER_S);
		worst = i == 90 ? id : worst;
	}
	assert_true(ward_core_outputs_some(world.core, &world.arena, &all, &outputs));
	const struct json *sources = NULL;
	for (size_t i = 0; i < outputs.count; i++) {
		if (is_of(&outputs.outputs[i], "Observation"))
			sources = json_get(outputs.outputs[i].resource, STR("derivedFrom"));
	}
	assert_non_null(sources);
	assert_int_equal(sources->count, 65);
	struct str named = json_get_text(json_at(sources, 64), STR("reference"));
	assert_true(str_starts_with(named, STR("Observation/")));
	assert_true(str_equal(str_slice(named, 12, named.len), str_from_c(worst)));
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_go_first_and_scores_hold_the_cursor_back),
		cmocka_unit_test(a_reading_of_an_assigned_device_waits_like_any_other),
		cmocka_unit_test(a_score_of_very_many_readings_names_the_first_and_the_deciding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
