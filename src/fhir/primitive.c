/* SPDX-License-Identifier: Apache-2.0
 * One small checker for each primitive grammar. */
#include "fhir/primitive.h"

#include "base/date.h"
#include "base/decimal.h"
#include "base/limits.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool integer_is_valid(struct str text, int64_t low, int64_t high)
{
	size_t at = text.len > 0 && text.ptr[0] == '-' ? 1 : 0;
	int64_t value;

	if (at == text.len || (text.ptr[at] == '0' && text.len > 1))
		return false; /* also refuses "-0", which no FHIR integer grammar has */
	return str_to_i64(text, &value) && value >= low && value <= high;
}

/* No white space at either end and no two of them side by side. */
static bool code_is_valid(struct str text)
{
	bool after_space = true;

	for (size_t i = 0; i < text.len; i++) {
		bool space = is_space(text.ptr[i]);

		if (space && after_space)
			return false;
		after_space = space;
	}
	return text.len > 0 && !after_space;
}

static bool uri_is_valid(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_space(text.ptr[i]) || text.ptr[i] == '\v' || text.ptr[i] == '\f')
			return false;
	return text.len > 0;
}

static bool oid_is_valid(struct str text)
{
	struct str rest = str_slice(text, 8, text.len);

	if (!str_starts_with(text, STR("urn:oid:")) || rest.len < 3 || rest.ptr[0] < '0' ||
	    rest.ptr[0] > '2' || rest.ptr[1] != '.')
		return false;
	rest = str_slice(rest, 2, rest.len);
	while (rest.ptr != NULL) {
		struct str part = str_cut(&rest, '.');

		if (part.len == 0 || (part.ptr[0] == '0' && part.len > 1))
			return false;
		for (size_t i = 0; i < part.len; i++)
			if (!is_digit(part.ptr[i]))
				return false;
	}
	return text.ptr[text.len - 1] != '.';
}

static bool uuid_is_valid(struct str text)
{
	if (!str_starts_with(text, STR("urn:uuid:")) || text.len != 45)
		return false;
	for (size_t i = 0; i < 36; i++) {
		char c = text.ptr[9 + i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? c != '-' : !is_digit(c) && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

static bool base64_is_valid(struct str text)
{
	size_t count = 0;
	size_t padding = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (is_space(c))
			continue;
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) ||
			      c == '+' || c == '/';
		if (c == '=')
			padding++;
		else if (!letter || padding > 0)
			return false;
		count++;
	}
	return count > 0 && count % 4 == 0 && padding <= 2;
}

static bool date_is_valid(struct str text, enum date_kind kind)
{
	struct date date;

	return date_parse(text, kind, &date) == ERROR_OK;
}

static const char *check_number(uint16_t shape, struct str text)
{
	switch (shape) {
	case FHIR_SHAPE_decimal:
		return decimal_is_valid(text) ? NULL : "is not a decimal";
	case FHIR_SHAPE_positiveInt:
		return integer_is_valid(text, 1, INT32_MAX) ? NULL : "is not a positive integer";
	case FHIR_SHAPE_unsignedInt:
		return integer_is_valid(text, 0, INT32_MAX) ? NULL
							    : "is not an integer of 0 or more";
	default:
		return integer_is_valid(text, INT32_MIN, INT32_MAX) ? NULL
								    : "is not a 32-bit integer";
	}
}

static const char *check_text(uint16_t shape, struct str text)
{
	switch (shape) {
	case FHIR_SHAPE_id:
		return fhir_id_is_valid(text) ? NULL : "is not an id (1 to 64 of A-Z a-z 0-9 - .)";
	case FHIR_SHAPE_code:
		return code_is_valid(text) ? NULL
					   : "is a code with white space at an end or doubled";
	case FHIR_SHAPE_uri:
	case FHIR_SHAPE_url:
	case FHIR_SHAPE_canonical:
		return uri_is_valid(text) ? NULL : "is a URI with white space";
	case FHIR_SHAPE_oid:
		return oid_is_valid(text) ? NULL : "is not an OID (urn:oid:...)";
	case FHIR_SHAPE_uuid:
		return uuid_is_valid(text) ? NULL : "is not a UUID (urn:uuid:..., lower case)";
	case FHIR_SHAPE_base64Binary:
		return base64_is_valid(text) ? NULL : "is not base64";
	case FHIR_SHAPE_date:
		return date_is_valid(text, DATE_KIND_DATE) ? NULL : "is not a date";
	case FHIR_SHAPE_dateTime:
		return date_is_valid(text, DATE_KIND_DATETIME) ? NULL : "is not a dateTime";
	case FHIR_SHAPE_instant:
		return date_is_valid(text, DATE_KIND_INSTANT) ? NULL : "is not an instant";
	case FHIR_SHAPE_time:
		return date_time_of_day_is_valid(text) ? NULL : "is not a time";
	default: /* string, markdown; xhtml has a checker of its own */
		return NULL;
	}
}

const char *primitive_check(uint16_t shape, const struct json *value, enum error *ret_error)
{
	bool number = shape == FHIR_SHAPE_decimal || shape == FHIR_SHAPE_integer ||
		      shape == FHIR_SHAPE_positiveInt || shape == FHIR_SHAPE_unsignedInt;

	*ret_error = ERROR_MALFORMED;
	if (shape == FHIR_SHAPE_boolean)
		return value->type == JSON_TRUE || value->type == JSON_FALSE
			       ? NULL
			       : "must be true or false without quotes";
	if (number && value->type != JSON_NUMBER)
		return "must be a JSON number";
	if (!number && value->type != JSON_STRING)
		return "must be a JSON string";
	if (value->text_len == 0)
		return "is empty";
	if (number)
		return check_number(shape, json_text(value));
	*ret_error = ERROR_INVALID;
	if (value->text_len > LIMIT_STRING_BYTES_MAX && shape != FHIR_SHAPE_base64Binary &&
	    shape != FHIR_SHAPE_xhtml)
		return "is longer than 1 MB";
	*ret_error = ERROR_MALFORMED;
	/* JSON can write U+0000; no FHIR string may hold it, and C texts end at it. */
	if (memchr(value->text_ptr, '\0', value->text_len) != NULL)
		return "holds the character U+0000";
	return check_text(shape, json_text(value));
}
