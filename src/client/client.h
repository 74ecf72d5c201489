/* SPDX-License-Identifier: Apache-2.0
 * A small FHIR client over HTTP: one connection kept alive, one request at a time, answers into the
 * caller's arena. Thread: a client belongs to one thread.
 *
 * Trying again. Nothing was sent (connection refused, name not found), or the server said that nothing was
 * done (429, 503): any request is tried again, as Retry-After says or with growing pauses, until
 * `retry_ms_max` has passed. The connection broke after sending: only a request that may be repeated is
 * tried again (GET, PUT, DELETE, and a POST that says so); any other is CLIENT_BROKEN, its outcome unknown. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include "base/issue.h"
#include "base/text.h"

struct client;

struct client_options {
	/* "http://host:port" (its FHIR base is /fhir below it) or a FHIR base with its path. */
	struct str url;
	int timeout_ms;   /* one request; 0: 120,000 */
	int retry_ms_max; /* all tries of one request; 0: 60,000 */
};
/* ERROR_BAD_REQUEST with an issue when the address is not http:// or https://. */
MUST_CHECK enum error client_open(const struct client_options *options, struct issues *issues,
				  struct client **ret_client);
void client_close(struct client *client);
/* "http://host:port/fhir", no slash at the end; lives as long as the client. */
struct str client_base_url(const struct client *client);

enum client_method { CLIENT_GET, CLIENT_POST, CLIENT_PUT, CLIENT_DELETE };
struct client_request {
	enum client_method method;
	struct str path;  /* "/Patient?name=x" below the FHIR base, percent-encoded by the caller */
	bool from_origin; /* path is below "http://host:port": "/dev/clock" */
	struct str body;  /* JSON */
	bool repeatable;  /* a POST that may be sent twice without harm */
	struct str prefer;          /* "return=minimal"; empty: not sent */
	struct str if_none_exist;   /* search; empty: not sent */
	struct str idempotency_key; /* docs/decisions/0013; empty: not sent */
};
enum client_result {
	CLIENT_ANSWERED,    /* whatever the status */
	CLIENT_UNREACHABLE, /* nothing was done */
	CLIENT_BROKEN,      /* no answer; it may have been done */
};
struct client_answer {
	unsigned status;
	struct str body;
	struct str location; /* header, or empty */
	unsigned tries;
	struct str diagnostics; /* of the connection when there was no answer, no personal data */
};
/* A status of 429 or 503 is returned as an answer once the time for tries is over. */
enum client_result client_send(struct client *client, struct arena *arena,
			       const struct client_request *request,
			       struct client_answer *ret_answer);
/* Appends `value` percent-encoded for a query value. */
void client_encode(struct text *text, struct str value);

/* `homeward import [--url URL] [--state FILE] [--parallel N] FILE-or-FOLDER...`. Exit code. */
int import_command(int argument_count, char **arguments);

#endif
