/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/broker.h"

#include "os/clock.h"
#include "os/socket.h"

#include <stdlib.h>

#define BUFFER_BYTES (PACKET_BYTES_MAX + 16)
#define PATIENCE_MS 10000
#define SUBSCRIPTION_ID 1

struct broker {
	int handle;
	struct arena arena; /* of one packet that is sent */
	char *bytes;        /* received; [at, count) is not read yet */
	size_t at, count;
	int64_t keep_alive_us, sent_us, heard_us;
};

static bool send_text(struct broker *broker, struct text *text)
{
	struct str view = text_view(text);
	bool sent = !text->failed && socket_send_all(broker->handle, view, PATIENCE_MS);
	arena_reset(&broker->arena);
	broker->sent_us = clock_monotonic_us();
	return sent;
}

static struct text packet_text(struct broker *broker)
{
	struct text text;
	text_init(&text, &broker->arena, BUFFER_BYTES);
	return text;
}

/* One packet; PACKET_PART when none came in time. */
static enum packet_result next_packet(struct broker *broker, int timeout_ms,
				      struct packet *ret_packet)
{
	int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
	for (;;) {
		size_t used = 0;
		struct str rest = { broker->bytes + broker->at, broker->count - broker->at };
		enum packet_result result = packet_read(rest, ret_packet, &used);
		if (result != PACKET_PART) {
			broker->at += used;
			return result;
		}
		if (broker->at > 0) {
			memmove(broker->bytes, rest.ptr, rest.len);
			broker->count = rest.len;
			broker->at = 0;
		}
		int64_t left_us = until_us - clock_monotonic_us();
		int got = socket_receive(broker->handle, broker->bytes + broker->count,
					 BUFFER_BYTES - broker->count,
					 left_us > 0 ? (int)(left_us / 1000) : 0);
		if (got < 0)
			return PACKET_WRONG;
		if (got == 0)
			return PACKET_PART;
		broker->count += (size_t)got;
		broker->heard_us = clock_monotonic_us();
	}
}

static enum error log_in(struct broker *broker, const struct broker_options *options,
			 struct issues *issues)
{
	struct packet packet;
	struct text text = packet_text(broker);
	packet_put_connect(&text, &options->connect);
	if (!send_text(broker, &text) ||
	    next_packet(broker, PATIENCE_MS, &packet) != PACKET_WHOLE ||
	    packet.type != PACKET_CONNACK)
		return issue_add(issues, ERROR_BUSY, STR(""), "the broker did not answer");
	if (packet.code != 0)
		return issue_add(issues, ERROR_FORBIDDEN, STR(""),
				 "the broker refused the connection with code %u (4: user or "
				 "password, 5: not authorised)",
				 packet.code);
	text = packet_text(broker);
	packet_put_subscribe(&text, SUBSCRIPTION_ID, options->filter);
	return send_text(broker, &text)
		       ? ERROR_OK
		       : issue_add(issues, ERROR_BUSY, STR(""), "the broker closed the connection");
}

enum error broker_open(const struct broker_options *options, struct issues *issues,
		       struct broker **ret_broker)
{
	struct broker *broker = calloc(1, sizeof(*broker));
	char *bytes = calloc(BUFFER_BYTES, 1);
	enum error error = ERROR_LIMIT;
	if (broker != NULL && bytes != NULL) {
		broker->bytes = bytes;
		broker->handle = -1;
		arena_init(&broker->arena, 2 * BUFFER_BYTES);
		broker->keep_alive_us = options->connect.keep_alive_s * INT64_C(1000000);
		broker->heard_us = clock_monotonic_us();
		error = socket_connect(options->address, PATIENCE_MS, issues, &broker->handle);
		if (error == ERROR_OK)
			error = log_in(broker, options, issues);
		if (error == ERROR_OK) {
			*ret_broker = broker;
			return ERROR_OK;
		}
		broker_close(broker);
		return error;
	}
	free(broker);
	free(bytes);
	return error;
}

void broker_close(struct broker *broker)
{
	if (broker == NULL)
		return;
	if (broker->handle >= 0) {
		struct text text = packet_text(broker);
		packet_put_empty(&text, PACKET_DISCONNECT);
		(void)send_text(broker, &text);
		socket_close(broker->handle);
	}
	arena_done(&broker->arena);
	free(broker->bytes);
	free(broker);
}

/* A ping after half the time, so that it arrives in time; a broker that is silent for twice the time is gone. */
static bool keep_alive(struct broker *broker)
{
	int64_t now_us = clock_monotonic_us();
	if (now_us - broker->heard_us > 2 * broker->keep_alive_us)
		return false;
	if (now_us - broker->sent_us < broker->keep_alive_us / 2)
		return true;
	struct text text = packet_text(broker);
	packet_put_empty(&text, PACKET_PINGREQ);
	return send_text(broker, &text);
}

enum broker_result broker_next(struct broker *broker, int timeout_ms,
			       struct broker_message *ret_message)
{
	struct packet packet = { 0 };
	if (!keep_alive(broker))
		return BROKER_GONE;
	enum packet_result result = next_packet(broker, timeout_ms, &packet);
	if (result == PACKET_WRONG ||
	    (result == PACKET_WHOLE && packet.type == PACKET_SUBACK && packet.code > 1))
		return BROKER_GONE;
	if (result == PACKET_PART || packet.type != PACKET_PUBLISH)
		return BROKER_NOTHING;
	*ret_message =
		(struct broker_message){ packet.id, packet.repeated, packet.topic, packet.payload };
	return BROKER_MESSAGE;
}

bool broker_acknowledge(struct broker *broker, uint16_t id)
{
	if (id == 0)
		return true;
	struct text text = packet_text(broker);
	packet_put_puback(&text, id);
	return send_text(broker, &text);
}

bool broker_publish(struct broker *broker, struct str topic, struct str payload)
{
	struct text text = packet_text(broker);
	packet_put_publish(&text, topic, payload);
	return send_text(broker, &text);
}
