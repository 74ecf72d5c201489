/* SPDX-License-Identifier: Apache-2.0
 * Value sets of required bindings, as lists of codes. Sets over systems that are not in the package
 * stay open, or are checked by grammar (media types, currencies). */
#include "gen.h"

#include <stdlib.h>

#define NESTING_MAX 16

uint16_t gen_binding_add(struct gen *gen, struct str url)
{
	struct gen_text bare = gen_intern(gen, str_slice(url, 0, str_find_byte(url, '|', 0)));

	for (size_t i = 1; i <= gen->binding_count; i++)
		if (gen->bindings[i].url.at == bare.at && gen->bindings[i].url.len == bare.len)
			return (uint16_t)i;
	if (gen->binding_count + 1 >= GEN_BINDINGS_MAX)
		gen_fail("too many bindings", url);
	gen->bindings[++gen->binding_count].url = bare;
	return (uint16_t)gen->binding_count;
}

static void add_code(struct gen *gen, uint16_t binding, struct str code, struct gen_text system)
{
	if (gen->code_count == GEN_CODES_MAX)
		gen_fail("too many codes", code);
	gen->codes[gen->code_count++] = (struct gen_code){ gen_intern(gen, code), system, binding };
}

/* All concepts of a code system, nested ones too. */
static void add_concepts(struct gen *gen, uint16_t binding, const struct json *concepts,
			 struct gen_text system)
{
	const struct json *stack[NESTING_MAX];
	size_t depth = 0;
	const struct json *at = concepts == NULL ? NULL : concepts->child;

	while (at != NULL || depth > 0) {
		if (at == NULL) {
			at = stack[--depth];
			continue;
		}
		add_code(gen, binding, json_get_text(at, STR("code")), system);
		const struct json *nested = json_get(at, STR("concept"));
		if (nested != NULL && depth == NESTING_MAX)
			gen_fail("concepts nested too deep", json_get_text(at, STR("code")));
		if (nested != NULL) {
			stack[depth++] = at->next;
			at = nested->child;
		} else {
			at = at->next;
		}
	}
}

static enum gen_binding_kind open_kind(struct str system)
{
	if (str_equal(system, STR("urn:ietf:bcp:13")))
		return GEN_BIND_MIME;
	if (str_equal(system, STR("urn:iso:std:iso:4217")))
		return GEN_BIND_CURRENCY;
	return GEN_BIND_OPEN;
}

static void add_system(struct gen *gen, uint16_t number, struct str system)
{
	struct gen_binding *binding = &gen->bindings[number];
	struct json *root = gen_package_find(gen, STR("CodeSystem"), system);
	struct str content = json_get_text(root, STR("content"));

	if (root == NULL)
		binding->kind = open_kind(system);
	else if (!str_equal(content, STR("complete")))
		binding->kind = GEN_BIND_OPEN;
	else
		add_concepts(gen, number, json_get(root, STR("concept")), gen_intern(gen, system));
}

static void expand(struct gen *gen, uint16_t number)
{
	struct gen_binding *binding = &gen->bindings[number];
	struct str url = gen_text_view(gen, binding->url);
	struct json *root = gen_package_find(gen, STR("ValueSet"), url);
	struct str systems[8];
	size_t count = 0;

	binding->first = (uint16_t)gen->code_count;
	binding->kind = GEN_BIND_CODES;
	if (root == NULL) {
		binding->kind = GEN_BIND_OPEN;
		return;
	}
	const struct json *compose = json_get(root, STR("compose"));
	const struct json *include = json_get(compose, STR("include"));
	/* No required binding of R4 excludes, filters or nests value sets; if one did, stop here. */
	if (include == NULL || json_get(compose, STR("exclude")) != NULL)
		gen_fail("value set has no include, or an exclude", url);
	for (include = include->child; include != NULL; include = include->next) {
		struct str system = json_get_text(include, STR("system"));
		const struct json *concept = json_get(include, STR("concept"));

		if (system.len == 0 || json_get(include, STR("filter")) != NULL ||
		    json_get(include, STR("valueSet")) != NULL ||
		    count == sizeof systems / sizeof systems[0])
			gen_fail("value set with an include that is not understood", url);
		if (concept != NULL)
			add_concepts(gen, number, concept, gen_intern(gen, system));
		else
			systems[count++] = arena_copy(&gen->arena, system);
	}
	for (size_t i = 0; i < count; i++)
		add_system(gen, number, systems[i]);
	if (binding->kind != GEN_BIND_CODES)
		gen->code_count = binding->first;
	binding->count = (uint16_t)(gen->code_count - binding->first);
}

void gen_bindings(struct gen *gen)
{
	for (size_t i = 1; i <= gen->binding_count; i++)
		expand(gen, (uint16_t)i);
}
