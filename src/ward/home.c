/* SPDX-License-Identifier: Apache-2.0
 * GET /ward/home?patient=ID: what the family's page asks every few seconds. It says when readings are due, which
 * values the hospital has and since when, and whether somebody has answered; no score (National PEWS is not for
 * families to judge by) and no other patient. It is made from the row that the ward's board shows, and says in which
 * language the family reads and whether it telephones by text relay: docs/decisions/0002 and 0008. */
#include "ward/alert.h"
#include "ward/channel.h"
#include "ward/model.h"
#include "ward/operation_merge.h"
#include "ward/runner.h"

#define HOME_RELAY_PREFIX "18001"

static void copy_members(struct arena *arena, struct json *to, const struct json *from,
			 const struct str *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct json *member = json_get(from, names[i]);
		if (member != NULL)
			json_add(to, names[i], json_copy(arena, member));
	}
}

/* Scores of other systems, and what staff judge for staff. */
static bool is_for_staff(struct str sign)
{
	return str_equal(sign, STR("statedScore")) || str_equal(sign, STR("intuition")) ||
	       str_equal(sign, STR("sepsis")) || str_equal(sign, STR("pupils"));
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
	     value = value->next) {
		if (is_for_staff(json_get_text(value, STR("name"))))
			continue;
		copy_members(arena, json_append(list, json_new(arena, JSON_OBJECT)), value, names,
			     sizeof(names) / sizeof(names[0]));
	}
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

static void add_ward(struct arena *arena, struct json *home, const struct json *organization,
		     int64_t at_us)
{
	const struct json *opinion = model_extension(organization, STR("second-opinion"));
	struct json *ward = json_add(home, STR("ward"), json_new(arena, JSON_OBJECT));
	add_text(arena, ward, STR("id"), json_get_text(organization, STR("id")));
	add_text(arena, ward, STR("name"), json_get_text(organization, STR("name")));
	add_text(arena, ward, STR("phone"), model_phone(organization, at_us));
	struct json *second = json_add(home, STR("secondOpinion"),
				       json_new(arena, opinion == NULL ? JSON_NULL : JSON_OBJECT));
	if (opinion == NULL)
		return;
	add_text(arena, second, STR("phone"),
		 json_get_text(model_part(opinion, STR("phone")), STR("valueString")));
	add_text(arena, second, STR("text"),
		 json_get_text(model_part(opinion, STR("text")), STR("valueString")));
}

/* --- the family ----------------------------------------------------------------------------- */

/* The rank of a contact's first telephone; beyond every rank without one: the order of core_contact_link. */
static uint32_t rank_of(const struct json *contact, int64_t at_us)
{
	const struct json *telecoms = json_get(contact, STR("telecom"));
	uint32_t rank = 1000;
	for (const struct json *one = telecoms == NULL ? NULL : telecoms->child; one != NULL;
	     one = one->next) {
		if (channel_is_phone(one, at_us) && channel_telecom_rank(one) < rank)
			rank = channel_telecom_rank(one);
	}
	return rank;
}

static bool goes_before(const struct json *one, const struct json *other, int64_t at_us)
{
	uint32_t rank = rank_of(one, at_us), other_rank = rank_of(other, at_us);
	return rank < other_rank ||
	       (rank == other_rank &&
		str_compare(json_get_text(one, STR("id")), json_get_text(other, STR("id"))) < 0);
}

/* In use, and within its period: who has left the family reads nothing for it (0006, "Periods"). */
static bool is_there(const struct json *one, int64_t now_us)
{
	const struct json *active = json_get(one, STR("active"));
	const struct term term = term_read(one);
	return (active == NULL || active->type != JSON_FALSE) && term_holds(&term, now_us);
}

