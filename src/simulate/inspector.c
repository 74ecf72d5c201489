/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/inspector.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUSE "https://fhir.homeward.example/"
#define KEPT_US (72 * DATE_US_PER_HOUR)
/* A reading that was taken earlier moves the start of its set. */
#define SAME_SET_US (10 * DATE_US_PER_MIN)

/* How a Task of this cause shows itself: Task.code.coding.display. */
static const struct {
	const char *name;
	struct str display;
} causes[CAUSE_COUNT] = {
	[CAUSE_SCORE] = { "score", STR_INIT("Score") },
	[CAUSE_LATE] = { "late", STR_INIT("Score of late readings") },
	[CAUSE_FEVER] = { "fever", STR_INIT("Fever") },
	[CAUSE_COLD] = { "hypothermia", STR_INIT("Low temperature") },
	[CAUSE_WORRY] = { "concern", STR_INIT("Parental concern") },
	[CAUSE_MIND] = { "consciousness", STR_INIT("Consciousness") },
	[CAUSE_ASLEEP] = { "asleep", STR_INIT("Look again") },
	[CAUSE_SILENCE] = { "overdue", STR_INIT("Overdue readings") },
	[CAUSE_UNUSABLE] = { "implausible", STR_INIT("Unusable value") },
	[CAUSE_TIME] = { "time-suspect", STR_INIT("Time suspect") },
	[CAUSE_CONFLICT] = { "conflict", STR_INIT("Conflicting values") },
	[CAUSE_BAND] = { "age-band", STR_INIT("Age band") },
	[CAUSE_AFTER] = { "after-stay", STR_INIT("Reading of an ended stay") },
	[CAUSE_NOBODY] = { "nobody", STR_INIT("Nobody on shift") },
	[CAUSE_HANDOVER] = { "handover", STR_INIT("Handover not accepted") },
	[CAUSE_UNPROVED] = { "undelivered", STR_INIT("Page not delivered") },
	[CAUSE_MUTE] = { "silent", STR_INIT("Equipment silent") },
	[CAUSE_BATTERY] = { "battery", STR_INIT("Battery low") },
	[CAUSE_STRANGE] = { "equipment", STR_INIT("Equipment of another patient") },
	[CAUSE_MOVED] = { "moved", STR_INIT("Moved to another ward") },
	[CAUSE_DIED] = { "deceased", STR_INIT("Died") },
	[CAUSE_MERGED] = { "merged", STR_INIT("Merged record") },
	[CAUSE_OTHER] = { "other", STR_INIT("") },
};

const char *cause_name(enum cause cause)
{
	return causes[cause].name;
}

void inspector_done(struct inspector *inspector)
{
	free(inspector->watches);
	free(inspector->open);
	free(inspector->table);
	free(inspector->scores);
	free(inspector->placed);
	free(inspector->letters);
}

/* --- finding -------------------------------------------------------------------------------- */

static size_t place_of(const struct inspector *inspector, struct str id)
{
	size_t at = hash_str(id) & (inspector->table_capacity - 1);
	while (inspector->table[at] != 0 &&
	       !str_equal(str_from_c(inspector->watches[inspector->table[at] - 1].id), id))
		at = (at + 1) & (inspector->table_capacity - 1);
	return at;
}

struct watch *inspector_find(struct inspector *inspector, struct str id)
{
	if (inspector->table_capacity == 0)
		return NULL;
	uint32_t found = inspector->table[place_of(inspector, id)];
	return found == 0 ? NULL : &inspector->watches[found - 1];
}

static bool grow_table(struct inspector *inspector)
{
	if (2 * (inspector->watch_count + 1) < inspector->table_capacity)
		return true;
	size_t capacity = inspector->table_capacity == 0 ? 1024 : 2 * inspector->table_capacity;
	uint32_t *table = calloc(capacity, sizeof(*table));
	if (table == NULL)
		return false;
	free(inspector->table);
	inspector->table = table;
	inspector->table_capacity = capacity;
	for (size_t i = 0; i < inspector->watch_count; i++)
		table[place_of(inspector, str_from_c(inspector->watches[i].id))] =
			(uint32_t)(i + 1);
	return true;
}

