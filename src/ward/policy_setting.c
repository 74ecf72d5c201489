/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/policy_setting.h"

#include "base/checked.h"

struct section section_of(struct policy_reader *reader, struct str id)
{
	const struct json *actions = json_get(reader->plan, STR("action"));
	struct section section = { .reader = reader, .id = id };
	for (const struct json *action = actions == NULL ? NULL : actions->child;
	     action != NULL && section.action == NULL; action = action->next) {
		if (str_equal(json_get_text(action, STR("id")), id))
			section.action = action;
	}
	return section;
}

static bool setting_matches(const struct json *extension, struct str name,
			    const struct json **ret_value)
{
	if (!str_equal(json_get_text(extension, STR("url")),
		       STR(HOMEWARD_URL "StructureDefinition/setting")))
		return false;
	const struct json *parts = json_get(extension, STR("extension"));
	const struct json *value = NULL;
	bool named = false;
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		struct str url = json_get_text(part, STR("url"));
		if (str_equal(url, STR("name")))
			named = str_equal(json_get_text(part, STR("valueCode")), name);
		else if (str_equal(url, STR("value")))
			value = part;
	}
	if (!named || value == NULL)
		return false;
	*ret_value = value;
	return true;
}

const struct json *section_setting(const struct section *section, struct str name, size_t number)
{
	const struct json *extensions = json_get(section->action, STR("extension"));
	const struct json *value = NULL;
	for (const struct json *extension = extensions == NULL ? NULL : extensions->child;
	     extension != NULL; extension = extension->next) {
		if (setting_matches(extension, name, &value) && number-- == 0)
			return value;
	}
	return NULL;
}

bool section_has(const struct section *section, struct str name)
{
	return section_setting(section, name, 0) != NULL;
}

void section_refuse(const struct section *section, struct str name, const char *what)
{
	section->reader->failed = true;
	(void)issue_add(section->reader->issues, ERROR_INVALID, STR("PlanDefinition.action"),
			"%.*s.%.*s %s", STR_ARG(section->id), STR_ARG(name), what);
}

static int64_t unit_us(struct str code)
{
	static const struct {
		struct str code;
		int64_t us;
	} units[] = { { STR_INIT("s"), DATE_US_PER_S },
		      { STR_INIT("min"), DATE_US_PER_MIN },
		      { STR_INIT("h"), DATE_US_PER_HOUR },
		      { STR_INIT("d"), DATE_US_PER_DAY } };
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (str_equal(units[i].code, code))
			return units[i].us;
	}
	return 0;
}

bool policy_amount_us(struct str number, struct str unit, int64_t *ret_us)
{
	struct decimal value;
	int64_t scaled, us;
	if (decimal_parse(number, &value) != ERROR_OK || !decimal_to_scaled(value, 3, &scaled) ||
	    scaled < 0 || !checked_mul_i64(scaled, unit_us(unit), &us) || unit_us(unit) == 0)
		return false;
	*ret_us = us / 1000;
	return true;
}

void section_us(const struct section *section, struct str name, int64_t *ret_us)
{
	const struct json *duration =
		json_get(section_setting(section, name, 0), STR("valueDuration"));
	if (!policy_amount_us(json_get_text(duration, STR("value")),
			      json_get_text(duration, STR("code")), ret_us))
		section_refuse(section, name, "must be a duration in s, min, h or d");
}

void section_decimal(const struct section *section, struct str name, struct decimal *ret_value)
{
	struct str text = json_get_text(section_setting(section, name, 0), STR("valueDecimal"));
	if (text.len == 0 || decimal_parse(text, ret_value) != ERROR_OK)
		section_refuse(section, name, "must be a decimal");
}

void section_int(const struct section *section, struct str name, int *ret_value)
{
	int64_t value;
	if (!str_to_i64(json_get_text(section_setting(section, name, 0), STR("valueInteger")),
			&value) ||
	    value < 0 || value > 1000)
		section_refuse(section, name, "must be an integer from 0 to 1000");
	else
		*ret_value = (int)value;
}

struct str section_code(const struct section *section, struct str name)
{
	return json_get_text(section_setting(section, name, 0), STR("valueCode"));
}

bool section_bool(const struct section *section, struct str name)
{
	const struct json *value = json_get(section_setting(section, name, 0), STR("valueBoolean"));
	return value != NULL && value->type == JSON_TRUE;
}

void section_level(const struct section *section, struct str name, enum alert_level *ret_level)
{
	if (!alert_level_find(section_code(section, name), ret_level))
		section_refuse(section, name,
			       "must be none, technical, low, medium, high or emergency");
}

static bool minute_of(struct str text, uint16_t *ret_minute)
{
	uint64_t hours, minutes;
	if (!date_time_of_day_is_valid(text) || !str_to_u64(str_slice(text, 0, 2), &hours) ||
	    !str_to_u64(str_slice(text, 3, 5), &minutes))
		return false;
	*ret_minute = (uint16_t)(hours * 60 + minutes);
	return true;
}

void section_minute(const struct section *section, struct str name, uint16_t *ret_minute)
{
	if (!minute_of(json_get_text(section_setting(section, name, 0), STR("valueTime")),
		       ret_minute))
		section_refuse(section, name, "must be a time of day");
}

bool policy_times(const struct json *repeat, struct policy_times *ret_times)
{
	const struct json *list = json_get(repeat, STR("timeOfDay"));
	struct policy_times times = { 0 };
	for (const struct json *item = list == NULL ? NULL : list->child; item != NULL;
	     item = item->next) {
		uint16_t minute;
		size_t at = times.count;
		if (!minute_of(json_text(item), &minute) || times.count == POLICY_TIMES_MAX)
			return false;
		for (; at > 0 && times.minutes[at - 1] >= minute; at--) {
			if (times.minutes[at - 1] == minute)
				return false;
			times.minutes[at] = times.minutes[at - 1];
		}
		times.minutes[at] = minute;
		times.count++;
	}
	*ret_times = times;
	return true;
}

bool policy_input(struct str name, uint8_t *ret_input)
{
	for (uint8_t input = 0; input < READING_INPUT_COUNT; input++) {
		if (input != READING_CONCERN && str_equal(reading_input_name(input), name)) {
			*ret_input = input;
			return true;
		}
	}
	return false;
}
