/* SPDX-License-Identifier: Apache-2.0
 * The web pages: files of web/dist, put into the program at build time by gen/gen_assets.c. */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "base/str.h"

struct call;

struct asset {
	struct str path; /* "/app.js"; a folder's index.html is "/" and "/folder" too */
	struct str content_type;
	struct str etag;
	struct str bytes;
};

/* Sorted by path. Generated. */
extern const struct asset assets[];
extern const size_t asset_count;

/* Answers a GET or HEAD of a path that no route knows; false when there is no such page. */
bool assets_answer(struct call *call);

#endif
