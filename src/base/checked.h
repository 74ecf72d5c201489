/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic on outside values: false instead of a wrapped result. */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool checked_add_size(size_t a, size_t b, size_t *ret_sum)
{
	return !__builtin_add_overflow(a, b, ret_sum);
}
static inline bool checked_mul_size(size_t a, size_t b, size_t *ret_product)
{
	return !__builtin_mul_overflow(a, b, ret_product);
}
static inline bool checked_add_i64(int64_t a, int64_t b, int64_t *ret_sum)
{
	return !__builtin_add_overflow(a, b, ret_sum);
}
static inline bool checked_mul_i64(int64_t a, int64_t b, int64_t *ret_product)
{
	return !__builtin_mul_overflow(a, b, ret_product);
}
static inline bool checked_to_u32(size_t value, uint32_t *ret_value)
{
	return !__builtin_add_overflow(value, (size_t)0, ret_value);
}
static inline bool checked_to_u16(size_t value, uint16_t *ret_value)
{
	return !__builtin_add_overflow(value, (size_t)0, ret_value);
}

#endif
