/* SPDX-License-Identifier: Apache-2.0
 * Whether one resource matches, by its entries. This file alone decides; whatever index led here may
 * have led to too many. Dates and numbers compare by the boundaries of their ranges
 * (hl7.org/fhir/R4/search.html#prefix). */
#include "store/query.h"

bool keys_have(const int64_t *keys, size_t count, int64_t key)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && keys[low] == key;
}

bool match_date(enum prefix prefix, int64_t low_us, int64_t high_us,
		const struct search_value *value)
{
	bool within = low_us >= value->low_us && high_us <= value->high_us;

	switch (prefix) {
	case PREFIX_EQ:
		return within;
	case PREFIX_NE:
		return !within;
	case PREFIX_GT:
		return high_us > value->high_us;
	case PREFIX_LT:
		return low_us < value->low_us;
	case PREFIX_GE:
		return within || high_us > value->high_us;
	case PREFIX_LE:
		return within || low_us < value->low_us;
	case PREFIX_SA:
		return low_us >= value->high_us;
	case PREFIX_EB:
		return high_us <= value->low_us;
	case PREFIX_AP:
		return low_us < value->high_us && high_us > value->low_us;
	}
	UNREACHABLE();
}

static const struct search_unit *unit_find(const struct search_value *value, int64_t number)
{
	size_t low = 0, high = value->unit_count;

	if (!value->has_separator)
		return value->units;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (value->units[middle].unit < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < value->unit_count && value->units[low].unit == number ? &value->units[low]
									   : NULL;
}

static bool match_number(const struct entry *entry, const struct search_value *value)
{
	const struct search_unit *wanted = unit_find(value, entry->number);
	bool point = !(entry->low < entry->high);
	bool within = wanted != NULL && entry->low >= wanted->low &&
		      (point ? entry->low < wanted->high : entry->high <= wanted->high);

	if (wanted == NULL)
		return false;
	switch (value->prefix) {
	case PREFIX_EQ:
		return within;
	case PREFIX_NE:
		return !within;
	case PREFIX_GT:
		return entry->high > wanted->number;
	case PREFIX_LT:
		return entry->low < wanted->number;
	case PREFIX_GE:
		return entry->high >= wanted->number;
	case PREFIX_LE:
		return entry->low <= wanted->number;
	case PREFIX_SA:
		return entry->low > wanted->number;
	case PREFIX_EB:
		return entry->high < wanted->number;
	case PREFIX_AP:
		return entry->low <= wanted->high && entry->high >= wanted->low;
	}
	UNREACHABLE();
}

static bool match_token(const struct entry *entry, const struct search_value *value)
{
	if (value->has_separator && entry->number != value->system_number)
		return false;
	return value->code.len == 0 || str_equal(entry->text, value->code);
}

/* A path under another: "http://a/b" is under "http://a" and "http://a/", not under "http://". */
static bool is_below(struct str text, struct str start)
{
	if (!str_starts_with(text, start))
		return false;
	return text.len == start.len || (start.len > 0 && start.ptr[start.len - 1] == '/') ||
	       text.ptr[start.len] == '/' || text.ptr[start.len] == '|';
}

static bool match_uri(enum modifier modifier, struct str text, struct str wanted)
{
	if (modifier == MODIFIER_BELOW)
		return is_below(text, wanted);
	if (modifier == MODIFIER_ABOVE)
		return is_below(wanted, text);
	/* A canonical without a version finds every version. */
	return str_equal(text, wanted) ||
	       (str_starts_with(text, wanted) && text.ptr[wanted.len] == '|');
}

static bool match_reference(const struct search_criterion *criterion,
			    const struct search_value *value, const struct entry *entry)
{
	if (criterion->modifier == MODIFIER_IDENTIFIER)
		return entry->kind == ENTRY_IDENTIFIER && match_token(entry, value);
	if (entry->kind == ENTRY_REFERENCE)
		return keys_have(value->numbers, value->number_count, entry->number);
	return entry->kind == ENTRY_URI && value->text.len > 0 &&
	       match_uri(criterion->modifier, entry->text, value->text);
}

static bool match_string(const struct search_criterion *criterion, const struct search_value *value,
			 const struct entry *entry)
{
	if (criterion->modifier == MODIFIER_EXACT)
		return str_equal(entry->original, value->original);
	if (criterion->modifier == MODIFIER_CONTAINS)
		return value->text.len == 0 || str_find(entry->text, value->text) < entry->text.len;
	return str_starts_with(entry->text, value->text);
}

static bool match_simple(const struct search_criterion *criterion, const struct search_value *value,
			 const struct entry *entry)
{
	switch ((enum entry_kind)entry->kind) {
	case ENTRY_TOKEN:
		return match_token(entry, value);
	case ENTRY_STRING:
		return match_string(criterion, value, entry);
	case ENTRY_DATE:
		return match_date(value->prefix, entry->low_us, entry->high_us, value);
	case ENTRY_NUMBER:
		return match_number(entry, value);
	case ENTRY_URI:
		if (criterion->parameter->kind == FHIR_SEARCH_URI)
			return match_uri(criterion->modifier, entry->text, value->text);
		return match_reference(criterion, value, entry);
	case ENTRY_REFERENCE:
	case ENTRY_IDENTIFIER:
		return match_reference(criterion, value, entry);
	case ENTRY_COMPOSITE:
		break;
	}
	return false;
}

bool match_entry(const struct search_criterion *criterion, const struct search_value *value,
		 const struct entry *entry)
{
	const struct fhir_search_parameter *parameter = criterion->parameter;
	struct str rest = entry->parts;
	struct entry part;

	if (entry->kind != ENTRY_COMPOSITE)
		return match_simple(criterion, value, entry);
	for (size_t i = 0; i < parameter->component_count; i++) {
		struct search_criterion inner = { .parameter = fhir_search_parameter_at(
							  parameter->components[i]) };

		if (!entry_next(&rest, &part) || part.kind == 0 ||
		    !match_simple(&inner, &value->parts[i], &part))
			return false;
	}
	return true;
}

static bool match_any(const struct search_criterion *criterion, const struct entry *entry)
{
	for (size_t i = 0; i < criterion->value_count; i++) {
		if (match_entry(criterion, &criterion->values[i], entry))
			return true;
	}
	return false;
}

static bool match_parameter(const struct search_criterion *criterion, struct str entries)
{
	struct entry entry;
	bool present = false, found = false;

	while (!found && entry_next(&entries, &entry) &&
	       entry.parameter <= criterion->parameter_code) {
		if (entry.parameter != criterion->parameter_code)
			continue;
		present = true;
		if (criterion->modifier == MODIFIER_MISSING)
			break;
		found = criterion->kind == CRITERION_CHAIN
				? entry.kind == ENTRY_REFERENCE &&
					  keys_have(criterion->keys, criterion->key_count,
						    entry.number)
				: match_any(criterion, &entry);
	}
	if (criterion->modifier == MODIFIER_MISSING)
		return present != criterion->missing;
	return criterion->modifier == MODIFIER_NOT ? !found : found;
}

static bool match_compartment(const struct run *run, const struct search_criterion *criterion,
			      struct str entries)
{
	const struct catalogue *catalogue = &run->reader->store->catalogue;
	struct entry entry;

	while (entry_next(&entries, &entry)) {
		if (entry.kind != ENTRY_REFERENCE ||
		    !keys_have(criterion->keys, criterion->key_count, entry.number))
			continue;
		for (size_t i = 0; i < criterion->parameter_count; i++) {
			if (catalogue->parameter_codes[criterion->parameters[i]] == entry.parameter)
				return true;
		}
	}
	return false;
}

static bool match_feeds(const struct search_criterion *criterion, int64_t feed)
{
	for (size_t i = 0; i < criterion->feed_count; i++) {
		if (feed >= criterion->feeds[i][0] && feed < criterion->feeds[i][1])
			return true;
	}
	return false;
}

enum error match_all(struct run *run, const struct candidate *candidate, bool *ret_match)
{
	bool match = true;
	enum error error = ERROR_OK;

	for (size_t i = 0; i < run->criterion_count && match && error == ERROR_OK; i++) {
		const struct search_criterion *criterion = &run->criteria[i];

		switch (criterion->kind) {
		case CRITERION_PARAMETER:
			if (criterion->modifier == MODIFIER_TEXT ||
			    criterion->modifier == MODIFIER_OF_TYPE) {
				error = match_body(run, candidate, criterion, &match);
				break;
			}
			match = match_parameter(criterion, candidate->entries);
			break;
		case CRITERION_CHAIN:
			match = match_parameter(criterion, candidate->entries);
			break;
		case CRITERION_ID:
		case CRITERION_HAS:
			match = keys_have(criterion->keys, criterion->key_count, candidate->key);
			break;
		case CRITERION_COMPARTMENT:
			match = match_compartment(run, criterion, candidate->entries);
			break;
		case CRITERION_UPDATED:
			match = match_feeds(criterion, candidate->feed);
			break;
		case CRITERION_TYPE:
			break;
		}
	}
	*ret_match = match;
	return error;
}

/* --- order ---------------------------------------------------------------------------------- */

enum { PRESENT = 1, MISSING = 2 }; /* what is missing stands last in both directions */
#define SORT_TEXT_MAX ((size_t)100)

static void put(struct position_buffer *buffer, uint8_t byte)
{
	ASSERT(buffer->length < POSITION_BYTES_MAX);
	buffer->bytes[buffer->length++] = (char)byte;
}

static void put_value(struct position_buffer *buffer, uint64_t value, bool descending)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		put(buffer, (uint8_t)((descending ? ~value : value) >> shift));
}

