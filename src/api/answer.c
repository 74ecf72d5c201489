/* SPDX-License-Identifier: Apache-2.0
 * What handlers do with a call, and how its answer is handed to libmicrohttpd. */
#include "api/server.h"

#include "api/header.h"
#include "base/date.h"
#include "base/limits.h"

#define ANSWER_BYTES_MAX ((size_t)512 * 1024 * 1024)
#define BYTES_PER_S_MIN 65536
#define ANSWER_LARGE_BYTES ((size_t)1024 * 1024) /* smaller ones are not counted */

static struct request *request_of(const struct call *call)
{
	return call->connection;
}

struct store *server_store(struct server *server)
{
	return server->options.store;
}

struct clock *server_clock(struct server *server)
{
	return server->options.clock;
}

struct str server_base_url(struct server *server)
{
	return server->base_url;
}

bool server_is_dev(struct server *server)
{
	return server->options.dev;
}

void *server_room(struct server *server, const char *room)
{
	for (size_t i = 0; i < server->room_count; i++) {
		if (strcmp(server->rooms[i].name, room) == 0)
			return server->rooms[i].pointer;
	}
	return NULL;
}

struct str call_header(const struct call *call, const char *name)
{
	const char *value = NULL;
	size_t length = 0;
	if (MHD_lookup_connection_value_n(request_of(call)->handle, MHD_HEADER_KIND, name,
					  strlen(name), &value, &length) != MHD_YES ||
	    value == NULL)
		return (struct str){ NULL, 0 };
	return (struct str){ value, length };
}

void call_answer_header(struct call *call, struct str name, struct str value)
{
	struct request *request = request_of(call);
	ASSERT(request->header_count < CALL_HEADERS_MAX);
	struct answer_header *header = &request->headers[request->header_count++];
	header->name = arena_copy(&call->arena, name);
	header->value = arena_copy(&call->arena, value);
	if (header->name.ptr == NULL || header->value.ptr == NULL)
		request->header_count--;
}

struct str call_argument(const struct call *call, struct str name)
{
	for (size_t i = 0; i < call->argument_count; i++) {
		if (str_equal(call->arguments[i].name, name))
			return call->arguments[i].value;
	}
	return (struct str){ NULL, 0 };
}

static bool wants_pretty(const struct call *call)
{
	return str_equal(call_argument(call, STR("_pretty")), STR("true"));
}

void call_answer_json(struct call *call, unsigned status, const struct json *tree)
{
	struct text text;
	text_init(&text, &call->arena, ANSWER_BYTES_MAX);
	if (tree != NULL && wants_pretty(call))
		json_print_pretty(&text, tree);
	else if (tree != NULL)
		json_print(&text, tree);
	if (tree == NULL || text.failed || call->arena.failed) {
		call->status = 500;
		call->answer =
			STR("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":"
			    "\"error\",\"code\":\"too-costly\",\"diagnostics\":\"The answer is "
			    "larger than this server builds.\"}]}");
		call->content_type = (struct str){ NULL, 0 };
		return;
	}
	call->status = status;
	call->answer = text_view(&text);
}

void call_answer_live(struct call *call, struct text *json)
{
	struct str view = text_view(json);
	if (json->failed || call->arena.failed) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	call->status = 200;
	call->answer = view;
	call->content_type = STR("application/json; charset=utf-8");
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
}

void call_fail(struct call *call, enum error error)
{
	const struct error_row *row = error_row(error);
	ASSERT(error != ERROR_OK);
	/* Out of memory for the request: the outcome is built anew in an empty arena. */
	if (call->arena.failed) {
		arena_reset(&call->arena);
		issues_init(&call->issues, &call->arena);
		request_of(call)->header_count = 0;
		call->arguments = NULL;
		call->argument_count = 0;
		call->named = NULL; /* it stood there; nothing is shown */
		call->request_id = (struct str){ NULL, 0 };
	}
	if (row->retry == ERROR_RETRY_LATER)
		call_answer_header(call, STR("Retry-After"),
				   error == ERROR_STORAGE_FULL ? STR("10") : STR("1"));
	call->content_type = (struct str){ NULL, 0 };
	call_answer_json(call, row->http_status, fhir_outcome(&call->arena, error, &call->issues));
}

void call_commit(struct call *call, struct store_commit *commit, call_finish *finish)
{
	struct request *request = request_of(call);
	request->single = commit;
	call_commit_all(call, &request->single, 1, finish);
}

void call_commit_all(struct call *call, struct store_commit **commits, size_t count,
		     call_finish *finish)
{
	struct request *request = request_of(call);
	ASSERT(count > 0 && request->commit_count == 0);
	request->commits = commits;
	request->commit_count = count;
	request->finish = finish;
}

void call_apart(struct call *call, call_work *work)
{
	struct request *request = request_of(call);
	ASSERT(request->work == NULL && request->commit_count == 0 && call->status == 0);
	request->work = work;
}

void call_stream(struct call *call, const struct stream_source *source)
{
	struct request *request = request_of(call);
	request->source = *source;
	request->has_stream = true;
	call->status = 200;
}

