/* SPDX-License-Identifier: Apache-2.0
 * A person of another ward opened a patient's record with a reason (an AuditEvent whose purpose is BTG): the nurse in
 * charge of the patient's ward is told by an alert, which a person of that ward resolves. */
#ifndef WARD_GLASS_H
#define WARD_GLASS_H

#include "ward/model.h"

void glass_event(struct ward_core *core, const struct ward_event *event);

#endif
