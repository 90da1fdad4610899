/* SPDX-License-Identifier: MIT */
#include "crypto/muhash.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "crypto/sha256.h"

#define NUMBER_SIZE 384
#define PRIME_BELOW 1103717	/* 2^3072 minus the modulus */

struct muhash {
	BIGNUM *product, *modulus, *member;
	BN_CTX *scratch;
	EVP_CIPHER_CTX *cipher;
};

struct muhash *muhash_new(void)
{
	struct muhash *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->product = BN_new();
	m->modulus = BN_new();
	m->member = BN_new();
	m->scratch = BN_CTX_new();
	m->cipher = EVP_CIPHER_CTX_new();
	if (!m->product || !m->modulus || !m->member || !m->scratch ||
	    !m->cipher || !BN_one(m->product) || !BN_one(m->modulus) ||
	    !BN_lshift(m->modulus, m->modulus, NUMBER_SIZE * 8) ||
	    !BN_sub_word(m->modulus, PRIME_BELOW)) {
		muhash_free(m);
		return NULL;
	}
	return m;
}

void muhash_free(struct muhash *m)
{
	if (!m)
		return;
	BN_free(m->product);
	BN_free(m->modulus);
	BN_free(m->member);
	BN_CTX_free(m->scratch);
	EVP_CIPHER_CTX_free(m->cipher);
	free(m);
}

enum status muhash_add(struct muhash *m, const void *p, size_t n)
{
	static const uint8_t zero[NUMBER_SIZE];
	uint8_t key[32], number[NUMBER_SIZE];
	int len = 0;

	sha256(key, p, n);
	if (!EVP_EncryptInit_ex(m->cipher, EVP_chacha20(), NULL, key, zero) ||
	    !EVP_EncryptUpdate(m->cipher, number, &len, zero, NUMBER_SIZE) ||
	    len != NUMBER_SIZE ||
	    !BN_lebin2bn(number, NUMBER_SIZE, m->member) ||
	    !BN_mod_mul(m->product, m->product, m->member, m->modulus,
			m->scratch))
		return ST_NOMEM;
	return ST_OK;
}

enum status muhash_done(const struct muhash *m, uint8_t out[32])
{
	uint8_t number[NUMBER_SIZE];

	if (BN_bn2lebinpad(m->product, number, NUMBER_SIZE) != NUMBER_SIZE)
		return ST_NOMEM;
	sha256(out, number, NUMBER_SIZE);
	return ST_OK;
}
