/* SPDX-License-Identifier: Apache-2.0
 * `homeward score news2|npews|meows`. A line in, a line out, whatever the line holds; each is
 * answered before the next is read, so that another program may ask line by line. */
#include "score/line.h"

#include <stdio.h>

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
		view = STR("{\"error\":\"the line takes more memory than a set of observations "
			   "may\"}\n");
	return put(view);
}

/* The next line without its end, at most LINE_BYTES_MAX of it; false at the end of the input. */
static bool read_line(char *bytes, size_t *ret_length, bool *ret_too_long)
{
	size_t length = 0;
	bool too_long = false;
	int byte = getc(stdin);
	if (byte == EOF)
		return false;
	for (; byte != EOF && byte != '\n'; byte = getc(stdin)) {
		if (length < LINE_BYTES_MAX)
			bytes[length++] = (char)byte;
		else
			too_long = true;
	}
	*ret_length = length;
	*ret_too_long = too_long;
	return true;
}

static bool answer_all(struct arena *arena, enum score_scale scale)
{
	static char bytes[LINE_BYTES_MAX];
	size_t length = 0;
	bool too_long = false;
	while (read_line(bytes, &length, &too_long)) {
		bool put_out =
			too_long ? put(STR("{\"error\":\"the line is longer than 64 KiB\"}\n"))
				 : answer(arena, scale, (struct str){ bytes, length });
		if (!put_out || fflush(stdout) != 0)
			return false;
	}
	return ferror(stdin) == 0;
}

static void usage(FILE *out)
{
	fputs("usage: homeward score news2|npews|meows < LINES\n"
	      "Reads one JSON object a line and writes one a line. In, each optional: at birthDate "
	      "respiratoryRate\n"
	      "heartRate systolic spo2 temperature consciousness oxygen spo2Scale "
	      "respiratoryDistress\n"
	      "capillaryRefill bpNotDone diastolic. Out: total complete low high parts missing "
	      "level, or error.\n"
	      "meows is a colour scale: trigger red yellow stand in place of total low high.\n",
	      out);
}

int score_command(int argument_count, char **arguments)
{
	struct str word = argument_count == 2 ? str_from_c(arguments[1]) : STR("");
	if (str_equal(word, STR("--help"))) {
		usage(stdout);
		return 0;
	}
	enum score_scale scale;
	if (!score_scale_find(word, &scale)) {
		usage(stderr);
		return 2;
	}
	struct arena arena;
	arena_init(&arena, LINE_ARENA_BYTES_MAX);
	bool done = answer_all(&arena, scale);
	arena_done(&arena);
	if (!done)
		fputs("homeward score: reading or writing failed\n", stderr);
	return done ? 0 : 1;
}
