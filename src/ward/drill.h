/* SPDX-License-Identifier: Apache-2.0
 * Tests of the ways to people (ward.md section 4, "Dead-man": weekly test of every on-call phone). One is asked for
 * by a CommunicationRequest: `category` HW/CodeSystem/ward-task channel-test, `about` the ward, `recipient` those to be
 * tested, or nobody: everybody of the ward on shift at that moment. Each of them gets a page on every channel that
 * leads to them; a page without proof by its deadline is a technical alert of the ward. */
#ifndef WARD_DRILL_H
#define WARD_DRILL_H

#include "ward/model.h"

void drill_event(struct ward_core *core, const struct ward_event *event);

#endif
