/* SPDX-License-Identifier: Apache-2.0
 * A second record of a child who is on the ward: the gateway of a new kit, or of the old one after a visit, writes
 * under it. Some hours later somebody joins the two; some of these merges are taken back. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#define MINUTE DATE_US_PER_MIN

void office_write_patient(struct trial *trial, const struct bed *bed, size_t patient)
{
	bool second = patient == bed->second, dead = bed->dead_as == patient;
	bool names = bed->merged && second == bed->second_names;
	const struct paper_person person = {
		.patient = patient,
		.birth_date = bed->birth_date,
		.dead = dead,
		.died_us = dead && patient % 2 == 0 ? trial->now_us : 0,
		.link = !names   ? NULL
			: second ? "replaced-by"
				 : "replaces",
		.other = second ? bed->patient : bed->second,
	};
	enum error error =
		trial_commit(trial, STR("Patient"), paper_id(&trial->scratch, "p", patient),
			     paper_patient(&trial->scratch, &person), RECORD_ANY);
	ASSERT(error == ERROR_OK);
}

void office_second_record(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	if (!bed->taken || bed->dead || bed->second != TRIAL_NOBODY ||
	    trial->ideal.merge_count + trial->ideal.dead_count + TRIAL_BEDS_MAX > IDEAL_RECORDS_MAX)
		return;
	bed->second = bed->writes_as = trial->patient_count++;
	office_write_patient(trial, bed, bed->second);
	if (dice_percent(&trial->dice, 60))
		home_unpack_as(trial, bed, bed->second);
	trial->inspector.tally[TALLY_SECOND_RECORD]++;
	story_add(&trial->story, bed->stay, trial->now_us, "p%zu is p%zu as well", bed->second,
		  bed->patient);
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 5, 2400) * MINUTE,
			 THING_MERGE, at);
}

void office_merge(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	if (bed->second == TRIAL_NOBODY || bed->merged)
		return;
	bed->merged = true;
	bed->second_names = dice_percent(&trial->dice, 50);
	ideal_merge(&trial->ideal, bed->patient, bed->second, trial->now_us);
	office_write_patient(trial, bed, bed->second_names ? bed->second : bed->patient);
	trial->inspector.tally[TALLY_MERGE]++;
	story_add(&trial->story, bed->stay, trial->now_us, "p%zu and p%zu are one by the record",
		  bed->second, bed->patient);
	if (dice_percent(&trial->dice, 20))
		(void)agenda_put(&trial->agenda,
				 true_us + dice_between(&trial->dice, 60, 4000) * MINUTE,
				 THING_PART, at);
}

/* And the home sends under the first one again. */
void office_part(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	(void)true_us;
	if (!bed->merged)
		return;
	bed->merged = false;
	ideal_part(&trial->ideal, bed->patient, bed->second, trial->now_us);
	office_write_patient(trial, bed, bed->second_names ? bed->second : bed->patient);
	bed->writes_as = bed->patient;
	trial->inspector.tally[TALLY_PART]++;
	story_add(&trial->story, bed->stay, trial->now_us, "p%zu and p%zu are two by the record",
		  bed->second, bed->patient);
}
