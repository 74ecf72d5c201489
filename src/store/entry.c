/* SPDX-License-Identifier: Apache-2.0 */
#include "store/entry.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

struct str entry_text(struct arena *arena, struct str text)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t hash;
	char *bytes;

	if (text.len <= ENTRY_TEXT_MAX)
		return text;
	bytes = arena_take(arena, ENTRY_TEXT_MAX, 1);
	if (bytes == NULL)
		return (struct str){ NULL, 0 };
	hash = hash_str(text);
	memcpy(bytes, text.ptr, ENTRY_TEXT_MAX - 16);
	for (size_t i = 0; i < 16; i++)
		bytes[ENTRY_TEXT_MAX - 16 + i] = digits[(hash >> (60 - 4 * i)) & 15];
	return (struct str){ bytes, ENTRY_TEXT_MAX };
}

struct str entry_unit(struct arena *arena, struct str system, struct str code, struct str unit)
{
	struct text text;

	if (system.len == 0 && code.len == 0 && unit.len == 0)
		return (struct str){ NULL, 0 };
	text_init(&text, arena, 3 * ENTRY_TEXT_MAX + 8);
	text_put(&text, entry_text(arena, code));
	text_put_byte(&text, 0x1f);
	text_put(&text, entry_text(arena, system));
	text_put_byte(&text, 0x1f);
	text_put(&text, entry_text(arena, unit));
	return text_view(&text);
}

static void draft_reference(struct arena *arena, const struct catalogue *catalogue,
			    const struct fhir_index_value *value, struct draft *draft)
{
	const struct fhir_reference *reference = &value->reference;

	if (reference->type != FHIR_TYPE_NONE && reference->base.len == 0 &&
	    fhir_id_is_valid(reference->id)) {
		draft->entry.kind = ENTRY_REFERENCE;
		draft->target_type = catalogue->type_codes[reference->type];
		draft->entry.text = reference->id;
	} else if (value->text.len > 0) {
		draft->entry.kind = ENTRY_URI;
		draft->entry.text = entry_text(arena, value->text);
	}
}

/* A number with its implicit precision around it, as against a Range or a comparator. */
static bool is_point(const struct fhir_index_value *value)
{
	double width = value->high - value->low;

	return isfinite(width) && isfinite(value->number) &&
	       fabs(value->low + width / 2 - value->number) <= width * 1e-6 + 1e-300;
}

/* Sets kind 0 when the value gives nothing to index. */
static void draft_simple(struct arena *arena, const struct catalogue *catalogue,
			 const struct fhir_index_value *value, struct draft *draft)
{
	struct entry *entry = &draft->entry;

	switch (value->kind) {
	case FHIR_SEARCH_TOKEN:
		entry->kind = value->code.len > 0 || value->system.len > 0 ? ENTRY_TOKEN : 0;
		entry->text = entry_text(arena, value->code);
		draft->symbol = entry_text(arena, value->system);
		break;
	case FHIR_SEARCH_STRING:
		entry->kind = value->text.len > 0 ? ENTRY_STRING : 0;
		entry->text = entry_text(arena, utf8_fold(arena, value->text));
		entry->original = entry_text(arena, value->text);
		break;
	case FHIR_SEARCH_URI:
		entry->kind = value->text.len > 0 ? ENTRY_URI : 0;
		entry->text = entry_text(arena, value->text);
		break;
	case FHIR_SEARCH_REFERENCE:
		draft_reference(arena, catalogue, value, draft);
		break;
	case FHIR_SEARCH_DATE:
		entry->kind = ENTRY_DATE;
		/* The least value marks "no date" in index rows. */
		entry->low_us = value->low_us == INT64_MIN ? INT64_MIN + 1 : value->low_us;
		entry->high_us = value->high_us;
		break;
	case FHIR_SEARCH_NUMBER:
	case FHIR_SEARCH_QUANTITY:
		entry->kind = ENTRY_NUMBER;
		entry->low = is_point(value) ? value->number : value->low;
		entry->high = is_point(value) ? value->number : value->high;
		if (isnan(entry->low) || isnan(entry->high))
			entry->kind = 0;
		draft->symbol = entry_unit(arena, value->system, value->code, value->text);
		break;
	case FHIR_SEARCH_COMPOSITE:
	case FHIR_SEARCH_SPECIAL:
		break;
	}
}

static void draft_composite(struct arena *arena, const struct catalogue *catalogue,
			    const struct fhir_index_value *value, struct draft *draft)
{
	draft->parts = ARENA_NEW(arena, struct draft, value->component_count + 1);
	if (draft->parts == NULL)
		return;
	draft->entry.kind = ENTRY_COMPOSITE;
	draft->part_count = value->component_count;
	for (size_t i = 0; i < value->component_count; i++)
		draft_simple(arena, catalogue, &value->components[i], &draft->parts[i]);
}

