/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/stamp.h"

#include "ward/device.h"
#include "ward/merge.h"

#define MDC STR("urn:iso:std:iso:11073:10101")
#define REFERENCE_URL \
	STR("http://hl7.org/fhir/uv/phd/StructureDefinition/CoincidentTimeStampReference")
#define STAMP_SOURCES_MAX 10 /* entries of derivedFrom that are looked at */

void stamp_link(struct ward_core *core, struct stamp *stamp)
{
	stamp->next = NULL;
	if (core->stamps == NULL)
		core->stamps = stamp;
	else
		core->stamps_last->next = stamp;
	core->stamps_last = stamp;
	map_put(&core->stamp_by_id, str_from_c(stamp->id), stamp);
}

void stamp_link_wait(struct ward_core *core, struct stamp_wait *wait)
{
	wait->next = NULL;
	if (core->stamp_waits == NULL)
		core->stamp_waits = wait;
	else
		core->stamp_waits_last->next = wait;
	core->stamp_waits_last = wait;
}

static void forget(struct ward_core *core, int64_t before_us)
{
	while (core->stamps != NULL && core->stamps->at_us < before_us) {
		struct stamp *stamp = core->stamps;
		core->stamps = stamp->next;
		map_remove(&core->stamp_by_id, str_from_c(stamp->id));
		model_give(stamp);
	}
	while (core->stamp_waits != NULL && core->stamp_waits->at_us < before_us) {
		struct stamp_wait *wait = core->stamp_waits;
		core->stamp_waits = wait->next;
		model_give(wait);
	}
}

void stamp_done(struct ward_core *core)
{
	forget(core, MODEL_NEVER);
}

/* --- the stamp ------------------------------------------------------------------------------ */

static bool is_stamp(const struct json *observation)
{
	static const struct str clocks[] = { STR_INIT("67975"), STR_INIT("68225"),
					     STR_INIT("68226"), STR_INIT("67983") };
	struct str code = model_code(json_get(observation, STR("code")), MDC);
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		if (str_equal(code, clocks[i]))
			return true;
	}
	return false;
}

static bool instant_read(const struct json *object, struct str name, int64_t *ret_us)
{
	struct date date;
	if (date_parse(json_get_text(object, name), DATE_KIND_DATETIME, &date) != ERROR_OK ||
	    date.precision < DATE_MINUTE)
		return false;
	*ret_us = date.low_us;
	return true;
}

static void read_stamp(struct stamp *stamp, const struct json *observation)
{
	int64_t device_us;
	bool has_gateway = instant_read(observation, STR("effectiveDateTime"), &stamp->gateway_us);
	bool has_device = instant_read(observation, STR("valueDateTime"), &device_us);
	/* A counter of ticks has no time of day: the gateway has mapped it. */
	stamp->fault = !has_device && json_get(observation, STR("valueQuantity")) == NULL;
	if (has_gateway && has_device)
		stamp->skew_us = stamp->gateway_us - device_us;
}

/* The device whose clock it is: the subject in guide 2.0, `device` in 1.x. */
static struct device *device_of(const struct ward_core *core, const struct json *observation)
{
	struct device *device = device_find(core, json_get(observation, STR("subject")));
	return device != NULL ? device : device_find(core, json_get(observation, STR("device")));
}

static void clock_words(int64_t skew_us, char *ret_text, size_t size)
{
	int64_t minutes = (skew_us < 0 ? -skew_us : skew_us) / DATE_US_PER_MIN;
	model_format(ret_text, size, "%lld min %s", (long long)minutes,
		     skew_us > 0 ? "slow" : "fast");
}

/* A clock that is far out, or not known: somebody must set it. */
static void tell(struct ward_core *core, const struct stamp *stamp, const struct json *observation)
{
	const struct device *device = device_of(core, observation);
	struct str subject =
		model_reference_id(json_get(observation, STR("subject")), STR("Patient"));
	const struct patient *patient = device != NULL && device->holder != NULL
						? device->holder
						: map_get(&core->patient_by_id, subject);
	struct stay *stay = merge_stay(core, patient);
	const struct policy *policy = stay == NULL ? NULL : stay_policy(core, stay);
	int64_t out_us = stamp->skew_us < 0 ? -stamp->skew_us : stamp->skew_us;
	char title[MODEL_TEXT_BYTES], label[DEVICE_NAME_BYTES] = "A device", words[40];
	if (policy == NULL || stamp->fault || out_us <= policy->clock_amber_us)
		return; /* of a fault the readings tell */
	if (device != NULL)
		device_label(device, label);
	clock_words(stamp->skew_us, words, sizeof(words));
	model_format(title, sizeof(title), "%s: its clock is %s; set it", label, words);
	struct alert *alert = alert_open(stay, ALERT_CAUSE_TIME);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_TIME, ALERT_LEVEL_TECHNICAL,
				    str_from_c(title));
		MODEL_PUT(alert->focus, str_from_c(stamp->id));
	}
}

