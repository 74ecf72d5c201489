/* SPDX-License-Identifier: Apache-2.0
 * Copies and comparisons of whole trees. */
#include "json/json.h"
#include "json/names.h"

/* Memory for comparing very large objects whose members stand in different orders. */
#define COMPARE_BYTES_MAX ((size_t)1024 * 1024 * 1024)

/* The node alone: texts copied, no children yet. */
static struct json *copy_node(struct arena *arena, const struct json *node)
{
	struct json *copy = ARENA_NEW(arena, struct json, 1);
	if (copy == NULL)
		return NULL;
	copy->type = node->type;
	copy->mark = node->mark;
	copy->tag = node->tag;
	copy->count = node->count;
	if (node->name_ptr != NULL) {
		copy->name_ptr = arena_copy(arena, json_name(node)).ptr;
		copy->name_len = node->name_len;
	}
	if (node->type == JSON_STRING || node->type == JSON_NUMBER) {
		copy->text_ptr = arena_copy(arena, json_text(node)).ptr;
		copy->text_len = node->text_len;
	}
	return arena->failed ? NULL : copy;
}

struct json *json_copy(struct arena *arena, const struct json *root)
{
	struct level {
		const struct json *source; /* the member or element copied last */
		struct json *copy;         /* the container it went to */
	} levels[JSON_DEPTH_CEILING];
	size_t depth = 0;
	if (root == NULL)
		return NULL;
	struct json *root_copy = copy_node(arena, root);
	if (root_copy == NULL)
		return NULL;
	root_copy->name_ptr = NULL;
	root_copy->name_len = 0;
	const struct json *source = root;
	struct json *copy = root_copy;
	for (;;) {
		const struct json *next = NULL;
		if (source->type >= JSON_ARRAY && source->child != NULL) {
			if (depth == JSON_DEPTH_CEILING)
				return NULL;
			levels[depth++] = (struct level){ source->child, copy };
			next = source->child;
		}
		while (next == NULL && depth > 0) {
			next = levels[depth - 1].source->next;
			levels[depth - 1].source = next;
			depth -= next == NULL ? 1 : 0;
		}
		if (next == NULL)
			return root_copy;
		struct json *container = levels[depth - 1].copy;
		copy = copy_node(arena, next);
		if (copy == NULL)
			return NULL;
		if (container->last == NULL)
			container->child = copy;
		else
			container->last->next = copy;
		container->last = copy;
		source = next;
	}
}

/* One pair of containers that is being compared. */
struct pair {
	const struct json *a;         /* the member of a that is next */
	const struct json *b;         /* the one of b that would match it in the same order */
	const struct json *container; /* b's container */
	struct names names;           /* b's members by name, made when first needed */
};

/* The partner of pair->a in b; NULL when there is none. */
static const struct json *partner(struct arena *arena, struct pair *pair)
{
	const struct json *container = pair->container;
	if (container->type == JSON_ARRAY)
		return pair->b;
	if (pair->b != NULL && names_compare(pair->a, pair->b) == 0)
		return pair->b;
	if (container->count <= NAMES_FEW)
		return json_get(container, json_name(pair->a));
	if (pair->names.entries == NULL && !names_sort(arena, container, &pair->names))
		return NULL;
	return names_find(&pair->names, pair->a);
}

static bool equal_alone(const struct json *a, const struct json *b)
{
	if (a->type != b->type)
		return false;
	return a->type >= JSON_ARRAY ? a->count == b->count : str_equal(json_text(a), json_text(b));
}

static bool equal_trees(struct arena *arena, const struct json *a, const struct json *b)
{
	struct pair pairs[JSON_DEPTH_CEILING];
	size_t depth = 0;
	while (equal_alone(a, b)) {
		if (a->type >= JSON_ARRAY && a->child != NULL) {
			if (depth == JSON_DEPTH_CEILING)
				return false;
			pairs[depth++] =
				(struct pair){ .a = a->child, .b = b->child, .container = b };
		} else {
			while (depth > 0 && pairs[depth - 1].a == NULL)
				depth--;
		}
		if (depth == 0)
			return true;
		struct pair *pair = &pairs[depth - 1];
		ASSERT(pair->a != NULL);
		a = pair->a;
		b = partner(arena, pair);
		if (b == NULL)
			return false;
		pair->a = a->next;
		pair->b = b->next;
	}
	return false;
}

bool json_equal(const struct json *a, const struct json *b)
{
	struct arena arena; /* takes no memory unless large objects differ in order */
	if (a == NULL || b == NULL)
		return a == b;
	arena_init(&arena, COMPARE_BYTES_MAX);
	bool equal = equal_trees(&arena, a, b);
	arena_done(&arena);
	return equal;
}
