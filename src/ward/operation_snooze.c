/* SPDX-License-Identifier: Apache-2.0
 * $snooze and $second-opinion: what a person asks about an alert, written into its Task. The engine takes it
 * from the feed and holds the same rules (snooze.c, opinion.c); here they are refused with words. */
#include "ward/absence.h"
#include "ward/model.h"
#include "ward/operation.h"

struct json *operation_extension(struct call *call, struct json *resource, const char *name)
{
	struct arena *arena = &call->arena;
	struct json *list = json_get(resource, STR("extension"));
	struct json *kept = json_new(arena, JSON_ARRAY);
	struct json *extension = json_new(arena, JSON_OBJECT);
	char *url = ARENA_NEW(arena, char, 160);
	if (kept == NULL || extension == NULL || url == NULL) {
		call_fail(call, ERROR_LIMIT);
		return NULL;
	}
	model_format(url, 160, HOMEWARD_URL "StructureDefinition/%s", name);
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (!str_equal(json_get_text(one, STR("url")), str_from_c(url)))
			json_append(kept, json_copy(arena, one));
	}
	json_add(extension, STR("url"), json_new_string(arena, str_from_c(url)));
	struct json *parts = json_add(extension, STR("extension"), json_new(arena, JSON_ARRAY));
	json_append(kept, extension);
	json_put(resource, STR("extension"), kept);
	return parts;
}

struct json *operation_put(struct call *call, struct json *parts, const char *url,
			   const char *value_name, struct json *value)
{
	struct json *part = json_append(parts, json_new(&call->arena, JSON_OBJECT));
	json_add(part, STR("url"), json_new_string(&call->arena, str_from_c(url)));
	json_add(part, str_from_c(value_name), value);
	return part;
}

struct json *operation_instant(struct call *call, int64_t at_us)
{
	return json_new_string(&call->arena, date_print_instant(&call->arena, at_us));
}

/* --- who is on shift ------------------------------------------------------------------------- */

struct asker {
	struct str reference, name;
	struct role role;
	int64_t shift_end_us;
};

