/* SPDX-License-Identifier: Apache-2.0
 * One request to somebody else's address: webhooks, gateways, push services. Redirects are not followed, the
 * answer's body is not read past a few kilobytes, the whole exchange has a time limit. Thread: any. */
#ifndef CLIENT_POST_H
#define CLIENT_POST_H

#include "base/arena.h"

#define POST_HEADERS_MAX 8
#define POST_RECEIPT_BYTES 129

struct post {
	const char *url; /* http:// or https:// */
	struct str body;
	const char *headers[POST_HEADERS_MAX]; /* "Name: value", NULL ends the list */
	const char *content_type;              /* NULL: application/json */
	const char *authorities; /* file of further roots of trust; NULL or empty: the system's */
	bool get;                /* GET, without a body */
	int timeout_ms;
	struct arena *arena; /* for the answer's body; NULL: it is not kept */
};
struct post_answer {
	unsigned status; /* 0: no answer */
	bool connected;  /* something may have been sent */
	/* What the receiver calls the delivery: its X-Request-Id or Location header, or empty. */
	char receipt[POST_RECEIPT_BYTES];
	struct str body; /* at most 64 KiB, in post.arena */
};
void post_send(const struct post *post, struct post_answer *ret_answer);

#endif
