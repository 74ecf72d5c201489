/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/trial_line.h"

#include "os/socket.h"

#include <stdio.h>

#define HEAD_BYTES ((size_t)9)
#define SEND_MS 30000 /* without a byte being taken */
#define LOOK_MS 100

bool trial_line_send(int line, char letter, struct str text)
{
	char head[HEAD_BYTES + 1];
	if (text.len > UINT32_MAX)
		return false;
	snprintf(head, sizeof(head), "%c%08x", letter, (unsigned)text.len);
	return socket_send_all(line, (struct str){ head, HEAD_BYTES }, SEND_MS) &&
	       socket_send_all(line, text, SEND_MS);
}

static bool take(int line, char *bytes, size_t size, bool (*waits)(void *context), void *context)
{
	size_t taken = 0;
	while (taken < size) {
		int got = socket_receive(line, bytes + taken, size - taken, LOOK_MS);
		if (got < 0 || (got == 0 && waits != NULL && !waits(context)))
			return false;
		taken += (size_t)got;
	}
	return true;
}

static bool read_length(const char *digits, size_t *ret_length)
{
	size_t length = 0;
	for (size_t i = 0; i < HEAD_BYTES - 1; i++) {
		char digit = digits[i];
		if (digit >= '0' && digit <= '9')
			length = length * 16 + (size_t)(digit - '0');
		else if (digit >= 'a' && digit <= 'f')
			length = length * 16 + (size_t)(digit - 'a') + 10;
		else
			return false;
	}
	*ret_length = length;
	return true;
}

bool trial_line_receive(int line, struct arena *arena, size_t bytes_max,
			bool (*waits)(void *context), void *context,
			struct trial_message *ret_message)
{
	char head[HEAD_BYTES];
	size_t length = 0;
	if (!take(line, head, HEAD_BYTES, waits, context) || !read_length(head + 1, &length) ||
	    length > bytes_max)
		return false;
	char *bytes = arena_take(arena, length + 1, 1);
	if (bytes == NULL || !take(line, bytes, length, waits, context))
		return false;
	*ret_message = (struct trial_message){ head[0], { bytes, length } };
	return true;
}
