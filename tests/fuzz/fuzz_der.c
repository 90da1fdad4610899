/* SPDX-License-Identifier: MIT */
/*
 * Signatures in DER. Whatever the strict form accepts the lax reader must read,
 * to two numbers that stand in the bytes where the strict form says.
 */
#include "tests/fuzz/fuzz.h"

#include "crypto/ec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The base point in compressed form (SEC 2). */
	static const uint8_t key[33] = {
		0x02, 0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0,
		0x62, 0x95, 0xce, 0x87, 0x0b, 0x07, 0x02, 0x9b, 0xfc, 0xdb, 0x2d,
		0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98};
	static const uint8_t msg[32] = {1};
	struct bytes sig = bytes_of(data, size);
	uint8_t rs[64];

	if (ec_der_is_strict(sig)) {
		size_t r_len = data[3], s_len = data[5 + r_len];

		BUG_ON(!der_read_lax(bytes_of(data, size - 1), rs));
		if (r_len <= 32 && s_len <= 32) {
			BUG_ON(memcmp(rs + 32 - r_len, data + 4, r_len) != 0);
			BUG_ON(memcmp(rs + 64 - s_len, data + 6 + r_len, s_len) != 0);
		}
	} else {
		BUG_ON(ec_sig_is_low_s(sig));
	}
	(void)ec_verify_ecdsa(sig, bytes_of(key, sizeof(key)), msg);
	return 0;
}
