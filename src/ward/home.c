/* SPDX-License-Identifier: Apache-2.0
 * GET /ward/home?patient=ID: what the family's page asks every few seconds. It says when readings are due, which
 * values the hospital has and since when, and whether somebody has answered; no score (National PEWS is not for
 * families to judge by) and no other patient. It is made from the row that the ward's board shows:
 * docs/decisions/0002 and 0008. */
#include "ward/model.h"
#include "ward/operation.h"
#include "ward/runner.h"

#define HOME_TEXT_BYTES_MAX ((size_t)1024 * 1024)

static void copy_members(struct arena *arena, struct json *to, const struct json *from,
			 const struct str *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct json *member = json_get(from, names[i]);
		if (member != NULL)
			json_add(to, names[i], json_copy(arena, member));
	}
}

static void add_values(struct arena *arena, struct json *home, const struct json *row)
{
	static const struct str names[] = { STR_INIT("name"),       STR_INIT("label"),
					    STR_INIT("text"),       STR_INIT("unit"),
					    STR_INIT("measuredAt"), STR_INIT("receivedAt"),
					    STR_INIT("state") };
	const struct json *values = json_get(row, STR("values"));
	struct json *list = json_add(home, STR("values"), json_new(arena, JSON_ARRAY));
	for (const struct json *value = values == NULL ? NULL : values->child; value != NULL;
	     value = value->next)
		copy_members(arena, json_append(list, json_new(arena, JSON_OBJECT)), value, names,
			     sizeof(names) / sizeof(names[0]));
}

/* Who answered last and when, and how many alerts wait for an answer. Technical ones are the ward's own business. */
static void add_answer(struct arena *arena, struct json *home, const struct json *row)
{
	const struct json *alerts = json_get(row, STR("alerts"));
	const struct json *last = NULL;
	int64_t waiting = 0;
	for (const struct json *alert = alerts == NULL ? NULL : alerts->child; alert != NULL;
	     alert = alert->next) {
		const struct json *answer = json_get(alert, STR("acknowledgement"));
		if (str_equal(json_get_text(alert, STR("level")), STR("technical")))
			continue;
		if (answer == NULL || answer->type != JSON_OBJECT)
			waiting++;
		else if (last == NULL || str_compare(json_get_text(answer, STR("at")),
						     json_get_text(last, STR("at"))) > 0)
			last = answer;
	}
	static const struct str names[] = { STR_INIT("by"), STR_INIT("at") };
	json_add(home, STR("waiting"), json_new_i64(arena, waiting));
	struct json *answer = json_add(home, STR("answer"),
				       json_new(arena, last == NULL ? JSON_NULL : JSON_OBJECT));
	if (last != NULL)
		copy_members(arena, answer, last, names, 2);
}

static void add_text(struct arena *arena, struct json *object, struct str name, struct str value)
{
	json_add(object, name,
		 value.len > 0 ? json_new_string(arena, value) : json_new(arena, JSON_NULL));
}

static void add_ward(struct arena *arena, struct json *home, const struct json *organization)
{
	const struct json *opinion = model_extension(organization, STR("second-opinion"));
	struct json *ward = json_add(home, STR("ward"), json_new(arena, JSON_OBJECT));
	add_text(arena, ward, STR("id"), json_get_text(organization, STR("id")));
	add_text(arena, ward, STR("name"), json_get_text(organization, STR("name")));
	add_text(arena, ward, STR("phone"), model_phone(organization));
	struct json *second = json_add(home, STR("secondOpinion"),
				       json_new(arena, opinion == NULL ? JSON_NULL : JSON_OBJECT));
	if (opinion == NULL)
		return;
	add_text(arena, second, STR("phone"),
		 json_get_text(model_part(opinion, STR("phone")), STR("valueString")));
	add_text(arena, second, STR("text"),
		 json_get_text(model_part(opinion, STR("text")), STR("valueString")));
}

/* The open stay of the patient, or NULL. False: answered with an error. */
static bool stay_of(struct call *call, struct str patient, struct json **ret_stay)
{
	struct search_argument arguments[] = { { STR("patient"), patient },
					       { STR("status"), STR("active,onhold") } };
	struct search_result found = { 0 };
	*ret_stay = NULL;
	if (!operation_search(call, "EpisodeOfCare", arguments, 2, &found))
		return false;
	if (found.match_count > 0 &&
	    json_parse(&call->arena, found.matches[0].body, NULL, NULL, ret_stay) != ERROR_OK) {
		call_fail(call, ERROR_INTERNAL);
		return false;
	}
	return true;
}

static void answer_home(struct call *call, struct ward *ward, const struct json *stay)
{
	struct arena *arena = &call->arena;
	struct json *home = json_new(arena, JSON_OBJECT), *row = NULL, *organization = NULL;
	static const struct str names[] = { STR_INIT("nextDue"), STR_INIT("overdue") };
	struct str text = { NULL, 0 };
	char now[25];
	int64_t version;
	date_write_instant(clock_now_us(ward->options.clock), now);
	json_add(home, STR("serverTime"), json_new_string(arena, str_from_c(now)));
	json_add(home, STR("dev"), json_new_bool(arena, ward->options.dev));
	struct str episode = json_get_text(stay, STR("id"));
	if (stay == NULL || !board_row_copy(ward->board, episode, arena, &text) ||
	    json_parse(arena, text, NULL, NULL, &row) != ERROR_OK) {
		json_add(home, STR("stay"), json_new_string(arena, STR("none")));
		call_answer_json(call, 200, home);
		return;
	}
	struct str ward_id =
		json_get_text(json_get(stay, STR("managingOrganization")), STR("reference"));
	ward_id = str_slice(ward_id, strlen("Organization/"), ward_id.len);
	if (!operation_read(call, STR("Organization"), ward_id, &organization, &version))
		return;
	json_add(home, STR("stay"), json_new_string(arena, json_get_text(stay, STR("status"))));
	struct json *patient = json_add(home, STR("patient"), json_new(arena, JSON_OBJECT));
	static const struct str people[] = { STR_INIT("id"), STR_INIT("name") };
	copy_members(arena, patient, json_get(row, STR("patient")), people, 2);
	add_ward(arena, home, organization);
	copy_members(arena, home, row, names, 2);
	add_values(arena, home, row);
	add_answer(arena, home, row);
	call_answer_json(call, 200, home);
}

void home_handle(struct call *call)
{
	struct ward *ward = server_room(call->server, "ward");
	struct str patient = call_argument(call, STR("patient"));
	struct json *stay = NULL;
	if (ward == NULL || !atomic_load(&ward->shown)) {
		call_fail(call,
			  issue_add(&call->issues, ERROR_BUSY, STR(""),
				    "The ward is reading the record; ask again in a moment."));
		return;
	}
	if (!fhir_id_is_valid(patient)) {
		call_fail(call, issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
					  "Add ?patient=ID, the patient's id in the record."));
		return;
	}
	if (!stay_of(call, patient, &stay))
		return;
	answer_home(call, ward, stay);
	call->content_type = STR("application/json; charset=utf-8");
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
}
