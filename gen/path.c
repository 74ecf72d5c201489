/* SPDX-License-Identifier: Apache-2.0
 * Expressions of search parameters to path programs. Of FHIRPath only what the 1,400 standard
 * parameters use is understood; anything else stops the build. */
#include "gen.h"

#define ALTERNATIVE_BYTES_MAX 1024

struct cursor {
	uint16_t type;
	uint16_t shape;
	uint16_t element;
	struct str whole; /* for messages */
	struct gen_program program;
};

static struct gen_step *add_step(struct gen *gen, struct cursor *cursor, enum gen_op op)
{
	if (gen->step_count == GEN_STEPS_MAX || cursor->program.step_count == 12)
		gen_fail("too many steps", cursor->whole);
	struct gen_step *step = &gen->steps[gen->step_count++];
	*step = (struct gen_step){ .op = op };
	cursor->program.step_count++;
	return step;
}

/* The length up to `stop` outside of parentheses and quotes, or all. */
static size_t find_outside(struct str text, struct str stop)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\'')
			quoted = !quoted;
		if (!quoted && depth == 0 && str_starts_with(str_slice(text, i, text.len), stop))
			return i;
		if (!quoted && c == '(')
			depth++;
		if (!quoted && c == ')')
			depth--;
	}
	return text.len;
}

/* What stands between `name(` and `)`, when that is what the segment is. */
static bool call_of(struct str segment, struct str name, struct str *ret_argument)
{
	if (!str_starts_with(segment, name) || segment.len < name.len + 2 ||
	    segment.ptr[name.len] != '(' || segment.ptr[segment.len - 1] != ')')
		return false;
	*ret_argument = str_trim(str_slice(segment, name.len + 1, segment.len - 1));
	return true;
}

static struct str unquote(struct str text, struct str whole)
{
	text = str_trim(text);
	if (text.len < 2 || text.ptr[0] != '\'' || text.ptr[text.len - 1] != '\'')
		gen_fail("a literal in quotes was expected", whole);
	return str_slice(text, 1, text.len - 1);
}

static uint16_t find_element(const struct gen *gen, uint16_t shape, struct str name)
{
	const struct gen_shape *owner = &gen->shapes[shape];

	for (uint16_t i = owner->first; shape != 0 && i < owner->first + owner->count; i++) {
		struct str key = gen_text_view(gen, gen->elements[i].name);

		if (str_equal(str_slice(key, 0, gen->elements[i].base_len), name))
			return i;
	}
	return 0;
}

static void compile_name(struct gen *gen, struct cursor *cursor, struct str name)
{
	bool first_only = str_ends_with(name, STR("[0]"));

	if (first_only)
		name = str_slice(name, 0, name.len - 3);
	uint16_t element = find_element(gen, cursor->shape, name);
	if (element == 0)
		gen_fail("an element is not known", cursor->whole);
	bool is_choice = (gen->elements[element].flags & GEN_CHOICE) != 0;
	struct gen_step *step = add_step(gen, cursor, is_choice ? GEN_OP_GROUP : GEN_OP_ELEMENT);
	step->argument = element;
	step->first_only = first_only;
	cursor->element = element;
	cursor->shape = is_choice ? 0 : gen->elements[element].shape;
}

/* `as` chooses one type of a choice: at build time that is one JSON key. */
static void compile_as(struct gen *gen, struct cursor *cursor, struct str type)
{
	const struct gen_element *element = &gen->elements[cursor->element];

	if (cursor->program.step_count == 0)
		gen_fail("`as` without an element", cursor->whole);
	for (uint16_t i = cursor->element;
	     i <= gen->element_count && gen->elements[i].owner == element->owner &&
	     gen->elements[i].group == element->group;
	     i++) {
		struct str shape = gen_text_view(gen, gen->shapes[gen->elements[i].shape].name);

		if (!str_equal_ignore_ascii_case(shape, type))
			continue;
		gen->steps[gen->step_count - 1].op = GEN_OP_ELEMENT;
		gen->steps[gen->step_count - 1].argument = i;
		cursor->element = i;
		cursor->shape = gen->elements[i].shape;
		return;
	}
	gen_fail("`as` names a type that the element has not", cursor->whole);
}

static void compile_where(struct gen *gen, struct cursor *cursor, struct str condition)
{
	struct str argument;
	size_t equals = str_find_byte(condition, '=', 0);

	if (str_starts_with(condition, STR("resolve() is "))) {
		struct str name = str_slice(condition, 13, condition.len);
		uint16_t type = gen_resource_find(gen, str_trim(name));

		if (type == 0)
			gen_fail("resolve() is: unknown type", cursor->whole);
		add_step(gen, cursor, GEN_OP_TYPE)->argument = type;
	} else if (call_of(condition, STR("hasExtension"), &argument)) {
		struct gen_text url = gen_intern(gen, unquote(argument, cursor->whole));

		add_step(gen, cursor, GEN_OP_EXTENSION)->literal = url;
	} else if (equals < condition.len) {
		struct str name = str_trim(str_slice(condition, 0, equals));
		struct str literal = str_slice(condition, equals + 1, condition.len);
		uint16_t element = find_element(gen, cursor->shape, name);
		struct gen_text text = gen_intern(gen, unquote(literal, cursor->whole));

		if (element == 0 || (gen->elements[element].flags & (GEN_CHOICE | GEN_ARRAY)) != 0)
			gen_fail("where() compares an unknown element", cursor->whole);
		struct gen_step *step = add_step(gen, cursor, GEN_OP_EQUALS);
		step->argument = element;
		step->literal = text;
	} else {
		gen_fail("where() is not understood", cursor->whole);
	}
}

