/* SPDX-License-Identifier: Apache-2.0
 * The life of an alert: raised, delivered, acknowledged, and then resolved by a person or by a rule that
 * says why; or not answered, and then up the ladder. Nothing ages out. */
#include "ward/carried.h"
#include "ward/handover.h"
#include "ward/hours.h"
#include "ward/model.h"

static const struct str level_names[ALERT_LEVEL_COUNT] = {
	[ALERT_LEVEL_NONE] = STR_INIT("none"), [ALERT_LEVEL_TECHNICAL] = STR_INIT("technical"),
	[ALERT_LEVEL_LOW] = STR_INIT("low"),   [ALERT_LEVEL_MEDIUM] = STR_INIT("medium"),
	[ALERT_LEVEL_HIGH] = STR_INIT("high"), [ALERT_LEVEL_EMERGENCY] = STR_INIT("emergency"),
};

static const struct str rules[ALERT_CAUSE_COUNT] = {
	[ALERT_CAUSE_SCORE] = STR_INIT("score"),
	[ALERT_CAUSE_LATE] = STR_INIT("score"),
	[ALERT_CAUSE_FEVER] = STR_INIT("fever"),
	[ALERT_CAUSE_HYPOTHERMIA] = STR_INIT("hypothermia"),
	[ALERT_CAUSE_CONCERN] = STR_INIT("concern"),
	[ALERT_CAUSE_CONSCIOUSNESS] = STR_INIT("concern"),
	[ALERT_CAUSE_ASLEEP] = STR_INIT("concern"),
	[ALERT_CAUSE_OVERDUE] = STR_INIT("overdue"),
	[ALERT_CAUSE_IMPLAUSIBLE] = STR_INIT("implausible"),
	[ALERT_CAUSE_TIME] = STR_INIT("time-suspect"),
	[ALERT_CAUSE_CONFLICT] = STR_INIT("conflict"),
	[ALERT_CAUSE_UNDELIVERED] = STR_INIT("delivery"),
	[ALERT_CAUSE_DELIVERY] = STR_INIT("delivery"),
	[ALERT_CAUSE_BAND] = STR_INIT("technical"),
	[ALERT_CAUSE_UNSCORED] = STR_INIT("technical"),
	[ALERT_CAUSE_EQUIPMENT] = STR_INIT("equipment"),
	[ALERT_CAUSE_BATTERY] = STR_INIT("equipment"),
	[ALERT_CAUSE_SILENT] = STR_INIT("equipment"),
	[ALERT_CAUSE_DISCREPANCY] = STR_INIT("discrepancy"),
	[ALERT_CAUSE_AFTER] = STR_INIT("after-stay"),
	[ALERT_CAUSE_INTUITION] = STR_INIT("intuition"),
	[ALERT_CAUSE_QUESTION] = STR_INIT("question"),
	[ALERT_CAUSE_BASELINE] = STR_INIT("baseline"),
	[ALERT_CAUSE_LIMIT] = STR_INIT("limit"),
	[ALERT_CAUSE_HANDOVER] = STR_INIT("handover"),
	[ALERT_CAUSE_ROTA] = STR_INIT("rota"),
	[ALERT_CAUSE_SELF_TEST] = STR_INIT("self-test"),
	[ALERT_CAUSE_PARAMETER] = STR_INIT("parameter"),
	[ALERT_CAUSE_ACCESS] = STR_INIT("access"),
	[ALERT_CAUSE_PUPILS] = STR_INIT("concern"),
	[ALERT_CAUSE_SEPSIS] = STR_INIT("concern"),
	[ALERT_CAUSE_OPINION] = STR_INIT("second-opinion"),
	[ALERT_CAUSE_UNANSWERED] = STR_INIT("unanswered"),
	[ALERT_CAUSE_STRAY] = STR_INIT("unknown-patient"),
	[ALERT_CAUSE_MOVED] = STR_INIT("moved"),
	[ALERT_CAUSE_MERGED] = STR_INIT("merged"),
	[ALERT_CAUSE_DECEASED] = STR_INIT("deceased"),
	[ALERT_CAUSE_CARRIED] = STR_INIT("technical"),
};

