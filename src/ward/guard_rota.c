/* SPDX-License-Identifier: Apache-2.0
 * Who has no Schedule at all is always on shift, as a switchboard is (docs/decisions/0002). So no person's last one
 * goes: a nurse would be called at every hour from then on, and the ward's rota would have no gap any more. */
#include "ward/guard.h"

static bool names(const struct json *schedule, struct str role)
{
	const struct json *actors = json_get(schedule, STR("actor"));
	for (const struct json *actor = actors == NULL ? NULL : actors->child; actor != NULL;
	     actor = actor->next) {
		if (str_equal(model_reference_id(actor, STR("PractitionerRole")), role))
			return true;
	}
	return false;
}

/* A desk is always there when it has no rota, and that is how it is made so. */
static bool is_desk(struct str code)
{
	return str_equal(code, role_code(ROLE_SWITCHBOARD)) ||
	       str_equal(code, role_code(ROLE_TECHNICAL_DESK));
}

/* Somebody in use whom alerts call, and no desk. */
static bool is_person(const struct json *role)
{
	const struct json *active = json_get(role, STR("active"));
	const struct json *codes = json_get(role, STR("code"));
	if (active != NULL && active->type == JSON_FALSE)
		return false;
	for (const struct json *code = codes == NULL ? NULL : codes->child; code != NULL;
	     code = code->next) {
		struct str own = model_code(code, STR(HOMEWARD_URL "CodeSystem/ward-role"));
		if (own.len > 0 && !is_desk(own))
			return true;
	}
	return false;
}

/* *ret_last: the role is a person's, and no other Schedule names it. */
static enum error look_for_others(const struct guarded *guarded, struct str role, bool *ret_last)
{
	struct arena *arena = &guarded->call->arena;
	struct store_version version = { 0 };
	struct json *tree = NULL;
	struct text reference;
	size_t count = 0;
	enum error error = store_read(guarded->reader, arena,
				      fhir_resource_find(STR("PractitionerRole")), role, &version);
	if (error == ERROR_NOT_FOUND || error == ERROR_GONE)
		return ERROR_OK;
	if (error == ERROR_OK)
		error = json_parse(arena, version.body, NULL, NULL, &tree);
	if (error != ERROR_OK || !is_person(tree))
		return error;
	text_init(&reference, arena, MODEL_REFERENCE_BYTES);
	text_put_format(&reference, "PractitionerRole/%.*s", STR_ARG(role));
	struct search_argument arguments[] = { { STR("actor"), text_view(&reference) } };
	error = guard_find(guarded, "Schedule", arguments, 1, &count);
	*ret_last = error == ERROR_OK && count < 2;
	return error;
}

enum error guard_rota(const struct guarded *guarded)
{
	const struct json *actors = json_get(guarded->current, STR("actor"));
	for (const struct json *actor = actors == NULL ? NULL : actors->child; actor != NULL;
	     actor = actor->next) {
		struct str role = model_reference_id(actor, STR("PractitionerRole"));
		bool last = false;
		if (role.len == 0 || names(guarded->next, role))
			continue;
		enum error error = look_for_others(guarded, role, &last);
		if (error != ERROR_OK)
			return error;
		if (last)
			return issue_add(guarded->issues, ERROR_CONFLICT, STR("Schedule.actor"),
					 "This is the only Schedule of PractitionerRole/%.*s, and "
					 "who has none is always on shift. Write it with `active` "
					 "false and they have no shifts; or put the role out of "
					 "use first.",
					 STR_ARG(role));
	}
	return ERROR_OK;
}