static struct watch *add(struct inspector *inspector, struct str id)
{
	void *list = inspector->watches;
	void *open = inspector->open;
	if (!ideal_room(inspector->ideal, &list, &inspector->watch_capacity,
			(const size_t[2]){ inspector->watch_count, sizeof(struct watch) }))
		return NULL;
	inspector->watches = list;
	if (!ideal_room(inspector->ideal, &open, &inspector->open_capacity,
			(const size_t[2]){ inspector->open_count, sizeof(size_t) }) ||
	    !grow_table(inspector))
		return NULL;
	inspector->open = open;
	struct watch *watch = &inspector->watches[inspector->watch_count];
	*watch = (struct watch){ .open = true, .closed_us = INT64_MAX };
	snprintf(watch->id, sizeof(watch->id), "%.*s", STR_ARG(id));
	inspector->open[inspector->open_count++] = inspector->watch_count++;
	inspector->table[place_of(inspector, id)] = (uint32_t)inspector->watch_count;
	inspector->alerts++;
	return watch;
}

/* --- reading -------------------------------------------------------------------------------- */

static const struct json *extension(const struct json *resource, const char *name)
{
	const struct json *list = json_get(resource, STR("extension"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		struct str url = json_get_text(one, STR("url"));
		if (str_ends_with(url, str_from_c(name)) &&
		    url.len == strlen(HOUSE "StructureDefinition/") + strlen(name))
			return one;
	}
	return NULL;
}

static int64_t instant(struct str text)
{
	struct date date;
	if (text.len == 0 || date_parse(text, DATE_KIND_DATETIME, &date) != ERROR_OK)
		return INT64_MAX;
	return date.low_us;
}

static int number(struct str text)
{
	int64_t value = 0;
	return str_to_i64(text, &value) ? (int)value : -1;
}

static size_t stay_of(const struct inspector *inspector, const struct json *resource)
{
	struct str reference = json_get_text(
		json_get(extension(resource, "episode"), STR("valueReference")), STR("reference"));
	(void)str_cut(&reference, '/');
	for (size_t i = inspector->ideal->stay_count; i > 0; i--) {
		if (str_equal(str_from_c(inspector->ideal->stays[i - 1].episode), reference))
			return i - 1;
	}
	return STORY_NOBODY;
}

static size_t ward_of(const struct json *resource)
{
	struct str reference = json_get_text(
		json_get(extension(resource, "ward"), STR("valueReference")), STR("reference"));
	return str_equal(reference, STR("Organization/ward-2")) ? 1 : 0;
}

static enum grade grade_of(struct str name)
{
	for (unsigned grade = GRADE_NONE; grade < GRADE_COUNT; grade++) {
		if (str_equal(str_from_c(grade_name((enum grade)grade)), name))
			return (enum grade)grade;
	}
	return GRADE_NONE;
}

static enum cause cause_of(struct str display)
{
	for (unsigned cause = 0; cause < CAUSE_OTHER; cause++) {
		if (str_equal(causes[cause].display, display))
			return (enum cause)cause;
	}
	return CAUSE_OTHER;
}

static void see_new(struct inspector *inspector, struct watch *watch, const struct json *task)
{
	const struct json *coding =
		json_at(json_get(json_get(task, STR("code")), STR("coding")), 0);
	struct str display = json_get_text(coding, STR("display"));
	watch->stay = stay_of(inspector, task);
	watch->ward = ward_of(task);
	watch->cause = cause_of(display);
	/* Of what concerns the ward and no patient the general rules alone are looked at. */
	if (watch->cause != CAUSE_NOBODY && watch->stay == STORY_NOBODY)
		watch->cause = CAUSE_OTHER;
	watch->raised_us = instant(json_get_text(task, STR("authoredOn")));
	snprintf(watch->display, sizeof(watch->display), "%.*s", STR_ARG(display));
	inspector->by_cause[watch->cause]++;
}

/* Of the rota, by a reference to the role; LADDER_OTHER: nobody, or somebody by name. */
static size_t person_of(const struct inspector *inspector, const struct json *reference)
{
	struct str id = json_get_text(reference, STR("reference"));
	if (!str_equal(str_cut(&id, '/'), STR("PractitionerRole")))
		return LADDER_OTHER;
	for (size_t i = 0; i < inspector->rota->count; i++) {
		if (str_equal(str_from_c(inspector->rota->people[i].id), id))
			return i;
	}
	return LADDER_OTHER;
}

static void see_snooze(struct watch *watch, const struct json *task)
{
	const struct json *parts = json_get(extension(task, "snooze"), STR("extension"));
	watch->snoozed_us = 0;
	watch->snoozes = 0;
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		struct str url = json_get_text(part, STR("url"));
		if (str_equal(url, STR("until")))
			watch->snoozed_us = instant(json_get_text(part, STR("valueInstant")));
		else if (str_equal(url, STR("count")))
			watch->snoozes = (uint32_t)number(json_get_text(part, STR("valueInteger")));
	}
}

