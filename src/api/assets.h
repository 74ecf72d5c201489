/* SPDX-License-Identifier: Apache-2.0
 * The web pages: files that lie in the program, given to the server by main. */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "base/str.h"

struct call;

struct asset {
	struct str path; /* "/app.js"; "/" is the first page */
	struct str content_type;
	struct str etag; /* with its quotes */
	struct str bytes;
};

/* Answers a GET or HEAD of a path that no route knows; false when there is no such page. */
bool assets_answer(struct call *call);

#endif
