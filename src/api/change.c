/* SPDX-License-Identifier: Apache-2.0
 * What create, update and delete share: criteria, validation, the commit, the answer. */
#include "api/server.h"
#include "api/upload.h"

enum error criteria_resolve(struct change *change, struct store_reader *reader,
			    const struct search_argument *arguments, size_t count,
			    size_t *ret_count)
{
	struct call *call = change->call;
	struct search_argument *criteria = NULL;
	size_t criterion_count = 0;
	struct search_request *request = NULL;
	struct search_match matches[2];
	size_t found = 0;
	const struct search_parse_options options = {
		.conditional = true,
		.base_url = server_base_url(call->server),
		.now_us = call->received_us,
	};
	enum error error =
		exchange_arguments(&call->arena, arguments, count, &criteria, &criterion_count);
	if (error == ERROR_OK)
		error = search_parse(&call->arena, change->type, criteria, criterion_count,
				     &options, change->issues, &request);
	if (error == ERROR_OK)
		error = search_resolve(reader, &call->arena, request, matches, &found);
	if (error != ERROR_OK)
		return error;
	if (found > 1)
		return issue_add(change->issues, ERROR_MULTIPLE_MATCHES, STR(""),
				 "the criteria match more than one resource; make them narrower");
	change->has_condition = true;
	change->condition = (struct store_condition){ .search = request, .found = found == 1 };
	if (found == 1) {
		change->condition.type = matches[0].type;
		change->condition.id = matches[0].id;
	}
	*ret_count = found;
	return ERROR_OK;
}

/* Printing took versionId and lastUpdated out of the tree; a meta that held nothing else is not there for
 * another try. (One that the client sent empty was refused at the first.) */
static void tidy_meta(struct json *resource)
{
	const struct json *meta = json_get(resource, STR("meta"));
	if (meta != NULL && meta->type == JSON_OBJECT && meta->child == NULL)
		(void)json_remove(resource, STR("meta"));
}

enum error change_resolve(struct change *change, struct store_reader *reader)
{
	if (change->write.body.len > 0)
		tidy_meta(change->resource);
	change->has_condition = false;
	change->demand = (struct guard_demand){ 0 };
	change->expects_read = false;
	change->created_before = NULL;
	change->has_version = false;
	change->writes = true;
	change->write =
		(struct store_write){ .type = change->type, .version_expected = STORE_VERSION_ANY };
	enum error error = ERROR_OK;
	/* The log of who saw what is only ever added to; its own numbers are its writer's. */
	if (change->method != HTTP_POST && change->type == fhir_resource_find(STR("AuditEvent")))
		return issue_add(change->issues, ERROR_METHOD, STR(""),
				 "an AuditEvent cannot be changed or deleted");
	if (change->method == HTTP_POST)
		error = create_resolve(change, reader);
	else if (change->method == HTTP_PUT)
		error = update_resolve(change, reader);
	else
		error = delete_resolve(change, reader);
	change->write.id = change->id;
	return error == ERROR_OK && change->writes ? guard_ask(change, reader) : error;
}

/* A trimmed resource must never replace the whole one. */
static bool is_subset(const struct json *resource)
{
	const struct json *tags = json_get(json_get(resource, STR("meta")), STR("tag"));
	for (const struct json *tag = tags == NULL ? NULL : tags->child; tag != NULL;
	     tag = tag->next) {
		if (str_equal(json_get_text(tag, STR("code")), STR("SUBSETTED")))
			return true;
	}
	return false;
}

/* What follows the record must be able to read it, or nobody would ever act on it. */
static enum error check_size(struct change *change, struct str body)
{
	const struct server_options *options = &change->call->server->options;
	struct str type = fhir_resource_name(change->type);
	size_t most = options->resource_bytes_max == NULL ? 0 : options->resource_bytes_max(type);
	if (most == 0 || body.len <= most)
		return ERROR_OK;
	return issue_add(
		change->issues, ERROR_TOO_LARGE, type,
		"A resource of this type is read for alerts and has at most %zu bytes. Send "
		"photographs and documents as Media or Binary and name them here by a "
		"reference, then send this again without them.",
		most);
}

enum error change_prepare(struct change *change)
{
	struct arena *arena = &change->call->arena;
	if (change->method == HTTP_DELETE)
		return ERROR_OK;
	enum error error = fhir_validate(arena, change->resource, change->issues);
	if (error == ERROR_OK && change->has_odd_links)
		error = own_links_shorten(change->call, change->resource, change->issues);
	if (error != ERROR_OK)
		return error;
	if (is_subset(change->resource))
		return issue_add(change->issues, ERROR_INVALID, STR("Resource.meta.tag"),
				 "this is a part of a resource (tag SUBSETTED), which is not "
				 "stored; read the "
				 "whole one and send that");
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);
	if (index == NULL)
		return ERROR_LIMIT;
	error = fhir_index_extract(arena, change->resource, index);
	if (error != ERROR_OK)
		return error;
	struct text text;
	text_init(&text, arena, EXCHANGE_BYTES_MAX);
	store_body_print(&text, arena, change->resource, change->id);
	if (text.failed || arena->failed)
		return ERROR_LIMIT;
	error = check_size(change, text_view(&text));
	if (error != ERROR_OK)
		return error;
	change->write.body = text_view(&text);
	change->write.index = index;
	return upload_settle(change);
}

