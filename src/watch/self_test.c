/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/self_test.h"

#include "base/date.h"
#include "client/beat.h"
#include "os/clock.h"
#include "json/json.h"

#include <stdio.h>
#include <time.h>

#define HW "https://fhir.homeward.example/"
#define BODY_BYTES_MAX ((size_t)32 * 1024)
#define LOOK_NS (200 * 1000 * 1000L)

/* --- requests ------------------------------------------------------------------------------- */

static bool ask(const struct self_test *test, enum client_method method, struct str path,
		struct str body, struct json **ret_tree)
{
	const struct client_request request = {
		.method = method,
		.path = path,
		.body = body,
	};
	struct client_answer answer = { 0 };
	struct json *tree = NULL;
	if (client_send(test->client, test->arena, &request, &answer) != CLIENT_ANSWERED ||
	    answer.status < 200 || answer.status > 299)
		return false;
	if (answer.body.len > 0 &&
	    json_parse(test->arena, answer.body, NULL, NULL, &tree) != ERROR_OK)
		return false;
	*ret_tree = tree;
	return true;
}

static struct text text_of(const struct self_test *test)
{
	struct text text;
	text_init(&text, test->arena, BODY_BYTES_MAX);
	return text;
}

static bool send(const struct self_test *test, enum client_method method, struct text *path,
		 struct text *body, struct json **ret_tree)
{
	struct json *ignored = NULL;
	return ask(test, method, text_view(path), body == NULL ? STR("") : text_view(body),
		   ret_tree == NULL ? &ignored : ret_tree);
}

static const struct json *resource_at(const struct json *bundle, size_t index)
{
	return json_get(json_at(json_get(bundle, STR("entry")), index), STR("resource"));
}

/* --- the synthetic patient ------------------------------------------------------------------ */

static bool put_patient(const struct self_test *test)
{
	struct text path = text_of(test), body = text_of(test);
	text_put_format(&path, "/Patient/self-test-%s", test->ward);
	/* Eighteen or so: old enough for every adult scale, young enough for every child's. */
	text_put_format(&body,
			"{\"resourceType\":\"Patient\",\"id\":\"self-test-%s\",\"meta\":{\"tag\":[{"
			"\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActReason\","
			"\"code\":\"HTEST\"}]},\"active\":true,\"name\":[{\"text\":\"Self-test (no "
			"person)\"}],\"birthDate\":\"2009-01-01\"}",
			test->ward);
	return send(test, CLIENT_PUT, &path, &body, NULL);
}

static bool put_role(const struct self_test *test)
{
	struct text path = text_of(test), body = text_of(test);
	text_put_format(&path, "/PractitionerRole/self-test-%s", test->ward);
	text_put_format(
		&body,
		"{\"resourceType\":\"PractitionerRole\",\"id\":\"self-test-%s\",\"active\":"
		"true,\"practitioner\":{\"display\":\"Self-test (no person)\"},"
		"\"organization\":{\"reference\":\"Organization/%s\"},\"code\":[{\"coding\":"
		"[{\"system\":\"" HW "CodeSystem/ward-role\",\"code\":\"self-test\"}]}]}",
		test->ward, test->ward);
	return send(test, CLIENT_PUT, &path, &body, NULL);
}

static bool has_stay(const struct self_test *test)
{
	struct text path = text_of(test);
	struct json *bundle = NULL;
	text_put_format(&path, "/EpisodeOfCare?patient=Patient/self-test-%s&status=active",
			test->ward);
	return send(test, CLIENT_GET, &path, NULL, &bundle) && resource_at(bundle, 0) != NULL;
}

static bool admit(const struct self_test *test)
{
	struct text path = text_of(test), body = text_of(test);
	text_put_c(&path, "/EpisodeOfCare/$admit");
	text_put_format(
		&body,
		"{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"patient\","
		"\"valueReference\":{\"reference\":\"Patient/self-test-%s\"}},{\"name\":"
		"\"ward\",\"valueReference\":{\"reference\":\"Organization/%s\"}},{\"name\":"
		"\"periodHours\",\"valueDecimal\":1}]}",
		test->ward, test->ward);
	return send(test, CLIENT_POST, &path, &body, NULL);
}

/* --- the test ------------------------------------------------------------------------------- */

static bool alerts_of(const struct self_test *test, struct json **ret_bundle)
{
	struct text path = text_of(test);
	text_put_format(&path,
			"/Task?patient=Patient/self-test-%s&code=" HW
			"CodeSystem/ward-rule%%7Cconcern&status=requested,received,accepted",
			test->ward);
	return send(test, CLIENT_GET, &path, NULL, ret_bundle);
}

static bool resolve(const struct self_test *test, const struct json *task)
{
	struct text path = text_of(test), body = text_of(test);
	text_put_c(&path, "/Task/");
	text_put(&path, json_get_text(task, STR("id")));
	text_put_c(&path, "/$resolve");
	text_put_c(&body,
		   "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"by\","
		   "\"valueString\":\"Self-test\"},{\"name\":\"reason\",\"valueString\":\"Test of "
		   "the way from a reading to a page\"}]}");
	return send(test, CLIENT_POST, &path, &body, NULL);
}

