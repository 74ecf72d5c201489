/* SPDX-License-Identifier: Apache-2.0
 * Hashes over OpenSSL's libcrypto. */
#include "os/hash.h"

#include "base/assert.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

void hash_sha256(const void *bytes, size_t length, uint8_t ret_hash[HASH_SHA256_BYTES])
{
	ASSERT(EVP_Digest(length == 0 ? "" : bytes, length, ret_hash, NULL, EVP_sha256(), NULL) ==
	       1);
}

void hash_hmac_sha256(struct str key, const void *bytes, size_t length,
		      uint8_t ret_hash[HASH_SHA256_BYTES])
{
	unsigned written = 0;
	ASSERT(key.len <= INT_MAX);
	ASSERT(HMAC(EVP_sha256(), key.len == 0 ? "" : key.ptr, (int)key.len,
		    length == 0 ? (const unsigned char *)"" : bytes, length, ret_hash,
		    &written) != NULL);
	ASSERT(written == HASH_SHA256_BYTES);
}

void hash_write_hex(const uint8_t hash[HASH_SHA256_BYTES], char ret_text[2 * HASH_SHA256_BYTES + 1])
{
	static const char hex[] = "0123456789abcdef";
	for (size_t i = 0; i < HASH_SHA256_BYTES; i++) {
		ret_text[2 * i] = hex[hash[i] >> 4];
		ret_text[2 * i + 1] = hex[hash[i] & 15];
	}
	ret_text[2 * HASH_SHA256_BYTES] = '\0';
}

bool hash_equal(const uint8_t a[HASH_SHA256_BYTES], const uint8_t b[HASH_SHA256_BYTES])
{
	return CRYPTO_memcmp(a, b, HASH_SHA256_BYTES) == 0;
}
