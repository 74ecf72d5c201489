/* SPDX-License-Identifier: Apache-2.0
 * `homeward gateway`: from an MQTT broker to the record. A message is acknowledged to the broker only when the
 * record has it (or has kept it as refused); until then the broker keeps it, whatever dies. While the record is
 * away nothing is taken. */
#include "gateway/gateway.h"

#include "gateway/assigned.h"
#include "gateway/broker.h"
#include "gateway/outbox.h"
#include "gateway/repeat.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/stop.h"

#include <stdio.h>
#include <stdlib.h>

#define S_US INT64_C(1000000)
#define ARENA_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define WAIT_MS 100
#define LINGER_US (20 * INT64_C(1000)) /* what waits in the outbox goes out after this */
#define IDLE_US (1500 * INT64_C(1000)) /* no device publishes: what was gathered goes out */
#define STREAMS_MAX 20000
#define RETRY_MS 5000
#define KEEP_ALIVE_S 60
#define REOPEN_US (2 * S_US)

struct gateway {
	/* options */
	struct str broker_address, url, prefix, user, client_id;
	const char *password_file;
	int64_t gather_s;
	/* while it runs */
	struct arena arena; /* of the options */
	struct arena work;  /* of one message or one sending */
	struct client *client;
	struct broker *broker;
	struct gather gather;
	struct outbox outbox;
	struct assigned_table assigned;
	char filter[256];
	struct str password;
	int64_t heard_us; /* monotonic: the last message */
	bool waiting;     /* the record did not answer: nothing more is taken until it does */
};

static void usage(FILE *out)
{
	fputs("usage: homeward gateway --broker HOST:PORT [--url URL] [OPTIONS]\n"
	      "Takes what hubs at home publish to an MQTT broker (version 3.1.1, QoS 1) into the "
	      "record, and acknowledges it when\n"
	      "it is there. Topics: PREFIX/DEVICE/observation, stream, value, battery or "
	      "heartbeat; "
	      "docs/decisions/0007.\n"
	      "  --url URL          default http://127.0.0.1:8080\n"
	      "  --prefix TEXT      default homeward\n"
	      "  --client-id TEXT   the session the broker keeps, default homeward-gateway\n"
	      "  --user TEXT        --password-file F   first line\n"
	      "  --gather S         single values of a device are put together for so long, "
	      "default "
	      "10\n"
	      "The broker must allow many messages on their way: max_inflight_messages 0, "
	      "max_queued_messages 0 in mosquitto.conf.\n",
	      out);
}

/* --- options -------------------------------------------------------------------------------- */

static bool read_options(struct gateway *gateway, int argument_count, char **arguments)
{
	const struct {
		const char *flag;
		struct str *text;
	} flags[] = {
		{ "--broker", &gateway->broker_address },
		{ "--url", &gateway->url },
		{ "--prefix", &gateway->prefix },
		{ "--client-id", &gateway->client_id },
		{ "--user", &gateway->user },
	};
	for (int i = 1; i < argument_count; i += 2) {
		struct str flag = str_from_c(arguments[i]);
		bool known = false;
		if (i + 1 >= argument_count)
			return false;
		for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]); f++) {
			if (str_equal(flag, str_from_c(flags[f].flag))) {
				*flags[f].text = str_from_c(arguments[i + 1]);
				known = true;
			}
		}
		if (str_equal(flag, STR("--password-file"))) {
			gateway->password_file = arguments[i + 1];
			known = true;
		}
		if (str_equal(flag, STR("--gather")))
			known = str_to_i64(str_from_c(arguments[i + 1]), &gateway->gather_s) &&
				gateway->gather_s >= 1 && gateway->gather_s <= 60;
		if (!known)
			return false;
	}
	return gateway->broker_address.len > 0 && gateway->prefix.len > 0 &&
	       gateway->prefix.len < 128 &&
	       str_find_byte(gateway->prefix, '#', 0) == gateway->prefix.len;
}

