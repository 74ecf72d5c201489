/* SPDX-License-Identifier: Apache-2.0 */
#include "os/crypto.h"

#include "base/assert.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#define GROUP_NAME "prime256v1"
#define DER_BYTES_MAX 80

struct crypto_key {
	EVP_PKEY *pair;
	uint8_t scalar[CRYPTO_SCALAR_BYTES];
	uint8_t point[CRYPTO_POINT_BYTES];
};

/* The point that belongs to a scalar; false when the scalar is none. */
static bool point_of(const EC_GROUP *group, const BIGNUM *scalar,
		     uint8_t ret_point[CRYPTO_POINT_BYTES])
{
	EC_POINT *point = EC_POINT_new(group);
	bool fine = point != NULL && !BN_is_zero(scalar) &&
		    BN_cmp(scalar, EC_GROUP_get0_order(group)) < 0 &&
		    EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) == 1 &&
		    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret_point,
				       CRYPTO_POINT_BYTES, NULL) == CRYPTO_POINT_BYTES;
	EC_POINT_free(point);
	return fine;
}

/* A key of OpenSSL's from a point and, when it is ours, its scalar. */
static EVP_PKEY *pair_of(const uint8_t point[CRYPTO_POINT_BYTES], const BIGNUM *scalar)
{
	EVP_PKEY *pair = NULL;
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM *parameters = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (builder != NULL && context != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, GROUP_NAME, 0) ==
		    1 &&
	    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
					     CRYPTO_POINT_BYTES) == 1 &&
	    (scalar == NULL ||
	     OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1))
		parameters = OSSL_PARAM_BLD_to_param(builder);
	if (parameters == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pair,
			      scalar == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
			      parameters) != 1)
		pair = NULL;
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	return pair;
}

struct crypto_key *crypto_key_load(const uint8_t scalar[CRYPTO_SCALAR_BYTES])
{
	struct crypto_key *key = calloc(1, sizeof(*key));
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	BIGNUM *number = BN_bin2bn(scalar, CRYPTO_SCALAR_BYTES, NULL);
	if (key != NULL && group != NULL && number != NULL && point_of(group, number, key->point)) {
		memcpy(key->scalar, scalar, CRYPTO_SCALAR_BYTES);
		key->pair = pair_of(key->point, number);
	}
	BN_clear_free(number);
	EC_GROUP_free(group);
	if (key != NULL && key->pair == NULL) {
		crypto_key_destroy(key);
		key = NULL;
	}
	return key;
}

struct crypto_key *crypto_key_generate(void)
{
	struct crypto_key *key = NULL;
	uint8_t scalar[CRYPTO_SCALAR_BYTES];
	BIGNUM *number = NULL;
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	if (pair != NULL && EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
	    BN_bn2binpad(number, scalar, sizeof(scalar)) == (int)sizeof(scalar))
		key = crypto_key_load(scalar);
	BN_clear_free(number);
	EVP_PKEY_free(pair);
	OPENSSL_cleanse(scalar, sizeof(scalar));
	return key;
}

void crypto_key_destroy(struct crypto_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pair);
	OPENSSL_cleanse(key, sizeof(*key));
	free(key);
}

void crypto_key_scalar(const struct crypto_key *key, uint8_t ret_scalar[CRYPTO_SCALAR_BYTES])
{
	memcpy(ret_scalar, key->scalar, CRYPTO_SCALAR_BYTES);
}

void crypto_key_public(const struct crypto_key *key, uint8_t ret_point[CRYPTO_POINT_BYTES])
{
	memcpy(ret_point, key->point, CRYPTO_POINT_BYTES);
}

bool crypto_agree(const struct crypto_key *key, const uint8_t peer[CRYPTO_POINT_BYTES],
		  uint8_t ret_secret[CRYPTO_SECRET_BYTES])
{
	size_t length = CRYPTO_SECRET_BYTES;
	EVP_PKEY *other = pair_of(peer, NULL);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pair, NULL);
	bool fine = other != NULL && context != NULL && EVP_PKEY_derive_init(context) == 1 &&
		    EVP_PKEY_derive_set_peer(context, other) == 1 &&
		    EVP_PKEY_derive(context, ret_secret, &length) == 1 &&
		    length == CRYPTO_SECRET_BYTES;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(other);
	return fine;
}

bool crypto_sign(const struct crypto_key *key, const void *bytes, size_t length,
		 uint8_t ret_signature[CRYPTO_SIGNATURE_BYTES])
{
	uint8_t der[DER_BYTES_MAX];
	size_t der_length = sizeof(der);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool fine = context != NULL &&
		    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->pair) == 1 &&
		    EVP_DigestSign(context, der, &der_length, bytes, length) == 1;
	EVP_MD_CTX_free(context);
	const uint8_t *at = der;
	ECDSA_SIG *signature = fine ? d2i_ECDSA_SIG(NULL, &at, (long)der_length) : NULL;
	const int half = CRYPTO_SIGNATURE_BYTES / 2;
	fine = signature != NULL &&
	       BN_bn2binpad(ECDSA_SIG_get0_r(signature), ret_signature, half) == half &&
	       BN_bn2binpad(ECDSA_SIG_get0_s(signature), ret_signature + half, half) == half;
	ECDSA_SIG_free(signature);
	return fine;
}

bool crypto_derive(struct str salt, struct str secret, struct str info, uint8_t *ret_bytes,
		   size_t length)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	bool fine = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
		    EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1 &&
		    EVP_PKEY_CTX_set1_hkdf_salt(context, (const uint8_t *)salt.ptr,
						(int)salt.len) == 1 &&
		    EVP_PKEY_CTX_set1_hkdf_key(context, (const uint8_t *)secret.ptr,
					       (int)secret.len) == 1 &&
		    EVP_PKEY_CTX_add1_hkdf_info(context, (const uint8_t *)info.ptr,
						(int)info.len) == 1 &&
		    EVP_PKEY_derive(context, ret_bytes, &length) == 1;
	EVP_PKEY_CTX_free(context);
	return fine;
}

bool crypto_seal(const uint8_t key[CRYPTO_AES_KEY_BYTES], const uint8_t nonce[CRYPTO_NONCE_BYTES],
		 const uint8_t *plain, size_t length, uint8_t *ret_sealed)
{
	int written = 0, rest = 0;
	ASSERT(length <= 65536);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	bool fine = context != NULL &&
		    EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, key, nonce) == 1 &&
		    EVP_EncryptUpdate(context, ret_sealed, &written, plain, (int)length) == 1 &&
		    EVP_EncryptFinal_ex(context, ret_sealed + written, &rest) == 1 &&
		    (size_t)written + (size_t)rest == length &&
		    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, CRYPTO_TAG_BYTES,
					ret_sealed + length) == 1;
	EVP_CIPHER_CTX_free(context);
	return fine;
}
