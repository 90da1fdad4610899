/* SPDX-License-Identifier: MIT */
/* See maker_sign.h. */
#include "consensus/maker_sign.h"

#include "consensus/maker_turn.h"
#include "consensus/script_check.h"
#include "consensus/sighash.h"
#include "primitives/compactsize.h"

enum status maker_digest(uint8_t out[32], const struct params *p,
			 const struct block *b, struct arena *scratch,
			 bool *found)
{
	struct taproot_ext ext = {.tapscript = true, .codesep = UINT32_MAX};
	struct maker_lock lock;
	struct sighash_cache *c;
	struct signet_spend s;
	struct hash256 h;
	enum status st = signet_spend_make(&s, p, b, scratch, found);

	if (st != ST_OK || !*found)
		return st;
	*found = maker_lock_make(&lock, p);
	if (!*found)
		return ST_OK;
	/* the digest of BIP341 is only kept ready for inputs with a witness */
	s.in.n_witness = 1;
	s.to_sign.has_witness = true;
	c = sighash_cache_new(&s.to_sign, &s.coin);
	if (!c)
		return ST_NOMEM;
	ext.leaf = lock.leaf_hash;
	*found = sighash_taproot(&h, c, 0, &ext, SIGHASH_DEFAULT);
	sighash_cache_free(c);
	memcpy(out, h.b, sizeof(h.b));
	return ST_OK;
}

unsigned maker_sigs_count(const struct maker_sigs *s)
{
	return (unsigned)__builtin_popcount(s->have);
}

void block_solution(struct buf *out, struct bytes script_sig, uint32_t n_witness,
		    struct bytes witness)
{
	compactsize_add(out, script_sig.len);
	buf_bytes(out, script_sig);
	compactsize_add(out, n_witness);
	buf_bytes(out, witness);
}

/* The k makers whose signatures count. */
static bool choose(uint32_t *chosen, const struct params *p, uint32_t height,
		   const struct maker_sigs *s)
{
	unsigned first = maker_turn_first(p, height), n = 0;

	*chosen = 0;
	for (unsigned i = 0; i < p->n_makers && n < p->makers_needed; i++) {
		uint32_t bit = UINT32_C(1) << (first + i) % p->n_makers;

		if (s->have & bit) {
			*chosen |= bit;
			n++;
		}
	}
	return n == p->makers_needed;
}

bool maker_solution(struct buf *out, const struct params *p, uint32_t height,
		    const struct maker_sigs *s)
{
	struct maker_lock lock;
	uint32_t chosen;

	if (!choose(&chosen, p, height, s) || !maker_lock_make(&lock, p))
		return false;
	compactsize_add(out, 0);
	compactsize_add(out, p->n_makers + 2u);
	for (unsigned i = p->n_makers; i-- > 0;) {
		bool in = chosen >> i & 1;

		compactsize_add(out, in ? MAKER_SIG_SIZE : 0);
		if (in)
			buf_add(out, s->sig[i], MAKER_SIG_SIZE);
	}
	compactsize_add(out, lock.leaf_len);
	buf_add(out, lock.leaf, lock.leaf_len);
	compactsize_add(out, sizeof(lock.control));
	buf_add(out, lock.control, sizeof(lock.control));
	return true;
}
