/* SPDX-License-Identifier: Apache-2.0
 * Ways to find the matches in order, cheapest first:
 *   list     some criterion leads to few resources: look at all of them and sort
 *   stream   an index has the order asked for: walk it until the page is full
 *   all      every resource of the type, keeping the best
 * Each looks at candidates only; match_all decides. The order depends on the request alone, so a later
 * page may come another way. */
#include "store/search_driver.h"

#include <stdlib.h>

#define LIST_SMALL 256   /* so few are looked at without thinking */
#define LIST_LARGE 50000 /* more are not gathered */
#define PRUNE_HITS 8192

enum error scan_candidate(struct run *run, int64_t key, struct candidate *ret_candidate)
{
	sqlite3_stmt *row = database_statement(run->reader->database, STATEMENT_RESOURCE_FIND);
	int code;

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int64(row, 1, key);
	code = sqlite3_step(row);
	if (code != SQLITE_ROW || sqlite3_column_int(row, 3) != 0) {
		sqlite3_reset(row);
		return code == SQLITE_ROW || code == SQLITE_DONE
			       ? ERROR_NOT_FOUND
			       : database_error(run->reader->database, code);
	}
	/* The entries stand in the statement's row, which stays until the next candidate. */
	*ret_candidate = (struct candidate){ .key = key,
					     .born = sqlite3_column_int64(row, 0),
					     .feed = sqlite3_column_int64(row, 1),
					     .version = sqlite3_column_int64(row, 2),
					     .entries = database_column_blob(row, 4) };
	return ERROR_OK;
}

/* --- hits ----------------------------------------------------------------------------------- */

struct gathering {
	struct run *run;
	struct hits *hits;
	size_t capacity;
	int64_t matched;
	bool ordered; /* candidates come in order: stop when the page is full */
	bool full;
	uint32_t looked;
};

static int compare_hits(const void *a, const void *b)
{
	const struct hit *left = a, *right = b;

	return str_compare(left->position, right->position);
}

/* Keeps the first `wanted`. */
static void prune(struct gathering *gathering)
{
	struct hits *hits = gathering->hits;

	if (hits->count > 1)
		qsort(hits->hits, hits->count, sizeof(*hits->hits), compare_hits);
	if (hits->count > hits->wanted)
		hits->count = hits->wanted;
}

static enum error add_hit(struct gathering *gathering, struct hit hit)
{
	struct run *run = gathering->run;
	struct hits *hits = gathering->hits;

	gathering->matched++;
	if (run->after.len > 0 && str_compare(hit.position, run->after) <= 0)
		return ERROR_OK;
	if (gathering->ordered && hits->count >= hits->wanted) {
		gathering->full = gathering->matched > hits->count_max;
		return ERROR_OK;
	}
	if (!gathering->ordered && hits->count >= hits->wanted + PRUNE_HITS)
		prune(gathering);
	if (hits->count == gathering->capacity) {
		size_t capacity = gathering->capacity == 0 ? 32 : gathering->capacity * 2;
		struct hit *grown = arena_take(run->arena, capacity * sizeof(*grown), 16);

		if (grown == NULL)
			return ERROR_LIMIT;
		if (hits->count > 0)
			memcpy(grown, hits->hits, hits->count * sizeof(*grown));
		hits->hits = grown;
		gathering->capacity = capacity;
	}
	hit.position = arena_copy(run->arena, hit.position);
	hits->hits[hits->count++] = hit;
	/* The page is full and nobody wants to know how many there are. */
	gathering->full = gathering->ordered && hits->count >= hits->wanted &&
			  gathering->matched > hits->count_max;
	return run->arena->failed ? ERROR_LIMIT : ERROR_OK;
}

/* The clock is asked now and then: candidates may come from many short statements. */
static enum error check_deadline(struct gathering *gathering)
{
	if (++gathering->looked % 256 == 0 &&
	    database_deadline_passed(gathering->run->reader->database))
		return ERROR_TOO_COSTLY;
	return ERROR_OK;
}

