/* SPDX-License-Identifier: Apache-2.0
 * Addresses and keys that stand in the record, and so come from outside: whatever they hold, they are read or
 * refused, and what is let through holds nothing that could end a header or lead to another host. */
#include "base/base64.h"
#include "notify/gateway.h"
#include "notify/mail.h"
#include "notify/push.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A browser's key is a point of the curve or it is refused; whatever it is, the message is a whole one. */
static void encrypt_for(struct arena *arena, const uint8_t *bytes, size_t length)
{
	static struct crypto_key *once;
	static const uint8_t salt[PUSH_SALT_BYTES];
	struct push_subscription subscription;
	struct text body;
	if (length < sizeof(subscription))
		return;
	if (once == NULL)
		once = crypto_key_generate();
	ASSERT(once != NULL);
	memcpy(&subscription, bytes, sizeof(subscription));
	text_init(&body, arena, 8 * 1024);
	if (push_encrypt(&body, once, salt, &subscription, STR("Homeward")))
		ASSERT(text_view(&body).len > 8 + PUSH_SALT_BYTES + CRYPTO_POINT_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct text text;
	uint8_t bytes[256];
	size_t length;
	struct str input = { (const char *)data, size };
	arena_init(&arena, 1024 * 1024);
	if (mail_address_is_valid(input)) {
		for (size_t i = 0; i < size; i++)
			ASSERT(data[i] > ' ' && data[i] < 127 && data[i] != '<' && data[i] != '>');
	}
	text_init(&text, &arena, 64 * 1024);
	if (gateway_number(&text, input))
		ASSERT(text_view(&text).len <= 21);
	if (push_address_is_allowed(input, STR("push.example"), false)) {
		struct str origin = push_origin(input);
		ASSERT(str_starts_with(origin, STR("https://")));
		ASSERT(str_find(origin, STR("push.example")) < origin.len);
		ASSERT(str_find_byte(origin, '@', 0) == origin.len);
	}
	encrypt_for(&arena, data, size);
	if (base64url_read(input, bytes, sizeof(bytes), &length)) {
		encrypt_for(&arena, bytes, length);
		uint8_t again[256];
		size_t again_length;
		text_init(&text, &arena, 64 * 1024);
		base64url_put(&text, bytes, length);
		ASSERT(base64url_read(text_view(&text), again, sizeof(again), &again_length));
		ASSERT(length == again_length && memcmp(bytes, again, length) == 0);
	}
	arena_done(&arena);
	return 0;
}