static bool read_password(struct gateway *gateway)
{
	return gateway->password_file == NULL ||
	       file_read_line(&gateway->arena, str_from_c(gateway->password_file),
			      &gateway->password) == ERROR_OK;
}

/* --- sending -------------------------------------------------------------------------------- */

static void say_refused(struct gateway *gateway, struct str device, const char *why)
{
	struct text topic, payload;
	text_init(&topic, &gateway->work, 512);
	text_init(&payload, &gateway->work, 1024);
	text_put_format(&topic, "%.*s/%.*s/refused", STR_ARG(gateway->prefix), STR_ARG(device));
	text_put_format(&payload, "{\"reason\":\"%s\"}", why);
	if (device.len > 0)
		(void)broker_publish(gateway->broker, text_view(&topic), text_view(&payload));
	LOG(EVENT_GATEWAY_REFUSED);
}

static void acknowledge(struct gateway *gateway, const struct outbox_entry *entry)
{
	for (size_t i = 0; i < entry->id_count; i++)
		(void)broker_acknowledge(gateway->broker, entry->ids[i]);
}

/* True when the entry is done with. */
static bool settle(struct gateway *gateway, const struct outbox_entry *entry, enum outbox_fate fate)
{
	static const char why[] = "the record does not take this resource; it is kept as it came";
	if (fate == OUTBOX_AGAIN)
		return false;
	if (fate == OUTBOX_REFUSED) {
		if (!outbox_keep_refused(gateway->client, &gateway->work, entry, why))
			return false;
		say_refused(gateway, str_from_c(entry->device), why);
	}
	acknowledge(gateway, entry);
	return true;
}

/* Sends the outbox; what the record did not say anything about stays in it. */
static void flush(struct gateway *gateway)
{
	enum outbox_fate fates[OUTBOX_ENTRIES_MAX];
	size_t kept = 0;
	if (gateway->outbox.count == 0)
		return;
	arena_reset(&gateway->work);
	bool sent = outbox_send(&gateway->outbox, gateway->client, &gateway->work, fates);
	for (size_t i = 0; i < gateway->outbox.count; i++) {
		struct outbox_entry *entry = &gateway->outbox.entries[i];
		if (!sent || !settle(gateway, entry, fates[i]))
			gateway->outbox.entries[kept++] = *entry;
	}
	gateway->outbox.count = kept;
	if (kept == 0)
		outbox_clear(&gateway->outbox);
	if (gateway->waiting != (kept > 0)) {
		gateway->waiting = kept > 0;
		if (gateway->waiting)
			LOG(EVENT_GATEWAY_WAITING);
		else
			LOG(EVENT_GATEWAY_GOING_ON);
	}
}

/* --- taking --------------------------------------------------------------------------------- */

/* Into the outbox. False: not now (the record could not be asked whose device it is). */
static bool post(struct gateway *gateway, const struct message *message, const uint16_t *ids,
		 size_t id_count)
{
	struct str subject;
	struct text text;
	int64_t now_us = clock_monotonic_us();
	if (gateway->waiting || !assigned_find(&gateway->assigned, gateway->client, &gateway->work,
					       message->device, now_us, &subject))
		return false;
	struct outbox_entry *entry = outbox_new(&gateway->outbox, now_us);
	if (entry == NULL)
		return false;
	text_init(&text, &gateway->outbox.arena, 4 * PACKET_BYTES_MAX);
	if (!message_print(&text, message, subject)) {
		gateway->outbox.count--;
		return false;
	}
	entry->resource = text_view(&text);
	message_key(message, entry->key);
	snprintf(entry->device, sizeof(entry->device), "%.*s", STR_ARG(message->device));
	memcpy(entry->ids, ids, id_count * sizeof(ids[0]));
	entry->id_count = id_count;
	return true;
}

