/* SPDX-License-Identifier: Apache-2.0
 * What a policy asks of an admission, shared with $admit. */
#ifndef WARD_OPERATION_PATHWAY_H
#define WARD_OPERATION_PATHWAY_H

#include "ward/operation.h"

/* False: the call is answered with every reason why this patient cannot come under this policy. */
bool pathway_admits(struct call *call, const struct json *plan, struct str patient_reference,
		    const struct json *patient);
/* Timing.repeat of the plan of care: every `hours`, or for an empty text as the policy says. */
void pathway_put_timing(struct text *text, const struct json *plan, struct str hours);

#endif
