/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/awaited.h"

#include "ward/device.h"
#include "ward/quarantine.h"
#include "ward/timeline.h"

void awaited_link(struct ward_core *core, struct awaited *awaited)
{
	awaited->next = NULL;
	if (core->awaited == NULL)
		core->awaited = awaited;
	else
		core->awaited_last->next = awaited;
	core->awaited_last = awaited;
	map_put(&core->awaited_by_reference, str_from_c(awaited->reference), awaited);
}

static struct awaited *take_first(struct ward_core *core)
{
	struct awaited *first = core->awaited;
	core->awaited = first->next;
	if (core->awaited == NULL)
		core->awaited_last = NULL;
	map_remove(&core->awaited_by_reference, str_from_c(first->reference));
	return first;
}

void awaited_done(struct ward_core *core)
{
	while (core->awaited != NULL)
		model_give(take_first(core));
}

/* Readings are not kept for longer. */
static void forget(struct ward_core *core)
{
	int64_t before_us = core->now_us - MODEL_WINDOW_US;
	while (core->awaited != NULL && core->awaited->queued_us < before_us) {
		struct awaited *first = take_first(core);
		if (first->named_us < before_us) {
			model_give(first);
			continue;
		}
		first->queued_us = first->named_us;
		awaited_link(core, first);
	}
}

void awaited_note(struct ward_core *core, struct str reference)
{
	char whole[MODEL_REFERENCE_BYTES];
	MODEL_PUT(whole, reference); /* as a reading keeps it */
	if (whole[0] == '\0')
		return;
	forget(core);
	struct awaited *awaited = map_get(&core->awaited_by_reference, str_from_c(whole));
	if (awaited != NULL) {
		awaited->named_us = core->now_us;
		return;
	}
	awaited = MODEL_NEW(struct awaited);
	memcpy(awaited->reference, whole, sizeof(whole));
	awaited->queued_us = awaited->named_us = core->now_us;
	awaited_link(core, awaited);
}

static void judge_stay(struct ward_core *core, struct stay *stay, const char *reference)
{
	const struct reading *reading = stay->readings;
	while (reading != NULL) {
		int64_t from_us = reading->measured_us;
		bool taken = strcmp(reading->device, reference) == 0 &&
			     quarantine_charted(core, stay, reading);
		reading = taken ? timeline_from(stay, from_us) : reading->next;
	}
}

void awaited_came(struct ward_core *core)
{
	struct awaited *waiting = core->awaited;
	core->awaited = core->awaited_last = NULL;
	while (waiting != NULL) {
		struct awaited *awaited = waiting;
		const struct device *device = device_named(core, str_from_c(awaited->reference));
		waiting = waiting->next;
		map_remove(&core->awaited_by_reference, str_from_c(awaited->reference));
		if (device == NULL || !device->known) {
			awaited_link(core, awaited);
			continue;
		}
		for (struct stay *stay = core->stays; stay != NULL; stay = stay->next)
			judge_stay(core, stay, awaited->reference);
		model_give(awaited);
	}
}
