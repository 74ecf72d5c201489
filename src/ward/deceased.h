/* SPDX-License-Identifier: Apache-2.0
 * A patient of whom the record says that they have died (Patient.deceasedBoolean or deceasedDateTime, under any id of
 * theirs: merge.h). From that instant on the family is asked, reminded and called about nothing, what still waited to
 * be sent to them is stopped, and the schedule pauses. Open alerts stay open; the ward is told to end the stay or to
 * have the record corrected, and what still arrives is charted and judged. When the record no longer says so, the
 * schedule goes on from where it was: what was silent meanwhile is judged at once. */
#ifndef WARD_DECEASED_H
#define WARD_DECEASED_H

#include "ward/model.h"

bool deceased_read(const struct json *patient);
/* Under this id or another of the same child. */
bool deceased_is(const struct patient *patient);
/* The record of this patient, or of another of the same child, was written: all their stays follow. */
void deceased_update(struct ward_core *core, struct patient *patient);
/* A stay was written. */
void deceased_stay_event(struct ward_core *core, struct stay *stay);

#endif
