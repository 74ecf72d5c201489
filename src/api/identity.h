/* SPDX-License-Identifier: Apache-2.0
 * New identities. Time and randomness (RFC 9562 version 7: the store's pages stay warm),
 * or what an upload with a key has them be: never derived from a person's data. */
#ifndef API_IDENTITY_H
#define API_IDENTITY_H

#include "base/arena.h"
#include "os/clock.h"

/* A UUID in lower case, 36 characters; empty when the arena failed. Thread: any. */
struct str identity_new(struct arena *arena, struct clock *clock);

/* The start of a hash as a UUID (RFC 9562 version 8); empty when the arena failed. Thread: any. */
struct str identity_of(struct arena *arena, const uint8_t hash[16]);

#endif
