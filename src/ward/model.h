/* SPDX-License-Identifier: Apache-2.0
 * What the ward's core holds. Owner of everything: struct ward_core. Identifiers and short texts stand in
 * fixed arrays (NUL at the end), so that a stay can be saved and loaded by tables (checkpoint.c).
 * Only the files of this room's core include this header. */
#ifndef WARD_MODEL_H
#define WARD_MODEL_H

#include "base/date.h"
#include "base/decimal.h"
#include "score/score.h"
#include "ward/channel.h"
#include "ward/core.h"
#include "ward/map.h"
#include "ward/ordered.h"

#define MODEL_ID_BYTES 65 /* FHIR ids have at most 64 characters */
#define MODEL_REFERENCE_BYTES 100
#define MODEL_NAME_BYTES 120
#define MODEL_TEXT_BYTES 240
#define MODEL_NOTE_BYTES 2000
#define MODEL_LANGUAGE_BYTES 16
#define MODEL_SITE_BYTES 48
#define MODEL_NEVER INT64_MAX
/* How long readings, closed alerts and finished stays are kept in memory; the board's chart asks the record. */
#define MODEL_WINDOW_US (72 * DATE_US_PER_HOUR)

enum alert_level {
	ALERT_LEVEL_NONE,
	ALERT_LEVEL_TECHNICAL,
	ALERT_LEVEL_LOW,
	ALERT_LEVEL_MEDIUM,
	ALERT_LEVEL_HIGH,
	ALERT_LEVEL_EMERGENCY,
	ALERT_LEVEL_COUNT,
};
struct str alert_level_name(enum alert_level level); /* "none", "technical" … */
bool alert_level_find(struct str name, enum alert_level *ret_level);

/* What an alert is about: at most one open alert a stay and cause. */
enum alert_cause {
	ALERT_CAUSE_SCORE, /* score or single parameter of a set that came in time */
	ALERT_CAUSE_LATE,  /* the same for readings that came late, grouped */
	ALERT_CAUSE_FEVER,
	ALERT_CAUSE_HYPOTHERMIA,
	ALERT_CAUSE_CONCERN, /* parent or carer */
	ALERT_CAUSE_CONSCIOUSNESS,
	ALERT_CAUSE_ASLEEP, /* consciousness could not be judged: look again */
	ALERT_CAUSE_OVERDUE,
	ALERT_CAUSE_IMPLAUSIBLE,
	ALERT_CAUSE_TIME,
	ALERT_CAUSE_CONFLICT,
	ALERT_CAUSE_UNDELIVERED, /* a page was given up on its channel */
	ALERT_CAUSE_DELIVERY,    /* nobody on shift for a rung */
	ALERT_CAUSE_BAND,        /* another age band counts from now on */
	ALERT_CAUSE_UNSCORED,    /* policy or birth date missing: the stay cannot be scored */
	ALERT_CAUSE_EQUIPMENT,   /* a reading by equipment that is not this patient's */
	ALERT_CAUSE_BATTERY,     /* equipment that will stop soon */
	ALERT_CAUSE_SILENT,      /* equipment that is not heard of any more */
	ALERT_CAUSE_DISCREPANCY, /* a total that came with the readings is not ours */
	ALERT_CAUSE_AFTER,       /* taken during the stay, filed after its end */
	ALERT_CAUSE_INTUITION,   /* a clinician's, whatever the score */
	ALERT_CAUSE_QUESTION,    /* an answer of a questionnaire */
	ALERT_CAUSE_BASELINE,    /* a value has moved from the patient's own */
	ALERT_CAUSE_LIMIT,       /* a limit set for this patient alone */
	ALERT_CAUSE_HANDOVER,    /* a patient whom nobody has taken over */
	ALERT_CAUSE_ROTA,        /* hours to come with nobody for a rung */
	ALERT_CAUSE_SELF_TEST,   /* the ward's synthetic patient */
	ALERT_CAUSE_PARAMETER,   /* one sign by itself, by a range of the policy */
	ALERT_CAUSE_ACCESS,      /* a person of another ward opened the record */
	ALERT_CAUSE_PUPILS,      /* specific concern: abnormal pupils */
	ALERT_CAUSE_SEPSIS,      /* specific concern: sepsis or septic shock suspected anew */
	ALERT_CAUSE_OPINION,     /* a second opinion was asked for */
	ALERT_CAUSE_UNANSWERED,  /* no answers to the questions of the day */
	ALERT_CAUSE_STRAY,       /* sent for somebody whom no ward knows */
	ALERT_CAUSE_MOVED,       /* move.h: a stay came, or went, with open alerts */
	ALERT_CAUSE_CARRIED, /* carried.h: of an earlier version; its rule is the cause it was raised for */
	ALERT_CAUSE_MERGED,   /* merge.h: one child under two ids */
	ALERT_CAUSE_DECEASED, /* deceased.h: the stay of somebody who has died */
	ALERT_CAUSE_COUNT,
};
enum alert_status {
	ALERT_REQUESTED,
	ALERT_RECEIVED,
	ALERT_ACCEPTED,
	ALERT_COMPLETED,
	ALERT_CANCELLED,
	ALERT_STATUS_COUNT,
};
enum alert_end { /* why an alert is closed */
		 ALERT_END_OPEN,
		 ALERT_END_PERSON,
		 ALERT_END_IMPROVED,
		 ALERT_END_ARRIVED,
		 ALERT_END_PAUSED,
		 ALERT_END_DISCHARGED,
		 ALERT_END_COVERED, /* somebody has taken over, or will be there */
		 ALERT_END_COUNT,
};

