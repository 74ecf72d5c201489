/* SPDX-License-Identifier: Apache-2.0
 * What the interactions share. */
#include "api/exchange.h"

#include "base/date.h"

enum error exchange_negotiate(struct call *call)
{
	for (size_t i = 0; i < call->argument_count; i++) {
		if (!str_equal(call->arguments[i].name, STR("_format")))
			continue;
		if (header_format_of(call->arguments[i].value) == HEADER_FORMAT_JSON)
			return ERROR_OK;
		return issue_add(&call->issues, ERROR_NOT_ACCEPTABLE, STR(""),
				 "_format may be json or application/fhir+json");
	}
	if (header_accept(call_header(call, "Accept")) == HEADER_FORMAT_JSON)
		return ERROR_OK;
	return issue_add(&call->issues, ERROR_NOT_ACCEPTABLE, STR(""),
			 "this server answers application/fhir+json with fhirVersion 4.0");
}

enum error exchange_type(struct str name, struct issues *issues, uint16_t *ret_type)
{
	uint16_t type = fhir_resource_find(name);
	if (type == FHIR_TYPE_NONE)
		return issue_add(
			issues, ERROR_NOT_FOUND, STR(""),
			"the address names no FHIR R4 resource type; names begin with a capital, "
			"such as Patient");
	*ret_type = type;
	return ERROR_OK;
}

enum error exchange_arguments(struct arena *arena, const struct search_argument *arguments,
			      size_t count, struct search_argument **ret_arguments,
			      size_t *ret_count)
{
	struct search_argument *kept = NULL;
	size_t kept_count = 0;
	if (count > 0) {
		kept = ARENA_NEW(arena, struct search_argument, count);
		if (kept == NULL)
			return ERROR_LIMIT;
	}
	for (size_t i = 0; i < count; i++) {
		if (!str_equal(arguments[i].name, STR("_format")) &&
		    !str_equal(arguments[i].name, STR("_pretty")))
			kept[kept_count++] = arguments[i];
	}
	*ret_arguments = kept;
	*ret_count = kept_count;
	return ERROR_OK;
}

void exchange_version_headers(struct call *call, int64_t version, int64_t at_us)
{
	char date[HEADER_DATE_SIZE];
	struct text tag;
	text_init(&tag, &call->arena, 64);
	text_put(&tag, STR("W/\""));
	text_put_i64(&tag, version);
	text_put_byte(&tag, '"');
	call_answer_header(call, STR("ETag"), text_view(&tag));
	header_date_write(at_us, date);
	call_answer_header(call, STR("Last-Modified"), str_from_c(date));
}

struct str exchange_location(struct call *call, const struct store_version *version)
{
	struct text text;
	text_init(&text, &call->arena, 1024);
	text_put(&text, server_base_url(call->server));
	text_put_byte(&text, '/');
	text_put(&text, fhir_resource_name(version->type));
	text_put_byte(&text, '/');
	text_put(&text, version->id);
	text_put(&text, STR("/_history/"));
	text_put_i64(&text, version->version);
	return text_view(&text);
}

struct str exchange_print(struct arena *arena, const struct json *tree)
{
	struct text text;
	text_init(&text, arena, EXCHANGE_BYTES_MAX);
	if (tree != NULL)
		json_print(&text, tree);
	return text.failed ? (struct str){ NULL, 0 } : text_view(&text);
}

void exchange_answer(struct call *call, unsigned status, struct str body)
{
	struct json *tree = NULL;
	bool pretty = str_equal(call_argument(call, STR("_pretty")), STR("true"));
	if (pretty && body.len > 0 &&
	    json_parse(&call->arena, body,
		       &(struct json_options){ .bytes_max = EXCHANGE_BYTES_MAX }, NULL,
		       &tree) == ERROR_OK) {
		call_answer_json(call, status, tree);
		return;
	}
	call->status = status;
	call->answer = body;
}

