/* SPDX-License-Identifier: Apache-2.0
 * An alert is raised by the ward's engine and ends by a named human or by a rule that says why (ward.md section 4, I3).
 * A client that writes the Task itself may do what the operations do, and must say as much: who, and why. What the
 * engine owns (level, rung, patient, cause, words) it may not touch. */
#include "ward/guard.h"

static const struct str own_system = STR_INIT(HOMEWARD_URL "CodeSystem/ward-rule");

static bool is_alert(const struct json *task)
{
	return model_code(json_get(task, STR("code")), own_system).len > 0;
}

static bool is_one_of(struct str text, struct str list)
{
	size_t at = 0;
	while (at < list.len) {
		size_t end = str_find_byte(list, ' ', at);
		if (str_equal(str_slice(list, at, end), text))
			return true;
		at = end + 1;
	}
	return false;
}

static bool is_answered(struct str status)
{
	return is_one_of(status, STR("accepted in-progress"));
}

static bool is_open(struct str status)
{
	return is_one_of(status, STR("requested received")) || is_answered(status);
}

static bool is_ended(struct str status)
{
	return is_one_of(status, STR("completed cancelled rejected failed entered-in-error"));
}

static enum error refuse(const struct guarded *guarded, enum error error, const char *expression,
			 const char *why, const char *operation)
{
	return issue_add(guarded->issues, error, str_from_c(expression), "%s Use Task/%.*s/$%s.",
			 why, STR_ARG(guarded->id), operation);
}

/* --- what may be written at all --------------------------------------------------------------- */

/* The member's name when the two differ in one that is the engine's. */
static struct str foreign_change(struct arena *arena, const struct json *a, const struct json *b)
{
	static const struct str free_names =
		STR_INIT("resourceType id meta text language status statusReason owner note "
			 "executionPeriod restriction lastModified");
	for (const struct json *member = a->child; member != NULL; member = member->next) {
		struct str name = json_name(member);
		if (!is_one_of(name, free_names) && !guard_same(arena, member, json_get(b, name)))
			return name;
	}
	return (struct str){ NULL, 0 };
}

static enum error check_owned(const struct guarded *guarded)
{
	struct arena *arena = &guarded->call->arena;
	struct str name = foreign_change(arena, guarded->current, guarded->next);
	if (name.ptr == NULL)
		name = foreign_change(arena, guarded->next, guarded->current);
	if (name.ptr == NULL)
		return ERROR_OK;
	/* A name that is no element of a Task is the validation's business. */
	return issue_add(guarded->issues, ERROR_INVALID, STR("Task"),
			 "`%.*s` of an alert is the ward's own, or differs because the alert "
			 "changed: read it again, and change only status, statusReason, owner, "
			 "note and the review time. Use Task/%.*s/$acknowledge, $snooze or "
			 "$resolve.",
			 STR_ARG(str_slice(name, 0, 60)), STR_ARG(guarded->id));
}

/* Notes are only ever added. */
static enum error check_notes(const struct guarded *guarded)
{
	const struct json *before = json_get(guarded->current, STR("note"));
	const struct json *after = json_get(guarded->next, STR("note"));
	const struct json *old = before == NULL ? NULL : before->child;
	const struct json *at = after == NULL || after->type != JSON_ARRAY ? NULL : after->child;
	for (; old != NULL; old = old->next, at = at->next) {
		if (at == NULL || !json_equal(old, at))
			return issue_add(guarded->issues, ERROR_INVALID, STR("Task.note"),
					 "The notes of an alert stay as they are: add yours after "
					 "them.");
	}
	for (; at != NULL; at = at->next) {
		if (!guard_note_is_signed(at))
			return issue_add(guarded->issues, ERROR_INVALID, STR("Task.note"),
					 "A note of an alert needs a text and an author "
					 "(authorReference or authorString).");
	}
	return ERROR_OK;
}

static bool is_changed(const struct guarded *guarded, struct str name)
{
	return !guard_same(&guarded->call->arena, json_get(guarded->current, name),
			   json_get(guarded->next, name));
}