enum ward_role {
	ROLE_NURSE,
	ROLE_SHIFT_LEAD,
	ROLE_NURSE_IN_CHARGE,
	ROLE_REGISTRAR,
	ROLE_CONSULTANT,
	ROLE_SWITCHBOARD,
	ROLE_SELF_TEST, /* no person: whoever takes the pages of the ward's synthetic patient */
	ROLE_OUTREACH,  /* critical care outreach: an opinion from outside the ward */
	ROLE_TECHNICAL_DESK, /* whoever looks after feeds and equipment */
	ROLE_MIDWIFE,
	ROLE_OBSTETRICIAN,
	ROLE_COMMUNITY_NURSE,
	ROLE_SPECIALIST_NURSE, /* of a long-term condition */
	ROLE_GENERAL_PRACTITIONER,
	ROLE_CARE_HOME, /* staff of the home a resident lives in */
	ROLE_COUNT,
};
struct str role_name(enum ward_role role); /* "Nurse in charge" */
struct str role_code(enum ward_role role);

/* Inputs of a reading: those of the scores and the ward's own, which no score counts. */
#define READING_CONCERN SCORE_INPUT_COUNT /* carer question or the worry button */
#define READING_WEIGHT (SCORE_INPUT_COUNT + 1)
#define READING_PUPILS (SCORE_INPUT_COUNT + 2)    /* code: enum concern_answer */
#define READING_SEPSIS (SCORE_INPUT_COUNT + 3)    /* the same */
#define READING_INTUITION (SCORE_INPUT_COUNT + 4) /* the same, and the level the clinician picked */
#define READING_TOTAL (SCORE_INPUT_COUNT + 5)     /* of another system; code: enum score_scale */
#define READING_INPUT_COUNT (SCORE_INPUT_COUNT + 6)
enum concern_answer {
	CONCERN_NO,
	CONCERN_YES,   /* abnormal pupils, sepsis suspected, a clinician's unease */
	CONCERN_SHOCK, /* septic shock suspected */
	CONCERN_UNREADABLE,
};
struct str reading_input_name(unsigned input);  /* "heartRate", "worried" */
struct str reading_input_label(unsigned input); /* "Heart rate" */
struct str reading_input_unit(unsigned input);  /* as people read it: "/min"; empty: none */

/* --- policy --------------------------------------------------------------------------------- */
#define POLICY_TIMES_MAX 8
struct policy_times { /* wall clock, Europe/London: minutes after midnight, ascending */
	uint32_t count;
	uint16_t minutes[POLICY_TIMES_MAX];
};
#define POLICY_WATCHES_MAX 24
enum watch_kind {
	WATCH_RANGE,    /* a value within from..to */
	WATCH_CHANGE,   /* up or down by an amount within some days */
	WATCH_BASELINE, /* up or down by an amount against the patient's own two weeks */
	WATCH_KIND_COUNT,
};
/* A rule on one sign by itself, beside the score. */
struct watch {
	char id[40]; /* the action's */
	uint8_t kind, input;
	enum alert_level level;
	bool has_low, has_high; /* range: from, to (both included); else: down, up */
	struct decimal low, high;
	int64_t within_us; /* change */
	int least;         /* baseline: values needed before it means something */
};
#define POLICY_QUESTIONS_MAX 4
struct policy_questions {
	char questionnaire[160]; /* canonical url|version */
	struct policy_times times;
	enum alert_level missing_level; /* none: only shown */
	int64_t missing_us;             /* after the time */
};
#define POLICY_RUNGS_MAX 8
#define POLICY_TEST_EVERY_US (7 * DATE_US_PER_DAY)
struct rung {
	char name[80];
	uint32_t roles; /* bit per enum ward_role; more than one: all at once */
};
struct ladder {
	int64_t acknowledge_us, review_us, repeat_us;
	uint32_t rung_count;
	struct rung rungs[POLICY_RUNGS_MAX];
};
#define POLICY_CLOSED_MAX 64
/* Wall clock of Europe/London. Each span begins on a day that is open and not closed; with `until_min` not after
 * `from_min` it ends on the day after. */
