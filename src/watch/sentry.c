/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/sentry.h"

#include <stdio.h>

void sentry_start(struct sentry *sentry, struct sentry_times times, int64_t now_us)
{
	*sentry = (struct sentry){ .times = times, .good_us = now_us, .last = BEAT_SILENT };
}

void sentry_beat(struct sentry *sentry, const struct beat *beat, int64_t now_us)
{
	sentry->last = beat->result;
	snprintf(sentry->failing, sizeof(sentry->failing), "%s", beat->failing);
	if (beat->result == BEAT_GOOD)
		sentry->good_us = now_us;
}

enum sentry_act sentry_act(struct sentry *sentry, int64_t now_us)
{
	if (sentry->paged_us == 0) {
		if (now_us - sentry->good_us < sentry->times.after_us)
			return SENTRY_NOTHING;
		sentry->paged_us = now_us;
		return SENTRY_PAGE;
	}
	if (sentry->good_us >= sentry->paged_us) {
		sentry->paged_us = 0;
		return SENTRY_RECOVERED;
	}
	if (now_us - sentry->paged_us < sentry->times.again_us)
		return SENTRY_NOTHING;
	sentry->paged_us = now_us;
	return SENTRY_AGAIN;
}

int64_t sentry_due_us(const struct sentry *sentry)
{
	return sentry->paged_us == 0 ? sentry->good_us + sentry->times.after_us
				     : sentry->paged_us + sentry->times.again_us;
}
