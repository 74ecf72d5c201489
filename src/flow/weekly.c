/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/weekly.h"

#include "flow/day.h"
#include "flow/keep.h"
#include "flow/measure.h"
#include "flow/weekly_list.h"
#include "os/log.h"
#include "os/thread.h"
#include "ward/print.h"

#define LOOK_US DATE_US_PER_S
#define AGAIN_US (30 * DATE_US_PER_S)
#define ARENA_BYTES_MAX ((size_t)512 * 1024 * 1024)

struct flow_weekly {
	struct server *server;
	struct weekly_time time;
	struct thread thread;
	struct mutex mutex;
	struct condition stopped;
	bool stopping;
	int64_t done_day; /* nothing is owed up to this one */
	int64_t tried_us; /* monotonic, of the last try that failed; 0: none */
};

/* --- when ----------------------------------------------------------------------------------- */

static int weekday_of(int64_t day)
{
	return (int)(((day + 3) % WEEKLY_DAYS + WEEKLY_DAYS) %
		     WEEKLY_DAYS); /* day 0 was a Thursday */
}

bool weekly_time_read(struct str text, struct weekly_time *ret_time)
{
	static const struct str days[WEEKLY_DAYS] = { STR_INIT("mon"), STR_INIT("tue"),
						      STR_INIT("wed"), STR_INIT("thu"),
						      STR_INIT("fri"), STR_INIT("sat"),
						      STR_INIT("sun") };
	struct str clock = text, day = str_cut(&clock, ' ');
	uint64_t hours, minutes;
	if (clock.len != 5 || clock.ptr[2] != ':' || !str_to_u64(str_slice(clock, 0, 2), &hours) ||
	    !str_to_u64(str_slice(clock, 3, 5), &minutes) || hours > 23 || minutes > 59)
		return false;
	for (int at = 0; at < WEEKLY_DAYS; at++) {
		if (!str_equal(days[at], day))
			continue;
		*ret_time = (struct weekly_time){ at, (unsigned)(hours * 60 + minutes) };
		return true;
	}
	return false;
}

int64_t weekly_day(const struct weekly_time *time, int64_t now_us)
{
	int64_t day = day_of(now_us);
	while (weekday_of(day) != time->weekday ||
	       day_at(day, time->minute / 60) + time->minute % 60 * DATE_US_PER_MIN > now_us)
		day--;
	return day;
}

/* --- making --------------------------------------------------------------------------------- */

static bool is_stopping(void *context)
{
	struct flow_weekly *weekly = context;
	mutex_lock(&weekly->mutex);
	bool stopping = weekly->stopping;
	mutex_unlock(&weekly->mutex);
	return stopping;
}

/* A call without a connection: nothing is ever answered. */
static void call_begin(struct call *call, struct flow_weekly *weekly)
{
	*call = (struct call){ .server = weekly->server };
	arena_init(&call->arena, ARENA_BYTES_MAX);
	issues_init(&call->issues, &call->arena);
}

static bool name_report(struct arena *arena, struct json *report, struct str ward,
			struct str measure, int64_t day)
{
	char id[MODEL_ID_BYTES], value[WEEKLY_VALUE_BYTES];
	struct json *identifier = json_new(arena, JSON_OBJECT);
	if (identifier == NULL)
		return false;
	weekly_id(ward, measure, day, id);
	weekly_value(ward, measure, day, value);
	json_put(report, STR("id"), print_copy(arena, str_from_c(id)));
	print_string(arena, identifier, STR("system"), STR(HOMEWARD_URL "weekly-report"));
	print_string(arena, identifier, STR("value"), str_from_c(value));
	print_one(arena, report, STR("identifier"), identifier);
	return !arena->failed;
}

static enum error make(struct flow_weekly *weekly, struct str ward, struct str measure, int64_t day)
{
	struct call call;
	struct json *report = NULL;
	call_begin(&call, weekly);
	struct arena *arena = &call.arena;
	const struct measure_request request = { .measure = measure,
						 .ward = ward,
						 .from_us = day_at(day - WEEKLY_DAYS, 0),
						 .to_us = day_at(day, 0),
						 .is_over = is_stopping,
						 .context = weekly };
	enum error error = measure_report(&call, &request, &report);
	if (error == ERROR_OK && name_report(arena, report, ward, measure, day))
		error = keep_once(server_store(weekly->server), arena, report);
	else if (error == ERROR_OK)
		error = ERROR_LIMIT;
	arena_done(&call.arena);
	return error;
}

/* When the ward came into the record; INT64_MAX: it cannot be said. */
static bool visit_first(void *context, const struct store_version *version,
			const struct json *resource)
{
	int64_t *first_us = context;
	(void)resource;
	if (version->at_us < *first_us)
		*first_us = version->at_us;
	return true;
}

