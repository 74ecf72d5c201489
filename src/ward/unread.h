/* SPDX-License-Identifier: Apache-2.0
 * What may be a vital sign and stands under a code that no rule reads: in words alone, in a code system that nobody
 * here knows, or under a code that is not listed. It is never scored, and somebody is told to look.
 * The line. Whatever its sender calls vital signs is said. Without that word a number is said when it may be one: its
 * unit is a temperature's; or its code is in words alone or of unknown systems, and its unit is one that a vital sign
 * has, or it has none. It is no vital sign when its sender calls it something else (laboratory, survey, activity …) or
 * names a specimen, when it has a code of LOINC, SNOMED CT, 11073 or our own (it is known for what it is), when its
 * unit is no sign's (g/L, mmol/L …), or when it is no number: notes and laboratory results call nobody. */
#ifndef WARD_UNREAD_H
#define WARD_UNREAD_H

#include "ward/model.h"

struct unread {
	char label[80]; /* its code, else its words */
	bool fever;     /* a temperature by its unit, and a fever by the policy */
	char value[24]; /* of that */
};

/* Whether something of the Observation is unread; `none_read`: no reading could be made of it at all. `policy` may be
 * NULL: nothing is a fever then. */
bool unread_find(const struct json *observation, const struct policy *policy, bool none_read,
		 struct unread *ret);
/* Says what of an Observation of this stay is unread: once a code, and again when it is worse. */
void unread_observation(struct ward_core *core, struct stay *stay, const struct ward_event *event,
			bool none_read);

#endif
