/* SPDX-License-Identifier: Apache-2.0
 * Search values. Escapes are those of hl7.org/fhir/R4/search.html#escaping: \, \| \$ \\ are decoded after
 * splitting. Tokens compare with case: codes, identifiers and booleans alike. */
#include "store/query.h"

#include "base/decimal.h"
#include "base/utf8.h"

#include <math.h>

struct str value_cut(struct str *rest, char separator)
{
	struct str whole = *rest;

	for (size_t i = 0; i < whole.len; i++) {
		if (whole.ptr[i] == '\\') {
			i++;
		} else if (whole.ptr[i] == separator) {
			*rest = str_slice(whole, i + 1, whole.len);
			return str_slice(whole, 0, i);
		}
	}
	*rest = (struct str){ NULL, 0 };
	return whole;
}

struct str value_unescape(struct arena *arena, struct str text)
{
	char *bytes;
	size_t length = 0;

	if (str_find_byte(text, '\\', 0) == text.len)
		return text;
	bytes = arena_take(arena, text.len + 1, 1);
	if (bytes == NULL)
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len &&
		    (text.ptr[i + 1] == ',' || text.ptr[i + 1] == '|' || text.ptr[i + 1] == '$' ||
		     text.ptr[i + 1] == '\\'))
			i++;
		bytes[length++] = text.ptr[i];
	}
	return (struct str){ bytes, length };
}

static enum prefix prefix_cut(struct str *text)
{
	static const char names[] = "eqnegtltgelesaebap";

	for (size_t i = 0; text->len > 2 && i < sizeof(names) / 2; i++) {
		if (memcmp(text->ptr, names + 2 * i, 2) == 0) {
			*text = str_slice(*text, 2, text->len);
			return (enum prefix)i;
		}
	}
	return PREFIX_EQ;
}

static enum error parse_date(struct str text, int64_t now_us, struct search_value *value)
{
	struct date date;
	enum error error;
	uint64_t distance;

	value->prefix = prefix_cut(&text);
	error = date_parse_search(text, &date);
	if (error != ERROR_OK)
		return error;
	value->low_us = date.low_us;
	value->high_us = date.high_us;
	if (value->prefix != PREFIX_AP)
		return ERROR_OK;
	/* A tenth of the way between now and then, on both sides. */
	distance = (uint64_t)(date.low_us > now_us ? date.low_us - now_us : now_us - date.low_us);
	value->low_us -= (int64_t)(distance / 10);
	value->high_us += (int64_t)(distance / 10);
	return ERROR_OK;
}

static enum error parse_number(struct str text, struct search_value *value)
{
	struct decimal decimal;

	value->prefix = prefix_cut(&text);
	if (!decimal_read(text, &decimal))
		return ERROR_MALFORMED;
	value->number = decimal_to_double(decimal);
	decimal_search_range(decimal, &value->low, &value->high);
	if (value->prefix == PREFIX_AP) {
		value->low = fmin(value->low, value->number - fabs(value->number) * 0.1);
		value->high = fmax(value->high, value->number + fabs(value->number) * 0.1);
	}
	return ERROR_OK;
}

static enum error parse_token(struct arena *arena, struct str text, enum modifier modifier,
			      struct search_value *value)
{
	struct str rest = text;
	struct str first = value_cut(&rest, '|');

	value->has_separator = rest.ptr != NULL;
	if (modifier == MODIFIER_OF_TYPE) {
		value->system = value_unescape(arena, first);
		value->code = value_unescape(arena, value_cut(&rest, '|'));
		value->value = entry_text(arena, value_unescape(arena, rest));
		return value->system.len == 0 || value->code.len == 0 || value->value.len == 0
			       ? ERROR_BAD_REQUEST
			       : ERROR_OK;
	}
	if (modifier == MODIFIER_TEXT) {
		value->text = utf8_fold(arena, value_unescape(arena, text));
		return ERROR_OK;
	}
	value->system = value->has_separator ? value_unescape(arena, first) : STR("");
	value->code = value_unescape(arena, value->has_separator ? rest : first);
	value->system = entry_text(arena, value->system);
	value->code = entry_text(arena, value->code);
	return value->system.len == 0 && value->code.len == 0 ? ERROR_BAD_REQUEST : ERROR_OK;
}

static enum error parse_quantity(struct arena *arena, struct str text, struct search_value *value)
{
	struct str rest = text;
	enum error error = parse_number(value_cut(&rest, '|'), value);

