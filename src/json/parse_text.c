/* SPDX-License-Identifier: Apache-2.0
 * Strings and numbers of json_parse. A string without escapes is a view of the source; one with
 * escapes is decoded into the arena, where it never takes more room than it took in the source. */
#include "json/parse.h"

#include "base/utf8.h"
#include "json/scan.h"

bool parse_fail(struct parser *parser, const char *at, const char *fault)
{
	parser->error = ERROR_MALFORMED;
	parser->fault = fault;
	parser->fault_at = at;
	return false;
}

static bool read_hex(const char *at, const char *end, uint32_t *ret_value)
{
	uint32_t value = 0;
	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char byte = at[i];
		uint32_t digit;
		if (byte >= '0' && byte <= '9')
			digit = (uint32_t)(byte - '0');
		else if (byte >= 'a' && byte <= 'f')
			digit = (uint32_t)(byte - 'a') + 10;
		else if (byte >= 'A' && byte <= 'F')
			digit = (uint32_t)(byte - 'A') + 10;
		else
			return false;
		value = value << 4 | digit;
	}
	*ret_value = value;
	return true;
}

/* \uXXXX, and the second half of a surrogate pair. *at stands behind the u. */
static bool decode_unicode(struct parser *parser, const char **at, const char *end,
			   uint32_t *ret_code_point)
{
	const char *escape = *at - 2;
	uint32_t code;
	uint32_t low;
	if (!read_hex(*at, end, &code))
		return parse_fail(parser, escape, "\\u needs four hexadecimal digits");
	*at += 4;
	if (code >= 0xdc00 && code <= 0xdfff)
		return parse_fail(parser, escape, "half of a surrogate pair stands alone");
	if (code >= 0xd800 && code <= 0xdbff) {
		if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u' ||
		    !read_hex(*at + 2, end, &low) || low < 0xdc00 || low > 0xdfff)
			return parse_fail(parser, escape, "half of a surrogate pair stands alone");
		*at += 6;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	*ret_code_point = code;
	return true;
}

/* What stands for the letter behind a backslash; 0 when it is not an escape. */
static char escape_value(char letter)
{
	switch (letter) {
	case '"':
	case '\\':
	case '/':
		return letter;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return 0;
	}
}

/* Resolves the escapes of [at, end), which holds at least one and never ends in half of one. */
static bool decode(struct parser *parser, const char *at, const char *end, struct str *ret_text)
{
	char *text = arena_take(parser->arena, (size_t)(end - at), 1);
	size_t length = 0;
	if (text == NULL)
		return false;
	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		const char *stop = escape == NULL ? end : escape;
		memcpy(text + length, at, (size_t)(stop - at));
		length += (size_t)(stop - at);
		at = stop;
		if (escape == NULL)
			break;
		at += 2;
		if (escape[1] == 'u') {
			uint32_t code_point;
			char bytes[4];
			if (!decode_unicode(parser, &at, end, &code_point))
				return false;
			size_t size = utf8_write(code_point, bytes);
			memcpy(text + length, bytes, size);
			length += size;
		} else {
			text[length] = escape_value(escape[1]);
			if (text[length++] == 0)
				return parse_fail(parser, escape, "this escape does not exist");
		}
	}
	*ret_text = (struct str){ text, length };
	return true;
}

bool parse_string(struct parser *parser, const char **ret_ptr, uint32_t *ret_len)
{
	const char *from = parser->at;
	bool high = false;
	bool escaped = false;
	const char *at = scan_special(from, parser->end, &high);
	while (at < parser->end && *at == '\\') {
		escaped = true;
		if (parser->end - at < 2)
			return parse_fail(parser, from, "a string has no end");
		at = scan_special(at + 2, parser->end, &high);
	}
	if (at == parser->end)
		return parse_fail(parser, from, "a string has no end");
	if (*at != '"')
		return parse_fail(parser, at, "a control character in a string must be escaped");
	struct str text = { from, (size_t)(at - from) };
	if (high && !utf8_is_valid(text))
		return parse_fail(parser, from, "a string is not UTF-8");
	if (escaped && !decode(parser, from, at, &text))
		return false;
	parser->at = at + 1;
	*ret_ptr = text.ptr;
	*ret_len = (uint32_t)text.len;
	return true;
}

static const char *skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

bool parse_number(struct parser *parser, struct json *node)
{
	const char *from = parser->at;
	const char *end = parser->end;
	const char *at = from + (*from == '-' ? 1 : 0);
	const char *digits = at;
	at = skip_digits(at, end);
	if (at == digits)
		return parse_fail(parser, at, "a value was expected");
	if (*digits == '0' && at - digits > 1)
		return parse_fail(parser, digits, "a number must not begin with 0");
	if (at < end && *at == '.') {
		digits = ++at;
		at = skip_digits(at, end);
		if (at == digits)
			return parse_fail(parser, at, "digits must follow the decimal point");
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		digits = at;
		at = skip_digits(at, end);
		if (at == digits)
			return parse_fail(parser, at, "digits must follow the exponent's e");
	}
	node->type = JSON_NUMBER;
	node->text_ptr = from;
	node->text_len = (uint32_t)(at - from);
	parser->at = at;
	return true;
}
