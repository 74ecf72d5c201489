/* SPDX-License-Identifier: Apache-2.0
 * The running ward over a real store, with a simulated clock: what follows from the feed stands in the record, once,
 * whatever the moment the thread was ended. */
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "running.h"
#include "story.h"
#include "unit.h"
#include "ward/channel.h"
#include "ward/runner.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct world story; /* its own core is the unbroken run to compare with */
static char folder[64];
static struct clock *test_clock;
static struct store *store;
static struct ward *ward;
static struct arena arena;
static uint32_t channels; /* that have a sender: as the story says */

static void start_ward(bool checkpoint)
{
	const struct ward_options options = {
		.store = store,
		.clock = test_clock,
		.folder = checkpoint ? str_from_c(folder) : STR(""),
		.channels = channels,
	};
	ward = ward_start(&options);
	assert_non_null(ward);
}

static int open_all(void **state)
{
	struct issues issues;
	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	arena_init(&arena, (size_t)1 << 30);
	issues_init(&issues, &arena);
	snprintf(folder, sizeof(folder), "/tmp/homeward-runner-XXXXXX");
	assert_non_null(mkdtemp(folder));
	test_clock = clock_create_simulated(WORLD_START_US);
	const struct store_options options = { .path = str_from_c(folder), .clock = test_clock };
	assert_int_equal(store_open(&options, &issues, &store), ERROR_OK);
	return 0;
}

static int close_all(void **state)
{
	int below;
	(void)state;
	ward_stop(ward);
	ward = NULL;
	store_close(store);
	clock_destroy(test_clock);
	arena_done(&arena);
	static const char *const names[] = { "store.lock",       "store.sqlite",
					     "store.sqlite-wal", "store.sqlite-shm",
					     "ward.checkpoint",  "ward.checkpoint.next" };
	assert_int_equal(file_open_folder(folder, &below), ERROR_OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)!file_remove(below, names[i]);
	int printed;
	if (file_open_folder_below(below, "downtime", false, &printed) == ERROR_OK) {
		(void)!file_remove(printed, "ward-1.html");
		file_close(printed);
		assert_int_equal(unlinkat(below, "downtime", AT_REMOVEDIR), 0);
	}
	file_close(below);
	return rmdir(folder);
}

static int64_t feed_last(void)
{
	struct store_reader *reader = store_reader_borrow(store);
	int64_t last = store_feed_last(reader);
	store_reader_return(reader);
	return last;
}

static void settle(void)
{
	/* The ward's own writes move the feed as well. */
	while (!ward_wait(ward, feed_last(), 20000))
		fail_msg("the ward did not come to the end of the feed");
}

static void write_event(const struct world_event *event)
{
	const struct running running = { store, test_clock, &arena };
	assert_int_equal(running_write(&running, event), ERROR_OK);
}

static struct json *stored(const char *type, struct str id)
{
	struct store_version version;
	struct json *resource = NULL;
	struct store_reader *reader = store_reader_borrow(store);
	if (store_read(reader, &arena, fhir_resource_find(str_from_c(type)), id, &version) ==
	    ERROR_OK) {
		assert_int_equal(json_parse(&arena, version.body, NULL, NULL, &resource), ERROR_OK);
		json_remove(resource, STR("meta"));
	}
	store_reader_return(reader);
	return resource;
}

static int64_t stored_count(const char *type)
{
	int64_t *counts;
	struct store_reader *reader = store_reader_borrow(store);
	assert_int_equal(store_counts(reader, &arena, &counts), ERROR_OK);
	store_reader_return(reader);
	return counts[fhir_resource_find(str_from_c(type))];
}

