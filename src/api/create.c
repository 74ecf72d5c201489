/* SPDX-License-Identifier: Apache-2.0
 * create and conditional create (hl7.org/fhir/R4/http.html#create). The server chooses the id; one that the
 * client sends is ignored, as R4 asks. An upload with a key (upload.h) gives its creates their ids. */
#include "api/fhir_routes.h"
#include "api/upload.h"

#include "api/identity.h"

static enum error existing(struct change *change, struct store_reader *reader)
{
	change->id = change->condition.id;
	change->writes = false;
	change->status = 200;
	change->has_version = true;
	return store_read(reader, &change->call->arena, change->type, change->id, &change->version);
}

enum error create_resolve(struct change *change, struct store_reader *reader)
{
	struct arena *arena = &change->call->arena;
	if (fhir_resource_type_of(change->resource) != change->type)
		return issue_add(change->issues, ERROR_BAD_REQUEST, STR("Resource.resourceType"),
				 "resourceType in the body must be the type in the address");
	if (change->has_if_none_exist) {
		struct search_argument *arguments = NULL;
		size_t count = 0;
		size_t found = 0;
		enum error error =
			url_query_parse(arena, change->if_none_exist, &arguments, &count);
		if (error == ERROR_OK)
			error = criteria_resolve(change, reader, arguments, count, &found);
		if (error != ERROR_OK)
			return error;
		if (found == 1)
			return existing(change, reader);
	}
	change->write.method = STORE_CREATE;
	change->write.version_expected = STORE_VERSION_NONE;
	if (change->upload != NULL && change->upload->has_key) {
		enum error error = upload_resolve(change, reader);
		if (error != ERROR_OK)
			return error;
	} else {
		change->id = identity_new(arena, server_clock(change->call->server));
	}
	if (change->id.ptr == NULL)
		return ERROR_LIMIT;
	(void)json_put(change->resource, STR("id"), json_new_string(arena, change->id));
	return arena->failed ? ERROR_LIMIT : ERROR_OK;
}

static void strip_question_mark(struct str *query)
{
	/* Some clients send the whole "Patient?identifier=x". */
	size_t mark = str_find_byte(*query, '?', 0);
	if (mark < query->len)
		*query = str_slice(*query, mark + 1, query->len);
}

void create_handle(struct call *call)
{
	struct change change = { .method = HTTP_POST };
	struct upload *upload = ARENA_NEW(&call->arena, struct upload, 1);
	change.upload = upload;
	enum error error = upload == NULL ? ERROR_LIMIT : upload_read(call, NULL, upload);
	if (error == ERROR_OK)
		error = exchange_type(call->path_parts[0], &call->issues, &change.type);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	struct str query = call_header(call, "If-None-Exist");
	change.has_if_none_exist = query.ptr != NULL;
	strip_question_mark(&query);
	change.if_none_exist = query;
	for (size_t i = 0; i < call->argument_count; i++) {
		if (!str_equal(call->arguments[i].name, STR("_format")) &&
		    !str_equal(call->arguments[i].name, STR("_pretty"))) {
			call_fail(
				call,
				issue_add(&call->issues, ERROR_NOT_SUPPORTED, STR(""),
					  "a create takes _format and _pretty only; criteria of a "
					  "conditional create go into the header If-None-Exist"));
			return;
		}
	}
	change_run(call, &change);
}
