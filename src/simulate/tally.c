/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/tally.h"

#define SNOOZES "snoozes"
#define HANDOVERS "handovers"
#define DEVICES "devices"
#define LIFE "signs of life"

static const struct {
	const char *row, *name;
} tallies[TALLY_COUNT] = {
	[TALLY_SNOOZE] = { SNOOZES, "taken" },
	[TALLY_SNOOZE_LONGEST] = { SNOOZES, "as long as the level allows" },
	[TALLY_SNOOZE_CLIPPED] = { SNOOZES, "cut at the end of a shift" },
	[TALLY_SNOOZE_AGAIN] = { SNOOZES, "second in a row" },
	[TALLY_SNOOZE_REFUSED] = { SNOOZES, "refused" },
	[TALLY_SNOOZE_IGNORED] = { SNOOZES, "written and taken back" },
	[TALLY_SNOOZE_ENDED] = { SNOOZES, "over" },
	[TALLY_SNOOZE_ENDED_DOWN] = { SNOOZES, "over while the server was away" },
	[TALLY_SNOOZE_WORSE] = { SNOOZES, "ended by what got worse" },
	[TALLY_HANDOVER] = { HANDOVERS, "asked for" },
	[TALLY_HANDOVER_IN_TIME] = { HANDOVERS, "accepted in time" },
	[TALLY_HANDOVER_EDGE] = { HANDOVERS, "accepted at the last millisecond or one later" },
	[TALLY_HANDOVER_LATE] = { HANDOVERS, "accepted late" },
	[TALLY_HANDOVER_BY_CHARGE] = { HANDOVERS, "accepted by the nurse in charge instead" },
	[TALLY_HANDOVER_WITHDRAWN] = { HANDOVERS, "asked for anew" },
	[TALLY_TAKEN_OVER] = { HANDOVERS, "alerts that came along" },
	[TALLY_WENT_HOME] = { HANDOVERS, "alerts left at the end of a shift" },
	[TALLY_COVERED] = { HANDOVERS, "alerts of a handover ended by rule" },
	[TALLY_SWAPPED] = { DEVICES, "swapped between two homes" },
	[TALLY_RETURNED] = { DEVICES, "returned" },
	[TALLY_ASSIGNED] = { DEVICES, "assigned" },
	[TALLY_STRANGE] = { DEVICES, "readings of somebody else's" },
	[TALLY_UNASSIGNED] = { DEVICES, "readings of nobody's" },
	[TALLY_HEARTBEAT] = { LIFE, "heartbeats" },
	[TALLY_GAP] = { LIFE, "gaps longer than half an hour" },
	[TALLY_BATTERY] = { LIFE, "battery levels" },
	[TALLY_BATTERY_LOW] = { LIFE, "of them low" },
};

const char *tally_row(enum tally tally)
{
	return tallies[tally].row;
}

const char *tally_name(enum tally tally)
{
	return tallies[tally].name;
}
