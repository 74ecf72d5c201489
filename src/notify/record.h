/* SPDX-License-Identifier: Apache-2.0
 * What became of a page, written into its Communication: docs/decisions/0006, "Channels". Times only ever come to
 * stand, states only ever go forward (preparation, in-progress, completed; or stopped), proof of delivery counts
 * whenever it comes. So receipts may come twice, late, in any order and at the same time. */
#ifndef NOTIFY_RECORD_H
#define NOTIFY_RECORD_H

#include "store/store.h"

#define RECORD_ORIGIN "notify"
#define RECORD_TRIES 8

enum record_event {
	RECORD_TAKEN,     /* the provider took it: that is no proof */
	RECORD_DELIVERED, /* proof that it reached the person's device */
	RECORD_SEEN,      /* displayed to the person */
	RECORD_FAILED,    /* will not be delivered on this channel */
};
struct record_change {
	enum record_event event;
	int64_t at_us;
	struct str proof;    /* in the provider's words; no personal data */
	struct str provider; /* its name of the message; empty: as it was */
};
/* Changes the tree; false when that changes nothing. */
bool record_apply(struct arena *arena, struct json *page, const struct record_change *change);
/* The write of a changed page (or subscription); index and body in the arena. */
MUST_CHECK enum error record_write(struct arena *arena, struct json *page, struct str id,
				   int64_t version, struct store_write *ret_write);
/* Reads, changes and writes, again when somebody wrote in between. ERROR_OK also when nothing had to change. Waits
 * for the writer: not on a loop thread. */
MUST_CHECK enum error record_page(struct store *store, struct arena *arena, struct str id,
				  const struct record_change *change);
/* The extension HOMEWARD_URL "StructureDefinition/" name of an element, or NULL. */
struct json *record_extension(const struct json *element, struct str name);

#endif
