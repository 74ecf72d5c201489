/* SPDX-License-Identifier: Apache-2.0
 * One page of a search, from one snapshot. */
#include "store/query.h"

#include <stdlib.h>

#define TOTAL_CHEAP_MAX 1000 /* counted without being asked */

static int compare_hits(const void *a, const void *b)
{
	const struct hit *left = a, *right = b;

	return str_compare(left->position, right->position);
}

static bool is_listed(const struct search_plan *plan, uint16_t type)
{
	for (size_t i = 0; i < plan->type_count; i++) {
		if (plan->types[i] == type)
			return true;
	}
	return plan->type_count == 0;
}

static enum error run_type(const struct run *shared, const struct search_request *request,
			   uint16_t type, struct hits *hits)
{
	const struct search_plan *plan = request->plan;
	struct run run = *shared;
	enum error error;

	run.type = type;
	run.feed_max = request->has_cursor ? plan->cursor.feed_max : INT64_MAX;
	run.after = request->has_cursor ? plan->cursor.position : (struct str){ NULL, 0 };
	error = run_resolve(&run, request);
	return error == ERROR_OK ? scan_run(&run, hits) : error;
}

/* All types: each is searched like one, and the pages are merged. */
static enum error run_types(const struct run *run, const struct search_request *request,
			    struct hits *hits)
{
	const struct search_plan *plan = request->plan;
	int64_t *counts = NULL;
	enum error error = store_counts(run->reader, run->arena, &counts);
	struct hits merged = *hits;

	merged.count = 0;
	merged.total = 0;
	for (uint16_t type = 1; type <= fhir_resource_count() && error == ERROR_OK; type++) {
		struct hits one = *hits;
		struct hit *both;

		if (counts[type] == 0 || !is_listed(plan, type))
			continue;
		error = run_type(run, request, type, &one);
		if (error != ERROR_OK)
			break;
		both = ARENA_NEW(run->arena, struct hit, merged.count + one.count + 1);
		if (both == NULL)
			return ERROR_LIMIT;
		if (merged.count > 0)
			memcpy(both, merged.hits, merged.count * sizeof(*both));
		if (one.count > 0)
			memcpy(both + merged.count, one.hits, one.count * sizeof(*both));
		merged.hits = both;
		merged.count += one.count;
		merged.total = merged.total < 0 || one.total < 0 ? -1 : merged.total + one.total;
	}
	if (error != ERROR_OK)
		return error;
	if (merged.count > 1)
		qsort(merged.hits, merged.count, sizeof(*merged.hits), compare_hits);
	if (merged.count > merged.wanted)
		merged.count = merged.wanted;
	*hits = merged;
	return ERROR_OK;
}

static enum error find(struct run *run, const struct search_request *request, struct hits *hits)
{
	enum error error;

	run->reader->symbols.code = SQLITE_OK;
	error = request->type == FHIR_TYPE_NONE ? run_types(run, request, hits)
						: run_type(run, request, request->type, hits);
	if (error == ERROR_TOO_COSTLY && (run->issues == NULL || run->issues->count == 0))
		return issue_add(
			run->issues, error, STR(""),
			"The search ran longer than %d s: narrow it, for example by patient "
			"or date.",
			LIMIT_QUERY_MS_MAX / 1000);
	if (error == ERROR_BAD_REQUEST)
		return issue_add(run->issues, error, STR(""),
				 "The _cursor does not belong to this search: start again from its "
				 "first page.");
	return error;
}

/* The number of all current resources of the type is kept. */
static enum error count_all(struct run *run, const struct search_request *request,
			    int64_t *ret_total)
{
	int64_t *counts = NULL;
	enum error error = store_counts(run->reader, run->arena, &counts);

	if (error == ERROR_OK)
		*ret_total = counts[request->type];
	return error;
}