static void expect_record_equals_story(uint64_t seed)
{
	struct ward_output *outputs;
	size_t count;
	assert_true(ward_core_alerts(story.core, &arena, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		struct json *found = stored("Task", outputs[i].id);
		if (found == NULL || !json_equal(found, outputs[i].resource)) {
			struct text text;
			text_init(&text, &arena, 1 << 20);
			json_print(&text, outputs[i].resource);
			if (found != NULL)
				json_print(&text, found);
			fail_msg("seed %llu: %.*s", (unsigned long long)seed,
				 STR_ARG(text_view(&text)));
		}
	}
	size_t handovers = 0; /* Tasks that people wrote */
	for (unsigned n = 0; n < 4; n++) {
		char id[16];
		snprintf(id, sizeof(id), "hand-%u", n);
		handovers += stored("Task", str_from_c(id)) != NULL;
	}
	assert_int_equal(stored_count("Task"), count + handovers);
	assert_true(count > 0);
}

static void the_record_equals_an_unbroken_run_whatever_the_restarts(void **state)
{
	channels = ~UINT32_C(0);
	for (uint64_t seed = 21; seed <= 24; seed++) {
		story_play(&story, seed, 90, true); /* shorter than what the core remembers */
		start_ward(true);
		for (size_t i = 0; i < story.event_count; i++) {
			if (story_draw(12) == 0) {
				bool checkpoint = story_draw(2) == 0;
				ward_stop(ward);
				ward = NULL;
				for (unsigned n = story_draw(6); n > 0 && i + 1 < story.event_count;
				     n--)
					write_event(&story.events[i++]);
				start_ward(checkpoint);
			}
			write_event(&story.events[i]);
			if (story_draw(4) == 0)
				settle();
		}
		settle();
		clock_advance(test_clock, story.now_us - clock_now_us(test_clock));
		ward_stop(ward);
		start_ward(false);
		settle();
		expect_record_equals_story(seed);
		ward_stop(ward);
		ward = NULL;
		struct issues issues;
		struct ward_replayed alerts = { 0 };
		issues_init(&issues, &arena);
		if (ward_replay(store, &issues, &alerts) != ERROR_OK)
			fail_msg("seed %llu: %.*s", (unsigned long long)seed,
				 STR_ARG(issues.first->diagnostics));
		assert_true(alerts.alerts > 0);
		assert_int_equal(alerts.carried + alerts.earlier, 0);
		world_close(&story);
		(void)close_all(state);
		(void)open_all(state);
	}
}

static void admit_girl(void)
{
	world_open(&story);
	world_patient(&story, "girl", "2023-05-10");
	world_admit(&story, "e1", "girl", CHILD);
	for (size_t i = 0; i < story.event_count; i++)
		write_event(&story.events[i]);
}

static void write_last(void)
{
	write_event(&story.events[story.event_count - 1]);
}

static struct json *wait_for_task(const char *rule, const char *rung)
{
	struct str id = json_get_text(world_task(&story, "e1", rule), STR("id"));
	for (int tries = 0; tries < 2000; tries++) {
		struct json *task = stored("Task", id);
		if (task != NULL && strcmp(world_rung(task), rung) == 0)
			return task;
		usleep(5000);
	}
	fail_msg("no alert %s on rung %s", rule, rung);
	return NULL;
}

static void timers_fire_without_any_event(void **state)
{
	(void)state;
	start_ward(true);
	admit_girl();
	world_number(&story, "girl", TEMPERATURE, "38.6", story.now_us);
	write_last();
	(void)wait_for_task("fever", "Nurse");
	clock_advance(test_clock, 5 * MIN);
	(void)wait_for_task("fever", "Nurse in charge");
	clock_advance(test_clock, 10 * MIN);
	(void)wait_for_task("fever", "Consultant");
	world_close(&story);
}

static void a_nurse_who_writes_in_between_is_never_overwritten(void **state)
{
	(void)state;
	start_ward(true);
	admit_girl();
	world_number(&story, "girl", TEMPERATURE, "38.6", story.now_us);
	write_last();
	struct json *task = wait_for_task("fever", "Nurse");
	/* acknowledgement and time race the ladder many times */
	for (int turn = 0; turn < 20; turn++) {
		char plan[16];
		snprintf(plan, sizeof(plan), "plan %d", turn);
		story.now_us = clock_now_us(test_clock) + 15 * MIN;
		clock_advance(test_clock, 15 * MIN - 1000);
		world_acknowledge(&story, task, "Nora", plan);
		write_last();
		task = stored("Task", json_get_text(task, STR("id")));
	}
	settle();
	task = stored("Task", json_get_text(task, STR("id")));
	size_t plans = 0;
	for (const struct json *note = json_get(task, STR("note"))->child; note != NULL;
	     note = note->next)
		plans += str_starts_with(json_get_text(note, STR("text")), STR("plan "));
	assert_int_equal(plans, 20);
	world_close(&story);
}

static void shipped_policies_are_put_once(void **state)
{
	(void)state;
	start_ward(true);
	settle();
	while (stored_count("PlanDefinition") < 2)
		usleep(5000);
	ward_stop(ward);
	int64_t last = feed_last();
	start_ward(true);
	usleep(300000);
	settle();
	assert_int_equal(feed_last(), last);
}

static void replay_finds_an_alert_that_was_tampered_with(void **state)
{
	struct issues issues;
	struct ward_replayed alerts;
	(void)state;
	start_ward(true);
	admit_girl();
	world_number(&story, "girl", TEMPERATURE, "38.6", story.now_us);
	write_last();
	struct json *task = wait_for_task("fever", "Nurse");
	settle();
	ward_stop(ward);
	ward = NULL;
	issues_init(&issues, &arena);
	assert_int_equal(ward_replay(store, &issues, &alerts), ERROR_OK);
	json_put(task, STR("priority"), json_new_string(&arena, STR("routine")));
	struct text text;
	text_init(&text, &arena, 1 << 20);
	json_print(&text, task);
	const struct world_event event = { STR("Task"),
					   json_get_text(task, STR("id")),
					   text_view(&text),
					   STR("ward"),
					   2,
					   story.now_us,
					   0 };
	write_event(&event);
	assert_int_equal(ward_replay(store, &issues, &alerts), ERROR_CONFLICT);
	assert_true(issues.count > 0);
	world_close(&story);
}

/* A checkpoint ahead of the cursor is refused, and the whole feed would be read at every start. */
static void the_cursor_follows_what_is_none_of_the_wards_business(void **state)
{
	const struct world_event event = {
		STR("Observation"),
		STR("o-1"),
		STR("{\"resourceType\":\"Observation\",\"id\":\"o-1\",\"status\":\"final\","
		    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}]},"
		    "\"subject\":{\"reference\":\"Patient/on-no-ward\"},"
		    "\"effectiveDateTime\":\"2026-01-01T00:00:00Z\","
		    "\"valueQuantity\":{\"value\":99,\"system\":\"http://unitsofmeasure.org\","
		    "\"code\":\"/min\"}}"),
		STR("api"),
		1,
		WORLD_START_US,
		0
	};
	(void)state;
	start_ward(true);
	settle();
	write_event(&event);
	settle();
	ward_stop(ward);
	ward = NULL;
	struct store_reader *reader = store_reader_borrow(store);
	assert_int_equal(store_cursor(reader, STR("ward")), store_feed_last(reader));
	store_reader_return(reader);
}

