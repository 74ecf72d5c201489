/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/webhook.h"

#include "base/limits.h"
#include "client/post.h"
#include "os/hash.h"

#include <stdlib.h>

#define POST_TIMEOUT_MS 5000

struct webhook {
	char *url;
	char *secret;
};

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

static void post_page(const struct webhook *webhook, struct arena *arena,
		      const struct courier_page *page, struct post_answer *ret_answer)
{
	struct text key, signature;
	struct str body = message(arena, page->communication);
	text_init(&key, arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&key, "Idempotency-Key: ");
	text_put(&key, page->id);
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

static enum courier_result deliver(void *context, struct arena *arena,
				   const struct courier_page *page,
				   struct courier_answer *ret_answer)
{
	struct post_answer answer;
	struct text proof;
	post_page(context, arena, page, &answer);
	ret_answer->status = answer.status;
	if (answer.status < 200 || answer.status > 299)
		return COURIER_LATER;
	text_init(&proof, arena, LIMIT_URL_BYTES_MAX);
	text_put_format(&proof, "HTTP %u %s", answer.status, answer.receipt);
	ret_answer->proof = str_trim(text_view(&proof));
	return COURIER_DELIVERED;
}

struct webhook *webhook_create(struct str url, struct str secret)
{
	struct webhook *webhook = calloc(1, sizeof(*webhook));
	if (webhook == NULL)
		return NULL;
	webhook->url = courier_copy(url);
	webhook->secret = courier_copy(secret);
	if (webhook->url != NULL && webhook->secret != NULL)
		return webhook;
	webhook_destroy(webhook);
	return NULL;
}

void webhook_destroy(struct webhook *webhook)
{
	if (webhook == NULL)
		return;
	free(webhook->url);
	free(webhook->secret);
	free(webhook);
}

struct courier_channel webhook_channel(struct webhook *webhook)
{
	return (struct courier_channel){ .channel = CHANNEL_WEBHOOK,
					 .thread_name = "webhook",
					 .context = webhook,
					 .deliver = deliver };
}