struct draft *entry_drafts(struct arena *arena, const struct catalogue *catalogue,
			   const struct fhir_index *index, size_t *ret_count)
{
	/* A reference may give two: where it points and its identifier. */
	struct draft *drafts = ARENA_NEW(arena, struct draft, 2 * index->count + 1);
	size_t count = 0;

	if (drafts == NULL)
		return NULL;
	for (size_t i = 0; i < index->count; i++) {
		const struct fhir_index_value *value = &index->values[i];
		uint16_t parameter = catalogue->parameter_codes[value->parameter->number];
		struct draft *draft = &drafts[count];

		draft->entry.parameter = parameter;
		if (value->kind == FHIR_SEARCH_COMPOSITE)
			draft_composite(arena, catalogue, value, draft);
		else
			draft_simple(arena, catalogue, value, draft);
		count += draft->entry.kind != 0 ? 1 : 0;
		if (value->kind == FHIR_SEARCH_REFERENCE && value->code.len > 0) {
			draft = &drafts[count++];
			*draft = (struct draft){
				.entry = { .parameter = parameter,
					   .kind = ENTRY_IDENTIFIER,
					   .text = entry_text(arena, value->code) },
				.symbol = entry_text(arena, value->system),
			};
		}
	}
	*ret_count = count;
	return arena->failed ? NULL : drafts;
}

/* --- writing -------------------------------------------------------------------------------- */

static void put_number(struct text *text, uint64_t value)
{
	while (value >= 0x80) {
		text_put_byte(text, (char)(value | 0x80));
		value >>= 7;
	}
	text_put_byte(text, (char)value);
}

static void put_text(struct text *text, struct str view)
{
	put_number(text, view.len);
	text_put(text, view);
}

static uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static int64_t unzigzag(uint64_t value)
{
	return (int64_t)((value >> 1) ^ (~(value & 1) + 1));
}

static void put_entry(struct text *text, const struct entry *entry)
{
	text_put_byte(text, (char)(entry->parameter >> 8));
	text_put_byte(text, (char)entry->parameter);
	text_put_byte(text, (char)entry->kind);
	switch ((enum entry_kind)entry->kind) {
	case ENTRY_TOKEN:
	case ENTRY_IDENTIFIER:
		put_number(text, (uint64_t)entry->number);
		put_text(text, entry->text);
		break;
	case ENTRY_URI:
		put_text(text, entry->text);
		break;
	case ENTRY_STRING:
		put_text(text, entry->text);
		put_text(text, entry->original);
		break;
	case ENTRY_REFERENCE:
		put_number(text, (uint64_t)entry->number);
		break;
	case ENTRY_DATE:
		put_number(text, zigzag(entry->low_us));
		put_number(text, (uint64_t)entry->high_us - (uint64_t)entry->low_us);
		break;
	case ENTRY_NUMBER:
		put_number(text, (uint64_t)entry->number);
		put_number(text, entry->low < entry->high || entry->low > entry->high ? 1 : 0);
		text_put(text, (struct str){ (const char *)&entry->low, sizeof(double) });
		if (entry->low < entry->high || entry->low > entry->high)
			text_put(text, (struct str){ (const char *)&entry->high, sizeof(double) });
		break;
	case ENTRY_COMPOSITE:
		put_text(text, entry->parts);
		break;
	}
}

static void resolve(struct symbols *symbols, struct draft *draft)
{
	struct entry *entry = &draft->entry;

	if (entry->kind == ENTRY_REFERENCE)
		entry->number = symbol_key(symbols, draft->target_type, entry->text, true);
	else if (draft->symbol.len > 0)
		entry->number = symbol_number(
			symbols, entry->kind == ENTRY_NUMBER ? SYMBOL_UNIT : SYMBOL_SYSTEM,
			draft->symbol);
}

static struct str parts_blob(struct arena *arena, struct symbols *symbols, struct draft *draft)
{
	struct text text;

	text_init(&text, arena, LIMIT_BODY_BYTES_MAX);
	for (size_t i = 0; i < draft->part_count; i++) {
		resolve(symbols, &draft->parts[i]);
		put_entry(&text, &draft->parts[i].entry);
	}
	return text_view(&text);
}

