/* SPDX-License-Identifier: Apache-2.0
 * update, update as create and conditional update (hl7.org/fhir/R4/http.html#update). */
#include "api/exchange.h"
#include "api/fhir_routes.h"

#include "api/identity.h"

static bool coding_equal(const struct json *a, const struct json *b)
{
	if (a->type == JSON_STRING || b->type == JSON_STRING)
		return a->type == b->type && str_equal(json_text(a), json_text(b));
	return str_equal(json_get_text(a, STR("system")), json_get_text(b, STR("system"))) &&
	       str_equal(json_get_text(a, STR("code")), json_get_text(b, STR("code")));
}

static bool holds(const struct json *list, const struct json *value)
{
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (coding_equal(one, value))
			return true;
	}
	return false;
}

/* Tags, security labels and profiles of the current version stay unless $meta-delete takes them
 * away (hl7.org/fhir/R4/resource.html#tag-updates): a client that does not know a label must not drop it. */
static void keep_labels(struct arena *arena, struct json *resource, const struct json *current)
{
	static const struct str names[] = { STR_INIT("profile"), STR_INIT("security"),
					    STR_INIT("tag") };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct json *kept = json_get(json_get(current, STR("meta")), names[i]);
		struct json *meta = json_get(resource, STR("meta"));
		if (kept == NULL || kept->child == NULL)
			continue;
		if (meta == NULL)
			meta = json_put(resource, STR("meta"), json_new(arena, JSON_OBJECT));
		/* A wrong shape is left for validation to report. */
		if (meta == NULL || meta->type != JSON_OBJECT)
			return;
		struct json *list = json_get(meta, names[i]);
		if (list == NULL)
			list = json_put(meta, names[i], json_new(arena, JSON_ARRAY));
		if (list == NULL || list->type != JSON_ARRAY)
			return;
		for (const struct json *one = kept->child; one != NULL; one = one->next) {
			if (!holds(list, one))
				(void)json_append(list, json_copy(arena, one));
		}
	}
}

/* Whether meta of a stored body holds more than versionId and lastUpdated: those two come first. */
static bool has_labels(const struct store_version *current)
{
	size_t at = str_find(current->body, STR("\"lastUpdated\":\""));
	size_t end = str_find_byte(current->body, '"', at + sizeof("\"lastUpdated\":\"") - 1);
	return end + 1 < current->body.len && current->body.ptr[end + 1] == ',';
}

static enum error apply_current(struct change *change, const struct store_version *current)
{
	struct arena *arena = &change->call->arena;
	struct json *tree = NULL;
	if (!has_labels(current))
		return ERROR_OK;
	enum error error = json_parse(arena, current->body, NULL, NULL, &tree);
	if (error != ERROR_OK)
		return error;
	keep_labels(arena, change->resource, tree);
	if (change->write.version_expected == STORE_VERSION_ANY) {
		change->write.version_expected = current->version;
		change->expects_read = true;
	}
	return ERROR_OK;
}

/* If-Match and If-None-Match as version_expected. */
static enum error read_conditions(struct change *change, bool exists, int64_t version)
{
	struct store_write *write = &change->write;
	if (str_equal(str_trim(change->if_match), STR("*"))) {
		if (!exists)
			return issue_add(change->issues, ERROR_PRECONDITION, STR(""),
					 "the resource does not exist at present");
	} else if (change->if_match.len > 0 &&
		   !header_etag_version(change->if_match, &write->version_expected)) {
		return issue_add(change->issues, ERROR_BAD_REQUEST, STR(""),
				 "If-Match must be an entity tag of this server, such as W/\"3\"");
	}
	if (str_equal(str_trim(change->if_none_match), STR("*")))
		write->version_expected = STORE_VERSION_NONE;
	else if (exists && change->if_none_match.len > 0 &&
		 header_etag_matches(change->if_none_match, version))
		return issue_add(change->issues, ERROR_PRECONDITION, STR(""),
				 "the current version is %lld", (long long)version);
	return ERROR_OK;
}

/* Who is meant by criteria: the one match, else the id in the body, else a new id. */
static enum error resolve_criteria(struct change *change, struct store_reader *reader)
{
	size_t found = 0;
	struct str body_id = change->body_id;
	enum error error =
		criteria_resolve(change, reader, change->arguments, change->argument_count, &found);
	if (error != ERROR_OK)
		return error;
	if (found == 1) {
		change->id = change->condition.id;
		if (body_id.len > 0 && !str_equal(body_id, change->id))
			return issue_add(
				change->issues, ERROR_BAD_REQUEST, STR("Resource.id"),
				"the id in the body is not that of the resource the criteria "
				"match");
		return ERROR_OK;
	}
	change->id = body_id.len > 0 ? body_id
				     : identity_new(&change->call->arena,
						    server_clock(change->call->server));
	change->write.version_expected = STORE_VERSION_NONE;
	return change->id.ptr == NULL ? ERROR_LIMIT : ERROR_OK;
}

static enum error resolve_identity(struct change *change, struct store_reader *reader)
{
	if (fhir_resource_type_of(change->resource) != change->type)
		return issue_add(change->issues, ERROR_BAD_REQUEST, STR("Resource.resourceType"),
				 "resourceType in the body must be the type in the address");
	if (!change->body_id_known)
		change->body_id = json_get_text(change->resource, STR("id"));
	change->body_id_known = true;
	if (change->conditional) {
		enum error error = resolve_criteria(change, reader);
		if (error != ERROR_OK)
			return error;
		(void)json_put(change->resource, STR("id"),
			       json_new_string(&change->call->arena, change->id));
	} else if (!str_equal(change->body_id, change->id)) {
		return issue_add(
			change->issues, ERROR_BAD_REQUEST, STR("Resource.id"),
			"the id in the body must be there and equal the id in the address");
	}
	if (!fhir_id_is_valid(change->id))
		return issue_add(change->issues, ERROR_BAD_REQUEST, STR("Resource.id"),
				 "an id is 1 to 64 of A-Z a-z 0-9 - and .");
	return ERROR_OK;
}

enum error update_resolve(struct change *change, struct store_reader *reader)
{
	struct store_version current = { 0 };
	change->write.method = STORE_UPDATE;
	enum error error = resolve_identity(change, reader);
	if (error != ERROR_OK)
		return error;
	enum error found =
		store_read(reader, &change->call->arena, change->type, change->id, &current);
	if (found != ERROR_OK && found != ERROR_NOT_FOUND && found != ERROR_GONE)
		return found;
	error = read_conditions(change, found == ERROR_OK, current.version);
	if (error == ERROR_OK && found == ERROR_OK)
		error = apply_current(change, &current);
	return error;
}

void update_handle(struct call *call)
{
	change_named(call, HTTP_PUT);
}

void update_conditional_handle(struct call *call)
{
	change_matching(call, HTTP_PUT);
}
