/* SPDX-License-Identifier: Apache-2.0
 * Home equipment for people: beside a patient's row, and as the stock of a ward (docs/decisions/0006). */
#ifndef WARD_EQUIPMENT_H
#define WARD_EQUIPMENT_H

#include "ward/device.h"

/* ,"equipment":[{"device","type","name","battery","lastSeen","state"}] */
void equipment_print(const struct ward_core *core, const struct stay *stay, struct text *text);

#endif