static int compare_views(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

struct str entry_blob(struct arena *arena, struct symbols *symbols, struct draft *drafts,
		      size_t count)
{
	struct str *views = ARENA_NEW(arena, struct str, count + 1);
	size_t *ends = ARENA_NEW(arena, size_t, count + 1);
	struct text scratch, blob;

	if (views == NULL || ends == NULL)
		return (struct str){ NULL, 0 };
	text_init(&scratch, arena, LIMIT_BODY_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		resolve(symbols, &drafts[i]);
		if (drafts[i].entry.kind == ENTRY_COMPOSITE)
			drafts[i].entry.parts = parts_blob(arena, symbols, &drafts[i]);
		put_entry(&scratch, &drafts[i].entry);
		ends[i] = scratch.len;
	}
	if (scratch.failed || symbols->code != SQLITE_OK) {
		arena->failed = arena->failed || scratch.failed;
		return (struct str){ NULL, 0 };
	}
	for (size_t i = 0; i < count; i++) {
		size_t start = i == 0 ? 0 : ends[i - 1];

		views[i] = (struct str){ scratch.ptr + start, ends[i] - start };
	}
	if (count > 1)
		qsort(views, count, sizeof(*views), compare_views);
	text_init(&blob, arena, LIMIT_BODY_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !str_equal(views[i], views[i - 1]))
			text_put(&blob, views[i]);
	}
	arena->failed = arena->failed || blob.failed;
	return text_view(&blob);
}

/* --- reading -------------------------------------------------------------------------------- */

static bool take_number(struct str *rest, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 10 && i < rest->len; i++) {
		uint8_t byte = (uint8_t)rest->ptr[i];

		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80) {
			rest->ptr += i + 1;
			rest->len -= i + 1;
			*ret_value = value;
			return true;
		}
	}
	return false;
}

static bool take_text(struct str *rest, struct str *ret_text)
{
	uint64_t length = 0;

	if (!take_number(rest, &length) || length > rest->len)
		return false;
	*ret_text = (struct str){ rest->ptr, (size_t)length };
	rest->ptr += length;
	rest->len -= (size_t)length;
	return true;
}

static bool take_double(struct str *rest, double *ret_value)
{
	if (rest->len < sizeof(double))
		return false;
	memcpy(ret_value, rest->ptr, sizeof(double));
	rest->ptr += sizeof(double);
	rest->len -= sizeof(double);
	return true;
}

static bool take_dates(struct str *rest, struct entry *entry)
{
	uint64_t low = 0, width = 0;

	if (!take_number(rest, &low) || !take_number(rest, &width))
		return false;
	entry->low_us = unzigzag(low);
	entry->high_us = (int64_t)((uint64_t)entry->low_us + width);
	return true;
}

static bool take_numbers(struct str *rest, struct entry *entry)
{
	uint64_t unit = 0, shape = 0;

	if (!take_number(rest, &unit) || !take_number(rest, &shape) ||
	    !take_double(rest, &entry->low))
		return false;
	entry->number = (int64_t)unit;
	entry->high = entry->low;
	return shape == 0 || take_double(rest, &entry->high);
}

bool entry_next(struct str *rest, struct entry *ret_entry)
{
	struct str at = *rest;
	struct entry entry = { .parameter = 0 };
	uint64_t number = 0;
	bool good = false;

	if (at.len < 3)
		return false;
	entry.parameter = (uint16_t)((uint8_t)at.ptr[0] << 8 | (uint8_t)at.ptr[1]);
	entry.kind = (uint8_t)at.ptr[2];
	at = str_slice(at, 3, at.len);
	switch (entry.kind) {
	case ENTRY_TOKEN:
	case ENTRY_IDENTIFIER:
		good = take_number(&at, &number) && take_text(&at, &entry.text);
		entry.number = (int64_t)number;
		break;
	case ENTRY_URI:
		good = take_text(&at, &entry.text);
		break;
	case ENTRY_STRING:
		good = take_text(&at, &entry.text) && take_text(&at, &entry.original);
		break;
	case ENTRY_REFERENCE:
		good = take_number(&at, &number);
		entry.number = (int64_t)number;
		break;
	case ENTRY_DATE:
		good = take_dates(&at, &entry);
		break;
	case ENTRY_NUMBER:
		good = take_numbers(&at, &entry);
		break;
	case ENTRY_COMPOSITE:
		good = take_text(&at, &entry.parts);
		break;
	case 0: /* an empty part of a composite */
		good = true;
		break;
	default:
		break;
	}
	if (!good)
		return false;
	*rest = at;
	*ret_entry = entry;
	return true;
}

int64_t entry_date_first(struct str blob, uint16_t parameter)
{
	int64_t first = INT64_MIN;
	struct entry entry;

	while (entry_next(&blob, &entry) && entry.parameter <= parameter) {
		if (entry.parameter == parameter && entry.kind == ENTRY_DATE &&
		    (first == INT64_MIN || entry.low_us < first))
			first = entry.low_us;
	}
	return first;
}
