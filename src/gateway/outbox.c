/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/outbox.h"

#include "base/base64.h"
#include "client/upload.h"
#include "os/hash.h"
#include "json/json.h"

#include <stdio.h>

#define OUTBOX_ARENA_BYTES ((size_t)256 * 1024 * 1024)
#define BUNDLE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define HW "https://fhir.homeward.example/"

void outbox_init(struct outbox *outbox)
{
	outbox->count = 0;
	arena_init(&outbox->arena, OUTBOX_ARENA_BYTES);
}

void outbox_done(struct outbox *outbox)
{
	arena_done(&outbox->arena);
}

void outbox_clear(struct outbox *outbox)
{
	outbox->count = 0;
	arena_reset(&outbox->arena);
}

struct outbox_entry *outbox_new(struct outbox *outbox, int64_t now_us)
{
	if (outbox->count == OUTBOX_ENTRIES_MAX)
		return NULL;
	if (outbox->count == 0)
		outbox->begun_us = now_us;
	struct outbox_entry *entry = &outbox->entries[outbox->count++];
	entry->id_count = 0;
	entry->payload = entry->resource = (struct str){ NULL, 0 };
	return entry;
}

static void put_condition(struct text *text, const char *key)
{
	struct text query;
	text_init(&query, text->arena, 1024);
	client_encode(&query, STR(MESSAGE_KEY_SYSTEM "|"));
	client_encode(&query, str_from_c(key));
	text_put_c(text, ",\"ifNoneExist\":\"identifier=");
	text_put(text, text_view(&query));
	text_put_c(text, "\"}");
}

static bool put_bundle(const struct outbox *outbox, struct text *text)
{
	text_put_c(text, "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[");
	for (size_t i = 0; i < outbox->count; i++) {
		const struct outbox_entry *entry = &outbox->entries[i];
		text_put_c(text, i == 0 ? "" : ",");
		text_put_c(text, "{\"request\":{\"method\":\"POST\",\"url\":\"Observation\"");
		put_condition(text, entry->key);
		text_put_c(text, ",\"resource\":");
		text_put(text, entry->resource);
		text_put_byte(text, '}');
	}
	text_put_c(text, "]}");
	return !text->failed;
}

static enum outbox_fate fate_of(const struct json *entry)
{
	struct str status = json_get_text(json_get(entry, STR("response")), STR("status"));
	if (status.len >= 3 && status.ptr[0] == '2')
		return OUTBOX_STORED;
	/* 409, 412 and 429 may go another way the next time; of the others the same would come again. */
	bool passing = str_starts_with(status, STR("409")) || str_starts_with(status, STR("412")) ||
		       str_starts_with(status, STR("429"));
	return status.len >= 3 && status.ptr[0] == '4' && !passing ? OUTBOX_REFUSED : OUTBOX_AGAIN;
}

bool outbox_send(struct outbox *outbox, struct client *client, struct arena *arena,
		 enum outbox_fate ret_fates[OUTBOX_ENTRIES_MAX])
{
	struct text body;
	struct client_answer answer = { 0 };
	struct json *bundle = NULL;
	text_init(&body, arena, BUNDLE_BYTES_MAX);
	if (!put_bundle(outbox, &body))
		return false;
	const struct client_request request = {
		.method = CLIENT_POST,
		.path = STR(""),
		.body = text_view(&body),
		.repeatable = true, /* every entry is conditional */
		.idempotency_key = upload_key(arena, "gateway", 0, text_view(&body)),
	};
	if (client_send(client, arena, &request, &answer) != CLIENT_ANSWERED ||
	    answer.status != 200 || json_parse(arena, answer.body, NULL, NULL, &bundle) != ERROR_OK)
		return false;
	const struct json *entries = json_get(bundle, STR("entry"));
	for (size_t i = 0; i < outbox->count; i++)
		ret_fates[i] = fate_of(json_at(entries, i));
	return true;
}

/* --- what cannot be stored as it is --------------------------------------------------------- */

bool outbox_keep_refused(struct client *client, struct arena *arena,
			 const struct outbox_entry *entry, const char *why)
{
	struct text body;
	struct client_answer answer = { 0 };
	struct str payload = entry->payload.len > 0 ? entry->payload : entry->resource;
	uint8_t hash[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	hash_sha256(payload.ptr, payload.len, hash);
	hash_write_hex(hash, hex);
	text_init(&body, arena, BUNDLE_BYTES_MAX);
	/* Put by an id made of the bytes: sent again, it is the same. */
	text_put_format(&body,
			"{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
			"{\"request\":{\"method\":\"PUT\",\"url\":\"Binary/refused-%.40s\"},"
			"\"resource\":{\"resourceType\":\"Binary\",\"id\":\"refused-%.40s\","
			"\"contentType\":\"application/json\",\"data\":\"",
			hex, hex);
	base64_put(&body, payload.ptr, payload.len);
	text_put_format(&body,
			"\"}},{\"request\":{\"method\":\"PUT\",\"url\":"
			"\"DetectedIssue/refused-%.40s\"},\"resource\":{\"resourceType\":"
			"\"DetectedIssue\",\"id\":\"refused-%.40s\",\"status\":\"final\",\"code\":{"
			"\"coding\":[{\"system\":\"" HW
			"CodeSystem/disposition\",\"code\":\"unreadable\"}]},\"author\":{"
			"\"reference\":\"Device/%s\"},\"implicated\":[{\"reference\":\"Binary/"
			"refused-%.40s\"}],\"detail\":",
			hex, hex, entry->device[0] == '\0' ? "unknown" : entry->device, hex);
	json_print_string(&body, str_from_c(why));
	text_put_c(&body, "}}]}");
	const struct client_request request = {
		.method = CLIENT_POST, .path = STR(""), .body = text_view(&body), .repeatable = true
	};
	return !body.failed && client_send(client, arena, &request, &answer) == CLIENT_ANSWERED &&
	       answer.status == 200;
}
