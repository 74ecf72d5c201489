/* SPDX-License-Identifier: Apache-2.0
 * Names of a request to the numbers of this store, for one run on one snapshot. */
#include "store/query.h"

#include <stdlib.h>

static int compare_keys(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right ? 1 : 0;
}

static size_t sort_keys(int64_t *keys, size_t count)
{
	size_t kept = 0;

	if (count > 1)
		qsort(keys, count, sizeof(*keys), compare_keys);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || keys[i] != keys[kept - 1])
			keys[kept++] = keys[i];
	}
	return kept;
}

static void resolve_system(struct run *run, struct search_value *value)
{
	int64_t number;

	value->system_number = 0;
	if (value->system.len == 0)
		return;
	number = symbol_number(&run->reader->symbols, SYMBOL_SYSTEM, value->system);
	value->system_number = number == 0 ? -1 : number;
}

/* Every type that the parameter may refer to, for a value that gives an id alone. */
static enum error resolve_reference(struct run *run, const struct search_criterion *criterion,
				    struct search_value *value)
{
	const struct catalogue *catalogue = &run->reader->store->catalogue;
	const struct fhir_search_parameter *parameter = criterion->parameter;
	uint16_t all = fhir_resource_count();
	bool any = parameter->target_count == 0;
	size_t count = any ? all : parameter->target_count;

	value->numbers = ARENA_NEW(run->arena, int64_t, count + 1);
	if (value->numbers == NULL)
		return ERROR_LIMIT;
	if (value->id.len == 0)
		return ERROR_OK;
	if (value->target_type != FHIR_TYPE_NONE)
		count = 1;
	for (size_t i = 0; i < count; i++) {
		uint16_t type = value->target_type != FHIR_TYPE_NONE ? value->target_type
				: any                                ? (uint16_t)(i + 1)
								     : parameter->targets[i];
		int64_t key = type == FHIR_TYPE_NONE || type > all
				      ? 0
				      : symbol_key(&run->reader->symbols,
						   catalogue->type_codes[type], value->id, false);

		if (key != 0)
			value->numbers[value->number_count++] = key;
	}
	value->number_count = sort_keys(value->numbers, value->number_count);
	return ERROR_OK;
}

/* How a number asked for in one unit reads in another: 1 g finds 1000 mg. False when they do not measure
 * the same. */
static bool convert(const struct search_value *value, struct str system, struct str code,
		    struct search_unit *unit)
{
	double factor, offset, other_factor, other_offset;
	struct str canonical, other;

	if (!fhir_unit_canonical(value->system, value->code, &factor, &offset, &canonical) ||
	    !fhir_unit_canonical(system, code, &other_factor, &other_offset, &other) ||
	    !str_equal(canonical, other))
		return false;
	unit->low = (value->low * factor + offset - other_offset) / other_factor;
	unit->high = (value->high * factor + offset - other_offset) / other_factor;
	unit->number = (value->number * factor + offset - other_offset) / other_factor;
	return true;
}

static int compare_units(const void *a, const void *b)
{
	return compare_keys(&((const struct search_unit *)a)->unit,
			    &((const struct search_unit *)b)->unit);
}

/* Whether a unit as it was written is meant, and the number asked for in it. */
static bool unit_fits(const struct search_value *value, struct str written,
		      struct search_unit *unit)
{
	struct str code = str_cut(&written, 0x1f);
	struct str system = str_cut(&written, 0x1f);
	bool fits = value->code.len == 0 || str_equal(code, value->code);

	if (value->system.len == 0)
		fits = fits || str_equal(written, value->code);
	else
		fits = fits && str_equal(system, value->system);
	unit->low = value->low;
	unit->high = value->high;
	unit->number = value->number;
	return fits ||
	       (value->system.len > 0 && value->code.len > 0 && convert(value, system, code, unit));
}

