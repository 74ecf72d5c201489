/* SPDX-License-Identifier: Apache-2.0 */
#include "store/symbol.h"

#include "base/hash.h"

#include <stdlib.h>

#define SLOT_COUNT 16384 /* 2 MiB in all */
#define SLOT_TEXT_MAX 108

struct slot {
	uint32_t generation; /* valid when it equals the cache's */
	uint16_t kind;
	uint16_t length;
	int64_t number;
	char text[SLOT_TEXT_MAX];
};

struct symbol_cache {
	uint32_t generation;
	struct slot slots[SLOT_COUNT];
};

/* Identities share the cache: their kind is this plus the type code. */
#define KIND_IDENTITY 1000

struct symbol_cache *symbol_cache_create(void)
{
	struct symbol_cache *cache = calloc(1, sizeof(*cache));

	if (cache != NULL)
		cache->generation = 1;
	return cache;
}

void symbol_cache_destroy(struct symbol_cache *cache)
{
	free(cache);
}

void symbol_cache_clear(struct symbol_cache *cache)
{
	if (++cache->generation == 0) {
		memset(cache->slots, 0, sizeof(cache->slots));
		cache->generation = 1;
	}
}

/* The slot for a text, or NULL when it is too long to be kept. */
static struct slot *slot_of(struct symbol_cache *cache, uint16_t kind, struct str text)
{
	if (cache == NULL || text.len > SLOT_TEXT_MAX)
		return NULL;
	return &cache->slots[hash_bytes(text.ptr, text.len, kind) % SLOT_COUNT];
}

static bool slot_holds(const struct symbol_cache *cache, const struct slot *slot, uint16_t kind,
		       struct str text)
{
	return slot != NULL && slot->generation == cache->generation && slot->kind == kind &&
	       slot->length == text.len &&
	       (text.len == 0 || memcmp(slot->text, text.ptr, text.len) == 0);
}

static void slot_fill(const struct symbol_cache *cache, struct slot *slot, uint16_t kind,
		      struct str text)
{
	slot->generation = cache->generation;
	slot->kind = kind;
	slot->length = (uint16_t)text.len;
	if (text.len > 0)
		memcpy(slot->text, text.ptr, text.len);
}

static void failed(struct symbols *symbols, int code)
{
	if (symbols->code == SQLITE_OK)
		symbols->code = code == SQLITE_OK ? SQLITE_ERROR : code;
}

/* As database_integer, but an error is kept: "unknown" would be the wrong answer. */
static int64_t find(struct symbols *symbols, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	int64_t number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;

	sqlite3_reset(statement);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		failed(symbols, code);
	return number;
}

int64_t symbol_number(struct symbols *symbols, enum symbol_kind kind, struct str text)
{
	struct slot *slot = slot_of(symbols->cache, (uint16_t)kind, text);
	sqlite3_stmt *statement;
	int64_t number;
	int code;

	if (slot_holds(symbols->cache, slot, (uint16_t)kind, text))
		return slot->number;
	statement = database_statement(symbols->database, STATEMENT_SYMBOL_FIND);
	if (statement == NULL || symbols->code != SQLITE_OK) {
		failed(symbols, SQLITE_ERROR);
		return 0;
	}
	sqlite3_bind_int(statement, 1, (int)kind);
	database_bind_blob(statement, 2, text);
	number = find(symbols, statement);
	if (number == 0 && symbols->may_write && symbols->code == SQLITE_OK) {
		statement = database_statement(symbols->database, STATEMENT_SYMBOL_INSERT);
		number = ++symbols->last[kind];
		sqlite3_bind_int(statement, 1, (int)kind);
		sqlite3_bind_int64(statement, 2, number);
		database_bind_blob(statement, 3, text);
		code = database_step_done(statement);
		if (code != SQLITE_OK)
			failed(symbols, code);
	}
	if (slot != NULL && number != 0 && symbols->code == SQLITE_OK) {
		slot_fill(symbols->cache, slot, (uint16_t)kind, text);
		slot->number = number;
	}
	return number;
}

int64_t symbol_key(struct symbols *symbols, uint8_t type_code, struct str id, bool add)
{
	uint16_t kind = (uint16_t)(KIND_IDENTITY + type_code);
	struct slot *slot = slot_of(symbols->cache, kind, id);
	sqlite3_stmt *statement;
	int64_t key;
	int code;

	ASSERT(type_code != 0);
	if (slot_holds(symbols->cache, slot, kind, id))
		return slot->number;
	statement = database_statement(symbols->database, STATEMENT_IDENTITY_FIND);
	if (statement == NULL || symbols->code != SQLITE_OK) {
		failed(symbols, SQLITE_ERROR);
		return 0;
	}
	sqlite3_bind_int(statement, 1, type_code);
	database_bind_text(statement, 2, id);
	key = find(symbols, statement);
	if (key == 0 && add && symbols->may_write && symbols->code == SQLITE_OK) {
		statement = database_statement(symbols->database, STATEMENT_IDENTITY_INSERT);
		key = key_first(type_code) + ++symbols->next[type_code];
		symbols->next_changed[type_code] = true;
		sqlite3_bind_int(statement, 1, type_code);
		database_bind_text(statement, 2, id);
		sqlite3_bind_int64(statement, 3, key);
		code = database_step_done(statement);
		if (code != SQLITE_OK)
			failed(symbols, code);
	}
	if (slot != NULL && key != 0 && symbols->code == SQLITE_OK) {
		slot_fill(symbols->cache, slot, kind, id);
		slot->number = key;
	}
	return key;
}
