/* SPDX-License-Identifier: Apache-2.0
 * The one trial that a running server makes at a time, in a process of its own (trial_process.h) that a thread looks
 * after: it says how far the trial is, lets it wait while the ward is behind, ends it when it is told to, and puts the
 * report that comes back, once it is the one that was asked for, into the record. However the process ends, the server
 * goes on. A trial is in memory until its report is in the record: a restart forgets it.
 * Thread: any, but create and destroy. */
#ifndef WARD_TRIAL_RUNNER_H
#define WARD_TRIAL_RUNNER_H

#include "ward/trial_request.h"

#include <stdatomic.h>

struct trial_runner;

enum trial_state { TRIAL_NONE, TRIAL_RUNNING, TRIAL_DONE, TRIAL_STOPPED, TRIAL_FAILED };
struct trial_status {
	enum trial_state state;
	char id[MODEL_ID_BYTES];   /* of the trial, and of its MeasureReport */
	char plan[MODEL_ID_BYTES]; /* id of the PlanDefinition */
	int percent;
	char why[MODEL_TEXT_BYTES]; /* TRIAL_FAILED */
};

/* `lagging` is not 0 while the ward is behind the feed: the trial then waits for it. All three outlive the runner.
 * A trial may have `memory_mib`; 0: TRIAL_MEMORY_MIB. */
#define TRIAL_MEMORY_MIB 2048
struct trial_runner *trial_runner_create(struct store *store, struct clock *clock,
					 const _Atomic int64_t *lagging, int64_t memory_mib);
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
