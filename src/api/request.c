/* SPDX-License-Identifier: Apache-2.0
 * The life of one request on its loop thread: request line, header, body, handler, commit, answer.
 * libmicrohttpd calls request_step again whenever there is more body, when a suspended connection was
 * resumed, and once the request is complete. */
#include "api/assets.h"
#include "api/named.h"
#include "api/server.h"

#include "base/date.h"
#include "base/limits.h"
#include "os/socket.h"

/* What a slow but honest client reaches at the least, either way. */
#define BYTES_PER_S_MIN 65536
/* Read and dropped of a body that is refused. */
#define DISCARD_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define DISCARD_S_MAX 5
/* A connection keeps this much memory between requests. */
#define ARENA_KEPT_BYTES ((size_t)256 * 1024)

static void request_reset(struct request *request)
{
	struct server *server = request->connection->server;
	struct call *call = &request->call;
	if (call->arena.used > ARENA_KEPT_BYTES || call->arena.limit == 0) {
		if (call->arena.limit != 0)
			arena_done(&call->arena);
		arena_init(&call->arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	} else {
		arena_reset(&call->arena);
	}
	issues_init(&call->issues, &call->arena);
	request->stage = STAGE_HEADER;
	request->handler_ran = false;
	request->route = NULL;
	request->route_index = router_count(server->router);
	request->body = NULL;
	request->body_length = request->body_capacity = request->body_limit = 0;
	request->body_discarded = 0;
	request->body_refused = false;
	request->header_count = 0;
	request->failed_headers = false;
	request->work = NULL;
	request->commits = NULL;
	request->commit_count = 0;
	request->has_stream = false;
	call->status = 0;
	call->answer = call->content_type = call->body = call->request_id = (struct str){ 0 };
	call->arguments = NULL;
	call->argument_count = 0;
	call->state = NULL;
	memset(call->path_parts, 0, sizeof(call->path_parts));
}

static size_t parameters_about(const char *target)
{
	size_t count = 1;
	for (const char *at = strchr(target, '&'); at != NULL; at = strchr(at + 1, '&'))
		count++;
	return count;
}

void *request_line(void *context, const char *target, struct MHD_Connection *handle)
{
	struct server *server = context;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *connection = info == NULL ? NULL : info->socket_context;
	if (connection == NULL)
		return NULL;
	struct request *request = &connection->request;
	request_reset(request);
	request->handle = handle;
	request->active = true;
	atomic_fetch_add(&server->requests_active, 1);
	request->started_us = clock_monotonic_us();
	request->target = target;
	request->target_length = strlen(target);
	struct str copy = arena_copy(&request->call.arena, str_from_c(target));
	request->url = (struct url){ 0 };
	request->target_error = url_parse(&request->call.arena, copy, &request->url);
	/* libmicrohttpd takes the parameters apart once more, and when they do not fit into its buffer it waits
	 * for ever. */
	if (parameters_about(target) > URL_ARGUMENTS_MAX) {
		request->call.status = error_row(ERROR_URL_TOO_LONG)->http_status;
		refusal_send(connection->socket, ERROR_URL_TOO_LONG);
		socket_cut(connection->socket);
	}
	return request;
}

/* In the line "GET target version" one space, now a NUL, stands between the last two: where there is more, the
 * target went on behind a NUL of its own. */
static bool target_is_whole(const struct request *request, const char *version)
{
	uintptr_t end = (uintptr_t)request->target + request->target_length;
	return (uintptr_t)version <= end || (uintptr_t)version == end + 1;
}

void request_completed(void *context, struct MHD_Connection *handle, void **state,
		       enum MHD_RequestTerminationCode code)
{
	struct request *request = *state;
	(void)context;
	(void)handle;
	(void)code;
	if (request != NULL)
		request_end(request);
	*state = NULL;
}

void request_end(struct request *request)
{
	struct server *server = request->connection->server;
	if (!request->active)
		return;
	ASSERT(atomic_load(&request->outstanding) == 0);
	/* The client left before the commit came back: nobody will run its finish. */
	if (request->stage == STAGE_WAITING_COMMIT)
		atomic_fetch_sub(&server->commits_waiting, 1);
	if (request->stage == STAGE_WAITING_WORK)
		atomic_fetch_sub(&server->works_waiting, 1);
	int64_t now_us = clock_monotonic_us();
	/* A client that left before the answer is counted as 499 would be: class 4xx. */
	unsigned status = request->call.status == 0 ? 499 : request->call.status;
	counters_count(server->counters, request->route_index, status,
		       now_us - request->started_us);
	if (request->body_capacity > 0)
		atomic_fetch_sub(&server->bodies_bytes, request->body_capacity);
	if (request->has_stream && request->stage != STAGE_ANSWERED)
		request->source.closed(request->source.context);
	if (request->answer_held > 0)
		atomic_fetch_sub(&server->answers_bytes, request->answer_held);
	request->answer_held = 0;
	request->body_capacity = 0;
	request->active = false;
	if (request->call.arena.used > ARENA_KEPT_BYTES) {
		arena_done(&request->call.arena);
		arena_init(&request->call.arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	}
	atomic_fetch_sub(&server->requests_active, 1);
	atomic_fetch_add_explicit(&request->connection->served, 1, memory_order_relaxed);
	connection_phase(request->connection, PHASE_WAITING,
			 now_us + server->options.request_timeout_s * DATE_US_PER_S);
}

/* --- the header ----------------------------------------------------------------------------- */

static bool method_of(const char *name, enum http_method *ret_method)
{
	static const struct {
		const char *name;
		enum http_method method;
	} methods[] = {
		{ "GET", HTTP_GET },         { "HEAD", HTTP_HEAD },   { "POST", HTTP_POST },
		{ "PUT", HTTP_PUT },         { "PATCH", HTTP_PATCH }, { "DELETE", HTTP_DELETE },
		{ "OPTIONS", HTTP_OPTIONS },
	};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(methods[i].name, name) == 0) {
			*ret_method = methods[i].method;
			return true;
		}
	}
	return false;
}

