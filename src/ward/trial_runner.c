/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/trial_runner.h"

#include "base/limits.h"
#include "os/log.h"
#include "os/random.h"
#include "os/thread.h"

#define TRIAL_RESULT_BYTES ((size_t)256 * 1024 * 1024)
#define TRIAL_WITHIN_US (15 * DATE_US_PER_MIN) /* as of `homeward ward simulate-policy` */
#define TRIAL_LOOKS 500                        /* events between two looks at how the ward does */
#define TRIAL_GIVES_WAY 10                     /* waits at the most, until the next look */
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
	size_t looks;
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

static bool go_on(void *context, double share)
{
	struct trial_runner *runner = context;
	atomic_store(&runner->percent, (int)(share * 100));
	if (++runner->looks % TRIAL_LOOKS == 0) {
		for (int i = 0; i < TRIAL_GIVES_WAY && atomic_load(runner->lagging) != 0; i++)
			wait(runner);
	}
	return !atomic_load(&runner->stopping);
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

static enum error try(struct trial_runner *runner, struct arena *arena, struct issues *issues)
{
	const struct trial_request *request = &runner->request;
	struct trial_result result;
	const struct trial_options options = { .policy = request->policy,
					       .wards = request->wards,
					       .ward_count = request->ward_count,
					       .from_us = request->from_us,
					       .to_us = request->to_us,
					       .last_days = true,
					       .within_us = TRIAL_WITHIN_US,
					       .lacking_max = TRIAL_NAMED_MAX,
					       .go_on = go_on,
					       .now_us = request->subject.at_us,
					       .context = runner };
	enum error error = ward_trial(runner->store, &options, issues, arena, &result);
	if (error != ERROR_OK)
		return error;
	struct json *report = trial_report(arena, runner->status.id, &request->subject, &result);
	return report == NULL ? ERROR_LIMIT : store_report(runner, arena, report);
}

/* A state, and why: the meaning of the error, which names nobody. */
static void end(struct trial_runner *runner, enum error error)
{
	mutex_lock(&runner->mutex);
	if (error == ERROR_OK) {
		runner->status.state = TRIAL_DONE;
	} else if (atomic_load(&runner->stopping)) {
		runner->status.state = TRIAL_STOPPED;
	} else {
		runner->status.state = TRIAL_FAILED;
		MODEL_PUT(runner->status.why, error_row(error)->meaning);
		LOG_WITH(EVENT_WARD_TRIAL_FAILED, LOG_ERROR("error", error));
	}
	mutex_unlock(&runner->mutex);
}

static void run(void *argument)
{
	struct trial_runner *runner = argument;
	struct arena arena;
	struct issues issues;
	thread_yield_to_all();
	arena_init(&arena, TRIAL_RESULT_BYTES);
	issues_init(&issues, &arena);
	end(runner, try(runner, &arena, &issues));
	arena_done(&arena);
}

/* --- life ------------------------------------------------------------------------------------ */

struct trial_runner *trial_runner_create(struct store *store, struct clock *clock,
					 const _Atomic int64_t *lagging)
{
	struct trial_runner *runner = MODEL_NEW(struct trial_runner);
	runner->store = store;
	runner->clock = clock;
	runner->lagging = lagging;
	mutex_init(&runner->mutex);
	condition_init(&runner->told);
	arena_init(&runner->request_arena, TRIAL_RESULT_BYTES);
	return runner;
}

static bool keep(struct trial_runner *runner, const struct trial_request *request)
{
	struct arena *arena = &runner->request_arena;
	struct trial_subject *subject = &runner->request.subject;
	arena_reset(arena);
	runner->request = *request;
	subject->plan_id = arena_copy(arena, subject->plan_id);
	subject->canonical = arena_copy(arena, subject->canonical);
	subject->digest = arena_copy(arena, subject->digest);
	subject->by_reference = arena_copy(arena, subject->by_reference);
	subject->by_name = arena_copy(arena, subject->by_name);
	runner->request.policy = arena_copy(arena, request->policy);
	for (size_t i = 0; i < request->ward_count; i++)
		runner->request.wards[i] = arena_copy(arena, request->wards[i]);
	return !arena->failed;
}

static bool is_same(const struct trial_request *a, const struct trial_request *b)
{
	bool same = str_equal(a->subject.plan_id, b->subject.plan_id) &&
		    str_equal(a->subject.digest, b->subject.digest) && a->from_us == b->from_us &&
		    a->to_us == b->to_us && a->ward_count == b->ward_count;
	for (size_t i = 0; same && i < a->ward_count; i++)
		same = str_equal(a->wards[i], b->wards[i]);
	return same;
}

static enum error begin(struct trial_runner *runner, const struct trial_request *request)
{
	thread_join(&runner->thread); /* of the trial before, which has ended */
	if (!keep(runner, request))
		return ERROR_LIMIT;
	runner->status = (struct trial_status){ .state = TRIAL_RUNNING };
	MODEL_PUT(runner->status.plan, request->subject.plan_id);
	random_uuid_ordered(clock_now_us(runner->clock), runner->status.id);
	atomic_store(&runner->percent, 0);
	atomic_store(&runner->stopping, false);
	runner->looks = 0;
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
	else if (is_same(&runner->request, request) && !atomic_load(&runner->stopping))
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
