/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/courier.h"

#include "base/hash.h"
#include "notify/record.h"
#include "os/log.h"
#include "os/thread.h"
#include "store/search.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PAUSE_US_FIRST DATE_US_PER_S
#define PAUSE_US_MAX (60 * DATE_US_PER_S)
#define IDLE_MS_MAX 1000
#define BUSY_MS_MIN 100
#define WAITS_MAX 1024
#define ARENA_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define PAGES_COUNT "500"

/* A page that waits for its next try or its next question; forgotten at a restart, which only means that it comes at
 * once. */
struct wait {
	uint64_t id_hash; /* 0: free */
	uint32_t tries;
	int64_t next_us; /* monotonic */
};
struct courier {
	struct store *store;
	struct clock *clock;
	struct courier_channel channel;
	struct thread thread;
	atomic_bool stopping;
	int64_t feed_first; /* pages up to here are older than this process */
	struct wait waits[WAITS_MAX];
};

static struct wait *wait_of(struct courier *courier, struct str id, struct str state)
{
	uint64_t hash = (hash_str(id) ^ hash_str(state)) | 1;
	struct wait *open = NULL;
	for (size_t i = 0; i < WAITS_MAX; i++) {
		if (courier->waits[i].id_hash == hash)
			return &courier->waits[i];
		if (courier->waits[i].id_hash == 0 && open == NULL)
			open = &courier->waits[i];
	}
	if (open == NULL) /* more than places: the provider is down, any place will do */
		open = &courier->waits[hash % WAITS_MAX];
	*open = (struct wait){ .id_hash = hash };
	return open;
}

static void wait_more(struct wait *wait)
{
	int64_t pause_us = PAUSE_US_FIRST << (wait->tries < 6 ? wait->tries : 6);
	wait->tries++;
	wait->next_us = clock_monotonic_us() + (pause_us < PAUSE_US_MAX ? pause_us : PAUSE_US_MAX);
}

struct str courier_address(const struct courier_page *page, struct arena *arena,
			   enum channel channel)
{
	struct fhir_reference reference;
	struct store_version version;
	struct json *person = NULL;
	const struct json *recipient = json_at(json_get(page->communication, STR("recipient")), 0);
	struct str found = { NULL, 0 };
	uint32_t best = UINT32_MAX;
	if (!fhir_reference_parse(json_get_text(recipient, STR("reference")), &reference))
		return found;
	struct store_reader *reader = store_reader_borrow(page->store);
	if (reader == NULL)
		return found;
	enum error error = store_read(reader, arena, reference.type, reference.id, &version);
	store_reader_return(reader);
	if (error != ERROR_OK || json_parse(arena, version.body, NULL, NULL, &person) != ERROR_OK)
		return found;
	const struct json *telecoms = json_get(person, STR("telecom"));
	for (const struct json *one = telecoms == NULL ? NULL : telecoms->child; one != NULL;
	     one = one->next) {
		enum channel good = channel_of_telecom(one, page->now_us);
		/* A mobile phone can be rung as well, where there is no other. */
		bool other = channel == CHANNEL_VOICE && good == CHANNEL_SMS;
		uint32_t rank = channel_telecom_rank(one) + (other ? 1000 : 0);
		if ((good != channel && !other) || rank >= best)
			continue;
		best = rank;
		found = json_get_text(one, STR("value"));
	}
	return str_trim(found);
}

/* --- one page ------------------------------------------------------------------------------- */

static bool write_down(struct courier *courier, struct arena *arena, struct str id,
		       enum courier_result result, const struct courier_answer *answer)
{
	const struct record_change change = {
		.event = result == COURIER_TAKEN       ? RECORD_TAKEN
			 : result == COURIER_DELIVERED ? RECORD_DELIVERED
						       : RECORD_FAILED,
		.at_us = clock_now_us(courier->clock),
		.proof = answer->proof,
		.provider = answer->provider,
	};
	enum error error = record_page(courier->store, arena, id, &change);
	if (error != ERROR_OK)
		LOG_WITH(EVENT_DELIVERY_FAILED, LOG_ERROR("error", error));
	return error == ERROR_OK;
}

