/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/trial.h"

#include "simulate/house.h"
#include "simulate/paper.h"
#include "ward/policy_files.h"

#include <stdlib.h>

#define HOUR DATE_US_PER_HOUR
#define SCRATCH_BYTES_MAX ((size_t)64 * 1024 * 1024)
enum { MINUTE_MS = 60000 };

/* --- the server's clock --------------------------------------------------------------------- */

/* By how much it is ahead: after a jump it goes at nine tenths of the pace until it is right again (os/clock.h). */
static int64_t server_us(const struct trial *trial, int64_t true_us)
{
	int64_t ahead_us = trial->ahead_us;
	if (trial->slewing_from_us != 0 && true_us > trial->slewing_from_us)
		ahead_us -= (true_us - trial->slewing_from_us) / 10;
	int64_t at_us = true_us + (ahead_us > 0 ? ahead_us : 0);
	at_us -= at_us % 1000;
	return at_us > trial->now_us ? at_us : trial->now_us;
}

static void jump(struct trial *trial, int64_t true_us)
{
	int64_t by_us = dice_between(&trial->dice, 1, 90) * DATE_US_PER_MIN;
	if (trial->ahead_us != 0)
		return;
	trial->ahead_us = by_us;
	trial->slewing_from_us = 0;
	trial->figures.jumps++;
	story_add(&trial->story, STORY_NOBODY, trial->now_us,
		  "the server's clock jumps ahead by %lld min",
		  (long long)(by_us / DATE_US_PER_MIN));
	(void)agenda_put(&trial->agenda,
			 true_us + dice_between(&trial->dice, 10, 300) * DATE_US_PER_MIN,
			 THING_CLOCK_RIGHT, 0);
}

/* --- the server ----------------------------------------------------------------------------- */

enum error trial_commit(struct trial *trial, struct str type, struct str id, struct str body,
			int64_t expected)
{
	const struct record_write write = { type, id, body, expected, false, trial->now_us };
	int64_t version;
	ASSERT(trial->up);
	return engine_commit(&trial->engine, &write, &version);
}

static void settle(struct trial *trial, int64_t true_us)
{
	ideal_advance(&trial->ideal, trial->now_us);
	staff_look(trial, true_us);
	inspector_settle(&trial->inspector, trial->now_us);
}

static void fall(struct trial *trial, enum engine_point point, int64_t true_us)
{
	int64_t away_ms = dice_percent(&trial->dice, 80)
				  ? dice_between(&trial->dice, 0, 2 * MINUTE_MS)
				  : dice_between(&trial->dice, MINUTE_MS, 180 * MINUTE_MS);
	trial->up = trial->lagging = false;
	trial->back_us = true_us + away_ms * 1000;
	trial->figures.deaths++;
	trial->inspector.down_us = trial->now_us;
	trial->figures.by_point[point]++;
	story_add(&trial->story, STORY_NOBODY, trial->now_us, "the server dies %s, away for %lld s",
		  engine_point_name(point), (long long)(away_ms / 1000));
	(void)agenda_put(&trial->agenda, trial->back_us, THING_BACK, 0);
}

static void turn(struct trial *trial, int64_t true_us)
{
	enum engine_point point = trial->engine.die_at;
	trial->true_us = true_us;
	if (!trial->up || trial->lagging)
		return;
	if (engine_turn(&trial->engine, trial->now_us))
		settle(trial, true_us);
	else
		fall(trial, point, true_us);
}

static void compare(struct trial *trial)
{
	if (!trial->up || trial->lagging || trial->engine.unbroken == NULL)
		return;
	trial->figures.compared++;
	if (!engine_is_unbroken(&trial->engine))
		story_violation(&trial->story, STORY_NOBODY, trial->now_us,
				"the state is not that of a run without a restart: %s",
				trial->engine.difference);
}

