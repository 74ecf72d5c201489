/* SPDX-License-Identifier: Apache-2.0
 * Two texts, split at the first space, as decimals: order is antisymmetric and agrees with doubles
 * where these differ, ranges hold their value. */
#include "base/assert.h"
#include "base/decimal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_alone(struct decimal value)
{
	double low;
	double high;
	int64_t scaled;
	double nearest = decimal_to_double(value);
	decimal_search_range(value, &low, &high);
	ASSERT(low <= nearest && nearest <= high);
	ASSERT(decimal_compare(value, value) == 0);
	for (unsigned places = 0; places <= 9; places++) {
		if (!decimal_to_scaled(value, places, &scaled))
			continue;
		/* Away from zero by half a unit at most: never across it. */
		ASSERT(scaled == 0 || (scaled < 0) == (value.coefficient < 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str rest = { (const char *)bytes, size };
	struct str first = str_cut(&rest, ' ');
	struct decimal a = { 0 };
	struct decimal b = { 0 };
	enum error error = decimal_parse(first, &a);
	ASSERT((error != ERROR_MALFORMED) == decimal_is_valid(first));
	if (error != ERROR_OK)
		return 0;
	check_alone(a);
	if (decimal_parse(rest, &b) != ERROR_OK)
		return 0;
	check_alone(b);
	int order = decimal_compare(a, b);
	int back = decimal_compare(b, a);
	ASSERT((order < 0) == (back > 0) && (order == 0) == (back == 0));
	if (decimal_to_double(a) < decimal_to_double(b))
		ASSERT(order < 0);
	return 0;
}
