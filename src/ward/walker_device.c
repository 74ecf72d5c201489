/* SPDX-License-Identifier: Apache-2.0
 * Devices and what is held of their readings, in the checkpoint. */
#include "ward/awaited.h"
#include "ward/device.h"
#include "ward/metric.h"
#include "ward/quarantine.h"
#include "ward/stamp.h"
#include "ward/walker.h"

void walker_device(struct walker *walker, struct device *device, char parent[MODEL_ID_BYTES])
{
	WALK_TEXT(device->id);
	walk_text(walker, parent, MODEL_ID_BYTES);
	WALK_TEXT(device->name);
	for (unsigned i = 0; i < DEVICE_IDENTIFIERS_MAX; i++)
		WALK(device->identifiers[i]);
	WALK_TEXT(device->patient);
	WALK_TEXT(device->ward);
	WALK_TEXT(device->place);
	WALK_TEXT(device->place_name);
	WALK(device->type);
	WALK(device->known);
	WALK(device->active);
	WALK(device->continuous);
	WALK(device->holding_count);
	for (unsigned i = 0; i < DEVICE_HOLDINGS_MAX; i++) {
		WALK_TEXT(device->holdings[i].patient);
		WALK(device->holdings[i].from_us);
	}
	WALK(device->battery);
	WALK(device->battery_us);
	WALK(device->heard_us);
	WALK(device->battery_said);
	WALK(device->silent_said);
	if (device->type >= DEVICE_TYPE_COUNT || device->holding_count > DEVICE_HOLDINGS_MAX)
		walker->failed = true;
}

void walker_metric(struct walker *walker, struct metric *metric)
{
	WALK_TEXT(metric->id);
	WALK(metric->source_count);
	for (unsigned i = 0; i < METRIC_SOURCES_MAX; i++) {
		WALK_TEXT(metric->sources[i].device);
		WALK(metric->sources[i].from_us);
	}
	if (metric->source_count > METRIC_SOURCES_MAX)
		walker->failed = true;
}

void walker_awaited(struct walker *walker, struct awaited *awaited)
{
	WALK_TEXT(awaited->reference);
	WALK(awaited->queued_us);
	WALK(awaited->named_us);
}

void walker_held(struct walker *walker, struct held *held)
{
	WALK_TEXT(held->observation);
	WALK_TEXT(held->signature);
	WALK_TEXT(held->patient);
	WALK_TEXT(held->detail);
	WALK(held->at_us);
	WALK(held->code);
	WALK(held->first);
}

void walker_stamp(struct walker *walker, struct stamp *stamp)
{
	WALK_TEXT(stamp->id);
	WALK(stamp->at_us);
	WALK(stamp->gateway_us);
	WALK(stamp->skew_us);
	WALK(stamp->fault);
}

void walker_stamp_wait(struct walker *walker, struct stamp_wait *wait)
{
	WALK_TEXT(wait->stamp);
	WALK_TEXT(wait->observation);
	WALK(wait->at_us);
}