static void come_back(struct trial *trial, int64_t true_us)
{
	int64_t chance = dice_between(&trial->dice, 0, 99);
	enum engine_wake wake = chance < 2   ? WAKE_NOTHING
				: chance < 4 ? WAKE_DAMAGED
					     : WAKE_CHECKPOINT;
	if (trial->up)
		return;
	trial->up = engine_start(&trial->engine, wake, trial->now_us);
	story_add(&trial->story, STORY_NOBODY, trial->now_us, "the server is back %s",
		  wake == WAKE_NOTHING   ? "without a checkpoint"
		  : wake == WAKE_DAMAGED ? "with a damaged checkpoint"
					 : "");
	if (!trial->up) {
		story_violation(&trial->story, STORY_NOBODY, trial->now_us,
				"a checkpoint with a good hash cannot be read");
		return;
	}
	turn(trial, true_us);
	compare(trial);
}

static void lag(struct trial *trial, int64_t true_us)
{
	if (!trial->up || trial->lagging)
		return;
	trial->lagging = true;
	trial->figures.lags++;
	(void)agenda_put(&trial->agenda,
			 true_us + dice_between(&trial->dice, 1000, 12 * MINUTE_MS) * 1000,
			 THING_CAUGHT_UP, 0);
}

/* --- the loop ------------------------------------------------------------------------------- */

static int64_t next_timer_us(const struct trial *trial)
{
	int64_t engine_us = engine_next_us(&trial->engine);
	int64_t ideal_us = ideal_next_us(&trial->ideal);
	return engine_us < ideal_us ? engine_us : ideal_us;
}

/* The next timer at its own instant, when that comes before the next thing or, by chance, at the same time. What it
 * brings about may itself come before that thing. */
static bool pass_timer(struct trial *trial, const struct thing *before)
{
	int64_t until_us = server_us(trial, before->at_us);
	int64_t next_us = next_timer_us(trial);
	if (!trial->up || trial->lagging || before->kind == THING_CLOCK_AHEAD ||
	    next_us > until_us - (int64_t)(before->number % 2))
		return false;
	if (next_us > trial->now_us)
		trial->now_us = next_us;
	ideal_advance(&trial->ideal, trial->now_us);
	turn(trial, before->at_us - (until_us - trial->now_us));
	if (trial->up && next_timer_us(trial) <= next_us)
		story_violation(&trial->story, STORY_NOBODY, trial->now_us,
				"a timer that is due does not fire");
	return true;
}

static void server_thing(struct trial *trial, const struct thing *thing)
{
	switch ((int)thing->kind) {
	case THING_KEEP:
		if (trial->up && !trial->lagging) {
			engine_keep(&trial->engine);
			if (trial->engine.core == NULL)
				fall(trial, POINT_KEPT, thing->at_us);
		}
		(void)agenda_put(&trial->agenda,
				 thing->at_us +
					 dice_between(&trial->dice, 60, 1200) * DATE_US_PER_MIN,
				 THING_KEEP, 0);
		break;
	case THING_DIE:
		/* Where this defect is to be seen at all. */
		if (trial->options->sabotage == SABOTAGE_CURSOR_FIRST) {
			trial->engine.die_at = POINT_FIRED;
			(void)agenda_put(&trial->agenda, thing->at_us + 12 * HOUR, THING_DIE, 0);
			break;
		}
		trial->engine.die_at =
			(enum engine_point)dice_between(&trial->dice, POINT_READ, POINT_KEPT);
		(void)agenda_put(&trial->agenda,
				 thing->at_us +
					 dice_between(&trial->dice, 120, 5760) * DATE_US_PER_MIN,
				 THING_DIE, 0);
		break;
	case THING_CUT:
		trial->engine.die_at = POINT_READ;
		turn(trial, thing->at_us);
		break;
	case THING_BACK:
		come_back(trial, thing->at_us);
		break;
	case THING_LAG:
		lag(trial, thing->at_us);
		(void)agenda_put(&trial->agenda,
				 thing->at_us +
					 dice_between(&trial->dice, 200, 2000) * DATE_US_PER_MIN,
				 THING_LAG, 0);
		break;
	case THING_CAUGHT_UP:
		trial->lagging = false;
		turn(trial, thing->at_us);
		break;
	case THING_CLOCK_AHEAD:
		jump(trial, thing->at_us);
		(void)agenda_put(&trial->agenda,
				 thing->at_us + dice_between(&trial->dice, 5, 20) * 24 * HOUR,
				 THING_CLOCK_AHEAD, 0);
		trial->now_us = server_us(trial, thing->at_us);
		turn(trial, thing->at_us);
		break;
	case THING_CLOCK_RIGHT:
		trial->slewing_from_us = thing->at_us;
		break;
	case THING_COMPARE:
		compare(trial);
		(void)agenda_put(&trial->agenda, thing->at_us + 48 * HOUR, THING_COMPARE, 0);
		break;
	default:
		break;
	}
	if (trial->slewing_from_us != 0 &&
	    (thing->at_us - trial->slewing_from_us) / 10 > trial->ahead_us)
		trial->ahead_us = trial->slewing_from_us = 0;
}

