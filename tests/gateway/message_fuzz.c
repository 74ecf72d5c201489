/* SPDX-License-Identifier: Apache-2.0
 * Any topic (first line) and payload: a message that is read prints as JSON that is read again. */
#include "base/assert.h"
#include "gateway/message.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena;
	struct message message;
	struct str payload = { (const char *)bytes, size };
	struct str topic = str_cut(&payload, '\n');
	arena_init(&arena, (size_t)1 << 26);
	if (message_read(&arena, STR("homeward"), topic, payload, &message) == NULL) {
		struct text text;
		struct json *tree = NULL;
		text_init(&text, &arena, (size_t)1 << 24);
		if (message_print(&text, &message, STR("Patient/1"))) {
			ASSERT(json_parse(&arena, text_view(&text), NULL, NULL, &tree) == ERROR_OK);
			ASSERT(str_equal(json_get_text(tree, STR("resourceType")),
					 STR("Observation")));
		}
	}
	arena_done(&arena);
	return 0;
}
