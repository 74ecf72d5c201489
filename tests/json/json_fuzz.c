/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as JSON: what is read prints, and what is printed reads back as the same tree. */
#include "base/assert.h"
#include "base/utf8.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct json *read_again(struct arena *arena, struct text *text)
{
	struct json *root = NULL;
	ASSERT(!text->failed && utf8_is_valid(text_view(text)));
	ASSERT(json_parse(arena, text_view(text), NULL, NULL, &root) == ERROR_OK);
	return root;
}

static void check_tree(struct arena *arena, const struct json *root)
{
	struct text plain;
	struct text pretty;
	struct text again;
	text_init(&plain, arena, 1 << 24);
	text_init(&pretty, arena, 1 << 26);
	text_init(&again, arena, 1 << 24);
	json_print(&plain, root);
	json_print_pretty(&pretty, root);
	const struct json *from_plain = read_again(arena, &plain);
	ASSERT(json_equal(root, from_plain));
	ASSERT(json_equal(read_again(arena, &pretty), root));
	ASSERT(json_equal(json_copy(arena, root), root));
	json_print(&again, from_plain);
	ASSERT(str_equal(text_view(&plain), text_view(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena;
	struct issues issues;
	struct json *root = NULL;
	arena_init(&arena, (size_t)1 << 30);
	issues_init(&issues, &arena);
	enum error error =
		json_parse(&arena, (struct str){ (const char *)bytes, size }, NULL, &issues, &root);
	ASSERT((error == ERROR_OK) == (root != NULL) && (error != ERROR_OK) == (issues.count == 1));
	if (root != NULL)
		check_tree(&arena, root);
	arena_done(&arena);
	return 0;
}
