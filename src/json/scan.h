/* SPDX-License-Identifier: Apache-2.0
 * Finding the end of plain text and of white space, sixteen or thirty-two bytes at a time where the
 * machine can, never reading past `end`. SCAN_PORTABLE leaves only the plain loops (for tests). */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#if !defined(SCAN_PORTABLE) && defined(__AVX2__)
#include <immintrin.h>
#define SCAN_AVX2 1
#endif
#if !defined(SCAN_PORTABLE) && defined(__SSE2__)
#include <emmintrin.h>
#define SCAN_SSE2 1
#endif

/* What a JSON string cannot hold as it is: quote, backslash, control characters. */
static inline bool scan_is_special(char byte)
{
	return byte == '"' || byte == '\\' || (unsigned char)byte < 0x20;
}

static inline bool scan_is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

#ifdef SCAN_AVX2
/* One bit a byte: special ones, and into *ret_high those that are not ASCII. */
static inline unsigned scan_special_32(const char *at, unsigned *ret_high)
{
	__m256i bytes = _mm256_loadu_si256((const __m256i_u *)at);
	__m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
	__m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
	__m256i escape = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
	*ret_high = (unsigned)_mm256_movemask_epi8(bytes);
	return (unsigned)_mm256_movemask_epi8(
		_mm256_or_si256(control, _mm256_or_si256(quote, escape)));
}
#endif

#ifdef SCAN_SSE2
static inline unsigned scan_special_16(const char *at, unsigned *ret_high)
{
	__m128i bytes = _mm_loadu_si128((const __m128i_u *)at);
	__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
	__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	*ret_high = (unsigned)_mm_movemask_epi8(bytes);
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, escape)));
}

static inline unsigned scan_not_space_16(const char *at)
{
	__m128i bytes = _mm_loadu_si128((const __m128i_u *)at);
	__m128i blank = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
				     _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
	__m128i rare = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')),
				    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')));
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(blank, rare)) ^ 0xffffu;
}
#endif

/* The first special byte at or after `at`, or `end`. Sets *high when a byte before it is not
 * ASCII; leaves it alone otherwise. */
static inline const char *scan_special(const char *at, const char *end, bool *high)
{
	unsigned mask;
	unsigned not_ascii;
	unsigned seen = 0;
	(void)mask;
	(void)not_ascii;
#ifdef SCAN_AVX2
	for (; end - at >= 32; at += 32) {
		mask = scan_special_32(at, &not_ascii);
		if (mask != 0) {
			seen |= not_ascii & ((mask & (0u - mask)) - 1);
			*high = *high || seen != 0;
			return at + __builtin_ctz(mask);
		}
		seen |= not_ascii;
	}
#endif
#ifdef SCAN_SSE2
	for (; end - at >= 16; at += 16) {
		mask = scan_special_16(at, &not_ascii);
		if (mask != 0) {
			/* Only the bytes below the lowest set bit come before the stop. */
			seen |= not_ascii & ((mask & (0u - mask)) - 1);
			*high = *high || seen != 0;
			return at + __builtin_ctz(mask);
		}
		seen |= not_ascii;
	}
#endif
	for (; at < end && !scan_is_special(*at); at++)
		seen |= (unsigned char)*at & 0x80u;
	*high = *high || seen != 0;
	return at;
}

/* The first byte at or after `at` that is not JSON white space, or `end`. */
static inline const char *scan_space(const char *at, const char *end)
{
	if (at < end && (unsigned char)*at > ' ')
		return at;
	if (end - at >= 2 && scan_is_space(at[0]) && (unsigned char)at[1] > ' ')
		return at + 1;
#ifdef SCAN_SSE2
	for (; end - at >= 16; at += 16) {
		unsigned mask = scan_not_space_16(at);
		if (mask != 0)
			return at + __builtin_ctz(mask);
	}
#endif
	while (at < end && scan_is_space(*at))
		at++;
	return at;
}

#endif
