/* SPDX-License-Identifier: Apache-2.0
 * Reads every resource that the ward writes, as any FHIR client could, and holds it against the perfect ward
 * (ideal.h), the ladders (ladder.h) and what nurses did. Each time the ward has caught up, everything must fit:
 * no alert missing, late, doubled or without a cause; every deadline climbs; every climb pages; nothing closes
 * without a person or a rule; every score is the one of its readings. */
#ifndef SIMULATE_INSPECTOR_H
#define SIMULATE_INSPECTOR_H

#include "simulate/ideal.h"
#include "simulate/ladder.h"
#include "simulate/story.h"
#include "simulate/tally.h"
#include "json/json.h"

enum { WATCH_GRADES_MAX = 6 };
enum { WATCH_ACTS_MAX = 12, WATCH_PAGES_MAX = 32, INSPECTOR_HANDED_MAX = 64 };
/* What a nurse did to an alert; the record took it. */
struct watch_act {
	int64_t at_us;
	enum { ACT_ACCEPT, ACT_RESOLVE, ACT_SNOOZE, ACT_TAKE_OVER, ACT_MOVE } kind;
	int64_t wished_us; /* review by, or silent until; 0: none */
	size_t person;     /* of the rota: who did it; LADDER_OTHER: signed by name */
	size_t from;       /* whose patient was taken over */
	size_t stay;       /* of a patient taken over, or moved */
	size_t ward;       /* where to */
	uint64_t order;    /* among those of one instant */
};
struct watch_page {
	int64_t sent_us;
	size_t person;
};
/* One alert, as its Task says it. */
struct watch {
	char id[65];
	char display[48];
	size_t stay;
	size_t ward; /* of what concerns a ward and no stay */
	enum cause cause;
	bool open, accepted, by_person, written;
	bool inspected; /* its place below is valid */
	size_t owner;   /* of the rota; LADDER_OTHER: nobody, or somebody by name */
	enum grade grade, grade_max;
	uint32_t rung;
	int64_t deadline_us, raised_us, closed_us;
	int64_t call_us; /* it waits for office hours until then; 0: it does not */
	struct watch_grade {
		int64_t from_us;
		enum grade grade;
	} grades[WATCH_GRADES_MAX]; /* the last changes, oldest first */
	size_t grade_count;
	int64_t silenced_us; /* when the last snooze was taken */
	size_t silenced_by;  /* of the rota */
	int64_t snoozed_us;  /* silent until then; 0: not snoozed */
	uint32_t snoozes;    /* in a row, as the Task says */
	int64_t acted_us;    /* when somebody did something to it last */
	int64_t visit_us;    /* true time at which a nurse means to look at it */
	char end[16];
	struct ladder_place place; /* at the last settling */
	/* what a worsening is measured against */
	int total, value;
	uint32_t abnormal;
	int64_t set_us, group_us;
	struct watch_act acts[WATCH_ACTS_MAX];
	size_t act_count;
	struct watch_page pages[WATCH_PAGES_MAX]; /* a ring */
	size_t page_count;
};
/* A page that leaves the house, until it is proved, owed no more or too late. */
struct letter {
	char id[65];
	size_t watch, stay; /* watch SIZE_MAX: about no alert */
	size_t person;      /* of the rota; LADDER_OTHER: of the family */
	enum way way;
	bool urgent; /* of an Emergency: all ways at once */
	int64_t sent_us;
	int64_t deadline_us; /* 0: not known yet */
	bool guessed;        /* the deadline: of a walk too long to say which of several it was */
	int64_t received_us; /* 0: no receipt */
	bool stopped;        /* as the record says */
	bool done;
};
/* The newest version of a score in the record. */
struct shown_score {
	uint64_t id_hash;
	size_t stay;
	int64_t start_us;
	int total;
	bool complete, valid;
	bool fresh; /* written since the last settling */
	uint32_t members;
};