static enum error consider(struct gathering *gathering, const struct candidate *candidate,
			   struct str id)
{
	struct run *run = gathering->run;
	struct position_buffer buffer;
	bool match = false;
	enum error error = check_deadline(gathering);

	if (error != ERROR_OK || candidate->born > run->feed_max)
		return error;
	/* What changed since page one has moved in an order by time. */
	if (run->sort_count > 0 && run->sort[0].kind == SORT_UPDATED &&
	    candidate->feed > run->feed_max)
		return ERROR_OK;
	error = match_all(run, candidate, &match);
	if (error != ERROR_OK || !match)
		return error;
	return add_hit(gathering,
		       (struct hit){ .key = candidate->key,
				     .feed = candidate->feed,
				     .version = candidate->version,
				     .position = match_position(run, candidate, id, &buffer) });
}

static bool needs_id(const struct run *run)
{
	for (size_t i = 0; i < run->sort_count; i++) {
		if (run->sort[i].kind == SORT_ID)
			return true;
	}
	return false;
}

/* The id stands in the body; only an order by _id needs it. */
static enum error candidate_id(struct run *run, const struct candidate *candidate,
			       struct str *ret_id)
{
	struct store_version version;
	enum error error;

	if (!needs_id(run))
		return ERROR_OK;
	error = reader_version_at(run->reader, run->arena, candidate->feed, &version);
	if (error == ERROR_OK)
		*ret_id = version.id;
	return error;
}

static enum error consider_key(struct gathering *gathering, int64_t key)
{
	struct candidate candidate;
	struct str id = { NULL, 0 };
	enum error error = scan_candidate(gathering->run, key, &candidate);

	if (error == ERROR_NOT_FOUND)
		return ERROR_OK;
	if (error == ERROR_OK)
		error = candidate_id(gathering->run, &candidate, &id);
	return error == ERROR_OK ? consider(gathering, &candidate, id) : error;
}

/* --- list ----------------------------------------------------------------------------------- */

static enum error run_list(struct gathering *gathering, const int64_t *keys, size_t count)
{
	enum error error = ERROR_OK;

	gathering->ordered = gathering->run->sort_count == 0;
	for (size_t i = 0; i < count && error == ERROR_OK && !gathering->full; i++)
		error = consider_key(gathering, keys[i]);
	if (!gathering->ordered)
		prune(gathering);
	return error;
}

/* --- streams -------------------------------------------------------------------------------- */

static enum error end_of(struct run *run, sqlite3_stmt *row, int code, enum error error)
{
	sqlite3_reset(row);
	if (error != ERROR_OK || code == SQLITE_DONE || code == SQLITE_ROW)
		return error;
	return database_error(run->reader->database, code);
}

/* Every resource of the type by key: the order of a search without _sort, or of no use at all. */
static enum error run_keys(struct gathering *gathering, bool ordered)
{
	struct run *run = gathering->run;
	sqlite3_stmt *row = database_statement(run->reader->database, STATEMENT_RESOURCE_SCAN);
	int64_t value, key = key_first(run->type_code);
	enum error error = ERROR_OK;
	int code = SQLITE_DONE;

	gathering->ordered = ordered;
	if (ordered && run->after.len > 0 && !match_position_read(run, run->after, &value, &key))
		return ERROR_BAD_REQUEST;
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int64(row, 1, key);
	sqlite3_bind_int64(row, 2, key_first((uint8_t)(run->type_code + 1)));
	while (error == ERROR_OK && !gathering->full && (code = sqlite3_step(row)) == SQLITE_ROW) {
		struct candidate candidate = { .key = sqlite3_column_int64(row, 0),
					       .born = sqlite3_column_int64(row, 1),
					       .feed = sqlite3_column_int64(row, 2),
					       .version = sqlite3_column_int64(row, 3),
					       .entries = database_column_blob(row, 5) };
		struct str id = { NULL, 0 };

		if (sqlite3_column_int(row, 4) != 0)
			continue;
		error = candidate_id(run, &candidate, &id);
		if (error == ERROR_OK)
			error = consider(gathering, &candidate, id);
	}
	if (!ordered)
		prune(gathering);
	return end_of(run, row, code, error);
}

