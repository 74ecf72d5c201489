/* SPDX-License-Identifier: Apache-2.0
 * Coincident time stamps of the HL7 Personal Health Device guide: an Observation (11073 code 67975, or 68225, 68226,
 * 67983) in which a gateway notes its own time (effectiveDateTime) beside the time of the device (valueDateTime). A
 * reading names it in the extension CoincidentTimeStampReference (guide 2.0) or in derivedFrom (1.x).
 * By the guide the gateway has then put the reading on its own time line: its time is the corrected one, and the
 * device's own is that less the difference. It is corrected here only where the reading says that its time is the
 * device's (extension time-line, valueCode device), or lies after the gateway's own time, which it then cannot be.
 * A stamp without the device's time is a time fault: the times of its readings cannot be trusted.
 * Reading and stamp come in any order. */
#ifndef WARD_STAMP_H
#define WARD_STAMP_H

#include "ward/model.h"

struct stamp {
	struct stamp *next; /* of the core, oldest first */
	char id[MODEL_ID_BYTES];
	int64_t at_us;      /* when it came */
	int64_t gateway_us; /* 0: the device's clock is the better one */
	int64_t skew_us;    /* what the gateway's clock is ahead of the device's */
	bool fault;
};
struct stamp_wait { /* a reading that names what is not here yet */
	struct stamp_wait *next;
	char stamp[MODEL_ID_BYTES], observation[MODEL_ID_BYTES];
	int64_t at_us;
};

/* True: the Observation is a stamp, and the readings that waited for it are judged anew. */
bool stamp_observation(struct ward_core *core, const struct ward_event *event);
/* Applies the stamp that the Observation of these readings names, or notes that it is waited for. */
void stamp_attach(struct ward_core *core, const struct json *observation, struct reading *first);
void stamp_apply(const struct stamp *stamp, struct reading *reading);
/* "device clock 9 min slow, it said 09:51", when it is further out than the policy lets pass; else empty. */
#define STAMP_NOTE_BYTES 60
void stamp_note(const struct reading *reading, const struct policy *policy,
		char ret_note[STAMP_NOTE_BYTES]);
/* Checkpoint: puts it at the end. */
void stamp_link(struct ward_core *core, struct stamp *stamp);
void stamp_link_wait(struct ward_core *core, struct stamp_wait *wait);
void stamp_done(struct ward_core *core);

#endif
