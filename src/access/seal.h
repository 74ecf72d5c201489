/* SPDX-License-Identifier: Apache-2.0
 * Seals: what was written into the record becomes part of the chain of the log (audit.h). A seal is an AuditEvent with
 * the extension `audit-seal`: the first and the last feed number, and one SHA-256 over everything between them. Each
 * version is hashed with the hash before it: its numbers, type, id, time, method, origin and body as `GET` gives
 * it. A version that is changed, removed or put in later no longer gives the hash that the chain holds. */
#ifndef ACCESS_SEAL_H
#define ACCESS_SEAL_H

#include "os/hash.h"
#include "store/store.h"

#define SEAL_CURSOR "audit-seal" /* the last feed number that is sealed */
#define SEAL_VERSIONS_MAX 10000  /* of one seal: a broken one says where to look */
#define SEAL_HASH_BYTES (2 * HASH_SHA256_BYTES + 1)

struct seal {
	int64_t after, to; /* feed numbers: what comes after `after`, up to `to` */
	int64_t count;
	char hash[SEAL_HASH_BYTES]; /* hexadecimal; sixty-four zeros before the first version */
};

/* Nothing is in it yet. */
void seal_begin(struct seal *seal, int64_t after);
/* The next version of the feed; false when the arena, whose memory it borrows, failed. */
MUST_CHECK bool seal_add(struct seal *seal, struct arena *arena,
			 const struct store_version *version);
/* Its AuditEvent but id, resourceType and the chain's extension: one more extension, then the rest as an object. */
void seal_put_extension(struct text *text, const struct seal *seal);
void seal_put_event(struct text *text, const struct seal *seal, int64_t now_us);
/* What an AuditEvent says it seals; false when it is no seal. */
bool seal_read(const struct json *event, struct seal *ret_seal);
/* What the versions that stand between its numbers say of it. */
enum seal_finding {
	SEAL_HOLDS,      /* they give its hash */
	SEAL_BROKEN,     /* they do not, or some are not there */
	SEAL_UNREADABLE, /* they could not be read to the end: nothing is known */
};
MUST_CHECK enum seal_finding seal_check(struct store_reader *reader, struct arena *arena,
					const struct seal *seal);

#endif