static void see_task(struct inspector *inspector, const struct json *task)
{
	struct str id = json_get_text(task, STR("id"));
	struct str status = json_get_text(task, STR("status"));
	const struct json *period = json_get(task, STR("executionPeriod"));
	const struct json *limit = json_get(json_get(task, STR("restriction")), STR("period"));
	const struct json *end =
		json_at(json_get(json_get(task, STR("statusReason")), STR("coding")), 0);
	bool open = !str_equal(status, STR("completed")) && !str_equal(status, STR("cancelled"));
	struct watch *watch = inspector_find(inspector, id);
	if (watch == NULL) {
		watch = add(inspector, id);
		if (watch == NULL)
			return;
		see_new(inspector, watch, task);
	} else if (open && !watch->open) {
		story_violation(inspector->story, watch->stay, inspector->ideal->now_us,
				"a closed alert is open again: Task/%s", watch->id);
	}
	watch->written = true;
	watch->open = open;
	watch->accepted = str_equal(status, STR("accepted"));
	watch->grade = grade_of(json_get_text(extension(task, "alert-level"), STR("valueCode")));
	if (watch->grade > watch->grade_max)
		watch->grade_max = watch->grade;
	watch->rung = (uint32_t)number(json_get_text(extension(task, "rung"), STR("valueInteger")));
	watch->deadline_us = instant(json_get_text(limit, STR("end")));
	watch->call_us = 0;
	if (extension(task, "call-at") != NULL)
		watch->call_us =
			instant(json_get_text(extension(task, "call-at"), STR("valueInstant")));
	watch->closed_us = open ? INT64_MAX : instant(json_get_text(period, STR("end")));
	watch->owner = person_of(inspector, json_get(task, STR("owner")));
	see_snooze(watch, task);
	snprintf(watch->end, sizeof(watch->end), "%.*s", STR_ARG(json_get_text(end, STR("code"))));
	story_add(inspector->story, watch->stay, inspector->ideal->now_us,
		  "alert %s %s %.*s rung %u%s %s Task/%.12s", cause_name(watch->cause),
		  grade_name(watch->grade), STR_ARG(status), watch->rung,
		  watch->snoozed_us != 0 ? ", snoozed" : "", watch->end, watch->id);
}

static bool is_family(const struct json *page)
{
	struct str who =
		json_get_text(json_at(json_get(page, STR("recipient")), 0), STR("reference"));
	return str_starts_with(who, STR("RelatedPerson/")) || str_starts_with(who, STR("Patient/"));
}

