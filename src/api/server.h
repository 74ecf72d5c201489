/* SPDX-License-Identifier: Apache-2.0
 * Inside of the HTTP server; for the files of this room only. */
#ifndef API_SERVER_H
#define API_SERVER_H

#include "api/counters.h"
#include "api/http.h"
#include "os/queue.h"
#include "os/thread.h"

#include <microhttpd.h>
#include <stdatomic.h>

#define SERVER_ROOMS_MAX 8
#define SERVER_THREADS_MAX 16
#define SERVER_APART_MAX 8 /* of 16 readers that a store has: the loops have the others */

/* What a connection is doing, for the watch over slow clients. */
enum phase { PHASE_WAITING, PHASE_BODY, PHASE_WORKING, PHASE_SENDING, PHASE_STREAM };

enum stage { STAGE_HEADER, STAGE_BODY, STAGE_WAITING_WORK, STAGE_WAITING_COMMIT, STAGE_ANSWERED };

struct connection;

struct answer_header {
	struct str name;
	struct str value;
};

/* One request; lives in its connection and is used again for the next. Thread: the loop's. */
struct request {
	struct call call;
	struct connection *connection;
	struct MHD_Connection *handle;
	enum stage stage;
	bool active; /* between the request line and the end of the answer */
	bool handler_ran;
	const struct route *route;
	size_t route_index;
	enum error target_error;
	const char *target; /* in libmicrohttpd's buffer, until the header is read */
	size_t target_length;
	struct url url;
	/* body */
	char *body;
	size_t body_length;
	size_t body_capacity; /* also what is charged to server->bodies_bytes */
	size_t body_limit;
	size_t body_discarded;
	bool body_refused; /* past the limit, and the client has been told */
	/* answer */
	struct answer_header headers[CALL_HEADERS_MAX];
	size_t header_count;
	bool failed_headers;
	size_t answer_held; /* charged to server->answers_bytes */
	call_work *work;    /* to be done by another thread (apart.c); NULL: none */
	/* commits */
	struct store_commit *single;
	struct store_commit **commits;
	size_t commit_count;
	call_finish *finish;
	atomic_size_t outstanding;
	/* stream */
	struct stream_source source;
	bool has_stream;
	int64_t started_us; /* monotonic */
};

/* One TCP connection. List links: under server->connections_lock. */
struct connection {
	struct connection *next;
	struct connection *previous;
	struct server *server;
	int socket;
	atomic_int phase;
	atomic_llong deadline_us; /* monotonic, of the phase; 0: none */
	uint64_t bytes_seen;      /* the watch's: TCP bytes received when last found idle */
	bool bytes_known;
	unsigned served_seen;
	bool cut;
	atomic_uint served; /* requests completed */
	struct request request;
};

struct stream;

struct server {
	struct server_options options;
	struct router *router;
	struct counters *counters;
	struct MHD_Daemon *daemon;
	int socket;
	struct arena arena; /* texts of the options; written at start only */
	struct str address;
	struct str base_url;
	struct {
		const char *name;
		void *pointer;
	} rooms[SERVER_ROOMS_MAX];
	size_t room_count;
	atomic_bool open;
	atomic_bool stopping;
	atomic_size_t requests_active;
	atomic_size_t bodies_bytes;
	atomic_size_t answers_bytes;   /* memory of large answers that clients are still taking */
	atomic_size_t commits_waiting; /* requests asleep until the writer is done */
	atomic_size_t works_waiting;   /* requests asleep until apart.c is done */
	atomic_size_t connections_open;
	struct mutex connections_lock;
	struct connection *connections;
	struct mutex streams_lock;
	struct stream *streams;
	size_t stream_count;
	struct queue *apart; /* of struct request *: a connection has one at the most */
	struct thread apart_threads[SERVER_APART_MAX];
	struct thread watch;
	struct mutex watch_lock;
	struct condition watch_end;
	struct mutex capabilities_lock;
	struct arena capabilities_arena; /* capabilities.c: built on first use */
	struct str capabilities;
	struct str capabilities_etag;
	char boot_id[37];
	atomic_ullong request_number;
};

/* watch.c: connections and the thread that cuts slow ones and ticks the streams. */
struct connection *connection_open(struct server *server, int socket);
void connection_close(struct connection *connection);
void connection_phase(struct connection *connection, enum phase phase, int64_t deadline_us);
MUST_CHECK enum error watch_start(struct server *server);
void watch_stop(struct server *server);
/* apart.c: threads for what takes long, so that no connection of a loop waits for another's question. */
MUST_CHECK enum error apart_start(struct server *server, unsigned threads, struct issues *issues);
void apart_stop(
	struct server *server); /* does what still waits; later work is its caller's thread's */
/* The request's connection is suspended; when its work is done it is resumed. */
void apart_submit(struct request *request);
/* stream.c */
struct MHD_Response *stream_response(struct request *request);
void streams_wake(struct server *server);
/* refusal.c: a whole HTTP answer written past libmicrohttpd, for a client that is cut off. */
void refusal_send(int socket, enum error error);

/* framing.c: ERROR_MALFORMED when a header leaves open where the request ends; the connection must end. */
MUST_CHECK enum error framing_check(struct request *request);
/* Only plain bodies are read. */
MUST_CHECK enum error coding_check(struct request *request);
/* request.c: libmicrohttpd's callbacks. */
void *request_line(void *context, const char *target, struct MHD_Connection *handle);
enum MHD_Result request_step(void *context, struct MHD_Connection *handle, const char *url,
			     const char *method, const char *version, const char *upload,
			     size_t *upload_size, void **request);
void request_completed(void *context, struct MHD_Connection *handle, void **request,
		       enum MHD_RequestTerminationCode code);
/* What is left of a request that is over, or whose connection is; nothing for one that has ended. */
void request_end(struct request *request);
/* answer.c */
enum MHD_Result answer_send(struct request *request);

#endif
