/* SPDX-License-Identifier: Apache-2.0 */
#include "score/score.h"
#include "score/table.h"

static const struct str input_names[SCORE_INPUT_COUNT] = {
	[SCORE_RESPIRATORY_RATE] = STR_INIT("respiratoryRate"),
	[SCORE_HEART_RATE] = STR_INIT("heartRate"),
	[SCORE_SYSTOLIC] = STR_INIT("systolic"),
	[SCORE_SPO2] = STR_INIT("spo2"),
	[SCORE_TEMPERATURE] = STR_INIT("temperature"),
	[SCORE_CONSCIOUSNESS] = STR_INIT("consciousness"),
	[SCORE_OXYGEN] = STR_INIT("oxygen"),
	[SCORE_RESPIRATORY_DISTRESS] = STR_INIT("respiratoryDistress"),
	[SCORE_CAPILLARY_REFILL] = STR_INIT("capillaryRefill"),
	[SCORE_DIASTOLIC] = STR_INIT("diastolic"),
};
static const struct {
	struct str name, label;
	const struct score_tables *tables;
} scales[SCORE_SCALE_COUNT] = {
	[SCORE_NEWS2] = { STR_INIT("news2"), STR_INIT("NEWS2"), &score_tables_news2 },
	[SCORE_NPEWS] = { STR_INIT("npews"), STR_INIT("PEWS"), &score_tables_npews },
	[SCORE_MEOWS] = { STR_INIT("meows"), STR_INIT("MEOWS"), &score_tables_meows },
};
static const struct str level_names[] = {
	[SCORE_LEVEL_NONE] = STR_INIT("none"),
	[SCORE_LEVEL_LOW] = STR_INIT("low"),
	[SCORE_LEVEL_LOW_MEDIUM] = STR_INIT("low-medium"),
	[SCORE_LEVEL_MEDIUM] = STR_INIT("medium"),
	[SCORE_LEVEL_HIGH] = STR_INIT("high"),
	[SCORE_LEVEL_EMERGENCY] = STR_INIT("emergency"),
};

/* What one input adds: its points when known, else the bounds of what they could be. */
struct part {
	bool scored, known, missing;
	int points, low, high;
};

/* Limits beyond which a number is no reading of a person (ward.md section 4, Plausibility; what that
 * list leaves open is bounded by what the unit allows). Tenths, so that 41.5 is exact. */
struct limits {
	bool has_low, low_excluded, has_high, has_soft_low, has_soft_high;
	int low, high, soft_low, soft_high;
};
static const struct limits limits[SCORE_INPUT_COUNT] = {
	[SCORE_RESPIRATORY_RATE] = { .has_low = true,
				     .low_excluded = true,
				     .has_high = true,
				     .high = 1500 },
	[SCORE_HEART_RATE] = { .has_low = true, .low = 150, .has_high = true, .high = 3200 },
	[SCORE_SYSTOLIC] = { .has_low = true, .low = 300, .has_high = true, .high = 3000 },
	[SCORE_SPO2] = { .has_low = true,
			 .low = 300,
			 .has_high = true,
			 .high = 1000,
			 .has_soft_low = true,
			 .soft_low = 700 },
	[SCORE_TEMPERATURE] = { .has_low = true,
				.low = 250,
				.has_high = true,
				.high = 450,
				.has_soft_low = true,
				.soft_low = 340,
				.has_soft_high = true,
				.soft_high = 415 },
	[SCORE_CAPILLARY_REFILL] = { .has_low = true },
	[SCORE_DIASTOLIC] = { .has_low = true,
			      .low_excluded = true,
			      .has_high = true,
			      .high = 3000 },
};

struct str score_input_name(enum score_input input)
{
	ASSERT((unsigned)input < SCORE_INPUT_COUNT);
	return input_names[input];
}

struct str score_scale_name(enum score_scale scale)
{
	ASSERT((unsigned)scale < SCORE_SCALE_COUNT);
	return scales[scale].name;
}

struct str score_scale_label(enum score_scale scale)
{
	ASSERT((unsigned)scale < SCORE_SCALE_COUNT);
	return scales[scale].label;
}

