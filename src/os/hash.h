/* SPDX-License-Identifier: Apache-2.0
 * Cryptographic hashes (FIPS 180-4, RFC 2104), by OpenSSL. The fast hash for tables is in
 * base/hash.h. Thread: any. */
#ifndef OS_HASH_H
#define OS_HASH_H

#include "base/str.h"

#define HASH_SHA256_BYTES 32

void hash_sha256(const void *bytes, size_t length, uint8_t ret_hash[HASH_SHA256_BYTES]);
void hash_hmac_sha256(struct str key, const void *bytes, size_t length,
		      uint8_t ret_hash[HASH_SHA256_BYTES]);
/* Lower-case hexadecimal with its NUL. */
void hash_write_hex(const uint8_t hash[HASH_SHA256_BYTES],
		    char ret_text[2 * HASH_SHA256_BYTES + 1]);
/* Takes the same time wherever the bytes differ: for comparing secrets and their hashes. */
bool hash_equal(const uint8_t a[HASH_SHA256_BYTES], const uint8_t b[HASH_SHA256_BYTES]);

#endif
