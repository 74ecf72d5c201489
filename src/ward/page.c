/* SPDX-License-Identifier: Apache-2.0
 * Who is told. A ladder names roles; a rung resolves to the people on shift at that moment; a rung with nobody is
 * skipped at once and said aloud (a technical alert). The last rung repeats until somebody answers. */
#include "ward/model.h"
#include "ward/place.h"

/* For alerts of a stay whose policy cannot be found: as Medium of every shipped policy. */
static const struct ladder ladder_default = {
	.acknowledge_us = 15 * 60 * INT64_C(1000000),
	.review_us = 30 * 60 * INT64_C(1000000),
	.repeat_us = 30 * 60 * INT64_C(1000000),
	.rung_count = 4,
	.rungs = { { "Nurse", 1u << ROLE_NURSE },
		   { "Nurse in charge", 1u << ROLE_NURSE_IN_CHARGE },
		   { "Registrar", 1u << ROLE_REGISTRAR },
		   { "Switchboard", 1u << ROLE_SWITCHBOARD } },
};

const struct ladder *page_ladder(const struct alert *alert)
{
	return alert->policy == NULL ? &ladder_default : &alert->policy->ladders[alert->level];
}

static struct page *page_new(struct ward_core *core, struct page **list, const char *owner,
			     uint32_t *count)
{
	char cause[160];
	struct page **tail = list;
	while (*tail != NULL) {
		/* A page that was replaced in this very instant lends its number. */
		if ((*tail)->withdrawn && (*tail)->at_us == core->now_us) {
			struct page *again = *tail;
			again->withdrawn = false;
			again->status = PAGE_PREPARATION;
			again->received_us = 0;
			again->dirty = true;
			return again;
		}
		tail = &(*tail)->next;
	}
	struct page *page = MODEL_NEW(struct page);
	page->number = ++*count;
	model_format(cause, sizeof(cause), "%s/%u", owner, page->number);
	model_id(page->id, "page", cause);
	page->at_us = core->now_us;
	page->dirty = true;
	*tail = page;
	map_put(&core->page_by_id, str_from_c(page->id), page);
	return page;
}

/* Pages of this alert made in this very instant say less than the ones that follow. */
static void withdraw_instant(struct ward_core *core, struct alert *alert)
{
	for (struct page *page = alert->pages; page != NULL; page = page->next) {
		if (page->at_us == core->now_us && !page->family) {
			page->withdrawn = true;
			page->status = PAGE_STOPPED;
			page->dirty = true;
		}
	}
}

static void page_person(struct ward_core *core, struct alert *alert, const struct role *role,
			bool webhook)
{
	struct page *page = page_new(core, &alert->pages, alert->id, &alert->page_count);
	model_format(page->recipient, sizeof(page->recipient), "PractitionerRole/%s", role->id);
	MODEL_PUT(page->recipient_name, rota_person_name(core, role));
	page->text[0] = '\0'; /* printed from the alert */
	page->level = alert->level;
	page->rung = alert->rung;
	page->family = false;
	page->webhook = webhook;
	page->status = webhook ? PAGE_PREPARATION : PAGE_IN_PROGRESS;
}

/* Pages everybody on shift for the rung; the first of them answers for the alert. */
static bool page_rung(struct ward_core *core, struct alert *alert, const struct rung *rung)
{
	const struct ward_place *ward = alert->stay->ward;
	uint32_t roles = self_test_roles(alert, rung->roles);
	bool anyone = false;
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (ward == NULL || !role->known || (role->roles & roles) == 0 ||
		    strcmp(role->ward, ward->id) != 0 || !rota_on_shift(role, core->now_us))
			continue;
		if (!anyone) {
			model_format(alert->owner, sizeof(alert->owner), "PractitionerRole/%s",
				     role->id);
			MODEL_PUT(alert->owner_name, rota_person_name(core, role));
		}
		anyone = true;
		page_person(core, alert, role, false);
		if (core->options.webhook)
			page_person(core, alert, role, true);
	}
	return anyone;
}

static void nobody_title(uint32_t roles, char ret_title[MODEL_TEXT_BYTES])
{
	size_t at = strlen("Nobody on shift: ");
	model_put(ret_title, MODEL_TEXT_BYTES, STR("Nobody on shift: "));
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		if ((roles & 1u << role) == 0)
			continue;
		model_format(ret_title + at, MODEL_TEXT_BYTES - at, "%s%.*s",
			     at > strlen("Nobody on shift: ") ? ", " : "",
			     STR_ARG(role_name((enum ward_role)role)));
		at += strlen(ret_title + at);
	}
}

static void page_nobody(struct ward_core *core, struct alert *alert, const struct rung *rung)
{
	struct ward_place *ward = alert->stay->ward;
	char title[MODEL_TEXT_BYTES];
	if (alert->level == ALERT_LEVEL_TECHNICAL || ward == NULL || self_test_is(alert->stay))
		return;
	struct stay *place = place_stay(core, ward);
	struct alert *open = alert_open(place, ALERT_CAUSE_DELIVERY);
	if (open == NULL) {
		nobody_title(rung->roles, title);
		open = alert_raise(core, place, ALERT_CAUSE_DELIVERY, ALERT_LEVEL_TECHNICAL,
				   str_from_c(title));
		open->inputs = rung->roles;
		return;
	}
	if ((rung->roles & ~open->inputs) == 0)
		return;
	open->inputs |= rung->roles;
	nobody_title(open->inputs, title);
	MODEL_PUT(open->title, str_from_c(title));
	alert_touch(core, open);
}