/* "localhost", 127.x.x.x or [::1], with or without a port. */
static bool names_loopback(struct str host)
{
	if (host.len > 0 && host.ptr[0] == '[')
		return str_starts_with(host, STR("[::1]"));
	struct str name = str_cut(&host, ':');
	if (str_equal_ignore_ascii_case(name, STR("localhost")))
		return true;
	if (!str_starts_with(name, STR("127.")))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] != '.' && (name.ptr[i] < '0' || name.ptr[i] > '9'))
			return false;
	}
	return true;
}

static bool origin_allowed(const struct server *server, struct str origin, struct str host)
{
	size_t mark = str_find(origin, STR("://"));
	if (mark < origin.len && str_equal(str_slice(origin, mark + 3, origin.len), host))
		return true;
	struct str allowed = server->options.cors_origins;
	while (allowed.len > 0) {
		struct str one = str_trim(str_cut(&allowed, ','));
		if (str_equal(one, STR("*")) || str_equal(one, origin))
			return true;
	}
	return false;
}

/* Who may talk to us at all. A page of another site must not write here with the user's browser, and with
 * --dev must not even reach us under a name of its own (DNS rebinding). */
static enum error check_origin(struct request *request)
{
	struct call *call = &request->call;
	const struct server *server = call->server;
	struct str host = call_header(call, "Host");
	if (server->options.dev && !names_loopback(host))
		return issue_add(&call->issues, ERROR_FORBIDDEN, STR(""),
				 "in --dev mode only requests to localhost, 127.0.0.1 or [::1] are "
				 "answered: the Host header names something else");
	struct str origin = call_header(call, "Origin");
	bool reads = call->method == HTTP_GET || call->method == HTTP_HEAD ||
		     call->method == HTTP_OPTIONS;
	if (origin.len > 0 && !reads && !origin_allowed(server, origin, host))
		return issue_add(
			&call->issues, ERROR_FORBIDDEN, STR(""),
			"this Origin may not write: the setting http.cors_origins lists those "
			"that may");
	return ERROR_OK;
}

