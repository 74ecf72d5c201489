/* SPDX-License-Identifier: Apache-2.0
 * The ward's state is a function of the feed and the time alone: whatever the cut into batches, the point of a
 * restart, or how often a reading was delivered. Random streams under fixed seeds. */
#include "world.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

static struct world world;
static uint64_t state_of_random;

static unsigned draw(unsigned below)
{
	state_of_random =
		state_of_random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state_of_random >> 33) % below;
}

static const char *patient_of(unsigned n)
{
	static const char *const patients[] = { "girl", "man", "boy" };
	return patients[n];
}

static const char *episode_of(unsigned n)
{
	static const char *const episodes[] = { "e1", "e2", "e3" };
	return episodes[n];
}

static void number(unsigned n, const char *code, unsigned low, unsigned span, int64_t measured_us)
{
	char value[16];
	if (strcmp(code, TEMPERATURE) == 0)
		snprintf(value, sizeof(value), "%u.%u", low + draw(span), draw(10));
	else
		snprintf(value, sizeof(value), "%u", low + draw(span));
	world_number(&world, patient_of(n), code, value, measured_us);
}

static void step_readings(unsigned n)
{
	int64_t measured_us = world.now_us;
	if (draw(4) == 0)
		measured_us -= (int64_t)draw(600) * MIN;
	if (draw(30) == 0)
		measured_us += (int64_t)draw(600) * MIN;
	if (draw(3) > 0)
		number(n, RR, 12, 50, measured_us);
	if (draw(3) > 0)
		number(n, HR, 50, 140, measured_us - (int64_t)draw(15) * MIN);
	if (draw(3) > 0)
		number(n, SPO2, 86, 15, measured_us);
	if (draw(3) > 0)
		number(n, TEMPERATURE, 35, 7, measured_us);
	if (draw(6) == 0)
		number(n, SYSTOLIC, 60, 100, measured_us);
	if (draw(25) == 0)
		number(n, HR, 330, 100, measured_us);
}

static void step_words(unsigned n)
{
	static const char *const minds[] = { "A", "A", "A", "asleep", "V", "P", "C" };
	switch (draw(4)) {
	case 0:
		world_code(&world, patient_of(n), "consciousness", minds[draw(7)], world.now_us);
		break;
	case 1:
		world_code(&world, patient_of(n), "worried", draw(2) == 0 ? "true" : "false",
			   world.now_us);
		break;
	case 2:
		world_code(&world, patient_of(n), "distress", draw(2) == 0 ? "none" : "moderate",
			   world.now_us);
		break;
	default:
		world_code(&world, patient_of(n), "air", "", world.now_us);
		break;
	}
}

static void step_person(unsigned n)
{
	static const char *const rules[] = { "score",   "fever",     "overdue",
					     "concern", "parameter", "implausible" };
	const struct json *task = world_task(&world, episode_of(n), rules[draw(6)]);
	if (task == NULL)
		return;
	if (draw(3) > 0)
		world_acknowledge(&world, task, "Nora", "plan");
	else
		world_resolve(&world, task, "done");
}

static void step_stay(unsigned n, int64_t version)
{
	static const char *const states[] = { "active", "active", "onhold" };
	world_put(
		&world, "EpisodeOfCare", episode_of(n), version,
		"\"status\":\"%s\",\"type\":[{\"coding\":[{\"system\":\"https://"
		"fhir.homeward.example/"
		"CodeSystem/"
		"episode-type\",\"code\":\"virtual-ward\"}]}],\"patient\":{\"reference\":"
		"\"Patient/%s\"},\"managingOrganization\":{\"reference\":\"Organization/ward-1\"},"
		"\"period\":{\"start\":\"2026-11-22T08:00:00Z\"}",
		states[draw(3)], patient_of(n));
}

