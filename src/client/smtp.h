/* SPDX-License-Identifier: Apache-2.0
 * One message to one mail server (RFC 5321, STARTTLS of RFC 3207), by libcurl. Thread: any. */
#ifndef CLIENT_SMTP_H
#define CLIENT_SMTP_H

#include "base/str.h"

struct smtp {
	const char *url;             /* smtp://host:587 or smtps://host */
	const char *from, *to;       /* addresses alone */
	const char *user, *password; /* empty: no login */
	const char *authorities;     /* file of further roots of trust; empty: the system's */
	bool plain;                  /* no TLS: else STARTTLS must succeed */
	struct str message;
	int timeout_ms;
};
struct smtp_answer {
	bool accepted; /* the server has taken the message */
	bool refused;  /* for good (5xx): trying again cannot help */
	unsigned status;
};
struct smtp_answer smtp_send(const struct smtp *smtp);

#endif
