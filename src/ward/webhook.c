/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/webhook.h"

#include "base/hash.h"
#include "base/limits.h"
#include "client/post.h"
#include "os/hash.h"
#include "os/log.h"
#include "os/thread.h"
#include "store/search.h"
#include "ward/core.h"

#include <stdatomic.h>
#include <stdlib.h>

#define WEBHOOK_ORIGIN "webhook"
#define POST_TIMEOUT_MS 5000
#define PAUSE_US_FIRST DATE_US_PER_S
#define PAUSE_US_MAX (60 * DATE_US_PER_S)
#define GIVE_UP_US DATE_US_PER_HOUR
#define IDLE_MS_MAX 1000
#define BUSY_MS_MIN 100
#define FAILURES_MAX 512
#define ARENA_BYTES_MAX ((size_t)16 * 1024 * 1024)

/* A delivery that failed and waits for its next try; forgotten at a restart, which only means that it is tried at
 * once. */
struct failure {
	uint64_t id_hash; /* 0: free */
	uint32_t tries;
	int64_t next_us; /* monotonic */
};
struct webhook {
	struct store *store;
	struct clock *clock;
	char *url;
	char *secret;
	struct thread thread;
	atomic_bool stopping;
	struct failure failures[FAILURES_MAX];
};

static struct failure *failure_of(struct webhook *webhook, struct str id)
{
	uint64_t hash = hash_str(id) | 1;
	struct failure *open = NULL;
	for (size_t i = 0; i < FAILURES_MAX; i++) {
		if (webhook->failures[i].id_hash == hash)
			return &webhook->failures[i];
		if (webhook->failures[i].id_hash == 0 && open == NULL)
			open = &webhook->failures[i];
	}
	if (open == NULL) /* more failures than places: the receiver is down, any place will do */
		open = &webhook->failures[hash % FAILURES_MAX];
	*open = (struct failure){ .id_hash = hash };
	return open;
}

static void put_member(struct text *text, const char *name, struct str value)
{
	text_put_byte(text, text->len > 1 ? ',' : '{');
	text_put_format(text, "\"%s\":", name);
	json_print_string(text, value);
}

/* "Task/x" -> "x" */
static struct str id_of(struct str reference)
{
	struct fhir_reference parsed;
	return fhir_reference_parse(reference, &parsed) ? parsed.id : (struct str){ NULL, 0 };
}

static struct str message(struct arena *arena, const struct json *page)
{
	struct text text;
	text_init(&text, arena, LIMIT_OPERATION_BODY_BYTES_MAX);
	const struct json *about = json_at(json_get(page, STR("about")), 0);
	const struct json *recipient = json_at(json_get(page, STR("recipient")), 0);
	put_member(&text, "communication", json_get_text(page, STR("id")));
	put_member(&text, "alert", id_of(json_get_text(about, STR("reference"))));
	put_member(&text, "priority", json_get_text(page, STR("priority")));
	put_member(&text, "recipient", json_get_text(recipient, STR("reference")));
	put_member(&text, "sent", json_get_text(page, STR("sent")));
	text_put_byte(&text, '}');
	return text_view(&text);
}

static void deliver(struct webhook *webhook, struct arena *arena, const struct json *page,
		    struct post_answer *ret_answer)
{
	struct text key, signature;
	struct str body = message(arena, page);
	text_init(&key, arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&key, "Idempotency-Key: ");
	text_put(&key, json_get_text(page, STR("id")));
	struct post post = { .url = webhook->url, .body = body, .timeout_ms = POST_TIMEOUT_MS };
	post.headers[0] = text_view(&key).ptr;
	if (webhook->secret[0] != '\0') {
		uint8_t hash[HASH_SHA256_BYTES];
		char hex[2 * HASH_SHA256_BYTES + 1];
		hash_hmac_sha256(str_from_c(webhook->secret), body.ptr, body.len, hash);
		hash_write_hex(hash, hex);
		text_init(&signature, arena, LIMIT_URL_BYTES_MAX);
		text_put_format(&signature, "X-Homeward-Signature: sha256=%s", hex);
		post.headers[1] = text_view(&signature).ptr;
	}
	*ret_answer = (struct post_answer){ 0 };
	if (!arena->failed)
		post_send(&post, ret_answer);
}

static void put_text(struct arena *arena, struct json *object, struct str name, struct str value)
{
	json_put(object, name, json_new_string(arena, value));
}

/* Writes down how the delivery ended. A person or the engine may have changed the page meanwhile: then
 * nothing is written and the next round looks again. */