static enum error resolve_units(struct run *run, struct search_value *value)
{
	sqlite3_stmt *row = database_statement(run->reader->database, STATEMENT_SYMBOL_ALL);
	size_t capacity = 0;
	int code;

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, SYMBOL_UNIT);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		struct search_unit unit = { .unit = sqlite3_column_int64(row, 0) };

		if (!unit_fits(value, database_column_blob(row, 1), &unit))
			continue;
		if (value->unit_count == capacity) {
			struct search_unit *grown;

			capacity = capacity == 0 ? 16 : capacity * 2;
			grown = ARENA_NEW(run->arena, struct search_unit, capacity);
			if (grown == NULL)
				break;
			if (value->unit_count > 0)
				memcpy(grown, value->units, value->unit_count * sizeof(*grown));
			value->units = grown;
		}
		value->units[value->unit_count++] = unit;
	}
	sqlite3_reset(row);
	if (value->unit_count > 1)
		qsort(value->units, value->unit_count, sizeof(*value->units), compare_units);
	return run->arena->failed    ? ERROR_LIMIT
	       : code == SQLITE_DONE ? ERROR_OK
				     : database_error(run->reader->database, code);
}

/* Without a unit the number is meant in all of them: one entry, unit 0, see match_number. */
static enum error resolve_number(struct run *run, struct search_value *value)
{
	value->units = NULL;
	value->unit_count = 0;
	if (value->has_separator)
		return resolve_units(run, value);
	value->units = ARENA_NEW(run->arena, struct search_unit, 1);
	if (value->units == NULL)
		return ERROR_LIMIT;
	value->units[0] = (struct search_unit){ 0, value->low, value->high, value->number };
	value->unit_count = 1;
	return ERROR_OK;
}

static enum error resolve_value(struct run *run, const struct search_criterion *criterion,
				struct search_value *value)
{
	value->numbers = NULL;
	value->number_count = 0;
	switch (criterion->parameter->kind) {
	case FHIR_SEARCH_TOKEN:
		resolve_system(run, value);
		return ERROR_OK;
	case FHIR_SEARCH_REFERENCE:
		if (criterion->modifier == MODIFIER_IDENTIFIER) {
			resolve_system(run, value);
			return ERROR_OK;
		}
		return resolve_reference(run, criterion, value);
	case FHIR_SEARCH_QUANTITY:
	case FHIR_SEARCH_NUMBER:
		return resolve_number(run, value);
	case FHIR_SEARCH_DATE:
	case FHIR_SEARCH_STRING:
	case FHIR_SEARCH_COMPOSITE:
	case FHIR_SEARCH_URI:
	case FHIR_SEARCH_SPECIAL:
		break;
	}
	return ERROR_OK;
}

static enum error resolve_parts(struct run *run, const struct search_criterion *criterion,
				struct search_value *value)
{
	const struct fhir_search_parameter *parameter = criterion->parameter;
	struct search_value *parts =
		ARENA_NEW(run->arena, struct search_value, (size_t)parameter->component_count + 1);
	enum error error = ERROR_OK;

	if (parts == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < parameter->component_count && error == ERROR_OK; i++) {
		struct search_criterion inner = { .parameter = fhir_search_parameter_at(
							  parameter->components[i]) };

		parts[i] = value->parts[i];
		error = resolve_value(run, &inner, &parts[i]);
	}
	value->parts = parts;
	return error;
}

static enum error resolve_parameter(struct run *run, struct search_criterion *criterion)
{
	const struct catalogue *catalogue = &run->reader->store->catalogue;
	enum error error = ERROR_OK;
	struct search_value *values;

	if (criterion->parameter->type != run->type)
		criterion->parameter = fhir_search_parameter_find(run->type, criterion->code);
	if (criterion->parameter == NULL) {
		run->never = true;
		return ERROR_OK;
	}
	criterion->parameter_code = catalogue->parameter_codes[criterion->parameter->number];
	if (criterion->kind == CRITERION_CHAIN || criterion->value_count == 0)
		return ERROR_OK;
	values = ARENA_NEW(run->arena, struct search_value, criterion->value_count);
	if (values == NULL)
		return ERROR_LIMIT;
	memcpy(values, criterion->values, criterion->value_count * sizeof(*values));
	criterion->values = values;
	for (size_t i = 0; i < criterion->value_count && error == ERROR_OK; i++)
		error = criterion->parameter->kind == FHIR_SEARCH_COMPOSITE
				? resolve_parts(run, criterion, &values[i])
				: resolve_value(run, criterion, &values[i]);
	return error;
}

