/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/gauge.h"

#include "ward/hours.h"

static bool is_unanswered(const struct alert *alert)
{
	return (alert->status == ALERT_REQUESTED || alert->status == ALERT_RECEIVED) &&
	       !snooze_is_on(alert);
}

static bool is_overdue(const struct alert *alert, int64_t now_us)
{
	const struct ladder *ladder = page_ladder(alert);
	return alert->deadline_us < now_us ||
	       hours_limit_us(alert, alert->level_us, ladder->acknowledge_us) < now_us;
}

static void add_alert(struct gauge *gauge, const struct alert *alert, int64_t now_us)
{
	unsigned level = alert->level;
	ASSERT(level < ALERT_LEVEL_COUNT && alert->status < GAUGE_STATES);
	gauge->open[level][alert->status]++;
	if (!is_unanswered(alert))
		return;
	if (alert->level_us < gauge->unanswered_us[level])
		gauge->unanswered_us[level] = alert->level_us;
	gauge->overdue[level] += is_overdue(alert, now_us);
}

static void add_pages(struct gauge *gauge, const struct page *pages)
{
	for (const struct page *page = pages; page != NULL; page = page->next) {
		if (page->status != PAGE_PREPARATION || page->withdrawn)
			continue;
		gauge->pages[page->channel]++;
		if (page->at_us < gauge->page_us[page->channel])
			gauge->page_us[page->channel] = page->at_us;
	}
}

static void add_stay(struct gauge *gauge, const struct stay *stay, int64_t now_us)
{
	bool test = self_test_is(stay);
	if (!test && !stay->is_place && stay->patient != NULL)
		gauge->stays[stay->status]++;
	if (test && stay->last_enough_us > gauge->self_test_us)
		gauge->self_test_us = stay->last_enough_us;
	if (!test)
		add_pages(gauge, stay->pages);
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		bool failed = alert->cause == ALERT_CAUSE_SELF_TEST;
		if (test && !failed)
			continue;
		add_pages(gauge, alert->pages);
		if (!alert_is_open(alert))
			continue;
		add_alert(gauge, alert, now_us);
		gauge->self_tests_failed += failed;
	}
}

/* Always there, or nobody who comes to a patient. */
#define NO_CLINICIANS \
	(1u << ROLE_SELF_TEST | 1u << ROLE_SWITCHBOARD | 1u << ROLE_TECHNICAL_DESK | \
	 1u << ROLE_CARE_HOME)

static bool is_staffed(const struct ward_core *core, const struct ward_place *ward, int64_t now_us)
{
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (role->known && (role->roles & ~NO_CLINICIANS) != 0 &&
		    strcmp(role->ward, ward->id) == 0 && rota_on_shift(role, now_us))
			return true;
	}
	return false;
}

void gauge_take(const struct ward_core *core, int64_t now_us, struct gauge *ret_gauge)
{
	struct gauge gauge = { .wards = 0 };
	for (unsigned level = 0; level < ALERT_LEVEL_COUNT; level++)
		gauge.unanswered_us[level] = MODEL_NEVER;
	for (unsigned channel = 0; channel < CHANNEL_COUNT; channel++)
		gauge.page_us[channel] = MODEL_NEVER;
	for (const struct stay *stay = core->stays; stay != NULL; stay = stay->next)
		add_stay(&gauge, stay, now_us);
	for (const struct ward_place *ward = core->wards; ward != NULL; ward = ward->next) {
		gauge.wards += ward->is_ward;
		if (ward->patients > 0 && !is_staffed(core, ward, now_us))
			gauge.wards_unstaffed++;
	}
	*ret_gauge = gauge;
}
