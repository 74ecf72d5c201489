/* SPDX-License-Identifier: Apache-2.0 */
#include "access/audit.h"
#include "access/sealer.h"

#include "base/date.h"
#include "os/log.h"
#include "os/queue.h"
#include "os/thread.h"

#include <stdatomic.h>
#include <stdlib.h>

#define QUEUE_MAX 10000
#define BATCH_MAX 256
#define WAIT_US (10 * INT64_C(1000000))
#define IDLE_US INT64_C(200000)
#define RETRY_MS 500
#define EVENT_BYTES_MAX ((size_t)512 * 1024)

struct item {
	char *text; /* the event without id and chain */
	size_t length;
	bool waited_for;
	bool done; /* under audit->mutex: written, or given up */
	bool written;
	bool left; /* who waited has gone: the writer frees it */
};
struct audit {
	struct clock *clock;
	struct queue *queue;
	struct thread thread;
	atomic_bool stopping;
	struct mutex mutex;
	struct condition moved;
	struct chain chain; /* the thread's own, as the next */
	struct sealer sealer;
};

/* --- the event as text ---------------------------------------------------------------------- */

static void put_coding(struct text *text, const char *system, struct str code)
{
	text_put_format(text, "{\"system\":\"%s\",\"code\":\"%.*s\"}", system, STR_ARG(code));
}

static void put_purpose(struct text *text, struct str reason)
{
	if (reason.len == 0)
		return;
	text_put_c(text, "\"purposeOfEvent\":[{\"coding\":[{\"system\":"
			 "\"http://terminology.hl7.org/CodeSystem/v3-ActReason\",\"code\":\"BTG\","
			 "\"display\":\"break the glass\"}],\"text\":");
	json_print_string(text, reason);
	text_put_c(text, "}],");
}

static void put_entities(struct text *text, const struct audit_event *event)
{
	text_put_c(text, "\"entity\":[{\"type\":");
	put_coding(text, "http://terminology.hl7.org/CodeSystem/audit-entity-type", STR("2"));
	text_put_c(text, ",\"description\":");
	json_print_string(text, event->about);
	text_put_byte(text, '}');
	for (size_t i = 0; event->patients != NULL && i < event->patients->count; i++) {
		text_put_format(text, ",{\"what\":{\"reference\":\"Patient/%.*s\"},\"type\":",
				STR_ARG(event->patients->ids[i]));
		put_coding(text, "http://terminology.hl7.org/CodeSystem/audit-entity-type",
			   STR("1"));
		text_put_c(text, ",\"role\":");
		put_coding(text, "http://terminology.hl7.org/CodeSystem/object-role", STR("1"));
		text_put_byte(text, '}');
	}
	if (event->ward.len > 0)
		text_put_format(text, ",{\"what\":{\"reference\":\"Organization/%.*s\"}}",
				STR_ARG(event->ward));
	text_put_byte(text, ']');
}

static void put_event(struct text *text, const struct audit_event *event, int64_t now_us)
{
	char now[25];
	date_write_instant(now_us, now);
	text_put_c(text, "{\"type\":");
	put_coding(text, "http://terminology.hl7.org/CodeSystem/audit-event-type", STR("rest"));
	text_put_c(text, ",\"subtype\":[");
	put_coding(text, "http://hl7.org/fhir/restful-interaction", event->interaction);
	text_put_format(text, "],\"action\":\"%c\",\"recorded\":\"%s\",\"outcome\":\"%s\",",
			event->action, now, event->refused ? "4" : "0");
	put_purpose(text, event->reason);
	text_put_c(text, "\"agent\":[{\"who\":{\"reference\":");
	json_print_string(text, event->person->reference);
	if (event->person->name.len > 0) {
		text_put_c(text, ",\"display\":");
		json_print_string(text, event->person->name);
	}
	text_put_c(text, "},\"requestor\":true}],\"source\":{\"observer\":{\"display\":"
			 "\"Homeward\"}},");
	put_entities(text, event);
	text_put_byte(text, '}');
}

/* --- callers -------------------------------------------------------------------------------- */

static void item_free(struct item *item)
{
	free(item->text);
	free(item);
}

