/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search_driver.h"

#include <math.h>
#include <stdlib.h>

struct collecting {
	struct run *run;
	int64_t *keys;
	size_t count, count_max;
	bool overflow;
	bool refused; /* no index leads to this value */
};

/* Steps a bound statement whose first column is a key. */
static enum error collect(struct collecting *collecting, sqlite3_stmt *row)
{
	int code = SQLITE_DONE;

	if (row == NULL)
		return ERROR_STORAGE;
	while (!collecting->overflow && (code = sqlite3_step(row)) == SQLITE_ROW) {
		if (collecting->count == collecting->count_max)
			collecting->overflow = true;
		else
			collecting->keys[collecting->count++] = sqlite3_column_int64(row, 0);
	}
	sqlite3_reset(row);
	return code == SQLITE_DONE || code == SQLITE_ROW
		       ? ERROR_OK
		       : database_error(collecting->run->reader->database, code);
}

static sqlite3_stmt *statement(struct collecting *collecting, enum statement name)
{
	return database_statement(collecting->run->reader->database, name);
}

/* The least text after all that start with `start`: texts hold no byte 0xff. */
static struct str after_prefix(struct arena *arena, struct str start)
{
	char *bytes = arena_take(arena, start.len + 1, 1);

	if (bytes == NULL)
		return start;
	if (start.len > 0)
		memcpy(bytes, start.ptr, start.len);
	bytes[start.len] = (char)0xff;
	return (struct str){ bytes, start.len + 1 };
}

static enum error collect_range(struct collecting *collecting, enum statement name,
				struct str start)
{
	sqlite3_stmt *row = statement(collecting, name);

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, collecting->run->type_code);
	database_bind_text(row, 2, start);
	database_bind_text(row, 3, after_prefix(collecting->run->arena, start));
	return collect(collecting, row);
}

static enum error collect_code(struct collecting *collecting, struct str code)
{
	sqlite3_stmt *row = statement(collecting, STATEMENT_TOKEN_CODE);

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, collecting->run->type_code);
	database_bind_text(row, 2, code);
	return collect(collecting, row);
}

static enum error collect_token(struct collecting *collecting, const struct search_value *value)
{
	sqlite3_stmt *row;

	if (value->code.len == 0) {
		collecting->refused = true;
		return ERROR_OK;
	}
	if (!value->has_separator)
		return collect_code(collecting, value->code);
	row = statement(collecting, STATEMENT_TOKEN_SYSTEM);
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, collecting->run->type_code);
	database_bind_text(row, 2, value->code);
	sqlite3_bind_int64(row, 3, value->system_number);
	sqlite3_bind_int64(row, 4, 0);
	return collect(collecting, row);
}

/* The text itself and, for canonicals, each of its versions; or all that stand below it. */
static enum error collect_uri(struct collecting *collecting, enum modifier modifier,
			      struct str text)
{
	struct text versions;
	enum error error;

	if (modifier == MODIFIER_BELOW)
		return collect_range(collecting, STATEMENT_TOKEN_RANGE,
				     str_slice(text, 0, ENTRY_TEXT_MAX - 16));
	error = collect_code(collecting, text);
	if (error != ERROR_OK)
		return error;
	text_init(&versions, collecting->run->arena, ENTRY_TEXT_MAX + 2);
	text_put(&versions, text);
	text_put_byte(&versions, '|');
	return collect_range(collecting, STATEMENT_TOKEN_RANGE, text_view(&versions));
}

static enum error collect_targets(struct collecting *collecting, const int64_t *targets,
				  size_t count)
{
	enum error error = ERROR_OK;

	for (size_t i = 0; i < count && error == ERROR_OK && !collecting->overflow; i++) {
		sqlite3_stmt *row = statement(collecting, STATEMENT_REFERENCE_ALL);

		if (row == NULL)
			return ERROR_STORAGE;
		sqlite3_bind_int64(row, 1, targets[i]);
		sqlite3_bind_int(row, 2, collecting->run->type_code);
		error = collect(collecting, row);
	}
	return error;
}

static enum error collect_reference(struct collecting *collecting,
				    const struct search_criterion *criterion,
				    const struct search_value *value)
{
	enum error error;

	if (criterion->modifier == MODIFIER_IDENTIFIER)
		return collect_token(collecting, value);
	error = collect_targets(collecting, value->numbers, value->number_count);
	if (error != ERROR_OK || collecting->overflow)
		return error;
	return collect_uri(collecting, criterion->modifier, value->text);
}

