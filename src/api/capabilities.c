/* SPDX-License-Identifier: Apache-2.0
 * The CapabilityStatement (hl7.org/fhir/R4/capabilitystatement.html): made once from the tables that the
 * server works by, so that it cannot say what the build does not do. */
#include "api/exchange.h"
#include "api/fhir_routes.h"
#include "api/server.h"

#include "base/date.h"
#include "base/hash.h"

static struct json *put_text(struct arena *arena, struct json *object, const char *name,
			     struct str value)
{
	return json_add(object, str_from_c(name), json_new_string(arena, value));
}

static void put_interactions(struct arena *arena, struct json *resource)
{
	static const struct str codes[] = {
		STR_INIT("read"),
		STR_INIT("vread"),
		STR_INIT("update"),
		STR_INIT("delete"),
		STR_INIT("history-instance"),
		STR_INIT("history-type"),
		STR_INIT("create"),
		STR_INIT("search-type"),
	};
	struct json *list = json_add(resource, STR("interaction"), json_new(arena, JSON_ARRAY));
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]) && list != NULL; i++)
		(void)put_text(arena, json_append(list, json_new(arena, JSON_OBJECT)), "code",
			       codes[i]);
	(void)put_text(arena, resource, "versioning", STR("versioned-update"));
	(void)json_add(resource, STR("readHistory"), json_new_bool(arena, true));
	(void)json_add(resource, STR("updateCreate"), json_new_bool(arena, true));
	(void)json_add(resource, STR("conditionalCreate"), json_new_bool(arena, true));
	(void)put_text(arena, resource, "conditionalRead", STR("full-support"));
	(void)json_add(resource, STR("conditionalUpdate"), json_new_bool(arena, true));
	(void)put_text(arena, resource, "conditionalDelete", STR("single"));
}

static struct str kind_code(enum fhir_search_kind kind)
{
	switch (kind) {
	case FHIR_SEARCH_NUMBER:
		return STR("number");
	case FHIR_SEARCH_DATE:
		return STR("date");
	case FHIR_SEARCH_STRING:
		return STR("string");
	case FHIR_SEARCH_TOKEN:
		return STR("token");
	case FHIR_SEARCH_REFERENCE:
		return STR("reference");
	case FHIR_SEARCH_COMPOSITE:
		return STR("composite");
	case FHIR_SEARCH_QUANTITY:
		return STR("quantity");
	case FHIR_SEARCH_URI:
		return STR("uri");
	case FHIR_SEARCH_SPECIAL:
		return STR("special");
	}
	UNREACHABLE();
}

/* Whether the store really takes the parameter is asked of the store itself. */
static bool is_offered(struct arena *arena, uint16_t type,
		       const struct fhir_search_parameter *parameter)
{
	static const struct search_parse_options options = { .base_url = STR_INIT("http://x") };
	struct search_request *request = NULL;
	struct text name;
	struct issues issues;
	if (parameter->kind != FHIR_SEARCH_SPECIAL && parameter->kind != FHIR_SEARCH_COMPOSITE)
		return true;
	issues_init(&issues, arena);
	text_init(&name, arena, 256);
	text_put(&name, parameter->code);
	text_put(&name, STR(":missing"));
	const struct search_argument argument = { text_view(&name), STR("true") };
	return search_parse(arena, type, &argument, 1, &options, &issues, &request) == ERROR_OK;
}

static void put_parameters(struct arena *arena, struct json *resource, uint16_t type)
{
	size_t count = 0;
	const struct fhir_search_parameter *parameters = fhir_search_parameters(type, &count);
	struct json *includes = json_new(arena, JSON_ARRAY);
	struct json *list = json_new(arena, JSON_ARRAY);
	for (size_t i = 0; i < count && list != NULL && includes != NULL; i++) {
		if (!is_offered(arena, type, &parameters[i]))
			continue;
		struct json *parameter = json_append(list, json_new(arena, JSON_OBJECT));
		(void)put_text(arena, parameter, "name", parameters[i].code);
		(void)put_text(arena, parameter, "definition", parameters[i].definition);
		(void)put_text(arena, parameter, "type", kind_code(parameters[i].kind));
		if (parameters[i].kind != FHIR_SEARCH_REFERENCE)
			continue;
		struct text name;
		text_init(&name, arena, 256);
		text_put(&name, fhir_resource_name(type));
		text_put_byte(&name, ':');
		text_put(&name, parameters[i].code);
		(void)json_append(includes, json_new_string(arena, text_view(&name)));
	}
	if (includes != NULL && includes->count > 0)
		(void)json_add(resource, STR("searchInclude"), includes);
	if (list != NULL && list->count > 0)
		(void)json_add(resource, STR("searchParam"), list);
}

