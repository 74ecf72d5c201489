/* SPDX-License-Identifier: Apache-2.0
 * The life of alerts and stays: scenarios S38 to S55, and what no scenario names. */
#include "girl.h"

#include <stdio.h>

#define HW "https://fhir.homeward.example/"

static void s38_acknowledgement_silences_until_review_and_no_longer(void **state)
{
	(void)state;
	girl_set("44", "152", "94", NULL);
	girl_rest("95", "mild", "2", NULL);
	world_acknowledge(&world, task("score"), "Nora", "phone");
	assert_string_equal(world_text(task("score"), "status"), "accepted");
	world_wait(&world, 29 * MIN);
	girl_set("44", "152", "94", NULL); /* no worse: quiet */
	assert_string_equal(world_text(task("score"), "status"), "accepted");
	world_wait(&world, MIN);
	assert_string_equal(world_text(task("score"), "status"), "requested");
	assert_string_equal(world_rung(task("score")), "Nurse in charge");
	/* a second acknowledgement gives another review time */
	world_acknowledge(&world, task("score"), "Carla", "visit at noon");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 30 * MIN);
}

static void s38_review_is_never_later_than_the_level_allows(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	struct json *copy = json_copy(&world.arena, task("fever"));
	struct str late = date_print_instant(&world.arena, world.now_us + 8 * HOUR);
	json_put(json_get(json_get(copy, STR("restriction")), STR("period")), STR("end"),
		 json_new_string(&world.arena, late));
	json_put(copy, STR("status"), json_new_string(&world.arena, STR("accepted")));
	struct text text;
	text_init(&text, &world.arena, 1 << 20);
	json_print(&text, copy);
	struct world_event event = { STR("Task"),
				     json_get_text(copy, STR("id")),
				     text_view(&text),
				     STR("api"),
				     2,
				     world.now_us,
				     ++world.feed };
	world_apply(world.core, &world.arena, &event);
	assert_int_equal(world_deadline_us(task("fever")), world.now_us + 15 * MIN);
}

static void s45_worry_at_night_is_medium_whatever_the_values(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_code(&world, "girl", "worried", "true", world.now_us);
	expect_level("e1", "concern", "medium");
	world_acknowledge(&world, task("concern"), "Nora", "called back");
	world_wait(&world, 2 * MIN);
	world_code(&world, "girl", "worried", "true", world.now_us);
	assert_string_equal(world_text(task("concern"), "status"), "requested");
}

static void put_episode(const char *status, int64_t version)
{
	world_put(&world, "EpisodeOfCare", "e1", version,
		  "\"status\":\"%s\",\"type\":[{\"coding\":[{\"system\":\"https://"
		  "fhir.homeward.example/"
		  "CodeSystem/"
		  "episode-type\",\"code\":\"virtual-ward\"}]}],\"patient\":{\"reference\":"
		  "\"Patient/girl\"},\"managingOrganization\":{\"reference\":\"Organization/"
		  "ward-1\"},"
		  "\"period\":{\"start\":\"2026-11-22T08:00:00Z\"}",
		  status);
}

static void s47_pause_stops_the_schedule_until_the_return(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 5 * HOUR);
	expect_level("e1", "overdue", "medium");
	put_episode("onhold", 2);
	assert_string_equal(world_text(task("overdue"), "status"), "completed");
	world_wait(&world, 48 * HOUR);
	assert_int_equal(world_open_count(&world, "e1"), 0);
	put_episode("active", 3);
	world_wait(&world, 4 * HOUR + 59 * MIN);
	assert_int_equal(world_open_count(&world, "e1"), 0);
	world_wait(&world, MIN);
	expect_level("e1", "overdue", "medium");
}

static void s46_a_fever_after_discharge_is_still_heard(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, HOUR);
	put_episode("finished", 2);
	world_wait(&world, 40 * MIN);
	girl_set(NULL, NULL, NULL, "39.1");
	expect_level("e1", "fever", "high");
}

