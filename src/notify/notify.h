/* SPDX-License-Identifier: Apache-2.0
 * The senders of pages, as the settings ask for them, and the addresses that receipts come to:
 *   POST /notify/receipt      a gateway's callback, bearer token; the JSON of GOV.UK Notify
 *   GET  /notify/vapid-key    the key that a browser subscribes with
 *   POST /notify/push-receipt what a browser's service worker says: {"communication","token","event"}
 *   POST /ward/seen           a row was displayed to a person: {"task","by"} */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include "api/router.h"
#include "store/store.h"

struct notify;

/* All texts are copied where they are kept; an empty one leaves its channel out. */
struct notify_options {
	struct store *store;
	struct clock *clock;
	struct str authorities; /* file of further roots of trust for all of them */
	struct str webhook_url, webhook_secret;
	struct str gateway_url, gateway_service_id, gateway_secret, sms_template, voice_template;
	struct str receipt_token; /* empty: callbacks are refused, the gateway is asked */
	struct str smtp_url, smtp_from, smtp_credentials; /* "user:password" */
	bool smtp_plain;                                  /* without TLS */
	struct str push_contact; /* "mailto:…" or "https://…" of RFC 8292 */
	struct str push_hosts;   /* hosts of push services, with commas between */
	struct str push_folder;  /* where the key lies */
	bool push_http;          /* push services without TLS (tests) */
};
/* Bit per enum channel (ward/channel.h) that these options set up. */
uint32_t notify_channels(const struct notify_options *options);
/* NULL with an issue that says which sender could not start. */
struct notify *notify_start(const struct notify_options *options, struct issues *issues);
void notify_stop(struct notify *notify);

extern const struct route_table notify_routes;

#endif
