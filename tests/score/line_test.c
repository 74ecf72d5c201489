/* SPDX-License-Identifier: Apache-2.0
 * The words of a line: what is refused, what is possible, what is answered. */
#include "sets.h"
#include "json/json.h"

static void impossible_and_unreadable_lines_are_refused(void **state) /* S25 and the words */
{
	(void)state;
	static const char *const lines[] = {
		"",
		"[]",
		"7",
		"null",
		"{",
		"{\"heartRate\":80}x",
		"{\"heartRate\":\"80\"}",
		"{\"heartrate\":80}",
		"{\"heartRate\":80,\"heartRate\":80}",
		"{\"foo\":null}",
		"{\"heartRate\":1e999999}",
		"{\"heartRate\":08}",
		"{\"heartRate\":14.9}",
		"{\"heartRate\":320.1}",
		"{\"heartRate\":-80}",
		"{\"respiratoryRate\":0}",
		"{\"respiratoryRate\":150.1}",
		"{\"spo2\":29.9}",
		"{\"spo2\":100.1}",
		"{\"spo2\":0}",
		"{\"temperature\":24.9}",
		"{\"temperature\":45.1}",
		"{\"temperature\":52.3}",
		"{\"systolic\":29}",
		"{\"systolic\":301}",
		"{\"capillaryRefill\":-1}",
		"{\"consciousness\":\"a\"}",
		"{\"consciousness\":1}",
		"{\"spo2Scale\":3}",
		"{\"spo2Scale\":0}",
		"{\"spo2Scale\":\"2\"}",
		"{\"oxygen\":\"air\"}",
		"{\"oxygen\":{}}",
		"{\"oxygen\":{\"device\":\"np\"}}",
		"{\"oxygen\":{\"litresPerMinute\":2}}",
		"{\"oxygen\":{\"device\":\"NP\",\"litresPerMinute\":-1}}",
		"{\"oxygen\":{\"device\":\"NP\",\"fio2\":101}}",
		"{\"oxygen\":{\"device\":\"NP\",\"fio2\":0.4}}",
		"{\"oxygen\":{\"device\":\"air\",\"litresPerMinute\":2}}",
		"{\"oxygen\":{\"device\":\"air\",\"fio2\":28}}",
		"{\"oxygen\":{\"device\":\"NP\",\"flow\":2}}",
		"{\"oxygen\":{\"device\":\"NP\",\"litresPerMinute\":2,\"fio2\":28}}",
		"{\"bpNotDone\":\"U1\"}",
		"{\"bpNotDone\":\"NCO\",\"systolic\":100}",
		"{\"respiratoryDistress\":\"bad\"}",
		"{\"at\":\"2026-06-01\"}",
		"{\"at\":\"2026-06-01T08:00Z\"}",
		"{\"birthDate\":\"01/02/2020\"}",
		"{\"birthDate\":2020}",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct score_result result;
		if (compute(SCORE_NEWS2, lines[i], &result) == ERROR_OK)
			fail_msg("%s was not refused", lines[i]);
	}
}

static void hard_limits_themselves_are_possible(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"{\"heartRate\":15}",
		"{\"heartRate\":320}",
		"{\"respiratoryRate\":150}",
		"{\"respiratoryRate\":0.1}",
		"{\"spo2\":30}",
		"{\"spo2\":100}",
		"{\"temperature\":25}",
		"{\"temperature\":45}",
		"{\"systolic\":30}",
		"{\"systolic\":300}",
		"{\"capillaryRefill\":0}",
		"{\"heartRate\":null}",
		" {\t\"heartRate\" : 8.0e1 }\r",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		result_of(SCORE_NEWS2, lines[i]);
}

static void plausibility_has_hard_and_soft_limits(void **state) /* S25, S26 */
{
	(void)state;
	static const struct {
		enum score_input input;
		int tenths;
		enum score_plausibility expected;
	} rows[] = {
		{ SCORE_TEMPERATURE, 249, SCORE_IMPOSSIBLE },
		{ SCORE_TEMPERATURE, 250, SCORE_SUSPECT },
		{ SCORE_TEMPERATURE, 339, SCORE_SUSPECT },
		{ SCORE_TEMPERATURE, 340, SCORE_PLAUSIBLE },
		{ SCORE_TEMPERATURE, 415, SCORE_PLAUSIBLE },
		{ SCORE_TEMPERATURE, 416, SCORE_SUSPECT },
		{ SCORE_TEMPERATURE, 450, SCORE_SUSPECT },
		{ SCORE_TEMPERATURE, 451, SCORE_IMPOSSIBLE },
		{ SCORE_SPO2, 299, SCORE_IMPOSSIBLE },
		{ SCORE_SPO2, 300, SCORE_SUSPECT },
		{ SCORE_SPO2, 699, SCORE_SUSPECT },
		{ SCORE_SPO2, 700, SCORE_PLAUSIBLE },
		{ SCORE_SPO2, 1000, SCORE_PLAUSIBLE },
		{ SCORE_SPO2, 1001, SCORE_IMPOSSIBLE },
		{ SCORE_HEART_RATE, 149, SCORE_IMPOSSIBLE },
		{ SCORE_HEART_RATE, 150, SCORE_PLAUSIBLE },
		{ SCORE_HEART_RATE, 3200, SCORE_PLAUSIBLE },
		{ SCORE_HEART_RATE, 3201, SCORE_IMPOSSIBLE },
		{ SCORE_RESPIRATORY_RATE, 0, SCORE_IMPOSSIBLE },
		{ SCORE_RESPIRATORY_RATE, 1, SCORE_PLAUSIBLE },
		{ SCORE_RESPIRATORY_RATE, 1501, SCORE_IMPOSSIBLE },
		{ SCORE_SYSTOLIC, 299, SCORE_IMPOSSIBLE },
		{ SCORE_SYSTOLIC, 3001, SCORE_IMPOSSIBLE },
		{ SCORE_CAPILLARY_REFILL, -1, SCORE_IMPOSSIBLE },
		{ SCORE_CAPILLARY_REFILL, 0, SCORE_PLAUSIBLE },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
			score_plausibility(rows[i].input, (struct decimal){ rows[i].tenths, -1 }),
			rows[i].expected);
}

static void a_line_answers_in_the_agreed_words(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &arena, 100000);
	score_line_answer(&arena, SCORE_NPEWS,
			  STR("{" THREE ",\"heartRate\":142,\"bpNotDone\":\"U4\"}"), &text);
	assert_string_equal(text_view(&text).ptr,
			    "{\"total\":5,\"complete\":false,\"low\":5,\"high\":23,\"parts\":{"
			    "\"heartRate\":1,\"systolic\":4},"
			    "\"missing\":[\"respiratoryRate\",\"spo2\",\"oxygen\","
			    "\"respiratoryDistress\",\"capillaryRefill\"],"
			    "\"level\":\"medium\"}");
	text_init(&text, &arena, 100000);
	score_line_answer(&arena, SCORE_NPEWS, STR("{\"heart\\\"Rate\":142}"), &text);
	struct json *root = NULL;
	assert_int_equal(json_parse(&arena, text_view(&text), NULL, NULL, &root), ERROR_OK);
	assert_int_equal(root->count, 1);
	assert_true(json_get_text(root, STR("error")).len > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(impossible_and_unreadable_lines_are_refused),
		cmocka_unit_test(hard_limits_themselves_are_possible),
		cmocka_unit_test(plausibility_has_hard_and_soft_limits),
		cmocka_unit_test(a_line_answers_in_the_agreed_words),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
