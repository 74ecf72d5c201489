/* SPDX-License-Identifier: Apache-2.0
 * A provider of messages and calls in some of the wards: it delivers within seconds or minutes, delays beyond the
 * deadline, or loses. Dice of its own, since it sees what the ward wrote and when. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#include <stdio.h>
#include <stdlib.h>

bool provider_is_set_up(const struct trial *trial)
{
	/* Over the real store the runner writes the channels of its settings, at each start: it has none. */
	return trial->number % 10 == 1 && !trial->options->stored;
}

void provider_begin(struct trial *trial)
{
	static const char *const ids[WAY_COUNT] = { "", "channel-sms", "channel-voice",
						    "channel-email" };
	if (!provider_is_set_up(trial))
		return;
	trial->provider = dice_for(trial->options->seed, 31, trial->number);
	for (unsigned way = WAY_SMS; way < WAY_COUNT; way++) {
		struct str body = paper_channel(&trial->scratch, (enum way)way);
		enum error error = trial_commit(trial, STR("Endpoint"), str_from_c(ids[way]), body,
						RECORD_ANY);
		ASSERT(error == ERROR_OK);
	}
}

void provider_see(struct trial *trial, const struct json *page)
{
	struct dice *dice = &trial->provider;
	void *list = trial->taken;
	const struct json *medium =
		json_at(json_get(json_at(json_get(page, STR("medium")), 0), STR("coding")), 0);
	if (way_of(json_get_text(medium, STR("code"))) == WAY_NONE ||
	    !str_equal(json_get_text(page, STR("status")), STR("preparation")) ||
	    !ideal_room(&trial->ideal, &list, &trial->taken_capacity,
			(const size_t[2]){ trial->taken_count, sizeof(*trial->taken) }))
		return;
	trial->taken = list;
	snprintf(trial->taken[trial->taken_count].id, sizeof(trial->taken[0].id), "%.*s",
		 STR_ARG(json_get_text(page, STR("id"))));
	int64_t chance = dice_between(dice, 0, 99);
	int64_t wait_ms = chance < 50   ? dice_between(dice, 500, 60000)
			  : chance < 60 ? dice_between(dice, 2, 15) * 60000
			  : chance < 70 ? dice_between(dice, 60000, 60 * 60000)
					: 0;
	if (wait_ms > 0)
		(void)agenda_put(&trial->agenda, trial->true_us + wait_ms * 1000, THING_RECEIPT,
				 trial->taken_count);
	trial->taken_count++;
}

void provider_receipt(struct trial *trial, size_t number, int64_t true_us)
{
	const char *id = trial->taken[number].id;
	const struct record_version *page =
		engine_find(&trial->engine, STR("Communication"), str_from_c(id));
	(void)true_us;
	if (page == NULL || str_find(page->body, STR("\"received\"")) < page->body.len)
		return;
	bool late = str_find(page->body, STR("\"status\":\"stopped\"")) < page->body.len;
	struct str body = paper_received(&trial->scratch, page->body, trial->now_us);
	if (trial_commit(trial, STR("Communication"), str_from_c(id), body, page->version) !=
	    ERROR_OK)
		return;
	trial->inspector.tally[TALLY_RECEIPT_LATE] += late;
	inspector_receipt(&trial->inspector, id, trial->now_us);
	story_add(&trial->story, STORY_NOBODY, trial->now_us, "a receipt%s for %s",
		  late ? ", too late," : "", id);
}
