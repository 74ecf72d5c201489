/* SPDX-License-Identifier: Apache-2.0
 * Equipment on its ways: two homes take each other's device, some go back into the store and out again, to whoever uses
 * them or to whoever had them. What the office writes and what stands in a home are two things. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#include <stdio.h>

#define MINUTE DATE_US_PER_MIN

static void write_device(struct trial *trial, size_t of, uint32_t kind, size_t holder)
{
	char id[40];
	snprintf(id, sizeof(id), "d%zu-%u", of, kind);
	struct str body = paper_device(&trial->scratch, of, kind, holder);
	enum error error = trial_commit(trial, STR("Device"), str_from_c(id), body, RECORD_ANY);
	ASSERT(error == ERROR_OK);
	ideal_assign(&trial->ideal, of, kind, holder, trial->now_us);
	story_add(&trial->story, STORY_NOBODY, trial->now_us, "Device %s is %s%zd's", id,
		  holder == IDEAL_NOBODY ? "nobody" : "p", (ssize_t)holder);
}

void home_unpack(struct trial *trial, struct bed *bed)
{
	for (uint32_t kind = 1; kind < BED_DEVICES_MAX; kind++) {
		bed->uses[kind] = bed->patient;
		write_device(trial, bed->patient, kind, bed->patient);
	}
}

static uint32_t some_kind(struct trial *trial)
{
	return dice_percent(&trial->dice, 90) ? (uint32_t)dice_between(&trial->dice, 1, 2) : 3;
}

void home_swap(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	size_t other_at = (size_t)dice_between(&trial->dice, 0, trial->options->beds - 1);
	struct bed *other = &trial->beds[other_at];
	uint32_t kind = some_kind(trial);
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 1500, 25000) * MINUTE,
			 THING_SWAP, at);
	if (!bed->taken || !other->taken || bed == other)
		return;
	size_t kept = bed->uses[kind];
	bed->uses[kind] = other->uses[kind];
	other->uses[kind] = kept;
	trial->inspector.tally[TALLY_SWAPPED]++;
	/* Most find out some hours later. */
	if (dice_percent(&trial->dice, 80))
		(void)agenda_put(&trial->agenda,
				 true_us + dice_between(&trial->dice, 60, 900) * MINUTE,
				 THING_SWAP_BACK,
				 (at * TRIAL_BEDS_MAX + other_at) * BED_DEVICES_MAX + kind);
	story_add(&trial->story, STORY_NOBODY, trial->now_us,
		  "p%zu uses d%zu-%u and p%zu uses d%zu-%u", bed->patient, bed->uses[kind], kind,
		  other->patient, other->uses[kind], kind);
}

void home_swap_back(struct trial *trial, size_t pair)
{
	uint32_t kind = (uint32_t)(pair % BED_DEVICES_MAX);
	struct bed *one = &trial->beds[pair / BED_DEVICES_MAX / TRIAL_BEDS_MAX];
	struct bed *other = &trial->beds[pair / BED_DEVICES_MAX % TRIAL_BEDS_MAX];
	if (one->uses[kind] == one->patient || other->uses[kind] == other->patient)
		return;
	size_t kept = one->uses[kind];
	one->uses[kind] = other->uses[kind];
	other->uses[kind] = kept;
}

/* As often as the record remembers, and once less: $assign wants it back first. */
static bool may_change(const struct trial *trial, size_t of, uint32_t kind)
{
	const struct ideal_device *device = ideal_device(&trial->ideal, of, kind);
	return device != NULL && device->holding_count + 2 <= IDEAL_HOLDINGS_MAX &&
	       ideal_holder(device) != IDEAL_NOBODY;
}

void office_return(struct trial *trial, size_t at, int64_t true_us)
{
	const struct bed *bed = &trial->beds[at];
	uint32_t kind = some_kind(trial);
	size_t of = bed->uses[kind];
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 2000, 16000) * MINUTE,
			 THING_GIVE_BACK, at);
	if (!bed->taken || !may_change(trial, of, kind))
		return;
	write_device(trial, of, kind, IDEAL_NOBODY);
	trial->inspector.tally[TALLY_RETURNED]++;
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 2, 900) * MINUTE,
			 THING_ASSIGN, of * BED_DEVICES_MAX + kind);
}

void office_assign(struct trial *trial, size_t device, int64_t true_us)
{
	size_t of = device / BED_DEVICES_MAX, holder = of;
	uint32_t kind = (uint32_t)(device % BED_DEVICES_MAX);
	(void)true_us;
	for (size_t i = 0; i < (size_t)trial->options->beds; i++) {
		const struct bed *bed = &trial->beds[i];
		if (bed->taken && bed->uses[kind] == of && dice_percent(&trial->dice, 75))
			holder = bed->patient;
	}
	write_device(trial, of, kind, holder);
	trial->inspector.tally[TALLY_ASSIGNED]++;
}
