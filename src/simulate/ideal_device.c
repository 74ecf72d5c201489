/* SPDX-License-Identifier: Apache-2.0
 * Whose device it was when it measured (docs/decisions/0006, "Home equipment"). */
#include "simulate/ideal.h"

#define KEPT_US (72 * DATE_US_PER_HOUR)
#define BEFORE_US (60 * DATE_US_PER_MIN)
#define SPOT_US (12 * DATE_US_PER_HOUR)
#define CONTINUOUS_US (30 * DATE_US_PER_MIN)

struct ideal_device *ideal_device(const struct ideal *ideal, size_t of, uint32_t kind)
{
	for (size_t i = 0; i < ideal->device_count; i++) {
		if (ideal->devices[i].of == of && ideal->devices[i].kind == kind)
			return &ideal->devices[i];
	}
	return NULL;
}

size_t ideal_holder(const struct ideal_device *device)
{
	return device->holdings[device->holding_count - 1].patient;
}

static void look_at(struct ideal *ideal, size_t patient);

/* --- does it still speak --------------------------------------------------------------------- */

/* From the last sign of life; not from before the patient had it, came, or came back. */
static int64_t mute_us(const struct ideal_device *device, const struct ideal_stay *stay)
{
	int64_t from_us = device->holdings[device->holding_count - 1].from_us;
	from_us = device->heard_us > from_us ? device->heard_us : from_us;
	from_us = stay->start_us > from_us ? stay->start_us : from_us;
	from_us = stay->resumed_us > from_us ? stay->resumed_us : from_us;
	return from_us + (device->kind == IDEAL_PATCH ? CONTINUOUS_US : SPOT_US);
}

/* Once low it is charged from a little above the limit. */
static int low_of(const struct ideal_device *device)
{
	if (device->battery < 0)
		return BATTERY_FINE;
	if (device->battery < 10)
		return BATTERY_AMBER;
	return device->battery < (device->low == BATTERY_FINE ? 20 : 25) ? BATTERY_LOW
									 : BATTERY_FINE;
}

void ideal_equipment(struct ideal *ideal, struct ideal_stay *stay)
{
	bool any_mute = false, any_low = false, newly_mute = false, lower = false;
	bool active = ideal_is_asked(stay);
	if (ideal_stay_of(ideal, stay->patient) != stay)
		return;
	stay->mute_next_us = INT64_MAX;
	for (size_t i = 0; i < ideal->device_count; i++) {
		struct ideal_device *device = &ideal->devices[i];
		if (!ideal_same(ideal, ideal_holder(device), stay->patient))
			continue;
		int64_t at_us = mute_us(device, stay);
		bool mute = active && at_us <= ideal->now_us;
		int low = active ? low_of(device) : BATTERY_FINE;
		if (active && !mute && at_us < stay->mute_next_us)
			stay->mute_next_us = at_us;
		newly_mute = newly_mute || (mute && !device->mute);
		lower = lower || low > (int)device->low;
		any_mute = any_mute || mute;
		any_low = any_low || low != BATTERY_FINE;
		device->mute = mute;
		device->low = (unsigned)low;
	}
	if (newly_mute)
		ideal_ask(ideal, stay, CAUSE_MUTE, GRADE_TECHNICAL);
	if (lower)
		ideal_ask(ideal, stay, CAUSE_BATTERY, GRADE_TECHNICAL);
	if (stay->mute && !any_mute)
		stay->mute_over_us = ideal->now_us;
	if (stay->low && !any_low)
		stay->low_over_us = ideal->now_us;
	stay->mute = any_mute;
	stay->low = any_low;
}

void ideal_forget_told(struct ideal *ideal, size_t patient)
{
	for (size_t i = 0; i < ideal->device_count; i++) {
		struct ideal_device *device = &ideal->devices[i];
		if (ideal_holder(device) != patient)
			continue;
		device->mute = false;
		device->low = BATTERY_FINE;
	}
}

static void look_at(struct ideal *ideal, size_t patient)
{
	struct ideal_stay *stay = patient == IDEAL_NOBODY ? NULL : ideal_stay_of(ideal, patient);
	if (stay != NULL)
		ideal_equipment(ideal, stay);
}

void ideal_hear(struct ideal *ideal, struct ideal_device *device, int64_t stated_us, int battery)
{
	int64_t at_us = stated_us < ideal->now_us ? stated_us : ideal->now_us;
	if (device == NULL)
		return;
	if (at_us > device->heard_us)
		device->heard_us = at_us;
	if (battery >= 0 && at_us >= device->battery_us) {
		device->battery = battery;
		device->battery_us = at_us;
	}
	look_at(ideal, ideal_holder(device));
}

/* --- whose it is ----------------------------------------------------------------------------- */

void ideal_assign(struct ideal *ideal, size_t of, uint32_t kind, size_t patient, int64_t at_us)
{
	void *list = ideal->devices;
	ideal_advance(ideal, at_us);
	struct ideal_device *device = ideal_device(ideal, of, kind);
	if (device == NULL) {
		if (!ideal_room(ideal, &list, &ideal->device_capacity,
				(const size_t[2]){ ideal->device_count, sizeof(*device) }))
			return;
		ideal->devices = list;
		device = &ideal->devices[ideal->device_count++];
		*device = (struct ideal_device){ .of = of, .kind = kind, .battery = -1 };
	}
	if (device->holding_count == IDEAL_HOLDINGS_MAX)
		return;
	size_t before = device->holding_count == 0 ? IDEAL_NOBODY : ideal_holder(device);
	device->holdings[device->holding_count++] = (struct ideal_holding){ patient, at_us };
	device->mute = false;
	device->low = BATTERY_FINE;
	look_at(ideal, before);
	look_at(ideal, patient);
}