	if (error != ERROR_OK)
		return error;
	if (rest.ptr != NULL) {
		value->system = entry_text(arena, value_unescape(arena, value_cut(&rest, '|')));
		value->code = entry_text(arena, value_unescape(arena, rest));
		value->has_separator = value->system.len > 0 || value->code.len > 0;
	}
	return ERROR_OK;
}

static enum error parse_reference(struct arena *arena, struct str text,
				  const struct value_options *options, struct search_value *value)
{
	struct fhir_reference reference;

	if (options->modifier == MODIFIER_IDENTIFIER)
		return parse_token(arena, text, MODIFIER_NONE, value);
	text = value_unescape(arena, text);
	value->text = entry_text(arena, text);
	if (fhir_reference_parse(text, &reference)) {
		if (reference.base.len == 0 || str_equal(reference.base, options->base_url)) {
			value->target_type = reference.type;
			value->id = reference.id;
		}
		if (options->modifier == MODIFIER_TYPE &&
		    value->target_type != options->modifier_type)
			return ERROR_BAD_REQUEST;
	} else if (fhir_id_is_valid(text)) {
		value->id = text;
		value->target_type = options->modifier == MODIFIER_TYPE ? options->modifier_type
									: FHIR_TYPE_NONE;
	}
	return text.len == 0 ? ERROR_BAD_REQUEST : ERROR_OK;
}

static enum error parse_simple(struct arena *arena, struct str text,
			       const struct value_options *options, struct search_value *value)
{
	switch (options->kind) {
	case FHIR_SEARCH_NUMBER:
		return parse_number(value_unescape(arena, text), value);
	case FHIR_SEARCH_DATE:
		return parse_date(value_unescape(arena, text), options->now_us, value);
	case FHIR_SEARCH_STRING:
		value->original = value_unescape(arena, text);
		value->text = utf8_fold(arena, value->original);
		if (options->modifier == MODIFIER_EXACT)
			value->text = entry_text(arena, value->text);
		else /* only the start of a long text is kept */
			value->text = str_slice(value->text, 0, ENTRY_TEXT_MAX - 16);
		value->original = entry_text(arena, value->original);
		return value->original.len == 0 ? ERROR_BAD_REQUEST : ERROR_OK;
	case FHIR_SEARCH_TOKEN:
		return parse_token(arena, text, options->modifier, value);
	case FHIR_SEARCH_REFERENCE:
		return parse_reference(arena, text, options, value);
	case FHIR_SEARCH_QUANTITY:
		return parse_quantity(arena, text, value);
	case FHIR_SEARCH_URI:
		value->text = value_unescape(arena, text);
		if (options->modifier == MODIFIER_NONE)
			value->text = entry_text(arena, value->text);
		return value->text.len == 0 ? ERROR_BAD_REQUEST : ERROR_OK;
	case FHIR_SEARCH_COMPOSITE:
	case FHIR_SEARCH_SPECIAL:
		break;
	}
	return ERROR_NOT_SUPPORTED;
}

enum error value_parse(struct arena *arena, struct str text, const struct value_options *options,
		       struct search_value *ret_value)
{
	const struct fhir_search_parameter *parameter = options->parameter;
	struct search_value value = { .prefix = PREFIX_EQ };
	enum error error = ERROR_OK;

	if (options->kind == FHIR_SEARCH_COMPOSITE) {
		struct str rest = text;

		value.parts = ARENA_NEW(arena, struct search_value,
					(size_t)parameter->component_count + 1);
		if (value.parts == NULL)
			return ERROR_LIMIT;
		for (size_t i = 0; i < parameter->component_count && error == ERROR_OK; i++) {
			const struct fhir_search_parameter *component =
				fhir_search_parameter_at(parameter->components[i]);
			struct value_options inner = *options;

			if (rest.ptr == NULL)
				return ERROR_BAD_REQUEST;
			inner.kind = component->kind;
			inner.parameter = component;
			error = parse_simple(arena, value_cut(&rest, '$'), &inner, &value.parts[i]);
		}
		if (error == ERROR_OK && rest.ptr != NULL)
			error = ERROR_BAD_REQUEST;
	} else {
		error = parse_simple(arena, text, options, &value);
	}
	if (error != ERROR_OK)
		return error == ERROR_NOT_SUPPORTED ? error : ERROR_BAD_REQUEST;
	*ret_value = value;
	return arena->failed ? ERROR_LIMIT : ERROR_OK;
}