struct str alert_level_name(enum alert_level level)
{
	ASSERT(level < ALERT_LEVEL_COUNT);
	return level_names[level];
}

bool alert_level_find(struct str name, enum alert_level *ret_level)
{
	for (unsigned level = 0; level < ALERT_LEVEL_COUNT; level++) {
		if (str_equal(level_names[level], name)) {
			*ret_level = (enum alert_level)level;
			return true;
		}
	}
	return false;
}

struct str alert_rule(const struct alert *alert)
{
	if (alert->rule != 0 && !carried_is(alert))
		return STR("parameter");
	return rules[carried_cause(alert)];
}

enum alert_cause alert_cause_of_rule(struct str rule)
{
	unsigned cause = 0;
	while (cause < ALERT_CAUSE_COUNT && !str_equal(rules[cause], rule))
		cause++;
	return cause == ALERT_CAUSE_COUNT ? ALERT_CAUSE_CARRIED : (enum alert_cause)cause;
}

bool alert_is_open(const struct alert *alert)
{
	return alert->status < ALERT_COMPLETED;
}

struct alert *alert_open(const struct stay *stay, enum alert_cause cause)
{
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert->cause == cause && alert_is_open(alert))
			return alert;
	}
	return NULL;
}

void alert_say_first(struct alert *alert, char *title)
{
	size_t length = strlen(title);
	if (strstr(alert->title, title) == NULL)
		model_format(title + length, MODEL_TEXT_BYTES - length, ". %s", alert->title);
	MODEL_PUT(alert->title, str_from_c(title));
}

void alert_own(struct alert *alert, int64_t at_us)
{
	alert->owned_us = at_us;
	alert->left_us = 0;
}

void alert_touch(struct ward_core *core, struct alert *alert)
{
	alert->dirty = true;
	stay_mark(core, alert->stay);
}

void alert_note(struct ward_core *core, struct alert *alert, const char *text)
{
	struct note *note = MODEL_NEW(struct note);
	char time[25];
	date_write_instant(core->now_us, time);
	MODEL_PUT(note->author_name, STR("Homeward"));
	MODEL_PUT(note->time, str_from_c(time));
	MODEL_PUT(note->text, str_from_c(text));
	struct note **tail = &alert->notes;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = note;
}

/* EPISODE/RULE/START; START is moved on by a millisecond where two causes of one rule start together. */
void alert_cause_text(const struct alert *alert, char ret_text[160])
{
	char start[25];
	date_write_instant(alert->start_us, start);
	model_format(ret_text, 160, "%s/%.*s/%s", alert->stay->id,
		     STR_ARG(rules[carried_cause(alert)]), start);
}

static void tell_family(struct ward_core *core, struct alert *alert)
{
	/* Silence has a text of its own, and for a second opinion the family asked itself. */
	bool told = alert->cause == ALERT_CAUSE_OVERDUE || alert->cause == ALERT_CAUSE_OPINION;
	if (alert->level == ALERT_LEVEL_EMERGENCY && !told)
		page_family(core, alert->stay, alert, true,
			    "This may be an emergency. Call 999 now. The ward has been told.");
}

/* After the stay nobody waits for readings: the family must not wait for the ward either, and is told whom to call. */
static void tell_family_after(struct ward_core *core, struct alert *alert)
{
	const struct ward_place *ward = alert->stay->ward;
	char text[MODEL_TEXT_BYTES];
	bool known = ward != NULL && ward->phone[0] != '\0';
	if (alert->stay->status != STAY_FINISHED || alert->level < ALERT_LEVEL_MEDIUM)
		return;
	model_format(text, sizeof(text),
		     "The stay on the ward at home has ended. Phone the hospital now%s%s about the "
		     "reading you sent; in an emergency call 999.",
		     known ? " on " : "", known ? ward->phone : "");
	page_family(core, alert->stay, alert, true, text);
}

