/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/facts.h"

/* A day without a time counts whole. */
static int64_t end_of(const struct json *period)
{
	struct date date;
	if (date_parse(json_get_text(period, STR("end")), DATE_KIND_DATETIME, &date) != ERROR_OK)
		return FACTS_OPEN;
	return record_ms(date.precision <= DATE_DAY ? date.high_us : date.low_us);
}

static struct str code_or_unknown(struct arena *arena, const struct json *episode, struct str name)
{
	struct str code = json_get_text(model_extension(episode, name), STR("valueCode"));
	return code.len > 0 ? arena_copy(arena, code) : STR("unknown");
}

static bool is_ours(const struct facts *facts, const struct json *episode)
{
	return str_equal(model_reference_id(json_get(episode, STR("managingOrganization")),
					    STR("Organization")),
			 facts->ward);
}

static bool visit_stay(void *context, const struct store_version *version,
		       const struct json *episode)
{
	struct facts *facts = context;
	struct arena *arena = facts->arena;
	struct str status = json_get_text(episode, STR("status"));
	const struct json *period = json_get(episode, STR("period"));
	int64_t start_us = record_instant(period, STR("start"), INT64_MIN);
	int64_t end_us = end_of(period);
	bool never_ours = version->version == 1 && !is_ours(facts, episode);
	if (never_ours || !stay_is_of_ward(episode) || start_us == INT64_MIN ||
	    start_us > facts->to_us || end_us < facts->from_us - FACTS_AFTER_US ||
	    !(str_equal(status, STR("active")) || str_equal(status, STR("onhold")) ||
	      str_equal(status, STR("finished"))))
		return true;
	struct facts_stay *stay = ARENA_NEW(arena, struct facts_stay, 1);
	if (stay == NULL)
		return false;
	stay->id = arena_copy(arena, version->id);
	stay->status = arena_copy(arena, status);
	stay->start_us = start_us;
	/* A finished stay without an end is over as far as anybody can tell. */
	stay->end_us = end_us == FACTS_OPEN && str_equal(status, STR("finished"))
			       ? record_ms(version->at_us)
			       : end_us;
	stay->source = code_or_unknown(arena, episode, STR("admission-source"));
	stay->destination = code_or_unknown(arena, episode, STR("discharge-destination"));
	stay->channel = STR("unknown");
	stay->referral = arena_copy(
		arena, model_reference_id(json_at(json_get(episode, STR("referralRequest")), 0),
					  STR("ServiceRequest")));
	struct str patient = model_reference_id(json_get(episode, STR("patient")), STR("Patient"));
	stay->person = ARENA_NEW(arena, struct facts_person, 1);
	if (stay->person == NULL)
		return false;
	stay->person->id =
		arena_copy(arena, patient); /* replaced by the one that all stays share */
	stay->next = facts->stays;
	facts->stays = stay;
	return !arena->failed;
}

struct visit {
	struct facts *facts;
	struct facts_stay *stay;
};

/* One more version: what `is_on` says holds from `at_us`, over spans with the oldest first. */
static bool put_change(struct arena *arena, struct facts_span **link, bool is_on, int64_t at_us)
{
	while (*link != NULL && (*link)->end_us != FACTS_OPEN)
		link = &(*link)->next;
	if (!is_on && *link != NULL)
		(*link)->end_us = at_us;
	if (!is_on || *link != NULL)
		return true;
	struct facts_span *span = ARENA_NEW(arena, struct facts_span, 1);
	if (span == NULL)
		return false;
	span->start_us = at_us;
	span->end_us = FACTS_OPEN;
	*link = span;
	return true;
}

/* The first version says where the stay was before it was written down, too. */
static bool visit_version(void *context, const struct store_version *version,
			  const struct json *episode)
{
	struct visit *visit = context;
	struct arena *arena = visit->facts->arena;
	int64_t at_us = record_ms(version->at_us);
	bool held =
		episode != NULL && str_equal(json_get_text(episode, STR("status")), STR("onhold"));
	bool away = episode != NULL && !is_ours(visit->facts, episode);
	return put_change(arena, &visit->stay->holds, held, at_us) &&
	       (episode == NULL || put_change(arena, &visit->stay->away, away,
					      version->version == 1 ? INT64_MIN : at_us));
}

