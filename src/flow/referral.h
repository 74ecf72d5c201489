/* SPDX-License-Identifier: Apache-2.0
 * A referral to a ward: a ServiceRequest of our code, with its eligibility. Active and undecided it waits; the
 * extension
 * referral-decision says who accepted or refused it, when and why; revoked it was refused, completed it led to
 * a stay. */
#ifndef FLOW_REFERRAL_H
#define FLOW_REFERRAL_H

#include "flow/eligibility.h"

struct referral {
	struct json *request;
	int64_t version;
	struct str id, status, patient, ward, outcome; /* outcome: empty while undecided */
	const struct json *criteria;                   /* the policy's action, or NULL */
	struct json *task;                             /* answers, or NULL */
	int64_t task_version;
	struct json *person; /* the Patient, or NULL */
};
/* False: the call is answered. */
bool referral_read(struct call *call, struct str id, struct referral *ret_referral);
/* Active and not decided; else 409 with what to do. */
bool referral_is_waiting(struct call *call, const struct referral *referral);
/* The extension referral-decision: its part of that name, or NULL. */
const struct json *referral_decision(const struct json *request, struct str part);

#endif
