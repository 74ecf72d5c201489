/* SPDX-License-Identifier: Apache-2.0
 * The chain of the log, from its first event to the last that a commit has counted. */
#include "access/audit.h"

#define ARENA_BYTES_MAX ((size_t)64 * 1024 * 1024)

static struct str chain_part(const struct json *event, struct str name)
{
	const struct json *extensions = json_get(event, STR("extension"));
	const struct json *chain = json_at(extensions, 0);
	const struct json *parts = json_get(chain, STR("extension"));
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		if (str_equal(json_get_text(at, STR("url")), name))
			return json_get_text(at, STR("valueString"));
	}
	return (struct str){ NULL, 0 };
}

/* One event; its hash becomes what the next one must name. */
static bool is_sound(struct store_reader *reader, struct arena *arena, int64_t number,
		     char hash[AUDIT_HASH_BYTES], const char **ret_fault)
{
	char id[AUDIT_ID_BYTES];
	struct store_version version = { 0 };
	struct json *event = NULL;
	int64_t stated = 0;
	audit_id(number, id);
	*ret_fault = "is missing";
	if (store_read(reader, arena, fhir_resource_find(STR("AuditEvent")), str_from_c(id),
		       &version) != ERROR_OK ||
	    json_parse(arena, version.body, NULL, NULL, &event) != ERROR_OK)
		return false;
	*ret_fault = "was written more than once";
	if (version.version != 1)
		return false;
	*ret_fault = "does not follow from the event before it";
	if (!str_to_i64(chain_part(event, STR("number")), &stated) || stated != number ||
	    !str_equal(chain_part(event, STR("previous")), str_from_c(hash)))
		return false;
	*ret_fault = "cannot be read";
	return audit_hash(arena, event, hash);
}

enum error audit_verify(struct store *store, struct issues *issues, int64_t *ret_events)
{
	struct arena arena;
	char hash[AUDIT_HASH_BYTES];
	const char *fault = "";
	bool sound = true;
	struct store_reader *reader = store_reader_borrow(store);
	if (reader == NULL)
		return ERROR_BUSY;
	arena_init(&arena, ARENA_BYTES_MAX);
	memset(hash, '0', AUDIT_HASH_BYTES - 1);
	hash[AUDIT_HASH_BYTES - 1] = '\0';
	int64_t count = store_cursor(reader, STR(AUDIT_CURSOR));
	/* After the first fault nothing can be said of what follows. */
	for (int64_t number = 1; number <= count && sound; number++) {
		arena_reset(&arena);
		sound = is_sound(reader, &arena, number, hash, &fault);
		if (!sound)
			(void)issue_add(issues, ERROR_CONFLICT, STR("AuditEvent"),
					"The access log is broken: event %lld %s.",
					(long long)number, fault);
	}
	store_reader_return(reader);
	arena_done(&arena);
	*ret_events = count;
	return sound ? ERROR_OK : ERROR_CONFLICT;
}
