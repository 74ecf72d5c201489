/* SPDX-License-Identifier: Apache-2.0
 * A row of the board: ROW of docs/decisions/0002. No value is shown without its age; what is older than
 * the policy's limit (4 hours) is stale; what was never measured is named as missing. */
#include "ward/chart.h"
#include "ward/conflict.h"
#include "ward/equipment.h"
#include "ward/limit.h"
#include "ward/merge.h"
#include "ward/model.h"
#include "ward/question.h"
#include "ward/shown.h"
#include "ward/stamp.h"
#include "ward/team.h"
#include "ward/timeline.h"
#include "ward/unanswered.h"

static void put_key(struct text *text, const char *key)
{
	if (text->len > 0 && text->ptr[text->len - 1] != '{' && text->ptr[text->len - 1] != '[')
		text_put_byte(text, ',');
	text_put_byte(text, '"');
	text_put_c(text, key);
	text_put_c(text, "\":");
}

static void put_string(struct text *text, const char *key, struct str value)
{
	put_key(text, key);
	json_print_string(text, value);
}

static void put_string_or_null(struct text *text, const char *key, struct str value)
{
	if (value.len > 0) {
		put_string(text, key, value);
		return;
	}
	put_key(text, key);
	text_put_c(text, "null");
}

static void put_instant(struct text *text, const char *key, int64_t at_us)
{
	char instant[25];
	if (at_us == MODEL_NEVER || at_us == 0) {
		put_string_or_null(text, key, (struct str){ NULL, 0 });
		return;
	}
	date_write_instant(at_us, instant);
	put_string(text, key, str_from_c(instant));
}

static void put_number(struct text *text, const char *key, int64_t value)
{
	put_key(text, key);
	text_put_i64(text, value);
}

static void put_bool(struct text *text, const char *key, bool value)
{
	put_key(text, key);
	text_put_c(text, value ? "true" : "false");
}

/* Before an element of a list. */
static void put_comma(struct text *text)
{
	if (text->len > 0 && text->ptr[text->len - 1] != '[')
		text_put_byte(text, ',');
}

static struct str state_of(const struct ward_core *core, const struct stay *stay,
			   const struct reading *reading)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t stale_us = policy == NULL ? 4 * DATE_US_PER_HOUR : policy->stale_us;
	if (reading->impossible)
		return STR("implausible");
	if (reading->time_suspect || reading->soft || reading->conflict || reading->poor_signal)
		return STR("suspect");
	const struct device *device = device_named(core, str_from_c(reading->device));
	if (device != NULL && device->continuous && device->silent_said)
		return STR(
			"stale"); /* what speaks all the time and has stopped has no current value */
	return core->shown_us - reading->measured_us > stale_us ? STR("stale") : STR("current");
}

/* It proves nothing about anybody, so it is charted (quarantine.h). */
static bool is_unknown_device(const struct ward_core *core, const struct reading *reading)
{
	const struct device *device = device_named(core, str_from_c(reading->device));
	return reading->device[0] != '\0' && (device == NULL || !device->known);
}

static struct str note_of(const struct ward_core *core, const struct stay *stay,
			  const struct reading *reading, char clock[STAMP_NOTE_BYTES])
{
	if (reading_is_unreadable(reading))
		return STR("unit or code not known, not scored; repeat asked for");
	if (reading->impossible)
		return STR("impossible value, not scored; repeat asked for");
	if (reading->poor_signal && reading->sampled)
		return STR("no usable signal, not scored");
	if (reading->poor_signal)
		return STR("poor signal: tried, not scored; repeat asked for");
	if (reading->time_suspect)
		return STR("time not trusted");
	if (reading->conflict)
		return STR("two values disagree; the worse one counts");
	if (reading->soft)
		return STR("very far out; repeat asked for");
	if (reading->late)
		return STR("received late");
	stamp_note(reading, stay_policy(core, stay), clock);
	if (clock[0] != '\0')
		return str_from_c(clock);
	if (is_unknown_device(core, reading))
		return STR("equipment not in the record");
	return (struct str){ NULL, 0 };
}

