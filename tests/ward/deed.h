/* SPDX-License-Identifier: Apache-2.0
 * What people do on the ward beside measuring, as the record would hold it: for tests of the core. */
#ifndef TESTS_WARD_DEED_H
#define TESTS_WARD_DEED_H

#include "world.h"

/* Extension `snooze` of the alert, as $snooze writes it. Result: the Task as it was written. */
const struct json *deed_snooze(struct world *world, const struct json *task, const char *role,
			       int minutes, const char *reason);
/* Extension `second-opinion`, as $second-opinion writes it. */
void deed_opinion(struct world *world, const struct json *task, const char *by);
/* Extension `defer` of the stay's plan. */
void deed_defer(struct world *world, const char *episode, const char *patient, const char *policy,
		const char *reason, int64_t until_us);
/* A MedicationAdministration; `what` is the medicine in words. */
void deed_dose(struct world *world, const char *id, const char *patient, const char *what,
	       const char *status, int64_t at_us);
/* Our own Observation `pupils` or `sepsis`, or the SNOMED code for intuition ("intuition"), with a coded answer. */
void deed_sign(struct world *world, const char *patient, const char *what, const char *answer);
/* An early-warning total of another system: `snomed` its code. */
void deed_total(struct world *world, const char *patient, const char *snomed, const char *total,
		int64_t at_us);
/* A sign (LOINC) that was not measured. */
void deed_declined(struct world *world, const char *patient, const char *loinc, const char *reason);
/* The stay as finished at `end_us`. */
void deed_discharge(struct world *world, const char *episode, const char *patient, int64_t version,
		    int64_t end_us);

#endif
