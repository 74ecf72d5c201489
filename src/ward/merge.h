/* SPDX-License-Identifier: Apache-2.0
 * One child under two ids: a Patient whose `link` says replaced-by, or one that says replaces. What is sent under
 * either id comes to the stay that is open, and its ward is told that it does; two open stays keep what is sent under
 * their own, and both wards are told. Links seealso and refer say nothing of that kind. A link that is taken away is
 * said as well. Records that are linked make a ring, so that a chain of merges is one child. What is known of the child
 * beside its readings counts under either id as well: contacts, doses that may hide a fever, pregnancy, equipment; when
 * a link comes or goes, that is looked at anew. */
#ifndef WARD_MERGE_H
#define WARD_MERGE_H

#include "ward/model.h"

#define MERGE_LINKS_MAX 16

struct merge_link { /* what one Patient says of another */
	struct merge_link *next;
	struct patient *other;
};

/* A Patient was written: its links are these now. */
void merge_event(struct ward_core *core, struct patient *patient, const struct json *resource);
/* The next record of the same child, round and round; the patient itself when there is no other. */
struct patient *merge_next(const struct patient *patient);
/* The stay that takes what is sent under this id and is told of its equipment: the record's own open one, else one that
 * is open under another of its child, else the last that ended in the window (MODEL_WINDOW_US). NULL: none. */
struct stay *merge_stay(const struct ward_core *core, const struct patient *patient);
/* Of two stays of one child the one that takes what is sent: an open one, else what ended last, else `found`. */
struct stay *merge_sooner(struct stay *found, struct stay *stay);
/* Whether two ids mean one child; equal ids do. */
bool merge_same(const struct ward_core *core, struct str one, struct str other);
/* The contacts of the child: the record's own, else, when none of them has their time now, those of another record. */
const struct contact *merge_contacts(const struct ward_core *core, const struct patient *patient);
/* A stay was written: when it is the second open one of a child, both wards are told. */
void merge_stay_event(struct ward_core *core, struct stay *stay);
/* The stay takes what was sent under the other id. */
void merge_taken(struct ward_core *core, struct stay *stay, const struct patient *sent_for);
/* Checkpoint: one link of a patient, at the end of its list. */
void merge_load(struct patient *patient, struct patient *other);
void merge_done(struct patient *patient); /* frees its links */

#endif
