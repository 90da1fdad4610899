/* SPDX-License-Identifier: MIT */
#include "crypto/gcm.h"

#include <limits.h>

#include <openssl/evp.h>

#include "crypto/wipe.h"

enum status gcm_seal(uint8_t *out, uint8_t tag[GCM_TAG_BYTES],
		     const uint8_t key[GCM_KEY_BYTES],
		     const uint8_t nonce[GCM_NONCE_BYTES], struct bytes aad,
		     struct bytes plain)
{
	EVP_CIPHER_CTX *c;
	uint8_t none[16];
	int n;
	bool ok;

	if (aad.len > INT_MAX || plain.len > INT_MAX)
		return ST_TOO_BIG;
	c = EVP_CIPHER_CTX_new();
	if (!c)
		return ST_NOMEM;
	ok = EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(), key, nonce, NULL) == 1 &&
	     (!aad.len ||
	      EVP_EncryptUpdate(c, NULL, &n, aad.p, (int)aad.len) == 1) &&
	     (!plain.len ||
	      EVP_EncryptUpdate(c, out, &n, plain.p, (int)plain.len) == 1) &&
	     EVP_EncryptFinal_ex(c, none, &n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_BYTES, tag) == 1;
	EVP_CIPHER_CTX_free(c);
	return ok ? ST_OK : ST_NOMEM;
}

enum status gcm_open(uint8_t *out, const uint8_t tag[GCM_TAG_BYTES],
		     const uint8_t key[GCM_KEY_BYTES],
		     const uint8_t nonce[GCM_NONCE_BYTES], struct bytes aad,
		     struct bytes sealed)
{
	enum status st = ST_NOMEM;
	uint8_t want[GCM_TAG_BYTES], none[16];
	EVP_CIPHER_CTX *c;
	int n;

	if (aad.len > INT_MAX || sealed.len > INT_MAX)
		return ST_TOO_BIG;
	c = EVP_CIPHER_CTX_new();
	if (!c)
		return ST_NOMEM;
	memcpy(want, tag, sizeof(want));
	if (EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), key, nonce, NULL) == 1 &&
	    (!aad.len || EVP_DecryptUpdate(c, NULL, &n, aad.p, (int)aad.len) == 1) &&
	    (!sealed.len ||
	     EVP_DecryptUpdate(c, out, &n, sealed.p, (int)sealed.len) == 1) &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_BYTES, want) == 1)
		st = EVP_DecryptFinal_ex(c, none, &n) == 1 ? ST_OK : ST_CORRUPT;
	EVP_CIPHER_CTX_free(c);
	if (st != ST_OK)
		wipe(out, sealed.len);
	return st;
}
