/* SPDX-License-Identifier: Apache-2.0
 * Any resource whatever, one JSON object a line, into a ward with one child: the core takes it or
 * leaves it, stays whole, and what it saves it can load again. */
#include "ward/core.h"
#include "ward/model.h"
#include "ward/policy_files.h"

#include "base/date.h"

#define START_US INT64_C(1795334400000000)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void apply(struct ward_core *core, struct arena *arena, struct str line, int64_t feed)
{
	struct json *resource;
	if (json_parse(arena, line, NULL, NULL, &resource) != ERROR_OK)
		return;
	struct str type = json_get_text(resource, STR("resourceType"));
	struct str id = json_get_text(resource, STR("id"));
	/* What the store lets through: an id of at most 64 characters. */
	if (!ward_core_reads(type, line) || id.len == 0 || id.len > 64)
		return;
	if (str_equal(type, STR("PlanDefinition"))) {
		/* As at a signature: every reason is collected. */
		struct issues issues;
		struct policy policy;
		issues_init(&issues, arena);
		ASSERT(policy_read(resource, &issues, &policy) == (issues.count == 0));
	}
	const struct ward_event event = {
		.type = type,
		.id = id,
		.version = 1 + feed % 2,
		.feed = feed,
		.at_us = START_US + feed * 10 * DATE_US_PER_MIN,
		.origin = feed % 5 == 0 ? STR(WARD_ORIGIN) : STR("api"),
		.resource = resource,
	};
	ward_core_apply(core, &event);
}

static void check(struct ward_core *core, struct arena *arena)
{
	struct ward_output *outputs;
	size_t count;
	struct text text, again;
	ward_core_advance(core, ward_core_now_us(core) + 6 * DATE_US_PER_HOUR);
	ASSERT(ward_core_outputs(core, arena, 1000, &outputs, &count));
	ward_core_settle(core);
	text_init(&text, arena, (size_t)64 << 20);
	text_init(&again, arena, (size_t)64 << 20);
	ward_core_save(core, &text);
	struct ward_core *loaded = ward_core_load(NULL, text_view(&text));
	ASSERT(loaded != NULL);
	ward_core_save(loaded, &again);
	ASSERT(str_equal(text_view(&text), text_view(&again)));
	ward_core_destroy(loaded);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ward_core *core = ward_core_create(NULL);
	struct arena arena;
	struct str rest = { (const char *)bytes, size };
	int64_t feed = 0;
	arena_init(&arena, (size_t)256 << 20);
	for (size_t i = 0; i < policy_file_count; i++)
		apply(core, &arena, policy_files[i], ++feed);
	while (rest.len > 0)
		apply(core, &arena, str_cut(&rest, '\n'), ++feed);
	check(core, &arena);
	ward_core_destroy(core);
	arena_done(&arena);
	return 0;
}
