/* SPDX-License-Identifier: Apache-2.0
 * What a device says of its own value: quality.c. */
#ifndef WARD_QUALITY_H
#define WARD_QUALITY_H

#include "ward/model.h"

#define QUALITY_UNSAID 0
#define QUALITY_DOUBTED (-1) /* else thousandths + 1 */

/* Of an Observation or a component; what says nothing changes nothing. */
void quality_read(const struct json *element, struct reading *reading);
/* A measurement that was tried and failed: there is no value, and a reason of the device's. */
bool quality_tried(const struct json *element);
bool quality_is_poor(const struct reading *reading, const struct policy *policy);

#endif
