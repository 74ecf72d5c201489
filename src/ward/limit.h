/* SPDX-License-Identifier: Apache-2.0
 * Limits that a consultant set for one patient: extension `limit` of the CarePlan (docs/decisions/0006). A limit
 * only ever adds an alert: no score, no band and no rule of the policy is loosened by it. It ends by itself at its
 * expiry; what it raised stays open until a person resolves it. */
#ifndef WARD_LIMIT_H
#define WARD_LIMIT_H

#include "ward/model.h"

#define LIMIT_COUNT_MAX 16 /* of one stay */

struct limit {
	struct limit *next; /* of the stay, in the plan's order */
	uint8_t input;      /* of a sign with a number */
	bool above;         /* at or above `value`; false: at or below */
	uint8_t level;      /* enum alert_level */
	struct decimal value;
	char text[24]; /* the value as written */
	char by[MODEL_NAME_BYTES];
	char reason[MODEL_TEXT_BYTES];
	int64_t set_us, expires_us;
};

/* Whether a limit can be set for this sign; its input. */
bool limit_sign_find(struct str name, uint8_t *ret_input);
/* A new version of the stay's CarePlan. The newest value of a sign with a new limit is looked at once. */
void limit_plan(struct ward_core *core, struct stay *stay, const struct json *plan);
void limit_reading(struct ward_core *core, struct stay *stay, const struct reading *reading);
/* Whether a limit that stands now is passed by it. */
bool limit_hits(const struct stay *stay, const struct reading *reading);
int64_t limit_next_us(const struct stay *stay);
void limit_fire(struct ward_core *core, struct stay *stay);
void limit_destroy(struct stay *stay);
/* `,"limits":[…]` of the row. */
void limit_print(const struct stay *stay, struct text *text);

#endif
