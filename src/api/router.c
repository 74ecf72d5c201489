/* SPDX-License-Identifier: Apache-2.0 */
#include "api/router.h"

#include <stdlib.h>

#define PARTS_MAX 8

struct compiled {
	const struct route *route;
	struct str segments[URL_SEGMENTS_MAX];
	bool is_part[URL_SEGMENTS_MAX];
	size_t count;
};

struct router {
	struct compiled *routes; /* most literal first */
	size_t count;
};

static void compile(const struct route *route, struct compiled *ret_compiled)
{
	*ret_compiled = (struct compiled){ .route = route };
	struct str rest = str_from_c(route->path);
	size_t parts = 0;
	while (rest.len > 0) {
		struct str segment = str_cut(&rest, '/');
		if (segment.len == 0)
			continue;
		ASSERT(ret_compiled->count < URL_SEGMENTS_MAX);
		bool is_part = segment.ptr[0] == '{';
		parts += is_part ? 1 : 0;
		ret_compiled->segments[ret_compiled->count] = segment;
		ret_compiled->is_part[ret_compiled->count++] = is_part;
	}
	ASSERT(parts <= PARTS_MAX);
}

/* Fewer segments first; then, from the left, a literal before a part; then the literals' order. */
static int compare(const void *left, const void *right)
{
	const struct compiled *a = left;
	const struct compiled *b = right;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (size_t i = 0; i < a->count; i++) {
		if (a->is_part[i] != b->is_part[i])
			return a->is_part[i] ? 1 : -1;
		int order = a->is_part[i] ? 0 : str_compare(a->segments[i], b->segments[i]);
		if (order != 0)
			return order;
	}
	return (int)a->route->method - (int)b->route->method;
}

struct router *router_create(const struct route_table *tables, size_t table_count, bool dev)
{
	size_t total = 0;
	for (size_t i = 0; i < table_count; i++)
		total += tables[i].count;
	struct router *router = calloc(1, sizeof(*router));
	struct compiled *routes = calloc(total + 1, sizeof(*routes));
	if (router == NULL || routes == NULL) {
		free(router);
		free(routes);
		return NULL;
	}
	router->routes = routes;
	for (size_t i = 0; i < table_count; i++) {
		for (size_t j = 0; j < tables[i].count; j++) {
			if (!tables[i].routes[j].dev_only || dev)
				compile(&tables[i].routes[j], &routes[router->count++]);
		}
	}
	qsort(routes, router->count, sizeof(*routes), compare);
	for (size_t i = 1; i < router->count; i++)
		ASSERT(compare(&routes[i - 1], &routes[i]) != 0);
	return router;
}

void router_destroy(struct router *router)
{
	if (router == NULL)
		return;
	free(router->routes);
	free(router);
}

size_t router_count(const struct router *router)
{
	return router->count;
}

const struct route *router_at(const struct router *router, size_t index)
{
	ASSERT(index < router->count);
	return router->routes[index].route;
}

static bool fits(const struct compiled *route, const struct str *segments, size_t count)
{
	if (route->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!route->is_part[i] && !str_equal(route->segments[i], segments[i]))
			return false;
	}
	return true;
}

void router_find(const struct router *router, enum http_method method, const struct str *segments,
		 size_t segment_count, struct route_match *ret_match)
{
	struct route_match match = { .index = router->count };
	for (size_t i = 0; i < router->count; i++) {
		const struct compiled *route = &router->routes[i];
		if (!fits(route, segments, segment_count))
			continue;
		enum http_method offered = route->route->method;
		match.methods |= 1U << offered;
		if (offered == HTTP_GET)
			match.methods |= 1U << HTTP_HEAD;
		bool same = offered == method || (offered == HTTP_GET && method == HTTP_HEAD);
		if (same && match.index == router->count)
			match.index = i;
	}
	if (match.index < router->count) {
		const struct compiled *route = &router->routes[match.index];
		size_t parts = 0;
		for (size_t i = 0; i < segment_count; i++) {
			if (route->is_part[i])
				match.parts[parts++] = segments[i];
		}
	}
	*ret_match = match;
}

void router_methods_print(struct text *text, unsigned methods)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };
	bool first = true;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((methods & (1U << i)) == 0)
			continue;
		if (!first)
			text_put(text, STR(", "));
		text_put_c(text, names[i]);
		first = false;
	}
	text_put_c(text, first ? "OPTIONS" : ", OPTIONS");
}
