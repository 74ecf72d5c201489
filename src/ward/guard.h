/* SPDX-License-Identifier: Apache-2.0
 * What the ward lets nobody do through the FHIR interface: one guard a type (api/guard.h), one file a noun. The
 * engine's own writes and the operations do not come this way. Only the guard files and operations that ask the same
 * question include this header. */
#ifndef WARD_GUARD_H
#define WARD_GUARD_H

#include "api/guard.h"
#include "ward/model.h"

change_guard_check guard_policy;      /* PlanDefinition */
change_guard_check guard_bundle;      /* Bundle */
change_guard_check guard_ward;        /* Organization */
change_guard_check guard_patient;     /* Patient */
change_guard_check guard_alert;       /* Task */
change_guard_check guard_stay;        /* EpisodeOfCare */
change_guard_check guard_plan;        /* CarePlan */
change_guard_check guard_observation; /* Observation */
change_guard_check guard_form;        /* Questionnaire */
change_guard_check guard_channel;     /* Endpoint */
change_guard_check guard_report;      /* MeasureReport */
change_guard_check guard_rota;        /* Schedule */

/* Whether an answer to the search exists at all; *ret_count 0, 1, or 2 for more. */
enum error guard_find(const struct guarded *guarded, const char *type,
		      const struct search_argument *arguments, size_t count, size_t *ret_count);
/* The same, and when there is none there must be none when the change is written either. */
enum error guard_none(const struct guarded *guarded, const char *type,
		      const struct search_argument *arguments, size_t count, size_t *ret_count);
/* The same value: members in any order, 38 and 38.0 alike. NULL equals NULL alone. False when the arena failed. */
bool guard_same(struct arena *arena, const struct json *a, const struct json *b);
/* A copy with its numbers in one spelling, for json_equal; NULL when the arena failed. */
struct json *guard_plain(struct arena *arena, const struct json *tree);
/* Whether some element of the list is equal to this one; `list` may be NULL. */
bool guard_holds(const struct json *list, const struct json *one);
/* Whether an Annotation says what and by whom. */
bool guard_note_is_signed(const struct json *note);
/* Whether `next` has a signed note (Annotation) that `current` has not; `current` may be NULL. */
bool guard_adds_note(const struct guarded *guarded);
/* Whether a High or Emergency alert of the patient ("Patient/id"), or a concern of anybody's, has had no answer. */
enum error guard_unanswered(const struct guarded *guarded, struct str patient,
			    bool *ret_unanswered);
/* Whether a stay is open that a search by `parameter` (patient, organization) finds with this resource. */
enum error guard_has_open_stay(const struct guarded *guarded, struct str parameter, struct str type,
			       bool *ret_open);
/* Whether `active` becomes false. */
bool guard_puts_out_of_use(const struct guarded *guarded);

#endif
