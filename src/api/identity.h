/* SPDX-License-Identifier: Apache-2.0
 * New identities. Random (RFC 4122 version 4), never derived from a person's data. */
#ifndef API_IDENTITY_H
#define API_IDENTITY_H

#include "base/arena.h"

/* A UUID in lower case, 36 characters; empty when the arena failed. Thread: any. */
struct str identity_new(struct arena *arena);

#endif
