/* SPDX-License-Identifier: Apache-2.0
 * The files of the web bundle, in the program: a table made at build time by gen/gen_web.c. */
#ifndef MAIN_WEB_FILE_H
#define MAIN_WEB_FILE_H

#include "base/str.h"

struct web_file {
	const char *path; /* "/app.js"; "/" is index.html, "/home" home.html */
	const char *content_type;
	const char *etag; /* with its quotes; another for each content */
	struct str bytes;
};

extern const struct web_file web_files[];
extern const size_t web_file_count;

#endif
