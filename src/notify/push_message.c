/* SPDX-License-Identifier: Apache-2.0
 * What of Web Push is pure: encryption and addresses. */
#include "notify/push.h"

#define RECORD_BYTES 4096
#define LAST_RECORD 2 /* the delimiter of RFC 8188 section 2 */
#define HEADER_BYTES (PUSH_SALT_BYTES + 4 + 1 + CRYPTO_POINT_BYTES)

static struct str view(const uint8_t *bytes, size_t length)
{
	return (struct str){ (const char *)bytes, length };
}

/* Content encryption key and nonce: RFC 8291 section 3.4. */
static bool derive(const struct crypto_key *once, const uint8_t salt[PUSH_SALT_BYTES],
		   const struct push_subscription *subscription,
		   uint8_t ret_key[CRYPTO_AES_KEY_BYTES], uint8_t ret_nonce[CRYPTO_NONCE_BYTES])
{
	static const char start[] = "WebPush: info"; /* its NUL belongs to it */
	static const char key_info[] = "Content-Encoding: aes128gcm";
	static const char nonce_info[] = "Content-Encoding: nonce";
	uint8_t secret[CRYPTO_SECRET_BYTES], input[CRYPTO_SECRET_BYTES];
	uint8_t info[sizeof(start) + 2 * CRYPTO_POINT_BYTES];
	memcpy(info, start, sizeof(start));
	memcpy(info + sizeof(start), subscription->point, CRYPTO_POINT_BYTES);
	crypto_key_public(once, info + sizeof(start) + CRYPTO_POINT_BYTES);
	return crypto_agree(once, subscription->point, secret) &&
	       crypto_derive(view(subscription->auth, PUSH_AUTH_BYTES),
			     view(secret, sizeof(secret)), view(info, sizeof(info)), input,
			     sizeof(input)) &&
	       crypto_derive(view(salt, PUSH_SALT_BYTES), view(input, sizeof(input)),
			     (struct str){ key_info, sizeof(key_info) }, ret_key,
			     CRYPTO_AES_KEY_BYTES) &&
	       crypto_derive(view(salt, PUSH_SALT_BYTES), view(input, sizeof(input)),
			     (struct str){ nonce_info, sizeof(nonce_info) }, ret_nonce,
			     CRYPTO_NONCE_BYTES);
}

bool push_encrypt(struct text *text, const struct crypto_key *once,
		  const uint8_t salt[PUSH_SALT_BYTES], const struct push_subscription *subscription,
		  struct str plain)
{
	uint8_t key[CRYPTO_AES_KEY_BYTES], nonce[CRYPTO_NONCE_BYTES];
	uint8_t header[HEADER_BYTES] = { 0 };
	uint8_t padded[PUSH_PLAIN_BYTES_MAX + 1];
	uint8_t sealed[PUSH_PLAIN_BYTES_MAX + 1 + CRYPTO_TAG_BYTES];
	if (plain.len > PUSH_PLAIN_BYTES_MAX || !derive(once, salt, subscription, key, nonce))
		return false;
	memcpy(header, salt, PUSH_SALT_BYTES);
	header[PUSH_SALT_BYTES + 2] = RECORD_BYTES >> 8;
	header[PUSH_SALT_BYTES + 4] = CRYPTO_POINT_BYTES;
	crypto_key_public(once, header + PUSH_SALT_BYTES + 5);
	memcpy(padded, plain.ptr, plain.len);
	padded[plain.len] = LAST_RECORD;
	if (!crypto_seal(key, nonce, padded, plain.len + 1, sealed))
		return false;
	text_put(text, view(header, sizeof(header)));
	text_put(text, view(sealed, plain.len + 1 + CRYPTO_TAG_BYTES));
	return !text->failed;
}

struct str push_origin(struct str url)
{
	size_t start = str_find(url, STR("://"));
	if (start == url.len)
		return (struct str){ NULL, 0 };
	return str_slice(url, 0, str_find_byte(url, '/', start + 3));
}

static bool is_below(struct str host, struct str parent)
{
	if (parent.len == 0 || !str_ends_with(host, parent))
		return false;
	return host.len == parent.len || host.ptr[host.len - parent.len - 1] == '.';
}

bool push_address_is_allowed(struct str url, struct str hosts, bool http)
{
	struct str rest = push_origin(url);
	struct str scheme = str_cut(&rest, ':');
	if (!str_equal(scheme, STR("https")) && !(http && str_equal(scheme, STR("http"))))
		return false;
	rest = str_slice(rest, 2, rest.len);
	for (size_t i = 0; i < rest.len;
	     i++) { /* no user, no quotes, nothing that two readers read in two ways */
		char byte = rest.ptr[i];
		bool fine = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
			    byte == '.' || byte == '-' || byte == ':';
		if (!fine)
			return false;
	}
	struct str host = str_cut(&rest, ':');
	while (hosts.len > 0) {
		struct str one = str_trim(str_cut(&hosts, ','));
		if (is_below(host, one))
			return true;
	}
	return false;
}