struct policy_hours {
	uint8_t days; /* bit per weekday, Monday first; 0: no hours, everything calls at once */
	uint16_t from_min, until_min;
	uint32_t closed_count;
	int64_t closed[POLICY_CLOSED_MAX]; /* days since 1970-01-01, ascending */
	uint64_t waits; /* bit per enum alert_cause: technical, calls in them alone */
};
enum overdue_stage {
	OVERDUE_NONE,
	OVERDUE_DUE,
	OVERDUE_AMBER,
	OVERDUE_MEDIUM,
	OVERDUE_HIGH,
	OVERDUE_EMERGENCY,
	OVERDUE_COUNT,
};
struct policy {
	struct policy *next;
	char id[MODEL_ID_BYTES];
	char url[160], version[32], title[80];
	enum score_scale scale;
	int spo2_scale;
	int64_t borderline_us; /* this near a birthday that changes the chart, the next one may be chosen */
	int64_t period_us, first_due_us, set_us, late_us, clock_skew_us, stale_us;
	int64_t sample_window_us;    /* continuous streams; 0: 30 s */
	struct decimal sample_share; /* of usable samples; 0: half */
	uint32_t asks;               /* bit per input */
	uint32_t complete_enough;
	uint32_t needs;     /* bit per input: without them a set is not complete enough */
	bool emergency_999; /* nobody sends: an ambulance instead of a welfare check */
	enum alert_level score_levels[SCORE_LEVEL_EMERGENCY + 1];
	enum alert_level alert_from;
	int score_worse;
	int parameter_part;
	enum alert_level parameter_level;
	bool has_fever, fever_inclusive, has_hypothermia, hypothermia_inclusive;
	struct decimal fever_from, fever_concern_from, fever_worse, hypothermia_below,
		hypothermia_worse;
	enum alert_level fever_level, hypothermia_level;
	enum alert_level concern_levels[SCORE_ASLEEP + 1]; /* by consciousness */
	enum alert_level parent_level;
	int64_t handover_us;   /* until the nurse in charge is told */
	int64_t rota_ahead_us; /* how early a gap is said */
	int64_t test_every_us; /* how often each telephone of staff is tested */
	uint32_t limit_roles;  /* bits: who may set a limit for one patient */
	enum alert_level pupils_level, sepsis_level, shock_level, intuition_level;
	int64_t antipyretic_us;            /* how long a dose may hide a fever */
	int64_t defer_us;                  /* the longest agreed silence beyond a due time */
	int64_t overdue_us[OVERDUE_COUNT]; /* after the due time; [OVERDUE_NONE] unused */
	int64_t repeat_us;
	int64_t silent_continuous_us, silent_spot_us, silent_scale_us; /* equipment */
	int64_t clock_amber_us;         /* a device clock that is further out is said */
	int battery_low, battery_amber; /* % */
	int signal_quality;             /* thousandths: less is not scored */
	struct ladder ladders[ALERT_LEVEL_COUNT];
	struct policy_times times; /* none: every period_us, elapsed */
	int64_t early_us;          /* a set taken this long before a time of day serves it */
	int64_t reassess_us[SCORE_LEVEL_EMERGENCY + 1]; /* 0: the schedule's own interval */
	bool has_partial; /* one value alone in a partial set alerts by partial_levels */
	enum alert_level partial_levels[5]; /* by the part's points */
	uint32_t watch_count;
	struct watch watches[POLICY_WATCHES_MAX];
	uint32_t question_count;
	struct policy_questions questions[POLICY_QUESTIONS_MAX];
	struct ladder opinion_ladder;     /* a second opinion: outreach first */
	struct ladder discrepancy_ladder; /* another system's score: the technical desk first */
	struct policy_hours hours;        /* of the technical desk */
};
/* Reads a PlanDefinition; false when it is not a ward policy or leaves a setting out that has no
 * safe default. With `issues` each reason is named, and so is every setting that no rule reads. */