/* What an earlier run left open would pass for the alert of this one. */
static bool clear(const struct self_test *test)
{
	struct json *bundle = NULL;
	if (!alerts_of(test, &bundle))
		return false;
	for (size_t i = 0; resource_at(bundle, i) != NULL; i++) {
		if (!resolve(test, resource_at(bundle, i)))
			return false;
	}
	return true;
}

struct sign {
	const char *system, *code, *value;
};

static void put_sign(struct text *body, const struct self_test *test, const struct sign *sign,
		     const char *time)
{
	text_put_format(body,
			"%s{\"request\":{\"method\":\"POST\",\"url\":\"Observation\"},\"resource\":"
			"{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":{"
			"\"reference\":\"Patient/self-test-%s\"},\"effectiveDateTime\":\"%s\","
			"\"code\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},%s}}",
			body->ptr[body->len - 1] == '[' ? "" : ",", test->ward, time, sign->system,
			sign->code, sign->value);
}

#define LOINC "http://loinc.org"
#define SNOMED "http://snomed.info/sct"
#define MEASURED(number, unit) \
	"\"valueQuantity\":{\"value\":" number ",\"system\":\"http://unitsofmeasure.org\"," \
	"\"code\":\"" unit "\"}"

static bool send_readings(const struct self_test *test)
{
	static const struct sign signs[] = {
		{ LOINC, "9279-1", MEASURED("16", "/min") },
		{ LOINC, "8867-4", MEASURED("80", "/min") },
		{ LOINC, "2708-6", MEASURED("98", "%") },
		{ LOINC, "8310-5", MEASURED("36.8", "Cel") },
		{ LOINC, "8480-6", MEASURED("115", "mm[Hg]") },
		{ SNOMED, "722742002", "\"valueBoolean\":true" },
		{ HW "CodeSystem/observation", "worried", "\"valueBoolean\":true" },
	};
	struct text path = text_of(test), body = text_of(test);
	struct beat beat;
	char time[25];
	beat_ask(test->client, test->arena, test->secret, &beat);
	if (beat.time_us == 0)
		return false;
	date_write_instant(beat.time_us, time);
	text_put_c(&body, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		put_sign(&body, test, &signs[i], time);
	text_put_c(&body, "]}");
	return send(test, CLIENT_POST, &path, &body, NULL);
}

static const struct json *alert_in(const struct self_test *test)
{
	struct json *bundle = NULL;
	return alerts_of(test, &bundle) ? resource_at(bundle, 0) : NULL;
}

/* Every way that leaves the house must have its receipt; a ward with the board alone has only the board. */
static bool page_in(const struct self_test *test, const struct json *task)
{
	struct text path = text_of(test);
	struct json *bundle = NULL;
	size_t pages = 0, delivered = 0, outside = 0;
	text_put_format(&path, "/Communication?subject=Patient/self-test-%s&_sort=-_lastUpdated",
			test->ward);
	if (!send(test, CLIENT_GET, &path, NULL, &bundle))
		return false;
	for (size_t i = 0; resource_at(bundle, i) != NULL; i++) {
		const struct json *page = resource_at(bundle, i);
		struct str about =
			json_get_text(json_at(json_get(page, STR("about")), 0), STR("reference"));
		if (!str_ends_with(about, json_get_text(task, STR("id"))))
			continue;
		const struct json *medium = json_at(
			json_get(json_at(json_get(page, STR("medium")), 0), STR("coding")), 0);
		bool board = str_equal(json_get_text(medium, STR("code")), STR("board"));
		pages++;
		outside += !board;
		delivered += !board && json_get_text(page, STR("received")).len > 0;
	}
	return pages > 0 && (outside == 0 || delivered > 0);
}

static bool is_stopped(const struct self_test *test)
{
	return atomic_load(test->stopping);
}

static void look_later(void)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	nanosleep(&pause, NULL);
}

static const char *follow(const struct self_test *test)
{
	const struct json *task = NULL;
	int64_t until_us = clock_monotonic_us() + (int64_t)test->limit_ms * 1000;
	while (task == NULL) {
		if (is_stopped(test))
			return NULL;
		if (clock_monotonic_us() > until_us)
			return "a test reading raised no alert in time";
		look_later();
		task = alert_in(test);
	}
	until_us = clock_monotonic_us() + (int64_t)test->limit_ms * 1000;
	while (!page_in(test, task)) {
		if (is_stopped(test))
			return NULL;
		if (clock_monotonic_us() > until_us)
			return "the alert of a test reading was not delivered to anybody in time";
		look_later();
	}
	return resolve(test, task) ? NULL : "a test alert could not be resolved";
}

const char *self_test_run(const struct self_test *test)
{
	arena_reset(test->arena);
	if (!put_patient(test) || !put_role(test))
		return "the synthetic patient could not be written";
	if (!has_stay(test) && !admit(test))
		return "the synthetic patient could not be admitted to the ward";
	if (!clear(test))
		return "the alert of an earlier test could not be resolved";
	if (!send_readings(test))
		return "a test reading was not taken";
	return follow(test);
}
