/* SPDX-License-Identifier: Apache-2.0 */
#include "api/url.h"

#include "base/limits.h"
#include "base/utf8.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes one part. The common part without escapes is returned as it stands. */
static enum error decode(struct arena *arena, struct str part, bool plus_is_space,
			 struct str *ret_text)
{
	bool escaped = false;
	for (size_t i = 0; i < part.len; i++) {
		if (part.ptr[i] == '\0')
			return ERROR_BAD_REQUEST;
		if (part.ptr[i] == '%' || (plus_is_space && part.ptr[i] == '+'))
			escaped = true;
	}
	if (!escaped) {
		if (!utf8_is_valid(part))
			return ERROR_BAD_REQUEST;
		*ret_text = part;
		return ERROR_OK;
	}
	char *out = arena_take(arena, part.len + 1, 1);
	if (out == NULL)
		return ERROR_LIMIT;
	size_t length = 0;
	for (size_t i = 0; i < part.len; i++) {
		char c = part.ptr[i];
		if (c == '+' && plus_is_space) {
			c = ' ';
		} else if (c == '%') {
			if (part.len - i < 3)
				return ERROR_BAD_REQUEST;
			int high = hex_value(part.ptr[i + 1]);
			int low = hex_value(part.ptr[i + 2]);
			if (high < 0 || low < 0 || (high == 0 && low == 0))
				return ERROR_BAD_REQUEST;
			c = (char)(unsigned char)(high * 16 + low);
			i += 2;
		}
		out[length++] = c;
	}
	out[length] = '\0';
	struct str text = { out, length };
	if (!utf8_is_valid(text))
		return ERROR_BAD_REQUEST;
	*ret_text = text;
	return ERROR_OK;
}

enum error url_query_parse(struct arena *arena, struct str query,
			   struct search_argument **ret_arguments, size_t *ret_count)
{
	size_t pairs = 0;
	struct str rest = query;
	while (rest.len > 0) {
		if (str_cut(&rest, '&').len > 0)
			pairs++;
	}
	if (pairs > URL_ARGUMENTS_MAX)
		return ERROR_LIMIT;
	struct search_argument *arguments = NULL;
	size_t count = 0;
	if (pairs > 0) {
		arguments = ARENA_NEW(arena, struct search_argument, pairs);
		if (arguments == NULL)
			return ERROR_LIMIT;
	}
	rest = query;
	while (rest.len > 0) {
		struct str value = str_cut(&rest, '&');
		if (value.len == 0)
			continue;
		struct str name = str_cut(&value, '=');
		if (value.ptr == NULL)
			value = STR("");
		ASSERT(count < pairs);
		enum error error = decode(arena, name, true, &arguments[count].name);
		if (error == ERROR_OK)
			error = decode(arena, value, true, &arguments[count].value);
		if (error != ERROR_OK)
			return error;
		count++;
	}
	*ret_arguments = arguments;
	*ret_count = count;
	return ERROR_OK;
}

/* RFC 9112 section 3.2.2: a server must accept the absolute form. */
static struct str without_authority(struct str target)
{
	struct str rest = target;
	if (str_starts_with(target, STR("http://")))
		rest = str_slice(target, 7, target.len);
	else if (str_starts_with(target, STR("https://")))
		rest = str_slice(target, 8, target.len);
	else
		return target;
	size_t slash = str_find_byte(rest, '/', 0);
	return slash == rest.len ? STR("/") : str_slice(rest, slash, rest.len);
}

enum error url_parse(struct arena *arena, struct str target, struct url *ret_url)
{
	struct url url = { 0 };
	if (target.len > LIMIT_URL_BYTES_MAX)
		return ERROR_URL_TOO_LONG;
	struct str path = without_authority(target);
	path = str_slice(path, 0, str_find_byte(path, '#', 0));
	size_t mark = str_find_byte(path, '?', 0);
	if (mark < path.len)
		url.query = str_slice(path, mark + 1, path.len);
	path = str_slice(path, 0, mark);
	enum error error = decode(arena, path, false, &url.path);
	if (error != ERROR_OK)
		return error;
	struct str rest = path;
	while (rest.len > 0) {
		struct str segment = str_cut(&rest, '/');
		if (segment.len == 0)
			continue;
		if (url.segment_count == URL_SEGMENTS_MAX)
			return ERROR_LIMIT;
		error = decode(arena, segment, false, &url.segments[url.segment_count++]);
		if (error != ERROR_OK)
			return error;
	}
	error = url_query_parse(arena, url.query, &url.arguments, &url.argument_count);
	if (error != ERROR_OK)
		return error;
	*ret_url = url;
	return ERROR_OK;
}

static bool stays_plain(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return c != '\0' && strchr("-._~:/,*", c) != NULL;
}

void url_encode(struct text *text, struct str value)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (stays_plain(c)) {
			text_put_byte(text, c);
			continue;
		}
		unsigned char byte = (unsigned char)c;
		text_put_byte(text, '%');
		text_put_byte(text, digits[byte >> 4]);
		text_put_byte(text, digits[byte & 15]);
	}
}

void url_query_print(struct text *text, const struct search_argument *arguments, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_put_byte(text, '&');
		url_encode(text, arguments[i].name);
		text_put_byte(text, '=');
		url_encode(text, arguments[i].value);
	}
}
