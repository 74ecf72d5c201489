/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/figure.h"

#include "flow/day.h"

#include <stdlib.h>

#define LONG_STAY_US (14 * DATE_US_PER_DAY)
#define SNAPSHOT_HOUR 8

static void put(struct figure_items *items, struct figure_item item)
{
	if (item.weight == 0)
		return;
	if (items->count == items->capacity) {
		size_t capacity = items->capacity == 0 ? 64 : items->capacity * 2;
		struct figure_item *grown = ARENA_NEW(items->arena, struct figure_item, capacity);
		if (grown == NULL)
			return;
		if (items->count > 0)
			memcpy(grown, items->items, items->count * sizeof(*grown));
		items->items = grown;
		items->capacity = capacity;
	}
	items->items[items->count++] = item;
}

/* --- stays ---------------------------------------------------------------------------------- */

static int64_t mornings(const struct facts *facts, bool (*holds)(const void *, int64_t),
			const void *thing)
{
	int64_t count = 0;
	for (int64_t day = day_of(facts->from_us); day_at(day, 0) < facts->to_us; day++) {
		int64_t at_us = day_at(day, SNAPSHOT_HOUR);
		if (facts_in(facts, at_us) && at_us <= facts->now_us && holds(thing, at_us))
			count++;
	}
	return count;
}

static bool stay_fills(const void *thing, int64_t at_us)
{
	return facts_fills(thing, at_us);
}

static bool stay_is_held(const void *thing, int64_t at_us)
{
	return facts_fills(thing, at_us) && facts_is_held(thing, at_us);
}

static bool bed_is_open(const void *thing, int64_t at_us)
{
	return facts_bed_is_open(thing, at_us);
}

static int64_t step_ups(const struct facts *facts, const struct facts_stay *stay)
{
	int64_t count = 0;
	for (const struct facts_span *hold = stay->holds; hold != NULL; hold = hold->next)
		count += facts_in(facts, hold->start_us) && facts_is_ours(stay, hold->start_us);
	return count;
}

/* Times that the stay came to this ward from another one (or went to one) between its start and its end. */
static int64_t transfers(const struct facts *facts, const struct facts_stay *stay, bool in)
{
	int64_t count = 0;
	for (const struct facts_span *away = stay->away; away != NULL; away = away->next) {
		int64_t at_us = in ? away->end_us : away->start_us;
		count += facts_in(facts, at_us) && at_us > stay->start_us && at_us < stay->end_us;
	}
	return count;
}

enum stay_figure {
	STAY_HOME,
	STAY_ADMITTED,
	STAY_DISCHARGED,
	STAY_DIED,
	STAY_LONG,
	STAY_MORNINGS,
	STAY_HELD_MORNINGS,
	STAY_STEP_UPS,
	STAY_TRANSFERS_IN,
	STAY_TRANSFERS_OUT,
	STAY_FEVER,
	STAY_FEVER_JUDGED,
	STAY_FEVER_MANAGED,
	STAY_SETS,
	STAY_MISSED,
	STAY_ROUNDS,
	STAY_DECLINED,
	STAY_DECLINED_UNCODED,
};

static void put_fever(const struct facts *facts, const struct facts_stay *stay, unsigned which,
		      struct figure_item *item)
{
	int64_t until_us = stay->fever_us + FACTS_FEVER_US;
	bool left = facts_left_home(stay, stay->fever_us, until_us);
	if (stay->fever_us == 0)
		return;
	/* Who went to hospital is judged at once, who stayed at home when the time has passed. */
	bool judged = left || until_us <= facts->now_us;
	item->weight = which == STAY_FEVER          ? 1
		       : which == STAY_FEVER_JUDGED ? judged
						    : judged && !left;
}