static void s49_a_correction_scores_again_and_keeps_history(void **state)
{
	(void)state;
	const char *id = world_number(&world, "girl", HR, "1400", world.now_us);
	assert_null(world_score(&world, "e1"));
	char at[25];
	date_write_instant(world.now_us, at);
	world_wait(&world, MIN);
	world_put(&world, "Observation", id, 2,
		  "\"status\":\"corrected\",\"code\":{\"coding\":[{\"system\":\"http://"
		  "loinc.org\",\"code\":"
		  "\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/"
		  "girl\"},\"effectiveDateTime\":\"%s\","
		  "\"valueQuantity\":{\"value\":180,\"code\":\"/min\"}",
		  at);
	assert_int_equal(total_of("e1"), 4);
	expect_level("e1", "parameter", "medium");
	world_wait(&world, MIN);
	world_put(&world, "Observation", id, 3,
		  "\"status\":\"corrected\",\"code\":{\"coding\":[{\"system\":\"http://"
		  "loinc.org\",\"code\":"
		  "\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/"
		  "girl\"},\"effectiveDateTime\":\"%s\","
		  "\"valueQuantity\":{\"value\":140,\"code\":\"/min\"}",
		  at);
	assert_int_equal(total_of("e1"), 1); /* 140 is the first value of the next band */
	assert_int_equal(world_task_count(&world, "e1", "parameter"), 1);
	assert_string_equal(world_text(task("parameter"), "status"), "requested");
}

static void s55_open_alerts_keep_the_policy_they_were_raised_under(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.0");
	/* version 2: fever above 38.5 only */
	struct json *plan;
	const struct world_event *first = &world.events[0];
	assert_int_equal(json_parse(&world.arena, first->body, NULL, NULL, &plan), ERROR_OK);
	json_put(plan, STR("version"), json_new_string(&world.arena, STR("9")));
	struct json *actions = json_get(plan, STR("action"));
	for (struct json *action = actions->child; action != NULL; action = action->next) {
		if (str_equal(json_get_text(action, STR("id")), STR("fever"))) {
			struct json *value =
				json_at(json_get(json_at(json_get(action, STR("extension")), 0),
						 STR("extension")),
					1);
			json_put(value, STR("valueDecimal"),
				 json_new_number(&world.arena, STR("38.5")));
		}
	}
	struct text text;
	text_init(&text, &world.arena, 1 << 20);
	json_print(&text, plan);
	struct world_event event = { STR("PlanDefinition"),
				     STR("childrens-cancer-9"),
				     text_view(&text),
				     STR("api"),
				     1,
				     world.now_us,
				     ++world.feed };
	world_apply(world.core, &world.arena, &event);
	world_put(&world, "CarePlan", "plan-e1", 2,
		  "\"status\":\"active\",\"intent\":\"plan\",\"instantiatesCanonical\":[\"https://"
		  "fhir.homeward.example/PlanDefinition/"
		  "childrens-cancer|9\"],\"supportingInfo\":[{\"reference\":"
		  "\"EpisodeOfCare/e1\"}]");
	struct str policy = json_get_text(json_at(json_get(task("fever"), STR("extension")), 1),
					  STR("valueCanonical"));
	assert_true(str_equal(policy, STR(CHILD)));
	world_resolve(&world, task("fever"), "seen");
	world_wait(&world, MIN);
	girl_set(NULL, NULL, NULL, "38.4");
	assert_int_equal(world_task_count(&world, "e1", "fever"), 1);
	world_wait(&world, MIN);
	girl_set(NULL, NULL, NULL, "38.5");
	assert_int_equal(world_task_count(&world, "e1", "fever"), 2);
}

static void a_score_alert_ends_by_rule_only_after_acknowledgement(void **state)
{
	(void)state;
	girl_set("44", "152", "94", NULL);
	expect_level("e1", "score", "low");
	girl_rest("95", "mild", "2", NULL);
	expect_level("e1", "score", "medium");
	world_wait(&world, 14 * MIN);
	girl_set("28", "132", "98", NULL);
	girl_rest("95", "none", "2", NULL);
	assert_string_equal(world_text(task("score"), "status"), "requested");
	world_acknowledge(&world, task("score"), "Nora", "phone");
	world_wait(&world, 20 * MIN);
	girl_set("28", "132", "98", NULL);
	assert_string_equal(world_text(task("score"), "status"),
			    "accepted"); /* distress not yet seen again */
	girl_rest("95", "none", "2", NULL);
	assert_string_equal(world_text(task("score"), "status"), "completed");
}