/* --- a newer engine over an older record (docs/decisions/0017) ---------------------------------- */

/* As an engine would have written it whose rules today's are not. */
static void write_older_task(const char *id, const char *status, const char *ended)
{
	struct text text;
	text_init(&text, &arena, 4096);
	text_put_format(
		&text,
		"{\"resourceType\":\"Task\",\"id\":\"%s\",\"extension\":[{\"url\":\"" HOMEWARD_URL
		"StructureDefinition/alert-level\",\"valueCode\":\"high\"},{\"url\":\"" HOMEWARD_URL
		"StructureDefinition/episode\",\"valueReference\":{\"reference\":\"EpisodeOfCare/"
		"e1\"}},"
		"{\"url\":\"" HOMEWARD_URL "StructureDefinition/rung\",\"valueInteger\":2}],"
		"\"identifier\":[{\"system\":\"" HOMEWARD_URL
		"alert\",\"value\":\"e1/fever/2026-11-22T08:00:00.000Z\"}],\"status\":\"%s\",%s"
		"\"intent\":\"order\",\"priority\":\"asap\",\"code\":{\"coding\":[{\"system\":"
		"\"" HOMEWARD_URL
		"CodeSystem/ward-rule\",\"code\":\"fever\"}]},\"description\":\"Fever 38.9\","
		"\"for\":{\"reference\":\"Patient/"
		"girl\"},\"authoredOn\":\"2026-11-22T08:00:00.000Z\"}",
		id, status, ended);
	const struct world_event event = {
		STR("Task"), str_from_c(id), text_view(&text), STR("ward"), 1, story.now_us, 0
	};
	write_event(&event);
}