static void put_stay(const struct facts *facts, const struct facts_stay *stay, unsigned which,
		     struct figure_items *items)
{
	struct figure_item item = { .kind = FIGURE_STAY, .thing = stay };
	bool ended = facts_has_ended(facts, stay);
	switch ((enum stay_figure)which) {
	case STAY_HOME:
		item.value_us = facts_home_us(facts, stay);
		item.weight = item.value_us > 0;
		break;
	case STAY_ADMITTED:
		item.weight =
			facts_in(facts, stay->start_us) && facts_is_ours(stay, stay->start_us);
		break;
	case STAY_DISCHARGED:
		item.weight = ended;
		item.value_us = ended ? facts_length_us(stay) : 0;
		break;
	case STAY_DIED:
		item.weight = ended && str_equal(stay->destination, STR("died"));
		break;
	case STAY_LONG:
		item.weight = ended && facts_length_us(stay) > LONG_STAY_US;
		break;
	case STAY_MORNINGS:
		item.weight = mornings(facts, stay_fills, stay);
		break;
	case STAY_HELD_MORNINGS:
		item.weight = mornings(facts, stay_is_held, stay);
		break;
	case STAY_STEP_UPS:
		item.weight = step_ups(facts, stay);
		break;
	case STAY_TRANSFERS_IN:
	case STAY_TRANSFERS_OUT:
		item.weight = transfers(facts, stay, which == STAY_TRANSFERS_IN);
		break;
	case STAY_FEVER:
	case STAY_FEVER_JUDGED:
	case STAY_FEVER_MANAGED:
		put_fever(facts, stay, which, &item);
		break;
	case STAY_SETS:
		item.weight = stay->sets_count;
		break;
	case STAY_MISSED:
		item.weight = stay->missed_count;
		break;
	case STAY_ROUNDS:
		item.weight = stay->sets_count + stay->missed_count;
		break;
	case STAY_DECLINED:
		item.weight = stay->declined_count;
		break;
	case STAY_DECLINED_UNCODED:
		item.weight = stay->uncoded_count;
		break;
	}
	put(items, item);
}

/* --- referrals, alerts, events, beds -------------------------------------------------------- */

enum referral_figure { REFERRAL_ALL, REFERRAL_ACCEPTED, REFERRAL_REFUSED, REFERRAL_WAITING };

static void put_referral(const struct facts *facts, const struct facts_referral *referral,
			 unsigned which, struct figure_items *items)
{
	struct figure_item item = { .kind = FIGURE_REFERRAL, .thing = referral };
	bool decided = referral->decided_us != 0 && facts_in(facts, referral->decided_us);
	switch ((enum referral_figure)which) {
	case REFERRAL_ALL:
		item.weight = facts_in(facts, referral->authored_us);
		break;
	case REFERRAL_ACCEPTED:
		item.weight = decided && str_equal(referral->outcome, STR("accepted"));
		break;
	case REFERRAL_REFUSED:
		item.weight = decided && str_equal(referral->outcome, STR("refused"));
		break;
	case REFERRAL_WAITING:
		item.weight = facts_in(facts, referral->authored_us) && referral->decided_us == 0 &&
			      str_equal(referral->status, STR("active"));
		break;
	}
	put(items, item);
}

enum alert_figure {
	ALERT_ALL,
	ALERT_ACTIONED,
	ALERT_OWED,
	ALERT_IN_TIME,
	ALERT_ANSWERED,
	ALERT_AGAIN,
	ALERT_SNOOZED,
	ALERT_TECHNICAL_ALL,
	ALERT_TECHNICAL_FALSE,
};

static bool is_technical(struct str rule)
{
	static const char *const rules[] = { "conflict",     "delivery",  "discrepancy",
					     "equipment",    "handover",  "implausible",
					     "rota",         "self-test", "technical",
					     "time-suspect", NULL };
	return record_code_is_known(rule, rules);
}

static void put_alert(const struct facts *facts, const struct facts_alert *alert, unsigned which,
		      struct figure_items *items)
{
	struct figure_item item = { .kind = FIGURE_ALERT, .thing = alert };
	bool answered = alert->acknowledged_us != 0;
	bool technical = is_technical(alert->rule);
	/* An answer was owed when one came, or when the first deadline passed while the alert was open. */
	bool owed = answered ||
		    (alert->deadline_us <= facts->now_us && alert->deadline_us < alert->closed_us);
	switch ((enum alert_figure)which) {
	case ALERT_ALL:
		item.weight = 1;
		break;
	case ALERT_ACTIONED:
		item.weight = alert->is_actioned;
		break;
	case ALERT_OWED:
		item.weight = owed;
		break;
	case ALERT_IN_TIME:
		item.weight = answered && alert->acknowledged_us <= alert->deadline_us;
		break;
	case ALERT_ANSWERED:
		item.weight = answered;
		item.value_us = alert->acknowledged_us - alert->raised_us;
		break;
	case ALERT_AGAIN:
		item.weight = alert->raised_again;
		break;
	case ALERT_SNOOZED:
		item.weight = alert->snoozes;
		break;
	case ALERT_TECHNICAL_ALL:
		item.weight = technical;
		break;
	case ALERT_TECHNICAL_FALSE:
		item.weight = technical && alert->closed_us != FACTS_OPEN && !alert->is_actioned;
		break;
	}
	put(items, item);
}

