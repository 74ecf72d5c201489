/* SPDX-License-Identifier: Apache-2.0
 * One ward for simulated weeks: its town (homes with habits and faulty devices, nurses, rota, a server that dies and
 * whose clock jumps), the real core behind a record, and the inspector beside it. Everything follows from the seed: the
 * same seed gives the same record byte for byte. */
#ifndef SIMULATE_TRIAL_H
#define SIMULATE_TRIAL_H

#include "simulate/agenda.h"
#include "simulate/engine.h"
#include "simulate/inspector.h"

#define TRIAL_NOBODY SIZE_MAX
enum {
	BED_OUTBOX_MAX = 600,
	BED_UPLOAD_MAX = 16,
	BED_DEVICES_MAX = 4 /* kinds 1 to 3 */,
	BED_BATTERIES_MAX = 5 /* and the patch */,
	TRIAL_BEDS_MAX = 64
};
/* One place on the ward and whoever lies in it. */
struct bed {
	struct dice dice;
	size_t stay, patient;
	size_t writes_as;  /* the patient under whose record this home sends */
	size_t second;     /* record of the same child; TRIAL_NOBODY: there is none */
	bool merged;       /* with it */
	bool second_names; /* which of the two says so */
	size_t dead_as;    /* the record that says that they have died; TRIAL_NOBODY: none */
	int battery[BED_BATTERIES_MAX]; /* of the devices in this home, per cent */
	int64_t beat_us;                /* of the next heartbeat of the patch; 0: none is worn */
	size_t uses[BED_DEVICES_MAX];   /* by kind: the patient whose device stands in this home */
	bool taken, paused, dead;       /* dead: nobody measures any more */
	bool adult;
	char birth_date[11];
	struct date birth;
	int usual[SIGN_COUNT], ill[SIGN_COUNT];
	/* the course of things; true time */
	int64_t ill_from_us, ill_peak_us, ill_to_us;
	int severity; /* per mille at the peak */
	int64_t fever_from_us, fever_to_us;
	int fever_tenths;
	int64_t discharge_us, next_us; /* next_us: of the next measurement */
	/* habits, per cent */
	int late, half, missed, again, shuffled, singly;
	/* faults */
	int64_t offline_until_us;
	int64_t clock_wrong_until_us, clock_wrong_by_us;
	int64_t stuck_until_us;
	enum sign stuck_sign;
	int stuck_value;
	struct delivery outbox[BED_OUTBOX_MAX];
	size_t outbox_count;
	struct delivery last[BED_UPLOAD_MAX];
	size_t last_count;
};

struct trial_options {
	uint64_t seed;
	int64_t days, beds;
	bool stored;   /* over the real store and runner */
	bool unbroken; /* beside a core that never restarts */
	enum sabotage sabotage;
	struct str folder; /* for stores */
};
struct trial_figures {
	int64_t readings, stays, alerts, pages, demands, climbs, deaths, rebuilt, lags, jumps,
		corrections, asides, compared, answers, refused, versions, violations,
		stored_alerts, scores;
	int64_t tally[TALLY_COUNT];
	int64_t by_cause[CAUSE_COUNT];
	int64_t by_point[POINT_COUNT];
	uint64_t digest;
	bool sound; /* the stored Tasks are those of a fresh run over the feed */
};
struct trial {
	const struct trial_options *options;
	size_t number;
	struct arena arena, scratch;
	struct dice dice;
	struct agenda agenda;
	struct record record;
	struct engine engine;
	struct ideal ideal;
	struct rota rota;
	struct inspector inspector;
	struct story story;
	struct bed beds[TRIAL_BEDS_MAX];
	size_t patient_count;
	struct letter_taken {
		char id[65];
	} * taken; /* by the provider */
	size_t taken_count, taken_capacity;
	int64_t true_us;
	struct dice provider;
	uint32_t observations, slots, handovers, signs_of_life;
	int64_t sequence; /* of deliveries and corrections */
	int64_t start_us, end_us, rota_until_us;
	/* the server */
	int64_t now_us; /* by its clock */
	int64_t ahead_us, slewing_from_us;
	bool up, lagging;
	int64_t back_us; /* true time at which it is up again */
	struct trial_figures figures;
};
/* Plays ward `number` of the run; story text lives in the trial's arena. */
void trial_run(struct trial *trial, const struct trial_options *options, size_t number);
void trial_done(struct trial *trial);

