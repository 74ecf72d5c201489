/* SPDX-License-Identifier: Apache-2.0
 * Which patient a device is with, as the record says, remembered for a short while: a kit that went to another
 * home must not go on speaking for the first. Thread: one. */
#ifndef GATEWAY_ASSIGNED_H
#define GATEWAY_ASSIGNED_H

#include "client/client.h"

#define ASSIGNED_BYTES 101
#define ASSIGNED_MAX 16384

struct assigned {
	char device[65];
	char subject[ASSIGNED_BYTES]; /* "Patient/1"; empty: nobody */
	int64_t asked_us;             /* monotonic; 0: an empty place */
};
struct assigned_table {
	struct assigned places[ASSIGNED_MAX];
};
/* False: the record could not be asked. Empty subject: the device is not known or with nobody. */
bool assigned_find(struct assigned_table *table, struct client *client, struct arena *arena,
		   struct str device, int64_t now_us, struct str *ret_subject);

#endif
