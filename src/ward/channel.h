/* SPDX-License-Identifier: Apache-2.0
 * Ways in which a page reaches a person: docs/decisions/0006, "Channels". The board is always there; the others leave
 * the house and are there when the hospital has set them up. Pure; thread: any. */
#ifndef WARD_CHANNEL_H
#define WARD_CHANNEL_H

#include "ward/core.h"

enum channel {
	CHANNEL_NONE, /* nothing is set up: nobody was told */
	CHANNEL_BOARD,
	CHANNEL_WEBHOOK,
	CHANNEL_WEB_PUSH,
	CHANNEL_SMS,
	CHANNEL_VOICE,
	CHANNEL_EMAIL,
	CHANNEL_COUNT,
};
#define CHANNEL_SYSTEM HOMEWARD_URL "CodeSystem/channel"
/* The Endpoint that says a channel is set up has this before the channel's code as its id. */
#define CHANNEL_ENDPOINT_PREFIX "channel-"

struct str channel_code(enum channel channel); /* "web-push" */
bool channel_find(struct str code, enum channel *ret_channel);
/* Whether a ContactPoint has a value and is in use at that instant: not `old`, and within its period. */
bool channel_telecom_holds(const struct json *telecom, int64_t at_us);
/* The same of a telephone, mobile or not. */
bool channel_is_phone(const struct json *telecom, int64_t at_us);
/* What a ContactPoint is good for: SMS (a mobile phone, or system sms), voice (any other phone), e-mail, or none
 * (anything else, or not in use). */
enum channel channel_of_telecom(const struct json *telecom, int64_t at_us);
/* Its rank, 999 without one. */
uint32_t channel_telecom_rank(const struct json *telecom);

#endif
