/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/team.h"

static void mark(struct ward_core *core, const struct patient *patient)
{
	for (struct stay *stay = patient->stays; stay != NULL; stay = stay->next_of_patient)
		stay_mark(core, stay);
}

void team_link(struct ward_core *core, struct team *team)
{
	struct patient *patient = core_patient(core, str_from_c(team->patient));
	struct team **link = &patient->teams;
	while (*link != NULL && strcmp((*link)->id, team->id) < 0)
		link = &(*link)->next;
	team->next = *link;
	*link = team;
	map_put(&core->team_by_id, str_from_c(team->id), team);
	mark(core, patient);
}

static void unlink_team(struct ward_core *core, struct team *team)
{
	struct patient *patient = core_patient(core, str_from_c(team->patient));
	struct team **link = &patient->teams;
	while (*link != team)
		link = &(*link)->next;
	*link = team->next;
	map_remove(&core->team_by_id, str_from_c(team->id));
	mark(core, patient);
	model_give(team);
}

static struct str words_of(const struct json *concept)
{
	const struct json *coding = json_at(json_get(concept, STR("coding")), 0);
	struct str words = json_get_text(concept, STR("text"));
	if (words.len == 0)
		words = json_get_text(coding, STR("display"));
	return words.len > 0 ? words : json_get_text(coding, STR("code"));
}

static bool is_over(const struct json *participant, int64_t now_us)
{
	struct str end = json_get_text(json_get(participant, STR("period")), STR("end"));
	struct date date;
	return end.len > 0 && date_parse(end, DATE_KIND_DATETIME, &date) == ERROR_OK &&
	       date.high_us <= now_us;
}

static void read_members(struct team *team, const struct json *resource, int64_t now_us)
{
	const struct json *list = json_get(resource, STR("participant"));
	for (const struct json *at = list == NULL ? NULL : list->child;
	     at != NULL && team->count < TEAM_MEMBERS_MAX; at = at->next) {
		const struct json *member = json_get(at, STR("member"));
		struct team_member *target = &team->members[team->count];
		if (is_over(at, now_us))
			continue;
		MODEL_PUT(target->role, words_of(json_at(json_get(at, STR("role")), 0)));
		MODEL_PUT(target->name, json_get_text(member, STR("display")));
		MODEL_PUT(target->reference, json_get_text(member, STR("reference")));
		if (target->name[0] != '\0' || target->reference[0] != '\0')
			team->count++;
	}
}

void team_event(struct ward_core *core, const struct ward_event *event)
{
	struct team *team = map_get(&core->team_by_id, event->id);
	struct str patient =
		model_reference_id(json_get(event->resource, STR("subject")), STR("Patient"));
	struct str status = json_get_text(event->resource, STR("status"));
	if (team != NULL)
		unlink_team(core, team);
	if (event->resource == NULL || patient.len == 0 ||
	    (status.len > 0 && !str_equal(status, STR("active"))))
		return;
	team = MODEL_NEW(struct team);
	MODEL_PUT(team->id, event->id);
	MODEL_PUT(team->patient, patient);
	read_members(team, event->resource, core->now_us);
	team_link(core, team);
}

static struct str name_of(const struct ward_core *core, const struct team_member *member)
{
	struct str rest = str_from_c(member->reference);
	struct str type = str_cut(&rest, '/');
	const struct role *role =
		str_equal(type, STR("PractitionerRole")) ? map_get(&core->role_by_id, rest) : NULL;
	const struct practitioner *practitioner = str_equal(type, STR("Practitioner"))
							  ? map_get(&core->practitioner_by_id, rest)
							  : NULL;
	if (member->name[0] != '\0')
		return str_from_c(member->name);
	if (role != NULL)
		return rota_person_name(core, role);
	return practitioner != NULL ? str_from_c(practitioner->name)
				    : str_from_c(member->reference);
}

void team_print(const struct ward_core *core, const struct patient *patient, struct text *text)
{
	bool first = true;
	text_put_c(text, ",\"team\":[");
	for (const struct team *team = patient == NULL ? NULL : patient->teams; team != NULL;
	     team = team->next) {
		for (uint32_t i = 0; i < team->count; i++) {
			const struct team_member *member = &team->members[i];
			text_put_c(text, first ? "{\"role\":" : ",{\"role\":");
			first = false;
			json_print_string(text, str_from_c(member->role));
			text_put_c(text, ",\"name\":");
			json_print_string(text, name_of(core, member));
			text_put_c(text, ",\"reference\":");
			json_print_string(text, str_from_c(member->reference));
			text_put_byte(text, '}');
		}
	}
	text_put_byte(text, ']');
}