static size_t holder_at(const struct ideal_device *device, int64_t at_us)
{
	for (unsigned i = device->holding_count; i > 1; i--) {
		if (device->holdings[i - 1].from_us <= at_us)
			return device->holdings[i - 1].patient;
	}
	return device->holdings[0].patient;
}

/* First measurements are taken before somebody enters the assignment out of the store. */
static bool is_theirs(const struct ideal *ideal, const struct ideal_device *device, size_t patient,
		      int64_t at_us)
{
	size_t then = holder_at(device, at_us);
	const struct ideal_holding *newest = &device->holdings[device->holding_count - 1];
	return ideal_same(ideal, then, patient) ||
	       (ideal_same(ideal, newest->patient, patient) && then == IDEAL_NOBODY &&
		newest->from_us - at_us <= BEFORE_US);
}

/* False: the very same was held back before. */
static bool keep(struct ideal *ideal, const struct delivery *sent, size_t patient)
{
	const struct ideal_held one = { .device_of = sent->device_of,
					.patient = patient,
					.device = sent->device,
					.sign = sent->sign,
					.value = sent->unreadable ? 0 : sent->value,
					.stated_us = sent->stated_us,
					.at_us = ideal->now_us };
	void *list = ideal->held;
	for (size_t i = 0; i < ideal->held_count; i++) {
		const struct ideal_held *held = &ideal->held[i];
		if (held->device_of == one.device_of && held->patient == one.patient &&
		    held->device == one.device && held->sign == one.sign &&
		    held->value == one.value && held->stated_us == one.stated_us &&
		    held->at_us >= ideal->now_us - KEPT_US)
			return false;
	}
	if (!ideal_room(ideal, &list, &ideal->held_capacity,
			(const size_t[2]){ ideal->held_count, sizeof(one) }))
		return false;
	ideal->held = list;
	ideal->held[ideal->held_count++] = one;
	return true;
}

/* Medium at least, and as bad as the value would be for this one of the two. */
static void weigh(struct ideal_demand *demand, const struct ideal_stay *stay,
		  const struct delivery *sent)
{
	const struct ideal_reading one = ideal_judge(sent);
	int points[SIGN_COUNT] = { 0 };
	if (stay == NULL || one.impossible)
		return;
	/* By the age of then; a clock in another year says nothing about the age. */
	int64_t then_us =
		one.measured_us < one.received_us - KEPT_US ? one.received_us : one.measured_us;
	int chart = chart_of_age(date_age_years(stay->birth, then_us), stay->adult);
	if (then_us >= stay->birth.low_us)
		points[one.sign] = chart_points(chart, one.sign, one.value);
	const struct chart_sum sum = chart_add(chart, 1u << one.sign, points);
	enum grade alone = ideal_grade_alone(stay, &one);
	demand->abnormal |= sum.abnormal | (alone > GRADE_NONE ? 1u << one.sign : 0);
	demand->grade = sum.grade > demand->grade ? sum.grade : demand->grade;
	demand->grade = alone > demand->grade ? alone : demand->grade;
}

static void tell(struct ideal *ideal, const struct ideal_stay *stay, struct ideal_demand demand)
{
	if (stay == NULL)
		return;
	demand.stay = (size_t)(stay - ideal->stays);
	ideal_demand(ideal, &demand);
}

bool ideal_hold_back(struct ideal *ideal, const struct delivery *sent)
{
	size_t patient = sent->subject;
	struct ideal_device *device = ideal_device(ideal, sent->device_of, sent->device);
	struct ideal_stay *own = ideal_stay_for_home(ideal, patient), *other = NULL;
	/* It may have been anybody of the ward, whose own policy is the one for adults. */
	const struct ideal_stay anybody = { .adult = true };
	struct ideal_demand demand = { .cause = CAUSE_STRANGE,
				       .grade = GRADE_MEDIUM,
				       .at_us = ideal->now_us,
				       .required = true };
	if (sent->device == 0 || device == NULL)
		return false;
	int64_t at_us = sent->stated_us < sent->received_us ? sent->stated_us : sent->received_us;
	ideal_hear(ideal, device, sent->stated_us, -1);
	bool theirs = is_theirs(ideal, device, patient, at_us);
	if (theirs && own != NULL)
		return false;
	size_t whose = holder_at(device, at_us);
	if (whose == IDEAL_NOBODY || ideal_same(ideal, whose, patient))
		whose = ideal_holder(device);
	bool nobodys = whose == IDEAL_NOBODY || ideal_same(ideal, whose, patient);
	if (!nobodys && !theirs)
		other = ideal_stay_of(ideal, whose);
	ideal_set_aside(ideal, own, sent->observation);
	ideal->held_back[nobodys]++;
	if (!keep(ideal, sent, patient))
		return true;
	weigh(&demand, own, sent);
	weigh(&demand, other == NULL ? &anybody : other, sent);
	tell(ideal, own, demand);
	tell(ideal, other, demand);
	/* The ward that owns it hears of it, unless one of the two lies there. */
	if ((own == NULL || own->ward != 0) && (other == NULL || other->ward != 0))
		ideal_stray(ideal, demand.grade, true);
	return true;
}