/* POST /fhir/Type/$name and /fhir/Type/{id}/$name of any room's table. */
static void put_operations(struct arena *arena, struct json *resource, const struct server *server,
			   struct str type)
{
	struct json *list = json_new(arena, JSON_ARRAY);
	for (size_t i = 0; i < router_count(server->router) && list != NULL; i++) {
		struct str path = str_from_c(router_at(server->router, i)->path);
		struct str name = path;
		size_t dollar = str_find_byte(path, '$', 0);
		if (!str_starts_with(path, STR("/fhir/")) || dollar == path.len)
			continue;
		name = str_slice(path, dollar + 1, path.len);
		path = str_slice(path, sizeof("/fhir/") - 1, path.len);
		if (!str_equal(str_cut(&path, '/'), type))
			continue;
		struct json *operation = json_append(list, json_new(arena, JSON_OBJECT));
		struct text url;
		text_init(&url, arena, 1024);
		text_put(&url, STR("https://fhir.homeward.example/OperationDefinition/"));
		text_put(&url, type);
		text_put_byte(&url, '-');
		text_put(&url, name);
		(void)put_text(arena, operation, "name", name);
		(void)put_text(arena, operation, "definition", text_view(&url));
	}
	if (list != NULL && list->count > 0)
		(void)json_add(resource, STR("operation"), list);
}

static void put_system(struct arena *arena, struct json *rest)
{
	static const struct str codes[] = { STR_INIT("transaction"), STR_INIT("batch"),
					    STR_INIT("search-system"), STR_INIT("history-system") };
	struct json *list = json_add(rest, STR("interaction"), json_new(arena, JSON_ARRAY));
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]) && list != NULL; i++)
		(void)put_text(arena, json_append(list, json_new(arena, JSON_OBJECT)), "code",
			       codes[i]);
}

static void put_rest(struct arena *arena, struct json *statement, const struct server *server)
{
	struct json *list = json_add(statement, STR("rest"), json_new(arena, JSON_ARRAY));
	struct json *rest = list == NULL ? NULL : json_append(list, json_new(arena, JSON_OBJECT));
	if (rest == NULL)
		return;
	(void)put_text(arena, rest, "mode", STR("server"));
	struct json *resources = json_add(rest, STR("resource"), json_new(arena, JSON_ARRAY));
	for (uint16_t type = 1; type <= fhir_resource_count() && resources != NULL; type++) {
		struct json *resource = json_append(resources, json_new(arena, JSON_OBJECT));
		if (resource == NULL)
			return;
		(void)put_text(arena, resource, "type", fhir_resource_name(type));
		put_interactions(arena, resource);
		put_parameters(arena, resource, type);
		put_operations(arena, resource, server, fhir_resource_name(type));
	}
	put_system(arena, rest);
}

