/* SPDX-License-Identifier: MIT */
#include "crypto/scrypt.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#define SCRYPT_MAX_BYTES (UINT64_C(1) << 30)

static bool sane(uint64_t n, uint32_t r, uint32_t p)
{
	if (n < 2 || (n & (n - 1)) || n > SCRYPT_MAX_BYTES || r == 0 || p == 0)
		return false;
	/* 128 r n bytes for the table, 128 r p for the blocks. */
	return r <= SCRYPT_MAX_BYTES / 128 / n &&
	       p <= SCRYPT_MAX_BYTES / 128 / r;
}

enum status scrypt_derive(uint8_t *out, size_t out_len, struct bytes pass,
			  struct bytes salt, uint64_t n, uint32_t r, uint32_t p)
{
	static const uint8_t nothing[1];
	int ok;

	if (!sane(n, r, p) || out_len == 0)
		return ST_USAGE;
	ERR_set_mark();
	ok = EVP_PBE_scrypt(
		(const char *)(pass.len ? pass.p : nothing), pass.len,
		salt.len ? salt.p : nothing, salt.len, n, r, p,
		2 * SCRYPT_MAX_BYTES + (1 << 20), out, out_len);
	ERR_pop_to_mark();
	return ok == 1 ? ST_OK : ST_NOMEM;
}
