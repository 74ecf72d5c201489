/* SPDX-License-Identifier: Apache-2.0 */
#include "store/body.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/store.h"
#include "json/json.h"

#include <stdlib.h>
#include <zstd.h>

enum { FORM_PLAIN = 0, FORM_ZSTD = 1, FORM_DICTIONARY = 2 };

#define COMPRESSION_LEVEL 1
#define PLAIN_BYTES_MAX 64       /* below this nothing is gained */
#define DICTIONARY_USE_MAX 32768 /* above this the dictionary no longer matters */

struct body_packer {
	ZSTD_CCtx *compressor;
	ZSTD_DCtx *decompressor;
	ZSTD_CDict *dictionary_in;
	ZSTD_DDict *dictionary_out;
};

#define DICTIONARY_BYTES_MAX 8192

struct body_packer *body_packer_create(void)
{
	struct body_packer *packer = calloc(1, sizeof(*packer));
	char bytes[DICTIONARY_BYTES_MAX];
	size_t length = body_dictionary[0].len;

	if (packer == NULL)
		return NULL;
	ASSERT(length + body_dictionary[1].len <= sizeof(bytes));
	memcpy(bytes, body_dictionary[0].ptr, length);
	memcpy(bytes + length, body_dictionary[1].ptr, body_dictionary[1].len);
	length += body_dictionary[1].len;
	packer->compressor = ZSTD_createCCtx();
	packer->decompressor = ZSTD_createDCtx();
	packer->dictionary_in = ZSTD_createCDict(bytes, length, COMPRESSION_LEVEL);
	packer->dictionary_out = ZSTD_createDDict(bytes, length);
	if (packer->compressor == NULL || packer->decompressor == NULL ||
	    packer->dictionary_in == NULL || packer->dictionary_out == NULL) {
		body_packer_destroy(packer);
		return NULL;
	}
	ZSTD_CCtx_setParameter(packer->compressor, ZSTD_c_compressionLevel, COMPRESSION_LEVEL);
	ZSTD_CCtx_setParameter(packer->compressor, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setParameter(packer->compressor, ZSTD_c_dictIDFlag, 0);
	ZSTD_DCtx_setParameter(packer->decompressor, ZSTD_d_windowLogMax, 27);
	return packer;
}

void body_packer_destroy(struct body_packer *packer)
{
	if (packer == NULL)
		return;
	ZSTD_freeCCtx(packer->compressor);
	ZSTD_freeDCtx(packer->decompressor);
	ZSTD_freeCDict(packer->dictionary_in);
	ZSTD_freeDDict(packer->dictionary_out);
	free(packer);
}

struct str body_pack(struct body_packer *packer, struct arena *arena, struct str body)
{
	size_t capacity = ZSTD_compressBound(body.len);
	char *bytes = arena_take(arena, capacity + 1, 1);
	bool small = body.len <= DICTIONARY_USE_MAX;
	size_t length = 0;

	if (bytes == NULL)
		return (struct str){ NULL, 0 };
	ASSERT(body.len <= LIMIT_BODY_BYTES_MAX * 2);
	if (body.len > PLAIN_BYTES_MAX) {
		ZSTD_CCtx_refCDict(packer->compressor, small ? packer->dictionary_in : NULL);
		length =
			ZSTD_compress2(packer->compressor, bytes + 1, capacity, body.ptr, body.len);
		if (ZSTD_isError(length) || length >= body.len)
			length = 0;
	}
	if (length == 0) {
		bytes[0] = FORM_PLAIN;
		if (body.len > 0)
			memcpy(bytes + 1, body.ptr, body.len);
		return (struct str){ bytes, body.len + 1 };
	}
	bytes[0] = small ? FORM_DICTIONARY : FORM_ZSTD;
	return (struct str){ bytes, length + 1 };
}

enum error body_unpack(struct body_packer *packer, struct arena *arena, struct str stored,
		       struct str *ret_body)
{
	unsigned long long size;
	size_t length;
	char *bytes;

