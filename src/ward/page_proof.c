/* SPDX-License-Identifier: Apache-2.0
 * What became of pages: senders write it into their Communications, or a deadline passes without proof. Then the
 * person's next channel is tried, and a rung that nobody of can be reached is left at once. */
#include "ward/deceased.h"
#include "ward/drill.h"
#include "ward/hours.h"
#include "ward/page.h"

static bool page_is_waiting(const struct page *page)
{
	return !page->withdrawn && page->channel > CHANNEL_BOARD &&
	       (page->status == PAGE_PREPARATION || page->status == PAGE_IN_PROGRESS);
}

/* The ladder may have called this person by this channel at this very instant: nobody is called twice at once. */
static bool is_being_called(const struct ward_core *core, const struct alert *alert,
			    const struct page *like, enum channel channel)
{
	for (const struct page *page = alert->pages; page != NULL; page = page->next) {
		if (page->at_us == core->now_us && page->channel == channel && !page->withdrawn &&
		    strcmp(page->recipient, like->recipient) == 0)
			return true;
	}
	return false;
}

/* The person's next channel. False when there is none: nobody there, or all have been used at once. */
static bool page_next(struct ward_core *core, struct stay *stay, struct alert *alert,
		      const struct page *page)
{
	struct addressee to = { .stay = stay, .alert = alert };
	if (page->level == ALERT_LEVEL_EMERGENCY || page->channel < CHANNEL_SMS)
		return false;
	if (page->family) {
		struct str reference = str_from_c(page->recipient);
		struct str kind = str_cut(&reference, '/');
		const struct contact *contact = map_get(&core->contact_by_id, reference);
		if (stay->patient == NULL || deceased_is(stay->patient) ||
		    (contact == NULL && str_equal(kind, STR("RelatedPerson"))) ||
		    (contact != NULL && !term_holds(&contact->term, core->now_us)))
			return false;
		page_to_contact(core, stay, contact, &to);
		to.text = str_from_c(page->text);
		to.deadline_us = core->now_us + PAGE_FAMILY_US;
	} else {
		struct str reference = str_from_c(page->recipient);
		(void)str_cut(&reference, '/');
		const struct role *role = map_get(&core->role_by_id, reference);
		if (role == NULL || alert == NULL || !role->known ||
		    !rota_on_shift(role, core->now_us))
			return false;
		page_to_role(core, alert, role, &to);
		to.deadline_us =
			hours_limit_us(alert, core->now_us, page_ladder(alert)->acknowledge_us);
	}
	enum channel channel = channel_after(core, to.reach, (enum channel)page->channel);
	if (channel == CHANNEL_NONE)
		return false;
	if (!page->family && is_being_called(core, alert, page, channel))
		return true;
	/* It stands for the rung that the first page was for, also when the alert has gone on. */
	uint32_t rung = page->rung;
	page_send(core, &to, channel)->rung = rung;
	return true;
}

/* Whether somebody of the rung may still be reached by a channel that leaves the house. */
static bool rung_waits(const struct alert *alert)
{
	for (const struct page *page = alert->pages; page != NULL; page = page->next) {
		if (page->rung == alert->rung && page->channel > CHANNEL_BOARD && !page->family &&
		    !page->withdrawn && page->at_us >= alert->rung_us &&
		    page->status != PAGE_STOPPED)
			return true;
	}
	return false;
}

/* Nobody was reached by this page: that is said. */
static void page_say(struct ward_core *core, struct stay *stay, const struct alert *alert,
		     const struct page *page)
{
	char title[MODEL_TEXT_BYTES];
	struct alert *said = alert_open(stay, ALERT_CAUSE_UNDELIVERED);
	bool technical = alert != NULL && alert->level == ALERT_LEVEL_TECHNICAL;
	if (alert == NULL && !page->family)
		drill_failed(core, stay, page, title);
	else
		model_format(title, sizeof(title), "A page to %s could not be delivered",
			     page->recipient_name[0] != '\0' ? page->recipient_name
							     : page->recipient);
	if (said == NULL && !technical) {
		(void)alert_raise(core, stay, ALERT_CAUSE_UNDELIVERED, ALERT_LEVEL_TECHNICAL,
				  str_from_c(title));
	} else if (said != NULL) {
		MODEL_PUT(said->title, str_from_c(title));
		alert_touch(core, said);
	}
}

