/* SPDX-License-Identifier: MIT */
/*
 * A transaction under test: it spends one output of interest (input `at`, the
 * last) and may have others beside it.
 */
#ifndef QUARRY_TESTS_UNIT_CONSENSUS_SPEND_H
#define QUARRY_TESTS_UNIT_CONSENSUS_SPEND_H

#include "base/buf.h"
#include "consensus/script_check.h"
#include "consensus/sighash.h"
#include "consensus/taproot.h"
#include "crypto/ec.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "tests/unit/unit.h"

#define SPEND_INPUTS 3
#define SPEND_MAX ((size_t)16 << 20)

struct spend {
	struct tx tx;
	struct txin in[SPEND_INPUTS];
	struct txout out[SPEND_INPUTS];
	struct coin coin[SPEND_INPUTS];
	uint32_t at;
	struct buf sig, pubkey, witness, leaf;
	uint8_t control[TAPROOT_CONTROL_BASE];
	int32_t pos;
};

/* n_in inputs, n_out outputs with odd numbers in every field. */
static inline void spend_init(struct spend *s, uint32_t n_in, uint32_t n_out)
{
	static const uint8_t out_script[] = {OP_1, OP_DROP, OP_1};

	memset(s, 0, sizeof(*s));
	for (uint32_t i = 0; i < n_in; i++) {
		memset(s->in[i].prevout.txid.h.b, (int)i + 1, 32);
		s->in[i].prevout.n = 7 + i;
		s->in[i].sequence = 0xfffffff0u + i;
		s->coin[i].value = 1000 * (i + 1);
		s->coin[i].script = bytes_of(out_script, 1);
	}
	for (uint32_t i = 0; i < n_out; i++) {
		s->out[i].value = 500 + i;
		s->out[i].script = bytes_of(out_script, 1 + i);
	}
	s->tx = (struct tx){.version = 2, .n_in = n_in, .n_out = n_out,
			    .locktime = 99, .in = s->in, .out = s->out};
	s->at = n_in - 1;
	buf_init(&s->sig, SPEND_MAX);
	buf_init(&s->pubkey, SPEND_MAX);
	buf_init(&s->witness, SPEND_MAX);
	buf_init(&s->leaf, SPEND_MAX);
}

static inline void spend_free(struct spend *s)
{
	buf_free(&s->sig);
	buf_free(&s->pubkey);
	buf_free(&s->witness);
	buf_free(&s->leaf);
}

static inline void spend_item(struct spend *s, const void *p, size_t len)
{
	compactsize_add(&s->witness, len);
	buf_add(&s->witness, p, len);
	s->in[s->at].n_witness++;
}

/* Puts the pieces in place. */
static inline void spend_settle(struct spend *s)
{
	struct txin *in = &s->in[s->at];

	in->script_sig = buf_view(&s->sig);
	in->witness = buf_view(&s->witness);
	s->tx.has_witness = in->n_witness > 0;
	s->coin[s->at].script = buf_view(&s->pubkey);
}

static inline enum script_error spend_trace(struct spend *s, uint32_t cf,
					    uint32_t pf,
					    const struct script_trace *trace)
{
	struct sighash_cache *c;
	enum script_error e;

	spend_settle(s);
	c = sighash_cache_new(&s->tx, s->coin);
	assert_non_null(c);
	assert_int_equal(script_check(&s->tx, s->at, s->coin, c,
				      (struct consensus_flags){cf},
				      (struct policy_flags){pf}, trace, &e,
				      &s->pos), ST_OK);
	sighash_cache_free(c);
	return e;
}

static inline enum script_error spend_check(struct spend *s, uint32_t cf,
					    uint32_t pf)
{
	return spend_trace(s, cf, pf, NULL);
}

/* The output pays to the witness script in `leaf`, which becomes the next item
 * of the witness. */
static inline void spend_p2wsh(struct spend *s)
{
	uint8_t hash[32];

	sha256(hash, s->leaf.p, s->leaf.len);
	script_witness(&s->pubkey, 0, bytes_of(hash, 32));
	spend_item(s, s->leaf.p, s->leaf.len);
}

/* The same with `leaf` as the only script of a taproot output; the control
 * block follows it in the witness. */
static inline void spend_p2tr(struct spend *s, uint8_t leaf_version)
{
	/* BIP341's point without a known secret */
	static const char nums[] =
		"\x50\x92\x9b\x74\xc1\xa0\x49\x54\xb7\x8b\x4b\x60\x35\xe9\x7a\x5e"
		"\x07\x8a\x5a\x0f\x28\xec\x96\xd5\x47\xbf\xee\x9a\xce\x80\x3a\xc0";
	const uint8_t *key = (const uint8_t *)nums;
	struct sha256_ctx h;
	struct hash256 leaf;
	uint8_t tweak[32], out[32];
	int parity;

	taproot_leaf_hash(&leaf, leaf_version, buf_view(&s->leaf));
	sha256_tagged_init(&h, "TapTweak");
	sha256_add(&h, key, 32);
	sha256_add(&h, leaf.b, 32);
	sha256_done(&h, tweak);
	assert_true(ec_xonly_tweak_add(out, &parity, key, tweak));
	script_witness(&s->pubkey, 1, bytes_of(out, 32));
	s->control[0] = (uint8_t)(leaf_version | parity);
	memcpy(s->control + 1, key, 32);
	spend_item(s, s->leaf.p, s->leaf.len);
	spend_item(s, s->control, sizeof(s->control));
}

static inline void spend_ops(struct buf *b, uint8_t op, size_t n)
{
	while (n--)
		buf_u8(b, op);
}

#endif
