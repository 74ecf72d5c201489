/* SPDX-License-Identifier: Apache-2.0 */
#include "api/entries.h"
#include "api/fhir_routes.h"

#include "base/limits.h"

struct str entry_path(struct arena *arena, const struct entry *entry, const char *rest)
{
	struct text text;
	text_init(&text, arena, 256);
	text_put_format(&text, "Bundle.entry[%zu]%s", entry->number, rest);
	return text_view(&text);
}

/* A copy without the resources, so that the rules of Bundle itself can be checked even where a
 * resource is wrong (in a batch that concerns its entry only). */
static struct json *skeleton_of(struct arena *arena, const struct json *bundle)
{
	struct json *skeleton = json_new(arena, JSON_OBJECT);
	for (const struct json *m = bundle->child; m != NULL && skeleton != NULL; m = m->next) {
		if (!str_equal(json_name(m), STR("entry")) || m->type != JSON_ARRAY) {
			(void)json_add(skeleton, json_name(m), json_copy(arena, m));
			continue;
		}
		struct json *list = json_add(skeleton, STR("entry"), json_new(arena, JSON_ARRAY));
		for (const struct json *e = m->child; e != NULL && list != NULL; e = e->next) {
			if (e->type != JSON_OBJECT) {
				(void)json_append(list, json_copy(arena, e));
				continue;
			}
			struct json *entry = json_append(list, json_new(arena, JSON_OBJECT));
			for (const struct json *p = e->child; p != NULL && entry != NULL;
			     p = p->next) {
				if (!str_equal(json_name(p), STR("resource")))
					(void)json_add(entry, json_name(p), json_copy(arena, p));
			}
		}
	}
	return arena->failed ? NULL : skeleton;
}

static enum error check_skeleton(struct entries *entries)
{
	struct call *call = entries->call;
	struct json *skeleton = skeleton_of(&call->arena, entries->bundle);
	if (skeleton == NULL)
		return ERROR_LIMIT;
	return fhir_validate(&call->arena, skeleton, &call->issues);
}

static bool method_find(struct str name, enum http_method *ret_method)
{
	static const struct {
		struct str name;
		enum http_method method;
	} methods[] = {
		{ STR_INIT("GET"), HTTP_GET },       { STR_INIT("HEAD"), HTTP_HEAD },
		{ STR_INIT("POST"), HTTP_POST },     { STR_INIT("PUT"), HTTP_PUT },
		{ STR_INIT("DELETE"), HTTP_DELETE },
	};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (str_equal(methods[i].name, name)) {
			*ret_method = methods[i].method;
			return true;
		}
	}
	return false;
}

static enum error refuse(struct entries *entries, struct entry *entry, enum error error,
			 const char *text)
{
	return issue_add(&entry->issues, error,
			 entry_path(&entries->call->arena, entry, ".request"), "%s", text);
}

static enum error read_change(struct entries *entries, struct entry *entry,
			      const struct json *request)
{
	struct change *change = &entry->change;
	const struct url *url = &entry->url;
	*change = (struct change){
		.call = entries->call,
		.issues = &entry->issues,
		.method = entry->method,
		.resource = entry->resource,
		.prefer = entries->prefer,
		.has_odd_links = entries->has_odd_links,
		.if_match = json_get_text(request, STR("ifMatch")),
		.if_none_match = json_get_text(request, STR("ifNoneMatch")),
		.if_none_exist = json_get_text(request, STR("ifNoneExist")),
		.arguments = url->arguments,
		.argument_count = url->argument_count,
		.upload = &entries->upload,
		.upload_index = entry->number,
	};
	change->has_if_none_exist = change->if_none_exist.ptr != NULL;
	size_t mark = str_find_byte(change->if_none_exist, '?', 0);
	if (mark < change->if_none_exist.len)
		change->if_none_exist =
			str_slice(change->if_none_exist, mark + 1, change->if_none_exist.len);
	bool create = entry->method == HTTP_POST;
	size_t wanted = create ? 1 : 2;
	change->conditional = !create && url->segment_count == 1;
	if (url->segment_count != wanted && !change->conditional)
		return refuse(entries, entry, ERROR_NOT_SUPPORTED,
			      "the url must be Type for POST, Type/id or Type?criteria for PUT and "
			      "DELETE");
	if (entry->method != HTTP_DELETE && entry->resource == NULL)
		return refuse(entries, entry, ERROR_BAD_REQUEST, "this entry needs a resource");
	if (!change->conditional && url->argument_count > 0)
		return refuse(entries, entry, ERROR_NOT_SUPPORTED,
			      "criteria go into ifNoneExist for POST, and take the place of the id "
			      "for PUT "
			      "and DELETE");
	if (wanted == 2 && !change->conditional)
		change->id = url->segments[1];
	return exchange_type(url->segments[0], &entry->issues, &change->type);
}

