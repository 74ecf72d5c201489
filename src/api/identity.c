/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identity.h"

#include "os/random.h"

struct str identity_new(struct arena *arena, struct clock *clock)
{
	char *out = arena_take(arena, 37, 1);
	if (out == NULL)
		return (struct str){ NULL, 0 };
	random_uuid_ordered(clock_now_us(clock), out);
	return (struct str){ out, 36 };
}

struct str identity_of(struct arena *arena, const uint8_t hash[16])
{
	char *out = arena_take(arena, 37, 1);
	if (out == NULL)
		return (struct str){ NULL, 0 };
	random_uuid_of(hash, out);
	return (struct str){ out, 36 };
}
