/* SPDX-License-Identifier: Apache-2.0
 * _include and _revinclude: each resource once, as many as LIMIT_INCLUDES_MAX. */
#include "store/query.h"

struct including {
	struct store_reader *reader;
	struct arena *arena;
	struct run run; /* for scan_candidate */
	int64_t *keys;  /* matches first, then what was included, in order of discovery */
	size_t key_count, key_max;
	size_t match_count;
	struct search_result *result;
};

static bool has_key(const struct including *including, int64_t key)
{
	for (size_t i = 0; i < including->key_count; i++) {
		if (including->keys[i] == key)
			return true;
	}
	return false;
}

/* Adds a resource that exists now; others are left out in silence, as the target may be elsewhere. */
static enum error add(struct including *including, int64_t key)
{
	struct search_result *result = including->result;
	struct candidate candidate;
	enum error error;

	if (has_key(including, key))
		return ERROR_OK;
	if (result->included_count == LIMIT_INCLUDES_MAX) {
		result->includes_cut = true;
		return ERROR_OK;
	}
	error = scan_candidate(&including->run, key, &candidate);
	if (error != ERROR_OK)
		return error == ERROR_NOT_FOUND ? ERROR_OK : error;
	error = reader_version_at(including->reader, including->arena, candidate.feed,
				  &result->included[result->included_count]);
	if (error != ERROR_OK)
		return error;
	result->included_count++;
	including->keys[including->key_count++] = key;
	return ERROR_OK;
}

/* Targets first, as scan_candidate's row does not outlive the next. */
static enum error forward(struct including *including, const struct include *include, int64_t key)
{
	const struct catalogue *catalogue = &including->reader->store->catalogue;
	struct candidate candidate;
	struct str entries;
	struct entry entry;
	enum error error;

	if (key_type(key) != catalogue->type_codes[include->type])
		return ERROR_OK;
	error = scan_candidate(&including->run, key, &candidate);
	if (error != ERROR_OK)
		return error == ERROR_NOT_FOUND ? ERROR_OK : error;
	entries = arena_copy(including->arena, candidate.entries);
	while (error == ERROR_OK && entry_next(&entries, &entry)) {
		if (entry.kind != ENTRY_REFERENCE)
			continue;
		if (include->parameter != NULL &&
		    catalogue->parameter_codes[include->parameter->number] != entry.parameter)
			continue;
		if (include->target != FHIR_TYPE_NONE &&
		    key_type(entry.number) != catalogue->type_codes[include->target])
			continue;
		error = add(including, entry.number);
	}
	return error;
}

static bool names_parameter(struct str parameters, uint16_t code)
{
	for (size_t i = 0; i + 1 < parameters.len; i += 2) {
		if ((uint8_t)parameters.ptr[i] == code >> 8 &&
		    (uint8_t)parameters.ptr[i + 1] == (code & 0xff))
			return true;
	}
	return false;
}

static enum error backward(struct including *including, const struct include *include, int64_t key)
{
	const struct catalogue *catalogue = &including->reader->store->catalogue;
	sqlite3_stmt *row =
		database_statement(including->reader->database, STATEMENT_REFERENCE_ALL);
	enum error error = ERROR_OK;
	int code = SQLITE_DONE;

	if (include->target != FHIR_TYPE_NONE &&
	    key_type(key) != catalogue->type_codes[include->target])
		return ERROR_OK;
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int64(row, 1, key);
	sqlite3_bind_int(row, 2, catalogue->type_codes[include->type]);
	while (error == ERROR_OK && !including->result->includes_cut &&
	       (code = sqlite3_step(row)) == SQLITE_ROW) {
		if (include->parameter != NULL &&
		    !names_parameter(database_column_blob(row, 1),
				     catalogue->parameter_codes[include->parameter->number]))
			continue;
		error = add(including, sqlite3_column_int64(row, 0));
	}
	sqlite3_reset(row);
	if (error != ERROR_OK || code == SQLITE_DONE || code == SQLITE_ROW)
		return error;
	return database_error(including->reader->database, code);
}

enum error include_run(struct store_reader *reader, struct arena *arena,
		       const struct search_plan *plan, struct search_result *result,
		       const struct hits *hits)
{
	struct including including = { .reader = reader,
				       .arena = arena,
				       .run = { .reader = reader, .arena = arena },
				       .result = result,
				       .match_count = result->match_count };
	enum error error = ERROR_OK;

	if (plan->include_count == 0)
		return ERROR_OK;
	including.keys = ARENA_NEW(arena, int64_t, result->match_count + LIMIT_INCLUDES_MAX + 1);
	result->included = ARENA_NEW(arena, struct store_version, LIMIT_INCLUDES_MAX + 1);
	if (including.keys == NULL || result->included == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < result->match_count; i++)
		including.keys[including.key_count++] = hits->hits[i].key;
	/* What is included stands behind what it came from, so that one walk also does :iterate. */
	for (size_t i = 0; i < including.key_count && error == ERROR_OK; i++) {
		for (size_t j = 0; j < plan->include_count && error == ERROR_OK; j++) {
			const struct include *include = &plan->includes[j];

			if (i >= including.match_count && !include->iterate)
				continue;
			error = include->reverse ? backward(&including, include, including.keys[i])
						 : forward(&including, include, including.keys[i]);
		}
	}
	return error;
}