bool policy_read(const struct json *plan, struct issues *issues, struct policy *ret_policy);
/* "url|version" of a PlanDefinition, by which stays and wards name it; empty when the arena failed. */
struct str policy_canonical(struct arena *arena, const struct json *plan);
/* Whether one of its extensions is a signature (operation_sign.c). */
bool policy_is_signature(const struct json *extension);
/* Whether a PlanDefinition means to be a policy of a ward at all. */
bool policy_is_ward(const struct json *plan);
/* Whether the rules may read it: it is in force or was; neither a draft nor one that was withdrawn. */
bool policy_was_in_force(const struct json *plan);
/* The policy "url|version"; else the newest of that url; else NULL. */
const struct policy *policy_find(const struct ward_core *core, struct str canonical);

/* --- readings and sets ---------------------------------------------------------------------- */
#define READING_TABLE_COUNT 2
enum reading_source { SOURCE_CARER, SOURCE_DEVICE, SOURCE_TELEPHONE, SOURCE_COUNT };
struct str reading_source_name(unsigned source); /* "telephone" */
struct reading {
	struct reading *next; /* of the stay, by (measured_us, feed, input) */
	char observation[MODEL_ID_BYTES];
	char device[MODEL_REFERENCE_BYTES];
	char text[24];               /* as shown: "52", "NP 0.5 l/min" */
	char site[MODEL_SITE_BYTES]; /* of a temperature: "axilla"; empty: not said */
	int64_t measured_us;         /* as evaluated; a suspect time counts as received_us */
	int64_t stated_us;           /* as the device said */
	int64_t received_us;
	int64_t feed;
	uint8_t input;
	uint8_t code; /* enum of the input: consciousness, distress, oxygen device, bp not done; concern: 1 */
	uint8_t level; /* concern: the level the carer picked */
	bool has_value, has_litres, has_fio2, not_done;
	struct decimal value;
	bool impossible;   /* hard limit: not scored */
	bool soft;         /* beyond the soft limit: scored, repeat asked for */
	bool time_suspect; /* does not satisfy the schedule */
	bool duplicate;    /* same device, time, input and value as an earlier one */
	bool conflict;     /* another value at nearly the same time scores otherwise */
	bool late;         /* received long after it was measured */
	uint8_t source;    /* enum reading_source */
	int64_t skew_us;   /* what the gateway's clock is ahead of the device's; stamp.h */
	bool stamped, device_clock;
	int16_t quality;  /* quality.h */
	bool poor_signal; /* the device doubts it: not scored, but it was tried */
	bool declined;    /* no value, and perhaps a coded reason why */
	bool judged;      /* READING_TOTAL: compared with ours */
	bool sampled;     /* a window of a continuous stream: sampled.c */
	bool bridges;     /* one that began in an earlier stream: bridge.h */
	bool fresh;       /* of the event in hand; never saved */
	bool by_home;     /* the same, of the first reading of an event: sent by a home */
	/* set_part's last result and what it depends on beside the reading. */
	struct reading_part {
		bool known;
		uint8_t scale, spo2_scale;
		int8_t chart; /* chosen; -1: by the age */
		char birth_date[11];
		int8_t part;
	} part;
	struct stay *stay; /* timeline.c */
	struct reading_link {
		struct reading *next, *before;
		uint32_t hash;
	} links[READING_TABLE_COUNT];
};
struct reading_table {
	struct reading **heads;
	size_t buckets, low, capacity, count;
};
struct set {
	struct set *next; /* of the stay, by start_us */
	struct stay *stay;
	char id[MODEL_ID_BYTES]; /* of the score Observation */
	int64_t start_us;
	int64_t span_us;     /* how long after the start its readings may be */
	uint64_t signature;  /* of the readings in it */
	int64_t received_us; /* the newest of its readings */
	uint32_t inputs;     /* scored inputs present */
	uint32_t abnormal;   /* inputs with a part above 0 */
	bool scored;         /* result is valid */
	bool enough;         /* satisfies the schedule */
	bool late;
	int64_t group_us;           /* late: the group it came with */
	uint8_t level;              /* enum alert_level: score and single parameter together */
	bool by_parameter;          /* the single parameter alone makes the level */
	struct score_result result; /* its band_name is not kept: */
	char band_name[32];
	int64_t version;
	bool fresh; /* newly scored in this event */
	bool dirty;
};

