/* SPDX-License-Identifier: Apache-2.0
 * A Bundle that asks for something to be done is sent to the base address. Stored as a document it would be answered
 * 201, and a fever in it be nobody's. */
#include "ward/guard.h"

enum error guard_bundle(const struct guarded *guarded)
{
	struct str type = json_get_text(guarded->next, STR("type"));
	if (guarded->next == NULL ||
	    !(str_equal(type, STR("transaction")) || str_equal(type, STR("batch"))))
		return ERROR_OK;
	return issue_add(guarded->issues, ERROR_INVALID, STR("Bundle.type"),
			 "A %.*s is done at the base address: POST it to /fhir. Stored as a Bundle "
			 "none of its entries would be.",
			 STR_ARG(type));
}