static bool post_gathered(struct gateway *gateway, struct gathered *gathered)
{
	struct message message;
	gather_message(gathered, &message);
	if (!post(gateway, &message, gathered->ids, gathered->id_count))
		return false;
	gather_remove(&gateway->gather, gathered);
	return true;
}

/* `repeated`: it may be in the record already, among others than it would stand with now. */
static bool take_value(struct gateway *gateway, const struct message *message, uint16_t id,
		       bool repeated)
{
	struct gathered *full = NULL;
	bool stored = false;
	if (repeated && !repeat_find(gateway->client, &gateway->work, message, &stored))
		return false;
	if (stored)
		return broker_acknowledge(gateway->broker, id);
	int64_t now_us = clock_monotonic_us();
	if (gather_add(&gateway->gather, message, id, now_us, &full))
		return true;
	return post_gathered(gateway, full) &&
	       gather_add(&gateway->gather, message, id, now_us, &full);
}

/* What cannot be read is kept too. The device is not known then, unless the topic says it. */
static bool take_unreadable(struct gateway *gateway, const struct broker_message *came,
			    const char *why)
{
	struct outbox_entry entry = { .payload = came->payload, .id_count = 1 };
	entry.ids[0] = came->id;
	if (!outbox_keep_refused(gateway->client, &gateway->work, &entry, why))
		return false;
	struct str rest = came->topic;
	if (str_starts_with(rest, gateway->prefix))
		rest = str_slice(rest, gateway->prefix.len + 1, rest.len);
	struct str device = str_cut(&rest, '/');
	bool plain = device.len > 0 && device.len <= 64 &&
		     str_find_byte(device, '#', 0) == device.len &&
		     str_find_byte(device, '+', 0) == device.len;
	say_refused(gateway, plain ? device : (struct str){ NULL, 0 }, why);
	acknowledge(gateway, &entry);
	return true;
}

/* True when the message is in good hands; else it is tried again. */
static bool take(struct gateway *gateway, const struct broker_message *came)
{
	struct message message;
	if (str_ends_with(came->topic, STR("/refused"))) /* our own word */
		return broker_acknowledge(gateway->broker, came->id);
	const char *problem =
		message_read(&gateway->work, gateway->prefix, came->topic, came->payload, &message);
	if (problem != NULL)
		return take_unreadable(gateway, came, problem);
	if (message.kind == MESSAGE_VALUE)
		return take_value(gateway, &message, came->id, came->repeated);
	return post(gateway, &message, &came->id, 1);
}

/* --- life ----------------------------------------------------------------------------------- */

static bool open_broker(struct gateway *gateway)
{
	struct issues issues;
	arena_reset(&gateway->work);
	issues_init(&issues, &gateway->work);
	const struct broker_options options = {
		.address = gateway->broker_address,
		.connect = { gateway->client_id, gateway->user, gateway->password, KEEP_ALIVE_S },
		.filter = str_from_c(gateway->filter),
	};
	if (broker_open(&options, &issues, &gateway->broker) == ERROR_OK) {
		LOG(EVENT_GATEWAY_CONNECTED);
		return true;
	}
	for (const struct issue *issue = issues.first; issue != NULL; issue = issue->next)
		fprintf(stderr, "homeward gateway: %.*s\n", STR_ARG(issue->diagnostics));
	return false;
}

/* Message ids are the connection's: what was not acknowledged comes again under new ones. */
static void lose_broker(struct gateway *gateway)
{
	broker_close(gateway->broker);
	gateway->broker = NULL;
	gateway->gather.count = 0;
	gateway->waiting = false;
	outbox_clear(&gateway->outbox);
	LOG(EVENT_GATEWAY_LOST);
}

static void send_due(struct gateway *gateway)
{
	int64_t now_us = clock_monotonic_us();
	/* A broker that lets few messages be on their way would wait for us as we wait for it. */
	bool idle = now_us - gateway->heard_us > IDLE_US;
	int64_t before_us = idle ? INT64_MAX : now_us - gateway->gather_s * S_US;
	struct gathered *old;
	while ((old = gather_oldest(&gateway->gather, before_us)) != NULL) {
		if (gateway->outbox.count == OUTBOX_ENTRIES_MAX)
			flush(gateway);
		if (!post_gathered(gateway, old))
			break;
	}
	if (gateway->outbox.count > 0 && now_us - gateway->outbox.begun_us >= LINGER_US)
		flush(gateway);
}