static void put_value(const struct ward_core *core, const struct stay *stay, unsigned input,
		      struct text *text)
{
	const struct reading *reading = timeline_newest(stay, input);
	const struct policy *policy = stay_policy(core, stay);
	bool asked = policy != NULL && (policy->asks & 1u << input) != 0;
	if (reading == NULL && !asked)
		return;
	put_comma(text);
	text_put_byte(text, '{');
	put_string(text, "name", reading_input_name(input));
	put_string(text, "label", reading_input_label(input));
	char note[MODEL_TEXT_BYTES] = "", clock[STAMP_NOTE_BYTES];
	const struct reading *other = NULL;
	if (reading != NULL && reading->conflict && policy != NULL)
		reading = conflict_worse(core, stay, reading, &other);
	if (other != NULL)
		model_format(note, sizeof(note),
			     "%s as well, within a minute; the worse one counts", other->text);
	else if (reading != NULL)
		MODEL_PUT(note, note_of(core, stay, reading, clock));
	row_life_note(core, stay, input, reading, note);
	if (reading == NULL) {
		text_put_c(text,
			   ",\"text\":\"\",\"unit\":\"\",\"measuredAt\":null,\"receivedAt\":null,"
			   "\"part\":null,\"state\":\"missing\"");
		put_string_or_null(text, "note", str_from_c(note));
		text_put_c(text, ",\"source\":null,\"site\":null,\"observation\":null}");
		return;
	}
	int part = set_part(stay, policy, reading);
	put_string(text, "text", str_from_c(reading->text));
	put_string(text, "unit", reading->has_value ? reading_input_unit(input) : STR(""));
	put_instant(text, "measuredAt", reading->measured_us);
	put_instant(text, "receivedAt", reading->received_us);
	if (part == SCORE_PART_UNKNOWN)
		put_string_or_null(text, "part", (struct str){ NULL, 0 });
	else
		put_number(text, "part", part);
	put_string(text, "state", state_of(core, stay, reading));
	put_string_or_null(text, "note", str_from_c(note));
	put_string(text, "source", reading_source_name(reading->source));
	put_string_or_null(text, "site", str_from_c(reading->site));
	put_string(text, "observation", str_from_c(reading->observation));
	text_put_byte(text, '}');
}

/* Which SpO2 scale counts, who ordered it and when; NEWS2 alone has two. */
static void put_scale(const struct stay *stay, const struct policy *policy, const struct set *set,
		      struct text *text)
{
	const struct spo2_order *order = scale_order(stay, set->start_us);
	if (policy->scale != SCORE_NEWS2)
		return;
	put_number(text, "spo2Scale", scale_at(stay, policy, set->start_us));
	put_string_or_null(text, "scaleSetBy", str_from_c(order == NULL ? "" : order->by));
	put_instant(text, "scaleSetAt", order == NULL ? 0 : order->at_us);
}

/* Of the chart that the score was made on: who chose it, if the age did not. */
static void put_chart_used(const struct stay *stay, const struct policy *policy,
			   const struct set *set, struct text *text)
{
	const struct chart_order *order = chart_order(stay, policy, set->start_us);
	put_string_or_null(text, "chartChosenBy", str_from_c(order == NULL ? "" : order->by));
	put_string_or_null(text, "chartReason", str_from_c(order == NULL ? "" : order->reason));
}

