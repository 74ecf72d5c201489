/* SPDX-License-Identifier: Apache-2.0
 * Texts that recur (code systems, units, origins) and identities as numbers. The writer gives numbers
 * and keeps a cache; readers look up. A number never changes once it is committed. */
#ifndef STORE_SYMBOL_H
#define STORE_SYMBOL_H

#include "store/catalogue.h"

struct symbol_cache; /* a fixed size; forgets what collides */

struct symbol_cache *symbol_cache_create(void);
void symbol_cache_destroy(struct symbol_cache *cache);
/* To be called whenever a transaction was rolled back: its numbers were never given. */
void symbol_cache_clear(struct symbol_cache *cache);

/* Where numbers come from. With `cache` and `may_write` new ones are given; else 0 means "unknown". */
struct symbols {
	struct database *database;
	struct symbol_cache *cache; /* may be NULL */
	struct catalogue *catalogue;
	bool may_write;
	int64_t last[SYMBOL_UNIT + 1];         /* highest number by kind */
	int64_t next[CATALOGUE_TYPES_MAX + 1]; /* next sequence by type code */
	bool next_changed[CATALOGUE_TYPES_MAX + 1];
	int code; /* SQLite's first error; sticky until cleared */
};

int64_t symbol_number(struct symbols *symbols, enum symbol_kind kind, struct str text);
/* Key of a type and id; a new one is given when the store may write and `add` says so. */
int64_t symbol_key(struct symbols *symbols, uint8_t type_code, struct str id, bool add);

#endif
