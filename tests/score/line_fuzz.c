/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a line: an answer that is one JSON object, always. */
#include "score/line.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	for (int scale = 0; scale < SCORE_SCALE_COUNT; scale++) {
		struct arena arena;
		struct text text;
		struct json *root = NULL;
		arena_init(&arena, (size_t)8 * 1024 * 1024);
		text_init(&text, &arena, (size_t)1024 * 1024);
		score_line_answer(&arena, (enum score_scale)scale,
				  (struct str){ (const char *)bytes, length }, &text);
		if (json_parse(&arena, text_view(&text), NULL, NULL, &root) != ERROR_OK ||
		    root->type != JSON_OBJECT)
			abort();
		arena_done(&arena);
	}
	return 0;
}

#ifdef FUZZ_STANDALONE
/* Each line of the corpus, and each with every one of its bytes changed or the end cut off. */
static void try_line(char *line, size_t length)
{
	LLVMFuzzerTestOneInput((const uint8_t *)line, length);
	for (size_t i = 0; i < length; i++) {
		char kept = line[i];
		for (int change = 1; change < 256; change *= 2) {
			line[i] = (char)(kept ^ change);
			LLVMFuzzerTestOneInput((const uint8_t *)line, length);
		}
		line[i] = kept;
		LLVMFuzzerTestOneInput((const uint8_t *)line, i);
	}
}

int main(int argument_count, char **arguments)
{
	static char line[4096];
	size_t lines = 0;
	FILE *corpus = argument_count == 2 ? fopen(arguments[1], "rb") : NULL;
	while (corpus != NULL && fgets(line, sizeof(line), corpus) != NULL) {
		try_line(line, strlen(line));
		lines++;
	}
	if (corpus != NULL)
		fclose(corpus);
	printf("1..1\n%s 1 - every line near the corpus has an answer (%zu lines)\n",
	       lines > 0 ? "ok" : "not ok", lines);
	return lines > 0 ? 0 : 1;
}
#endif
