/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as MQTT packets: what is read lies within the bytes, and every whole packet moves on. */
#include "base/assert.h"
#include "gateway/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool lies_in(struct str part, struct str whole)
{
	return part.len == 0 ||
	       (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str rest = { (const char *)bytes, size };
	struct packet packet;
	size_t used = 0;
	while (packet_read(rest, &packet, &used) == PACKET_WHOLE) {
		ASSERT(used >= 2 && used <= rest.len);
		ASSERT(packet.type != PACKET_PUBLISH ||
		       (packet.topic.len > 0 && lies_in(packet.topic, rest) &&
			lies_in(packet.payload, rest)));
		rest = str_slice(rest, used, rest.len);
	}
	return 0;
}
