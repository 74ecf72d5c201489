/* SPDX-License-Identifier: Apache-2.0 */
#include "power_check.h"

#include "base/hash.h"
#include "store/search.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The first fault stands. */
static bool PRINTF_LIKE(2, 3) fault(struct check *check, const char *format, ...)
{
	va_list arguments;

	if (check->fault[0] != '\0')
		return false;
	va_start(arguments, format);
	vsnprintf(check->fault, sizeof(check->fault), format, arguments);
	va_end(arguments);
	return false;
}

static uint16_t observation(void)
{
	return fhir_resource_find(STR("Observation"));
}

static const char *first_issue(struct check *check)
{
	const struct issue *issue = check->support->issues.first;

	return issue == NULL ? "" : arena_copy(&check->support->arena, issue->diagnostics).ptr;
}

/* --- the feed ------------------------------------------------------------------------------- */

static bool check_version(struct check *check, const struct store_version *version, int64_t feed)
{
	const struct entry *entry = &check->ledger->entries[feed - 1];
	struct str rest = load_rest(version->body);

	if (version->feed != feed)
		return fault(check, "feed number %lld stands where %lld should",
			     (long long)version->feed, (long long)feed);
	if (feed > check->ledger->feed_last)
		return fault(check, "feed number %lld was never given", (long long)feed);
	if (!str_equal(version->id, str_from_c(entry->id)) || version->version != entry->version ||
	    version->method != entry->method || version->type != observation() ||
	    version->at_us != entry->at_us)
		return fault(check, "feed number %lld is %.*s/%lld, not %s/%lld", (long long)feed,
			     STR_ARG(version->id), (long long)version->version, entry->id,
			     (long long)entry->version);
	if (entry->method != STORE_DELETE &&
	    (rest.len != entry->rest_length || hash_str(rest) != entry->rest_hash))
		return fault(check, "feed number %lld has another body", (long long)feed);
	return true;
}

static bool check_feed(struct check *check, struct store_reader *reader)
{
	int64_t feed = 0;
	size_t count = 1;

	while (count > 0) {
		struct store_version *versions;

		if (store_feed(reader, &check->support->arena, feed, 1000, &versions, &count) !=
		    ERROR_OK)
			return fault(check, "the feed cannot be read after %lld", (long long)feed);
		for (size_t i = 0; i < count; i++) {
			if (!check_version(check, &versions[i], ++feed))
				return false;
		}
	}
	check->feed_last = feed;
	if (feed < check->feed_min)
		return fault(check, "lost: the feed ends at %lld, %lld was acknowledged",
			     (long long)feed, (long long)check->feed_min);
	if (store_feed_last(reader) != feed)
		return fault(check, "the feed's last number is not that of its last version");
	for (int i = 0; i < check->ledger->deed_count; i++) {
		const struct deed *deed = &check->ledger->deeds[i];

		if (deed->feed_first > 0 && deed->feed_first <= feed && deed->feed_last > feed)
			return fault(check, "half a commit: %lld to %lld, the feed ends at %lld",
				     (long long)deed->feed_first, (long long)deed->feed_last,
				     (long long)feed);
	}
	return true;
}

/* --- what is current ------------------------------------------------------------------------ */

static bool check_resource(struct check *check, struct store_reader *reader, int64_t feed)
{
	struct arena *arena = &check->support->arena;
	const struct entry *entry = &check->ledger->entries[feed - 1];
	bool deleted = entry->method == STORE_DELETE;
	struct store_history history = { .type = observation(),
					 .id = str_from_c(entry->id),
					 .since_us = INT64_MIN,
					 .before_us = INT64_MAX,
					 .feed_max = INT64_MAX,
					 .feed_below = INT64_MAX,
					 .count = 1 };
	struct store_version version, *versions;
	size_t count;
	int64_t total;
	enum error error =
		store_read(reader, arena, observation(), str_from_c(entry->id), &version);

	if (error != (deleted ? ERROR_GONE : ERROR_OK) || version.feed != feed)
		return fault(check, "%s is not that of feed number %lld", entry->id,
			     (long long)feed);
	if (store_history(reader, arena, &history, &versions, &count, &total) != ERROR_OK ||
	    total != entry->version || count != 1 || versions[0].feed != feed)
		return fault(check, "%s has another history than %lld versions", entry->id,
			     (long long)entry->version);
	return true;
}

static bool is_newest(const struct check *check, int64_t feed)
{
	for (int64_t i = feed + 1; i <= check->feed_last; i++) {
		if (strcmp(check->ledger->entries[i - 1].id, check->ledger->entries[feed - 1].id) ==
		    0)
			return false;
	}
	return true;
}

