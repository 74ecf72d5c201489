/* SPDX-License-Identifier: Apache-2.0
 * Questionnaires: what an answer raises stands in the Questionnaire (extension "level" of an item or of an answer
 * option). An item with the code "worried" is concern: at least Medium, never filtered. An answer that cannot be read,
 * or to questions that are not in the record, counts as concern too: somebody wanted to say something. */
#include "ward/question.h"

#include "ward/stray.h"
#include "ward/unanswered.h"

#define ANSWERS_MAX 400 /* of one response; what stands beyond is said, not read */

static bool is_worried(const struct json *item)
{
	const struct json *codes = json_get(item, STR("code"));
	for (const struct json *code = codes == NULL ? NULL : codes->child; code != NULL;
	     code = code->next) {
		if (str_equal(json_get_text(code, STR("code")), STR("worried")))
			return true;
	}
	return false;
}

static uint8_t level_of(const struct json *element)
{
	enum alert_level level = ALERT_LEVEL_NONE;
	(void)alert_level_find(
		json_get_text(model_extension(element, STR("level")), STR("valueCode")), &level);
	return (uint8_t)level;
}

static bool read_item(const struct json *source, struct question *question)
{
	const struct json *options = json_get(source, STR("answerOption"));
	MODEL_PUT(question->link, json_get_text(source, STR("linkId")));
	MODEL_PUT(question->text, json_get_text(source, STR("text")));
	question->worried = is_worried(source);
	question->level = level_of(source);
	for (const struct json *option = options == NULL ? NULL : options->child; option != NULL;
	     option = option->next) {
		const struct json *coding = json_get(option, STR("valueCoding"));
		struct question_option *target = &question->options[question->option_count];
		if (coding == NULL || question->option_count == QUESTION_OPTIONS_MAX)
			return false;
		question->option_count++;
		MODEL_PUT(target->code, json_get_text(coding, STR("code")));
		MODEL_PUT(target->display, json_get_text(coding, STR("display")));
		target->level = level_of(option);
	}
	return question->link[0] != '\0';
}

struct questionnaire *question_find(const struct ward_core *core, struct str canonical)
{
	size_t bar = str_find_byte(canonical, '|', 0);
	struct str url = str_slice(canonical, 0, bar);
	struct str version = str_slice(canonical, bar + 1, canonical.len);
	struct questionnaire *found = NULL;
	for (struct questionnaire *at = core->questionnaires; at != NULL; at = at->next) {
		if (str_equal(str_from_c(at->url), url) &&
		    (version.len == 0 || str_equal(str_from_c(at->version), version)))
			found = at;
	}
	return found;
}

void question_insert(struct ward_core *core, struct questionnaire *questionnaire)
{
	struct questionnaire **link = &core->questionnaires;
	while (*link != NULL && strcmp((*link)->id, questionnaire->id) < 0)
		link = &(*link)->next;
	questionnaire->next = *link;
	*link = questionnaire;
}

static void remove_questionnaire(struct ward_core *core, struct str id)
{
	struct questionnaire **link = &core->questionnaires;
	while (*link != NULL && !str_equal(str_from_c((*link)->id), id))
		link = &(*link)->next;
	if (*link == NULL)
		return;
	struct questionnaire *gone = *link;
	*link = gone->next;
	model_give(gone);
}

void question_definition_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *items = json_get(event->resource, STR("item"));
	remove_questionnaire(core, event->id);
	if (event->resource == NULL ||
	    !str_equal(json_get_text(event->resource, STR("status")), STR("active")))
		return;
	struct questionnaire *made = MODEL_NEW(struct questionnaire);
	MODEL_PUT(made->id, event->id);
	MODEL_PUT(made->url, json_get_text(event->resource, STR("url")));
	MODEL_PUT(made->version, json_get_text(event->resource, STR("version")));
	MODEL_PUT(made->title, json_get_text(event->resource, STR("title")));
	for (const struct json *item = items == NULL ? NULL : items->child;
	     item != NULL && made->count < QUESTIONS_MAX; item = item->next) {
		/* An item that cannot be held is left out: an answer to it is then one that cannot be read. */
		struct question question = { 0 };
		if (read_item(item, &question))
			made->questions[made->count++] = question;
	}
	question_insert(core, made);
}

/* --- answers --------------------------------------------------------------------------------- */

