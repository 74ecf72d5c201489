/* SPDX-License-Identifier: Apache-2.0
 * What became of a reading that is not plainly charted: a DetectedIssue each (docs/decisions/0006). A plain reading
 * has none. It is made when the reading is judged, waits here until it stands in the record, and is forgotten then:
 * its id comes from the Observation and the code, so a restart can only make the same one again. */
#ifndef WARD_DISPOSITION_H
#define WARD_DISPOSITION_H

#include "ward/model.h"

enum disposition_code {
	DISPOSITION_DUPLICATE,
	DISPOSITION_INVALID,
	DISPOSITION_UNREADABLE,
	DISPOSITION_SUSPECT_TIME,
	DISPOSITION_LATE,
	DISPOSITION_CONFLICT,
	DISPOSITION_POOR_SIGNAL,
	DISPOSITION_QUARANTINED,
	DISPOSITION_UNASSIGNED,
	DISPOSITION_AFTER_STAY,
	DISPOSITION_UNKNOWN_PATIENT,
	DISPOSITION_TOO_OLD,
	DISPOSITION_COUNT,
};
struct disposition {
	struct disposition *next;
	char id[MODEL_ID_BYTES];
	char about
		[MODEL_REFERENCE_BYTES]; /* the Observation's id; Type/id of what signs stand within */
	char patient[MODEL_ID_BYTES];    /* whose; empty: nobody's */
	uint8_t code;
	int64_t at_us;
	char detail[MODEL_TEXT_BYTES];
	char mitigation[80]; /* what a person did about it later; empty: nothing */
	int64_t mitigated_us;
	int64_t version;
	int64_t feed; /* where the feed was when it was made or changed */
	bool written;
};

/* Of one Observation (its id), or of what stands within another resource (Type/id): there each patient has their own.
 * `detail`: plain sentences. */
struct disposition *disposition_add(struct ward_core *core, enum disposition_code code,
				    const char *about, struct str patient, const char *detail);
/* Everything that a charted reading of this event is besides plain. Of readings that came late, what they are (late,
 * repeated, too old) is said once for an upload and names its first Observation: twelve hours without a network
 * would otherwise write two resources for every value. */
void disposition_reading(struct ward_core *core, struct stay *stay, const struct reading *reading);
void disposition_conflict(struct ward_core *core, const struct stay *stay,
			  const struct reading *reading);
/* Its time turned out to be wrong after it was charted. */
void disposition_time(struct ward_core *core, const struct stay *stay,
		      const struct reading *reading);
void disposition_too_old(struct ward_core *core, struct stay *stay, const struct reading *reading);

/* For output.c: those that stand in the record are taken off the list. */
void disposition_sweep(struct ward_core *core);
void disposition_settle(struct ward_core *core); /* all of them do */
struct json *print_disposition(struct arena *arena, const struct disposition *disposition);

#endif