struct inspector {
	struct ideal *ideal;
	const struct rota *rota;
	struct story *story;
	struct watch *watches;
	size_t watch_count, watch_capacity;
	size_t *open; /* watches that are open, or were written since the last settling */
	size_t open_count, open_capacity;
	uint32_t *table; /* by id: index + 1 */
	size_t table_capacity;
	uint8_t *placed; /* by number of the Observation: a DetectedIssue says what became of it */
	size_t placed_capacity;
	struct shown_score *scores;
	size_t score_count, score_capacity;
	struct watch_act handed
		[INSPECTOR_HANDED_MAX]; /* patients taken over or moved since the last settling */
	size_t handed_count;
	uint64_t order;
	struct letter *letters;
	size_t letter_count, letter_capacity;
	int64_t settled_us;
	/* figures */
	int64_t issues, asides;
	int64_t alerts, pages, scores_seen, demands, climbs;
	int64_t tally[TALLY_COUNT];
	int64_t down_us; /* the server was away from then on; 0: it was not */
	int64_t by_cause[CAUSE_COUNT];
};
void inspector_done(struct inspector *inspector);
/* A version that the ward wrote. */
void inspector_see(struct inspector *inspector, struct str type, const struct json *resource);
struct watch *inspector_find(struct inspector *inspector, struct str id);
void inspector_act(struct inspector *inspector, struct str id, struct watch_act act);
/* A handover was accepted: what was `from`'s of this stay is the person's from now on. */
void inspector_take_over(struct inspector *inspector, struct watch_act act);
/* The stay goes on on this ward from now on. */
void inspector_move(struct inspector *inspector, size_t stay, size_t ward, int64_t at_us);
/* A person resolved an alert of this very set, so that only what is worse must raise another. */
bool inspector_is_answered(const struct inspector *inspector, const struct ideal_demand *demand);
/* The ward has read, decided and written everything up to `now_us`. */
void inspector_settle(struct inspector *inspector, int64_t now_us);
const char *cause_name(enum cause cause);

/* inspector_alert.c: one alert against its ladder. */
void inspector_alert(struct inspector *inspector, struct watch *watch, int64_t now_us);
/* A reading went: what a worsening is measured against comes down to what still stood then. */
void inspector_compare(const struct inspector *inspector, struct watch *watch,
		       const struct ideal_demand *went);
/* inspector_letter.c: pages that leave the house, each with its proof or its consequence. */
enum way way_of(struct str medium);
void inspector_see_letter(struct inspector *inspector, const struct letter *letter);
/* The number of a letter is another page's now. */
void inspector_forget_letter(struct inspector *inspector, struct str id);
void inspector_receipt(struct inspector *inspector, const char *id, int64_t at_us);
/* The letters that a climb of this alert owed. `owed`: else they are explained, and not demanded. */
void inspector_explain(struct inspector *inspector, struct watch *watch,
		       const struct ladder_climb *climb, bool owed);
void inspector_note_grade(struct watch *watch, int64_t at_us, enum grade grade);
/* `all`: else those about handovers wait, which are looked at later. */
void inspector_letters(struct inspector *inspector, int64_t now_us, bool all);
/* inspector_move.c: what was open when a stay moved is said on both wards. */
void inspector_moves(struct inspector *inspector);
/* inspector_death.c: nothing goes to the family of whoever has died, and what waited is stopped. */
void inspector_see_family(struct inspector *inspector, const struct letter *letter);
void inspector_check_dead(struct inspector *inspector, int64_t now_us);
/* inspector_stray.c: what is on nobody's chart is said on a ward. */
void inspector_check_strays(struct inspector *inspector);
/* inspector_handover.c: what going home asks for; alerts of handovers close when nothing is left without an answer. */
void inspector_homes(struct inspector *inspector, const struct watch *watch,
		     const struct ladder_walk *walk, bool required);
bool inspector_may_be_covered(const struct inspector *inspector, const struct watch *watch);
void inspector_check_covered(struct inspector *inspector, int64_t now_us);

#endif
