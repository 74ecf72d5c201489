/* SPDX-License-Identifier: Apache-2.0
 * Everything the ward writes is valid FHIR R4 in the exact form of docs/decisions/0002. */
#include "fhir/fhir.h"
#include "girl.h"
#include "ward/model.h"
#include "ward/policy_files.h"

static void expect_valid(struct json *resource)
{
	struct issues issues;
	struct text text;
	issues_init(&issues, &world.arena);
	if (fhir_validate(&world.arena, resource, &issues) == ERROR_OK)
		return;
	text_init(&text, &world.arena, 1 << 20);
	json_print(&text, resource);
	fail_msg("%.*s at %.*s\n%.*s", STR_ARG(issues.first->diagnostics),
		 STR_ARG(issues.first->expression), STR_ARG(text_view(&text)));
}

static size_t validate_outputs(void)
{
	struct ward_output *outputs;
	size_t count;
	assert_true(ward_core_outputs(world.core, &world.arena, 10000, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		assert_true(fhir_id_is_valid(outputs[i].id));
		expect_valid(outputs[i].resource);
	}
	ward_core_settle(world.core);
	return count;
}

static void every_output_of_a_busy_day_is_valid(void **state)
{
	(void)state;
	size_t count = 0;
	girl_set("52", "172", "91", "38.4");
	girl_rest("75", "moderate", "3", "NP 0.5");
	man_set("22", "94", "108", "95", "C", "37.2");
	count += validate_outputs();
	world_code(&world, "girl", "worried", "true", world.now_us);
	world_acknowledge(&world, task("fever"), "Nora", "come in");
	world_number(&world, "girl", HR, "400", world.now_us);
	world_number(&world, "girl", SPO2, "97", world.now_us + 3 * HOUR);
	count += validate_outputs();
	world_wait(&world, 6 * HOUR);
	count += validate_outputs();
	world_resolve(&world, task("fever"), "seen");
	girl_set("28", "132", "98", "36.8");
	count += validate_outputs();
	world_wait(&world, 12 * HOUR);
	world_number(&world, "girl", RR, "70", world.now_us - 3 * HOUR);
	world_put(&world, "Observation", "o1", 2,
		  "\"status\":\"entered-in-error\",\"code\":{\"text\":\"x\"},\"subject\":{"
		  "\"reference\":"
		  "\"Patient/girl\"}");
	count += validate_outputs();
	assert_true(count > 40);
}

static void shipped_policies_are_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < policy_file_count; i++) {
		struct json *plan;
		assert_int_equal(json_parse(&world.arena, policy_files[i], NULL, NULL, &plan),
				 ERROR_OK);
		expect_valid(plan);
		/* read without a complaint, and no word in it that no rule reads */
		struct issues issues;
		struct policy policy;
		issues_init(&issues, &world.arena);
		if (!policy_read(plan, &issues, &policy))
			fail_msg("%.*s: %.*s", STR_ARG(json_get_text(plan, STR("id"))),
				 STR_ARG(issues.first->diagnostics));
		assert_int_equal(issues.count, 0);
	}
	assert_int_equal(policy_file_count, 18);
}

static void an_alert_has_the_promised_members(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.4");
	const struct json *alert = task("fever");
	assert_string_equal(world_text(alert, "status"), "requested");
	assert_string_equal(world_text(alert, "intent"), "order");
	assert_string_equal(world_text(alert, "priority"), "asap");
	assert_string_equal(world_text(alert, "authoredOn"), "2026-11-22T08:00:00.000Z");
	struct str value =
		json_get_text(json_at(json_get(alert, STR("identifier")), 0), STR("value"));
	assert_str_equal(value, "e1/fever/2026-11-22T08:00:00.000Z");
	assert_str_equal(json_get_text(json_get(alert, STR("for")), STR("reference")),
			 "Patient/girl");
	assert_str_equal(
		json_get_text(json_at(json_get(alert, STR("basedOn")), 0), STR("reference")),
		"CarePlan/plan-e1");
	assert_str_equal(json_get_text(json_get(alert, STR("owner")), STR("reference")),
			 "PractitionerRole/nurse-1");
	assert_str_equal(json_get_text(json_get(alert, STR("owner")), STR("display")),
			 "Nora Nurse");
	assert_int_equal(world_deadline_us(alert), world.now_us + 5 * MIN);
	world_acknowledge(&world, alert, "Nora", "come in");
	alert = task("fever");
	assert_string_equal(world_text(alert, "status"), "accepted");
	assert_non_null(json_get(json_get(alert, STR("executionPeriod")), STR("start")));
	assert_int_equal(json_get(alert, STR("note"))->count, 1);
	world_resolve(&world, alert, "seen in clinic");
	alert = task("fever");
	const struct json *reason = json_get(alert, STR("statusReason"));
	assert_str_equal(json_get_text(reason, STR("text")), "seen in clinic");
	assert_null(json_get(alert, STR("restriction")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_output_of_a_busy_day_is_valid),
		TEST(shipped_policies_are_valid),
		TEST(an_alert_has_the_promised_members),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
