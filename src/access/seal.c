/* SPDX-License-Identifier: Apache-2.0 */
#include "access/seal.h"

#include "base/date.h"

#define URL "https://fhir.homeward.example/"
#define LINE_BYTES_MAX 512
#define VERSIONS_AT_ONCE 500

void seal_begin(struct seal *seal, int64_t after)
{
	*seal = (struct seal){ .after = after, .to = after };
	memset(seal->hash, '0', SEAL_HASH_BYTES - 1);
}

static const char *method_word(enum store_method method)
{
	switch (method) {
	case STORE_CREATE:
		return "create";
	case STORE_UPDATE:
		return "update";
	case STORE_DELETE:
		return "delete";
	}
	return "";
}

bool seal_add(struct seal *seal, struct arena *arena, const struct store_version *version)
{
	uint8_t hash[HASH_SHA256_BYTES];
	struct text text;
	text_init(&text, arena, version->body.len + LINE_BYTES_MAX);
	text_put_format(&text, "%s\n%lld %.*s/%.*s/%lld %lld %s %.*s %zu\n", seal->hash,
			(long long)version->feed, STR_ARG(fhir_resource_name(version->type)),
			STR_ARG(version->id), (long long)version->version,
			(long long)version->at_us, method_word(version->method),
			STR_ARG(version->origin), version->body.len);
	text_put(&text, version->body);
	struct str view = text_view(&text);
	if (text.failed)
		return false;
	hash_sha256(view.ptr, view.len, hash);
	hash_write_hex(hash, seal->hash);
	seal->to = version->feed;
	seal->count++;
	return true;
}

/* --- as an event ---------------------------------------------------------------------------- */

void seal_put_extension(struct text *text, const struct seal *seal)
{
	text_put_format(text,
			"{\"url\":\"" URL "StructureDefinition/audit-seal\",\"extension\":["
			"{\"url\":\"after\",\"valueString\":\"%lld\"},"
			"{\"url\":\"to\",\"valueString\":\"%lld\"},"
			"{\"url\":\"sha256\",\"valueString\":\"%s\"}]}",
			(long long)seal->after, (long long)seal->to, seal->hash);
}

void seal_put_event(struct text *text, const struct seal *seal, int64_t now_us)
{
	char now[25];
	date_write_instant(now_us, now);
	text_put_format(
		text,
		"{\"type\":{\"system\":\"" URL "CodeSystem/audit-event\",\"code\":\"seal\","
		"\"display\":\"Versions of the record sealed\"},\"action\":\"E\","
		"\"recorded\":\"%s\",\"outcome\":\"0\",\"agent\":[{\"who\":{\"display\":"
		"\"Homeward\"},\"requestor\":false}],\"source\":{\"observer\":{\"display\":"
		"\"Homeward\"}},\"entity\":[{\"description\":\"Versions %lld to %lld of the "
		"record\"}]}",
		now, (long long)seal->after + 1, (long long)seal->to);
}

static struct str part(const struct json *extension, struct str name)
{
	const struct json *parts = json_get(extension, STR("extension"));
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		if (str_equal(json_get_text(at, STR("url")), name))
			return json_get_text(at, STR("valueString"));
	}
	return (struct str){ NULL, 0 };
}

bool seal_read(const struct json *event, struct seal *ret_seal)
{
	const struct json *extension = json_at(json_get(event, STR("extension")), 1);
	struct str hash = part(extension, STR("sha256"));
	struct seal seal = { 0 };
	if (!str_equal(json_get_text(extension, STR("url")),
		       STR(URL "StructureDefinition/audit-seal")) ||
	    !str_to_i64(part(extension, STR("after")), &seal.after) ||
	    !str_to_i64(part(extension, STR("to")), &seal.to) || hash.len != SEAL_HASH_BYTES - 1)
		return false;
	memcpy(seal.hash, hash.ptr, hash.len);
	*ret_seal = seal;
	return true;
}

/* --- checked -------------------------------------------------------------------------------- */

enum seal_finding seal_check(struct store_reader *reader, struct arena *arena,
			     const struct seal *seal)
{
	struct seal found;
	seal_begin(&found, seal->after);
	while (found.to < seal->to) {
		struct store_version *versions;
		size_t count = 0;
		arena_reset(arena);
		if (store_feed(reader, arena, found.to, VERSIONS_AT_ONCE, &versions, &count) !=
		    ERROR_OK)
			return SEAL_UNREADABLE;
		if (count == 0)
			return SEAL_BROKEN;
		for (size_t i = 0; i < count && found.to < seal->to; i++) {
			if (!seal_add(&found, arena, &versions[i]))
				return SEAL_UNREADABLE;
		}
	}
	return found.to == seal->to && str_equal(str_from_c(found.hash), str_from_c(seal->hash))
		       ? SEAL_HOLDS
		       : SEAL_BROKEN;
}
