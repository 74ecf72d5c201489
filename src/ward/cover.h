/* SPDX-License-Identifier: Apache-2.0
 * Whether somebody is there: gaps in a ward's rota, the end of a person's shift, and the look ahead that says a
 * gap aloud before it begins. */
#ifndef WARD_COVER_H
#define WARD_COVER_H

#include "ward/model.h"

struct cover_gap {
	int64_t from_us, until_us; /* MODEL_NEVER: no shift follows */
};
/* The first time in [from, until) at which nobody of the ward holds one of these roles (bits) on shift. */
bool cover_gap_next(const struct ward_core *core, struct str ward, uint32_t roles,
		    const struct cover_gap *within, struct cover_gap *ret_gap);
/* "Nurse, Registrar" */
void cover_roles_text(uint32_t roles, char *text, size_t size);

/* Whether two references (PractitionerRole or Practitioner) are one person's. */
bool cover_is_same_person(const struct ward_core *core, struct str a, struct str b);
/* Whether the alert belongs to the person of this reference (PractitionerRole or Practitioner), by any role of
 * theirs. */
bool cover_is_person(const struct ward_core *core, const struct ward_place *ward,
		     struct str reference, const struct alert *alert);
/* When the shift of who owns the alert ends for the first time since they own it; MODEL_NEVER: not known to end. */
int64_t cover_shift_end_us(const struct ward_core *core, const struct alert *alert);

/* The look ahead (the policy's hours) raises, changes and ends the ward's alert `rota`. Something changed: it looks a
 * minute from now. */
void cover_look_soon(struct ward_core *core, struct ward_place *ward);
int64_t cover_next_us(const struct ward_core *core, const struct stay *stay);
void cover_fire(struct ward_core *core, struct stay *stay);
/* Before and after the rota of this ward changes: whoever owns an alert may go home at another time, and whose shift
 * the rota no longer has, for a minute, has gone home without one that ended. */
void cover_rota_changing(struct ward_core *core, struct str ward);
void cover_rota_changed(struct ward_core *core, struct str ward);

#endif
