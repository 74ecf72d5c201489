/* SPDX-License-Identifier: Apache-2.0
 * Local days of a ward in Europe/London: 23 and 25 hours long when the clocks change. Source of the snapshot
 * at 08:00
 * and of the day 00:00 to 24:00: ward.md section 2, SitRep. */
#ifndef FLOW_DAY_H
#define FLOW_DAY_H

#include "base/date.h"

/* A calendar day, by its number since 1970-01-01. */
/* The local day that an instant falls on. */
int64_t day_of(int64_t at_us);
/* The instant at which the wall clock shows that hour of the day (0 to 23, but for the hours that change). */
int64_t day_at(int64_t day, unsigned hour);
/* "2026-06-01"; 11 bytes with its NUL. */
void day_write(int64_t day, char ret_text[11]);
/* A FHIR date of day precision; false for anything else. */
bool day_parse(struct str text, int64_t *ret_day);
/* A period of a report: dates are whole local days (months, years), the last one included; dateTimes are
 * instants, the end
 * not included. False when one cannot be read or the end is not after the start. */
bool day_period(struct str start, struct str end, int64_t *ret_from_us, int64_t *ret_to_us);

#endif
