/* SPDX-License-Identifier: Apache-2.0
 * Patients that are linked, or no more, and the girl's stay among them: for tests of merged records. */
#ifndef TESTS_WARD_LINKED_H
#define TESTS_WARD_LINKED_H

#include "girl.h"

#include <string.h>

static inline void linked(const char *id, int64_t version, const char *type, const char *other)
{
	world_put(&world, "Patient", id, version,
		  "\"name\":[{\"text\":\"Ada Test\"}],\"birthDate\":\"2023-05-10\",\"link\":[{"
		  "\"other\":{\"reference\":\"Patient/%s\"},\"type\":\"%s\"}]",
		  other, type);
}

static inline void unlinked(const char *id, int64_t version)
{
	world_put(&world, "Patient", id, version,
		  "\"name\":[{\"text\":\"Ada Test\"}],\"birthDate\":\"2023-05-10\"");
}

#endif
