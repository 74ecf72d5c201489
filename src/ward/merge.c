/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/merge.h"

#include "ward/deceased.h"
#include "ward/device.h"

/* How much of it the stay's ward has been told. */
enum said { SAID_NOTHING, SAID_ONE_STAY, SAID_TWO_STAYS };

/* --- rings ------------------------------------------------------------------------------------ */

struct patient *merge_next(const struct patient *patient)
{
	return patient->next_merged != NULL ? patient->next_merged
					    : (struct patient *)(uintptr_t)patient;
}

static bool is_in_ring(const struct patient *patient, const struct patient *other)
{
	const struct patient *at = patient;
	do {
		if (at == other)
			return true;
		at = merge_next(at);
	} while (at != patient);
	return false;
}

static void join(struct patient *one, struct patient *other)
{
	if (is_in_ring(one, other))
		return;
	struct patient *after_one = merge_next(one), *after_other = merge_next(other);
	one->next_merged = after_other;
	other->next_merged = after_one;
}

bool merge_same(const struct ward_core *core, struct str one, struct str other)
{
	if (str_equal(one, other))
		return true;
	const struct patient *a = one.len == 0 ? NULL : map_get(&core->patient_by_id, one);
	const struct patient *b = other.len == 0 ? NULL : map_get(&core->patient_by_id, other);
	return a != NULL && b != NULL && is_in_ring(a, b);
}

void merge_load(struct patient *patient, struct patient *other)
{
	struct merge_link **tail = &patient->links;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = MODEL_NEW(struct merge_link);
	(*tail)->other = other;
	join(patient, other);
}

void merge_done(struct patient *patient)
{
	while (patient->links != NULL) {
		struct merge_link *link = patient->links;
		patient->links = link->next;
		model_give(link);
	}
}

static bool has_contact_now(const struct ward_core *core, const struct patient *patient)
{
	const struct contact *contact = patient->contacts;
	while (contact != NULL && !term_holds(&contact->term, core->now_us))
		contact = contact->next;
	return contact != NULL;
}

const struct contact *merge_contacts(const struct ward_core *core, const struct patient *patient)
{
	const struct patient *found = NULL;
	if (has_contact_now(core, patient))
		return patient->contacts;
	for (const struct patient *at = merge_next(patient); at != patient; at = merge_next(at)) {
		if (has_contact_now(core, at) && (found == NULL || strcmp(at->id, found->id) < 0))
			found = at;
	}
	return found == NULL ? patient->contacts : found->contacts;
}

/* --- whose stay ------------------------------------------------------------------------------- */

struct stay *merge_sooner(struct stay *found, struct stay *stay)
{
	if (stay == NULL || (found != NULL && stay_is_open(found) && !stay_is_open(stay)))
		return found;
	if (found == NULL || (stay_is_open(stay) && !stay_is_open(found)))
		return stay;
	if (stay_is_open(stay))
		return strcmp(stay->id, found->id) < 0 ? stay : found;
	bool ended = stay->status == STAY_FINISHED;
	return ended && (found->status != STAY_FINISHED || stay->end_us > found->end_us) ? stay
											 : found;
}

/* Under this id alone. */
static struct stay *own_stay(const struct ward_core *core, const struct patient *patient)
{
	struct stay *finished = NULL;
	for (struct stay *stay = patient->stays; stay != NULL; stay = stay->next_of_patient) {
		if (stay_is_open(stay))
			return stay;
		if (stay->status == STAY_FINISHED &&
		    core->now_us - stay->end_us < MODEL_WINDOW_US &&
		    (finished == NULL || stay->end_us > finished->end_us))
			finished = stay;
	}
	return finished;
}

struct stay *merge_stay(const struct ward_core *core, const struct patient *patient)
{
	struct stay *found = patient == NULL ? NULL : own_stay(core, patient);
	if (patient == NULL || (found != NULL && stay_is_open(found)))
		return found;
	for (const struct patient *at = merge_next(patient); at != patient; at = merge_next(at))
		found = merge_sooner(found, own_stay(core, at));
	return found;
}

static struct stay *open_of(const struct patient *patient)
{
	struct stay *stay = patient->stays;
	while (stay != NULL && !stay_is_open(stay))
		stay = stay->next_of_patient;
	return stay;
}

/* An open stay under another id, of those the one whose id comes first; or NULL. */
static struct stay *open_beside(const struct patient *patient)
{
	struct stay *found = NULL;
	for (const struct patient *at = merge_next(patient); at != patient; at = merge_next(at)) {
		struct stay *stay = open_of(at);
		if (stay != NULL && (found == NULL || strcmp(stay->id, found->id) < 0))
			found = stay;
	}
	return found;
}

/* --- who is told ------------------------------------------------------------------------------ */

static void say(struct ward_core *core, struct stay *stay, enum alert_level level,
		const char *title, const struct patient *other)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_MERGED);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_MERGED, level, str_from_c(title));
	} else {
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert,
			     level > alert->level ? level : (enum alert_level)alert->level, title);
	}
	model_format(alert->focus, sizeof(alert->focus), "Patient/%s", other->id);
	stay_mark(core, stay);
	stay_timers(core, stay);
}

static void tell_two(struct ward_core *core, struct stay *stay, const struct stay *beside)
{
	char title[MODEL_TEXT_BYTES];
	model_format(title, sizeof(title),
		     "Merged record: a second stay is open on %.50s under Patient/%.64s, and each "
		     "ward sees half. Agree who watches, and discharge the other",
		     beside->ward == NULL ? "no ward" : beside->ward->name, beside->patient->id);
	stay->merge_said = SAID_TWO_STAYS;
	say(core, stay, ALERT_LEVEL_MEDIUM, title, beside->patient);
}

