/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/pager.h"

#include "base/date.h"
#include "base/text.h"
#include "client/post.h"
#include "os/hash.h"
#include "os/log.h"
#include "os/process.h"
#include "os/random.h"
#include "json/json.h"

#include <stdio.h>

#define BODY_BYTES_MAX ((size_t)8 * 1024)
#define TRY_MS 10000

void pager_init(struct pager *pager, const struct pager_options *options)
{
	*pager = (struct pager){ .options = *options };
}

void pager_page(struct pager *pager, const char *event, const char *text, int64_t wall_us)
{
	random_uuid(pager->id);
	snprintf(pager->event, sizeof(pager->event), "%s", event);
	snprintf(pager->text, sizeof(pager->text), "%s", text);
	date_write_instant(wall_us, pager->time);
	pager->url_owed = pager->options.url != NULL;
	pager->program_owed = pager->options.program != NULL;
	pager->next_us = 0;
}

static void put_member(struct text *text, const char *name, const char *value)
{
	text_put_format(text, "%c\"%s\":", text->len == 0 ? '{' : ',', name);
	json_print_string(text, str_from_c(value));
}

static bool post_page(const struct pager *pager)
{
	struct arena arena;
	struct text body;
	char key[64], signature[96];
	uint8_t hash[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	arena_init(&arena, BODY_BYTES_MAX * 4);
	text_init(&body, &arena, BODY_BYTES_MAX);
	put_member(&body, "event", pager->event);
	put_member(&body, "time", pager->time);
	put_member(&body, "text", pager->text);
	text_put_byte(&body, '}');
	struct post post = { .url = pager->options.url,
			     .body = text_view(&body),
			     .timeout_ms = TRY_MS };
	struct post_answer answer = { 0 };
	snprintf(key, sizeof(key), "Idempotency-Key: %s", pager->id);
	post.headers[0] = key;
	if (pager->options.secret.len > 0) {
		hash_hmac_sha256(pager->options.secret, post.body.ptr, post.body.len, hash);
		hash_write_hex(hash, hex);
		snprintf(signature, sizeof(signature), "X-Homeward-Signature: sha256=%s", hex);
		post.headers[1] = signature;
	}
	if (!body.failed)
		post_send(&post, &answer);
	arena_done(&arena);
	return answer.status >= 200 && answer.status < 300;
}

static bool run_program(const struct pager *pager)
{
	const char *const arguments[] = { pager->options.program, pager->event, pager->text, NULL };
	return process_run(arguments, TRY_MS) == 0;
}

void pager_run(struct pager *pager, int64_t now_us)
{
	if (pager_due_us(pager) > now_us)
		return;
	if (pager->url_owed)
		pager->url_owed = !post_page(pager);
	if (pager->program_owed)
		pager->program_owed = !run_program(pager);
	if (pager->url_owed || pager->program_owed)
		LOG(EVENT_WATCH_PAGE_FAILED);
	else
		LOG(EVENT_WATCH_PAGED);
	pager->next_us = now_us + pager->options.retry_us;
}

int64_t pager_due_us(const struct pager *pager)
{
	return pager->url_owed || pager->program_owed ? pager->next_us : INT64_MAX;
}
