/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/disposition.h"

#include "ward/print.h"

/* Late readings closer together than this came in one upload, as for the alert (stay.c). */
#define DISPOSITION_GROUP_US (15 * DATE_US_PER_MIN)

static const struct str codes[DISPOSITION_COUNT] = {
	[DISPOSITION_DUPLICATE] = STR_INIT("duplicate"),
	[DISPOSITION_INVALID] = STR_INIT("invalid"),
	[DISPOSITION_UNREADABLE] = STR_INIT("unreadable"),
	[DISPOSITION_SUSPECT_TIME] = STR_INIT("suspect-time"),
	[DISPOSITION_LATE] = STR_INIT("late"),
	[DISPOSITION_CONFLICT] = STR_INIT("conflict"),
	[DISPOSITION_POOR_SIGNAL] = STR_INIT("poor-signal"),
	[DISPOSITION_QUARANTINED] = STR_INIT("quarantined"),
	[DISPOSITION_UNASSIGNED] = STR_INIT("unassigned"),
	[DISPOSITION_AFTER_STAY] = STR_INIT("after-stay"),
	[DISPOSITION_UNKNOWN_PATIENT] = STR_INIT("unknown-patient"),
	[DISPOSITION_TOO_OLD] = STR_INIT("too-old"),
};

#define CAUSE_BYTES 240

static bool is_within(const char *about)
{
	return strchr(about, '/') != NULL;
}

static void cause_text(const char *about, struct str patient, unsigned code,
		       char ret_text[CAUSE_BYTES])
{
	if (is_within(about) && patient.len > 0)
		model_format(ret_text, CAUSE_BYTES, "%s/%.*s/%.*s", about, STR_ARG(patient),
			     STR_ARG(codes[code]));
	else
		model_format(ret_text, CAUSE_BYTES, "%s/%.*s", about, STR_ARG(codes[code]));
}

struct disposition *disposition_add(struct ward_core *core, enum disposition_code code,
				    const char *about, struct str patient, const char *detail)
{
	char cause[CAUSE_BYTES], id[MODEL_ID_BYTES];
	cause_text(about, patient, code, cause);
	model_id(id, "disposition", cause);
	struct disposition *found = map_get(&core->disposition_by_id, str_from_c(id));
	if (found != NULL && !found->written)
		return found; /* a panel: said already */
	disposition_sweep(core);
	struct disposition *disposition = MODEL_NEW(struct disposition);
	memcpy(disposition->id, id, sizeof(id));
	MODEL_PUT(disposition->about, str_from_c(about));
	MODEL_PUT(disposition->patient, patient);
	MODEL_PUT(disposition->detail, str_from_c(detail));
	disposition->code = (uint8_t)code;
	disposition->at_us = core->now_us;
	disposition->feed = core->feed;
	if (core->dispositions_last == NULL)
		core->dispositions = disposition;
	else
		core->dispositions_last->next = disposition;
	core->dispositions_last = disposition;
	map_put(&core->disposition_by_id, str_from_c(disposition->id), disposition);
	return disposition;
}

void disposition_sweep(struct ward_core *core)
{
	/* They are written in this order, so the written ones stand in front. */
	while (core->dispositions != NULL && core->dispositions->written) {
		struct disposition *disposition = core->dispositions;
		core->dispositions = disposition->next;
		map_remove(&core->disposition_by_id, str_from_c(disposition->id));
		model_give(disposition);
	}
	if (core->dispositions == NULL)
		core->dispositions_last = NULL;
}

void disposition_settle(struct ward_core *core)
{
	for (struct disposition *disposition = core->dispositions; disposition != NULL;
	     disposition = disposition->next)
		disposition->written = true;
	disposition_sweep(core);
}

static void add(struct ward_core *core, enum disposition_code code, const struct stay *stay,
		const struct reading *reading, const char *detail)
{
	char text[MODEL_TEXT_BYTES];
	model_format(text, sizeof(text), "%.*s %s: %s",
		     STR_ARG(reading_input_label(reading->input)), reading->text, detail);
	(void)disposition_add(core, code, reading->observation, str_from_c(stay->patient->id),
			      text);
}

/* Once for an upload. */
static void add_late(struct ward_core *core, enum disposition_code code, struct stay *stay,
		     const struct reading *reading, const char *detail)
{
	unsigned kind = code == DISPOSITION_LATE        ? STAY_UPLOAD_LATE
			: code == DISPOSITION_DUPLICATE ? STAY_UPLOAD_REPEATED
							: STAY_UPLOAD_OLD;
	int64_t last_us = stay->upload_us[kind];
	stay->upload_us[kind] = core->now_us;
	if (last_us == 0 || core->now_us - last_us > DISPOSITION_GROUP_US)
		(void)disposition_add(core, code, reading->observation,
				      str_from_c(stay->patient->id), detail);
}

