/* SPDX-License-Identifier: Apache-2.0
 * `homeward score news2|npews`. A line in, a line out, whatever the line holds; what was read so far
 * is answered before the next wait, so that another program may ask line by line. */
#include "score/line.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* A set of observations is a few hundred bytes. */
enum { LINE_BYTES_MAX = 64 * 1024, LINE_ARENA_BYTES_MAX = 8 * 1024 * 1024 };

static bool put(struct str view)
{
	return fwrite(view.ptr, 1, view.len, stdout) == view.len;
}

static bool answer(struct arena *arena, enum score_scale scale, struct str line)
{
	struct text text;
	arena_reset(arena);
	text_init(&text, arena, LINE_ARENA_BYTES_MAX);
	score_line_answer(arena, scale, line, &text);
	text_put_byte(&text, '\n');
	struct str view = text_view(&text);
	if (view.len == 0)
		view = STR("{\"error\":\"the line takes more memory than a set of observations may\"}\n");
	return put(view);
}

/* What has been read and not yet answered. */
struct input {
	char bytes[LINE_BYTES_MAX];
	size_t length;
	bool too_long; /* the rest of an oversized line is being skipped */
};

/* Answers the complete lines in the buffer and moves the rest to its start. */
static bool answer_lines(struct arena *arena, enum score_scale scale, struct input *input, bool at_end)
{
	struct str all = { input->bytes, input->length };
	size_t from = 0;
	while (from < all.len) {
		size_t end = str_find_byte(all, '\n', from);
		if (end == all.len && !at_end && all.len - from < sizeof(input->bytes))
			break;
		bool cut = end == all.len && !at_end;
		bool written = input->too_long || (cut ? put(STR("{\"error\":\"the line is longer than 64 KiB\"}\n")) :
							 answer(arena, scale, str_slice(all, from, end)));
		if (!written)
			return false;
		input->too_long = cut;
		from = end + 1;
	}
	size_t rest = from < all.len ? all.len - from : 0;
	memmove(input->bytes, input->bytes + (from < all.len ? from : 0), rest);
	input->length = rest;
	return true;
}

static bool answer_all(struct arena *arena, enum score_scale scale)
{
	static struct input input;
	for (;;) {
		ssize_t got = read(STDIN_FILENO, input.bytes + input.length, sizeof(input.bytes) - input.length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		input.length += (size_t)got;
		if (!answer_lines(arena, scale, &input, got == 0) || fflush(stdout) != 0)
			return false;
		if (got == 0)
			return true;
	}
}

static void usage(FILE *out)
{
	fputs("usage: homeward score news2|npews < LINES\n"
	      "Reads one JSON object a line and writes one a line. In, each optional: at birthDate respiratoryRate\n"
	      "heartRate systolic spo2 temperature consciousness oxygen spo2Scale respiratoryDistress\n"
	      "capillaryRefill bpNotDone. Out: total complete low high parts missing level, or error.\n",
	      out);
}

int score_command(int argument_count, char **arguments)
{
	struct str word = argument_count == 2 ? str_from_c(arguments[1]) : STR("");
	if (str_equal(word, STR("--help"))) {
		usage(stdout);
		return 0;
	}
	bool news2 = str_equal(word, STR("news2"));
	if (!news2 && !str_equal(word, STR("npews"))) {
		usage(stderr);
		return 2;
	}
	struct arena arena;
	arena_init(&arena, LINE_ARENA_BYTES_MAX);
	bool done = answer_all(&arena, news2 ? SCORE_NEWS2 : SCORE_NPEWS);
	arena_done(&arena);
	if (!done)
		fputs("homeward score: reading or writing failed\n", stderr);
	return done ? 0 : 1;
}
