/* SPDX-License-Identifier: MIT */
#include "wallet/digest.h"

#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

/* Much more than a transaction that relays would take. */
#define DIGEST_MAX (1u << 20)

static void put_outpoint(struct buf *b, const struct outpoint *o)
{
	buf_add(b, o->txid.h.b, 32);
	buf_le32(b, o->n);
}

static void put_outputs(struct buf *b, const struct tx *tx)
{
	for (uint32_t i = 0; i < tx->n_out; i++) {
		buf_le64(b, (uint64_t)tx->out[i].value);
		compactsize_add(b, tx->out[i].script.len);
		buf_bytes(b, tx->out[i].script);
	}
}

/* Hashes what was built, unless it did not fit. */
static enum status finish(uint8_t out[32], struct buf *b)
{
	enum status st = buf_status(b);

	if (st == ST_OK)
		sha256d(out, b->p, b->len);
	buf_free(b);
	return st;
}

enum status wallet_digest_legacy(uint8_t out[32], const struct tx *tx, uint32_t at,
				 struct bytes script)
{
	struct buf b;

	buf_init(&b, DIGEST_MAX);
	buf_le32(&b, tx->version);
	compactsize_add(&b, tx->n_in);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		put_outpoint(&b, &tx->in[i].prevout);
		compactsize_add(&b, i == at ? script.len : 0);
		if (i == at)
			buf_bytes(&b, script);
		buf_le32(&b, tx->in[i].sequence);
	}
	compactsize_add(&b, tx->n_out);
	put_outputs(&b, tx);
	buf_le32(&b, tx->locktime);
	buf_le32(&b, WALLET_SIGHASH_ALL);
	return finish(out, &b);
}

/* Appends the double hash of what `part` holds, and empties it. */
static void put_hash_of(struct buf *b, struct buf *part)
{
	uint8_t h[32];

	sha256d(h, part->p, part->len);
	buf_add(b, h, 32);
	buf_reset(part);
}

enum status wallet_digest_segwit(uint8_t out[32], const struct tx *tx, uint32_t at,
				 const uint8_t hash[20], int64_t value_sat)
{
	struct buf b, part;
	enum status st;

	buf_init(&b, DIGEST_MAX);
	buf_init(&part, DIGEST_MAX);
	buf_le32(&b, tx->version);
	for (uint32_t i = 0; i < tx->n_in; i++)
		put_outpoint(&part, &tx->in[i].prevout);
	put_hash_of(&b, &part);
	for (uint32_t i = 0; i < tx->n_in; i++)
		buf_le32(&part, tx->in[i].sequence);
	put_hash_of(&b, &part);
	put_outpoint(&b, &tx->in[at].prevout);
	buf_u8(&b, 25);
	script_p2pkh(&b, hash);
	buf_le64(&b, (uint64_t)value_sat);
	buf_le32(&b, tx->in[at].sequence);
	put_outputs(&part, tx);
	st = buf_status(&part);
	if (st == ST_OK)
		put_hash_of(&b, &part);
	buf_free(&part);
	buf_le32(&b, tx->locktime);
	buf_le32(&b, WALLET_SIGHASH_ALL);
	if (st != ST_OK) {
		buf_free(&b);
		return st;
	}
	return finish(out, &b);
}
