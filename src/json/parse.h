/* SPDX-License-Identifier: Apache-2.0
 * Inside the room only: the state of one json_parse, shared by its two files. */
#ifndef JSON_PARSE_H
#define JSON_PARSE_H

#include "json/json.h"

/* An array or object that is still open. */
struct parse_frame {
	struct json *container;
	struct json *last;
	uint64_t names; /* filter over the names so far: one bit of 64 each */
};

struct parser {
	const char *at;
	const char *start;
	const char *end;
	struct arena *arena;
	struct json *node; /* nodes taken from the arena and not used yet */
	struct json *node_end;
	struct parse_frame *frame; /* innermost open container; frames + depth - 1 */
	size_t depth;
	size_t depth_max;
	size_t values_left;
	const char *name_ptr; /* of the value that comes next */
	uint32_t name_len;
	enum error error;  /* of the fault, once there is one */
	const char *fault; /* a sentence about it */
	const char *fault_at;
};

/* Notes what is wrong and where; always false. */
bool parse_fail(struct parser *parser, const char *at, const char *fault);
/* Reads from behind the opening quote to behind the closing one. */
bool parse_string(struct parser *parser, const char **ret_ptr, uint32_t *ret_len);
/* Reads a number; its text looks into the source. */
bool parse_number(struct parser *parser, struct json *node);

#endif
