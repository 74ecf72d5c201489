/* SPDX-License-Identifier: Apache-2.0
 * What earlier runs finished: one JSON object a line, appended after each file. A file
 * counts as finished for one server, while its size and time of change are the same. */
#ifndef CLIENT_IMPORT_STATE_H
#define CLIENT_IMPORT_STATE_H

#include "client/tally.h"

struct import_state;

/* Opens or creates. NULL when `path` cannot be written: an import then cannot be resumed by name. */
struct import_state *import_state_open(const char *path, struct str base_url);
void import_state_close(struct import_state *state);
struct import_key {
	struct str name; /* absolute path */
	int64_t bytes;
	int64_t changed_us;
};
/* True, and the counts of that time, when an earlier run finished the file. */
bool import_state_find(const struct import_state *state, const struct import_key *key,
		       struct tally *ret_tally);
void import_state_add(struct import_state *state, const struct import_key *key,
		      const struct tally *tally);

#endif