static void see_letter(struct inspector *inspector, const struct json *page, struct str medium)
{
	struct str task = json_get_text(json_at(json_get(page, STR("about")), 0), STR("reference"));
	struct str status = json_get_text(page, STR("status"));
	struct letter letter = {
		.watch = SIZE_MAX,
		.stay = stay_of(inspector, page),
		.person = person_of(inspector, json_at(json_get(page, STR("recipient")), 0)),
		.way = way_of(medium),
		.urgent = str_equal(json_get_text(page, STR("priority")), STR("stat")),
		.sent_us = instant(json_get_text(page, STR("sent"))),
		.stopped = str_equal(status, STR("stopped")),
		.done = str_equal(status, STR("completed")),
	};
	snprintf(letter.id, sizeof(letter.id), "%.*s", STR_ARG(json_get_text(page, STR("id"))));
	if (is_family(page))
		inspector_see_family(inspector, &letter);
	if (str_starts_with(task, STR("Task/"))) {
		struct watch *watch = inspector_find(inspector, str_slice(task, 5, task.len));
		letter.watch = watch == NULL ? SIZE_MAX : (size_t)(watch - inspector->watches);
	}
	if (letter.way == WAY_NONE)
		return;
	inspector_see_letter(inspector, &letter);
}

static void see_page(struct inspector *inspector, const struct json *page)
{
	const struct json *about = json_at(json_get(page, STR("about")), 0);
	struct str task = json_get_text(about, STR("reference"));
	struct str who =
		json_get_text(json_at(json_get(page, STR("recipient")), 0), STR("reference"));
	const struct json *medium =
		json_at(json_get(json_at(json_get(page, STR("medium")), 0), STR("coding")), 0);
	if (way_of(json_get_text(medium, STR("code"))) != WAY_NONE || is_family(page)) {
		see_letter(inspector, page, json_get_text(medium, STR("code")));
		return;
	}
	inspector_forget_letter(inspector, json_get_text(page, STR("id")));
	if (!str_starts_with(task, STR("Task/")) || !str_starts_with(who, STR("PractitionerRole/")))
		return;
	struct watch *watch = inspector_find(inspector, str_slice(task, 5, task.len));
	if (watch == NULL) {
		story_violation(inspector->story, STORY_NOBODY, inspector->ideal->now_us,
				"a page about no alert: %.*s", STR_ARG(task));
		return;
	}
	who = str_slice(who, strlen("PractitionerRole/"), who.len);
	for (size_t i = 0; i < inspector->rota->count; i++) {
		if (!str_equal(str_from_c(inspector->rota->people[i].id), who))
			continue;
		watch->pages[watch->page_count++ % WATCH_PAGES_MAX] =
			(struct watch_page){ instant(json_get_text(page, STR("sent"))), i };
		inspector->pages++;
	}
}

static bool is_score(const struct json *observation)
{
	const struct json *category = json_at(json_get(observation, STR("category")), 0);
	const struct json *coding = json_at(json_get(category, STR("coding")), 0);
	return str_equal(json_get_text(coding, STR("code")), STR("survey"));
}

static void see_score(struct inspector *inspector, const struct json *observation)
{
	void *list = inspector->scores;
	const struct json *complete =
		json_get(extension(observation, "score-complete"), STR("valueBoolean"));
	const struct json *sources = json_get(observation, STR("derivedFrom"));
	struct shown_score shown = {
		.id_hash = hash_str(json_get_text(observation, STR("id"))),
		.stay = stay_of(inspector, observation),
		.start_us = instant(json_get_text(observation, STR("effectiveDateTime"))),
		.total = number(
			json_get_text(json_get(observation, STR("valueQuantity")), STR("value"))),
		.complete = complete != NULL && complete->type == JSON_TRUE,
		.valid = str_equal(json_get_text(observation, STR("status")), STR("final")),
		.fresh = true,
		.members = sources == NULL ? 0 : sources->count,
	};
	if (!is_score(observation) || shown.stay == STORY_NOBODY ||
	    !ideal_room(inspector->ideal, &list, &inspector->score_capacity,
			(const size_t[2]){ inspector->score_count, sizeof(shown) }))
		return;
	size_t at = 0;
	inspector->scores = list;
	while (at < inspector->score_count && inspector->scores[at].id_hash != shown.id_hash)
		at++;
	inspector->score_count += at == inspector->score_count;
	inspector->scores[at] = shown;
	inspector->scores_seen++;
}