	if (stored.len == 0)
		return ERROR_STORAGE;
	if (stored.ptr[0] == FORM_PLAIN) {
		bytes = arena_take(arena, stored.len, 1);
		if (bytes == NULL)
			return ERROR_LIMIT;
		memcpy(bytes, stored.ptr + 1, stored.len - 1);
		*ret_body = (struct str){ bytes, stored.len - 1 };
		return ERROR_OK;
	}
	if (stored.ptr[0] != FORM_ZSTD && stored.ptr[0] != FORM_DICTIONARY)
		return ERROR_STORAGE;
	size = ZSTD_getFrameContentSize(stored.ptr + 1, stored.len - 1);
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
	    size > LIMIT_BODY_BYTES_MAX * 2)
		return ERROR_STORAGE;
	bytes = arena_take(arena, (size_t)size + 1, 1);
	if (bytes == NULL)
		return ERROR_LIMIT;
	if (stored.ptr[0] == FORM_DICTIONARY)
		length = ZSTD_decompress_usingDDict(packer->decompressor, bytes, (size_t)size,
						    stored.ptr + 1, stored.len - 1,
						    packer->dictionary_out);
	else
		length = ZSTD_decompressDCtx(packer->decompressor, bytes, (size_t)size,
					     stored.ptr + 1, stored.len - 1);
	if (ZSTD_isError(length) || length != size)
		return ERROR_STORAGE;
	*ret_body = (struct str){ bytes, length };
	return ERROR_OK;
}

static bool take(struct str *rest, struct str start)
{
	if (!str_starts_with(*rest, start))
		return false;
	*rest = str_slice(*rest, start.len, rest->len);
	return true;
}

/* Cuts up to the next quote. Type names and ids hold no escapes. */
static bool take_name(struct str *rest, struct str *ret_name)
{
	size_t end = str_find_byte(*rest, '"', 0);

	if (end == rest->len)
		return false;
	*ret_name = str_slice(*rest, 0, end);
	*rest = str_slice(*rest, end, rest->len);
	return true;
}

/* Offset just after `"meta":{`, or 0. */
static size_t identity(struct str body, struct str *ret_type, struct str *ret_id)
{
	struct str rest = body;

	if (!take(&rest, STR("{\"resourceType\":\"")) || !take_name(&rest, ret_type) ||
	    !take(&rest, STR("\",\"id\":\"")) || !take_name(&rest, ret_id) ||
	    !take(&rest, STR("\",\"meta\":{")))
		return 0;
	return body.len - rest.len;
}

bool body_identity(struct str body, struct str *ret_type, struct str *ret_id)
{
	return identity(body, ret_type, ret_id) != 0;
}

static char *put(char *at, struct str text)
{
	memcpy(at, text.ptr, text.len);
	return at + text.len;
}

static char *put_number(char *at, int64_t value)
{
	char digits[24];
	size_t count = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (count > 0)
		*at++ = digits[--count];
	return at;
}

enum error body_splice(struct arena *arena, struct str body, int64_t version, int64_t at_us,
		       struct str *ret_body)
{
	struct str type, id;
	char instant[25];
	size_t split = identity(body, &type, &id);
	char *bytes, *at;

	if (split == 0 || split >= body.len)
		return ERROR_STORAGE;
	ASSERT(version > 0);
	bytes = arena_take(arena, body.len + 96, 1);
	if (bytes == NULL)
		return ERROR_LIMIT;
	date_write_instant(at_us, instant);
	at = put(bytes, str_slice(body, 0, split));
	at = put(at, STR("\"versionId\":\""));
	at = put_number(at, version);
	at = put(at, STR("\",\"lastUpdated\":\""));
	at = put(at, (struct str){ instant, 24 });
	*at++ = '"';
	if (body.ptr[split] != '}')
		*at++ = ',';
	at = put(at, str_slice(body, split, body.len));
	*at = '\0';
	*ret_body = (struct str){ bytes, (size_t)(at - bytes) };
	return ERROR_OK;
}

void store_body_print(struct text *text, struct arena *arena, struct json *resource, struct str id)
{
	struct json *meta = json_get(resource, STR("meta"));
	struct str type = json_get_text(resource, STR("resourceType"));

	if (meta == NULL)
		meta = json_new(arena, JSON_OBJECT);
	else
		json_remove(resource, STR("meta"));
	if (meta == NULL) {
		text->failed = true;
		return;
	}
	json_remove(meta, STR("versionId"));
	json_remove(meta, STR("_versionId"));
	json_remove(meta, STR("lastUpdated"));
	json_remove(meta, STR("_lastUpdated"));
	json_remove(resource, STR("resourceType"));
	json_remove(resource, STR("id"));
	meta->next = NULL;
	/* The three in reverse, each put before the others. */
	if (json_put_first(resource, STR("meta"), meta) == NULL ||
	    json_put_first(resource, STR("id"), json_new_string(arena, id)) == NULL ||
	    json_put_first(resource, STR("resourceType"), json_new_string(arena, type)) == NULL) {
		text->failed = true;
		return;
	}
	json_print(text, resource);
}
