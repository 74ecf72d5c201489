/* SPDX-License-Identifier: Apache-2.0
 * Readings that come one by one, each second, put together to one stream a device and sign, so that the record
 * holds them in its compact form. Nothing is lost in it: a reading that does not stand on the grid of the ones
 * before begins a new stream, and a missing second is written as such. Bounded in streams and samples. Thread:
 * one. */
#ifndef GATEWAY_GATHER_H
#define GATEWAY_GATHER_H

#include "gateway/message.h"

#define GATHER_SAMPLES_MAX 60

struct gathered {
	char device[65];
	unsigned sign;
	int64_t start_us, period_us; /* period 0: one sample so far */
	int64_t begun_us;            /* monotonic: when the first came */
	size_t count;                /* with the gaps */
	char data[GATHER_SAMPLES_MAX * 18];
	size_t length;
	uint16_t ids[GATHER_SAMPLES_MAX]; /* of the messages in it */
	size_t id_count;
};
struct gather {
	struct gathered *streams;
	size_t count, capacity;
};
/* Room for `capacity` streams; false when there is no memory. */
bool gather_init(struct gather *gather, size_t capacity);
void gather_done(struct gather *gather);
/* True: taken into a stream. False: the stream of this device and sign must be handed out first (or the least recent,
 * when there is no room): *ret_full. */
bool gather_add(struct gather *gather, const struct message *message, uint16_t id, int64_t now_us,
		struct gathered **ret_full);
/* A stream begun before `before_us`, or NULL. */
struct gathered *gather_oldest(struct gather *gather, int64_t before_us);
/* The stream as a message (one sample: a value), which borrows from it. */
void gather_message(const struct gathered *gathered, struct message *ret_message);
void gather_remove(struct gather *gather, struct gathered *gathered);

#endif
