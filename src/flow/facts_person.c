/* SPDX-License-Identifier: Apache-2.0
 * People as the equity figures see them. Language: that of the first contact of the patient who has one (in
 * the order of
 * their ids; the preferred one of several), else the patient's own: readings are asked for in it. Deprivation:
 * extension
 * deprivation-decile of the Patient (1 the most deprived tenth, 10 the least). */
#include "flow/facts.h"

static struct str language_of(const struct json *list)
{
	struct str found = { NULL, 0 };
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		const struct json *language = json_get(at, STR("language"));
		struct str code =
			json_get_text(json_at(json_get(language, STR("coding")), 0), STR("code"));
		const struct json *preferred = json_get(at, STR("preferred"));
		if (code.len == 0)
			code = json_get_text(language, STR("text"));
		if (found.len == 0)
			found = code;
		if (preferred != NULL && preferred->type == JSON_TRUE && code.len > 0)
			return code;
	}
	return found;
}

struct relation {
	struct arena *arena;
	struct str id, language;
};

static bool visit_contact(void *context, const struct store_version *version,
			  const struct json *resource)
{
	struct relation *relation = context;
	struct str language = language_of(json_get(resource, STR("communication")));
	const struct json *active = json_get(resource, STR("active"));
	if (language.len == 0 || (active != NULL && active->type == JSON_FALSE) ||
	    (relation->id.len > 0 && str_compare(version->id, relation->id) > 0))
		return true;
	relation->id = arena_copy(relation->arena, version->id);
	relation->language = arena_copy(relation->arena, language);
	return !relation->arena->failed;
}

static enum error read_language(struct facts *facts, struct facts_person *person,
				const struct json *patient)
{
	struct relation relation = { .arena = facts->arena };
	const struct search_argument arguments[] = {
		{ STR("patient"), record_reference(facts->arena, "Patient", person->id) },
	};
	const struct record_search search = { "RelatedPerson", arguments, 1, visit_contact,
					      &relation };
	enum error error = record_each(facts->record, &search);
	person->language = relation.language;
	if (person->language.len == 0)
		person->language = language_of(json_get(patient, STR("communication")));
	if (person->language.len == 0)
		person->language = STR("unknown");
	return error;
}

enum error facts_person(struct facts *facts, struct str id, bool whole,
			struct facts_person **ret_person)
{
	struct facts_person *person = map_get(&facts->persons, id);
	struct json *patient = NULL;
	int64_t version;
	if (person != NULL) {
		*ret_person = person;
		return ERROR_OK;
	}
	person = ARENA_NEW(facts->arena, struct facts_person, 1);
	if (person == NULL)
		return ERROR_LIMIT;
	person->id = arena_copy(facts->arena, id);
	person->language = person->deprivation = STR("unknown");
	enum error error = record_read(facts->record, "Patient", id, &patient, &version);
	if (error != ERROR_OK && error != ERROR_NOT_FOUND)
		return error;
	person->name = record_patient_name(facts->arena, patient);
	person->has_birth = date_parse(json_get_text(patient, STR("birthDate")), DATE_KIND_DATE,
				       &person->birth) == ERROR_OK;
	struct str decile = json_get_text(model_extension(patient, STR("deprivation-decile")),
					  STR("valueInteger"));
	if (decile.len > 0)
		person->deprivation = decile;
	error = whole && patient != NULL ? read_language(facts, person, patient) : ERROR_OK;
	map_put(&facts->persons, person->id, person);
	*ret_person = person;
	return error;
}
