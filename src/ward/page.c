/* SPDX-License-Identifier: Apache-2.0
 * Who is told. A ladder names roles; a rung resolves to the people on shift at that moment; a rung with nobody is
 * skipped at once and said aloud (a technical alert). The last rung repeats until somebody answers; where nobody is
 * above, those below are called again.
 * Channels: the board, the webhook and Web Push get every page. The personal ones (SMS, voice, e-mail) are tried in the
 * person's own order, one at a time, for an Emergency all at once; alerts below Medium stay on the board, webhook and
 * push. A page without proof of delivery by its deadline counts as not delivered: the person's next channel is
 * tried, and the ladder climbs at the same instant, because it never waits for a channel. */
#include "ward/page.h"

#include "ward/carried.h"
#include "ward/deceased.h"
#include "ward/hours.h"
#include "ward/merge.h"
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
	if (alert->policy == NULL)
		return &ladder_default;
	if (alert->cause == ALERT_CAUSE_OPINION)
		return &alert->policy->opinion_ladder;
	if (alert->cause == ALERT_CAUSE_DISCREPANCY)
		return &alert->policy->discrepancy_ladder;
	return &alert->policy->ladders[alert->level];
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
			again->received_us = again->sent_us = again->seen_us = 0;
			again->acknowledged_us = 0;
			again->unproved = false;
			again->language[0] = again->proof[0] = again->provider[0] = '\0';
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

/* Pages of this alert made in this very instant say less than the ones that follow, unless a sender has acted on
 * them. */
static void withdraw_instant(struct ward_core *core, struct alert *alert)
{
	for (struct page *page = alert->pages; page != NULL; page = page->next) {
		bool untouched = page->sent_us == 0 && page->received_us == 0 &&
				 page->status <= PAGE_IN_PROGRESS;
		if (page->at_us == core->now_us && !page->family && untouched) {
			page->withdrawn = true;
			page->status = PAGE_STOPPED;
			page->dirty = true;
		}
	}
}

struct page *page_send(struct ward_core *core, const struct addressee *to, enum channel channel)
{
	struct alert *alert = to->alert;
	char owner[MODEL_ID_BYTES + 10] = "";
	if (alert != NULL) /* pages of the earlier version have its numbers */
		model_format(owner, sizeof(owner), "%s%s", alert->id,
			     carried_is(alert) ? "/carried" : "");
	struct page *page =
		alert == NULL
			? page_new(core, &to->stay->pages, to->stay->id, &to->stay->page_count)
			: page_new(core, &alert->pages, owner, &alert->page_count);
	MODEL_PUT(page->recipient, str_from_c(to->reference));
	MODEL_PUT(page->recipient_name, to->name);
	MODEL_PUT(page->text, to->text);
	MODEL_PUT(page->language, str_from_c(to->language));
	page->family = to->family;
	page->channel = (uint8_t)channel;
	page->level = alert == NULL ? (uint8_t)ALERT_LEVEL_NONE : alert->level;
	page->rung = alert == NULL || to->family ? 0 : alert->rung;
	page->deadline_us = MODEL_NEVER;
	page->status = PAGE_PREPARATION;
	if (channel == CHANNEL_BOARD)
		page->status = PAGE_IN_PROGRESS;
	else if (channel == CHANNEL_NONE) /* nobody was told, and the record says so */
		page->status = PAGE_NOT_DONE;
	else
		page->deadline_us = to->deadline_us;
	if (page->deadline_us < to->stay->page_due_us)
		to->stay->page_due_us = page->deadline_us;
	stay_mark(core, to->stay);
	return page;
}

/* All channels that leave the house and are due for this level; false when there is none. */
static bool send_out(struct ward_core *core, const struct addressee *to, enum alert_level level)
{
	bool any = false;
	if (channel_is_set_up(core, CHANNEL_WEBHOOK)) {
		(void)page_send(core, to, CHANNEL_WEBHOOK);
		any = true;
	}
	if (channel_pushes(core, to->reference)) {
		(void)page_send(core, to, CHANNEL_WEB_PUSH);
		any = true;
	}
	if (!to->family && level < ALERT_LEVEL_MEDIUM)
		return any;
	enum channel channel = channel_first(core, to->reach);
	while (channel != CHANNEL_NONE) {
		(void)page_send(core, to, channel);
		any = true;
		if (level != ALERT_LEVEL_EMERGENCY)
			break;
		channel = channel_after(core, to->reach, channel);
	}
	return any;
}