static void put_text(struct position_buffer *buffer, struct str text, bool descending)
{
	size_t length = text.len > SORT_TEXT_MAX ? SORT_TEXT_MAX : text.len;

	for (size_t i = 0; i < length; i++)
		put(buffer, (uint8_t)(descending ? ~text.ptr[i] : text.ptr[i]));
	put(buffer, descending ? 0xff : 0);
}

static uint64_t ordered_integer(int64_t value)
{
	return (uint64_t)value ^ (UINT64_C(1) << 63);
}

static int64_t integer_ordered(uint64_t value)
{
	return (int64_t)(value ^ (UINT64_C(1) << 63));
}

static uint64_t ordered_double(double value)
{
	uint64_t bits;

	value += 0.0; /* -0 is 0 */
	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 != 0 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Whether a sorts before b: the first of several values counts, in both directions. */
static bool is_before(const struct entry *a, const struct entry *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind;
	switch ((enum entry_kind)a->kind) {
	case ENTRY_DATE:
		return a->low_us < b->low_us;
	case ENTRY_NUMBER:
		return a->low < b->low;
	case ENTRY_REFERENCE:
		return a->number < b->number;
	case ENTRY_TOKEN:
	case ENTRY_IDENTIFIER:
	case ENTRY_URI:
	case ENTRY_STRING:
	case ENTRY_COMPOSITE:
		break;
	}
	return str_compare(a->text, b->text) < 0;
}

static void put_parameter(struct position_buffer *buffer, const struct sort_key *key,
			  struct str entries)
{
	struct entry entry, first = { .kind = 0 };

	while (entry_next(&entries, &entry) && entry.parameter <= key->parameter_code) {
		if (entry.parameter == key->parameter_code &&
		    (first.kind == 0 || is_before(&entry, &first)))
			first = entry;
	}
	put(buffer, first.kind == 0 ? MISSING : PRESENT);
	switch (first.kind) {
	case 0:
		break;
	case ENTRY_DATE:
		put_value(buffer, ordered_integer(first.low_us), key->descending);
		break;
	case ENTRY_NUMBER:
		put_value(buffer, ordered_double(first.low), key->descending);
		break;
	case ENTRY_REFERENCE:
		put_value(buffer, ordered_integer(first.number), key->descending);
		break;
	default:
		put_text(buffer, first.text, key->descending);
		break;
	}
}

struct str match_position(const struct run *run, const struct candidate *candidate, struct str id,
			  struct position_buffer *buffer)
{
	bool descending = run->sort_count > 0 && run->sort[0].descending;

	buffer->length = 0;
	for (size_t i = 0; i < run->sort_count; i++) {
		const struct sort_key *key = &run->sort[i];

		if (key->kind == SORT_PARAMETER) {
			put_parameter(buffer, key, candidate->entries);
			continue;
		}
		put(buffer, PRESENT);
		if (key->kind == SORT_UPDATED)
			put_value(buffer, ordered_integer(candidate->feed), key->descending);
		else
			put_text(buffer, id, key->descending);
	}
	put_value(buffer, ordered_integer(candidate->key), descending);
	return (struct str){ buffer->bytes, buffer->length };
}

struct str match_position_dated(const struct run *run, int64_t low_us, int64_t key,
				struct position_buffer *buffer)
{
	bool descending = run->sort[0].descending;

	buffer->length = 0;
	put(buffer, low_us == INT64_MIN ? MISSING : PRESENT);
	if (low_us != INT64_MIN)
		put_value(buffer, ordered_integer(low_us), descending);
	put_value(buffer, ordered_integer(key), descending);
	return (struct str){ buffer->bytes, buffer->length };
}

static int64_t take_value(struct str position, size_t at, bool descending)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | (uint8_t)position.ptr[at + i];
	return integer_ordered(descending ? ~value : value);
}

bool match_position_read(const struct run *run, struct str position, int64_t *ret_value,
			 int64_t *ret_key)
{
	bool descending = run->sort_count > 0 && run->sort[0].descending;
	bool missing = position.len > 0 && position.ptr[0] == MISSING;
	size_t length = run->sort_count == 0 ? 8 : missing ? 9 : 17;

	if (position.len != length)
		return false;
	*ret_value =
		run->sort_count == 0 || missing ? INT64_MIN : take_value(position, 1, descending);
	*ret_key = take_value(position, length - 8, descending);
	return true;
}