static void echo_request_id(struct call *call)
{
	struct server *server = call->server;
	struct str given = call_header(call, "X-Request-Id");
	bool usable = given.len > 0 && given.len <= 128;
	for (size_t i = 0; i < given.len && usable; i++)
		usable = given.ptr[i] > ' ' && given.ptr[i] <= '~';
	if (usable) {
		call->request_id = arena_copy(&call->arena, given);
		return;
	}
	struct text text;
	text_init(&text, &call->arena, 64);
	text_put_format(&text, "%s-%llu", server->boot_id,
			(unsigned long long)atomic_fetch_add(&server->request_number, 1));
	call->request_id = text_view(&text);
}

/* How much body there will be, and whether that is allowed; memory for all of it at once. */
static enum error body_begin(struct request *request)
{
	struct call *call = &request->call;
	struct server *server = call->server;
	struct str length_text = call_header(call, "Content-Length");
	bool chunked = call_header(call, "Transfer-Encoding").len > 0;
	uint64_t length = 0;
	if (length_text.len > 0 && !str_to_u64(str_trim(length_text), &length))
		return ERROR_BAD_REQUEST;
	size_t limit = request->route == NULL ? 0 : request->route->body_bytes_max;
	request->body_limit =
		limit < server->options.body_bytes_max ? limit : server->options.body_bytes_max;
	if (length > request->body_limit || (chunked && request->body_limit == 0))
		return issue_add(&call->issues, ERROR_TOO_LARGE, STR(""),
				 "a body of at most %zu bytes is taken here", request->body_limit);
	size_t capacity = chunked ? 65536 : (size_t)length;
	if (capacity > request->body_limit)
		capacity = request->body_limit;
	if (capacity == 0)
		return ERROR_OK;
	if (atomic_fetch_add(&server->bodies_bytes, capacity) + capacity >
	    server->options.bodies_bytes_max) {
		atomic_fetch_sub(&server->bodies_bytes, capacity);
		return issue_add(&call->issues, ERROR_BUSY, STR(""),
				 "too many bytes are being received at this moment");
	}
	request->body_capacity = capacity;
	request->body = arena_take(&call->arena, capacity, 1);
	if (request->body == NULL)
		return ERROR_LIMIT;
	connection_phase(request->connection, PHASE_BODY,
			 clock_monotonic_us() + ((int64_t)server->options.request_timeout_s +
						 (int64_t)(length / BYTES_PER_S_MIN)) *
							DATE_US_PER_S);
	return ERROR_OK;
}

static enum error find_route(struct request *request, bool method_known)
{
	struct call *call = &request->call;
	struct server *server = call->server;
	struct route_match match;
	router_find(server->router, call->method, request->url.segments, request->url.segment_count,
		    &match);
	if (match.methods == 0 && (call->method == HTTP_GET || call->method == HTTP_HEAD) &&
	    method_known && assets_answer(call))
		return ERROR_OK;
	if (match.methods == 0)
		return issue_add(&call->issues, ERROR_NOT_FOUND, STR(""),
				 "there is nothing at this address; the FHIR base is /fhir");
	struct text text;
	text_init(&text, &call->arena, 128);
	router_methods_print(&text, match.methods);
	if (method_known && call->method == HTTP_OPTIONS) {
		call->status = 204;
		call_answer_header(call, STR("Allow"), text_view(&text));
		return ERROR_OK;
	}
	if (!method_known || match.index == router_count(server->router)) {
		call_answer_header(call, STR("Allow"), text_view(&text));
		return ERROR_METHOD;
	}
	request->route_index = match.index;
	request->route = router_at(server->router, match.index);
	memcpy(call->path_parts, match.parts, sizeof(call->path_parts));
	return ERROR_OK;
}

static bool has_body(const struct call *call)
{
	struct str length = call_header(call, "Content-Length");
	return call_header(call, "Transfer-Encoding").len > 0 ||
	       (length.len > 0 && !str_equal(str_trim(length), STR("0")));
}

