/* SPDX-License-Identifier: Apache-2.0
 * What belongs to a stay, one way and the other: readings, strands, limits, sets, alerts with their notes and pages. */
#include "ward/bridge.h"
#include "ward/limit.h"
#include "ward/walker.h"

void walker_reading(struct walker *walker, struct reading *reading)
{
	WALK_TEXT(reading->observation);
	WALK_TEXT(reading->device);
	WALK_TEXT(reading->text);
	WALK_TEXT(reading->site);
	WALK(reading->measured_us);
	WALK(reading->stated_us);
	WALK(reading->received_us);
	WALK(reading->feed);
	WALK(reading->input);
	WALK(reading->code);
	WALK(reading->level);
	WALK(reading->has_value);
	WALK(reading->has_litres);
	WALK(reading->has_fio2);
	WALK(reading->not_done);
	walk_decimal(walker, &reading->value);
	WALK(reading->impossible);
	WALK(reading->soft);
	WALK(reading->time_suspect);
	WALK(reading->duplicate);
	WALK(reading->conflict);
	WALK(reading->late);
	WALK(reading->skew_us);
	WALK(reading->stamped);
	WALK(reading->device_clock);
	WALK(reading->quality);
	WALK(reading->poor_signal);
	WALK(reading->sampled);
	WALK(reading->bridges);
	WALK(reading->source);
	WALK(reading->declined);
	WALK(reading->judged);
	if (reading->input >= READING_INPUT_COUNT || reading->source >= SOURCE_COUNT)
		walker->failed = true;
}

void walker_strand(struct walker *walker, struct strand *strand)
{
	WALK_TEXT(strand->observation);
	WALK_TEXT(strand->device);
	WALK_TEXT(strand->site);
	WALK(strand->input);
	WALK(strand->source);
	WALK(strand->quality);
	WALK(strand->stamped);
	WALK(strand->device_clock);
	WALK(strand->time_suspect);
	WALK(strand->skew_us);
	WALK(strand->shift_us);
	WALK(strand->received_us);
	WALK(strand->start_us);
	WALK(strand->end_us);
	WALK(strand->first_us);
	WALK(strand->period_us);
	WALK(strand->step_us);
	WALK(strand->whole);
	WALK(strand->count);
	if (walker->text == NULL && !bridge_room(strand)) {
		walker->failed = true;
		return;
	}
	for (uint32_t i = 0; i < strand->count; i++)
		WALK(strand->head[i]);
	for (uint32_t i = 0; i < strand->count; i++)
		WALK(strand->tail[i]);
	WALK(strand->made_count);
	for (uint32_t i = 0; i < BRIDGE_MADE_MAX; i++) {
		WALK(strand->made[i].stated_us);
		walk_decimal(walker, &strand->made[i].value);
	}
	if (strand->input >= READING_INPUT_COUNT || strand->source >= SOURCE_COUNT ||
	    strand->period_us <= 0 || strand->step_us <= 0 || strand->made_count > BRIDGE_MADE_MAX)
		walker->failed = true;
}

void walker_limit(struct walker *walker, struct limit *limit)
{
	WALK(limit->input);
	WALK(limit->above);
	WALK(limit->level);
	walk_decimal(walker, &limit->value);
	WALK_TEXT(limit->text);
	WALK_TEXT(limit->by);
	WALK_TEXT(limit->reason);
	WALK(limit->set_us);
	WALK(limit->expires_us);
	if (limit->input >= SCORE_INPUT_COUNT || limit->level >= ALERT_LEVEL_COUNT)
		walker->failed = true;
}

