/* SPDX-License-Identifier: Apache-2.0
 * Clients that write to a store from several threads, and a ledger of what the store has answered them. */
#ifndef TESTS_STORE_POWER_LOAD_H
#define TESTS_STORE_POWER_LOAD_H

#include "power_disk.h"
#include "support.h"

#define LOAD_CLIENTS 4
#define LOAD_PATIENTS 4
#define LOAD_FEED_MAX 8192
#define LOAD_DEEDS_MAX 4096

/* One version. */
struct entry {
	char id[24];
	enum store_method method;
	int64_t version, at_us;
	int patient;
	size_t rest_length; /* of the body after its meta */
	uint64_t rest_hash;
	int deed;
};

/* One commit. */
struct deed {
	int64_t feed_first, feed_last; /* 0: it made no version */
	int client;
	int64_t mark; /* what it set the client's cursor and timer to; 0: nothing */
};

struct ledger {
	struct mutex mutex;
	struct entry entries[LOAD_FEED_MAX]; /* by feed number, less one */
	int64_t feed_last;
	struct deed deeds[LOAD_DEEDS_MAX];
	int deed_count;
	int refused;
};

struct load {
	struct support *support;
	struct ledger *ledger;
	struct record *
		record; /* of what is acknowledged a note is taken: the last feed number of the commit */
	uint64_t seed;
	int rounds,
		steps; /* a round is so many steps of each client; between two the log can start over */
	bool own_log;  /* the log is moved by the store alone, when it is large */
	bool may_fail; /* the store may refuse, and is then not opened anew */
};
/* Opens the store, runs, closes it; opens it anew in the middle. Fails the test when the store refuses and may not. */
void load_run(const struct load *load);

/* Deeds of one client, one after the other, on an open store. */
void load_more(const struct load *load, int steps);
/* A ledger as it was up to a feed number. */
void ledger_copy(struct ledger *to, const struct ledger *from, int64_t feed_last);
/* The body's part after its meta, which the store does not touch. */
struct str load_rest(struct str body);
struct str load_cursor_name(int client, char bytes[16]);

#endif
