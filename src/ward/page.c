/* SPDX-License-Identifier: Apache-2.0
 * Who is told. A ladder names roles; a rung resolves to the people on shift at that moment; a rung with nobody is
 * skipped at once and said aloud (a technical alert). The last rung repeats until somebody answers.
 * Channels: the board, the webhook and Web Push get every page. The personal ones (SMS, voice, e-mail) are tried in the
 * person's own order, one at a time, for an Emergency all at once; alerts below Medium stay on the board, webhook and
 * push. A page without proof of delivery by its deadline counts as not delivered: the person's next channel is
 * tried, and the ladder climbs at the same instant, because it never waits for a channel. */
#include "ward/model.h"
#include "ward/place.h"

/* Proof that a family was told is waited for this long before its next channel is tried. */
#define PAGE_FAMILY_US (15 * DATE_US_PER_MIN)

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

static bool page_is_waiting(const struct page *page)
{
	return !page->withdrawn && page->channel > CHANNEL_BOARD &&
	       (page->status == PAGE_PREPARATION || page->status == PAGE_IN_PROGRESS);
}

/* Who is told what, and by when it must be proved. */
struct addressee {
	struct stay *stay;
	struct alert *alert; /* NULL: a page to a family outside an alert */
	bool family;
	char reference[MODEL_REFERENCE_BYTES];
	struct str name;
	const char *language;
	struct str text; /* empty: printed from the alert */
	uint32_t reach;
	int64_t deadline_us;
};

static void send(struct ward_core *core, const struct addressee *to, enum channel channel)
{
	struct alert *alert = to->alert;
	struct page *page =
		alert == NULL
			? page_new(core, &to->stay->pages, to->stay->id, &to->stay->page_count)
			: page_new(core, &alert->pages, alert->id, &alert->page_count);
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
}

/* All channels that leave the house and are due for this level; false when there is none. */
static bool send_out(struct ward_core *core, const struct addressee *to, enum alert_level level)
{
	bool any = false;
	if (channel_is_set_up(core, CHANNEL_WEBHOOK)) {
		send(core, to, CHANNEL_WEBHOOK);
		any = true;
	}
	if (channel_pushes(core, to->reference)) {
		send(core, to, CHANNEL_WEB_PUSH);
		any = true;
	}
	if (!to->family && level < ALERT_LEVEL_MEDIUM)
		return any;
	enum channel channel = channel_first(core, to->reach);
	while (channel != CHANNEL_NONE) {
		send(core, to, channel);
		any = true;
		if (level != ALERT_LEVEL_EMERGENCY)
			break;
		channel = channel_after(core, to->reach, channel);
	}
	return any;
}

static void address_role(struct ward_core *core, struct alert *alert, const struct role *role,
			 struct addressee *ret_to)
{
	*ret_to = (struct addressee){ .stay = alert->stay,
				      .alert = alert,
				      .language = "",
				      .name = rota_person_name(core, role),
				      .reach = role->reach };
	model_format(ret_to->reference, sizeof(ret_to->reference), "PractitionerRole/%s", role->id);
}

/* Pages everybody on shift for the rung; the first of them answers for the alert. */
static bool page_rung(struct ward_core *core, struct alert *alert, const struct rung *rung,
		      int64_t deadline_us)
{
	const struct ward_place *ward = alert->stay->ward;
	uint32_t roles = self_test_roles(alert, rung->roles);
	bool anyone = false;
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		struct addressee to;
		if (ward == NULL || !role->known || (role->roles & roles) == 0 ||
		    strcmp(role->ward, ward->id) != 0 || !rota_on_shift(role, core->now_us))
			continue;
		if (!anyone) {
			model_format(alert->owner, sizeof(alert->owner), "PractitionerRole/%s",
				     role->id);
			MODEL_PUT(alert->owner_name, rota_person_name(core, role));
		}
		anyone = true;
		address_role(core, alert, role, &to);
		to.deadline_us = deadline_us;
		send(core, &to, CHANNEL_BOARD);
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
	address_role(core, alert, role, &to);
	to.deadline_us = alert->deadline_us;
	send(core, &to, CHANNEL_BOARD);
	(void)send_out(core, &to, (enum alert_level)alert->level);
	stay_timers(core, alert->stay);
}

/* What concerns the ward's running goes to who runs it. */
uint32_t page_first_rung(const struct alert *alert)
{
	const struct ladder *ladder = page_ladder(alert);
	bool runs = alert->cause == ALERT_CAUSE_HANDOVER || alert->cause == ALERT_CAUSE_ACCESS;
	for (uint32_t rung = 0; runs && rung < ladder->rung_count; rung++) {
		if ((ladder->rungs[rung].roles & 1u << ROLE_NURSE_IN_CHARGE) != 0)
			return rung;
	}
	return 0;
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

static void climb(struct ward_core *core, struct alert *alert, uint32_t rung, bool again)
{
	const struct ladder *ladder = page_ladder(alert);
	int64_t deadline_us = core->now_us + (again ? ladder->repeat_us : ladder->acknowledge_us);
	ASSERT(ladder->rung_count > 0 && rung < ladder->rung_count);
	snooze_end(core, alert, true); /* whoever pages anew, the silence is over */
	alert->rung_us = alert->owned_us = core->now_us;
	withdraw_instant(core, alert);
	alert->owner[0] = alert->owner_name[0] = '\0';
	for (; rung < ladder->rung_count; rung++) {
		alert->rung = rung;
		if (page_rung(core, alert, &ladder->rungs[rung], deadline_us)) {
			alert->deadline_us = deadline_us;
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

static void address_contact(const struct stay *stay, const struct contact *contact,
			    struct addressee *to)
{
	const struct patient *patient = stay->patient;
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
	address_contact(stay, contact, &to);
	to.deadline_us = core->now_us + PAGE_FAMILY_US;
	if (!send_out(core, &to, alert == NULL ? ALERT_LEVEL_NONE : (enum alert_level)alert->level))
		send(core, &to, CHANNEL_NONE);
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
	stay_timers(core, stay);
}

/* --- what became of them -------------------------------------------------------------------- */

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
		if (stay->patient == NULL ||
		    (contact == NULL && str_equal(kind, STR("RelatedPerson"))))
			return false;
		address_contact(stay, contact, &to);
		to.text = str_from_c(page->text);
		to.deadline_us = core->now_us + PAGE_FAMILY_US;
	} else {
		struct str reference = str_from_c(page->recipient);
		(void)str_cut(&reference, '/');
		const struct role *role = map_get(&core->role_by_id, reference);
		if (role == NULL || alert == NULL)
			return false;
		address_role(core, alert, role, &to);
		to.deadline_us = core->now_us + page_ladder(alert)->acknowledge_us;
	}
	enum channel channel = channel_after(core, to.reach, (enum channel)page->channel);
	if (channel == CHANNEL_NONE)
		return false;
	uint32_t rung = page->rung;
	send(core, &to, channel);
	/* It stands for the rung that the first page was for, also when the alert has gone on. */
	struct page *made = alert == NULL ? stay->pages : alert->pages;
	while (made->next != NULL)
		made = made->next;
	made->rung = rung;
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
	model_format(title, sizeof(title), "A page to %s could not be delivered",
		     page->recipient_name[0] != '\0' ? page->recipient_name : page->recipient);
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
	page_ladder_next(core, alert);
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
