/* SPDX-License-Identifier: Apache-2.0
 * Vectors: FIPS 180-4 examples ("abc", empty) and RFC 4231 test cases 2 and 6. */
#include "unit.h"

#include "os/hash.h"

static void sha256_agrees_with_the_standard(void **state)
{
	(void)state;
	uint8_t hash[HASH_SHA256_BYTES];
	char hex[65];
	hash_sha256("abc", 3, hash);
	hash_write_hex(hash, hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_sha256(NULL, 0, hash);
	hash_write_hex(hash, hex);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void hmac_agrees_with_the_standard(void **state)
{
	(void)state;
	uint8_t hash[HASH_SHA256_BYTES];
	char hex[65];
	struct str message = STR("what do ya want for nothing?");
	hash_hmac_sha256(STR("Jefe"), message.ptr, message.len, hash);
	hash_write_hex(hash, hex);
	assert_string_equal(hex,
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	char key[131];
	memset(key, 0xaa, sizeof(key));
	message = STR("Test Using Larger Than Block-Size Key - Hash Key First");
	hash_hmac_sha256((struct str){ key, sizeof(key) }, message.ptr, message.len, hash);
	hash_write_hex(hash, hex);
	assert_string_equal(hex,
			    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void equality_sees_every_byte(void **state)
{
	(void)state;
	uint8_t a[HASH_SHA256_BYTES];
	uint8_t b[HASH_SHA256_BYTES];
	hash_sha256("a", 1, a);
	memcpy(b, a, sizeof(b));
	assert_true(hash_equal(a, b));
	for (size_t i = 0; i < sizeof(b); i++) {
		b[i] ^= 0x10;
		assert_false(hash_equal(a, b));
		b[i] ^= 0x10;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_agrees_with_the_standard),
		cmocka_unit_test(hmac_agrees_with_the_standard),
		cmocka_unit_test(equality_sees_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
