/* SPDX-License-Identifier: Apache-2.0
 * The ward's FHIR operations (docs/decisions/0002-ward-in-fhir.md): what a person does to a stay or
 * an alert, as one commit on the record. They know nothing of the engine: it learns of them from
 * the feed like any other reader.
 *   POST /fhir/Task/{id}/$acknowledge         POST /fhir/Task/{id}/$resolve
 *   POST /fhir/Task/{id}/$snooze              POST /fhir/Task/{id}/$second-opinion
 *   POST /fhir/EpisodeOfCare/{id}/$defer
 *   POST /fhir/Device/{id}/$assign            POST /fhir/Device/{id}/$return
 *   POST /fhir/PlanDefinition/{id}/$sign      POST /fhir/PlanDefinition/{id}/$retire
 *   POST /fhir/PlanDefinition/{id}/$try, and how far it is
 *   and the commits of EpisodeOfCare/$admit and EpisodeOfCare/{id}/$discharge, whose routes are in room flow.
 * The body is a FHIR Parameters resource; the answer a Bundle (admit) or the changed resource. */
#ifndef WARD_OPERATION_H
#define WARD_OPERATION_H

#include "api/router.h"
#include "store/search.h"

extern const struct route_table ward_operation_routes;

route_handler operation_acknowledge;
route_handler operation_resolve;
route_handler operation_spo2_scale;
route_handler operation_sign;
route_handler operation_retire;
route_handler operation_try;
route_handler operation_try_newest;
route_handler operation_try_ask;
route_handler operation_try_stop;
route_handler operation_snooze;
route_handler operation_second_opinion;
route_handler operation_defer;
route_handler operation_assign;
route_handler operation_return;

/* --- $admit and $discharge ------------------------------------------------------------------- */

/* What another room puts into the commit of an admission or a discharge: its routes are there (room flow), the
 * commit is made here. */
#define OPERATION_PART_WRITES_MAX 4
struct operation_part {
	const struct json *parameters;
	struct json *episode; /* may be edited: it is printed afterwards */
	struct str episode_id;
	struct store_write writes[OPERATION_PART_WRITES_MAX]; /* made by operation_write */
	size_t count;
};
/* False: the call has failed and is answered. Called anew for each try. */
typedef bool operation_join(struct call *call, struct operation_part *part);
/* `join` may be NULL. */
void operation_admit(struct call *call, operation_join *join);
void operation_discharge(struct call *call, operation_join *join);

/* --- shared by the operation files ---------------------------------------------------------- */

/* Reads and checks the body as Parameters. NULL: the call has failed and is answered. */
struct json *operation_parameters(struct call *call);
/* The `parameter` of that name, or NULL. */
const struct json *operation_parameter(const struct json *parameters, struct str name);
/* The text of its value[x] member (valueString, valueCode, valueDateTime …), empty when absent. */
struct str operation_parameter_text(const struct json *parameters, struct str name,
				    struct str value_member);
/* The reference text of its valueReference, empty when absent. */
struct str operation_parameter_reference(const struct json *parameters, struct str name);

/* Query argument `ward`: 400 when it is no id. False: answered. */
bool operation_ward_id(struct call *call, struct str *ret_id);
/* The same, and its Organization: 404 when it is not in the record. */
bool operation_ward(struct call *call, struct str *ret_id, struct json **ret_organization);
/* Ends a call about a ward that stands on no board: 503 when the record has the ward, which the engine then reads in a
 * moment, else 404. */
void operation_no_board(struct call *call, struct str ward);
/* The current version of one resource as a tree. False: the call has failed and is answered. */
bool operation_read(struct call *call, struct str type, struct str id, struct json **ret_resource,
		    int64_t *ret_version);
/* Checks a tree and makes it a write: body printed, index values taken. False: answered. */
bool operation_write(struct call *call, struct json *resource, struct str id,
		     int64_t version_expected, struct store_write *ret_write);
/* Commits one changed resource by its id and answers with it. When somebody else changed it in between,
 * `again` is called to make the change anew on the newer version, OPERATION_TRIES times in all. */
typedef void operation_again(struct call *call, int tries_left);
#define OPERATION_TRIES 4
void operation_commit(struct call *call, struct json *resource, int64_t version,
		      operation_again *again, int tries_left);
/* The same, only while these conditions hold when it is written; one that does not is a change in between. */
struct operation_conditions {
	const struct store_condition *conditions; /* in the call's arena */
	size_t count;
};
void operation_commit_when(struct call *call, struct json *resource, int64_t version,
			   const struct operation_conditions *conditions, operation_again *again,
			   int tries_left);
/* Who answers: `by` as a reference, a name or both. False: answered with an error. */
bool operation_by(struct call *call, const struct json *parameters, struct str *ret_reference,
		  struct str *ret_name);
/* Adds a person's words to a Task. */
void operation_note(struct call *call, struct json *task, struct str reference, struct str name,
		    struct str text);
/* Ends the call with an issue at Parameters.parameter. */
void operation_refuse(struct call *call, enum error error, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Who says which version they read (If-Match) answers that one and no other: it may have become an Emergency since.
 * False: the call was ended (412, or 400 for what is no entity tag). */
bool operation_version_read(struct call *call, int64_t version);
/* Reads the alert of the path and refuses one that is closed, or another version than If-Match names (412). */
bool operation_open_alert(struct call *call, struct json **ret_task, int64_t *ret_version);
/* Resources of `type` that match, one page at the most; the bodies stand in the call's arena. */
bool operation_search(struct call *call, const char *type, const struct search_argument *arguments,
		      size_t count, struct search_result *ret_result);
/* Every match of a search, page after page from one snapshot, as a tree in the call's arena. False from `visit`: it has
 * answered the call. False: answered with an error. */
typedef bool operation_visit(void *context, const struct json *resource);
struct operation_every {
	const char *type;
	const struct search_argument *arguments;
	size_t count; /* at most 6 */
	operation_visit *visit;
	void *context;
};
bool operation_search_all(struct call *call, const struct operation_every *every);
/* The CarePlan of a stay whose status is one of `status` ("active,on-hold"), in the call's arena; *ret_plan NULL when
 * there is none. False: answered with an error. */
bool operation_plan(struct call *call, const struct json *episode, struct str status,
		    struct json **ret_plan, int64_t *ret_version);
/* The policy "url|version" of the record, in force or once in force, in the call's arena; *ret_policy NULL when there
 * is none. False: answered with an error. */
struct policy;
bool operation_policy(struct call *call, struct str canonical, struct policy **ret_policy);
/* The longest time to the next review that the alert's own policy allows for its level, in minutes. */
bool operation_review_min(struct call *call, const struct json *task, int64_t *ret_minutes);
/* operation_rota.c: whether somebody is always there whom the last rung of the policy's ladders calls; a ward without
 * is not used. `ward` is "Organization/id". False: answered with an error. */
bool operation_has_terminal_rung(struct call *call, struct str ward, struct str canonical);
/* Takes out our extension of that name and puts an empty one in its place; its parts. NULL: answered. */
struct json *operation_extension(struct call *call, struct json *resource, const char *name);
struct json *operation_put(struct call *call, struct json *parts, const char *url,
			   const char *value_name, struct json *value);
struct json *operation_instant(struct call *call, int64_t at_us);
/* Answers 200 with the version that a finished commit wrote; durable whatever became of reading it back. */
void operation_answer(struct call *call, const struct store_write *write);

#endif