/* The first of what a search finds; NULL: there is none. False: answered with an error. */
static bool first_of(struct call *call, const char *type, struct search_argument argument,
		     const struct json **ret_first)
{
	struct search_result found = { 0 };
	int64_t now_us = clock_now_us(server_clock(call->server));
	*ret_first = NULL;
	if (!operation_search(call, type, &argument, 1, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *one = NULL;
		if (json_parse(&call->arena, found.matches[i].body, NULL, NULL, &one) != ERROR_OK) {
			call_fail(call, ERROR_INTERNAL);
			return false;
		}
		if (is_there(one, now_us) &&
		    (*ret_first == NULL || goes_before(one, *ret_first, now_us)))
			*ret_first = one;
	}
	return true;
}

/* The contact whom the ward tells first, else the patient; NULL when neither is in the record. */
static bool reader_of(struct call *call, struct str patient, const struct json **ret_reader)
{
	struct search_argument of_patient = { STR("patient"), patient };
	struct search_argument by_id = { STR("_id"), patient };
	return first_of(call, "RelatedPerson", of_patient, ret_reader) &&
	       (*ret_reader != NULL || first_of(call, "Patient", by_id, ret_reader));
}

/* By the extension `text-relay`, or by a telephone that is written with the prefix of Relay UK. */
static bool telephones_by_relay(const struct json *reader, int64_t at_us)
{
	const struct json *said =
		json_get(model_extension(reader, STR("text-relay")), STR("valueBoolean"));
	const struct json *telecoms = json_get(reader, STR("telecom"));
	if (said != NULL)
		return said->type == JSON_TRUE;
	for (const struct json *one = telecoms == NULL ? NULL : telecoms->child; one != NULL;
	     one = one->next) {
		if (channel_of_telecom(one, at_us) == CHANNEL_VOICE &&
		    str_starts_with(json_get_text(one, STR("value")), STR(HOME_RELAY_PREFIX)))
			return true;
	}
	return false;
}

static void add_family(struct arena *arena, struct json *home, const struct json *reader,
		       int64_t at_us)
{
	char language[MODEL_LANGUAGE_BYTES];
	message_language(reader, language);
	struct json *family = json_add(home, STR("family"), json_new(arena, JSON_OBJECT));
	/* The tree keeps views, and this text stands on the stack. */
	add_text(arena, family, STR("language"), arena_copy(arena, str_from_c(language)));
	json_add(family, STR("relay"), json_new_bool(arena, telephones_by_relay(reader, at_us)));
}

/* The open stay under this id, or NULL. False: answered with an error. */
static bool stay_under(struct call *call, struct str patient, struct json **ret_stay)
{
	/* A programme of the hospital is an EpisodeOfCare as well, and stands beside the stay. */
	struct search_argument arguments[] = {
		{ STR("patient"), patient },
		{ STR("status"), STR("active,onhold") },
		{ STR("type"), STR(HOMEWARD_URL "CodeSystem/episode-type|virtual-ward") },
	};
	struct search_result found = { 0 };
	*ret_stay = NULL;
	if (!operation_search(call, "EpisodeOfCare", arguments, 3, &found))
		return false;
	if (found.match_count > 0 &&
	    json_parse(&call->arena, found.matches[0].body, NULL, NULL, ret_stay) != ERROR_OK) {
		call_fail(call, ERROR_INTERNAL);
		return false;
	}
	return true;
}

/* The open stay of the patient under this id, else under one that it is merged with (merge.h), or NULL. */
static bool stay_of(struct call *call, struct str patient, struct json **ret_stay)
{
	struct operation_merge merge;
	if (!stay_under(call, patient, ret_stay))
		return false;
	if (*ret_stay != NULL)
		return true;
	if (!operation_merge_read(call, patient, &merge))
		return false;
	for (size_t i = 1; i < merge.count && *ret_stay == NULL; i++) {
		if (!stay_under(call, merge.ids[i], ret_stay))
			return false;
	}
	return true;
}

static void answer_home(struct call *call, struct ward *ward, const struct json *stay,
			const struct json *reader)
{
	struct arena *arena = &call->arena;
	struct json *home = json_new(arena, JSON_OBJECT), *row = NULL, *organization = NULL;
	static const struct str names[] = { STR_INIT("nextDue"), STR_INIT("overdue") };
	struct str text = { NULL, 0 };
	char now[25];
	int64_t version, now_us = clock_now_us(ward->options.clock);
	date_write_instant(now_us, now);
	json_add(home, STR("serverTime"), json_new_string(arena, str_from_c(now)));
	json_add(home, STR("dev"), json_new_bool(arena, ward->options.dev));
	add_family(arena, home, reader, now_us);
	if (stay == NULL) {
		json_add(home, STR("stay"), json_new_string(arena, STR("none")));
		call_answer_json(call, 200, home);
		return;
	}
	/* A family that has just been admitted must not read that there is no stay. */
	if (!board_row_copy(ward->board, json_get_text(stay, STR("id")), arena, &text) ||
	    json_parse(arena, text, NULL, NULL, &row) != ERROR_OK) {
		call_fail(call, issue_add(&call->issues, ERROR_BUSY, STR(""),
					  "The stay is being read; ask again in a moment."));
		return;
	}
	struct str ward_id =
		json_get_text(json_get(stay, STR("managingOrganization")), STR("reference"));
	ward_id = str_slice(ward_id, strlen("Organization/"), ward_id.len);
	if (!operation_read(call, STR("Organization"), ward_id, &organization, &version))
		return;
	const struct json *deceased = json_get(row, STR("deceased"));
	bool quiet = deceased != NULL && deceased->type == JSON_TRUE;
	/* To the family nothing is asked and nothing is said again; they are told nothing of why. */
	json_add(home, STR("quiet"), json_new_bool(arena, quiet));
	json_add(home, STR("stay"),
		 quiet ? json_new_string(arena, STR("onhold"))
		       : json_new_string(arena, json_get_text(stay, STR("status"))));
	struct json *patient = json_add(home, STR("patient"), json_new(arena, JSON_OBJECT));
	static const struct str people[] = { STR_INIT("id"), STR_INIT("name") };
	copy_members(arena, patient, json_get(row, STR("patient")), people, 2);
	add_ward(arena, home, organization, now_us);
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
	const struct json *reader = NULL;
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
	if (!stay_of(call, patient, &stay) || !reader_of(call, patient, &reader))
		return;
	answer_home(call, ward, stay, reader);
	call->content_type = STR("application/json; charset=utf-8");
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
}
