/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/trial_runner.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "os/log.h"
#include "os/process.h"
#include "os/random.h"
#include "os/socket.h"
#include "os/thread.h"
#include "ward/trial_line.h"

#define TRIAL_BYTES ((size_t)256 * 1024 * 1024) /* of a request, and of a report */
#define TRIAL_PROGRAM "/proc/self/exe"          /* this one, also when a newer one has its name */
#define TRIAL_GIVES_WAY 10                      /* waits at the most, until the next look */
#define TRIAL_WAIT_US (100 * INT64_C(1000))
#define TRIAL_STORE_TRIES 600 /* a full disk or queue: a minute */

struct trial_runner {
	struct store *store;
	struct clock *clock;
	const _Atomic int64_t *lagging;
	struct thread thread;
	struct mutex mutex; /* status but percent, halted, thread */
	struct condition told;
	struct trial_status status;
	atomic_int percent;
	atomic_bool stopping; /* the trial that runs */
	bool halted;
	/* Written before the thread starts, and the thread's until it has ended. */
	struct arena request_arena;
	struct trial_request request;
	int64_t memory_mib;
};
struct outcome {
	enum error error;
	char why[MODEL_TEXT_BYTES]; /* empty: what the error means */
};

/* --- the thread ------------------------------------------------------------------------------ */

static void wait(struct trial_runner *runner)
{
	mutex_lock(&runner->mutex);
	if (!atomic_load(&runner->stopping))
		(void)condition_wait_until(&runner->told, &runner->mutex,
					   clock_monotonic_us() + TRIAL_WAIT_US);
	mutex_unlock(&runner->mutex);
}

static bool waits(void *context)
{
	const struct trial_runner *runner = context;
	return !atomic_load(&runner->stopping);
}

/* The ward goes first. */
static bool go_on(struct trial_runner *runner, int line, struct str percent)
{
	int64_t done = 0;
	if (str_to_i64(percent, &done) && done <= 100)
		atomic_store(&runner->percent, (int)done);
	for (int i = 0; i < TRIAL_GIVES_WAY && atomic_load(runner->lagging) != 0; i++)
		wait(runner);
	return waits(runner) && trial_line_send(line, TRIAL_GO_ON, STR(""));
}

static enum error store_report(struct trial_runner *runner, struct arena *arena,
			       struct json *report)
{
	struct fhir_index index = { 0 };
	struct text body;
	struct issues issues;
	issues_init(&issues, arena);
	enum error error = fhir_validate(arena, report, &issues);
	if (error == ERROR_OK)
		error = fhir_index_extract(arena, report, &index);
	if (error != ERROR_OK)
		return error;
	text_init(&body, arena, LIMIT_BODY_BYTES_MAX);
	store_body_print(&body, arena, report, str_from_c(runner->status.id));
	if (body.failed || arena->failed)
		return ERROR_LIMIT;
	error = ERROR_BUSY;
	for (int tries = 0; tries < TRIAL_STORE_TRIES && !atomic_load(&runner->stopping); tries++) {
		struct store_write write = { .method = STORE_CREATE,
					     .type = fhir_resource_type_of(report),
					     .id = str_from_c(runner->status.id),
					     .version_expected = STORE_VERSION_NONE,
					     .body = text_view(&body),
					     .index = &index };
		struct store_commit commit = { .writes = &write,
					       .write_count = 1,
					       .origin = STR(TRIAL_ORIGIN),
					       .priority = STORE_BULK,
					       .feed_expected = -1 };
		error = store_commit_wait(runner->store, &commit);
		if (error != ERROR_BUSY && error != ERROR_STORAGE_FULL)
			break;
		wait(runner);
	}
	return error;
}

static void read_fault(struct str text, struct outcome *outcome)
{
	int64_t number = 0;
	struct str digits = str_cut(&text, ' ');
	outcome->error = ERROR_INTERNAL;
	if (str_to_i64(digits, &number) && number > ERROR_OK && number < ERROR_COUNT)
		outcome->error = (enum error)number;
	if (text.len > 0 && utf8_is_valid(text))
		MODEL_PUT(outcome->why, text);
}

