/* SPDX-License-Identifier: Apache-2.0
 * The distance of Levenshtein, a row at a time. */
#include "main/nearest.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t nearest_distance(struct str a, struct str b)
{
	size_t row[NEAREST_BYTES_MAX + 1];
	if (a.len > NEAREST_BYTES_MAX || b.len > NEAREST_BYTES_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t above_left = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t above = row[j];
			size_t changed = above_left + (a.ptr[i - 1] != b.ptr[j - 1]);
			row[j] = least(changed, least(above, row[j - 1]) + 1);
			above_left = above;
		}
	}
	return row[b.len];
}

bool nearest_is_likely(size_t distance, size_t length)
{
	return distance <= 2 || (distance != SIZE_MAX && distance <= length / 4);
}
