/* SPDX-License-Identifier: Apache-2.0
 * The watcher's own way to people, which shares nothing with the server's: a POST to a pager service and a program of
 * the site (a modem, a mailer). Each page is tried by every way given until that way took it, or a newer
 * page replaces it. No person's data is in a page. Thread: one. */
#ifndef WATCH_PAGER_H
#define WATCH_PAGER_H

#include "base/str.h"

#define PAGER_TEXT_BYTES 240

struct pager_options {
	const char *url;     /* NULL: none */
	struct str secret;   /* signs the POST, X-Homeward-Signature: sha256=HMAC of the body */
	const char *program; /* path; NULL: none; called with event and text, 0 is success */
	int64_t retry_us;
};
struct pager {
	struct pager_options options;
	char id[37]; /* Idempotency-Key: the same for every try */
	char event[24];
	char text[PAGER_TEXT_BYTES];
	char time[25];
	bool url_owed, program_owed;
	int64_t next_us; /* monotonic: the next try */
};
void pager_init(struct pager *pager, const struct pager_options *options);
/* `event`: "lost", "still-lost", "recovered", "self-test-failed", "log-cut"; `text`: one plain sentence. */
void pager_page(struct pager *pager, const char *event, const char *text, int64_t wall_us);
/* Tries what is owed and due. */
void pager_run(struct pager *pager, int64_t now_us);
/* When pager_run is to be called next; INT64_MAX when nothing is owed. */
int64_t pager_due_us(const struct pager *pager);

#endif