static void office_thing(struct trial *trial, const struct thing *thing)
{
	switch ((int)thing->kind) {
	case THING_ROTA:
		staff_rota(trial, thing->at_us);
		break;
	case THING_GIVE_BACK:
		office_return(trial, thing->of, thing->at_us);
		break;
	case THING_ASSIGN:
		office_assign(trial, thing->of, thing->at_us);
		break;
	case THING_MOVE_ON:
		office_move(trial, thing->of, thing->at_us);
		break;
	case THING_DEATH:
		office_death(trial, thing->of, thing->at_us);
		break;
	case THING_LIVING:
		office_living(trial, thing->of, thing->at_us);
		break;
	case THING_SECOND_RECORD:
		office_second_record(trial, thing->of, thing->at_us);
		break;
	case THING_MERGE:
		office_merge(trial, thing->of, thing->at_us);
		break;
	case THING_PART:
		office_part(trial, thing->of, thing->at_us);
		break;
	case THING_HAND_OVER:
		staff_hand_over(trial, thing->of, thing->at_us);
		break;
	case THING_ACCEPT:
		staff_accept(trial, thing->of, thing->at_us);
		break;
	default:
		home_move(trial, thing->of, thing->kind, thing->at_us);
		break;
	}
}

static void town_thing(struct trial *trial, const struct thing *thing)
{
	bool at_home = thing->kind == THING_MEASURE || thing->kind == THING_WORRY;
	if (!trial->up && !at_home) {
		/* Nobody is answered: they try again when it is back. */
		int64_t again_us =
			trial->back_us + dice_between(&trial->dice, 1, 3 * MINUTE_MS) * 1000;
		(void)agenda_put(&trial->agenda, again_us, thing->kind, thing->of);
		return;
	}
	arena_reset(&trial->scratch);
	switch ((int)thing->kind) {
	case THING_ADMIT:
		home_admit(trial, thing->of, thing->at_us);
		break;
	case THING_MEASURE:
		home_measure_now(trial, thing->of, thing->at_us);
		return; /* nothing has left the house yet */
	case THING_SEND:
		home_send(trial, thing->of, thing->at_us);
		break;
	case THING_AGAIN:
		home_again(trial, thing->of, thing->at_us);
		break;
	case THING_CORRECT:
		home_correct(trial, thing->of, thing->at_us);
		break;
	case THING_WORRY:
		home_worry(trial, thing->of, thing->at_us);
		return;
	case THING_NURSE:
		staff_answer(trial, thing->of, thing->at_us);
		break;
	case THING_RECEIPT:
		provider_receipt(trial, thing->of, thing->at_us);
		break;
	case THING_BEAT:
		home_beat(trial, thing->of, thing->at_us);
		break;
	case THING_SWAP:
		home_swap(trial, thing->of, thing->at_us);
		return; /* nobody knows */
	case THING_SWAP_BACK:
		home_swap_back(trial, thing->of);
		return;
	default:
		office_thing(trial, thing);
		break;
	}
	turn(trial, thing->at_us);
}

