/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/gateway.h"

#include "base/base64.h"
#include "base/limits.h"
#include "client/post.h"
#include "os/hash.h"

#include <stdlib.h>

#define TIMEOUT_MS 10000
#define NUMBER_DIGITS_MIN 3
#define NUMBER_DIGITS_MAX 20
#define PROVIDER_BYTES_MAX 99

struct gateway {
	char *url, *service_id, *secret, *template_id, *authorities;
	enum channel channel;
	struct clock *clock; /* the machine's: the gateway compares times with its own */
};

void gateway_token(struct text *text, struct str service_id, struct str secret, int64_t now_us)
{
	static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"HS256\"}";
	struct text claims;
	uint8_t hash[HASH_SHA256_BYTES];
	size_t start = text->len;
	text_init(&claims, text->arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&claims, "{\"iss\":");
	json_print_string(&claims, service_id);
	text_put_format(&claims, ",\"iat\":%lld}", (long long)(now_us / DATE_US_PER_S));
	base64url_put(text, header, sizeof(header) - 1);
	text_put_byte(text, '.');
	struct str payload = text_view(&claims);
	base64url_put(text, payload.ptr, payload.len);
	struct str all = text_view(text);
	if (text->failed || claims.failed)
		return;
	hash_hmac_sha256(secret, all.ptr + start, all.len - start, hash);
	text_put_byte(text, '.');
	base64url_put(text, hash, sizeof(hash));
}

bool gateway_number(struct text *text, struct str written)
{
	size_t digits = 0, start = text->len;
	for (size_t i = 0; i < written.len; i++) {
		char byte = written.ptr[i];
		if (byte >= '0' && byte <= '9') {
			text_put_byte(text, byte);
			digits++;
		} else if (byte == '+' && text->len == start) {
			text_put_byte(text, byte);
		} else if (byte != ' ' && byte != '-' && byte != '(' && byte != ')' &&
			   byte != '.') {
			return false;
		}
	}
	return digits >= NUMBER_DIGITS_MIN && digits <= NUMBER_DIGITS_MAX;
}

enum courier_result gateway_status(struct str status)
{
	if (str_equal(status, STR("delivered")))
		return COURIER_DELIVERED;
	if (str_equal(status, STR("permanent-failure")) ||
	    str_equal(status, STR("temporary-failure")) ||
	    str_equal(status, STR("technical-failure")))
		return COURIER_FAILED;
	return COURIER_LATER;
}

static const char *kind_of(const struct gateway *gateway)
{
	return gateway->channel == CHANNEL_VOICE ? "voice" : "sms";
}

static void exchange(const struct gateway *gateway, struct arena *arena, struct str path,
		     struct str body, struct post_answer *ret_answer)
{
	struct text url, bearer;
	*ret_answer = (struct post_answer){ 0 };
	text_init(&url, arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&url, gateway->url);
	text_put(&url, path);
	text_init(&bearer, arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&bearer, "Authorization: Bearer ");
	struct text token;
	text_init(&token, arena, LIMIT_URL_BYTES_MAX);
	gateway_token(&token, str_from_c(gateway->service_id), str_from_c(gateway->secret),
		      clock_now_us(gateway->clock));
	text_put(&bearer, text_view(&token));
	struct post post = { .url = text_view(&url).ptr,
			     .body = body,
			     .headers = { text_view(&bearer).ptr },
			     .authorities = gateway->authorities,
			     .get = body.len == 0,
			     .timeout_ms = TIMEOUT_MS,
			     .arena = arena };
	if (!url.failed && !bearer.failed && !token.failed && !arena->failed)
		post_send(&post, ret_answer);
}

static struct json *read_answer(struct arena *arena, const struct post_answer *answer)
{
	struct json *tree = NULL;
	if (answer->status < 200 || answer->status > 299 ||
	    json_parse(arena, answer->body, NULL, NULL, &tree) != ERROR_OK)
		return NULL;
	return tree;
}

/* What an answer calls the message; only what can stand in an address. */
static struct str provider_of(const struct json *answer)
{
	struct str id = json_get_text(answer, STR("id"));
	return id.len <= PROVIDER_BYTES_MAX && fhir_id_is_valid(id) ? id : (struct str){ NULL, 0 };
}

static struct str words(struct arena *arena, const char *before, struct str status)
{
	struct text text;
	text_init(&text, arena, 150);
	text_put_c(&text, before);
	for (size_t i = 0; i < status.len && i < 60; i++) {
		if (status.ptr[i] > ' ' && status.ptr[i] < 127)
			text_put_byte(&text, status.ptr[i]);
	}
	return text_view(&text);
}

/* A status that the gateway gave, put into an answer. */
static enum courier_result judge(struct arena *arena, const struct json *notification,
				 struct courier_answer *ret_answer)
{
	struct str status = json_get_text(notification, STR("status"));
	ret_answer->provider = provider_of(notification);
	ret_answer->proof = words(arena, "gateway: ", status);
	return gateway_status(status);
}

