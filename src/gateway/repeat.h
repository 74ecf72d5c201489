/* SPDX-License-Identifier: Apache-2.0
 * A single reading that the broker sends again. It may stand in the record as a sample of a stream that was put
 * together then and would be put together otherwise now, so its own key cannot tell. Thread: any. */
#ifndef GATEWAY_REPEAT_H
#define GATEWAY_REPEAT_H

#include "client/client.h"
#include "gateway/message.h"

/* Whether the record holds this value of the device, sign and instant, alone or in a stream. False: the record could
 * not be asked. */
bool repeat_find(struct client *client, struct arena *arena, const struct message *message,
		 bool *ret_found);

#endif
