/* SPDX-License-Identifier: Apache-2.0
 * $hand-over and $accept: who takes a patient over is asked and answered, in the record. */
#include "ward/operation_people.h"

#include "base/limits.h"
#include "os/random.h"
#include "ward/print.h"
#include "ward/roster.h"
#include "ward/runner.h"

#define PATIENTS_MAX 400 /* in one handover */
#define WORDS_BYTES_MAX ((size_t)16 * 1024)
#define EARLY_US DATE_US_PER_HOUR /* so long before a shift begins who comes takes over */

struct asking {
	struct call *call;
	struct staff from, to;
	struct str ward;
	int64_t now_us;
	struct store_write *writes;
	size_t write_count, capacity;
	size_t tasks[PATIENTS_MAX]; /* numbers of the writes that are new Tasks */
	size_t task_count;
};

/* --- one Task ------------------------------------------------------------------------------- */

static struct str words_of(struct asking *asking, struct str episode)
{
	struct call *call = asking->call;
	struct ward *ward = server_room(call->server, "ward");
	struct text text;
	struct json *row = NULL;
	struct str found = { NULL, 0 };
	text_init(&text, &call->arena, WORDS_BYTES_MAX);
	if (ward == NULL || !board_row_copy(ward->board, episode, &call->arena, &found) ||
	    json_parse(&call->arena, found, NULL, NULL, &row) != ERROR_OK)
		text_put_c(&text, "The board has no row of this patient yet: look at the record.");
	else
		hand_over_words(row, &text);
	return text.failed ? STR("The summary is too long: look at the board.") : text_view(&text);
}

static struct json *person(struct asking *asking, const struct staff *staff)
{
	struct arena *arena = &asking->call->arena;
	struct json *reference = json_new(arena, JSON_OBJECT);
	print_string(arena, reference, STR("reference"), staff->reference);
	print_string_maybe(arena, reference, STR("display"), staff->name);
	return reference;
}

static void put_words(struct asking *asking, struct json *task, struct str episode)
{
	struct arena *arena = &asking->call->arena;
	struct json *note = json_new(arena, JSON_OBJECT);
	print_string(arena, note, STR("authorString"), STR("Homeward"));
	print_instant(arena, note, STR("time"), asking->now_us);
	print_string(arena, note, STR("text"), words_of(asking, episode));
	print_one(arena, task, STR("note"), note);
}

static struct json *task_of(struct asking *asking, const char *id, struct str episode,
			    struct str patient)
{
	struct arena *arena = &asking->call->arena;
	struct json *task = print_resource(arena, STR("Task"), id);
	struct json *target = json_new(arena, JSON_OBJECT);
	char text[MODEL_TEXT_BYTES], key[MODEL_ID_BYTES];
	MODEL_PUT(key, episode);
	print_extension(arena, task, "episode", STR("valueReference"),
			print_reference(arena, "EpisodeOfCare", key, ""));
	print_string(arena, task, STR("status"), STR("requested"));
	print_string(arena, task, STR("intent"), STR("order"));
	print_string(arena, task, STR("priority"), STR("routine"));
	json_add(task, STR("code"),
		 print_concept(arena, STR(HOMEWARD_URL "CodeSystem/ward-task"), STR("hand-over"),
			       STR("Handover")));
	model_format(text, sizeof(text), "Handover from %.*s to %.*s", STR_ARG(asking->from.name),
		     STR_ARG(asking->to.name));
	print_string(arena, task, STR("description"), str_from_c(text));
	print_string(arena, target, STR("reference"), patient);
	json_add(task, STR("for"), target);
	print_instant(arena, task, STR("authoredOn"), asking->now_us);
	json_add(task, STR("requester"), person(asking, &asking->from));
	json_add(task, STR("owner"), person(asking, &asking->to));
	put_words(asking, task, episode);
	return task;
}

static bool add_write(struct asking *asking, struct json *resource, struct str id, int64_t version)
{
	if (asking->write_count == asking->capacity) {
		operation_refuse(asking->call, ERROR_LIMIT, "Too many handovers at once.");
		return false;
	}
	return operation_write(asking->call, resource, id, version,
			       &asking->writes[asking->write_count++]);
}

