/* SPDX-License-Identifier: Apache-2.0
 * Keys of the curve P-256 and what Web Push needs with them: ECDH, ECDSA (RFC 7518 ES256), HKDF-SHA-256 (RFC 5869)
 * and AES-128-GCM, all by OpenSSL. Functions return false when OpenSSL refuses: a point that is not on the curve, no
 * memory. Thread: any; a key may be used by several at once. */
#ifndef OS_CRYPTO_H
#define OS_CRYPTO_H

#include "base/str.h"

#define CRYPTO_SCALAR_BYTES 32
#define CRYPTO_POINT_BYTES 65 /* uncompressed: 4, x, y */
#define CRYPTO_SIGNATURE_BYTES 64
#define CRYPTO_SECRET_BYTES 32
#define CRYPTO_AES_KEY_BYTES 16
#define CRYPTO_NONCE_BYTES 12
#define CRYPTO_TAG_BYTES 16

struct crypto_key;

struct crypto_key *crypto_key_generate(void); /* NULL when it cannot be made */
struct crypto_key *crypto_key_load(const uint8_t scalar[CRYPTO_SCALAR_BYTES]);
void crypto_key_destroy(struct crypto_key *key);
void crypto_key_scalar(const struct crypto_key *key, uint8_t ret_scalar[CRYPTO_SCALAR_BYTES]);
void crypto_key_public(const struct crypto_key *key, uint8_t ret_point[CRYPTO_POINT_BYTES]);
/* The secret shared with the owner of `peer`. */
bool crypto_agree(const struct crypto_key *key, const uint8_t peer[CRYPTO_POINT_BYTES],
		  uint8_t ret_secret[CRYPTO_SECRET_BYTES]);
/* ECDSA over SHA-256 of the bytes, as r and s beside each other. */
bool crypto_sign(const struct crypto_key *key, const void *bytes, size_t length,
		 uint8_t ret_signature[CRYPTO_SIGNATURE_BYTES]);
bool crypto_derive(struct str salt, struct str secret, struct str info, uint8_t *ret_bytes,
		   size_t length);
/* Writes length + CRYPTO_TAG_BYTES bytes. */
bool crypto_seal(const uint8_t key[CRYPTO_AES_KEY_BYTES], const uint8_t nonce[CRYPTO_NONCE_BYTES],
		 const uint8_t *plain, size_t length, uint8_t *ret_sealed);

#endif
