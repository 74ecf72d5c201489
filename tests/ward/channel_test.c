/* SPDX-License-Identifier: Apache-2.0
 * Channels at the level of the core: who is paged how, what counts as delivered, and what follows when it is not.
 * Scenarios S35 and S42. */
#include "pages.h"

static int open_channels(void **state)
{
	open_channels_of(state, MOBILE);
	return 0;
}

static void s42_without_a_receipt_by_the_deadline_the_next_channel_and_the_next_rung(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	assert_int_equal(count_of("sms", "nurse-1"), 1);
	assert_int_equal(count_of("email", "nurse-1"), 0);
	sender("sms", "nurse-1", "in-progress", false); /* 200, and then nothing */
	world_wait(&world, 5 * MIN - 1000000);
	assert_string_equal(status_of("sms", "nurse-1"), "in-progress");
	assert_int_equal(count_of("email", "nurse-1"), 0);
	world_wait(&world, 1000000);
	assert_string_equal(status_of("sms", "nurse-1"), "stopped");
	assert_int_equal(count_of("email", "nurse-1"), 1);
	assert_int_equal(count_of("sms", "charge-1"), 1);
	assert_string_equal(world_rung(task("fever")), "Nurse in charge");
	expect_level("e1", "delivery", "technical");
	/* a receipt that comes late is still written down */
	sender("sms", "nurse-1", "completed", true);
	assert_string_equal(status_of("sms", "nurse-1"), "completed");
	assert_string_equal(world_text(task("fever"), "status"), "received");
	/* the last channel of a mobile phone is a call to it */
	world_wait(&world, 5 * MIN);
	assert_int_equal(count_of("voice", "nurse-1"), 1);
}

static void a_receipt_in_time_leaves_the_other_channels_alone(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	sender("sms", "nurse-1", "completed", true);
	assert_string_equal(world_text(task("fever"), "status"), "received");
	world_wait(&world, 5 * MIN);
	assert_int_equal(count_of("email", "nurse-1"), 0);
	assert_string_equal(status_of("sms", "nurse-1"), "completed");
	expect_none("e1", "delivery");
	assert_string_equal(world_rung(task("fever")), "Nurse in charge"); /* not answered */
}

static void s35_a_dead_phone_tries_what_is_left_and_then_leaves_the_rung_at_once(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	world_wait(&world, MIN);
	sender("sms", "nurse-1", "stopped", false);
	assert_int_equal(count_of("email", "nurse-1"), 1);
	assert_string_equal(world_rung(task("fever")), "Nurse");
	sender("email", "nurse-1", "stopped", false);
	assert_string_equal(world_rung(task("fever")), "Nurse");
	sender("voice", "nurse-1", "stopped", false);
	assert_string_equal(world_rung(task("fever")), "Nurse in charge");
	assert_int_equal(world_deadline_us(task("fever")), world.now_us + 5 * MIN);
}

static void an_emergency_goes_out_on_all_channels_at_once(void **state)
{
	(void)state;
	girl_set("62", "175", "88", NULL);
	girl_rest("95", "severe", "4", NULL);
	expect_level("e1", "score", "emergency");
	assert_true(count_of("sms", "nurse-1") > 0);
	assert_true(count_of("email", "nurse-1") > 0);
	assert_true(count_of("voice", "nurse-1") > 0);
}

/* Pages about the girl's silence to the nurse of this instant. */
static size_t calls_now(const char *channel)
{
	const struct json *found[MAX_PAGES];
	char now[25], about[100];
	size_t count = pages(found, channel, "nurse-1"), calls = 0;
	date_write_instant(world.now_us, now);
	snprintf(about, sizeof(about), "Task/%s", world_text(task("overdue"), "id"));
	for (size_t i = 0; i < count; i++) {
		const struct json *of = json_at(json_get(found[i], STR("about")), 0);
		calls += strcmp(world_text(found[i], "sent"), now) == 0 &&
			 strcmp(world_text(of, "reference"), about) == 0;
	}
	return calls;
}

