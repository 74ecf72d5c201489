/* SPDX-License-Identifier: Apache-2.0
 * Reading a PlanDefinition's settings: each action has extensions "setting" (name, value). A setting that is
 * missing or cannot be read is an issue named "action.setting", and the policy is refused. */
#ifndef WARD_POLICY_SETTING_H
#define WARD_POLICY_SETTING_H

#include "base/issue.h"
#include "ward/model.h"

struct policy_reader {
	const struct json *plan;
	struct issues *issues; /* may be NULL: then only `failed` tells */
	bool failed;
};
/* One action of the plan; `action` NULL when it is not there. */
struct section {
	struct policy_reader *reader;
	const struct json *action;
	struct str id;
};

struct section section_of(struct policy_reader *reader, struct str id);
/* The n-th setting of this name, or NULL: the element that holds value[x]. */
const struct json *section_setting(const struct section *section, struct str name, size_t number);
bool section_has(const struct section *section, struct str name);
void section_refuse(const struct section *section, struct str name, const char *what);
/* Required ones: the target is untouched and the policy refused when absent or unreadable. */
void section_us(const struct section *section, struct str name, int64_t *ret_us);
void section_decimal(const struct section *section, struct str name, struct decimal *ret_value);
void section_int(const struct section *section, struct str name, int *ret_value);
void section_level(const struct section *section, struct str name, enum alert_level *ret_level);
/* A time of day (valueTime) as minutes after local midnight. */
void section_minute(const struct section *section, struct str name, uint16_t *ret_minute);
/* Absent reads as false, or an empty code. */
bool section_bool(const struct section *section, struct str name);
struct str section_code(const struct section *section, struct str name);
/* "4" and "h" as microseconds. */
bool policy_amount_us(struct str number, struct str unit, int64_t *ret_us);
/* Times of day ("08:00:00") of a FHIR Timing.repeat as minutes after local midnight, ascending; false when one is
 * unreadable, twice, or there are more than POLICY_TIMES_MAX. */
bool policy_times(const struct json *repeat, struct policy_times *ret_times);
/* A reading's input by its name, weight included; false for others. */
bool policy_input(struct str name, uint8_t *ret_input);

/* policy_rules.c: what a policy may have beside schedule, score and ladders. */
void policy_rules_read(struct policy_reader *reader, struct policy *policy);
/* policy_equipment.c */
void policy_equipment_read(struct policy_reader *reader, struct policy *policy);
/* policy_hours.c; after the ladders. */
void policy_hours_read(struct policy_reader *reader, struct policy *policy);
/* policy_words.c: refuses actions and settings that no rule reads: a slip of the pen must not switch a rule off. */
void policy_words_check(struct policy_reader *reader);

#endif
