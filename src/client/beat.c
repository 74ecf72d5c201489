/* SPDX-License-Identifier: Apache-2.0 */
#include "client/beat.h"

#include "base/date.h"
#include "os/hash.h"
#include "os/random.h"
#include "json/json.h"

#include <stdio.h>

#define SIGNED_BYTES_MAX 512
#define FAILING_WORDS_MAX 16

static void sign(struct str secret, const char *purpose, const struct str *parts, size_t count,
		 char ret_signature[BEAT_SIGNATURE_BYTES])
{
	uint8_t hash[HASH_SHA256_BYTES];
	char whole[SIGNED_BYTES_MAX];
	int length = snprintf(whole, sizeof(whole), "%s", purpose);
	for (size_t i = 0; i < count && length > 0 && (size_t)length < sizeof(whole); i++)
		length += snprintf(whole + length, sizeof(whole) - (size_t)length, "\n%.*s",
				   STR_ARG(parts[i]));
	/* Cut alike on both sides, so a part that is too long only fails to verify. */
	size_t used = length < 0 ? 0 : (size_t)length;
	if (used >= sizeof(whole))
		used = sizeof(whole) - 1;
	hash_hmac_sha256(secret, whole, used, hash);
	hash_write_hex(hash, ret_signature);
}

void beat_sign_question(struct str secret, struct str nonce,
			char ret_signature[BEAT_SIGNATURE_BYTES])
{
	sign(secret, "homeward watcher", &nonce, 1, ret_signature);
}

void beat_sign_answer(struct str secret, struct str nonce, struct str time, struct str failing,
		      char ret_signature[BEAT_SIGNATURE_BYTES])
{
	const struct str parts[] = { nonce, time, failing };
	sign(secret, "homeward beat", parts, 3, ret_signature);
}

void beat_sign_log(struct str secret, struct str nonce, struct str number, struct str hash,
		   char ret_signature[BEAT_SIGNATURE_BYTES])
{
	const struct str parts[] = { nonce, number, hash };
	sign(secret, "homeward log", parts, 3, ret_signature);
}

bool beat_signature_equal(const char expected[BEAT_SIGNATURE_BYTES], struct str given)
{
	uint8_t a[HASH_SHA256_BYTES], b[HASH_SHA256_BYTES];
	hash_sha256(expected, BEAT_SIGNATURE_BYTES - 1, a);
	hash_sha256(given.ptr, given.len, b);
	return hash_equal(a, b);
}

static void join_words(const struct json *words, char ret_words[BEAT_WORDS_BYTES])
{
	size_t used = 0, count = 0;
	ret_words[0] = '\0';
	for (const struct json *word = words == NULL ? NULL : words->child;
	     word != NULL && count < FAILING_WORDS_MAX && used < BEAT_WORDS_BYTES;
	     word = word->next, count++) {
		int put = snprintf(ret_words + used, BEAT_WORDS_BYTES - used, "%s%.*s",
				   used == 0 ? "" : " ", STR_ARG(json_text(word)));
		used += put < 0 ? 0 : (size_t)put;
	}
}

static bool is_genuine(const struct json *answer, struct str secret, struct str nonce,
		       const struct beat *beat)
{
	char expected[BEAT_SIGNATURE_BYTES];
	if (!str_equal(json_get_text(answer, STR("nonce")), nonce))
		return false;
	if (secret.len == 0)
		return true;
	beat_sign_answer(secret, nonce, json_get_text(answer, STR("time")),
			 str_from_c(beat->failing), expected);
	return beat_signature_equal(expected, json_get_text(answer, STR("signature")));
}

static void read_log(const struct json *log, struct str secret, struct str nonce, struct beat *beat)
{
	char expected[BEAT_SIGNATURE_BYTES];
	int64_t number;
	struct str digits = json_get_text(log, STR("number")),
		   hash = json_get_text(log, STR("hash"));
	if (hash.len != BEAT_SIGNATURE_BYTES - 1 || !str_to_i64(digits, &number) || number < 0)
		return;
	beat_sign_log(secret, nonce, digits, hash, expected);
	if (secret.len > 0 && !beat_signature_equal(expected, json_get_text(log, STR("signature"))))
		return;
	beat->log_number = number;
	memcpy(beat->log_hash, hash.ptr, hash.len);
}

static enum beat_result judge(struct arena *arena, const struct client_answer *answer,
			      struct str secret, struct str nonce, struct beat *beat)
{
	struct json *tree = NULL;
	struct date time;
	if (answer->status != 200 ||
	    json_parse(arena, answer->body, NULL, NULL, &tree) != ERROR_OK ||
	    tree->type != JSON_OBJECT)
		return BEAT_FALSE;
	join_words(json_get(tree, STR("failing")), beat->failing);
	if (date_parse(json_get_text(tree, STR("time")), DATE_KIND_INSTANT, &time) != ERROR_OK ||
	    !is_genuine(tree, secret, nonce, beat))
		return BEAT_FALSE;
	beat->time_us = time.low_us;
	if (json_get(tree, STR("log")) != NULL)
		read_log(json_get(tree, STR("log")), secret, nonce, beat);
	const struct json *ok = json_get(tree, STR("ok"));
	return beat->failing[0] == '\0' && ok != NULL && ok->type == JSON_TRUE ? BEAT_GOOD
									       : BEAT_FAILING;
}

void beat_ask(struct client *client, struct arena *arena, struct str secret, struct beat *ret_beat)
{
	uint8_t bytes[HASH_SHA256_BYTES] = { 0 };
	char digits[BEAT_SIGNATURE_BYTES], signature[BEAT_SIGNATURE_BYTES], path[160];
	struct beat beat = { .result = BEAT_SILENT, .log_number = -1 };
	random_bytes(bytes, sizeof(bytes));
	hash_write_hex(bytes, digits);
	digits[BEAT_NONCE_BYTES - 1] = '\0';
	struct str nonce = str_from_c(digits);
	snprintf(path, sizeof(path), "/health/beat?nonce=%s", digits);
	if (secret.len > 0) {
		beat_sign_question(secret, nonce, signature);
		snprintf(path, sizeof(path), "/health/beat?nonce=%s&signature=%s", digits,
			 signature);
	}
	const struct client_request request = {
		.method = CLIENT_GET,
		.path = str_from_c(path),
		.from_origin = true,
	};
	struct client_answer answer = { 0 };
	if (client_send(client, arena, &request, &answer) == CLIENT_ANSWERED)
		beat.result = judge(arena, &answer, secret, nonce, &beat);
	*ret_beat = beat;
}