static enum error collect_string(struct collecting *collecting,
				 const struct search_criterion *criterion,
				 const struct search_value *value)
{
	sqlite3_stmt *row;

	if (criterion->modifier == MODIFIER_NONE)
		return collect_range(collecting, STATEMENT_STRING_RANGE, value->text);
	row = statement(collecting, STATEMENT_STRING_EXACT);
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, collecting->run->type_code);
	database_bind_text(row, 2, value->text);
	return collect(collecting, row);
}

/* Bounds of low_us of whatever can match; `wide` says that wide values may begin before them. */
struct date_bounds {
	int64_t low_us, high_us;
	bool wide, refused;
};

static int64_t minus(int64_t a, int64_t b)
{
	int64_t difference;

	return __builtin_sub_overflow(a, b, &difference) ? INT64_MIN + 1 : difference;
}

static struct date_bounds bounds_of(const struct search_value *value)
{
	struct date_bounds bounds = { .low_us = INT64_MIN + 1, .high_us = INT64_MAX };

	switch (value->prefix) {
	case PREFIX_EQ:
		bounds.low_us = value->low_us;
		bounds.high_us = value->high_us;
		break;
	case PREFIX_AP:
		bounds.high_us = value->high_us;
		bounds.low_us = minus(value->low_us, ROW_NARROW_US);
		bounds.wide = true;
		break;
	case PREFIX_GT:
	case PREFIX_GE:
		bounds.low_us = minus(value->low_us, ROW_NARROW_US);
		bounds.wide = true;
		break;
	case PREFIX_SA:
		bounds.low_us = value->high_us;
		break;
	case PREFIX_LT:
	case PREFIX_EB:
		bounds.high_us = value->low_us;
		break;
	case PREFIX_LE:
		bounds.high_us = value->high_us;
		break;
	case PREFIX_NE:
		bounds.refused = true;
		break;
	}
	return bounds;
}

static enum error collect_date(struct collecting *collecting,
			       const struct search_criterion *criterion,
			       const struct search_value *value)
{
	struct date_bounds bounds = bounds_of(value);
	sqlite3_stmt *row = statement(collecting, STATEMENT_DATE_RANGE);
	enum error error;

	collecting->refused = bounds.refused;
	if (bounds.refused || row == NULL)
		return row == NULL ? ERROR_STORAGE : ERROR_OK;
	sqlite3_bind_int(row, 1, criterion->parameter_code);
	sqlite3_bind_int64(row, 2, bounds.low_us);
	sqlite3_bind_int64(row, 3, bounds.high_us);
	error = collect(collecting, row);
	if (error != ERROR_OK || collecting->overflow || !bounds.wide)
		return error;
	row = statement(collecting, STATEMENT_WIDE_RANGE);
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, criterion->parameter_code);
	sqlite3_bind_int64(row, 2, value->low_us);
	return collect(collecting, row);
}

static enum error collect_unit(struct collecting *collecting,
			       const struct search_criterion *criterion, enum prefix prefix,
			       const struct search_unit *unit)
{
	const double infinity = (double)INFINITY;
	sqlite3_stmt *row = statement(collecting, STATEMENT_NUMBER_RANGE);
	bool up = prefix == PREFIX_GT || prefix == PREFIX_GE || prefix == PREFIX_SA;
	bool down = prefix == PREFIX_LT || prefix == PREFIX_LE || prefix == PREFIX_EB;
	double low = up ? unit->number : down ? -infinity : unit->low;
	double high = up ? infinity : down ? unit->number : unit->high;
	enum error error;

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, collecting->run->type_code);
	sqlite3_bind_double(row, 2, low);
	sqlite3_bind_double(row, 3, high);
	error = collect(collecting, row);
	if (error != ERROR_OK || collecting->overflow || down || prefix == PREFIX_EQ)
		return error;
	row = statement(collecting, STATEMENT_WIDE_RANGE);
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, criterion->parameter_code);
	sqlite3_bind_double(row, 2, low);
	return collect(collecting, row);
}

static enum error collect_number(struct collecting *collecting,
				 const struct search_criterion *criterion,
				 const struct search_value *value)
{
	enum error error = ERROR_OK;

	collecting->refused = value->prefix == PREFIX_NE;
	for (size_t i = 0; i < value->unit_count && error == ERROR_OK && !collecting->overflow &&
			   !collecting->refused;
	     i++)
		error = collect_unit(collecting, criterion, value->prefix, &value->units[i]);
	return error;
}

