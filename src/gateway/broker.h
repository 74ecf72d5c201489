/* SPDX-License-Identifier: Apache-2.0
 * A connection to an MQTT broker whose messages are acknowledged by the caller, after they are durable: the reason
 * why this is not a library (docs/decisions/0007). What was not acknowledged is sent again by the broker, also
 * after either side was gone. Thread: one. */
#ifndef GATEWAY_BROKER_H
#define GATEWAY_BROKER_H

#include "base/issue.h"
#include "gateway/packet.h"

struct broker;
struct broker_options {
	struct str address; /* HOST:PORT */
	struct packet_connect connect;
	struct str filter; /* what is subscribed to */
};
/* Connects, logs in and subscribes. Errors: ERROR_BUSY not reachable or closed; ERROR_FORBIDDEN refused. An
 * issue says why. */
MUST_CHECK enum error broker_open(const struct broker_options *options, struct issues *issues,
				  struct broker **ret_broker);
void broker_close(struct broker *broker);

struct broker_message {
	uint16_t id;      /* for broker_acknowledge; 0: it wants none */
	bool repeated;    /* it was sent before and not acknowledged */
	struct str topic; /* both until the next call */
	struct str payload;
};
enum broker_result { BROKER_MESSAGE, BROKER_NOTHING, BROKER_GONE };
/* The next message, waiting at most `timeout_ms`; keeps the connection alive meanwhile. */
enum broker_result broker_next(struct broker *broker, int timeout_ms,
			       struct broker_message *ret_message);
bool broker_acknowledge(struct broker *broker, uint16_t id);
bool broker_publish(struct broker *broker, struct str topic, struct str payload);

#endif