static void a_resolved_set_does_not_alert_again_by_itself(void **state)
{
	(void)state;
	girl_set("44", "152", "94", NULL);
	world_code(&world, "girl", "distress", "mild", world.now_us);
	expect_level("e1", "score", "medium");
	world_resolve(&world, task("score"), "known");
	world_number(&world, "girl", SYSTOLIC, "95", world.now_us);
	assert_int_equal(world_task_count(&world, "e1", "score"), 1);
	world_number(&world, "girl", CRT, "3", world.now_us); /* worse */
	assert_int_equal(world_task_count(&world, "e1", "score"), 2);
}

static void silence_from_the_start_is_medium_two_hours_after_admission(void **state)
{
	(void)state;
	world_wait(&world, 2 * HOUR - 1);
	expect_none("e1", "overdue");
	world_wait(&world, 1);
	expect_level("e1", "overdue", "medium");
}

static void a_deleted_alert_is_written_again(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	struct str id = json_get_text(task("fever"), STR("id"));
	struct ward_output *outputs;
	size_t count, fevers = 0;
	ward_core_settle(world.core);
	char text[80];
	snprintf(text, sizeof(text), "%.*s", STR_ARG(id));
	world_delete(&world, "Task", text, 3);
	assert_true(ward_core_outputs(world.core, &world.arena, 100, &outputs, &count));
	for (size_t i = 0; i < count; i++)
		fevers += str_equal(outputs[i].id, id) && outputs[i].version == 0;
	assert_int_equal(fevers, 1);
}

static void unknown_policy_is_said_and_another_stands_in(void **state)
{
	(void)state;
	world_patient(&world, "boy", "2020-01-01");
	world_admit(&world, "e3", "boy", "https://fhir.homeward.example/PlanDefinition/none|9");
	expect_level("e3", "technical", "medium");
}

/* A stay that is older than its record is judged at once, whichever of its two resources comes first: by its own policy
 * or its ward's, never by one that nobody chose for it. */
static void a_stay_without_its_plan_is_judged_by_its_wards_policy(void **state)
{
	(void)state;
	world_put(&world, "Organization", "ward-1", 2,
		  "\"name\":\"Children's ward\",\"type\":[{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/organization-type\",\"code\":\"virtual-ward\"}]}],\"extension\":[{"
		  "\"url\":\"" HW "StructureDefinition/ward-policy\",\"valueCanonical\":\"" CHILD
		  "\"}]");
	world_wait(&world, 13 * HOUR); /* 21:00: the adults' questions of 18:00 are overdue */
	world_patient(&world, "boy", "2020-01-01");
	world_put(&world, "EpisodeOfCare", "e3", 1,
		  "\"status\":\"active\",\"type\":[{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/episode-type\",\"code\":\"virtual-ward\"}]}],\"patient\":{"
		  "\"reference\":\"Patient/boy\"},\"managingOrganization\":{\"reference\":"
		  "\"Organization/ward-1\"},\"period\":{\"start\":\"2026-11-20T08:00:00Z\"}");
	expect_none("e3", "unanswered");
	expect_none("e3", "overdue"); /* nobody could be asked before the record knew */
	world_wait(&world, 2 * HOUR);
	expect_level("e3", "overdue", "medium");
	const struct json *policy =
		json_at(json_get(world_task(&world, "e3", "overdue"), STR("extension")), 1);
	assert_string_equal(world_text(policy, "valueCanonical"), CHILD);
}

