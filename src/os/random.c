/* SPDX-License-Identifier: Apache-2.0
 * Randomness over getrandom(2). */
#include "os/random.h"

#include "base/assert.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

void random_bytes(void *ret_bytes, size_t length)
{
	uint8_t *at = ret_bytes;
	while (length > 0) {
		ssize_t got = getrandom(at, length, 0);
		ASSERT(got > 0 || (got < 0 && errno == EINTR));
		if (got > 0) {
			at += got;
			length -= (size_t)got;
		}
	}
}

void random_uuid(char ret_text[37])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t bytes[16];
	char *to = ret_text;
	random_bytes(bytes, sizeof(bytes));
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* version 4 */
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* variant 10 */
	for (unsigned i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[bytes[i] >> 4];
		*to++ = hex[bytes[i] & 15];
	}
	*to = '\0';
}