static void put_score(const struct ward_core *core, const struct stay *stay, struct text *text)
{
	const struct set *set = set_newest_scored(stay);
	const struct policy *policy = stay_policy(core, stay);
	char words[48], unscored[MODEL_TEXT_BYTES];
	put_key(text, "score");
	if (set == NULL || policy == NULL || pregnancy_refuses(core, stay)) {
		text_put_c(text, "null");
		return;
	}
	text_put_byte(text, '{');
	put_string(text, "scale", score_scale_name(policy->scale));
	set_words(policy, set, words);
	put_string(text, "text", str_from_c(words));
	put_scale(stay, policy, set, text);
	put_chart_used(stay, policy, set, text);
	put_string_or_null(text, "band", str_from_c(set->band_name));
	put_number(text, "total", set->result.total);
	put_bool(text, "complete", set->result.complete);
	put_number(text, "low", set->result.low);
	put_number(text, "high", set->result.high);
	put_string(text, "level", score_level_name(set->result.level));
	put_key(text, "missing");
	text_put_byte(text, '[');
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		if (!set->result.missing[input])
			continue;
		put_comma(text);
		json_print_string(text, score_input_name((enum score_input)input));
	}
	text_put_byte(text, ']');
	set_unscored(policy, set, unscored);
	put_string_or_null(text, "unscored", str_from_c(unscored));
	put_instant(text, "measuredAt", set->start_us);
	put_string(text, "observation", str_from_c(set->id));
	text_put_byte(text, '}');
}

/* The last words of a person. */
static struct str plan_of(const struct alert *alert)
{
	struct str plan = { NULL, 0 };
	for (const struct note *note = alert->notes; note != NULL; note = note->next) {
		if (strcmp(note->author_name, "Homeward") != 0)
			plan = str_from_c(note->text);
	}
	return plan;
}

static void put_alert(const struct alert *alert, struct text *text)
{
	static const struct str states[] = { STR_INIT("raised"), STR_INIT("delivered"),
					     STR_INIT("acknowledged") };
	const struct ladder *ladder = page_ladder(alert);
	uint32_t rung = alert->rung < ladder->rung_count ? alert->rung : ladder->rung_count - 1;
	char title[MODEL_TEXT_BYTES + 100];
	model_format(title, sizeof(title), "%s%s%s", alert->title,
		     alert->latest[0] == '\0' ? "" : "; ", alert->latest);
	put_comma(text);
	text_put_byte(text, '{');
	put_string(text, "id", str_from_c(alert->id));
	put_string(text, "rule", alert_rule(alert));
	put_string(text, "title", str_from_c(title));
	put_string(text, "level", alert_level_name((enum alert_level)alert->level));
	put_string(text, "status", states[alert->status]);
	put_instant(text, "raisedAt", alert->raised_us);
	put_instant(text, "deadline", alert->deadline_us);
	put_number(text, "reviewMinutesMax", ladder->review_us / DATE_US_PER_MIN);
	text_put_c(text, ",\"rung\":{");
	put_number(text, "index", rung);
	put_string(text, "name", str_from_c(ladder->rungs[rung].name));
	put_string_or_null(text, "person",
			   str_from_c(alert->status == ALERT_ACCEPTED ? "" : alert->owner_name));
	text_put_byte(text, '}');
	row_life_alert(alert, text);
	text_put_c(text, ",\"acknowledgement\":");
	if (alert->status == ALERT_ACCEPTED) {
		text_put_byte(text, '{');
		put_string(text, "by",
			   str_from_c(alert->acknowledged_name[0] != '\0'
					      ? alert->acknowledged_name
					      : alert->acknowledged_by));
		put_instant(text, "at", alert->acknowledged_us);
		put_string(text, "plan", plan_of(alert));
		put_instant(text, "reviewAt", alert->deadline_us);
		text_put_byte(text, '}');
	} else {
		text_put_c(text, "null");
	}
	text_put_byte(text, '}');
}

/* Most severe first; among equals the one nobody has answered, then the older. */
static bool alert_before(const struct alert *a, const struct alert *b)
{
	if (a->level != b->level)
		return a->level > b->level;
	if ((a->status == ALERT_ACCEPTED) != (b->status == ALERT_ACCEPTED))
		return b->status == ALERT_ACCEPTED;
	return a->raised_us < b->raised_us;
}

