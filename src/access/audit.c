/* SPDX-License-Identifier: Apache-2.0 */
#include "access/audit.h"
#include "access/seal.h"

#include "base/date.h"
#include "os/hash.h"
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
#define SEAL_US (60 * INT64_C(1000000)) /* what is written is sealed so soon */
#define SEAL_AT_ONCE 500
#define EVENT_BYTES_MAX ((size_t)512 * 1024)
#define ARENA_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define URL "https://fhir.homeward.example/"

struct item {
	char *text; /* the event without id and chain */
	size_t length;
	bool waited_for;
	bool done; /* under audit->mutex: written, or given up */
	bool written;
	bool left; /* who waited has gone: the writer frees it */
};
struct audit {
	struct store *store;
	struct clock *clock;
	struct queue *queue;
	struct thread thread;
	atomic_bool stopping;
	struct mutex mutex;
	struct condition moved;
	bool head_known; /* under mutex: number and hash as others may see them */
	int64_t head_number;
	char head_hash[AUDIT_HASH_BYTES];
	int64_t number; /* of the last event that is durable; the thread's own, as the next two */
	char hash[AUDIT_HASH_BYTES];
	bool known; /* number and hash have been read */
	struct arena arena;
	struct seal seal; /* the thread's own: the one that is being made */
	bool seal_known;  /* where it begins has been read */
	int64_t seal_since_us; /* monotonic: the first version in it that is none of the log; 0: none is */
};

void audit_id(int64_t number, char ret_id[AUDIT_ID_BYTES])
{
	char digits[11];
	for (int i = 9; i >= 0; i--) {
		digits[i] = (char)('0' + number % 10);
		number /= 10;
	}
	memcpy(ret_id, "audit-", 6);
	memcpy(ret_id + 6, digits, 10);
	ret_id[16] = '\0';
}

bool audit_hash(struct arena *arena, struct json *event, char ret_hex[AUDIT_HASH_BYTES])
{
	uint8_t hash[HASH_SHA256_BYTES];
	struct text text;
	(void)json_remove(event, STR("meta"));
	text_init(&text, arena, 2 * EVENT_BYTES_MAX);
	json_print(&text, event);
	struct str view = text_view(&text);
	if (text.failed)
		return false;
	hash_sha256(view.ptr, view.len, hash);
	hash_write_hex(hash, ret_hex);
	return true;
}

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

static void publish_head(struct audit *audit)
{
	mutex_lock(&audit->mutex);
	audit->head_number = audit->number;
	memcpy(audit->head_hash, audit->hash, sizeof(audit->head_hash));
	audit->head_known = true;
	mutex_unlock(&audit->mutex);
}

bool audit_head(struct audit *audit, int64_t *ret_number, char ret_hash[AUDIT_HASH_BYTES])
{
	mutex_lock(&audit->mutex);
	bool known = audit->head_known;
	*ret_number = audit->head_number;
	memcpy(ret_hash, audit->head_hash, AUDIT_HASH_BYTES);
	mutex_unlock(&audit->mutex);
	return known;
}

/* Where the chain ends. */
static bool read_head(struct audit *audit)
{
	char id[AUDIT_ID_BYTES];
	struct store_version version = { 0 };
	struct json *event = NULL;
	struct store_reader *reader = store_reader_borrow(audit->store);
	if (reader == NULL)
		return false;
	audit->number = store_cursor(reader, STR(AUDIT_CURSOR));
	memset(audit->hash, '0', AUDIT_HASH_BYTES - 1);
	audit->hash[AUDIT_HASH_BYTES - 1] = '\0';
	audit_id(audit->number, id);
	enum error error = ERROR_OK;
	if (audit->number > 0)
		error = store_read(reader, &audit->arena, fhir_resource_find(STR("AuditEvent")),
				   str_from_c(id), &version);
	store_reader_return(reader);
	if (audit->number > 0 && error == ERROR_OK)
		error = json_parse(&audit->arena, version.body, NULL, NULL, &event);
	if (error == ERROR_OK && event != NULL && !audit_hash(&audit->arena, event, audit->hash))
		error = ERROR_LIMIT;
	if (error == ERROR_OK)
		publish_head(audit);
	return error == ERROR_OK;
}

