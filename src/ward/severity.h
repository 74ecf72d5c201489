/* SPDX-License-Identifier: Apache-2.0
 * How bad readings are that stand on no chart: held back, of nobody's stay, or within another resource. Only the files
 * of this room's core include this header. */
#ifndef WARD_SEVERITY_H
#define WARD_SEVERITY_H

#include "ward/model.h"

#define SEVERITY_WORDS_BYTES 120

struct severity {
	enum alert_level level; /* ALERT_LEVEL_NONE: nothing of it calls anybody */
	uint32_t abnormal;      /* bit per input */
};

/* Raises `severity` to what the readings would be for this stay, each by itself and those of one time together: as bad
 * as the worst. Judges them (reading_judge) and puts them in order of time. Without a policy nothing changes. */
void severity_of_stay(const struct ward_core *core, const struct stay *stay, struct reading **first,
		      struct severity *severity);
/* The same for somebody without a stay: each by itself, under any policy. */
void severity_of_anybody(const struct ward_core *core, const struct reading *first,
			 struct severity *severity);
/* "Temperature 38.6, SpO2 91": the readings of these inputs, as many as there is room for. */
void severity_words(const struct reading *first, uint32_t inputs,
		    char ret_text[SEVERITY_WORDS_BYTES]);

#endif
