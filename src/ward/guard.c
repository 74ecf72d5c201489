/* SPDX-License-Identifier: Apache-2.0
 * The table of the ward's guards, and what they share. */
#include "ward/guard.h"

#include "ward/oversize.h"
#include "ward/ward.h"

static enum error find(const struct guarded *guarded, const char *type,
		       const struct search_argument *arguments, size_t count,
		       struct search_request **ret_request, size_t *ret_count)
{
	struct search_parse_options options = {
		.conditional = true,
		.base_url = server_base_url(guarded->call->server),
		.now_us = clock_now_us(server_clock(guarded->call->server)),
	};
	struct search_request *request = NULL;
	struct search_match found[2];
	enum error error = search_parse(&guarded->call->arena, fhir_resource_find(str_from_c(type)),
					arguments, count, &options, guarded->issues, &request);
	if (error != ERROR_OK)
		return error;
	*ret_request = request;
	return search_resolve(guarded->reader, &guarded->call->arena, request, found, ret_count);
}

enum error guard_find(const struct guarded *guarded, const char *type,
		      const struct search_argument *arguments, size_t count, size_t *ret_count)
{
	struct search_request *request = NULL;
	return find(guarded, type, arguments, count, &request, ret_count);
}

enum error guard_none(const struct guarded *guarded, const char *type,
		      const struct search_argument *arguments, size_t count, size_t *ret_count)
{
	struct search_request *request = NULL;
	enum error error = find(guarded, type, arguments, count, &request, ret_count);
	if (error == ERROR_OK && *ret_count == 0)
		guarded->demand->none = request;
	return error;
}

/* 38.0 and 38 become one text, so that a client whose numbers lose their zeros changes nothing. */
static void plain_number(struct arena *arena, struct json *number)
{
	struct decimal value;
	struct text text;
	if (decimal_parse(json_text(number), &value) != ERROR_OK)
		return;
	while (value.coefficient != 0 && value.coefficient % 10 == 0) {
		value.coefficient /= 10;
		value.exponent++;
	}
	text_init(&text, arena, 64);
	text_put_format(&text, "%lldE%d", (long long)value.coefficient,
			value.coefficient == 0 ? 0 : (int)value.exponent);
	if (text.failed)
		return;
	number->text_ptr = text_view(&text).ptr;
	number->text_len = (uint32_t)text_view(&text).len;
}

struct json *guard_plain(struct arena *arena, const struct json *tree)
{
	struct json *open[JSON_DEPTH_CEILING];
	size_t depth = 0;
	struct json *copy = json_copy(arena, tree);
	struct json *at = copy;
	while (at != NULL) {
		struct json *child = at->type >= JSON_ARRAY ? at->child : NULL;
		if (at->type == JSON_NUMBER)
			plain_number(arena, at);
		if (child != NULL && depth < JSON_DEPTH_CEILING)
			open[depth++] = child;
		else if (child != NULL)
			return NULL;
		while (depth > 0 && open[depth - 1] == NULL)
			depth--;
		if (depth == 0)
			break;
		at = open[depth - 1];
		open[depth - 1] = at->next;
	}
	return copy;
}

bool guard_same(struct arena *arena, const struct json *a, const struct json *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (json_equal(a, b))
		return true;
	const struct json *plain_a = guard_plain(arena, a);
	const struct json *plain_b = guard_plain(arena, b);
	return plain_a != NULL && plain_b != NULL && json_equal(plain_a, plain_b);
}

bool guard_holds(const struct json *list, const struct json *one)
{
	const struct json *at = list == NULL || list->type != JSON_ARRAY ? NULL : list->child;
	for (; at != NULL; at = at->next) {
		if (json_equal(at, one))
			return true;
	}
	return false;
}

bool guard_note_is_signed(const struct json *note)
{
	const struct json *author = json_get(note, STR("authorReference"));
	return str_trim(json_get_text(note, STR("text"))).len > 0 &&
	       (str_trim(json_get_text(note, STR("authorString"))).len > 0 ||
		str_trim(json_get_text(author, STR("reference"))).len > 0 ||
		str_trim(json_get_text(author, STR("display"))).len > 0);
}

