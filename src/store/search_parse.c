/* SPDX-License-Identifier: Apache-2.0
 * From URL parameters to a request. What is not offered is refused by name. */
#include "store/query.h"

#include "base/hash.h"

struct parser {
	struct arena *arena;
	struct issues *issues;
	const struct search_parse_options *options;
	uint16_t type;
	struct search_request *request;
	struct search_plan *plan;
	struct search_criterion *criteria;
	size_t value_count;
	struct str cursor;
};

/* Parameters that every type has, for a search over all types. */
static const struct str common[] = { STR_INIT("_profile"), STR_INIT("_security"),
				     STR_INIT("_source"), STR_INIT("_tag") };
#define COMMON_COUNT (sizeof(common) / sizeof(common[0]))

static const struct fhir_search_parameter *parameter_find(uint16_t type, struct str code)
{
	if (type != FHIR_TYPE_NONE)
		return fhir_search_parameter_find(type, code);
	for (size_t i = 0; i < COMMON_COUNT; i++) {
		if (str_equal(code, common[i])) /* any type's will do: all are alike */
			return fhir_search_parameter_find(1, code);
	}
	return NULL;
}

static enum error unknown(const struct parser *parser, uint16_t type, struct str code)
{
	struct text offered;
	size_t count = 0;
	const struct fhir_search_parameter *parameters =
		type == FHIR_TYPE_NONE ? NULL : fhir_search_parameters(type, &count);

	text_init(&offered, parser->arena, 16384);
	for (size_t i = 0; i < count; i++) {
		if (parameters[i].kind == FHIR_SEARCH_SPECIAL)
			continue;
		text_put(&offered, i == 0 ? STR("") : STR(" "));
		text_put(&offered, parameters[i].code);
	}
	if (type == FHIR_TYPE_NONE)
		text_put(&offered, STR("_id _lastUpdated _profile _security _source _tag _type"));
	return issue_add(
		parser->issues, ERROR_NOT_SUPPORTED, STR(""),
		"The search parameter \"%.*s\" is not known for %.*s. Offered: %.*s.",
		STR_ARG(str_slice(code, 0, 64)),
		STR_ARG(type == FHIR_TYPE_NONE ? STR("all types") : fhir_resource_name(type)),
		STR_ARG(text_view(&offered)));
}

/* --- modifiers ------------------------------------------------------------------------------ */

static const struct {
	struct str name;
	enum modifier modifier;
	unsigned kinds; /* bits of enum fhir_search_kind */
} modifiers[] = {
	{ STR_INIT("missing"), MODIFIER_MISSING, ~0U },
	{ STR_INIT("exact"), MODIFIER_EXACT, 1U << FHIR_SEARCH_STRING },
	{ STR_INIT("contains"), MODIFIER_CONTAINS, 1U << FHIR_SEARCH_STRING },
	{ STR_INIT("not"), MODIFIER_NOT, 1U << FHIR_SEARCH_TOKEN },
	{ STR_INIT("text"), MODIFIER_TEXT, 1U << FHIR_SEARCH_TOKEN },
	{ STR_INIT("of-type"), MODIFIER_OF_TYPE, 1U << FHIR_SEARCH_TOKEN },
	{ STR_INIT("identifier"), MODIFIER_IDENTIFIER, 1U << FHIR_SEARCH_REFERENCE },
	{ STR_INIT("below"), MODIFIER_BELOW, 1U << FHIR_SEARCH_URI | 1U << FHIR_SEARCH_REFERENCE },
	{ STR_INIT("above"), MODIFIER_ABOVE, 1U << FHIR_SEARCH_URI },
};
#define MODIFIER_COUNT (sizeof(modifiers) / sizeof(modifiers[0]))

static enum error modifier_find(const struct parser *parser,
				const struct fhir_search_parameter *parameter, struct str name,
				struct value_options *options)
{
	struct text offered;

