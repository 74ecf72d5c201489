/* SPDX-License-Identifier: Apache-2.0 */
#include "access/person.h"

#include "base/date.h"
#include "base/limits.h"

static struct str id_of(const struct json *reference, struct str type)
{
	struct fhir_reference read = { 0 };
	if (!fhir_reference_parse(json_get_text(reference, STR("reference")), &read) ||
	    read.base.len > 0 || read.type != fhir_resource_find(type))
		return (struct str){ NULL, 0 };
	return read.id;
}

enum error person_find(struct store_reader *reader, struct arena *arena, struct str reference,
		       struct issues *issues, struct person *ret_person)
{
	struct fhir_reference read = { 0 };
	struct store_version version = { 0 };
	struct json *role = NULL;
	if (!fhir_reference_parse(reference, &read) || read.base.len > 0 ||
	    read.type != fhir_resource_find(STR("PractitionerRole")))
		return issue_add(issues, ERROR_FORBIDDEN, STR(""),
				 "X-Homeward-User must name who asks as PractitionerRole/id");
	enum error error = store_read(reader, arena, read.type, read.id, &version);
	if (error == ERROR_OK)
		error = json_parse(arena, version.body, NULL, NULL, &role);
	const struct json *active = json_get(role, STR("active"));
	if (error != ERROR_OK || (active != NULL && active->type == JSON_FALSE))
		return issue_add(issues, ERROR_FORBIDDEN, STR(""),
				 "X-Homeward-User names no active PractitionerRole");
	const struct json *practitioner = json_get(role, STR("practitioner"));
	*ret_person = (struct person){
		.reference = arena_copy(arena, reference),
		.ward = id_of(json_get(role, STR("organization")), STR("Organization")),
		.name = json_get_text(practitioner, STR("display")),
	};
	return ERROR_OK;
}

static enum error find(struct store_reader *reader, struct arena *arena, const char *type,
		       const struct search_argument *arguments, size_t count,
		       struct search_result *ret_result)
{
	struct search_parse_options options = { .conditional = true };
	struct search_request *request = NULL;
	struct issues issues;
	issues_init(&issues, arena);
	enum error error = search_parse(arena, fhir_resource_find(str_from_c(type)), arguments,
					count, &options, &issues, &request);
	if (error != ERROR_OK)
		return error;
	request->count = LIMIT_PAGE_COUNT_MAX;
	return search_run(reader, arena, request, &issues, ret_result);
}

static bool counts(const struct json *stay, const struct person *person, int64_t now_us)
{
	struct str status = json_get_text(stay, STR("status"));
	struct str end = json_get_text(json_get(stay, STR("period")), STR("end"));
	struct date date;
	if (!str_equal(id_of(json_get(stay, STR("managingOrganization")), STR("Organization")),
		       person->ward))
		return false;
	if (str_equal(status, STR("finished")) || str_equal(status, STR("cancelled")))
		return date_parse(end, DATE_KIND_DATETIME, &date) == ERROR_OK &&
		       now_us - date.low_us < PERSON_RECENT_US;
	return !str_equal(status, STR("entered-in-error"));
}

static struct str reference_to(struct arena *arena, const char *type, struct str id)
{
	struct text text;
	text_init(&text, arena, 256);
	text_put_format(&text, "%s/%.*s", type, STR_ARG(id));
	return text_view(&text);
}

enum error person_sees(struct store_reader *reader, struct arena *arena,
		       const struct person *person, struct str patient, int64_t now_us,
		       bool *ret_sees)
{
	struct search_result stays = { 0 }, referrals = { 0 };
	struct str subject = reference_to(arena, "Patient", patient);
	struct search_argument of_patient[] = { { STR("patient"), subject } };
	struct search_argument to_ward[] = {
		{ STR("subject"), subject },
		{ STR("performer"), reference_to(arena, "Organization", person->ward) },
		{ STR("status"), STR("active,draft,on-hold") },
	};
	*ret_sees = false;
	if (person->ward.len == 0)
		return ERROR_OK;
	enum error error = find(reader, arena, "EpisodeOfCare", of_patient, 1, &stays);
	for (size_t i = 0; error == ERROR_OK && i < stays.match_count && !*ret_sees; i++) {
		struct json *stay = NULL;
		error = json_parse(arena, stays.matches[i].body, NULL, NULL, &stay);
		*ret_sees = error == ERROR_OK && counts(stay, person, now_us);
	}
	if (error == ERROR_OK && !*ret_sees) {
		error = find(reader, arena, "ServiceRequest", to_ward, 3, &referrals);
		*ret_sees = error == ERROR_OK && referrals.match_count > 0;
	}
	return error;
}
