/* SPDX-License-Identifier: Apache-2.0
 * Many files on their way: one thread reads ahead, some threads send, each over its own connection, and
 * the caller's thread decides what goes when and adds up. */
#ifndef CLIENT_IMPORT_FLOW_H
#define CLIENT_IMPORT_FLOW_H

#include "client/import.h"

enum { IMPORT_PARALLEL_MAX = 16, IMPORT_AHEAD = 2 };

struct import_flow {
	struct client *const *clients; /* as many as `parallel` */
	size_t parallel;
	struct import_screen *screen;
	void *context;
	size_t count; /* files, from 0 */
	/* Both are called on the thread that runs the flow. False: nothing to do with this one. */
	bool (*begin)(void *context, size_t at, struct import_file *file, bool *ret_alone);
	void (*finish)(void *context, size_t at, const struct import_file *file);
};
/* Files are begun in their order; one that is alone waits for those before it and those after it wait for
 * it. False when the server was lost or there is no room for threads; what was on its way has then ended. */
bool import_flow_run(const struct import_flow *flow);

#endif
