/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#define LINE_BYTES ((size_t)57) /* 76 characters */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static char letter(unsigned six, bool url)
{
	if (six < 62)
		return letters[six];
	if (six == 62)
		return url ? '-' : '+';
	return url ? '_' : '/';
}

/* One to three bytes as four characters; '=' where there is nothing. */
static void quad(const uint8_t *bytes, size_t length, bool url, char ret_quad[4])
{
	unsigned all = (unsigned)bytes[0] << 16;
	if (length > 1)
		all |= (unsigned)bytes[1] << 8;
	if (length > 2)
		all |= bytes[2];
	ret_quad[0] = letter(all >> 18 & 63, url);
	ret_quad[1] = letter(all >> 12 & 63, url);
	ret_quad[2] = length > 1 ? letter(all >> 6 & 63, url) : '=';
	ret_quad[3] = length > 2 ? letter(all & 63, url) : '=';
}

static void put(struct text *text, const uint8_t *at, size_t length, bool url)
{
	while (length > 0) {
		char four[4];
		size_t part = length < 3 ? length : 3;
		quad(at, part, url, four);
		text_put(text, (struct str){ four, url ? part + 1 : 4 });
		at += part;
		length -= part;
	}
}

void base64url_put(struct text *text, const void *bytes, size_t length)
{
	put(text, bytes, length, true);
}

void base64_put(struct text *text, const void *bytes, size_t length)
{
	put(text, bytes, length, false);
}

void base64_put_lines(struct text *text, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	while (length > 0) {
		size_t part = length < LINE_BYTES ? length : LINE_BYTES;
		put(text, at, part, false);
		text_put_c(text, "\r\n");
		at += part;
		length -= part;
	}
}

static int value_of(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return byte - 'a' + 26;
	if (byte >= '0' && byte <= '9')
		return byte - '0' + 52;
	return byte == '-' ? 62 : byte == '_' ? 63 : -1;
}

bool base64url_read(struct str text, uint8_t *ret_bytes, size_t bytes_max, size_t *ret_length)
{
	size_t length = 0;
	unsigned held = 0, bits = 0;
	while (text.len > 0 && text.ptr[text.len - 1] == '=')
		text.len--;
	if (text.len % 4 == 1 || text.len / 4 * 3 + text.len % 4 * 3 / 4 > bytes_max)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.ptr[i]);
		if (value < 0)
			return false;
		held = (held << 6 | (unsigned)value) & 0xFFFFFF;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			ret_bytes[length++] = (uint8_t)(held >> bits & 0xFF);
		}
	}
	*ret_length = length;
	return true;
}
