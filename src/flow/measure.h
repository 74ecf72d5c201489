/* SPDX-License-Identifier: Apache-2.0
 * Counting one Measure for one ward and period, whoever asks: a caller, or the week (weekly.h). */
#ifndef FLOW_MEASURE_H
#define FLOW_MEASURE_H

#include "flow/record.h"

struct measure_request {
	struct str measure; /* id */
	struct str ward;
	int64_t from_us, to_us;
	record_is_over *is_over; /* NULL: nobody stops it */
	void *context;
};
/* The MeasureReport, in the call's arena. ERROR_BUSY: another is being counted; ERROR_NOT_FOUND, ERROR_INVALID: no such
 * Measure, or one that names what this server cannot count; an issue of the call says it. Nothing is answered. */
MUST_CHECK enum error measure_report(struct call *call, const struct measure_request *request,
				     struct json **ret_report);

#endif