/* The newest policy of the feed stands in for one that is missing: never a draft, withdrawn or not. */
static void a_withdrawn_draft_never_stands_in(void **state)
{
	(void)state;
	static const char *const was[] = { "draft", "active" };
	for (size_t i = 0; i < 2; i++) {
		struct json *plan;
		struct text text;
		char id[20], extension[200], patient[20], episode[20];
		assert_int_equal(json_parse(&world.arena, world.events[0].body, NULL, NULL, &plan),
				 ERROR_OK);
		snprintf(id, sizeof(id), "was-%s", was[i]);
		snprintf(extension, sizeof(extension),
			 "[{\"url\":\"https://fhir.homeward.example/StructureDefinition/retired\","
			 "\"extension\":[{\"url\":\"was\",\"valueCode\":\"%s\"}]}]",
			 was[i]);
		struct json *retired;
		assert_int_equal(
			json_parse(&world.arena, str_from_c(extension), NULL, NULL, &retired),
			ERROR_OK);
		json_put(plan, STR("version"), json_new_string(&world.arena, str_from_c(was[i])));
		json_put(plan, STR("status"), json_new_string(&world.arena, STR("retired")));
		json_put(plan, STR("extension"), retired);
		text_init(&text, &world.arena, 1 << 20);
		json_print(&text, plan);
		struct world_event event = {
			STR("PlanDefinition"), str_from_c(id), text_view(&text), STR("api"), 1,
			world.now_us,          ++world.feed
		};
		world_apply(world.core, &world.arena, &event);
		snprintf(patient, sizeof(patient), "p%zu", i);
		snprintf(episode, sizeof(episode), "w%zu", i);
		world_patient(&world, patient, "2020-01-01");
		world_admit(&world, episode, patient,
			    "https://fhir.homeward.example/PlanDefinition/none|9");
		const struct json *said = world_task(&world, episode, "technical");
		struct str policy = json_get_text(json_at(json_get(said, STR("extension")), 1),
						  STR("valueCanonical"));
		assert_int_equal(str_ends_with(policy, str_from_c(was[i])), i == 1);
	}
}

static void without_a_birth_date_the_ward_is_told(void **state)
{
	(void)state;
	world_put(&world, "Patient", "unknown", 1, "\"name\":[{\"text\":\"No Date\"}]");
	world_admit(&world, "e3", "unknown", CHILD);
	world_number(&world, "unknown", HR, "172", world.now_us);
	expect_level("e3", "technical", "medium");
	assert_null(world_score(&world, "e3"));
	world_number(&world, "unknown", TEMPERATURE, "38.1", world.now_us);
	expect_level("e3", "fever", "high"); /* needs no age */
}

static void post_temperature(const char *id, const char *value, const char *unit)
{
	world_put(
		&world, "Observation", id, 1,
		"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		"\"code\":\"8310-5\"}]},\"subject\":{\"reference\":\"Patient/girl\"},"
		"\"effectiveDateTime\":\"2026-11-22T08:00:00Z\",\"valueQuantity\":{\"value\":%s%s}",
		value, unit);
}

static void only_listed_units_are_scored(void **state)
{
	(void)state;
	post_temperature("t1", "100.4", "");
	post_temperature("t2", "100.4", ",\"code\":\"K\"");
	post_temperature("t3", "100.3", ",\"code\":\"[degF]\"");
	assert_int_equal(world_open_count(&world, "e1"), 0);
	post_temperature("t4", "100.4", ",\"code\":\"[degF]\""); /* 38.0 exactly */
	expect_level("e1", "fever", "high");
}

static struct str row_text(void)
{
	struct text text;
	text_init(&text, &world.arena, 1 << 20);
	assert_true(ward_core_row_print(world.core, STR("e1"), &text));
	return text_view(&text);
}

static bool row_holds(const char *part)
{
	struct str row = row_text();
	struct json *tree;
	assert_int_equal(json_parse(&world.arena, row, NULL, NULL, &tree), ERROR_OK);
	return str_find(row, str_from_c(part)) < row.len;
}

static void a_value_turns_stale_by_policy(void **state)
{
	(void)state;
	assert_true(row_holds("\"state\":\"missing\""));
	girl_set("28", NULL, NULL, NULL);
	assert_true(row_holds("\"state\":\"current\""));
	world_wait(&world, 4 * HOUR);
	assert_false(row_holds("\"state\":\"stale\""));
	world_wait(&world, 1000);
	assert_true(row_holds("\"state\":\"stale\""));
	assert_false(row_holds("\"state\":\"current\""));
}