/* A newer wish takes the place of one that nobody has accepted. */
static bool withdraw_older(struct asking *asking, struct str episode, struct str patient)
{
	struct arena *arena = &asking->call->arena;
	struct search_argument arguments[] = {
		{ STR("patient"), patient },
		{ STR("code"), STR(HOMEWARD_URL "CodeSystem/ward-task|hand-over") },
		{ STR("status"), STR("requested") },
	};
	struct search_result found = { 0 };
	if (!operation_search(asking->call, "Task", arguments, 3, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *task = NULL;
		if (json_parse(arena, found.matches[i].body, NULL, NULL, &task) != ERROR_OK)
			continue;
		struct str of = model_reference_id(
			json_get(model_extension(task, STR("episode")), STR("valueReference")),
			STR("EpisodeOfCare"));
		if (!str_equal(of, episode))
			continue;
		json_put(task, STR("status"), json_new_string(arena, STR("cancelled")));
		if (!add_write(asking, task, found.matches[i].id, found.matches[i].version))
			return false;
	}
	return true;
}

static bool ask(struct asking *asking, const struct json *episode, struct str id)
{
	struct arena *arena = &asking->call->arena;
	struct str patient = json_get_text(json_get(episode, STR("patient")), STR("reference"));
	char task_id[37];
	if (asking->task_count == PATIENTS_MAX) {
		operation_refuse(asking->call, ERROR_LIMIT,
				 "At most %d patients are handed over at once.", PATIENTS_MAX);
		return false;
	}
	if (!withdraw_older(asking, id, patient))
		return false;
	random_uuid_ordered(asking->now_us, task_id);
	struct json *task = task_of(asking, task_id, id, patient);
	asking->tasks[asking->task_count++] = asking->write_count;
	return add_write(asking, task, arena_copy(arena, str_from_c(task_id)), STORE_VERSION_NONE);
}

/* --- answers -------------------------------------------------------------------------------- */

struct handing {
	struct store_commit commit; /* first: the finish function finds the rest by it */
	struct asking *asking;
	bool one;
};

static void answer_bundle(struct call *call, const struct asking *asking)
{
	struct json *bundle = json_new(&call->arena, JSON_OBJECT);
	json_add(bundle, STR("resourceType"), json_new_string(&call->arena, STR("Bundle")));
	json_add(bundle, STR("type"), json_new_string(&call->arena, STR("collection")));
	struct json *entries = json_add(bundle, STR("entry"), json_new(&call->arena, JSON_ARRAY));
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	for (size_t i = 0; i < asking->task_count && reader != NULL; i++) {
		const struct store_write *write = &asking->writes[asking->tasks[i]];
		struct store_version version = { 0 };
		struct json *tree = NULL;
		struct text url;
		if (store_read_version(reader, &call->arena, write->type, write->id, write->version,
				       &version) != ERROR_OK ||
		    json_parse(&call->arena, version.body, NULL, NULL, &tree) != ERROR_OK)
			continue;
		text_init(&url, &call->arena, LIMIT_URL_BYTES_MAX);
		text_put(&url, server_base_url(call->server));
		text_put_format(&url, "/Task/%.*s", STR_ARG(write->id));
		struct json *entry = json_append(entries, json_new(&call->arena, JSON_OBJECT));
		json_add(entry, STR("fullUrl"), json_new_string(&call->arena, text_view(&url)));
		json_add(entry, STR("resource"), tree);
	}
	if (reader != NULL)
		store_reader_return(reader);
	call_answer_json(call, 200, bundle);
}

static void answer(struct call *call, struct store_commit *commit)
{
	struct handing *handing = (struct handing *)commit;
	if (commit->error == ERROR_PRECONDITION)
		operation_refuse(call, ERROR_CONFLICT,
				 "Somebody accepted or changed a handover meanwhile; look again.");
	else if (commit->error != ERROR_OK)
		call_fail(call, commit->error);
	else if (handing->one)
		operation_answer(call, &commit->writes[handing->asking->tasks[0]]);
	else
		answer_bundle(call, handing->asking);
}

static void commit(struct asking *asking, bool one)
{
	struct call *call = asking->call;
	struct handing *handing = ARENA_NEW(&call->arena, struct handing, 1);
	if (handing == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	handing->asking = asking;
	handing->one = one;
	handing->commit.writes = asking->writes;
	handing->commit.write_count = asking->write_count;
	handing->commit.origin = STR("api");
	handing->commit.feed_expected = -1;
	call_commit(call, &handing->commit, answer);
}

/* Both must work on the ward. NULL: answered with an error. */
static struct asking *begin(struct call *call, struct str ward, size_t patients)
{
	struct asking *asking = ARENA_NEW(&call->arena, struct asking, 1);
	struct json *parameters = operation_parameters(call);
	if (parameters == NULL)
		return NULL;
	if (asking == NULL) {
		call_fail(call, ERROR_LIMIT);
		return NULL;
	}
	asking->call = call;
	asking->ward = ward;
	asking->now_us = clock_now_us(server_clock(call->server));
	asking->capacity = 2 * patients + 8;
	asking->writes = ARENA_NEW(&call->arena, struct store_write, asking->capacity);
	if (asking->writes == NULL) {
		call_fail(call, ERROR_LIMIT);
		return NULL;
	}
	if (!operation_staff(call, parameters, STR("from"), &asking->from) ||
	    !operation_staff(call, parameters, STR("to"), &asking->to))
		return NULL;
	if (!str_equal(asking->from.ward, ward) || !str_equal(asking->to.ward, ward) ||
	    str_equal(asking->from.reference, asking->to.reference)) {
		operation_refuse(call, ERROR_INVALID,
				 "`from` and `to` must be two people of the patient's ward.");
		return NULL;
	}
	return asking;
}

void operation_hand_over(struct call *call)
{
	struct json *episode = NULL;
	struct str ward;
	int64_t version;
	if (!operation_open_stay(call, &episode, &version, &ward))
		return;
	struct asking *asking = begin(call, ward, 1);
	if (asking != NULL && ask(asking, episode, call->path_parts[0]))
		commit(asking, true);
}

void operation_hand_over_all(struct call *call)
{
	struct text reference;
	struct search_result found = { 0 };
	text_init(&reference, &call->arena, MODEL_REFERENCE_BYTES);
	text_put_format(&reference, "Organization/%.*s", STR_ARG(call->path_parts[0]));
	struct search_argument arguments[] = {
		{ STR("organization"), text_view(&reference) },
		{ STR("status"), STR("active,onhold") },
		{ STR("type"), STR(HOMEWARD_URL "CodeSystem/episode-type|virtual-ward") },
	};
	if (!operation_search(call, "EpisodeOfCare", arguments, 3, &found))
		return;
	if (found.match_count == 0) {
		operation_refuse(call, ERROR_INVALID, "No patient is on this ward.");
		return;
	}
	struct asking *asking = begin(call, call->path_parts[0], found.match_count);
	for (size_t i = 0; i < found.match_count && asking != NULL; i++) {
		struct json *episode = NULL;
		if (json_parse(&call->arena, found.matches[i].body, NULL, NULL, &episode) !=
		    ERROR_OK) {
			call_fail(call, ERROR_LIMIT);
			return;
		}
		if (!ask(asking, episode, found.matches[i].id))
			return;
	}
	if (asking != NULL)
		commit(asking, false);
}

/* --- $accept -------------------------------------------------------------------------------- */

/* The one who was asked, by any role of theirs, or the nurse in charge of the ward in their place. */
static bool may_accept(struct call *call, const struct json *task, const struct staff *by)
{
	struct fhir_reference owner = { 0 };
	struct staff asked = { 0 };
	if (!fhir_reference_parse(json_get_text(json_get(task, STR("owner")), STR("reference")),
				  &owner) ||
	    !operation_staff_read(call, owner.id, &asked))
		return false;
	bool same = str_equal(asked.reference, by->reference) ||
		    (asked.practitioner.len > 0 && str_equal(asked.practitioner, by->practitioner));
	bool leads = (by->roles & 1u << ROLE_NURSE_IN_CHARGE) != 0;
	if (str_equal(asked.ward, by->ward) && (same || leads))
		return true;
	operation_refuse(
		call, ERROR_CONFLICT,
		"%.*s was asked to take over: only they or the nurse in charge can accept.",
		STR_ARG(asked.name));
	return false;
}

/* What is taken over by somebody who is not there would be nobody's until they come. */
static bool is_coming(struct call *call, const struct staff *by)
{
	int64_t now_us = clock_now_us(server_clock(call->server));
	const struct cover_gap soon = { now_us, now_us + EARLY_US };
	struct roster roster = { 0 };
	if (!roster_open(call, by->ward, &soon, &roster))
		return false;
	bool works = roster_works(&roster, by->reference, &soon);
	roster_close(&roster);
	if (works)
		return true;
	operation_refuse(call, ERROR_CONFLICT,
			 "%.*s is not on shift, and no shift of theirs begins within the hour: "
			 "somebody who is there takes over. Nothing was changed.",
			 STR_ARG(by->name));
	return false;
}

static void accept(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *task = NULL;
	struct staff by = { 0 };
	int64_t version = 0;
	struct arena *arena = &call->arena;
	if (parameters == NULL || !operation_staff(call, parameters, STR("by"), &by) ||
	    !operation_read(call, STR("Task"), call->path_parts[0], &task, &version))
		return;
	if (!operation_is_ward_task(task, STR("hand-over"))) {
		operation_refuse(call, ERROR_INVALID,
				 "Only a handover is accepted; an alert is answered by "
				 "$acknowledge.");
		return;
	}
	if (!str_equal(json_get_text(task, STR("status")), STR("requested"))) {
		operation_refuse(call, ERROR_CONFLICT,
				 "This handover does not wait any more; nothing was changed.");
		return;
	}
	if (!may_accept(call, task, &by) || !is_coming(call, &by))
		return;
	struct asking asking = { .call = call };
	struct json *period = json_new(arena, JSON_OBJECT);
	print_instant(arena, period, STR("start"), clock_now_us(server_clock(call->server)));
	json_put(task, STR("status"), json_new_string(arena, STR("accepted")));
	json_put(task, STR("owner"), person(&asking, &by));
	json_put(task, STR("executionPeriod"), period);
	operation_note(call, task, by.reference, by.name, STR("Accepted."));
	operation_commit(call, task, version, accept, tries_left);
}

void operation_accept(struct call *call)
{
	accept(call, OPERATION_TRIES);
}
