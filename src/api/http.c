/* SPDX-License-Identifier: Apache-2.0
 * Start and stop of the HTTP server. */
#include "api/server.h"

#include "os/random.h"
#include "os/socket.h"

#include <stdlib.h>
#include <time.h>

#define OPTIONS_ARENA_BYTES ((size_t)64 * 1024)
#define CAPABILITIES_ARENA_BYTES ((size_t)64 * 1024 * 1024)

static void on_connection(void *context, struct MHD_Connection *handle, void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		connection_close(*socket_context);
		*socket_context = NULL;
		return;
	}
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info != NULL)
		*socket_context = connection_open(context, info->connect_fd);
}

static unsigned thread_count(const struct server_options *options)
{
	unsigned processors = thread_processors();
	unsigned count = options->thread_count;
	if (count == 0)
		count = processors < 2 ? 2U : processors;
	return count > SERVER_THREADS_MAX ? SERVER_THREADS_MAX : count;
}

static enum error daemon_start(struct server *server, struct issues *issues)
{
	const struct server_options *options = &server->options;
	unsigned threads = thread_count(options);
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
			MHD_USE_TURBO,
		0, NULL, NULL, request_step, server, MHD_OPTION_LISTEN_SOCKET, server->socket,
		MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT,
		options->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		options->connections_per_address_max, MHD_OPTION_CONNECTION_TIMEOUT,
		options->idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		options->header_bytes_max, MHD_OPTION_URI_LOG_CALLBACK, request_line, server,
		MHD_OPTION_NOTIFY_COMPLETED, request_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_STRICT_FOR_CLIENT,
		1, MHD_OPTION_THREAD_STACK_SIZE, (size_t)4 * 1024 * 1024, MHD_OPTION_END);
	if (server->daemon == NULL)
		return issue_add(issues, ERROR_INTERNAL, STR(""),
				 "the HTTP server cannot start with %u threads and %u connections: "
				 "lower http.threads or http.connections_max",
				 threads, options->connections_max);
	return ERROR_OK;
}

static void copy_texts(struct server *server)
{
	struct server_options *options = &server->options;
	options->cors_origins = arena_copy(&server->arena, options->cors_origins);
	struct text text;
	text_init(&text, &server->arena, 512);
	text_put(&text, STR("http://"));
	text_put(&text, server->address);
	server->address = text_view(&text);
	struct str base = options->base_url;
	while (base.len > 0 && base.ptr[base.len - 1] == '/')
		base.len--;
	if (base.len > 0) {
		server->base_url = arena_copy(&server->arena, base);
		return;
	}
	struct text own;
	text_init(&own, &server->arena, 512);
	text_put(&own, server->address);
	text_put(&own, STR("/fhir"));
	server->base_url = text_view(&own);
}

static void server_free(struct server *server)
{
	if (server->socket >= 0)
		socket_close(server->socket);
	if (server->apart != NULL)
		queue_destroy(server->apart);
	router_destroy(server->router);
	counters_destroy(server->counters);
	mutex_destroy(&server->connections_lock);
	mutex_destroy(&server->streams_lock);
	mutex_destroy(&server->capabilities_lock);
	arena_done(&server->capabilities_arena);
	arena_done(&server->arena);
	free(server);
}

static enum error server_fill(struct server *server, struct issues *issues)
{
	random_uuid(server->boot_id);
	server->boot_id[8] = '\0'; /* enough to tell two runs apart */
	server->router = router_create(server->options.tables, server->options.table_count,
				       server->options.dev);
	if (server->router == NULL)
		return ERROR_INTERNAL;
	server->counters = counters_create(router_count(server->router));
	if (server->counters == NULL)
		return ERROR_INTERNAL;
	return socket_listen(&server->arena, server->options.listen, server->options.dev, issues,
			     &server->socket, &server->address);
}

enum error server_start(const struct server_options *options, struct issues *issues,
			struct server **ret_server)
{
	struct server *server = calloc(1, sizeof(*server));
	if (server == NULL)
		return ERROR_INTERNAL;
	server->options = *options;
	server->socket = -1;
	mutex_init(&server->connections_lock);
	mutex_init(&server->streams_lock);
	mutex_init(&server->capabilities_lock);
	arena_init(&server->capabilities_arena, CAPABILITIES_ARENA_BYTES);
	arena_init(&server->arena, OPTIONS_ARENA_BYTES);
	enum error error = server_fill(server, issues);
	if (error == ERROR_OK) {
		copy_texts(server);
		error = watch_start(server);
	}
	if (error != ERROR_OK) {
		server_free(server);
		return error;
	}
	error = apart_start(server, thread_count(&server->options), issues);
	if (error == ERROR_OK)
		error = daemon_start(server, issues);
	if (error != ERROR_OK) {
		apart_stop(server);
		atomic_store(&server->stopping, true);
		watch_stop(server);
		server_free(server);
		return error;
	}
	server->socket = -1; /* the daemon closes it */
	*ret_server = server;
	return ERROR_OK;
}

void server_room_set(struct server *server, const char *room, void *pointer)
{
	ASSERT(server->room_count < SERVER_ROOMS_MAX && !atomic_load(&server->open));
	server->rooms[server->room_count].name = room;
	server->rooms[server->room_count++].pointer = pointer;
}

void server_open(struct server *server)
{
	atomic_store(&server->open, true);
}

struct str server_address(const struct server *server)
{
	return server->address;
}

static void sleep_ms(long ms)
{
	struct timespec pause = { .tv_nsec = ms * 1000000 };
	(void)nanosleep(&pause, NULL);
}

bool server_stop(struct server *server, int timeout_ms)
{
	int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
	int listening = MHD_quiesce_daemon(server->daemon);
	if (listening >= 0)
		socket_close(listening);
	atomic_store(&server->stopping, true);
	watch_stop(server);
	do {
		streams_wake(server);
		sleep_ms(5);
	} while (atomic_load(&server->requests_active) > 0 && clock_monotonic_us() < until_us);
	/* A connection that still sleeps in the writer's queue or a thread's would be used when its loop has ended. */
	if (atomic_load(&server->commits_waiting) > 0 || atomic_load(&server->works_waiting) > 0)
		return false;
	apart_stop(server);
	MHD_stop_daemon(server->daemon);
	ASSERT(atomic_load(&server->connections_open) == 0);
	server_free(server);
	return true;
}