/* --- alerts --------------------------------------------------------------------------------- */
struct note {
	struct note *next;
	char author_reference[MODEL_REFERENCE_BYTES];
	char author_name[MODEL_NAME_BYTES];
	char time[32]; /* as written */
	char text[MODEL_NOTE_BYTES];
};
struct page {
	struct page *next;
	char id[MODEL_ID_BYTES];
	uint32_t number;
	char recipient[MODEL_REFERENCE_BYTES];
	char recipient_name[MODEL_NAME_BYTES];
	char text[MODEL_TEXT_BYTES];
	char language[MODEL_LANGUAGE_BYTES]; /* of the recipient; empty: English */
	bool family;
	bool withdrawn;  /* replaced in the instant it was made */
	bool unproved;   /* its deadline passed without proof of delivery */
	uint8_t channel; /* enum channel */
	uint8_t level;
	uint32_t rung;
	int64_t at_us;
	int64_t deadline_us;     /* proof by then, or the next channel; MODEL_NEVER on the board */
	uint8_t status;          /* enum page_status */
	int64_t sent_us;         /* the provider took it; 0: not */
	int64_t received_us;     /* proof, 0: none */
	int64_t seen_us;         /* displayed to the person, 0: not known */
	int64_t acknowledged_us; /* when the alert was acknowledged, 0: not */
	char proof[160];         /* in the sender's words */
	char provider[100];      /* what the provider calls it */
	int64_t version;
	bool dirty;
};
enum page_status {
	PAGE_PREPARATION,
	PAGE_IN_PROGRESS,
	PAGE_COMPLETED,
	PAGE_STOPPED,
	PAGE_NOT_DONE
};
struct alert {
	struct alert *next; /* of the stay, in the order raised */
	struct stay *stay;
	const struct policy *policy; /* the one it was raised under */
	bool own_policy;             /* the stay named it; else the newest of all stood in */
	char id[MODEL_ID_BYTES];
	uint8_t cause, rule, level, status, end;
	int64_t start_us, raised_us, level_us, closed_us;
	int64_t deadline_us; /* acknowledge by, after it review by; MODEL_NEVER when closed */
	int64_t call_us; /* outside its hours: the rung is called then; 0: it was, or need not be */
	uint32_t rung;
	int64_t rung_us;        /* when it was reached */
	int64_t owned_us;       /* since when it is the owner's */
	int64_t left_us;        /* the rota lost the owner's shift: then it is over; 0: no */
	bool owner_there;       /* of cover_rota_changing alone: on shift before the change */
	uint32_t inputs;        /* that made it */
	int32_t total;          /* the highest */
	int64_t set_us;         /* start of the newest set that made or worsened it */
	int64_t group_us;       /* of late readings: the upload it last followed */
	struct decimal extreme; /* fever, hypothermia: the furthest value */
	char title[MODEL_TEXT_BYTES];
	char latest[80];                   /* "now PEWS 0 at 14:00", or empty */
	char reason[MODEL_TEXT_BYTES];     /* why closed */
	char focus[MODEL_REFERENCE_BYTES]; /* id of an Observation, or Type/id */
	char owner[MODEL_REFERENCE_BYTES];
	char owner_name[MODEL_NAME_BYTES];
	int64_t acknowledged_us;    /* 0: not */
	char acknowledged_time[40]; /* executionPeriod.start as written */
	char acknowledged_by[MODEL_REFERENCE_BYTES];
	char acknowledged_name[MODEL_NAME_BYTES];
	struct snooze {
		int64_t until_us; /* 0: not snoozed */
		uint32_t count;   /* in a row */
		/* A request is known by when it was asked, as written, and by whom. */
		struct snooze_asking {
			char time[40];
			char by[MODEL_REFERENCE_BYTES];
		} taken, refused; /* the newest of each */
		char by_name[MODEL_NAME_BYTES];
		char reason[MODEL_TEXT_BYTES];
	} snooze;
	char opinion_time[40]; /* when a second opinion was last asked for here, as written */
	char opinion_by[MODEL_NAME_BYTES];
	struct note *notes;
	struct page *pages;
	uint32_t page_count;
	int64_t version;
	bool dirty;
};

