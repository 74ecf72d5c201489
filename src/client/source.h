/* SPDX-License-Identifier: Apache-2.0
 * A file to read from front to back, plain or bzip2 (named .bz2). Texts live in the caller's arena. */
#ifndef CLIENT_SOURCE_H
#define CLIENT_SOURCE_H

#include "base/issue.h"

struct source;

/* ERROR_NOT_FOUND with an issue when it cannot be opened. */
MUST_CHECK enum error source_open(const char *path, struct issues *issues,
				  struct source **ret_source);
void source_close(struct source *source);
/* The rest of the file. ERROR_TOO_LARGE past bytes_max, ERROR_MALFORMED for damaged bzip2. */
MUST_CHECK enum error source_read_all(struct source *source, struct arena *arena, size_t bytes_max,
				      struct issues *issues, struct str *ret_text);
/* The next line without its end; a NULL pointer in *ret_line when there is none left. */
MUST_CHECK enum error source_read_line(struct source *source, struct arena *arena, size_t bytes_max,
				       struct issues *issues, struct str *ret_line);

#endif
