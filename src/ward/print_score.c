/* SPDX-License-Identifier: Apache-2.0
 * A score as an Observation: docs/decisions/0002. A set that no longer exists (its readings were
 * corrected away) keeps its score as entered-in-error. */
#include "ward/chart.h"
#include "ward/print.h"
#include "ward/timeline.h"

#define SNOMED STR("http://snomed.info/sct")
#define SOURCES_MAX 64

/* UK Core's codes of the parts; temperature and consciousness do not count in National PEWS. */
static struct str part_code(const struct policy *policy, unsigned input, int spo2_scale)
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
	if (input == SCORE_SPO2 && spo2_scale == 2)
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

/* MEOWS has no codes of a national list that we know of: ours, by the words of the inputs. */
static struct json *part_concept(struct arena *arena, const struct policy *policy,
				 const struct set *set, unsigned input, int spo2_scale)
{
	struct str name = score_input_name((enum score_input)input);
	bool meows = policy->scale == SCORE_MEOWS;
	struct str code = meows ? STR("") : part_code(policy, input, spo2_scale);
	if (meows && (set->result.parts[input] != SCORE_PART_UNKNOWN || set->result.missing[input]))
		code = name;
	if (code.len == 0)
		return NULL;
	struct json *concept = print_concept(
		arena, meows ? STR(HOMEWARD_URL "CodeSystem/meows-part") : SNOMED, code, STR(""));
	if (concept != NULL)
		print_string(arena, concept, STR("text"), name);
	return concept;
}

static void put_part(struct arena *arena, struct json *component, const struct policy *policy,
		     int points)
{
	static const struct str colours[] = { STR_INIT("white"), STR_INIT("yellow"),
					      STR_INIT("red") };
	if (points == SCORE_PART_UNKNOWN)
		json_add(component, STR("dataAbsentReason"),
			 print_concept(
				 arena,
				 STR("http://terminology.hl7.org/CodeSystem/data-absent-reason"),
				 STR("unknown"), STR("")));
	else if (policy->scale == SCORE_MEOWS)
		json_add(component, STR("valueCodeableConcept"),
			 print_concept(arena, STR(HOMEWARD_URL "CodeSystem/colour"),
				       colours[points], STR("")));
	else
		json_add(component, STR("valueQuantity"), score_quantity(arena, points));
}

/* A choice of a person stands with the chart: who, why, and which one the age would have made it. */
static void put_chosen(struct arena *arena, struct json *component, const struct stay *stay,
		       const struct policy *policy, const struct set *set)
{
	const struct chart_order *order = chart_order(stay, policy, set->start_us);
	if (order == NULL)
		return;
	struct str birth = str_from_c(stay->patient->birth_date);
	int by_age = chart_choice(policy, birth, set->start_us).by_age;
	print_extension(arena, component, "chart-chosen-by", STR("valueString"),
			print_copy(arena, str_from_c(order->by)));
	print_extension(arena, component, "chart-reason", STR("valueString"),
			print_copy(arena, str_from_c(order->reason)));
	print_extension(arena, component, "chart-by-age", STR("valueCode"),
			json_new_string(arena, chart_code(arena, by_age)));
}

/* UK Core has a code for the chart used of National PEWS (its value set of sub-scores) and no value set for the answer:
 * the age bands in our codes, in the words of the charts. */
static struct json *chart_concept(struct arena *arena, const struct policy *policy,
				  const struct set *set, int spo2_scale)
{
	const struct str system = STR(HOMEWARD_URL "CodeSystem/score-chart");
	if (policy->scale == SCORE_NPEWS && set->result.band < 0)
		return NULL; /* scored under another policy, which had no charts by age */
	if (policy->scale == SCORE_NPEWS)
		return print_concept(arena, STR(HOMEWARD_URL "CodeSystem/pews-chart"),
				     chart_code(arena, set->result.band),
				     str_from_c(set->band_name));
	if (policy->scale == SCORE_MEOWS)
		return print_concept(arena, system, STR("meows-cemach"), STR("MEOWS (CEMACH)"));
	if (spo2_scale == 2)
		return print_concept(arena, system, STR("news2-spo2-scale-2"),
				     STR("NEWS2, SpO2 scale 2"));
	return print_concept(arena, system, STR("news2-spo2-scale-1"), STR("NEWS2, SpO2 scale 1"));
}

/* The chart that the points were read off. */
static void put_chart_used(struct arena *arena, struct json *list, const struct stay *stay,
			   const struct policy *policy, const struct set *set)
{
	struct json *component = json_new(arena, JSON_OBJECT);
	struct json *code = policy->scale == SCORE_NPEWS
				    ? print_concept(arena, SNOMED, STR("1364091000000101"),
						    STR("NPEWS (National Paediatric Early Warning "
							"Score) chart used"))
				    : print_concept(arena, STR(HOMEWARD_URL "CodeSystem/score"),
						    STR("chart-used"), STR(""));
	struct json *chart =
		chart_concept(arena, policy, set, scale_at(stay, policy, set->start_us));
	if (list == NULL || component == NULL || code == NULL || chart == NULL)
		return;
	print_string(arena, code, STR("text"), STR("chart"));
	put_chosen(arena, component, stay, policy, set);
	json_add(component, STR("code"), code);
	json_add(component, STR("valueCodeableConcept"), chart);
	json_append(list, component);
}

