/* SPDX-License-Identifier: Apache-2.0
 * search: type level, system level, compartments; GET and POST _search (hl7.org/fhir/R4/http.html#search).
 * The searching itself is the store's; here it becomes a Bundle. */
#include "api/bundle.h"

struct place {
	struct str path;
	uint16_t type;
	uint16_t compartment;
	struct str compartment_id;
};

static enum error find_place(struct inquiry *inquiry, struct place *ret_place)
{
	const struct str *segments = inquiry->segments;
	struct place place = { 0 };
	enum error error = ERROR_OK;
	if (inquiry->segment_count == 1) {
		error = exchange_type(segments[0], inquiry->issues, &place.type);
	} else if (inquiry->segment_count == 3) {
		error = exchange_type(segments[0], inquiry->issues, &place.compartment);
		if (error == ERROR_OK && !str_equal(segments[2], STR("*")))
			error = exchange_type(segments[2], inquiry->issues, &place.type);
		if (error == ERROR_OK && !fhir_id_is_valid(segments[1]))
			error = ERROR_NOT_FOUND;
		place.compartment_id = segments[1];
	}
	if (error != ERROR_OK)
		return error;
	place.path = bundle_path(&inquiry->call->arena, segments, inquiry->segment_count);
	*ret_place = place;
	return ERROR_OK;
}

static bool is_trimmed(const struct search_request *request)
{
	return request->summary != FHIR_SUMMARY_FALSE || request->element_count > 0;
}

static enum error put_resource(struct bundle *bundle, const struct search_request *request,
			       struct str body)
{
	struct arena *arena = &bundle->call->arena;
	struct json *tree = NULL;
	text_put(&bundle->text, STR(",\"resource\":"));
	if (!is_trimmed(request)) {
		text_put(&bundle->text, body);
		return ERROR_OK;
	}
	enum error error = json_parse(arena, body, NULL, NULL, &tree);
	if (error == ERROR_OK)
		error = fhir_subset(arena, tree, request->summary, request->elements,
				    request->element_count);
	if (error == ERROR_OK)
		json_print(&bundle->text, tree);
	return error;
}

static enum error put_entries(struct bundle *bundle, const struct search_request *request,
			      const struct store_version *versions, size_t count, const char *mode)
{
	for (size_t i = 0; i < count; i++) {
		bundle_entry_begin(bundle);
		bundle_full_url(bundle, versions[i].type, versions[i].id);
		enum error error = put_resource(bundle, request, versions[i].body);
		if (error != ERROR_OK)
			return error;
		text_put(&bundle->text, STR(",\"search\":{\"mode\":\""));
		text_put_c(&bundle->text, mode);
		text_put(&bundle->text, STR("\"}}"));
	}
	return ERROR_OK;
}

/* What was left out, said in the Bundle itself. */
static void put_outcome(struct bundle *bundle, struct inquiry *inquiry,
			const struct search_result *result)
{
	struct arena *arena = &bundle->call->arena;
	if (result->includes_cut)
		issue_add_as(inquiry->issues, ISSUE_WARNING, ERROR_LIMIT, STR("incomplete"),
			     STR(""),
			     "not all included resources are in this page: ask for fewer matches "
			     "with _count");
	if (inquiry->issues->count == 0)
		return;
	bundle_entry_begin(bundle);
	text_put(&bundle->text, STR("\"resource\":"));
	json_print(&bundle->text, fhir_outcome(arena, ERROR_OK, inquiry->issues));
	text_put(&bundle->text, STR(",\"search\":{\"mode\":\"outcome\"}}"));
}

static enum error print_links(struct bundle *bundle, const struct place *place,
			      const struct search_request *request, struct str cursor_in,
			      struct str cursor_next)
{
	struct call *call = bundle->call;
	size_t count = request->used_count;
	struct search_argument *arguments =
		ARENA_NEW(&call->arena, struct search_argument, count + 1);
	if (arguments == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < count; i++)
		arguments[i] = request->used[i];
	struct str first = bundle_url(call, place->path, arguments, count);
	if (cursor_in.len > 0) {
		arguments[count] = (struct search_argument){ STR("_cursor"), cursor_in };
		bundle_link(bundle, "self", bundle_url(call, place->path, arguments, count + 1));
	} else {
		bundle_link(bundle, "self", first);
	}
	bundle_link(bundle, "first", first);
	if (cursor_next.len > 0) {
		arguments[count] = (struct search_argument){ STR("_cursor"), cursor_next };
		bundle_link(bundle, "next", bundle_url(call, place->path, arguments, count + 1));
	}
	return ERROR_OK;
}

static struct str cursor_of(const struct inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->argument_count; i++) {
		if (str_equal(inquiry->arguments[i].name, STR("_cursor")))
			return inquiry->arguments[i].value;
	}
	return (struct str){ NULL, 0 };
}

static enum error print_result(struct inquiry *inquiry, const struct place *place,
			       const struct search_request *request,
			       const struct search_result *result)
{
	struct bundle bundle;
	bundle_begin(&bundle, inquiry->call, "searchset", result->total);
	enum error error =
		print_links(&bundle, place, request, cursor_of(inquiry), result->cursor_next);
	if (error == ERROR_OK)
		error = put_entries(&bundle, request, result->matches, result->match_count,
				    "match");
	if (error == ERROR_OK)
		error = put_entries(&bundle, request, result->included, result->included_count,
				    "include");
	if (error != ERROR_OK)
		return error;
	put_outcome(&bundle, inquiry, result);
	inquiry->body = bundle_end(&bundle);
	inquiry->status = 200;
	return inquiry->body.ptr == NULL ? ERROR_LIMIT : ERROR_OK;
}

enum error search_inquire(struct inquiry *inquiry)
{
	struct call *call = inquiry->call;
	struct place place;
	struct search_argument *arguments = NULL;
	size_t count = 0;
	struct search_request *request = NULL;
	struct search_result result = { .total = -1 };
	enum error error = find_place(inquiry, &place);
	if (error == ERROR_OK)
		error = exchange_arguments(&call->arena, inquiry->arguments,
					   inquiry->argument_count, &arguments, &count);
	if (error != ERROR_OK)
		return error;
	const struct search_parse_options options = {
		.lenient = inquiry->lenient,
		.compartment = place.compartment,
		.compartment_id = place.compartment_id,
		.base_url = server_base_url(call->server),
		.now_us = call->received_us,
	};
	error = search_parse(&call->arena, place.type, arguments, count, &options, inquiry->issues,
			     &request);
	if (error == ERROR_OK)
		error = search_run(inquiry->reader, &call->arena, request, inquiry->issues,
				   &result);
	if (error != ERROR_OK)
		return error;
	return print_result(inquiry, &place, request, &result);
}