bool score_scale_find(struct str name, enum score_scale *ret_scale)
{
	for (unsigned scale = 0; scale < SCORE_SCALE_COUNT; scale++) {
		if (str_equal(scales[scale].name, name)) {
			*ret_scale = (enum score_scale)scale;
			return true;
		}
	}
	return false;
}

struct str score_level_name(enum score_level level)
{
	ASSERT((unsigned)level <= SCORE_LEVEL_EMERGENCY);
	return level_names[level];
}

static int compare_tenths(struct decimal value, int tenths)
{
	return decimal_compare(value, (struct decimal){ tenths, -1 });
}

enum score_plausibility score_plausibility(enum score_input input, struct decimal value)
{
	ASSERT((unsigned)input < SCORE_INPUT_COUNT);
	const struct limits *limit = &limits[input];
	int low = compare_tenths(value, limit->low);
	if (limit->has_low && (low < 0 || (low == 0 && limit->low_excluded)))
		return SCORE_IMPOSSIBLE;
	if (limit->has_high && compare_tenths(value, limit->high) > 0)
		return SCORE_IMPOSSIBLE;
	if (limit->has_soft_low && compare_tenths(value, limit->soft_low) < 0)
		return SCORE_SUSPECT;
	if (limit->has_soft_high && compare_tenths(value, limit->soft_high) > 0)
		return SCORE_SUSPECT;
	return SCORE_PLAUSIBLE;
}

/* --- tables --------------------------------------------------------------------------------- */

static int higher(int a, int b)
{
	return a > b ? a : b;
}

/* The first row that does not end before the value either holds it, or starts after it: then the
 * value lies in a gap, and the higher of both neighbours counts. */
static int table_points(const struct score_table *table, struct decimal value)
{
	size_t last = table->row_count - 1;
	size_t at = 0;
	while (at < last) {
		int order = decimal_compare(value, table->rows[at].to);
		if (order < 0 || (order == 0 && !table->rows[at].to_excluded))
			break;
		at++;
	}
	const struct score_row *row = &table->rows[at];
	if (at > 0 && decimal_compare(value, row->from) < 0)
		return higher(row->score, table->rows[at - 1].score);
	return row->score;
}

static void table_bounds(const struct score_table *table, struct part *part)
{
	ASSERT(table->row_count > 0);
	part->low = part->high = table->rows[0].score;
	for (size_t i = 1; i < table->row_count; i++) {
		int score = table->rows[i].score;
		part->low = score < part->low ? score : part->low;
		part->high = higher(part->high, score);
	}
}

static void codes_bounds(const int *codes, size_t count, struct part *part)
{
	for (size_t i = 0; i < count; i++)
		part->high = higher(part->high, codes[i]);
}

static struct part part_known(int points)
{
	return (struct part){
		.scored = true, .known = true, .points = points, .low = points, .high = points
	};
}

static struct part part_of_table(const struct score_table *table, bool has, struct decimal value)
{
	if (table->row_count == 0)
		return (struct part){ .scored = false };
	if (has)
		return part_known(table_points(table, value));
	struct part part = { .scored = true, .missing = true };
	table_bounds(table, &part);
	return part;
}

static struct part part_of_codes(const int *codes, size_t count, bool has, size_t code)
{
	struct part part = { .scored = true, .missing = true };
	codes_bounds(codes, count, &part);
	if (part.high <= 0)
		return (struct part){ .scored = false };
	ASSERT(!has || code < count);
	if (has && codes[code] >= 0)
		return part_known(codes[code]);
	return part;
}

/* --- inputs that need more than their own table ----------------------------------------------- */

static struct part part_of_systolic(const struct score_tables *tables,
				    const struct score_table *table, const struct score_set *set)
{
	struct part part = part_of_table(table, set->has[SCORE_SYSTOLIC], set->systolic);
	if (!part.known && set->has_bp_not_done && tables->bp_not_done[set->bp_not_done] >= 0)
		return part_known(tables->bp_not_done[set->bp_not_done]);
	return part;
}

