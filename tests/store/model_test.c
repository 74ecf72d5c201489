/* SPDX-License-Identifier: Apache-2.0
 * Random creates, updates, deletes and searches against a naive model in memory; then the store checks
 * itself. The seed is printed: HOMEWARD_SEED repeats a run. */
#include "support.h"

#include "store/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RESOURCES 300
#define STEPS 3000
#define PATIENTS 5
#define CODES 3
#define HOURS 200

struct model {
	bool alive;
	int64_t version, feed;
	int patient, code, status; /* -1: absent */
	int hour, hours; /* start and length of the period; hours 0: an instant, -1: absent */
	int value;
};

struct world {
	struct support support;
	struct model resources[RESOURCES];
	uint64_t random;
};

static const char *const statuses[] = { "final", "amended", "preliminary" };
static const char *const codes[] = { "8867-4", "9279-1", "8310-5" };

static int dice(struct world *world, int sides)
{
	uint64_t z = world->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int)((z ^ (z >> 31)) % (uint64_t)sides);
}

static int64_t hour_us(int hour)
{
	return SUPPORT_START_US + (int64_t)hour * DATE_US_PER_HOUR;
}

static struct str instant(struct arena *arena, int hour)
{
	return date_print_instant(arena, hour_us(hour));
}

static void put(struct world *world, int number)
{
	struct model *model = &world->resources[number];
	struct arena *arena = &world->support.arena;
	struct text text;
	struct store_write write;

	text_init(&text, arena, 65536);
	text_put_format(&text,
			"{\"resourceType\":\"Observation\",\"id\":\"r%d\",\"status\":\"%s\",",
			number, statuses[model->status]);
	text_put_format(&text,
			"\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\"}]}",
			codes[model->code]);
	if (model->patient >= 0)
		text_put_format(&text, ",\"subject\":{\"reference\":\"Patient/p%d\"}",
				model->patient);
	if (model->hours == 0)
		text_put_format(&text, ",\"effectiveInstant\":\"%.*s\"",
				STR_ARG(instant(arena, model->hour)));
	else if (model->hours > 0)
		text_put_format(&text, ",\"effectivePeriod\":{\"start\":\"%.*s\",\"end\":\"%.*s\"}",
				STR_ARG(instant(arena, model->hour)),
				STR_ARG(instant(arena, model->hour + model->hours)));
	text_put_format(&text, ",\"valueQuantity\":{\"value\":%d}}", model->value);
	write = support_put(&world->support, text_view(&text).ptr);
	assert_int_equal(write.created, !model->alive);
	assert_int_equal(write.version, model->version + (write.unchanged ? 0 : 1));
	model->version = write.version;
	model->feed = write.feed;
	model->alive = true;
}

static void change(struct world *world)
{
	int number = dice(world, RESOURCES);
	struct model *model = &world->resources[number];
	struct store_write write = { .method = STORE_DELETE,
				     .type = fhir_resource_find(STR("Observation")),
				     .version_expected = STORE_VERSION_ANY };

	if (model->alive && dice(world, 4) == 0) {
		write.id = support_format(&world->support.arena, "r%d", number);
		assert_int_equal(support_commit(&world->support, &write), ERROR_OK);
		assert_int_equal(write.version, model->version + 1);
		model->version = write.version;
		model->alive = false;
		return;
	}
	model->patient = dice(world, PATIENTS + 1) - 1;
	model->code = dice(world, CODES);
	model->status = dice(world, 3);
	model->hour = dice(world, HOURS);
	model->hours = dice(world, 4) == 0 ? dice(world, 100) : dice(world, 8) == 0 ? -1 : 0;
	model->value = dice(world, 50);
	put(world, number);
}

/* --- a search, as text and as the model understands it --------------------------------------- */

struct query {
	int patient, code, status, prefix, hour, value; /* -1: not asked */
	int not_status, missing_date;
	int sort; /* 0 none, 1 date, 2 -date, 3 value-quantity, 4 -_lastUpdated */
};

