/* SPDX-License-Identifier: Apache-2.0 */
#include "main/manifest.h"

#include "os/file.h"
#include "json/json.h"

#include <string.h>

#define FORMAT "homeward-backup"
#define FORMAT_VERSION 1
#define MANIFEST_BYTES_MAX ((size_t)64 * 1024)
#define SEAL_MEMBER ",\n\"manifestSha256\":\""

static void hash_text(struct str text, char ret_hex[2 * HASH_SHA256_BYTES + 1])
{
	uint8_t hash[HASH_SHA256_BYTES];
	hash_sha256(text.ptr, text.len, hash);
	hash_write_hex(hash, ret_hex);
}

enum error manifest_write(struct arena *arena, int folder, const struct manifest *manifest)
{
	char hex[2 * HASH_SHA256_BYTES + 1];
	struct text text;
	text_init(&text, arena, MANIFEST_BYTES_MAX);
	text_put_format(&text,
			"{\"format\":\"" FORMAT "\",\"formatVersion\":%d,\n"
			"\"program\":\"%.*s\",\"schema\":%lld,\n"
			"\"taken\":\"%.*s\",\"feed\":%lld,\"verified\":%s,\n\"files\":[",
			FORMAT_VERSION, STR_ARG(manifest->program), (long long)manifest->schema,
			STR_ARG(manifest->taken), (long long)manifest->feed,
			manifest->verified ? "true" : "false");
	for (size_t i = 0; i < manifest->file_count; i++) {
		const struct manifest_file *file = &manifest->files[i];
		text_put(&text, i == 0 ? STR("\n{\"name\":") : STR(",\n{\"name\":"));
		json_print_string(&text, file->name);
		text_put_format(&text, ",\"bytes\":%lld,\"sha256\":\"%s\"}",
				(long long)file->seal.bytes, file->seal.sha256);
	}
	text_put(&text, STR("]"));
	hash_text(text_view(&text), hex);
	text_put_format(&text, SEAL_MEMBER "%s\"}\n", hex);
	if (text.failed)
		return ERROR_LIMIT;
	return file_write_whole(folder, MANIFEST_NAME, text_view(&text));
}

/* --- reading -------------------------------------------------------------------------------- */

/* The last member says the hash of all before it. */
static bool is_whole(struct str text)
{
	char hex[2 * HASH_SHA256_BYTES + 1];
	size_t tail = sizeof(SEAL_MEMBER) - 1 + sizeof(hex) - 1 + sizeof("\"}\n") - 1;
	if (text.len < tail)
		return false;
	struct str head = str_slice(text, 0, text.len - tail);
	struct str rest = str_slice(text, text.len - tail, text.len);
	hash_text(head, hex);
	return str_starts_with(rest, STR(SEAL_MEMBER)) &&
	       memcmp(rest.ptr + sizeof(SEAL_MEMBER) - 1, hex, sizeof(hex) - 1) == 0 &&
	       str_equal(str_slice(rest, rest.len - 3, rest.len), STR("\"}\n"));
}

static bool read_number(const struct json *tree, struct str name, int64_t *ret_number)
{
	const struct json *member = json_get(tree, name);
	return member != NULL && member->type == JSON_NUMBER &&
	       str_to_i64(json_text(member), ret_number) && *ret_number >= 0;
}

static bool is_file_name(struct str name)
{
	return name.len > 0 && name.len < 200 && name.ptr[0] != '.' &&
	       str_find_byte(name, '/', 0) == name.len &&
	       str_find_byte(name, '\0', 0) == name.len && !str_equal(name, STR(MANIFEST_NAME));
}

static bool is_hash(struct str text)
{
	size_t at = 0;
	while (at < text.len && ((text.ptr[at] >= '0' && text.ptr[at] <= '9') ||
				 (text.ptr[at] >= 'a' && text.ptr[at] <= 'f')))
		at++;
	return at == text.len && text.len == 2 * (size_t)HASH_SHA256_BYTES;
}

static bool read_files(struct arena *arena, const struct json *list, struct manifest *manifest)
{
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		struct str hash = json_get_text(at, STR("sha256"));
		if (manifest->file_count == MANIFEST_FILES_MAX)
			return false;
		struct manifest_file *file = &manifest->files[manifest->file_count++];
		file->name = arena_copy(arena, json_get_text(at, STR("name")));
		if (!is_file_name(file->name) || !is_hash(hash) ||
		    !read_number(at, STR("bytes"), &file->seal.bytes))
			return false;
		memcpy(file->seal.sha256, hash.ptr, hash.len);
		file->seal.sha256[hash.len] = '\0';
	}
	return manifest->file_count > 0;
}

static bool read_all(struct arena *arena, const struct json *tree, struct manifest *manifest)
{
	const struct json *verified = json_get(tree, STR("verified"));
	manifest->program = json_get_text(tree, STR("program"));
	manifest->taken = json_get_text(tree, STR("taken"));
	manifest->verified = verified != NULL && verified->type == JSON_TRUE;
	return read_number(tree, STR("schema"), &manifest->schema) &&
	       read_number(tree, STR("feed"), &manifest->feed) &&
	       read_files(arena, json_get(tree, STR("files")), manifest);
}

enum error manifest_read(struct arena *arena, int folder, struct manifest *ret_manifest,
			 const char **ret_why)
{
	struct manifest manifest = { .file_count = 0 };
	struct json *tree = NULL;
	struct str text;
	int64_t version = 0;
	enum error error = file_read_whole(arena, folder, MANIFEST_NAME, MANIFEST_BYTES_MAX, &text);
	*ret_why = "its manifest cannot be read";
	if (error != ERROR_OK)
		return error == ERROR_NOT_FOUND ? error : ERROR_INVALID;
	*ret_why = "its manifest is damaged, or none of homeward's";
	if (!is_whole(text) || json_parse(arena, text, NULL, NULL, &tree) != ERROR_OK ||
	    !str_equal(json_get_text(tree, STR("format")), STR(FORMAT)))
		return ERROR_INVALID;
	*ret_why = "its form is of a newer version of homeward: restore it with that";
	if (!read_number(tree, STR("formatVersion"), &version) || version > FORMAT_VERSION)
		return ERROR_INVALID;
	*ret_why = "its manifest lacks what it must say";
	if (!read_all(arena, tree, &manifest))
		return ERROR_INVALID;
	*ret_manifest = manifest;
	return ERROR_OK;
}