void alert_append(struct stay *stay, struct alert *alert)
{
	if (stay->alerts_last == NULL)
		stay->alerts = alert;
	else
		stay->alerts_last->next = alert;
	stay->alerts_last = alert;
}

struct alert *alert_raise(struct ward_core *core, struct stay *stay, enum alert_cause cause,
			  enum alert_level level, struct str title)
{
	struct alert *alert = MODEL_NEW(struct alert);
	char text[160];
	ASSERT(level > ALERT_LEVEL_NONE && level < ALERT_LEVEL_COUNT);
	ASSERT(alert_open(stay, cause) == NULL || cause == ALERT_CAUSE_BAND);
	alert->stay = stay;
	alert->policy = stay_policy(core, stay);
	alert->own_policy = policy_find(core, str_from_c(stay->canonical)) != NULL;
	alert->cause = (uint8_t)cause;
	alert->level = (uint8_t)level;
	alert->start_us = cause == ALERT_CAUSE_LATE ? stay->group_us : core->now_us;
	do {
		alert_cause_text(alert, text);
		model_id(alert->id, "alert", text);
		alert->start_us += 1000;
	} while (map_get(&core->alert_by_id, str_from_c(alert->id)) != NULL);
	alert->start_us -= 1000;
	map_put(&core->alert_by_id, str_from_c(alert->id), alert);
	alert->raised_us = alert->level_us = core->now_us;
	alert->deadline_us = MODEL_NEVER;
	MODEL_PUT(alert->title, title);
	alert_append(stay, alert);
	alert_touch(core, alert);
	page_ladder_start(core, alert, page_first_rung(alert));
	tell_family(core, alert);
	tell_family_after(core, alert);
	if (cause == ALERT_CAUSE_CONCERN)
		opinion_tell(core, alert);
	return alert;
}

void alert_worsen(struct ward_core *core, struct alert *alert, enum alert_level level,
		  const char *why)
{
	bool higher = level > alert->level;
	bool answered = alert->status == ALERT_ACCEPTED;
	const struct ladder *was = page_ladder(alert);
	ASSERT(alert_is_open(alert) && level >= alert->level);
	alert->level = (uint8_t)level;
	alert_touch(core, alert);
	if (!higher && !answered && !snooze_is_on(alert))
		return; /* is being paged already */
	if (higher)
		alert->level_us = core->now_us;
	if (answered) {
		char note[MODEL_NOTE_BYTES];
		model_format(note, sizeof(note), "Raised again after the acknowledgement: %s", why);
		alert_note(core, alert, note);
		alert->acknowledged_us = 0;
	}
	if (snooze_is_on(alert))
		alert_note(core, alert, "The snooze has ended: it got worse.");
	snooze_end(core, alert, false);
	alert->status = ALERT_REQUESTED;
	/* Whoever was reached by climbing is not dropped again; an emergency starts with everybody at once, and so does
	 * what has reached nobody from the start. */
	page_ladder_start(core, alert,
			  answered || level == ALERT_LEVEL_EMERGENCY ? page_first_rung(alert)
								     : page_rung_again(alert, was));
	if (!higher)
		return;
	tell_family(core, alert);
	tell_family_after(core, alert);
}

void alert_lower(struct ward_core *core, struct alert *alert, enum alert_level level)
{
	ASSERT(alert_is_open(alert) && level < alert->level);
	const struct ladder *ladder;
	alert->level = (uint8_t)level;
	alert->level_us = core->now_us;
	alert_touch(core, alert);
	if (alert->status == ALERT_ACCEPTED || snooze_is_on(alert))
		return;
	ladder = page_ladder(alert);
	if (alert->rung >= ladder->rung_count)
		alert->rung = ladder->rung_count - 1;
	alert->deadline_us = hours_limit_us(alert, core->now_us, ladder->acknowledge_us);
	stay_timers(core, alert->stay);
}