struct str exchange_complete_body(struct arena *arena, const struct store_write *write)
{
	struct str type = fhir_resource_name(write->type);
	/* {"resourceType":"T","id":"I","meta":{ */
	size_t head = sizeof("{\"resourceType\":\"\",\"id\":\"\",\"meta\":{") - 1 + type.len +
		      write->id.len;
	ASSERT(write->body.len > head && write->body.ptr[head - 1] == '{');
	char instant[25];
	struct text text;
	text_init(&text, arena, EXCHANGE_BYTES_MAX);
	text_put(&text, str_slice(write->body, 0, head));
	text_put(&text, STR("\"versionId\":\""));
	text_put_i64(&text, write->version);
	text_put(&text, STR("\",\"lastUpdated\":\""));
	date_write_instant(write->at_us, instant);
	text_put_c(&text, instant);
	text_put(&text, write->body.ptr[head] == '}' ? STR("\"") : STR("\","));
	text_put(&text, str_slice(write->body, head, write->body.len));
	return text_view(&text);
}

struct store_reader *exchange_reader(struct call *call)
{
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	if (reader == NULL)
		(void)issue_add(&call->issues, ERROR_BUSY, STR(""),
				"all readers of the store are in use");
	return reader;
}

/* --- inquiries ------------------------------------------------------------------------------ */

enum error inquiry_run(struct inquiry *inquiry)
{
	const struct str *segments = inquiry->segments;
	size_t count = inquiry->segment_count;
	struct str history = STR("_history");
	if (count > 0 && str_equal(segments[count - 1], history))
		return count <= 3 ? history_inquire(inquiry) : ERROR_NOT_FOUND;
	if (count == 4 && str_equal(segments[2], history))
		return vread_inquire(inquiry);
	if (count == 1 && str_equal(segments[0], STR("metadata")))
		return capabilities_inquire(inquiry);
	if (count == 2)
		return read_inquire(inquiry);
	if (count == 0 || count == 1 || count == 3)
		return search_inquire(inquiry);
	return ERROR_NOT_FOUND;
}

static enum error merge_form(struct call *call, struct inquiry *inquiry)
{
	struct str type = call_header(call, "Content-Type");
	struct str essence = str_trim(str_cut(&type, ';'));
	if (!str_equal_ignore_ascii_case(essence, STR("application/x-www-form-urlencoded")))
		return issue_add(&call->issues, ERROR_MEDIA_TYPE, STR(""),
				 "_search takes Content-Type: application/x-www-form-urlencoded");
	struct search_argument *form = NULL;
	size_t form_count = 0;
	enum error error = url_query_parse(&call->arena, call->body, &form, &form_count);
	if (error != ERROR_OK)
		return issue_add(
			&call->issues, error, STR(""),
			"the form holds more than %d pairs, a broken %%-escape or text that is not "
			"UTF-8",
			URL_ARGUMENTS_MAX);
	size_t total = call->argument_count + form_count;
	struct search_argument *all = ARENA_NEW(&call->arena, struct search_argument, total + 1);
	if (all == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < call->argument_count; i++)
		all[i] = call->arguments[i];
	for (size_t i = 0; i < form_count; i++)
		all[call->argument_count + i] = form[i];
	call->arguments = all;
	call->argument_count = total;
	inquiry->arguments = all;
	inquiry->argument_count = total;
	return ERROR_OK;
}

static enum error inquiry_borrow_and_run(struct inquiry *inquiry)
{
	inquiry->reader = exchange_reader(inquiry->call);
	if (inquiry->reader == NULL)
		return ERROR_BUSY;
	enum error error = inquiry_run(inquiry);
	store_reader_return(inquiry->reader);
	inquiry->reader = NULL;
	return error;
}

void inquiry_answer(struct call *call, const struct str *segments, size_t segment_count, bool form)
{
	struct inquiry inquiry = {
		.call = call,
		.issues = &call->issues,
		.segments = segments,
		.segment_count = segment_count,
		.arguments = call->arguments,
		.argument_count = call->argument_count,
		.if_none_match = call_header(call, "If-None-Match"),
		.if_modified_since = call_header(call, "If-Modified-Since"),
	};
	inquiry.lenient = header_prefer(call_header(call, "Prefer")).handling == PREFER_LENIENT;
	enum error error = ERROR_OK;
	if (form)
		error = merge_form(call, &inquiry);
	if (error == ERROR_OK)
		error = exchange_negotiate(call);
	if (error == ERROR_OK)
		error = inquiry_borrow_and_run(&inquiry);
	if (inquiry.has_version)
		exchange_version_headers(call, inquiry.version, inquiry.at_us);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		exchange_answer(call, inquiry.status, inquiry.body);
}
