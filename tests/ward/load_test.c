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
	const struct ward_output_limits urgent = { 500, 0 }, all = { 500, 500 };
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_go_first_and_scores_hold_the_cursor_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
