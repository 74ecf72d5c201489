/* SPDX-License-Identifier: Apache-2.0
 * A stay does not end, and is not deleted, while a High or Emergency alert of the patient has had no answer: what
 * $discharge asks, asked of every other way. It is paused with a reason (S47). */
#include "ward/guard.h"

/* active and onhold are what the ward watches; a planned stay is not there yet. Without a ward it stands on no board. */
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
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("EpisodeOfCare"),
			 "A High or Emergency alert of this patient has had no answer: acknowledge "
			 "it (Task/{id}/$acknowledge) before the stay ends, then use "
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

enum error guard_stay(const struct guarded *guarded)
{
	const struct json *current = guarded->current;
	const struct json *next = guarded->next;
	if (current == NULL || !is_open(current))
		return ERROR_OK;
	/* Given to another patient, or no longer of a ward, it has ended for this one. */
	if (next == NULL || !is_open(next) || !str_equal(patient_of(next), patient_of(current)))
		return check_end(guarded);
	if (str_equal(json_get_text(next, STR("status")), STR("onhold")) &&
	    str_equal(json_get_text(current, STR("status")), STR("active")))
		return check_pause(guarded);
	return ERROR_OK;
}
