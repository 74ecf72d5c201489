/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/unread.h"

#include "ward/disposition.h"

#define LOINC STR_INIT("http://loinc.org")
#define SNOMED STR_INIT("http://snomed.info/sct")
#define MDC STR_INIT("urn:iso:std:iso:11073:10101")
#define CATEGORY STR("http://terminology.hl7.org/CodeSystem/observation-category")
#define COMPONENTS_MAX 400 /* as many as are read */

/* Vital signs of which no rule speaks: the chart has them. */
static const struct {
	struct str system, code;
} unjudged[] = {
	{ LOINC, STR_INIT("8302-2") },    /* height */
	{ LOINC, STR_INIT("39156-5") },   /* body mass index */
	{ LOINC, STR_INIT("9843-4") },    /* head circumference */
	{ LOINC, STR_INIT("8287-5") },    /* head circumference by tape */
	{ LOINC, STR_INIT("8478-0") },    /* mean blood pressure */
	{ LOINC, STR_INIT("76536-2") },   /* the same, non-invasive */
	{ LOINC, STR_INIT("3140-1") },    /* body surface */
	{ LOINC, STR_INIT("85353-1") },   /* the head of a panel */
	{ LOINC, STR_INIT("85354-9") },   /* the head of a blood pressure */
	{ SNOMED, STR_INIT("50373000") }, /* height */
	{ MDC, STR_INIT("150023") },      /* MDC_PRESS_BLD_NONINV_MEAN */
};

static bool is_unjudged(const struct json *concept)
{
	const struct json *list = json_get(concept, STR("coding"));
	for (const struct json *coding = list == NULL ? NULL : list->child; coding != NULL;
	     coding = coding->next) {
		struct str system = json_get_text(coding, STR("system"));
		struct str code = json_get_text(coding, STR("code"));
		for (size_t i = 0; i < sizeof(unjudged) / sizeof(unjudged[0]); i++) {
			if (str_equal(unjudged[i].code, code) &&
			    str_equal(unjudged[i].system, system))
				return true;
		}
	}
	return false;
}

/* --- what its sender says that it is ---------------------------------------------------------- */

enum kind {
	KIND_OPEN, /* nothing that tells */
	KIND_VITAL,
	KIND_OTHER,
};

static enum kind kind_of(const struct json *observation)
{
	const struct json *categories = json_get(observation, STR("category"));
	enum kind kind = json_get(observation, STR("specimen")) != NULL ? KIND_OTHER : KIND_OPEN;
	for (const struct json *one = categories == NULL ? NULL : categories->child; one != NULL;
	     one = one->next) {
		struct str code = model_code(one, CATEGORY);
		struct str words = json_get_text(one, STR("text"));
		if (str_equal(code, STR("vital-signs")) ||
		    str_equal_ignore_ascii_case(words, STR("vital signs")))
			return KIND_VITAL;
		if (code.len > 0 && !str_equal(code, STR("exam")))
			kind = KIND_OTHER;
	}
	return kind;
}

/* A code of a system that says what it is, whether or not a rule reads it. */
static bool is_coded(const struct json *concept)
{
	static const struct str systems[] = { LOINC, SNOMED, MDC };
	const struct json *list = json_get(concept, STR("coding"));
	for (const struct json *coding = list == NULL ? NULL : list->child; coding != NULL;
	     coding = coding->next) {
		struct str system = json_get_text(coding, STR("system"));
		if (json_get_text(coding, STR("code")).len == 0)
			continue;
		if (str_starts_with(system, STR(HOMEWARD_URL)))
			return true;
		for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
			if (str_equal(systems[i], system))
				return true;
		}
	}
	return false;
}

/* --- units ------------------------------------------------------------------------------------ */

static bool is_one_of(struct str unit, const struct str *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_equal_ignore_ascii_case(list[i], unit))
			return true;
	}
	return false;
}

static bool is_temperature(struct str unit)
{
	static const struct str units[] = { STR_INIT("Cel"),
					    STR_INIT("[degF]"),
					    STR_INIT("\xC2\xB0"
						     "C"),
					    STR_INIT("\xC2\xB0"
						     "F"),
					    STR_INIT("degC"),
					    STR_INIT("degF"),
					    STR_INIT("C"),
					    STR_INIT("F") };
	return is_one_of(unit, units, sizeof(units) / sizeof(units[0]));
}

/* Those of rates, pressures, saturations, weights and oxygen, as UCUM and as people write them. */
static bool is_sign_unit(struct str unit)
{
	static const struct str units[] = {
		STR_INIT("/min"),        STR_INIT("1/min"),          STR_INIT("bpm"),
		STR_INIT("{beats}/min"), STR_INIT("{breaths}/min"),  STR_INIT("{beat}/min"),
		STR_INIT("beats/min"),   STR_INIT("breaths/min"),    STR_INIT("{breath}/min"),
		STR_INIT("brpm"),        STR_INIT("beats/minute"),   STR_INIT("mm[Hg]"),
		STR_INIT("mmHg"),        STR_INIT("breaths/minute"), STR_INIT("%"),
		STR_INIT("kg"),          STR_INIT("L/min"),          STR_INIT("s"),
		STR_INIT("/minute"),     STR_INIT("per minute"),     STR_INIT("beats per minute")
	};
	return unit.len == 0 || is_temperature(unit) ||
	       is_one_of(unit, units, sizeof(units) / sizeof(units[0]));
}