	if (name.ptr == NULL)
		return ERROR_OK;
	text_init(&offered, parser->arena, 1024);
	for (size_t i = 0; i < MODIFIER_COUNT; i++) {
		bool fits = (modifiers[i].kinds >> parameter->kind & 1) != 0;

		/* The type of an identifier is looked up where an Identifier stands. */
		if (modifiers[i].modifier == MODIFIER_OF_TYPE &&
		    !str_equal(parameter->code, STR("identifier")))
			fits = false;
		if (fits && str_equal(name, modifiers[i].name)) {
			options->modifier = modifiers[i].modifier;
			return ERROR_OK;
		}
		if (fits)
			text_put_format(&offered, " :%.*s", STR_ARG(modifiers[i].name));
	}
	if (parameter->kind == FHIR_SEARCH_REFERENCE) {
		options->modifier = MODIFIER_TYPE;
		options->modifier_type = fhir_resource_find(name);
		if (options->modifier_type != FHIR_TYPE_NONE)
			return ERROR_OK;
		text_put(&offered, STR(" :Type"));
	}
	return issue_add(
		parser->issues, ERROR_NOT_SUPPORTED, STR(""),
		"The modifier \":%.*s\" is not offered for the parameter \"%.*s\". Offered:%.*s.",
		STR_ARG(str_slice(name, 0, 64)), STR_ARG(parameter->code),
		STR_ARG(text_view(&offered)));
}

/* --- criteria ------------------------------------------------------------------------------- */

static enum error bad_value(const struct parser *parser, struct str name)
{
	return issue_add(parser->issues, ERROR_BAD_REQUEST, STR(""),
			 "The value of the search parameter \"%.*s\" cannot be read as its kind.",
			 STR_ARG(str_slice(name, 0, 128)));
}

static size_t count_values(struct str text)
{
	size_t count = 0;

	do {
		value_cut(&text, ',');
		count++;
	} while (text.ptr != NULL);
	return count;
}

static enum error parse_values(struct parser *parser, struct str name, struct str text,
			       const struct value_options *options,
			       struct search_criterion *criterion)
{
	size_t count = count_values(text);
	enum error error = ERROR_OK;

	if (text.len == 0)
		return issue_add(parser->issues, ERROR_BAD_REQUEST, STR(""),
				 "The search parameter \"%.*s\" has no value.",
				 STR_ARG(str_slice(name, 0, 128)));
	if (options->modifier == MODIFIER_MISSING) {
		criterion->missing = str_equal(text, STR("true"));
		return criterion->missing || str_equal(text, STR("false"))
			       ? ERROR_OK
			       : bad_value(parser, name);
	}
	parser->value_count += count;
	if (parser->value_count > LIMIT_SEARCH_VALUES_MAX)
		return issue_add(parser->issues, ERROR_LIMIT, STR(""),
				 "A search may hold %d values.", LIMIT_SEARCH_VALUES_MAX);
	criterion->values = ARENA_NEW(parser->arena, struct search_value, count);
	if (criterion->values == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < count && error == ERROR_OK; i++)
		error = value_parse(parser->arena, value_cut(&text, ','), options,
				    &criterion->values[i]);
	criterion->value_count = count;
	if (error == ERROR_BAD_REQUEST)
		return bad_value(parser, name);
	if (error == ERROR_NOT_SUPPORTED)
		return issue_add(parser->issues, error, STR(""),
				 "The search parameter \"%.*s\" is not supported.",
				 STR_ARG(str_slice(name, 0, 128)));
	return error;
}

static enum error parse_parameter(struct parser *parser, uint16_t type,
				  const struct search_argument *argument,
				  struct search_criterion *criterion)
{
	struct str modifier = argument->name;
	struct str code = str_cut(&modifier, ':');
	struct value_options options = { .base_url = parser->options->base_url,
					 .now_us = parser->options->now_us };
	enum error error;

