/* SPDX-License-Identifier: Apache-2.0
 * One POST to somebody else's address: webhooks. Redirects are not followed, the answer's body is not
 * read past a few kilobytes, the whole exchange has a time limit. Thread: any. */
#ifndef CLIENT_POST_H
#define CLIENT_POST_H

#include "base/arena.h"

#define POST_HEADERS_MAX 8
#define POST_RECEIPT_BYTES 129

struct post {
	const char *url;                       /* http:// or https:// */
	struct str body;                       /* application/json */
	const char *headers[POST_HEADERS_MAX]; /* "Name: value", NULL ends the list */
	int timeout_ms;
};
struct post_answer {
	unsigned status; /* 0: no answer */
	/* What the receiver calls the delivery: its X-Request-Id or Location header, or empty. */
	char receipt[POST_RECEIPT_BYTES];
};
void post_send(const struct post *post, struct post_answer *ret_answer);

#endif
