/* SPDX-License-Identifier: Apache-2.0
 * Tree to JSON text. */
#include "json/json.h"
#include "json/scan.h"

void json_print_string(struct text *text, struct str value)
{
	static const char hex[] = "0123456789abcdef";
	const char *at = value.ptr;
	const char *end = value.len == 0 ? at : at + value.len;
	text_put_byte(text, '"');
	while (at < end) {
		bool high = false;
		const char *stop = scan_special(at, end, &high);
		text_put(text, (struct str){ at, (size_t)(stop - at) });
		if (stop == end)
			break;
		/* The letters of the short escapes, by control character. */
		static const char letters[] = "\0\0\0\0\0\0\0\0btn\0fr";
		unsigned char byte = (unsigned char)*stop;
		char letter = '\0';
		if (byte == '"' || byte == '\\')
			letter = (char)byte;
		else if (byte < sizeof(letters))
			letter = letters[byte];
		char escape[6] = { '\\', letter, '0', '0', hex[byte >> 4], hex[byte & 15] };
		if (letter == '\0')
			escape[1] = 'u';
		text_put(text, (struct str){ escape, letter == '\0' ? 6 : 2 });
		at = stop + 1;
	}
	text_put_byte(text, '"');
}

static void print_line(struct text *text, bool pretty, size_t depth)
{
	if (!pretty)
		return;
	char *to = text_reserve(text, 1 + depth * 2);
	if (to == NULL)
		return;
	to[0] = '\n';
	memset(to + 1, ' ', depth * 2);
	text->len += 1 + depth * 2;
}

static void print_scalar(struct text *text, const struct json *node)
{
	switch ((enum json_type)node->type) {
	case JSON_NULL:
		text_put(text, STR("null"));
		return;
	case JSON_FALSE:
		text_put(text, STR("false"));
		return;
	case JSON_TRUE:
		text_put(text, STR("true"));
		return;
	case JSON_NUMBER:
		text_put(text, json_text(node));
		return;
	case JSON_STRING:
		json_print_string(text, json_text(node));
		return;
	case JSON_ARRAY:
		text_put(text, STR("[]"));
		return;
	case JSON_OBJECT:
		text_put(text, STR("{}"));
		return;
	}
	UNREACHABLE();
}

static void print(struct text *text, const struct json *root, bool pretty)
{
	const struct json *open[JSON_DEPTH_CEILING];
	size_t depth = 0;
	const struct json *node = root;
	for (;;) {
		if (depth > 0 && open[depth - 1]->type == JSON_OBJECT) {
			json_print_string(text, json_name(node));
			text_put(text, pretty ? STR(": ") : STR(":"));
		}
		if (node->type >= JSON_ARRAY && node->child != NULL) {
			if (depth == JSON_DEPTH_CEILING) {
				text->failed = true;
				return;
			}
			text_put_byte(text, node->type == JSON_OBJECT ? '{' : '[');
			open[depth++] = node;
			node = node->child;
			print_line(text, pretty, depth);
			continue;
		}
		print_scalar(text, node);
		while (depth > 0 && node->next == NULL) {
			node = open[--depth];
			print_line(text, pretty, depth);
			text_put_byte(text, node->type == JSON_OBJECT ? '}' : ']');
		}
		/* The root may stand in a larger tree: what is next to it is not ours. */
		if (depth == 0 || text->failed)
			return;
		text_put_byte(text, ',');
		print_line(text, pretty, depth);
		node = node->next;
	}
}

void json_print(struct text *text, const struct json *node)
{
	print(text, node, false);
}

void json_print_pretty(struct text *text, const struct json *node)
{
	print(text, node, true);
}
