/* SPDX-License-Identifier: Apache-2.0
 * Runs a fuzz target (LLVMFuzzerTestOneInput) without a fuzzer: on every file of a corpus folder, and
 * on a fixed number of mutants of each, the same in every run. Each input lies in memory of its own
 * size, so that AddressSanitizer sees one byte too far.
 *
 * In another room, for tests/ROOM/thing_fuzz.c with its corpus in tests/ROOM/corpus/thing/:
 *	test('ROOM-fuzz-thing',
 *	  executable('ROOM_thing_fuzz', 'thing_fuzz.c', '../base/fuzz_driver.c', dependencies: [ROOM_room]),
 *	  args: [meson.current_source_dir() / 'corpus/thing'], suite: 'ROOM', protocol: 'tap')
 * To fuzz for real, with clang, leave the driver out:
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc tests/ROOM/thing_fuzz.c
 *	  src/base/[a-z]*.c src/ROOM/[a-z]*.c -o build/thing_fuzz && build/thing_fuzz NEW_FOLDER tests/ROOM/corpus/thing
 * A target returns 0 and stops the process (ASSERT) when a property does not hold. An optional second
 * argument is the number of mutants a file. */
#include "base/str.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define MUTANTS_DEFAULT 200

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint64_t random_state = 1;

/* A linear congruential generator: the same numbers everywhere. */
static size_t next_below(size_t bound)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(random_state >> 33) % bound;
}

static void run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = calloc(size == 0 ? 1 : size, 1);
	if (exact == NULL)
		abort();
	if (size > 0)
		memcpy(exact, bytes, size);
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

/* Changes `bytes` in place, one to four times; the new size. There is room for `size` + 4. */
static size_t mutate(uint8_t *bytes, size_t size)
{
	static const uint8_t telling[] = { 0,   '"',  '\\', '{',  '}',  '[',  ']', ',',
					   ':', '-',  '0',  '9',  '.',  'e',  'T', 'Z',
					   ' ', '\n', 0x7f, 0x80, 0xc3, 0xed, 0xff };
	for (size_t times = 1 + next_below(4); times > 0; times--) {
		size_t at = size == 0 ? 0 : next_below(size);
		switch (next_below(5)) {
		case 0:
			if (size > 0)
				bytes[at] ^= (uint8_t)(1u << next_below(8));
			break;
		case 1:
			if (size > 0)
				bytes[at] = telling[next_below(sizeof(telling))];
			break;
		case 2:
			memmove(bytes + at + 1, bytes + at, size - at);
			bytes[at] = telling[next_below(sizeof(telling))];
			size++;
			break;
		case 3:
			if (size > 0) {
				memmove(bytes + at, bytes + at + 1, size - at - 1);
				size--;
			}
			break;
		default:
			if (next_below(4) == 0)
				size = at;
			break;
		}
	}
	return size;
}

static bool run_file(const char *folder, const char *name, size_t mutants)
{
	static uint8_t original[FILE_BYTES_MAX];
	static uint8_t mutant[FILE_BYTES_MAX + 4];
	char path[4096];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = length > 0 && (size_t)length < sizeof(path) ? fopen(path, "rb") : NULL;
	if (file == NULL)
		return false;
	size_t size = fread(original, 1, sizeof(original), file);
	(void)fclose(file);
	run(original, size);
	for (size_t i = 0; i < mutants; i++) {
		memcpy(mutant, original, size);
		run(mutant, mutate(mutant, size));
	}
	return true;
}

int main(int argument_count, char **arguments)
{
	uint64_t mutants = MUTANTS_DEFAULT;
	size_t files = 0;
	if (argument_count < 2) {
		fputs("usage: fuzz target FOLDER [MUTANTS]\n", stderr);
		return 2;
	}
	if (argument_count > 2 && !str_to_u64(str_from_c(arguments[2]), &mutants))
		return 2;
	DIR *directory = opendir(arguments[1]);
	if (directory == NULL) {
		fprintf(stderr, "no corpus at %s\n", arguments[1]);
		return 1;
	}
	run(NULL, 0);
	for (const struct dirent *entry = readdir(directory); entry != NULL;
	     entry = readdir(directory)) {
		if (entry->d_name[0] == '.')
			continue;
		if (!run_file(arguments[1], entry->d_name, mutants)) {
			printf("not ok 1 - %s cannot be read\n1..1\n", entry->d_name);
			return 1;
		}
		files++;
	}
	(void)closedir(directory);
	/* An empty corpus proves nothing. */
	printf("%s 1 - every input of the corpus and %llu mutants of each\n1..1\n",
	       files > 0 ? "ok" : "not ok", (unsigned long long)mutants);
	return files > 0 ? 0 : 1;
}