void walker_set(struct walker *walker, struct set *set)
{
	uint32_t level = set->result.level;
	WALK_TEXT(set->id);
	WALK(set->start_us);
	WALK(set->span_us);
	WALK(set->signature);
	WALK(set->received_us);
	WALK(set->inputs);
	WALK(set->abnormal);
	WALK(set->scored);
	WALK(set->enough);
	WALK(set->late);
	WALK(set->group_us);
	WALK(set->level);
	WALK(set->by_parameter);
	WALK(set->result.total);
	WALK(set->result.complete);
	WALK(set->result.low);
	WALK(set->result.high);
	for (unsigned i = 0; i < SCORE_INPUT_COUNT; i++) {
		WALK(set->result.parts[i]);
		WALK(set->result.missing[i]);
	}
	WALK(level);
	WALK(set->result.band);
	WALK_TEXT(set->band_name);
	WALK(set->version);
	if (level > SCORE_LEVEL_EMERGENCY || set->level >= ALERT_LEVEL_COUNT)
		walker->failed = true;
	else
		set->result.level = (enum score_level)level;
}

void walker_alert(struct walker *walker, struct alert *alert, char policy[200])
{
	WALK_TEXT(alert->id);
	walk_text(walker, policy, 200);
	WALK(alert->own_policy);
	WALK(alert->cause);
	WALK(alert->rule);
	WALK(alert->level);
	WALK(alert->status);
	WALK(alert->end);
	WALK(alert->start_us);
	WALK(alert->raised_us);
	WALK(alert->level_us);
	WALK(alert->closed_us);
	WALK(alert->deadline_us);
	WALK(alert->call_us);
	WALK(alert->rung);
	WALK(alert->rung_us);
	WALK(alert->owned_us);
	WALK(alert->left_us);
	WALK(alert->inputs);
	WALK(alert->total);
	WALK(alert->set_us);
	WALK(alert->group_us);
	walk_decimal(walker, &alert->extreme);
	WALK_TEXT(alert->title);
	WALK_TEXT(alert->latest);
	WALK_TEXT(alert->reason);
	WALK_TEXT(alert->focus);
	WALK_TEXT(alert->owner);
	WALK_TEXT(alert->owner_name);
	WALK(alert->acknowledged_us);
	WALK_TEXT(alert->acknowledged_time);
	WALK_TEXT(alert->acknowledged_by);
	WALK_TEXT(alert->acknowledged_name);
	WALK(alert->snooze.until_us);
	WALK(alert->snooze.count);
	WALK_TEXT(alert->snooze.taken.time);
	WALK_TEXT(alert->snooze.taken.by);
	WALK_TEXT(alert->snooze.refused.time);
	WALK_TEXT(alert->snooze.refused.by);
	WALK_TEXT(alert->snooze.by_name);
	WALK_TEXT(alert->snooze.reason);
	WALK_TEXT(alert->opinion_time);
	WALK_TEXT(alert->opinion_by);
	WALK(alert->page_count);
	WALK(alert->version);
	if (alert->cause >= ALERT_CAUSE_COUNT || alert->level >= ALERT_LEVEL_COUNT ||
	    alert->status >= ALERT_STATUS_COUNT || alert->end >= ALERT_END_COUNT ||
	    (alert->cause == ALERT_CAUSE_CARRIED && alert->rule >= ALERT_CAUSE_COUNT))
		walker->failed = true;
}

void walker_note(struct walker *walker, struct note *note)
{
	WALK_TEXT(note->author_reference);
	WALK_TEXT(note->author_name);
	WALK_TEXT(note->time);
	WALK_TEXT(note->text);
}

void walker_page(struct walker *walker, struct page *page)
{
	WALK_TEXT(page->id);
	WALK(page->number);
	WALK_TEXT(page->recipient);
	WALK_TEXT(page->recipient_name);
	WALK_TEXT(page->text);
	WALK_TEXT(page->language);
	WALK_TEXT(page->proof);
	WALK_TEXT(page->provider);
	WALK(page->family);
	WALK(page->channel);
	WALK(page->withdrawn);
	WALK(page->unproved);
	WALK(page->level);
	WALK(page->rung);
	WALK(page->at_us);
	WALK(page->deadline_us);
	WALK(page->sent_us);
	WALK(page->seen_us);
	WALK(page->acknowledged_us);
	WALK(page->status);
	WALK(page->received_us);
	WALK(page->version);
	if (page->status > PAGE_NOT_DONE || page->channel >= CHANNEL_COUNT)
		walker->failed = true;
}
