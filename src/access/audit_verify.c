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

/* What the walk along the chain has found. */
struct walk {
	struct store_reader *reader;
	struct issues *issues;
	struct arena arena, beside; /* of an event, of the versions under a seal */
	const struct audit_anchors *anchors;
	size_t anchor; /* the next one */
	size_t broken; /* what is not as it was written */
	size_t unread; /* what could not be read: nothing is known of it */
	struct audit_figures figures;
};

static bool is_unknown(enum error error)
{
	return error != ERROR_OK && error != ERROR_NOT_FOUND && error != ERROR_GONE;
}

/* One event; its hash becomes what the next one must name. NULL: it is sound; else what is wrong with it, and
 * *ret_unread when it could not be read. */
static const char *event_fault(struct walk *walk, int64_t number, char hash[CHAIN_HASH_BYTES],
			       struct json **ret_event, bool *ret_unread)
{
	char id[CHAIN_ID_BYTES];
	struct store_version version = { 0 };
	struct json *event = NULL;
	int64_t stated = 0;
	chain_id(number, id);
	enum error error =
		store_read(walk->reader, &walk->arena, fhir_resource_find(STR("AuditEvent")),
			   str_from_c(id), &version);
	*ret_unread = is_unknown(error);
	if (error != ERROR_OK)
		return *ret_unread ? "could not be read" : "is missing";
	error = json_parse(&walk->arena, version.body, NULL, NULL, &event);
	*ret_unread = error == ERROR_LIMIT;
	if (error != ERROR_OK)
		return *ret_unread ? "could not be read" : "is no AuditEvent";
	if (version.version != 1)
		return "was written more than once";
	if (!str_to_i64(chain_part(event, STR("number")), &stated) || stated != number ||
	    !str_equal(chain_part(event, STR("previous")), str_from_c(hash)))
		return "does not follow from the event before it";
	*ret_event = event;
	*ret_unread = !chain_hash(&walk->arena, event, hash);
	return *ret_unread ? "could not be read" : NULL;
}

/* Seals follow each other without a gap; some versions may stand in two (sealer.c). */
static void check_seal(struct walk *walk, const struct seal *seal)
{
	int64_t *sealed = &walk->figures.sealed;
	enum seal_finding finding = SEAL_HOLDS;
	if (seal->after > *sealed || seal->to < *sealed) {
		walk->broken++;
		(void)issue_add(walk->issues, ERROR_CONFLICT, STR("AuditEvent"),
				"The log has no seal of the versions %lld to %lld of the record.",
				(long long)*sealed + 1, (long long)seal->after);
	} else {
		finding = seal_check(walk->reader, &walk->beside, seal);
	}
	if (finding == SEAL_BROKEN) {
		walk->broken++;
		(void)issue_add(walk->issues, ERROR_CONFLICT, STR("AuditEvent"),
				"The versions %lld to %lld of the record are not those that were "
				"sealed: something was changed, removed or put in.",
				(long long)seal->after + 1, (long long)seal->to);
	} else if (finding == SEAL_UNREADABLE) {
		walk->unread++;
		(void)issue_add(walk->issues, ERROR_STORAGE, STR("AuditEvent"),
				"The versions %lld to %lld of the record could not be read: "
				"whether they are those that were sealed is not known.",
				(long long)seal->after + 1, (long long)seal->to);
	}
	*sealed = seal->to > *sealed ? seal->to : *sealed;
}

/* The anchors of event `number`; the walk goes on to those of later ones. */
static void check_anchors(struct walk *walk, int64_t number, const char *hash)
{
	const struct audit_anchors *anchors = walk->anchors;
	for (; walk->anchor < anchors->count && anchors->list[walk->anchor].number <= number;
	     walk->anchor++) {
		const struct audit_anchor *anchor = &anchors->list[walk->anchor];
		if (anchor->number != number ||
		    str_equal(str_from_c(anchor->hash), str_from_c(hash)))
			continue;
		walk->broken++;
		(void)issue_add(walk->issues, ERROR_CONFLICT, STR("AuditEvent"),
				"Event %lld of the access log is not the one that the watcher "
				"saw: the log was made anew.",
				(long long)number);
	}
}

/* True: it is sound, and the next one can be looked at. */
static bool check_event(struct walk *walk, int64_t number, char hash[CHAIN_HASH_BYTES])
{
	struct json *event = NULL;
	struct seal seal;
	bool is_unread = false;
	arena_reset(&walk->arena);
	const char *fault = event_fault(walk, number, hash, &event, &is_unread);
	if (fault == NULL) {
		if (seal_read(event, &seal))
			check_seal(walk, &seal);
		check_anchors(walk, number, hash);
		return true;
	}
	*(is_unread ? &walk->unread : &walk->broken) += 1;
	(void)issue_add(walk->issues, is_unread ? ERROR_STORAGE : ERROR_CONFLICT, STR("AuditEvent"),
			"The access log %s: event %lld %s.",
			is_unread ? "cannot be checked" : "is broken", (long long)number, fault);
	return false;
}

static void walk_chain(struct walk *walk)
{
	char hash[CHAIN_HASH_BYTES];
	const struct audit_anchors *anchors = walk->anchors;
	bool sound = true;
	memset(hash, '0', CHAIN_HASH_BYTES - 1);
	hash[CHAIN_HASH_BYTES - 1] = '\0';
	walk->figures.events = store_cursor(walk->reader, STR(CHAIN_CURSOR));
	check_anchors(walk, 0, hash);
	/* After the first fault nothing can be said of what follows. */
	for (int64_t number = 1; number <= walk->figures.events && sound; number++)
		sound = check_event(walk, number, hash);
	if (!sound || walk->anchor == anchors->count)
		return;
	walk->broken++;
	(void)issue_add(walk->issues, ERROR_CONFLICT, STR("AuditEvent"),
			"The access log ends with event %lld; the watcher saw event %lld: it "
			"was cut, or the record restored from before.",
			(long long)walk->figures.events,
			(long long)anchors->list[anchors->count - 1].number);
}

enum error audit_verify(struct store *store, struct audit_anchors anchors, struct issues *issues,
			struct audit_figures *ret_figures)
{
	struct walk walk = { .reader = store_reader_borrow(store),
			     .issues = issues,
			     .anchors = &anchors };
	if (walk.reader == NULL)
		return ERROR_BUSY;
	arena_init(&walk.arena, ARENA_BYTES_MAX);
	arena_init(&walk.beside, ARENA_BYTES_MAX);
	walk_chain(&walk);
	store_reader_return(walk.reader);
	arena_done(&walk.beside);
	arena_done(&walk.arena);
	*ret_figures = walk.figures;
	if (walk.broken > 0)
		return ERROR_CONFLICT;
	return walk.unread > 0 ? ERROR_STORAGE : ERROR_OK;
}