static void step_correction(unsigned n)
{
	char id[16], at[25];
	if (world.next_id == 0)
		return;
	snprintf(id, sizeof(id), "o%u", 1 + draw(world.next_id));
	date_write_instant(world.now_us - (int64_t)draw(60) * MIN, at);
	if (draw(3) == 0) {
		world_delete(&world, "Observation", id, 9);
		return;
	}
	world_put(&world, "Observation", id, 2,
		  "\"status\":\"corrected\",\"code\":{\"coding\":[{\"system\":\"http://"
		  "loinc.org\",\"code\":"
		  "\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/"
		  "%s\"},\"effectiveDateTime\":\"%s\","
		  "\"valueQuantity\":{\"value\":%u,\"code\":\"/min\"}",
		  patient_of(n), at, 60 + draw(120));
}

static void step_rota(void)
{
	static const char *const roles[] = { "nurse-1", "charge-1", "registrar-1" };
	static unsigned slots;
	const char *role = roles[draw(3)];
	char schedule[40], slot[40], start[25], end[25];
	snprintf(schedule, sizeof(schedule), "schedule-%s", role);
	snprintf(slot, sizeof(slot), "slot-%u", slots++ % 20);
	int64_t from_us = world.now_us + ((int64_t)draw(24) - 12) * HOUR;
	date_write_instant(from_us, start);
	date_write_instant(from_us + 8 * HOUR, end);
	world_put(&world, "Schedule", schedule, 1,
		  "\"actor\":[{\"reference\":\"PractitionerRole/%s\"}]", role);
	world_put(&world, "Slot", slot, 1,
		  "\"schedule\":{\"reference\":\"Schedule/"
		  "%s\"},\"status\":\"busy\",\"start\":\"%s\",\"end\":\"%s\"",
		  schedule, start, end);
}

/* Plays one stream; `corrections` may change what was sent before. */
static void play(uint64_t seed, unsigned steps, bool corrections)
{
	state_of_random = seed * 2654435761u + 1;
	world_open(&world);
	world.settles = true;
	world_patient(&world, "girl", "2023-05-10");
	world_patient(&world, "man", "1960-02-01");
	world_patient(&world, "boy", "2021-11-24");
	world_admit(&world, "e1", "girl", CHILD);
	world_admit(&world, "e2", "man", ADULT);
	world_admit(&world, "e3", "boy", CHILD);
	for (unsigned step = 0; step < steps; step++) {
		unsigned n = draw(3), what = draw(100);
		world_wait(&world, (int64_t)draw(1000) * MIN / 50 * (draw(5) == 0 ? 10 : 1));
		if (what < 55)
			step_readings(n);
		else if (what < 68)
			step_words(n);
		else if (what < 85)
			step_person(n);
		else if (what < 88)
			step_stay(n, (int64_t)step + 2);
		else if (what < 94 && corrections)
			step_correction(n);
		else if (what < 97)
			step_rota();
	}
}

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
		play(seed, 250, true);
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
		play(seed, 200, true);
		struct str expected = world_dump(world.core, &world.arena);
		for (unsigned turn = 0; turn < 6; turn++) {
			size_t cut = draw((unsigned)world.event_count);
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
		play(seed, 120, false);
		struct ward_core *again = ward_core_create(NULL);
		struct world_event waiting[8] = { 0 };
		int64_t feed = 0;
		for (size_t i = 0; i < world.event_count; i++) {
			struct world_event event = world.events[i];
			event.feed = ++feed;
			world_apply(again, &world.arena, &event);
			struct world_event *late = &waiting[draw(8)];
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
		play(seed, 100, true); /* within what the core remembers */
		struct ward_core *again = ward_core_create(NULL);
		struct arena batch;
		struct ward_output *outputs;
		size_t count = 0, written = 0;
		arena_init(&batch, (size_t)64 << 20);
		for (size_t i = 0; i < world.event_count; i++) {
			world_apply(again, &world.arena, &world.events[i]);
			if (draw(5) != 0)
				continue;
			assert_true(
				ward_core_outputs(again, &batch, 1 + draw(20), &outputs, &count));
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
	play(3, 40, true);
	struct str saved = world_dump(world.core, &world.arena);
	struct ward_core *whole = ward_core_load(NULL, saved);
	assert_non_null(whole);
	ward_core_destroy(whole);
	for (unsigned turn = 0; turn < 200; turn++) {
		struct str cut = str_slice(saved, 0, draw((unsigned)saved.len - 1));
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