static void read_inquiry(struct entries *entries, struct entry *entry, const struct json *request)
{
	entry->is_inquiry = true;
	entry->inquiry = (struct inquiry){
		.call = entries->call,
		.issues = &entry->issues,
		.segments = entry->url.segments,
		.segment_count = entry->url.segment_count,
		.arguments = entry->url.arguments,
		.argument_count = entry->url.argument_count,
		.if_none_match = json_get_text(request, STR("ifNoneMatch")),
		.lenient = entries->prefer.handling == PREFER_LENIENT,
	};
}

static enum error read_entry(struct entries *entries, struct entry *entry, struct json *node)
{
	struct call *call = entries->call;
	struct json *request = json_get(node, STR("request"));
	struct str target = json_get_text(request, STR("url"));
	struct str base = server_base_url(call->server);
	entry->full_url = json_get_text(node, STR("fullUrl"));
	entry->resource = json_get(node, STR("resource"));
	if (request == NULL)
		return refuse(entries, entry, ERROR_BAD_REQUEST, "each entry needs a request");
	if (!method_find(json_get_text(request, STR("method")), &entry->method))
		return refuse(entries, entry, ERROR_NOT_SUPPORTED,
			      "the method may be GET, HEAD, POST, PUT or DELETE");
	if (str_starts_with(target, base))
		target = str_slice(target, base.len, target.len);
	enum error error = url_parse(&call->arena, target, &entry->url);
	if (error != ERROR_OK)
		return refuse(entries, entry, error, "the url cannot be read");
	if (entry->method == HTTP_GET || entry->method == HTTP_HEAD) {
		read_inquiry(entries, entry, request);
		return ERROR_OK;
	}
	if (entry->url.segment_count == 0)
		return refuse(entries, entry, ERROR_BAD_REQUEST, "the url names no type");
	return read_change(entries, entry, request);
}

/* What an entry found goes to the call's own list. */
static void raise_issues(struct call *call, const struct entry *entry)
{
	for (const struct issue *i = entry->issues.first; i != NULL; i = i->next)
		issue_add_as(&call->issues, i->severity, i->error, i->code, i->expression, "%.*s",
			     STR_ARG(i->diagnostics));
}

enum error entries_read(struct entries *entries)
{
	struct call *call = entries->call;
	struct json *list = json_get(entries->bundle, STR("entry"));
	enum error error = check_skeleton(entries);
	if (error == ERROR_OK)
		error = upload_read(call, entries->bundle, &entries->upload);
	if (error != ERROR_OK)
		return error;
	entries->has_odd_links =
		own_links_stand(call) || (!entries->transaction && criteria_links_stand(call));
	entries->count = list == NULL ? 0 : list->count;
	if (entries->count > LIMIT_BUNDLE_ENTRIES_MAX)
		return issue_add(&call->issues, ERROR_LIMIT, STR("Bundle.entry"),
				 "at most %d entries are taken in one Bundle: send several",
				 LIMIT_BUNDLE_ENTRIES_MAX);
	entries->rows = ARENA_NEW(&call->arena, struct entry, entries->count + 1);
	if (entries->rows == NULL)
		return ERROR_LIMIT;
	size_t at = 0;
	for (struct json *node = list == NULL ? NULL : list->child; node != NULL;
	     node = node->next) {
		struct entry *entry = &entries->rows[at];
		entry->number = at++;
		issues_init(&entry->issues, &call->arena);
		entry->error = read_entry(entries, entry, node);
		if (entry->error != ERROR_OK && entries->transaction) {
			raise_issues(call, entry);
			return entry->error;
		}
	}
	return call->arena.failed ? ERROR_LIMIT : ERROR_OK;
}

void entries_inquire(struct entries *entries)
{
	struct store_reader *reader = NULL;
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->rows[i];
		if (!entry->is_inquiry || entry->error != ERROR_OK)
			continue;
		if (reader == NULL)
			reader = store_reader_borrow(server_store(entries->call->server));
		entry->inquiry.reader = reader;
		entry->error = reader == NULL ? ERROR_BUSY : inquiry_run(&entry->inquiry);
	}
	if (reader != NULL)
		store_reader_return(reader);
}

