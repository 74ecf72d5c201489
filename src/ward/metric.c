/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/metric.h"

#include "ward/awaited.h"
#include "ward/device.h"
#include "ward/merge.h"

struct str metric_device_said(const struct json *metric)
{
	struct str device = model_reference_id(json_get(metric, STR("source")), STR("Device"));
	return device.len > 0 ? device
			      : model_reference_id(json_get(metric, STR("parent")), STR("Device"));
}

struct str metric_device_at(const struct ward_core *core, struct str id, int64_t at_us)
{
	const struct metric *metric = id.len == 0 ? NULL : map_get(&core->metric_by_id, id);
	if (metric == NULL || metric->source_count == 0)
		return STR("");
	unsigned last = metric->source_count - 1u, i = 0;
	while (i < last && metric->sources[i].from_us > at_us)
		i++;
	return str_from_c(metric->sources[i].device);
}

bool metric_load(struct ward_core *core, struct metric *metric)
{
	if (map_get(&core->metric_by_id, str_from_c(metric->id)) != NULL)
		return false;
	map_put(&core->metric_by_id, str_from_c(metric->id), metric);
	return true;
}

/* --- another Device ------------------------------------------------------------------------- */

static const struct reading *newest_by(const struct stay *stay, const char *reference)
{
	const struct reading *found = NULL;
	for (const struct reading *reading = stay->readings; reading != NULL;
	     reading = reading->next) {
		if (strcmp(reading->device, reference) == 0)
			found = reading;
	}
	return found;
}

/* Whether the record was wrong until now or the channel is another's from now on, it does not say: what was charted
 * stays, and whoever looks after that patient looks at it. */
static void tell(struct ward_core *core, const struct metric *metric, const struct device *was,
		 const struct device *now)
{
	struct stay *stay = merge_stay(core, was->holder);
	char reference[MODEL_REFERENCE_BYTES], label[DEVICE_NAME_BYTES] = "equipment unknown here";
	char title[MODEL_TEXT_BYTES], clock[MODEL_CLOCK_BYTES];
	model_format(reference, sizeof(reference), "DeviceMetric/%s", metric->id);
	const struct reading *reading = stay == NULL ? NULL : newest_by(stay, reference);
	if (reading == NULL)
		return;
	if (now != NULL)
		device_label(now, label);
	model_clock_time(reading->measured_us, clock);
	model_format(title, sizeof(title),
		     "%.*s %s at %s and before: its sensor is now said to be of %s, which is not "
		     "this patient's. Find out who was measured",
		     STR_ARG(reading_input_label(reading->input)), reading->text, clock, label);
	struct alert *alert = alert_open(stay, ALERT_CAUSE_EQUIPMENT);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_EQUIPMENT, ALERT_LEVEL_MEDIUM,
				    str_from_c(title));
	} else {
		bool worse = alert->level < ALERT_LEVEL_MEDIUM;
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert,
			     worse ? ALERT_LEVEL_MEDIUM : (enum alert_level)alert->level, title);
	}
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
	stay_mark(core, stay);
	stay_timers(core, stay);
}

static void take_source(struct ward_core *core, struct metric *metric, struct str device)
{
	struct metric_source *sources = metric->sources;
	if (metric->source_count > 0 && str_equal(str_from_c(sources[0].device), device))
		return;
	memmove(&sources[1], &sources[0], (METRIC_SOURCES_MAX - 1) * sizeof(sources[0]));
	memset(&sources[0], 0, sizeof(sources[0]));
	MODEL_PUT(sources[0].device, device);
	sources[0].from_us = core->now_us;
	if (metric->source_count < METRIC_SOURCES_MAX)
		metric->source_count++;
	if (metric->source_count < 2)
		return;
	const struct device *was = map_get(&core->device_by_id, str_from_c(sources[1].device));
	const struct device *now = map_get(&core->device_by_id, str_from_c(sources[0].device));
	if (was != NULL && was->holder != NULL && (now == NULL || now->holder != was->holder))
		tell(core, metric, was, now);
}

void metric_event(struct ward_core *core, const struct ward_event *event)
{
	struct metric *metric = map_get(&core->metric_by_id, event->id);
	struct str device = metric_device_said(event->resource);
	if (device.len == 0 || str_equal(json_get_text(event->resource, STR("operationalStatus")),
					 STR("entered-in-error")))
		return;
	if (metric == NULL) {
		metric = MODEL_NEW(struct metric);
		MODEL_PUT(metric->id, event->id);
		map_put(&core->metric_by_id, str_from_c(metric->id), metric);
	}
	take_source(core, metric, device);
	awaited_came(core);
}
