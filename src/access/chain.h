/* SPDX-License-Identifier: Apache-2.0
 * The chain that the access log is: AuditEvents audit-1, audit-2 … (ten digits), each with the extension `audit-chain`:
 * its number and the SHA-256 of the event before it as printed without meta; the first names sixty-four zeros. The
 * number of the last is committed with it. Thread: one, but chain_head. */
#ifndef ACCESS_CHAIN_H
#define ACCESS_CHAIN_H

#include "os/hash.h"
#include "os/thread.h"
#include "store/store.h"

#define CHAIN_ORIGIN "audit"
#define CHAIN_CURSOR "audit" /* the number of the last event */
#define CHAIN_ID_BYTES 20
#define CHAIN_HASH_BYTES (2 * HASH_SHA256_BYTES + 1)

struct chain {
	struct store *store;
	int64_t number; /* of the last event that is durable */
	char hash[CHAIN_HASH_BYTES];
	bool known; /* number and hash have been read; set it false to have them read again */
	struct arena arena;
	struct mutex mutex;
	bool head_known; /* under mutex: number and hash as others may see them */
	int64_t head_number;
	char head_hash[CHAIN_HASH_BYTES];
};
/* An event to be: `extension`, one more beside the chain's, or empty; `rest`, an object without id and extensions. */
struct chain_link {
	struct str extension, rest;
};

void chain_init(struct chain *chain, struct store *store);
void chain_done(struct chain *chain);
/* Finds where the chain ends, unless that is known. */
bool chain_find_end(struct chain *chain);
/* All of them, in one commit. False: nothing was written, or nobody knows; `known` is then to be false before the next
 * try. The links may stand in chain->arena, which the caller resets. */
MUST_CHECK bool chain_append(struct chain *chain, const struct chain_link *links, size_t count);
/* The last event that is durable; false while it is not known. Thread: any. */
bool chain_head(struct chain *chain, int64_t *ret_number, char ret_hash[CHAIN_HASH_BYTES]);

/* Shared with the verifier: the id of an event, and the hash of its printed form without meta. */
void chain_id(int64_t number, char ret_id[CHAIN_ID_BYTES]);
MUST_CHECK bool chain_hash(struct arena *arena, struct json *event, char ret_hex[CHAIN_HASH_BYTES]);

#endif