static void put_alerts(const struct stay *stay, struct text *text)
{
	const struct alert *open[ALERT_CAUSE_COUNT * 2];
	size_t count = 0;
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (!alert_is_open(alert) || count == sizeof(open) / sizeof(open[0]))
			continue;
		size_t at = count++;
		for (; at > 0 && alert_before(alert, open[at - 1]); at--)
			open[at] = open[at - 1];
		open[at] = alert;
	}
	text_put_c(text, ",\"alerts\":[");
	for (size_t i = 0; i < count; i++)
		put_alert(open[i], text);
	text_put_byte(text, ']');
}

static int64_t urgency_of(const struct stay *stay)
{
	const struct set *set = set_newest_scored(stay);
	int64_t urgency = 0;
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (!alert_is_open(alert))
			continue;
		bool quiet = alert->status == ALERT_ACCEPTED || snooze_is_on(alert);
		int64_t weight = alert->level * 1000 + (quiet ? 0 : 500);
		if (weight > urgency)
			urgency = weight;
	}
	if (stay->overdue == OVERDUE_AMBER)
		urgency += 60;
	return urgency + (set == NULL ? 0 : set->result.total);
}

static void put_patient(const struct ward_core *core, const struct patient *patient,
			struct text *text)
{
	struct date birth;
	char age[24] = "";
	if (patient == NULL) {
		text_put_c(text, ",\"patient\":null");
		return;
	}
	if (date_parse(str_from_c(patient->birth_date), DATE_KIND_DATE, &birth) == ERROR_OK) {
		int years = date_age_years(birth, core->shown_us);
		if (years >= 1)
			model_format(age, sizeof(age), "%d y", years);
		else if (years == 0)
			model_format(age, sizeof(age), "%d m",
				     (int)((core->shown_us - birth.low_us) / DATE_US_PER_DAY * 12 /
					   365));
	}
	text_put_c(text, ",\"patient\":{");
	put_string(text, "id", str_from_c(patient->id));
	put_string(text, "name", str_from_c(patient->name));
	put_string_or_null(text, "birthDate", str_from_c(patient->birth_date));
	put_string(text, "age", str_from_c(age));
	text_put_byte(text, '}');
}

/* Whose time with the patient is over is not phoned. */
static void put_contacts(const struct ward_core *core, const struct patient *patient,
			 struct text *text)
{
	text_put_c(text, ",\"contacts\":[");
	for (const struct contact *contact = patient == NULL ? NULL : merge_contacts(core, patient);
	     contact != NULL; contact = contact->next) {
		if (!term_holds(&contact->term, core->now_us))
			continue;
		put_comma(text);
		text_put_byte(text, '{');
		put_string(text, "name", str_from_c(contact->name));
		put_string(text, "relationship", str_from_c(contact->relationship));
		put_string(text, "phone", str_from_c(contact->phone));
		put_string_or_null(text, "language", str_from_c(contact->language));
		put_key(text, "channels");
		channel_reach_print(contact->reach, text);
		text_put_byte(text, '}');
	}
	text_put_byte(text, ']');
}

/* When a value of the row turns stale with nothing else happening. */
static int64_t stale_from_us(const struct ward_core *core, const struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t from_us = MODEL_NEVER;
	for (unsigned input = 0; policy != NULL && input < READING_INPUT_COUNT; input++) {
		const struct reading *reading = timeline_newest(stay, input);
		if (reading == NULL)
			continue;
		int64_t stale_us = reading->measured_us + policy->stale_us;
		if (stale_us >= core->shown_us && stale_us < from_us)
			from_us = stale_us;
	}
	int64_t dose_us = antipyretic_before_us(core, stay, core->shown_us);
	if (dose_us != 0 && dose_us + policy->antipyretic_us < from_us)
		from_us = dose_us + policy->antipyretic_us;
	return from_us;
}

