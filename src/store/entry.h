/* SPDX-License-Identifier: Apache-2.0
 * Entries: all index values of one current resource in one blob, kept with it. They decide whether a
 * resource matches a search, give its sort keys, and say which index rows it has (row.h).
 * Form: entries sorted by their bytes, without doubles, each: parameter code (2 bytes, high first),
 * kind (1), then by kind: TOKEN, IDENTIFIER: system number, code; URI: text; STRING: folded, original;
 * REFERENCE: target key; DATE: low, width; NUMBER: unit, shape, value(s); COMPOSITE: entries with
 * parameter 0. Numbers are LEB128, texts have their length in front. */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include "store/symbol.h"

enum entry_kind {
	ENTRY_TOKEN = 1,
	ENTRY_IDENTIFIER, /* Reference.identifier */
	ENTRY_URI,        /* uri, canonical, and references that do not point into this store */
	ENTRY_STRING,
	ENTRY_REFERENCE,
	ENTRY_DATE,
	ENTRY_NUMBER, /* numbers and quantities */
	ENTRY_COMPOSITE,
};

struct entry {
	uint16_t parameter;
	uint8_t kind;
	struct str text;     /* code, uri, folded string */
	struct str original; /* string as written */
	int64_t number;      /* system (0: none), unit (0: none), target key */
	int64_t low_us, high_us;
	double low, high;
	struct str parts; /* composite: its entries */
};

/* An entry before the writer has given numbers. */
struct draft {
	struct entry entry;
	struct str symbol;   /* text of the system or unit; empty: none */
	uint8_t target_type; /* reference: its type code; the id is entry.text */
	struct draft *parts;
	size_t part_count;
};

/* Texts longer than this are kept as their start and a hash of the whole. */
#define ENTRY_TEXT_MAX ((size_t)255)
struct str entry_text(struct arena *arena, struct str text);
/* The text of a unit's symbol: system, code and unit as written, parted by U+001F. */
struct str entry_unit(struct arena *arena, struct str system, struct str code, struct str unit);

/* Any thread: everything that needs no numbers. NULL when the arena failed. */
struct draft *entry_drafts(struct arena *arena, const struct catalogue *catalogue,
			   const struct fhir_index *index, size_t *ret_count);
/* The writer's thread (or a reader, which knows all numbers of committed resources). Empty with
 * symbols->code or arena->failed set on failure; no drafts give a blob of no bytes. */
struct str entry_blob(struct arena *arena, struct symbols *symbols, struct draft *drafts,
		      size_t count);
/* Cuts the first entry off *rest; false at the end or where the bytes make no sense. */
bool entry_next(struct str *rest, struct entry *ret_entry);
/* The earliest low_us among the parameter's dates; INT64_MIN when it has none. */
int64_t entry_date_first(struct str blob, uint16_t parameter);

#endif
