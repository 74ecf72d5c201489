/* SPDX-License-Identifier: Apache-2.0
 * JSON text to tree. One loop with a stack of open containers; every node is written once. */
#include "json/parse.h"
#include "base/limits.h"
#include "json/names.h"
#include "json/scan.h"

#define NODES_TAKEN_MAX 256

enum step { STEP_FAILED, STEP_DONE, STEP_VALUE };

static struct json *node_take(struct parser *parser)
{
	if (parser->node == parser->node_end) {
		/* Few values are shorter than 24 bytes with their name: near the end of the source
		 * no more nodes are taken than may be needed. */
		size_t count = (size_t)(parser->end - parser->at) / 24 + 1;
		if (count > NODES_TAKEN_MAX)
			count = NODES_TAKEN_MAX;
		if (count > parser->values_left) {
			parse_fail(parser, parser->at, "the text holds too many values");
			parser->error = ERROR_LIMIT;
			return NULL;
		}
		parser->values_left -= count;
		parser->node = arena_take(parser->arena, count * sizeof(struct json),
					  _Alignof(struct json));
		if (parser->node == NULL) {
			parser->node_end = NULL;
			return NULL;
		}
		parser->node_end = parser->node + count;
	}
	return parser->node++;
}

/* A new node, already in its place in the tree. */
static struct json *node_attach(struct parser *parser)
{
	struct json *node = node_take(parser);
	if (node == NULL)
		return NULL;
	*node = (struct json){ .name_ptr = parser->name_ptr, .name_len = parser->name_len };
	if (parser->depth > 0) {
		struct parse_frame *frame = parser->frame;
		if (frame->last == NULL)
			frame->container->child = node;
		else
			frame->last->next = node;
		frame->last = node;
		frame->container->count++;
	}
	return node;
}

static bool read_word(struct parser *parser, struct json *node, struct str word,
		      enum json_type type)
{
	if ((size_t)(parser->end - parser->at) < word.len ||
	    memcmp(parser->at, word.ptr, word.len) != 0)
		return parse_fail(parser, parser->at, "a value was expected");
	parser->at += word.len;
	node->type = (uint8_t)type;
	return true;
}

static bool container_open(struct parser *parser, struct json *node, enum json_type type)
{
	if (parser->depth == parser->depth_max) {
		parse_fail(parser, parser->at, "arrays and objects are nested too deep");
		parser->error = ERROR_LIMIT;
		return false;
	}
	node->type = (uint8_t)type;
	parser->frame += parser->depth > 0 ? 1 : 0;
	*parser->frame = (struct parse_frame){ .container = node };
	parser->depth++;
	parser->at++;
	return true;
}

static bool container_close(struct parser *parser)
{
	struct json *container = parser->frame->container;
	container->last = parser->frame->last;
	if (container->type == JSON_OBJECT && container->count > NAMES_FEW) {
		struct names names;
		if (!names_sort(parser->arena, container, &names))
			return false;
		const struct json *twice = names_duplicate(&names);
		if (twice != NULL) {
			/* A decoded name does not say where it stood. */
			const char *name = twice->name_ptr;
			bool known = (uintptr_t)name >= (uintptr_t)parser->start &&
				     (uintptr_t)name < (uintptr_t)parser->end;
			return parse_fail(parser, known ? name : parser->at,
					  "an object has two members of the same name");
		}
	}
	parser->at++;
	parser->depth--;
	parser->frame -= parser->depth > 0 ? 1 : 0;
	return true;
}

/* Which bit of the filter stands for a name: made of its length, first and last bytes. */
static uint64_t name_bit(const char *ptr, size_t length)
{
	uint64_t first = 0;
	uint64_t last = 0;
	if (length >= 8) {
		memcpy(&first, ptr, 8);
		memcpy(&last, ptr + length - 8, 8);
	} else if (length > 0) {
		first = (unsigned char)ptr[0] | (uint64_t)(unsigned char)ptr[length / 2] << 8 |
			(uint64_t)(unsigned char)ptr[length - 1] << 16;
	}
	uint64_t mixed = (first ^ last << 5 ^ last >> 27 ^ length) * UINT64_C(0x9e3779b97f4a7c15);
	return UINT64_C(1) << (mixed >> 58);
}

/* Whether the name that was read last stands in the innermost object already. Large objects are
 * looked at when they close. */
static bool name_is_new(struct parser *parser)
{
	struct parse_frame *frame = parser->frame;
	if (frame->container->count >= NAMES_FEW)
		return true;
	uint64_t bit = name_bit(parser->name_ptr, parser->name_len);
	if ((frame->names & bit) != 0) {
		for (const struct json *member = frame->container->child; member != NULL;
		     member = member->next) {
			if (member->name_len == parser->name_len &&
			    memcmp(member->name_ptr, parser->name_ptr, parser->name_len) == 0)
				return false;
		}
	}
	frame->names |= bit;
	return true;
}

static bool read_name(struct parser *parser)
{
	const char *from = parser->at;
	if (from == parser->end || *from != '"')
		return parse_fail(parser, from, "a member name was expected");
	parser->at++;
	if (!parse_string(parser, &parser->name_ptr, &parser->name_len))
		return false;
	if (!name_is_new(parser))
		return parse_fail(parser, from, "an object has two members of the same name");
	parser->at = scan_space(parser->at, parser->end);
	if (parser->at == parser->end || *parser->at != ':')
		return parse_fail(parser, parser->at, "a colon was expected");
	parser->at = scan_space(parser->at + 1, parser->end);
	return true;
}

