/* SPDX-License-Identifier: MIT */
/* See faucet.h. */
#include "wallet/faucet.h"

#include <string.h>

#include "crypto/sha256.h"
#include "wallet/newkey.h"

void faucet_key(struct wallet_key *k)
{
	static const char phrase[] = "Quarry's faucet: whoever reads this may "
				     "spend what it has.";

	sha256(k->secret, phrase, strlen(phrase));
}

enum status faucet_payee(const struct params *p, char address[ADDRESS_TEXT_SIZE],
			 struct buf *script)
{
	char wif[ADDRESS_TEXT_SIZE], legacy[ADDRESS_TEXT_SIZE];
	struct wallet_key k;

	faucet_key(&k);
	if (!wallet_key_texts(&k, p, wif, address, legacy) ||
	    address_to_script(script, p, address, strlen(address)) != ADDRESS_OK)
		return ST_NOMEM;
	return buf_status(script);
}
