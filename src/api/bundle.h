/* SPDX-License-Identifier: Apache-2.0
 * Writes a Bundle as text: stored bodies go in as they are. */
#ifndef API_BUNDLE_H
#define API_BUNDLE_H

#include "api/exchange.h"

struct bundle {
	struct text text;
	struct call *call;
	size_t entry_count;
	size_t link_count;
};

/* total < 0: left out. Links come before entries. */
void bundle_begin(struct bundle *bundle, struct call *call, const char *type, int64_t total);
/* `url` complete. */
void bundle_link(struct bundle *bundle, const char *relation, struct str url);
/* {"fullUrl":"base/T/id","resource": — the caller goes on with bundle->text and ends with '}'. */
void bundle_entry_begin(struct bundle *bundle);
void bundle_full_url(struct bundle *bundle, uint16_t type, struct str id);
/* Empty when it grew too large. */
struct str bundle_end(struct bundle *bundle);
/* "http://base/Patient?a=b": `path` under the base, without slash at its start. */
struct str bundle_url(struct call *call, struct str path, const struct search_argument *arguments,
		      size_t count);
/* "path" of up to three segments, joined. */
struct str bundle_path(struct arena *arena, const struct str *segments, size_t count);
void bundle_instant(struct text *text, const char *name, int64_t at_us);

#endif
