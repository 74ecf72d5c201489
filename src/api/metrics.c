/* SPDX-License-Identifier: Apache-2.0 */
#include "api/metrics.h"

#include "api/server.h"

#define METRICS_BYTES_MAX ((size_t)4 * 1024 * 1024)

void metrics_head(struct text *text, const char *name, const char *type, const char *help)
{
	text_put_format(text, "# HELP homeward_%s %s\n# TYPE homeward_%s %s\n", name, help, name,
			type);
}

void metrics_sample(struct text *text, const char *name, const char *labels, int64_t value)
{
	text_put_format(text, "homeward_%s{%s} %lld\n", name, labels, (long long)value);
}

static void put_seconds(struct text *text, int64_t time_us)
{
	uint64_t us = time_us < 0 ? (uint64_t)0 - (uint64_t)time_us : (uint64_t)time_us;
	text_put_format(text, "%s%llu.%06llu\n", time_us < 0 ? "-" : "",
			(unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
}

void metrics_sample_time(struct text *text, const char *name, const char *labels, int64_t time_us)
{
	text_put_format(text, "homeward_%s{%s} ", name, labels);
	put_seconds(text, time_us);
}

void metrics_figure(struct text *text, const char *name, const char *type, const char *help,
		    int64_t value)
{
	metrics_head(text, name, type, help);
	text_put_format(text, "homeward_%s %lld\n", name, (long long)value);
}

void metrics_time(struct text *text, const char *name, const char *type, const char *help,
		  int64_t time_us)
{
	metrics_head(text, name, type, help);
	text_put_format(text, "homeward_%s ", name);
	put_seconds(text, time_us);
}

static void put_server(struct text *text, struct server *server)
{
	metrics_head(text, "build_info", "gauge", "1; the label says which version answers.");
	metrics_sample(text, "build_info", "version=\"" HOMEWARD_VERSION "\"", 1);
	metrics_figure(text, "connections", "gauge", "Open connections.",
		       (int64_t)atomic_load(&server->connections_open));
	metrics_figure(text, "requests_active", "gauge",
		       "Requests being received, worked on or answered.",
		       (int64_t)atomic_load(&server->requests_active));
	metrics_figure(text, "questions_apart", "gauge",
		       "Searches, figures and lists that take long, being worked on or waiting for "
		       "a thread.",
		       (int64_t)atomic_load(&server->works_waiting));
	metrics_figure(text, "body_bytes", "gauge", "Bytes of request bodies in memory.",
		       (int64_t)atomic_load(&server->bodies_bytes));
	mutex_lock(&server->streams_lock);
	size_t streams = server->stream_count;
	mutex_unlock(&server->streams_lock);
	metrics_figure(text, "streams", "gauge", "Open streams of server-sent events.",
		       (int64_t)streams);
}

static void put_store(struct text *text, struct server *server)
{
	struct store_figures figures = { 0 };
	store_figures(server->options.store, &figures);
	metrics_figure(text, "store_commits_total", "counter", "Commits that are durable.",
		       figures.commits);
	metrics_figure(text, "store_groups_total", "counter",
		       "Groups of commits that went to disk together.", figures.groups);
	metrics_figure(text, "store_writes_total", "counter", "Resource versions written.",
		       figures.writes);
	metrics_figure(text, "store_queue_length", "gauge", "Commits waiting for the writer.",
		       figures.queue_length);
	metrics_figure(text, "store_bytes", "gauge", "Bytes of the store on disk.",
		       figures.bytes_on_disk);
	metrics_figure(text, "feed_number", "counter", "The last number of the feed.",
		       figures.feed_last);
	metrics_figure(text, "store_state", "gauge",
		       "0 ready, 1 the disk is full, 2 the store cannot write.",
		       (int64_t)store_state(server->options.store));
}

void metrics_handle(struct call *call)
{
	struct server *server = call->server;
	struct text text;
	text_init(&text, &call->arena, METRICS_BYTES_MAX);
	put_server(&text, server);
	put_store(&text, server);
	for (size_t i = 0; i < server->options.metrics_count; i++)
		server->options.metrics[i](call, &text);
	counters_print(&text, server->counters, server->router);
	if (text.failed) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
	call->status = 200;
	call->answer = text_view(&text);
	call->content_type = STR("text/plain; version=0.0.4; charset=utf-8");
}
