/* SPDX-License-Identifier: Apache-2.0
 * Pages that leave the house (decisions/0006, "Channels"): who is called by which way first, all ways at once in an
 * Emergency, and that a page without a receipt by its deadline counts as not delivered: it is stopped, the ward hears
 * of it, and the person's next way is tried at that instant. Nobody is called twice by one way for one climb. */
#include "simulate/inspector.h"

#include <stdio.h>
#include <string.h>

#define FAMILY_US (15 * DATE_US_PER_MIN)

static const char *const ways[WAY_COUNT] = { "none", "sms", "voice", "email" };

enum way way_of(struct str medium)
{
	for (unsigned way = WAY_SMS; way < WAY_COUNT; way++) {
		if (str_equal(str_from_c(ways[way]), medium))
			return (enum way)way;
	}
	return WAY_NONE;
}

static enum way way_after(const struct rota_person *person, enum way way)
{
	for (unsigned i = 0; i + 1 < WAY_COUNT; i++) {
		if (person->ways[i] == way)
			return person->ways[i + 1];
	}
	return WAY_NONE;
}

void inspector_see_letter(struct inspector *inspector, const struct letter *letter)
{
	void *list = inspector->letters;
	for (size_t i = 0; i < inspector->letter_count; i++) {
		struct letter *known = &inspector->letters[i];
		if (strcmp(known->id, letter->id) != 0)
			continue;
		known->stopped = letter->stopped;
		known->urgent =
			letter->urgent; /* of several levels in one instant the last counts */
		if (known->sent_us == letter->sent_us && known->way == letter->way &&
		    known->person == letter->person)
			return;
		known->done =
			true; /* replaced in the instant it was made: its number is another's */
		known->id[0] = '\0';
	}
	/* What is over says nothing new. */
	if (letter->done || letter->sent_us < inspector->settled_us ||
	    !ideal_room(inspector->ideal, &list, &inspector->letter_capacity,
			(const size_t[2]){ inspector->letter_count, sizeof(*letter) }))
		return;
	inspector->letters = list;
	inspector->letters[inspector->letter_count] = *letter;
	if (letter->person == LADDER_OTHER)
		inspector->letters[inspector->letter_count].deadline_us =
			letter->sent_us + FAMILY_US;
	inspector->letter_count++;
	inspector->tally[letter->person == LADDER_OTHER ? TALLY_LETTER_FAMILY : TALLY_LETTER]++;
}

void inspector_forget_letter(struct inspector *inspector, struct str id)
{
	for (size_t i = 0; i < inspector->letter_count; i++) {
		struct letter *letter = &inspector->letters[i];
		if (!str_equal(str_from_c(letter->id), id))
			continue;
		letter->done = true;
		letter->id[0] = '\0';
	}
}

void inspector_receipt(struct inspector *inspector, const char *id, int64_t at_us)
{
	for (size_t i = 0; i < inspector->letter_count; i++) {
		struct letter *letter = &inspector->letters[i];
		if (strcmp(letter->id, id) == 0 && letter->received_us == 0)
			letter->received_us = at_us;
	}
}

/* The one letter of this watch, person and way that was sent at that instant; NULL: none. */
static struct letter *find(struct inspector *inspector, const struct letter *like)
{
	for (size_t i = 0; i < inspector->letter_count; i++) {
		struct letter *letter = &inspector->letters[i];
		if (letter->watch == like->watch && letter->person == like->person &&
		    letter->way == like->way && letter->sent_us == like->sent_us &&
		    letter->id[0] != '\0')
			return letter;
	}
	return NULL;
}

static void expect(struct inspector *inspector, const struct letter *like, bool owed,
		   const char *why)
{
	struct letter *found = find(inspector, like);
	if (found == NULL && owed)
		story_violation(inspector->story, like->stay, like->sent_us,
				"%s, and no %s went to %s (Task/%s)", why, ways[like->way],
				inspector->rota->people[like->person].id,
				inspector->watches[like->watch].id);
	if (found != NULL) { /* of several climbs in one instant the last counts */
		found->deadline_us = like->deadline_us;
		found->guessed = !owed;
	}
}

