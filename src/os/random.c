/* SPDX-License-Identifier: Apache-2.0
 * Randomness over getrandom(2). */
#include "os/random.h"

#include "base/assert.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
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

static void write_uuid(uint8_t bytes[16], uint8_t version, char ret_text[37])
{
	static const char hex[] = "0123456789abcdef";
	char *to = ret_text;
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | version << 4);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* variant 10 */
	for (unsigned i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[bytes[i] >> 4];
		*to++ = hex[bytes[i] & 15];
	}
	*to = '\0';
}

void random_uuid(char ret_text[37])
{
	uint8_t bytes[16];
	random_bytes(bytes, sizeof(bytes));
	write_uuid(bytes, 4, ret_text);
}

void random_uuid_ordered(int64_t at_us, char ret_text[37])
{
	uint8_t bytes[16];
	ASSERT(at_us >= 0);
	uint64_t at_ms = (uint64_t)at_us / 1000;
	random_bytes(bytes, sizeof(bytes));
	for (unsigned i = 0; i < 6; i++)
		bytes[i] = (uint8_t)(at_ms >> (40 - 8 * i));
	write_uuid(bytes, 7, ret_text);
}

void random_uuid_of(const uint8_t bytes[16], char ret_text[37])
{
	uint8_t own[16];
	memcpy(own, bytes, sizeof(own));
	write_uuid(own, 8, ret_text);
}
