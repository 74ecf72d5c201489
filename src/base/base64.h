/* SPDX-License-Identifier: Apache-2.0
 * base64url without padding (RFC 4648 section 5), as JWT, VAPID and push subscriptions have it; and plain base64 for
 * mail. Pure; thread: any. */
#ifndef NOTIFY_BASE64URL_H
#define NOTIFY_BASE64URL_H

#include "base/text.h"

void base64url_put(struct text *text, const void *bytes, size_t length);
/* With '+', '/' and padding, in lines of 76 characters that end in CRLF (RFC 2045). */
void base64_put_lines(struct text *text, const void *bytes, size_t length);
/* False when it is not base64url (padding at the end is allowed) or does not fit. */
bool base64url_read(struct str text, uint8_t *ret_bytes, size_t bytes_max, size_t *ret_length);

#endif
