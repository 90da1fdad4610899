/* SPDX-License-Identifier: MIT */
#include "consensus/flags.h"

struct consensus_flags consensus_flags_at(const struct params *p,
					  uint32_t height,
					  const struct blkid *id)
{
	/* Only one block each of Bitcoin's history breaks BIP16 and taproot, so
	 * these rules hold from genesis on, those blocks excepted. An absent
	 * exception is the zero hash, which no block has. */
	struct consensus_flags f = {CF_P2SH | CF_WITNESS | CF_TAPROOT};

	if (hash256_equal(&id->h, &p->bip16_exception.h))
		f.bits = 0;
	else if (hash256_equal(&id->h, &p->taproot_exception.h))
		f.bits = CF_P2SH | CF_WITNESS;
	if (height >= p->bip66_height)
		f.bits |= CF_DERSIG;
	if (height >= p->bip65_height)
		f.bits |= CF_CLTV;
	if (height >= p->csv_height)
		f.bits |= CF_CSV;
	if (height >= p->segwit_height)
		f.bits |= CF_NULLDUMMY;	/* BIP147 */
	return f;
}
