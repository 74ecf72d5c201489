/* SPDX-License-Identifier: Apache-2.0
 * The words a policy may use. A setting that is spelled wrongly would be left out in silence and its rule with it, so a
 * policy with a word that stands here nowhere is refused when it is signed. */
#include "ward/policy_setting.h"

static const struct {
	struct str action;
	bool starts;         /* any id that starts so */
	struct str settings; /* each with a space on both sides */
} words[] = {
	{ STR_INIT("schedule"), false,
	  STR_INIT(
		  " firstDue set late clockSkew stale early completeEnough asks needs sampleWindow "
		  "sampleShare ") },
	{ STR_INIT("score"), false,
	  STR_INIT(" scale spo2Scale borderline low low-medium medium high emergency alertFrom "
		   "worse ") },
	{ STR_INIT("parameter"), false, STR_INIT(" part level part-1 part-2 part-3 part-4 ") },
	{ STR_INIT("reassess"), false, STR_INIT(" low low-medium medium high emergency ") },
	{ STR_INIT("fever"), false,
	  STR_INIT(" from worse level inclusive concernFrom antipyretic ") },
	{ STR_INIT("hypothermia"), false, STR_INIT(" below worse level inclusive ") },
	{ STR_INIT("concern"), false,
	  STR_INIT(" parent confusion voice pain asleep pupils sepsis septicShock "
		   "intuition ") },
	{ STR_INIT("overdue"), false,
	  STR_INIT(" remind amber medium high emergency emergencyAction deferMax ") },
	{ STR_INIT("implausible"), false, STR_INIT(" repeat ") },
	{ STR_INIT("equipment"), false,
	  STR_INIT(" silentContinuous silentSpot silentScale clockAmber batteryLow batteryAmber "
		   "signalQuality ") },
	{ STR_INIT("threshold-"), true, STR_INIT(" sign from to level ") },
	{ STR_INIT("baseline-"), true, STR_INIT(" sign up down within least level ") },
	{ STR_INIT("questions-"), true, STR_INIT(" missing after ") },
	{ STR_INIT("eligibility"), false, STR_INIT(" ") },
	{ STR_INIT("discharge-criteria"), false, STR_INIT(" ") },
	{ STR_INIT("office-hours"), false, STR_INIT(" open from until closed waits ") },
	{ STR_INIT("people"), false, STR_INIT(" handover rotaAhead testEvery limitRole ") },
	{ STR_INIT("ladder-"), true, STR_INIT(" level acknowledge review repeat ") },
};

static struct str settings_of(struct str action)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].starts ? str_starts_with(action, words[i].action)
				    : str_equal(action, words[i].action))
			return words[i].settings;
	}
	return (struct str){ NULL, 0 };
}

static struct str name_of(const struct json *extension)
{
	const struct json *parts = json_get(extension, STR("extension"));
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		if (str_equal(json_get_text(part, STR("url")), STR("name")))
			return json_get_text(part, STR("valueCode"));
	}
	return STR("");
}

static void check_action(const struct section *section, struct str settings)
{
	const struct json *extensions = json_get(section->action, STR("extension"));
	for (const struct json *extension = extensions == NULL ? NULL : extensions->child;
	     extension != NULL; extension = extension->next) {
		if (!str_equal(json_get_text(extension, STR("url")),
			       STR(HOMEWARD_URL "StructureDefinition/setting")))
			continue;
		struct str name = name_of(extension);
		char word[80];
		model_format(word, sizeof(word), " %.*s ", STR_ARG(name));
		if (name.len == 0 || str_find(settings, str_from_c(word)) == settings.len)
			section_refuse(section, name, "is a setting that no rule reads");
	}
}

void policy_words_check(struct policy_reader *reader)
{
	const struct json *actions = json_get(reader->plan, STR("action"));
	for (const struct json *action = actions == NULL ? NULL : actions->child; action != NULL;
	     action = action->next) {
		const struct section section = { reader, action, json_get_text(action, STR("id")) };
		struct str settings = settings_of(section.id);
		for (const struct json *other = actions->child; other != action;
		     other = other->next) {
			if (str_equal(json_get_text(other, STR("id")), section.id))
				section_refuse(&section, STR("id"), "stands twice");
		}
		if (settings.len == 0)
			section_refuse(&section, STR("id"), "is an action that no rule reads");
		else
			check_action(&section, settings);
	}
}
