/* SPDX-License-Identifier: Apache-2.0
 * Pages by a generic webhook. The receiver gets (JSON, POST):
 *   {"communication":id,"alert":Task id,"priority":"stat","recipient":"PractitionerRole/id","sent":instant}
 * and nothing that tells who the patient is: whoever may know opens the alert. Headers: Idempotency-Key (the
 * Communication's id: delivery is at least once) and, with a secret, X-Homeward-Signature: sha256=HMAC of the body.
 * Any 2xx is proof of delivery. Anything else is tried again with growing pauses until the engine stops the page. */
#ifndef NOTIFY_WEBHOOK_H
#define NOTIFY_WEBHOOK_H

#include "notify/courier.h"

struct webhook;

/* Both texts are copied; an empty secret: unsigned. NULL without memory. */
struct webhook *webhook_create(struct str url, struct str secret);
void webhook_destroy(struct webhook *webhook);
struct courier_channel webhook_channel(struct webhook *webhook);

#endif