/* Questions of the policy: when they were due, when answered; and photographs. */
static void put_questions(const struct ward_core *core, const struct stay *stay, struct text *text)
{
	const struct policy *policy = stay_policy(core, stay);
	text_put_c(text, ",\"questions\":[");
	for (uint32_t i = 0; policy != NULL && i < policy->question_count; i++) {
		const struct policy_questions *questions = &policy->questions[i];
		const struct questionnaire *known =
			question_find(core, str_from_c(questions->questionnaire));
		int64_t due_us = question_due_us(questions, core->shown_us);
		int64_t answered_us = stay->answered_us[i];
		put_comma(text);
		text_put_byte(text, '{');
		put_string(text, "title", str_from_c(known == NULL ? "" : known->title));
		put_instant(text, "due", due_us);
		put_instant(text, "answeredAt", answered_us);
		put_bool(text, "missing", unanswered_is(stay, i, due_us));
		text_put_byte(text, '}');
	}
	text_put_c(text, "],\"photographs\":{");
	put_number(text, "count", stay->photograph_count);
	put_instant(text, "newestAt", stay->photograph_us);
	text_put_byte(text, '}');
}

bool ward_core_row_print(struct ward_core *core, struct str episode, struct text *text)
{
	struct stay *stay = map_get(&core->stay_by_id, episode);
	if (stay == NULL || !shown_is(stay))
		return false;
	const struct policy *policy = stay_policy(core, stay);
	struct str stage = overdue_stage_name(stay->overdue);
	if (core->shown_us < core->now_us)
		core->shown_us = core->now_us;
	stay->stale_us = stale_from_us(core, stay);
	if (stay->stale_us < core->stale_us)
		core->stale_us = stay->stale_us;
	text_put_byte(text, '{');
	put_string(text, "episode", episode);
	put_number(text, "urgency", urgency_of(stay));
	put_patient(core, stay->patient, text);
	text_put_c(text, ",\"policy\":{");
	put_string(text, "title", str_from_c(policy == NULL ? "" : policy->title));
	put_string(text, "version", str_from_c(policy == NULL ? "" : policy->version));
	put_string_or_null(text, "scale",
			   policy == NULL ? STR("") : score_scale_name(policy->scale));
	text_put_byte(text, '}');
	put_instant(text, "admitted", stay->start_us);
	text_put_c(text, ",\"values\":[");
	for (unsigned input = 0; input < READING_INPUT_COUNT && !stay->is_place; input++)
		put_value(core, stay, input, text);
	text_put_byte(text, ']');
	put_score(core, stay, text);
	put_instant(text, "nextDue", stay_due_us(core, stay));
	put_string_or_null(text, "overdue", stage);
	put_bool(text, "pregnant", pregnancy_known(stay->patient));
	put_questions(core, stay, text);
	put_alerts(stay, text);
	put_contacts(core, stay->patient, text);
	limit_print(stay, text);
	chart_print(stay, policy, core->shown_us, text);
	equipment_print(core, stay, text);
	team_print(core, stay->patient, text);
	row_life_print(core, stay, text);
	text_put_byte(text, '}');
	return true;
}

int64_t ward_core_row_urgency(const struct ward_core *core, struct str episode)
{
	const struct stay *stay = map_get(&core->stay_by_id, episode);
	return stay == NULL ? 0 : urgency_of(stay);
}

void ward_core_staff_print(const struct ward_core *core, struct str ward, struct text *text)
{
	text_put_byte(text, '[');
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (!role->known || !str_equal(str_from_c(role->ward), ward))
			continue;
		struct str name = { NULL, 0 };
		for (unsigned i = 0; i < ROLE_COUNT && name.len == 0; i++) {
			if ((role->roles & 1u << i) != 0)
				name = role_name((enum ward_role)i);
		}
		put_comma(text);
		text_put_byte(text, '{');
		put_string(text, "id", str_from_c(role->id));
		put_string(text, "name", rota_person_name(core, role));
		put_string(text, "role", name);
		put_bool(text, "onShift", rota_on_shift(role, core->shown_us));
		text_put_byte(text, '}');
	}
	text_put_byte(text, ']');
}
