/* SPDX-License-Identifier: Apache-2.0
 * PlanDefinition/{id}/$sign: a draft becomes a policy in force when two different people have signed it as it stands. A
 * policy that the rules cannot read, or that says what no rule reads, is refused with every reason by name. It has been
 * tried on stored history first (trial_proof.h), and the signature names the report. Who signs does so as somebody of
 * a ward, and one of the two leads it clinically. */
#include "ward/cover.h"
#include "ward/operation_people.h"
#include "ward/trial_proof.h"

#include "base/limits.h"

static void refuse(struct call *call, enum error error, const char *why)
{
	issue_add(&call->issues, error, STR("PlanDefinition"), "%s", why);
	call_fail(call, error);
}

struct signer {
	struct staff staff;
	struct str person; /* two roles of one person are one person */
	struct str role;   /* the code of the role signed in: of a lead when there is one */
	bool leads;
};

static struct str role_among(uint32_t roles)
{
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if ((roles & 1u << i) != 0)
			return role_code((enum ward_role)i);
	}
	return STR("");
}

/* The policy that the draft replaces: the one of its url that came into force last. NULL: there is none. */
static const struct json *in_force(struct call *call, const struct search_result *found)
{
	const struct store_version *newest = NULL;
	struct json *plan = NULL;
	for (size_t i = 0; i < found->match_count; i++) {
		const struct store_version *one = &found->matches[i];
		if (newest == NULL || one->at_us > newest->at_us ||
		    (one->at_us == newest->at_us && one->feed > newest->feed))
			newest = one;
	}
	if (newest == NULL || json_parse(&call->arena, newest->body, NULL, NULL, &plan) != ERROR_OK)
		return NULL;
	return plan;
}

/* A consultant, and whom the policy in force lets set limits as one: a draft does not say who may sign it. Without a
 * policy in force under the url it is as the shipped ones have it, a consultant alone. False: answered. */
static bool lead_roles(struct call *call, const struct json *draft, uint32_t *ret_roles)
{
	const uint32_t no_clinicians =
		1u << ROLE_SWITCHBOARD | 1u << ROLE_SELF_TEST | 1u << ROLE_TECHNICAL_DESK;
	struct search_argument arguments[] = {
		{ STR("url"), json_get_text(draft, STR("url")) },
		{ STR("status"), STR("active") },
	};
	struct search_result found = { 0 };
	struct policy *policy = ARENA_NEW(&call->arena, struct policy, 1);
	if (policy == NULL) {
		call_fail(call, ERROR_LIMIT);
		return false;
	}
	if (!operation_search(call, "PlanDefinition", arguments, 2, &found))
		return false;
	const struct json *plan = in_force(call, &found);
	*ret_roles = 1u << ROLE_CONSULTANT;
	if (plan != NULL && policy_read(plan, NULL, policy))
		*ret_roles |= policy->limit_roles & ~no_clinicians;
	return true;
}

static bool signer_of(struct call *call, const struct json *parameters, uint32_t leads,
		      struct signer *signer)
{
	struct staff *staff = &signer->staff;
	if (!operation_staff(call, parameters, STR("by"), staff))
		return false;
	if (staff->roles == 1u << ROLE_SELF_TEST) {
		refuse(call, ERROR_FORBIDDEN,
		       "The role of the self-test is nobody who could sign.");
		return false;
	}
	signer->leads = (staff->roles & leads) != 0;
	signer->role = role_among(signer->leads ? staff->roles & leads : staff->roles);
	/* Roles that name nobody cannot be told apart. */
	signer->person = staff->practitioner.len > 0 ? staff->practitioner : staff->name;
	return true;
}

struct signed_before {
	size_t count;
	bool by_same; /* the signer is among them */
	bool by_lead;
	bool untried;      /* one of them names no report */
	struct str report; /* that the last of them stands on */
};

static struct signed_before signatures(const struct json *plan, uint32_t leads,
				       const struct signer *signer)
{
	const struct json *extensions = json_get(plan, STR("extension"));
	struct signed_before before = { 0 };
	for (const struct json *at = extensions == NULL ? NULL : extensions->child; at != NULL;
	     at = at->next) {
		if (!policy_is_signature(at))
			continue;
		before.count++;
		struct str person =
			json_get_text(model_part(at, STR("person")), STR("valueString"));
		struct str role = json_get_text(model_part(at, STR("role")), STR("valueCode"));
		before.report = json_get_text(
			json_get(model_part(at, STR("report")), STR("valueReference")),
			STR("reference"));
		before.untried = before.untried || before.report.len == 0;
		before.by_same = before.by_same || str_equal(person, signer->person);
		for (unsigned i = 0; i < ROLE_COUNT; i++) {
			if ((leads & 1u << i) != 0 && str_equal(role, role_code((enum ward_role)i)))
				before.by_lead = true;
		}
	}
	return before;
}