void inspector_note_grade(struct watch *watch, int64_t at_us, enum grade grade)
{
	size_t count = watch->grade_count;
	if (count > 0 && watch->grades[count - 1].grade == grade)
		return;
	if (count == WATCH_GRADES_MAX)
		memmove(watch->grades, watch->grades + 1, --count * sizeof(watch->grades[0]));
	watch->grades[count] = (struct watch_grade){ at_us, grade };
	watch->grade_count = count + 1;
}

/* From the instant of the change on. */
static enum grade grade_at(const struct watch *watch, int64_t at_us)
{
	enum grade grade = watch->place.grade;
	for (size_t i = watch->grade_count; i > 0; i--) {
		grade = watch->grades[i - 1].grade;
		if (watch->grades[i - 1].from_us <= at_us)
			break;
	}
	return grade;
}

void inspector_explain(struct inspector *inspector, struct watch *watch,
		       const struct ladder_climb *climb, bool owed)
{
	const struct rota *rota = inspector->rota;
	inspector_note_grade(watch, climb->at_us, climb->grade);
	for (size_t i = 0; i < rota->count && climb->grade >= GRADE_MEDIUM; i++) {
		const struct rota_person *person = &rota->people[i];
		bool called = (climb->duties & 1u << person->duty) != 0 &&
			      person->ward == climb->ward && rota_is_on_shift(person, climb->at_us);
		if (!called && climb->only != i)
			continue;
		for (unsigned j = 0; j < WAY_COUNT && person->ways[j] != WAY_NONE; j++) {
			const struct letter like = {
				.watch = (size_t)(watch - inspector->watches),
				.stay = watch->stay,
				.person = i,
				.way = person->ways[j],
				.sent_us = climb->at_us,
				.deadline_us = climb->deadline_us,
			};
			expect(inspector, &like, owed, "a rung was reached");
			if (climb->grade != GRADE_EMERGENCY)
				break;
		}
	}
}

/* When the stay went away from whom it calls. Of one instant the move came first, unless they are of the ward that it
 * left. */
static int64_t moved_from_us(const struct inspector *inspector, const struct watch *watch,
			     const struct letter *letter)
{
	const struct ideal_stay *stay = &inspector->ideal->stays[watch->stay];
	size_t ward = inspector->rota->people[letter->person].ward;
	bool of_before = ward != ideal_ward_at(stay, letter->sent_us);
	return ideal_moved_us(stay, letter->sent_us - of_before);
}

/* When what it asks was answered, silenced, over, another ward's or to nobody any more; INT64_MAX: not since it was
 * sent. `watch`: NULL when it is about none. */
static int64_t owed_until_us(const struct inspector *inspector, const struct watch *watch,
			     const struct letter *letter)
{
	int64_t until_us = watch == NULL ? INT64_MAX : watch->closed_us, moved_us = INT64_MAX;
	const struct ideal_stay *stay =
		letter->stay == STORY_NOBODY ? NULL : &inspector->ideal->stays[letter->stay];
	if (letter->person == LADDER_OTHER && stay != NULL && stay->died_us >= letter->sent_us &&
	    stay->died_us < until_us)
		until_us = stay->died_us;
	if (letter->person == LADDER_OTHER || watch == NULL)
		return until_us;
	if (watch->stay != STORY_NOBODY)
		moved_us = moved_from_us(inspector, watch, letter);
	until_us = moved_us < until_us ? moved_us : until_us;
	for (size_t i = 0; i < watch->act_count; i++) {
		const struct watch_act *act = &watch->acts[i];
		if (act->kind == ACT_ACCEPT && act->at_us >= letter->sent_us &&
		    act->at_us < until_us)
			until_us = act->at_us;
	}
	if (watch->silenced_us >= letter->sent_us && watch->silenced_us < until_us)
		until_us = watch->silenced_us;
	return until_us;
}

