/* SPDX-License-Identifier: Apache-2.0
 * Finds the route of a request. At each place of the path a literal beats a {part}, whatever the
 * order of the tables; a path that is known with other methods only is told from an unknown one. */
#ifndef API_ROUTER_H
#define API_ROUTER_H

#include "api/route.h"
#include "api/url.h"

struct router;

struct route_table {
	const struct route *routes;
	size_t count;
};

/* Long-lived. Aborts on a table that is wrong (two equal routes, too many parts): the programmer's fault. */
struct router *router_create(const struct route_table *tables, size_t table_count, bool dev);
void router_destroy(struct router *router);
size_t router_count(const struct router *router);
/* 0 <= index < router_count. */
const struct route *router_at(const struct router *router, size_t index);

struct route_match {
	size_t index; /* of the route; router_count when none */
	struct str parts[8];
	unsigned methods; /* bit (1 << method) of every method the path knows; 0: unknown path */
};
/* HEAD is served by GET's route. */
void router_find(const struct router *router, enum http_method method, const struct str *segments,
		 size_t segment_count, struct route_match *ret_match);
/* "GET, HEAD, PUT". */
void router_methods_print(struct text *text, unsigned methods);

#endif
