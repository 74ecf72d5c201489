/* SPDX-License-Identifier: Apache-2.0
 * Who takes a patient over. A hand-over is a Task of a person's (docs/decisions/0006); what follows from it is
 * decided here: accepted, the alerts of the one who leaves belong to the one who comes; not accepted in the
 * policy's time, the nurse in charge is told. When a shift ends and an open alert still belongs to who worked it,
 * the alert goes to who is on shift now, acknowledged or not, and the nurse in charge is told: no patient is ever
 * without a person. */
#ifndef WARD_HANDOVER_H
#define WARD_HANDOVER_H

#include "ward/model.h"

struct handover {
	struct handover *next; /* of the stay, in the order they came */
	char id[MODEL_ID_BYTES];
	char from[MODEL_REFERENCE_BYTES], from_name[MODEL_NAME_BYTES];
	char to_name[MODEL_NAME_BYTES];
	int64_t at_us;
	int64_t deadline_us; /* MODEL_NEVER: passed and told */
};

/* Task that is no alert. */
void handover_event(struct ward_core *core, const struct ward_event *event);
int64_t handover_next_us(const struct ward_core *core, const struct stay *stay);
void handover_fire(struct ward_core *core, struct stay *stay);
/* A person has written on an alert of the stay: is there still something to tell the nurse in charge? */
void handover_settle(struct ward_core *core, struct stay *stay);
void handover_destroy(struct stay *stay);

#endif