static void without_a_receipt_nobody_is_called_twice_in_one_instant(void **state)
{
	static const char *const away[] = { "lead-1", "charge-1", "registrar-1", "consultant-1",
					    "switchboard-1" };
	int64_t emergency_us = world.now_us + 8 * HOUR;
	(void)state;
	girl_set("28", "132", "98", "36.8");
	for (size_t i = 0; i < 5; i++)
		world_shift(&world, away[i], away[i], emergency_us + HOUR, emergency_us + 2 * HOUR);
	world_shift(&world, "nurse-1", "late", emergency_us - 6 * MIN, emergency_us + HOUR);
	world_wait(&world, 8 * HOUR - 5 * MIN);
	expect_level("e1", "overdue", "high");
	assert_int_equal(calls_now("sms"), 1);
	world_wait(&world, 5 * MIN);
	/* her next channel, and all of them for the emergency */
	expect_level("e1", "overdue", "emergency");
	expect_level("e1", "delivery", "technical");
	assert_int_equal(calls_now("sms"), 1);
	assert_int_equal(calls_now("email"), 1);
	assert_int_equal(calls_now("voice"), 1);
}

static void what_is_below_medium_disturbs_nobody_at_home(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.6");
	sender("sms", "nurse-1", "stopped", false); /* that raises a technical alert */
	expect_level("e1", "delivery", "technical");
	assert_int_equal(count_of("board", "nurse-1"), 2);
	assert_int_equal(count_of("sms", "nurse-1"), 1);
	assert_int_equal(count_of("email", "nurse-1"), 1); /* the fever's next channel */
}

static void staff_texts_say_to_phone_and_nothing_about_anybody(void **state)
{
	(void)state;
	const struct json *found[MAX_PAGES];
	girl_set(NULL, NULL, NULL, "38.6");
	assert_int_equal(pages(found, "sms", "nurse-1"), 1);
	const char *text =
		world_text(json_at(json_get(found[0], STR("payload")), 0), "contentString");
	const char *start = "Homeward: phone the ward. Reference ";
	assert_memory_equal(text, start, strlen(start));
	assert_int_equal(strlen(text), strlen(start) + 9);
}

static void relative(const char *language, const char *telecom)
{
	world_put(
		&world, "RelatedPerson", "mother", 1,
		"\"patient\":{\"reference\":\"Patient/girl\"},\"telecom\":[%s],\"communication\":["
		"{\"language\":{\"coding\":[{\"code\":\"de\"}]}},{\"preferred\":true,\"language\":"
		"{\"coding\":[{\"code\":\"%s\"}]}}]",
		telecom, language);
}

static void s44_a_family_reads_its_language_and_the_english_is_kept(void **state)
{
	(void)state;
	const struct json *found[MAX_PAGES];
	relative("ar-SY", MOBILE);
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 4 * HOUR);
	assert_int_equal(pages(found, "sms", "mother"), 1);
	const struct json *payload = json_at(json_get(found[0], STR("payload")), 0);
	const char *text = world_text(payload, "contentString");
	assert_memory_equal(text, "\xD8\xAD\xD8\xA7\xD9\x86", 6); /* Arabic first */
	/* and the English, as long as no clinician has approved the translation */
	assert_non_null(strstr(text, "\nReadings are due now. Please send them."));
	const struct json *original = json_at(json_get(payload, STR("extension")), 0);
	assert_string_equal(world_text(original, "valueString"),
			    "Readings are due now. Please send them.");
	assert_string_equal(world_text(found[0], "language"), "ar-SY");
}

static void a_language_without_texts_gets_the_english(void **state)
{
	(void)state;
	const struct json *found[MAX_PAGES];
	relative("tlh", MOBILE);
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 4 * HOUR);
	assert_int_equal(pages(found, "sms", "mother"), 1);
	const struct json *payload = json_at(json_get(found[0], STR("payload")), 0);
	assert_string_equal(world_text(payload, "contentString"),
			    "Readings are due now. Please send them.");
	assert_null(json_get(payload, STR("extension")));
}