static const char *const prefixes[] = { "", "ne", "gt", "lt", "ge", "le", "sa", "eb" };

static bool date_matches(const struct model *model, int prefix, int hour)
{
	int64_t low = hour_us(model->hour), high = hour_us(model->hour + model->hours) + 1000;
	int64_t from = hour_us(hour), to = from + 1000;
	bool within = low >= from && high <= to;

	switch (model->hours < 0 ? -1 : prefix) {
	case 0:
		return within;
	case 1:
		return !within;
	case 2:
		return high > to;
	case 3:
		return low < from;
	case 4:
		return within || high > to;
	case 5:
		return within || low < from;
	case 6:
		return low >= to;
	case 7:
		return high <= from;
	default:
		return false;
	}
}

static bool model_matches(const struct model *model, const struct query *query)
{
	return model->alive && (query->patient < 0 || model->patient == query->patient) &&
	       (query->code < 0 || model->code == query->code) &&
	       (query->status < 0 || model->status == query->status) &&
	       (query->not_status < 0 || model->status != query->not_status) &&
	       (query->missing_date < 0 || (model->hours < 0) == (query->missing_date == 1)) &&
	       (query->prefix < 0 || date_matches(model, query->prefix, query->hour)) &&
	       (query->value < 0 || model->value > query->value);
}

static struct query query_make(struct world *world)
{
	struct query query = { -1, -1, -1, -1, 0, -1, -1, -1, dice(world, 5) };

	query.patient = dice(world, 2) == 0 ? dice(world, PATIENTS) : -1;
	query.code = dice(world, 2) == 0 ? dice(world, CODES) : -1;
	query.status = dice(world, 4) == 0 ? dice(world, 3) : -1;
	query.not_status = dice(world, 6) == 0 ? dice(world, 3) : -1;
	query.missing_date = dice(world, 10) == 0 ? dice(world, 2) : -1;
	query.prefix = dice(world, 2) == 0 ? dice(world, 8) : -1;
	query.hour = dice(world, HOURS);
	query.value = dice(world, 4) == 0 ? dice(world, 50) : -1;
	return query;
}

static size_t query_print(struct world *world, const struct query *query,
			  struct search_argument arguments[16])
{
	static const char *const sorts[] = { "", "date", "-date", "value-quantity",
					     "-_lastUpdated" };
	struct arena *arena = &world->support.arena;
	size_t count = 0;

	if (query->patient >= 0)
		arguments[count++] =
			(struct search_argument){ STR("patient"),
						  support_format(arena, "p%d", query->patient) };
	if (query->code >= 0)
		arguments[count++] =
			(struct search_argument){ STR("code"), str_from_c(codes[query->code]) };
	if (query->status >= 0)
		arguments[count++] =
			(struct search_argument){ STR("status"),
						  str_from_c(statuses[query->status]) };
	if (query->not_status >= 0)
		arguments[count++] =
			(struct search_argument){ STR("status:not"),
						  str_from_c(statuses[query->not_status]) };
	if (query->missing_date >= 0)
		arguments[count++] = (struct search_argument){
			STR("date:missing"), query->missing_date == 1 ? STR("true") : STR("false")
		};
	if (query->prefix >= 0)
		arguments[count++] = (struct search_argument){
			STR("date"), support_format(arena, "%s%.*s", prefixes[query->prefix],
						    STR_ARG(instant(arena, query->hour)))
		};
	if (query->value >= 0)
		arguments[count++] =
			(struct search_argument){ STR("value-quantity"),
						  support_format(arena, "gt%d", query->value) };
	if (query->sort > 0)
		arguments[count++] =
			(struct search_argument){ STR("_sort"), str_from_c(sorts[query->sort]) };
	arguments[count++] = (struct search_argument){ STR("_total"), STR("accurate") };
	arguments[count++] =
		(struct search_argument){ STR("_count"),
					  support_format(arena, "%d", 1 + dice(world, 40)) };
	return count;
}

static int number_of(const struct store_version *version)
{
	uint64_t number = 0;

	assert_true(str_to_u64(str_slice(version->id, 1, version->id.len), &number));
	return (int)number;
}