/* A sender gave a page up: the person's next channel; and a rung that nobody of can be reached is left at once. */
static void page_lost(struct ward_core *core, struct stay *stay, struct alert *alert,
		      const struct page *page)
{
	page_say(core, stay, alert, page);
	if (page_next(core, stay, alert, page)) {
		stay_timers(core, stay);
		return;
	}
	if (alert == NULL || page->family || alert->status != ALERT_REQUESTED ||
	    page->rung != alert->rung || page->at_us < alert->rung_us || rung_waits(alert))
		return;
	alert_touch(core, alert);
	page_ladder_leave(core, alert);
}

/* No proof by its deadline: it counts as not delivered. */
static void page_expire(struct ward_core *core, struct stay *stay, struct alert *alert,
			struct page *page)
{
	page->status = PAGE_STOPPED;
	page->unproved = true;
	page->dirty = true;
	page_say(core, stay, alert, page);
	(void)page_next(core, stay, alert, page);
}

static void fire_list(struct ward_core *core, struct stay *stay, struct alert *alert)
{
	for (struct page *page = alert == NULL ? stay->pages : alert->pages; page != NULL;
	     page = page->next) {
		if (!page_is_waiting(page))
			continue;
		if (page->deadline_us <= core->now_us)
			page_expire(core, stay, alert, page);
		else if (page->deadline_us < stay->page_due_us)
			stay->page_due_us = page->deadline_us;
	}
}

void page_fire(struct ward_core *core, struct stay *stay)
{
	if (stay->page_due_us > core->now_us)
		return;
	stay->page_due_us = MODEL_NEVER;
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert_is_open(alert))
			fire_list(core, stay, alert);
	}
	fire_list(core, stay, NULL);
	stay_mark(core, stay);
}

static int64_t instant_of(const struct json *object, struct str name)
{
	struct date date;
	return date_parse(json_get_text(object, name), DATE_KIND_DATETIME, &date) == ERROR_OK
		       ? date.low_us
		       : 0;
}

/* Times and proof, as senders write them. */
static void read_times(struct page *page, const struct json *communication)
{
	const struct json *times =
		json_get(model_extension(communication, STR("channel-time")), STR("extension"));
	const struct json *proof = model_extension(communication, STR("delivery-proof"));
	const struct json *provider = model_extension(communication, STR("provider-reference"));
	int64_t received_us = instant_of(communication, STR("received"));
	if (received_us != 0)
		page->received_us = received_us;
	for (const struct json *time = times == NULL ? NULL : times->child; time != NULL;
	     time = time->next) {
		struct str url = json_get_text(time, STR("url"));
		int64_t at_us = instant_of(time, STR("valueInstant"));
		if (str_equal(url, STR("sent")) && at_us != 0)
			page->sent_us = at_us;
		else if (str_equal(url, STR("seen")) && at_us != 0)
			page->seen_us = at_us;
	}
	if (proof != NULL)
		MODEL_PUT(page->proof, json_get_text(proof, STR("valueString")));
	if (provider != NULL)
		MODEL_PUT(page->provider, json_get_text(provider, STR("valueString")));
}

void page_event(struct ward_core *core, struct stay *stay, struct alert *alert, struct page *page,
		const struct json *communication)
{
	struct str status = json_get_text(communication, STR("status"));
	bool waited = page->status == PAGE_PREPARATION || page->status == PAGE_IN_PROGRESS;
	bool open = alert == NULL || alert_is_open(alert);
	if (str_equal(status, STR("completed")))
		page->status = PAGE_COMPLETED;
	else if (str_equal(status, STR("in-progress")) && waited)
		page->status = PAGE_IN_PROGRESS;
	else if (str_equal(status, STR("stopped")) && waited)
		page->status = PAGE_STOPPED;
	else if (str_equal(status, STR("not-done")) && waited)
		page->status = PAGE_NOT_DONE;
	read_times(page, communication);
	if (page->status == PAGE_COMPLETED && page->received_us != 0 && !page->family &&
	    alert != NULL && open)
		alert_delivered(core, alert);
	if (page->status == PAGE_STOPPED && waited && open)
		page_lost(core, stay, alert, page);
	stay_mark(core, stay);
}
