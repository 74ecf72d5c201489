/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/wrapping.h"

#include "ward/disposition.h"
#include "ward/oversize.h"
#include "ward/question.h"
#include "ward/severity.h"
#include "ward/stray.h"
#include "ward/unread.h"

/* Observations and answers that are looked at, of one resource: what stands beyond counts as the worse. */
#define LOOKED_MAX 5000
#define PATIENTS_MAX 16 /* told apart */
#define BEFORE_US (60 * DATE_US_PER_MIN)

bool wrapping_may_hold(struct str body)
{
	static const struct str marks[] = { STR_INIT("\"resourceType\":\"Observation\""),
					    STR_INIT(
						    "\"resourceType\":\"QuestionnaireResponse\"") };
	return str_find(body, marks[0]) < body.len || str_find(body, marks[1]) < body.len;
}

/* --- the resources within ---------------------------------------------------------------------- */

struct walk {
	const struct json *at;     /* a value of the tree */
	const struct json *holder; /* the resource that it stands in */
	size_t depth;
	struct {
		const struct json *next, *holder;
	} open[JSON_DEPTH_CEILING];
};

static struct str type_of(const struct json *value)
{
	return value->type == JSON_OBJECT ? json_get_text(value, STR("resourceType")) : STR("");
}

/* NULL at the end. */
static const struct json *step(struct walk *walk)
{
	const struct json *child = walk->at->type >= JSON_ARRAY ? walk->at->child : NULL;
	if (child != NULL) {
		ASSERT(walk->depth < JSON_DEPTH_CEILING); /* json_parse lets nothing so deep in */
		walk->open[walk->depth].next = walk->at->next;
		walk->open[walk->depth++].holder = walk->holder;
		if (type_of(walk->at).len > 0)
			walk->holder = walk->at;
		walk->at = child;
		return child;
	}
	walk->at = walk->at->next;
	while (walk->at == NULL && walk->depth > 0) {
		walk->at = walk->open[--walk->depth].next;
		walk->holder = walk->open[walk->depth].holder;
	}
	return walk->at;
}

/* The next Observation or QuestionnaireResponse within the root; NULL: none is left. */
static const struct json *next_within(struct walk *walk)
{
	const struct json *value;
	while ((value = step(walk)) != NULL) {
		struct str type = type_of(value);
		if (str_equal(type, STR("Observation")) ||
		    str_equal(type, STR("QuestionnaireResponse")))
			return value;
	}
	return NULL;
}

/* --- whose ------------------------------------------------------------------------------------- */

struct share {              /* of one patient */
	struct str patient; /* an id; empty: it says of nobody whom the record knows */
	struct stay *stay;  /* open, or ended lately */
	size_t signs, past;
	bool worry;
	bool by_device, said;            /* by a home */
	struct reading *readings, *last; /* of the signs; freed with the finding */
	struct severity severity;
	struct unread fever; /* under a code that no rule reads; its value empty: none */
};

struct finding {
	struct ward_core *core;
	const struct ward_event *event;
	char reference[MODEL_REFERENCE_BYTES];
	bool said; /* by a home, all of it */
	size_t found, looked;
	size_t share_count;
	struct share shares[PATIENTS_MAX];
	bool crowded;         /* signs of more patients than that */
	struct severity rest; /* of those */
	size_t known_count;
	struct { /* Patients that stand in the same Bundle */
		struct str address, id;
	} known[PATIENTS_MAX];
};

static void read_known(struct finding *finding)
{
	const struct json *entries = json_get(finding->event->resource, STR("entry"));
	for (const struct json *entry = entries == NULL ? NULL : entries->child;
	     entry != NULL && finding->known_count < PATIENTS_MAX; entry = entry->next) {
		const struct json *resource = json_get(entry, STR("resource"));
		if (resource == NULL || !str_equal(type_of(resource), STR("Patient")))
			continue;
		finding->known[finding->known_count].address = json_get_text(entry, STR("fullUrl"));
		finding->known[finding->known_count++].id = json_get_text(resource, STR("id"));
	}
}

static struct str patient_of(const struct finding *finding, const struct json *resource)
{
	struct str patient = stray_patient(resource);
	struct str address = json_get_text(json_get(resource, STR("subject")), STR("reference"));
	for (size_t i = 0; patient.len == 0 && address.len > 0 && i < finding->known_count; i++) {
		/* Another server's number is nobody's here. */
		if (str_equal(finding->known[i].address, address) &&
		    str_starts_with(address, STR("urn:")) &&
		    map_get(&finding->core->patient_by_id, finding->known[i].id) != NULL)
			patient = finding->known[i].id;
	}
	return patient;
}