enum event_figure { EVENT_ESCALATIONS, EVENT_REVIEWS };

static void put_event(const struct facts *facts, const struct facts_event *event, unsigned which,
		      struct figure_items *items)
{
	struct figure_item item = { .kind = FIGURE_EVENT, .thing = event };
	struct str kind = which == EVENT_ESCALATIONS ? STR("escalation") : STR("review");
	item.weight = facts_in(facts, event->at_us) && str_equal(event->kind, kind);
	put(items, item);
}

static void put_bed(const struct facts *facts, const struct facts_bed *bed,
		    struct figure_items *items)
{
	struct figure_item item = { .kind = FIGURE_BED, .thing = bed };
	item.weight = mornings(facts, bed_is_open, bed);
	put(items, item);
}

static void put_shift(const struct facts_shift *shift, struct figure_items *items)
{
	struct figure_item item = { .kind = FIGURE_SHIFT, .thing = shift };
	item.weight = shift->worked_us > 0;
	item.value_us = shift->worked_us;
	put(items, item);
}

/* --- the table ------------------------------------------------------------------------------ */

static const struct figure {
	struct str name;
	enum figure_kind kind;
	unsigned which;
	unsigned parts;
} figures[] = {
	{ STR_INIT("stays"), FIGURE_STAY, STAY_HOME, 0 },
	{ STR_INIT("admissions"), FIGURE_STAY, STAY_ADMITTED, 0 },
	{ STR_INIT("discharges"), FIGURE_STAY, STAY_DISCHARGED, 0 },
	{ STR_INIT("deaths"), FIGURE_STAY, STAY_DIED, 0 },
	{ STR_INIT("stays-over-14-days"), FIGURE_STAY, STAY_LONG, 0 },
	{ STR_INIT("occupied-mornings"), FIGURE_STAY, STAY_MORNINGS, 0 },
	{ STR_INIT("held-mornings"), FIGURE_STAY, STAY_HELD_MORNINGS, 0 },
	{ STR_INIT("step-ups"), FIGURE_STAY, STAY_STEP_UPS, 0 },
	{ STR_INIT("transfers-in"), FIGURE_STAY, STAY_TRANSFERS_IN, 0 },
	{ STR_INIT("transfers-out"), FIGURE_STAY, STAY_TRANSFERS_OUT, 0 },
	{ STR_INIT("fever-stays"), FIGURE_STAY, STAY_FEVER, FACTS_ALERTS },
	{ STR_INIT("fever-stays-judged"), FIGURE_STAY, STAY_FEVER_JUDGED, FACTS_ALERTS },
	{ STR_INIT("fever-stays-at-home"), FIGURE_STAY, STAY_FEVER_MANAGED, FACTS_ALERTS },
	{ STR_INIT("sets"), FIGURE_STAY, STAY_SETS, FACTS_SETS },
	{ STR_INIT("missed-rounds"), FIGURE_STAY, STAY_MISSED, FACTS_SETS },
	{ STR_INIT("rounds"), FIGURE_STAY, STAY_ROUNDS, FACTS_SETS },
	{ STR_INIT("declined-signs"), FIGURE_STAY, STAY_DECLINED, FACTS_DECLINED },
	{ STR_INIT("declined-signs-without-a-code"), FIGURE_STAY, STAY_DECLINED_UNCODED,
	  FACTS_DECLINED },
	{ STR_INIT("referrals"), FIGURE_REFERRAL, REFERRAL_ALL, FACTS_REFERRALS },
	{ STR_INIT("referrals-accepted"), FIGURE_REFERRAL, REFERRAL_ACCEPTED, FACTS_REFERRALS },
	{ STR_INIT("referrals-refused"), FIGURE_REFERRAL, REFERRAL_REFUSED, FACTS_REFERRALS },
	{ STR_INIT("referrals-waiting"), FIGURE_REFERRAL, REFERRAL_WAITING, FACTS_REFERRALS },
	{ STR_INIT("alerts"), FIGURE_ALERT, ALERT_ALL, FACTS_ALERTS },
	{ STR_INIT("alerts-actioned"), FIGURE_ALERT, ALERT_ACTIONED, FACTS_ALERTS },
	{ STR_INIT("alerts-owed-an-answer"), FIGURE_ALERT, ALERT_OWED, FACTS_ALERTS },
	{ STR_INIT("alerts-answered-in-time"), FIGURE_ALERT, ALERT_IN_TIME, FACTS_ALERTS },
	{ STR_INIT("alerts-answered"), FIGURE_ALERT, ALERT_ANSWERED, FACTS_ALERTS },
	{ STR_INIT("alerts-raised-again"), FIGURE_ALERT, ALERT_AGAIN, FACTS_ALERTS },
	{ STR_INIT("snoozes"), FIGURE_ALERT, ALERT_SNOOZED, FACTS_ALERTS },
	{ STR_INIT("technical-alerts"), FIGURE_ALERT, ALERT_TECHNICAL_ALL, FACTS_ALERTS },
	{ STR_INIT("technical-alerts-without-action"), FIGURE_ALERT, ALERT_TECHNICAL_FALSE,
	  FACTS_ALERTS },
	{ STR_INIT("escalations"), FIGURE_EVENT, EVENT_ESCALATIONS, FACTS_ALERTS },
	{ STR_INIT("reviews"), FIGURE_EVENT, EVENT_REVIEWS, FACTS_ALERTS },
	{ STR_INIT("bed-mornings"), FIGURE_BED, 0, FACTS_BEDS },
	{ STR_INIT("nurse-shifts"), FIGURE_SHIFT, 0, FACTS_SHIFTS },
};