static enum error check_json_type(struct call *call)
{
	struct str type = call_header(call, "Content-Type");
	struct str format = call_argument(call, STR("_format"));
	(void)format;
	if (header_format_of(type) == HEADER_FORMAT_JSON)
		return ERROR_OK;
	return issue_add(&call->issues, ERROR_MEDIA_TYPE, STR(""),
			 "send the body as Content-Type: application/fhir+json");
}

enum error call_body_json(struct call *call, struct json **ret_tree)
{
	enum error error = check_json_type(call);
	if (error != ERROR_OK)
		return error;
	return json_parse(&call->arena, call->body, NULL, &call->issues, ret_tree);
}

enum error call_body_resource(struct call *call, struct json **ret_resource)
{
	struct json *tree = NULL;
	enum error error = call_body_json(call, &tree);
	if (error == ERROR_OK)
		error = fhir_validate(&call->arena, tree, &call->issues);
	if (error == ERROR_OK)
		*ret_resource = tree;
	return error;
}

/* --- handing over --------------------------------------------------------------------------- */

static void add_cors(struct request *request, struct MHD_Response *response)
{
	struct call *call = &request->call;
	struct str allowed = call->server->options.cors_origins;
	struct str origin = call_header(call, "Origin");
	if (allowed.len == 0 || origin.len == 0)
		return;
	bool listed = false;
	while (allowed.len > 0 && !listed) {
		struct str one = str_trim(str_cut(&allowed, ','));
		listed = str_equal(one, STR("*")) || str_equal(one, origin);
	}
	if (!listed)
		return;
	MHD_add_response_header(response, "Access-Control-Allow-Origin", origin.ptr);
	MHD_add_response_header(response, "Vary", "Origin");
	MHD_add_response_header(response, "Access-Control-Expose-Headers",
				"ETag, Location, Last-Modified, X-Request-Id, Content-Location");
	if (call->method != HTTP_OPTIONS)
		return;
	MHD_add_response_header(response, "Access-Control-Allow-Methods",
				"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
	MHD_add_response_header(response, "Access-Control-Allow-Headers",
				"Accept, Content-Type, If-Match, If-None-Match, If-None-Exist, "
				"If-Modified-Since, Idempotency-Key, Prefer, X-Request-Id");
	MHD_add_response_header(response, "Access-Control-Max-Age", "600");
}

static void add_headers(struct request *request, struct MHD_Response *response)
{
	struct call *call = &request->call;
	for (size_t i = 0; i < request->header_count; i++)
		MHD_add_response_header(response, request->headers[i].name.ptr,
					request->headers[i].value.ptr);
	if (call->request_id.len > 0)
		MHD_add_response_header(response, "X-Request-Id", call->request_id.ptr);
	if (atomic_load_explicit(&call->server->stopping, memory_order_relaxed))
		MHD_add_response_header(response, "Connection", "close");
	add_cors(request, response);
}

static void keep(void *context)
{
	(void)context;
}

static struct MHD_Response *body_response(struct request *request)
{
	struct call *call = &request->call;
	union {
		const char *in;
		char *out;
	} bytes = { .in = call->answer.ptr };
	struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
		call->answer.len, bytes.out, keep, NULL);
	if (response == NULL)
		return NULL;
	if (call->answer.len > 0 || call->method == HTTP_HEAD) {
		struct str type = call->content_type;
		if (type.len > 0)
			type = arena_copy(&call->arena, type);
		MHD_add_response_header(response, "Content-Type",
					type.len > 0 ? type.ptr
						     : "application/fhir+json; charset=utf-8");
		MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	}
	return response;
}

/* Clients that ask for large pages and do not read them must not take all memory. What was stored is always said. */
static bool answer_has_room(struct request *request)
{
	struct server *server = request->call.server;
	size_t held = request->call.arena.used;
	if (held < ANSWER_LARGE_BYTES || request->commits != NULL || request->answer_held > 0)
		return true;
	if (atomic_fetch_add(&server->answers_bytes, held) + held > LIMIT_ANSWERS_BYTES_MAX) {
		atomic_fetch_sub(&server->answers_bytes, held);
		return false;
	}
	request->answer_held = held;
	return true;
}

enum MHD_Result answer_send(struct request *request)
{
	struct call *call = &request->call;
	if (!answer_has_room(request)) {
		arena_done(&call->arena);
		arena_init(&call->arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
		issues_init(&call->issues, &call->arena);
		request->header_count = 0;
		call->request_id = (struct str){ NULL, 0 };
		call->arguments = NULL;
		call->argument_count = 0;
		call_fail(call, issue_add(&call->issues, ERROR_BUSY, STR(""),
					  "too many large answers are on their way: ask for fewer "
					  "at a time with _count"));
	}
	struct MHD_Response *response =
		request->has_stream ? stream_response(request) : body_response(request);
	if (response == NULL)
		return MHD_NO;
	add_headers(request, response);
	const struct server_options *options = &call->server->options;
	if (request->has_stream)
		connection_phase(request->connection, PHASE_STREAM, 0);
	else
		connection_phase(request->connection, PHASE_SENDING,
				 clock_monotonic_us() +
					 ((int64_t)options->answer_timeout_s +
					  (int64_t)(call->answer.len / BYTES_PER_S_MIN)) *
						 DATE_US_PER_S);
	enum MHD_Result result = MHD_queue_response(request->handle, call->status, response);
	MHD_destroy_response(response);
	return result;
}