static struct json *wait_for_stored(const char *id, const char *rung)
{
	for (int tries = 0; tries < 2000; tries++) {
		struct json *task = stored("Task", str_from_c(id));
		if (task != NULL && strcmp(world_rung(task), rung) == 0)
			return task;
		usleep(5000);
	}
	fail_msg("%s does not stand on rung %s", id, rung);
	return NULL;
}

static size_t note_count(const struct json *task, const char *start)
{
	const struct json *notes = json_get(task, STR("note"));
	size_t count = 0;
	for (const struct json *note = notes == NULL ? NULL : notes->child; note != NULL;
	     note = note->next)
		count += str_starts_with(json_get_text(note, STR("text")), str_from_c(start));
	return count;
}

static void expect_sound(int64_t carried, int64_t earlier)
{
	struct issues issues;
	struct ward_replayed replayed;
	issues_init(&issues, &arena);
	if (ward_replay(store, &issues, &replayed) != ERROR_OK)
		fail_msg("%.*s", STR_ARG(issues.first->diagnostics));
	assert_int_equal(replayed.carried, carried);
	assert_int_equal(replayed.earlier, earlier);
}

static void restart_from_the_feed(void)
{
	ward_stop(ward);
	start_ward(false);
	settle();
}

static void an_open_alert_of_an_older_engine_is_carried_over_and_called_anew(void **state)
{
	(void)state;
	start_ward(true);
	admit_girl();
	settle();
	ward_stop(ward);
	write_older_task("older-open", "accepted", "");
	write_older_task("older-ended", "completed",
			 "\"executionPeriod\":{\"end\":\"2026-11-22T08:10:00.000Z\"},");
	start_ward(false);
	struct json *task = wait_for_stored("older-open", "Nurse");
	assert_string_equal(world_level(task), "high");
	assert_string_equal(world_text(task, "description"), "Fever 38.9");
	assert_int_equal(note_count(task, "Carried over from an earlier version"), 1);
	assert_true(stored_count("Communication") > 0);
	settle();
	clock_advance(test_clock, 5 * MIN);
	(void)wait_for_stored("older-open", "Nurse in charge");
	restart_from_the_feed();
	restart_from_the_feed();
	task = wait_for_stored("older-open", "Nurse in charge");
	assert_int_equal(note_count(task, "Carried over from an earlier version"), 1);
	expect_sound(1, 1);
	story.now_us = clock_now_us(test_clock) + MIN;
	world_number(&story, "girl", TEMPERATURE, "36.8", story.now_us);
	write_last();
	settle();
	assert_string_equal(world_rung(wait_for_stored("older-open", "Nurse in charge")),
			    "Nurse in charge"); /* no rule ends it */
	task = stored("Task", STR("older-open"));
	world_resolve(&story, task, "Seen by the registrar");
	write_last();
	settle();
	restart_from_the_feed();
	assert_string_equal(world_text(stored("Task", STR("older-open")), "status"), "completed");
	ward_stop(ward);
	ward = NULL;
	expect_sound(1, 1);
	world_close(&story);
}

static struct json *wait_for_status(struct str id, const char *status)
{
	for (int tries = 0; tries < 2000; tries++) {
		struct json *task = stored("Task", id);
		if (task != NULL && strcmp(world_text(task, "status"), status) == 0)
			return task;
		usleep(5000);
	}
	fail_msg("%.*s is not %s", STR_ARG(id), status);
	return NULL;
}

