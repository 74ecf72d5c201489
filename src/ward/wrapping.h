/* SPDX-License-Identifier: Apache-2.0
 * Signs and answers that stand within another resource: in a stored Bundle (document, message, collection …), or
 * `contained` in a report, a form, a picture, another Observation. Whose they are, when and by what they were measured
 * nobody vouches for there: no rule judges them, and nothing of them is dropped in silence. What may be a sign (the
 * line of unread.h) is a DetectedIssue that names the resource, and somebody is told to open it: the nurse of the
 * stay it says it is of, else a ward, by the rule of what is sent for somebody on no ward (stray.h). Medium, and worry
 * or answers as loud as worry. What another system measured before the stay, or longer ago than readings are kept, is
 * history: the DetectedIssue alone. Every version is said anew. */
#ifndef WARD_WRAPPING_H
#define WARD_WRAPPING_H

#include "ward/model.h"

/* By its text, as stored, alone: whether an Observation or a QuestionnaireResponse may stand within. */
bool wrapping_may_hold(struct str body);
/* A version of any resource that a client wrote, after its own rule. */
void wrapping_event(struct ward_core *core, const struct ward_event *event);

#endif