/* I2: nothing is discarded; what is not plainly charted has a DetectedIssue. */
static void see_issue(struct inspector *inspector, const struct json *issue)
{
	struct str what =
		json_get_text(json_at(json_get(issue, STR("implicated")), 0), STR("reference"));
	uint64_t number = 0;
	if (!str_starts_with(what, STR("Observation/o")) ||
	    !str_to_u64(str_slice(what, strlen("Observation/o"), what.len), &number))
		return;
	if (number >= inspector->placed_capacity) {
		size_t capacity = (size_t)number * 2 + 1024;
		uint8_t *placed = realloc(inspector->placed, capacity);
		if (placed == NULL)
			return;
		memset(placed + inspector->placed_capacity, 0,
		       capacity - inspector->placed_capacity);
		inspector->placed = placed;
		inspector->placed_capacity = capacity;
	}
	inspector->placed[number] = 1;
	inspector->issues++;
}

void inspector_see(struct inspector *inspector, struct str type, const struct json *resource)
{
	if (str_equal(type, STR("Task")))
		see_task(inspector, resource);
	else if (str_equal(type, STR("Communication")))
		see_page(inspector, resource);
	else if (str_equal(type, STR("DetectedIssue")))
		see_issue(inspector, resource);
	else if (str_equal(type, STR("Observation")))
		see_score(inspector, resource);
}

void inspector_act(struct inspector *inspector, struct str id, struct watch_act act)
{
	static const char *const words[] = {
		[ACT_ACCEPT] = "acknowledges", [ACT_RESOLVE] = "resolves", [ACT_SNOOZE] = "snoozes"
	};
	struct watch *watch = inspector_find(inspector, id);
	if (watch == NULL || watch->act_count == WATCH_ACTS_MAX)
		return;
	act.order = ++inspector->order;
	watch->acted_us = act.at_us;
	watch->acts[watch->act_count++] = act;
	story_add(inspector->story, watch->stay, act.at_us, "%s %s %s Task/%.12s",
		  act.person != LADDER_OTHER ? inspector->rota->people[act.person].id : "nurse",
		  words[act.kind], cause_name(watch->cause), watch->id);
}

/* --- settling ------------------------------------------------------------------------------- */

/* A score that was written is looked at, whether or not its readings changed. */
static void take_scores(struct inspector *inspector, int64_t now_us)
{
	size_t kept = 0;
	for (size_t i = 0; i < inspector->score_count; i++) {
		struct shown_score *shown = &inspector->scores[i];
		struct ideal_stay *stay = &inspector->ideal->stays[shown->stay];
		struct ideal_set *set = shown->fresh ? ideal_set_at(stay, shown->start_us) : NULL;
		bool recent = shown->start_us > now_us - KEPT_US + DATE_US_PER_HOUR;
		if (set != NULL)
			set->touched = true;
		else if (shown->fresh && shown->valid && recent)
			story_violation(inspector->story, shown->stay, now_us,
					"a score of a set that nobody sent: total %d",
					shown->total);
		shown->fresh = false;
		if (shown->start_us + SAME_SET_US > now_us - KEPT_US)
			inspector->scores[kept++] = *shown;
	}
	inspector->score_count = kept;
}

static const struct shown_score *shown_of(const struct inspector *inspector, size_t stay,
					  int64_t start_us)
{
	static const struct shown_score nothing = { 0 };
	const struct shown_score *found = &nothing;
	for (size_t i = 0; i < inspector->score_count && !found->valid; i++) {
		if (inspector->scores[i].stay == stay && inspector->scores[i].start_us == start_us)
			found = &inspector->scores[i];
	}
	return found;
}

/* I5: the score shown is the one of its readings; every reading that counts stands in one. */
static void check_scores(struct inspector *inspector, int64_t now_us)
{
	for (size_t i = 0; i < inspector->ideal->stay_count; i++) {
		const struct ideal_stay *stay = &inspector->ideal->stays[i];
		for (size_t j = 0; j < stay->set_count; j++) {
			const struct ideal_set *set = &stay->sets[j];
			char start[25];
			if (!set->touched)
				continue;
			const struct shown_score *shown = shown_of(inspector, i, set->start_us);
			if (shown->valid && shown->total == set->sum.total &&
			    shown->complete == set->sum.complete && shown->members == set->members)
				continue;
			date_write_instant(set->start_us, start);
			story_violation(inspector->story, i, now_us,
					"the set of %s scores %d of %u readings%s; the record says "
					"%d of %u%s%s",
					start, set->sum.total, set->members,
					set->sum.complete ? ", complete" : "", shown->total,
					shown->members, shown->complete ? ", complete" : "",
					shown->valid ? "" : ", nothing valid");
		}
	}
}

