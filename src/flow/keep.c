/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/keep.h"

#include "base/limits.h"

enum error keep_once(struct store *store, struct arena *arena, struct json *resource)
{
	struct fhir_index index = { 0 };
	struct text body;
	enum error error = fhir_validate(arena, resource, NULL);
	if (error == ERROR_OK)
		error = fhir_index_extract(arena, resource, &index);
	if (error != ERROR_OK)
		return error;
	struct str id = json_get_text(resource, STR("id"));
	text_init(&body, arena, LIMIT_BODY_BYTES_MAX);
	store_body_print(&body, arena, resource, id);
	struct store_write write = { .method = STORE_CREATE,
				     .type = fhir_resource_type_of(resource),
				     .id = id,
				     .version_expected = STORE_VERSION_NONE,
				     .body = text_view(&body),
				     .index = &index };
	struct store_commit commit = {
		.writes = &write, .write_count = 1, .origin = STR("flow"), .feed_expected = -1
	};
	if (body.failed)
		return ERROR_LIMIT;
	error = store_commit_wait(store, &commit);
	return error == ERROR_PRECONDITION ? ERROR_OK : error; /* there already */
}