void alert_stop_pages(struct alert *alert, int64_t proof_us)
{
	for (struct page *page = alert->pages; page != NULL; page = page->next) {
		/* That somebody of the ward has taken it up does not tell the family what to do. */
		if (page->family && alert_is_open(alert))
			continue;
		if (proof_us != 0 && !page->withdrawn && !page->family &&
		    page->at_us >= alert->rung_us && page->acknowledged_us == 0) {
			page->acknowledged_us = proof_us;
			page->dirty = true;
		}
		if (page->status != PAGE_PREPARATION && page->status != PAGE_IN_PROGRESS)
			continue;
		/* Who acknowledges on the board has seen the board. */
		bool proved = proof_us != 0 && page->channel == CHANNEL_BOARD;
		page->status = proved ? PAGE_COMPLETED : PAGE_STOPPED;
		page->received_us = proved ? proof_us : 0;
		page->dirty = true;
	}
}

void alert_close(struct ward_core *core, struct alert *alert, enum alert_end end, struct str reason)
{
	ASSERT(alert_is_open(alert));
	alert->status = ALERT_COMPLETED;
	alert->end = (uint8_t)end;
	alert->closed_us = core->now_us;
	alert->deadline_us = MODEL_NEVER;
	alert->call_us = 0;
	MODEL_PUT(alert->reason, reason);
	snooze_end(core, alert, false);
	alert_stop_pages(alert, end == ALERT_END_PERSON ? core->now_us : 0);
	alert_touch(core, alert);
	if (end != ALERT_END_DISCHARGED) /* perhaps it was the last without an answer */
		handover_settle(core, alert->stay);
	stay_timers(core, alert->stay);
}

void alert_expire(struct ward_core *core, struct alert *alert)
{
	ASSERT(alert_is_open(alert) && alert->deadline_us <= core->now_us);
	if (snooze_is_on(alert)) {
		snooze_expire(core, alert);
		return;
	}
	if (alert->status == ALERT_ACCEPTED) {
		alert_note(core, alert, "Review time passed: passed on to the next rung.");
		alert->status = ALERT_REQUESTED;
		alert->acknowledged_us = 0;
	}
	alert_touch(core, alert);
	page_ladder_next(core, alert);
}

void alert_delivered(struct ward_core *core, struct alert *alert)
{
	if (alert->status != ALERT_REQUESTED)
		return;
	alert->status = ALERT_RECEIVED;
	alert_touch(core, alert);
}

/* --- what people write ---------------------------------------------------------------------- */

static bool has_note(const struct alert *alert, const struct note *wanted)
{
	for (const struct note *note = alert->notes; note != NULL; note = note->next) {
		if (strcmp(note->text, wanted->text) == 0 &&
		    strcmp(note->time, wanted->time) == 0 &&
		    strcmp(note->author_name, wanted->author_name) == 0 &&
		    strcmp(note->author_reference, wanted->author_reference) == 0)
			return true;
	}
	return false;
}

bool alert_take_notes(struct alert *alert, const struct json *notes)
{
	bool added = false;
	for (const struct json *item = notes == NULL ? NULL : notes->child; item != NULL;
	     item = item->next) {
		struct note *note = MODEL_NEW(struct note);
		const struct json *author = json_get(item, STR("authorReference"));
		MODEL_PUT(note->author_reference, json_get_text(author, STR("reference")));
		MODEL_PUT(note->author_name, json_get_text(author, STR("display")));
		if (note->author_name[0] == '\0')
			MODEL_PUT(note->author_name, json_get_text(item, STR("authorString")));
		MODEL_PUT(note->time, json_get_text(item, STR("time")));
		MODEL_PUT(note->text, json_get_text(item, STR("text")));
		if (has_note(alert, note)) {
			model_give(note);
			continue;
		}
		struct note **tail = &alert->notes;
		while (*tail != NULL)
			tail = &(*tail)->next;
		*tail = note;
		added = true;
	}
	return added;
}

