/* SPDX-License-Identifier: Apache-2.0
 * What a home sends and no open stay takes: nothing of it is dropped in silence. For somebody whose stay has ended or
 * has not begun it goes to that stay, whenever that was; for somebody whom no ward knows it is an alert of a ward. */
#ifndef WARD_STRAY_H
#define WARD_STRAY_H

#include "ward/model.h"

/* The stay that takes what is sent for this patient, under whichever id of theirs (merge.h): the open one, else one
 * that ended in the last three days; of what a home sent (`from_home`) the last one that ended, else one that is
 * planned. NULL: none. */
struct stay *stray_stay(const struct ward_core *core, const struct patient *patient,
			bool from_home);
/* By an app, a carer, a device, over the telephone; by the patient or a relative; or words of concern. */
bool stray_from_home(const struct json *observation);
/* The same, but that words of concern alone say nothing of who sent them. */
bool stray_sent_by_home(const struct json *observation);
/* The same of any resource, but that a device may be the hospital's. */
bool stray_is_said_by_home(const struct json *resource);
/* The patient whom a resource is about, by `subject`, `patient` or `for`: an id, or empty. */
struct str stray_patient(const struct json *resource);
/* No stay took it. Of hospital equipment that measures somebody whom no ward knows nothing is said. */
void stray_observation(struct ward_core *core, const struct ward_event *event);
void stray_answers(struct ward_core *core, const struct ward_event *event);
/* An alert of this ward, or of one with patients when it is NULL, about what stands on no stay. */
void stray_say(struct ward_core *core, struct ward_place *ward, enum alert_level level,
	       const char *title, const char *focus);
/* Whether `focus` says that a sign was measured on somebody else than its subject. Concern is always the subject's. */
bool stray_is_of_another(const struct json *observation);
/* Says that an Observation of this stay, of which nothing was read, was measured on somebody else. */
void stray_elsewhere(struct ward_core *core, struct stay *stay, const struct ward_event *event);

#endif
