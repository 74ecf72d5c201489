/* SPDX-License-Identifier: Apache-2.0
 * Server-sent events. A stream sleeps (its connection is suspended) until it is woken; between being asked and
 * going to sleep a wake is never lost, because both happen under one lock. */
#include "api/server.h"

#include <stdlib.h>

#define EVENTS_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define BLOCK_BYTES 32768

struct stream {
	struct stream *next; /* links, woken and waiting: under server->streams_lock */
	struct stream *previous;
	struct server *server;
	struct MHD_Connection *handle;
	struct stream_source source;
	struct arena arena; /* the events being sent; the loop thread's */
	struct text text;
	size_t sent;
	bool ended;
	bool woken;
	bool waiting;
};

/* Asks the source until it has something, and else goes to sleep. */
static ssize_t stream_refill(struct stream *stream)
{
	struct server *server = stream->server;
	for (;;) {
		if (stream->ended || atomic_load(&server->stopping))
			return MHD_CONTENT_READER_END_OF_STREAM;
		mutex_lock(&server->streams_lock);
		stream->woken = false;
		mutex_unlock(&server->streams_lock);
		arena_reset(&stream->arena);
		text_init(&stream->text, &stream->arena, EVENTS_BYTES_MAX);
		stream->sent = 0;
		stream->ended = !stream->source.next(stream->source.context, &stream->text);
		if (stream->text.failed)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (stream->text.len > 0)
			return 1;
		if (stream->ended)
			continue;
		mutex_lock(&server->streams_lock);
		bool sleep = !stream->woken && !atomic_load(&server->stopping);
		stream->waiting = sleep;
		if (sleep)
			MHD_suspend_connection(stream->handle);
		mutex_unlock(&server->streams_lock);
		if (sleep)
			return 0;
	}
}

static ssize_t stream_read(void *context, uint64_t position, char *buffer, size_t size)
{
	struct stream *stream = context;
	(void)position;
	if (stream->sent == stream->text.len) {
		ssize_t state = stream_refill(stream);
		if (state <= 0)
			return state;
	}
	size_t rest = stream->text.len - stream->sent;
	size_t part = rest < size ? rest : size;
	memcpy(buffer, stream->text.ptr + stream->sent, part);
	stream->sent += part;
	return (ssize_t)part;
}

static void stream_free(void *context)
{
	struct stream *stream = context;
	struct server *server = stream->server;
	mutex_lock(&server->streams_lock);
	if (stream->next != NULL)
		stream->next->previous = stream->previous;
	if (stream->previous != NULL)
		stream->previous->next = stream->next;
	else
		server->streams = stream->next;
	server->stream_count--;
	mutex_unlock(&server->streams_lock);
	stream->source.closed(stream->source.context);
	arena_done(&stream->arena);
	free(stream);
}

struct MHD_Response *stream_response(struct request *request)
{
	struct server *server = request->connection->server;
	struct stream *stream = calloc(1, sizeof(*stream));
	struct MHD_Response *response = NULL;
	if (stream != NULL)
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES,
							     stream_read, stream, stream_free);
	if (response == NULL) {
		free(stream);
		request->source.closed(request->source.context);
		return NULL;
	}
	stream->server = server;
	stream->handle = request->handle;
	stream->source = request->source;
	arena_init(&stream->arena, 2 * EVENTS_BYTES_MAX);
	text_init(&stream->text, &stream->arena, EVENTS_BYTES_MAX);
	mutex_lock(&server->streams_lock);
	stream->next = server->streams;
	if (stream->next != NULL)
		stream->next->previous = stream;
	server->streams = stream;
	server->stream_count++;
	mutex_unlock(&server->streams_lock);
	MHD_add_response_header(response, "Content-Type", "text/event-stream; charset=utf-8");
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	return response;
}

void streams_wake(struct server *server)
{
	mutex_lock(&server->streams_lock);
	for (struct stream *s = server->streams; s != NULL; s = s->next) {
		s->woken = true;
		if (s->waiting) {
			s->waiting = false;
			MHD_resume_connection(s->handle);
		}
	}
	mutex_unlock(&server->streams_lock);
}

void server_stream_wake(struct server *server)
{
	streams_wake(server);
}
