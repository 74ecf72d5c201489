/* SPDX-License-Identifier: Apache-2.0
 * $close of a Slot: who goes home leaves nothing open that nobody has taken over. */
#include "ward/operation_people.h"

#include "base/limits.h"
#include "ward/print.h"

static const char open_statuses[] = "requested,received,accepted";

/* When the one who comes accepted each patient of the one who leaves. */
struct acceptances {
	struct json **tasks;
	size_t count;
};

static bool read_all(struct call *call, const struct search_argument *arguments, size_t count,
		     struct acceptances *ret_tasks)
{
	struct search_result found = { 0 };
	if (!operation_search(call, "Task", arguments, count, &found))
		return false;
	if (found.cursor_next.len > 0) {
		operation_refuse(call, ERROR_LIMIT,
				 "More than %d Tasks are open: close them ward by ward.",
				 LIMIT_PAGE_COUNT_MAX);
		return false;
	}
	ret_tasks->count = 0;
	ret_tasks->tasks = ARENA_NEW(&call->arena, struct json *, found.match_count + 1);
	for (size_t i = 0; i < found.match_count && ret_tasks->tasks != NULL; i++) {
		if (json_parse(&call->arena, found.matches[i].body, NULL, NULL,
			       &ret_tasks->tasks[ret_tasks->count]) == ERROR_OK)
			ret_tasks->count++;
	}
	if (ret_tasks->tasks != NULL)
		return true;
	call_fail(call, ERROR_LIMIT);
	return false;
}

static struct str patient_of(const struct json *task)
{
	return json_get_text(json_get(task, STR("for")), STR("reference"));
}

/* Accepted after the alert was last written: what the ward has not yet written over is theirs already. */
static bool is_taken_over(const struct acceptances *accepted, const struct json *alert)
{
	struct date changed, taken;
	if (date_parse(json_get_text(json_get(alert, STR("meta")), STR("lastUpdated")),
		       DATE_KIND_INSTANT, &changed) != ERROR_OK)
		return false;
	for (size_t i = 0; i < accepted->count; i++) {
		const struct json *period = json_get(accepted->tasks[i], STR("executionPeriod"));
		if (str_equal(patient_of(accepted->tasks[i]), patient_of(alert)) &&
		    patient_of(alert).len > 0 &&
		    date_parse(json_get_text(period, STR("start")), DATE_KIND_DATETIME, &taken) ==
			    ERROR_OK &&
		    taken.low_us >= changed.low_us)
			return true;
	}
	return false;
}

static bool is_alert(const struct json *task)
{
	return model_code(json_get(task, STR("code")), STR(HOMEWARD_URL "CodeSystem/ward-rule"))
		       .len > 0;
}

/* Names every open alert that is still the leaving person's. */
static bool nothing_left(struct call *call, const struct staff *leaving, const struct staff *to)
{
	struct text owners;
	struct acceptances open = { 0 }, accepted = { 0 };
	size_t left = 0;
	text_init(&owners, &call->arena, 2 * MODEL_REFERENCE_BYTES);
	text_put(&owners, leaving->reference);
	if (leaving->practitioner.len > 0) {
		text_put_byte(&owners, ',');
		text_put(&owners, leaving->practitioner);
	}
	struct search_argument mine[] = {
		{ STR("owner"), text_view(&owners) },
		{ STR("status"), str_from_c(open_statuses) },
	};
	struct search_argument theirs[] = {
		{ STR("owner"), to->reference },
		{ STR("status"), STR("accepted") },
		{ STR("code"), STR(HOMEWARD_URL "CodeSystem/ward-task|hand-over") },
	};
	if (!read_all(call, mine, 2, &open) || !read_all(call, theirs, 3, &accepted))
		return false;
	for (size_t i = 0; i < open.count; i++) {
		const struct json *task = open.tasks[i];
		if (!is_alert(task) || is_taken_over(&accepted, task))
			continue;
		left++;
		(void)issue_add(
			&call->issues, ERROR_CONFLICT, STR("Slot"), "Task/%.*s of %.*s: %.*s",
			STR_ARG(json_get_text(task, STR("id"))),
			STR_ARG(patient_of(task).len > 0 ? patient_of(task) : STR("the ward")),
			STR_ARG(json_get_text(task, STR("description"))));
	}
	if (left == 0)
		return true;
	(void)issue_add(&call->issues, ERROR_CONFLICT, STR("Slot"),
			"%.*s has not accepted %zu open alert%s of this shift: hand the patients "
			"over ($hand-over) and let them accept.",
			STR_ARG(to->name), left, left == 1 ? "" : "s");
	call_fail(call, ERROR_CONFLICT);
	return false;
}