/* Raised and ended by today's rules, and an engine whose rules did not end it left it open in the record. */
static struct str leave_open(struct json *task)
{
	struct text text;
	struct str id = arena_copy(&arena, json_get_text(task, STR("id")));
	(void)json_remove(task, STR("statusReason"));
	(void)json_remove(task, STR("executionPeriod"));
	json_put(task, STR("status"), json_new_string(&arena, STR("accepted")));
	text_init(&text, &arena, 1 << 16);
	json_print(&text, task);
	const struct world_event event = { .type = STR("Task"),
					   .id = id,
					   .body = text_view(&text),
					   .origin = STR("ward"),
					   .version = 1,
					   .at_us = clock_now_us(test_clock) };
	write_event(&event);
	return id;
}

static void send_set(void)
{
	static const struct {
		const char *code, *value;
	} values[] = { { RR, "28" }, { HR, "132" }, { SPO2, "98" }, { TEMPERATURE, "36.8" } };
	story.now_us = clock_now_us(test_clock) + MIN;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		world_number(&story, "girl", values[i].code, values[i].value, story.now_us);
		write_last();
	}
	settle();
}

static void what_todays_rules_ended_and_the_record_holds_open_is_opened_again_once(void **state)
{
	(void)state;
	start_ward(true);
	admit_girl();
	settle();
	world_wait(&story, 125 * MIN);
	clock_advance(test_clock, 125 * MIN);
	struct str id = json_get_text(wait_for_task("overdue", "Nurse"), STR("id"));
	send_set();
	struct json *task = wait_for_status(id, "completed");
	ward_stop(ward);
	id = leave_open(task);
	start_ward(false);
	task = wait_for_status(id, "requested");
	assert_string_equal(world_rung(task), "Nurse");
	assert_int_equal(note_count(task, "Carried over from an earlier version"), 1);
	settle();
	send_set(); /* what ended it by rule ends it no more */
	clock_advance(test_clock, 16 * MIN);
	(void)wait_for_stored(id.ptr, "Nurse in charge");
	restart_from_the_feed();
	restart_from_the_feed();
	task = wait_for_stored(id.ptr, "Nurse in charge");
	assert_int_equal(note_count(task, "Carried over from an earlier version"), 1);
	expect_sound(1, 0);
	story.now_us = clock_now_us(test_clock) + MIN;
	world_resolve(&story, task, "Seen by the registrar");
	write_last();
	(void)wait_for_status(id, "completed");
	restart_from_the_feed();
	(void)wait_for_status(id, "completed");
	ward_stop(ward);
	ward = NULL;
	expect_sound(1, 0);
	world_close(&story);
}

static void what_todays_rules_would_have_raised_is_written_and_called(void **state)
{
	(void)state;
	start_ward(true);
	admit_girl();
	settle();
	ward_stop(ward);
	world_number(&story, "girl", TEMPERATURE, "38.6", story.now_us);
	write_last();
	/* An engine read the fever and saw nothing in it. */
	struct store_commit commit = { .origin = STR("ward"),
				       .cursor_name = STR("ward"),
				       .cursor = feed_last(),
				       .feed_expected = -1 };
	assert_int_equal(store_commit_wait(store, &commit), ERROR_OK);
	start_ward(false);
	(void)wait_for_task("fever", "Nurse");
	settle();
	assert_true(stored_count("Communication") > 0);
	ward_stop(ward);
	ward = NULL;
	expect_sound(0, 0);
	world_close(&story);
}

static bool has_line(struct str text, const char *line)
{
	char whole[160];
	snprintf(whole, sizeof(whole), "\n%s\n", line);
	return memmem(text.ptr, text.len, whole, strlen(whole)) != NULL;
}

static struct str printed_metrics(struct ward *of)
{
	struct text text;
	text_init(&text, &arena, 1 << 20);
	runner_metrics(of, &arena, &text);
	assert_false(text.failed);
	return text_view(&text);
}