static void record(struct webhook *webhook, struct arena *arena,
		   const struct store_version *version, struct json *page,
		   const struct post_answer *answer)
{
	bool delivered = answer->status >= 200 && answer->status < 300;
	struct str now = date_print_instant(arena, clock_now_us(webhook->clock));
	put_text(arena, page, STR("status"), delivered ? STR("completed") : STR("stopped"));
	if (delivered)
		put_text(arena, page, STR("received"), now);
	struct text proof;
	text_init(&proof, arena, LIMIT_URL_BYTES_MAX);
	if (delivered)
		text_put_format(&proof, "HTTP %u %s", answer->status, answer->receipt);
	else
		text_put_format(&proof, "not delivered; last answer: %u", answer->status);
	struct json *list = json_get(page, STR("extension"));
	if (list == NULL)
		list = json_put(page, STR("extension"), json_new(arena, JSON_ARRAY));
	struct json *entry = json_append(list, json_new(arena, JSON_OBJECT));
	put_text(arena, entry, STR("url"), STR(HOMEWARD_URL "StructureDefinition/delivery-proof"));
	put_text(arena, entry, STR("valueString"), str_trim(text_view(&proof)));

	struct fhir_index index = { 0 };
	struct text body;
	text_init(&body, arena, LIMIT_BODY_BYTES_MAX);
	if (arena->failed || fhir_validate(arena, page, NULL) != ERROR_OK ||
	    fhir_index_extract(arena, page, &index) != ERROR_OK) {
		LOG_WITH(EVENT_DELIVERY_FAILED, LOG_WORD("why", "page not valid"));
		return;
	}
	store_body_print(&body, arena, page, version->id);
	struct store_write write = {
		.method = STORE_UPDATE,
		.type = version->type,
		.id = version->id,
		.version_expected = version->version,
		.body = text_view(&body),
		.index = &index,
	};
	struct store_commit commit = {
		.writes = &write,
		.write_count = 1,
		.origin = STR(WEBHOOK_ORIGIN),
		.feed_expected = -1,
	};
	enum error error = store_commit_wait(webhook->store, &commit);
	if (error != ERROR_OK)
		LOG_WITH(EVENT_DELIVERY_FAILED, LOG_ERROR("error", error));
}

/* One page that is owed a delivery. */
static void serve_page(struct webhook *webhook, struct arena *arena,
		       const struct store_version *version)
{
	struct failure *failure = failure_of(webhook, version->id);
	if (failure->next_us > clock_monotonic_us())
		return;
	struct json *page = NULL;
	if (json_parse(arena, version->body, NULL, NULL, &page) != ERROR_OK)
		return;
	struct post_answer answer;
	deliver(webhook, arena, page, &answer);
	struct date sent;
	bool old = date_parse(json_get_text(page, STR("sent")), DATE_KIND_DATETIME, &sent) ==
			   ERROR_OK &&
		   clock_now_us(webhook->clock) - sent.low_us > GIVE_UP_US;
	if ((answer.status >= 200 && answer.status < 300) || old) {
		record(webhook, arena, version, page, &answer);
		failure->id_hash = 0;
		return;
	}
	int64_t pause_us = PAUSE_US_FIRST << (failure->tries < 6 ? failure->tries : 6);
	failure->tries++;
	failure->next_us =
		clock_monotonic_us() + (pause_us < PAUSE_US_MAX ? pause_us : PAUSE_US_MAX);
	LOG_WITH(EVENT_DELIVERY_FAILED, LOG_COUNT("status", answer.status),
		 LOG_COUNT("tries", failure->tries));
}

/* All pages that wait, oldest first. */
static void serve_all(struct webhook *webhook, struct arena *arena)
{
	struct search_argument arguments[] = {
		{ STR("status"), STR("preparation") },
		{ STR("medium"), STR(HOMEWARD_URL "CodeSystem/channel|webhook") },
		{ STR("_sort"), STR("_lastUpdated") },
		{ STR("_count"), STR("500") },
	};
	struct search_parse_options options = { .now_us = clock_now_us(webhook->clock) };
	struct search_request *request = NULL;
	struct search_result result = { 0 };
	enum error error =
		search_parse(arena, fhir_resource_find(STR("Communication")), arguments,
			     sizeof(arguments) / sizeof(arguments[0]), &options, NULL, &request);
	struct store_reader *reader =
		error == ERROR_OK ? store_reader_borrow(webhook->store) : NULL;
	if (reader == NULL)
		return;
	error = search_run(reader, arena, request, NULL, &result);
	store_reader_return(reader);
	for (size_t i = 0; error == ERROR_OK && i < result.match_count; i++) {
		if (atomic_load(&webhook->stopping))
			return;
		serve_page(webhook, arena, &result.matches[i]);
	}
}

static void run(void *argument)
{
	struct webhook *webhook = argument;
	struct arena arena;
	arena_init(&arena, ARENA_BYTES_MAX);
	while (!atomic_load(&webhook->stopping)) {
		struct store_figures figures;
		store_figures(webhook->store, &figures);
		serve_all(webhook, &arena);
		arena_reset(&arena);
		/* A busy feed is not asked more than ten times a second; in a quiet one a page written since
		 * then ends the wait at once, and a failed one is looked at every second. */
		store_feed_wait(webhook->store, INT64_MAX, BUSY_MS_MIN);
		store_feed_wait(webhook->store, figures.feed_last, IDLE_MS_MAX);
	}
	arena_done(&arena);
}

static char *copy_c(struct str text)
{
	char *copy = calloc(text.len + 1, 1);
	if (copy != NULL && text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

static void webhook_free(struct webhook *webhook)
{
	free(webhook->url);
	free(webhook->secret);
	free(webhook);
}

struct webhook *webhook_start(const struct webhook_options *options)
{
	struct webhook *webhook = calloc(1, sizeof(*webhook));
	if (webhook == NULL)
		return NULL;
	webhook->store = options->store;
	webhook->clock = options->clock;
	webhook->url = copy_c(options->url);
	webhook->secret = copy_c(options->secret);
	atomic_init(&webhook->stopping, false);
	if (webhook->url == NULL || webhook->secret == NULL ||
	    !thread_start(&webhook->thread, "webhook", run, webhook)) {
		webhook_free(webhook);
		return NULL;
	}
	return webhook;
}

void webhook_stop(struct webhook *webhook)
{
	if (webhook == NULL)
		return;
	atomic_store(&webhook->stopping, true);
	thread_join(&webhook->thread);
	webhook_free(webhook);
}