static bool scores_oxygen(const struct score_tables *tables)
{
	for (size_t i = 0; i <= SCORE_CPAP; i++) {
		if (tables->oxygen[i] != SCORE_CODE_UNKNOWN)
			return true;
	}
	return false;
}

static struct part part_of_oxygen(const struct score_tables *tables,
				  const struct score_table *numbers, const struct score_set *set)
{
	const struct score_table *litres = &numbers[SCORE_TABLE_OXYGEN_LITRES];
	const struct score_table *fio2 = &numbers[SCORE_TABLE_OXYGEN_FIO2];
	int code = set->has[SCORE_OXYGEN] ? tables->oxygen[set->oxygen_device] : SCORE_CODE_UNKNOWN;
	if (code >= 0)
		return part_known(code);
	if (!scores_oxygen(tables))
		return (struct part){ .scored = false };
	if (code == SCORE_CODE_BY_LEVEL && set->has_oxygen_litres)
		return part_known(table_points(litres, set->oxygen_litres));
	if (code == SCORE_CODE_BY_LEVEL && set->has_oxygen_fio2)
		return part_known(table_points(fio2, set->oxygen_fio2));
	struct part part = { .scored = true, .missing = true };
	if (code == SCORE_CODE_BY_LEVEL) /* support is on, how much is unknown */
		table_bounds(litres, &part);
	else
		codes_bounds(tables->oxygen, SCORE_CPAP + 1, &part);
	return part;
}

/* Scale 2 scores 93 % and more only on oxygen; while that is unknown, so may the part be. */
static struct part part_of_spo2(const struct score_table *numbers, const struct score_set *set)
{
	bool has = set->has[SCORE_SPO2];
	if (set->spo2_scale != 2 || numbers[SCORE_TABLE_SPO2_SCALE2_AIR].row_count == 0)
		return part_of_table(&numbers[SCORE_TABLE_SPO2], has, set->spo2);
	struct part air = part_of_table(&numbers[SCORE_TABLE_SPO2_SCALE2_AIR], has, set->spo2);
	struct part support =
		part_of_table(&numbers[SCORE_TABLE_SPO2_SCALE2_OXYGEN], has, set->spo2);
	if (set->has[SCORE_OXYGEN])
		return set->oxygen_device == SCORE_AIR ? air : support;
	if (has && air.points == support.points)
		return air;
	return (struct part){ .scored = true,
			      .missing = !has,
			      .low = air.low < support.low ? air.low : support.low,
			      .high = higher(air.high, support.high) };
}

static void parts_of(const struct score_tables *tables, size_t band, const struct score_set *set,
		     struct part *ret_parts)
{
	const struct score_table *numbers = tables->numbers[band];
	const bool *has = set->has;
	ret_parts[SCORE_RESPIRATORY_RATE] =
		part_of_table(&numbers[SCORE_TABLE_RESPIRATORY_RATE], has[SCORE_RESPIRATORY_RATE],
			      set->respiratory_rate);
	ret_parts[SCORE_HEART_RATE] = part_of_table(&numbers[SCORE_TABLE_HEART_RATE],
						    has[SCORE_HEART_RATE], set->heart_rate);
	ret_parts[SCORE_SYSTOLIC] = part_of_systolic(tables, &numbers[SCORE_TABLE_SYSTOLIC], set);
	ret_parts[SCORE_SPO2] = part_of_spo2(numbers, set);
	ret_parts[SCORE_TEMPERATURE] = part_of_table(&numbers[SCORE_TABLE_TEMPERATURE],
						     has[SCORE_TEMPERATURE], set->temperature);
	ret_parts[SCORE_CAPILLARY_REFILL] =
		part_of_table(&numbers[SCORE_TABLE_CAPILLARY_REFILL], has[SCORE_CAPILLARY_REFILL],
			      set->capillary_refill);
	ret_parts[SCORE_DIASTOLIC] = part_of_table(&numbers[SCORE_TABLE_DIASTOLIC],
						   has[SCORE_DIASTOLIC], set->diastolic);
	ret_parts[SCORE_CONSCIOUSNESS] =
		part_of_codes(tables->consciousness, SCORE_ASLEEP + 1, has[SCORE_CONSCIOUSNESS],
			      set->consciousness);
	ret_parts[SCORE_RESPIRATORY_DISTRESS] =
		part_of_codes(tables->distress, SCORE_DISTRESS_SEVERE + 1,
			      has[SCORE_RESPIRATORY_DISTRESS], set->distress);
	ret_parts[SCORE_OXYGEN] = part_of_oxygen(tables, numbers, set);
}