/* Of every ward: the search knows the newest version alone, and a stay may have been ours before. */
static enum error gather_stays(struct facts *facts)
{
	struct arena *arena = facts->arena;
	const struct search_argument arguments[] = {
		{ STR("date"), record_bound(arena, "le", facts->to_us + DATE_US_PER_S) },
		{ STR("date"), record_bound(arena, "ge", facts->from_us - FACTS_AFTER_US) },
	};
	const struct record_search search = { "EpisodeOfCare", arguments, 2, visit_stay, facts };
	return record_each(facts->record, &search);
}

static bool was_ours(const struct facts *facts, const struct facts_stay *stay)
{
	for (const struct facts_span *span = stay->away; span != NULL; span = span->next) {
		if (span->start_us <= facts->from_us - FACTS_AFTER_US &&
		    span->end_us > facts->to_us)
			return false;
	}
	return true;
}

/* When each stay stood on hold, and on another ward; those that were there all the time are left out. */
static enum error read_versions(struct facts *facts)
{
	struct facts_stay **link = &facts->stays;
	while (*link != NULL) {
		struct visit visit = { facts, *link };
		enum error error = record_history(facts->record, "EpisodeOfCare", (*link)->id,
						  visit_version, &visit);
		if (error != ERROR_OK)
			return error;
		if (was_ours(facts, *link))
			link = &(*link)->next;
		else
			*link = (*link)->next;
	}
	return ERROR_OK;
}

/* What a stay's own resource leaves to others: who it is, and where it came from. */
static enum error complete_stay(struct facts *facts, struct facts_stay *stay, bool whole)
{
	enum error error = facts_person(facts, stay->person->id, whole, &stay->person);
	for (struct facts_span *span = stay->holds; span != NULL; span = span->next) {
		if (span->end_us > stay->end_us)
			span->end_us = stay->end_us;
	}
	if (error != ERROR_OK || stay->referral.len == 0)
		return error;
	struct json *referral = NULL;
	int64_t version;
	error = record_read(facts->record, "ServiceRequest", stay->referral, &referral, &version);
	if (error == ERROR_OK)
		stay->source = facts_referral_source(referral);
	return error == ERROR_NOT_FOUND ? ERROR_OK : error;
}

enum error facts_gather(struct facts *facts, unsigned parts)
{
	struct record *record = facts->record;
	facts->arena = &record->call->arena;
	facts->now_us = clock_now_us(server_clock(record->call->server));
	enum error error = gather_stays(facts);
	if (error == ERROR_OK)
		error = read_versions(facts);
	for (struct facts_stay *stay = facts->stays; error == ERROR_OK && stay != NULL;
	     stay = stay->next) {
		error = complete_stay(facts, stay, (parts & FACTS_PERSONS) != 0);
		map_put(&facts->stays_by_id, stay->id, stay);
	}
	if (error == ERROR_OK && (parts & FACTS_REFERRALS) != 0)
		error = facts_referrals(facts);
	if (error == ERROR_OK && (parts & FACTS_ALERTS) != 0)
		error = facts_alerts(facts);
	if (error == ERROR_OK && (parts & FACTS_SETS) != 0)
		error = facts_sets(facts, (parts & FACTS_CHANNELS) != 0);
	if (error == ERROR_OK && (parts & FACTS_DECLINED) != 0)
		error = facts_declined(facts);
	if (error == ERROR_OK && (parts & FACTS_BEDS) != 0)
		error = facts_beds(facts);
	if (error == ERROR_OK && (parts & FACTS_SHIFTS) != 0)
		error = facts_shifts(facts);
	return error == ERROR_OK && facts->arena->failed ? ERROR_LIMIT : error;
}

void facts_done(struct facts *facts)
{
	map_done(&facts->persons);
	map_done(&facts->stays_by_id);
}

/* --- questions ------------------------------------------------------------------------------ */

bool facts_in(const struct facts *facts, int64_t at_us)
{
	return at_us >= facts->from_us && at_us < facts->to_us;
}

static bool within(const struct facts_span *span, int64_t at_us)
{
	for (; span != NULL; span = span->next) {
		if (span->start_us <= at_us && at_us < span->end_us)
			return true;
	}
	return false;
}

