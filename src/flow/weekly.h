/* SPDX-License-Identifier: Apache-2.0
 * The report of the past week: once a week each active Measure is counted for each ward and kept as a MeasureReport
 * with the identifier HOMEWARD_URL weekly-report, `WARD/MEASURE/2026-11-16`, from which its id comes, so that it is
 * made once however often the server starts. What an outage left out is made when the server is back, WEEKLY_BACK
 * weeks at the most and none from before the ward was. docs/decisions/0016. */
#ifndef FLOW_WEEKLY_H
#define FLOW_WEEKLY_H

#include "base/date.h"
#include "flow/flow.h"

enum { WEEKLY_BACK = 8, WEEKLY_SHOWN = 26 };
struct weekly_time { /* Europe/London */
	int weekday; /* 0 Monday */
	unsigned minute;
};
/* "mon 06:00". */
bool weekly_time_read(struct str text, struct weekly_time *ret_time);
/* The last local day on which the report was due by now; its week is the seven days before that day. */
int64_t weekly_day(const struct weekly_time *time, int64_t now_us);

#endif
