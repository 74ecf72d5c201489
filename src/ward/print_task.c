/* SPDX-License-Identifier: Apache-2.0
 * An alert as a Task: docs/decisions/0002, "Alert = Task". */
#include "ward/carried.h"
#include "ward/print.h"

static const struct str status_codes[ALERT_STATUS_COUNT] = {
	[ALERT_REQUESTED] = STR_INIT("requested"), [ALERT_RECEIVED] = STR_INIT("received"),
	[ALERT_ACCEPTED] = STR_INIT("accepted"),   [ALERT_COMPLETED] = STR_INIT("completed"),
	[ALERT_CANCELLED] = STR_INIT("cancelled"),
};

static const struct str end_codes[ALERT_END_COUNT] = {
	[ALERT_END_OPEN] = STR_INIT("open"),
	[ALERT_END_PERSON] = STR_INIT("person"),
	[ALERT_END_IMPROVED] = STR_INIT("improved"),
	[ALERT_END_ARRIVED] = STR_INIT("arrived"),
	[ALERT_END_PAUSED] = STR_INIT("paused"),
	[ALERT_END_DISCHARGED] = STR_INIT("discharged"),
	[ALERT_END_COVERED] = STR_INIT("covered"),
};

static struct str priority_of(unsigned level)
{
	switch (level) {
	case ALERT_LEVEL_EMERGENCY:
		return STR("stat");
	case ALERT_LEVEL_HIGH:
		return STR("asap");
	case ALERT_LEVEL_MEDIUM:
		return STR("urgent");
	default:
		return STR("routine");
	}
}

static void put_extensions(struct arena *arena, struct json *task, const struct alert *alert)
{
	char canonical[200];
	print_extension(arena, task, "alert-level", STR("valueCode"),
			json_new_string(arena, alert_level_name((enum alert_level)alert->level)));
	if (alert->policy != NULL) {
		model_format(canonical, sizeof(canonical), "%s|%s", alert->policy->url,
			     alert->policy->version);
		print_extension(arena, task, "policy", STR("valueCanonical"),
				print_copy(arena, str_from_c(canonical)));
	}
	print_whose(arena, task, alert->stay);
	if (carried_is(alert))
		print_extension(arena, task, CARRIED_EXTENSION, STR("valueBoolean"),
				json_new(arena, JSON_TRUE));
	print_extension(arena, task, "rung", STR("valueInteger"), json_new_i64(arena, alert->rung));
}

static void put_identifier(struct arena *arena, struct json *task, const struct alert *alert)
{
	struct json *identifier = json_new(arena, JSON_OBJECT);
	char text[160];
	if (identifier == NULL)
		return;
	alert_cause_text(alert, text);
	json_add(identifier, STR("system"), json_new_string(arena, STR(HOMEWARD_URL "alert")));
	print_string(arena, identifier, STR("value"), str_from_c(text));
	print_one(arena, task, STR("identifier"), identifier);
}

static void put_status(struct arena *arena, struct json *task, const struct alert *alert)
{
	json_add(task, STR("status"), json_new_string(arena, status_codes[alert->status]));
	if (!alert_is_open(alert)) {
		struct json *reason = print_concept(arena, STR(HOMEWARD_URL "CodeSystem/alert-end"),
						    end_codes[alert->end], STR(""));
		if (reason != NULL)
			print_string_maybe(arena, reason, STR("text"), str_from_c(alert->reason));
		json_add(task, STR("statusReason"), reason);
	}
	const struct ladder *ladder = page_ladder(alert);
	struct json *business = json_new(arena, JSON_OBJECT);
	uint32_t rung = alert->rung < ladder->rung_count ? alert->rung : ladder->rung_count - 1;
	if (business != NULL)
		print_string(arena, business, STR("text"), str_from_c(ladder->rungs[rung].name));
	json_add(task, STR("businessStatus"), business);
}

static void put_period(struct arena *arena, struct json *task, const struct alert *alert)
{
	struct json *period = json_new(arena, JSON_OBJECT);
	if (period == NULL || (alert->acknowledged_us == 0 && alert_is_open(alert)))
		return;
	if (alert->acknowledged_us != 0) {
		if (alert->acknowledged_time[0] != '\0')
			print_string(arena, period, STR("start"),
				     str_from_c(alert->acknowledged_time));
		else
			print_instant(arena, period, STR("start"), alert->acknowledged_us);
	}
	if (!alert_is_open(alert))
		print_instant(arena, period, STR("end"), alert->closed_us);
	json_add(task, STR("executionPeriod"), period);
}

static void put_deadline(struct arena *arena, struct json *task, const struct alert *alert)
{
	struct json *restriction = json_new(arena, JSON_OBJECT);
	struct json *period = json_new(arena, JSON_OBJECT);
	if (restriction == NULL || period == NULL || alert->deadline_us == MODEL_NEVER)
		return;
	print_instant(arena, period, STR("end"), alert->deadline_us);
	json_add(restriction, STR("period"), period);
	json_add(task, STR("restriction"), restriction);
}

static void put_notes(struct arena *arena, struct json *task, const struct alert *alert)
{
	struct json *list = json_new(arena, JSON_ARRAY);
	if (list == NULL || alert->notes == NULL)
		return;
	for (const struct note *note = alert->notes; note != NULL; note = note->next) {
		struct json *item = json_new(arena, JSON_OBJECT);
		if (item == NULL)
			return;
		if (note->author_reference[0] != '\0')
			json_add(item, STR("authorReference"),
				 print_reference(arena, NULL, note->author_reference,
						 note->author_name));
		else
			print_string_maybe(arena, item, STR("authorString"),
					   str_from_c(note->author_name));
		print_string_maybe(arena, item, STR("time"), str_from_c(note->time));
		print_string(arena, item, STR("text"), str_from_c(note->text));
		json_append(list, item);
	}
	json_add(task, STR("note"), list);
}