struct verdict {
	enum alert_level concern, answer;
	bool answered; /* something */
	char words[MODEL_TEXT_BYTES];
};

static const struct question *question_of(const struct questionnaire *questionnaire,
					  struct str link)
{
	for (uint32_t i = 0; questionnaire != NULL && i < questionnaire->count; i++) {
		if (str_equal(str_from_c(questionnaire->questions[i].link), link))
			return &questionnaire->questions[i];
	}
	return NULL;
}

/* False: it cannot be read. */
static bool answer_read(const struct question *question, const struct json *answer,
			uint8_t *ret_level, const char **ret_words)
{
	const struct json *yes = json_get(answer, STR("valueBoolean"));
	struct str code = json_get_text(json_get(answer, STR("valueCoding")), STR("code"));
	*ret_words = "yes";
	if (yes != NULL) {
		*ret_level = yes->type == JSON_TRUE ? question->level : (uint8_t)ALERT_LEVEL_NONE;
		if (question->worried && yes->type == JSON_TRUE && *ret_level < ALERT_LEVEL_MEDIUM)
			*ret_level = ALERT_LEVEL_MEDIUM;
		return question->option_count == 0;
	}
	for (uint32_t i = 0; i < question->option_count; i++) {
		if (!str_equal(str_from_c(question->options[i].code), code))
			continue;
		*ret_level = question->options[i].level;
		*ret_words = question->options[i].display;
		return true;
	}
	/* Free text, numbers and pictures raise nothing by themselves where no level is asked for. */
	*ret_level = ALERT_LEVEL_NONE;
	return question->option_count == 0 && question->level == ALERT_LEVEL_NONE &&
	       !question->worried && json_get(answer, STR("valueCoding")) == NULL;
}

static void add_words(struct verdict *verdict, const struct question *question, const char *words)
{
	size_t at = strlen(verdict->words);
	model_format(verdict->words + at, sizeof(verdict->words) - at, "%s%s %s",
		     at == 0 ? "" : "; ", question->text, words);
}

static void judge_answer(const struct questionnaire *questionnaire, const struct json *item,
			 const struct json *answer, struct verdict *verdict)
{
	const struct question *question =
		question_of(questionnaire, json_get_text(item, STR("linkId")));
	const char *words = "";
	uint8_t level = ALERT_LEVEL_NONE;
	if (question == NULL || !answer_read(question, answer, &level, &words)) {
		if (verdict->concern < ALERT_LEVEL_MEDIUM)
			verdict->concern = ALERT_LEVEL_MEDIUM;
		return;
	}
	enum alert_level *target = question->worried ? &verdict->concern : &verdict->answer;
	if (level > *target)
		*target = (enum alert_level)level;
	if (level > ALERT_LEVEL_NONE && !question->worried)
		add_words(verdict, question, words);
}

static void judge_items(const struct questionnaire *questionnaire, const struct json *response,
			struct verdict *verdict)
{
	const struct json *items = json_get(response, STR("item"));
	size_t count = 0;
	for (const struct json *item = items == NULL ? NULL : items->child; item != NULL;
	     item = item->next) {
		const struct json *answers = json_get(item, STR("answer"));
		verdict->answered = verdict->answered || answers != NULL;
		/* A group within an item is not one of ours: it cannot be read. */
		if (json_get(item, STR("item")) != NULL || ++count > ANSWERS_MAX) {
			verdict->concern = verdict->concern < ALERT_LEVEL_MEDIUM
						   ? ALERT_LEVEL_MEDIUM
						   : verdict->concern;
			continue;
		}
		for (const struct json *answer = answers == NULL ? NULL : answers->child;
		     answer != NULL; answer = answer->next)
			judge_answer(questionnaire, item, answer, verdict);
	}
}

static void raise(struct ward_core *core, struct stay *stay, enum alert_cause cause,
		  enum alert_level level, const char *title, struct str response)
{
	struct alert *alert = alert_open(stay, cause);
	char focus[MODEL_REFERENCE_BYTES];
	model_format(focus, sizeof(focus), "QuestionnaireResponse/%.*s", STR_ARG(response));
	/* The same answers saved again, as forms do while they are filled in, are no new call. */
	if (alert != NULL && level <= alert->level && strcmp(alert->focus, focus) == 0)
		return;
	if (alert == NULL) {
		alert = alert_raise(core, stay, cause, level, str_from_c(title));
	} else {
		/* Each new call for help is heard, whatever was acknowledged before. */
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert,
			     level > alert->level ? level : (enum alert_level)alert->level, title);
	}
	MODEL_PUT(alert->focus, str_from_c(focus));
}

