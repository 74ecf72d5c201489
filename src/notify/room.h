/* SPDX-License-Identifier: Apache-2.0
 * Inside of the room: what the routes see of the senders. */
#ifndef NOTIFY_ROOM_H
#define NOTIFY_ROOM_H

#include "notify/courier.h"
#include "notify/gateway.h"
#include "notify/mail.h"
#include "notify/notify.h"
#include "notify/push.h"
#include "notify/webhook.h"
#include "os/hash.h"

#include "api/route.h"

struct notify {
	struct store *store;
	struct clock *clock;
	struct courier *couriers[CHANNEL_COUNT];
	struct webhook *webhook;
	struct gateway *sms, *voice;
	struct mail *mail;
	struct push *push;
	bool has_receipt_token;
	uint8_t receipt_token[HASH_SHA256_BYTES]; /* its hash */
};

#endif