static enum error check_untouched(const struct guarded *guarded, const char *why,
				  const char *operation)
{
	static const struct str names[] = { STR_INIT("statusReason"), STR_INIT("owner"),
					    STR_INIT("executionPeriod"), STR_INIT("restriction") };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is_changed(guarded, names[i]))
			return refuse(guarded, ERROR_CONFLICT, "Task.status", why, operation);
	}
	return ERROR_OK;
}

/* --- who and why ------------------------------------------------------------------------------ */

/* A family, a device or an organization answers no alert; a name alone may. */
static bool is_staff(struct str reference)
{
	return reference.len == 0 ||
	       model_reference_text_id(reference, STR("Practitioner")).len > 0 ||
	       model_reference_text_id(reference, STR("PractitionerRole")).len > 0;
}

/* An open alert names whom it called, so an owner that is left as it was says nothing: who answers puts their own name
 * there, or signs a note. */
static bool says_who(const struct guarded *guarded)
{
	const struct json *owner = json_get(guarded->next, STR("owner"));
	bool named = str_trim(json_get_text(owner, STR("reference"))).len > 0 ||
		     str_trim(json_get_text(owner, STR("display"))).len > 0;
	bool answered = is_answered(json_get_text(guarded->current, STR("status")));
	return named && is_staff(json_get_text(owner, STR("reference"))) &&
	       (answered || is_changed(guarded, STR("owner")) || guard_adds_note(guarded));
}

static enum error check_answer(const struct guarded *guarded)
{
	if (says_who(guarded))
		return ERROR_OK;
	return refuse(guarded, ERROR_INVALID, "Task.owner",
		      "Say who answers the alert: `owner` with the reference or name of staff, and "
		      "a signed "
		      "note when they are whom it called.",
		      "acknowledge with by and plan");
}

static enum error check_end(const struct guarded *guarded)
{
	const struct json *reason = json_get(guarded->next, STR("statusReason"));
	if (str_trim(json_get_text(reason, STR("text"))).len == 0)
		return refuse(guarded, ERROR_INVALID, "Task.statusReason",
			      "Say why the alert ends: `statusReason.text`.",
			      "resolve with by and reason");
	if (says_who(guarded))
		return ERROR_OK;
	return refuse(
		guarded, ERROR_INVALID, "Task.owner",
		"Say who ends the alert: `owner` with the reference or name of staff, and a signed "
		"note when they are whom it called.",
		"resolve with by and reason");
}

static enum error check_status(const struct guarded *guarded)
{
	struct str before = json_get_text(guarded->current, STR("status"));
	struct str status = json_get_text(guarded->next, STR("status"));
	bool same = str_equal(before, status);
	if (!is_open(before)) {
		if (!same)
			return refuse(
				guarded, ERROR_CONFLICT, "Task.status",
				"A closed alert is not opened again; whoever is still worried "
				"can ask for more.",
				"second-opinion");
		return check_untouched(guarded, "The alert is closed; only notes can be added.",
				       "second-opinion");
	}
	if (is_ended(status))
		return check_end(guarded);
	if (is_answered(status))
		return check_answer(guarded);
	if (same)
		return check_untouched(guarded,
				       "Owner and deadline of an alert nobody has answered are the "
				       "ward's own.",
				       "acknowledge with by and plan");
	return refuse(guarded, ERROR_INVALID, "Task.status",
		      "An alert is accepted or ended by people; every other status is the ward's "
		      "own.",
		      "acknowledge with by and plan");
}

enum error guard_alert(const struct guarded *guarded)
{
	bool was = guarded->current != NULL && is_alert(guarded->current);
	if (!was && (guarded->next == NULL || !is_alert(guarded->next)))
		return ERROR_OK;
	if (!was)
		return issue_add(guarded->issues, ERROR_INVALID, STR("Task.code"),
				 "Only the ward raises alerts (CodeSystem ward-rule): send the "
				 "reading, the answer or the concern that it should judge.");
	if (guarded->next == NULL)
		return refuse(guarded, ERROR_CONFLICT, "Task",
			      "An alert is not deleted: it ends by a named human.",
			      "resolve with by and reason");
	enum error error = check_owned(guarded);
	if (error == ERROR_OK)
		error = check_notes(guarded);
	return error == ERROR_OK ? check_status(guarded) : error;
}
