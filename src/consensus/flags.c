/* SPDX-License-Identifier: MIT */
#include "consensus/flags.h"

/* An absent exception is the zero hash; so is the id of a block not yet made. */
static bool is_exception(const struct blkid *exception, const struct blkid *id)
{
	return !hash256_is_zero(&exception->h) &&
	       hash256_equal(&exception->h, &id->h);
}

struct consensus_flags consensus_flags_at(const struct params *p,
					  uint32_t height,
					  const struct blkid *id)
{
	/* Only one block each of Bitcoin's history breaks BIP16 and taproot, so
	 * these rules hold from genesis on, those blocks excepted. */
	struct consensus_flags f = {CF_P2SH | CF_WITNESS | CF_TAPROOT};

	if (is_exception(&p->bip16_exception, id))
		f.bits = 0;
	else if (is_exception(&p->taproot_exception, id))
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
