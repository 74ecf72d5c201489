/* SPDX-License-Identifier: Apache-2.0
 * Links between the entries of a transaction: fullUrls become the identities they got, conditional references become
 * the one resource that fits (hl7.org/fhir/R4/http.html#trules). */
#include "api/entries.h"

#include "base/hash.h"

struct link {
	struct str from;
	struct str to; /* "Type/id"; empty with a failed condition */
};

struct links {
	struct entries *entries;
	struct store_reader *reader;
	struct entry *entry; /* whose resource is being visited */
	struct link *rows;   /* open addressing, by hash of `from` */
	size_t mask;
	size_t used;
	struct store_condition *conditions;
	size_t condition_count;
	size_t condition_capacity;
	enum error error;
};

static struct link *find(struct links *links, struct str from)
{
	size_t at = (size_t)hash_str(from) & links->mask;
	while (links->rows[at].from.ptr != NULL && !str_equal(links->rows[at].from, from))
		at = (at + 1) & links->mask;
	return &links->rows[at];
}

static bool grow(struct links *links)
{
	struct link *old = links->rows;
	size_t old_size = old == NULL ? 0 : links->mask + 1;
	size_t size = old_size == 0 ? 64 : 2 * old_size;
	links->rows = ARENA_NEW(&links->entries->call->arena, struct link, size);
	if (links->rows == NULL) {
		links->rows = old;
		return false;
	}
	links->mask = size - 1;
	for (size_t i = 0; i < old_size; i++) {
		if (old[i].from.ptr != NULL)
			*find(links, old[i].from) = old[i];
	}
	return true;
}

static enum error put(struct links *links, struct str from, struct str to)
{
	if ((links->rows == NULL || 2 * (links->used + 1) > links->mask) && !grow(links))
		return ERROR_LIMIT;
	struct link *row = find(links, from);
	if (row->from.ptr == NULL)
		links->used++;
	*row = (struct link){ from, to };
	return ERROR_OK;
}

static struct str relative(struct arena *arena, uint16_t type, struct str id)
{
	struct text text;
	text_init(&text, arena, 256);
	text_put(&text, fhir_resource_name(type));
	text_put_byte(&text, '/');
	text_put(&text, id);
	return text_view(&text);
}

static enum error put_entries(struct links *links)
{
	struct entries *entries = links->entries;
	if (!grow(links))
		return ERROR_LIMIT;
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->rows[i];
		if (entry->is_inquiry || entry->full_url.len == 0 || entry->method == HTTP_DELETE)
			continue;
		struct str to =
			relative(&entries->call->arena, entry->change.type, entry->change.id);
		enum error error = put(links, entry->full_url, to);
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}

/* --- conditional references ----------------------------------------------------------------- */

static bool identifier_fits(const struct json *identifier, struct str value)
{
	size_t bar = str_find_byte(value, '|', 0);
	if (bar == value.len)
		return str_equal(json_get_text(identifier, STR("value")), value);
	return str_equal(json_get_text(identifier, STR("system")), str_slice(value, 0, bar)) &&
	       str_equal(json_get_text(identifier, STR("value")),
			 str_slice(value, bar + 1, value.len));
}

static bool resource_fits(const struct json *resource, struct str value)
{
	const struct json *identifier = json_get(resource, STR("identifier"));
	if (identifier == NULL)
		return false;
	if (identifier->type == JSON_OBJECT)
		return identifier_fits(identifier, value);
	for (const struct json *one = identifier->child; one != NULL; one = one->next) {
		if (identifier_fits(one, value))
			return true;
	}
	return false;
}

/* Resources that this very transaction creates can be meant too; they are compared by identifier, the
 * only criterion that is told apart without an index. Counts at most 2. */
static size_t find_created(const struct links *links, uint16_t type, const struct url *url,
			   struct str *ret_id)
{
	size_t count = 0;
	if (url->argument_count != 1 || !str_equal(url->arguments[0].name, STR("identifier")))
		return 0;
	for (size_t i = 0; i < links->entries->count && count < 2; i++) {
		const struct entry *entry = &links->entries->rows[i];
		if (entry->is_inquiry || !entry->change.writes || entry->change.type != type ||
		    entry->method == HTTP_DELETE ||
		    !resource_fits(entry->resource, url->arguments[0].value))
			continue;
		*ret_id = entry->change.id;
		count++;
	}
	return count;
}

static enum error add_condition(struct links *links, const struct store_condition *condition)
{
	if (links->condition_count == links->condition_capacity) {
		size_t capacity =
			links->condition_capacity == 0 ? 16 : 2 * links->condition_capacity;
		struct store_condition *wider =
			ARENA_NEW(&links->entries->call->arena, struct store_condition, capacity);
		if (wider == NULL)
			return ERROR_LIMIT;
		if (links->condition_count > 0)
			memcpy(wider, links->conditions, links->condition_count * sizeof(*wider));
		links->conditions = wider;
		links->condition_capacity = capacity;
	}
	links->conditions[links->condition_count++] = *condition;
	return ERROR_OK;
}

