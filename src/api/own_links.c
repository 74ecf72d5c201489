/* SPDX-License-Identifier: Apache-2.0
 * References with this server's own address before them are stored without it: the address may change, and search and
 * the ward know a patient as "Patient/id". References by criteria, which only a transaction resolves, are refused:
 * a reading stored with one would belong to nobody. */
#include "api/exchange.h"

struct own_bases {
	struct str bases[2]; /* with the slash behind */
	bool has_criteria;   /* a reference was "Type?…" */
};

static struct str with_slash(struct call *call, struct str scheme, struct str base, struct str path)
{
	struct text text;
	text_init(&text, &call->arena, 1024);
	text_put(&text, scheme);
	text_put(&text, base);
	text_put(&text, path);
	return text_view(&text);
}

static struct own_bases bases_of(struct call *call)
{
	struct str host = call_header(call, "Host");
	struct own_bases bases = { .has_criteria = false };
	bases.bases[0] = with_slash(call, STR(""), server_base_url(call->server), STR("/"));
	if (host.len > 0)
		bases.bases[1] = with_slash(call, STR("http://"), host, STR("/fhir/"));
	return bases;
}

bool own_links_stand(struct call *call)
{
	const struct own_bases bases = bases_of(call);
	for (size_t i = 0; i < 2; i++) {
		struct str base = bases.bases[i];
		if (base.len > 0 && str_find(call->body, base) < call->body.len)
			return true;
	}
	/* JSON may write a slash as \/. */
	return str_find(call->body, STR("\\/fhir")) < call->body.len;
}

bool criteria_links_stand(struct call *call)
{
	return str_find_byte(call->body, '?', 0) < call->body.len ||
	       str_find(call->body, STR("\\u")) < call->body.len;
}

static bool is_by_criteria(struct str text)
{
	size_t mark = str_find_byte(text, '?', 0);
	return mark < text.len && fhir_resource_find(str_slice(text, 0, mark)) != FHIR_TYPE_NONE;
}

static struct str shorten(void *context, struct str text, bool is_reference)
{
	struct own_bases *bases = context;
	struct fhir_reference reference;
	bases->has_criteria |= is_reference && is_by_criteria(text);
	for (size_t i = 0; i < 2 && is_reference; i++) {
		struct str base = bases->bases[i];
		struct str rest =
			str_slice(text, base.len < text.len ? base.len : text.len, text.len);
		if (base.len > 0 && str_starts_with(text, base) &&
		    fhir_reference_parse(rest, &reference) && reference.base.len == 0)
			return rest;
	}
	return (struct str){ NULL, 0 };
}

enum error own_links_shorten(struct call *call, struct json *resource, struct issues *issues)
{
	struct own_bases bases = bases_of(call);
	enum error error = fhir_links_visit(&call->arena, resource, shorten, &bases);
	if (error == ERROR_OK && bases.has_criteria)
		return issue_add(
			issues, ERROR_INVALID, STR(""),
			"references by criteria (Type?...) are resolved in transactions only: "
			"name the resource, or send it in a Bundle of type transaction");
	return error;
}