static void tell_one(struct ward_core *core, struct stay *stay, const struct patient *other)
{
	char title[MODEL_TEXT_BYTES];
	model_format(
		title, sizeof(title),
		"Merged record: what is sent for Patient/%.64s comes to this chart. Check that "
		"it is this child; if not, have the link taken out of the record",
		other->id);
	stay->merge_said = SAID_ONE_STAY;
	say(core, stay, ALERT_LEVEL_TECHNICAL, title, other);
}

static void tell_apart(struct ward_core *core, struct stay *stay, const struct patient *other)
{
	char title[MODEL_TEXT_BYTES];
	model_format(title, sizeof(title),
		     "No longer merged with Patient/%.64s: what was sent for it may stand on this "
		     "chart. Look, and correct those Observations",
		     other->id);
	stay->merge_said = SAID_NOTHING;
	say(core, stay, ALERT_LEVEL_MEDIUM, title, other);
}

static void tell_ring(struct ward_core *core, struct patient *patient, const struct patient *other)
{
	struct patient *at = patient;
	do {
		struct stay *stay = open_of(at), *beside = open_beside(at);
		if (stay != NULL && beside != NULL)
			tell_two(core, stay, beside);
		else if (stay != NULL)
			tell_one(core, stay, at == patient ? other : patient);
		at = merge_next(at);
	} while (at != patient);
}

void merge_stay_event(struct ward_core *core, struct stay *stay)
{
	if (stay->patient == NULL || stay->patient->next_merged == NULL || !stay_is_open(stay) ||
	    stay->merge_said == SAID_TWO_STAYS)
		return;
	const struct stay *beside = open_beside(stay->patient);
	if (beside != NULL)
		tell_ring(core, stay->patient, beside->patient);
}

void merge_taken(struct ward_core *core, struct stay *stay, const struct patient *sent_for)
{
	if (stay->patient != NULL && sent_for != NULL && stay->patient != sent_for &&
	    stay->merge_said == SAID_NOTHING)
		tell_one(core, stay, sent_for);
}

/* --- links ------------------------------------------------------------------------------------ */

static struct merge_link *read_links(struct ward_core *core, const struct patient *patient,
				     const struct json *resource)
{
	const struct json *list = json_get(resource, STR("link"));
	struct merge_link *first = NULL, **tail = &first;
	size_t count = 0;
	for (const struct json *one = list == NULL ? NULL : list->child;
	     one != NULL && count < MERGE_LINKS_MAX; one = one->next) {
		struct str type = json_get_text(one, STR("type"));
		struct str id = model_reference_id(json_get(one, STR("other")), STR("Patient"));
		if (id.len == 0 || str_equal(id, str_from_c(patient->id)) ||
		    !(str_equal(type, STR("replaced-by")) || str_equal(type, STR("replaces"))))
			continue;
		*tail = MODEL_NEW(struct merge_link);
		(*tail)->other = core_patient(core, id);
		tail = &(*tail)->next;
		count++;
	}
	return first;
}

static bool same_links(const struct merge_link *a, const struct merge_link *b)
{
	while (a != NULL && b != NULL && a->other == b->other) {
		a = a->next;
		b = b->next;
	}
	return a == b;
}

/* The ring as it was, made anew of what its records say now. */
static void link_anew(struct patient **members, size_t count)
{
	for (size_t i = 0; i < count; i++)
		members[i]->next_merged = NULL;
	for (size_t i = 0; i < count; i++) {
		for (const struct merge_link *link = members[i]->links; link != NULL;
		     link = link->next)
			join(members[i], link->other);
	}
}

static size_t ring_size(const struct patient *patient)
{
	size_t count = 1;
	for (const struct patient *at = merge_next(patient); at != patient; at = merge_next(at))
		count++;
	return count;
}

void merge_event(struct ward_core *core, struct patient *patient, const struct json *resource)
{
	struct merge_link *links = read_links(core, patient, resource);
	const struct patient *came = NULL, *went = NULL;
	if (same_links(links, patient->links)) {
		struct patient unused = { .links = links };
		merge_done(&unused);
		return;
	}
	size_t count = ring_size(patient);
	struct patient **members = model_take(count * sizeof(struct patient *));
	members[0] = patient;
	for (size_t i = 1; i < count; i++)
		members[i] = merge_next(members[i - 1]);
	for (const struct merge_link *link = links; link != NULL && came == NULL; link = link->next)
		came = is_in_ring(patient, link->other) ? NULL : link->other;
	merge_done(patient);
	patient->links = links;
	link_anew(members, count);
	for (size_t i = 1; i < count && went == NULL; i++)
		went = is_in_ring(patient, members[i]) ? NULL : members[i];
	for (size_t i = 0; i < count && went != NULL; i++) {
		struct stay *stay = open_of(members[i]);
		if (stay != NULL && stay->merge_said != SAID_NOTHING)
			tell_apart(core, stay, is_in_ring(patient, members[i]) ? went : patient);
	}
	if (came != NULL)
		tell_ring(core, patient, came);
	for (size_t i = 0; i < count; i++) {
		antipyretic_show(core, members[i]);
		pregnancy_update(core, members[i]);
		device_follow(core, members[i]);
		deceased_update(core, members[i]);
	}
	model_give(members);
}
