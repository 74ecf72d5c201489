/* SPDX-License-Identifier: Apache-2.0
 * Criteria of a policy: the children of its PlanDefinition actions `eligibility` and `discharge`, each with
 * `id` and
 * `title` (docs/decisions/0007). A person answers them: met, not met or unknown; nothing missing counts as met. */
#ifndef FLOW_ELIGIBILITY_H
#define FLOW_ELIGIBILITY_H

#include "flow/record.h"

/* The action of the policy "url|version" by its id, or NULL (also when there is no such policy). False: an
 * error. */
MUST_CHECK enum error eligibility_criteria(struct record *record, struct str policy,
					   struct str action, const struct json **ret_action);
/* The ward's default policy as "url|version", empty when it has none. */
struct str eligibility_policy_of_ward(const struct json *ward);

/* The answer to a criterion in a Task of ward work: "met", "not-met" or "unknown". */
struct str eligibility_answer(const struct json *task, struct str criterion);
struct eligibility {
	size_t met, not_met, unknown;
};
/* Counts the criteria of an action (NULL: none) by their answers in a Task (NULL: all unknown). */
struct eligibility eligibility_count(const struct json *action, const struct json *task);
/* Id of the Task that holds the answers of one referral. */
struct str eligibility_task_id(struct arena *arena, struct str referral);

#endif
