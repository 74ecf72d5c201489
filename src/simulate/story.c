/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/story.h"

#include "base/date.h"

#include <stdarg.h>
#include <stdio.h>

#define STORY_TOLD_BYTES ((size_t)64 * 1024)

void story_init(struct story *story, struct arena *arena)
{
	story->count = 0;
	story->violations = 0;
	text_init(&story->told, arena, STORY_TOLD_BYTES);
}

void story_add(struct story *story, size_t stay, int64_t at_us, const char *format, ...)
{
	struct story_line *line = &story->lines[story->count++ % STORY_LINES];
	va_list arguments;
	line->at_us = at_us;
	line->stay = stay;
	va_start(arguments, format);
	(void)vsnprintf(line->text, sizeof(line->text), format, arguments);
	va_end(arguments);
}

static void tell(struct story *story, size_t stay)
{
	size_t first = story->count > STORY_LINES ? story->count - STORY_LINES : 0;
	size_t told = 0, at = story->count;
	while (at > first && told < STORY_TOLD) {
		size_t of = story->lines[--at % STORY_LINES].stay;
		told += of == stay || of == STORY_NOBODY || stay == STORY_NOBODY;
	}
	for (; at < story->count; at++) {
		const struct story_line *line = &story->lines[at % STORY_LINES];
		char when[25];
		if (line->stay != stay && line->stay != STORY_NOBODY && stay != STORY_NOBODY)
			continue;
		date_write_instant(line->at_us, when);
		text_put_format(&story->told, "    %s %s\n", when, line->text);
	}
}

void story_violation(struct story *story, size_t stay, int64_t at_us, const char *format, ...)
{
	char text[600], when[25];
	va_list arguments;
	if (story->violations++ >= STORY_KEPT_MAX)
		return;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	date_write_instant(at_us, when);
	text_put_format(&story->told, "  %s %s\n", when, text);
	tell(story, stay);
}