/* The share of a patient, made when it is the first of theirs; NULL when there are too many. */
static struct share *share_of(struct finding *finding, struct str patient)
{
	for (size_t i = 0; i < finding->share_count; i++) {
		if (str_equal(finding->shares[i].patient, patient))
			return &finding->shares[i];
	}
	if (finding->share_count == PATIENTS_MAX)
		return NULL;
	struct share *share = &finding->shares[finding->share_count++];
	const struct patient *known =
		patient.len == 0 ? NULL : map_get(&finding->core->patient_by_id, patient);
	*share = (struct share){ .patient = patient,
				 .stay = stray_stay(finding->core, known, false) };
	return share;
}

/* --- what -------------------------------------------------------------------------------------- */

struct sign {
	struct reading *readings; /* the caller's to free */
	bool is, worry, by_device, said;
	bool elsewhere; /* answers to questions of no ward */
	bool standing;  /* counts whenever it was */
	int64_t at_us;
};

static bool is_withdrawn(const struct json *resource)
{
	struct str status = json_get_text(resource, STR("status"));
	return str_equal(status, STR("entered-in-error")) || str_equal(status, STR("cancelled"));
}

static int64_t authored_us(const struct json *response, int64_t now_us)
{
	struct date date;
	struct str text = json_get_text(response, STR("authored"));
	bool known = date_parse(text, DATE_KIND_DATETIME, &date) == ERROR_OK;
	return known && date.high_us <= now_us ? date.high_us - 1 : now_us;
}

static struct sign read_answers(const struct finding *finding, const struct json *response)
{
	struct str canonical = json_get_text(response, STR("questionnaire"));
	bool ours = question_find(finding->core, canonical) != NULL;
	return (struct sign){
		.is = json_get(response, STR("item")) != NULL,
		.worry = true, /* what nobody has read may be worry */
		.said = stray_is_said_by_home(response),
		.elsewhere = !ours,
		.standing = ours,
		.at_us = authored_us(response, finding->event->at_us),
	};
}

static struct sign read_observation(const struct finding *finding, const struct json *observation)
{
	struct unread unread;
	bool cut, exact;
	struct reading *first = reading_parse(observation, NULL, NULL, &cut);
	reading_times(first, observation, finding->event);
	struct sign sign = {
		.readings = first,
		.is = first != NULL || unread_find(observation, NULL, true, &unread),
		.by_device = json_get(observation, STR("device")) != NULL,
		.said = stray_is_said_by_home(observation),
		.at_us = reading_stated_us(observation, finding->event->at_us, &exact),
	};
	for (const struct reading *reading = first; reading != NULL; reading = reading->next)
		sign.worry =
			sign.worry || (reading->input == READING_CONCERN && reading->code != 0);
	sign.standing = sign.worry; /* a call for help is of now, whatever its clock says */
	return sign;
}

/* As for readings that stand by themselves (intake.c): nobody at home measured before the stay. Answers are always
 * somebody's at home; those to questions of a ward are standing. */
static bool is_past(const struct finding *finding, const struct share *share,
		    const struct sign *sign)
{
	const struct stay *stay = share->stay;
	if (sign->standing || (!sign->worry && (sign->by_device || sign->said)))
		return false;
	return sign->at_us < finding->core->now_us - MODEL_WINDOW_US ||
	       (stay != NULL && stay->status != STAY_UNKNOWN &&
		sign->at_us < stay->start_us - BEFORE_US);
}

/* By the rule of what stands by itself (stray.c): of the hospital's own patients nothing is said. */
static bool is_of_the_hospital(const struct finding *finding, struct str patient,
			       const struct sign *sign)
{
	const struct patient *known =
		patient.len == 0 ? NULL : map_get(&finding->core->patient_by_id, patient);
	bool hospital = patient.len > 0 && !sign->said && !sign->worry;
	return (hospital || sign->elsewhere) &&
	       stray_stay(finding->core, known, sign->by_device || sign->said || sign->worry) ==
		       NULL;
}

/* The readings of a sign are the share's from now on. */
static void take(struct share *share, struct sign *sign)
{
	if (share->last == NULL)
		share->readings = sign->readings;
	else
		share->last->next = sign->readings;
	for (struct reading *reading = sign->readings; reading != NULL; reading = reading->next)
		share->last = reading;
	sign->readings = NULL;
}

/* A fever is one under whatever code it stands; without a stay by any policy. */
static void take_unread(const struct ward_core *core, struct share *share,
			const struct json *observation, bool none_read)
{
	const struct policy *own = share->stay == NULL ? NULL : stay_policy(core, share->stay);
	struct unread unread;
	for (const struct policy *policy = own == NULL ? core->policies : own; policy != NULL;
	     policy = own == NULL ? policy->next : NULL) {
		if (!unread_find(observation, policy, none_read, &unread) || !unread.fever ||
		    policy->fever_level <= share->severity.level)
			continue;
		share->severity.level = policy->fever_level;
		share->fever = unread;
	}
}

