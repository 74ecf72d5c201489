/* SPDX-License-Identifier: Apache-2.0 */
#include "api/header.h"

#include "base/date.h"

static const char weekdays[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static void put_digits(char *at, unsigned value, size_t count)
{
	for (size_t i = count; i > 0; i--) {
		at[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
}

void header_date_write(int64_t at_us, char ret_text[HEADER_DATE_SIZE])
{
	struct date_civil civil = date_to_civil(at_us);
	int64_t day = at_us / DATE_US_PER_DAY - (at_us % DATE_US_PER_DAY < 0 ? 1 : 0);
	memcpy(ret_text, "Thu, 01 Jan 1970 00:00:00 GMT", HEADER_DATE_SIZE);
	memcpy(ret_text, weekdays[((day % 7) + 7) % 7], 3);
	put_digits(ret_text + 5, civil.day, 2);
	memcpy(ret_text + 8, months[civil.month - 1], 3);
	put_digits(ret_text + 12, (unsigned)civil.year, 4);
	put_digits(ret_text + 17, civil.hour, 2);
	put_digits(ret_text + 20, civil.minute, 2);
	put_digits(ret_text + 23, civil.second, 2);
}

static bool read_digits(struct str text, size_t at, size_t count, uint64_t *ret_value)
{
	return str_to_u64(str_slice(text, at, at + count), ret_value);
}

bool header_date_parse(struct str text, int64_t *ret_us)
{
	text = str_trim(text);
	if (text.len != HEADER_DATE_SIZE - 1 || !str_ends_with(text, STR(" GMT")))
		return false;
	unsigned month = 0;
	for (unsigned i = 0; i < 12; i++) {
		if (memcmp(text.ptr + 8, months[i], 3) == 0)
			month = i + 1;
	}
	uint64_t year = 0;
	uint64_t day = 0;
	uint64_t hour = 0;
	uint64_t minute = 0;
	uint64_t second = 0;
	if (month == 0 || !read_digits(text, 5, 2, &day) || !read_digits(text, 12, 4, &year) ||
	    !read_digits(text, 17, 2, &hour) || !read_digits(text, 20, 2, &minute) ||
	    !read_digits(text, 23, 2, &second))
		return false;
	if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || year < 1)
		return false;
	*ret_us = date_from_civil((struct date_civil){ .year = (int32_t)year,
						       .month = (uint8_t)month,
						       .day = (uint8_t)day,
						       .hour = (uint8_t)hour,
						       .minute = (uint8_t)minute,
						       .second = (uint8_t)second });
	return true;
}

bool header_etag_version(struct str text, int64_t *ret_version)
{
	text = str_trim(text);
	if (str_starts_with(text, STR("W/")))
		text = str_slice(text, 2, text.len);
	if (text.len < 3 || text.ptr[0] != '"' || text.ptr[text.len - 1] != '"')
		return false;
	uint64_t version = 0;
	if (!str_to_u64(str_slice(text, 1, text.len - 1), &version) || version < 1 ||
	    version > INT64_MAX)
		return false;
	*ret_version = (int64_t)version;
	return true;
}

bool header_etag_matches(struct str list, int64_t version)
{
	while (list.len > 0) {
		struct str tag = str_trim(str_cut(&list, ','));
		int64_t named = 0;
		if (str_equal(tag, STR("*")))
			return true;
		if (header_etag_version(tag, &named) && named == version)
			return true;
	}
	return false;
}

/* The value of `name=value`, quotes removed; false when it is another parameter. */
static bool parameter_value(struct str parameter, struct str name, struct str *ret_value)
{
	struct str value = parameter;
	struct str key = str_trim(str_cut(&value, '='));
	if (!str_equal_ignore_ascii_case(key, name))
		return false;
	value = str_trim(value);
	if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
		value = str_slice(value, 1, value.len - 1);
	*ret_value = value;
	return true;
}

static bool is_json(struct str type)
{
	static const struct str names[] = {
		STR_INIT("application/fhir+json"),
		STR_INIT("application/json"),
		STR_INIT("text/json"),
		STR_INIT("application/json+fhir"),
		STR_INIT("json"),
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_equal_ignore_ascii_case(type, names[i]))
			return true;
	}
	return false;
}

enum header_format header_format_of(struct str media_type)
{
	struct str rest = media_type;
	struct str type = str_trim(str_cut(&rest, ';'));
	if (!is_json(type))
		return HEADER_FORMAT_NONE;
	while (rest.len > 0) {
		struct str value = { NULL, 0 };
		if (parameter_value(str_cut(&rest, ';'), STR("fhirVersion"), &value) &&
		    !str_equal(value, STR("4.0")) && !str_equal(value, STR("4.0.1")))
			return HEADER_FORMAT_NONE;
	}
	return HEADER_FORMAT_JSON;
}

static bool excluded(struct str range)
{
	while (range.len > 0) {
		struct str value = { NULL, 0 };
		if (!parameter_value(str_cut(&range, ';'), STR("q"), &value) || value.len == 0)
			continue;
		for (size_t i = 0; i < value.len; i++) {
			if (value.ptr[i] != '0' && value.ptr[i] != '.')
				return false;
		}
		return true;
	}
	return false;
}

enum header_format header_accept(struct str list)
{
	if (str_trim(list).len == 0)
		return HEADER_FORMAT_JSON;
	while (list.len > 0) {
		struct str range = str_cut(&list, ',');
		if (excluded(range))
			continue;
		struct str rest = range;
		struct str type = str_trim(str_cut(&rest, ';'));
		if (str_equal(type, STR("*/*")) || str_equal(type, STR("application/*")) ||
		    header_format_of(range) == HEADER_FORMAT_JSON)
			return HEADER_FORMAT_JSON;
	}
	return HEADER_FORMAT_NONE;
}

static enum prefer_return return_of(struct str value)
{
	if (str_equal_ignore_ascii_case(value, STR("minimal")))
		return PREFER_MINIMAL;
	if (str_equal_ignore_ascii_case(value, STR("representation")))
		return PREFER_REPRESENTATION;
	if (str_equal_ignore_ascii_case(value, STR("OperationOutcome")))
		return PREFER_OUTCOME;
	return PREFER_DEFAULT;
}

struct prefer header_prefer(struct str text)
{
	struct prefer prefer = { PREFER_DEFAULT, PREFER_HANDLING_DEFAULT };
	while (text.len > 0) {
		struct str list = str_cut(&text, ',');
		while (list.len > 0) {
			struct str word = str_cut(&list, ';');
			struct str value = { NULL, 0 };
			if (prefer.answer == PREFER_DEFAULT &&
			    parameter_value(word, STR("return"), &value))
				prefer.answer = return_of(value);
			if (prefer.handling != PREFER_HANDLING_DEFAULT ||
			    !parameter_value(word, STR("handling"), &value))
				continue;
			if (str_equal_ignore_ascii_case(value, STR("strict")))
				prefer.handling = PREFER_STRICT;
			else if (str_equal_ignore_ascii_case(value, STR("lenient")))
				prefer.handling = PREFER_LENIENT;
		}
	}
	return prefer;
}

/* Between the quotes of a structured string (RFC 8941 3.3.3), a backslash stands before a quote or a backslash; nothing
 * follows the second quote. */
bool header_key(struct str text, char ret_key[HEADER_KEY_BYTES_MAX], size_t *ret_length)
{
	char key[HEADER_KEY_BYTES_MAX];
	size_t length = 0;
	text = str_trim(text);
	bool quoted = text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';
	if (quoted)
		text = str_slice(text, 1, text.len - 1);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool escapes = quoted && c == '\\';
		if (escapes && ++i == text.len)
			return false;
		c = text.ptr[i];
		bool special = c == '"' || c == '\\';
		if (c < ' ' || c > '~' || (c == ' ' && !quoted) || (escapes && !special) ||
		    (special && !escapes) || length == HEADER_KEY_BYTES_MAX)
			return false;
		key[length++] = c;
	}
	if (length == 0)
		return false;
	memcpy(ret_key, key, length);
	*ret_length = length;
	return true;
}