/* That two neighbours stand in the order asked for. */
static void check_order(const struct model *a, const struct model *b, int sort)
{
	bool dated = a->hours >= 0 && b->hours >= 0;

	if (sort == 1 || sort == 2)
		assert_true(a->hours >= 0 || b->hours < 0);
	if (sort == 1 && dated)
		assert_true(a->hour <= b->hour);
	if (sort == 2 && dated)
		assert_true(a->hour >= b->hour);
	if (sort == 3)
		assert_true(a->value <= b->value);
	if (sort == 4)
		assert_true(a->feed > b->feed);
}

static void search(struct world *world)
{
	struct support *support = &world->support;
	struct query query = query_make(world);
	struct search_argument arguments[16];
	size_t argument_count = query_print(world, &query, arguments), pages = 0;
	struct store_reader *reader = store_reader_borrow(support->store);
	struct search_parse_options options = { .now_us = SUPPORT_START_US };
	bool seen[RESOURCES] = { false };
	int expected = 0, found = 0, last = -1;
	bool more = true;

	for (int i = 0; i < RESOURCES; i++)
		expected += model_matches(&world->resources[i], &query) ? 1 : 0;
	while (more) {
		struct search_request *request;
		struct search_result result;

		assert_int_equal(search_parse(&support->arena,
					      fhir_resource_find(STR("Observation")), arguments,
					      argument_count, &options, &support->issues, &request),
				 ERROR_OK);
		assert_int_equal(
			search_run(reader, &support->arena, request, &support->issues, &result),
			ERROR_OK);
		if (result.total != expected) {
			for (size_t i = 0; i < argument_count; i++)
				printf("# %.*s=%.*s\n", STR_ARG(arguments[i].name),
				       STR_ARG(arguments[i].value));
			fail_msg("page %zu: total %lld, not %d", pages, (long long)result.total,
				 expected);
		}
		for (size_t i = 0; i < result.match_count; i++) {
			int number = number_of(&result.matches[i]);

			assert_true(model_matches(&world->resources[number], &query));
			assert_false(seen[number]);
			seen[number] = true;
			if (last >= 0)
				check_order(&world->resources[last], &world->resources[number],
					    query.sort);
			last = number;
			found++;
		}
		more = result.cursor_next.len > 0;
		argument_count -= pages++ > 0 ? 1 : 0;
		arguments[argument_count++] =
			(struct search_argument){ STR("_cursor"), result.cursor_next };
	}
	assert_int_equal(found, expected);
	store_reader_return(reader);
}

static void the_store_answers_as_the_model(void **state)
{
	struct world *world = *state;
	struct support *support = &world->support;

	for (int step = 0; step < STEPS; step++) {
		arena_reset(&support->arena);
		issues_init(&support->issues, &support->arena);
		clock_advance(support->clock, dice(world, 3) * 1000);
		if (step < 400 || dice(world, 3) == 0)
			change(world);
		else
			search(world);
		if (step % 1000 == 999) {
			support_close(support);
			support_open(support);
		}
	}
}

static void and_finds_nothing_wrong_with_itself(void **state)
{
	struct world *world = *state;
	struct support *support = &world->support;
	enum error error;

	issues_init(&support->issues, &support->arena);
	error = store_verify(support->store, &support->issues, NULL, NULL);
	if (error != ERROR_OK && support->issues.first != NULL)
		fail_msg("%.*s", STR_ARG(support->issues.first->diagnostics));
	assert_int_equal(error, ERROR_OK);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	const char *seed = getenv("HOMEWARD_SEED");

	world->random = seed == NULL ? (uint64_t)clock_monotonic_us() : strtoull(seed, NULL, 10);
	printf("# HOMEWARD_SEED=%llu\n", (unsigned long long)world->random);
	support_init(&world->support);
	support_open(&world->support);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	support_done(&world->support);
	free(world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_store_answers_as_the_model),
		cmocka_unit_test(and_finds_nothing_wrong_with_itself),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
