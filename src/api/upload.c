/* SPDX-License-Identifier: Apache-2.0 */
#include "api/upload.h"

#include "api/identity.h"
#include "api/named.h"

#include <stdio.h>

/* Each part with its length before it, so that no two lists of parts make the same bytes. */
static void put_part(struct text *text, struct str part)
{
	text_put_format(text, "%zu:", part.len);
	text_put(text, part);
	text_put_byte(text, ',');
}

/* The same words in a header and in a Bundle, or of two people, are two keys. */
static enum error set_key(struct call *call, struct str kind, struct str system, struct str key,
			  struct upload *upload)
{
	struct text text;
	struct str none = { NULL, 0 };
	text_init(&text, &call->arena, EXCHANGE_BYTES_MAX);
	put_part(&text, STR("homeward upload 1"));
	put_part(&text, kind);
	put_part(&text, call->named == NULL ? none : call->named->person.reference);
	put_part(&text, system);
	put_part(&text, key);
	if (text.failed)
		return ERROR_LIMIT;
	hash_sha256(text_view(&text).ptr, text_view(&text).len, upload->key);
	upload->has_key = true;
	return ERROR_OK;
}

enum error upload_read(struct call *call, const struct json *bundle, struct upload *ret_upload)
{
	char key[HEADER_KEY_BYTES_MAX];
	size_t length = 0;
	struct str none = { NULL, 0 };
	struct str header = call_header(call, "Idempotency-Key");
	const struct json *identifier = json_get(bundle, STR("identifier"));
	struct str value = json_get_text(identifier, STR("value"));
	*ret_upload = (struct upload){ 0 };
	if (header.ptr == NULL && value.len == 0)
		return ERROR_OK;
	if (header.ptr == NULL)
		return set_key(call, STR("bundle"), json_get_text(identifier, STR("system")), value,
			       ret_upload);
	if (!header_key(header, key, &length))
		return issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
				 "Idempotency-Key must be 1 to %d printable ASCII characters, in "
				 "double quotes or, without spaces and quotes, bare",
				 HEADER_KEY_BYTES_MAX);
	return set_key(call, STR("header"), none, (struct str){ key, length }, ret_upload);
}

static struct str id_of(const struct change *change)
{
	char entry[64];
	uint8_t hash[HASH_SHA256_BYTES];
	uint8_t bytes[HASH_SHA256_BYTES + sizeof(entry)];
	int length = snprintf(entry, sizeof(entry), "%zu %.*s", change->upload_index,
			      STR_ARG(fhir_resource_name(change->type)));
	ASSERT(length > 0 && (size_t)length < sizeof(entry));
	memcpy(bytes, change->upload->key, HASH_SHA256_BYTES);
	memcpy(bytes + HASH_SHA256_BYTES, entry, (size_t)length);
	hash_sha256(bytes, HASH_SHA256_BYTES + (size_t)length, hash);
	return identity_of(&change->call->arena, hash);
}

enum error upload_resolve(struct change *change, struct store_reader *reader)
{
	struct arena *arena = &change->call->arena;
	struct store_version first = { 0 };
	change->id = id_of(change);
	if (change->id.ptr == NULL)
		return ERROR_LIMIT;
	/* Sent twice at once: whoever comes second finds it at the next try. */
	change->expects_read = true;
	enum error error = store_read_version(reader, arena, change->type, change->id, 1, &first);
	if (error == ERROR_NOT_FOUND)
		return ERROR_OK;
	if (error == ERROR_OK)
		error = json_parse(arena, first.body, NULL, NULL, &change->created_before);
	if (error != ERROR_OK)
		return error;
	error = store_read(reader, arena, change->type, change->id, &change->version);
	if (error == ERROR_GONE) {
		change->version = first; /* deleted since: it is not made again */
		error = ERROR_OK;
	}
	return error;
}

enum error upload_settle(struct change *change)
{
	struct text text;
	struct json *before = change->created_before;
	if (before == NULL)
		return ERROR_OK;
	/* Printing brings both to the stored form; its bytes are not needed. */
	text_init(&text, &change->call->arena, EXCHANGE_BYTES_MAX);
	store_body_print(&text, &change->call->arena, before, change->id);
	if (text.failed)
		return ERROR_LIMIT;
	if (!json_equal(before, change->resource))
		return issue_add(change->issues, ERROR_INVALID, STR(""),
				 "this key was used for another upload: the %.*s that was created "
				 "with it then differs from the one sent now. Send what was sent "
				 "then, or take a new key",
				 STR_ARG(fhir_resource_name(change->type)));
	change->writes = false;
	change->status = 200;
	change->has_version = true;
	return ERROR_OK;
}