bool facts_is_ours(const struct facts_stay *stay, int64_t at_us)
{
	return !within(stay->away, at_us);
}

bool facts_fills(const struct facts_stay *stay, int64_t at_us)
{
	return stay->start_us <= at_us && at_us < stay->end_us && facts_is_ours(stay, at_us);
}

bool facts_is_held(const struct facts_stay *stay, int64_t at_us)
{
	return within(stay->holds, at_us);
}

bool facts_bed_is_open(const struct facts_bed *bed, int64_t at_us)
{
	return within(bed->open, at_us);
}

static int64_t overlap(int64_t start_us, int64_t end_us, int64_t from_us, int64_t to_us)
{
	int64_t low = start_us > from_us ? start_us : from_us;
	int64_t high = end_us < to_us ? end_us : to_us;
	return high > low ? high - low : 0;
}

/* The part of [from, to) in which the stay was of the ward and in no hospital bed. */
static int64_t home_within(const struct facts_stay *stay, int64_t from_us, int64_t to_us)
{
	int64_t home_us = overlap(stay->start_us, stay->end_us, from_us, to_us);
	for (const struct facts_span *hold = stay->holds; hold != NULL; hold = hold->next) {
		int64_t start_us =
			hold->start_us > stay->start_us ? hold->start_us : stay->start_us;
		home_us -= overlap(start_us, hold->end_us, from_us, to_us);
	}
	return home_us;
}

int64_t facts_home_us(const struct facts *facts, const struct facts_stay *stay)
{
	int64_t to_us = facts->to_us < facts->now_us ? facts->to_us : facts->now_us;
	int64_t home_us = home_within(stay, facts->from_us, to_us);
	for (const struct facts_span *away = stay->away; away != NULL; away = away->next) {
		int64_t from_us = away->start_us > facts->from_us ? away->start_us : facts->from_us;
		int64_t until_us = away->end_us < to_us ? away->end_us : to_us;
		if (until_us > from_us)
			home_us -= home_within(stay, from_us, until_us);
	}
	return home_us;
}

int64_t facts_length_us(const struct facts_stay *stay)
{
	int64_t length_us = stay->end_us - stay->start_us;
	for (const struct facts_span *away = stay->away; away != NULL; away = away->next)
		length_us -= overlap(away->start_us, away->end_us, stay->start_us, stay->end_us);
	return length_us;
}

bool facts_has_ended(const struct facts *facts, const struct facts_stay *stay)
{
	return facts_in(facts, stay->end_us) && facts_is_ours(stay, stay->end_us - 1);
}

bool facts_left_home(const struct facts_stay *stay, int64_t from_us, int64_t until_us)
{
	for (const struct facts_span *hold = stay->holds; hold != NULL; hold = hold->next) {
		if (hold->start_us >= from_us && hold->start_us < until_us)
			return true;
	}
	for (const struct facts_event *event = stay->events; event != NULL;
	     event = event->next_of_stay) {
		if (str_equal(event->kind, STR("escalation")) && event->at_us >= from_us &&
		    event->at_us < until_us)
			return true;
	}
	return stay->end_us >= from_us && stay->end_us < until_us &&
	       (str_equal(stay->destination, STR("hospital")) ||
		str_equal(stay->destination, STR("died")));
}

struct str facts_direction(const struct facts_stay *stay)
{
	if (str_equal(stay->source, STR("ward")))
		return STR("step-down");
	return str_equal(stay->source, STR("unknown")) ? STR("unknown") : STR("step-up");
}

struct str facts_age_group(const struct facts_person *person, int64_t at_us)
{
	static const struct {
		int years_below;
		struct str name;
	} groups[] = {
		{ 1, STR_INIT("0") },      { 5, STR_INIT("1-4") },    { 13, STR_INIT("5-12") },
		{ 18, STR_INIT("13-17") }, { 65, STR_INIT("18-64") }, { 80, STR_INIT("65-79") },
	};
	int years = person != NULL && person->has_birth ? date_age_years(person->birth, at_us) : -1;
	if (years < 0)
		return STR("unknown");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (years < groups[i].years_below)
			return groups[i].name;
	}
	return STR("80+");
}
