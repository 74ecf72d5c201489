/* SPDX-License-Identifier: Apache-2.0
 * Pages by e-mail: SMTP (RFC 5321) with STARTTLS, which is asked for unless the settings say otherwise. The message
 * is plain text in UTF-8; its subject says nothing of anybody. A server's 250 is no proof that anyone got it: without a
 * word from the person it counts as not delivered at the deadline. Sent twice after a kill it carries the same
 * Message-ID. */
#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H

#include "notify/courier.h"
#include "notify/notify.h"

struct mail;

struct mail *mail_create(const struct notify_options *options); /* NULL without memory */
void mail_destroy(struct mail *mail);
struct courier_channel mail_channel(struct mail *mail);

/* An address of the plain form local@domain in ASCII, with nothing that could end a header line. */
bool mail_address_is_valid(struct str address);
/* The whole message with its headers, lines ended by CRLF. */
void mail_compose(struct text *text, struct str from, struct str to,
		  const struct courier_page *page, int64_t now_us);

#endif