	criterion->code = code;
	if (str_equal(code, STR("_id")) || str_equal(code, STR("_lastUpdated"))) {
		if (modifier.ptr != NULL)
			return issue_add(parser->issues, ERROR_NOT_SUPPORTED, STR(""),
					 "The parameter \"%.*s\" takes no modifier.",
					 STR_ARG(code));
		criterion->kind = str_equal(code, STR("_id")) ? CRITERION_ID : CRITERION_UPDATED;
		options.kind =
			criterion->kind == CRITERION_ID ? FHIR_SEARCH_TOKEN : FHIR_SEARCH_DATE;
		return parse_values(parser, argument->name, argument->value, &options, criterion);
	}
	criterion->parameter = parameter_find(type, code);
	if (criterion->parameter == NULL || criterion->parameter->kind == FHIR_SEARCH_SPECIAL)
		return unknown(parser, type, code);
	criterion->kind = CRITERION_PARAMETER;
	options.kind = criterion->parameter->kind;
	options.parameter = criterion->parameter;
	error = modifier_find(parser, criterion->parameter, modifier, &options);
	if (error != ERROR_OK)
		return error;
	criterion->modifier = options.modifier;
	return parse_values(parser, argument->name, argument->value, &options, criterion);
}

static bool is_target(const struct fhir_search_parameter *parameter, uint16_t type)
{
	for (size_t i = 0; i < parameter->target_count; i++) {
		if (parameter->targets[i] == type)
			return true;
	}
	return parameter->target_count == 0;
}

/* patient.name=x, subject:Patient.name=x: one level. */
static enum error parse_chain(struct parser *parser, const struct search_argument *argument,
			      struct search_criterion *criterion)
{
	struct str rest = argument->name;
	struct str first = str_cut(&rest, '.');
	struct str type_name = first;
	struct str code = str_cut(&type_name, ':');
	const struct fhir_search_parameter *parameter = parameter_find(parser->type, code);
	uint16_t only = FHIR_TYPE_NONE, count = fhir_resource_count();
	struct search_argument inner = { rest, argument->value };
	struct str inner_code = rest;

	if (parameter == NULL || parameter->kind != FHIR_SEARCH_REFERENCE)
		return unknown(parser, parser->type, code);
	if (str_find_byte(rest, '.', 0) < rest.len)
		return issue_add(parser->issues, ERROR_NOT_SUPPORTED, STR(""),
				 "A chain may have one step: search for the middle one first.");
	if (type_name.ptr != NULL) {
		only = fhir_resource_find(type_name);
		if (only == FHIR_TYPE_NONE || !is_target(parameter, only))
			return issue_add(parser->issues, ERROR_NOT_SUPPORTED, STR(""),
					 "\"%.*s\" does not refer to that type.", STR_ARG(code));
	}
	inner_code = str_cut(&inner_code, ':');
	criterion->kind = CRITERION_CHAIN;
	criterion->code = code;
	criterion->parameter = parameter;
	criterion->inner = ARENA_NEW(parser->arena, struct search_criterion, (size_t)count + 1);
	criterion->inner_types = ARENA_NEW(parser->arena, uint16_t, (size_t)count + 1);
	if (criterion->inner == NULL || criterion->inner_types == NULL)
		return ERROR_LIMIT;
	for (uint16_t type = 1; type <= count; type++) {
		bool special = str_equal(inner_code, STR("_id")) ||
			       str_equal(inner_code, STR("_lastUpdated"));
		enum error error;

		if (only != FHIR_TYPE_NONE ? type != only : !is_target(parameter, type))
			continue;
		if (!special && fhir_search_parameter_find(type, inner_code) == NULL)
			continue;
		error = parse_parameter(parser, type, &inner,
					&criterion->inner[criterion->inner_count]);
		if (error != ERROR_OK)
			return error;
		criterion->inner_types[criterion->inner_count++] = type;
	}
	if (criterion->inner_count == 0)
		return issue_add(
			parser->issues, ERROR_NOT_SUPPORTED, STR(""),
			"None of the types that \"%.*s\" refers to has the parameter \"%.*s\".",
			STR_ARG(code), STR_ARG(str_slice(inner_code, 0, 64)));
	return ERROR_OK;
}

/* _has:Observation:patient:code=x */
static enum error parse_has(struct parser *parser, const struct search_argument *argument,
			    struct search_criterion *criterion)
{
	struct str rest = argument->name;
	struct str type_name, code;
	struct search_argument inner;
	uint16_t type;