bool stamp_observation(struct ward_core *core, const struct ward_event *event)
{
	const struct json *observation = event->resource;
	if (observation == NULL || !is_stamp(observation))
		return false;
	forget(core, core->now_us - MODEL_WINDOW_US);
	struct device *device = device_of(core, observation);
	if (device != NULL)
		device_heard(core, device, event->at_us);
	device = device_find(core, json_get(observation, STR("device")));
	if (device != NULL)
		device_heard(core, device, event->at_us);
	/* The first word on it holds: what was judged by it stays. */
	if (map_get(&core->stamp_by_id, event->id) != NULL)
		return true;
	struct stamp *stamp = MODEL_NEW(struct stamp);
	MODEL_PUT(stamp->id, event->id);
	stamp->at_us = core->now_us;
	read_stamp(stamp, observation);
	stamp_link(core, stamp);
	tell(core, stamp, observation);
	for (const struct stamp_wait *wait = core->stamp_waits; wait != NULL; wait = wait->next) {
		if (strcmp(wait->stamp, stamp->id) == 0)
			stay_retime(core, str_from_c(wait->observation), stamp);
	}
	return true;
}

/* --- its readings --------------------------------------------------------------------------- */

void stamp_apply(const struct stamp *stamp, struct reading *reading)
{
	if (reading->stamped)
		return;
	reading->stamped = true;
	if (stamp->fault) {
		reading->time_suspect = true;
		return;
	}
	reading->skew_us = stamp->skew_us;
	if (stamp->gateway_us == 0 || reading->time_suspect)
		return;
	if (reading->device_clock || reading->stated_us > stamp->gateway_us + 2 * DATE_US_PER_MIN)
		reading->stated_us += stamp->skew_us;
}

static void try_reference(struct ward_core *core, const struct json *reference,
			  struct reading *first)
{
	struct str id = model_reference_id(reference, STR("Observation"));
	const struct stamp *stamp = id.len == 0 ? NULL : map_get(&core->stamp_by_id, id);
	if (stamp != NULL) {
		for (struct reading *reading = first; reading != NULL; reading = reading->next)
			stamp_apply(stamp, reading);
	} else if (id.len > 0) {
		struct stamp_wait *wait = MODEL_NEW(struct stamp_wait);
		MODEL_PUT(wait->stamp, id);
		MODEL_PUT(wait->observation, str_from_c(first->observation));
		wait->at_us = core->now_us;
		stamp_link_wait(core, wait);
	}
}

void stamp_attach(struct ward_core *core, const struct json *observation, struct reading *first)
{
	const struct json *extensions = json_get(observation, STR("extension"));
	const struct json *sources = json_get(observation, STR("derivedFrom"));
	const struct json *line = model_extension(observation, STR("time-line"));
	if (first == NULL)
		return;
	forget(core, core->now_us - MODEL_WINDOW_US);
	for (struct reading *reading = first; reading != NULL; reading = reading->next)
		reading->device_clock =
			str_equal(json_get_text(line, STR("valueCode")), STR("device"));
	for (const struct json *one = extensions == NULL ? NULL : extensions->child; one != NULL;
	     one = one->next) {
		if (str_equal(json_get_text(one, STR("url")), REFERENCE_URL))
			try_reference(core, json_get(one, STR("valueReference")), first);
	}
	size_t count = 0;
	for (const struct json *one = sources == NULL ? NULL : sources->child;
	     one != NULL && count < STAMP_SOURCES_MAX; one = one->next, count++)
		try_reference(core, one, first);
}

void stamp_note(const struct reading *reading, const struct policy *policy,
		char ret_note[STAMP_NOTE_BYTES])
{
	int64_t out_us = reading->skew_us < 0 ? -reading->skew_us : reading->skew_us;
	char words[40], said[MODEL_CLOCK_BYTES];
	ret_note[0] = '\0';
	if (policy == NULL || out_us <= policy->clock_skew_us)
		return;
	clock_words(reading->skew_us, words, sizeof(words));
	model_clock_time(reading->stated_us - reading->skew_us, said);
	model_format(ret_note, STAMP_NOTE_BYTES, "device clock %s, it said %s", words, said);
}
