/* SPDX-License-Identifier: Apache-2.0
 * Whether equipment still speaks and how long its battery lasts. Of a stay there is at most one open alert of each
 * kind; it names every device concerned, and ends by rule when the last of them is well again.
 * Silence: 30 minutes for what speaks all the time, 12 hours for what measures now and then (reference/ward.md,
 * section 4; settings of the policy). A scale is used once a day and gets 30 hours. What hangs on a hub that was heard
 * of is not silent: it has not been used, and that is the schedule's business. A kit itself says nothing. */
#include "ward/device.h"

#include "ward/merge.h"

#define BATTERY_CHARGED 5 /* % above the limit: a level that swings about it says nothing new */

static int64_t silent_after_us(const struct policy *policy, const struct device *device)
{
	if (policy == NULL)
		return MODEL_WINDOW_US;
	if (device->continuous)
		return policy->silent_continuous_us;
	return device->type == DEVICE_SCALE ? policy->silent_scale_us : policy->silent_spot_us;
}

/* Counted from the last sign of life, but not from before this patient had it, came, or came back. */
static int64_t silent_from_us(const struct ward_core *core, const struct device *device,
			      const struct stay *stay)
{
	int64_t from_us = device->heard_us;
	if (device->holding_count > 0 && device->holdings[0].from_us > from_us)
		from_us = device->holdings[0].from_us;
	if (stay_known_us(stay) > from_us)
		from_us = stay_known_us(stay);
	if (stay->resumed_us > from_us)
		from_us = stay->resumed_us;
	return from_us + silent_after_us(stay_policy(core, stay), device);
}

static bool speaks(const struct device *device)
{
	return device->type != DEVICE_KIT && device->active;
}

/* When this device counts as silent. */
static int64_t silent_us(const struct ward_core *core, const struct device *device,
			 const struct stay *stay)
{
	int64_t at_us = silent_from_us(core, device, stay);
	if (!speaks(device))
		return MODEL_NEVER;
	if (device->continuous || device->type == DEVICE_HUB)
		return at_us;
	for (const struct device *other = device_next_of(core, stay, NULL); other != NULL;
	     other = device_next_of(core, stay, other)) {
		if (other->type == DEVICE_HUB && speaks(other) &&
		    (other == device->parent || other->parent == device->parent) &&
		    device->parent != NULL)
			return MODEL_NEVER; /* the hub's own silence is said */
	}
	return at_us;
}

/* --- whose it is ----------------------------------------------------------------------------- */

struct device *device_next_of(const struct ward_core *core, const struct stay *stay,
			      const struct device *at)
{
	struct device *found = NULL;
	const struct patient *patient = stay->patient;
	if (patient == NULL)
		return NULL;
	if (patient->next_merged == NULL)
		return at == NULL ? patient->devices : at->next;
	do {
		struct device *one = merge_stay(core, patient) == stay ? patient->devices : NULL;
		while (one != NULL && at != NULL && strcmp(one->id, at->id) <= 0)
			one = one->next;
		if (one != NULL && (found == NULL || strcmp(one->id, found->id) < 0))
			found = one;
		patient = merge_next(patient);
	} while (patient != stay->patient);
	return found;
}

static void tell_anew(struct ward_core *core, const struct patient *patient)
{
	struct stay *stay = merge_stay(core, patient);
	for (struct device *device = patient->devices; device != NULL; device = device->next) {
		if (device->told == stay)
			continue;
		device->told = stay;
		device->battery_said = DEVICE_BATTERY_FINE;
		device->silent_said = false;
		device_mark(core, device);
	}
}

void device_follow(struct ward_core *core, struct patient *patient)
{
	struct patient *at = patient;
	do {
		tell_anew(core, at);
		at = merge_next(at);
	} while (at != patient);
	do {
		for (struct stay *stay = at->stays; stay != NULL; stay = stay->next_of_patient) {
			device_update(core, stay);
			stay_mark(core, stay);
			stay_timers(core, stay);
		}
		at = merge_next(at);
	} while (at != patient);
}

struct str device_state(const struct device *device)
{
	if (device->silent_said)
		return STR("silent");
	if (device->battery_said == DEVICE_BATTERY_AMBER)
		return STR("amber");
	return device->battery_said == DEVICE_BATTERY_LOW ? STR("low") : STR("current");
}

/* --- what the alert says --------------------------------------------------------------------- */

static void put_names(const struct ward_core *core, const struct stay *stay, bool silent,
		      char ret_title[MODEL_TEXT_BYTES])
{
	char label[DEVICE_NAME_BYTES], clock[MODEL_CLOCK_BYTES], part[160];
	size_t at = strlen(ret_title);
	for (const struct device *device = device_next_of(core, stay, NULL); device != NULL;
	     device = device_next_of(core, stay, device)) {
		if (silent ? !device->silent_said : device->battery_said == DEVICE_BATTERY_FINE)
			continue;
		device_label(device, label);
		model_clock_time(device->heard_us, clock);
		if (!silent)
			model_format(part, sizeof(part), "%s %d %%", label, device->battery);
		else if (device->heard_us == 0)
			model_format(part, sizeof(part), "%s never yet", label);
		else
			model_format(part, sizeof(part), "%s since %s", label, clock);
		model_format(ret_title + at, MODEL_TEXT_BYTES - at, "%s%s",
			     strcmp(ret_title + at, "") == 0 && ret_title[at - 1] == ' ' ? ""
											 : ", ",
			     part);
		at += strlen(ret_title + at);
		if (at + 1 >= MODEL_TEXT_BYTES)
			break;
	}
}

