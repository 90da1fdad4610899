/* SPDX-License-Identifier: MIT */
/*
 * Signature hashes of any transaction: legacy ones equal those of a changed copy
 * that is written out whole; all are the same the second time, with or without
 * stored states.
 *
 * Input: hash type (4), input index (2), script code and a signature to delete
 * from it, each after one byte of length, then the transaction.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "consensus/script_check.h"
#include "consensus/sighash.h"
#include "primitives/script.h"

#define INPUT_MAX 65536

static struct bytes take(struct reader *r, size_t n)
{
	size_t left = reader_left(r);

	n = n < left ? n : left;
	return bytes_of(reader_take(r, n), n);
}

/* The code without the push of sig and without separators, by building it. False
 * when it has a tail that cannot be decoded: that has tests of its own. */
static bool clean_code(struct buf *out, struct bytes code, struct bytes sig)
{
	struct bytes left = code, before = code, data;
	struct buf push;
	uint8_t op;

	buf_init(&push, 300);
	if (sig.len < OP_PUSHDATA1) {
		buf_u8(&push, (uint8_t)sig.len);
	} else {
		buf_u8(&push, OP_PUSHDATA1);
		buf_u8(&push, (uint8_t)sig.len);
	}
	buf_bytes(&push, sig);
	for (; script_next(&left, &op, &data); before = left) {
		struct bytes piece = bytes_of(before.p, before.len - left.len);

		if (op != OP_CODESEPARATOR && !bytes_equal(piece, buf_view(&push)))
			buf_bytes(out, piece);
	}
	buf_free(&push);
	return left.len == 0;
}

/* What is signed, as BIP143 describes the form before it. */
static void naive(struct hash256 *out, const struct tx *tx, uint32_t n_in,
		  struct bytes code, uint32_t type, struct arena *a)
{
	uint32_t base = type & 0x1f;
	struct tx copy = *tx;
	struct buf b;

	copy.in = arena_copy(a, tx->in, tx->n_in * sizeof(*tx->in));
	copy.out = arena_copy(a, tx->out, tx->n_out * sizeof(*tx->out));
	BUG_ON(!copy.in || !copy.out);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		copy.in[i].script_sig = i == n_in ? code : bytes_of(NULL, 0);
		if (i != n_in && (base == SIGHASH_NONE || base == SIGHASH_SINGLE))
			copy.in[i].sequence = 0;
	}
	if (base == SIGHASH_NONE)
		copy.n_out = 0;
	if (base == SIGHASH_SINGLE) {
		copy.n_out = n_in + 1;
		for (uint32_t i = 0; i < n_in; i++)
			copy.out[i] = (struct txout){-1, {NULL, 0}};
	}
	if (type & SIGHASH_ANYONECANPAY) {
		copy.in += n_in;
		copy.n_in = 1;
	}
	buf_init(&b, 4 * INPUT_MAX);
	tx_write(&b, &copy, false);
	buf_le32(&b, type);
	sha256d(out->b, b.p, b.len);
	buf_free(&b);
}

static void check_legacy(const struct sighash_cache *c, uint32_t n_in,
			 struct bytes code, struct bytes sig, uint32_t type,
			 struct arena *a)
{
	struct script_code sc = {code, &sig, 1};
	struct sighash_memo memo = {0};
	struct hash256 got, again, want = {{1}};
	struct buf clean;

	sighash_legacy(&got, c, n_in, &sc, type, NULL);
	sighash_legacy(&again, c, n_in, &sc, type, &memo);
	BUG_ON(!hash256_equal(&got, &again));
	sighash_legacy(&again, c, n_in, &sc, type, &memo);
	BUG_ON(!hash256_equal(&got, &again));
	buf_init(&clean, INPUT_MAX);
	if (clean_code(&clean, code, sig)) {
		if ((type & 0x1f) != SIGHASH_SINGLE || n_in < c->tx->n_out)
			naive(&want, c->tx, n_in, buf_view(&clean), type, a);
		BUG_ON(!hash256_equal(&got, &want));
	}
	buf_free(&clean);
}

static void check_witness(const struct sighash_cache *c, uint32_t n_in,
			  struct bytes code, uint32_t type)
{
	struct taproot_ext ext = {.annex = type & 4, .tapscript = type & 8};
	struct hash256 one, two;
	bool known = (type & 0x7f) <= 3 && (uint8_t)type != 0x80;

	if (c->has_midhash) {
		sighash_v0(&one, c, n_in, code, 1, type);
		sighash_v0(&two, c, n_in, code, 2, type);
		BUG_ON(hash256_equal(&one, &two));
	}
	if (c->has_taproot)
		BUG_ON(sighash_taproot(&one, c, n_in, &ext, (uint8_t)type) !=
		       (known && ((type & 3) != SIGHASH_SINGLE ||
				  n_in < c->tx->n_out)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t taproot[34] = {OP_1, 32};
	struct reader r = reader_of(data, len);
	uint32_t type = reader_le32(&r), n_in = reader_le16(&r);
	struct bytes code = take(&r, reader_u8(&r));
	struct bytes sig = take(&r, reader_u8(&r));
	struct sighash_cache *c;
	struct coin *coins;
	struct arena a;
	struct tx tx;

	if (len > INPUT_MAX)
		return 0;
	arena_init(&a, 64 * INPUT_MAX);
	if (tx_read(&tx, &r, &a) != ST_OK || !tx.n_in)
		goto out;
	n_in %= tx.n_in;
	coins = arena_calloc(&a, tx.n_in, sizeof(*coins));
	BUG_ON(!coins);
	for (uint32_t i = 0; i < tx.n_in; i++)
		coins[i].script = bytes_of(taproot, sizeof(taproot));
	c = sighash_cache_new(&tx, coins);
	BUG_ON(!c);
	check_witness(c, n_in, code, type);
	sighash_cache_free(c);
	c = sighash_cache_new(&tx, NULL);
	BUG_ON(!c);
	check_legacy(c, n_in, code, sig, type, &a);
	sighash_cache_free(c);
out:
	arena_free(&a);
	return 0;
}