static const struct figure *find(struct str name)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (str_equal(figures[i].name, name))
			return &figures[i];
	}
	return NULL;
}

bool figure_find(struct str name, unsigned *ret_parts)
{
	const struct figure *figure = find(name);
	if (figure == NULL)
		return false;
	*ret_parts = figure->parts;
	return true;
}

static struct str id_of(const struct figure_item *item)
{
	switch (item->kind) {
	case FIGURE_STAY:
		return ((const struct facts_stay *)item->thing)->id;
	case FIGURE_REFERRAL:
		return ((const struct facts_referral *)item->thing)->id;
	case FIGURE_ALERT:
		return ((const struct facts_alert *)item->thing)->id;
	case FIGURE_EVENT:
		return ((const struct facts_event *)item->thing)->id;
	case FIGURE_SHIFT:
		return ((const struct facts_shift *)item->thing)->id;
	case FIGURE_BED:
		break;
	}
	return ((const struct facts_bed *)item->thing)->id;
}

static int compare(const void *left, const void *right)
{
	return str_compare(id_of(left), id_of(right));
}

bool figure_list(const struct facts *facts, struct str name, struct figure_items *items)
{
	const struct figure *figure = find(name);
	ASSERT(figure != NULL);
	switch (figure->kind) {
	case FIGURE_STAY:
		for (const struct facts_stay *at = facts->stays; at != NULL; at = at->next)
			put_stay(facts, at, figure->which, items);
		break;
	case FIGURE_REFERRAL:
		for (const struct facts_referral *at = facts->referrals; at != NULL; at = at->next)
			put_referral(facts, at, figure->which, items);
		break;
	case FIGURE_ALERT:
		for (const struct facts_alert *at = facts->alerts; at != NULL; at = at->next)
			put_alert(facts, at, figure->which, items);
		break;
	case FIGURE_EVENT:
		for (const struct facts_event *at = facts->events; at != NULL; at = at->next)
			put_event(facts, at, figure->which, items);
		break;
	case FIGURE_BED:
		for (const struct facts_bed *at = facts->beds; at != NULL; at = at->next)
			put_bed(facts, at, items);
		break;
	case FIGURE_SHIFT:
		for (const struct facts_shift *at = facts->shifts; at != NULL; at = at->next)
			put_shift(at, items);
		break;
	}
	if (items->count > 0)
		qsort(items->items, items->count, sizeof(*items->items), compare);
	return !items->arena->failed;
}

struct str figure_reference(struct arena *arena, const struct figure_item *item)
{
	static const char *const types[] = {
		[FIGURE_STAY] = "EpisodeOfCare", [FIGURE_REFERRAL] = "ServiceRequest",
		[FIGURE_ALERT] = "Task",         [FIGURE_EVENT] = "Task",
		[FIGURE_BED] = "Location",       [FIGURE_SHIFT] = "Slot",
	};
	return record_reference(arena, types[item->kind], id_of(item));
}

static int compare_values(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;
	return *a < *b ? -1 : *a > *b;
}

