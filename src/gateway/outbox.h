/* SPDX-License-Identifier: Apache-2.0
 * Resources on their way to the record, sent together as one FHIR batch. Each is a conditional create by an
 * identifier made from the readings, so that what the broker sends twice is stored once. The messages of an entry
 * are acknowledged when the record has it, and not before. Thread: one. */
#ifndef GATEWAY_OUTBOX_H
#define GATEWAY_OUTBOX_H

#include "client/client.h"
#include "gateway/gather.h"

#define OUTBOX_ENTRIES_MAX 100

struct outbox_entry {
	struct str resource; /* JSON */
	char key[160];
	char device[65];
	struct str payload; /* what came, for a refusal; empty: the resource says it all */
	uint16_t ids[GATHER_SAMPLES_MAX];
	size_t id_count;
};
struct outbox {
	struct arena arena; /* of all entries */
	struct outbox_entry entries[OUTBOX_ENTRIES_MAX];
	size_t count;
	int64_t begun_us; /* monotonic: when the first was put */
};
void outbox_init(struct outbox *outbox);
void outbox_done(struct outbox *outbox);
void outbox_clear(struct outbox *outbox);
/* The next entry, empty; the caller fills it in. NULL: full. */
struct outbox_entry *outbox_new(struct outbox *outbox, int64_t now_us);

enum outbox_fate { OUTBOX_STORED, OUTBOX_REFUSED, OUTBOX_AGAIN };
/* Sends all entries. False: nothing is known, send again. Else ret_fates has one for each. */
bool outbox_send(struct outbox *outbox, struct client *client, struct arena *arena,
		 enum outbox_fate ret_fates[OUTBOX_ENTRIES_MAX]);
/* Keeps what the record refused, or what could not be read, as a Binary with a DetectedIssue that says why.
 * False: not yet. */
bool outbox_keep_refused(struct client *client, struct arena *arena,
			 const struct outbox_entry *entry, const char *why);

#endif