static enum error resolve_reference(struct links *links, struct str text, struct str *ret_to)
{
	struct arena *arena = &links->entries->call->arena;
	struct url url;
	struct change probe = { .call = links->entries->call, .issues = &links->entry->issues };
	size_t found = 0;
	struct str created = { NULL, 0 };
	enum error error = url_parse(arena, text, &url);
	if (error == ERROR_OK && url.segment_count != 1)
		error = ERROR_BAD_REQUEST;
	if (error == ERROR_OK)
		error = exchange_type(url.segments[0], probe.issues, &probe.type);
	if (error == ERROR_OK)
		error = criteria_resolve(&probe, links->reader, url.arguments, url.argument_count,
					 &found);
	if (error != ERROR_OK)
		return error;
	size_t here = find_created(links, probe.type, &url, &created);
	/* An update in this transaction of the very resource that was found is one resource, not two. */
	if (here == 1 && found == 1 && str_equal(created, probe.condition.id))
		here = 0;
	if (found + here != 1)
		return issue_add(probe.issues,
				 found + here == 0 ? ERROR_PRECONDITION : ERROR_MULTIPLE_MATCHES,
				 STR(""), "a conditional reference to %.*s matches %s resource",
				 STR_ARG(fhir_resource_name(probe.type)),
				 found + here == 0 ? "no" : "more than one");
	*ret_to = relative(arena, probe.type, here == 1 ? created : probe.condition.id);
	return add_condition(links, &probe.condition);
}

/* --- visiting ------------------------------------------------------------------------------- */

/* "Patient/1" inside an entry whose fullUrl is "http://other/fhir/Observation/2" means
 * "http://other/fhir/Patient/1". */
static struct link *find_from_base(struct links *links, struct str text)
{
	struct fhir_reference own;
	struct fhir_reference reference;
	struct text whole;
	if (!fhir_reference_parse(links->entry->full_url, &own) || own.base.len == 0 ||
	    !fhir_reference_parse(text, &reference) || reference.base.len > 0)
		return NULL;
	text_init(&whole, &links->entries->call->arena, 8192);
	text_put(&whole, own.base);
	text_put_byte(&whole, '/');
	text_put(&whole, text);
	struct link *link = find(links, text_view(&whole));
	return link->from.ptr == NULL ? NULL : link;
}

static struct str with_fragment(struct arena *arena, struct str to, struct str fragment)
{
	struct text text;
	if (fragment.len == 0)
		return to;
	text_init(&text, arena, 8192);
	text_put(&text, to);
	text_put(&text, fragment);
	return text_view(&text);
}

static struct str visit(void *context, struct str text, bool is_reference)
{
	struct links *links = context;
	struct str none = { NULL, 0 };
	size_t hash = str_find_byte(text, '#', 0);
	struct str whole = str_slice(text, 0, hash);
	if (links->error != ERROR_OK || whole.len == 0)
		return none;
	struct link *link = find(links, whole);
	if (link->from.ptr == NULL)
		link = is_reference ? find_from_base(links, whole) : NULL;
	if (link != NULL)
		return with_fragment(&links->entries->call->arena, link->to,
				     str_slice(text, hash, text.len));
	size_t mark = str_find_byte(whole, '?', 0);
	if (!is_reference || mark == whole.len ||
	    fhir_resource_find(str_slice(whole, 0, mark)) == FHIR_TYPE_NONE)
		return none;
	struct str to = none;
	links->error = resolve_reference(links, whole, &to);
	if (links->error == ERROR_OK)
		links->error = put(links, whole, to);
	return to;
}

static enum error raise(struct entries *entries, const struct entry *entry, enum error error)
{
	struct call *call = entries->call;
	struct str path = entry_path(&call->arena, entry, ".resource");
	if (entry->issues.first == NULL)
		return issue_add(&call->issues, error, path, "a link cannot be resolved");
	for (const struct issue *i = entry->issues.first; i != NULL; i = i->next)
		issue_add_as(&call->issues, i->severity, i->error, i->code, path, "%.*s",
			     STR_ARG(i->diagnostics));
	return error;
}

enum error links_rewrite(struct entries *entries, struct store_reader *reader,
			 struct store_condition **ret_conditions, size_t *ret_count)
{
	struct links links = { .entries = entries, .reader = reader, .error = ERROR_OK };
	enum error error = put_entries(&links);
	for (size_t i = 0; i < entries->count && error == ERROR_OK; i++) {
		struct entry *entry = &entries->rows[i];
		if (entry->is_inquiry || !entry->change.writes || entry->resource == NULL)
			continue;
		links.entry = entry;
		error = fhir_links_visit(&entries->call->arena, entry->resource, visit, &links);
		if (error == ERROR_OK)
			error = links.error;
		if (error != ERROR_OK)
			return raise(entries, entry, error);
	}
	if (error != ERROR_OK)
		return error;
	*ret_conditions = links.conditions;
	*ret_count = links.condition_count;
	return ERROR_OK;
}
