/* SPDX-License-Identifier: Apache-2.0
 * The one trial that a running server makes at a time, on a thread of its own that everything else goes before. A trial
 * is in memory until its report is in the record: a restart forgets it. Thread: any, but create and destroy. */
#ifndef WARD_TRIAL_RUNNER_H
#define WARD_TRIAL_RUNNER_H

#include "ward/trial_report.h"

#include <stdatomic.h>

struct trial_runner;

struct trial_request {
	struct trial_subject subject; /* at_us and the texts are copied */
	struct str policy;            /* JSON text */
	struct str wards[TRIAL_WARDS_MAX];
	size_t ward_count;
	int64_t from_us, to_us; /* as of struct trial_options; without `from` the last TRIAL_DAYS */
};
enum trial_state { TRIAL_NONE, TRIAL_RUNNING, TRIAL_DONE, TRIAL_STOPPED, TRIAL_FAILED };
struct trial_status {
	enum trial_state state;
	char id[MODEL_ID_BYTES];   /* of the trial, and of its MeasureReport */
	char plan[MODEL_ID_BYTES]; /* id of the PlanDefinition */
	int percent;
	char why[MODEL_TEXT_BYTES]; /* TRIAL_FAILED */
};

/* `lagging` is not 0 while the ward is behind the feed: the trial then waits for it. All three outlive the runner. */
struct trial_runner *trial_runner_create(struct store *store, struct clock *clock,
					 const _Atomic int64_t *lagging);
/* *ret_status says which trial runs: the new one, or the one that runs already, when it is the same.
 * ERROR_BUSY: another one runs, or the server ends. */
MUST_CHECK enum error trial_runner_start(struct trial_runner *runner,
					 const struct trial_request *request,
					 struct trial_status *ret_status);
/* The newest trial. */
void trial_runner_look(struct trial_runner *runner, struct trial_status *ret_status);
/* Tells a trial to stop; false when none of that id runs. */
bool trial_runner_stop(struct trial_runner *runner, struct str id);
/* Ends the trial that runs, and lets no other begin. */
void trial_runner_halt(struct trial_runner *runner);
/* trial_runner_halt, and gives everything back. */
void trial_runner_destroy(struct trial_runner *runner);

#endif