/* Instants of the Task: dates without a time of day are no deadline. */
static bool instant_of(struct str text, int64_t *ret_us)
{
	struct date date;
	if (date_parse(text, DATE_KIND_DATETIME, &date) != ERROR_OK || date.precision < DATE_MINUTE)
		return false;
	*ret_us = date.low_us;
	return true;
}

static void acknowledge(struct ward_core *core, struct alert *alert, const struct json *task,
			struct str started)
{
	const struct json *owner = json_get(task, STR("owner"));
	const struct json *limit = json_get(json_get(task, STR("restriction")), STR("period"));
	int64_t review_us = page_ladder(alert)->review_us;
	int64_t wished_us;
	alert->status = ALERT_ACCEPTED;
	alert->acknowledged_us = core->now_us;
	alert->call_us = 0;
	MODEL_PUT(alert->acknowledged_time, started);
	MODEL_PUT(alert->acknowledged_by, json_get_text(owner, STR("reference")));
	MODEL_PUT(alert->acknowledged_name, json_get_text(owner, STR("display")));
	MODEL_PUT(alert->owner, json_get_text(owner, STR("reference")));
	MODEL_PUT(alert->owner_name, json_get_text(owner, STR("display")));
	alert_own(alert, core->now_us);
	/* Silence ends at the level's review time at the latest; a wish of so many minutes means open ones as well. */
	if (instant_of(json_get_text(limit, STR("end")), &wished_us) && wished_us > core->now_us &&
	    wished_us - core->now_us < review_us)
		review_us = wished_us - core->now_us;
	alert->deadline_us = hours_limit_us(alert, core->now_us, review_us);
	snooze_end(core, alert, false);
	alert_stop_pages(alert, core->now_us);
}

void alert_human(struct ward_core *core, struct alert *alert, const struct json *task)
{
	struct str status = json_get_text(task, STR("status"));
	struct str started = json_get_text(json_get(task, STR("executionPeriod")), STR("start"));
	struct str reason = json_get_text(json_get(task, STR("statusReason")), STR("text"));
	bool noted = alert_take_notes(alert, json_get(task, STR("note")));
	/* The note of a snooze is no answer: it neither begins the row of snoozes anew nor acknowledges a worsening
	 * that the person had not seen. */
	noted = noted && !snooze_is_asked(alert, task);
	alert_touch(core, alert); /* what a person may not change is written back */
	opinion_take(core, alert, task);
	if (!alert_is_open(alert))
		return;
	if (str_equal(status, STR("completed"))) {
		const struct json *owner = json_get(task, STR("owner"));
		MODEL_PUT(alert->owner, json_get_text(owner, STR("reference")));
		MODEL_PUT(alert->owner_name, json_get_text(owner, STR("display")));
		alert_close(core, alert, ALERT_END_PERSON, reason);
	} else if (str_equal(status, STR("cancelled")) || str_equal(status, STR("rejected")) ||
		   str_equal(status, STR("failed")) || str_equal(status, STR("entered-in-error"))) {
		alert_close(core, alert, ALERT_END_PERSON, reason);
		alert->status = ALERT_CANCELLED;
	} else if (str_equal(status, STR("accepted")) || str_equal(status, STR("in-progress"))) {
		bool anew = alert->status != ALERT_ACCEPTED || noted ||
			    !str_equal(started, str_from_c(alert->acknowledged_time));
		/* A version that repeats an acknowledgement which a worsening has ended is none. */
		if (alert->status != ALERT_ACCEPTED && alert->acknowledged_time[0] != '\0' &&
		    !noted && str_equal(started, str_from_c(alert->acknowledged_time)))
			anew = false;
		if (anew)
			acknowledge(core, alert, task, started);
	}
	snooze_take(core, alert, task);
	handover_settle(core, alert->stay);
	stay_timers(core, alert->stay);
}
