/* SPDX-License-Identifier: Apache-2.0
 * The HTTP server: a few epoll loops of libmicrohttpd, the route table, the limits. */
#ifndef API_HTTP_H
#define API_HTTP_H

#include "api/assets.h"
#include "api/guard.h"
#include "api/metrics.h"
#include "api/router.h"

struct server_options {
	struct store *store;
	struct clock *clock;
	struct str listen;   /* "127.0.0.1:8080", "[::1]:0", "*:8080"; port 0 takes a free one */
	struct str base_url; /* "https://host/fhir"; empty: made from `listen` */
	struct str cors_origins; /* comma-separated origins, "*" for all; empty: none */
	const struct route_table *tables;
	size_t table_count;
	const struct change_guard *guards; /* borrowed; one a type at the most */
	size_t guard_count;
	metrics_room *const *metrics; /* borrowed; the figures of other rooms */
	size_t metrics_count;
	/* How large a stored resource of a type may be, 0: as large as a body; NULL: all. */
	size_t (*resource_bytes_max)(struct str type);
	const struct asset *assets;
	size_t asset_count;
	bool dev;              /* loopback only, Host header checked */
	unsigned thread_count; /* 0: one a processor, at least 2, at most 16 */
	unsigned connections_max;
	unsigned connections_per_address_max;
	unsigned request_timeout_s; /* for a header; a body gets more by its size */
	unsigned idle_timeout_s;
	unsigned answer_timeout_s; /* for a client that reads slowly; more by size */
	size_t header_bytes_max;
	size_t body_bytes_max;
	size_t bodies_bytes_max; /* all bodies being received or worked on together */
};

/* Opens the port and starts to answer. Issues say what to do about a busy port or an address that is
 * refused. The texts of the options are copied, tables, assets and rooms are borrowed. */
MUST_CHECK enum error server_start(const struct server_options *options, struct issues *issues,
				   struct server **ret_server);
/* Before server_start there is no server: rooms that handlers need are set right after, and until
 * server_open is called every request is answered 503. */
void server_room_set(struct server *server, const char *room, void *pointer);
void server_open(struct server *server);
/* "http://127.0.0.1:8080", for people. */
struct str server_address(const struct server *server);
/* Stops accepting, lets requests finish for up to `timeout_ms`, ends streams, closes. False when the
 * writer still holds commits of requests: then only leaving the process is safe. */
MUST_CHECK bool server_stop(struct server *server, int timeout_ms);

extern const struct route_table fhir_routes;
extern const struct route_table service_routes; /* health, metrics, /dev/clock */

#endif