/* trial.c, for the town's files. ERROR_PRECONDITION: the record has another version. */
MUST_CHECK enum error trial_commit(struct trial *trial, struct str type, struct str id,
				   struct str body, int64_t expected);
/* trial_home.c */
void home_admit(struct trial *trial, size_t bed, int64_t true_us);
void home_measure_now(struct trial *trial, size_t bed, int64_t true_us);
void home_send(struct trial *trial, size_t bed, int64_t true_us);
void home_again(struct trial *trial, size_t bed, int64_t true_us);
void home_correct(struct trial *trial, size_t bed, int64_t true_us);
void home_worry(struct trial *trial, size_t bed, int64_t true_us);
void home_move(struct trial *trial, size_t bed, enum thing_kind kind, int64_t true_us);
/* trial_staff.c */
void staff_begin(struct trial *trial);
void staff_rota(struct trial *trial, int64_t true_us);
/* Who will look at what was written since the last settling, and when. */
void staff_look(struct trial *trial, int64_t true_us);
void staff_answer(struct trial *trial, size_t watch, int64_t true_us);
/* Somebody of this ward's nurses who is there; of several by chance. LADDER_OTHER: nobody. */
size_t staff_nurse_there(struct trial *trial, size_t ward, bool in_charge);
/* trial_device.c */
void home_unpack_as(struct trial *trial, struct bed *bed, size_t patient); /* of this record */
void home_unpack(struct trial *trial, struct bed *bed);           /* devices of their own */
void home_wear(struct trial *trial, size_t bed, int64_t true_us); /* perhaps a patch */
void home_beat(struct trial *trial, size_t bed, int64_t true_us);
void home_batteries(struct trial *trial, size_t bed);
void home_swap(struct trial *trial, size_t bed, int64_t true_us);
void home_swap_back(struct trial *trial, size_t pair);
void office_return(struct trial *trial, size_t bed, int64_t true_us);
void office_assign(struct trial *trial, size_t device, int64_t true_us);
/* trial_move.c */
void office_move(struct trial *trial, size_t bed, int64_t true_us);
/* A nurse means to look at this alert at that time: by chance its stay moves just then. */
void office_move_beside(struct trial *trial, const struct watch *watch, int64_t visit_us);
/* trial_merge.c */
void office_second_record(struct trial *trial, size_t bed, int64_t true_us);
void office_merge(struct trial *trial, size_t bed, int64_t true_us);
void office_part(struct trial *trial, size_t bed, int64_t true_us);
/* The record of this number as it is now: of the bed's patient, or the second one. */
void office_write_patient(struct trial *trial, const struct bed *bed, size_t patient);
/* trial_death.c */
void office_death(struct trial *trial, size_t stay, int64_t true_us);
/* A page has just been written: by chance, when it is to a family, somebody dies before it arrives. */
void office_death_beside(struct trial *trial);
void office_living(struct trial *trial, size_t stay, int64_t true_us);
/* trial_provider.c */
bool provider_is_set_up(const struct trial *trial);
void provider_begin(struct trial *trial);
/* A version of a page that the ward wrote. */
void provider_see(struct trial *trial, const struct json *page);
void provider_receipt(struct trial *trial, size_t number, int64_t true_us);
/* trial_handover.c */
void staff_hand_over(struct trial *trial, size_t bed, int64_t true_us);
void staff_accept(struct trial *trial, size_t number, int64_t true_us);

#endif
