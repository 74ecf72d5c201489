/* SPDX-License-Identifier: Apache-2.0
 * Criteria of a policy: the children of its PlanDefinition actions `eligibility` and `discharge`, each with
 * `id` and
 * `title` (docs/decisions/0006). A person answers them: met, not met or unknown; nothing missing counts as met. */
#ifndef FLOW_ELIGIBILITY_H
#define FLOW_ELIGIBILITY_H

#include "flow/record.h"

/* The action of the policy "url|version" by its id, or NULL (also when there is no such policy). False: an
 * error. */
MUST_CHECK enum error eligibility_criteria(struct record *record, struct str policy,
					   struct str action, const struct json **ret_action);
/* The ward's default policy as "url|version", empty when it has none. */
struct str eligibility_policy_of_ward(const struct json *ward);

struct criterion {
	struct str id, title;
	struct str
		kind; /* age-from, age-to, open-alerts-above, hours-without-fever; else people answer */
	const struct json *value; /* a number, a code or a boolean; NULL without a kind */
};
/* `child` is the action's child of that number, from 1. */
struct criterion eligibility_criterion(struct arena *arena, const struct json *child,
				       size_t number);

/* What the record knows of a patient. */
struct eligibility_facts {
	const struct json *patient;
	int64_t now_us;
	bool has_stay;         /* the rest is known */
	struct str open_level; /* of the worst open alert; empty: none is open */
	struct record *record; /* for temperatures; one of the stay's patient */
};
struct eligibility_answer {
	struct str answer; /* "met", "not-met" or "unknown" */
	struct str by;     /* "person", "record" or empty */
};
/* `task` NULL: nobody has answered anything. */
struct eligibility_answer eligibility_answer(const struct criterion *criterion,
					     const struct json *task,
					     const struct eligibility_facts *facts);
struct eligibility {
	size_t met, not_met, unknown;
};
/* Counts the criteria of an action (NULL: none) by their answers. */
struct eligibility eligibility_count(struct arena *arena, const struct json *action,
				     const struct json *task,
				     const struct eligibility_facts *facts);
/* [{"id","title","answer","by"}] for pages. */
struct json *eligibility_json(struct arena *arena, const struct json *action,
			      const struct json *task, const struct eligibility_facts *facts);
/* Id of the Task that holds the answers of one referral. */
struct str eligibility_task_id(struct arena *arena, struct str referral);

#endif
