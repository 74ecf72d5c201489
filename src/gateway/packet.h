/* SPDX-License-Identifier: Apache-2.0
 * Packets of MQTT 3.1.1 (OASIS standard, 29 October 2014), as far as a subscriber with QoS 0 and 1 needs them.
 * Bytes from outside: nothing is read past what is there, nothing longer than PACKET_BYTES_MAX is taken. Thread:
 * any. */
#ifndef GATEWAY_PACKET_H
#define GATEWAY_PACKET_H

#include "base/text.h"

#define PACKET_BYTES_MAX ((size_t)1024 * 1024)

enum packet_type { /* section 2.2.1 */
		   PACKET_CONNECT = 1,
		   PACKET_CONNACK = 2,
		   PACKET_PUBLISH = 3,
		   PACKET_PUBACK = 4,
		   PACKET_SUBSCRIBE = 8,
		   PACKET_SUBACK = 9,
		   PACKET_PINGREQ = 12,
		   PACKET_PINGRESP = 13,
		   PACKET_DISCONNECT = 14
};
struct packet {
	enum packet_type type;
	uint16_t id;      /* PUBLISH with QoS 1, PUBACK, SUBACK; else 0 */
	uint8_t code;     /* CONNACK: return code; SUBACK: the first */
	bool repeated;    /* PUBLISH: DUP */
	struct str topic; /* PUBLISH: both in the bytes that were read */
	struct str payload;
};
enum packet_result {
	PACKET_WHOLE,
	PACKET_PART, /* more bytes are needed */
	PACKET_WRONG /* not MQTT, not for a subscriber, or too long: the connection is of no use */
};
/* Reads the packet at the start of `bytes`; *ret_used bytes are done with. */
enum packet_result packet_read(struct str bytes, struct packet *ret_packet, size_t *ret_used);

struct packet_connect {
	struct str client; /* a session that outlives the connection is kept under this name */
	struct str user;   /* empty: none */
	struct str password;
	uint16_t keep_alive_s;
};
void packet_put_connect(struct text *text, const struct packet_connect *connect);
void packet_put_subscribe(struct text *text, uint16_t id, struct str filter);     /* QoS 1 */
void packet_put_publish(struct text *text, struct str topic, struct str payload); /* QoS 0 */
void packet_put_puback(struct text *text, uint16_t id);
void packet_put_empty(struct text *text, enum packet_type type); /* PINGREQ, DISCONNECT */

#endif
