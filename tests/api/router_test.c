/* SPDX-License-Identifier: Apache-2.0
 * Which route a request gets. */
#include "unit.h"

#include "api/router.h"

static void handler(struct call *call)
{
	(void)call;
}

static const struct route first[] = {
	{ HTTP_GET, "/fhir/{type}/{id}", handler, 0, false, "" },
	{ HTTP_PUT, "/fhir/{type}/{id}", handler, 0, false, "" },
	{ HTTP_GET, "/fhir/{type}", handler, 0, false, "" },
	{ HTTP_POST, "/fhir/{type}", handler, 0, false, "" },
	{ HTTP_GET, "/fhir/metadata", handler, 0, false, "" },
	{ HTTP_GET, "/fhir/{type}/_history", handler, 0, false, "" },
	{ HTTP_GET, "/fhir/{type}/{id}/_history/{version}", handler, 0, false, "" },
};
static const struct route second[] = {
	{ HTTP_POST, "/fhir/EpisodeOfCare/$admit", handler, 0, false, "" },
	{ HTTP_GET, "/dev/clock", handler, 0, true, "" },
};
static const struct route_table tables[] = { { first, 7 }, { second, 2 } };

static struct router *router;

static struct route_match match_of(enum http_method method, struct str target)
{
	struct arena arena;
	struct url url;
	struct route_match match;
	arena_init(&arena, 65536);
	assert_int_equal(url_parse(&arena, target, &url), ERROR_OK);
	router_find(router, method, url.segments, url.segment_count, &match);
	arena_done(&arena); /* no escapes above: the parts look into the literal */
	return match;
}

static const char *path_of(enum http_method method, struct str target)
{
	struct route_match match = match_of(method, target);
	return match.index == router_count(router) ? "" : router_at(router, match.index)->path;
}

static int make(void **state)
{
	(void)state;
	router = router_create(tables, 2, true);
	return router == NULL;
}

static int done(void **state)
{
	(void)state;
	router_destroy(router);
	return 0;
}

static void a_literal_beats_a_part_whatever_the_order_of_tables(void **state)
{
	(void)state;
	assert_string_equal(path_of(HTTP_GET, STR("/fhir/metadata")), "/fhir/metadata");
	assert_string_equal(path_of(HTTP_GET, STR("/fhir/Patient")), "/fhir/{type}");
	assert_string_equal(path_of(HTTP_GET, STR("/fhir/Patient/_history")),
			    "/fhir/{type}/_history");
	assert_string_equal(path_of(HTTP_GET, STR("/fhir/Patient/1")), "/fhir/{type}/{id}");
	assert_string_equal(path_of(HTTP_POST, STR("/fhir/EpisodeOfCare/$admit")),
			    "/fhir/EpisodeOfCare/$admit");
}

static void parts_come_in_their_order(void **state)
{
	(void)state;
	struct route_match match = match_of(HTTP_GET, STR("/fhir/Patient/p-1/_history/7"));
	assert_str_equal(match.parts[0], "Patient");
	assert_str_equal(match.parts[1], "p-1");
	assert_str_equal(match.parts[2], "7");
	assert_int_equal(match.parts[3].len, 0);
}

static void head_is_served_by_get(void **state)
{
	(void)state;
	assert_string_equal(path_of(HTTP_HEAD, STR("/fhir/Patient/1")), "/fhir/{type}/{id}");
}

static void an_unknown_path_is_told_from_an_unknown_method(void **state)
{
	(void)state;
	struct route_match match = match_of(HTTP_DELETE, STR("/fhir/Patient/1"));
	assert_int_equal(match.index, router_count(router));
	assert_int_equal(match.methods, (1U << HTTP_GET) | (1U << HTTP_HEAD) | (1U << HTTP_PUT));
	match = match_of(HTTP_GET, STR("/nothing/here"));
	assert_int_equal(match.methods, 0);
	struct arena arena;
	struct text text;
	arena_init(&arena, 65536);
	text_init(&text, &arena, 1024);
	router_methods_print(&text, (1U << HTTP_GET) | (1U << HTTP_HEAD) | (1U << HTTP_PUT));
	assert_str_equal(text_view(&text), "GET, HEAD, PUT, OPTIONS");
	arena_done(&arena);
}

static void development_routes_exist_in_development_only(void **state)
{
	(void)state;
	assert_string_equal(path_of(HTTP_GET, STR("/dev/clock")), "/dev/clock");
	struct router *closed = router_create(tables, 2, false);
	assert_int_equal(router_count(closed), router_count(router) - 1);
	router_destroy(closed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_literal_beats_a_part_whatever_the_order_of_tables),
		cmocka_unit_test(parts_come_in_their_order),
		cmocka_unit_test(head_is_served_by_get),
		cmocka_unit_test(an_unknown_path_is_told_from_an_unknown_method),
		cmocka_unit_test(development_routes_exist_in_development_only),
	};
	return cmocka_run_group_tests_name("api router", tests, make, done);
}
