/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/walker.h"

static bool walk_next(struct walker *walker, struct str *ret_text)
{
	if (walker->at == NULL) {
		walker->failed = true;
		return false;
	}
	*ret_text = json_text(walker->at);
	walker->at = walker->at->next;
	return true;
}

static void walk_number(struct walker *walker, int64_t *value)
{
	struct str text;
	if (walker->text != NULL) {
		text_put_byte(walker->text, ',');
		text_put_i64(walker->text, *value);
	} else if (walk_next(walker, &text) && !str_to_i64(text, value)) {
		walker->failed = true;
	}
}

#define WALK_FUNCTION(name, type) \
	void name(struct walker *walker, type *value) \
	{ \
		int64_t number = (int64_t)*value; \
		walk_number(walker, &number); \
		*value = (type)number; \
	}
WALK_FUNCTION(walk_i64, int64_t)
WALK_FUNCTION(walk_u64, uint64_t)
WALK_FUNCTION(walk_u32, uint32_t)
WALK_FUNCTION(walk_u16, uint16_t)
WALK_FUNCTION(walk_i16, int16_t)
WALK_FUNCTION(walk_u8, uint8_t)
WALK_FUNCTION(walk_i8, int8_t)
WALK_FUNCTION(walk_int, int)
WALK_FUNCTION(walk_bool, bool)
void walk_text(struct walker *walker, char *field, size_t size)
{
	struct str text;
	if (walker->text != NULL) {
		text_put_byte(walker->text, ',');
		json_print_string(walker->text, str_from_c(field));
	} else if (walk_next(walker, &text)) {
		model_put(field, size, text);
	}
}

void walk_decimal(struct walker *walker, struct decimal *value)
{
	WALK(value->coefficient);
	WALK(value->exponent);
}

void walk_level(struct walker *walker, enum alert_level *level)
{
	uint32_t number = *level;
	WALK(number);
	if (number >= ALERT_LEVEL_COUNT) {
		walker->failed = true;
		number = 0;
	}
	*level = (enum alert_level)number;
}

void walk_times(struct walker *walker, struct policy_times *times)
{
	WALK(times->count);
	for (unsigned i = 0; i < POLICY_TIMES_MAX; i++)
		WALK(times->minutes[i]);
	if (times->count > POLICY_TIMES_MAX)
		walker->failed = true;
}
