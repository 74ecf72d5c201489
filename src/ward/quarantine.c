/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/quarantine.h"

#include "base/hash.h"
#include "ward/awaited.h"
#include "ward/device.h"
#include "ward/disposition.h"
#include "ward/merge.h"
#include "ward/metric.h"
#include "ward/place.h"
#include "ward/severity.h"
#include "ward/stray.h"

/* First measurements with new equipment are taken before somebody enters the assignment. */
#define QUARANTINE_BEFORE_US (60 * DATE_US_PER_MIN)

struct case_of { /* one Observation under judgement */
	const char *observation;
	bool corrected; /* by a person */
	struct device *device;
	struct str subject; /* a patient's id, or empty */
	struct stay *stay;  /* of the subject, or NULL */
	struct stay *other; /* of whoever has the device, or NULL */
	int64_t at_us;
	struct reading *readings;
	enum disposition_code code;
	struct severity severity;
	char values[SEVERITY_WORDS_BYTES]; /* of all of them */
};

void quarantine_link(struct ward_core *core, struct held *held)
{
	held->next = NULL;
	if (core->held_last == NULL)
		core->held = held;
	else
		core->held_last->next = held;
	core->held_last = held;
	map_put(&core->held_by_id, str_from_c(held->observation), held);
	if (held->first)
		map_put(&core->held_by_signature, str_from_c(held->signature), held);
}

static void unlink_held(struct ward_core *core, struct held *held)
{
	struct held **link = &core->held;
	struct held *before = NULL;
	while (*link != held) {
		before = *link;
		link = &(*link)->next;
	}
	*link = held->next;
	if (core->held_last == held)
		core->held_last = before;
	map_remove(&core->held_by_id, str_from_c(held->observation));
	if (held->first)
		map_remove(&core->held_by_signature, str_from_c(held->signature));
	model_give(held);
}

static void forget(struct ward_core *core)
{
	while (core->held != NULL && core->held->at_us < core->now_us - MODEL_WINDOW_US)
		unlink_held(core, core->held);
}

/* --- whose is it ---------------------------------------------------------------------------- */

static struct str holder_id(const struct device *device)
{
	return device->holder == NULL ? STR("") : str_from_c(device->holder->id);
}

/* The ward that owns it; hospital equipment that is no ward's is none of ours. */
static struct ward_place *owner_of(const struct ward_core *core, const struct device *device)
{
	struct ward_place *ward = map_get(&core->ward_by_id, str_from_c(device->ward));
	return ward != NULL && ward->is_ward ? ward : NULL;
}

static bool is_holder(const struct ward_core *core, const struct case_of *one)
{
	const struct device *device = one->device;
	struct str then = device_holder_at(device, one->at_us), now = holder_id(device);
	if (one->subject.len == 0)
		return false;
	if (merge_same(core, one->subject, then))
		return true;
	if (!merge_same(core, one->subject, now))
		return false;
	/* A person who corrects an Observation has decided whose it is. */
	return one->corrected || (then.len == 0 && device->holding_count > 0 &&
				  device->holdings[0].from_us - one->at_us <= QUARANTINE_BEFORE_US);
}

/* True: something is wrong with it, and `code` says what. */
static bool is_wrong(struct ward_core *core, struct case_of *one)
{
	struct str then = device_holder_at(one->device, one->at_us);
	struct str now = holder_id(one->device);
	struct str other = then.len > 0 && !merge_same(core, then, one->subject) ? then : now;
	if (is_holder(core, one)) {
		one->code = DISPOSITION_UNKNOWN_PATIENT;
		return one->stay == NULL && owner_of(core, one->device) != NULL;
	}
	if (other.len > 0 && !merge_same(core, other, one->subject)) {
		one->code = DISPOSITION_QUARANTINED;
		one->other = stray_stay(core, map_get(&core->patient_by_id, other), false);
	} else {
		one->code = DISPOSITION_UNASSIGNED;
	}
	if (one->stay == NULL && one->other == NULL)
		one->code = DISPOSITION_UNKNOWN_PATIENT;
	return one->code != DISPOSITION_UNKNOWN_PATIENT || owner_of(core, one->device) != NULL;
}