static struct json *build(struct arena *arena, const struct server *server)
{
	struct json *statement = json_new(arena, JSON_OBJECT);
	if (statement == NULL)
		return NULL;
	(void)put_text(arena, statement, "resourceType", STR("CapabilityStatement"));
	(void)put_text(arena, statement, "name", STR("Homeward"));
	(void)put_text(arena, statement, "title", STR("Homeward FHIR R4 server"));
	(void)put_text(arena, statement, "status", STR("active"));
	(void)put_text(arena, statement, "date",
		       date_print_instant(arena, clock_now_us(server->options.clock)));
	(void)put_text(arena, statement, "kind", STR("instance"));
	struct json *software = json_add(statement, STR("software"), json_new(arena, JSON_OBJECT));
	(void)put_text(arena, software, "name", STR("Homeward"));
	(void)put_text(arena, software, "version", STR(HOMEWARD_VERSION));
	struct json *self =
		json_add(statement, STR("implementation"), json_new(arena, JSON_OBJECT));
	(void)put_text(arena, self, "description", STR("Homeward"));
	(void)put_text(arena, self, "url", server->base_url);
	(void)put_text(arena, statement, "fhirVersion", STR("4.0.1"));
	struct json *formats = json_add(statement, STR("format"), json_new(arena, JSON_ARRAY));
	if (formats == NULL)
		return NULL;
	(void)json_append(formats, json_new_string(arena, STR("application/fhir+json")));
	(void)json_append(formats, json_new_string(arena, STR("json")));
	put_rest(arena, statement, server);
	return arena->failed ? NULL : statement;
}

static enum error fill_cache(struct server *server)
{
	struct arena *arena = &server->capabilities_arena;
	enum error error = ERROR_OK;
	mutex_lock(&server->capabilities_lock);
	if (server->capabilities.ptr == NULL) {
		struct text text;
		struct text tag;
		text_init(&text, arena, (size_t)32 * 1024 * 1024);
		text_init(&tag, arena, 32);
		const struct json *statement = build(arena, server);
		if (statement != NULL)
			json_print(&text, statement);
		text_put_format(&tag, "W/\"%016llx\"",
				(unsigned long long)hash_str(text_view(&text)));
		if (statement == NULL || text.failed || tag.failed)
			error = ERROR_INTERNAL;
		else
			server->capabilities = text_view(&text);
		server->capabilities_etag = text_view(&tag);
	}
	mutex_unlock(&server->capabilities_lock);
	return error;
}

static enum error trim(struct inquiry *inquiry, struct str elements)
{
	struct arena *arena = &inquiry->call->arena;
	struct str names[64];
	size_t count = 0;
	struct json *tree = NULL;
	while (elements.len > 0 && count < sizeof(names) / sizeof(names[0]))
		names[count++] = str_trim(str_cut(&elements, ','));
	enum error error = json_parse(arena, inquiry->body, NULL, NULL, &tree);
	if (error == ERROR_OK)
		error = fhir_subset(arena, tree, FHIR_SUMMARY_FALSE, names, count);
	if (error == ERROR_OK)
		inquiry->body = exchange_print(arena, tree);
	return error;
}

enum error capabilities_inquire(struct inquiry *inquiry)
{
	struct server *server = inquiry->call->server;
	struct str elements = { NULL, 0 };
	for (size_t i = 0; i < inquiry->argument_count; i++) {
		struct str name = inquiry->arguments[i].name;
		if (str_equal(name, STR("_elements")))
			elements = inquiry->arguments[i].value;
		else if (!str_equal(name, STR("_format")) && !str_equal(name, STR("_pretty")) &&
			 !str_equal(name, STR("mode")) && !inquiry->lenient)
			return issue_add(
				inquiry->issues, ERROR_NOT_SUPPORTED, STR(""),
				"metadata takes mode, _elements, _format and _pretty only");
		if (str_equal(name, STR("mode")) &&
		    !str_equal(inquiry->arguments[i].value, STR("full")))
			return issue_add(inquiry->issues, ERROR_NOT_SUPPORTED, STR(""),
					 "mode may be full");
	}
	enum error error = fill_cache(server);
	if (error != ERROR_OK)
		return error;
	inquiry->status = 200;
	inquiry->body = server->capabilities;
	return elements.len > 0 ? trim(inquiry, elements) : ERROR_OK;
}

void capabilities_handle(struct call *call)
{
	static const struct str metadata = STR_INIT("metadata");
	struct server *server = call->server;
	if (fill_cache(server) == ERROR_OK)
		call_answer_header(call, STR("ETag"), server->capabilities_etag);
	if (server->capabilities_etag.len > 0 &&
	    str_equal(str_trim(call_header(call, "If-None-Match")), server->capabilities_etag)) {
		call->status = 304;
		return;
	}
	inquiry_answer(call, &metadata, 1, false);
}
