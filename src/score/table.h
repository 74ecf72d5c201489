/* SPDX-License-Identifier: Apache-2.0
 * Form of the tables that gen/gen_score.c makes from data/score/NAME.json. Internal to the room.
 * Rows ascend and do not overlap; the first is open below, the last open above (the generator checks).
 * A value between two rows takes the higher score of both. */
#ifndef SCORE_TABLE_H
#define SCORE_TABLE_H

#include "score/score.h"

/* Tables of numbers: "respiratoryRate" … in the data files, in this order. */
enum score_table_kind {
	SCORE_TABLE_RESPIRATORY_RATE,
	SCORE_TABLE_HEART_RATE,
	SCORE_TABLE_SYSTOLIC,
	SCORE_TABLE_SPO2,
	SCORE_TABLE_SPO2_SCALE2_AIR,
	SCORE_TABLE_SPO2_SCALE2_OXYGEN,
	SCORE_TABLE_TEMPERATURE,
	SCORE_TABLE_CAPILLARY_REFILL,
	SCORE_TABLE_OXYGEN_LITRES,
	SCORE_TABLE_OXYGEN_FIO2,
	SCORE_TABLE_DIASTOLIC,
	SCORE_TABLE_KIND_COUNT,
};

enum { SCORE_BANDS_MAX = 4 };
enum { SCORE_CODE_UNKNOWN = -1, SCORE_CODE_BY_LEVEL = -2 };

struct score_row {
	struct decimal from; /* included; the first row has none */
	struct decimal to;   /* the last row has none */
	bool to_excluded;
	int score;
};
struct score_table {
	const struct score_row *rows;
	size_t row_count; /* 0: this scale does not score the input */
};
struct score_band {
	struct str name;
	int from_years;
};
struct score_level_row {
	int from;
	enum score_level level;
};
struct score_tables {
	int age_from_years, age_to_years;
	struct score_band bands[SCORE_BANDS_MAX];
	size_t band_count; /* 0: one set of tables for all, at index 0 */
	struct score_table numbers[SCORE_BANDS_MAX][SCORE_TABLE_KIND_COUNT];
	int consciousness[SCORE_ASLEEP + 1]; /* points, or SCORE_CODE_UNKNOWN */
	int distress[SCORE_DISTRESS_SEVERE + 1];
	int oxygen[SCORE_CPAP + 1]; /* SCORE_CODE_BY_LEVEL: by litres or FiO2 */
	int bp_not_done[SCORE_BP_U4 + 1];
	struct score_level_row levels[SCORE_LEVEL_EMERGENCY + 1];
	size_t level_count;
	int single_score; /* a part with this many points lifts the level to single_level; 0: no such rule */
	enum score_level single_level;
};

extern const struct score_tables score_tables_news2;
extern const struct score_tables score_tables_npews;
extern const struct score_tables score_tables_meows;

#endif
