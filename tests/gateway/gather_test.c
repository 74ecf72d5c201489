/* SPDX-License-Identifier: Apache-2.0
 * Packets and gathering: what goes in comes out, every sample and every message id once. */
#include "gateway/gather.h"
#include "gateway/packet.h"
#include "unit.h"

#define S INT64_C(1000000)

static struct gather gather;

static int set_up(void **state)
{
	(void)state;
	return gather_init(&gather, 2) ? 0 : 1;
}
static int tear_down(void **state)
{
	(void)state;
	gather_done(&gather);
	return 0;
}

static struct message value(const char *device, int64_t at_us, const char *number)
{
	return (struct message){ .kind = MESSAGE_VALUE,
				 .device = str_from_c(device),
				 .at_us = at_us,
				 .data = str_from_c(number),
				 .count = 1 };
}

static bool add(const char *device, int64_t at_us, const char *number, uint16_t id,
		struct gathered **ret_full)
{
	struct message message = value(device, at_us, number);
	return gather_add(&gather, &message, id, 1, ret_full);
}

static void samples_on_a_grid_make_one_stream_with_its_gaps(void **state)
{
	(void)state;
	struct gathered *full;
	struct message message;
	assert_true(add("a", 0, "98", 1, &full));
	assert_true(add("a", 1 * S, "97.5", 2, &full));
	assert_true(add("a", 4 * S, "90", 3, &full));
	gather_message(gather_oldest(&gather, INT64_MAX), &message);
	assert_int_equal(message.kind, MESSAGE_STREAM);
	assert_int_equal(message.period_ms, 1000);
	assert_int_equal(message.count, 5);
	assert_true(str_equal(message.data, STR("98 97.5 E E 90")));
}

static void what_does_not_fit_asks_for_the_stream_first(void **state)
{
	(void)state;
	struct gathered *full = NULL;
	assert_true(add("a", 0, "98", 1, &full));
	assert_true(add("a", 1 * S, "97", 2, &full));
	assert_false(add("a", 1 * S, "96", 3, &full));          /* the same second again */
	assert_false(add("a", 1 * S + 500000, "96", 3, &full)); /* off the grid */
	assert_false(add("a", 100 * S, "96", 3, &full));        /* too far ahead */
	assert_int_equal(full->id_count, 2);
	gather_remove(&gather, full);
	assert_true(add("a", 100 * S, "96", 3, &full));
	assert_true(add("b", 0, "80", 4, &full));
	assert_false(add("c", 0, "80", 5, &full)); /* no room: the oldest goes */
	assert_non_null(full);
}

static void a_full_stream_holds_every_sample_of_the_longest_kind(void **state)
{
	(void)state;
	struct gathered *full;
	for (int i = 0; i < GATHER_SAMPLES_MAX; i++)
		assert_true(add("a", i * S, "-12345678.901234", (uint16_t)(i + 1), &full));
	assert_false(add("a", GATHER_SAMPLES_MAX * S, "1", 99, &full));
	assert_int_equal(full->id_count, GATHER_SAMPLES_MAX);
}

/* The key is what tells the record that a reading was sent before: nothing else may have the same. */
static void a_key_is_of_one_reading_and_of_its_content(void **state)
{
	static const struct message readings[] = {
		{ .kind = MESSAGE_VALUE, .at_us = 1 * S, .data = STR_INIT("97"), .count = 1 },
		{ .kind = MESSAGE_VALUE, .at_us = 1 * S, .data = STR_INIT("88"), .count = 1 },
		{ .kind = MESSAGE_VALUE, .at_us = 2 * S, .data = STR_INIT("97"), .count = 1 },
		{ .kind = MESSAGE_STREAM,
		  .at_us = 1 * S,
		  .period_ms = 1000,
		  .data = STR_INIT("97 98"),
		  .count = 2 },
		{ .kind = MESSAGE_STREAM,
		  .at_us = 1 * S,
		  .period_ms = 2000,
		  .data = STR_INIT("97 98"),
		  .count = 2 },
		{ .kind = MESSAGE_STREAM,
		  .at_us = 1 * S,
		  .period_ms = 1000,
		  .data = STR_INIT("97 98 99"),
		  .count = 3 },
		{ .kind = MESSAGE_BATTERY, .at_us = 1 * S, .data = STR_INIT("97"), .count = 1 },
		{ .kind = MESSAGE_BATTERY, .at_us = 1 * S, .data = STR_INIT("96"), .count = 1 },
		{ .kind = MESSAGE_HEARTBEAT, .at_us = 1 * S },
		{ .kind = MESSAGE_OBSERVATION, .payload = STR_INIT("{}") },
	};
	enum { READINGS = sizeof(readings) / sizeof(readings[0]) };
	char keys[READINGS][160], again[160];
	(void)state;
	for (size_t i = 0; i < READINGS; i++) {
		struct message message = readings[i];
		message.device = STR("hub");
		message_key(&message, keys[i]);
		message_key(&message, again);
		assert_string_equal(again, keys[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(keys[i], keys[j]);
	}
}

static void packets_that_come_in_parts_are_waited_for(void **state)
{
	(void)state;
	static const char bytes[] = "\x32\x0c\x00\x03"
				    "a/b\x00\x07hello";
	struct packet packet;
	size_t used = 0;
	for (size_t length = 0; length < sizeof(bytes) - 1; length++)
		assert_int_equal(packet_read((struct str){ bytes, length }, &packet, &used),
				 PACKET_PART);
	assert_int_equal(packet_read((struct str){ bytes, sizeof(bytes) - 1 }, &packet, &used),
			 PACKET_WHOLE);
	assert_int_equal(packet.id, 7);
	assert_true(str_equal(packet.topic, STR("a/b")) && str_equal(packet.payload, STR("hello")));
	assert_int_equal(used, sizeof(bytes) - 1);
}

static void packets_that_are_not_for_a_subscriber_are_refused(void **state)
{
	(void)state;
	static const struct str wrong[] = {
		STR_INIT("\x34\x07\x00\x03"
			 "a/b\x00\x07"), /* QoS 2 was not asked for */
		STR_INIT("\x32\x07\x00\x03"
			 "a/b\x00\x00"), /* QoS 1 without an id */
		STR_INIT("\x30\x05\x00\x09"
			 "a/b"),                      /* a topic longer than the packet */
		STR_INIT("\x10\x00"),                 /* a server does not connect */
		STR_INIT("\x30\xff\xff\xff\xff\x01"), /* a length of five bytes */
		STR_INIT("\x30\xff\xff\xff\x7f"),     /* 256 MiB */
	};
	struct packet packet;
	size_t used;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(packet_read(wrong[i], &packet, &used), PACKET_WRONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(samples_on_a_grid_make_one_stream_with_its_gaps,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_does_not_fit_asks_for_the_stream_first, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_stream_holds_every_sample_of_the_longest_kind, set_up, tear_down),
		cmocka_unit_test(a_key_is_of_one_reading_and_of_its_content),
		cmocka_unit_test(packets_that_come_in_parts_are_waited_for),
		cmocka_unit_test(packets_that_are_not_for_a_subscriber_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
