/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/gather.h"

#include <stdio.h>
#include <stdlib.h>

bool gather_init(struct gather *gather, size_t capacity)
{
	*gather = (struct gather){ .streams = calloc(capacity, sizeof(struct gathered)),
				   .capacity = capacity };
	return gather->streams != NULL;
}

void gather_done(struct gather *gather)
{
	free(gather->streams);
	*gather = (struct gather){ 0 };
}

static struct gathered *find(struct gather *gather, const struct message *message)
{
	for (size_t i = 0; i < gather->count; i++) {
		struct gathered *one = &gather->streams[i];
		if (one->sign == message->sign &&
		    str_equal(str_from_c(one->device), message->device))
			return one;
	}
	return NULL;
}

static void put_sample(struct gathered *stream, struct str sample)
{
	int put = snprintf(stream->data + stream->length, sizeof(stream->data) - stream->length,
			   "%s%.*s", stream->length == 0 ? "" : " ", STR_ARG(sample));
	ASSERT(put > 0 && stream->length + (size_t)put < sizeof(stream->data));
	stream->length += (size_t)put;
	stream->count++;
}

static void begin(struct gathered *stream, const struct message *message, uint16_t id,
		  int64_t now_us)
{
	*stream = (struct gathered){ .sign = message->sign,
				     .start_us = message->at_us,
				     .begun_us = now_us };
	snprintf(stream->device, sizeof(stream->device), "%.*s", STR_ARG(message->device));
	put_sample(stream, message->data);
	stream->ids[stream->id_count++] = id;
}

/* How many periods after the start this reading stands; -1: not on the grid. */
static int64_t place_of(const struct gathered *stream, int64_t at_us)
{
	int64_t after_us = at_us - stream->start_us;
	if (stream->period_us == 0) {
		bool fits = after_us >= MESSAGE_PERIOD_MS_MIN * 1000 &&
			    after_us <= (int64_t)MESSAGE_PERIOD_MS_MAX * 1000 &&
			    after_us % 1000 == 0;
		return fits ? 1 : -1;
	}
	return after_us % stream->period_us == 0 ? after_us / stream->period_us : -1;
}

static bool append(struct gathered *stream, const struct message *message, uint16_t id)
{
	int64_t place = place_of(stream, message->at_us);
	if (place < (int64_t)stream->count || place >= GATHER_SAMPLES_MAX)
		return false;
	if (stream->period_us == 0)
		stream->period_us = message->at_us - stream->start_us;
	while ((int64_t)stream->count < place)
		put_sample(stream, STR("E"));
	put_sample(stream, message->data);
	stream->ids[stream->id_count++] = id;
	return true;
}

bool gather_add(struct gather *gather, const struct message *message, uint16_t id, int64_t now_us,
		struct gathered **ret_full)
{
	struct gathered *stream = find(gather, message);
	if (stream != NULL) {
		*ret_full = stream;
		return append(stream, message, id);
	}
	if (gather->count == gather->capacity) {
		*ret_full = gather_oldest(gather, INT64_MAX);
		return false;
	}
	begin(&gather->streams[gather->count++], message, id, now_us);
	return true;
}

struct gathered *gather_oldest(struct gather *gather, int64_t before_us)
{
	struct gathered *oldest = NULL;
	for (size_t i = 0; i < gather->count; i++) {
		struct gathered *one = &gather->streams[i];
		if (one->begun_us < before_us &&
		    (oldest == NULL || one->begun_us < oldest->begun_us))
			oldest = one;
	}
	return oldest;
}

void gather_message(const struct gathered *gathered, struct message *ret_message)
{
	*ret_message = (struct message){
		.kind = gathered->count == 1 ? MESSAGE_VALUE : MESSAGE_STREAM,
		.device = str_from_c(gathered->device),
		.sign = gathered->sign,
		.at_us = gathered->start_us,
		.period_ms = gathered->period_us / 1000,
		.data = { gathered->data, gathered->length },
		.count = gathered->count,
	};
}

void gather_remove(struct gather *gather, struct gathered *gathered)
{
	*gathered = gather->streams[--gather->count];
}
