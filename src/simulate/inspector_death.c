/* SPDX-License-Identifier: Apache-2.0
 * Of whom the record says that they have died: from that instant nothing is sent to the family and what waited for them
 * is stopped; the alert that says it stands while the record does (docs/decisions/0006). */
#include "simulate/inspector.h"

/* Written when the page was: what it says of itself holds from then on. */
void inspector_see_family(struct inspector *inspector, const struct letter *letter)
{
	if (letter->stay == STORY_NOBODY || letter->stopped ||
	    !ideal_was_dead(&inspector->ideal->stays[letter->stay], letter->sent_us))
		return;
	story_violation(inspector->story, letter->stay, letter->sent_us,
			"the family of somebody who has died is written to: %s", letter->id);
}

static void check_letters(struct inspector *inspector, int64_t now_us)
{
	for (size_t i = 0; i < inspector->letter_count; i++) {
		const struct letter *letter = &inspector->letters[i];
		if (letter->person != LADDER_OTHER || letter->stay == STORY_NOBODY ||
		    letter->done || letter->stopped || letter->received_us != 0 ||
		    !ideal_was_dead(&inspector->ideal->stays[letter->stay], now_us))
			continue;
		story_violation(inspector->story, letter->stay, now_us,
				"a message to the family of somebody who has died is still on its "
				"way: %s",
				letter->id);
	}
}

void inspector_check_dead(struct inspector *inspector, int64_t now_us)
{
	check_letters(inspector, now_us);
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		if (watch->open && watch->cause == CAUSE_DIED &&
		    !inspector->ideal->stays[watch->stay].dead)
			story_violation(inspector->story, watch->stay, now_us,
					"the ward is asked to end the stay of somebody who lives "
					"(Task/%s)",
					watch->id);
	}
}
