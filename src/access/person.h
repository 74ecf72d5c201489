/* SPDX-License-Identifier: Apache-2.0
 * Who asks and whose records they may see: a person belongs to the ward of their PractitionerRole and sees the patients
 * who have a stay there, open or ended within three days, or whom somebody has referred to it.
 * Everybody else's record opens only with a reason (docs/decisions/0006, 0011). */
#ifndef ACCESS_PERSON_H
#define ACCESS_PERSON_H

#include "base/issue.h"
#include "store/search.h"

/* How long after its end a stay still counts: as long as the ward judges its readings. */
#define PERSON_RECENT_US (72 * INT64_C(3600) * 1000000)

struct person {
	struct str reference; /* PractitionerRole/id */
	struct str ward;      /* id of the Organization; empty: none */
	struct str name;
};

/* ERROR_FORBIDDEN with an issue for a reference that names no active PractitionerRole. Results in the arena. */
MUST_CHECK enum error person_find(struct store_reader *reader, struct arena *arena,
				  struct str reference, struct issues *issues,
				  struct person *ret_person);
/* Whether the patient is one of the person's ward. */
MUST_CHECK enum error person_sees(struct store_reader *reader, struct arena *arena,
				  const struct person *person, struct str patient, int64_t now_us,
				  bool *ret_sees);

#endif