static struct item *item_of(const struct audit *audit, const struct audit_event *event)
{
	struct arena arena;
	struct text text;
	arena_init(&arena, 2 * EVENT_BYTES_MAX);
	text_init(&text, &arena, EVENT_BYTES_MAX);
	put_event(&text, event, clock_now_us(audit->clock));
	struct str view = text_view(&text);
	struct item *item = text.failed ? NULL : calloc(1, sizeof(*item));
	if (item != NULL) {
		item->text = calloc(1, view.len + 1);
		item->length = view.len;
		if (item->text != NULL)
			memcpy(item->text, view.ptr, view.len);
	}
	if (item != NULL && item->text == NULL) {
		free(item);
		item = NULL;
	}
	arena_done(&arena);
	return item;
}

static bool wait_for(struct audit *audit, struct item *item)
{
	int64_t deadline_us = clock_monotonic_us() + WAIT_US;
	bool in_time = true;
	mutex_lock(&audit->mutex);
	while (!item->done && in_time)
		in_time = condition_wait_until(&audit->moved, &audit->mutex, deadline_us);
	bool done = item->done;
	bool written = done && item->written;
	item->left = !done;
	mutex_unlock(&audit->mutex);
	if (done)
		item_free(item);
	return written;
}

bool audit_record(struct audit *audit, const struct audit_event *event, bool wait)
{
	struct item *item = item_of(audit, event);
	if (item == NULL)
		return false;
	item->waited_for = wait;
	if (!queue_push(audit->queue, item)) {
		item_free(item);
		return false;
	}
	return !wait || wait_for(audit, item);
}

/* --- the writer ----------------------------------------------------------------------------- */

static bool write_batch(struct audit *audit, void *const *items, size_t count)
{
	arena_reset(&audit->chain.arena);
	struct chain_link *links = ARENA_NEW(&audit->chain.arena, struct chain_link, count);
	for (size_t i = 0; links != NULL && i < count; i++) {
		const struct item *item = items[i];
		links[i] = (struct chain_link){ .rest = { item->text, item->length } };
	}
	return links != NULL && chain_append(&audit->chain, links, count);
}

/* --- the thread ----------------------------------------------------------------------------- */

static void finish(struct audit *audit, void *const *items, size_t count, bool written)
{
	mutex_lock(&audit->mutex);
	for (size_t i = 0; i < count; i++) {
		struct item *item = items[i];
		item->written = written;
		if (item->waited_for && !item->left)
			item->done = true; /* who waits frees it */
		else
			item_free(item);
	}
	condition_broadcast(&audit->moved);
	mutex_unlock(&audit->mutex);
}

static void run(void *argument)
{
	struct audit *audit = argument;
	void *items[BATCH_MAX];
	bool said = false, more = false;
	(void)chain_find_end(&audit->chain);
	while (!atomic_load(&audit->stopping) || queue_count(audit->queue) > 0) {
		size_t count = queue_pop_many(audit->queue, items, BATCH_MAX, more ? 0 : IDLE_US);
		bool written = count == 0 || write_batch(audit, items, count);
		while (!written && !atomic_load(&audit->stopping)) {
			audit->chain.known = false;
			if (!said)
				LOG(EVENT_AUDIT_FAILED);
			said = true;
			store_feed_wait(audit->chain.store, INT64_MAX, RETRY_MS);
			written = write_batch(audit, items, count);
		}
		said = said && !written;
		finish(audit, items, count, written);
		more = sealer_step(&audit->sealer, &audit->chain, false);
	}
	while (sealer_step(&audit->sealer, &audit->chain, true))
		;
}

bool audit_head(struct audit *audit, int64_t *ret_number, char ret_hash[CHAIN_HASH_BYTES])
{
	return chain_head(&audit->chain, ret_number, ret_hash);
}

struct audit *audit_start(struct store *store, struct clock *clock)
{
	struct audit *audit = calloc(1, sizeof(*audit));
	if (audit == NULL)
		return NULL;
	audit->clock = audit->sealer.clock = clock;
	chain_init(&audit->chain, store);
	audit->queue = queue_create(QUEUE_MAX);
	mutex_init(&audit->mutex);
	condition_init(&audit->moved);
	if (audit->queue != NULL && thread_start(&audit->thread, "audit", run, audit))
		return audit;
	audit_stop(audit);
	return NULL;
}

void audit_stop(struct audit *audit)
{
	if (audit == NULL)
		return;
	atomic_store(&audit->stopping, true);
	if (audit->queue != NULL)
		queue_close(audit->queue);
	thread_join(&audit->thread);
	if (audit->queue != NULL)
		queue_destroy(audit->queue);
	chain_done(&audit->chain);
	condition_destroy(&audit->moved);
	mutex_destroy(&audit->mutex);
	free(audit);
}