static void put_signature(struct call *call, struct json *plan, const struct signer *signer,
			  struct str report)
{
	struct text text;
	struct json *made = NULL;
	text_init(&text, &call->arena, LIMIT_OPERATION_BODY_BYTES_MAX);
	text_put_c(&text, "{\"url\":\"" HOMEWARD_URL
			  "StructureDefinition/signature\",\"extension\":[{\"url\":\"by\","
			  "\"valueReference\":{\"reference\":");
	json_print_string(&text, signer->staff.reference);
	if (signer->staff.name.len > 0) {
		text_put_c(&text, ",\"display\":");
		json_print_string(&text, signer->staff.name);
	}
	text_put_c(&text, "}");
	if (signer->role.len > 0) {
		text_put_c(&text, "},{\"url\":\"role\",\"valueCode\":");
		json_print_string(&text, signer->role);
	}
	text_put_c(&text, "},{\"url\":\"person\",\"valueString\":");
	json_print_string(&text, signer->person);
	text_put_c(&text, "},{\"url\":\"report\",\"valueReference\":{\"reference\":");
	json_print_string(&text, report);
	text_put_c(&text, "}},{\"url\":\"at\",\"valueInstant\":");
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

static bool may_be_signed(struct call *call, const struct json *plan, struct policy *policy)
{
	if (!policy_is_ward(plan)) {
		refuse(call, ERROR_INVALID, "This PlanDefinition is no policy of a ward.");
		return false;
	}
	if (!str_equal(json_get_text(plan, STR("status")), STR("draft"))) {
		refuse(call, ERROR_CONFLICT, "Only a draft is signed; this policy is not one.");
		return false;
	}
	if (!policy_read(plan, &call->issues, policy)) {
		call_fail(call, ERROR_INVALID);
		return false;
	}
	return is_alone(call, plan);
}

static bool may_sign(struct call *call, uint32_t leads, const struct signer *signer,
		     const struct signed_before *before)
{
	char who[120];
	if (before->by_same) {
		refuse(call, ERROR_CONFLICT,
		       "This person has signed the draft already: a second person must sign it.");
		return false;
	}
	if (before->count == 0 || before->by_lead || signer->leads)
		return true;
	cover_roles_text(leads, who, sizeof(who));
	operation_refuse(
		call, ERROR_FORBIDDEN,
		"One of the two who sign must lead clinically (%s), and who has signed does "
		"not; nothing was changed.",
		who);
	return false;
}

/* The second signs on what the first one saw, or on something newer. */
static bool is_not_older(struct call *call, const struct signed_before *before,
			 const struct trial_proof *proof)
{
	struct json *report = NULL;
	int64_t version = 0;
	struct date date;
	if (before->count == 0 || str_equal(before->report, proof->reference))
		return true;
	if (before->untried) {
		refuse(call, ERROR_CONFLICT,
		       "This draft was signed before it was tried: write it again as it stands, "
		       "which takes the signature back, and have both people sign on a trial.");
		return false;
	}
	if (!operation_read(call, STR("MeasureReport"),
			    model_reference_text_id(before->report, STR("MeasureReport")), &report,
			    &version))
		return false;
	if (date_parse(json_get_text(report, STR("date")), DATE_KIND_DATETIME, &date) == ERROR_OK &&
	    date.low_us <= proof->at_us)
		return true;
	refuse(call, ERROR_CONFLICT,
	       "The first signature stands on a newer trial: look at that one, and sign on it.");
	return false;
}

/* On which trial it is signed. False: answered, with what is to be done first. */
static bool find_trial(struct call *call, const struct json *parameters, const struct json *plan,
		       const struct signed_before *before, struct trial_proof *proof)
{
	struct str wanted = operation_parameter_reference(parameters, STR("report"));
	if (!trial_proof_find(call, plan, wanted, proof))
		return false;
	if (proof->reference.len > 0)
		return is_not_older(call, before, proof);
	refuse(call, ERROR_CONFLICT, proof->why);
	return false;
}

static void sign(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct policy *policy = ARENA_NEW(&call->arena, struct policy, 1);
	struct trial_proof *proof = ARENA_NEW(&call->arena, struct trial_proof, 1);
	struct signer signer = { 0 };
	struct json *plan = NULL;
	uint32_t leads = 0;
	int64_t version = 0;
	if (parameters == NULL)
		return;
	if (policy == NULL || proof == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (!operation_read(call, STR("PlanDefinition"), call->path_parts[0], &plan, &version) ||
	    !may_be_signed(call, plan, policy) || !lead_roles(call, plan, &leads) ||
	    !signer_of(call, parameters, leads, &signer))
		return;
	struct signed_before before = signatures(plan, leads, &signer);
	if (!may_sign(call, leads, &signer, &before) ||
	    !find_trial(call, parameters, plan, &before, proof))
		return;
	put_signature(call, plan, &signer, proof->reference);
	if (before.count >= 1)
		json_put(plan, STR("status"), json_new_string(&call->arena, STR("active")));
	operation_commit(call, plan, version, sign, tries_left);
}

void operation_sign(struct call *call)
{
	sign(call, OPERATION_TRIES);
}