static enum error settle_failure(struct change *change, const struct store_commit *commit)
{
	enum error error = commit->error;
	if (error == ERROR_CONFLICT || (error == ERROR_PRECONDITION && change->expects_read))
		return ERROR_CONFLICT;
	if (error == ERROR_PRECONDITION && change->conditional)
		(void)issue_add(
			change->issues, error = ERROR_CONFLICT, STR(""),
			"no resource matches the criteria, yet the id in the body is in use");
	else if (error == ERROR_PRECONDITION && commit->version_found == 0)
		(void)issue_add(change->issues, error, STR(""),
				"the resource does not exist at present");
	else if (error == ERROR_PRECONDITION)
		(void)issue_add(change->issues, error, STR(""), "the current version is %lld",
				(long long)commit->version_found);
	change->error = error;
	return error;
}

enum error change_settle(struct change *change, const struct store_commit *commit)
{
	if (!change->writes)
		return ERROR_OK;
	if (commit->error != ERROR_OK)
		return settle_failure(change, commit);
	const struct store_write *write = &change->write;
	if (write->method == STORE_DELETE) {
		change->status = 204;
		change->has_version = !write->unchanged && write->version > 0;
	} else {
		change->status = write->created ? 201 : 200;
		change->has_version = true;
	}
	change->version = (struct store_version){ .type = write->type,
						  .id = write->id,
						  .version = write->version,
						  .feed = write->feed,
						  .at_us = write->at_us,
						  .method = write->method };
	return ERROR_OK;
}

/* --- one request, one change ---------------------------------------------------------------- */

struct store_commit change_commit(struct change *change)
{
	size_t count = 0;
	if (change->has_condition)
		change->conditions[count++] = change->condition;
	if (change->demand.none != NULL)
		change->conditions[count++] =
			(struct store_condition){ .search = change->demand.none };
	return (struct store_commit){
		.writes = &change->write,
		.write_count = 1,
		.conditions = change->conditions,
		.condition_count = count,
		.origin = STR("api"),
		.feed_expected = -1,
	};
}

struct single {
	struct change change;
	struct store_commit commit;
	unsigned tries;
};

static void answer_change(struct call *call, struct change *change)
{
	if (change->has_version) {
		exchange_version_headers(call, change->version.version, change->version.at_us);
		if (change->status == 201 || change->method == HTTP_POST)
			call_answer_header(call, STR("Location"),
					   exchange_location(call, &change->version));
	}
	if (change->prefer.answer == PREFER_OUTCOME) {
		unsigned status = change->status == 204 ? 200 : change->status;
		call_answer_json(call, status,
				 fhir_outcome(&call->arena, ERROR_OK, change->issues));
		return;
	}
	struct str body = { NULL, 0 };
	if (change->prefer.answer != PREFER_MINIMAL && change->method != HTTP_DELETE) {
		body = change->version.body;
		if (change->writes)
			body = exchange_complete_body(&call->arena, &change->write);
		if (body.ptr == NULL) {
			call_fail(call, ERROR_LIMIT);
			return;
		}
	}
	exchange_answer(call, change->status, body);
}

static void single_step(struct call *call, struct single *single);

static void single_finish(struct call *call, struct store_commit *commit)
{
	struct single *single = call->state;
	enum error error = change_settle(&single->change, commit);
	bool again = error == ERROR_CONFLICT &&
		     (single->change.has_condition || single->change.expects_read ||
		      single->change.demand.none != NULL) &&
		     commit->error != ERROR_BUSY && single->tries < CHANGE_TRIES_MAX;
	if (again && single->change.error == ERROR_OK) {
		single_step(call, single);
		return;
	}
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		answer_change(call, &single->change);
}

static enum error single_prepare(struct call *call, struct single *single)
{
	struct store_reader *reader = exchange_reader(call);
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error = change_resolve(&single->change, reader);
	store_reader_return(reader);
	if (error == ERROR_OK && single->change.writes)
		error = change_prepare(&single->change);
	return error;
}

static void single_step(struct call *call, struct single *single)
{
	struct change *change = &single->change;
	single->tries++;
	enum error error = single_prepare(call, single);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	if (!change->writes) {
		answer_change(call, change);
		return;
	}
	single->commit = change_commit(change);
	call_commit(call, &single->commit, single_finish);
}

void change_run(struct call *call, struct change *change)
{
	struct single *single = ARENA_NEW(&call->arena, struct single, 1);
	if (single == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	call->state = single;
	single->change = *change;
	single->change.call = call;
	single->change.issues = &call->issues;
	single->change.if_match = call_header(call, "If-Match");
	single->change.if_none_match = call_header(call, "If-None-Match");
	single->change.prefer = header_prefer(call_header(call, "Prefer"));
	enum error error = exchange_negotiate(call);
	if (error == ERROR_OK && change->method != HTTP_DELETE)
		error = call_body_json(call, &single->change.resource);
	single->change.has_odd_links = own_links_stand(call) || criteria_links_stand(call);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	single_step(call, single);
}

static void run_typed(struct call *call, struct change *change)
{
	enum error error = exchange_type(call->path_parts[0], &call->issues, &change->type);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		change_run(call, change);
}

void change_named(struct call *call, enum http_method method)
{
	struct change change = { .method = method, .id = call->path_parts[1] };
	run_typed(call, &change);
}

void change_matching(struct call *call, enum http_method method)
{
	struct change change = { .method = method,
				 .conditional = true,
				 .arguments = call->arguments,
				 .argument_count = call->argument_count };
	run_typed(call, &change);
}