/* Until the process has a report, has a fault to tell, or says no more. */
static bool listen(struct trial_runner *runner, int line, struct arena *arena,
		   struct outcome *outcome, struct str *ret_report)
{
	struct trial_message message;
	bool told = false, open = true;
	while (open && !told) {
		open = trial_line_receive(line, arena, TRIAL_REPORT_BYTES_MAX, waits, runner,
					  &message);
		if (open && message.letter == TRIAL_PROGRESS)
			open = go_on(runner, line, message.text);
		else if (open && message.letter == TRIAL_REPORT)
			*ret_report = message.text;
		else if (open && message.letter == TRIAL_FAULT)
			read_fault(message.text, outcome);
		told = open && message.letter != TRIAL_PROGRESS;
	}
	return told;
}

/* It said no more, and nobody told it to stop. */
static void read_end(const struct trial_runner *runner, int code, int signal,
		     struct outcome *outcome)
{
	outcome->error = code == MEMORY_GONE_EXIT ? ERROR_LIMIT : ERROR_INTERNAL;
	if (code == MEMORY_GONE_EXIT)
		model_format(outcome->why, sizeof(outcome->why),
			     "The trial needed more memory than it may have (%lld MiB, setting "
			     "ward.trial_memory_mib). Nothing else is touched.",
			     (long long)runner->memory_mib);
	else if (signal != 0)
		model_format(outcome->why, sizeof(outcome->why),
			     "The trial's process was ended by signal %d before it was done. "
			     "Nothing else is touched: try the policy again.",
			     signal);
	else
		model_format(outcome->why, sizeof(outcome->why),
			     "The trial's process ended with code %d before it was done. Nothing "
			     "else is touched: the log says more.",
			     code);
}

static bool ask(struct trial_runner *runner, struct arena *arena, int line)
{
	struct text text;
	text_init(&text, arena, TRIAL_REQUEST_BYTES_MAX);
	trial_request_print(&text, arena, &runner->request, runner->status.id);
	return !text.failed && trial_line_send(line, TRIAL_REQUEST, text_view(&text));
}

/* The report as the process made it. */
static struct str play(struct trial_runner *runner, struct arena *arena, struct outcome *outcome)
{
	struct process_partner partner;
	struct str report = STR("");
	char memory[24];
	int signal = 0;
	const char *const arguments[] = {
		TRIAL_PROGRAM, "ward", "trial", "--data", store_folder(runner->store).ptr,
		"--memory",    memory, NULL
	};
	model_format(memory, sizeof(memory), "%lld", (long long)runner->memory_mib);
	if (!process_start(arguments, &partner)) {
		outcome->error = ERROR_BUSY;
		return report;
	}
	bool told = ask(runner, arena, partner.line) &&
		    listen(runner, partner.line, arena, outcome, &report);
	if (!told && !waits(runner)) {
		process_end(partner.process);
		outcome->error = ERROR_BUSY;
	}
	socket_close(partner.line); /* the end of the line is its end */
	if (told || waits(runner)) {
		int code = process_join(partner.process, &signal);
		if (!told)
			read_end(runner, code, signal, outcome);
	}
	return report;
}

static void try(struct trial_runner *runner, struct arena *arena, struct outcome *outcome)
{
	struct json *report = NULL;
	struct str text = play(runner, arena, outcome);
	if (outcome->error != ERROR_OK)
		return;
	if (!utf8_is_valid(text) || json_parse(arena, text, NULL, NULL, &report) != ERROR_OK ||
	    !trial_request_answered(&runner->request, runner->status.id, report)) {
		outcome->error = ERROR_INTERNAL;
		MODEL_PUT(outcome->why, STR("What the trial's process gave back is not the report "
					    "that was asked for."));
		return;
	}
	outcome->error = store_report(runner, arena, report);
}