	str_cut(&rest, ':');
	type_name = str_cut(&rest, ':');
	code = str_cut(&rest, ':');
	inner = (struct search_argument){ rest, argument->value };
	type = fhir_resource_find(type_name);
	if (type == FHIR_TYPE_NONE || rest.len == 0)
		return issue_add(parser->issues, ERROR_BAD_REQUEST, STR(""),
				 "Write _has:Type:reference:parameter=value.");
	if (str_starts_with(rest, STR("_has:")) || str_find_byte(rest, '.', 0) < rest.len)
		return issue_add(parser->issues, ERROR_NOT_SUPPORTED, STR(""),
				 "_has may not hold another _has or a chain.");
	criterion->parameter = fhir_search_parameter_find(type, code);
	if (criterion->parameter == NULL || criterion->parameter->kind != FHIR_SEARCH_REFERENCE ||
	    !is_target(criterion->parameter, parser->type))
		return unknown(parser, type, code);
	criterion->kind = CRITERION_HAS;
	criterion->code = argument->name;
	criterion->inner = ARENA_NEW(parser->arena, struct search_criterion, 1);
	criterion->inner_types = ARENA_NEW(parser->arena, uint16_t, 1);
	if (criterion->inner == NULL || criterion->inner_types == NULL)
		return ERROR_LIMIT;
	criterion->inner_types[0] = type;
	criterion->inner_count = 1;
	return parse_parameter(parser, type, &inner, criterion->inner);
}

static enum error parse_types(struct parser *parser, struct str text)
{
	struct search_plan *plan = parser->plan;

	plan->types = ARENA_NEW(parser->arena, uint16_t, count_values(text));
	if (plan->types == NULL)
		return ERROR_LIMIT;
	while (text.ptr != NULL) {
		uint16_t type = fhir_resource_find(value_cut(&text, ','));

		if (type == FHIR_TYPE_NONE)
			return issue_add(parser->issues, ERROR_BAD_REQUEST, STR(""),
					 "_type names a type that does not exist.");
		plan->types[plan->type_count++] = type;
	}
	return ERROR_OK;
}

static enum error parse_criterion(struct parser *parser, const struct search_argument *argument)
{
	struct search_criterion *criterion = &parser->criteria[parser->request->criterion_count];
	struct search_criterion parsed = { .kind = CRITERION_PARAMETER };
	enum error error;

	if (parser->type == FHIR_TYPE_NONE && str_equal(argument->name, STR("_type"))) {
		if (parser->plan->type_count > 0)
			return issue_add(parser->issues, ERROR_NOT_SUPPORTED, STR(""),
					 "_type may be given once, with types parted by commas.");
		return parse_types(parser, argument->value);
	}
	if (str_starts_with(argument->name, STR("_has:")) && parser->type != FHIR_TYPE_NONE)
		error = parse_has(parser, argument, &parsed);
	else if (str_find_byte(argument->name, '.', 0) < argument->name.len)
		error = parse_chain(parser, argument, &parsed);
	else
		error = parse_parameter(parser, parser->type, argument, &parsed);
	if (error != ERROR_OK)
		return error;
	*criterion = parsed;
	parser->request->criterion_count++;
	return ERROR_OK;
}

/* --- result parameters ---------------------------------------------------------------------- */

static enum error parse_sort(struct parser *parser, struct str text)
{
	struct search_plan *plan = parser->plan;

	while (text.ptr != NULL) {
		struct str code = str_cut(&text, ',');
		struct sort_key *key = &plan->sort[plan->sort_count];

		if (plan->sort_count == SORT_KEYS_MAX)
			return issue_add(parser->issues, ERROR_NOT_SUPPORTED, STR(""),
					 "_sort takes %d keys.", SORT_KEYS_MAX);
		key->descending = str_starts_with(code, STR("-"));
		code = str_slice(code, key->descending ? 1 : 0, code.len);
		if (str_equal(code, STR("_id"))) {
			key->kind = SORT_ID;
		} else if (str_equal(code, STR("_lastUpdated"))) {
			key->kind = SORT_UPDATED;
		} else {
			key->kind = SORT_PARAMETER;
			key->parameter = parser->type == FHIR_TYPE_NONE
						 ? NULL
						 : fhir_search_parameter_find(parser->type, code);
			if (key->parameter == NULL || key->parameter->kind == FHIR_SEARCH_SPECIAL ||
			    key->parameter->kind == FHIR_SEARCH_COMPOSITE)
				return unknown(parser, parser->type, code);
		}
		plan->sort_count++;
	}
	return ERROR_OK;
}

