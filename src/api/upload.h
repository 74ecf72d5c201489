/* SPDX-License-Identifier: Apache-2.0
 * An upload that may be sent again (docs/decisions/0013): its key, the ids that its creates get from it, and what
 * becomes of a create that is there already. */
#ifndef API_UPLOAD_H
#define API_UPLOAD_H

#include "api/exchange.h"
#include "os/hash.h"

struct upload {
	bool has_key;
	uint8_t key
		[HASH_SHA256_BYTES]; /* of who sends it and the key: neither can be read out of an id */
};

/* Of the header Idempotency-Key, else of Bundle.identifier; `bundle` NULL for a single create. ERROR_BAD_REQUEST with
 * an issue for a header that is no key. */
MUST_CHECK enum error upload_read(struct call *call, const struct json *bundle,
				  struct upload *ret_upload);
/* change->id for a create of an upload with a key, and what stands under it, if anything. */
MUST_CHECK enum error upload_resolve(struct change *change, struct store_reader *reader);
/* After the body was made: a create that is there already is answered with it, or is ERROR_INVALID when it was
 * another. */
MUST_CHECK enum error upload_settle(struct change *change);

#endif