static void policies(struct trial *trial)
{
	for (size_t i = 0; i < policy_file_count; i++) {
		struct json *plan;
		arena_reset(&trial->scratch);
		if (json_parse(&trial->scratch, policy_files[i], NULL, NULL, &plan) == ERROR_OK)
			(void)!trial_commit(trial, STR("PlanDefinition"),
					    json_get_text(plan, STR("id")), policy_files[i],
					    RECORD_ANY);
	}
}

/* Beside the shipped ones their first versions with this ward's hours, for whose rules the inspector is written. */
static void office_begin(struct trial *trial)
{
	static const struct str first[] = { STR_INIT("childrens-cancer-1"),
					    STR_INIT("adult-acute-1") };
	trial->rota.office = office_of_ward(trial->number, trial->start_us);
	for (size_t i = 0; i < policy_file_count && trial->rota.office.days != 0; i++) {
		struct json *plan;
		arena_reset(&trial->scratch);
		if (json_parse(&trial->scratch, policy_files[i], NULL, NULL, &plan) != ERROR_OK)
			continue;
		struct str id = json_get_text(plan, STR("id"));
		if (!str_equal(id, first[0]) && !str_equal(id, first[1]))
			continue;
		struct str body =
			paper_policy(&trial->scratch, policy_files[i], &trial->rota.office);
		ASSERT(json_parse(&trial->scratch, body, NULL, NULL, &plan) == ERROR_OK);
		enum error error = trial_commit(trial, STR("PlanDefinition"),
						json_get_text(plan, STR("id")), body, RECORD_ANY);
		ASSERT(error == ERROR_OK);
	}
}

static void see(void *context, struct str type, const struct json *resource)
{
	struct trial *trial = context;
	inspector_see(&trial->inspector, type, resource);
	if (!provider_is_set_up(trial) || !str_equal(type, STR("Communication")))
		return;
	provider_see(trial, resource);
	office_death_beside(trial);
}

static bool move_in(struct trial *trial)
{
	struct house *house = house_open(trial->options->folder, trial->start_us);
	if (house == NULL) {
		story_violation(&trial->story, STORY_NOBODY, trial->now_us,
				"no store could be opened");
		return false;
	}
	engine_move(&trial->engine, house);
	return true;
}

static void begin(struct trial *trial)
{
	/* Spring and autumn by turns, so that each run of three weeks or more meets a change of the clocks. */
	struct date_civil day = { .year = 2026,
				  .month = trial->number % 2 == 0 ? 3 : 10,
				  .day = 9 };
	trial->start_us = trial->now_us = date_from_civil(day) + 7 * HOUR;
	trial->end_us = trial->start_us + trial->options->days * DATE_US_PER_DAY;
	trial->ideal.now_us = trial->start_us;
	trial->up = true;
	trial->engine.see = see;
	trial->engine.context = trial;
	trial->engine.sabotage = trial->options->sabotage;
	trial->inspector = (struct inspector){ .ideal = &trial->ideal,
					       .rota = &trial->rota,
					       .story = &trial->story };
	if (trial->options->stored && !move_in(trial))
		return;
	if (!trial->options->stored)
		policies(trial);
	turn(trial, trial->start_us); /* the runner brings its own policies */
	office_begin(trial);
	staff_begin(trial);
	for (size_t bed = 0; bed < (size_t)trial->options->beds; bed++) {
		trial->beds[bed].dice = dice_for(trial->options->seed, 1000 + trial->number, bed);
		(void)agenda_put(&trial->agenda,
				 trial->start_us +
					 dice_between(&trial->dice, 1, 24 * 60) * DATE_US_PER_MIN,
				 THING_ADMIT, bed);
		(void)agenda_put(&trial->agenda,
				 trial->start_us + dice_between(&trial->dice, 24, 48) * HOUR,
				 THING_HAND_OVER, bed);
		(void)agenda_put(&trial->agenda,
				 trial->start_us + dice_between(&trial->dice, 30, 150) * HOUR,
				 THING_SWAP, bed);
		(void)agenda_put(&trial->agenda,
				 trial->start_us + dice_between(&trial->dice, 30, 150) * HOUR,
				 THING_GIVE_BACK, bed);
		(void)agenda_put(&trial->agenda,
				 trial->start_us + dice_between(&trial->dice, 24, 200) * HOUR,
				 THING_MOVE_ON, bed);
	}
	static const enum thing_kind first[] = { THING_KEEP, THING_DIE, THING_LAG,
						 THING_CLOCK_AHEAD, THING_COMPARE };
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		(void)agenda_put(&trial->agenda,
				 trial->start_us +
					 dice_between(&trial->dice, 1, 2000) * DATE_US_PER_MIN,
				 first[i], 0);
}

