/* SPDX-License-Identifier: Apache-2.0
 * The care team of a patient (CareTeam): the named nurse, the consultant and whoever else answers for the stay.
 * Shown on the row; whom an alert calls is the rota's. */
#ifndef WARD_TEAM_H
#define WARD_TEAM_H

#include "ward/model.h"

#define TEAM_MEMBERS_MAX 12

struct team_member {
	char role[80]; /* "Named nurse" */
	char name[MODEL_NAME_BYTES];
	char reference[MODEL_REFERENCE_BYTES];
};
struct team {
	struct team *next; /* of the patient, by id */
	char id[MODEL_ID_BYTES];
	char patient[MODEL_ID_BYTES];
	uint32_t count;
	struct team_member members[TEAM_MEMBERS_MAX];
};

void team_event(struct ward_core *core, const struct ward_event *event);
/* Takes a loaded team into the core. */
void team_link(struct ward_core *core, struct team *team);
/* `,"team":[…]` of the row. */
void team_print(const struct ward_core *core, const struct patient *patient, struct text *text);

#endif