/* Type:parameter[:Target] or * */
static enum error parse_include(struct parser *parser, struct str text, bool reverse, bool iterate)
{
	struct search_plan *plan = parser->plan;
	struct include include = { .reverse = reverse, .iterate = iterate };
	struct str type_name = str_cut(&text, ':');
	struct str code = text.ptr == NULL ? text : str_cut(&text, ':');

	if (plan->include_count == INCLUDES_MAX)
		return issue_add(parser->issues, ERROR_LIMIT, STR(""),
				 "A search may hold %d _include and _revinclude.", INCLUDES_MAX);
	if (str_equal(type_name, STR("*")) && !reverse && code.ptr == NULL) {
		include.type = parser->type;
		plan->includes[plan->include_count++] = include;
		return ERROR_OK;
	}
	include.type = fhir_resource_find(type_name);
	if (include.type == FHIR_TYPE_NONE || code.len == 0)
		return issue_add(parser->issues, ERROR_BAD_REQUEST, STR(""),
				 "Write _include=Type:parameter or Type:parameter:Target.");
	if (!str_equal(code, STR("*"))) {
		include.parameter = fhir_search_parameter_find(include.type, code);
		if (include.parameter == NULL || include.parameter->kind != FHIR_SEARCH_REFERENCE)
			return unknown(parser, include.type, code);
	}
	if (text.ptr != NULL) {
		include.target = fhir_resource_find(text);
		if (include.target == FHIR_TYPE_NONE)
			return issue_add(parser->issues, ERROR_BAD_REQUEST, STR(""),
					 "_include names a target type that does not exist.");
	}
	plan->includes[plan->include_count++] = include;
	return ERROR_OK;
}

static enum error parse_count(struct parser *parser, struct str text)
{
	uint64_t count;

	if (!str_to_u64(text, &count))
		return bad_value(parser, STR("_count"));
	parser->request->count =
		count > LIMIT_PAGE_COUNT_MAX ? LIMIT_PAGE_COUNT_MAX : (size_t)count;
	if (count == 0)
		parser->request->count_only = true;
	return ERROR_OK;
}

static enum error parse_total(struct parser *parser, struct str text)
{
	if (str_equal(text, STR("none")))
		parser->request->total = SEARCH_TOTAL_NONE;
	else if (str_equal(text, STR("accurate")))
		parser->request->total = SEARCH_TOTAL_ACCURATE;
	else if (str_equal(text, STR("estimate")))
		parser->request->total = SEARCH_TOTAL_CHEAP;
	else
		return bad_value(parser, STR("_total"));
	return ERROR_OK;
}

static enum error parse_summary(struct parser *parser, struct str text)
{
	struct search_request *request = parser->request;

	if (str_equal(text, STR("count")))
		request->count_only = true;
	else if (str_equal(text, STR("true")))
		request->summary = FHIR_SUMMARY_TRUE;
	else if (str_equal(text, STR("text")))
		request->summary = FHIR_SUMMARY_TEXT;
	else if (str_equal(text, STR("data")))
		request->summary = FHIR_SUMMARY_DATA;
	else if (str_equal(text, STR("false")))
		request->summary = FHIR_SUMMARY_FALSE;
	else
		return bad_value(parser, STR("_summary"));
	return ERROR_OK;
}

static enum error parse_elements(struct parser *parser, struct str text)
{
	struct search_request *request = parser->request;

	request->elements = ARENA_NEW(parser->arena, struct str, count_values(text));
	if (request->elements == NULL)
		return ERROR_LIMIT;
	request->element_count = 0;
	while (text.ptr != NULL) {
		struct str name = value_cut(&text, ','); /* as they were counted */

		if (name.len == 0)
			return bad_value(parser, STR("_elements"));
		request->elements[request->element_count++] = name;
	}
	return ERROR_OK;
}