/* --- who is told ---------------------------------------------------------------------------- */

static void tell(struct ward_core *core, const struct case_of *one, struct stay *stay,
		 const char *title)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_EQUIPMENT);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_EQUIPMENT, one->severity.level,
				    str_from_c(title));
	} else {
		bool worse = one->severity.level > alert->level ||
			     (one->severity.abnormal & ~alert->inputs) != 0;
		enum alert_level level = one->severity.level > alert->level
						 ? one->severity.level
						 : (enum alert_level)alert->level;
		/* The worst stands in the title; what came since is said beside it. */
		if (worse || one->severity.level == alert->level)
			MODEL_PUT(alert->title, str_from_c(title));
		else
			model_format(alert->latest, sizeof(alert->latest), "then %s", one->values);
		if (worse)
			alert_worsen(core, alert, level, title);
		else
			alert_touch(core, alert);
	}
	alert->inputs |= one->severity.abnormal;
	MODEL_PUT(alert->focus, str_from_c(one->observation));
}

/* The other patient by name where both stand on one board, else by ward. */
static void put_whose(const struct stay *other, const struct stay *reader,
		      char ret_text[MODEL_TEXT_BYTES])
{
	if (other == NULL || other->patient == NULL)
		model_format(ret_text, MODEL_TEXT_BYTES, "another patient");
	else if (other->ward == reader->ward)
		model_format(ret_text, MODEL_TEXT_BYTES, "%.80s", other->patient->name);
	else
		model_format(ret_text, MODEL_TEXT_BYTES, "a patient of %.60s",
			     other->ward == NULL ? "no ward" : other->ward->name);
}

static void tell_subject(struct ward_core *core, const struct case_of *one, const char *label,
			 const char *clock)
{
	char title[MODEL_TEXT_BYTES], whose[MODEL_TEXT_BYTES];
	put_whose(one->other, one->stay, whose);
	if (one->code == DISPOSITION_UNASSIGNED)
		model_format(title, sizeof(title),
			     "Not charted: %s at %s by %s, which was not assigned to this patient. "
			     "Find out who was measured",
			     one->values, clock, label);
	else
		model_format(title, sizeof(title),
			     "Not charted: %s at %s by %s, which belongs to %s. Find out who was "
			     "measured",
			     one->values, clock, label, whose);
	tell(core, one, one->stay, title);
}

static void tell_ward(struct ward_core *core, const struct case_of *one, const char *label,
		      const char *clock)
{
	struct ward_place *ward = owner_of(core, one->device);
	char title[MODEL_TEXT_BYTES];
	bool told = (one->stay != NULL && one->stay->ward == ward) ||
		    (one->other != NULL && one->other->ward == ward);
	if (ward == NULL || told)
		return;
	model_format(title, sizeof(title),
		     "Not charted: %s at %s by this ward's %s, for %s. Find out who was measured",
		     one->values, clock, label,
		     one->stay != NULL ? "a patient of another ward"
				       : "somebody with no stay on a ward");
	tell(core, one, place_stay(core, ward), title);
}

static void tell_everybody(struct ward_core *core, const struct case_of *one)
{
	char label[DEVICE_NAME_BYTES], clock[MODEL_CLOCK_BYTES];
	device_label(one->device, label);
	model_clock_time(one->at_us, clock);
	if (one->stay != NULL)
		tell_subject(core, one, label, clock);
	if (one->other != NULL) {
		char title[MODEL_TEXT_BYTES], whose[MODEL_TEXT_BYTES];
		put_whose(one->stay, one->other, whose);
		model_format(
			title, sizeof(title),
			"Not charted: %s at %s by this patient's %s in the name of %s. Find out "
			"who was measured",
			one->values, clock, label, whose);
		tell(core, one, one->other, title);
	}
	tell_ward(core, one, label, clock);
}

