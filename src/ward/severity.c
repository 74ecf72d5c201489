/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/severity.h"

#include <stdlib.h>

static void raise_to(struct severity *severity, enum alert_level level)
{
	if (level > severity->level)
		severity->level = level;
}

static void take_alone(struct severity *severity, const struct policy *policy,
		       const struct reading *reading)
{
	enum alert_level level = rule_level_alone(policy, reading);
	raise_to(severity, level);
	if (level > ALERT_LEVEL_NONE)
		severity->abnormal |= 1u << reading->input;
}

static int compare_times(const void *a, const void *b)
{
	const struct reading *one = *(struct reading *const *)a;
	const struct reading *other = *(struct reading *const *)b;
	return (one->measured_us > other->measured_us) - (one->measured_us < other->measured_us);
}

static void put_in_order(struct reading **first)
{
	size_t count = 0;
	for (const struct reading *reading = *first; reading != NULL; reading = reading->next)
		count++;
	struct reading **list = model_take(count * sizeof(*list));
	count = 0;
	for (struct reading *reading = *first; reading != NULL; reading = reading->next)
		list[count++] = reading;
	qsort(list, count, sizeof(*list), compare_times);
	for (size_t i = 0; i < count; i++)
		list[i]->next = i + 1 < count ? list[i + 1] : NULL;
	*first = list[0];
	model_give(list);
}

/* The last of those that were measured together with the first. */
static struct reading *last_of_set(struct reading *first, const struct policy *policy)
{
	struct reading *last = first;
	while (last->next != NULL && last->next->measured_us <= first->measured_us + policy->set_us)
		last = last->next;
	return last;
}

void severity_of_stay(const struct ward_core *core, const struct stay *stay, struct reading **first,
		      struct severity *severity)
{
	const struct policy *policy = stay == NULL ? NULL : stay_policy(core, stay);
	if (policy == NULL || *first == NULL)
		return;
	for (struct reading *reading = *first; reading != NULL; reading = reading->next) {
		reading_judge(reading, policy, core->now_us);
		take_alone(severity, policy, reading);
	}
	put_in_order(first);
	for (struct reading *reading = *first, *next; reading != NULL; reading = next) {
		struct reading *last = last_of_set(reading, policy);
		next = last->next;
		last->next = NULL;
		raise_to(severity, set_level_alone(core, stay, reading, &severity->abnormal));
		last->next = next;
	}
}

void severity_of_anybody(const struct ward_core *core, const struct reading *first,
			 struct severity *severity)
{
	for (const struct policy *policy = core->policies; policy != NULL; policy = policy->next) {
		for (const struct reading *reading = first; reading != NULL;
		     reading = reading->next)
			take_alone(severity, policy, reading);
	}
}

void severity_words(const struct reading *first, uint32_t inputs,
		    char ret_text[SEVERITY_WORDS_BYTES])
{
	size_t at = 0;
	ret_text[0] = '\0';
	for (const struct reading *reading = first;
	     reading != NULL && at + 1 < SEVERITY_WORDS_BYTES; reading = reading->next) {
		if ((inputs & 1u << reading->input) == 0)
			continue;
		model_format(ret_text + at, SEVERITY_WORDS_BYTES - at, "%s%.*s %s",
			     at == 0 ? "" : ", ", STR_ARG(reading_input_label(reading->input)),
			     reading->text);
		at += strlen(ret_text + at);
	}
}
