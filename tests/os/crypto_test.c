/* SPDX-License-Identifier: Apache-2.0
 * P-256, HKDF and AES-GCM against published vectors; Web Push as a whole is in tests/notify. */
#include "unit.h"

#include "os/crypto.h"

/* RFC 5869, test case 1. */
static void derivation_is_that_of_rfc_5869(void **state)
{
	uint8_t secret[22], salt[13], info[10], found[42];
	static const uint8_t expected[42] = { 0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90,
					      0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f, 0x2a, 0x2d, 0x2d,
					      0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d,
					      0x56, 0xec, 0xc4, 0xc5, 0xbf, 0x34, 0x00, 0x72, 0x08,
					      0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65 };
	(void)state;
	memset(secret, 0x0b, sizeof(secret));
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(info); i++)
		info[i] = (uint8_t)(0xf0 + i);
	assert_true(crypto_derive((struct str){ (const char *)salt, sizeof(salt) },
				  (struct str){ (const char *)secret, sizeof(secret) },
				  (struct str){ (const char *)info, sizeof(info) }, found,
				  sizeof(found)));
	assert_memory_equal(found, expected, sizeof(expected));
}

/* The GCM specification (McGrew and Viega), test case 2: sixteen zeros under zeros. */
static void sealing_is_that_of_the_gcm_specification(void **state)
{
	static const uint8_t zeros[16];
	static const uint8_t expected[32] = { 0x03, 0x88, 0xda, 0xce, 0x60, 0xb6, 0xa3, 0x92,
					      0xf3, 0x28, 0xc2, 0xb9, 0x71, 0xb2, 0xfe, 0x78,
					      0xab, 0x6e, 0x47, 0xd4, 0x2c, 0xec, 0x13, 0xbd,
					      0xf5, 0x3a, 0x67, 0xb2, 0x12, 0x57, 0xbd, 0xdf };
	uint8_t found[32];
	(void)state;
	assert_true(crypto_seal(zeros, zeros, zeros, sizeof(zeros), found));
	assert_memory_equal(found, expected, sizeof(expected));
}

static void two_keys_agree_on_one_secret(void **state)
{
	struct crypto_key *a = crypto_key_generate(), *b = crypto_key_generate();
	uint8_t point_a[CRYPTO_POINT_BYTES], point_b[CRYPTO_POINT_BYTES];
	uint8_t secret_a[CRYPTO_SECRET_BYTES], secret_b[CRYPTO_SECRET_BYTES];
	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	crypto_key_public(a, point_a);
	crypto_key_public(b, point_b);
	assert_memory_not_equal(point_a, point_b, sizeof(point_a));
	assert_true(crypto_agree(a, point_b, secret_a));
	assert_true(crypto_agree(b, point_a, secret_b));
	assert_memory_equal(secret_a, secret_b, sizeof(secret_a));
	crypto_key_destroy(a);
	crypto_key_destroy(b);
}

static void a_key_survives_being_kept(void **state)
{
	struct crypto_key *key = crypto_key_generate();
	uint8_t scalar[CRYPTO_SCALAR_BYTES], point[CRYPTO_POINT_BYTES], again[CRYPTO_POINT_BYTES];
	(void)state;
	crypto_key_scalar(key, scalar);
	crypto_key_public(key, point);
	crypto_key_destroy(key);
	key = crypto_key_load(scalar);
	assert_non_null(key);
	crypto_key_public(key, again);
	assert_memory_equal(point, again, sizeof(point));
	uint8_t signature[CRYPTO_SIGNATURE_BYTES];
	assert_true(crypto_sign(key, "x", 1, signature));
	crypto_key_destroy(key);
}

static void what_is_no_key_or_point_is_refused(void **state)
{
	uint8_t scalar[CRYPTO_SCALAR_BYTES] = { 0 };
	uint8_t point[CRYPTO_POINT_BYTES] = { 4, 1, 2, 3 };
	uint8_t secret[CRYPTO_SECRET_BYTES];
	struct crypto_key *key = crypto_key_generate();
	(void)state;
	assert_null(crypto_key_load(scalar));
	memset(scalar, 0xff, sizeof(scalar)); /* beyond the order of the curve */
	assert_null(crypto_key_load(scalar));
	assert_false(crypto_agree(key, point, secret));
	crypto_key_destroy(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derivation_is_that_of_rfc_5869),
		cmocka_unit_test(sealing_is_that_of_the_gcm_specification),
		cmocka_unit_test(two_keys_agree_on_one_secret),
		cmocka_unit_test(a_key_survives_being_kept),
		cmocka_unit_test(what_is_no_key_or_point_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
