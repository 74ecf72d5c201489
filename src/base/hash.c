/* SPDX-License-Identifier: Apache-2.0
 * Each step folds the 128-bit product of two 64-bit words, both mixed with the input, back to 64
 * bits (high half xor low half). Two lanes run side by side on long inputs. Words are read in
 * little-endian order whatever the machine, because values are stored. Frozen by test vectors. */
#include "base/hash.h"

/* Odd constants with half their bits set: fractional bits of the square roots of 2, 3, 5 and 7. */
#define HASH_K0 UINT64_C(0x6a09e667f3bcc909)
#define HASH_K1 UINT64_C(0xbb67ae8584caa73b)
#define HASH_K2 UINT64_C(0x3c6ef372fe94f82b)
#define HASH_K3 UINT64_C(0xa54ff53a5f1d36f1)

__extension__ typedef unsigned __int128 hash_wide;

static inline uint64_t fold(uint64_t a, uint64_t b)
{
	hash_wide product = (hash_wide)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t read64(const unsigned char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

static inline uint64_t read32(const unsigned char *bytes)
{
	uint32_t word;
	memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap32(word);
#endif
	return word;
}

/* 1..16 bytes as two words; every byte enters at least one of them. */
static void read_tail(const unsigned char *bytes, size_t length, uint64_t ret_words[2])
{
	if (length >= 8) {
		ret_words[0] = read64(bytes);
		ret_words[1] = read64(bytes + length - 8);
	} else if (length >= 4) {
		ret_words[0] = read32(bytes);
		ret_words[1] = read32(bytes + length - 4);
	} else {
		ret_words[0] = bytes[0];
		ret_words[1] = (uint64_t)bytes[length / 2] << 8 | bytes[length - 1];
	}
}

uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed)
{
	const unsigned char *at = bytes;
	size_t left = length;
	uint64_t state = fold(seed ^ HASH_K0, (uint64_t)length ^ HASH_K1) ^ seed;
	if (left > 32) {
		uint64_t lane = state;
		for (; left > 32; left -= 32, at += 32) {
			state = fold(read64(at) ^ state, read64(at + 8) ^ HASH_K2);
			lane = fold(read64(at + 16) ^ lane, read64(at + 24) ^ HASH_K3);
		}
		state = fold(state ^ HASH_K1, lane ^ HASH_K0) + lane;
	}
	for (; left > 16; left -= 16, at += 16)
		state = fold(read64(at) ^ state, read64(at + 8) ^ HASH_K2);
	if (left > 0) {
		uint64_t words[2];
		read_tail(at, left, words);
		state = fold(words[0] ^ state, words[1] ^ HASH_K3) + state;
	}
	/* Once more, so that the last words reach all bits. */
	return fold(state ^ HASH_K1, ((uint64_t)length << 32 | 1) ^ HASH_K2);
}
