/* SPDX-License-Identifier: Apache-2.0
 * What happened lately in one simulated ward, so that a violation can be told as a short story; and the violations. */
#ifndef SIMULATE_STORY_H
#define SIMULATE_STORY_H

#include "base/assert.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum { STORY_LINES = 512, STORY_LINE_BYTES = 120, STORY_TOLD = 30, STORY_KEPT_MAX = 3 };
#define STORY_NOBODY SIZE_MAX /* of the whole ward */
struct story {
	struct story_line {
		int64_t at_us;
		size_t stay;
		char text[STORY_LINE_BYTES];
	} lines[STORY_LINES];
	size_t count;
	int64_t violations;
	struct text told; /* the first few violations with their stories */
};
void story_init(struct story *story, struct arena *arena);
void story_add(struct story *story, size_t stay, int64_t at_us, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* A violation about this stay: counted, and told with what went before. */
void story_violation(struct story *story, size_t stay, int64_t at_us, const char *format, ...)
	PRINTF_LIKE(4, 5);

#endif