static void count(struct finding *finding, struct share *share, struct sign *sign,
		  const struct json *inner)
{
	share->by_device = share->by_device || sign->by_device;
	share->said = share->said || sign->said;
	if (is_past(finding, share, sign)) {
		share->past++;
		return;
	}
	share->signs++;
	share->worry = share->worry || sign->worry;
	take_unread(finding->core, share, inner, sign->readings == NULL);
	take(share, sign);
}

static void crowd(struct finding *finding, const struct sign *sign)
{
	finding->crowded = true;
	severity_of_anybody(finding->core, sign->readings, &finding->rest);
}

static void look(struct finding *finding, const struct json *inner, const struct json *holder)
{
	bool answers = str_equal(type_of(inner), STR("QuestionnaireResponse"));
	if (is_withdrawn(inner))
		return;
	struct sign sign =
		answers ? read_answers(finding, inner) : read_observation(finding, inner);
	sign.said = sign.said || finding->said;
	struct str patient = patient_of(finding, inner);
	if (patient.len == 0)
		patient = patient_of(finding, holder);
	if (sign.is && !is_of_the_hospital(finding, patient, &sign)) {
		struct share *share = share_of(finding, patient);
		if (share == NULL)
			crowd(finding, &sign);
		else
			count(finding, share, &sign, inner);
	}
	reading_free(sign.readings);
}

static void look_through(struct finding *finding)
{
	const struct json *root = finding->event->resource;
	const struct json *inner;
	struct walk walk = { .at = root };
	read_known(finding);
	while ((inner = next_within(&walk)) != NULL) {
		if (finding->found++ >= LOOKED_MAX)
			continue;
		finding->looked++;
		look(finding, inner, walk.holder);
	}
}

/* --- who is told ------------------------------------------------------------------------------- */

/* Nothing of it is charted, and all of it is as bad as it says. */
static void weigh(const struct ward_core *core, const struct stay *stay, struct share *share)
{
	if (stay == NULL)
		severity_of_anybody(core, share->readings, &share->severity);
	else
		severity_of_stay(core, stay, &share->readings, &share->severity);
}

/* "Temperature 39.4": what makes it bad; else what it is. */
static void put_what(const struct share *share, char ret_what[MODEL_TEXT_BYTES / 2])
{
	char words[SEVERITY_WORDS_BYTES];
	size_t size = MODEL_TEXT_BYTES / 2;
	severity_words(share->readings, share->severity.abnormal & ~(1u << READING_CONCERN), words);
	if (words[0] == '\0' && share->fever.value[0] != '\0')
		model_format(words, sizeof(words), "Temperature %s", share->fever.value);
	if (share->worry)
		model_format(ret_what, size, "Worry or answers%s%s",
			     words[0] == '\0' ? "" : " and ", words);
	else
		model_format(ret_what, size, "%s", words[0] == '\0' ? "Signs" : words);
}

/* Each is a call of its own; what was said before stands behind it. */
static void say(struct ward_core *core, struct stay *stay, const struct finding *finding,
		const struct share *share)
{
	const struct policy *policy = stay_policy(core, stay);
	enum alert_cause cause = share->worry ? ALERT_CAUSE_CONCERN : ALERT_CAUSE_UNSCORED;
	enum alert_level level = ALERT_LEVEL_MEDIUM;
	struct alert *alert = alert_open(stay, cause);
	char title[MODEL_TEXT_BYTES], what[MODEL_TEXT_BYTES / 2];
	put_what(share, what);
	model_format(title, sizeof(title), "%s in %s, which no rule reads: %s", what,
		     finding->reference,
		     share->worry ? "call the family and open it"
				  : "open it now and look at the patient");
	if (share->severity.level > level)
		level = share->severity.level;
	if (share->worry && policy != NULL && policy->parent_level > level)
		level = policy->parent_level;
	if (alert == NULL) {
		alert = alert_raise(core, stay, cause, level, str_from_c(title));
	} else {
		alert_say_first(alert, title);
		alert_worsen(core, alert,
			     level > alert->level ? level : (enum alert_level)alert->level, title);
	}
	MODEL_PUT(alert->focus, str_from_c(finding->reference));
	stay_timers(core, stay);
}