/* --- people and places ---------------------------------------------------------------------- */
struct term {                      /* `period` of a person's part; term.c */
	int64_t from_us, until_us; /* 0 and MODEL_NEVER where it has no bound */
};
#define ROLE_ABSENCES_MAX 64
struct contact {
	struct contact *next; /* of the patient, by (rank, id) */
	char id[MODEL_ID_BYTES];
	char patient[MODEL_ID_BYTES];
	char name[MODEL_NAME_BYTES], relationship[80], phone[40];
	uint32_t rank;
	struct term term;
	uint32_t reach; /* channel.c */
	char language[MODEL_LANGUAGE_BYTES];
};
struct dose {              /* of an antipyretic */
	struct dose *next; /* of the patient, by (at_us, id) */
	char id[MODEL_ID_BYTES +
		1]; /* of the MedicationAdministration, or of the MedicationStatement with "s" before it */
	char patient[MODEL_ID_BYTES];
	int64_t at_us, until_us; /* the same, but for a course, or a date without a time of day */
};
struct patient {
	char id[MODEL_ID_BYTES];
	char name[MODEL_NAME_BYTES];
	char birth_date[11];
	bool deceased;  /* its own record says so; deceased.h */
	bool test;      /* no person: meta.tag HTEST; self_test.c */
	uint32_t reach; /* channel.c */
	char language[MODEL_LANGUAGE_BYTES];
	struct contact *contacts;
	struct dose *doses;
	struct pregnancy *pregnancies; /* pregnancy.c */
	struct team *teams;            /* team.h */
	struct device *devices;        /* device.h: what the patient has, by id */
	struct stay *stays;            /* newest first, by next_of_patient */
	struct merge_link *links;      /* merge.h: what its record says */
	struct patient *next_merged;   /* the ring of one child; NULL: alone */
};
struct practitioner {
	char id[MODEL_ID_BYTES];
	char name[MODEL_NAME_BYTES];
	bool left; /* not active */
};
struct slot {
	struct slot *next; /* of the schedule */
	char id[MODEL_ID_BYTES];
	char schedule[MODEL_ID_BYTES];
	int64_t start_us, end_us;
	bool busy;
};
struct schedule {
	char id[MODEL_ID_BYTES];
	bool active; /* else its shifts are nobody's */
	struct slot *slots;
	struct schedule_part *parts;
};
struct schedule_part {              /* one of the roles whose schedule it is */
	struct schedule_part *next; /* of the role, by the schedule's id */
	struct schedule_part *also; /* of the schedule */
	struct schedule *schedule;
	char role[MODEL_ID_BYTES];
};
struct role {
	struct role *next; /* of the core, by id */
	char id[MODEL_ID_BYTES];
	char ward[MODEL_ID_BYTES];
	char practitioner[MODEL_ID_BYTES];
	char display[MODEL_NAME_BYTES];
	uint32_t roles; /* bits */
	uint32_t reach; /* channel.c */
	bool known;
	struct term period; /* its own */
	struct term term;   /* none for somebody who has left: the Practitioner is not active */
	struct term absences[ROLE_ABSENCES_MAX]; /* absence.h; by from_us */
	uint32_t absence_count;
	uint64_t telephones;  /* which numbers; 0: none */
	int64_t test_from_us; /* drill.h: when they are to be tested next */
	struct schedule_part *schedules;
};
struct subscription { /* a browser that takes pages */
	char id[MODEL_ID_BYTES];
	char recipient[MODEL_REFERENCE_BYTES];
};
struct ward_place {
	struct ward_place *next; /* of the core, by id */
	char id[MODEL_ID_BYTES];
	char name[MODEL_NAME_BYTES];
	char canonical[200]; /* its policy */
	bool is_ward;
	char opinion_text[MODEL_TEXT_BYTES]; /* how a family reaches an independent review */
	char opinion_phone[40];
	char phone[40];               /* of the ward itself; empty: not known */
	size_t patients, open_alerts; /* shown.c */
	struct stay *stay;            /* place.h: of the ward itself; NULL: not made yet */
	int64_t look_us;              /* cover.h: when the rota is looked at again */
	bool rota_changed;            /* within an event */
};
#define STAY_ORDERS_MAX 8
struct spo2_order { /* $spo2-scale, from the CarePlan; the newest that is not later than a set counts for it */
	int64_t at_us;
	uint8_t scale;
	char by[MODEL_NAME_BYTES];
};
/* $pews-chart, from the CarePlan: a chart next to that of the age (chart.h). */
struct chart_order {
	int64_t at_us, until_us; /* MODEL_NEVER: as long as the age is borderline */
	int8_t band;             /* -1: by the age again */
	char by[MODEL_NAME_BYTES];
	char reason[MODEL_TEXT_BYTES];
};
struct measure {              /* for watches that look back further than readings are kept */
	struct measure *next; /* of the stay, by (at_us, observation) */
	int64_t at_us;
	int64_t value; /* thousandths */
	uint8_t input;
	char observation[MODEL_ID_BYTES];
};
struct pregnancy {              /* what one resource says */
	struct pregnancy *next; /* of the patient, by source */
	struct patient *patient;
	char source[MODEL_REFERENCE_BYTES]; /* Type/id */
	bool is_observation; /* the newest of these counts; each of the others does */
	bool pregnant;
	int64_t at_us;
};
enum stay_upload { STAY_UPLOAD_LATE, STAY_UPLOAD_REPEATED, STAY_UPLOAD_OLD, STAY_UPLOAD_COUNT };
enum stay_status { STAY_UNKNOWN, STAY_ACTIVE, STAY_ONHOLD, STAY_FINISHED };
struct stay {
	struct stay *next; /* of the core, in the order first seen */
	struct stay *next_of_patient;
	char id[MODEL_ID_BYTES];
	struct patient *patient;
	struct ward_place *ward;
	bool is_place;  /* place.h: the ward's own, without a patient */
	uint8_t status; /* enum stay_status */
	int64_t start_us, end_us, resumed_us;
	int64_t opened_us;           /* the record first said that it runs; 0: never yet */
	char plan[MODEL_ID_BYTES];   /* CarePlan */
	char canonical[200];         /* its policy */
	const struct policy *policy; /* what stay_take_policy found; no part of the state */
	int64_t period_us;           /* the plan's own; 0: the policy's */
	struct reading *readings;    /* changed by timeline.c alone */
	struct ordered timeline;     /* the same readings */
	struct ordered timeline_of[READING_INPUT_COUNT];
	struct set *sets;                      /* changed by set.c alone */
	struct ordered set_list;               /* the same sets */
	struct strand *strands, *strands_last; /* bridge.h; newest first */
	uint32_t strand_count;
	uint32_t unscored; /* sets with readings that could not be scored */
	struct alert *alerts;
	struct alert *alerts_last;
	struct limit *limits;       /* limit.h */
	struct handover *handovers; /* handover.h */
	struct page *pages;         /* to the family, outside an alert */
	uint32_t page_count;
	struct policy_times times; /* the plan's own */
	struct spo2_order orders[STAY_ORDERS_MAX];
	uint32_t order_count;
	struct chart_order charts[STAY_ORDERS_MAX]; /* in the order of their times */
	uint32_t chart_count;
	struct measure *measures;
	int64_t answered_us[POLICY_QUESTIONS_MAX];   /* by the questions of the policy; 0: never */
	int64_t unanswered_us[POLICY_QUESTIONS_MAX]; /* unanswered.h: the due time said last */
	int64_t asked_us[POLICY_QUESTIONS_MAX];  /* since when they are asked; 0: since the start */
	int64_t photograph_count, photograph_us; /* Media; the newest */
	int64_t reassess_us; /* the interval that the newest set asks for; 0: the schedule's */
	int64_t page_due_us; /* no page's deadline is before this; MODEL_NEVER: none waits */
	int64_t last_enough_us; /* newest set that satisfied the schedule, also when no longer kept; 0: none */
	int64_t group_us, group_last_us; /* late readings that came together; 0: none */
	int64_t upload_us
		[STAY_UPLOAD_COUNT]; /* when readings of the kind came last, 0: never (disposition.h) */
	uint8_t overdue;             /* enum overdue_stage reached */
	int64_t repeat_us
		[READING_INPUT_COUNT]; /* a repeat must be here by then; 0: not asked for */
	int64_t stated_us; /* when totals of other systems are looked at again; 0: none wait */
	struct deferral {  /* the newest; counts until a set comes */
		int64_t at_us, until_us;
		char reason[24];
		char by[MODEL_NAME_BYTES];
	} deferral;
	int8_t band;        /* of the newest scored set; -1: none */
	bool band_chosen;   /* it was not that of the age */
	bool deceased;      /* deceased.h: it pauses for that */
	uint8_t merge_said; /* merge.c */
	uint32_t sequence;
	int64_t due_us;   /* next timer */
	uint32_t heap_at; /* position in the heap + 1; 0: not in it */
	bool changed;     /* the board's row; shown.c */
	bool urgent;      /* more than values of it */
	struct stay *next_changed;
	struct ward_place *counted_ward; /* what of it is in the counts of its ward */
	uint32_t counted_patients, counted_alerts;
	int64_t stale_us;   /* when a value of that row turns stale; MODEL_NEVER: none will */
	bool dirty;         /* something of it waits to be written */
	int64_t dirty_feed; /* where the feed was when it came to wait */
	struct stay *next_dirty;
	bool pressing; /* an alert or a page may be among it */
	struct stay *next_pressing;
};

