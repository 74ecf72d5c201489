/* SPDX-License-Identifier: Apache-2.0
 * Text messages and voice calls through an HTTP gateway that speaks as GOV.UK Notify does (its REST API
 * documentation, docs.notifications.service.gov.uk/rest-api.html):
 *   POST /v2/notifications/sms {"phone_number","template_id","personalisation":{"text"},"reference"} -> 201 {"id"}
 *   GET  /v2/notifications/{id}, GET /v2/notifications?reference=…   -> {"status"}
 * with a JWT (HS256; iss the service, iat now) as bearer. Voice is ours, in the same shape:
 * POST /v2/notifications/voice.
 * `reference` is the Communication's id: before anything is sent that may have been sent already, the gateway is
 * asked for it, so that a kill between its answer and our commit doubles nothing. An answer of 201 is no proof: that is
 * the receipt, by callback (receipt.c) or by asking. */
#ifndef NOTIFY_GATEWAY_H
#define NOTIFY_GATEWAY_H

#include "notify/courier.h"

struct gateway_options {
	struct str url; /* "https://api.notifications.service.gov.uk", no slash at the end */
	struct str service_id;
	struct str secret; /* of the API key */
	struct str template_id;
	struct str authorities; /* file of further roots of trust, or empty */
	enum channel channel;   /* CHANNEL_SMS or CHANNEL_VOICE */
};
struct gateway;

/* All texts are copied. NULL without memory. */
struct gateway *gateway_create(const struct gateway_options *options);
void gateway_destroy(struct gateway *gateway);
struct courier_channel gateway_channel(struct gateway *gateway);

/* What a status of the gateway means: "delivered"; "permanent-failure", "temporary-failure", "technical-failure";
 * anything else is on its way. */
enum courier_result gateway_status(struct str status);
/* The bearer token at this time. */
void gateway_token(struct text *text, struct str service_id, struct str secret, int64_t now_us);
/* Digits and a leading '+' of a telephone number, as the gateway takes it; false when it is none. */
bool gateway_number(struct text *text, struct str written);

#endif