static void what_the_engine_has_not_read_is_counted_and_grows_old(void **state)
{
	(void)state;
	const struct ward_options options = { .store = store, .clock = test_clock };
	struct ward *by_hand = runner_create(&options);
	static const struct world_event late = { .type = STR_INIT("Patient"),
						 .id = STR_INIT("ada"),
						 .origin = STR_INIT("test"),
						 .body = STR_INIT("{\"resourceType\":\"Patient\"}"),
						 .at_us = WORLD_START_US };
	while (!runner_turn(by_hand))
		continue;
	assert_true(has_line(printed_metrics(by_hand), "homeward_ward_unread_versions 0"));
	write_event(&late);
	clock_advance(test_clock, 90 * INT64_C(1000000));
	struct str behind = printed_metrics(by_hand);
	assert_true(has_line(behind, "homeward_ward_unread_versions 1"));
	assert_true(has_line(behind, "homeward_ward_unread_age_seconds 90.000000"));
	while (!runner_turn(by_hand))
		continue;
	struct str level = printed_metrics(by_hand);
	char written[80];
	snprintf(written, sizeof(written), "homeward_ward_written_feed_number %lld",
		 (long long)by_hand->seen);
	assert_true(has_line(level, written));
	assert_true(has_line(level, "homeward_ward_unread_versions 0"));
	assert_true(has_line(level, "homeward_ward_unread_age_seconds 0.000000"));
	ward_stop(by_hand);
}

/* Over a channel that is set up and that the record says is off: nobody is reached by it, and every board says so. */
static void write_channel(const char *status)
{
	char body[600];
	snprintf(body, sizeof(body),
		 "{\"resourceType\":\"Endpoint\",\"id\":\"channel-webhook\",\"status\":\"%s\","
		 "\"connectionType\":{\"system\":\"" HOMEWARD_URL "CodeSystem/channel\","
		 "\"code\":\"webhook\"},\"payloadType\":[{\"text\":\"A page\"}],"
		 "\"address\":\"" HOMEWARD_URL "channel/webhook\"}",
		 status);
	const struct world_event event = { .type = STR("Endpoint"),
					   .id = STR("channel-webhook"),
					   .at_us = clock_now_us(test_clock),
					   .origin = STR("api"),
					   .body = str_from_c(body) };
	write_event(&event);
}

static bool board_says(const char *words)
{
	return running_board_says(&(struct running){ store, test_clock, &arena }, ward, words);
}

static void expect_board(const char *words, bool said)
{
	for (int tries = 0; tries < 500 && board_says(words) != said; tries++)
		usleep(5000);
	assert_int_equal(board_says(words), said);
}

static void a_channel_that_the_record_says_is_off_stands_on_every_board(void **state)
{
	static const char *const words =
		"No page leaves by webhook: the record says that it is off";
	(void)state;
	channels = UINT32_C(1) << CHANNEL_WEBHOOK;
	start_ward(true);
	channels = 0;
	admit_girl();
	settle();
	expect_board("\"rows\":[{", true);
	expect_board(words, false);
	write_channel("off");
	expect_board(words, true);
	write_channel("active");
	expect_board(words, false);
	world_close(&story);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timers_fire_without_any_event),
		TEST(a_nurse_who_writes_in_between_is_never_overwritten),
		TEST(shipped_policies_are_put_once),
		TEST(a_channel_that_the_record_says_is_off_stands_on_every_board),
		TEST(replay_finds_an_alert_that_was_tampered_with),
		TEST(an_open_alert_of_an_older_engine_is_carried_over_and_called_anew),
		TEST(what_todays_rules_would_have_raised_is_written_and_called),
		TEST(what_todays_rules_ended_and_the_record_holds_open_is_opened_again_once),
		TEST(the_cursor_follows_what_is_none_of_the_wards_business),
		TEST(what_the_engine_has_not_read_is_counted_and_grows_old),
		TEST(the_record_equals_an_unbroken_run_whatever_the_restarts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