/* Sets *ret_done when the name is a result parameter. */
static enum error parse_result(struct parser *parser, const struct search_argument *argument,
			       bool *ret_done)
{
	struct str modifier = argument->name;
	struct str name = str_cut(&modifier, ':');
	bool iterate = str_equal(modifier, STR("iterate"));
	bool include = str_equal(name, STR("_include"));
	struct str text = argument->value;

	*ret_done = true;
	if ((include || str_equal(name, STR("_revinclude"))) && (modifier.ptr == NULL || iterate))
		return parse_include(parser, text, !include, iterate);
	if (modifier.ptr != NULL) {
		*ret_done = false;
		return ERROR_OK;
	}
	if (str_equal(name, STR("_count")))
		return parse_count(parser, text);
	if (str_equal(name, STR("_sort")))
		return parse_sort(parser, text);
	if (str_equal(name, STR("_total")))
		return parse_total(parser, text);
	if (str_equal(name, STR("_summary")))
		return parse_summary(parser, text);
	if (str_equal(name, STR("_elements")))
		return parse_elements(parser, text);
	if (str_equal(name, STR("_cursor"))) {
		parser->cursor = text;
		return ERROR_OK;
	}
	*ret_done = false;
	return ERROR_OK;
}

static bool is_result_parameter(struct str name)
{
	static const struct str names[] = {
		STR_INIT("_count"),   STR_INIT("_sort"),       STR_INIT("_total"),
		STR_INIT("_summary"), STR_INIT("_elements"),   STR_INIT("_cursor"),
		STR_INIT("_include"), STR_INIT("_revinclude"),
	};

	name = str_cut(&name, ':');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_equal(name, names[i]))
			return true;
	}
	return false;
}

static enum error parse_argument(struct parser *parser, const struct search_argument *argument)
{
	struct search_request *request = parser->request;
	bool done = false;
	enum error error;

	/* How the answer is written is the API's affair. */
	if (str_equal(argument->name, STR("_format")) || str_equal(argument->name, STR("_pretty")))
		return ERROR_OK;
	if (parser->options->conditional && is_result_parameter(argument->name))
		return issue_add(parser->issues, ERROR_BAD_REQUEST, STR(""),
				 "A condition may hold search criteria only, not \"%.*s\".",
				 STR_ARG(str_slice(argument->name, 0, 64)));
	error = parse_result(parser, argument, &done);
	if (error == ERROR_OK && !done)
		error = parse_criterion(parser, argument);
	if (error == ERROR_NOT_SUPPORTED && parser->options->lenient)
		return ERROR_OK; /* dropped, and not among `used` */
	if (error == ERROR_OK && !str_equal(argument->name, STR("_cursor")))
		request->used[request->used_count++] = *argument;
	return error;
}

static enum error add_compartment(struct parser *parser)
{
	const struct search_parse_options *options = parser->options;
	struct search_criterion *criterion = &parser->criteria[parser->request->criterion_count];
	size_t count = 0;
	const uint16_t *parameters;

	if (options->compartment == FHIR_TYPE_NONE)
		return ERROR_OK;
	parameters = fhir_compartment_parameters(options->compartment, parser->type, &count);
	if (parser->type == FHIR_TYPE_NONE || count == 0)
		return issue_add(parser->issues, ERROR_NOT_FOUND, STR(""),
				 "Resources of that type are never in this compartment.");
	criterion->kind = CRITERION_COMPARTMENT;
	criterion->parameters = parameters;
	criterion->parameter_count = count;
	criterion->values = ARENA_NEW(parser->arena, struct search_value, 1);
	if (criterion->values == NULL)
		return ERROR_LIMIT;
	criterion->value_count = 1;
	criterion->values[0].target_type = options->compartment;
	criterion->values[0].id = options->compartment_id;
	parser->request->criterion_count++;
	return ERROR_OK;
}

