/* SPDX-License-Identifier: Apache-2.0 */
#include "api/counters.h"

#include "api/metrics.h"
#include "api/router.h"

#include <stdatomic.h>
#include <stdlib.h>

#define CLASSES 5 /* 1xx .. 5xx */
/* Upper bounds in microseconds; the last row of `buckets` is +Inf. */
static const int64_t bounds_us[] = { 500,    1000,   2500,   5000,    10000,   25000,   50000,
				     100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000 };
#define BOUNDS (sizeof(bounds_us) / sizeof(bounds_us[0]))

struct row {
	atomic_ullong by_class[CLASSES];
	atomic_ullong buckets[BOUNDS + 1];
	atomic_ullong sum_us;
};

struct counters {
	size_t route_count;
	struct row *rows;
};

struct counters *counters_create(size_t route_count)
{
	struct counters *counters = calloc(1, sizeof(*counters));
	struct row *rows = calloc(route_count + 1, sizeof(*rows));
	if (counters == NULL || rows == NULL) {
		free(counters);
		free(rows);
		return NULL;
	}
	counters->route_count = route_count;
	counters->rows = rows;
	return counters;
}

void counters_destroy(struct counters *counters)
{
	if (counters == NULL)
		return;
	free(counters->rows);
	free(counters);
}

static void add(atomic_ullong *counter, unsigned long long by)
{
	atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static uint64_t get(const atomic_ullong *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void counters_count(struct counters *counters, size_t route, unsigned status, int64_t duration_us)
{
	ASSERT(route <= counters->route_count);
	unsigned class = status / 100;
	if (class < 1 || class > CLASSES)
		class = CLASSES;
	size_t bucket = 0;
	while (bucket < BOUNDS && duration_us > bounds_us[bucket])
		bucket++;
	struct row *row = &counters->rows[route];
	add(&row->by_class[class - 1], 1);
	add(&row->buckets[bucket], 1);
	add(&row->sum_us, duration_us > 0 ? (unsigned long long)duration_us : 0);
}

uint64_t counters_total(const struct counters *counters)
{
	uint64_t total = 0;
	for (size_t i = 0; i <= counters->route_count; i++) {
		for (size_t c = 0; c < CLASSES; c++)
			total += get(&counters->rows[i].by_class[c]);
	}
	return total;
}

static void put_label(struct text *text, const struct router *router, size_t route)
{
	static const char *const methods[] = { "GET",   "HEAD",   "POST",   "PUT",
					       "PATCH", "DELETE", "OPTIONS" };
	if (route >= router_count(router)) {
		text_put(text, STR("method=\"\",route=\"none\""));
		return;
	}
	const struct route *row = router_at(router, route);
	text_put_format(text, "method=\"%s\",route=\"%s\"", methods[row->method], row->path);
}

static void put_seconds(struct text *text, uint64_t us)
{
	text_put_format(text, "%llu.%06llu", (unsigned long long)(us / 1000000),
			(unsigned long long)(us % 1000000));
}

static void print_histogram(struct text *text, const struct row *row, const struct router *router,
			    size_t route)
{
	uint64_t count = 0;
	for (size_t b = 0; b <= BOUNDS; b++) {
		count += get(&row->buckets[b]);
		text_put(text, STR("homeward_http_request_seconds_bucket{"));
		put_label(text, router, route);
		text_put(text, STR(",le=\""));
		if (b < BOUNDS)
			put_seconds(text, (uint64_t)bounds_us[b]);
		else
			text_put(text, STR("+Inf"));
		text_put_format(text, "\"} %llu\n", (unsigned long long)count);
	}
	text_put(text, STR("homeward_http_request_seconds_sum{"));
	put_label(text, router, route);
	text_put(text, STR("} "));
	put_seconds(text, get(&row->sum_us));
	text_put(text, STR("\nhomeward_http_request_seconds_count{"));
	put_label(text, router, route);
	text_put_format(text, "} %llu\n", (unsigned long long)count);
}

static bool is_empty(const struct row *row)
{
	uint64_t total = 0;
	for (size_t c = 0; c < CLASSES; c++)
		total += get(&row->by_class[c]);
	return total == 0;
}

void counters_print(struct text *text, const struct counters *counters, const struct router *router)
{
	metrics_head(text, "http_requests_total", "counter",
		     "Requests answered, by route and class of status.");
	for (size_t i = 0; i <= counters->route_count; i++) {
		for (unsigned c = 0; c < CLASSES; c++) {
			uint64_t count = get(&counters->rows[i].by_class[c]);
			if (count == 0)
				continue;
			text_put(text, STR("homeward_http_requests_total{"));
			put_label(text, router, i);
			text_put_format(text, ",class=\"%uxx\"} %llu\n", c + 1,
					(unsigned long long)count);
		}
	}
	metrics_head(text, "http_request_seconds", "histogram",
		     "Time from the request's header to the end of its answer.");
	for (size_t i = 0; i <= counters->route_count; i++) {
		if (!is_empty(&counters->rows[i]))
			print_histogram(text, &counters->rows[i], router, i);
	}
}
