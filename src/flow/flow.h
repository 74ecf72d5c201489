/* SPDX-License-Identifier: Apache-2.0
 * The room flow: what people of the ward do from referral to discharge, and what the record says about the ward in
 * figures (issue 3, items 7 and 8). It reads the record and writes through it; the ward engine learns of it
 * from the feed.
 * docs/decisions/0006 "Ward work" and 0012. */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "api/router.h"

extern const struct route_table flow_routes;

/* Puts the shipped Measures into a record that lacks them. */
MUST_CHECK enum error flow_start(struct store *store);

/* weekly.c: makes the reports of past weeks on a thread of its own until it is stopped, which waits for no count.
 * `time` such as "mon 06:00"; NULL: it is no such time, or there is no thread to be had. The server outlives it. */
struct flow_weekly;
struct flow_weekly *flow_weekly_start(struct server *server, struct str time);
void flow_weekly_stop(struct flow_weekly *weekly);

#endif
