/* SPDX-License-Identifier: MIT */
/* Signature hashing of witness programs: BIP143, BIP341 and BIP342. */
#include "consensus/sighash.h"

#include "base/bug.h"
#include "primitives/compactsize.h"

static const uint8_t zeros[32];

static void add_output(struct sha256_ctx *h, int64_t value, struct bytes script)
{
	uint8_t b[8 + 9];

	le64_put(b, (uint64_t)value);
	sha256_add(h, b, 8 + compactsize_put(b + 8, script.len));
	sha256_add(h, script.p, script.len);
}

static void put_prevout(uint8_t out[36], const struct txin *in)
{
	memcpy(out, in->prevout.txid.h.b, 32);
	le32_put(out + 32, in->prevout.n);
}

static void put_outputs_v0(uint8_t out[32], const struct sighash_cache *c,
			   uint32_t n_in, uint32_t base)
{
	struct sha256_ctx h;

	if (base != SIGHASH_SINGLE && base != SIGHASH_NONE) {
		memcpy(out, c->outputs_d.b, 32);
	} else if (base == SIGHASH_SINGLE && n_in < c->tx->n_out) {
		sha256_init(&h);
		add_output(&h, c->tx->out[n_in].value, c->tx->out[n_in].script);
		sha256d_done(&h, out);
	} else {
		memcpy(out, zeros, 32);
	}
}

void sighash_v0(struct hash256 *out, const struct sighash_cache *c,
		uint32_t n_in, struct bytes code, int64_t amount_sat,
		uint32_t type)
{
	const struct txin *in = &c->tx->in[n_in];
	uint32_t base = type & 0x1f;
	bool acp = type & SIGHASH_ANYONECANPAY;
	bool all = base != SIGHASH_SINGLE && base != SIGHASH_NONE;
	/* version, prevouts, sequences, prevout, length of the code */
	uint8_t b[4 + 32 + 32 + 36 + 9];
	/* amount, sequence, outputs, lock time, type */
	uint8_t e[8 + 4 + 32 + 4 + 4];
	struct sha256_ctx h;

	BUG_ON(!c->has_midhash);
	le32_put(b, c->tx->version);
	memcpy(b + 4, acp ? zeros : c->prevouts_d.b, 32);
	memcpy(b + 36, acp || !all ? zeros : c->sequences_d.b, 32);
	put_prevout(b + 68, in);
	sha256_init(&h);
	sha256_add(&h, b, 104 + compactsize_put(b + 104, code.len));
	sha256_add(&h, code.p, code.len);
	le64_put(e, (uint64_t)amount_sat);
	le32_put(e + 8, in->sequence);
	put_outputs_v0(e + 12, c, n_in, base);
	le32_put(e + 44, c->tx->locktime);
	le32_put(e + 48, type);
	sha256_add(&h, e, sizeof(e));
	sha256d_done(&h, out->b);
}

static bool is_taproot_type(uint8_t type)
{
	return type <= 3 || (type >= 0x81 && type <= 0x83);
}

static void add_taproot_input(struct sha256_ctx *h,
			      const struct sighash_cache *c, uint32_t n_in,
			      bool acp)
{
	uint8_t b[36];

	if (!acp) {
		le32_put(b, n_in);
		sha256_add(h, b, 4);
		return;
	}
	put_prevout(b, &c->tx->in[n_in]);
	sha256_add(h, b, 36);
	add_output(h, c->coins[n_in].value, c->coins[n_in].script);
	le32_put(b, c->tx->in[n_in].sequence);
	sha256_add(h, b, 4);
}

bool sighash_taproot(struct hash256 *out, const struct sighash_cache *c,
		     uint32_t n_in, const struct taproot_ext *ext, uint8_t type)
{
	uint32_t base = type == SIGHASH_DEFAULT ? SIGHASH_ALL : type & 3u;
	bool acp = type & SIGHASH_ANYONECANPAY;
	/* epoch, type, version, lock time, then up to five hashes */
	uint8_t b[1 + 1 + 4 + 4 + 5 * 32 + 1];
	uint8_t e[32 + 1 + 4];
	size_t n = 10;
	struct sha256_ctx h;

	if (!is_taproot_type(type) ||
	    (base == SIGHASH_SINGLE && n_in >= c->tx->n_out))
		return false;
	BUG_ON(!c->has_taproot || !c->has_midhash);
	b[0] = 0;
	b[1] = type;
	le32_put(b + 2, c->tx->version);
	le32_put(b + 6, c->tx->locktime);
	if (!acp) {
		memcpy(b + n, c->prevouts.b, 32);
		memcpy(b + n + 32, c->amounts.b, 32);
		memcpy(b + n + 64, c->scripts.b, 32);
		memcpy(b + n + 96, c->sequences.b, 32);
		n += 128;
	}
	if (base == SIGHASH_ALL) {
		memcpy(b + n, c->outputs.b, 32);
		n += 32;
	}
	b[n++] = (uint8_t)(ext->tapscript << 1 | ext->annex);
	h = c->tap_sighash;
	sha256_add(&h, b, n);
	add_taproot_input(&h, c, n_in, acp);
	if (ext->annex)
		sha256_add(&h, ext->annex_hash.b, 32);
	if (base == SIGHASH_SINGLE) {
		struct sha256_ctx single;

		sha256_init(&single);
		add_output(&single, c->tx->out[n_in].value,
			   c->tx->out[n_in].script);
		sha256_done(&single, e);
		sha256_add(&h, e, 32);
	}
	if (ext->tapscript) {
		memcpy(e, ext->leaf.b, 32);
		e[32] = 0;	/* key version */
		le32_put(e + 33, ext->codesep);
		sha256_add(&h, e, sizeof(e));
	}
	sha256_done(&h, out->b);
	return true;
}