static enum error fill(struct run *run, const struct search_request *request,
		       const struct hits *hits, struct search_result *result)
{
	const struct search_plan *plan = request->plan;
	bool more = hits->count > request->count;
	enum error error = ERROR_OK;
	struct cursor cursor = { .feed_max = request->has_cursor ? plan->cursor.feed_max
								 : store_feed_last(run->reader),
				 .total = result->total };

	result->match_count = more ? request->count : hits->count;
	result->matches = ARENA_NEW(run->arena, struct store_version, result->match_count + 1);
	if (result->matches == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < result->match_count && error == ERROR_OK; i++)
		error = reader_version_at(run->reader, run->arena, hits->hits[i].feed,
					  &result->matches[i]);
	if (error == ERROR_OK && more && request->count > 0) {
		cursor.position = hits->hits[request->count - 1].position;
		result->cursor_next = cursor_write(run->arena, plan->hash, &cursor);
	}
	return error == ERROR_NOT_FOUND ? ERROR_STORAGE : error;
}

static enum error run_page(struct run *run, const struct search_request *request,
			   struct search_result *result)
{
	const struct search_plan *plan = request->plan;
	bool plain = request->criterion_count == 0 && request->type != FHIR_TYPE_NONE;
	bool first = !request->has_cursor;
	struct hits hits = { .wanted = request->count == 0 ? 0 : request->count + 1 };
	enum error error = ERROR_OK;

	result->total = -1;
	if (first && plain && request->total != SEARCH_TOTAL_NONE)
		error = count_all(run, request, &result->total);
	else if (first && (request->count_only || request->total == SEARCH_TOTAL_ACCURATE))
		hits.count_max = INT64_MAX;
	else if (first && request->total == SEARCH_TOTAL_CHEAP)
		hits.count_max = TOTAL_CHEAP_MAX;
	if (error == ERROR_OK && !(request->count_only && result->total >= 0))
		error = find(run, request, &hits);
	if (error != ERROR_OK)
		return error;
	if (!first)
		result->total = plan->cursor.total;
	else if (result->total < 0)
		result->total = request->total == SEARCH_TOTAL_NONE && !request->count_only
					? -1
					: hits.total;
	error = fill(run, request, &hits, result);
	return error == ERROR_OK ? include_run(run->reader, run->arena, plan, result, &hits)
				 : error;
}

enum error search_run(struct store_reader *reader, struct arena *arena,
		      const struct search_request *request, struct issues *issues,
		      struct search_result *ret_result)
{
	struct run run = { .reader = reader, .arena = arena, .issues = issues };
	struct search_result result = { .total = -1 };
	enum error error;

	store_snapshot_begin(reader);
	database_deadline_set(reader->database, LIMIT_QUERY_MS_MAX);
	error = run_page(&run, request, &result);
	database_deadline_set(reader->database, 0);
	store_snapshot_end(reader);
	if (error == ERROR_OK && arena->failed)
		error = ERROR_LIMIT;
	if (error == ERROR_OK)
		*ret_result = result;
	return error;
}

enum error search_resolve(struct store_reader *reader, struct arena *arena,
			  const struct search_request *request, struct search_match ret_matches[2],
			  size_t *ret_count)
{
	struct run run = { .reader = reader, .arena = arena };
	struct hits hits = { .wanted = 2 };
	struct search_match matches[2] = { { .type = FHIR_TYPE_NONE } };
	enum error error;

	store_snapshot_begin(reader);
	database_deadline_set(reader->database, LIMIT_QUERY_MS_MAX);
	error = find(&run, request, &hits);
	for (size_t i = 0; i < hits.count && error == ERROR_OK; i++) {
		struct store_version version;

		error = reader_version_at(reader, arena, hits.hits[i].feed, &version);
		if (error == ERROR_OK)
			matches[i] =
				(struct search_match){ version.type, version.id, version.version };
	}
	database_deadline_set(reader->database, 0);
	store_snapshot_end(reader);
	if (error != ERROR_OK)
		return error;
	memcpy(ret_matches, matches, sizeof(matches));
	*ret_count = hits.count;
	return ERROR_OK;
}
