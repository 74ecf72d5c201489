/* SPDX-License-Identifier: Apache-2.0
 * A charted sign is corrected by somebody, for a reason (S49: who, why, when), and never deleted: the history of the
 * Observation keeps the old value, and the note of the new version says the rest. */
#include "ward/guard.h"

/* reading.c reads no more components than these; a longer list is compared no further. */
#define COMPONENTS_MAX 400

static bool is_withdrawn(const struct json *observation)
{
	struct str status = json_get_text(observation, STR("status"));
	return str_equal(status, STR("entered-in-error")) || str_equal(status, STR("cancelled"));
}

/* Not yet final: a device or a laboratory has announced it, and fills it in. */
static bool is_preliminary(const struct json *observation)
{
	struct str status = json_get_text(observation, STR("status"));
	return str_equal(status, STR("preliminary")) || str_equal(status, STR("registered"));
}

static bool is_correction(const struct json *observation)
{
	struct str status = json_get_text(observation, STR("status"));
	return str_equal(status, STR("corrected")) || str_equal(status, STR("amended")) ||
	       is_withdrawn(observation);
}

/* What an element says of a sign: which, and the value or why there is none. NULL: no sign that the ward knows. */
static struct json *value_of(struct arena *arena, const struct json *element, bool *ret_has_value)
{
	unsigned sign = 0;
	if (!reading_sign(json_get(element, STR("code")), &sign))
		return NULL;
	struct json *value = json_new(arena, JSON_OBJECT);
	(void)json_add(value, STR("sign"), json_new_i64(arena, sign));
	*ret_has_value = false;
	for (const struct json *member = element->child; member != NULL && value != NULL;
	     member = member->next) {
		struct str name = json_name(member);
		bool is_value = str_starts_with(name, STR("value"));
		if (is_value || str_equal(name, STR("dataAbsentReason")) ||
		    str_equal(name, STR("method")))
			(void)json_add(value, name, json_copy(arena, member));
		*ret_has_value = *ret_has_value || is_value;
	}
	return value;
}

struct values {
	struct json *all;    /* one element a sign, numbers in one spelling */
	struct json *filled; /* those of them that have a value */
};

static void add_value(struct arena *arena, const struct json *element, struct values *values)
{
	bool has_value = false;
	struct json *value = value_of(arena, element, &has_value);
	if (value == NULL)
		return;
	if (has_value)
		(void)json_append(values->filled, json_copy(arena, value));
	(void)json_append(values->all, value);
}

static bool values_of(struct arena *arena, const struct json *observation,
		      struct values *ret_values)
{
	struct values values = { .all = json_new(arena, JSON_ARRAY),
				 .filled = json_new(arena, JSON_ARRAY) };
	const struct json *components = json_get(observation, STR("component"));
	const struct json *one =
		components == NULL || components->type != JSON_ARRAY ? NULL : components->child;
	if (values.all == NULL || values.filled == NULL)
		return false;
	add_value(arena, observation, &values);
	for (size_t i = 0; one != NULL && i < COMPONENTS_MAX; one = one->next, i++)
		add_value(arena, one, &values);
	ret_values->all = guard_plain(arena, values.all);
	ret_values->filled = guard_plain(arena, values.filled);
	return !arena->failed && ret_values->all != NULL && ret_values->filled != NULL;
}

/* Everything that had a value has it still; what had none may have got one. */
static bool only_fills_in(const struct values *before, const struct values *after)
{
	for (const struct json *value = before->filled->child; value != NULL; value = value->next) {
		if (!guard_holds(after->filled, value))
			return false;
	}
	return true;
}

/* The same instant, whatever the time zone and with or without its fractions; a date is no instant. */
static bool is_same_time(const struct json *a, const struct json *b)
{
	struct date one, other;
	return date_parse(json_text(a), DATE_KIND_DATETIME, &one) == ERROR_OK &&
	       date_parse(json_text(b), DATE_KIND_DATETIME, &other) == ERROR_OK &&
	       one.low_us == other.low_us && one.precision >= DATE_MINUTE &&
	       other.precision >= DATE_MINUTE;
}

/* Of another time, or another patient. (An address that a transaction still has to resolve is not compared.) */
static bool is_moved(struct arena *arena, const struct json *current, const struct json *next)
{
	static const struct str names[] = { STR_INIT("effectiveDateTime"),
					    STR_INIT("effectiveInstant"),
					    STR_INIT("effectivePeriod") };
	struct str before = json_get_text(json_get(current, STR("subject")), STR("reference"));
	struct str after = json_get_text(json_get(next, STR("subject")), STR("reference"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct json *then = json_get(current, names[i]);
		const struct json *now = json_get(next, names[i]);
		if (!guard_same(arena, then, now) && !is_same_time(then, now))
			return true;
	}
	return str_starts_with(after, STR("Patient/")) && !str_equal(before, after);
}

static enum error check_note(const struct guarded *guarded)
{
	if (guard_adds_note(guarded))
		return ERROR_OK;
	return issue_add(guarded->issues, ERROR_INVALID, STR("Observation.note"),
			 "Say who corrects this reading and why: add a `note` with text and with "
			 "authorReference or authorString. The old value stays in the history.");
}

static enum error check_change(const struct guarded *guarded, const struct values *before)
{
	struct values after;
	const struct json *current = guarded->current;
	const struct json *next = guarded->next;
	if (!values_of(&guarded->call->arena, next, &after))
		return ERROR_LIMIT;
	bool same = json_equal(before->all, after.all) &&
		    !is_moved(&guarded->call->arena, current, next);
	if (!same && is_preliminary(current) && !is_withdrawn(next))
		same = only_fills_in(before, &after);
	if (!same && !is_correction(next))
		return issue_add(
			guarded->issues, ERROR_INVALID, STR("Observation.status"),
			"A reading is corrected, not replaced (value, time, patient): status "
			"`corrected` (or `amended`, `entered-in-error`), and a `note` with "
			"text and author that says who and why.");
	return same && is_withdrawn(current) == is_withdrawn(next) ? ERROR_OK : check_note(guarded);
}

static enum error check_delete(const struct guarded *guarded)
{
	struct search_argument arguments[] = {
		{ STR("patient"),
		  json_get_text(json_get(guarded->current, STR("subject")), STR("reference")) },
		{ STR("type"), STR(HOMEWARD_URL "CodeSystem/episode-type|virtual-ward") },
	};
	size_t count = 0;
	if (!str_starts_with(arguments[0].value, STR("Patient/")))
		return ERROR_OK;
	enum error error = guard_find(guarded, "EpisodeOfCare", arguments, 2, &count);
	if (error != ERROR_OK || count == 0)
		return error;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("Observation"),
			 "A reading that a ward has charted is not deleted: PUT it with status "
			 "`entered-in-error` and a `note` with text and author.");
}

enum error guard_observation(const struct guarded *guarded)
{
	struct values before;
	if (guarded->current == NULL)
		return ERROR_OK;
	if (!values_of(&guarded->call->arena, guarded->current, &before))
		return ERROR_LIMIT;
	if (before.all->count == 0)
		return ERROR_OK;
	return guarded->next == NULL ? check_delete(guarded) : check_change(guarded, &before);
}
