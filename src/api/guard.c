/* SPDX-License-Identifier: Apache-2.0
 * A room's say over changes of one type: asked on the snapshot on which a change is resolved, whatever way it came
 * (alone, in a batch, in a transaction). The change then holds for the version that was looked at and no other. */
#include "api/exchange.h"
#include "api/server.h"

static const struct change_guard *guard_of(const struct server *server, uint16_t type)
{
	for (size_t i = 0; i < server->options.guard_count; i++) {
		const struct change_guard *guard = &server->options.guards[i];
		if (fhir_resource_find(guard->type) == type)
			return guard;
	}
	return NULL;
}

enum error guard_ask(struct change *change, struct store_reader *reader)
{
	const struct change_guard *guard = guard_of(change->call->server, change->type);
	struct store_version version = { 0 };
	struct json *current = NULL;
	if (guard == NULL)
		return ERROR_OK;
	enum error error = ERROR_NOT_FOUND; /* a create is of nothing that is there */
	if (change->method != HTTP_POST)
		error = store_read(reader, &change->call->arena, change->type, change->id,
				   &version);
	if (error == ERROR_OK)
		error = json_parse(&change->call->arena, version.body, NULL, NULL, &current);
	if (error != ERROR_OK && error != ERROR_NOT_FOUND && error != ERROR_GONE)
		return error;
	if (change->write.version_expected == STORE_VERSION_ANY &&
	    (current != NULL || change->method != HTTP_DELETE)) {
		change->write.version_expected =
			current == NULL ? STORE_VERSION_NONE : version.version;
		change->expects_read = true;
	}
	const struct guarded guarded = {
		.call = change->call,
		.issues = change->issues,
		.reader = reader,
		.id = change->id,
		.current = current,
		.next = change->method == HTTP_DELETE ? NULL : change->resource,
		.demand = &change->demand,
	};
	return guard->check(&guarded);
}
