/* SPDX-License-Identifier: Apache-2.0
 * What has a weekly report: wards, Measures, and the name of each report. Memory: the arena of the record's call. */
#ifndef FLOW_WEEKLY_LIST_H
#define FLOW_WEEKLY_LIST_H

#include "flow/record.h"

#define WEEKLY_DAYS 7
#define WEEKLY_VALUE_BYTES (2 * MODEL_ID_BYTES + 16)

struct weekly_name {
	struct weekly_name *next;
	struct str id, title;
};
struct weekly_names {
	struct arena *arena;
	struct weekly_name *first; /* by id */
};
/* The resources of a type that have this search value. */
MUST_CHECK enum error weekly_list(struct record *record, const char *type, struct str name,
				  struct str value, struct weekly_names *names);
MUST_CHECK enum error weekly_list_measures(struct record *record, struct weekly_names *names);
/* "WARD/MEASURE/2026-11-16" of the seven days before the local day `day`, and the id made of it. */
void weekly_value(struct str ward, struct str measure, int64_t day,
		  char ret_value[WEEKLY_VALUE_BYTES]);
void weekly_id(struct str ward, struct str measure, int64_t day, char ret_id[MODEL_ID_BYTES]);
/* Whether the record has a MeasureReport of this id. */
bool weekly_is_there(struct record *record, const char *id);

#endif
