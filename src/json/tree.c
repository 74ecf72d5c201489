/* SPDX-License-Identifier: Apache-2.0
 * Finding, building and editing nodes. */
#include "json/json.h"

#include <stdio.h>

struct json *json_get(const struct json *object, struct str name)
{
	if (object == NULL || object->type != JSON_OBJECT)
		return NULL;
	for (struct json *member = object->child; member != NULL; member = member->next) {
		if (str_equal(json_name(member), name))
			return member;
	}
	return NULL;
}

struct json *json_at(const struct json *array, size_t index)
{
	if (array == NULL || array->type != JSON_ARRAY || index >= array->count)
		return NULL;
	struct json *element = array->child;
	for (; index > 0; index--)
		element = element->next;
	return element;
}

struct str json_get_text(const struct json *object, struct str name)
{
	return json_text(json_get(object, name));
}

struct json *json_new(struct arena *arena, enum json_type type)
{
	struct json *node = ARENA_NEW(arena, struct json, 1);
	if (node != NULL)
		node->type = (uint8_t)type;
	return node;
}

static struct json *new_text(struct arena *arena, enum json_type type, struct str text)
{
	ASSERT(text.len <= UINT32_MAX);
	struct json *node = json_new(arena, type);
	if (node != NULL) {
		node->text_ptr = text.ptr;
		node->text_len = (uint32_t)text.len;
	}
	return node;
}

struct json *json_new_string(struct arena *arena, struct str text)
{
	return new_text(arena, JSON_STRING, text);
}

struct json *json_new_number(struct arena *arena, struct str text)
{
	return new_text(arena, JSON_NUMBER, text);
}

struct json *json_new_i64(struct arena *arena, int64_t value)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lld", (long long)value);
	ASSERT(length > 0 && (size_t)length < sizeof(digits));
	struct str copy = arena_copy(arena, (struct str){ digits, (size_t)length });
	return copy.ptr == NULL ? NULL : json_new_number(arena, copy);
}

struct json *json_new_bool(struct arena *arena, bool value)
{
	return json_new(arena, value ? JSON_TRUE : JSON_FALSE);
}

static void set_name(struct json *node, struct str name)
{
	ASSERT(name.len <= UINT32_MAX);
	node->name_ptr = name.ptr;
	node->name_len = (uint32_t)name.len;
}

static struct json *append(struct json *container, struct json *value)
{
	ASSERT(value->next == NULL);
	if (container->last == NULL)
		container->child = value;
	else
		container->last->next = value;
	container->last = value;
	container->count++;
	return value;
}

struct json *json_add(struct json *object, struct str name, struct json *value)
{
	if (object == NULL || value == NULL)
		return NULL;
	ASSERT(object->type == JSON_OBJECT);
	set_name(value, name);
	return append(object, value);
}

struct json *json_append(struct json *array, struct json *value)
{
	if (array == NULL || value == NULL)
		return NULL;
	ASSERT(array->type == JSON_ARRAY);
	set_name(value, (struct str){ NULL, 0 });
	return append(array, value);
}

/* The member before the one of that name (NULL when it is the first); *ret_member is that one or
 * NULL. */
static struct json *find(const struct json *object, struct str name, struct json **ret_member)
{
	struct json *before = NULL;
	struct json *member = object->child;
	while (member != NULL && !str_equal(json_name(member), name)) {
		before = member;
		member = member->next;
	}
	*ret_member = member;
	return before;
}

struct json *json_put(struct json *object, struct str name, struct json *value)
{
	if (object == NULL || value == NULL)
		return NULL;
	ASSERT(object->type == JSON_OBJECT);
	struct json *old;
	struct json *before = find(object, name, &old);
	if (old == value)
		return value;
	if (old == NULL)
		return json_add(object, name, value);
	ASSERT(value->next == NULL);
	set_name(value, name);
	value->next = old->next;
	if (before == NULL)
		object->child = value;
	else
		before->next = value;
	if (object->last == old)
		object->last = value;
	old->next = NULL;
	return value;
}

struct json *json_put_first(struct json *object, struct str name, struct json *value)
{
	if (object == NULL || value == NULL)
		return NULL;
	ASSERT(object->type == JSON_OBJECT);
	(void)json_remove(object, name);
	ASSERT(value->next == NULL);
	set_name(value, name);
	value->next = object->child;
	object->child = value;
	if (object->last == NULL)
		object->last = value;
	object->count++;
	return value;
}

bool json_remove(struct json *object, struct str name)
{
	if (object == NULL || object->type != JSON_OBJECT)
		return false;
	struct json *member;
	struct json *before = find(object, name, &member);
	if (member == NULL)
		return false;
	if (before == NULL)
		object->child = member->next;
	else
		before->next = member->next;
	if (object->last == member)
		object->last = before;
	object->count--;
	member->next = NULL;
	return true;
}