static bool slots_of(struct call *call, struct schedule *schedule, int64_t now_us)
{
	char from[25], to[25];
	struct text reference;
	struct search_result found = { 0 };
	text_init(&reference, &call->arena, 256);
	text_put_format(&reference, "Schedule/%s", schedule->id);
	date_write_instant(now_us - 7 * DATE_US_PER_DAY, from);
	date_write_instant(now_us + DATE_US_PER_DAY, to);
	struct text later, earlier;
	text_init(&later, &call->arena, 64);
	text_init(&earlier, &call->arena, 64);
	text_put_format(&later, "ge%s", from);
	text_put_format(&earlier, "le%s", to);
	struct search_argument arguments[] = {
		{ STR("schedule"), text_view(&reference) },
		{ STR("start"), text_view(&later) },
		{ STR("start"), text_view(&earlier) },
		{ STR("status"), STR("busy") },
	};
	if (!operation_search(call, "Slot", arguments, 4, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *tree = NULL;
		struct slot *slot = ARENA_NEW(&call->arena, struct slot, 1);
		struct date start, end;
		if (slot == NULL || json_parse(&call->arena, found.matches[i].body, NULL, NULL,
					       &tree) != ERROR_OK) {
			call_fail(call, ERROR_LIMIT);
			return false;
		}
		if (date_parse(json_get_text(tree, STR("start")), DATE_KIND_INSTANT, &start) !=
			    ERROR_OK ||
		    date_parse(json_get_text(tree, STR("end")), DATE_KIND_INSTANT, &end) !=
			    ERROR_OK)
			continue;
		slot->start_us = start.low_us;
		slot->end_us = end.low_us;
		slot->busy = true;
		struct slot **link = &schedule->slots;
		while (*link != NULL && (*link)->start_us < slot->start_us)
			link = &(*link)->next;
		slot->next = *link;
		*link = slot;
	}
	return true;
}

static bool rota_of(struct call *call, struct asker *asker, int64_t now_us)
{
	struct search_argument argument = { STR("actor"), asker->reference };
	struct search_result found = { 0 };
	if (!operation_search(call, "Schedule", &argument, 1, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *tree = NULL;
		struct schedule *schedule = ARENA_NEW(&call->arena, struct schedule, 1);
		struct schedule_part *part = ARENA_NEW(&call->arena, struct schedule_part, 1);
		if (schedule == NULL || part == NULL ||
		    json_parse(&call->arena, found.matches[i].body, NULL, NULL, &tree) !=
			    ERROR_OK) {
			call_fail(call, ERROR_LIMIT);
			return false;
		}
		const struct json *active = json_get(tree, STR("active"));
		MODEL_PUT(schedule->id, found.matches[i].id);
		schedule->active = active == NULL || active->type == JSON_TRUE;
		part->schedule = schedule;
		part->next = asker->role.schedules;
		asker->role.schedules = part;
		if (!slots_of(call, schedule, now_us))
			return false;
	}
	asker->shift_end_us = rota_shift_end_us(&asker->role, now_us);
	if (asker->shift_end_us != 0)
		return true;
	operation_refuse(call, ERROR_CONFLICT,
			 "Whoever snoozes an alert must be on shift now; nothing was changed.");
	return false;
}

static bool same_ward(struct call *call, const struct json *task, const struct json *person)
{
	struct str stay = model_reference_id(
		json_get(model_extension(task, STR("episode")), STR("valueReference")),
		STR("EpisodeOfCare"));
	struct json *episode = NULL;
	int64_t version;
	if (!operation_read(call, STR("EpisodeOfCare"), stay, &episode, &version))
		return false;
	if (str_equal(json_get_text(json_get(person, STR("organization")), STR("reference")),
		      json_get_text(json_get(episode, STR("managingOrganization")),
				    STR("reference"))))
		return true;
	operation_refuse(
		call, ERROR_CONFLICT,
		"Only somebody of the patient's own ward snoozes its alert; nothing was changed.");
	return false;
}

static bool asker_of(struct call *call, const struct json *parameters, const struct json *task,
		     struct asker *asker)
{
	struct json *person = NULL;
	int64_t version = 0;
	if (!operation_by(call, parameters, &asker->reference, &asker->name))
		return false;
	if (!str_starts_with(asker->reference, STR("PractitionerRole/"))) {
		operation_refuse(call, ERROR_INVALID,
				 "Name yourself by your role on the rota (`by` valueReference "
				 "PractitionerRole/ID): a snooze ends with the shift.");
		return false;
	}
	struct str id =
		str_slice(asker->reference, STR("PractitionerRole/").len, asker->reference.len);
	if (!operation_read(call, STR("PractitionerRole"), id, &person, &version) ||
	    !same_ward(call, task, person))
		return false;
	const struct json *codes = json_get(person, STR("code"));
	for (const struct json *code = codes == NULL ? NULL : codes->child; code != NULL;
	     code = code->next) {
		if (str_equal(model_code(code, STR(HOMEWARD_URL "CodeSystem/ward-role")),
			      role_code(ROLE_NURSE_IN_CHARGE)))
			asker->role.roles |= 1u << ROLE_NURSE_IN_CHARGE;
	}
	asker->role.term = term_read(person);
	absence_read(&asker->role, person, clock_now_us(server_clock(call->server)));
	if (asker->name.len == 0)
		asker->name = json_get_text(json_get(person, STR("practitioner")), STR("display"));
	return rota_of(call, asker, clock_now_us(server_clock(call->server)));
}

/* --- $snooze --------------------------------------------------------------------------------- */

static int64_t count_before(const struct json *task)
{
	const struct json *parts = json_get(model_extension(task, STR("snooze")), STR("extension"));
	int64_t count = 0;
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		if (str_equal(json_get_text(part, STR("url")), STR("count")))
			(void)str_to_i64(json_get_text(part, STR("valueInteger")), &count);
	}
	return count;
}

static bool may_be_silent(struct call *call, const struct json *task)
{
	struct str rule =
		model_code(json_get(task, STR("code")), STR(HOMEWARD_URL "CodeSystem/ward-rule"));
	enum alert_level level = ALERT_LEVEL_EMERGENCY;
	(void)alert_level_find(
		json_get_text(model_extension(task, STR("alert-level")), STR("valueCode")), &level);
	if (!snooze_is_refused(rule, level))
		return true;
	operation_refuse(call, ERROR_CONFLICT,
			 "An Emergency, a fever or low temperature, and anybody's concern cannot "
			 "be snoozed; "
			 "acknowledge it with a plan.");
	return false;
}

static bool minutes_of(struct call *call, const struct json *parameters, const struct json *task,
		       int64_t *ret_minutes)
{
	int64_t longest = 0;
	struct str given =
		operation_parameter_text(parameters, STR("minutes"), STR("valueInteger"));
	if (!operation_review_min(call, task, &longest))
		return false;
	if (str_to_i64(given, ret_minutes) && *ret_minutes >= 1 && *ret_minutes <= longest)
		return true;
	issue_add(&call->issues, ERROR_INVALID, STR("Parameters.parameter"),
		  "minutes must be 1 to %lld for an alert of this level.", (long long)longest);
	call_fail(call, ERROR_INVALID);
	return false;
}

static void write_snooze(struct call *call, struct json *task, const struct asker *asker,
			 struct str reason, int64_t until_us)
{
	int64_t now_us = clock_now_us(server_clock(call->server));
	int64_t count = count_before(task) + 1;
	struct json *parts = operation_extension(call, task, "snooze");
	struct json *person = json_new(&call->arena, JSON_OBJECT);
	char time[MODEL_CLOCK_BYTES];
	struct text words;
	if (parts == NULL)
		return;
	json_add(person, STR("reference"), json_new_string(&call->arena, asker->reference));
	if (asker->name.len > 0)
		json_add(person, STR("display"), json_new_string(&call->arena, asker->name));
	operation_put(call, parts, "until", "valueInstant", operation_instant(call, until_us));
	operation_put(call, parts, "at", "valueInstant", operation_instant(call, now_us));
	operation_put(call, parts, "by", "valueReference", person);
	operation_put(call, parts, "reason", "valueString", json_new_string(&call->arena, reason));
	operation_put(call, parts, "count", "valueInteger", json_new_i64(&call->arena, count));
	model_clock_time(until_us, time);
	text_init(&words, &call->arena, MODEL_NOTE_BYTES);
	text_put_format(&words, "Snoozed until %s: %.*s", time, STR_ARG(reason));
	operation_note(call, task, asker->reference, asker->name, text_view(&words));
}

static void snooze(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *task = NULL;
	struct asker asker = { .shift_end_us = 0 };
	int64_t version = 0, minutes = 0;
	if (parameters == NULL || !operation_open_alert(call, &task, &version) ||
	    !may_be_silent(call, task) || !asker_of(call, parameters, task, &asker))
		return;
	struct str reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	if (reason.len == 0) {
		operation_refuse(call, ERROR_BAD_REQUEST,
				 "Say why: parameter `reason` with valueString.");
		return;
	}
	if (count_before(task) > 0 && (asker.role.roles & 1u << ROLE_NURSE_IN_CHARGE) == 0) {
		operation_refuse(call, ERROR_CONFLICT,
				 "It was snoozed already; a second time in a row needs the nurse "
				 "in charge.");
		return;
	}
	if (!minutes_of(call, parameters, task, &minutes))
		return;
	int64_t until_us = clock_now_us(server_clock(call->server)) + minutes * DATE_US_PER_MIN;
	if (asker.shift_end_us < until_us)
		until_us = asker.shift_end_us;
	write_snooze(call, task, &asker, reason, until_us);
	operation_commit(call, task, version, snooze, tries_left);
}

void operation_snooze(struct call *call)
{
	snooze(call, OPERATION_TRIES);
}

/* --- $second-opinion ------------------------------------------------------------------------- */

/* Closed alerts too: whoever is still worried after an answer is the one this is for. */
static void second_opinion(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *task = NULL;
	struct str reference, name;
	int64_t version = 0;
	if (parameters == NULL || !operation_by(call, parameters, &reference, &name) ||
	    !operation_read(call, STR("Task"), call->path_parts[0], &task, &version) ||
	    !operation_version_read(call, version))
		return;
	if (model_code(json_get(task, STR("code")), STR(HOMEWARD_URL "CodeSystem/ward-rule")).len ==
	    0) {
		operation_refuse(call, ERROR_CONFLICT, "This Task is no alert of a ward.");
		return;
	}
	struct str reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	struct json *parts = operation_extension(call, task, "second-opinion");
	if (parts == NULL)
		return;
	operation_put(call, parts, "at", "valueInstant",
		      operation_instant(call, clock_now_us(server_clock(call->server))));
	operation_put(call, parts, "by", "valueString",
		      json_new_string(&call->arena, name.len > 0 ? name : reference));
	if (reason.len > 0)
		operation_put(call, parts, "reason", "valueString",
			      json_new_string(&call->arena, reason));
	operation_commit(call, task, version, second_opinion, tries_left);
}

void operation_second_opinion(struct call *call)
{
	second_opinion(call, OPERATION_TRIES);
}