/* One code of one system: its rows stand in the order of keys. */
static enum error run_token(struct gathering *gathering, const struct search_value *token)
{
	struct run *run = gathering->run;
	sqlite3_stmt *row = database_statement(run->reader->database, STATEMENT_TOKEN_SYSTEM);
	int64_t value, key = 0;
	enum error error = ERROR_OK;
	int code = SQLITE_DONE;

	gathering->ordered = true;
	if (run->after.len > 0 && !match_position_read(run, run->after, &value, &key))
		return ERROR_BAD_REQUEST;
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, run->type_code);
	database_bind_text(row, 2, token->code);
	sqlite3_bind_int64(row, 3, token->system_number);
	sqlite3_bind_int64(row, 4, key);
	while (error == ERROR_OK && !gathering->full && (code = sqlite3_step(row)) == SQLITE_ROW)
		error = consider_key(gathering, sqlite3_column_int64(row, 0));
	return end_of(run, row, code, error);
}

static enum error run_updated(struct gathering *gathering)
{
	struct run *run = gathering->run;
	bool down = run->sort[0].descending;
	sqlite3_stmt *row = database_statement(
		run->reader->database, down ? STATEMENT_FEED_TYPE_DOWN : STATEMENT_FEED_TYPE_UP);
	int64_t feed = down ? INT64_MAX : 0, key;
	enum error error = ERROR_OK;
	int code = SQLITE_DONE;

	gathering->ordered = true;
	if (run->after.len > 0 && !match_position_read(run, run->after, &feed, &key))
		return ERROR_BAD_REQUEST;
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, run->type_code);
	sqlite3_bind_int64(row, 2, feed);
	while (error == ERROR_OK && !gathering->full && (code = sqlite3_step(row)) == SQLITE_ROW) {
		struct candidate candidate;
		struct str none = { NULL, 0 };

		error = scan_candidate(run, sqlite3_column_int64(row, 1), &candidate);
		if (error == ERROR_OK && candidate.feed == sqlite3_column_int64(row, 0))
			error = consider(gathering, &candidate, none);
		else if (error == ERROR_NOT_FOUND)
			error = ERROR_OK;
	}
	return end_of(run, row, code, error);
}

static enum error run_ids(struct gathering *gathering)
{
	struct run *run = gathering->run;
	bool down = run->sort[0].descending;
	sqlite3_stmt *row =
		database_statement(run->reader->database, down ? STATEMENT_IDENTITY_SCAN_DOWN
							       : STATEMENT_IDENTITY_SCAN_UP);
	enum error error = ERROR_OK;
	int code = SQLITE_DONE;

	/* Later pages walk over what came before: an id is short, and add_hit leaves it out. */
	gathering->ordered = true;
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, run->type_code);
	database_bind_text(row, 2, down ? STR("~") : STR("")); /* "~" is after every id */
	while (error == ERROR_OK && !gathering->full && (code = sqlite3_step(row)) == SQLITE_ROW) {
		struct candidate candidate;

		error = scan_candidate(run, sqlite3_column_int64(row, 0), &candidate);
		if (error == ERROR_OK)
			error = consider(gathering, &candidate, database_column_text(row, 1));
		else if (error == ERROR_NOT_FOUND)
			error = ERROR_OK;
	}
	return end_of(run, row, code, error);
}

/* --- by the primary date -------------------------------------------------------------------- */

static bool has_parameter(struct str parameters, uint16_t code)
{
	for (size_t i = 0; i + 1 < parameters.len; i += 2) {
		if ((uint8_t)parameters.ptr[i] == code >> 8 &&
		    (uint8_t)parameters.ptr[i + 1] == (code & 0xff))
			return true;
	}
	return false;
}

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_ASK };

