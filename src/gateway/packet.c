/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/packet.h"

#define LENGTH_BYTES_MAX 4 /* section 2.2.3 */
#define STRING_BYTES_MAX 65535
#define FLAG_PASSWORD 0x40
#define FLAG_USER 0x80

static uint8_t byte_at(struct str bytes, size_t at)
{
	return (uint8_t)bytes.ptr[at];
}

static bool take_u16(struct str *rest, uint16_t *ret_value)
{
	if (rest->len < 2)
		return false;
	*ret_value = (uint16_t)(byte_at(*rest, 0) << 8 | byte_at(*rest, 1));
	*rest = str_slice(*rest, 2, rest->len);
	return true;
}

/* The remaining length: seven bits a byte, the low ones first. */
static enum packet_result take_length(struct str bytes, size_t *ret_length, size_t *ret_header)
{
	size_t length = 0;
	for (size_t i = 0; i < LENGTH_BYTES_MAX; i++) {
		if (1 + i >= bytes.len)
			return PACKET_PART;
		uint8_t byte = byte_at(bytes, 1 + i);
		length |= (size_t)(byte & 0x7f) << (7 * i);
		if ((byte & 0x80) == 0) {
			*ret_length = length;
			*ret_header = 2 + i;
			return length > PACKET_BYTES_MAX ? PACKET_WRONG : PACKET_WHOLE;
		}
	}
	return PACKET_WRONG;
}

static bool read_publish(uint8_t flags, struct str body, struct packet *packet)
{
	unsigned quality = flags >> 1 & 3u;
	uint16_t length = 0;
	if (quality > 1 || !take_u16(&body, &length) || length == 0 || length > body.len)
		return false;
	packet->topic = str_slice(body, 0, length);
	body = str_slice(body, length, body.len);
	if (quality == 1 && (!take_u16(&body, &packet->id) || packet->id == 0))
		return false;
	packet->repeated = (flags & 8) != 0;
	packet->payload = body;
	return true;
}

static bool read_body(uint8_t first, struct str body, struct packet *packet)
{
	switch (packet->type) {
	case PACKET_CONNACK:
		packet->code = body.len == 2 ? byte_at(body, 1) : 0;
		return body.len == 2;
	case PACKET_PUBLISH:
		return read_publish(first & 0x0f, body, packet);
	case PACKET_PUBACK:
		return body.len == 2 && take_u16(&body, &packet->id);
	case PACKET_SUBACK:
		if (body.len < 3 || !take_u16(&body, &packet->id))
			return false;
		packet->code = byte_at(body, 0);
		return true;
	case PACKET_PINGRESP:
		return body.len == 0;
	case PACKET_CONNECT:
	case PACKET_SUBSCRIBE:
	case PACKET_PINGREQ:
	case PACKET_DISCONNECT:
	default:
		return false; /* a server does not send these */
	}
}

enum packet_result packet_read(struct str bytes, struct packet *ret_packet, size_t *ret_used)
{
	size_t length = 0, header = 0;
	if (bytes.len < 2)
		return PACKET_PART;
	enum packet_result result = take_length(bytes, &length, &header);
	if (result != PACKET_WHOLE)
		return result;
	if (bytes.len - header < length)
		return PACKET_PART;
	struct packet packet = { .type = (enum packet_type)(byte_at(bytes, 0) >> 4) };
	if (!read_body(byte_at(bytes, 0), str_slice(bytes, header, header + length), &packet))
		return PACKET_WRONG;
	*ret_packet = packet;
	*ret_used = header + length;
	return PACKET_WHOLE;
}

/* --- writing -------------------------------------------------------------------------------- */

static void put_u16(struct text *text, size_t value)
{
	text_put_byte(text, (char)(value >> 8 & 0xff));
	text_put_byte(text, (char)(value & 0xff));
}

static void put_head(struct text *text, unsigned first, size_t length)
{
	text_put_byte(text, (char)first);
	do {
		size_t low = length & 0x7f;
		length >>= 7;
		text_put_byte(text, (char)(low | (length > 0 ? 0x80u : 0u)));
	} while (length > 0);
}

static void put_string(struct text *text, struct str value)
{
	ASSERT(value.len <= STRING_BYTES_MAX);
	put_u16(text, value.len);
	text_put(text, value);
}

void packet_put_connect(struct text *text, const struct packet_connect *connect)
{
	bool user = connect->user.len > 0;
	size_t length = 10 + 2 + connect->client.len;
	if (user)
		length += 2 + connect->user.len + 2 + connect->password.len;
	put_head(text, PACKET_CONNECT << 4, length);
	put_string(text, STR("MQTT"));
	text_put_byte(text, 4); /* protocol level of 3.1.1 */
	text_put_byte(text, (char)(user ? FLAG_USER | FLAG_PASSWORD : 0));
	put_u16(text, connect->keep_alive_s);
	put_string(text, connect->client);
	if (user) {
		put_string(text, connect->user);
		put_string(text, connect->password);
	}
}

void packet_put_subscribe(struct text *text, uint16_t id, struct str filter)
{
	put_head(text, PACKET_SUBSCRIBE << 4 | 2, 2 + 2 + filter.len + 1);
	put_u16(text, id);
	put_string(text, filter);
	text_put_byte(text, 1);
}

void packet_put_publish(struct text *text, struct str topic, struct str payload)
{
	put_head(text, PACKET_PUBLISH << 4, 2 + topic.len + payload.len);
	put_string(text, topic);
	text_put(text, payload);
}

void packet_put_puback(struct text *text, uint16_t id)
{
	put_head(text, PACKET_PUBACK << 4, 2);
	put_u16(text, id);
}

void packet_put_empty(struct text *text, enum packet_type type)
{
	put_head(text, (unsigned)type << 4, 0);
}
