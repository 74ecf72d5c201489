/* SPDX-License-Identifier: Apache-2.0
 * batch (hl7.org/fhir/R4/http.html#transaction): every entry stands for itself, its own commit and its own outcome.
 * Writes go to the writer in waves, so that a large batch shares groups and never fills the queue. */
#include "api/entries.h"

#define WAVE_MAX 256
/* One home sends fewer at once, and waits for the answer; a gateway that catches up sends more. */
#define BULK_FROM 32

static void prepare(struct entries *entries, struct entry *entry, struct store_reader *reader)
{
	struct change *change = &entry->change;
	entry->open = false;
	entry->tries++;
	entry->error = change_resolve(change, reader);
	if (entry->error == ERROR_OK && change->writes)
		entry->error = change_prepare(change);
	if (entry->error != ERROR_OK || !change->writes)
		return;
	entry->open = true;
	entry->commit = change_commit(change);
	entry->commit.priority = entries->count < BULK_FROM ? STORE_NORMAL : STORE_BULK;
}

static bool waits(const struct entry *entry)
{
	return entry->error == ERROR_OK && !entry->is_inquiry && (entry->tries == 0 || entry->open);
}

static void settle(struct entry *entry)
{
	enum error error = change_settle(&entry->change, &entry->commit);
	entry->open = error == ERROR_CONFLICT && entry->change.error == ERROR_OK &&
		      entry->tries < CHANGE_TRIES_MAX;
	if (!entry->open)
		entry->error = error;
}

static void next_wave(struct entries *entries);

static void wave_done(struct call *call, struct store_commit *commit)
{
	struct entries *entries = call->state;
	(void)commit;
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->rows[i];
		if (entry->open && entry->error == ERROR_OK)
			settle(entry);
	}
	next_wave(entries);
}

static void next_wave(struct entries *entries)
{
	struct call *call = entries->call;
	struct store_reader *reader = NULL;
	size_t count = 0;
	for (size_t i = 0; i < entries->count && count < WAVE_MAX; i++) {
		struct entry *entry = &entries->rows[i];
		if (!waits(entry))
			continue;
		if (reader == NULL)
			reader = exchange_reader(call);
		if (reader == NULL) {
			entry->error = ERROR_BUSY;
			continue;
		}
		prepare(entries, entry, reader);
		if (entry->open)
			entries->wave[count++] = &entry->commit;
	}
	if (reader != NULL)
		store_reader_return(reader);
	if (count > 0) {
		call_commit_all(call, entries->wave, count, wave_done);
		return;
	}
	entries_inquire(entries);
	entries_answer(entries);
}

void batch_run(struct entries *entries)
{
	enum error error = entries_read(entries);
	if (error == ERROR_OK) {
		entries->wave = ARENA_NEW(&entries->call->arena, struct store_commit *, WAVE_MAX);
		error = entries->wave == NULL ? ERROR_LIMIT : ERROR_OK;
	}
	if (error != ERROR_OK) {
		call_fail(entries->call, error);
		return;
	}
	next_wave(entries);
}
