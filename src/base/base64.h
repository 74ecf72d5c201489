/* SPDX-License-Identifier: Apache-2.0
 * base64 (RFC 4648 section 4), as FHIR has it, in lines for mail, and base64url without padding (section 5), as JWT,
 * VAPID and push subscriptions have it. Pure; thread: any. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/text.h"

void base64url_put(struct text *text, const void *bytes, size_t length);
/* With '+', '/' and padding, in one piece. */
void base64_put(struct text *text, const void *bytes, size_t length);
/* The same in lines of 76 characters that end in CRLF (RFC 2045). */
void base64_put_lines(struct text *text, const void *bytes, size_t length);
/* False when it is not base64url (padding at the end is allowed) or does not fit. */
bool base64url_read(struct str text, uint8_t *ret_bytes, size_t bytes_max, size_t *ret_length);

#endif