static void write_down(const struct finding *finding, const struct share *share,
		       enum disposition_code code)
{
	char detail[MODEL_TEXT_BYTES];
	if (share->signs == 0)
		model_format(detail, sizeof(detail),
			     "%zu may be signs, of before the stay or more than three days ago: "
			     "kept, not scored.",
			     share->past);
	else
		model_format(detail, sizeof(detail),
			     "%zu within it may be signs, and no rule reads them there. Send each "
			     "Observation by itself, or all in a transaction or batch to the base "
			     "address.",
			     share->signs);
	(void)disposition_add(finding->core, code, finding->reference, share->patient, detail);
}

static enum alert_level worry_level(const struct ward_core *core)
{
	enum alert_level level = ALERT_LEVEL_MEDIUM;
	for (const struct policy *policy = core->policies; policy != NULL; policy = policy->next) {
		if (policy->parent_level > level)
			level = policy->parent_level;
	}
	return level;
}

static void say_stray(const struct finding *finding, const struct share *share)
{
	char title[MODEL_TEXT_BYTES], whose[MODEL_REFERENCE_BYTES], what[MODEL_TEXT_BYTES / 2];
	enum alert_level level = share->worry ? worry_level(finding->core) : ALERT_LEVEL_MEDIUM;
	put_what(share, what);
	if (share->patient.len == 0)
		model_format(whose, sizeof(whose), "for nobody whom a ward knows");
	else
		model_format(whose, sizeof(whose), "for Patient/%.*s, who is on no ward",
			     STR_ARG(share->patient));
	model_format(title, sizeof(title), "%s in %s arrived %s: find out whose they are", what,
		     finding->reference, whose);
	stray_say(finding->core, NULL,
		  share->severity.level > level ? share->severity.level : level, title,
		  finding->reference);
}

static void tell(const struct finding *finding, struct share *share)
{
	struct ward_core *core = finding->core;
	const struct patient *patient =
		share->patient.len == 0 ? NULL : map_get(&core->patient_by_id, share->patient);
	struct stay *stay =
		stray_stay(core, patient, share->by_device || share->said || share->worry);
	write_down(finding, share,
		   share->signs == 0 ? DISPOSITION_TOO_OLD
		   : stay == NULL    ? DISPOSITION_UNKNOWN_PATIENT
				     : DISPOSITION_UNREADABLE);
	weigh(core, stay, share);
	if (share->signs > 0 && stay != NULL)
		say(core, stay, finding, share);
	else if (share->signs > 0)
		say_stray(finding, share);
}

/* What was not looked at may be anything, of anybody. */
static void tell_rest(const struct finding *finding)
{
	struct ward_core *core = finding->core;
	char title[MODEL_TEXT_BYTES];
	if (finding->found == finding->looked && !finding->crowded)
		return;
	struct stay *stay = finding->share_count == 0 ? NULL : finding->shares[0].stay;
	if (finding->crowded)
		model_format(title, sizeof(title),
			     "%s holds signs of more than %d patients, and no rule reads them: "
			     "open it now",
			     finding->reference, PATIENTS_MAX);
	else
		model_format(title, sizeof(title),
			     "%s holds %zu Observations and answers, of which %zu were looked at, "
			     "and no rule reads them: open it now",
			     finding->reference, finding->found, finding->looked);
	(void)disposition_add(core, DISPOSITION_UNREADABLE, finding->reference, STR(""), title);
	enum alert_level level = worry_level(core);
	stray_say(core, stay == NULL ? NULL : stay->ward,
		  finding->rest.level > level ? finding->rest.level : level, title,
		  finding->reference);
}

/* Of an outline (oversize.h): a member that is too large and holds some. */
static bool is_unopened(const struct json *member)
{
	return member != NULL && member->type == JSON_TRUE;
}

void wrapping_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *resource = event->resource;
	const struct json *contained = json_get(resource, STR("contained"));
	const struct json *entry = json_get(resource, STR("entry"));
	const struct json *parameter = json_get(resource, STR("parameter"));
	if ((contained == NULL && entry == NULL && parameter == NULL) || is_withdrawn(resource))
		return;
	struct finding finding = { .core = core, .event = event };
	model_format(finding.reference, sizeof(finding.reference), "%.*s/%.*s",
		     STR_ARG(event->type), STR_ARG(event->id));
	if (is_unopened(contained) || is_unopened(entry) || is_unopened(parameter)) {
		(void)disposition_add(core, DISPOSITION_UNREADABLE, finding.reference,
				      stray_patient(resource),
				      "It is too large to be read, and may hold signs.");
		oversize_event(core, event);
		return;
	}
	finding.said = stray_is_said_by_home(resource);
	look_through(&finding);
	for (size_t i = 0; i < finding.share_count; i++)
		tell(&finding, &finding.shares[i]);
	tell_rest(&finding);
	for (size_t i = 0; i < finding.share_count; i++)
		reading_free(finding.shares[i].readings);
}
