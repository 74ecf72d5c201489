/* SPDX-License-Identifier: Apache-2.0
 * PlanDefinition/{id}/$sign: a draft becomes a policy in force when two different people have signed it as it stands. A
 * policy that the rules cannot read, or that says what no rule reads, is refused with every reason by name. */
#include "ward/model.h"
#include "ward/operation.h"

#include "base/limits.h"

static void refuse(struct call *call, enum error error, const char *why)
{
	issue_add(&call->issues, error, STR("PlanDefinition"), "%s", why);
	call_fail(call, error);
}

/* Two roles of one person are one person: what a PractitionerRole names, else itself. */
static bool person_of(struct call *call, struct str reference, struct str *ret_person)
{
	struct fhir_reference parsed = { 0 };
	struct json *role = NULL;
	int64_t version;
	*ret_person = reference;
	if (reference.len == 0 || !fhir_reference_parse(reference, &parsed) ||
	    parsed.type != fhir_resource_find(STR("PractitionerRole")))
		return true;
	if (!operation_read(call, STR("PractitionerRole"), parsed.id, &role, &version))
		return false;
	struct str person = json_get_text(json_get(role, STR("practitioner")), STR("reference"));
	if (person.len > 0)
		*ret_person = person;
	return true;
}

static bool is_signature(const struct json *extension)
{
	return str_equal(json_get_text(extension, STR("url")),
			 STR(HOMEWARD_URL "StructureDefinition/signature"));
}

static size_t signatures(const struct json *plan, struct str person, bool *ret_same)
{
	const struct json *extensions = json_get(plan, STR("extension"));
	size_t count = 0;
	*ret_same = false;
	for (const struct json *at = extensions == NULL ? NULL : extensions->child; at != NULL;
	     at = at->next) {
		if (!is_signature(at))
			continue;
		count++;
		struct str before =
			json_get_text(model_part(at, STR("person")), STR("valueString"));
		*ret_same = *ret_same || str_equal(before, person);
	}
	return count;
}

struct signer {
	struct str reference, name, person;
};

static void put_signature(struct call *call, struct json *plan, const struct signer *signer)
{
	struct text text;
	struct json *made = NULL;
	text_init(&text, &call->arena, LIMIT_OPERATION_BODY_BYTES_MAX);
	text_put_c(&text, "{\"url\":\"" HOMEWARD_URL
			  "StructureDefinition/signature\",\"extension\":[{\"url\":\"by\",");
	if (signer->reference.len > 0) {
		text_put_c(&text, "\"valueReference\":{\"reference\":");
		json_print_string(&text, signer->reference);
		if (signer->name.len > 0) {
			text_put_c(&text, ",\"display\":");
			json_print_string(&text, signer->name);
		}
		text_put_c(&text, "}");
	} else {
		text_put_c(&text, "\"valueString\":");
		json_print_string(&text, signer->name);
	}
	text_put_c(&text, "},{\"url\":\"person\",\"valueString\":");
	json_print_string(&text, signer->person);
	text_put_c(&text, "},{\"url\":\"at\",\"valueInstant\":");
	json_print_string(
		&text, date_print_instant(&call->arena, clock_now_us(server_clock(call->server))));
	text_put_c(&text, "},{\"url\":\"kind\",\"valueCode\":\"person\"}]}");
	struct json *extensions = json_get(plan, STR("extension"));
	if (extensions == NULL)
		extensions = json_put(plan, STR("extension"), json_new(&call->arena, JSON_ARRAY));
	if (!text.failed &&
	    json_parse(&call->arena, text_view(&text), NULL, NULL, &made) == ERROR_OK)
		json_append(extensions, made);
}

/* Stays name a policy by url and version: no other may have both. */
static bool is_alone(struct call *call, const struct json *plan)
{
	struct search_argument arguments[] = {
		{ STR("url"), json_get_text(plan, STR("url")) },
		{ STR("version"), json_get_text(plan, STR("version")) },
	};
	struct search_result found = { 0 };
	if (!operation_search(call, "PlanDefinition", arguments, 2, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		if (str_equal(found.matches[i].id, call->path_parts[0]))
			continue;
		refuse(call, ERROR_CONFLICT,
		       "Another PlanDefinition has this url and version: give the draft a version "
		       "of its own.");
		return false;
	}
	return true;
}

static bool may_be_signed(struct call *call, const struct json *plan)
{
	struct policy *policy = ARENA_NEW(&call->arena, struct policy, 1);
	if (!policy_is_ward(plan)) {
		refuse(call, ERROR_INVALID, "This PlanDefinition is no policy of a ward.");
		return false;
	}
	if (!str_equal(json_get_text(plan, STR("status")), STR("draft"))) {
		refuse(call, ERROR_CONFLICT, "Only a draft is signed; this policy is not one.");
		return false;
	}
	if (policy == NULL || !policy_read(plan, &call->issues, policy)) {
		call_fail(call, ERROR_INVALID);
		return false;
	}
	return is_alone(call, plan);
}

static void sign(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct signer signer = { 0 };
	struct json *plan = NULL;
	int64_t version = 0;
	bool same = false;
	if (parameters == NULL ||
	    !operation_by(call, parameters, &signer.reference, &signer.name) ||
	    !person_of(call, signer.reference, &signer.person) ||
	    !operation_read(call, STR("PlanDefinition"), call->path_parts[0], &plan, &version) ||
	    !may_be_signed(call, plan))
		return;
	if (signer.person.len == 0)
		signer.person = signer.name;
	size_t count = signatures(plan, signer.person, &same);
	if (same) {
		refuse(call, ERROR_CONFLICT,
		       "This person has signed the draft already: a second person must sign it.");
		return;
	}
	put_signature(call, plan, &signer);
	if (count >= 1)
		json_put(plan, STR("status"), json_new_string(&call->arena, STR("active")));
	operation_commit(call, plan, version, sign, tries_left);
}

void operation_sign(struct call *call)
{
	sign(call, OPERATION_TRIES);
}