void disposition_time(struct ward_core *core, const struct stay *stay,
		      const struct reading *reading)
{
	add(core, DISPOSITION_SUSPECT_TIME, stay, reading,
	    "its time cannot be trusted; judged as of its arrival, satisfies no schedule.");
}

void disposition_reading(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	if (reading->duplicate && reading->late) {
		add_late(
			core, DISPOSITION_DUPLICATE, stay, reading,
			"Readings that are here already came once more, in one upload; this is the "
			"first of them. They are kept and count once.");
		return;
	}
	if (reading->duplicate) {
		add(core, DISPOSITION_DUPLICATE, stay, reading,
		    "the same device, time and value as an earlier reading; counts once.");
		return;
	}
	if (reading_is_unreadable(reading))
		add(core, DISPOSITION_UNREADABLE, stay, reading,
		    "its unit, number or code is not known; not scored, a repeat is asked for.");
	else if (reading->impossible)
		add(core, DISPOSITION_INVALID, stay, reading,
		    "cannot be; not scored, a repeat is asked for.");
	if (reading->poor_signal && !reading->sampled) /* a stream says where its gaps are */
		add(core, DISPOSITION_POOR_SIGNAL, stay, reading,
		    "the device says that its signal was poor; not scored, a repeat is asked for.");
	if (reading->time_suspect)
		disposition_time(core, stay, reading);
	if (stay->status == STAY_FINISHED)
		add(core, DISPOSITION_AFTER_STAY, stay, reading,
		    "came after the end of the stay; judged all the same.");
	if (reading->late)
		add_late(core, DISPOSITION_LATE, stay, reading,
			 "Readings came long after they were measured, in one upload; this is the "
			 "first of them. They are filed at the time they were measured.");
}

void disposition_conflict(struct ward_core *core, const struct stay *stay,
			  const struct reading *reading)
{
	add(core, DISPOSITION_CONFLICT, stay, reading,
	    "another value of nearly the same time says otherwise; both are kept, the worse "
	    "counts.");
}

void disposition_too_old(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	add_late(core, DISPOSITION_TOO_OLD, stay, reading,
		 "Readings came that were measured before the stay or more than three days ago, in "
		 "one upload; this is the first of them. They are kept and not scored.");
}

/* --- as a resource -------------------------------------------------------------------------- */

static void put_mitigation(struct arena *arena, struct json *issue,
			   const struct disposition *disposition)
{
	struct json *mitigation = json_new(arena, JSON_OBJECT);
	struct json *action = json_new(arena, JSON_OBJECT);
	if (mitigation == NULL || action == NULL || disposition->mitigation[0] == '\0')
		return;
	print_string(arena, action, STR("text"), str_from_c(disposition->mitigation));
	json_add(mitigation, STR("action"), action);
	print_instant(arena, mitigation, STR("date"), disposition->mitigated_us);
	print_one(arena, issue, STR("mitigation"), mitigation);
}

struct json *print_disposition(struct arena *arena, const struct disposition *disposition)
{
	struct json *issue = print_resource(arena, STR("DetectedIssue"), disposition->id);
	struct json *identifier = json_new(arena, JSON_OBJECT);
	char cause[CAUSE_BYTES];
	if (issue == NULL || identifier == NULL)
		return NULL;
	cause_text(disposition->about, str_from_c(disposition->patient), disposition->code, cause);
	json_add(identifier, STR("system"),
		 json_new_string(arena, STR(HOMEWARD_URL "disposition")));
	print_string(arena, identifier, STR("value"), str_from_c(cause));
	print_one(arena, issue, STR("identifier"), identifier);
	json_add(issue, STR("status"),
		 json_new_string(arena, disposition->mitigation[0] == '\0' ? STR("final")
									   : STR("amended")));
	json_add(issue, STR("code"),
		 print_concept(arena, STR(HOMEWARD_URL "CodeSystem/disposition"),
			       codes[disposition->code], STR("")));
	if (disposition->patient[0] != '\0')
		json_add(issue, STR("patient"),
			 print_reference(arena, "Patient", disposition->patient, ""));
	print_instant(arena, issue, STR("identifiedDateTime"), disposition->at_us);
	print_one(arena, issue, STR("implicated"),
		  print_reference(arena, is_within(disposition->about) ? NULL : "Observation",
				  disposition->about, ""));
	print_string(arena, issue, STR("detail"), str_from_c(disposition->detail));
	put_mitigation(arena, issue, disposition);
	return arena->failed ? NULL : issue;
}
