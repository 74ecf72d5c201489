/* SPDX-License-Identifier: Apache-2.0
 * A score as an Observation: docs/decisions/0002. A set that no longer exists (its readings were
 * corrected away) keeps its score as entered-in-error. */
#include "ward/print.h"
#include "ward/timeline.h"

#define SNOMED STR("http://snomed.info/sct")

/* UK Core's codes of the parts; temperature and consciousness do not count in National PEWS. */
static struct str part_code(const struct policy *policy, unsigned input)
{
	static const struct str npews[SCORE_INPUT_COUNT] = {
		[SCORE_RESPIRATORY_RATE] = STR_INIT("1363271000000106"),
		[SCORE_HEART_RATE] = STR_INIT("1363331000000103"),
		[SCORE_SYSTOLIC] = STR_INIT("1363291000000105"),
		[SCORE_SPO2] = STR_INIT("1363311000000106"),
		[SCORE_OXYGEN] = STR_INIT("1363321000000100"),
		[SCORE_RESPIRATORY_DISTRESS] = STR_INIT("1363301000000109"),
		[SCORE_CAPILLARY_REFILL] = STR_INIT("1363341000000107"),
	};
	static const struct str news2[SCORE_INPUT_COUNT] = {
		[SCORE_RESPIRATORY_RATE] = STR_INIT("1104301000000104"),
		[SCORE_HEART_RATE] = STR_INIT("1104351000000103"),
		[SCORE_SYSTOLIC] = STR_INIT("1104341000000101"),
		[SCORE_SPO2] = STR_INIT("1104311000000102"),
		[SCORE_TEMPERATURE] = STR_INIT("1104371000000107"),
		[SCORE_CONSCIOUSNESS] = STR_INIT("1104361000000100"),
		[SCORE_OXYGEN] = STR_INIT("1104331000000105"),
	};
	if (policy->scale == SCORE_NPEWS)
		return npews[input];
	if (input == SCORE_SPO2 && policy->spo2_scale == 2)
		return STR("1104321000000108");
	return news2[input];
}

static struct json *score_quantity(struct arena *arena, int score)
{
	struct json *quantity = json_new(arena, JSON_OBJECT);
	if (quantity == NULL)
		return NULL;
	json_add(quantity, STR("value"), json_new_i64(arena, score));
	json_add(quantity, STR("unit"), json_new_string(arena, STR("score")));
	json_add(quantity, STR("system"), json_new_string(arena, STR("http://unitsofmeasure.org")));
	json_add(quantity, STR("code"), json_new_string(arena, STR("{ScoreOf}")));
	return quantity;
}

static void put_parts(struct arena *arena, struct json *observation, const struct policy *policy,
		      const struct set *set)
{
	struct json *list = json_new(arena, JSON_ARRAY);
	if (list == NULL)
		return;
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		struct str code = part_code(policy, input);
		struct json *component = json_new(arena, JSON_OBJECT);
		if (component == NULL)
			return;
		if (code.len == 0)
			continue;
		struct json *concept = print_concept(arena, SNOMED, code, STR(""));
		if (concept != NULL)
			print_string(arena, concept, STR("text"),
				     score_input_name((enum score_input)input));
		json_add(component, STR("code"), concept);
		if (set->result.parts[input] != SCORE_PART_UNKNOWN)
			json_add(component, STR("valueQuantity"),
				 score_quantity(arena, set->result.parts[input]));
		else
			json_add(component, STR("dataAbsentReason"),
				 print_concept(arena,
					       STR("http://terminology.hl7.org/CodeSystem/"
						   "data-absent-reason"),
					       STR("unknown"), STR("")));
		json_append(list, component);
	}
	json_add(observation, STR("component"), list);
}

static void put_sources(struct arena *arena, struct json *observation, const struct stay *stay,
			const struct policy *policy, const struct set *set)
{
	struct json *list = json_new(arena, JSON_ARRAY);
	const char *last = "";
	if (list == NULL)
		return;
	for (const struct reading *reading = timeline_from(stay, set->start_us);
	     reading != NULL && reading->measured_us <= set->start_us + policy->set_us;
	     reading = reading->next) {
		if (!reading_counts(reading) || reading->duplicate ||
		    strcmp(reading->observation, last) == 0)
			continue;
		last = reading->observation; /* a panel's readings stand together */
		json_append(list, print_reference(arena, "Observation", reading->observation, ""));
	}
	if (list->count > 0)
		json_add(observation, STR("derivedFrom"), list);
}

static void put_bounds(struct arena *arena, struct json *observation, const struct set *set)
{
	const struct score_result *result = &set->result;
	print_extension(arena, observation, "score-low", STR("valueInteger"),
			json_new_i64(arena, result->low));
	print_extension(arena, observation, "score-high", STR("valueInteger"),
			json_new_i64(arena, result->high));
	print_extension(arena, observation, "score-complete", STR("valueBoolean"),
			json_new_bool(arena, result->complete));
	print_extension(arena, observation, "score-level", STR("valueCode"),
			json_new_string(arena, score_level_name(result->level)));
	if (result->band >= 0)
		print_extension(arena, observation, "score-band", STR("valueString"),
				print_copy(arena, str_from_c(set->band_name)));
}

struct json *print_score(const struct ward_core *core, struct arena *arena, const struct stay *stay,
			 const struct set *set)
{
	const struct policy *policy = stay_policy(core, stay);
	struct json *observation = print_resource(arena, STR("Observation"), set->id);
	if (observation == NULL || policy == NULL)
		return NULL;
	bool npews = policy->scale == SCORE_NPEWS;
	put_bounds(arena, observation, set);
	print_extension(arena, observation, "episode", STR("valueReference"),
			print_reference(arena, "EpisodeOfCare", stay->id, ""));
	json_add(observation, STR("status"),
		 json_new_string(arena, set->scored ? STR("final") : STR("entered-in-error")));
	print_one(arena, observation, STR("category"),
		  print_concept(arena,
				STR("http://terminology.hl7.org/CodeSystem/observation-category"),
				STR("survey"), STR("")));
	json_add(observation, STR("code"),
		 print_concept(arena, SNOMED,
			       npews ? STR("1363261000000104") : STR("1104051000000101"),
			       npews ? STR("National PEWS total") : STR("NEWS2 total")));
	if (stay->patient != NULL)
		json_add(observation, STR("subject"),
			 print_reference(arena, "Patient", stay->patient->id, ""));
	print_instant(arena, observation, STR("effectiveDateTime"), set->start_us);
	if (set->scored) {
		json_add(observation, STR("valueQuantity"),
			 score_quantity(arena, set->result.total));
		put_sources(arena, observation, stay, policy, set);
		put_parts(arena, observation, policy, set);
	}
	return arena->failed ? NULL : observation;
}
