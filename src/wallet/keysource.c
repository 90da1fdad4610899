/* SPDX-License-Identifier: MIT */
#include "wallet/keysource.h"

#include "crypto/hash160.h"
#include "crypto/wipe.h"

bool key_query_fits(const struct key_query *q, const struct ec *ec,
		    const uint8_t secret[32], bool compressed,
		    struct key_found *f)
{
	uint8_t hash[20];
	bool fits;

	f->pub_len = ec_pubkey_create(ec, f->pub, secret, compressed);
	if (!f->pub_len)
		return false;
	if (q->pub.len == 20) {
		hash160(hash, f->pub, f->pub_len);
		fits = memcmp(hash, q->pub.p, 20) == 0;
	} else if (q->pub.len == 32) {
		fits = memcmp(f->pub + 1, q->pub.p, 32) == 0;
	} else {
		fits = bytes_equal(bytes_of(f->pub, f->pub_len), q->pub);
	}
	if (fits)
		memcpy(f->secret, secret, 32);
	else
		wipe(f, sizeof(*f));
	return fits;
}
