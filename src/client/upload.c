/* SPDX-License-Identifier: Apache-2.0 */
#include "client/upload.h"

#include "os/hash.h"

struct str upload_key(struct arena *arena, const char *who, uint64_t part, struct str body)
{
	uint8_t hash[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	struct text text;
	hash_sha256(body.ptr, body.len, hash);
	hash_write_hex(hash, hex);
	text_init(&text, arena, 160);
	text_put_format(&text, "%s-%llu-%s", who, (unsigned long long)part, hex);
	return text_view(&text);
}
