/* SPDX-License-Identifier: Apache-2.0
 * The ward's mind: a state machine without input or output, clock or threads. It is given the feed in
 * order and told how late it is; what it then holds (scores, alerts, pages) is a pure function of
 * (feed without the ward's own writes, policies in that feed, time); a Task handed over from an earlier version
 * (carried.h) is an act in that feed. Nothing here depends on how the feed was cut into
 * batches or how often the process was restarted.
 *
 * Time. Before an event of time t is applied, every timer due up to t fires at its own due time.
 * A caller may call ward_core_advance(t) only when no event older than t can still come.
 * Memory is the core's own; when the system has none the process stops (it is rebuilt from the feed).
 * Thread: one. Clinical rules: policies are PlanDefinitions, data/policy; docs/reference/ward.md. */
#ifndef WARD_CORE_H
#define WARD_CORE_H

#include "json/json.h"

/* Under which our own codes and extensions live: docs/decisions/0002. */
#define HOMEWARD_URL "https://fhir.homeward.example/"

struct ward_core;

/* One version of the feed. Texts are borrowed for the call. */
struct ward_event {
	struct str type; /* "Observation" */
	struct str id;
	int64_t version;
	int64_t feed;
	int64_t at_us;
	struct str origin; /* WARD_ORIGIN: the ward's own, only its version number is taken */
	const struct json *resource; /* NULL when deleted */
	bool oversize;               /* `resource` is an outline of it: oversize.h */
};
#define WARD_ORIGIN "ward"

struct ward_core_options {
	bool keep_alerts; /* closed alerts are never forgotten (for comparisons) */
};

struct ward_core *ward_core_create(const struct ward_core_options *options);
void ward_core_destroy(struct ward_core *core);
/* True when the core wants to see this stored version at all: of a type that its rules judge, or of any other within
 * which signs may stand (wrapping.h). */
bool ward_core_reads(struct str type, struct str body);
/* Whether its rules judge this type. */
bool ward_core_judges(struct str type);
/* What the core takes of such a version, in the arena: NULL and ERROR_OK for a deleted one.
 * *ret_oversize: it is an outline. */
MUST_CHECK enum error ward_core_read(struct arena *arena, struct str body, bool deleted,
				     struct json **ret_resource, bool *ret_oversize);
void ward_core_apply(struct ward_core *core, const struct ward_event *event);
void ward_core_advance(struct ward_core *core, int64_t until_us);
int64_t ward_core_now_us(const struct ward_core *core);
/* The next timer, INT64_MAX when there is none. */
int64_t ward_core_next_us(const struct ward_core *core);
/* Feed number of the last event applied, 0 at the start. */
int64_t ward_core_feed(const struct ward_core *core);

/* --- what changed --------------------------------------------------------------------------- */
/* Each changed thing once, in a fixed order, as a complete FHIR resource with its id. */
struct ward_output {
	struct str type;
	struct str id;
	int64_t version;       /* known in the store; 0: not there yet */
	struct json *resource; /* in the arena of the call */
};
size_t ward_core_dirty_count(const struct ward_core *core);
/* Up to `count_max` changed things. False when the arena failed. */
MUST_CHECK bool ward_core_outputs(struct ward_core *core, struct arena *arena, size_t count_max,
				  struct ward_output **ret_outputs, size_t *ret_count);
/* The same with a bound on what can wait: scores of stays in which no alert and no page waits. */
struct ward_output_limits {
	size_t count_max;
	size_t calm_max;
	int64_t calm_feed; /* those only that have waited since this feed number; INT64_MAX: any */
};
struct ward_outputs {
	struct ward_output *outputs;
	size_t count;
	size_t calm;       /* of them */
	bool all;          /* nothing waits beside these */
	bool pressing_all; /* no alert and no page waits beside these */
};
MUST_CHECK bool ward_core_outputs_some(struct ward_core *core, struct arena *arena,
				       const struct ward_output_limits *limits,
				       struct ward_outputs *ret);
/* Everything that follows from the feed up to this number has been an output that is done; INT64_MAX: nothing waits. */
int64_t ward_core_written(const struct ward_core *core);
/* The output stands in the store with this version. */
void ward_output_done(struct ward_core *core, const struct ward_output *output, int64_t version);
/* The store holds this version of it; it still waits to be written. */
void ward_output_found(struct ward_core *core, const struct ward_output *output, int64_t version);
/* Forgets that anything changed (after a rebuild: it stands in the store already). */
void ward_core_settle(struct ward_core *core);
/* All alerts as Tasks, changed or not, in a fixed order (for comparisons). */
MUST_CHECK bool ward_core_alerts(struct ward_core *core, struct arena *arena,
				 struct ward_output **ret_outputs, size_t *ret_count);

/* Bit per enum channel that the feed says is set up. */
uint32_t ward_core_channels(const struct ward_core *core);

/* --- checkpoint ----------------------------------------------------------------------------- */
/* The whole state as lines of JSON, canonical: two cores with the same state print the same text. */
void ward_core_save(const struct ward_core *core, struct text *text);
/* A core from such a text; NULL when it cannot be read (then replay the feed). */
struct ward_core *ward_core_load(const struct ward_core_options *options, struct str text);

/* --- board ---------------------------------------------------------------------------------- */
/* Calls `visit` for every ward of the core in the order of their ids. */
struct ward_summary {
	struct str id;
	struct str name;
	size_t patients;
	size_t open_alerts;
};
void ward_core_wards(struct ward_core *core,
		     void (*visit)(void *context, const struct ward_summary *summary),
		     void *context);
/* Stays whose row may have changed since they were last given: all in which more than values changed, and of the
 * others the `calm_max` that wait longest; result: how many of those. */
struct ward_row {
	struct str episode;
	struct str ward;
	bool present; /* false: it is no longer on the board */
};
size_t ward_core_rows(struct ward_core *core, size_t calm_max,
		      void (*visit)(void *context, const struct ward_row *row), void *context);
/* Whether more stays are in that line. */
bool ward_core_rows_wait(const struct ward_core *core);
/* True once after somebody's role, shift or name may have changed. */
bool ward_core_staff_changed(struct ward_core *core);
/* ROW and staff of docs/decisions/0002. False when there is no such stay. */
bool ward_core_row_print(struct ward_core *core, struct str episode, struct text *text);
int64_t ward_core_row_urgency(const struct ward_core *core, struct str episode);
/* Every kit or single device of a ward's equipment list that may have changed since the last call. */
struct ward_line {
	struct str device;
	struct str ward;
	bool present; /* false: it has no line any more */
};
/* At most `count_max` of them; the rest comes with the next call. */
void ward_core_lines(struct ward_core *core, size_t count_max,
		     void (*visit)(void *context, const struct ward_line *line), void *context);
/* {"device","type","name","battery","lastSeen","state","patient","location","parts"} of docs/decisions/0006. */
bool ward_core_line_print(const struct ward_core *core, struct str device, struct text *text);
/* Rows in which a value has turned stale by `now_us`, though nothing happened, count as changed. */
void ward_core_stale(struct ward_core *core, int64_t now_us);
void ward_core_staff_print(const struct ward_core *core, struct str ward, struct text *text);

#endif