static void compile_segment(struct gen *gen, struct cursor *cursor, struct str segment)
{
	struct str argument;

	if (call_of(segment, STR("where"), &argument)) {
		compile_where(gen, cursor, argument);
	} else if (call_of(segment, STR("as"), &argument) ||
		   call_of(segment, STR("ofType"), &argument)) {
		compile_as(gen, cursor, argument);
	} else if (call_of(segment, STR("extension"), &argument)) {
		struct gen_text url = gen_intern(gen, unquote(argument, cursor->whole));

		compile_name(gen, cursor, STR("extension"));
		add_step(gen, cursor, GEN_OP_URL)->literal = url;
	} else {
		compile_name(gen, cursor, segment);
	}
}

/* "(a as T).b" and "a as T" are rewritten "a.as(T).b"; "x.exists() and x != false" is "x" with the
 * PRESENT flag. */
static struct str rewrite(struct gen *gen, struct str alternative, uint8_t *flags)
{
	struct text text;
	struct str rest = { NULL, 0 };

	if (alternative.len > 0 && alternative.ptr[0] == '(') {
		struct str after = str_slice(alternative, 1, alternative.len);
		size_t close = find_outside(after, STR(")"));

		rest = str_slice(after, close + 1, after.len);
		alternative = str_trim(str_slice(after, 0, close));
	}
	size_t exists = find_outside(alternative, STR(".exists() and "));
	if (exists < alternative.len) {
		struct str path = str_slice(alternative, 0, exists);
		struct str other = str_slice(alternative, exists + 14, alternative.len);

		if (!str_starts_with(other, path) ||
		    !str_equal(str_slice(other, path.len, other.len), STR(" != false")))
			gen_fail("`and` is not understood", alternative);
		*flags |= GEN_PRESENT;
		return path;
	}
	size_t as = find_outside(alternative, STR(" as "));
	text_init(&text, &gen->arena, ALTERNATIVE_BYTES_MAX);
	text_put(&text, str_trim(str_slice(alternative, 0, as)));
	if (as < alternative.len) {
		text_put(&text, STR(".as("));
		text_put(&text, str_trim(str_slice(alternative, as + 4, alternative.len)));
		text_put_byte(&text, ')');
	}
	text_put(&text, rest);
	if (text.failed)
		gen_fail("an expression is too long", alternative);
	return text_view(&text);
}

static bool compile(struct gen *gen, struct str path, struct cursor *cursor)
{
	bool is_first = true;

	while (path.len > 0) {
		size_t dot = find_outside(path, STR("."));
		struct str segment = str_trim(str_slice(path, 0, dot));

		path = str_slice(path, dot + 1, path.len);
		if (is_first && str_equal(segment, STR("%resource"))) {
			cursor->program.flags |= GEN_FROM_ROOT;
			cursor->shape = cursor->type;
		} else if (is_first && cursor->shape == 0) {
			uint16_t named = gen_shape_find(gen, segment);

			if (named != 0 && named != cursor->type &&
			    gen->shapes[named].kind != GEN_ANY_RESOURCE)
				return false;
			cursor->shape = cursor->type;
			if (named == 0) /* InsurancePlan-name says "name | alias" */
				compile_segment(gen, cursor, segment);
		} else {
			compile_segment(gen, cursor, segment);
		}
		is_first = false;
	}
	return !is_first;
}

size_t gen_path(struct gen *gen, struct str expression, uint16_t type, uint16_t shape)
{
	size_t count = 0;

	while (expression.len > 0) {
		size_t bar = find_outside(expression, STR("|"));
		struct str alternative = str_trim(str_slice(expression, 0, bar));
		struct cursor cursor = { .type = type, .shape = shape, .whole = expression };

		expression = str_slice(expression, bar + 1, expression.len);
		cursor.program.step = (uint16_t)gen->step_count;
		struct str path = rewrite(gen, alternative, &cursor.program.flags);
		if (!compile(gen, path, &cursor))
			continue;
		if (gen->program_count == GEN_PROGRAMS_MAX)
			gen_fail("too many programs", cursor.whole);
		cursor.program.shape = cursor.shape;
		cursor.program.element = cursor.element;
		gen->programs[gen->program_count++] = cursor.program;
		count++;
	}
	return count;
}