static bool actor_of(struct call *call, const struct json *slot, struct staff *ret_staff)
{
	struct json *schedule = NULL;
	int64_t version;
	struct str id = model_reference_id(json_get(slot, STR("schedule")), STR("Schedule"));
	if (!operation_read(call, STR("Schedule"), id, &schedule, &version))
		return false;
	const struct json *actors = json_get(schedule, STR("actor"));
	struct str found = { NULL, 0 };
	for (const struct json *at = actors == NULL ? NULL : actors->child; at != NULL;
	     at = at->next) {
		struct str role = model_reference_id(at, STR("PractitionerRole"));
		if (role.len > 0 && found.len > 0 && !str_equal(role, found)) {
			operation_refuse(call, ERROR_CONFLICT,
					 "This Slot is the shift of several people: give who "
					 "leaves a Schedule of their own first.");
			return false;
		}
		found = role.len > 0 ? role : found;
	}
	if (found.len > 0)
		return operation_staff_read(call, found, ret_staff);
	operation_refuse(call, ERROR_INVALID, "This Slot is nobody's shift.");
	return false;
}

static void end_slot(struct call *call, struct json *slot, const struct staff *to, struct str by)
{
	struct arena *arena = &call->arena;
	int64_t now_us = clock_now_us(server_clock(call->server));
	struct date end;
	struct json *closed = json_new(arena, JSON_OBJECT);
	struct json *parts = json_new(arena, JSON_ARRAY);
	const struct str names[] = { STR("by"), STR("to"), STR("at") };
	for (size_t i = 0; i < 3; i++) {
		struct json *part = json_append(parts, json_new(arena, JSON_OBJECT));
		print_string(arena, part, STR("url"), names[i]);
		if (i == 0)
			print_string(arena, part, STR("valueString"), by);
		else if (i == 1)
			print_string(arena, part, STR("valueString"), to->reference);
		else
			print_instant(arena, part, STR("valueInstant"), now_us);
	}
	print_string(arena, closed, STR("url"),
		     STR(HOMEWARD_URL "StructureDefinition/shift-closed"));
	json_add(closed, STR("extension"), parts);
	struct json *extensions = json_get(slot, STR("extension"));
	if (extensions == NULL)
		extensions = json_put(slot, STR("extension"), json_new(arena, JSON_ARRAY));
	json_append(extensions, closed);
	if (date_parse(json_get_text(slot, STR("end")), DATE_KIND_INSTANT, &end) != ERROR_OK ||
	    end.low_us > now_us)
		json_put(slot, STR("end"),
			 json_new_string(arena, date_print_instant(arena, now_us)));
}

static void close_shift(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *slot = NULL;
	struct staff leaving = { 0 }, to = { 0 };
	struct str reference, name;
	struct date start;
	int64_t version = 0;
	if (parameters == NULL || !operation_by(call, parameters, &reference, &name) ||
	    !operation_staff(call, parameters, STR("to"), &to) ||
	    !operation_read(call, STR("Slot"), call->path_parts[0], &slot, &version) ||
	    !actor_of(call, slot, &leaving))
		return;
	if (model_extension(slot, STR("shift-closed")) != NULL ||
	    date_parse(json_get_text(slot, STR("start")), DATE_KIND_INSTANT, &start) != ERROR_OK ||
	    start.low_us > clock_now_us(server_clock(call->server))) {
		operation_refuse(call, ERROR_CONFLICT,
				 "This shift has not begun or is closed; nothing was changed.");
		return;
	}
	if (!str_equal(to.ward, leaving.ward) || str_equal(to.reference, leaving.reference)) {
		operation_refuse(call, ERROR_INVALID,
				 "`to` must be another person of the same ward.");
		return;
	}
	if (!nothing_left(call, &leaving, &to))
		return;
	end_slot(call, slot, &to, reference.len > 0 ? reference : name);
	operation_commit(call, slot, version, close_shift, tries_left);
}

void operation_close_shift(struct call *call)
{
	close_shift(call, OPERATION_TRIES);
}
