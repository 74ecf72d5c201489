/* SPDX-License-Identifier: Apache-2.0
 * Compares what was raised with what a perfect ward would have raised. Pure, save for the table it prints. */
#ifndef SIMULATE_JUDGE_H
#define SIMULATE_JUDGE_H

#include "simulate/oracle.h"

#include <stdio.h>

struct judge_row {
	int64_t expected, raised, missing, extra, late;
};
struct judge {
	int64_t search_us; /* an alert this long after its cause is still taken as its answer */
	int64_t late_us;   /* but later than this is late */
	int64_t until_us;  /* alerts after the end of play are not judged */
	struct judge_row rows[ALARM_RULE_COUNT][ALARM_LEVEL_COUNT];
	int64_t doubled;
	FILE *details; /* one line for each fault, ids of simulated children only; NULL: none */
};
/* Fills rows and doubled; marks steps as used. */
void judge_compare(struct judge *judge, const struct plan *plan,
		   const struct expectation_list *expected, struct alarm_list *alarms);
void judge_print(const struct judge *judge, FILE *out);
/* Nothing missing, nothing doubled. */
bool judge_is_good(const struct judge *judge);

#endif