static void climb(struct ward_core *core, struct alert *alert, uint32_t rung, bool again)
{
	const struct ladder *ladder = page_ladder(alert);
	ASSERT(ladder->rung_count > 0 && rung < ladder->rung_count);
	alert->rung_us = core->now_us;
	withdraw_instant(core, alert);
	alert->owner[0] = alert->owner_name[0] = '\0';
	for (; rung < ladder->rung_count; rung++) {
		alert->rung = rung;
		if (page_rung(core, alert, &ladder->rungs[rung])) {
			alert->deadline_us =
				core->now_us + (again ? ladder->repeat_us : ladder->acknowledge_us);
			break;
		}
		page_nobody(core, alert, &ladder->rungs[rung]);
	}
	if (rung == ladder->rung_count)
		alert->deadline_us =
			core->now_us + ladder->acknowledge_us; /* look again for somebody */
	stay_timers(core, alert->stay);
}

void page_ladder_start(struct ward_core *core, struct alert *alert, uint32_t rung)
{
	climb(core, alert, rung, false);
}

void page_ladder_next(struct ward_core *core, struct alert *alert)
{
	const struct ladder *ladder = page_ladder(alert);
	bool reached = alert->owner[0] != '\0' || alert->owner_name[0] != '\0';
	if (!reached)
		climb(core, alert, 0, false); /* nobody was there: from the start */
	else if (alert->rung + 1 < ladder->rung_count)
		climb(core, alert, alert->rung + 1, false);
	else
		climb(core, alert, ladder->rung_count - 1, true);
}

static void page_relative(struct ward_core *core, struct stay *stay, struct alert *alert,
			  const struct contact *contact, const char *text)
{
	struct page *page = alert == NULL
				    ? page_new(core, &stay->pages, stay->id, &stay->page_count)
				    : page_new(core, &alert->pages, alert->id, &alert->page_count);
	if (contact != NULL) {
		model_format(page->recipient, sizeof(page->recipient), "RelatedPerson/%s",
			     contact->id);
		MODEL_PUT(page->recipient_name, str_from_c(contact->name));
	} else {
		model_format(page->recipient, sizeof(page->recipient), "Patient/%s",
			     stay->patient->id);
		MODEL_PUT(page->recipient_name, str_from_c(stay->patient->name));
	}
	MODEL_PUT(page->text, str_from_c(text));
	page->family = true;
	page->webhook = core->options.webhook;
	page->level = alert == NULL ? (uint8_t)ALERT_LEVEL_NONE : alert->level;
	/* Without a way out nobody was told, and the record says so. */
	page->status = core->options.webhook ? PAGE_PREPARATION : PAGE_NOT_DONE;
	stay_mark(core, stay);
}

void page_family(struct ward_core *core, struct stay *stay, struct alert *alert, bool all,
		 const char *text)
{
	if (stay->patient == NULL || self_test_is(stay))
		return;
	const struct contact *contact = stay->patient->contacts;
	do {
		page_relative(core, stay, alert, contact, text);
		contact = contact == NULL ? NULL : contact->next;
	} while (all && contact != NULL);
}

/* Whether somebody of the rung may still be reached by a channel that leaves the house. */
static bool rung_waits(const struct alert *alert)
{
	for (const struct page *page = alert->pages; page != NULL; page = page->next) {
		if (page->rung == alert->rung && page->webhook && !page->family &&
		    !page->withdrawn && page->at_us >= alert->rung_us &&
		    page->status != PAGE_STOPPED)
			return true;
	}
	return false;
}

/* A sender gave a page up: that is said, and a rung that nobody of was reached is left at once. */
static void page_lost(struct ward_core *core, struct stay *stay, struct alert *alert,
		      const struct page *page)
{
	char title[MODEL_TEXT_BYTES];
	struct alert *said = alert_open(stay, ALERT_CAUSE_UNDELIVERED);
	bool technical = alert != NULL && alert->level == ALERT_LEVEL_TECHNICAL;
	model_format(title, sizeof(title), "A page to %s could not be delivered",
		     page->recipient_name[0] != '\0' ? page->recipient_name : page->recipient);
	if (said == NULL && !technical) {
		(void)alert_raise(core, stay, ALERT_CAUSE_UNDELIVERED, ALERT_LEVEL_TECHNICAL,
				  str_from_c(title));
	} else if (said != NULL) {
		MODEL_PUT(said->title, str_from_c(title));
		alert_touch(core, said);
	}
	if (alert == NULL || page->family || alert->status != ALERT_REQUESTED ||
	    page->rung != alert->rung || page->at_us < alert->rung_us || rung_waits(alert))
		return;
	alert_touch(core, alert);
	page_ladder_next(core, alert);
}

void page_event(struct ward_core *core, struct stay *stay, struct alert *alert, struct page *page,
		const struct json *communication)
{
	struct str status = json_get_text(communication, STR("status"));
	struct date received;
	bool waited = page->status == PAGE_PREPARATION || page->status == PAGE_IN_PROGRESS;
	bool open = alert == NULL || alert_is_open(alert);
	if (str_equal(status, STR("completed")))
		page->status = PAGE_COMPLETED;
	else if (str_equal(status, STR("in-progress")))
		page->status = PAGE_IN_PROGRESS;
	else if (str_equal(status, STR("stopped")))
		page->status = PAGE_STOPPED;
	else if (str_equal(status, STR("not-done")))
		page->status = PAGE_NOT_DONE;
	if (date_parse(json_get_text(communication, STR("received")), DATE_KIND_DATETIME,
		       &received) == ERROR_OK)
		page->received_us = received.low_us;
	if (page->status == PAGE_COMPLETED && page->received_us != 0 && !page->family &&
	    alert != NULL && open)
		alert_delivered(core, alert);
	if (page->status == PAGE_STOPPED && waited && open)
		page_lost(core, stay, alert, page);
	stay_mark(core, stay);
}
