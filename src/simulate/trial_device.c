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

/* --- signs of life --------------------------------------------------------------------------- */

static void speak(struct trial *trial, struct ideal_device *device, int64_t at_us, int battery)
{
	struct str id = paper_id(&trial->scratch, "life-", ++trial->signs_of_life);
	struct str body = paper_sign_of_life(&trial->scratch, id, device, at_us, battery);
	enum error error = trial_commit(trial, STR("Observation"), id, body, RECORD_ANY);
	ASSERT(error == ERROR_OK);
	ideal_advance(&trial->ideal, trial->now_us);
	ideal_hear(&trial->ideal, device, at_us, battery);
	trial->inspector.tally[battery < 0 ? TALLY_HEARTBEAT : TALLY_BATTERY]++;
	trial->inspector.tally[TALLY_BATTERY_LOW] += battery >= 0 && battery < 20;
	story_add(&trial->story, STORY_NOBODY, trial->now_us, "d%zu-%u speaks, battery %d",
		  device->of, device->kind, battery);
}

/* Some come late: then they say how it was. */
static int64_t spoken_us(struct trial *trial)
{
	int64_t late_ms =
		dice_percent(&trial->dice, 15) ? dice_between(&trial->dice, 0, 100 * 60000) : 0;
	return trial->now_us - late_ms * 1000;
}

static void wear_down(struct trial *trial, int *battery)
{
	*battery -= (int)dice_between(&trial->dice, 0, 5);
	*battery = *battery < 0 ? 0 : *battery;
	if (*battery < 30 && dice_percent(&trial->dice, 25))
		*battery = (int)dice_between(&trial->dice, *battery, 100);
	if (*battery == 0 && dice_percent(&trial->dice, 60))
		*battery = 100;
}

void home_batteries(struct trial *trial, size_t at)
{
	struct bed *bed = &trial->beds[at];
	for (uint32_t kind = 1; kind < BED_DEVICES_MAX; kind++) {
		struct ideal_device *device = ideal_device(&trial->ideal, bed->uses[kind], kind);
		wear_down(trial, &bed->battery[kind]);
		if (device != NULL && dice_percent(&trial->dice, bed->battery[kind] < 30 ? 40 : 5))
			speak(trial, device, spoken_us(trial), bed->battery[kind]);
	}
}

void home_wear(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	bed->beat_us = 0;
	for (uint32_t kind = 1; kind < BED_BATTERIES_MAX; kind++)
		bed->battery[kind] = (int)dice_between(&trial->dice, 15, 100);
	if (!dice_percent(&trial->dice, 12))
		return;
	if (ideal_device(&trial->ideal, bed->patient, IDEAL_PATCH) == NULL)
		write_device(trial, bed->patient, IDEAL_PATCH, bed->patient);
	bed->beat_us = true_us + dice_between(&trial->dice, 0, 40) * MINUTE;
	(void)agenda_put(&trial->agenda, bed->beat_us, THING_BEAT, at);
}

/* Every quarter of an hour and more, with gaps, some as long as the ward waits to the millisecond. */
void home_beat(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	struct ideal_device *device = ideal_device(&trial->ideal, bed->patient, IDEAL_PATCH);
	int64_t chance = dice_between(&trial->dice, 0, 99);
	if (!bed->taken || bed->beat_us == 0 || true_us < bed->beat_us || device == NULL)
		return;
	int64_t pace_ms = chance < 6    ? 30 * 60000 + dice_between(&trial->dice, -1, 1)
			  : chance < 12 ? dice_between(&trial->dice, 31 * 60000, 400 * 60000)
					: dice_between(&trial->dice, 15 * 60000, 29 * 60000);
	int64_t at_us = chance % 20 == 0 ? spoken_us(trial) : trial->now_us;
	trial->inspector.tally[TALLY_GAP] += chance >= 6 && chance < 12;
	bed->beat_us = true_us + pace_ms * 1000;
	(void)agenda_put(&trial->agenda, bed->beat_us, THING_BEAT, at);
	speak(trial, device, at_us, -1);
}

/* --- where it goes --------------------------------------------------------------------------- */

void home_unpack_as(struct trial *trial, struct bed *bed, size_t patient)
{
	for (uint32_t kind = 1; kind < BED_DEVICES_MAX; kind++) {
		bed->uses[kind] = patient;
		write_device(trial, patient, kind, patient);
	}
}

void home_unpack(struct trial *trial, struct bed *bed)
{
	home_unpack_as(trial, bed, bed->patient);
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
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 3000, 40000) * MINUTE,
			 THING_SWAP, at);
	if (!bed->taken || !other->taken || bed == other)
		return;
	size_t kept = bed->uses[kind];
	bed->uses[kind] = other->uses[kind];
	other->uses[kind] = kept;
	trial->inspector.tally[TALLY_SWAPPED]++;
	/* Most find out some hours later. */
	if (dice_percent(&trial->dice, 80))
		(void)agenda_put(
			&trial->agenda, true_us + dice_between(&trial->dice, 60, 500) * MINUTE,
			THING_SWAP_BACK, (at * TRIAL_BEDS_MAX + other_at) * BED_DEVICES_MAX + kind);
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
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 3000, 30000) * MINUTE,
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