/* What a row of `reference` alone says about the match. */
static enum verdict judge_reference(const struct run *run, const struct dated_plan *plan,
				    sqlite3_stmt *row)
{
	int64_t low_us = sqlite3_column_int64(row, 1), width_us = sqlite3_column_int64(row, 2);

	if (!plan->covered)
		return VERDICT_ASK;
	if (!has_parameter(database_column_blob(row, 5), plan->subject->parameter_code))
		return VERDICT_NO;
	if (plan->code != NULL && plan->code->values[0].has_separator) {
		int64_t system = sqlite3_column_int64(row, 4);

		if (system == -1)
			return VERDICT_ASK;
		if (system != plan->code->values[0].system_number)
			return VERDICT_NO;
	}
	for (size_t i = 0; i < run->criterion_count; i++) {
		const struct search_criterion *criterion = &run->criteria[i];
		bool any = false;

		if (criterion->kind != CRITERION_PARAMETER ||
		    criterion->parameter_code != run->role.date)
			continue;
		if (low_us == INT64_MIN)
			return VERDICT_NO;
		if (width_us < 0)
			return VERDICT_ASK;
		for (size_t j = 0; j < criterion->value_count && !any; j++)
			any = match_date(criterion->values[j].prefix, low_us, low_us + width_us,
					 &criterion->values[j]);
		if (!any)
			return VERDICT_NO;
	}
	return VERDICT_YES;
}

static enum error consider_dated(struct gathering *gathering, const struct dated_plan *plan,
				 sqlite3_stmt *row)
{
	struct run *run = gathering->run;
	int64_t key = sqlite3_column_int64(row, 0), low_us = sqlite3_column_int64(row, 1);
	enum verdict verdict =
		plan->subject == NULL ? VERDICT_ASK : judge_reference(run, plan, row);
	struct position_buffer buffer;
	struct candidate candidate;
	enum error error;

	/* A resource that changed since page one may be born since then: its row cannot tell. */
	if (verdict == VERDICT_YES && sqlite3_column_int64(row, 3) > run->feed_max)
		verdict = VERDICT_ASK;
	if (verdict == VERDICT_NO)
		return check_deadline(gathering);
	if (verdict == VERDICT_YES)
		return add_hit(gathering, (struct hit){ .key = key,
							.feed = sqlite3_column_int64(row, 3),
							.position = match_position_dated(
								run, low_us, key, &buffer) });
	error = scan_candidate(run, key, &candidate);
	if (error != ERROR_OK)
		return error == ERROR_NOT_FOUND ? ERROR_OK : error;
	/* One of several dates: the row of the first stands for all. */
	if (plan->subject == NULL && entry_date_first(candidate.entries, run->role.date) != low_us)
		return check_deadline(gathering);
	return consider(gathering, &candidate, (struct str){ NULL, 0 });
}

/* Rows from (low_us, key), not included, to the bound, included, in one direction. */
struct stretch {
	int64_t low_us, key, bound_us;
};

static enum error run_stretch(struct gathering *gathering, const struct dated_plan *plan,
			      const struct stretch *stretch)
{
	struct run *run = gathering->run;
	bool down = run->sort[0].descending, reference = plan->subject != NULL;
	enum statement name = reference ? down ? STATEMENT_REFERENCE_DOWN : STATEMENT_REFERENCE_UP
			      : down    ? STATEMENT_DATE_DOWN
					: STATEMENT_DATE_UP;
	sqlite3_stmt *row = database_statement(run->reader->database, name);
	enum error error = ERROR_OK;
	int code = SQLITE_DONE, at = 1;

	if (row == NULL)
		return ERROR_STORAGE;
	if (reference) {
		sqlite3_bind_int64(row, at++, plan->target);
		sqlite3_bind_int(row, at++, run->type_code);
		database_bind_text(row, at++,
				   plan->code == NULL ? STR("") : plan->code->values[0].code);
	} else {
		sqlite3_bind_int(row, at++, run->role.date);
	}
	sqlite3_bind_int64(row, at++, stretch->low_us);
	sqlite3_bind_int64(row, at++, stretch->key);
	sqlite3_bind_int64(row, at++, stretch->bound_us);
	while (error == ERROR_OK && !gathering->full && (code = sqlite3_step(row)) == SQLITE_ROW)
		error = consider_dated(gathering, plan, row);
	return end_of(run, row, code, error);
}