/* `extension`: a further one, or empty; `rest`: the event without id and extensions. */
struct link {
	struct str extension, rest;
};

static struct json *event_tree(struct arena *arena, const struct link *link, int64_t number,
			       const char *previous)
{
	struct text text;
	struct json *tree = NULL;
	char id[AUDIT_ID_BYTES];
	audit_id(number, id);
	text_init(&text, arena, 2 * EVENT_BYTES_MAX);
	text_put_format(
		&text,
		"{\"resourceType\":\"AuditEvent\",\"id\":\"%s\",\"extension\":[{\"url\":\"" URL
		"StructureDefinition/audit-chain\",\"extension\":[{\"url\":\"number\","
		"\"valueString\":\"%lld\"},{\"url\":\"previous\",\"valueString\":\"%s\"}]}",
		id, (long long)number, previous);
	if (link->extension.len > 0)
		text_put_byte(&text, ',');
	text_put(&text, link->extension);
	text_put_c(&text, "],");
	text_put(&text, (struct str){ link->rest.ptr + 1, link->rest.len - 1 });
	if (text.failed || json_parse(arena, text_view(&text), NULL, NULL, &tree) != ERROR_OK)
		return NULL;
	return tree;
}

static bool prepare(struct arena *arena, struct json *tree, struct store_write *ret_write)
{
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);
	struct text body;
	struct str id = json_get_text(tree, STR("id"));
	if (index == NULL || fhir_index_extract(arena, tree, index) != ERROR_OK)
		return false;
	text_init(&body, arena, 2 * EVENT_BYTES_MAX);
	store_body_print(&body, arena, tree, id);
	*ret_write = (struct store_write){ .method = STORE_CREATE,
					   .type = fhir_resource_find(STR("AuditEvent")),
					   .id = id,
					   .version_expected = STORE_VERSION_NONE,
					   .body = text_view(&body),
					   .index = index };
	return !body.failed;
}

/* All of them in one commit with the number of the last. The arena holds them, and is the caller's to reset. */
static bool write_links(struct audit *audit, const struct link *links, size_t count)
{
	char hash[AUDIT_HASH_BYTES];
	if (!audit->known)
		audit->known = read_head(audit);
	struct store_write *writes = ARENA_NEW(&audit->arena, struct store_write, count);
	if (!audit->known || writes == NULL)
		return false;
	memcpy(hash, audit->hash, sizeof(hash));
	for (size_t i = 0; i < count; i++) {
		struct json *tree =
			event_tree(&audit->arena, &links[i], audit->number + 1 + (int64_t)i, hash);
		if (tree == NULL || !audit_hash(&audit->arena, tree, hash) ||
		    !prepare(&audit->arena, tree, &writes[i]))
			return false;
	}
	struct store_commit commit = {
		.writes = writes,
		.write_count = count,
		.origin = STR(AUDIT_ORIGIN),
		.cursor_name = STR(AUDIT_CURSOR),
		.cursor = audit->number + (int64_t)count,
		.feed_expected = -1,
	};
	if (store_commit_wait(audit->store, &commit) != ERROR_OK)
		return false;
	audit->number += (int64_t)count;
	memcpy(audit->hash, hash, sizeof(hash));
	publish_head(audit);
	return true;
}

static bool write_batch(struct audit *audit, void *const *items, size_t count)
{
	arena_reset(&audit->arena);
	struct link *links = ARENA_NEW(&audit->arena, struct link, count);
	for (size_t i = 0; links != NULL && i < count; i++) {
		const struct item *item = items[i];
		links[i] = (struct link){ .rest = { item->text, item->length } };
	}
	return links != NULL && write_links(audit, links, count);
}

/* --- seals ---------------------------------------------------------------------------------- */

/* What the log has not sealed yet, some of it at a time. A chain that was cut between an event and this number seals
 * some versions twice, which harms nothing. */