/* Says it anew: `louder` when there is more to say than before. */
static void say(struct ward_core *core, struct stay *stay, bool silent, bool louder)
{
	enum alert_cause cause = silent ? ALERT_CAUSE_SILENT : ALERT_CAUSE_BATTERY;
	struct alert *alert = alert_open(stay, cause);
	char title[MODEL_TEXT_BYTES];
	if (alert == NULL && !louder)
		return;
	model_put(title, sizeof(title), silent ? STR("Not heard of: ") : STR("Battery low: "));
	put_names(core, stay, silent, title);
	if (alert == NULL) {
		(void)alert_raise(core, stay, cause, ALERT_LEVEL_TECHNICAL, str_from_c(title));
		return;
	}
	if (!louder && strcmp(title, alert->title) == 0)
		return;
	MODEL_PUT(alert->title, str_from_c(title));
	if (louder)
		alert_worsen(core, alert, (enum alert_level)alert->level, title);
	else
		alert_touch(core, alert);
}

static void close_or_say(struct ward_core *core, struct stay *stay, bool silent, bool any)
{
	struct alert *alert = alert_open(stay, silent ? ALERT_CAUSE_SILENT : ALERT_CAUSE_BATTERY);
	if (alert == NULL)
		return;
	if (any)
		say(core, stay, silent, false);
	else if (!stay_is_asked(stay))
		alert_close(core, alert, ALERT_END_PAUSED, STR("The schedule is paused."));
	else
		alert_close(core, alert, ALERT_END_ARRIVED,
			    silent ? STR("Heard of again, or no longer this patient's.")
				   : STR("Charged, or no longer this patient's."));
}

/* --- what is so ------------------------------------------------------------------------------ */

static uint8_t battery_of(const struct policy *policy, const struct device *device)
{
	if (device->battery < 0 || !speaks(device) || policy == NULL)
		return DEVICE_BATTERY_FINE;
	if (device->battery < policy->battery_amber)
		return DEVICE_BATTERY_AMBER;
	if (device->battery < policy->battery_low ||
	    (device->battery < policy->battery_low + BATTERY_CHARGED &&
	     device->battery_said != DEVICE_BATTERY_FINE))
		return DEVICE_BATTERY_LOW;
	return DEVICE_BATTERY_FINE;
}

bool device_update(struct ward_core *core, struct stay *stay)
{
	bool louder_silent = false, louder_battery = false, less = false;
	bool any_silent = false, any_battery = false;
	const struct policy *policy = stay_policy(core, stay);
	if (stay->patient == NULL || merge_stay(core, stay->patient) != stay)
		return false;
	for (struct device *device = device_next_of(core, stay, NULL); device != NULL;
	     device = device_next_of(core, stay, device)) {
		bool silent = stay_is_asked(stay) && silent_us(core, device, stay) <= core->now_us;
		uint8_t battery = stay_is_asked(stay) ? battery_of(policy, device)
						      : (uint8_t)DEVICE_BATTERY_FINE;
		louder_silent = louder_silent || (silent && !device->silent_said);
		louder_battery = louder_battery || battery > device->battery_said;
		less = less || (device->silent_said && !silent) || battery < device->battery_said;
		device->silent_said = silent;
		device->battery_said = battery;
		any_silent = any_silent || silent;
		any_battery = any_battery || battery != DEVICE_BATTERY_FINE;
	}
	if (louder_silent || louder_battery || less)
		stay_mark(core, stay);
	if (louder_silent)
		say(core, stay, true, true);
	else
		close_or_say(core, stay, true, any_silent);
	if (louder_battery)
		say(core, stay, false, true);
	else
		close_or_say(core, stay, false, any_battery);
	return louder_silent || louder_battery || less;
}

int64_t device_next_us(const struct ward_core *core, const struct stay *stay)
{
	int64_t next_us = MODEL_NEVER;
	if (stay->patient == NULL || !stay_is_asked(stay) ||
	    merge_stay(core, stay->patient) != stay)
		return MODEL_NEVER;
	for (const struct device *device = device_next_of(core, stay, NULL); device != NULL;
	     device = device_next_of(core, stay, device)) {
		int64_t at_us = device->silent_said ? MODEL_NEVER : silent_us(core, device, stay);
		if (at_us < next_us)
			next_us = at_us;
	}
	return next_us;
}

/* That it was heard of is nothing that anybody is called for: what is, device_update marks. A timer that is now too
 * early fires in vain and is set again: nothing is done for it here. */
static void changed(struct ward_core *core, struct device *device)
{
	struct stay *stay = merge_stay(core, device->holder);
	device_mark(core, device);
	if (stay == NULL)
		return;
	stay_mark_calm(core, stay);
	if (device_update(core, stay))
		stay_timers(core, stay);
}

void device_heard(struct ward_core *core, struct device *device, int64_t at_us)
{
	if (at_us > core->now_us)
		at_us = core->now_us;
	if (at_us <= device->heard_us)
		return;
	device->heard_us = at_us;
	/* What a part says shows where its kit is. */
	for (struct device *at = device->parent; at != NULL && at->heard_us < at_us;
	     at = at->parent) {
		at->heard_us = at_us;
		device_mark(core, at);
	}
	changed(core, device);
}

void device_battery_set(struct ward_core *core, struct device *device, int percent, int64_t at_us)
{
	if (at_us < device->battery_us)
		return; /* came late: no longer so */
	device->battery = percent;
	device->battery_us = at_us;
	changed(core, device);
}