struct weekly_work {
	struct flow_weekly *weekly;
	struct record *record;
	struct weekly_names wards, measures;
	int64_t day;
	size_t made;
};

/* What cannot be counted (a Measure of figures that this server has not) is left out; what may go later is tried
 * again. */
static enum error make_missing(struct weekly_work *work, struct str ward, int64_t day)
{
	enum error worst = ERROR_OK;
	for (const struct weekly_name *measure = work->measures.first; measure != NULL;
	     measure = measure->next) {
		char id[MODEL_ID_BYTES];
		weekly_id(ward, measure->id, day, id);
		if (weekly_is_there(work->record, id))
			continue;
		enum error error = make(work->weekly, ward, measure->id, day);
		work->made += error == ERROR_OK;
		if (error_row(error)->retry == ERROR_RETRY_LATER || is_stopping(work->weekly))
			worst = error;
	}
	return worst;
}

static enum error make_all(struct weekly_work *work)
{
	enum error worst = ERROR_OK;
	for (const struct weekly_name *ward = work->wards.first; ward != NULL; ward = ward->next) {
		int64_t first_us = INT64_MAX;
		if (record_history(work->record, "Organization", ward->id, visit_first,
				   &first_us) != ERROR_OK)
			continue;
		for (int back = WEEKLY_BACK - 1; back >= 0; back--) {
			int64_t day = work->day - back * WEEKLY_DAYS;
			if (day_at(day, 0) <= first_us)
				continue;
			enum error error = make_missing(work, ward->id, day);
			worst = error != ERROR_OK ? error : worst;
		}
	}
	return worst;
}

static enum error work_off(struct flow_weekly *weekly, int64_t day, size_t *ret_made)
{
	struct call call;
	struct record record;
	call_begin(&call, weekly);
	enum error error = record_begin(&record, &call);
	if (error == ERROR_OK) {
		struct weekly_work work = { .weekly = weekly, .record = &record, .day = day };
		error = weekly_list(&record, "Organization", STR("type"),
				    STR(HOMEWARD_URL "CodeSystem/organization-type|virtual-ward"),
				    &work.wards);
		if (error == ERROR_OK)
			error = weekly_list_measures(&record, &work.measures);
		if (error == ERROR_OK)
			error = make_all(&work);
		*ret_made = work.made;
		record_close(&record);
	}
	arena_done(&call.arena);
	return error;
}

static void look(struct flow_weekly *weekly)
{
	int64_t day = weekly_day(&weekly->time, clock_now_us(server_clock(weekly->server)));
	int64_t now_us = clock_monotonic_us();
	size_t made = 0;
	if (day == weekly->done_day ||
	    (weekly->tried_us != 0 && now_us - weekly->tried_us < AGAIN_US))
		return;
	enum error error = work_off(weekly, day, &made);
	if (is_stopping(weekly))
		return;
	weekly->tried_us = error == ERROR_OK ? 0 : now_us;
	if (error == ERROR_OK)
		weekly->done_day = day;
	if (error != ERROR_OK)
		LOG(EVENT_FLOW_WEEKLY_FAILED);
	else if (made > 0)
		LOG(EVENT_FLOW_WEEKLY_MADE);
}

static void run(void *argument)
{
	struct flow_weekly *weekly = argument;
	while (!is_stopping(weekly)) {
		look(weekly);
		mutex_lock(&weekly->mutex);
		if (!weekly->stopping)
			(void)condition_wait_until(&weekly->stopped, &weekly->mutex,
						   clock_monotonic_us() + LOOK_US);
		mutex_unlock(&weekly->mutex);
	}
}

struct flow_weekly *flow_weekly_start(struct server *server, struct str time)
{
	struct flow_weekly *weekly = MODEL_NEW(struct flow_weekly);
	weekly->server = server;
	weekly->done_day = INT64_MIN;
	mutex_init(&weekly->mutex);
	condition_init(&weekly->stopped);
	if (weekly_time_read(time, &weekly->time) &&
	    thread_start(&weekly->thread, "flow-weekly", run, weekly))
		return weekly;
	flow_weekly_stop(weekly);
	return NULL;
}

void flow_weekly_stop(struct flow_weekly *weekly)
{
	if (weekly == NULL)
		return;
	mutex_lock(&weekly->mutex);
	weekly->stopping = true;
	condition_signal(&weekly->stopped);
	mutex_unlock(&weekly->mutex);
	thread_join(&weekly->thread);
	condition_destroy(&weekly->stopped);
	mutex_destroy(&weekly->mutex);
	model_give(weekly);
}