void page_to_role(struct ward_core *core, struct alert *alert, const struct role *role,
		  struct addressee *ret_to)
{
	*ret_to = (struct addressee){ .stay = alert->stay,
				      .alert = alert,
				      .language = "",
				      .name = rota_person_name(core, role),
				      .reach = role->reach };
	model_format(ret_to->reference, sizeof(ret_to->reference), "PractitionerRole/%s", role->id);
}

static bool is_called(const struct ward_core *core, const struct alert *alert,
		      const struct role *role, uint32_t roles)
{
	const struct ward_place *ward = alert->stay->ward;
	return ward != NULL && role->known && (role->roles & roles) != 0 &&
	       strcmp(role->ward, ward->id) == 0 && rota_on_shift(role, core->now_us);
}

static bool is_anyone(const struct ward_core *core, const struct alert *alert,
		      const struct rung *rung)
{
	uint32_t roles = self_test_roles(alert, rung->roles);
	const struct role *role = core->roles;
	while (role != NULL && !is_called(core, alert, role, roles))
		role = role->next;
	return role != NULL;
}

/* Pages everybody on shift for the rung; the first of them answers for the alert. */
static bool page_rung(struct ward_core *core, struct alert *alert, const struct rung *rung,
		      int64_t deadline_us)
{
	uint32_t roles = self_test_roles(alert, rung->roles);
	bool anyone = false;
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		struct addressee to;
		if (!is_called(core, alert, role, roles))
			continue;
		if (!anyone) {
			model_format(alert->owner, sizeof(alert->owner), "PractitionerRole/%s",
				     role->id);
			MODEL_PUT(alert->owner_name, rota_person_name(core, role));
		}
		anyone = true;
		page_to_role(core, alert, role, &to);
		to.deadline_us = deadline_us;
		(void)page_send(core, &to, CHANNEL_BOARD);
		(void)send_out(core, &to, (enum alert_level)alert->level);
	}
	return anyone;
}

void page_owner(struct ward_core *core, struct alert *alert)
{
	struct str rest = str_from_c(alert->owner);
	struct str type = str_cut(&rest, '/');
	const struct role *role =
		str_equal(type, STR("PractitionerRole")) ? map_get(&core->role_by_id, rest) : NULL;
	if (role == NULL)
		return;
	struct addressee to;
	page_to_role(core, alert, role, &to);
	to.deadline_us = alert->deadline_us;
	(void)page_send(core, &to, CHANNEL_BOARD);
	(void)send_out(core, &to, (enum alert_level)alert->level);
	stay_timers(core, alert->stay);
}

/* What concerns the ward's running goes to who runs it. */
uint32_t page_first_rung(const struct alert *alert)
{
	const struct ladder *ladder = page_ladder(alert);
	bool runs = alert->cause == ALERT_CAUSE_HANDOVER || alert->cause == ALERT_CAUSE_ACCESS ||
		    alert->cause == ALERT_CAUSE_MOVED || alert->cause == ALERT_CAUSE_MERGED ||
		    alert->cause == ALERT_CAUSE_DECEASED;
	for (uint32_t rung = 0; runs && rung < ladder->rung_count; rung++) {
		if ((ladder->rungs[rung].roles & 1u << ROLE_NURSE_IN_CHARGE) != 0)
			return rung;
	}
	return 0;
}

static bool has_reached(const struct alert *alert)
{
	return alert->owner[0] != '\0' || alert->owner_name[0] != '\0';
}

