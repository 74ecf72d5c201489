/* SPDX-License-Identifier: Apache-2.0
 * The key of an upload that may be sent again (docs/decisions/0013), made of what it holds: whoever sends the same once
 * more, after a restart too, sends the same key, and nothing has to be kept for it. */
#ifndef CLIENT_UPLOAD_H
#define CLIENT_UPLOAD_H

#include "base/text.h"

/* "WHO-PART-SHA256". `part` tells apart what one sender sends twice on purpose. In the arena; empty when that is
 * full. */
struct str upload_key(struct arena *arena, const char *who, uint64_t part, struct str body);

#endif
