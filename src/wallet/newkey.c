/* SPDX-License-Identifier: MIT */
/* See newkey.h. */
#include "wallet/newkey.h"

#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "crypto/rand.h"

struct ec *wallet_ec_open(void)
{
	return ec_open();
}

void wallet_ec_close(struct ec *ec)
{
	ec_close(ec);
}

enum status wallet_key_new(struct wallet_key *k)
{
	enum status st;

	do {
		st = rand_secret(k->secret, sizeof(k->secret));
	} while (st == ST_OK && !ec_seckey_valid(k->secret));
	return st;
}

bool wallet_key_texts(const struct wallet_key *k, const struct params *p,
		      char wif[ADDRESS_TEXT_SIZE],
		      char segwit[ADDRESS_TEXT_SIZE],
		      char legacy[ADDRESS_TEXT_SIZE])
{
	struct ec *ec = ec_open();
	uint8_t pub[EC_PUBKEY_MAX], hash[20];
	struct buf script;
	size_t n = ec ? ec_pubkey_create(ec, pub, k->secret, true) : 0;
	bool ok = n > 0;

	ec_close(ec);
	if (!ok)
		return false;
	hash160(hash, pub, n);
	buf_init(&script, 64);
	script_witness(&script, 0, bytes_of(hash, 20));
	ok = address_from_script(segwit, p, buf_view(&script));
	buf_reset(&script);
	script_p2pkh(&script, hash);
	ok = ok && address_from_script(legacy, p, buf_view(&script));
	buf_free(&script);
	address_wif_encode(wif, p, k->secret, true);
	return ok;
}
