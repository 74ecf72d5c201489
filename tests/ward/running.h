/* SPDX-License-Identifier: Apache-2.0
 * A ward that runs over a store: how a story comes into the record, and what the boards say. */
#ifndef TESTS_WARD_RUNNING_H
#define TESTS_WARD_RUNNING_H

#include "os/clock.h"
#include "unit.h"
#include "ward/runner.h"
#include "world.h"

#include <string.h>

struct running {
	struct store *store;
	struct clock *clock; /* goes on to the time of each event */
	struct arena *arena;
};

/* The event becomes a version of the record; one without a body deletes. */
static inline enum error running_write(const struct running *running,
				       const struct world_event *event)
{
	struct arena *arena = running->arena;
	struct store_write write = { .method = STORE_DELETE,
				     .type = fhir_resource_find(event->type),
				     .id = event->id,
				     .version_expected = STORE_VERSION_ANY };
	struct fhir_index index = { 0 };
	struct text text;
	if (event->body.len > 0) {
		struct json *resource;
		assert_int_equal(json_parse(arena, event->body, NULL, NULL, &resource), ERROR_OK);
		assert_int_equal(fhir_index_extract(arena, resource, &index), ERROR_OK);
		text_init(&text, arena, 1 << 22);
		store_body_print(&text, arena, resource, event->id);
		write.method = STORE_UPDATE;
		write.body = text_view(&text);
		write.index = &index;
	}
	struct store_commit commit = {
		.writes = &write, .write_count = 1, .origin = event->origin, .feed_expected = -1
	};
	clock_advance(running->clock, event->at_us - clock_now_us(running->clock));
	return store_commit_wait(running->store, &commit);
}

static inline bool running_board_says(const struct running *running, const struct ward *ward,
				      const char *words)
{
	struct text text;
	const struct board_now now = { clock_now_us(running->clock), 0, true };
	text_init(&text, running->arena, 1 << 20);
	bool printed = board_print(ward->board, STR("ward-1"), &now, running->arena, &text);
	return printed && memmem(text.ptr, text.len, words, strlen(words)) != NULL;
}

#endif
