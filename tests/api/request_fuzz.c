/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a request target, a form and each header that is read: every answer is within its bounds, and what
 * was read prints and reads back the same.
 * clang -fsanitize=fuzzer,address tests/api/request_fuzz.c …; under Meson the corpus runs as a test. */
#include "api/header.h"
#include "api/url.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void round_trip(struct arena *arena, const struct search_argument *arguments, size_t count)
{
	struct text text;
	struct search_argument *again = NULL;
	size_t again_count = 0;
	text_init(&text, arena, (size_t)1024 * 1024);
	url_query_print(&text, arguments, count);
	must(!text.failed);
	must(url_query_parse(arena, text_view(&text), &again, &again_count) == ERROR_OK);
	must(again_count == count);
	for (size_t i = 0; i < count; i++) {
		must(str_equal(again[i].name, arguments[i].name));
		must(str_equal(again[i].value, arguments[i].value));
	}
}

/* An Idempotency-Key, written in quotes, is the same key again. */
static void key_round_trip(struct str input)
{
	char key[HEADER_KEY_BYTES_MAX], again[HEADER_KEY_BYTES_MAX];
	char quoted[2 * HEADER_KEY_BYTES_MAX + 2];
	size_t key_length = 0, again_length = 0, length = 0;
	if (!header_key(input, key, &key_length))
		return;
	quoted[length++] = '"';
	for (size_t i = 0; i < key_length; i++) {
		must(key[i] >= ' ' && key[i] <= '~');
		if (key[i] == '"' || key[i] == '\\')
			quoted[length++] = '\\';
		quoted[length++] = key[i];
	}
	quoted[length++] = '"';
	must(header_key((struct str){ quoted, length }, again, &again_length));
	must(again_length == key_length && memcmp(again, key, key_length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct str input = { (const char *)bytes, length };
	struct arena arena;
	struct url url;
	struct search_argument *form = NULL;
	size_t form_count = 0;
	int64_t number = 0;
	char date[HEADER_DATE_SIZE];
	arena_init(&arena, (size_t)8 * 1024 * 1024);
	if (url_parse(&arena, input, &url) == ERROR_OK) {
		must(url.segment_count <= URL_SEGMENTS_MAX &&
		     url.argument_count <= URL_ARGUMENTS_MAX);
		round_trip(&arena, url.arguments, url.argument_count);
	}
	if (url_query_parse(&arena, input, &form, &form_count) == ERROR_OK)
		round_trip(&arena, form, form_count);
	if (header_etag_version(input, &number))
		must(number >= 1 && header_etag_matches(input, number));
	if (header_date_parse(input, &number)) {
		int64_t again = 0;
		header_date_write(number, date);
		must(header_date_parse(str_from_c(date), &again) && again == number);
	}
	key_round_trip(input);
	must(header_accept(input) <= HEADER_FORMAT_NONE);
	must(header_format_of(input) <= HEADER_FORMAT_NONE);
	must(header_prefer(input).answer <= PREFER_OUTCOME);
	arena_done(&arena);
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
		size_t length = strcspn(line, "\n");
		try_line(line, length);
		lines++;
	}
	if (corpus != NULL)
		fclose(corpus);
	printf("1..1\n%s 1 - every target and header near the corpus is read or refused (%zu "
	       "lines)\n",
	       lines > 0 ? "ok" : "not ok", lines);
	return lines > 0 ? 0 : 1;
}
#endif
