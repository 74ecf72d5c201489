/* SPDX-License-Identifier: Apache-2.0
 * Stored bodies: printed JSON that starts {"resourceType":"T","id":"I","meta":{ without versionId
 * and lastUpdated; compressed with a fixed dictionary when that makes it smaller.
 * First byte: 0 plain, 1 zstd, 2 zstd with dictionary 1 (body_dictionary.c). */
#ifndef STORE_BODY_H
#define STORE_BODY_H

#include "base/arena.h"
#include "base/error.h"

struct body_packer; /* contexts that are costly to make; belongs to one thread at a time */

struct body_packer *body_packer_create(void); /* NULL without memory */
void body_packer_destroy(struct body_packer *packer);
/* The stored bytes, in the arena; empty when the arena failed. */
struct str body_pack(struct body_packer *packer, struct arena *arena, struct str body);
/* The body as it was given; ERROR_STORAGE when the bytes are damaged. */
MUST_CHECK enum error body_unpack(struct body_packer *packer, struct arena *arena,
				  struct str stored, struct str *ret_body);
/* Unpacks and puts versionId and lastUpdated in as the first members of meta. */
MUST_CHECK enum error body_splice(struct arena *arena, struct str body, int64_t version,
				  int64_t at_us, struct str *ret_body);
/* Type and id from the start of a body; false when it is not in the stored form. */
bool body_identity(struct str body, struct str *ret_type, struct str *ret_id);

extern const struct str body_dictionary[2];

#endif
