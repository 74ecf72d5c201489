/* SPDX-License-Identifier: Apache-2.0
 * Questions of the day to which no answer came: where the policy says so (`missing`, `after` of an action questions-*),
 * the family is reminded and an alert is raised, once for each time they were due; an answer ends it. */
#ifndef WARD_UNANSWERED_H
#define WARD_UNANSWERED_H

#include "ward/model.h"

/* Whether the questions that were due at `due_us` were asked and stand without an answer. */
bool unanswered_is(const struct stay *stay, uint32_t number, int64_t due_us);
int64_t unanswered_next_us(const struct ward_core *core, const struct stay *stay);
void unanswered_fire(struct ward_core *core, struct stay *stay);
/* The stay has come under another policy than `before` (NULL: it had none): questions that both ask go on, others are
 * asked from now on. */
void unanswered_policy(const struct ward_core *core, struct stay *stay,
		       const struct policy *before);
/* An answer came, or the stay is paused. */
void unanswered_update(struct ward_core *core, struct stay *stay);

#endif
