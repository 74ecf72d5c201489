/* SPDX-License-Identifier: Apache-2.0
 * A small hospital for tests of the ward's core: a ward with one person a role, children and adults, and a clock
 * that the test moves. Everything goes in as FHIR, as it would come from the feed. */
#ifndef TESTS_WARD_WORLD_H
#define TESTS_WARD_WORLD_H

#include "base/date.h"
#include "ward/core.h"

#define MIN DATE_US_PER_MIN
#define HOUR DATE_US_PER_HOUR

struct world {
	struct arena arena;
	struct ward_core *core;
	int64_t now_us;
	int64_t feed;
	unsigned next_id;
	bool settles; /* as if everything were written at once */
	/* every event that went in, for replays */
	struct world_event {
		struct str type, id, body, origin;
		int64_t version, at_us, feed;
	} * events;
	size_t event_count, event_capacity;
};

/* 08:00 UTC on a Sunday in November: Europe/London is UTC. */
#define WORLD_START_US INT64_C(1795334400000000)

void world_open(struct world *world);
void world_close(struct world *world);
/* Moves the clock and lets timers fire. */
void world_wait(struct world *world, int64_t by_us);
/* One version into the feed; `format` is JSON with %s, %d … */
void world_put(struct world *world, const char *type, const char *id, int64_t version,
	       const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The whole body, of any size. */
void world_put_body(struct world *world, const char *type, const char *id, int64_t version,
		    struct str body);
void world_delete(struct world *world, const char *type, const char *id, int64_t version);
/* A shift of this PractitionerRole; its Schedule comes along. */
void world_shift(struct world *world, const char *role, const char *slot, int64_t from_us,
		 int64_t until_us);
void world_patient(struct world *world, const char *id, const char *birth_date);
void world_admit(struct world *world, const char *episode, const char *patient, const char *policy);
/* A new version of the stay's plan (policy CHILD) with one limit. */
struct world_limit {
	const char *sign, *direction, *value, *level, *set, *expires;
};
void world_limit(struct world *world, const char *episode, const char *patient,
		 const struct world_limit *limit);
/* A measured value; `measured_us` absolute. Result: the Observation's id, in the arena. */
/* `patient`, `kit`: NULL for none. */
void world_device(struct world *world, const char *id, int64_t version, const char *type,
		  const char *patient, const char *kit);
const char *world_number(struct world *world, const char *patient, const char *code,
			 const char *value, int64_t measured_us);
struct world_number {
	const char *patient, *code, *value;
	int64_t measured_us;
};
/* The second version of what world_number wrote: this instead. */
void world_correct(struct world *world, const char *id, const struct world_number *number);
const char *world_code(struct world *world, const char *patient, const char *what, const char *code,
		       int64_t measured_us);
/* The newest Task of the stay and rule, or NULL; how many there are; how many are open. */
const struct json *world_task(struct world *world, const char *episode, const char *rule);
size_t world_task_count(struct world *world, const char *episode, const char *rule);
size_t world_open_count(struct world *world, const char *episode);
const char *world_level(const struct json *task); /* "" for NULL */
const char *world_text(const struct json *task, const char *name);
const char *world_rung(const struct json *task);
int64_t world_deadline_us(const struct json *task);
/* A nurse's words on the Task. */
void world_acknowledge(struct world *world, const struct json *task, const char *by,
		       const char *plan);
/* A person's version of a Task as it stands. */
void world_write(struct world *world, struct json *task);
void world_resolve(struct world *world, const struct json *task, const char *reason);
/* The whole state; in the arena. */
struct str world_dump(struct ward_core *core, struct arena *arena);
/* Saved and loaded, the core is the same; it goes on as loaded. */
void world_reload(struct world *world);
/* Resources of this type that it would write now. */
size_t world_output_count(struct world *world, const char *type);
/* How often the one stands in the other. */
size_t world_text_count(struct str whole, struct str part);
/* The printed score with this total of the newest set of the stay, or NULL. */
const struct json *world_score(struct world *world, const char *episode);
/* A core that replays the events [0, count) in batches of `batch` (0: all at once). */
struct ward_core *world_replay(struct world *world, size_t count);
void world_apply(struct ward_core *core, struct arena *arena, const struct world_event *event);

#define RR "9279-1"
#define HR "8867-4"
#define SPO2 "2708-6"
#define TEMPERATURE "8310-5"
#define SYSTOLIC "8480-6"
#define CRT "44963-7"
#define CHILD "https://fhir.homeward.example/PlanDefinition/childrens-cancer|1"
#define CHILD_3 "https://fhir.homeward.example/PlanDefinition/childrens-cancer|3"
#define ADULT "https://fhir.homeward.example/PlanDefinition/adult-acute|1"

#endif
