/* SPDX-License-Identifier: Apache-2.0
 * What was sent and is on nobody's chart: under a record that is no patient's of the ward, or by a device of a ward
 * where nobody concerned lies. A ward hears of it (docs/decisions/0006). */
#include "simulate/inspector.h"

#include <string.h>

static bool is_said(const struct inspector *inspector, const struct ideal_stray *stray)
{
	const char *display =
		stray->equipment ? "Equipment of another patient" : "Sent for nobody of the ward";
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		if (watch->stay == STORY_NOBODY && strcmp(watch->display, display) == 0 &&
		    (watch->ward == 0 || !stray->equipment) && watch->raised_us <= stray->at_us &&
		    watch->closed_us >= stray->at_us && watch->grade_max >= stray->grade)
			return true;
	}
	return false;
}

void inspector_check_strays(struct inspector *inspector)
{
	for (size_t i = 0; i < inspector->ideal->stray_count; i++) {
		const struct ideal_stray *stray = &inspector->ideal->strays[i];
		if (!is_said(inspector, stray))
			story_violation(inspector->story, STORY_NOBODY, stray->at_us,
					"something was sent that is on nobody's chart, and no ward "
					"was told (%s)",
					stray->equipment ? "by a device" : "by a home");
	}
}