static void serve_page(struct courier *courier, struct arena *arena,
		       const struct store_version *version, bool ask)
{
	struct wait *wait = wait_of(courier, version->id, ask ? STR("ask") : STR("send"));
	struct courier_answer answer = { 0 };
	struct courier_page page = { .store = courier->store,
				     .id = version->id,
				     .now_us = clock_now_us(courier->clock) };
	if (wait->next_us > clock_monotonic_us())
		return;
	if (json_parse(arena, version->body, NULL, NULL, &page.communication) != ERROR_OK)
		return;
	const struct json *payload = json_at(json_get(page.communication, STR("payload")), 0);
	page.text = json_get_text(payload, STR("contentString"));
	page.again = wait->tries > 0 || version->feed <= courier->feed_first;
	enum courier_result result =
		ask ? courier->channel.ask(courier->channel.context, arena, &page, &answer)
		    : courier->channel.deliver(courier->channel.context, arena, &page, &answer);
	if (result != COURIER_LATER && write_down(courier, arena, version->id, result, &answer)) {
		wait->id_hash = 0;
		return;
	}
	wait_more(wait); /* also when it could not be written down: it may have gone out */
	if (!ask && result == COURIER_LATER)
		LOG_WITH(EVENT_DELIVERY_FAILED, LOG_COUNT("status", answer.status),
			 LOG_COUNT("tries", wait->tries),
			 LOG_COUNT("channel", courier->channel.channel));
}

/* All pages of the channel in this status, oldest first. */
static void serve_all(struct courier *courier, struct arena *arena, struct str status, bool ask)
{
	struct text medium;
	text_init(&medium, arena, 200);
	text_put_c(&medium, CHANNEL_SYSTEM "|");
	text_put(&medium, channel_code(courier->channel.channel));
	struct search_argument arguments[] = {
		{ STR("status"), status },
		{ STR("medium"), text_view(&medium) },
		{ STR("_sort"), STR("_lastUpdated") },
		{ STR("_count"), STR(PAGES_COUNT) },
	};
	struct search_parse_options options = { .now_us = clock_now_us(courier->clock) };
	struct search_request *request = NULL;
	struct search_result result = { 0 };
	enum error error =
		search_parse(arena, fhir_resource_find(STR("Communication")), arguments,
			     sizeof(arguments) / sizeof(arguments[0]), &options, NULL, &request);
	struct store_reader *reader =
		error == ERROR_OK ? store_reader_borrow(courier->store) : NULL;
	if (reader == NULL)
		return;
	error = search_run(reader, arena, request, NULL, &result);
	store_reader_return(reader);
	for (size_t i = 0; error == ERROR_OK && i < result.match_count; i++) {
		if (atomic_load(&courier->stopping))
			return;
		serve_page(courier, arena, &result.matches[i], ask);
	}
}

static void run(void *argument)
{
	struct courier *courier = argument;
	struct arena arena;
	arena_init(&arena, ARENA_BYTES_MAX);
	while (!atomic_load(&courier->stopping)) {
		struct store_figures figures;
		store_figures(courier->store, &figures);
		serve_all(courier, &arena, STR("preparation"), false);
		arena_reset(&arena);
		if (courier->channel.ask != NULL)
			serve_all(courier, &arena, STR("in-progress"), true);
		arena_reset(&arena);
		/* A busy feed is not asked more than ten times a second; in a quiet one a page written since
		 * then ends the wait at once, and a failed one is looked at every second. */
		store_feed_wait(courier->store, INT64_MAX, BUSY_MS_MIN);
		store_feed_wait(courier->store, figures.feed_last, IDLE_MS_MAX);
	}
	arena_done(&arena);
}

char *courier_copy(struct str text)
{
	char *copy = calloc(text.len + 1, 1);
	if (copy != NULL && text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

struct courier *courier_start(struct store *store, struct clock *clock,
			      const struct courier_channel *channel)
{
	struct courier *courier = calloc(1, sizeof(*courier));
	struct store_figures figures;
	if (courier == NULL)
		return NULL;
	store_figures(store, &figures);
	courier->store = store;
	courier->clock = clock;
	courier->channel = *channel;
	courier->feed_first = figures.feed_last;
	atomic_init(&courier->stopping, false);
	if (thread_start(&courier->thread, channel->thread_name, run, courier))
		return courier;
	free(courier);
	return NULL;
}

void courier_stop(struct courier *courier)
{
	if (courier == NULL)
		return;
	atomic_store(&courier->stopping, true);
	thread_join(&courier->thread);
	free(courier);
}