/* --- the answer ----------------------------------------------------------------------------- */

static void put_outcome(struct bundle *bundle, enum error error, const struct issues *issues)
{
	text_put(&bundle->text, STR(",\"outcome\":"));
	json_print(&bundle->text, fhir_outcome(&bundle->call->arena, error, issues));
}

static void put_version(struct text *text, int64_t version, int64_t at_us)
{
	text_put(text, STR(",\"etag\":\"W/\\\""));
	text_put_i64(text, version);
	text_put(text, STR("\\\"\","));
	bundle_instant(text, "lastModified", at_us);
}

static void put_status(struct text *text, unsigned status)
{
	text_put_format(text, "\"response\":{\"status\":\"%u\"", status);
}

static void put_failure(struct bundle *bundle, const struct entry *entry)
{
	put_status(&bundle->text, error_row(entry->error)->http_status);
	put_outcome(bundle, entry->error, &entry->issues);
	text_put(&bundle->text, STR("}}"));
}

static void put_inquiry(struct bundle *bundle, const struct entry *entry)
{
	const struct inquiry *inquiry = &entry->inquiry;
	struct text *text = &bundle->text;
	if (inquiry->body.len > 0 && entry->method == HTTP_GET) {
		text_put(text, STR("\"resource\":"));
		text_put(text, inquiry->body);
		text_put_byte(text, ',');
	}
	put_status(text, inquiry->status);
	if (inquiry->has_version)
		put_version(text, inquiry->version, inquiry->at_us);
	text_put(text, STR("}}"));
}

static void put_change(struct bundle *bundle, struct entry *entry)
{
	struct call *call = bundle->call;
	struct change *change = &entry->change;
	struct text *text = &bundle->text;
	if (change->has_version && change->write.method != STORE_DELETE) {
		bundle_full_url(bundle, change->version.type, change->version.id);
		text_put_byte(text, ',');
		if (change->prefer.answer == PREFER_REPRESENTATION) {
			text_put(text, STR("\"resource\":"));
			text_put(text, change->writes ? exchange_complete_body(&call->arena,
									       &change->write)
						      : change->version.body);
			text_put_byte(text, ',');
		}
	}
	put_status(text, change->status);
	if (change->has_version) {
		text_put(text, STR(",\"location\":"));
		json_print_string(text, exchange_location(call, &change->version));
		put_version(text, change->version.version, change->version.at_us);
	}
	if (change->prefer.answer == PREFER_OUTCOME)
		put_outcome(bundle, ERROR_OK, &entry->issues);
	text_put(text, STR("}}"));
}

void entries_answer(struct entries *entries)
{
	struct call *call = entries->call;
	struct bundle bundle;
	bundle_begin(&bundle, call,
		     entries->transaction ? "transaction-response" : "batch-response", -1);
	bundle_link(&bundle, "self", server_base_url(call->server));
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->rows[i];
		bundle_entry_begin(&bundle);
		if (entry->error != ERROR_OK)
			put_failure(&bundle, entry);
		else if (entry->is_inquiry)
			put_inquiry(&bundle, entry);
		else
			put_change(&bundle, entry);
	}
	struct str body = bundle_end(&bundle);
	if (body.ptr == NULL)
		call_fail(call, ERROR_LIMIT);
	else
		exchange_answer(call, 200, body);
}

/* POST [base]. */
void bundle_handle(struct call *call)
{
	struct entries *entries = ARENA_NEW(&call->arena, struct entries, 1);
	enum error error = entries == NULL ? ERROR_LIMIT : exchange_negotiate(call);
	if (error == ERROR_OK) {
		entries->call = call;
		entries->prefer = header_prefer(call_header(call, "Prefer"));
		error = call_body_json(call, &entries->bundle);
	}
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	call->state = entries;
	struct str type = json_get_text(entries->bundle, STR("type"));
	entries->transaction = str_equal(type, STR("transaction"));
	if (!str_equal(json_get_text(entries->bundle, STR("resourceType")), STR("Bundle")) ||
	    (!entries->transaction && !str_equal(type, STR("batch")))) {
		call_fail(
			call,
			issue_add(
				&call->issues, ERROR_BAD_REQUEST, STR("Bundle.type"),
				"the base address takes a Bundle of type batch or transaction; any "
				"other resource is posted to its type, such as /fhir/Patient. "
				"Readings are sent in a batch or transaction: in any other Bundle "
				"they are kept, and not acted on"));
		return;
	}
	if (entries->transaction)
		transaction_run(entries);
	else
		batch_run(entries);
}