/* --- keeping it ----------------------------------------------------------------------------- */

static void sign(const struct case_of *one, char ret_signature[20])
{
	uint64_t hash = hash_bytes(one->device->id, strlen(one->device->id), 1);
	hash = hash_bytes(one->subject.ptr, one->subject.len, hash);
	for (const struct reading *reading = one->readings; reading != NULL;
	     reading = reading->next) {
		int64_t numbers[] = { reading->stated_us,
				      reading->input,
				      reading->code,
				      reading->level,
				      reading->value.coefficient,
				      reading->value.exponent };
		hash = hash_bytes(numbers, sizeof(numbers), hash);
	}
	model_format(ret_signature, 20, "%016llx", (unsigned long long)hash);
}

static void put_detail(const struct case_of *one, char ret_detail[MODEL_TEXT_BYTES])
{
	static const char *const why[DISPOSITION_COUNT] = {
		[DISPOSITION_QUARANTINED] = "the device belongs to another patient",
		[DISPOSITION_UNASSIGNED] = "the device was not assigned to this patient",
		[DISPOSITION_UNKNOWN_PATIENT] = "a ward's device sent it for somebody with no stay",
	};
	model_format(ret_detail, MODEL_TEXT_BYTES,
		     "%s: %s. Neither charted nor scored; correct the Observation to file it.",
		     one->values, why[one->code]);
}

static void hold(struct ward_core *core, struct case_of *one)
{
	struct held *held = MODEL_NEW(struct held);
	MODEL_PUT(held->observation, str_from_c(one->observation));
	MODEL_PUT(held->patient, one->subject);
	sign(one, held->signature);
	held->at_us = core->now_us;
	held->code = (uint8_t)one->code;
	put_detail(one, held->detail);
	held->first = map_get(&core->held_by_signature, str_from_c(held->signature)) == NULL;
	(void)disposition_add(core, one->code, held->observation, one->subject, held->detail);
	if (!held->first)
		(void)disposition_add(core, DISPOSITION_DUPLICATE, held->observation, one->subject,
				      held->detail);
	quarantine_link(core, held);
	if (held->first)
		tell_everybody(core, one);
}

/* A later version of what was held: a person has corrected or withdrawn it. */
static void release(struct ward_core *core, const struct ward_event *event, bool withdrawn)
{
	struct held *held = map_get(&core->held_by_id, event->id);
	if (held == NULL)
		return;
	struct disposition *disposition =
		disposition_add(core, (enum disposition_code)held->code, held->observation,
				str_from_c(held->patient), held->detail);
	disposition->at_us = held->at_us;
	disposition->mitigated_us = core->now_us;
	MODEL_PUT(disposition->mitigation, withdrawn ? STR("The Observation was withdrawn")
						     : STR("The Observation was corrected"));
	unlink_held(core, held);
}

/* --- what an Observation says of equipment --------------------------------------------------- */

#define MDC STR("urn:iso:std:iso:11073:10101")
#define MDC_BATTERY STR("67996") /* MDC_ATTR_VAL_BATT_CHARGE, example of the HL7 PHD guide */

static void take_battery(struct ward_core *core, const struct case_of *one,
			 const struct json *observation)
{
	const struct json *quantity = json_get(observation, STR("valueQuantity"));
	struct decimal percent;
	int64_t thousandths;
	if (!str_equal(model_code(json_get(observation, STR("code")), MDC), MDC_BATTERY) ||
	    !str_equal(json_get_text(quantity, STR("code")), STR("%")) ||
	    !decimal_read(json_get_text(quantity, STR("value")), &percent) ||
	    !decimal_to_scaled(percent, 3, &thousandths) || thousandths < 0 || thousandths > 100000)
		return;
	device_battery_set(core, one->device, (int)(thousandths / 1000), one->at_us);
}

