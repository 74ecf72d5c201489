/* SPDX-License-Identifier: Apache-2.0
 * When somebody is away, whatever the rota says: PractitionerRole.notAvailable with a `during` (leave, sickness; FHIR
 * R4). One without a `during` says no time and counts for nothing; without a start it began long ago, without an end
 * it has none. `availableTime` is not read: who works when stands in the Slots (docs/decisions/0002). */
#ifndef WARD_ABSENCE_H
#define WARD_ABSENCE_H

#include "ward/model.h"

/* Those that have not ended at `now_us`, the first ROLE_ABSENCES_MAX by their start. */
void absence_read(struct role *role, const struct json *resource, int64_t now_us);
/* Whether the role holds and its person is not away. A shift is another question: rota_on_shift. */
bool absence_is_here(const struct role *role, int64_t at_us);
/* Of somebody who is here at `at_us`: when the role ends or they are away next; MODEL_NEVER: not known. */
int64_t absence_leaves_us(const struct role *role, int64_t at_us);
/* The absence that holds at `at_us`, or NULL. */
const struct term *absence_at(const struct role *role, int64_t at_us);

#endif