static int64_t search_total(struct check *check, struct store_reader *reader, int patient)
{
	struct arena *arena = &check->support->arena;
	struct search_argument arguments[] = {
		{ STR("patient"), support_format(arena, "p%d", patient) },
		{ STR("_total"), STR("accurate") },
		{ STR("_count"), STR("1") },
	};
	struct search_parse_options options = { .now_us = SUPPORT_START_US };
	struct search_request *request;
	struct search_result result;

	if (search_parse(arena, observation(), arguments, 3, &options, &check->support->issues,
			 &request) != ERROR_OK ||
	    search_run(reader, arena, request, &check->support->issues, &result) != ERROR_OK)
		return -1;
	return result.total;
}

static bool check_current(struct check *check, struct store_reader *reader)
{
	int64_t alive[LOAD_PATIENTS] = { 0 }, all = 0, *counts;

	for (int64_t feed = 1; feed <= check->feed_last; feed++) {
		const struct entry *entry = &check->ledger->entries[feed - 1];

		if (!is_newest(check, feed))
			continue;
		if (!check_resource(check, reader, feed))
			return false;
		alive[entry->patient] += entry->method == STORE_DELETE ? 0 : 1;
		all += entry->method == STORE_DELETE ? 0 : 1;
	}
	for (int i = 0; i < LOAD_PATIENTS; i++) {
		int64_t total = search_total(check, reader, i);

		if (total != alive[i])
			return fault(check, "a search finds %lld of patient %d, not %lld",
				     (long long)total, i, (long long)alive[i]);
	}
	if (store_counts(reader, &check->support->arena, &counts) != ERROR_OK ||
	    counts[observation()] != all)
		return fault(check, "the count is not %lld", (long long)all);
	return true;
}

/* Cursor and timer of a client belong to a commit like its versions. */
static bool check_marks(struct check *check, struct store_reader *reader)
{
	int64_t marks[LOAD_CLIENTS + 1] = { 0 };
	struct store_timer_row *timers;
	size_t count = 0, expected = 0;

	for (int i = 0; i < check->ledger->deed_count; i++) {
		const struct deed *deed = &check->ledger->deeds[i];

		if (deed->feed_first > 0 && deed->feed_last <= check->feed_last &&
		    deed->mark > marks[deed->client])
			marks[deed->client] = deed->mark;
	}
	if (store_timers(reader, &check->support->arena, STR("t"), INT64_MAX, &timers, &count) !=
	    ERROR_OK)
		return fault(check, "the timers cannot be read");
	for (int i = 0; i <= LOAD_CLIENTS; i++) {
		char name[16];
		int64_t cursor = store_cursor(reader, load_cursor_name(i, name));

		expected += marks[i] > 0 ? 1 : 0;
		if (cursor != marks[i])
			return fault(check, "the cursor of client %d is %lld, not %lld", i,
				     (long long)cursor, (long long)marks[i]);
		for (size_t j = 0; j < count; j++) {
			uint64_t client = LOAD_CLIENTS + 1;

			if (str_to_u64(str_slice(timers[j].name, 1, timers[j].name.len), &client) &&
			    client == (uint64_t)i && timers[j].due_us != SUPPORT_START_US + cursor)
				return fault(check, "the timer of client %d is another", i);
		}
	}
	return count == expected ? true : fault(check, "there are %zu timers", count);
}

bool check_open(struct check *check)
{
	struct support *support = check->support;
	struct store_options options = support_options(support);
	struct store_reader *reader;
	bool fine;

	options.reader_count = 2;
	arena_reset(&support->arena);
	issues_init(&support->issues, &support->arena);
	check->fault[0] = '\0';
	if (store_open(&options, &support->issues, &support->store) != ERROR_OK) {
		support->store = NULL;
		return fault(check, "the store does not open: %s", first_issue(check));
	}
	reader = store_reader_borrow(support->store);
	fine = check_feed(check, reader) && check_current(check, reader) &&
	       check_marks(check, reader);
	store_reader_return(reader);
	if (fine && store_verify(support->store, &support->issues, NULL, NULL) != ERROR_OK)
		fine = fault(check, "verify: %s", first_issue(check));
	return fine;
}

bool check_goes_on(struct check *check, struct ledger *ledger, struct record *record, uint64_t seed)
{
	struct load load = {
		.support = check->support, .ledger = ledger, .record = record, .seed = seed
	};
	int64_t before = check->feed_last;
	struct store_reader *reader;
	bool fine;

	load_more(&load, 6);
	check->ledger = ledger;
	check->feed_min = ledger->feed_last;
	reader = store_reader_borrow(check->support->store);
	arena_reset(&check->support->arena);
	fine = check_feed(check, reader);
	store_reader_return(reader);
	if (fine && check->feed_last <= before)
		fine = fault(check, "nothing new is taken");
	return fine;
}
