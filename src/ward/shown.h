/* SPDX-License-Identifier: Apache-2.0
 * What the board must be told: stays whose row may have changed stand in a list, urgent ones first in line, and each
 * ward keeps its counts, so that telling it costs what changed and not what there is. No part of the state. */
#ifndef WARD_SHOWN_H
#define WARD_SHOWN_H

#include "ward/model.h"

/* A stay that has ended stays on the board as long as something about it is open. */
bool shown_is(const struct stay *stay);
/* The row may have changed. Calm: only values did, no alert, plan or stage of waiting. */
void shown_mark(struct ward_core *core, struct stay *stay, bool calm);

#endif
