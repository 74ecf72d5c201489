/* SPDX-License-Identifier: Apache-2.0
 * A patient with an open stay is not deleted and not put out of use: the ward would watch somebody whom the record no
 * longer knows. A merge is no such end: with a link replaced-by the stay goes on under either id (merge.h). */
#include "ward/guard.h"

static bool is_replaced(const struct json *patient)
{
	const struct json *list = json_get(patient, STR("link"));
	const struct json *one = list == NULL || list->type != JSON_ARRAY ? NULL : list->child;
	for (; one != NULL; one = one->next) {
		struct str other = json_get_text(json_get(one, STR("other")), STR("reference"));
		if (str_equal(json_get_text(one, STR("type")), STR("replaced-by")) && other.len > 0)
			return true;
	}
	return false;
}

enum error guard_patient(const struct guarded *guarded)
{
	bool open = false;
	if (guarded->current == NULL ||
	    (guarded->next != NULL &&
	     (!guard_puts_out_of_use(guarded) || is_replaced(guarded->next))))
		return ERROR_OK;
	enum error error = guard_has_open_stay(guarded, STR("patient"), STR("Patient"), &open);
	if (error != ERROR_OK || !open)
		return error;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("Patient"),
			 "This patient has an open stay on a ward: end it first "
			 "(EpisodeOfCare/{id}/$discharge). Of two records of one person the one "
			 "that goes is kept, with a link of type replaced-by to the other.");
}