static void put_parts(struct arena *arena, struct json *observation, const struct stay *stay,
		      const struct policy *policy, const struct set *set)
{
	struct json *list = json_new(arena, JSON_ARRAY);
	int spo2_scale = scale_at(stay, policy, set->start_us);
	put_chart_used(arena, list, stay, policy, set);
	for (unsigned input = 0; list != NULL && input < SCORE_INPUT_COUNT; input++) {
		struct json *concept = part_concept(arena, policy, set, input, spo2_scale);
		struct json *component = concept == NULL ? NULL : json_new(arena, JSON_OBJECT);
		if (component == NULL)
			continue;
		json_add(component, STR("code"), concept);
		put_part(arena, component, policy, set->result.parts[input]);
		json_append(list, component);
	}
	if (list != NULL && list->count > 0)
		json_add(observation, STR("component"), list);
}

/* The total, or on a colour scale how many of each colour in words. */
static void put_total(struct arena *arena, struct json *observation, const struct policy *policy,
		      const struct set *set)
{
	char words[48];
	if (policy->scale != SCORE_MEOWS) {
		json_add(observation, STR("valueQuantity"),
			 score_quantity(arena, set->result.total));
		return;
	}
	set_words(policy, set, words);
	print_string(arena, observation, STR("valueString"), str_from_c(words));
}

static struct json *scale_concept(struct arena *arena, const struct policy *policy)
{
	switch (policy->scale) {
	case SCORE_NPEWS:
		return print_concept(arena, SNOMED, STR("1363261000000104"),
				     STR("National PEWS total"));
	case SCORE_MEOWS:
		return print_concept(arena, STR(HOMEWARD_URL "CodeSystem/score"), STR("meows"),
				     STR("MEOWS (CEMACH) colours"));
	case SCORE_NEWS2:
	case SCORE_SCALE_COUNT:
	default:
		return print_concept(arena, SNOMED, STR("1104051000000101"), STR("NEWS2 total"));
	}
}

static bool is_among(const struct reading *reading, const struct reading *const *list)
{
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		if (list[input] == reading)
			return true;
	}
	return false;
}

/* All readings of the set in the order of time; of very many the first, and the ones that make the score. A set of
 * hundreds that is written with each of them would cost more than the rest of the record. */
static void put_sources(struct arena *arena, struct json *observation, const struct stay *stay,
			const struct policy *policy, const struct set *set)
{
	struct json *list = json_new(arena, JSON_ARRAY);
	const char *last = "";
	const struct reading *deciding[SCORE_INPUT_COUNT];
	const struct reading *first = timeline_from(stay, set->start_us), *end = first;
	if (list == NULL)
		return;
	while (end != NULL && end->measured_us <= set->start_us + policy->set_us)
		end = end->next;
	set_deciding(stay, policy, first, end, deciding);
	for (const struct reading *reading = first; reading != end; reading = reading->next) {
		if (!reading_counts(reading) || reading->duplicate ||
		    strcmp(reading->observation, last) == 0 ||
		    (list->count >= SOURCES_MAX && !is_among(reading, deciding)))
			continue;
		last = reading->observation; /* a panel's readings stand together */
		json_append(list, print_reference(arena, "Observation", reading->observation, ""));
	}
	if (list->count > 0)
		json_add(observation, STR("derivedFrom"), list);
}

static void put_bounds(struct arena *arena, struct json *observation, const struct policy *policy,
		       const struct set *set)
{
	const struct score_result *result = &set->result;
	if (policy->scale != SCORE_MEOWS) {
		print_extension(arena, observation, "score-low", STR("valueInteger"),
				json_new_i64(arena, result->low));
		print_extension(arena, observation, "score-high", STR("valueInteger"),
				json_new_i64(arena, result->high));
	}
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
	put_bounds(arena, observation, policy, set);
	print_extension(arena, observation, "episode", STR("valueReference"),
			print_reference(arena, "EpisodeOfCare", stay->id, ""));
	print_stated(arena, observation, stay, set);
	json_add(observation, STR("status"),
		 json_new_string(arena, set->scored ? STR("final") : STR("entered-in-error")));
	print_one(arena, observation, STR("category"),
		  print_concept(arena,
				STR("http://terminology.hl7.org/CodeSystem/observation-category"),
				STR("survey"), STR("")));
	json_add(observation, STR("code"), scale_concept(arena, policy));
	if (stay->patient != NULL)
		json_add(observation, STR("subject"),
			 print_reference(arena, "Patient", stay->patient->id, ""));
	print_instant(arena, observation, STR("effectiveDateTime"), set->start_us);
	if (set->scored) {
		put_total(arena, observation, policy, set);
		put_sources(arena, observation, stay, policy, set);
		put_parts(arena, observation, stay, policy, set);
	}
	return arena->failed ? NULL : observation;
}