/* Ids of the type itself, or the one resource of a compartment. */
static enum error resolve_keys(struct run *run, struct search_criterion *criterion)
{
	const struct catalogue *catalogue = &run->reader->store->catalogue;

	criterion->keys = ARENA_NEW(run->arena, int64_t, criterion->value_count + 1);
	criterion->key_count = 0;
	if (criterion->keys == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < criterion->value_count; i++) {
		const struct search_value *value = &criterion->values[i];
		bool own = criterion->kind == CRITERION_ID;
		int64_t key =
			symbol_key(&run->reader->symbols,
				   own ? run->type_code : catalogue->type_codes[value->target_type],
				   own ? value->code : value->id, false);

		if (key != 0)
			criterion->keys[criterion->key_count++] = key;
	}
	criterion->key_count = sort_keys(criterion->keys, criterion->key_count);
	run->never = run->never || criterion->key_count == 0;
	return ERROR_OK;
}

/* lastUpdated is a millisecond of the feed's time, which never goes back: a range of feed numbers. */
static enum error resolve_feeds(struct run *run, struct search_criterion *criterion)
{
	criterion->feeds =
		arena_take(run->arena, 2 * criterion->value_count * sizeof(*criterion->feeds), 16);
	criterion->feed_count = 0;
	if (criterion->feeds == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < criterion->value_count; i++) {
		const struct search_value *value = &criterion->values[i];
		int64_t low = reader_feed_from(run->reader, value->low_us);
		int64_t high = reader_feed_from(run->reader, value->high_us);
		enum prefix prefix = value->prefix;
		bool from_start = prefix == PREFIX_NE || prefix == PREFIX_LT ||
				  prefix == PREFIX_LE || prefix == PREFIX_EB;
		bool to_end = prefix == PREFIX_NE || prefix == PREFIX_GT || prefix == PREFIX_GE ||
			      prefix == PREFIX_SA;

		if (from_start) {
			criterion->feeds[criterion->feed_count][0] = 0;
			criterion->feeds[criterion->feed_count++][1] =
				prefix == PREFIX_LE ? high : low;
		}
		if (to_end) {
			criterion->feeds[criterion->feed_count][0] =
				prefix == PREFIX_GE ? low : high;
			criterion->feeds[criterion->feed_count++][1] = INT64_MAX;
		}
		if (!from_start && !to_end) {
			criterion->feeds[criterion->feed_count][0] = low;
			criterion->feeds[criterion->feed_count++][1] = high;
		}
	}
	return ERROR_OK;
}

/* All matches of one inner criterion. */
static enum error inner_hits(struct run *run, const struct search_criterion *inner, uint16_t type,
			     struct hits *ret_hits)
{
	static const struct search_plan plain = { .sort_count = 0 };
	struct run sub = { .reader = run->reader,
			   .arena = run->arena,
			   .issues = run->issues,
			   .plan = &plain,
			   .type = type,
			   .feed_max = INT64_MAX };
	struct search_criterion *criterion = ARENA_NEW(run->arena, struct search_criterion, 1);
	enum error error;

	if (criterion == NULL)
		return ERROR_LIMIT;
	*criterion = *inner;
	sub.criteria = criterion;
	sub.criterion_count = 1;
	sub.type_code = run->reader->store->catalogue.type_codes[type];
	sub.role = run->reader->store->catalogue.roles[sub.type_code];
	error = criterion->kind == CRITERION_ID        ? resolve_keys(&sub, criterion)
		: criterion->kind == CRITERION_UPDATED ? resolve_feeds(&sub, criterion)
						       : resolve_parameter(&sub, criterion);
	ret_hits->wanted = KEY_SET_MAX + 1;
	if (error == ERROR_OK)
		error = scan_run(&sub, ret_hits);
	if (error == ERROR_OK && ret_hits->count > KEY_SET_MAX)
		return issue_add(run->issues, ERROR_TOO_COSTLY, STR(""),
				 "A chain matches more than %d resources: narrow it.", KEY_SET_MAX);
	return error;
}

struct key_list {
	struct arena *arena;
	int64_t *keys;
	size_t count, capacity;
};