/* A state, and why, which names nobody. */
static void end(struct trial_runner *runner, const struct outcome *outcome)
{
	mutex_lock(&runner->mutex);
	if (outcome->error == ERROR_OK) {
		runner->status.state = TRIAL_DONE;
	} else if (atomic_load(&runner->stopping)) {
		runner->status.state = TRIAL_STOPPED;
	} else {
		runner->status.state = TRIAL_FAILED;
		MODEL_PUT(runner->status.why, outcome->why[0] != '\0'
						      ? str_from_c(outcome->why)
						      : error_row(outcome->error)->meaning);
		LOG_WITH(EVENT_WARD_TRIAL_FAILED, LOG_ERROR("error", outcome->error));
	}
	mutex_unlock(&runner->mutex);
}

static void run(void *argument)
{
	struct trial_runner *runner = argument;
	struct arena arena;
	struct outcome outcome = { .error = ERROR_OK };
	arena_init(&arena, TRIAL_BYTES);
	try(runner, &arena, &outcome);
	end(runner, &outcome);
	arena_done(&arena);
}

/* --- life ------------------------------------------------------------------------------------ */

struct trial_runner *trial_runner_create(struct store *store, struct clock *clock,
					 const _Atomic int64_t *lagging, int64_t memory_mib)
{
	struct trial_runner *runner = MODEL_NEW(struct trial_runner);
	runner->store = store;
	runner->clock = clock;
	runner->lagging = lagging;
	runner->memory_mib = memory_mib == 0 ? TRIAL_MEMORY_MIB : memory_mib;
	mutex_init(&runner->mutex);
	condition_init(&runner->told);
	arena_init(&runner->request_arena, TRIAL_BYTES);
	return runner;
}

static enum error begin(struct trial_runner *runner, const struct trial_request *request)
{
	thread_join(&runner->thread); /* of the trial before, which has ended */
	arena_reset(&runner->request_arena);
	if (!trial_request_keep(&runner->request_arena, request, &runner->request))
		return ERROR_LIMIT;
	runner->status = (struct trial_status){ .state = TRIAL_RUNNING };
	MODEL_PUT(runner->status.plan, request->subject.plan_id);
	random_uuid_ordered(clock_now_us(runner->clock), runner->status.id);
	atomic_store(&runner->percent, 0);
	atomic_store(&runner->stopping, false);
	if (thread_start(&runner->thread, "trial", run, runner))
		return ERROR_OK;
	runner->status = (struct trial_status){ .state = TRIAL_NONE };
	return ERROR_BUSY;
}

enum error trial_runner_start(struct trial_runner *runner, const struct trial_request *request,
			      struct trial_status *ret_status)
{
	enum error error = ERROR_BUSY;
	mutex_lock(&runner->mutex);
	if (runner->halted)
		error = ERROR_BUSY;
	else if (runner->status.state != TRIAL_RUNNING)
		error = begin(runner, request);
	else if (trial_request_same(&runner->request, request) && !atomic_load(&runner->stopping))
		error = ERROR_OK;
	if (error == ERROR_OK)
		*ret_status = runner->status;
	mutex_unlock(&runner->mutex);
	return error;
}

void trial_runner_look(struct trial_runner *runner, struct trial_status *ret_status)
{
	mutex_lock(&runner->mutex);
	*ret_status = runner->status;
	mutex_unlock(&runner->mutex);
	ret_status->percent = atomic_load(&runner->percent);
}

bool trial_runner_stop(struct trial_runner *runner, struct str id)
{
	mutex_lock(&runner->mutex);
	bool runs = runner->status.state == TRIAL_RUNNING &&
		    str_equal(str_from_c(runner->status.id), id);
	if (runs)
		atomic_store(&runner->stopping, true);
	condition_broadcast(&runner->told);
	mutex_unlock(&runner->mutex);
	return runs;
}

void trial_runner_halt(struct trial_runner *runner)
{
	mutex_lock(&runner->mutex);
	runner->halted = true;
	atomic_store(&runner->stopping, true);
	condition_broadcast(&runner->told);
	mutex_unlock(&runner->mutex);
	thread_join(&runner->thread);
}

void trial_runner_destroy(struct trial_runner *runner)
{
	trial_runner_halt(runner);
	arena_done(&runner->request_arena);
	condition_destroy(&runner->told);
	mutex_destroy(&runner->mutex);
	model_give(runner);
}
