/* SPDX-License-Identifier: Apache-2.0
 * JSON as RFC 8259 has it, read into a tree in an arena. Duplicate member names are refused,
 * numbers keep their text, strings are decoded (escapes resolved) and valid UTF-8; a decoded
 * text may hold U+0000 (FHIR's strings may not: fhir refuses it). No recursion on data. The tree
 * may be edited before it is printed.
 * Lifetime: nodes and decoded strings live in the arena; undecoded strings may look into `source`,
 * which must live as long. */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/arena.h"
#include "base/error.h"
#include "base/issue.h"
#include "base/text.h"

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json {
	struct json *next;    /* next member of the object or element of the array this stands in */
	struct json *child;   /* first member or element */
	const char *name_ptr; /* decoded member name; NULL in arrays and at the root */
	union {
		const char *text_ptr; /* decoded string, or the number as written */
		struct json
			*last; /* of an array or object: its last member, so that adding is quick */
	};
	uint32_t name_len;
	uint32_t text_len;
	uint32_t count; /* members or elements */
	uint8_t type;   /* enum json_type */
	uint8_t mark;   /* free for the room that walks the tree; 0 after parse */
	uint16_t tag;   /* likewise; fhir keeps the element's number here */
};

/* No tree is walked deeper than this, whatever the options say or the program builds: printing
 * fails, copies are NULL, comparisons are false. */
#define JSON_DEPTH_CEILING 256

struct json_options {
	size_t depth_max;  /* arrays and objects within each other; 0: LIMIT_JSON_DEPTH_MAX */
	size_t bytes_max;  /* 0: LIMIT_BODY_BYTES_MAX */
	size_t values_max; /* about; 0: LIMIT_JSON_VALUES_MAX */
};

/* Reads exactly one value with white space around it. Errors: ERROR_MALFORMED with line and column
 * in the issue, ERROR_LIMIT (depth, values, arena), ERROR_TOO_LARGE. `options` and `issues` may be NULL. */
MUST_CHECK enum error json_parse(struct arena *arena, struct str source,
				 const struct json_options *options, struct issues *issues,
				 struct json **ret_root);

static inline struct str json_name(const struct json *node)
{
	return (struct str){ node->name_ptr, node->name_len };
}
/* The decoded string or the number as written; empty for other types and for NULL. */
static inline struct str json_text(const struct json *node)
{
	return node == NULL || node->type >= JSON_ARRAY
		       ? (struct str){ NULL, 0 }
		       : (struct str){ node->text_ptr, node->text_len };
}
/* The member of an object, or NULL; NULL in, NULL out, so that calls can be nested. */
struct json *json_get(const struct json *object, struct str name);
/* The element at `index` of an array, or NULL. */
struct json *json_at(const struct json *array, size_t index);
/* json_get's text when the member is a string or number, else empty. */
struct str json_get_text(const struct json *object, struct str name);

/* Building and editing, by these functions only (they keep count and last). New nodes
 * live in the arena; texts are borrowed. NULL when the arena failed. */
struct json *json_new(struct arena *arena, enum json_type type);
struct json *json_new_string(struct arena *arena, struct str text);
struct json *json_new_number(struct arena *arena, struct str text);
struct json *json_new_i64(struct arena *arena, int64_t value);
struct json *json_new_bool(struct arena *arena, bool value);
/* Appends; `value` must not stand in a tree already. Returns `value`; a NULL value is passed on. */
struct json *json_add(struct json *object, struct str name, struct json *value);
struct json *json_append(struct json *array, struct json *value);
/* Replaces the member or adds it at the end; json_put_first adds it as the first member. */
struct json *json_put(struct json *object, struct str name, struct json *value);
struct json *json_put_first(struct json *object, struct str name, struct json *value);
bool json_remove(struct json *object, struct str name);
struct json *json_copy(struct arena *arena,
		       const struct json *node); /* deep, texts too; mark and tag as they are */
/* Same type, same text, same members in any order, same elements in order. */
bool json_equal(const struct json *a, const struct json *b);

/* Prints without white space, or with two-space indents. Strings get the escapes JSON demands and
 * no more. */
void json_print(struct text *text, const struct json *node);
void json_print_pretty(struct text *text, const struct json *node);
/* A string with its quotes and escapes. */
void json_print_string(struct text *text, struct str value);

#endif
