/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/weekly_list.h"

#include "flow/day.h"

static bool visit_name(void *context, const struct store_version *version,
		       const struct json *resource)
{
	struct weekly_names *names = context;
	struct weekly_name *made = ARENA_NEW(names->arena, struct weekly_name, 1);
	if (made == NULL)
		return false;
	struct str title = json_get_text(resource, STR("title"));
	made->id = arena_copy(names->arena, version->id);
	made->title = arena_copy(names->arena, title.len > 0 ? title : version->id);
	made->next = names->first;
	names->first = made;
	return !names->arena->failed;
}

enum error weekly_list(struct record *record, const char *type, struct str name, struct str value,
		       struct weekly_names *names)
{
	const struct search_argument arguments[] = { { name, value },
						     { STR("_sort"), STR("-_id") } };
	const struct record_search search = { type, arguments, 2, visit_name, names };
	names->arena = &record->call->arena;
	return record_each(record, &search);
}

enum error weekly_list_measures(struct record *record, struct weekly_names *names)
{
	return weekly_list(record, "Measure", STR("status"), STR("active"), names);
}

void weekly_value(struct str ward, struct str measure, int64_t day,
		  char ret_value[WEEKLY_VALUE_BYTES])
{
	char first[11];
	day_write(day - WEEKLY_DAYS, first);
	model_format(ret_value, WEEKLY_VALUE_BYTES, "%.*s/%.*s/%s", STR_ARG(ward), STR_ARG(measure),
		     first);
}

void weekly_id(struct str ward, struct str measure, int64_t day, char ret_id[MODEL_ID_BYTES])
{
	char value[WEEKLY_VALUE_BYTES];
	weekly_value(ward, measure, day, value);
	model_id(ret_id, "weekly", value);
}

bool weekly_is_there(struct record *record, const char *id)
{
	struct store_version version;
	arena_reset(&record->page);
	return store_read(record->reader, &record->page, fhir_resource_find(STR("MeasureReport")),
			  str_from_c(id), &version) == ERROR_OK;
}
