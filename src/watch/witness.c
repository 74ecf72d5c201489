/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/witness.h"

#include "base/date.h"

#include <stdio.h>

bool witness_start(struct witness *witness, struct arena *arena, const char *path)
{
	struct anchor *anchors = NULL;
	size_t count = 0;
	*witness = (struct witness){ .path = path, .seen = { .number = -1 }, .kept = -1 };
	if (path == NULL)
		return true;
	enum error error = anchor_read(arena, path, &anchors, &count);
	if (error == ERROR_INVALID)
		fprintf(stderr, "homeward watch: line %zu of %s is no anchor\n", count, path);
	else if (error != ERROR_OK && error != ERROR_NOT_FOUND)
		fprintf(stderr, "homeward watch: %s cannot be read\n", path);
	if (error == ERROR_OK && count > 0) {
		witness->seen = anchors[count - 1];
		witness->kept = witness->seen.number;
	}
	return error == ERROR_OK || error == ERROR_NOT_FOUND;
}

enum witness_act witness_beat(struct witness *witness, struct arena *arena, const struct beat *beat,
			      int64_t now_us, int64_t wall_us)
{
	struct anchor *seen = &witness->seen;
	if (beat->log_number < 0)
		return WITNESS_NOTHING;
	bool other = beat->log_number < seen->number ||
		     (beat->log_number == seen->number &&
		      !str_equal(str_from_c(beat->log_hash), str_from_c(seen->hash)));
	bool told = witness->cut;
	witness->cut = other;
	if (other) /* what was seen stays: it is the proof */
		return told ? WITNESS_NOTHING : WITNESS_CUT;
	seen->number = beat->log_number;
	memcpy(seen->hash, beat->log_hash, sizeof(seen->hash));
	date_write_instant(wall_us, seen->time);
	if (witness->path == NULL || seen->number == witness->kept ||
	    (witness->kept_us != 0 && now_us - witness->kept_us < WITNESS_EVERY_US))
		return WITNESS_NOTHING;
	if (anchor_add(arena, witness->path, seen) != ERROR_OK)
		return WITNESS_NOT_KEPT;
	witness->kept = seen->number;
	witness->kept_us = now_us;
	return WITNESS_NOTHING;
}
