/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/push.h"

#include "base/base64.h"
#include "base/limits.h"
#include "client/post.h"
#include "notify/record.h"
#include "os/file.h"
#include "os/hash.h"
#include "os/log.h"
#include "os/random.h"
#include "store/search.h"

#include <stdlib.h>

#define KEY_NAME "vapid.key"
#define TIMEOUT_MS 10000
#define TOKEN_LIFE_S (12 * 3600) /* at most a day: RFC 8292 section 2 */
#define MESSAGE_LIFE_S 3600
#define ADDRESS_BYTES_MAX 2000

struct push {
	struct crypto_key *key;
	char *contact, *hosts, *authorities;
	bool http;
	uint8_t token_key[HASH_SHA256_BYTES];
	struct clock *clock; /* the machine's: push services compare times with their own */
};

/* --- keys ----------------------------------------------------------------------------------- */

static struct crypto_key *read_key(struct arena *arena, int folder)
{
	struct str text;
	uint8_t scalar[CRYPTO_SCALAR_BYTES];
	size_t length;
	if (file_read_whole(arena, folder, KEY_NAME, 200, &text) != ERROR_OK ||
	    !base64url_read(str_trim(text), scalar, sizeof(scalar), &length) ||
	    length != sizeof(scalar))
		return NULL;
	return crypto_key_load(scalar);
}

static struct crypto_key *make_key(struct arena *arena, int folder)
{
	struct crypto_key *key = crypto_key_generate();
	uint8_t scalar[CRYPTO_SCALAR_BYTES];
	struct text text;
	if (key == NULL)
		return NULL;
	crypto_key_scalar(key, scalar);
	text_init(&text, arena, 200);
	base64url_put(&text, scalar, sizeof(scalar));
	text_put_byte(&text, '\n');
	if (!text.failed && file_write_whole(folder, KEY_NAME, text_view(&text)) == ERROR_OK)
		return key;
	crypto_key_destroy(key);
	return NULL;
}

static struct crypto_key *open_key(struct str folder_path)
{
	struct arena arena;
	struct crypto_key *key = NULL;
	int folder, file;
	arena_init(&arena, 64 * 1024);
	if (file_open_folder(arena_copy(&arena, folder_path).ptr, &folder) == ERROR_OK) {
		/* A key that is there but cannot be read is not replaced: all browsers would have to subscribe anew. */
		if (file_open_below(folder, KEY_NAME, 0, &file) == ERROR_OK) {
			file_close(file);
			key = read_key(&arena, folder);
		} else {
			key = make_key(&arena, folder);
		}
		file_close(folder);
	}
	arena_done(&arena);
	return key;
}

void push_public_key(const struct push *push, struct text *text)
{
	uint8_t point[CRYPTO_POINT_BYTES];
	crypto_key_public(push->key, point);
	base64url_put(text, point, sizeof(point));
}

static struct str token_of(const struct push *push, struct arena *arena, struct str communication)
{
	uint8_t hash[HASH_SHA256_BYTES];
	struct text text;
	hash_hmac_sha256((struct str){ (const char *)push->token_key, sizeof(push->token_key) },
			 communication.ptr, communication.len, hash);
	text_init(&text, arena, 100);
	base64url_put(&text, hash, sizeof(hash));
	return text_view(&text);
}

bool push_token_is_right(const struct push *push, struct arena *arena, struct str communication,
			 struct str token)
{
	struct str right = token_of(push, arena, communication);
	uint8_t a[HASH_SHA256_BYTES], b[HASH_SHA256_BYTES];
	hash_sha256(right.ptr, right.len, a);
	hash_sha256(token.ptr, token.len, b);
	return right.len > 0 && hash_equal(a, b);
}

/* --- one subscription ----------------------------------------------------------------------- */

