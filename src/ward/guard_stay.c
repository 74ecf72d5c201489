/* SPDX-License-Identifier: Apache-2.0
 * A stay does not end, and is not deleted, while a High or Emergency alert of the patient, or a concern of anybody's,
 * has had no answer: what $discharge asks, asked of every other way. It is paused with a reason (S47). It keeps its
 * patient, and a patient has one open stay. */
#include "ward/guard.h"

/* active and onhold are what the ward watches; a planned stay is not there yet, and without a ward it stands on no
 * board. */
static bool is_open(const struct json *episode)
{
	struct str status = json_get_text(episode, STR("status"));
	const struct json *ward = json_get(episode, STR("managingOrganization"));
	return stay_is_of_ward(episode) && json_get_text(ward, STR("reference")).len > 0 &&
	       (str_equal(status, STR("active")) || str_equal(status, STR("onhold")));
}

static struct str patient_of(const struct json *episode)
{
	return json_get_text(json_get(episode, STR("patient")), STR("reference"));
}

static enum error check_end(const struct guarded *guarded)
{
	bool unanswered = false;
	enum error error = guard_unanswered(guarded, patient_of(guarded->current), &unanswered);
	if (error != ERROR_OK || !unanswered)
		return error;
	return issue_add(
		guarded->issues, ERROR_CONFLICT, STR("EpisodeOfCare"),
		"A High or Emergency alert, or a concern, of this patient has had no "
		"answer: acknowledge it (Task/{id}/$acknowledge) before the stay ends, then use "
		"EpisodeOfCare/%.*s/$discharge with by, destination and reason.",
		STR_ARG(guarded->id));
}

static size_t steps_with_reason(const struct json *episode)
{
	const struct json *list = json_get(episode, STR("extension"));
	const struct json *one = list == NULL || list->type != JSON_ARRAY ? NULL : list->child;
	size_t count = 0;
	for (; one != NULL; one = one->next) {
		struct str reason =
			json_get_text(model_part(one, STR("reason")), STR("valueString"));
		if (str_equal(json_get_text(one, STR("url")),
			      STR(HOMEWARD_URL "StructureDefinition/step")) &&
		    str_trim(reason).len > 0)
			count++;
	}
	return count;
}

static enum error check_pause(const struct guarded *guarded)
{
	if (steps_with_reason(guarded->next) > steps_with_reason(guarded->current))
		return ERROR_OK;
	return issue_add(guarded->issues, ERROR_INVALID, STR("EpisodeOfCare.extension"),
			 "Say why the stay is paused: use EpisodeOfCare/%.*s/$step-up with by and "
			 "reason, or add an extension `step` with at, by and reason.",
			 STR_ARG(guarded->id));
}

/* What was charted under one name must never stand under another. */
static enum error check_patient(const struct guarded *guarded)
{
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("EpisodeOfCare.patient"),
			 "A stay is not given to another patient: its readings and scores are of "
			 "the first. End it (EpisodeOfCare/%.*s/$discharge) and admit the other.",
			 STR_ARG(guarded->id));
}

/* "Patient/id" or "urn:uuid:…" of one that the same transaction makes. */
static struct str own_patient(const struct guarded *guarded)
{
	struct str patient = patient_of(guarded->next);
	struct str base = server_base_url(guarded->call->server);
	if (str_starts_with(patient, base) && patient.len > base.len)
		return str_slice(patient, base.len + 1, patient.len);
	return patient;
}

/* As $admit: one patient is on one ward, or its readings go to one of them and the other waits. What is written at the
 * same instant, or by the same transaction, is asked for as well. */
static enum error check_alone(const struct guarded *guarded)
{
	static const char *const words =
		"The patient has an open stay already; discharge it first.";
	struct str patient = own_patient(guarded);
	struct search_argument arguments[] = {
		{ STR("patient"), patient },
		{ STR("type"), STR(HOMEWARD_URL "CodeSystem/episode-type|virtual-ward") },
		{ STR("status"), STR("active,onhold") },
	};
	size_t count = 0;
	guarded->demand->claim = patient;
	guarded->demand->words = words;
	if (str_starts_with(patient, STR("urn:")))
		return ERROR_OK;
	if (!str_starts_with(patient, STR("Patient/")))
		return issue_add(guarded->issues, ERROR_INVALID, STR("EpisodeOfCare.patient"),
				 "The patient of an open stay is named as Patient/id: it must be "
				 "known whether there is an open stay already.");
	enum error error = guard_none(guarded, "EpisodeOfCare", arguments, 3, &count);
	if (error != ERROR_OK || count == 0)
		return error;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("EpisodeOfCare"), "%s", words);
}

/* An address that a transaction still has to resolve is another's; a reference by search is not compared. */
static bool is_given_away(const struct guarded *guarded)
{
	struct str to = patient_of(guarded->next);
	return (str_starts_with(to, STR("Patient/")) || str_starts_with(to, STR("urn:"))) &&
	       !str_equal(to, patient_of(guarded->current));
}

enum error guard_stay(const struct guarded *guarded)
{
	const struct json *current = guarded->current;
	const struct json *next = guarded->next;
	enum error error = ERROR_OK;
	if (current == NULL || !is_open(current)) {
		bool opens = next != NULL && is_open(next);
		return opens ? check_alone(guarded) : ERROR_OK;
	}
	/* Given to another patient, or no longer of a ward, it has ended for this one. */
	if (next == NULL || !is_open(next) || !str_equal(patient_of(next), patient_of(current)))
		error = check_end(guarded);
	if (error != ERROR_OK || next == NULL || !is_open(next))
		return error;
	if (is_given_away(guarded))
		return check_patient(guarded);
	if (str_equal(json_get_text(next, STR("status")), STR("onhold")) &&
	    str_equal(json_get_text(current, STR("status")), STR("active")))
		return check_pause(guarded);
	return ERROR_OK;
}
