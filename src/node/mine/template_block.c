/* SPDX-License-Identifier: MIT */
/* Coinbase, Merkle branch and block of a template, and mining one here. */
#include <stdlib.h>

#include "base/bug.h"
#include "crypto/powscan.h"
#include "crypto/rand.h"
#include "crypto/sha256.h"
#include "node/chain/accept.h"
#include "node/mine/template.h"
#include "primitives/block.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "primitives/target.h"

#define EXTRANONCE_MAX 60
#define COINBASE_BYTES_MAX ((size_t)1 << 20)

/* The script that commits to the witnesses, the block's solution behind it. */
static void commitment_script(struct buf *out, const struct block_template *t)
{
	static const uint8_t header[4] = {0xec, 0xc7, 0xda, 0xa2};
	struct buf data;

	buf_init(out, COINBASE_BYTES_MAX);
	buf_add(out, t->commitment, sizeof(t->commitment));
	if (!t->solution.len)
		return;
	buf_init(&data, COINBASE_BYTES_MAX);
	buf_add(&data, header, sizeof(header));
	buf_bytes(&data, t->solution);
	script_push(out, data.p, data.len);
	if (buf_status(&data) != ST_OK)
		out->st = buf_status(&data);
	buf_free(&data);
}

void template_coinbase(struct buf *out, const struct block_template *t,
		       struct bytes script, struct bytes extranonce)
{
	static const uint8_t zero[33] = {32};	/* one item of 32 bytes */
	struct buf sig, commit;
	struct txin in = {.prevout.n = OUTPOINT_NULL_N,
			  .sequence = SEQUENCE_FINAL};
	struct txout to[3] = {{t->subsidy_sat + t->fees_sat, script}};
	struct tx tx = {.version = 2, .n_in = 1, .in = &in, .out = to};

	BUG_ON(extranonce.len > EXTRANONCE_MAX);
	commitment_script(&commit, t);
	buf_init(&sig, 100);
	script_push_int(&sig, t->height);
	/* one push whatever the bytes: its length never changes, and with that
	 * of a small height the script has its least length of two */
	buf_u8(&sig, (uint8_t)extranonce.len);
	buf_bytes(&sig, extranonce);
	in.script_sig = buf_view(&sig);
	tx.n_out = 1;
	if (t->has_evidence)
		to[tx.n_out++].script = bytes_of(t->evidence,
						 sizeof(t->evidence));
	/* of outputs of its form the last one counts */
	if (t->has_commitment) {
		to[tx.n_out++].script = buf_view(&commit);
		tx.has_witness = true;
		in.n_witness = 1;
		in.witness = bytes_of(zero, sizeof(zero));
	}
	tx_write(out, &tx, true);
	if (buf_status(&sig) != ST_OK)
		out->st = buf_status(&sig);
	if (buf_status(&commit) != ST_OK)
		out->st = buf_status(&commit);
	buf_free(&sig);
	buf_free(&commit);
}

enum status template_branch(const struct block_template *t,
			    struct hash256 branch[32], unsigned *n)
{
	struct hash256 *leaf = calloc(t->n_tx + 1, sizeof(*leaf));

	if (!leaf)
		return ST_NOMEM;
	for (uint32_t i = 0; i < t->n_tx; i++)
		leaf[i + 1] = t->tx[i].txid.h;
	*n = merkle_branch(branch, leaf, t->n_tx + 1, 0);
	free(leaf);
	return ST_OK;
}

void template_block(struct buf *out, const struct block_template *t,
		    const struct header *h, struct bytes coinbase)
{
	uint8_t raw[HEADER_SIZE];

	header_write(raw, h);
	buf_add(out, raw, sizeof(raw));
	compactsize_add(out, t->n_tx + 1);
	buf_bytes(out, coinbase);
	for (uint32_t i = 0; i < t->n_tx; i++)
		buf_bytes(out, t->tx[i].raw);
}

/* The header's root for a coinbase, whose id is over its form without witness. */
static enum status seal_header(const struct block_template *t,
			       struct bytes coinbase, struct header *h)
{
	struct hash256 branch[32];
	struct arena a;
	struct tx tx;
	unsigned n;
	enum status st = template_branch(t, branch, &n);

	arena_init(&a, COINBASE_BYTES_MAX);
	if (st == ST_OK)
		st = tx_parse(&tx, coinbase.p, coinbase.len, &a);
	if (st == ST_OK)
		merkle_branch_root(&h->merkle_root, &tx.txid.h, branch, n, 0);
	arena_free(&a);
	return st;
}

/* Searches until a header meets its bits: extranonce after extranonce. */
static enum status search(const struct block_template *t, struct bytes script,
			  uint64_t max_tries, struct header *h,
			  struct buf *coinbase)
{
	struct powscan_result r;
	uint8_t extra[8];
	enum status st;

	while (max_tries) {
		struct powscan_job job;
		uint64_t count = max_tries < UINT64_C(1) << 32
					 ? max_tries : UINT64_C(1) << 32;

		buf_reset(coinbase);
		st = rand_bytes(extra, sizeof(extra));
		if (st != ST_OK)
			return st;
		template_coinbase(coinbase, t, script,
				  bytes_of(extra, sizeof(extra)));
		st = buf_status(coinbase);
		if (st == ST_OK)
			st = seal_header(t, buf_view(coinbase), h);
		if (st != ST_OK)
			return st;
		header_write(job.header, h);
		if (!target_from_bits(&job.target, h->bits))
			return ST_CORRUPT;
		if (powscan(powscan_kernel(0), &job, 0, count, NULL, &r) ==
		    POWSCAN_FOUND) {
			h->nonce = r.nonce;
			return ST_OK;
		}
		max_tries -= count;
	}
	return ST_TIMEOUT;
}

enum status template_mine(const struct block_template *t, struct bytes script,
			  uint64_t max_tries, struct buf *block)
{
	struct header h = t->header;
	struct buf coinbase;
	enum status st;

	buf_init(&coinbase, COINBASE_BYTES_MAX);
	st = search(t, script, max_tries, &h, &coinbase);
	if (st == ST_OK) {
		template_block(block, t, &h, buf_view(&coinbase));
		st = buf_status(block);
	}
	buf_free(&coinbase);
	return st;
}

enum status node_mine_one(struct node *n, struct bytes script,
			  uint64_t max_tries, const char *source,
			  struct blkid *id)
{
	struct block_template t;
	struct block_result result;
	struct buf block;
	enum status st = node_template_make(n, &t);

	if (st != ST_OK)
		return st;
	buf_init(&block, (size_t)8 << 20);
	st = template_mine(&t, script, max_tries, &block);
	if (st == ST_OK)
		st = node_accept_block(n, block.p, block.len, source, &result);
	if (st == ST_OK) {
		*id = result.id;
		if (result.verdict.code != VALID || !result.active)
			st = ST_STALE;
	}
	/* before anybody hears of it: the log is synced, a power cut later does
	 * not take back a block that others build on */
	if (st == ST_OK)
		st = node_checkpoint(n, false);
	if (st == ST_BUSY)
		st = ST_OK;
	buf_free(&block);
	node_template_free(&t);
	return st;
}