static void a_panel_of_any_size_is_judged_to_its_end(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &world.arena, 1 << 20);
	text_put_c(
		&text,
		"{\"resourceType\":\"Observation\",\"id\":\"long\",\"status\":\"final\",\"code\":"
		"{\"text\":\"panel\"},\"subject\":{\"reference\":\"Patient/girl\"},"
		"\"effectiveDateTime\":\"2026-11-22T08:00:00Z\",\"component\":[");
	for (int i = 0; i < 300; i++)
		text_put_format(&text,
				"{\"code\":{\"coding\":[{\"system\":\"http://"
				"loinc.org\",\"code\":\"%s\"}]},"
				"\"valueQuantity\":{\"value\":%s,\"code\":\"%s\"}}%s",
				i < 299 ? HR : TEMPERATURE, i < 299 ? "132" : "38.6",
				i < 299 ? "/min" : "Cel", i < 299 ? "," : "]}");
	const struct world_event event = { STR("Observation"), STR("long"), text_view(&text),
					   STR("api"),         1,           world.now_us,
					   ++world.feed };
	world_apply(world.core, &world.arena, &event);
	expect_level("e1", "fever", "high");
	expect_none("e1", "technical");
}

static void what_is_beyond_the_limit_is_said(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &world.arena, 1 << 20);
	text_put_c(&text,
		   "\"status\":\"final\",\"code\":{\"text\":\"panel\"},\"subject\":{\"reference\":"
		   "\"Patient/"
		   "girl\"},\"effectiveDateTime\":\"2026-11-22T08:00:00Z\",\"component\":[{}");
	for (int i = 0; i < 400; i++)
		text_put_c(&text, ",{}");
	text_put_c(&text, "]");
	world_put(&world, "Observation", "longer", 1, "%s", text_view(&text).ptr);
	expect_level("e1", "technical", "medium");
}

static int open_with_webhook(void **state)
{
	open_world(state);
	world_put(&world, "Endpoint", "channel-webhook", 1, "\"status\":\"active\"");
	return 0;
}

