/* SPDX-License-Identifier: Apache-2.0
 * How often each thing that is to be proved happened in a run: what never happens proves nothing. */
#ifndef SIMULATE_TALLY_H
#define SIMULATE_TALLY_H

enum tally {
	TALLY_SNOOZE,
	TALLY_SNOOZE_LONGEST, /* for as long as the level allows */
	TALLY_SNOOZE_CLIPPED, /* cut at the end of the shift */
	TALLY_SNOOZE_AGAIN,   /* the second in a row or a later one */
	TALLY_SNOOZE_REFUSED, /* by the operation */
	TALLY_SNOOZE_IGNORED, /* written past the operation, and not allowed: the ward takes it back */
	TALLY_SNOOZE_ENDED,      /* by time */
	TALLY_SNOOZE_ENDED_DOWN, /* of them: while the server was away */
	TALLY_SNOOZE_WORSE,      /* ended by a worsening or a new page */
	TALLY_HANDOVER,
	TALLY_HANDOVER_IN_TIME,
	TALLY_HANDOVER_EDGE, /* at the very deadline, a millisecond before or after */
	TALLY_HANDOVER_LATE,
	TALLY_HANDOVER_BY_CHARGE, /* accepted by the nurse in charge instead */
	TALLY_HANDOVER_WITHDRAWN,
	TALLY_TAKEN_OVER, /* open alerts that came along */
	TALLY_WENT_HOME,  /* open alerts whose person's shift ended */
	TALLY_COVERED,    /* alerts of a handover that ended by rule */
	TALLY_SWAPPED,    /* two homes take each other's device */
	TALLY_RETURNED,   /* a device goes back into the store */
	TALLY_ASSIGNED,   /* and out of it again */
	TALLY_STRANGE,    /* readings of somebody else's device */
	TALLY_UNASSIGNED, /* readings of nobody's device */
	TALLY_HEARTBEAT,
	TALLY_GAP, /* between two of them, longer than the ward waits */
	TALLY_BATTERY,
	TALLY_BATTERY_LOW,
	TALLY_LETTER,        /* to staff, by a way that leaves the house */
	TALLY_LETTER_FAMILY, /* to families */
	TALLY_PROVED,
	TALLY_RECEIPT_LATE, /* after it was given up */
	TALLY_UNPROVED,
	TALLY_NEXT_WAY,
	TALLY_OFFICE_WAITED,    /* technical alerts outside their hours */
	TALLY_OFFICE_CALLED,    /* when the hours began */
	TALLY_OFFICE_DOWN,      /* of them: while the server was away */
	TALLY_OFFICE_ANSWERED,  /* before, or over */
	TALLY_OFFICE_LEFT,      /* whoever had it went home outside the hours */
	TALLY_OFFICE_STRETCHED, /* deadlines with closed time in them */
	TALLY_MOVED,            /* stays that went to the other ward */
	TALLY_MOVED_ALERT,      /* alerts that were open then */
	TALLY_MOVED_LETTER,     /* pages under way then */
	TALLY_MOVED_EDGE,       /* within a millisecond of somebody's answer */
	TALLY_MOVED_PLAN,       /* with another policy */
	TALLY_DIED,             /* patients with an open stay */
	TALLY_DIED_ALERT,       /* alerts that were open then */
	TALLY_DIED_LETTER,      /* messages to families under way then */
	TALLY_DIED_READING,     /* readings that still came */
	TALLY_LIVING,           /* a record that was wrong, and corrected */
	TALLY_SECOND_RECORD,    /* of a patient of the ward */
	TALLY_BEFORE_MERGE,     /* readings under it while it is somebody else's */
	TALLY_MERGE,
	TALLY_AFTER_MERGE, /* readings under it */
	TALLY_PART,        /* merges taken back */
	TALLY_COUNT,
};
/* The row of the figures that it stands in, and its name there. */
const char *tally_row(enum tally tally);
const char *tally_name(enum tally tally);

#endif