static bool read_unsealed(struct audit *audit, size_t *ret_count)
{
	struct store_version *versions = NULL;
	size_t count = 0;
	struct store_reader *reader = store_reader_borrow(audit->store);
	if (reader == NULL)
		return false;
	if (!audit->seal_known)
		seal_begin(&audit->seal, store_cursor(reader, STR(SEAL_CURSOR)));
	audit->seal_known = true;
	arena_reset(&audit->arena);
	enum error error =
		store_feed(reader, &audit->arena, audit->seal.to, SEAL_AT_ONCE, &versions, &count);
	store_reader_return(reader);
	for (size_t i = 0; i < count && error == ERROR_OK; i++) {
		if (!seal_add(&audit->seal, &audit->arena, &versions[i]))
			error = ERROR_LIMIT;
		/* A seal is a version too: for the log alone none is made, or they would never end. */
		if (audit->seal_since_us == 0 && !str_equal(versions[i].origin, STR(AUDIT_ORIGIN)))
			audit->seal_since_us = clock_monotonic_us();
	}
	*ret_count = count;
	return error == ERROR_OK;
}

static bool write_seal(struct audit *audit)
{
	struct text extension, rest;
	arena_reset(&audit->arena);
	text_init(&extension, &audit->arena, 1024);
	text_init(&rest, &audit->arena, 1024);
	seal_put_extension(&extension, &audit->seal);
	seal_put_event(&rest, &audit->seal, clock_now_us(audit->clock));
	const struct link link = { text_view(&extension), text_view(&rest) };
	if (extension.failed || rest.failed || !write_links(audit, &link, 1))
		return false;
	struct store_commit commit = { .origin = STR(AUDIT_ORIGIN),
				       .cursor_name = STR(SEAL_CURSOR),
				       .cursor = audit->seal.to,
				       .feed_expected = -1 };
	return store_commit_wait(audit->store, &commit) == ERROR_OK;
}

/* True when there is more to seal at once. What cannot be done is tried again: from where the log says. */
static bool seal_some(struct audit *audit, bool ending)
{
	size_t count = 0;
	bool read = read_unsealed(audit, &count);
	bool due = audit->seal.count >= SEAL_VERSIONS_MAX ||
		   (audit->seal_since_us != 0 &&
		    (ending || clock_monotonic_us() - audit->seal_since_us >= SEAL_US));
	bool written = true;
	if (read && due && (audit->seal.count >= SEAL_VERSIONS_MAX || count < SEAL_AT_ONCE)) {
		written = write_seal(audit);
		seal_begin(&audit->seal, audit->seal.to);
		audit->seal_since_us = 0;
	}
	if (!read || !written) {
		audit->seal_known = audit->known = false;
		audit->seal_since_us = 0;
	}
	return read && written && count == SEAL_AT_ONCE;
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
	audit->known = read_head(audit);
	while (!atomic_load(&audit->stopping) || queue_count(audit->queue) > 0) {
		size_t count = queue_pop_many(audit->queue, items, BATCH_MAX, more ? 0 : IDLE_US);
		bool written = count == 0 || write_batch(audit, items, count);
		while (!written && !atomic_load(&audit->stopping)) {
			audit->known = false;
			if (!said)
				LOG(EVENT_AUDIT_FAILED);
			said = true;
			store_feed_wait(audit->store, INT64_MAX, RETRY_MS);
			written = write_batch(audit, items, count);
		}
		said = said && !written;
		finish(audit, items, count, written);
		more = seal_some(audit, false);
	}
	while (seal_some(audit, true))
		;
}

struct audit *audit_start(struct store *store, struct clock *clock)
{
	struct audit *audit = calloc(1, sizeof(*audit));
	if (audit == NULL)
		return NULL;
	audit->store = store;
	audit->clock = clock;
	audit->queue = queue_create(QUEUE_MAX);
	arena_init(&audit->arena, ARENA_BYTES_MAX);
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
	arena_done(&audit->arena);
	condition_destroy(&audit->moved);
	mutex_destroy(&audit->mutex);
	free(audit);
}
