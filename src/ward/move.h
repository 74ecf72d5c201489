/* SPDX-License-Identifier: Apache-2.0
 * A stay that goes on on another ward: what is open goes along and is the new ward's at once. */
#ifndef WARD_MOVE_H
#define WARD_MOVE_H

#include "ward/model.h"

/* The stay stands on another ward than `from`: its open alerts are called anew from their first rung, whatever the old
 * ward had answered or silenced, and both wards are told. What nobody had answered keeps its deadline when that comes
 * sooner. The caller sets the stay's timers. */
void move_stay(struct ward_core *core, struct stay *stay, struct ward_place *from);

#endif