bool inspector_is_answered(const struct inspector *inspector, const struct ideal_demand *demand)
{
	for (size_t i = inspector->watch_count; i > 0; i--) {
		const struct watch *watch = &inspector->watches[i - 1];
		if (watch->stay == demand->stay && watch->by_person &&
		    (watch->cause == CAUSE_SCORE || watch->cause == CAUSE_LATE) &&
		    demand->set_us != 0 && demand->set_us <= watch->set_us + SAME_SET_US &&
		    demand->set_us >= watch->set_us - SAME_SET_US &&
		    demand->grade <= watch->grade && demand->total < watch->total + 2 &&
		    (demand->abnormal & ~watch->abnormal) == 0)
			return true;
		if (watch->raised_us < demand->at_us - 2 * KEPT_US)
			break;
	}
	return false;
}

/* What a person answered and what of it was withdrawn since: the rest alone is answered. */
static void compare_answered(struct inspector *inspector)
{
	for (size_t i = 0; i < inspector->ideal->demand_count; i++) {
		const struct ideal_demand *went = &inspector->ideal->demands[i];
		if (!went->went || (went->cause != CAUSE_SCORE && went->cause != CAUSE_LATE))
			continue;
		for (size_t j = inspector->watch_count; j > 0; j--) {
			struct watch *watch = &inspector->watches[j - 1];
			if (watch->stay == went->stay && watch->cause == went->cause &&
			    watch->by_person && watch->closed_us < went->at_us)
				inspector_compare(inspector, watch, went);
			if (watch->raised_us < went->at_us - 2 * KEPT_US)
				break;
		}
	}
}

static bool is_met(const struct inspector *inspector, const struct ideal_demand *demand)
{
	for (size_t i = inspector->watch_count; i > 0; i--) {
		const struct watch *watch = &inspector->watches[i - 1];
		if (watch->stay == demand->stay && watch->cause == demand->cause &&
		    watch->raised_us <= demand->at_us && watch->closed_us >= demand->at_us &&
		    watch->grade_max >= demand->grade)
			return true;
	}
	return false;
}

/* The alert of an upload follows it down as well as up while it still comes: its last word counts. */
static bool is_superseded(const struct ideal *ideal, size_t at)
{
	for (size_t i = at + 1; i < ideal->demand_count && ideal->demands[at].cause == CAUSE_LATE;
	     i++) {
		if (ideal->demands[i].stay == ideal->demands[at].stay &&
		    ideal->demands[i].cause == CAUSE_LATE && !ideal->demands[i].went &&
		    ideal->demands[i].group_us == ideal->demands[at].group_us)
			return true;
	}
	return false;
}

static void check_demands(struct inspector *inspector)
{
	for (size_t i = 0; i < inspector->ideal->demand_count; i++) {
		const struct ideal_demand *demand = &inspector->ideal->demands[i];
		if (!demand->required || is_superseded(inspector->ideal, i))
			continue;
		inspector->demands++;
		if (!is_met(inspector, demand) && !inspector_is_answered(inspector, demand))
			story_violation(inspector->story, demand->stay, demand->at_us,
					"missing: no alert %s of %s or more stands open",
					cause_name(demand->cause), grade_name(demand->grade));
	}
}

/* No two open alerts of one stay and cause. */
static void check_doubles(struct inspector *inspector, const struct watch *watch, int64_t now_us)
{
	for (size_t i = 0; i < inspector->open_count && watch->open; i++) {
		const struct watch *other = &inspector->watches[inspector->open[i]];
		if (other == watch || !other->open || other->stay != watch->stay ||
		    other->ward != watch->ward || watch->cause == CAUSE_BAND ||
		    strcmp(other->display, watch->display) != 0)
			continue;
		story_violation(inspector->story, watch->stay, now_us,
				"doubled: two open alerts %s: Task/%s and Task/%s", watch->display,
				watch->id, other->id);
		return;
	}
}