static uint64_t hash_of(const struct parser *parser)
{
	const struct search_request *request = parser->request;
	uint64_t hash = hash_bytes(&parser->type, sizeof(parser->type), 2);

	for (size_t i = 0; i < request->used_count; i++) {
		hash = hash_bytes(request->used[i].name.ptr, request->used[i].name.len, hash);
		hash = hash_bytes(request->used[i].value.ptr, request->used[i].value.len, hash);
	}
	hash = hash_bytes(&parser->options->compartment, sizeof(uint16_t), hash);
	return hash_bytes(parser->options->compartment_id.ptr, parser->options->compartment_id.len,
			  hash);
}

/* Without _sort: the newest first where the search names one subject and the type has a date. */
static void default_sort(struct parser *parser)
{
	struct search_plan *plan = parser->plan;
	const struct search_request *request = parser->request;
	size_t references = 0;

	for (size_t i = 0; i < request->criterion_count; i++) {
		const struct search_criterion *criterion = &request->criteria[i];
		bool reference = criterion->kind == CRITERION_COMPARTMENT ||
				 (criterion->kind == CRITERION_PARAMETER &&
				  criterion->parameter->kind == FHIR_SEARCH_REFERENCE &&
				  (criterion->modifier == MODIFIER_NONE ||
				   criterion->modifier == MODIFIER_TYPE));

		references += reference && criterion->value_count == 1 ? 1 : 0;
	}
	if (plan->sort_count > 0 || references != 1 || parser->type == FHIR_TYPE_NONE)
		return;
	plan->sort[0].parameter = catalogue_date_parameter(parser->type);
	if (plan->sort[0].parameter == NULL)
		return;
	plan->sort[0].kind = SORT_PARAMETER;
	plan->sort[0].descending = true;
	plan->sort_count = 1;
}

enum error search_parse(struct arena *arena, uint16_t type, const struct search_argument *arguments,
			size_t argument_count, const struct search_parse_options *options,
			struct issues *issues, struct search_request **ret_request)
{
	struct parser parser = {
		.arena = arena, .issues = issues, .options = options, .type = type
	};
	struct search_request *request = ARENA_NEW(arena, struct search_request, 1);
	enum error error = ERROR_OK;

	if (argument_count > LIMIT_SEARCH_PARAMETERS_MAX)
		return issue_add(issues, ERROR_LIMIT, STR(""), "A search may hold %d parameters.",
				 LIMIT_SEARCH_PARAMETERS_MAX);
	parser.request = request;
	parser.plan = ARENA_NEW(arena, struct search_plan, 1);
	parser.criteria = ARENA_NEW(arena, struct search_criterion, argument_count + 1);
	if (request == NULL || parser.plan == NULL || parser.criteria == NULL)
		return ERROR_LIMIT;
	request->type = type;
	request->count = LIMIT_PAGE_COUNT_DEFAULT;
	request->total = SEARCH_TOTAL_CHEAP;
	request->criteria = parser.criteria;
	request->plan = parser.plan;
	request->used = ARENA_NEW(arena, struct search_argument, argument_count + 1);
	if (request->used == NULL)
		return ERROR_LIMIT;
	parser.plan->now_us = options->now_us;
	for (size_t i = 0; i < argument_count && error == ERROR_OK; i++)
		error = parse_argument(&parser, &arguments[i]);
	if (error != ERROR_OK)
		return error;
	if (options->conditional && request->criterion_count == 0)
		return issue_add(issues, ERROR_PRECONDITION, STR(""),
				 "A condition needs at least one search criterion.");
	error = add_compartment(&parser);
	if (error != ERROR_OK)
		return error;
	default_sort(&parser);
	parser.plan->hash = hash_of(&parser);
	parser.plan->cursor = (struct cursor){ .feed_max = INT64_MAX, .total = -1 };
	if (parser.cursor.ptr != NULL) {
		if (cursor_read(arena, parser.cursor, parser.plan->hash, &parser.plan->cursor) !=
		    ERROR_OK)
			return issue_add(
				issues, ERROR_BAD_REQUEST, STR(""),
				"The _cursor does not belong to this search: start again from "
				"its first page.");
		request->has_cursor = true;
	}
	if (request->count_only)
		request->count = 0;
	if (arena->failed)
		return ERROR_LIMIT;
	*ret_request = request;
	return ERROR_OK;
}
