/* SPDX-License-Identifier: Apache-2.0
 * What a policy asks of an admission, shared with $admit. */
#ifndef WARD_OPERATION_PATHWAY_H
#define WARD_OPERATION_PATHWAY_H

#include "ward/operation.h"

/* False: the call is answered with every reason why this patient cannot come under this policy. */
bool pathway_admits(struct call *call, const struct json *plan, struct str patient_reference,
		    const struct json *patient);
/* Puts another policy, "url|version", into the plan of an open stay; its own schedule comes with it. False: the call is
 * answered with why it cannot. */
bool pathway_change(struct call *call, struct str canonical, const struct json *episode,
		    struct json *plan);
/* Timing.repeat of the plan of care: every `hours`, or for an empty text as the policy says. */
void pathway_put_timing(struct text *text, const struct json *plan, struct str hours);

#endif