/* When it was filled in, which may be long before it came; never later than it came. */
static int64_t authored_us(const struct json *response, int64_t now_us)
{
	struct date date;
	if (date_parse(json_get_text(response, STR("authored")), DATE_KIND_DATETIME, &date) !=
		    ERROR_OK ||
	    date.precision < DATE_MINUTE || date.low_us > now_us)
		return now_us;
	return date.low_us;
}

/* "18:30", or both times when it came late. */
static void when_words(const struct policy *policy, int64_t authored, int64_t now_us,
		       char ret_text[48])
{
	char time[MODEL_CLOCK_BYTES], received[MODEL_CLOCK_BYTES];
	model_clock_time(authored, time);
	model_clock_time(now_us, received);
	if (now_us - authored <= policy->late_us)
		model_format(ret_text, 48, "%s", time);
	else
		model_format(ret_text, 48, "%s, received late at %s", time, received);
}

static void note_answered(struct stay *stay, const struct policy *policy, struct str canonical,
			  int64_t at_us)
{
	struct str url = str_slice(canonical, 0, str_find_byte(canonical, '|', 0));
	for (uint32_t i = 0; policy != NULL && i < policy->question_count; i++) {
		if (str_starts_with(str_from_c(policy->questions[i].questionnaire), url) &&
		    stay->answered_us[i] < at_us)
			stay->answered_us[i] = at_us;
	}
}

void question_response_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *response = event->resource;
	struct str patient = model_reference_id(json_get(response, STR("subject")), STR("Patient"));
	struct str status = json_get_text(response, STR("status"));
	struct stay *stay =
		patient.len == 0 ? NULL
				 : stray_stay(core, map_get(&core->patient_by_id, patient), true);
	struct str canonical = json_get_text(response, STR("questionnaire"));
	struct verdict verdict = { .concern = ALERT_LEVEL_NONE };
	bool done = str_equal(status, STR("completed")) || str_equal(status, STR("amended"));
	/* Half filled in or broken off, what was answered counts: worry does not wait for the last question. */
	if (response == NULL || str_equal(status, STR("entered-in-error")))
		return;
	if (stay == NULL || stay->policy == NULL) {
		stray_answers(core, event);
		return;
	}
	judge_items(question_find(core, canonical), response, &verdict);
	char time[48], title[MODEL_TEXT_BYTES];
	int64_t authored = authored_us(response, core->now_us);
	when_words(stay->policy, authored, core->now_us, time);
	if (verdict.concern != ALERT_LEVEL_NONE) {
		if (verdict.concern < stay->policy->parent_level)
			verdict.concern = stay->policy->parent_level;
		model_format(title, sizeof(title),
			     "Worried, or an answer that cannot be read, in the questions at %s",
			     time);
		raise(core, stay, ALERT_CAUSE_CONCERN, verdict.concern, title, event->id);
	}
	if (verdict.answer != ALERT_LEVEL_NONE) {
		model_format(title, sizeof(title), "Answers at %s: %s", time, verdict.words);
		raise(core, stay, ALERT_CAUSE_QUESTION, verdict.answer, title, event->id);
	}
	if (done && verdict.answered) /* an empty form is no answer */
		note_answered(stay, stay->policy, canonical, authored);
	unanswered_update(core, stay);
	stay_mark(core, stay);
	stay_timers(core, stay);
}

void question_media_event(struct ward_core *core, const struct ward_event *event)
{
	struct str patient =
		model_reference_id(json_get(event->resource, STR("subject")), STR("Patient"));
	struct stay *stay =
		patient.len == 0 ? NULL
				 : stray_stay(core, map_get(&core->patient_by_id, patient), true);
	if (stay == NULL || event->version != 1)
		return;
	stay->photograph_count++;
	stay->photograph_us = event->at_us;
	stay_mark(core, stay);
}

int64_t question_due_us(const struct policy_questions *questions, int64_t now_us)
{
	int64_t due_us = 0;
	for (int64_t at_us = interval_wall_us(&questions->times, now_us - 2 * DATE_US_PER_DAY);
	     at_us <= now_us; at_us = interval_wall_us(&questions->times, at_us))
		due_us = at_us;
	return due_us;
}
