/* SPDX-License-Identifier: Apache-2.0
 * What the watcher has seen of a server's access log, in a file of its own host: one line for each, "TIME NUMBER HASH",
 * by number. `homeward verify --anchors FILE` holds the record against it (docs/decisions/0014). Thread: any. */
#ifndef CLIENT_ANCHOR_H
#define CLIENT_ANCHOR_H

#include "base/arena.h"
#include "base/error.h"
#include "os/hash.h"

struct anchor {
	char time[25]; /* an instant: when it was seen, by the watcher's clock */
	int64_t number;
	char hash[2 * HASH_SHA256_BYTES + 1];
};
/* All lines, in the arena. ERROR_NOT_FOUND: no such file; ERROR_INVALID: a line that is no anchor, *ret_count then says
 * which (from 1). The path is an operator's own and may be relative. */
MUST_CHECK enum error anchor_read(struct arena *arena, const char *path,
				  struct anchor **ret_anchors, size_t *ret_count);
/* One line of a file, without its end. */
bool anchor_parse(struct str line, struct anchor *ret_anchor);
/* Puts one line at the end; the file is made when it is absent. What stood there stays, on the disk, whatever fails. */
MUST_CHECK enum error anchor_add(struct arena *arena, const char *path,
				 const struct anchor *anchor);

#endif
