/* SPDX-License-Identifier: Apache-2.0
 * The chain of the log, from its first event to the last that a commit has counted. */
#include "access/audit.h"
#include "access/seal.h"

/* Not less than what seals are made in (chain.c): large bodies that could be sealed can be checked. */
#define ARENA_BYTES_MAX ((size_t)512 * 1024 * 1024)

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
		     char hash[CHAIN_HASH_BYTES], struct json **ret_event, const char **ret_fault)
{
	char id[CHAIN_ID_BYTES];
	struct store_version version = { 0 };
	struct json *event = NULL;
	int64_t stated = 0;
	chain_id(number, id);
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
	*ret_event = event;
	return chain_hash(arena, event, hash);
}

/* Seals follow each other without a gap; some versions may stand in two (sealer.c). */
static void check_seal(struct store_reader *reader, struct arena *arena, const struct seal *seal,
		       struct issues *issues, int64_t *sealed)
{
	if (seal->after > *sealed || seal->to < *sealed)
		(void)issue_add(issues, ERROR_CONFLICT, STR("AuditEvent"),
				"The log has no seal of the versions %lld to %lld of the record.",
				(long long)*sealed + 1, (long long)seal->after);
	else if (!seal_holds(reader, arena, seal))
		(void)issue_add(issues, ERROR_CONFLICT, STR("AuditEvent"),
				"The versions %lld to %lld of the record are not those that were "
				"sealed: something was changed, removed or put in.",
				(long long)seal->after + 1, (long long)seal->to);
	*sealed = seal->to > *sealed ? seal->to : *sealed;
}

/* The anchors of event `number`; `at` goes on to those of later ones. */
static void check_anchors(const struct audit_anchors *anchors, size_t *at, int64_t number,
			  const char *hash, struct issues *issues)
{
	for (; *at < anchors->count && anchors->list[*at].number <= number; (*at)++) {
		if (anchors->list[*at].number == number &&
		    !str_equal(str_from_c(anchors->list[*at].hash), str_from_c(hash)))
			(void)issue_add(issues, ERROR_CONFLICT, STR("AuditEvent"),
					"Event %lld of the access log is not the one that the "
					"watcher saw: the log was made anew.",
					(long long)number);
	}
}

enum error audit_verify(struct store *store, struct audit_anchors anchors, struct issues *issues,
			struct audit_figures *ret)
{
	struct arena arena, beside;
	char hash[CHAIN_HASH_BYTES];
	const char *fault = "";
	bool sound = true;
	size_t before = issues->count, anchor = 0;
	struct audit_figures figures = { 0 };
	struct store_reader *reader = store_reader_borrow(store);
	if (reader == NULL)
		return ERROR_BUSY;
	arena_init(&arena, ARENA_BYTES_MAX);
	arena_init(&beside, ARENA_BYTES_MAX);
	memset(hash, '0', CHAIN_HASH_BYTES - 1);
	hash[CHAIN_HASH_BYTES - 1] = '\0';
	figures.events = store_cursor(reader, STR(CHAIN_CURSOR));
	check_anchors(&anchors, &anchor, 0, hash, issues);
	/* After the first fault nothing can be said of what follows. */
	for (int64_t number = 1; number <= figures.events && sound; number++) {
		struct json *event = NULL;
		struct seal seal;
		arena_reset(&arena);
		sound = is_sound(reader, &arena, number, hash, &event, &fault);
		if (!sound)
			(void)issue_add(issues, ERROR_CONFLICT, STR("AuditEvent"),
					"The access log is broken: event %lld %s.",
					(long long)number, fault);
		else if (seal_read(event, &seal))
			check_seal(reader, &beside, &seal, issues, &figures.sealed);
		if (sound)
			check_anchors(&anchors, &anchor, number, hash, issues);
	}
	if (sound && anchor < anchors.count)
		(void)issue_add(
			issues, ERROR_CONFLICT, STR("AuditEvent"),
			"The access log ends with event %lld; the watcher saw event %lld: it "
			"was cut, or the record restored from before.",
			(long long)figures.events,
			(long long)anchors.list[anchors.count - 1].number);
	store_reader_return(reader);
	arena_done(&beside);
	arena_done(&arena);
	*ret = figures;
	return issues->count == before ? ERROR_OK : ERROR_CONFLICT;
}