struct ward_core {
	struct ward_core_options options;
	int64_t now_us, feed;
	int64_t shown_us;        /* the board's time: never behind now_us; no part of the state */
	struct policy *policies; /* newest first */
	struct questionnaire *questionnaires; /* question.h */
	struct ward_place *wards;
	struct role *roles;
	struct stay *stays, *stays_last;
	struct map patient_by_id, contact_by_id, practitioner_by_id, slot_by_id, schedule_by_id,
		role_by_id, stay_by_id, stay_by_plan, ward_by_id, alert_by_id, page_by_id,
		set_by_id, pregnancy_by_source, subscription_by_id, team_by_id, dose_by_id,
		strand_by_observation;
	uint32_t channels; /* bit per enum channel that is set up */
	struct message *messages;
	struct reading_table reading_tables[READING_TABLE_COUNT];
	struct map device_by_id, disposition_by_id, held_by_id, held_by_signature;
	struct map metric_by_id, awaited_by_reference; /* metric.h, awaited.h */
	struct awaited *awaited, *awaited_last;
	struct device *devices_changed; /* whose line of the equipment list changed */
	struct disposition *dispositions, *dispositions_last; /* waiting to be written */
	struct map stamp_by_id;
	struct stamp *stamps, *stamps_last; /* stamp.h */
	struct stamp_wait *stamp_waits, *stamp_waits_last;
	struct held *held, *held_last; /* quarantine.h */
	uint32_t snoozed;              /* alerts that are; counted anew when loaded */
	uint32_t stay_count;
	struct stay **heap;
	uint32_t heap_count, heap_capacity;
	struct stay *dirty_first, *dirty_last;
	struct stay *pressing_first, *pressing_last; /* of these */
	struct stay *changed_first, *changed_last;
	int64_t stale_us; /* no row's value turns stale before */
	bool staff_changed;
};

