/* SPDX-License-Identifier: Apache-2.0
 * Readings by equipment that is not their subject's (docs/decisions/0006): never charted, scored or "arrived".
 * Both patients' teams are told at once, as loudly as the worse of what the value would mean for either of them, Medium
 * at least: it is not known who was measured. Such a reading stays where it is when the assignment is put right; a
 * person files it by correcting the Observation.
 * A device that the record does not know proves nothing about anybody: its readings are charted, and the board says
 * with each that the device is not in the record. Holding them would silence a child's whole monitoring for want of
 * an entry; what is entered later takes them off the chart when it was another patient's (awaited.h).
 * An Observation without `device` was keyed in by a person. */
#ifndef WARD_QUARANTINE_H
#define WARD_QUARANTINE_H

#include "ward/model.h"

struct held {
	struct held *next; /* of the core, oldest first */
	char observation[MODEL_ID_BYTES];
	char signature[20]; /* of device, time and values: the same again says nothing new */
	char patient[MODEL_ID_BYTES];
	char detail[MODEL_TEXT_BYTES];
	int64_t at_us;
	uint8_t code; /* enum disposition_code */
	bool first;   /* of those with this signature: found by it */
};

/* Takes in what an Observation says of equipment (signs of life, battery). True: it is not to be charted, and
 * everybody concerned has been told. */
bool quarantine_observation(struct ward_core *core, const struct ward_event *event,
			    struct stay *stay);
/* True: this reading of the stay turned out to be by another patient's equipment. It and what came with it is off the
 * chart, and everybody concerned has been told. */
bool quarantine_charted(struct ward_core *core, struct stay *stay, const struct reading *reading);
/* Checkpoint: puts it at the end. */
void quarantine_link(struct ward_core *core, struct held *held);

#endif
