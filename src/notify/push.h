/* SPDX-License-Identifier: Apache-2.0
 * Web Push: message encryption (RFC 8291, aes128gcm of RFC 8188) and voluntary identification (RFC 8292, ES256). A
 * subscription is an Endpoint: `connectionType` HW/CodeSystem/channel web-push, `status` active, `address` the push
 * service's URL, extension `recipient` valueReference, extension `web-push` with the parts `p256dh` and `auth`
 * (valueString, base64url) as the browser's PushSubscription gives them.
 * Messages go to the hosts of the settings alone: an address in the record must not make this server call anything
 * else. The answer 201 of a push service is no proof; the browser's service worker gives it, with the token of the
 * message, to POST /notify/push-receipt. A subscription that is gone (404, 410) is switched off. */
#ifndef NOTIFY_PUSH_H
#define NOTIFY_PUSH_H

#include "notify/courier.h"
#include "notify/notify.h"
#include "os/crypto.h"

struct push;

/* Reads its key from the folder, or makes one there at the first start. NULL when it cannot. */
struct push *push_create(const struct notify_options *options);
void push_destroy(struct push *push);
struct courier_channel push_channel(struct push *push);
/* base64url of the public key's point. */
void push_public_key(const struct push *push, struct text *text);
/* Whether this is the token that the message of a Communication carried. */
bool push_token_is_right(const struct push *push, struct arena *arena, struct str communication,
			 struct str token);

#define PUSH_SALT_BYTES 16
#define PUSH_AUTH_BYTES 16
#define PUSH_PLAIN_BYTES_MAX 3900 /* a push service takes 4096 bytes */
struct push_subscription {
	uint8_t point[CRYPTO_POINT_BYTES];
	uint8_t auth[PUSH_AUTH_BYTES];
};
/* The body of RFC 8291 section 4 under a key and a salt that are used once. */
bool push_encrypt(struct text *text, const struct crypto_key *once,
		  const uint8_t salt[PUSH_SALT_BYTES], const struct push_subscription *subscription,
		  struct str plain);
/* Whether the URL's host is one of the list, or below one of it; and https, unless `http`. */
bool push_address_is_allowed(struct str url, struct str hosts, bool http);
/* "https://host:port" of a URL, which its push service is named by. */
struct str push_origin(struct str url);

#endif
