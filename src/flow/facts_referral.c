/* SPDX-License-Identifier: Apache-2.0
 * Referrals of a ward. One that was decided in a span was written in or after it, so the time of the last
 * version bounds
 * the search. */
#include "flow/facts.h"

struct str facts_referral_source(const struct json *referral)
{
	struct str code =
		json_get_text(model_extension(referral, STR("referral-source")), STR("valueCode"));
	return code.len > 0 ? code : STR("unknown");
}

/* A part of the extension referral-decision. */
static const struct json *decision_part(const struct json *referral, struct str name)
{
	const struct json *parts =
		json_get(model_extension(referral, STR("referral-decision")), STR("extension"));
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		if (str_equal(json_get_text(at, STR("url")), name))
			return at;
	}
	return NULL;
}

struct pending {
	struct facts *facts;
	struct facts_referral *last;
};

static bool visit_referral(void *context, const struct store_version *version,
			   const struct json *resource)
{
	struct pending *pending = context;
	struct arena *arena = pending->facts->arena;
	struct facts_referral *referral = ARENA_NEW(arena, struct facts_referral, 1);
	struct str status = json_get_text(resource, STR("status"));
	if (str_equal(status, STR("entered-in-error")) || str_equal(status, STR("draft")))
		return true;
	if (referral == NULL)
		return false;
	referral->id = arena_copy(arena, version->id);
	referral->status = arena_copy(arena, status);
	referral->source = arena_copy(arena, facts_referral_source(resource));
	struct str outcome =
		json_get_text(decision_part(resource, STR("outcome")), STR("valueCode"));
	referral->outcome = outcome.len > 0 ? arena_copy(arena, outcome) : STR("waiting");
	struct str reason = json_get_text(decision_part(resource, STR("reason")), STR("valueCode"));
	referral->reason = reason.len > 0 ? arena_copy(arena, reason) : STR("unknown");
	referral->decided_us =
		record_instant(decision_part(resource, STR("at")), STR("valueDateTime"), 0);
	referral->authored_us =
		record_instant(resource, STR("authoredOn"), record_ms(version->at_us));
	referral->person = ARENA_NEW(arena, struct facts_person, 1);
	if (referral->person == NULL)
		return false;
	referral->person->id = arena_copy(
		arena, model_reference_id(json_get(resource, STR("subject")), STR("Patient")));
	if (pending->last == NULL)
		pending->facts->referrals = referral;
	else
		pending->last->next = referral;
	pending->last = referral;
	return !arena->failed;
}

enum error facts_referrals(struct facts *facts)
{
	struct arena *arena = facts->arena;
	struct pending pending = { .facts = facts };
	const struct search_argument arguments[] = {
		{ STR("performer"), record_reference(arena, "Organization", facts->ward) },
		{ STR("code"), record_token(arena, "ward-task", STR("referral")) },
		{ STR("_lastUpdated"), record_bound(arena, "ge", facts->from_us) },
	};
	const struct record_search search = { "ServiceRequest", arguments, 3, visit_referral,
					      &pending };
	enum error error = record_each(facts->record, &search);
	for (struct facts_referral *at = facts->referrals; error == ERROR_OK && at != NULL;
	     at = at->next)
		error = facts_person(facts, at->person->id, true, &at->person);
	return error;
}
