/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/oversize.h"

#include "ward/place.h"
#include "ward/stray.h"
#include "ward/wrapping.h"

#define MEMBER_BYTES_MAX ((size_t)4096)

/* --- outline -------------------------------------------------------------------------------- */

/* Behind the string that begins at `at`. */
static size_t skip_string(struct str body, size_t at)
{
	for (at++; at < body.len && body.ptr[at] != '"'; at++) {
		if (body.ptr[at] == '\\')
			at++;
	}
	return at < body.len ? at + 1 : body.len;
}

/* At the comma or the bracket that ends the value. */
static size_t skip_value(struct str body, size_t at)
{
	size_t depth = 0;
	while (at < body.len) {
		char byte = body.ptr[at];
		if (byte == '"') {
			at = skip_string(body, at);
			continue;
		}
		if (depth == 0 && (byte == ',' || byte == '}' || byte == ']'))
			return at;
		if (byte == '{' || byte == '[')
			depth++;
		else if (byte == '}' || byte == ']')
			depth--;
		at++;
	}
	return at;
}

struct json *oversize_outline(struct arena *arena, struct str body)
{
	struct json *outline = json_new(arena, JSON_OBJECT);
	size_t at = str_find_byte(body, '{', 0) + 1;
	while (outline != NULL && at < body.len && body.ptr[at] == '"') {
		size_t end_of_name = skip_string(body, at);
		struct str name = str_slice(body, at + 1, end_of_name - 1);
		size_t from = end_of_name + 1; /* behind the colon: stored bodies have no spaces */
		size_t until = skip_value(body, from);
		struct str text = str_slice(body, from, until);
		struct json *value = NULL;
		if (text.len > MEMBER_BYTES_MAX && wrapping_may_hold(text))
			(void)json_add(outline, name, json_new_bool(arena, true));
		else if (text.len <= MEMBER_BYTES_MAX &&
			 json_parse(arena, text, NULL, NULL, &value) == ERROR_OK)
			(void)json_add(outline, name, value);
		at = until + 1;
	}
	return arena->failed ? NULL : outline;
}

/* --- who is told ---------------------------------------------------------------------------- */

void oversize_event(struct ward_core *core, const struct ward_event *event)
{
	struct str id =
		str_equal(event->type, STR("Patient")) ? event->id : stray_patient(event->resource);
	const struct patient *patient = id.len == 0 ? NULL : map_get(&core->patient_by_id, id);
	const struct stay *stay = stray_stay(core, patient, true);
	const char *whose = id.len == 0 ? "a patient not named at its head" : "somebody on no ward";
	char title[MODEL_TEXT_BYTES], focus[MODEL_TEXT_BYTES];
	model_format(focus, sizeof(focus), "%.*s/%.*s", STR_ARG(event->type), STR_ARG(event->id));
	model_format(title, sizeof(title),
		     "%.*s of %.80s is too large to be read, and no rule has judged it: open it "
		     "in the record now",
		     STR_ARG(event->type),
		     patient != NULL && patient->name[0] != '\0' ? patient->name : whose);
	/* Unread words count as concern, as unread answers do. */
	stray_say(core, stay == NULL ? NULL : stay->ward, ALERT_LEVEL_MEDIUM, title, focus);
}
