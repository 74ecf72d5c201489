/* SPDX-License-Identifier: Apache-2.0
 * Equipment that readings name before the record knows it: a gateway may send the reading first and its Device or
 * DeviceMetric after it, in one upload. Such readings are charted (quarantine.h); when the record then says that the
 * equipment was another patient's, they are taken off the chart and everybody is told. Of equipment that was nobody's
 * they stay: who enters a Device before its assignment would silence a child. */
#ifndef WARD_AWAITED_H
#define WARD_AWAITED_H

#include "ward/model.h"

struct awaited {
	struct awaited *next; /* of the core */
	char reference[MODEL_REFERENCE_BYTES];
	int64_t queued_us; /* when it was put at the end of the list */
	int64_t named_us;  /* by the newest reading */
};

/* A reading that is charted names what the record does not know. */
void awaited_note(struct ward_core *core, struct str reference);
/* The record knows of a Device or a DeviceMetric more: the readings that named it are judged. */
void awaited_came(struct ward_core *core);
/* Checkpoint: puts it at the end. */
void awaited_link(struct ward_core *core, struct awaited *awaited);
void awaited_done(struct ward_core *core);

#endif
