/* SPDX-License-Identifier: Apache-2.0
 * The table of open connections and the thread that looks over it once a second. libmicrohttpd ends a
 * connection on which nothing moves; a client that sends a byte now and then, or half a request and
 * then silence, is this file's: each phase of a request has a deadline, and who passes it is told 408
 * and cut off. */
#include "api/server.h"

#include "base/date.h"
#include "os/socket.h"

#include <stdlib.h>

#define TICK_US DATE_US_PER_S

struct connection *connection_open(struct server *server, int handle)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		return NULL;
	connection->server = server;
	connection->socket = handle;
	connection->bytes_known = true; /* none yet */
	connection->request.connection = connection;
	connection->request.call.server = server;
	connection->request.call.connection = &connection->request;
	connection_phase(connection, PHASE_WAITING,
			 clock_monotonic_us() + server->options.request_timeout_s * DATE_US_PER_S);
	mutex_lock(&server->connections_lock);
	connection->next = server->connections;
	if (connection->next != NULL)
		connection->next->previous = connection;
	server->connections = connection;
	mutex_unlock(&server->connections_lock);
	atomic_fetch_add(&server->connections_open, 1);
	return connection;
}

void connection_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	struct server *server = connection->server;
	/* libmicrohttpd does not tell the end of every request: not of one whose connection is cut when its line has
	 * just been read. */
	request_end(&connection->request);
	mutex_lock(&server->connections_lock);
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	if (connection->previous != NULL)
		connection->previous->next = connection->next;
	else
		server->connections = connection->next;
	mutex_unlock(&server->connections_lock);
	atomic_fetch_sub(&server->connections_open, 1);
	arena_done(&connection->request.call.arena);
	free(connection);
}

void connection_phase(struct connection *connection, enum phase phase, int64_t deadline_us)
{
	atomic_store_explicit(&connection->deadline_us, deadline_us, memory_order_relaxed);
	atomic_store_explicit(&connection->phase, (int)phase, memory_order_release);
}

/* A kept-alive connection on which nothing has come since its last answer is left to the idle timeout;
 * one with the beginning of a request on it is late when its deadline has passed. */
static bool has_begun(struct connection *connection)
{
	uint64_t bytes = socket_bytes_received(connection->socket);
	unsigned served = atomic_load_explicit(&connection->served, memory_order_relaxed);
	if (connection->bytes_known && served == connection->served_seen)
		return bytes > connection->bytes_seen;
	connection->bytes_seen = bytes;
	connection->bytes_known = true;
	connection->served_seen = served;
	return false;
}

static void look_at(struct connection *connection, int64_t now_us)
{
	int64_t deadline_us = atomic_load_explicit(&connection->deadline_us, memory_order_relaxed);
	enum phase phase =
		(enum phase)atomic_load_explicit(&connection->phase, memory_order_acquire);
	if (phase != PHASE_WAITING)
		connection->bytes_known = false;
	if (connection->cut)
		return;
	if (phase == PHASE_WAITING && !has_begun(connection)) {
		/* The time for a header runs from its first byte, which comes at any time until the next look. */
		atomic_compare_exchange_strong(
			&connection->deadline_us, &(long long){ deadline_us },
			now_us + TICK_US +
				connection->server->options.request_timeout_s * DATE_US_PER_S);
		return;
	}
	if (deadline_us == 0 || now_us < deadline_us || phase == PHASE_WORKING ||
	    phase == PHASE_STREAM)
		return;
	connection->cut = true;
	if (phase != PHASE_SENDING)
		refusal_send(connection->socket, ERROR_TIMEOUT);
	socket_cut(connection->socket);
}

static void watch_run(void *context)
{
	struct server *server = context;
	while (!atomic_load(&server->stopping)) {
		int64_t now_us = clock_monotonic_us();
		mutex_lock(&server->watch_lock);
		if (!atomic_load(&server->stopping))
			(void)condition_wait_until(&server->watch_end, &server->watch_lock,
						   now_us + TICK_US);
		mutex_unlock(&server->watch_lock);
		streams_wake(server);
		now_us = clock_monotonic_us();
		mutex_lock(&server->connections_lock);
		for (struct connection *c = server->connections; c != NULL; c = c->next)
			look_at(c, now_us);
		mutex_unlock(&server->connections_lock);
	}
}

enum error watch_start(struct server *server)
{
	mutex_init(&server->watch_lock);
	condition_init(&server->watch_end);
	if (thread_start(&server->watch, "api-watch", watch_run, server))
		return ERROR_OK;
	condition_destroy(&server->watch_end);
	mutex_destroy(&server->watch_lock);
	return ERROR_INTERNAL;
}

void watch_stop(struct server *server)
{
	ASSERT(atomic_load(&server->stopping));
	mutex_lock(&server->watch_lock);
	condition_broadcast(&server->watch_end);
	mutex_unlock(&server->watch_lock);
	thread_join(&server->watch);
	condition_destroy(&server->watch_end);
	mutex_destroy(&server->watch_lock);
}
