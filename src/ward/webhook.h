/* SPDX-License-Identifier: Apache-2.0
 * Pages that leave the house by a generic webhook. The record is the queue: a Communication of the
 * webhook channel in status `preparation` is owed a delivery; nothing else remembers it, so nothing can
 * be lost or forgotten by a restart. The receiver gets (JSON, POST):
 *   {"communication":id,"alert":Task id,"priority":"stat","recipient":"PractitionerRole/id","sent":instant}
 * and nothing that tells who the patient is: whoever may know opens the alert. Headers: Idempotency-Key (the
 * Communication's id: delivery is at least once) and, with a secret, X-Homeward-Signature: sha256=HMAC of the body.
 * Any 2xx is proof of delivery: the Communication becomes `completed` with `received` and the extension
 * delivery-proof. Anything else is tried again with growing pauses for an hour, then `stopped`, which the
 * engine answers with the next rung and a technical alert. */
#ifndef WARD_WEBHOOK_H
#define WARD_WEBHOOK_H

#include "store/store.h"

struct webhook;

struct webhook_options {
	struct store *store;
	struct clock *clock;
	struct str url;    /* https:// or http://; copied */
	struct str secret; /* empty: unsigned; copied */
};
/* Starts the sender's thread; NULL when there is no memory or thread. */
struct webhook *webhook_start(const struct webhook_options *options);
/* Waits for a delivery under way (at most its time limit). */
void webhook_stop(struct webhook *webhook);

#endif
