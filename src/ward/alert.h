/* SPDX-License-Identifier: Apache-2.0
 * An alert's life and the pages about it: what the files named here offer to the rest of the core.
 * Only the files of this room's core include this header, through model.h. */
#ifndef WARD_ALERT_H
#define WARD_ALERT_H

#include "ward/model.h"

/* alert.c */
/* EPISODE/RULE/START of the alert's identifier. */
void alert_cause_text(const struct alert *alert, char ret_text[160]);
struct str alert_rule(const struct alert *alert); /* code of CodeSystem ward-rule */
/* The first cause with this code; ALERT_CAUSE_CARRIED: none has it. */
enum alert_cause alert_cause_of_rule(struct str rule);
/* As the newest of its stay. */
void alert_append(struct stay *stay, struct alert *alert);
struct alert *alert_open(const struct stay *stay, enum alert_cause cause);
bool alert_is_open(const struct alert *alert);
struct alert *alert_raise(struct ward_core *core, struct stay *stay, enum alert_cause cause,
			  enum alert_level level, struct str title);
/* Raises the level of an open alert; it is paged anew, also when it was acknowledged. */
void alert_worsen(struct ward_core *core, struct alert *alert, enum alert_level level,
		  const char *why);
void alert_lower(struct ward_core *core, struct alert *alert, enum alert_level level);
void alert_close(struct ward_core *core, struct alert *alert, enum alert_end end,
		 struct str reason);
void alert_touch(struct ward_core *core, struct alert *alert);
/* The title says this first, and behind it what it said before, as far as there is room. `title` has MODEL_TEXT_BYTES;
 * it becomes the whole. */
void alert_say_first(struct alert *alert, char *title);
/* Whoever is its owner is so from this instant; without an owner: nobody is. */
void alert_own(struct alert *alert, int64_t at_us);
void alert_note(struct ward_core *core, struct alert *alert, const char *text);
/* Notes that the alert has not got yet; they are only ever added. True: there were some. */
bool alert_take_notes(struct alert *alert, const struct json *notes);
/* A person's version of the Task. */
void alert_human(struct ward_core *core, struct alert *alert, const struct json *task);
/* The deadline passed. */
void alert_expire(struct ward_core *core, struct alert *alert);
void alert_delivered(struct ward_core *core, struct alert *alert);

/* Pages that still wait are stopped; proved: whoever answered on the board has seen it. */
void alert_stop_pages(struct alert *alert, int64_t proof_us);

/* snooze.c */
bool snooze_is_on(const struct alert *alert);
bool snooze_is_refused(struct str rule, enum alert_level level); /* it may never be silent */
bool snooze_is_asked(const struct alert *alert, const struct json *task); /* anew */
void snooze_take(struct ward_core *core, struct alert *alert, const struct json *task);
void snooze_end(struct ward_core *core, struct alert *alert, bool in_a_row);
void snooze_expire(struct ward_core *core, struct alert *alert);
void snooze_rota(struct ward_core *core); /* the rota changed */

/* opinion.c */
void opinion_ward(struct ward_place *ward, const struct json *organization);
void opinion_take(struct ward_core *core, struct alert *alert, const struct json *task);
void opinion_tell(struct ward_core *core, struct alert *concern);

/* defer.c */
void defer_read(struct stay *stay, const struct json *plan);
/* The due time with an agreed silence; `due_us` without. */
int64_t defer_due_us(const struct ward_core *core, const struct stay *stay, int64_t due_us);
bool defer_is_on(const struct ward_core *core, const struct stay *stay);
int64_t defer_until_max_us(const struct ward_core *core, const struct stay *stay);

/* channel.c */
/* By its telecom: what is old, or outside its period at that instant, leads to nobody. */
uint32_t channel_reach(const struct json *resource, int64_t at_us);
void channel_reach_print(uint32_t reach,
			 struct text *text); /* ["sms","voice"], the preferred first */
/* The same for staff: a mobile phone can be rung as well, after all else. */
uint32_t channel_reach_staff(const struct json *resource, int64_t at_us);
bool channel_is_set_up(const struct ward_core *core, enum channel channel);
/* The first that is set up; the one that follows `channel` in the order; CHANNEL_NONE when there is none. */
enum channel channel_first(const struct ward_core *core, uint32_t reach);
enum channel channel_after(const struct ward_core *core, uint32_t reach, enum channel channel);
/* The one at this place of the order, set up or not; CHANNEL_NONE beyond the last. */
enum channel channel_at(uint32_t reach, uint32_t place);
bool channel_pushes(const struct ward_core *core, const char *recipient);
void channel_event(struct ward_core *core, const struct ward_event *event); /* an Endpoint */

/* message.c: texts for people in their language */
struct message *message_create(void);
void message_destroy(struct message *messages);
/* The preferred language of a Patient's or RelatedPerson's `communication`. */
void message_language(const struct json *resource, char ret_language[MODEL_LANGUAGE_BYTES]);
/* The text in this language, followed by the English while no clinician has approved the translation. `english`
 * itself when there is none. */
struct str message_text(const struct message *messages, struct arena *arena, struct str english,
			struct str language);

/* page.c */
void page_ladder_start(struct ward_core *core, struct alert *alert, uint32_t rung);
/* The rung on which an alert of its cause begins. */
uint32_t page_first_rung(const struct alert *alert);
/* The rung of its ladder on which an alert goes on that was called out by the ladder `was`: with whom it had reached,
 * and where it had reached nobody, from the first rung. */
uint32_t page_rung_again(const struct alert *alert, const struct ladder *was);
/* Nobody answered in time: the next rung with somebody; where nobody is above, whoever is below once more. */
void page_ladder_next(struct ward_core *core, struct alert *alert);
/* Every page of its rung is lost before its time: on at once, as page_ladder_next, but not to whoever was called just
 * now; then the rung keeps its deadline, and the empty rungs above are said. */
void page_ladder_leave(struct ward_core *core, struct alert *alert);
/* The hours of an alert that waited for them begin: its rung is called. */
void page_hours_begin(struct ward_core *core, struct alert *alert);
const struct ladder *page_ladder(const struct alert *alert);
void page_family(struct ward_core *core, struct stay *stay, struct alert *alert, bool all,
		 const char *text);
/* Deadlines of pages that have passed; after the alerts' own. */
void page_fire(struct ward_core *core, struct stay *stay);
/* Pages who owns the alert now, on the rung where it stands. */
void page_owner(struct ward_core *core, struct alert *alert);
/* What a sender wrote about a page; `alert` NULL: a page outside an alert. */
void page_event(struct ward_core *core, struct stay *stay, struct alert *alert, struct page *page,
		const struct json *communication);

#endif
