/* SPDX-License-Identifier: Apache-2.0 */
#include "client/import_screen.h"
#include "client/import.h"
#include "os/clock.h"
#include "os/path.h"

#include <stdarg.h>

enum { BAR_WIDTH = 30, LINE_WIDTH = 512 };

void import_screen_init(struct import_screen *screen, size_t files, int64_t bytes)
{
	*screen = (struct import_screen){ .files = files, .bytes = bytes };
	mutex_init(&screen->mutex);
	screen->started_us = clock_monotonic_us();
	screen->terminal = path_stderr_is_terminal();
}

static void bar_clear(struct import_screen *screen)
{
	if (screen->bar_shown)
		fputs("\r\033[K", stderr);
	screen->bar_shown = false;
}

void import_screen_done(struct import_screen *screen)
{
	bar_clear(screen);
	mutex_destroy(&screen->mutex);
}

void import_say(struct import_screen *screen, FILE *out, const char *format, ...)
{
	va_list values;
	mutex_lock(&screen->mutex);
	bar_clear(screen);
	va_start(values, format);
	vfprintf(out, format, values);
	va_end(values);
	fputc('\n', out);
	fflush(out);
	mutex_unlock(&screen->mutex);
}

void import_refuse(struct import_file *file, const char *place, size_t at, struct str type,
		   struct str reason)
{
	char line[LINE_WIDTH];
	size_t length = reason.len < sizeof(line) - 1 ? reason.len : sizeof(line) - 1;
	memcpy(line, reason.ptr, length);
	line[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	}
	file->refused++;
	import_say(file->screen, stderr, "%.*s: %s %zu %.*s refused: %s", STR_ARG(file->name),
		   place, at, STR_ARG(type), line);
}

static void bar_show(struct import_screen *screen)
{
	double share = screen->bytes > 0 ? (double)screen->bytes_done / (double)screen->bytes : 1.0;
	double passed_s = (double)(clock_monotonic_us() - screen->started_us) / 1e6;
	int filled = (int)(share * BAR_WIDTH + 0.5);
	if (!screen->terminal)
		return;
	fprintf(stderr, "\r\033[K[%.*s%.*s] %zu/%zu files, %lld resources, %.0f/s", filled,
		"##############################", BAR_WIDTH - filled,
		"..............................", screen->files_done, screen->files,
		(long long)screen->resources,
		passed_s > 0.0 ? (double)screen->resources / passed_s : 0.0);
	screen->bar_shown = true;
	fflush(stderr);
}

void import_progress(struct import_file *file)
{
	struct import_screen *screen = file->screen;
	int64_t stored = tally_total(&file->tally, TALLY_CREATED) +
			 tally_total(&file->tally, TALLY_EXISTING);
	mutex_lock(&screen->mutex);
	screen->resources += stored - file->shown;
	file->shown = stored;
	bar_show(screen);
	mutex_unlock(&screen->mutex);
}

void import_screen_file_done(struct import_screen *screen, int64_t bytes, int64_t resources)
{
	mutex_lock(&screen->mutex);
	screen->files_done++;
	screen->bytes_done += bytes;
	screen->resources += resources;
	bar_show(screen);
	mutex_unlock(&screen->mutex);
}

bool import_beside(struct import_file *file)
{
	mutex_lock(&file->screen->mutex);
	bool beside = file->beside;
	mutex_unlock(&file->screen->mutex);
	return beside;
}

void import_beside_set(struct import_file *file, bool beside)
{
	mutex_lock(&file->screen->mutex);
	file->beside = beside;
	mutex_unlock(&file->screen->mutex);
}
