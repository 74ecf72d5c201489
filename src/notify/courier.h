/* SPDX-License-Identifier: Apache-2.0
 * A sender: one thread a channel. The record is the queue: a Communication of the channel in status `preparation` is
 * owed a delivery; nothing else remembers it, so nothing can be lost or forgotten by a restart. What a channel says
 * is written down by record.c. Nothing is given up by its age: the engine stops a page whose deadline has passed. */
#ifndef NOTIFY_COURIER_H
#define NOTIFY_COURIER_H

#include "os/clock.h"
#include "store/store.h"
#include "ward/channel.h"

struct courier;

struct courier_page {
	struct store *store;
	struct json *communication;
	struct str id;   /* also the idempotency key */
	struct str text; /* to be sent as it is */
	int64_t now_us;  /* an address counts if it is in use then */
	/* It may have been handed over before: by an earlier try whose end is not known, or before a restart. */
	bool again;
};
enum courier_result {
	COURIER_LATER,     /* try again */
	COURIER_TAKEN,     /* the provider has it; proof is to come */
	COURIER_DELIVERED, /* that was proof */
	COURIER_FAILED,    /* this channel will not reach the person */
};
struct courier_answer {
	unsigned status;     /* of HTTP, for the log; 0: none */
	struct str proof;    /* in the arena; no personal data */
	struct str provider; /* in the arena, or empty */
};
struct courier_channel {
	enum channel channel;
	const char *thread_name;
	void *context; /* of the two functions; used on the courier's thread alone */
	enum courier_result (*deliver)(void *context, struct arena *arena,
				       const struct courier_page *page,
				       struct courier_answer *ret_answer);
	/* Asks what became of a page that was taken; NULL when the provider cannot be asked. */
	enum courier_result (*ask)(void *context, struct arena *arena,
				   const struct courier_page *page,
				   struct courier_answer *ret_answer);
};
/* Starts the thread; NULL when there is no memory or thread. */
struct courier *courier_start(struct store *store, struct clock *clock,
			      const struct courier_channel *channel);
/* Waits for a delivery under way (at most its time limit). */
void courier_stop(struct courier *courier);

/* Where the page's recipient is reached on this channel: the telecom value of the best rank, empty when there is
 * none (any more). In the arena. */
struct str courier_address(const struct courier_page *page, struct arena *arena,
			   enum channel channel);
/* A copy with its NUL, NULL without memory; the caller frees it. */
char *courier_copy(struct str text);

#endif
