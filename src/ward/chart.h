/* SPDX-License-Identifier: Apache-2.0
 * Which chart of National PEWS counts. It is that of the age by calendar; near a birthday that changes it a clinician
 * may choose the adjacent one and no other (SPOT specification V2.0, C2.2), by $pews-chart, an extension of the
 * CarePlan. A choice counts for sets from its instant, until it expires, another is made, or the age is borderline no
 * more: then the age counts again by itself. Sets before it keep the chart they were scored on. */
#ifndef WARD_CHART_H
#define WARD_CHART_H

#include "ward/model.h"

/* SPOT names no span: a proposal, and a policy's setting `borderline` of its action `score`. */
#define CHART_BORDERLINE_US (30 * DATE_US_PER_DAY)
#define CHART_BORDERLINE_MAX_US (92 * DATE_US_PER_DAY)

void chart_read(struct stay *stay, const struct json *plan);
/* The choice that counts for a set of this time, or NULL: the age decides. */
const struct chart_order *chart_order(const struct stay *stay, const struct policy *policy,
				      int64_t at_us);
/* The chart of the age and the one beside it that may be chosen, -1 each when there is none. */
struct chart_choice {
	int by_age, beside;
};
struct chart_choice chart_choice(const struct policy *policy, struct str birth_date, int64_t at_us);
/* The code of a chart in CodeSystem pews-chart: "1-4-years"; empty when the arena failed. */
struct str chart_code(struct arena *arena, int band);
/* A set was scored: a chart that counts by itself from now on is said, once. */
void chart_set(struct ward_core *core, struct stay *stay, const struct set *set);
/* `"chart":…` of the row: what may be chosen, and what was. */
void chart_print(const struct stay *stay, const struct policy *policy, int64_t at_us,
		 struct text *text);

#endif