/* --- checks ----------------------------------------------------------------------------------- */

static enum error check_number(const struct score_set *set, enum score_input input,
			       struct decimal value, struct issues *issues)
{
	if (!set->has[input] || score_plausibility(input, value) != SCORE_IMPOSSIBLE)
		return ERROR_OK;
	return issue_add(issues, ERROR_INVALID, input_names[input],
			 "%.*s is not possible in a living person", STR_ARG(input_names[input]));
}

static enum error check_oxygen(const struct score_set *set, struct issues *issues)
{
	struct str name = input_names[SCORE_OXYGEN];
	if (!set->has[SCORE_OXYGEN])
		return ERROR_OK;
	if (set->has_oxygen_litres && set->has_oxygen_fio2)
		return issue_add(issues, ERROR_INVALID, name,
				 "oxygen is litres a minute or FiO2, never both");
	if (set->has_oxygen_litres && set->oxygen_litres.coefficient < 0)
		return issue_add(issues, ERROR_INVALID, name, "oxygen flow cannot be negative");
	if (set->has_oxygen_fio2 && (compare_tenths(set->oxygen_fio2, 10) <= 0 ||
				     compare_tenths(set->oxygen_fio2, 1000) > 0))
		return issue_add(issues, ERROR_INVALID, name,
				 "FiO2 is a percentage above 1 up to 100");
	if (set->oxygen_device == SCORE_AIR &&
	    ((set->has_oxygen_litres && set->oxygen_litres.coefficient != 0) ||
	     (set->has_oxygen_fio2 && compare_tenths(set->oxygen_fio2, 210) > 0)))
		return issue_add(issues, ERROR_INVALID, name,
				 "room air has no oxygen flow and 21 %% at most");
	return ERROR_OK;
}

static enum error check_values(const struct score_set *set, struct issues *issues)
{
	const struct {
		enum score_input input;
		struct decimal value;
	} numbers[] = {
		{ SCORE_RESPIRATORY_RATE, set->respiratory_rate },
		{ SCORE_HEART_RATE, set->heart_rate },
		{ SCORE_SYSTOLIC, set->systolic },
		{ SCORE_SPO2, set->spo2 },
		{ SCORE_TEMPERATURE, set->temperature },
		{ SCORE_CAPILLARY_REFILL, set->capillary_refill },
		{ SCORE_DIASTOLIC, set->diastolic },
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		enum error error = check_number(set, numbers[i].input, numbers[i].value, issues);
		if (error != ERROR_OK)
			return error;
	}
	if (set->spo2_scale < 0 || set->spo2_scale > 2)
		return issue_add(issues, ERROR_INVALID, STR("spo2Scale"), "spo2Scale is 1 or 2");
	if (set->has_bp_not_done && set->has[SCORE_SYSTOLIC])
		return issue_add(issues, ERROR_INVALID, STR("bpNotDone"),
				 "a blood pressure was measured or not done, never both");
	return check_oxygen(set, issues);
}

static size_t band_from(const struct score_tables *tables, int age)
{
	size_t band = 0;
	while (band + 1 < tables->band_count && age >= tables->bands[band + 1].from_years)
		band++;
	return band;
}