static enum error header_check(struct request *request, bool method_known)
{
	struct call *call = &request->call;
	struct server *server = call->server;
	if (atomic_load(&server->stopping) || !atomic_load(&server->open))
		return issue_add(&call->issues, ERROR_BUSY, STR(""),
				 "the server is starting or stopping");
	if (request->target_error != ERROR_OK)
		return issue_add(
			&call->issues, request->target_error, STR(""),
			"the address is longer than %d bytes, has too many parts, or holds a "
			"broken %%-escape or text that is not UTF-8",
			LIMIT_URL_BYTES_MAX);
	enum error error = check_origin(request);
	if (error == ERROR_OK)
		error = find_route(request, method_known);
	if (error == ERROR_OK && has_body(call))
		error = coding_check(request);
	if (error == ERROR_OK)
		error = body_begin(request);
	return error;
}

/* --- handler, commits, answer --------------------------------------------------------------- */

static void commit_done(struct store_commit *commit)
{
	struct request *request = commit->context;
	struct MHD_Connection *handle = request->handle;
	/* After the last one is counted the request is the loop thread's again. */
	if (atomic_fetch_sub(&request->outstanding, 1) == 1)
		MHD_resume_connection(handle);
}

/* The connection sleeps first: the writer may be done before store_submit returns. */
static void commits_submit(struct request *request)
{
	struct store *store = request->connection->server->options.store;
	size_t count = request->commit_count;
	connection_phase(request->connection, PHASE_WORKING, 0);
	request->stage = STAGE_WAITING_COMMIT;
	atomic_store(&request->outstanding, count + 1);
	atomic_fetch_add(&request->connection->server->commits_waiting, 1);
	MHD_suspend_connection(request->handle);
	for (size_t i = 0; i < count; i++) {
		struct store_commit *commit = request->commits[i];
		commit->context = request;
		commit->done = commit_done;
		enum error error = store_submit(store, commit);
		if (error != ERROR_OK) {
			commit->error = error;
			commit->failed_write = commit->write_count;
			atomic_fetch_sub(&request->outstanding, 1);
		}
	}
	if (atomic_fetch_sub(&request->outstanding, 1) == 1)
		MHD_resume_connection(request->handle);
}

/* After a handler, its work or a finish has run: work elsewhere, more commits, or the answer. */
static enum MHD_Result request_go_on(struct request *request)
{
	if (request->work != NULL) {
		apart_submit(request);
		return MHD_YES;
	}
	if (request->commit_count > 0) {
		commits_submit(request);
		return MHD_YES;
	}
	ASSERT(request->call.status != 0 || request->has_stream);
	request->stage = STAGE_ANSWERED;
	return answer_send(request);
}

static enum MHD_Result named_go_on(struct request *request)
{
	if (request->commit_count == 0 && request->work == NULL)
		named_leave(&request->call);
	return request_go_on(request);
}

static enum MHD_Result run_handler(struct request *request)
{
	struct call *call = &request->call;
	if (call->status != 0)
		return request_go_on(request);
	ASSERT(!request->handler_ran);
	request->handler_ran = true;
	call->body = (struct str){ request->body, request->body_length };
	connection_phase(request->connection, PHASE_WORKING, 0);
	if (!named_enter(call, request->url.segments, request->url.segment_count))
		return request_go_on(request);
	request->route->handler(call);
	return named_go_on(request);
}

static enum MHD_Result run_worked(struct request *request)
{
	atomic_fetch_sub(&request->connection->server->works_waiting, 1);
	return named_go_on(request);
}

static enum MHD_Result run_finish(struct request *request)
{
	ASSERT(atomic_load(&request->outstanding) == 0);
	struct store_commit *first = request->commits[0];
	atomic_fetch_sub(&request->connection->server->commits_waiting, 1);
	request->commit_count = 0;
	request->finish(&request->call, first);
	return named_go_on(request);
}

/* An answer before the body is read makes libmicrohttpd close the connection: right where there is a
 * body that nobody wants, a waste otherwise. */
