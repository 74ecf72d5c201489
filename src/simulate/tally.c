/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/tally.h"

#define SNOOZES "snoozes"
#define HANDOVERS "handovers"
#define DEVICES "devices"
#define LIFE "signs of life"
#define OFFICE "office hours"
#define MOVES "moves"
#define DEATHS "deaths"
#define MERGES "merges"
#define LETTERS "pages out of the house"

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
	[TALLY_LETTER] = { LETTERS, "to staff" },
	[TALLY_LETTER_FAMILY] = { LETTERS, "to families" },
	[TALLY_PROVED] = { LETTERS, "proved by their deadline" },
	[TALLY_RECEIPT_LATE] = { LETTERS, "receipts that came late" },
	[TALLY_UNPROVED] = { LETTERS, "given up without a receipt" },
	[TALLY_NEXT_WAY] = { LETTERS, "next way tried" },
	[TALLY_OFFICE_WAITED] = { OFFICE, "waited for" },
	[TALLY_OFFICE_CALLED] = { OFFICE, "called when they began" },
	[TALLY_OFFICE_DOWN] = { OFFICE, "of them while the server was away" },
	[TALLY_OFFICE_ANSWERED] = { OFFICE, "answered or over before" },
	[TALLY_OFFICE_LEFT] = { OFFICE, "left to the morning by who went home" },
	[TALLY_OFFICE_STRETCHED] = { OFFICE, "deadlines with closed time in them" },
	[TALLY_DIED] = { DEATHS, "of patients of the ward" },
	[TALLY_DIED_ALERT] = { DEATHS, "alerts open then" },
	[TALLY_DIED_LETTER] = { DEATHS, "messages to families under way" },
	[TALLY_DIED_READING] = { DEATHS, "readings that still came" },
	[TALLY_LIVING] = { DEATHS, "wrong entries taken back" },
	[TALLY_SECOND_RECORD] = { MERGES, "second records" },
	[TALLY_BEFORE_MERGE] = { MERGES, "readings under one before" },
	[TALLY_MERGE] = { MERGES, "records joined" },
	[TALLY_AFTER_MERGE] = { MERGES, "readings under one since" },
	[TALLY_PART] = { MERGES, "taken back" },
	[TALLY_MOVED] = { MOVES, "to another ward" },
	[TALLY_MOVED_ALERT] = { MOVES, "open alerts that came along" },
	[TALLY_MOVED_LETTER] = { MOVES, "pages under way" },
	[TALLY_MOVED_EDGE] = { MOVES, "as somebody was about to answer" },
	[TALLY_MOVED_PLAN] = { MOVES, "with another policy" },
};

const char *tally_row(enum tally tally)
{
	return tallies[tally].row;
}

const char *tally_name(enum tally tally)
{
	return tallies[tally].name;
}
