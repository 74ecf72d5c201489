/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/room.h"

#include <stdlib.h>

static const struct gateway_options *gateway_of(const struct notify_options *options,
						enum channel channel,
						struct gateway_options *ret_gateway)
{
	*ret_gateway = (struct gateway_options){
		.url = options->gateway_url,
		.service_id = options->gateway_service_id,
		.secret = options->gateway_secret,
		.template_id =
			channel == CHANNEL_VOICE ? options->voice_template : options->sms_template,
		.authorities = options->authorities,
		.channel = channel,
	};
	return ret_gateway;
}

static bool wanted(const struct notify_options *options, enum channel channel)
{
	switch (channel) {
	case CHANNEL_WEBHOOK:
		return options->webhook_url.len > 0;
	case CHANNEL_SMS:
		return options->gateway_url.len > 0 && options->sms_template.len > 0;
	case CHANNEL_VOICE:
		return options->gateway_url.len > 0 && options->voice_template.len > 0;
	case CHANNEL_EMAIL:
		return options->smtp_url.len > 0;
	case CHANNEL_WEB_PUSH:
		return options->push_contact.len > 0;
	case CHANNEL_NONE:
	case CHANNEL_BOARD:
	case CHANNEL_COUNT:
		break;
	}
	return false;
}

uint32_t notify_channels(const struct notify_options *options)
{
	uint32_t bits = 0;
	for (unsigned channel = 0; channel < CHANNEL_COUNT; channel++) {
		if (wanted(options, (enum channel)channel))
			bits |= UINT32_C(1) << channel;
	}
	return bits;
}

/* The sender of a channel; false when it cannot be made. */
static bool make(struct notify *notify, const struct notify_options *options, enum channel channel,
		 struct courier_channel *ret_channel)
{
	struct gateway_options gateway;
	switch (channel) {
	case CHANNEL_WEBHOOK:
		notify->webhook = webhook_create(options->webhook_url, options->webhook_secret);
		*ret_channel = webhook_channel(notify->webhook);
		return notify->webhook != NULL;
	case CHANNEL_SMS:
		notify->sms = gateway_create(gateway_of(options, channel, &gateway));
		if (notify->sms != NULL)
			*ret_channel = gateway_channel(notify->sms);
		return notify->sms != NULL;
	case CHANNEL_VOICE:
		notify->voice = gateway_create(gateway_of(options, channel, &gateway));
		if (notify->voice != NULL)
			*ret_channel = gateway_channel(notify->voice);
		return notify->voice != NULL;
	case CHANNEL_EMAIL:
		notify->mail = mail_create(options);
		*ret_channel = mail_channel(notify->mail);
		return notify->mail != NULL;
	case CHANNEL_WEB_PUSH:
		notify->push = push_create(options);
		*ret_channel = push_channel(notify->push);
		return notify->push != NULL;
	case CHANNEL_NONE:
	case CHANNEL_BOARD:
	case CHANNEL_COUNT:
		break;
	}
	return false;
}

struct notify *notify_start(const struct notify_options *options, struct issues *issues)
{
	struct notify *notify = calloc(1, sizeof(*notify));
	if (notify == NULL)
		return NULL;
	notify->store = options->store;
	notify->clock = options->clock;
	notify->has_receipt_token = options->receipt_token.len > 0;
	hash_sha256(options->receipt_token.ptr, options->receipt_token.len, notify->receipt_token);
	for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
		enum channel channel = (enum channel)i;
		struct courier_channel sender;
		if (!wanted(options, channel))
			continue;
		if (make(notify, options, channel, &sender))
			notify->couriers[i] =
				courier_start(options->store, options->clock, &sender);
		if (notify->couriers[i] != NULL)
			continue;
		(void)issue_add(issues, ERROR_BAD_REQUEST, STR(""),
				"the sender of channel %.*s could not start",
				STR_ARG(channel_code(channel)));
		notify_stop(notify);
		return NULL;
	}
	return notify;
}

void notify_stop(struct notify *notify)
{
	if (notify == NULL)
		return;
	for (unsigned i = 0; i < CHANNEL_COUNT; i++)
		courier_stop(notify->couriers[i]);
	webhook_destroy(notify->webhook);
	gateway_destroy(notify->sms);
	gateway_destroy(notify->voice);
	mail_destroy(notify->mail);
	push_destroy(notify->push);
	free(notify);
}