static enum MHD_Result answer_early(struct request *request)
{
	if (!has_body(&request->call))
		return MHD_YES;
	request->stage = STAGE_ANSWERED;
	return answer_send(request);
}

static enum MHD_Result request_begin(struct request *request, const char *method,
				     const char *version)
{
	struct call *call = &request->call;
	bool known = method_of(method, &call->method);
	request->stage = STAGE_BODY;
	call->received_us = clock_now_us(call->server->options.clock);
	call->path = request->url.path;
	call->arguments = request->url.arguments;
	call->argument_count = request->url.argument_count;
	echo_request_id(call);
	enum error error = framing_check(request);
	if (error == ERROR_OK && !target_is_whole(request, version))
		error = ERROR_MALFORMED;
	if (error != ERROR_OK) {
		/* What follows on this connection means nothing: answered now, it is closed. */
		call_answer_header(call, STR("Connection"), STR("close"));
		call_fail(call, error);
		request->stage = STAGE_ANSWERED;
		return answer_send(request);
	}
	error = header_check(request, known);
	if (error != ERROR_OK)
		call_fail(call, error);
	return call->status == 0 ? MHD_YES : answer_early(request);
}

/* Chunked bodies grow by doubling; false past the limit. */
static bool body_room(struct request *request, size_t more)
{
	struct server *server = request->connection->server;
	size_t needed = request->body_length + more;
	if (needed <= request->body_capacity)
		return true;
	if (needed > request->body_limit)
		return false;
	size_t capacity = request->body_capacity;
	while (capacity < needed)
		capacity *= 2;
	if (capacity > request->body_limit)
		capacity = request->body_limit;
	char *body = arena_take(&request->call.arena, capacity, 1);
	if (body == NULL)
		return false;
	size_t growth = capacity - request->body_capacity;
	if (atomic_fetch_add(&server->bodies_bytes, growth) + growth >
	    server->options.bodies_bytes_max) {
		atomic_fetch_sub(&server->bodies_bytes, growth);
		return false;
	}
	memcpy(body, request->body, request->body_length);
	request->body = body;
	request->body_capacity = capacity;
	return true;
}

/* Amid a body libmicrohttpd takes no answer, so the refusal is written past it; closing at once would make
 * the client's system throw it away unread, so what still comes is read and dropped for a while. */
static void body_refuse(struct request *request)
{
	request->call.status = error_row(ERROR_TOO_LARGE)->http_status;
	request->body_refused = true;
	refusal_send(request->connection->socket, ERROR_TOO_LARGE);
	connection_phase(request->connection, PHASE_SENDING,
			 clock_monotonic_us() + DISCARD_S_MAX * DATE_US_PER_S);
}

static enum MHD_Result request_body(struct request *request, const char *upload, size_t *size)
{
	if (!request->body_refused && !body_room(request, *size))
		body_refuse(request);
	if (request->body_refused) {
		request->body_discarded += *size;
		*size = 0;
		return request->body_discarded <= DISCARD_BYTES_MAX ? MHD_YES : MHD_NO;
	}
	memcpy(request->body + request->body_length, upload, *size);
	request->body_length += *size;
	*size = 0;
	return MHD_YES;
}

enum MHD_Result request_step(void *context, struct MHD_Connection *handle, const char *url,
			     const char *method, const char *version, const char *upload,
			     size_t *upload_size, void **state)
{
	struct request *request = *state;
	(void)context;
	(void)url;
	if (request == NULL)
		return MHD_NO;
	ASSERT(request->handle == handle);
	switch (request->stage) {
	case STAGE_HEADER:
		return request_begin(request, method, version);
	case STAGE_BODY:
		if (*upload_size > 0)
			return request_body(request, upload, upload_size);
		return request->body_refused ? MHD_NO : run_handler(request);
	case STAGE_WAITING_WORK:
		return run_worked(request);
	case STAGE_WAITING_COMMIT:
		return run_finish(request);
	case STAGE_ANSWERED:
		*upload_size = 0;
		return MHD_YES;
	}
	return MHD_NO;
}