static void finish(struct trial *trial)
{
	struct trial_figures *figures = &trial->figures;
	size_t stored = 0;
	trial->engine.die_at = POINT_NONE; /* also what was to befall it while it was away */
	if (!trial->up)
		come_back(trial, trial->end_us);
	trial->lagging = false;
	turn(trial, trial->end_us);
	compare(trial);
	figures->sound = engine_verify(&trial->engine, &stored);
	if (!figures->sound)
		story_violation(&trial->story, STORY_NOBODY, trial->now_us,
				"the stored alerts are not those that the feed gives: %s",
				trial->engine.difference);
	figures->stored_alerts = (int64_t)stored;
	figures->alerts = trial->inspector.alerts;
	figures->pages = trial->inspector.pages;
	figures->scores = trial->inspector.scores_seen;
	figures->asides = trial->inspector.asides;
	figures->demands = trial->inspector.demands;
	figures->climbs = trial->inspector.climbs;
	figures->rebuilt = trial->engine.rebuilt;
	figures->versions = trial->engine.versions;
	for (unsigned cause = 0; cause < CAUSE_COUNT; cause++)
		figures->by_cause[cause] = trial->inspector.by_cause[cause];
	trial->inspector.tally[TALLY_STRANGE] = trial->ideal.held_back[0];
	trial->inspector.tally[TALLY_UNASSIGNED] = trial->ideal.held_back[1];
	for (unsigned tally = 0; tally < TALLY_COUNT; tally++)
		figures->tally[tally] = trial->inspector.tally[tally];
	figures->digest = engine_digest(&trial->engine);
	figures->violations = trial->story.violations;
}

void trial_run(struct trial *trial, const struct trial_options *options, size_t number)
{
	*trial = (struct trial){ .options = options,
				 .number = number,
				 .dice = dice_for(options->seed, 1, number) };
	arena_init(&trial->arena, SCRATCH_BYTES_MAX);
	arena_init(&trial->scratch, SCRATCH_BYTES_MAX);
	story_init(&trial->story, &trial->arena);
	record_init(&trial->record);
	engine_init(&trial->engine, &trial->record, options->seed + number, options->unbroken);
	begin(trial);
	turn(trial, trial->start_us);
	for (const struct thing *first = agenda_first(&trial->agenda);
	     first != NULL && first->at_us < trial->end_us; first = agenda_first(&trial->agenda)) {
		if (trial->story.violations > STORY_KEPT_MAX)
			break; /* what follows from a fault says nothing new */
		if (pass_timer(trial, first))
			continue;
		struct thing thing = agenda_take(&trial->agenda);
		bool server = thing.kind >= THING_KEEP;
		if (thing.kind != THING_CLOCK_AHEAD)
			trial->now_us = server_us(trial, thing.at_us);
		if (server)
			server_thing(trial, &thing);
		else
			town_thing(trial, &thing);
	}
	finish(trial);
}

void trial_done(struct trial *trial)
{
	agenda_done(&trial->agenda);
	free(trial->taken);
	ideal_done(&trial->ideal);
	inspector_done(&trial->inspector);
	engine_done(&trial->engine);
	record_done(&trial->record);
	arena_done(&trial->scratch);
	arena_done(&trial->arena);
}