static bool key_add(struct key_list *list, int64_t key)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
		int64_t *keys = arena_take(list->arena, capacity * sizeof(*keys), 16);

		if (keys == NULL)
			return false;
		if (list->count > 0)
			memcpy(keys, list->keys, list->count * sizeof(*keys));
		list->keys = keys;
		list->capacity = capacity;
	}
	list->keys[list->count++] = key;
	return true;
}

/* The resources of the run's own type to which a match of _has refers. */
static enum error referred_keys(struct run *run, const struct search_criterion *criterion,
				int64_t key, struct key_list *list)
{
	const struct catalogue *catalogue = &run->reader->store->catalogue;
	uint16_t code = catalogue->parameter_codes[criterion->parameter->number];
	struct candidate candidate;
	struct entry entry;
	enum error error = scan_candidate(run, key, &candidate);

	if (error != ERROR_OK)
		return error;
	while (entry_next(&candidate.entries, &entry)) {
		if (entry.kind == ENTRY_REFERENCE && entry.parameter == code &&
		    key_type(entry.number) == run->type_code && !key_add(list, entry.number))
			return ERROR_LIMIT;
	}
	return ERROR_OK;
}

static enum error resolve_inner(struct run *run, struct search_criterion *criterion)
{
	struct key_list list = { .arena = run->arena };
	enum error error = ERROR_OK;

	for (size_t i = 0; i < criterion->inner_count && error == ERROR_OK; i++) {
		struct hits hits = { .count = 0 };

		error = inner_hits(run, &criterion->inner[i], criterion->inner_types[i], &hits);
		for (size_t j = 0; j < hits.count && error == ERROR_OK; j++) {
			if (criterion->kind == CRITERION_HAS)
				error = referred_keys(run, criterion, hits.hits[j].key, &list);
			else if (!key_add(&list, hits.hits[j].key))
				error = ERROR_LIMIT;
		}
	}
	criterion->keys = list.keys;
	criterion->key_count = sort_keys(list.keys, list.count);
	run->never = run->never || criterion->key_count == 0;
	return error;
}

enum error run_resolve(struct run *run, const struct search_request *request)
{
	const struct catalogue *catalogue = &run->reader->store->catalogue;
	const struct search_plan *plan = request->plan;
	enum error error = ERROR_OK;

	run->type_code = catalogue->type_codes[run->type];
	run->role = catalogue->roles[run->type_code];
	run->plan = plan;
	run->criterion_count = request->criterion_count;
	run->criteria = ARENA_NEW(run->arena, struct search_criterion, run->criterion_count + 1);
	if (run->criteria == NULL)
		return ERROR_LIMIT;
	if (run->criterion_count > 0)
		memcpy(run->criteria, request->criteria,
		       run->criterion_count * sizeof(*run->criteria));
	memcpy(run->sort, plan->sort, sizeof(run->sort));
	run->sort_count = plan->sort_count;
	for (size_t i = 0; i < run->sort_count; i++) {
		if (run->sort[i].kind == SORT_PARAMETER)
			run->sort[i].parameter_code =
				catalogue->parameter_codes[run->sort[i].parameter->number];
	}
	for (size_t i = 0; i < run->criterion_count && error == ERROR_OK; i++) {
		struct search_criterion *criterion = &run->criteria[i];

		switch (criterion->kind) {
		case CRITERION_PARAMETER:
			error = resolve_parameter(run, criterion);
			break;
		case CRITERION_ID:
		case CRITERION_COMPARTMENT:
			error = resolve_keys(run, criterion);
			break;
		case CRITERION_UPDATED:
			error = resolve_feeds(run, criterion);
			break;
		case CRITERION_CHAIN:
			error = resolve_parameter(run, criterion);
			if (error == ERROR_OK && !run->never)
				error = resolve_inner(run, criterion);
			break;
		case CRITERION_HAS:
			error = resolve_inner(run, criterion);
			break;
		case CRITERION_TYPE:
			break;
		}
	}
	if (error == ERROR_OK && run->reader->symbols.code != SQLITE_OK)
		error = database_error(run->reader->database, run->reader->symbols.code);
	return error;
}
