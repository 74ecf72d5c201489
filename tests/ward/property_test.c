/* SPDX-License-Identifier: Apache-2.0
 * The ward's state is a function of the feed and the time alone: whatever the cut into batches, the point of a
 * restart, or how often a reading was delivered. Random streams under fixed seeds. */
#include "story.h"
#include "unit.h"

#include <stdio.h>

static struct world world;

static void same_text(struct str a, struct str b, uint64_t seed)
{
	if (str_equal(a, b))
		return;
	while (a.len > 0 && b.len > 0) {
		struct str line_a = str_cut(&a, '\n'), line_b = str_cut(&b, '\n');
		if (!str_equal(line_a, line_b)) {
			size_t at = 0;
			while (at < line_a.len && at < line_b.len &&
			       line_a.ptr[at] == line_b.ptr[at])
				at++;
			at = at > 60 ? at - 60 : 0;
			line_a = str_slice(line_a, at, at + 300);
			line_b = str_slice(line_b, at, at + 300);
			fail_msg("seed %llu:\n%.*s\n%.*s", (unsigned long long)seed,
				 STR_ARG(line_a), STR_ARG(line_b));
		}
	}
	fail_msg("seed %llu: one is longer", (unsigned long long)seed);
}

static void a_replay_of_the_feed_gives_the_same_state(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		story_play(&world, seed, 250, true);
		struct ward_core *again = world_replay(&world, world.event_count);
		ward_core_advance(again, world.now_us);
		same_text(world_dump(world.core, &world.arena), world_dump(again, &world.arena),
			  seed);
		ward_core_destroy(again);
		world_close(&world);
	}
}

static void a_restart_at_any_point_changes_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		story_play(&world, seed, 200, true);
		struct str expected = world_dump(world.core, &world.arena);
		for (unsigned turn = 0; turn < 6; turn++) {
			size_t cut = story_draw((unsigned)world.event_count);
			struct ward_core *first = world_replay(&world, cut);
			struct str saved = world_dump(first, &world.arena);
			struct ward_core *second = ward_core_load(NULL, saved);
			assert_non_null(second);
			same_text(saved, world_dump(second, &world.arena), seed);
			for (size_t i = cut; i < world.event_count; i++) {
				world_apply(second, &world.arena, &world.events[i]);
				ward_core_settle(second);
			}
			ward_core_advance(second, world.now_us);
			same_text(expected, world_dump(second, &world.arena), seed);
			ward_core_destroy(first);
			ward_core_destroy(second);
		}
		world_close(&world);
	}
}

static struct str all_tasks(struct ward_core *core, struct arena *arena)
{
	struct ward_output *outputs;
	struct text text;
	size_t count;
	text_init(&text, arena, (size_t)64 << 20);
	assert_true(ward_core_alerts(core, arena, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		json_print(&text, outputs[i].resource);
		text_put_byte(&text, '\n');
	}
	assert_false(text.failed);
	return text_view(&text);
}

/* Each reading once more, right away or a few events later, under another id. */
static void duplicates_change_no_alert(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		story_play(&world, seed, 120, false);
		struct ward_core *again = ward_core_create(NULL);
		struct world_event waiting[8] = { 0 };
		int64_t feed = 0;
		for (size_t i = 0; i < world.event_count; i++) {
			struct world_event event = world.events[i];
			event.feed = ++feed;
			world_apply(again, &world.arena, &event);
			struct world_event *late = &waiting[story_draw(8)];
			if (late->body.len > 0) {
				late->feed = ++feed;
				late->at_us = event.at_us;
				world_apply(again, &world.arena, late);
				late->body.len = 0;
			}
			if (str_equal(event.type, STR("Observation"))) {
				char id[40];
				snprintf(id, sizeof(id), "again-%zu", i);
				event.id = arena_copy(&world.arena, str_from_c(id));
				*late = event;
				/* the copy carries its own id in the body as well */
				struct json *body;
				assert_int_equal(
					json_parse(&world.arena, event.body, NULL, NULL, &body),
					ERROR_OK);
				json_put(body, STR("id"), json_new_string(&world.arena, event.id));
				struct text text;
				text_init(&text, &world.arena, 100000);
				json_print(&text, body);
				late->body = text_view(&text);
			}
		}
		ward_core_advance(again, world.now_us);
		same_text(all_tasks(world.core, &world.arena), all_tasks(again, &world.arena),
			  seed);
		ward_core_destroy(again);
		world_close(&world);
	}
}

/* Taking the outputs at any moment leaves the rest of the story as it is, and in the end every
 * alert has been given out in its last state. */
static void batches_change_nothing_and_leave_nothing_out(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++) {
		story_play(&world, seed, 100, true); /* within what the core remembers */
		struct ward_core *again = ward_core_create(NULL);
		struct arena batch;
		struct ward_output *outputs;
		size_t count = 0, written = 0;
		arena_init(&batch, (size_t)64 << 20);
		for (size_t i = 0; i < world.event_count; i++) {
			world_apply(again, &world.arena, &world.events[i]);
			if (story_draw(5) != 0)
				continue;
			assert_true(ward_core_outputs(again, &batch, 1 + story_draw(20), &outputs,
						      &count));
			for (size_t j = 0; j < count; j++)
				ward_output_done(again, &outputs[j], outputs[j].version + 1);
			written += count;
			arena_reset(&batch);
		}
		ward_core_advance(again, world.now_us);
		do {
			assert_true(ward_core_outputs(again, &batch, 50, &outputs, &count));
			for (size_t j = 0; j < count; j++)
				ward_output_done(again, &outputs[j], outputs[j].version + 1);
			written += count;
			arena_reset(&batch);
		} while (count > 0);
		assert_true(written > 0);
		same_text(all_tasks(world.core, &world.arena), all_tasks(again, &world.arena),
			  seed);
		size_t alerts;
		assert_true(ward_core_alerts(again, &batch, &outputs, &alerts));
		for (size_t j = 0; j < alerts; j++)
			assert_true(outputs[j].version > 0);
		arena_done(&batch);
		ward_core_destroy(again);
		world_close(&world);
	}
}

static void a_damaged_checkpoint_is_refused(void **state)
{
	(void)state;
	story_play(&world, 3, 40, true);
	struct str saved = world_dump(world.core, &world.arena);
	struct ward_core *whole = ward_core_load(NULL, saved);
	assert_non_null(whole);
	ward_core_destroy(whole);
	for (unsigned turn = 0; turn < 200; turn++) {
		struct str cut = str_slice(saved, 0, story_draw((unsigned)saved.len - 1));
		assert_null(ward_core_load(NULL, cut));
	}
	assert_null(ward_core_load(NULL, STR("")));
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replay_of_the_feed_gives_the_same_state),
		cmocka_unit_test(a_restart_at_any_point_changes_nothing),
		cmocka_unit_test(duplicates_change_no_alert),
		cmocka_unit_test(batches_change_nothing_and_leave_nothing_out),
		cmocka_unit_test(a_damaged_checkpoint_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
