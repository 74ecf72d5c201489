/* SPDX-License-Identifier: Apache-2.0
 * read and vread (hl7.org/fhir/R4/http.html#read): the bytes that were stored, unless a summary asks for less. */
#include "api/exchange.h"

#include "base/date.h"

struct subset {
	enum fhir_summary summary;
	struct str *elements;
	size_t element_count;
};

static enum error read_elements(struct inquiry *inquiry, struct str value, struct subset *subset)
{
	size_t count = 1;
	for (size_t i = 0; i < value.len; i++)
		count += value.ptr[i] == ',' ? 1 : 0;
	struct str *elements = ARENA_NEW(&inquiry->call->arena, struct str, count);
	if (elements == NULL)
		return ERROR_LIMIT;
	subset->elements = elements;
	subset->element_count = 0; /* asked for twice: the last counts, as in a search */
	while (value.len > 0) {
		struct str name = str_trim(str_cut(&value, ','));
		if (name.len > 0)
			elements[subset->element_count++] = name;
	}
	return ERROR_OK;
}

static enum error read_summary(struct inquiry *inquiry, struct str value, struct subset *subset)
{
	if (str_equal(value, STR("true")))
		subset->summary = FHIR_SUMMARY_TRUE;
	else if (str_equal(value, STR("text")))
		subset->summary = FHIR_SUMMARY_TEXT;
	else if (str_equal(value, STR("data")))
		subset->summary = FHIR_SUMMARY_DATA;
	else if (!str_equal(value, STR("false")))
		return issue_add(inquiry->issues, ERROR_BAD_REQUEST, STR(""),
				 "_summary of a read may be true, text, data or false");
	return ERROR_OK;
}

static enum error read_arguments(struct inquiry *inquiry, struct subset *ret_subset)
{
	struct subset subset = { .summary = FHIR_SUMMARY_FALSE };
	for (size_t i = 0; i < inquiry->argument_count; i++) {
		const struct search_argument *argument = &inquiry->arguments[i];
		enum error error = ERROR_OK;
		if (str_equal(argument->name, STR("_format")) ||
		    str_equal(argument->name, STR("_pretty")))
			continue;
		if (str_equal(argument->name, STR("_summary")))
			error = read_summary(inquiry, argument->value, &subset);
		else if (str_equal(argument->name, STR("_elements")))
			error = read_elements(inquiry, argument->value, &subset);
		else if (!inquiry->lenient)
			error = issue_add(
				inquiry->issues, ERROR_NOT_SUPPORTED, STR(""),
				"a read takes _format, _pretty, _summary and _elements only");
		if (error != ERROR_OK)
			return error;
	}
	*ret_subset = subset;
	return ERROR_OK;
}

static bool is_unmodified(const struct inquiry *inquiry, const struct store_version *version)
{
	int64_t since_us = 0;
	if (inquiry->if_none_match.len > 0)
		return header_etag_matches(inquiry->if_none_match, version->version);
	if (!header_date_parse(inquiry->if_modified_since, &since_us))
		return false;
	return version->at_us < since_us + DATE_US_PER_S;
}

static enum error subset_body(struct inquiry *inquiry, const struct subset *subset,
			      struct str *body)
{
	struct arena *arena = &inquiry->call->arena;
	struct json *tree = NULL;
	if (subset->summary == FHIR_SUMMARY_FALSE && subset->element_count == 0)
		return ERROR_OK;
	enum error error = json_parse(arena, *body, NULL, NULL, &tree);
	if (error == ERROR_OK)
		error = fhir_subset(arena, tree, subset->summary, subset->elements,
				    subset->element_count);
	if (error == ERROR_OK)
		*body = exchange_print(arena, tree);
	return error == ERROR_OK && body->ptr == NULL ? ERROR_LIMIT : error;
}

static enum error answer_version(struct inquiry *inquiry, enum error error,
				 const struct store_version *version, const struct subset *subset)
{
	if (error == ERROR_OK || (error == ERROR_GONE && version->version > 0)) {
		inquiry->has_version = true;
		inquiry->version = version->version;
		inquiry->at_us = version->at_us;
	}
	if (error != ERROR_OK)
		return error;
	if (is_unmodified(inquiry, version)) {
		inquiry->status = 304;
		return ERROR_OK;
	}
	inquiry->status = 200;
	inquiry->body = version->body;
	return subset_body(inquiry, subset, &inquiry->body);
}

enum error read_inquire(struct inquiry *inquiry)
{
	struct store_version version = { 0 };
	struct subset subset;
	uint16_t type = FHIR_TYPE_NONE;
	enum error error = exchange_type(inquiry->segments[0], inquiry->issues, &type);
	if (error == ERROR_OK)
		error = read_arguments(inquiry, &subset);
	if (error != ERROR_OK)
		return error;
	if (!fhir_id_is_valid(inquiry->segments[1]))
		return ERROR_NOT_FOUND;
	error = store_read(inquiry->reader, &inquiry->call->arena, type, inquiry->segments[1],
			   &version);
	return answer_version(inquiry, error, &version, &subset);
}

enum error vread_inquire(struct inquiry *inquiry)
{
	struct store_version version = { 0 };
	struct subset subset;
	uint16_t type = FHIR_TYPE_NONE;
	uint64_t number = 0;
	enum error error = exchange_type(inquiry->segments[0], inquiry->issues, &type);
	if (error == ERROR_OK)
		error = read_arguments(inquiry, &subset);
	if (error != ERROR_OK)
		return error;
	if (!fhir_id_is_valid(inquiry->segments[1]) || !str_to_u64(inquiry->segments[3], &number) ||
	    number < 1 || number > INT64_MAX)
		return ERROR_NOT_FOUND;
	error = store_read_version(inquiry->reader, &inquiry->call->arena, type,
				   inquiry->segments[1], (int64_t)number, &version);
	return answer_version(inquiry, error, &version, &subset);
}