static struct str rule_display(const struct alert *alert)
{
	static const struct str names[ALERT_CAUSE_COUNT] = {
		[ALERT_CAUSE_SCORE] = STR_INIT("Score"),
		[ALERT_CAUSE_LATE] = STR_INIT("Score of late readings"),
		[ALERT_CAUSE_FEVER] = STR_INIT("Fever"),
		[ALERT_CAUSE_HYPOTHERMIA] = STR_INIT("Low temperature"),
		[ALERT_CAUSE_CONCERN] = STR_INIT("Parental concern"),
		[ALERT_CAUSE_CONSCIOUSNESS] = STR_INIT("Consciousness"),
		[ALERT_CAUSE_ASLEEP] = STR_INIT("Look again"),
		[ALERT_CAUSE_OVERDUE] = STR_INIT("Overdue readings"),
		[ALERT_CAUSE_IMPLAUSIBLE] = STR_INIT("Unusable value"),
		[ALERT_CAUSE_TIME] = STR_INIT("Time suspect"),
		[ALERT_CAUSE_CONFLICT] = STR_INIT("Conflicting values"),
		[ALERT_CAUSE_UNDELIVERED] = STR_INIT("Page not delivered"),
		[ALERT_CAUSE_DELIVERY] = STR_INIT("Nobody on shift"),
		[ALERT_CAUSE_BAND] = STR_INIT("Age band"),
		[ALERT_CAUSE_UNSCORED] = STR_INIT("Not scored"),
		[ALERT_CAUSE_EQUIPMENT] = STR_INIT("Equipment of another patient"),
		[ALERT_CAUSE_BATTERY] = STR_INIT("Battery low"),
		[ALERT_CAUSE_SILENT] = STR_INIT("Equipment silent"),
		[ALERT_CAUSE_DISCREPANCY] = STR_INIT("Score of another system differs"),
		[ALERT_CAUSE_AFTER] = STR_INIT("Reading of an ended stay"),
		[ALERT_CAUSE_INTUITION] = STR_INIT("Clinical intuition"),
		[ALERT_CAUSE_QUESTION] = STR_INIT("Answer to a question"),
		[ALERT_CAUSE_BASELINE] = STR_INIT("Change against baseline"),
		[ALERT_CAUSE_LIMIT] = STR_INIT("Limit of this patient"),
		[ALERT_CAUSE_HANDOVER] = STR_INIT("Handover not accepted"),
		[ALERT_CAUSE_ROTA] = STR_INIT("Gap in the rota"),
		[ALERT_CAUSE_SELF_TEST] = STR_INIT("Self-test of the alert path"),
		[ALERT_CAUSE_PARAMETER] = STR_INIT("One value far out"),
		[ALERT_CAUSE_ACCESS] = STR_INIT("Record opened from another ward"),
		[ALERT_CAUSE_PUPILS] = STR_INIT("Abnormal pupils"),
		[ALERT_CAUSE_SEPSIS] = STR_INIT("Suspected sepsis"),
		[ALERT_CAUSE_OPINION] = STR_INIT("Second opinion"),
		[ALERT_CAUSE_UNANSWERED] = STR_INIT("Questions not answered"),
		[ALERT_CAUSE_STRAY] = STR_INIT("Sent for nobody of the ward"),
		[ALERT_CAUSE_MOVED] = STR_INIT("Moved to another ward"),
		[ALERT_CAUSE_MERGED] = STR_INIT("Merged record"),
		[ALERT_CAUSE_DECEASED] = STR_INIT("Died"),
		[ALERT_CAUSE_CARRIED] = STR_INIT("Of an earlier version"),
	};
	return names[carried_cause(alert)];
}

struct json *print_task(const struct ward_core *core, struct arena *arena,
			const struct alert *alert)
{
	struct json *task = print_resource(arena, STR("Task"), alert->id);
	const struct stay *stay = alert->stay;
	char description[MODEL_TEXT_BYTES + 100];
	(void)core;
	if (task == NULL)
		return NULL;
	put_extensions(arena, task, alert);
	print_alert_life(arena, task, alert);
	put_identifier(arena, task, alert);
	if (stay->plan[0] != '\0')
		print_one(arena, task, STR("basedOn"),
			  print_reference(arena, "CarePlan", stay->plan, ""));
	put_status(arena, task, alert);
	json_add(task, STR("intent"), json_new_string(arena, STR("order")));
	json_add(task, STR("priority"), json_new_string(arena, priority_of(alert->level)));
	json_add(task, STR("code"),
		 print_concept(arena, STR(HOMEWARD_URL "CodeSystem/ward-rule"), alert_rule(alert),
			       rule_display(alert)));
	model_format(description, sizeof(description), "%s%s%s", alert->title,
		     alert->latest[0] == '\0' ? "" : "; ", alert->latest);
	print_string(arena, task, STR("description"), str_from_c(description));
	if (alert->focus[0] != '\0')
		json_add(task, STR("focus"),
			 print_reference(arena,
					 strchr(alert->focus, '/') == NULL ? "Observation" : NULL,
					 alert->focus, ""));
	if (stay->patient != NULL)
		json_add(task, STR("for"),
			 print_reference(arena, "Patient", stay->patient->id, ""));
	put_period(arena, task, alert);
	print_instant(arena, task, STR("authoredOn"), alert->raised_us);
	if (alert->owner[0] != '\0' || alert->owner_name[0] != '\0')
		json_add(task, STR("owner"),
			 print_reference(arena, NULL, alert->owner, alert->owner_name));
	put_notes(arena, task, alert);
	put_deadline(arena, task, alert);
	return arena->failed ? NULL : task;
}