/* Reads a scalar or opens a container; what follows is the business of step_on. */
static bool read_value(struct parser *parser, struct json *node, bool *ret_opened)
{
	*ret_opened = false;
	if (parser->at == parser->end)
		return parse_fail(parser, parser->at, "the text ends where a value was expected");
	switch (*parser->at) {
	case '"':
		parser->at++;
		node->type = JSON_STRING;
		return parse_string(parser, &node->text_ptr, &node->text_len);
	case '{':
		*ret_opened = true;
		return container_open(parser, node, JSON_OBJECT);
	case '[':
		*ret_opened = true;
		return container_open(parser, node, JSON_ARRAY);
	case 't':
		return read_word(parser, node, STR("true"), JSON_TRUE);
	case 'f':
		return read_word(parser, node, STR("false"), JSON_FALSE);
	case 'n':
		return read_word(parser, node, STR("null"), JSON_NULL);
	default:
		return parse_number(parser, node);
	}
}

/* From behind a value, or behind an opening bracket, to the next value; closes what ends. */
static enum step step_on(struct parser *parser, bool opened)
{
	while (parser->depth > 0) {
		bool object = parser->frame->container->type == JSON_OBJECT;
		parser->at = scan_space(parser->at, parser->end);
		if (parser->at == parser->end) {
			parse_fail(parser, parser->at, "the text ends inside an array or object");
			return STEP_FAILED;
		}
		if (*parser->at == (object ? '}' : ']')) {
			if (!container_close(parser))
				return STEP_FAILED;
			opened = false;
			continue;
		}
		if (!opened) {
			if (*parser->at != ',') {
				parse_fail(parser, parser->at,
					   "a comma or a closing bracket was expected");
				return STEP_FAILED;
			}
			parser->at = scan_space(parser->at + 1, parser->end);
		}
		if (object)
			return read_name(parser) ? STEP_VALUE : STEP_FAILED;
		parser->name_ptr = NULL;
		parser->name_len = 0;
		return STEP_VALUE;
	}
	return STEP_DONE;
}

static bool read_document(struct parser *parser, struct json **ret_root)
{
	struct json *root = NULL;
	enum step step = STEP_VALUE;
	parser->at = scan_space(parser->at, parser->end);
	while (step == STEP_VALUE) {
		bool opened;
		struct json *node = node_attach(parser);
		if (node == NULL || !read_value(parser, node, &opened))
			return false;
		if (root == NULL)
			root = node;
		step = step_on(parser, opened);
	}
	if (step == STEP_FAILED)
		return false;
	parser->at = scan_space(parser->at, parser->end);
	if (parser->at != parser->end)
		return parse_fail(parser, parser->at, "text stands behind the end of the value");
	*ret_root = root;
	return true;
}

/* Line and column count from 1, the column in characters. */
static enum error report(const struct parser *parser, struct issues *issues)
{
	size_t line = 1;
	size_t column = 1;
	for (const char *at = parser->start; at < parser->fault_at; at++) {
		if (*at == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)*at & 0xc0) != 0x80) {
			column++;
		}
	}
	return issue_add(issues, parser->error, STR(""), "JSON line %zu, column %zu: %s.", line,
			 column, parser->fault);
}

static enum error check_source(struct str source, size_t bytes_max, struct issues *issues)
{
	if (source.len > bytes_max || source.len > UINT32_MAX)
		return issue_add(issues, ERROR_TOO_LARGE, STR(""),
				 "The JSON text is larger than the limit of %zu bytes.", bytes_max);
	if (source.len == 0)
		return issue_add(issues, ERROR_MALFORMED, STR(""),
				 "JSON line 1, column 1: the text is empty.");
	if (str_starts_with(source, STR("\xef\xbb\xbf")))
		return issue_add(issues, ERROR_MALFORMED, STR(""),
				 "JSON line 1, column 1: a byte order mark is not allowed.");
	return ERROR_OK;
}

enum error json_parse(struct arena *arena, struct str source, const struct json_options *options,
		      struct issues *issues, struct json **ret_root)
{
	struct json_options used = options == NULL ? (struct json_options){ 0 } : *options;
	struct parse_frame frames[JSON_DEPTH_CEILING];
	size_t bytes_max = used.bytes_max == 0 ? LIMIT_BODY_BYTES_MAX : used.bytes_max;
	size_t depth_max = used.depth_max == 0 ? LIMIT_JSON_DEPTH_MAX : used.depth_max;
	enum error error = check_source(source, bytes_max, issues);
	if (error != ERROR_OK)
		return error;
	if (depth_max > JSON_DEPTH_CEILING)
		depth_max = JSON_DEPTH_CEILING;
	struct parser parser = { .at = source.ptr,
				 .start = source.ptr,
				 .end = source.ptr + source.len,
				 .arena = arena,
				 .frame = frames,
				 .depth_max = depth_max,
				 .values_left = used.values_max == 0 ? LIMIT_JSON_VALUES_MAX
								     : used.values_max };
	if (read_document(&parser, ret_root))
		return ERROR_OK;
	if (parser.fault == NULL)
		return issue_add(issues, ERROR_LIMIT, STR(""),
				 "The JSON text needs more memory than a request may use.");
	return report(&parser, issues);
}