static void give_up(struct inspector *inspector, const struct letter *letter)
{
	const struct watch *watch =
		letter->watch == SIZE_MAX ? NULL : &inspector->watches[letter->watch];
	/* Closed when it fell due: which came first is not to be seen. */
	bool in_that_instant = watch != NULL && watch->closed_us == letter->deadline_us;
	const struct ideal_demand demand = { .stay = letter->stay,
					     .cause = CAUSE_UNPROVED,
					     .grade = GRADE_TECHNICAL,
					     .at_us = letter->deadline_us,
					     .required = !in_that_instant && !letter->guessed };
	ideal_demand(inspector->ideal, &demand);
	if (in_that_instant)
		return;
	inspector->tally[TALLY_UNPROVED]++;
	if (!letter->stopped && letter->received_us == 0 && !letter->guessed)
		story_violation(inspector->story, letter->stay, letter->deadline_us,
				"a page without a receipt still counts as on its way: %s",
				letter->id);
	if (watch == NULL || letter->person == LADDER_OTHER || letter->urgent)
		return;
	/* Who has gone home is called no more; others have been called. */
	if (!rota_is_on_shift(&inspector->rota->people[letter->person], letter->deadline_us))
		return;
	enum way way = way_after(&inspector->rota->people[letter->person], letter->way);
	enum grade grade = grade_at(watch, letter->deadline_us);
	const struct letter next = {
		.watch = letter->watch,
		.stay = letter->stay,
		.person = letter->person,
		.way = way,
		.sent_us = letter->deadline_us,
		.deadline_us =
			letter->deadline_us + ladder_acknowledge_us(grade, watch->place.brisk),
	};
	if (way == WAY_NONE)
		return;
	expect(inspector, &next, !letter->guessed, "no receipt came");
	inspector->tally[TALLY_NEXT_WAY]++;
}

static void tell_unasked(struct inspector *inspector, const struct letter *letter)
{
	const struct watch *watch =
		letter->watch == SIZE_MAX ? NULL : &inspector->watches[letter->watch];
	if (watch != NULL && watch->cause != CAUSE_OTHER && !letter->stopped &&
	    owed_until_us(inspector, watch, letter) > letter->sent_us)
		story_violation(inspector->story, letter->stay, letter->sent_us,
				"a %s to %s that nothing asked for: %s", ways[letter->way],
				inspector->rota->people[letter->person].id, letter->id);
}

/* True: nothing more is to come of it. */
static bool is_over(struct inspector *inspector, size_t at, int64_t now_us)
{
	const struct letter letter = inspector->letters[at];
	const struct watch *watch =
		letter.watch == SIZE_MAX ? NULL : &inspector->watches[letter.watch];
	int64_t until_us = owed_until_us(inspector, watch, &letter);
	if (letter.deadline_us == 0) {
		tell_unasked(inspector, &letter);
		return true;
	}
	if (letter.received_us != 0 && letter.received_us < letter.deadline_us) {
		inspector->tally[TALLY_PROVED]++;
		return true;
	}
	if (until_us < letter.deadline_us)
		return true;
	if (letter.deadline_us > now_us)
		return false;
	give_up(inspector, &letter);
	return true;
}

static void check_twice(struct inspector *inspector, const struct letter *letter)
{
	const struct letter *first = find(inspector, letter);
	if (letter->person != LADDER_OTHER && letter->watch != SIZE_MAX && first != NULL &&
	    first != letter && letter->id[0] != '\0')
		story_violation(inspector->story, letter->stay, letter->sent_us,
				"%s was called twice by %s at once about %s (Task/%s): %s and %s",
				inspector->rota->people[letter->person].id, ways[letter->way],
				inspector->watches[letter->watch].display,
				inspector->watches[letter->watch].id, first->id, letter->id);
}

void inspector_letters(struct inspector *inspector, int64_t now_us, bool all)
{
	size_t kept = 0;
	/* As they were written: of one person what was tried first gives the next its turn. */
	for (size_t i = 0; i < inspector->letter_count; i++) {
		struct letter *letter = &inspector->letters[i];
		if (!all && letter->watch != SIZE_MAX &&
		    inspector->watches[letter->watch].cause == CAUSE_HANDOVER)
			continue;
		if (letter->sent_us >= inspector->settled_us && !letter->done)
			check_twice(inspector, letter);
		if (!letter->done && is_over(inspector, i, now_us))
			inspector->letters[i].done = true;
	}
	for (size_t i = 0; i < inspector->letter_count; i++) {
		if (!inspector->letters[i].done)
			inspector->letters[kept++] = inspector->letters[i];
	}
	inspector->letter_count = kept;
}
