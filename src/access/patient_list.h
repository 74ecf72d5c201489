/* SPDX-License-Identifier: Apache-2.0
 * The patients that a text of FHIR JSON speaks of: every reference to a Patient and every Patient that stands in
 * it. Read from the printed form, so that nothing which a subset or an include leaves out of a tree is overlooked. */
#ifndef ACCESS_PATIENT_LIST_H
#define ACCESS_PATIENT_LIST_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#define PATIENT_LIST_MAX 2000

struct patient_list {
	struct str *ids; /* in the arena, each once */
	size_t count, capacity;
	bool cut; /* there were more than PATIENT_LIST_MAX */
};

/* False when the arena failed. The ids are copied. */
MUST_CHECK bool patient_list_add(struct patient_list *list, struct arena *arena, struct str id);
/* Reads JSON as this program prints it: no needless escapes, resourceType and id first. */
MUST_CHECK bool patient_list_scan(struct patient_list *list, struct arena *arena, struct str text);

#endif
