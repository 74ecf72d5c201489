/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identity.h"

#include "base/assert.h"

#include <sys/random.h>

#define UUID_BYTES 16
#define STOCK_BYTES 512

/* One system call for many identities. */
static void random_bytes(unsigned char ret_bytes[UUID_BYTES])
{
	static _Thread_local unsigned char stock[STOCK_BYTES];
	static _Thread_local size_t left;
	if (left == 0) {
		ASSERT(getrandom(stock, sizeof(stock) / 2, 0) == (ssize_t)sizeof(stock) / 2);
		ASSERT(getrandom(stock + sizeof(stock) / 2, sizeof(stock) / 2, 0) ==
		       (ssize_t)sizeof(stock) / 2);
		left = STOCK_BYTES;
	}
	left -= UUID_BYTES;
	memcpy(ret_bytes, stock + left, UUID_BYTES);
}

struct str identity_new(struct arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[UUID_BYTES];
	char *out = arena_take(arena, 37, 1);
	if (out == NULL)
		return (struct str){ NULL, 0 };
	random_bytes(bytes);
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	size_t at = 0;
	for (size_t i = 0; i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = digits[bytes[i] >> 4];
		out[at++] = digits[bytes[i] & 15];
	}
	ASSERT(at == 36);
	out[at] = '\0';
	return (struct str){ out, at };
}