int64_t figure_percentile(struct arena *arena, const struct figure_items *items, size_t percent)
{
	int64_t *values = ARENA_NEW(arena, int64_t, items->count + 1);
	if (values == NULL || items->count == 0)
		return 0;
	for (size_t i = 0; i < items->count; i++)
		values[i] = items->items[i].value_us;
	qsort(values, items->count, sizeof(*values), compare_values);
	size_t rank = (items->count * percent + 99) / 100;
	return values[rank == 0 ? 0 : rank - 1];
}

/* --- strata --------------------------------------------------------------------------------- */

static const struct facts_stay *stay_of(const struct figure_item *item)
{
	switch (item->kind) {
	case FIGURE_STAY:
		return item->thing;
	case FIGURE_ALERT:
		return ((const struct facts_alert *)item->thing)->stay;
	case FIGURE_EVENT:
		return ((const struct facts_event *)item->thing)->stay;
	case FIGURE_REFERRAL:
	case FIGURE_BED:
	case FIGURE_SHIFT:
		break;
	}
	return NULL;
}

static struct str stratum_of_person(const struct figure_item *item, struct str stratifier)
{
	const struct facts_stay *stay = stay_of(item);
	const struct facts_referral *referral = item->kind == FIGURE_REFERRAL ? item->thing : NULL;
	const struct facts_person *person = stay != NULL       ? stay->person
					    : referral != NULL ? referral->person
							       : NULL;
	if (person == NULL)
		return STR("unknown");
	if (str_equal(stratifier, STR("language")))
		return person->language;
	if (str_equal(stratifier, STR("deprivation")))
		return person->deprivation;
	return facts_age_group(person, stay != NULL ? stay->start_us : referral->authored_us);
}

static struct str stratum_of_stay(const struct figure_item *item, struct str stratifier)
{
	const struct facts_stay *stay = stay_of(item);
	if (str_equal(stratifier, STR("source")) && item->kind == FIGURE_REFERRAL)
		return ((const struct facts_referral *)item->thing)->source;
	if (stay == NULL)
		return STR("unknown");
	if (str_equal(stratifier, STR("channel")))
		return stay->channel;
	if (str_equal(stratifier, STR("source")))
		return stay->source;
	if (str_equal(stratifier, STR("destination")))
		return stay->destination;
	return facts_direction(stay);
}

static struct str stratum_of_own(const struct figure_item *item, struct str stratifier)
{
	if (str_equal(stratifier, STR("reason")) && item->kind == FIGURE_REFERRAL)
		return ((const struct facts_referral *)item->thing)->reason;
	if (str_equal(stratifier, STR("rule")) && item->kind == FIGURE_ALERT)
		return ((const struct facts_alert *)item->thing)->rule;
	if (str_equal(stratifier, STR("level")) && item->kind == FIGURE_ALERT)
		return ((const struct facts_alert *)item->thing)->level;
	if (str_equal(stratifier, STR("role")) && item->kind == FIGURE_SHIFT)
		return ((const struct facts_shift *)item->thing)->role;
	if (str_equal(stratifier, STR("to")) && item->kind == FIGURE_EVENT)
		return ((const struct facts_event *)item->thing)->to;
	return STR("unknown");
}

static const struct stratifier {
	struct str name;
	struct str (*of)(const struct figure_item *item, struct str stratifier);
} stratifiers[] = {
	{ STR_INIT("age-group"), stratum_of_person },
	{ STR_INIT("language"), stratum_of_person },
	{ STR_INIT("deprivation"), stratum_of_person },
	{ STR_INIT("channel"), stratum_of_stay },
	{ STR_INIT("source"), stratum_of_stay },
	{ STR_INIT("destination"), stratum_of_stay },
	{ STR_INIT("direction"), stratum_of_stay },
	{ STR_INIT("reason"), stratum_of_own },
	{ STR_INIT("rule"), stratum_of_own },
	{ STR_INIT("level"), stratum_of_own },
	{ STR_INIT("to"), stratum_of_own },
	{ STR_INIT("role"), stratum_of_own },
};

static const struct stratifier *stratifier_find(struct str name)
{
	for (size_t i = 0; i < sizeof(stratifiers) / sizeof(stratifiers[0]); i++) {
		if (str_equal(stratifiers[i].name, name))
			return &stratifiers[i];
	}
	return NULL;
}

bool figure_stratifier_is_known(struct str name)
{
	return stratifier_find(name) != NULL;
}

struct str figure_stratum(const struct figure_item *item, struct str stratifier)
{
	const struct stratifier *found = stratifier_find(stratifier);
	ASSERT(found != NULL);
	struct str stratum = found->of(item, stratifier);
	return stratum.len > 0 ? stratum : STR("unknown");
}