static struct str part_of(const struct json *extension, struct str name)
{
	const struct json *list = json_get(extension, STR("extension"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (str_equal(json_get_text(one, STR("url")), name))
			return json_get_text(one, STR("valueString"));
	}
	return (struct str){ NULL, 0 };
}

static bool read_subscription(const struct json *endpoint, struct push_subscription *ret)
{
	const struct json *keys = record_extension(endpoint, STR("web-push"));
	size_t point, auth;
	return base64url_read(part_of(keys, STR("p256dh")), ret->point, sizeof(ret->point),
			      &point) &&
	       base64url_read(part_of(keys, STR("auth")), ret->auth, sizeof(ret->auth), &auth) &&
	       point == sizeof(ret->point) && auth == sizeof(ret->auth);
}

/* "Authorization: vapid t=…, k=…" for one push service. */
static struct str identification(const struct push *push, struct arena *arena, struct str origin)
{
	static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
	struct text text, claims, whole;
	uint8_t signature[CRYPTO_SIGNATURE_BYTES];
	text_init(&claims, arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&claims, "{\"aud\":");
	json_print_string(&claims, origin);
	text_put_format(&claims, ",\"exp\":%lld,\"sub\":",
			(long long)(clock_now_us(push->clock) / DATE_US_PER_S + TOKEN_LIFE_S));
	json_print_string(&claims, str_from_c(push->contact));
	text_put_byte(&claims, '}');
	struct str payload = text_view(&claims);
	text_init(&text, arena, LIMIT_URL_BYTES_MAX);
	base64url_put(&text, header, sizeof(header) - 1);
	text_put_byte(&text, '.');
	base64url_put(&text, payload.ptr, payload.len);
	struct str signed_part = text_view(&text);
	if (text.failed || !crypto_sign(push->key, signed_part.ptr, signed_part.len, signature))
		return (struct str){ NULL, 0 };
	text_init(&whole, arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&whole, "Authorization: vapid t=");
	text_put(&whole, signed_part);
	text_put_byte(&whole, '.');
	base64url_put(&whole, signature, sizeof(signature));
	text_put_c(&whole, ", k=");
	push_public_key(push, &whole);
	return text_view(&whole);
}

static struct str content(const struct push *push, struct arena *arena,
			  const struct courier_page *page)
{
	struct text text;
	text_init(&text, arena, PUSH_PLAIN_BYTES_MAX);
	text_put_c(&text, "{\"communication\":");
	json_print_string(&text, page->id);
	text_put_c(&text, ",\"token\":");
	json_print_string(&text, token_of(push, arena, page->id));
	text_put_c(&text, ",\"priority\":");
	json_print_string(&text, json_get_text(page->communication, STR("priority")));
	text_put_c(&text, ",\"text\":");
	json_print_string(&text, page->text);
	text_put_byte(&text, '}');
	return text_view(&text);
}

/* A message that a push service still holds is replaced by the same one sent again (RFC 8030 section 5.4). */
static const char *topic(struct arena *arena, struct str communication)
{
	uint8_t hash[HASH_SHA256_BYTES];
	struct text text;
	hash_sha256(communication.ptr, communication.len, hash);
	text_init(&text, arena, 100);
	text_put_c(&text, "Topic: ");
	base64url_put(&text, hash, 24);
	return text_view(&text).ptr;
}

/* HTTP status; 0: no answer; 400: the subscription cannot be used. */
static unsigned send_one(const struct push *push, struct arena *arena,
			 const struct courier_page *page, const struct json *endpoint)
{
	struct push_subscription subscription;
	uint8_t salt[PUSH_SALT_BYTES];
	struct str address = json_get_text(endpoint, STR("address"));
	struct text body, life;
	if (address.len > ADDRESS_BYTES_MAX || !read_subscription(endpoint, &subscription) ||
	    !push_address_is_allowed(address, str_from_c(push->hosts), push->http))
		return 400;
	struct crypto_key *once = crypto_key_generate();
	random_bytes(salt, sizeof(salt));
	text_init(&body, arena, 2 * (size_t)PUSH_PLAIN_BYTES_MAX);
	bool sealed = once != NULL &&
		      push_encrypt(&body, once, salt, &subscription, content(push, arena, page));
	crypto_key_destroy(once);
	struct str authorization = identification(push, arena, push_origin(address));
	text_init(&life, arena, 40);
	text_put_format(&life, "TTL: %d", MESSAGE_LIFE_S);
	struct post_answer answer = { 0 };
	struct post post = { .url = arena_copy(arena, address).ptr,
			     .body = text_view(&body),
			     .content_type = "application/octet-stream",
			     .authorities = push->authorities,
			     .headers = { authorization.ptr, "Content-Encoding: aes128gcm",
					  text_view(&life).ptr, "Urgency: high",
					  topic(arena, page->id) },
			     .timeout_ms = TIMEOUT_MS };
	if (!sealed)
		return 400;
	if (authorization.len > 0 && !arena->failed)
		post_send(&post, &answer);
	return answer.status;
}

/* The browser has gone: its Endpoint says so from now on. */
static void switch_off(const struct courier_page *page, struct arena *arena,
		       const struct store_version *version, struct json *endpoint)
{
	struct store_write write;
	json_put(endpoint, STR("status"), json_new_string(arena, STR("off")));
	if (record_write(arena, endpoint, version->id, version->version, &write) != ERROR_OK)
		return;
	struct store_commit commit = { .writes = &write,
				       .write_count = 1,
				       .origin = STR(RECORD_ORIGIN),
				       .feed_expected = -1 };
	enum error error = store_commit_wait(page->store, &commit);
	if (error != ERROR_OK) /* somebody wrote it meanwhile: asked again with the next page */
		LOG_WITH(EVENT_DELIVERY_FAILED, LOG_ERROR("error", error));
}

/* --- one page ------------------------------------------------------------------------------- */

static enum error find_subscriptions(const struct push *push, struct arena *arena,
				     const struct courier_page *page,
				     struct search_result *ret_result)
{
	const struct search_argument arguments[] = {
		{ STR("connection-type"), STR(CHANNEL_SYSTEM "|web-push") },
		{ STR("status"), STR("active") },
		{ STR("_count"), STR("1000") },
	};
	struct search_parse_options options = { .now_us = clock_now_us(push->clock) };
	struct search_request *request = NULL;
	enum error error =
		search_parse(arena, fhir_resource_find(STR("Endpoint")), arguments,
			     sizeof(arguments) / sizeof(arguments[0]), &options, NULL, &request);
	if (error != ERROR_OK)
		return error;
	struct store_reader *reader = store_reader_borrow(page->store);
	if (reader == NULL)
		return ERROR_BUSY;
	error = search_run(reader, arena, request, NULL, ret_result);
	store_reader_return(reader);
	return error;
}

static enum courier_result deliver(void *context, struct arena *arena,
				   const struct courier_page *page,
				   struct courier_answer *ret_answer)
{
	const struct push *push = context;
	struct search_result result = { 0 };
	const struct json *to = json_at(json_get(page->communication, STR("recipient")), 0);
	struct str recipient = json_get_text(to, STR("reference"));
	bool taken = false, later = false;
	if (find_subscriptions(push, arena, page, &result) != ERROR_OK)
		return COURIER_LATER;
	for (size_t i = 0; i < result.match_count; i++) {
		struct json *endpoint = NULL;
		if (json_parse(arena, result.matches[i].body, NULL, NULL, &endpoint) != ERROR_OK)
			continue;
		const struct json *whose = json_get(record_extension(endpoint, STR("recipient")),
						    STR("valueReference"));
		if (!str_equal(json_get_text(whose, STR("reference")), recipient))
			continue;
		unsigned status = send_one(push, arena, page, endpoint);
		ret_answer->status = status;
		taken = taken || (status >= 200 && status <= 299);
		later = later || status == 0 || status == 429 || status >= 500;
		if (status == 404 || status == 410)
			switch_off(page, arena, &result.matches[i], endpoint);
	}
	if (taken) {
		ret_answer->proof = STR("taken by the push service; not shown yet");
		return COURIER_TAKEN;
	}
	if (later)
		return COURIER_LATER;
	ret_answer->proof = STR("no browser takes pages any more");
	return COURIER_FAILED;
}

struct push *push_create(const struct notify_options *options)
{
	struct push *push = calloc(1, sizeof(*push));
	uint8_t scalar[CRYPTO_SCALAR_BYTES];
	if (push == NULL)
		return NULL;
	push->http = options->push_http;
	push->contact = courier_copy(options->push_contact);
	push->hosts = courier_copy(options->push_hosts);
	push->authorities = courier_copy(options->authorities);
	push->clock = clock_create_real();
	push->key = open_key(options->push_folder);
	if (push->contact == NULL || push->hosts == NULL || push->authorities == NULL ||
	    push->clock == NULL || push->key == NULL) {
		push_destroy(push);
		return NULL;
	}
	crypto_key_scalar(push->key, scalar);
	struct str purpose = STR("homeward push receipt");
	hash_hmac_sha256((struct str){ (const char *)scalar, sizeof(scalar) }, purpose.ptr,
			 purpose.len, push->token_key);
	return push;
}

void push_destroy(struct push *push)
{
	if (push == NULL)
		return;
	crypto_key_destroy(push->key);
	clock_destroy(push->clock);
	free(push->contact);
	free(push->hosts);
	free(push->authorities);
	free(push);
}

struct courier_channel push_channel(struct push *push)
{
	return (struct courier_channel){ .channel = CHANNEL_WEB_PUSH,
					 .thread_name = "web-push",
					 .context = push,
					 .deliver = deliver };
}