static void a_sign_keeps_its_name_within_any_script(void **state)
{
	(void)state;
	const struct json *found[MAX_PAGES];
	relative("ur", MOBILE);
	girl_set(NULL, "1400", NULL, NULL);
	assert_int_equal(pages(found, "sms", "mother"), 1);
	const struct json *payload = json_at(json_get(found[0], STR("payload")), 0);
	assert_non_null(strstr(world_text(payload, "contentString"), "\xE2\x81\xA8"
								     "Heart rate\xE2\x81\xA9"));
}

static void a_family_that_cannot_be_reached_is_said_and_tried_on_its_next_channel(void **state)
{
	(void)state;
	relative("en", MOBILE "," MAIL);
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 4 * HOUR);
	sender("sms", "mother", "in-progress", false);
	world_wait(&world, 15 * MIN);
	assert_string_equal(status_of("sms", "mother"), "stopped");
	assert_int_equal(count_of("email", "mother"), 1);
	expect_level("e1", "delivery", "technical");
}

static void an_acknowledgement_does_not_stop_what_the_family_must_hear(void **state)
{
	(void)state;
	relative("en", MOBILE);
	girl_set("62", "175", "88", NULL);
	girl_rest("95", "severe", "4", NULL);
	size_t told = count_of("sms", "mother");
	assert_true(told > 0);
	world_acknowledge(&world, task("score"), "Nora", "999");
	assert_string_equal(status_of("sms", "mother"), "preparation");
	assert_string_equal(status_of("sms", "nurse-1"), "stopped");
}

static void a_browser_that_takes_pages_gets_them_beside_the_phone(void **state)
{
	(void)state;
	set_up("web-push");
	world_put(&world, "Endpoint", "browser-1", 1,
		  "\"status\":\"active\",\"connectionType\":{\"system\":\"https://"
		  "fhir.homeward.example/CodeSystem/channel\",\"code\":\"web-push\"},"
		  "\"extension\":[{\"url\":\"https://fhir.homeward.example/StructureDefinition/"
		  "recipient\",\"valueReference\":{\"reference\":\"PractitionerRole/nurse-1\"}}]");
	girl_set(NULL, NULL, NULL, "38.6");
	assert_int_equal(count_of("web-push", "nurse-1"), 1);
	assert_int_equal(count_of("sms", "nurse-1"), 1);
	world_delete(&world, "Endpoint", "browser-1", 2);
	world_code(&world, "girl", "worried", "true", world.now_us);
	assert_int_equal(count_of("web-push", "nurse-1"), 1);
}

#define TEST_CHANNEL(name) cmocka_unit_test_setup_teardown(name, open_channels, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_CHANNEL(
			s42_without_a_receipt_by_the_deadline_the_next_channel_and_the_next_rung),
		TEST_CHANNEL(a_receipt_in_time_leaves_the_other_channels_alone),
		TEST_CHANNEL(s35_a_dead_phone_tries_what_is_left_and_then_leaves_the_rung_at_once),
		TEST_CHANNEL(an_emergency_goes_out_on_all_channels_at_once),
		TEST_CHANNEL(without_a_receipt_nobody_is_called_twice_in_one_instant),
		TEST_CHANNEL(what_is_below_medium_disturbs_nobody_at_home),
		TEST_CHANNEL(staff_texts_say_to_phone_and_nothing_about_anybody),
		TEST_CHANNEL(s44_a_family_reads_its_language_and_the_english_is_kept),
		TEST_CHANNEL(a_language_without_texts_gets_the_english),
		TEST_CHANNEL(a_sign_keeps_its_name_within_any_script),
		TEST_CHANNEL(a_family_that_cannot_be_reached_is_said_and_tried_on_its_next_channel),
		TEST_CHANNEL(an_acknowledgement_does_not_stop_what_the_family_must_hear),
		TEST_CHANNEL(a_browser_that_takes_pages_gets_them_beside_the_phone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