static enum error run_dated(struct gathering *gathering, const struct dated_plan *plan)
{
	struct run *run = gathering->run;
	bool down = run->sort[0].descending;
	int64_t low_us = plan->low_us, high_us = plan->high_us, at_us, key;
	struct stretch stretch = { .low_us = down ? high_us : low_us,
				   .key = down ? INT64_MAX : INT64_MIN,
				   .bound_us = down ? low_us : high_us };
	bool undated_left = !down && !plan->dated;
	enum error error;

	gathering->ordered = true;
	if (run->after.len > 0) {
		if (!match_position_read(run, run->after, &at_us, &key))
			return ERROR_BAD_REQUEST;
		if (at_us == INT64_MIN && !down) { /* already among those without a date */
			stretch = (struct stretch){ INT64_MIN, key, INT64_MIN };
			return run_stretch(gathering, plan, &stretch);
		}
		stretch.low_us = at_us;
		stretch.key = key;
	}
	error = run_stretch(gathering, plan, &stretch);
	if (error != ERROR_OK || gathering->full || !undated_left)
		return error;
	stretch = (struct stretch){ INT64_MIN, INT64_MIN, INT64_MIN };
	return run_stretch(gathering, plan, &stretch);
}

/* --- the choice ----------------------------------------------------------------------------- */

static const struct search_value *token_stream(const struct run *run)
{
	for (size_t i = 0; i < run->criterion_count; i++) {
		const struct search_criterion *criterion = &run->criteria[i];

		if (criterion->kind == CRITERION_PARAMETER &&
		    criterion->modifier == MODIFIER_NONE && criterion->value_count == 1 &&
		    criterion->parameter->kind == FHIR_SEARCH_TOKEN &&
		    criterion->values[0].code.len > 0 && criterion->values[0].has_separator)
			return &criterion->values[0];
	}
	return NULL;
}

static bool is_by_date(const struct run *run)
{
	return run->sort_count == 1 && run->sort[0].kind == SORT_PARAMETER && run->role.date != 0 &&
	       run->sort[0].parameter_code == run->role.date;
}

static bool has_stream(const struct run *run)
{
	return run->sort_count == 0 || is_by_date(run) ||
	       (run->sort_count == 1 && run->sort[0].kind != SORT_PARAMETER);
}

static enum error run_stream(struct gathering *gathering)
{
	struct run *run = gathering->run;
	const struct search_value *token = token_stream(run);
	struct dated_plan plan;

	if (run->sort_count == 0)
		return token != NULL ? run_token(gathering, token) : run_keys(gathering, true);
	if (run->sort[0].kind == SORT_UPDATED)
		return run_updated(gathering);
	if (run->sort[0].kind == SORT_ID)
		return run_ids(gathering);
	driver_dated(run, false, &plan);
	return run_dated(gathering, &plan);
}

static enum error choose(struct gathering *gathering)
{
	struct run *run = gathering->run;
	struct driver_list list = { .keys = NULL };
	struct dated_plan plan;
	enum error error;
	bool subject = is_by_date(run) && driver_dated(run, true, &plan);

	if (subject && plan.covered)
		return run_dated(gathering, &plan);
	error = driver_smallest(run, LIST_SMALL, &list);
	if (error == ERROR_OK && list.keys == NULL && subject)
		return run_dated(gathering, &plan);
	if (error == ERROR_OK && list.keys == NULL &&
	    (run->criterion_count > 1 || !has_stream(run)))
		error = driver_smallest(run, LIST_LARGE, &list);
	if (error != ERROR_OK)
		return error;
	if (list.keys != NULL)
		return run_list(gathering, list.keys, list.count);
	return has_stream(run) ? run_stream(gathering) : run_keys(gathering, false);
}

enum error scan_run(struct run *run, struct hits *hits)
{
	struct gathering gathering = { .run = run, .hits = hits };
	enum error error = ERROR_OK;

	hits->count = 0;
	hits->total = 0;
	if (!run->never)
		error = choose(&gathering);
	hits->total = gathering.full ? -1 : gathering.matched;
	return error;
}
