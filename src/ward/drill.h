/* SPDX-License-Identifier: Apache-2.0
 * Tests of the ways to people (ward.md section 4, "Dead-man": weekly test of every on-call phone). The ward makes them
 * by itself: a telephone that is new is tested as soon as its owner is on shift, and every `testEvery` of the ward's
 * policy (a week) after its last test, while its owner is on shift; who is always on call, in the daytime. One is
 * asked for by a CommunicationRequest: `category` HW/CodeSystem/ward-task channel-test, `about` the ward, `recipient`
 * those to be tested, or nobody: everybody of the ward on shift at that moment; it goes out on every channel that leads
 * to them, the weekly one to telephones. A page without proof by its deadline is a technical alert of the ward. */
#ifndef WARD_DRILL_H
#define WARD_DRILL_H

#include "ward/model.h"

void drill_event(struct ward_core *core, const struct ward_event *event);
/* The PractitionerRole says which numbers lead to this person: others than before are to be tested. */
void drill_telephones(struct ward_core *core, struct role *role, const struct json *resource);
/* When somebody of this ward (`place`: place.h) is tested next; MODEL_NEVER for other stays. */
int64_t drill_next_us(const struct ward_core *core, const struct stay *place);
void drill_fire(struct ward_core *core, struct stay *place);
/* A test page was not proved to arrive: it is tried again tomorrow. `title` names all that were not and have not been
 * tried again. */
void drill_failed(struct ward_core *core, const struct stay *place, const struct page *page,
		  char title[MODEL_TEXT_BYTES]);

#endif
