/* SPDX-License-Identifier: Apache-2.0
 * What was measured during a stay and arrives when it has ended. It is filed with that stay, and one alert, as
 * bad as the worst of it and never less than Low, makes sure that a named person looks at it. */
#include "ward/merge.h"
#include "ward/model.h"

static struct stay *ended_after(const struct patient *patient, int64_t stated_us)
{
	struct stay *stay = patient->stays;
	while (stay != NULL && !(stay->status == STAY_FINISHED && stay->start_us <= stated_us &&
				 stated_us < stay->end_us))
		stay = stay->next_of_patient;
	return stay;
}

/* The stay that was running then, when the one in hand had not begun: of the same record, else of another of its
 * child (merge.h). */
struct stay *after_stay(struct stay *stay, int64_t stated_us)
{
	if (stay == NULL || stay->patient == NULL || stated_us >= stay->start_us)
		return stay;
	const struct patient *patient = stay->patient;
	struct stay *found = ended_after(patient, stated_us);
	if (found != NULL)
		return found;
	for (const struct patient *at = merge_next(patient); at != patient; at = merge_next(at)) {
		struct stay *one = ended_after(at, stated_us);
		if (one != NULL && (found == NULL || strcmp(one->id, found->id) < 0))
			found = one;
	}
	return found == NULL ? stay : found;
}

bool after_filed(const struct stay *stay, int64_t measured_us, int64_t received_us)
{
	return stay->status == STAY_FINISHED && measured_us < stay->end_us &&
	       received_us >= stay->end_us;
}

static bool is_quiet(const struct alert *alert)
{
	return alert->status == ALERT_ACCEPTED || snooze_is_on(alert);
}

static void file(struct ward_core *core, struct stay *stay, enum alert_level level,
		 const char *title, const char *focus)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_AFTER);
	if (level < ALERT_LEVEL_LOW)
		level = ALERT_LEVEL_LOW;
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_AFTER, level, str_from_c(title));
	} else if (level > alert->level) {
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert, level, title);
	} else if (alert->level_us == core->now_us && !is_quiet(alert)) {
		return; /* said in this very instant */
	} else {
		MODEL_PUT(alert->latest, STR("more readings of the stay came"));
		/* Something new to look at ends the silence of an answer or a snooze from before it. */
		if (is_quiet(alert))
			alert_worsen(core, alert, (enum alert_level)alert->level, title);
		alert_touch(core, alert);
		return;
	}
	MODEL_PUT(alert->focus, str_from_c(focus));
}

void after_reading(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	char title[MODEL_TEXT_BYTES], measured[MODEL_CLOCK_BYTES];
	model_clock_time(reading->measured_us, measured);
	model_format(title, sizeof(title),
		     "Arrived after the stay ended: %.*s %s, taken at %s during it",
		     STR_ARG(reading_input_label(reading->input)), reading->text, measured);
	file(core, stay, rule_level_alone(stay_policy(core, stay), reading), title,
	     reading->observation);
}

void after_set(struct ward_core *core, struct stay *stay, const struct set *set)
{
	char title[MODEL_TEXT_BYTES], measured[MODEL_CLOCK_BYTES];
	if (set->level == ALERT_LEVEL_NONE)
		return; /* its readings say so themselves */
	model_clock_time(set->start_us, measured);
	model_format(title, sizeof(title),
		     "Arrived after the stay ended: %.*s %d%s at %s, during it",
		     STR_ARG(set_scale_name(stay_policy(core, stay))), set->result.total,
		     set->result.complete ? "" : " or more (partial)", measured);
	file(core, stay, (enum alert_level)set->level, title, set->id);
}
