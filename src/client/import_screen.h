/* SPDX-License-Identifier: Apache-2.0
 * What an import shows: message lines and the progress bar below them. Thread: any, under its own lock. */
#ifndef CLIENT_IMPORT_SCREEN_H
#define CLIENT_IMPORT_SCREEN_H

#include "base/text.h"
#include "os/thread.h"

#include <stdio.h>

struct import_file;
struct import_screen {
	struct mutex mutex;
	size_t files, files_done;
	int64_t bytes, bytes_done, resources;
	int64_t started_us;
	bool terminal, bar_shown;
};
void import_screen_init(struct import_screen *screen, size_t files, int64_t bytes);
/* Takes the bar away. */
void import_screen_done(struct import_screen *screen);
/* A message line that does not break the progress bar. */
void import_say(struct import_screen *screen, FILE *out, const char *format, ...) PRINTF_LIKE(3, 4);
/* Counts what the file has got stored so far. */
void import_progress(struct import_file *file);
/* A file of so many bytes is finished; `resources` are those of an earlier run. */
void import_screen_file_done(struct import_screen *screen, int64_t bytes, int64_t resources);
/* Whether other files have been on their way together with this one. */
bool import_beside(struct import_file *file);
void import_beside_set(struct import_file *file, bool beside);
/* One line for one refused entry: file, place, type, reason. `place` is "entry" or "line". */
void import_refuse(struct import_file *file, const char *place, size_t at, struct str type,
		   struct str reason);

#endif