/* Ladders do not all begin with the same people: who was reached is found again by role, never further up. */
uint32_t page_rung_again(const struct alert *alert, const struct ladder *was)
{
	const struct ladder *ladder = page_ladder(alert);
	uint32_t rung = alert->rung, last = ladder->rung_count - 1;
	if (!has_reached(alert))
		return 0; /* every rung was empty, and need not be now */
	uint32_t kept = rung < last ? rung : last;
	for (uint32_t at = 0; ladder != was && rung < was->rung_count && at < kept; at++) {
		if ((was->rungs[rung].roles & ~ladder->rungs[at].roles) == 0)
			return at;
	}
	return kept;
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
	/* A ward without a technical desk is none the worse: its nurses are told. */
	if (alert->level == ALERT_LEVEL_TECHNICAL || ward == NULL || self_test_is(alert->stay) ||
	    rung->roles == 1u << ROLE_TECHNICAL_DESK)
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

/* Calls the first rung from `rung` up to below `end` with somebody on shift; the empty ones are said. */
static bool call_rungs(struct ward_core *core, struct alert *alert, uint32_t rung, uint32_t end)
{
	const struct ladder *ladder = page_ladder(alert);
	for (; rung < end; rung++) {
		alert->rung = rung;
		if (page_rung(core, alert, &ladder->rungs[rung], alert->deadline_us))
			return true;
		page_nobody(core, alert, &ladder->rungs[rung]);
	}
	return false;
}

/* Calls the alert's rung, or the first above it with somebody on shift; where nobody is from there up, whoever is below
 * at once, and again if they have not answered: no limit passes in which somebody was there and nobody called. */
static void call_out(struct ward_core *core, struct alert *alert)
{
	const struct ladder *ladder = page_ladder(alert);
	uint32_t from = alert->rung, count = ladder->rung_count;
	alert->rung_us = core->now_us;
	alert_own(alert, core->now_us);
	alert->call_us = 0;
	withdraw_instant(core, alert);
	alert->owner[0] = alert->owner_name[0] = '\0';
	if (!call_rungs(core, alert, from, count)) {
		alert->deadline_us = hours_limit_us(alert, core->now_us, ladder->acknowledge_us);
		if (!call_rungs(core, alert, 0, from))
			alert->rung = count - 1; /* look again for somebody at the deadline */
	}
	stay_timers(core, alert->stay);
}

/* Outside its hours it stands on the board, and its rung is called when they begin. */
static void wait_for_hours(struct ward_core *core, struct alert *alert, int64_t call_us)
{
	alert->rung_us = core->now_us;
	alert_own(alert, core->now_us);
	alert->call_us = call_us;
	withdraw_instant(core, alert);
	alert->owner[0] = alert->owner_name[0] = '\0';
	stay_timers(core, alert->stay);
}

static void climb(struct ward_core *core, struct alert *alert, uint32_t rung, bool again)
{
	const struct ladder *ladder = page_ladder(alert);
	int64_t call_us = hours_call_us(alert, core->now_us);
	ASSERT(ladder->rung_count > 0 && rung < ladder->rung_count);
	snooze_end(core, alert, true); /* whoever pages anew, the silence is over */
	alert->rung = rung;
	alert->deadline_us = hours_limit_us(alert, core->now_us,
					    again ? ladder->repeat_us : ladder->acknowledge_us);
	if (call_us > core->now_us)
		wait_for_hours(core, alert, call_us);
	else
		call_out(core, alert);
}

void page_hours_begin(struct ward_core *core, struct alert *alert)
{
	ASSERT(alert_is_open(alert) && alert->call_us != 0 && alert->call_us <= core->now_us);
	alert_touch(core, alert);
	call_out(core, alert);
}

void page_ladder_start(struct ward_core *core, struct alert *alert, uint32_t rung)
{
	climb(core, alert, rung, false);
}

void page_ladder_next(struct ward_core *core, struct alert *alert)
{
	const struct ladder *ladder = page_ladder(alert);
	if (!has_reached(alert))
		climb(core, alert, 0, false); /* nobody was there: from the start */
	else if (alert->rung + 1 < ladder->rung_count)
		climb(core, alert, alert->rung + 1, false);
	else
		climb(core, alert, ladder->rung_count - 1, true);
}

/* Whether somebody below the alert's rung has been called within the time to answer. */
static bool is_below_called(const struct ward_core *core, const struct alert *alert)
{
	int64_t since_us = core->now_us - page_ladder(alert)->acknowledge_us;
	for (const struct page *page = alert->pages; page != NULL; page = page->next) {
		if (page->rung < alert->rung && !page->family && !page->withdrawn &&
		    page->at_us > since_us)
			return true;
	}
	return false;
}

/* Whether somebody is on shift for a rung from `rung` up to below `end`. */
static bool is_anyone_from(const struct ward_core *core, const struct alert *alert, uint32_t rung,
			   uint32_t end)
{
	const struct ladder *ladder = page_ladder(alert);
	while (rung < end && !is_anyone(core, alert, &ladder->rungs[rung]))
		rung++;
	return rung < end;
}

/* Telephones that have just failed are not rung without end: with nobody above, and nobody below who was not called
 * within the limit, the alert stands where it is until its time. */
void page_ladder_leave(struct ward_core *core, struct alert *alert)
{
	const struct ladder *ladder = page_ladder(alert);
	uint32_t count = ladder->rung_count;
	bool is_below =
		is_anyone_from(core, alert, 0, alert->rung) && !is_below_called(core, alert);
	if (is_anyone_from(core, alert, alert->rung + 1, count) ||
	    (is_below && alert->rung + 1 < count)) {
		page_ladder_next(core, alert);
		return;
	}
	if (is_below) {
		climb(core, alert, 0, false);
		return;
	}
	for (uint32_t rung = alert->rung + 1; rung < ladder->rung_count; rung++)
		page_nobody(core, alert, &ladder->rungs[rung]);
}

/* The record of the patient under which a channel leads to them: the stay's own, else another of a merge. */
static const struct patient *reached_record(const struct ward_core *core,
					    const struct patient *patient)
{
	const struct patient *found = NULL;
	if (channel_first(core, patient->reach) != CHANNEL_NONE)
		return patient;
	for (const struct patient *at = merge_next(patient); at != patient; at = merge_next(at)) {
		if (channel_first(core, at->reach) != CHANNEL_NONE &&
		    (found == NULL || strcmp(at->id, found->id) < 0))
			found = at;
	}
	return found == NULL ? patient : found;
}

void page_to_contact(const struct ward_core *core, const struct stay *stay,
		     const struct contact *contact, struct addressee *to)
{
	const struct patient *patient = reached_record(core, stay->patient);
	to->family = true;
	to->language = contact != NULL ? contact->language : patient->language;
	to->name = str_from_c(contact != NULL ? contact->name : patient->name);
	to->reach = contact != NULL ? contact->reach : patient->reach;
	model_format(to->reference, sizeof(to->reference), "%s/%s",
		     contact != NULL ? "RelatedPerson" : "Patient",
		     contact != NULL ? contact->id : patient->id);
}

static void page_relative(struct ward_core *core, struct stay *stay, struct alert *alert,
			  const struct contact *contact, const char *text)
{
	struct addressee to = { .stay = stay, .alert = alert, .text = str_from_c(text) };
	page_to_contact(core, stay, contact, &to);
	to.deadline_us = core->now_us + PAGE_FAMILY_US;
	if (!send_out(core, &to, alert == NULL ? ALERT_LEVEL_NONE : (enum alert_level)alert->level))
		(void)page_send(core, &to, CHANNEL_NONE);
}

/* This one or the first after it whose time with the patient has begun and not ended. */
static const struct contact *still_there(const struct ward_core *core,
					 const struct contact *contact)
{
	while (contact != NULL && !term_holds(&contact->term, core->now_us))
		contact = contact->next;
	return contact;
}

/* Whether any channel that is set up leads to this contact, or to the patient when it is NULL. */
static bool is_reached(const struct ward_core *core, const struct stay *stay,
		       const struct contact *contact)
{
	struct addressee to = { .stay = NULL };
	page_to_contact(core, stay, contact, &to);
	return channel_is_set_up(core, CHANNEL_WEBHOOK) || channel_pushes(core, to.reference) ||
	       channel_first(core, to.reach) != CHANNEL_NONE;
}

/* The first contact to whom a way leads; without one the patient, and where no way leads to anybody the first. */
static const struct contact *first_reached(const struct ward_core *core, const struct stay *stay)
{
	const struct contact *first = still_there(core, merge_contacts(core, stay->patient));
	const struct contact *contact = first;
	while (contact != NULL && !is_reached(core, stay, contact))
		contact = still_there(core, contact->next);
	return contact != NULL || is_reached(core, stay, NULL) ? contact : first;
}

void page_family(struct ward_core *core, struct stay *stay, struct alert *alert, bool all,
		 const char *text)
{
	if (stay->patient == NULL || self_test_is(stay) || deceased_is(stay->patient))
		return;
	const struct contact *first = first_reached(core, stay);
	page_relative(core, stay, alert, first, text);
	for (const struct contact *contact =
		     all ? still_there(core, merge_contacts(core, stay->patient)) : NULL;
	     contact != NULL; contact = still_there(core, contact->next)) {
		if (contact != first)
			page_relative(core, stay, alert, contact, text);
	}
	stay_timers(core, stay);
}