/* The age decides the band, unless somebody chose the next, and whether the scale applies at all. */
static enum error band_of(const struct score_tables *tables, const struct score_set *set,
			  struct issues *issues, size_t *ret_band)
{
	bool known = set->has_birth_date && set->has_at;
	if (set->has_band) {
		ASSERT(set->band >= 0 &&
		       (set->band == 0 || (size_t)set->band < tables->band_count));
		*ret_band = (size_t)set->band;
		return ERROR_OK;
	}
	if (!known && tables->band_count > 0)
		return issue_add(issues, ERROR_INVALID, STR("birthDate"),
				 "birthDate and at are needed: the score depends on age");
	int age = known ? date_age_years(set->birth_date, set->at_us) : tables->age_from_years;
	if (age < 0)
		return issue_add(issues, ERROR_INVALID, STR("birthDate"),
				 "born after the observation");
	if (age < tables->age_from_years || age > tables->age_to_years)
		return issue_add(issues, ERROR_INVALID, STR("birthDate"),
				 "this score is for ages %d to %d", tables->age_from_years,
				 tables->age_to_years);
	size_t band = band_from(tables, age);
	if (set->has_chart) {
		if (set->chart < 0 || (size_t)set->chart >= tables->band_count ||
		    (size_t)set->chart + 1 < band || (size_t)set->chart > band + 1)
			return issue_add(issues, ERROR_INVALID, STR("chart"),
					 "only the chart next to that of the age can be chosen");
		band = (size_t)set->chart;
	}
	*ret_band = band;
	return ERROR_OK;
}

int score_band_at(enum score_scale scale, struct date birth, int64_t at_us)
{
	ASSERT((unsigned)scale < SCORE_SCALE_COUNT);
	const struct score_tables *tables = scales[scale].tables;
	int age = date_age_years(birth, at_us);
	if (tables->band_count == 0 || age > tables->age_to_years)
		return -1;
	return (int)band_from(tables, age < 0 ? 0 : age);
}

int score_band_count(enum score_scale scale)
{
	ASSERT((unsigned)scale < SCORE_SCALE_COUNT);
	return (int)scales[scale].tables->band_count;
}

struct str score_band_name(enum score_scale scale, int band)
{
	ASSERT(band >= 0 && band < score_band_count(scale));
	return scales[scale].tables->bands[band].name;
}

static enum score_level level_of(const struct score_tables *tables,
				 const struct score_result *result)
{
	enum score_level level = tables->levels[0].level;
	for (size_t i = 1; i < tables->level_count; i++) {
		if (result->total >= tables->levels[i].from)
			level = tables->levels[i].level;
	}
	for (size_t i = 0; tables->single_score > 0 && i < SCORE_INPUT_COUNT; i++) {
		if (result->parts[i] >= tables->single_score && level < tables->single_level)
			level = tables->single_level;
	}
	return level;
}

enum error score_compute(enum score_scale scale, const struct score_set *set, struct issues *issues,
			 struct score_result *ret_result)
{
	ASSERT(set != NULL && ret_result != NULL);
	ASSERT((unsigned)scale < SCORE_SCALE_COUNT);
	const struct score_tables *tables = scales[scale].tables;
	struct part parts[SCORE_INPUT_COUNT];
	size_t band = 0;
	enum error error = check_values(set, issues);
	if (error == ERROR_OK)
		error = band_of(tables, set, issues, &band);
	if (error != ERROR_OK)
		return error;
	parts_of(tables, band, set, parts);
	struct score_result result = { .complete = true, .band = -1 };
	for (size_t i = 0; i < SCORE_INPUT_COUNT; i++) {
		bool known = parts[i].scored && parts[i].known;
		result.parts[i] = known ? parts[i].points : SCORE_PART_UNKNOWN;
		result.missing[i] = parts[i].scored && parts[i].missing;
		if (!parts[i].scored)
			continue;
		result.complete = result.complete && known;
		result.total += parts[i].points;
		result.low += parts[i].low;
		result.high += parts[i].high;
	}
	ASSERT(result.low <= result.high && result.total <= result.low);
	if (tables->band_count > 0) {
		result.band = (int)band;
		result.band_name = tables->bands[band].name;
	}
	result.level = level_of(tables, &result);
	*ret_result = result;
	return ERROR_OK;
}

void score_colours(const struct score_result *result, unsigned *ret_red, unsigned *ret_yellow)
{
	unsigned red = 0, yellow = 0;
	for (size_t i = 0; i < SCORE_INPUT_COUNT; i++) {
		red += result->parts[i] == SCORE_RED;
		yellow += result->parts[i] == SCORE_YELLOW;
	}
	*ret_red = red;
	*ret_yellow = yellow;
}