static void check_silence(struct inspector *inspector, int64_t now_us)
{
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		if (!watch->open || watch->stay == STORY_NOBODY)
			continue;
		const struct ideal_stay *stay = &inspector->ideal->stays[watch->stay];
		if (watch->cause == CAUSE_SILENCE && stay->stage == 0)
			story_violation(inspector->story, watch->stay, now_us,
					"overdue stands open although readings arrived");
		if ((watch->cause == CAUSE_MUTE && !stay->mute) ||
		    (watch->cause == CAUSE_BATTERY && !stay->low))
			story_violation(inspector->story, watch->stay, now_us,
					"%s stands open although no device asks for it",
					watch->display);
		if (stay->state == STATE_ENDED && watch->raised_us < stay->end_us)
			story_violation(inspector->story, watch->stay, now_us,
					"alert %s stands open after the end of the stay",
					watch->display);
	}
}

static void check_places(struct inspector *inspector)
{
	for (size_t i = 0; i < inspector->ideal->aside_count; i++) {
		const struct ideal_aside *aside = &inspector->ideal->asides[i];
		inspector->asides++;
		if (aside->observation >= inspector->placed_capacity ||
		    inspector->placed[aside->observation] == 0)
			story_violation(inspector->story, aside->stay, aside->at_us,
					"Observation o%u is on no chart and nothing says why",
					aside->observation);
	}
}

/* Raised by pages without a receipt, which are looked at after the alerts that they are about. Nothing worsens it. */
static bool is_new_unproved(const struct watch *watch)
{
	return watch->cause == CAUSE_UNPROVED && !watch->inspected;
}

static bool is_demanded(const struct ideal *ideal, const struct watch *watch)
{
	for (size_t i = 0; i < ideal->demand_count; i++) {
		const struct ideal_demand *demand = &ideal->demands[i];
		if (demand->cause == watch->cause && demand->stay == watch->stay &&
		    demand->at_us == watch->raised_us)
			return true;
	}
	return false;
}

/* Each after what it follows from: pages given up, then who went home, then what the pages about that came to. */
static void look_at_alerts(struct inspector *inspector, int64_t now_us)
{
	for (unsigned pass = 0; pass < 4; pass++) {
		if (pass == 1 || pass == 3)
			inspector_letters(inspector, now_us, pass == 3);
		for (size_t i = 0; i < inspector->open_count; i++) {
			struct watch *watch = &inspector->watches[inspector->open[i]];
			bool unproved = is_new_unproved(watch);
			bool handover = watch->cause == CAUSE_HANDOVER;
			bool now = pass == 0   ? !handover && !unproved
				   : pass == 1 ? unproved && is_demanded(inspector->ideal, watch)
				   : pass == 2 ? handover
					       : unproved;
			if (pass == 0 && watch->written)
				check_doubles(inspector, watch, now_us);
			if (now)
				inspector_alert(inspector, watch, now_us);
		}
	}
}

void inspector_settle(struct inspector *inspector, int64_t now_us)
{
	size_t kept = 0;
	take_scores(inspector, now_us);
	inspector_moves(inspector);
	look_at_alerts(inspector, now_us);
	inspector_check_covered(inspector, now_us);
	check_demands(inspector);
	compare_answered(inspector);
	check_scores(inspector, now_us);
	check_places(inspector);
	inspector_check_strays(inspector);
	check_silence(inspector, now_us);
	inspector_check_dead(inspector, now_us);
	for (size_t i = 0; i < inspector->open_count; i++) {
		struct watch *watch = &inspector->watches[inspector->open[i]];
		watch->written = false;
		watch->act_count = 0;
		if (watch->open)
			inspector->open[kept++] = inspector->open[i];
	}
	inspector->open_count = kept;
	inspector->down_us = 0;
	inspector->handed_count = 0;
	inspector->settled_us = now_us;
	ideal_settled(inspector->ideal);
}
