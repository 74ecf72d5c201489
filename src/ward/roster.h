/* SPDX-License-Identifier: Apache-2.0
 * The people of a ward and their shifts as the record has them, in a core of its own: operations and pages ask it by
 * the very rules that decide whom an alert calls. Lives as long as the call; thread: any. */
#ifndef WARD_ROSTER_H
#define WARD_ROSTER_H

#include "ward/cover.h"
#include "ward/operation.h"

struct roster {
	struct call *call;
	struct ward_core *core;
	struct str ward;  /* id of the Organization */
	struct text list; /* "Type/a,Type/b" of what was fed last */
};

/* People, and whose rota is kept at all; with a period also every shift that touches it. False: answered with an error,
 * and nothing is to be closed. */
bool roster_open(struct call *call, struct str ward, const struct cover_gap *period,
		 struct roster *ret_roster);
void roster_close(struct roster *roster);
/* Feeds what a search finds to the core. False: answered with an error. */
bool roster_feed(struct roster *roster, const char *type, const struct search_argument *arguments,
		 size_t count);

/* Whether the person of this reference ("PractitionerRole/id" of the ward) works there at some instant of the period,
 * by any role of theirs. The roster was opened with a period that holds this one. */
bool roster_works(const struct roster *roster, struct str person, const struct cover_gap *period);

/* Hours of the period in which a rung of the policy has nobody. */
struct roster_gap {
	struct cover_gap span;
	uint32_t roles; /* bits: the rung's */
	bool covered; /* the last rung of every ladder from Medium up has somebody in all of them */
};
typedef void roster_visit(void *context, const struct roster_gap *gap);
/* Each gap once for a rung, LIMIT_ISSUES_MAX of a rung at the most. */
void roster_gaps(const struct roster *roster, const struct policy *policy,
		 const struct cover_gap *period, roster_visit *visit, void *context);
/* Whether somebody is there at every instant, for ever: people without a Schedule. */
bool roster_has_terminal_rung(const struct roster *roster, const struct policy *policy);

#endif