static enum error collect_value(struct collecting *collecting,
				const struct search_criterion *criterion,
				const struct search_value *value)
{
	switch (criterion->parameter->kind) {
	case FHIR_SEARCH_TOKEN:
		if (criterion->modifier == MODIFIER_OF_TYPE)
			return collect_code(collecting, value->value);
		return collect_token(collecting, value);
	case FHIR_SEARCH_REFERENCE:
		return collect_reference(collecting, criterion, value);
	case FHIR_SEARCH_URI:
		return collect_uri(collecting, criterion->modifier, value->text);
	case FHIR_SEARCH_STRING:
		return collect_string(collecting, criterion, value);
	case FHIR_SEARCH_DATE:
		return collect_date(collecting, criterion, value);
	case FHIR_SEARCH_NUMBER:
	case FHIR_SEARCH_QUANTITY:
		return collect_number(collecting, criterion, value);
	case FHIR_SEARCH_COMPOSITE: /* its first component, when that is a code */
		if (value->parts[0].code.len > 0)
			return collect_code(collecting, value->parts[0].code);
		break;
	case FHIR_SEARCH_SPECIAL:
		break;
	}
	collecting->refused = true;
	return ERROR_OK;
}

static bool can_drive(const struct search_criterion *criterion)
{
	switch (criterion->modifier) {
	case MODIFIER_NONE:
	case MODIFIER_EXACT:
	case MODIFIER_OF_TYPE:
	case MODIFIER_IDENTIFIER:
	case MODIFIER_BELOW:
	case MODIFIER_TYPE:
		return true;
	case MODIFIER_MISSING:
	case MODIFIER_CONTAINS:
	case MODIFIER_NOT:
	case MODIFIER_TEXT:
	case MODIFIER_ABOVE:
		break;
	}
	return false;
}

static enum error collect_criterion(struct collecting *collecting,
				    const struct search_criterion *criterion)
{
	enum error error = ERROR_OK;

	switch (criterion->kind) {
	case CRITERION_ID:
	case CRITERION_HAS:
		collecting->overflow = criterion->key_count > collecting->count_max;
		if (!collecting->overflow && criterion->key_count > 0)
			memcpy(collecting->keys, criterion->keys,
			       criterion->key_count * sizeof(*collecting->keys));
		collecting->count = collecting->overflow ? 0 : criterion->key_count;
		return ERROR_OK;
	case CRITERION_CHAIN:
	case CRITERION_COMPARTMENT:
		return collect_targets(collecting, criterion->keys, criterion->key_count);
	case CRITERION_UPDATED:
	case CRITERION_TYPE:
		collecting->refused = true;
		return ERROR_OK;
	case CRITERION_PARAMETER:
		break;
	}
	collecting->refused = !can_drive(criterion);
	for (size_t i = 0; i < criterion->value_count && error == ERROR_OK &&
			   !collecting->overflow && !collecting->refused;
	     i++)
		error = collect_value(collecting, criterion, &criterion->values[i]);
	return error;
}

static int compare_keys(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right ? 1 : 0;
}

enum error driver_smallest(struct run *run, size_t count_max, struct driver_list *ret_list)
{
	struct collecting collecting = { .run = run, .count_max = count_max };
	struct driver_list best = { .keys = NULL };
	int64_t *spare = NULL;

	for (size_t i = 0; i < run->criterion_count; i++) {
		enum error error;

		collecting.keys = spare != NULL ? spare
						: arena_take(run->arena,
							     (count_max + 1) * sizeof(int64_t), 16);
		spare = collecting.keys;
		if (collecting.keys == NULL)
			return ERROR_LIMIT;
		collecting.count = 0;
		collecting.overflow = false;
		collecting.refused = false;
		error = collect_criterion(&collecting, &run->criteria[i]);
		if (error != ERROR_OK)
			return error;
		if (collecting.overflow || collecting.refused)
			continue;
		if (best.keys == NULL || collecting.count < best.count) {
			spare = best.keys;
			best.keys = collecting.keys;
			best.count = collecting.count;
			collecting.count_max = best.count > 0 ? best.count : 1;
		}
	}
	if (best.keys != NULL) {
		size_t kept = 0;

		if (best.count > 1)
			qsort(best.keys, best.count, sizeof(int64_t), compare_keys);
		for (size_t i = 0; i < best.count; i++) {
			if (i == 0 || best.keys[i] != best.keys[kept - 1])
				best.keys[kept++] = best.keys[i];
		}
		best.count = kept;
	}
	*ret_list = best;
	return ERROR_OK;
}