#define NOTES_MAX 1000

static bool are_few(const struct json *notes)
{
	return notes == NULL || (notes->type == JSON_ARRAY && notes->count <= NOTES_MAX);
}

bool guard_adds_note(const struct guarded *guarded)
{
	const struct json *before = json_get(guarded->current, STR("note"));
	const struct json *notes = json_get(guarded->next, STR("note"));
	if (notes == NULL || !are_few(notes) || !are_few(before))
		return false;
	for (const struct json *note = notes->child; note != NULL; note = note->next) {
		if (guard_note_is_signed(note) && !guard_holds(before, note))
			return true;
	}
	return false;
}

#define RULE HOMEWARD_URL "CodeSystem/ward-rule|"

enum error guard_unanswered(const struct guarded *guarded, struct str patient, bool *ret_unanswered)
{
	struct search_argument arguments[] = {
		{ STR("patient"), patient },
		{ STR("status"), STR("requested,received") },
		{ STR("code"), STR(RULE) },
		{ STR("priority"), STR("stat,asap") },
	};
	size_t count = 0;
	enum error error = guard_find(guarded, "Task", arguments, 4, &count);
	if (error != ERROR_OK || count > 0) {
		*ret_unanswered = count > 0;
		return error;
	}
	/* Somebody's worry, whatever its level (ward.md S45: it cannot be filtered away). */
	arguments[2].value = STR(RULE "concern," RULE "intuition," RULE "second-opinion");
	error = guard_find(guarded, "Task", arguments, 3, &count);
	if (error == ERROR_OK)
		*ret_unanswered = count > 0;
	return error;
}

enum error guard_has_open_stay(const struct guarded *guarded, struct str parameter, struct str type,
			       bool *ret_open)
{
	struct text reference;
	size_t count = 0;
	text_init(&reference, &guarded->call->arena, 160);
	text_put_format(&reference, "%.*s/%.*s", STR_ARG(type), STR_ARG(guarded->id));
	if (reference.failed)
		return ERROR_LIMIT;
	struct search_argument arguments[] = {
		{ parameter, text_view(&reference) },
		{ STR("type"), STR(HOMEWARD_URL "CodeSystem/episode-type|virtual-ward") },
		{ STR("status"), STR("active,onhold") },
	};
	enum error error = guard_find(guarded, "EpisodeOfCare", arguments, 3, &count);
	if (error == ERROR_OK)
		*ret_open = count > 0;
	return error;
}

bool guard_puts_out_of_use(const struct guarded *guarded)
{
	const struct json *before = json_get(guarded->current, STR("active"));
	const struct json *after = json_get(guarded->next, STR("active"));
	return after != NULL && after->type == JSON_FALSE &&
	       (before == NULL || before->type != JSON_FALSE);
}

/* The stored version has `meta` beside what is measured before it is stored. */
#define META_BYTES ((size_t)1024)

size_t ward_bytes_max(struct str type)
{
	bool read = ward_core_judges(type) && !str_equal(type, STR("Media"));
	return read ? OVERSIZE_BODY_BYTES_MAX - META_BYTES : 0;
}

const struct change_guard ward_guards[WARD_GUARD_COUNT] = {
	{ STR_INIT("PlanDefinition"), guard_policy },   { STR_INIT("Organization"), guard_ward },
	{ STR_INIT("Patient"), guard_patient },         { STR_INIT("Task"), guard_alert },
	{ STR_INIT("EpisodeOfCare"), guard_stay },      { STR_INIT("CarePlan"), guard_plan },
	{ STR_INIT("Observation"), guard_observation }, { STR_INIT("Questionnaire"), guard_form },
	{ STR_INIT("Endpoint"), guard_channel },        { STR_INIT("MeasureReport"), guard_report },
	{ STR_INIT("Bundle"), guard_bundle },           { STR_INIT("Schedule"), guard_rota },
};
