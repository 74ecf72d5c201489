/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/page.h"

void page_text(struct arena *arena, struct json *object, struct str name, struct str text)
{
	json_add(object, name, text.len > 0 ? print_copy(arena, text) : json_new(arena, JSON_NULL));
}

void page_time(struct arena *arena, struct json *object, struct str name, int64_t at_us)
{
	if (at_us == PAGE_TIME_NONE)
		json_add(object, name, json_new(arena, JSON_NULL));
	else
		print_instant(arena, object, name, at_us);
}

void page_number(struct arena *arena, struct json *object, struct str name, int64_t value)
{
	json_add(object, name, json_new_i64(arena, value));
}

struct json *page_patient(struct arena *arena, const struct facts_person *person, int64_t now_us)
{
	struct json *patient = json_new(arena, JSON_OBJECT);
	struct text age;
	char birth[25];
	text_init(&age, arena, 20);
	if (patient == NULL)
		return NULL;
	/* As a reference too: whoever logs what was shown reads it there. */
	json_add(patient, STR("reference"),
		 json_new_string(arena, record_reference(arena, "Patient", person->id)));
	print_string(arena, patient, STR("id"), person->id);
	page_text(arena, patient, STR("name"), person->name);
	int years = person->has_birth ? date_age_years(person->birth, now_us) : -1;
	if (years >= 0)
		text_put_format(&age, "%d y", years);
	date_write_instant(person->birth.low_us, birth);
	page_text(arena, patient, STR("birthDate"),
		  person->has_birth ? str_slice(str_from_c(birth), 0, 10) : STR(""));
	page_text(arena, patient, STR("age"), text_view(&age));
	return patient;
}
