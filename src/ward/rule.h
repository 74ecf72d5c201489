/* SPDX-License-Identifier: Apache-2.0
 * The rules: what a reading, a set, a dose or a condition means. What the files named here offer to the rest of
 * the core. Only the files of this room's core include this header, through model.h. */
#ifndef WARD_RULE_H
#define WARD_RULE_H

#include "ward/model.h"

/* rule.c */
void rule_reading(struct ward_core *core, struct stay *stay, struct reading *reading);
void rule_set(struct ward_core *core, struct stay *stay, struct set *set);
/* What the value would raise by itself, without its score. */
enum alert_level rule_level_alone(const struct policy *policy, const struct reading *reading);
/* A fever by the policy; a temperature that counts together with worry. */
bool rule_is_fever(const struct policy *policy, struct decimal value);
bool rule_is_raised(const struct policy *policy, struct decimal value);
/* Below the policy's low temperature. */
bool rule_is_low(const struct policy *policy, struct decimal value);
/* The family is asked to measure the sign again. */
void rule_ask_repeat(struct ward_core *core, struct stay *stay, const struct reading *reading);
void rule_time(struct ward_core *core, struct stay *stay, const struct reading *reading);
void rule_late(struct ward_core *core, struct stay *stay);
/* Why something is not scored. The first two are of one Observation each: another is a call of its own. */
enum rule_unscored {
	RULE_UNSCORED_CUT,
	RULE_UNSCORED_ELSEWHERE,
	RULE_UNSCORED_POLICY,
	RULE_UNSCORED_PREGNANT,
	RULE_UNSCORED_CHART,
};
const char *rule_unscored_title(enum rule_unscored reason);
/* The alert that says so, Medium; a reason that it does not say yet calls again, whoever answered the others. */
void rule_unscored(struct ward_core *core, struct stay *stay, enum rule_unscored reason);
/* "at 10:02, received late at …" and "now 97 at …" */
void rule_when(const struct reading *reading, char ret_text[48]);
void rule_latest(const struct stay *stay, struct alert *alert, const struct reading *reading);

/* watch.c: rules of the policy on one sign by itself, and the values they look back on */
void watch_reading(struct ward_core *core, struct stay *stay, const struct reading *reading);
bool watch_has(const struct policy *policy, unsigned input);
void watch_withdraw(struct ward_core *core, struct str observation, struct stay *known);
/* Whether the reading hits one of the policy's ranges (else: one of its changes and baselines). */
bool watch_hits(const struct ward_core *core, const struct stay *stay,
		const struct reading *reading, bool ranges);
void watch_forget(struct stay *stay, int64_t before_us);
void watch_insert(struct stay *stay, struct measure *measure);

/* standing.c: the alerts of a stay from which these readings went, by correction or withdrawal */
void standing_review(struct ward_core *core, struct stay *stay, const struct reading *gone);

/* pregnancy.c */
void pregnancy_event(struct ward_core *core, const struct ward_event *event);
bool pregnancy_known(const struct patient *patient); /* under whichever id (merge.h) */
bool pregnancy_says(const struct json *concept); /* a value, or the code of a Condition or Flag */
/* NEWS2 is not for pregnancy: whether this stay has no score for that reason; the ward is told when it is so. */
bool pregnancy_refuses(const struct ward_core *core, const struct stay *stay);
void pregnancy_check(struct ward_core *core, struct stay *stay);
/* What is known of the patient changed: each of her stays, under whichever id, is checked. */
void pregnancy_update(struct ward_core *core, const struct patient *patient);
void pregnancy_insert(struct ward_core *core, struct patient *patient, struct pregnancy *pregnancy);

/* concern.c: specific concerns and clinical intuition */
bool concern_read(const struct json *element, struct reading *reading);
void concern_sign(struct ward_core *core, struct stay *stay, const struct reading *reading);
enum alert_level concern_sign_level(const struct policy *policy, const struct reading *reading);
/* PEWS, NEWS2, SC, CQ or CI: why it counts; empty for other rules. */
struct str concern_reason(const struct alert *alert);

/* after.c: readings of a stay that arrive when it has ended */
struct stay *after_stay(struct stay *stay, int64_t stated_us);
bool after_filed(const struct stay *stay, int64_t measured_us, int64_t received_us);
void after_reading(struct ward_core *core, struct stay *stay, const struct reading *reading);
void after_set(struct ward_core *core, struct stay *stay, const struct set *set);

/* antipyretic.c */
void antipyretic_event(struct ward_core *core, const struct ward_event *event);
void antipyretic_link(struct ward_core *core, struct dose *dose);
/* The rows of the patient's stays show the doses, and so do the words beside a fever that is open; under whichever id
 * (merge.h). */
void antipyretic_show(struct ward_core *core, const struct patient *patient);
/* When the newest dose that may hide a fever at `at_us` was given, under whichever id; 0: none. */
int64_t antipyretic_before_us(const struct ward_core *core, const struct stay *stay, int64_t at_us);
/* Added to what the alert says of now, where it is so. */
void antipyretic_beside(const struct ward_core *core, const struct stay *stay, struct alert *alert,
			const struct reading *reading);
/* "antipyretic within 4 h", or empty. */
void antipyretic_words(const struct ward_core *core, const struct stay *stay,
		       const struct reading *reading, char ret_text[40]);

#endif