/* The newest page by webhook to somebody of the staff, as the sender leaves it. */
static void send_page(const char *status)
{
	struct ward_output *outputs;
	size_t count;
	struct json *found = NULL;
	assert_true(ward_core_outputs(world.core, &world.arena, 1000, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		struct json *page = outputs[i].resource;
		const struct json *medium = json_at(json_get(page, STR("medium")), 0);
		const struct json *to = json_at(json_get(page, STR("recipient")), 0);
		struct str channel =
			json_get_text(json_at(json_get(medium, STR("coding")), 0), STR("code"));
		if (str_equal(channel, STR("webhook")) &&
		    str_equal(json_get_text(page, STR("status")), STR("preparation")) &&
		    str_starts_with(json_get_text(to, STR("reference")), STR("PractitionerRole/")))
			found = page;
	}
	assert_non_null(found);
	json_put(found, STR("status"), json_new_string(&world.arena, str_from_c(status)));
	if (strcmp(status, "completed") == 0)
		json_put(found, STR("received"),
			 json_new_string(&world.arena,
					 date_print_instant(&world.arena, world.now_us)));
	struct text text;
	text_init(&text, &world.arena, 1 << 20);
	json_print(&text, found);
	const struct world_event event = { STR("Communication"),
					   json_get_text(found, STR("id")),
					   text_view(&text),
					   STR("webhook"),
					   2,
					   world.now_us,
					   ++world.feed };
	world_apply(world.core, &world.arena, &event);
}

static void proof_of_delivery_marks_the_alert_as_received(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	send_page("completed");
	assert_string_equal(world_text(task("fever"), "status"), "received");
	world_wait(&world, 5 * MIN); /* delivered is not answered: it climbs all the same */
	assert_string_equal(world_rung(task("fever")), "Nurse in charge");
}

static void a_page_given_up_leaves_its_rung_at_once(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	world_wait(&world, MIN);
	send_page("stopped");
	assert_string_equal(world_rung(task("fever")), "Nurse in charge");
	expect_level("e1", "delivery", "technical");
	assert_int_equal(world_deadline_us(task("fever")), world.now_us + 5 * MIN);
}

#define TEST_WEBHOOK(name) cmocka_unit_test_setup_teardown(name, open_with_webhook, close_world)

static void a_fever_on_a_clock_of_another_year_is_not_dropped_in_silence(void **state)
{
	(void)state;
	world_number(&world, "girl", TEMPERATURE, "39.5", world.now_us - 8 * 365 * 24 * HOUR);
	expect_level("e1", "time-suspect", "medium");
	assert_int_equal(world_open_count(&world, "e1"), 1);
}

static void worry_on_a_clock_of_another_year_is_worry(void **state)
{
	(void)state;
	world_code(&world, "girl", "worried", "true", world.now_us - 8 * 365 * 24 * HOUR);
	expect_level("e1", "concern", "medium");
	world_acknowledge(&world, task("concern"), "Nora", "phone");
	world_wait(&world, MIN);
	world_code(&world, "girl", "worried", "true", world.now_us - 8 * 365 * 24 * HOUR);
	assert_string_equal(world_text(task("concern"), "status"), "requested");
	/* that nobody is worried is history */
	world_resolve(&world, task("concern"), "phoned");
	world_code(&world, "girl", "worried", "false", world.now_us - 8 * 365 * 24 * HOUR);
	assert_string_equal(world_text(task("concern"), "status"), "completed");
}

static void readings_too_old_are_heard_beside_a_suspect_clock(void **state)
{
	(void)state;
	world_number(&world, "girl", HR, "130", world.now_us + HOUR);
	expect_level("e1", "time-suspect", "technical");
	assert_string_equal(world_rung(task("time-suspect")), "Nurse");
	world_number(&world, "girl", TEMPERATURE, "39.5", world.now_us - 365 * 24 * HOUR);
	expect_level("e1", "time-suspect", "medium");
	/* the nurse once more, though her rung has another number here */
	assert_string_equal(world_rung(task("time-suspect")), "Nurse");
	assert_int_equal(world_task_count(&world, "e1", "time-suspect"), 1);
}

static void an_answered_upload_is_not_raised_again_because_its_set_starts_earlier(void **state)
{
	(void)state;
	world_wait(&world, 50 * MIN);
	world_number(&world, "girl", SPO2, "94", world.now_us - 40 * MIN);
	assert_string_equal(world_text(task("score"), "status"), "requested");
	world_acknowledge(&world, task("score"), "Nora", "phone");
	world_wait(&world, MIN / 10);
	world_number(&world, "girl", RR, "28", world.now_us - 42 * MIN);
	world_number(&world, "girl", HR, "132", world.now_us - 36 * MIN);
	assert_string_equal(world_text(task("score"), "status"), "accepted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_birth_date_the_ward_is_told),
		TEST(a_panel_of_any_size_is_judged_to_its_end),
		TEST(what_is_beyond_the_limit_is_said),
		TEST(only_listed_units_are_scored),
		TEST(a_value_turns_stale_by_policy),
		TEST_WEBHOOK(proof_of_delivery_marks_the_alert_as_received),
		TEST_WEBHOOK(a_page_given_up_leaves_its_rung_at_once),
		TEST(s38_acknowledgement_silences_until_review_and_no_longer),
		TEST(s38_review_is_never_later_than_the_level_allows),
		TEST(s45_worry_at_night_is_medium_whatever_the_values),
		TEST(s46_a_fever_after_discharge_is_still_heard),
		TEST(s47_pause_stops_the_schedule_until_the_return),
		TEST(s49_a_correction_scores_again_and_keeps_history),
		TEST(s55_open_alerts_keep_the_policy_they_were_raised_under),
		TEST(a_score_alert_ends_by_rule_only_after_acknowledgement),
		TEST(a_resolved_set_does_not_alert_again_by_itself),
		TEST(silence_from_the_start_is_medium_two_hours_after_admission),
		TEST(a_deleted_alert_is_written_again),
		TEST(unknown_policy_is_said_and_another_stands_in),
		TEST(a_withdrawn_draft_never_stands_in),
		TEST(a_stay_without_its_plan_is_judged_by_its_wards_policy),
		TEST(a_fever_on_a_clock_of_another_year_is_not_dropped_in_silence),
		TEST(worry_on_a_clock_of_another_year_is_worry),
		TEST(readings_too_old_are_heard_beside_a_suspect_clock),
		TEST(an_answered_upload_is_not_raised_again_because_its_set_starts_earlier),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
