/* SPDX-License-Identifier: Apache-2.0
 * The channels of a device (DeviceMetric of the HL7 Personal Health Device guide): a reading may name the channel in
 * place of the Device that it belongs to, which is its `source`, or its `parent` where it has no source. Which Device
 * that was is remembered by time, as changes of hands are (device.h). A deletion moves no sensor: what is deleted, was
 * entered in error, or says of no Device any more goes on as the channel of the last one. */
#ifndef WARD_METRIC_H
#define WARD_METRIC_H

#include "ward/model.h"

#define METRIC_SOURCES_MAX 4 /* changes of Device that are remembered */

struct metric {
	char id[MODEL_ID_BYTES];
	uint8_t source_count;
	struct metric_source {
		char device[MODEL_ID_BYTES];
		int64_t from_us;
	} sources[METRIC_SOURCES_MAX]; /* newest first; the oldest holds for all time before */
};

/* A DeviceMetric of the record: made, changed or deleted. */
void metric_event(struct ward_core *core, const struct ward_event *event);
/* The id of the Device that a metric of this id belonged to at that time; empty: not known. */
struct str metric_device_at(const struct ward_core *core, struct str id, int64_t at_us);
/* What a DeviceMetric itself says; empty: nothing. */
struct str metric_device_said(const struct json *metric);
/* Checkpoint: the core's from now on. False: it is there already. */
bool metric_load(struct ward_core *core, struct metric *metric);

#endif