/* Whether the gateway has a message of this reference already. False: it could not be asked. */
static bool look_up(const struct gateway *gateway, struct arena *arena,
		    const struct courier_page *page, struct post_answer *answer,
		    struct json **ret_found)
{
	struct text path;
	text_init(&path, arena, LIMIT_URL_BYTES_MAX);
	text_put_format(&path, "/v2/notifications?reference=%.*s", STR_ARG(page->id));
	exchange(gateway, arena, text_view(&path), STR(""), answer);
	const struct json *tree = read_answer(arena, answer);
	const struct json *list = json_get(tree, STR("notifications"));
	if (list == NULL || list->type != JSON_ARRAY)
		return false;
	*ret_found = json_at(list, 0);
	return true;
}

static struct str message(const struct gateway *gateway, struct arena *arena,
			  const struct courier_page *page, struct str number)
{
	struct text text;
	text_init(&text, arena, LIMIT_OPERATION_BODY_BYTES_MAX);
	text_put_c(&text, "{\"phone_number\":");
	json_print_string(&text, number);
	text_put_c(&text, ",\"template_id\":");
	json_print_string(&text, str_from_c(gateway->template_id));
	text_put_c(&text, ",\"personalisation\":{\"text\":");
	json_print_string(&text, page->text);
	text_put_c(&text, "},\"reference\":");
	json_print_string(&text, page->id);
	text_put_byte(&text, '}');
	return text_view(&text);
}

static enum courier_result deliver(void *context, struct arena *arena,
				   const struct courier_page *page,
				   struct courier_answer *ret_answer)
{
	const struct gateway *gateway = context;
	struct post_answer answer = { 0 };
	struct text number, path;
	struct json *found = NULL;
	if (page->again) {
		if (!look_up(gateway, arena, page, &answer, &found)) {
			ret_answer->status = answer.status;
			return COURIER_LATER;
		}
		if (found != NULL) {
			enum courier_result result = judge(arena, found, ret_answer);
			return result == COURIER_LATER ? COURIER_TAKEN : result;
		}
	}
	text_init(&number, arena, 100);
	if (!gateway_number(&number, courier_address(page, arena, gateway->channel))) {
		ret_answer->proof = STR("not sent: no telephone number that can be used");
		return COURIER_FAILED;
	}
	text_init(&path, arena, 100);
	text_put_format(&path, "/v2/notifications/%s", kind_of(gateway));
	exchange(gateway, arena, text_view(&path),
		 message(gateway, arena, page, text_view(&number)), &answer);
	ret_answer->status = answer.status;
	if (answer.status >= 200 && answer.status <= 299) {
		ret_answer->provider = provider_of(read_answer(arena, &answer));
		ret_answer->proof = STR("taken by the gateway; no receipt yet");
		return COURIER_TAKEN;
	}
	if (answer.status == 400) { /* the request itself, above all its number, is refused */
		ret_answer->proof = STR("refused by the gateway: 400");
		return COURIER_FAILED;
	}
	return COURIER_LATER;
}

static enum courier_result ask(void *context, struct arena *arena, const struct courier_page *page,
			       struct courier_answer *ret_answer)
{
	const struct gateway *gateway = context;
	const struct json *reference =
		NULL; /* of the gateway; without one the page is found by ours */
	struct post_answer answer = { 0 };
	struct json *found = NULL;
	const struct json *list = json_get(page->communication, STR("extension"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (str_equal(json_get_text(one, STR("url")),
			      STR(HOMEWARD_URL "StructureDefinition/provider-reference")))
			reference = one;
	}
	struct str id = json_get_text(reference, STR("valueString"));
	if (fhir_id_is_valid(id)) {
		struct text path;
		text_init(&path, arena, LIMIT_URL_BYTES_MAX);
		text_put_format(&path, "/v2/notifications/%.*s", STR_ARG(id));
		exchange(gateway, arena, text_view(&path), STR(""), &answer);
		found = read_answer(arena, &answer);
	} else if (!look_up(gateway, arena, page, &answer, &found)) {
		return COURIER_LATER;
	}
	ret_answer->status = answer.status;
	return found == NULL ? COURIER_LATER : judge(arena, found, ret_answer);
}

struct gateway *gateway_create(const struct gateway_options *options)
{
	struct gateway *gateway = calloc(1, sizeof(*gateway));
	if (gateway == NULL)
		return NULL;
	gateway->channel = options->channel;
	gateway->url = courier_copy(options->url);
	gateway->service_id = courier_copy(options->service_id);
	gateway->secret = courier_copy(options->secret);
	gateway->template_id = courier_copy(options->template_id);
	gateway->authorities = courier_copy(options->authorities);
	gateway->clock = clock_create_real();
	if (gateway->url != NULL && gateway->service_id != NULL && gateway->secret != NULL &&
	    gateway->template_id != NULL && gateway->authorities != NULL && gateway->clock != NULL)
		return gateway;
	gateway_destroy(gateway);
	return NULL;
}

void gateway_destroy(struct gateway *gateway)
{
	if (gateway == NULL)
		return;
	clock_destroy(gateway->clock);
	free(gateway->url);
	free(gateway->service_id);
	free(gateway->secret);
	free(gateway->template_id);
	free(gateway->authorities);
	free(gateway);
}

struct courier_channel gateway_channel(struct gateway *gateway)
{
	return (struct courier_channel){ .channel = gateway->channel,
					 .thread_name = kind_of(gateway),
					 .context = gateway,
					 .deliver = deliver,
					 .ask = ask };
}