/* --- the walk by date ----------------------------------------------------------------------- */

static bool is_subject(const struct search_criterion *criterion)
{
	if (criterion->kind == CRITERION_COMPARTMENT)
		return criterion->key_count == 1;
	return criterion->kind == CRITERION_PARAMETER &&
	       criterion->parameter->kind == FHIR_SEARCH_REFERENCE && criterion->value_count == 1 &&
	       (criterion->modifier == MODIFIER_NONE || criterion->modifier == MODIFIER_TYPE) &&
	       criterion->values[0].number_count == 1 && criterion->values[0].id.len > 0;
}

static bool is_code(const struct run *run, const struct search_criterion *criterion)
{
	return criterion->kind == CRITERION_PARAMETER && run->role.code != 0 &&
	       criterion->parameter_code == run->role.code &&
	       criterion->modifier == MODIFIER_NONE && criterion->value_count == 1 &&
	       criterion->values[0].code.len > 0;
}

static bool is_date(const struct run *run, const struct search_criterion *criterion)
{
	return criterion->kind == CRITERION_PARAMETER &&
	       criterion->parameter_code == run->role.date && criterion->modifier == MODIFIER_NONE;
}

/* Narrows the walk to what a criterion on the primary date allows. A value that began long before may
 * still be wanted: then, if there is any, the walk is not cut there. */
static void narrow(struct run *run, const struct search_criterion *criterion,
		   struct dated_plan *plan)
{
	struct date_bounds bounds = bounds_of(&criterion->values[0]);
	int64_t from_us = minus(bounds.low_us, bounds.wide ? 0 : ROW_NARROW_US);
	sqlite3_stmt *row = database_statement(run->reader->database, STATEMENT_WIDE_PROBE);

	plan->dated = true;
	if (criterion->value_count != 1 || bounds.refused || row == NULL)
		return;
	if (bounds.high_us < plan->high_us)
		plan->high_us = bounds.high_us;
	if (from_us <= plan->low_us)
		return;
	sqlite3_bind_int(row, 1, run->role.date);
	sqlite3_bind_int64(row, 2, from_us);
	sqlite3_bind_int64(row, 3, from_us);
	if (database_integer(row, 0) == 0)
		plan->low_us = from_us;
}

bool driver_dated(struct run *run, bool want_subject, struct dated_plan *ret_plan)
{
	uint8_t patient = run->reader->store->catalogue.patient;
	struct dated_plan plan = { .low_us = INT64_MIN, .high_us = INT64_MAX };
	size_t covered = 0;

	for (size_t i = 0; i < run->criterion_count && want_subject; i++) {
		if (plan.subject == NULL && is_subject(&run->criteria[i]))
			plan.subject = &run->criteria[i];
	}
	if (want_subject && plan.subject == NULL)
		return false;
	if (plan.subject != NULL)
		plan.target = plan.subject->kind == CRITERION_COMPARTMENT
				      ? plan.subject->keys[0]
				      : plan.subject->values[0].numbers[0];
	for (size_t i = 0; i < run->criterion_count; i++) {
		const struct search_criterion *criterion = &run->criteria[i];

		if (plan.code == NULL && plan.subject != NULL && is_code(run, criterion) &&
		    key_type(plan.target) == patient) {
			plan.code = criterion;
			covered++;
		} else if (is_date(run, criterion)) {
			narrow(run, criterion, &plan);
			covered++;
		} else if (criterion == plan.subject && criterion->kind == CRITERION_PARAMETER) {
			covered++;
		}
	}
	plan.covered = plan.subject != NULL && plan.subject->kind == CRITERION_PARAMETER &&
		       covered == run->criterion_count;
	/* Undated rows stand at the very start: the walk down ends with them, the walk up leaves them to
	 * a second one. */
	if (plan.low_us == INT64_MIN && (plan.dated || !run->sort[0].descending))
		plan.low_us = INT64_MIN + 1;
	*ret_plan = plan;
	return true;
}
