/* SPDX-License-Identifier: Apache-2.0
 * Routes: plain tables, one per room, summed in src/main/serve.c. A handler is a function that runs
 * to completion on a loop thread; what takes a commit is handed to the writer and answered when it is done, what takes
 * long to other threads (call_apart): meanwhile a loop answers its other connections. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "base/issue.h"
#include "os/clock.h"
#include "store/search.h"

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS
};

struct server; /* everything a handler may use: see accessors */
struct store *server_store(struct server *server);
struct clock *server_clock(struct server *server);
struct str
server_base_url(struct server *server); /* "http://127.0.0.1:8080/fhir", no slash at the end */
bool server_is_dev(struct server *server);
void *server_room(struct server *server, const char *room); /* "ward": struct ward * */
/* Where the chain of the access log ends (access/audit.h); false while that is not known. */
bool server_log_head(struct server *server, int64_t *ret_number, char ret_hash[65]);

/* Everything of one request. Lives until the answer has been sent. */
struct call {
	struct server *server;
	struct arena arena;
	struct issues issues;
	enum http_method method;
	struct str path;                   /* decoded, without the query */
	struct str path_parts[8];          /* by the route's {name} parts, in order */
	struct search_argument *arguments; /* query string, decoded, in order */
	size_t argument_count;
	struct str body;
	int64_t received_us;
	struct str request_id;
	/* the answer */
	unsigned status;
	struct str answer;       /* in the arena, or static */
	struct str content_type; /* default application/fhir+json; charset=utf-8 */
	void *state;             /* the handler's own, kept until `finish` */
	void *connection;        /* the http file's own */
	struct named *named;     /* named.c: who asks, when they say so; else NULL */
};
/* Request header by name (any case), empty when absent. */
struct str call_header(const struct call *call, const char *name);
/* Both texts are copied. At most CALL_HEADERS_MAX of them. */
#define CALL_HEADERS_MAX 16
void call_answer_header(struct call *call, struct str name, struct str value);
/* The value of a query argument, empty when absent. */
struct str call_argument(const struct call *call, struct str name);
/* Answers with an OperationOutcome made of the error and the call's issues. */
void call_fail(struct call *call, enum error error);
void call_answer_json(struct call *call, unsigned status, const struct json *tree);
/* 200 with JSON that is no FHIR resource and that no cache keeps; `json` was made in the call's arena. ERROR_LIMIT when
 * it did not fit. */
void call_answer_live(struct call *call, struct text *json);
/* Reads the body as one FHIR JSON resource: media type (415), grammar (400), rules of FHIR (422). On an error
 * the findings stand in call->issues and call_fail is still to be called. */
MUST_CHECK enum error call_body_resource(struct call *call, struct json **ret_resource);
/* The same for JSON that is not FHIR: media type and grammar only. */
MUST_CHECK enum error call_body_json(struct call *call, struct json **ret_tree);
/* Hands the commit to the writer and returns; when it is durable (or failed) `finish` runs on a loop thread
 * and completes the answer. At most one at a time; `finish` may call it again. */
typedef void call_finish(struct call *call, struct store_commit *commit);
void call_commit(struct call *call, struct store_commit *commit, call_finish *finish);
/* The same for several commits at once that stand or fall each by itself (FHIR batch): `finish` runs
 * once, after the last, with the first of them. `commits` is borrowed until then. */
void call_commit_all(struct call *call, struct store_commit **commits, size_t count,
		     call_finish *finish);
/* Has `work` run on a thread for what takes long, as a handler would: it answers or calls call_commit. Nothing is
 * answered yet, and the handler does nothing more. Thread of `work`: another than the handler's. */
typedef void call_work(struct call *call);
void call_apart(struct call *call, call_work *work);
/* Server-sent events: answers 200 text/event-stream and keeps the connection. `next` is asked, on a loop thread,
 * whenever stream_wake was called or a second has passed, to append complete events to `text`; it
 * returns false to end the stream. `closed` is called once, when the client went away or the server stops. */
struct stream_source {
	bool (*next)(void *context, struct text *text);
	void (*closed)(void *context);
	void *context;
};
void call_stream(struct call *call, const struct stream_source *source);
void server_stream_wake(struct server *server); /* Thread: any */

typedef void route_handler(struct call *call);
struct route {
	enum http_method method;
	const char *path; /* "/ward/board", "/fhir/{type}/{id}/_history/{version}" */
	route_handler *handler;
	size_t body_bytes_max; /* 0: no body allowed */
	bool dev_only;
	const char *summary; /* one line for docs/reference/routes.md */
};

#endif