/* model.c: cleared memory that is there or the process stops; owner: the caller's list. */
void *model_take(size_t size);
#define MODEL_NEW(type) ((type *)model_take(sizeof(type)))
void model_give(void *thing);
/* Copies as much as fits, cut between characters, NUL at the end. */
void model_put(char *target, size_t size, struct str text);
#define MODEL_PUT(array, text) model_put((array), sizeof(array), (text))
/* Formats into a fixed array, cut between characters. */
void model_format(char *target, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
/* A stable id of up to 64 characters made of a prefix and a hash of the cause. */
void model_id(char ret_id[MODEL_ID_BYTES], const char *prefix, const char *cause);
/* "hh:mm" in Europe/London; in the hour that comes twice in autumn "hh:mm BST" and "hh:mm GMT". */
#define MODEL_CLOCK_BYTES 10
void model_clock_time(int64_t at_us, char ret_text[MODEL_CLOCK_BYTES]);
/* The first telephone number of a resource; empty: none. */
struct str model_phone(const struct json *resource, int64_t at_us);
/* The id of "Type/id" when it is of this type, else empty; so is another server's address. */
struct str model_reference_id(const struct json *reference, struct str type);
struct str model_reference_text_id(struct str text, struct str type);
/* The code of the first coding with this system in a CodeableConcept, else empty. */
struct str model_code(const struct json *concept, struct str system);
/* Whether one of the concepts of its `type` has this code; false for NULL. */
bool model_is_typed(const struct json *resource, struct str system, struct str code);
/* The extension with HOMEWARD_URL "StructureDefinition/" name, or NULL. */
const struct json *model_extension(const struct json *element, struct str name);
/* The part `name` of an extension that has parts, or NULL. */
const struct json *model_part(const struct json *extension, struct str name);
/* term.c: a Period, or the resource's `period`; a date as an end counts to its last instant. */
struct term term_of_period(const struct json *period);
struct term term_read(const struct json *resource);
bool term_holds(const struct term *term, int64_t at_us);
struct str model_human_name(struct arena *arena, const struct json *names);

/* print files */
struct json *print_task(const struct ward_core *core, struct arena *arena,
			const struct alert *alert);
struct json *print_communication(const struct ward_core *core, struct arena *arena,
				 const struct stay *stay, const struct alert *alert,
				 const struct page *page);
void print_alert_life(struct arena *arena, struct json *task, const struct alert *alert);
void print_stated(struct arena *arena, struct json *observation, const struct stay *stay,
		  const struct set *set);
/* Members of ROW and of its alerts that this file's neighbours add, each after a comma. */
void row_life_print(const struct ward_core *core, const struct stay *stay, struct text *text);
/* The note of a value: what is in `note` already, and what else must be said; `reading` NULL: there is none. */
void row_life_note(const struct ward_core *core, const struct stay *stay, unsigned input,
		   const struct reading *reading, char note[MODEL_TEXT_BYTES]);
void row_life_alert(const struct alert *alert, struct text *text);
struct json *print_score(const struct ward_core *core, struct arena *arena, const struct stay *stay,
			 const struct set *set);

#include "ward/alert.h"
#include "ward/reading.h"
#include "ward/rule.h"
#include "ward/stay.h"

#endif