/* Its readings are `one->readings`, of the caller: judged as loudly as anybody concerned would hear them, and held. */
static void set_aside(struct ward_core *core, struct case_of *one)
{
	forget(core);
	severity_of_stay(core, one->stay, &one->readings, &one->severity);
	severity_of_stay(core, one->other, &one->readings, &one->severity);
	struct ward_place *owner = owner_of(core, one->device);
	if (one->other == NULL && owner != NULL) /* it may have been anybody of that ward */
		severity_of_stay(core, place_stay(core, owner), &one->readings, &one->severity);
	severity_words(one->readings, UINT32_MAX, one->values);
	hold(core, one);
}

/* A metric that the Observation itself contains is no more than the Observation's word. */
static struct device *device_of(const struct ward_core *core, const struct json *observation,
				int64_t at_us)
{
	struct str reference =
		json_get_text(json_get(observation, STR("device")), STR("reference"));
	const struct json *contained = json_get(observation, STR("contained"));
	const struct json *one = contained == NULL ? NULL : contained->child;
	if (reference.len == 0) /* by its identifier */
		return device_find(core, json_get(observation, STR("device")));
	if (!str_starts_with(reference, STR("#")))
		return device_named_at(core, reference, at_us);
	struct str id = str_slice(reference, 1, reference.len);
	while (one != NULL && !str_equal(json_get_text(one, STR("id")), id))
		one = one->next;
	struct str device = metric_device_said(one);
	return device.len == 0 ? NULL : map_get(&core->device_by_id, device);
}

static bool is_withdrawn(const struct json *observation)
{
	struct str status = json_get_text(observation, STR("status"));
	return observation == NULL || str_equal(status, STR("entered-in-error")) ||
	       str_equal(status, STR("cancelled"));
}

bool quarantine_observation(struct ward_core *core, const struct ward_event *event,
			    struct stay *stay)
{
	const struct json *observation = event->resource;
	struct str reference =
		json_get_text(json_get(observation, STR("device")), STR("reference"));
	bool withdrawn = is_withdrawn(observation), exact, cut;
	char id[MODEL_ID_BYTES];
	MODEL_PUT(id, event->id);
	struct case_of one = { .observation = id,
			       .corrected = event->version > 1,
			       .stay = stay,
			       .severity.level = ALERT_LEVEL_MEDIUM };
	if (event->version > 1)
		release(core, event, withdrawn);
	if (withdrawn)
		return false;
	one.at_us = reading_stated_us(observation, event->at_us, &exact);
	if (!exact || one.at_us > event->at_us)
		one.at_us = event->at_us;
	one.device = device_of(core, observation, one.at_us);
	if (one.device == NULL || !one.device->known) {
		if (reference.len > 0)
			awaited_note(core, reference);
		return false;
	}
	device_heard(core, one.device, one.at_us);
	take_battery(core, &one, observation);
	one.subject = model_reference_id(json_get(observation, STR("subject")), STR("Patient"));
	if (!is_wrong(core, &one))
		return false;
	one.readings = reading_parse(observation, NULL, NULL, &cut);
	if (one.readings == NULL)
		return false;
	reading_times(one.readings, observation, event);
	set_aside(core, &one);
	reading_free(one.readings);
	return true;
}

bool quarantine_charted(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	char id[MODEL_ID_BYTES];
	MODEL_PUT(id, str_from_c(reading->observation));
	struct case_of one = { .observation = id,
			       .stay = stay,
			       .severity.level = ALERT_LEVEL_MEDIUM,
			       .at_us = reading->measured_us };
	if (stay->patient == NULL)
		return false;
	one.device = device_named_at(core, str_from_c(reading->device), one.at_us);
	one.subject = str_from_c(stay->patient->id);
	if (one.device == NULL || !one.device->known || !is_wrong(core, &one) ||
	    one.code != DISPOSITION_QUARANTINED)
		return false;
	one.readings = stay_take_off(core, str_from_c(id));
	set_aside(core, &one);
	reading_free(one.readings);
	return true;
}