static const struct json *quantity_of(const struct json *element)
{
	const struct json *quantity = json_get(element, STR("valueQuantity"));
	return quantity != NULL
		       ? quantity
		       : json_get(json_get(element, STR("valueSampledData")), STR("origin"));
}

static struct str unit_of(const struct json *quantity)
{
	struct str unit = json_get_text(quantity, STR("code"));
	return str_trim(unit.len > 0 ? unit : json_get_text(quantity, STR("unit")));
}

/* --- what is unread --------------------------------------------------------------------------- */

static bool may_be_sign(const struct json *element)
{
	const struct json *concept = json_get(element, STR("code"));
	const struct json *quantity = quantity_of(element);
	unsigned sign;
	if (quantity == NULL || reading_sign(concept, &sign) || is_unjudged(concept))
		return false;
	return is_temperature(unit_of(quantity)) ||
	       (!is_coded(concept) && is_sign_unit(unit_of(quantity)));
}

static struct str label_of(const struct json *element)
{
	const struct json *concept = json_get(element, STR("code"));
	struct str text = json_get_text(concept, STR("text"));
	struct str code = json_get_text(json_at(json_get(concept, STR("coding")), 0), STR("code"));
	if (code.len > 0)
		return code;
	return text.len > 0 ? text : STR("none");
}

static bool is_fever(const struct json *element, const struct policy *policy, char ret_value[24])
{
	struct reading reading = { 0 };
	if (policy == NULL || !reading_temperature(quantity_of(element), &reading))
		return false;
	reading_judge(&reading, policy, 0);
	if (reading.impossible || !rule_is_fever(policy, reading.value))
		return false;
	model_put(ret_value, 24, str_from_c(reading.text));
	return true;
}

/* The first of them, and a fever before all others. */
static void take(const struct json *element, const struct policy *policy, struct unread *unread)
{
	bool fever = !unread->fever && is_fever(element, policy, unread->value);
	if (unread->label[0] == '\0' || fever)
		MODEL_PUT(unread->label, label_of(element));
	unread->fever = unread->fever || fever;
}

bool unread_find(const struct json *observation, const struct policy *policy, bool none_read,
		 struct unread *ret)
{
	const struct json *components = json_get(observation, STR("component"));
	enum kind kind = kind_of(observation);
	size_t count = 0;
	*ret = (struct unread){ 0 };
	if (kind == KIND_OTHER)
		return false;
	if (may_be_sign(observation) ||
	    (none_read && kind == KIND_VITAL && !is_unjudged(json_get(observation, STR("code")))))
		take(observation, policy, ret);
	for (const struct json *one = components == NULL ? NULL : components->child;
	     one != NULL && count < COMPONENTS_MAX; one = one->next, count++) {
		if (may_be_sign(one))
			take(one, policy, ret);
	}
	return ret->label[0] != '\0';
}

/* --- saying it -------------------------------------------------------------------------------- */

#define SIGN_TITLE "A vital sign arrived under a code that no rule reads (%s): look at the chart"

static void say(struct ward_core *core, struct stay *stay, const struct unread *unread,
		enum alert_level level)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_UNSCORED);
	char title[MODEL_TEXT_BYTES], named[sizeof(unread->label) + 2];
	model_format(named, sizeof(named), "(%s)", unread->label);
	if (unread->fever)
		model_format(title, sizeof(title),
			     "Temperature %s arrived under a code that no rule reads (%s): act on "
			     "it as on a fever",
			     unread->value, unread->label);
	else
		model_format(title, sizeof(title), SIGN_TITLE, unread->label);
	if (alert == NULL) {
		(void)alert_raise(core, stay, ALERT_CAUSE_UNSCORED, level, str_from_c(title));
		return;
	}
	if (level <= alert->level && strstr(alert->title, named) != NULL)
		return; /* said already */
	alert_say_first(alert, title);
	alert_worsen(core, alert, level > alert->level ? level : (enum alert_level)alert->level,
		     title);
}

void unread_observation(struct ward_core *core, struct stay *stay, const struct ward_event *event,
			bool none_read)
{
	const struct policy *policy = stay_policy(core, stay);
	struct unread unread;
	char id[MODEL_ID_BYTES];
	if (stay->patient == NULL || !unread_find(event->resource, policy, none_read, &unread))
		return;
	MODEL_PUT(id, event->id);
	(void)disposition_add(core, DISPOSITION_UNREADABLE, id, str_from_c(stay->patient->id),
			      "What may be a vital sign stands under a code that the ward does not "
			      "read: not scored.");
	say(core, stay, &unread,
	    unread.fever && policy->fever_level > ALERT_LEVEL_MEDIUM ? policy->fever_level
								     : ALERT_LEVEL_MEDIUM);
}
