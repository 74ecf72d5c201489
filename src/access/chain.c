/* SPDX-License-Identifier: Apache-2.0 */
#include "access/chain.h"

#define EVENT_BYTES_MAX ((size_t)512 * 1024)
#define ARENA_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define URL "https://fhir.homeward.example/"

void chain_init(struct chain *chain, struct store *store)
{
	*chain = (struct chain){ .store = store };
	arena_init(&chain->arena, ARENA_BYTES_MAX);
	mutex_init(&chain->mutex);
}

void chain_done(struct chain *chain)
{
	arena_done(&chain->arena);
	mutex_destroy(&chain->mutex);
}

void chain_id(int64_t number, char ret_id[CHAIN_ID_BYTES])
{
	char digits[11];
	for (int i = 9; i >= 0; i--) {
		digits[i] = (char)('0' + number % 10);
		number /= 10;
	}
	memcpy(ret_id, "audit-", 6);
	memcpy(ret_id + 6, digits, 10);
	ret_id[16] = '\0';
}

bool chain_hash(struct arena *arena, struct json *event, char ret_hex[CHAIN_HASH_BYTES])
{
	uint8_t hash[HASH_SHA256_BYTES];
	struct text text;
	(void)json_remove(event, STR("meta"));
	text_init(&text, arena, 2 * EVENT_BYTES_MAX);
	json_print(&text, event);
	struct str view = text_view(&text);
	if (text.failed)
		return false;
	hash_sha256(view.ptr, view.len, hash);
	hash_write_hex(hash, ret_hex);
	return true;
}

static void publish(struct chain *chain)
{
	mutex_lock(&chain->mutex);
	chain->head_number = chain->number;
	memcpy(chain->head_hash, chain->hash, sizeof(chain->head_hash));
	chain->head_known = true;
	mutex_unlock(&chain->mutex);
}

bool chain_head(struct chain *chain, int64_t *ret_number, char ret_hash[CHAIN_HASH_BYTES])
{
	mutex_lock(&chain->mutex);
	bool known = chain->head_known;
	*ret_number = chain->head_number;
	memcpy(ret_hash, chain->head_hash, CHAIN_HASH_BYTES);
	mutex_unlock(&chain->mutex);
	return known;
}

/* Where the chain ends. */
static bool read_head(struct chain *chain)
{
	char id[CHAIN_ID_BYTES];
	struct store_version version = { 0 };
	struct json *event = NULL;
	struct store_reader *reader = store_reader_borrow(chain->store);
	if (reader == NULL)
		return false;
	chain->number = store_cursor(reader, STR(CHAIN_CURSOR));
	memset(chain->hash, '0', CHAIN_HASH_BYTES - 1);
	chain->hash[CHAIN_HASH_BYTES - 1] = '\0';
	chain_id(chain->number, id);
	enum error error = ERROR_OK;
	if (chain->number > 0)
		error = store_read(reader, &chain->arena, fhir_resource_find(STR("AuditEvent")),
				   str_from_c(id), &version);
	store_reader_return(reader);
	if (chain->number > 0 && error == ERROR_OK)
		error = json_parse(&chain->arena, version.body, NULL, NULL, &event);
	if (error == ERROR_OK && event != NULL && !chain_hash(&chain->arena, event, chain->hash))
		error = ERROR_LIMIT;
	if (error == ERROR_OK)
		publish(chain);
	return error == ERROR_OK;
}

bool chain_find_end(struct chain *chain)
{
	if (!chain->known)
		chain->known = read_head(chain);
	return chain->known;
}

static struct json *event_tree(struct arena *arena, const struct chain_link *link, int64_t number,
			       const char *previous)
{
	struct text text;
	struct json *tree = NULL;
	char id[CHAIN_ID_BYTES];
	chain_id(number, id);
	text_init(&text, arena, 2 * EVENT_BYTES_MAX);
	text_put_format(
		&text,
		"{\"resourceType\":\"AuditEvent\",\"id\":\"%s\",\"extension\":[{\"url\":\"" URL
		"StructureDefinition/audit-chain\",\"extension\":[{\"url\":\"number\","
		"\"valueString\":\"%lld\"},{\"url\":\"previous\",\"valueString\":\"%s\"}]}",
		id, (long long)number, previous);
	if (link->extension.len > 0)
		text_put_byte(&text, ',');
	text_put(&text, link->extension);
	text_put_c(&text, "],");
	text_put(&text, (struct str){ link->rest.ptr + 1, link->rest.len - 1 });
	if (text.failed || json_parse(arena, text_view(&text), NULL, NULL, &tree) != ERROR_OK)
		return NULL;
	return tree;
}

static bool prepare(struct arena *arena, struct json *tree, struct store_write *ret_write)
{
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);
	struct text body;
	struct str id = json_get_text(tree, STR("id"));
	if (index == NULL || fhir_index_extract(arena, tree, index) != ERROR_OK)
		return false;
	text_init(&body, arena, 2 * EVENT_BYTES_MAX);
	store_body_print(&body, arena, tree, id);
	*ret_write = (struct store_write){ .method = STORE_CREATE,
					   .type = fhir_resource_find(STR("AuditEvent")),
					   .id = id,
					   .version_expected = STORE_VERSION_NONE,
					   .body = text_view(&body),
					   .index = index };
	return !body.failed;
}

bool chain_append(struct chain *chain, const struct chain_link *links, size_t count)
{
	char hash[CHAIN_HASH_BYTES];
	struct store_write *writes = ARENA_NEW(&chain->arena, struct store_write, count);
	if (!chain_find_end(chain) || writes == NULL)
		return false;
	memcpy(hash, chain->hash, sizeof(hash));
	for (size_t i = 0; i < count; i++) {
		struct json *tree =
			event_tree(&chain->arena, &links[i], chain->number + 1 + (int64_t)i, hash);
		if (tree == NULL || !chain_hash(&chain->arena, tree, hash) ||
		    !prepare(&chain->arena, tree, &writes[i]))
			return false;
	}
	struct store_commit commit = {
		.writes = writes,
		.write_count = count,
		.origin = STR(CHAIN_ORIGIN),
		.cursor_name = STR(CHAIN_CURSOR),
		.cursor = chain->number + (int64_t)count,
		.feed_expected = -1,
	};
	if (store_commit_wait(chain->store, &commit) != ERROR_OK)
		return false;
	chain->number += (int64_t)count;
	memcpy(chain->hash, hash, sizeof(hash));
	publish(chain);
	return true;
}