/* One message at a time: until it is taken the next is not read, and the broker holds the rest. */
static bool step(struct gateway *gateway)
{
	struct broker_message came;
	bool busy = gateway->outbox.count > 0;
	/* Taking one message may need two entries. */
	if (gateway->waiting || gateway->outbox.count + 2 > OUTBOX_ENTRIES_MAX)
		flush(gateway);
	if (gateway->waiting)
		return true; /* flush has waited */
	arena_reset(&gateway->work);
	enum broker_result result = broker_next(gateway->broker, busy ? 5 : WAIT_MS, &came);
	if (result == BROKER_GONE)
		return false;
	if (result == BROKER_MESSAGE)
		gateway->heard_us = clock_monotonic_us();
	if (result == BROKER_MESSAGE && !take(gateway, &came)) {
		/* Neither stored nor kept: it must come again, and it does after a new connection. */
		LOG(EVENT_GATEWAY_WAITING);
		return false;
	}
	send_due(gateway);
	return true;
}

static int run(struct gateway *gateway)
{
	int64_t pause_us = 0;
	while (!stop_wait(pause_us)) {
		pause_us = 0;
		if (gateway->broker == NULL && !open_broker(gateway)) {
			pause_us = REOPEN_US;
		} else if (!step(gateway)) {
			lose_broker(gateway);
			pause_us = REOPEN_US;
		}
	}
	if (gateway->broker != NULL) {
		gateway->gather_s = 0;
		send_due(gateway);
		flush(gateway);
	}
	broker_close(gateway->broker);
	return 0;
}

static int start(struct gateway *gateway)
{
	struct issues issues;
	const struct client_options options = { .url = gateway->url,
						.timeout_ms = 20000,
						.retry_ms_max = RETRY_MS };
	issues_init(&issues, &gateway->arena);
	if (!read_password(gateway)) {
		fputs("homeward gateway: the password file cannot be read\n", stderr);
		return 2;
	}
	if (client_open(&options, &issues, &gateway->client) != ERROR_OK) {
		for (const struct issue *issue = issues.first; issue != NULL; issue = issue->next)
			fprintf(stderr, "homeward gateway: %.*s\n", STR_ARG(issue->diagnostics));
		return 2;
	}
	int code = gather_init(&gateway->gather, STREAMS_MAX) ? run(gateway) : 1;
	gather_done(&gateway->gather);
	client_close(gateway->client);
	return code;
}

int gateway_command(int argument_count, char **arguments)
{
	if (argument_count > 1 && str_equal(str_from_c(arguments[1]), STR("--help"))) {
		usage(stdout);
		return 0;
	}
	struct gateway *gateway = calloc(1, sizeof(*gateway));
	if (gateway == NULL)
		return 1;
	gateway->url = STR("http://127.0.0.1:8080");
	gateway->prefix = STR("homeward");
	gateway->client_id = STR("homeward-gateway");
	gateway->gather_s = 10;
	int code = 2;
	if (read_options(gateway, argument_count, arguments)) {
		stop_hold();
		snprintf(gateway->filter, sizeof(gateway->filter), "%.*s/#",
			 STR_ARG(gateway->prefix));
		arena_init(&gateway->arena, ARENA_BYTES_MAX);
		arena_init(&gateway->work, ARENA_BYTES_MAX);
		outbox_init(&gateway->outbox);
		code = start(gateway);
		outbox_done(&gateway->outbox);
		arena_done(&gateway->work);
		arena_done(&gateway->arena);
	} else {
		usage(stderr);
	}
	free(gateway);
	return code;
}
