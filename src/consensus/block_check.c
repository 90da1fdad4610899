/* SPDX-License-Identifier: MIT */
/*
 * A block by its bytes and by its branch; who calls what, and in which order,
 * follows Bitcoin Core, since the first rule broken gives the reason.
 */
#include "consensus/block_check.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/bug.h"
#include "consensus/locktime.h"
#include "consensus/signet.h"
#include "consensus/tx_check.h"
#include "consensus/tx_inputs.h"
#include "crypto/sha256.h"
#include "primitives/script.h"

#define COMMITMENT_SIZE 38

static const uint8_t commitment_prefix[6] = {0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed};

/* Puts which transaction it was before what a rule said of it. */
static bool name_transaction(struct verdict *v, const struct block *b,
			     uint32_t index)
{
	char said[VERDICT_DETAIL_SIZE], id[HASH_TEXT_SIZE];

	memcpy(said, v->detail, sizeof(said));
	said[sizeof(said) - 1] = '\0';
	hash256_text(id, &b->tx[index].txid.h);
	snprintf(v->detail, sizeof(v->detail), "transaction %" PRIu32 " (%s)%s%.60s",
		 index, id, said[0] ? ": " : "", said);
	v->has_tx = true;
	v->tx = b->tx[index].txid;
	return false;
}

static bool check_transactions(const struct block *b, struct verdict *v)
{
	uint64_t sigops = 0;

	if (b->n_tx == 0 || (uint64_t)b->n_tx * 4 > BLOCK_WEIGHT_MAX ||
	    (uint64_t)b->base_size * 4 > BLOCK_WEIGHT_MAX)
		return verdict_refuse(v, V_BLOCK_LENGTH,
				      "%" PRIu32 " transactions, %" PRIu32
				      " bytes without witness", b->n_tx,
				      b->base_size);
	if (!tx_is_coinbase(&b->tx[0]))
		return verdict_refuse(v, V_COINBASE_MISSING,
				      "the first transaction has a prevout");
	for (uint32_t i = 1; i < b->n_tx; i++) {
		if (tx_is_coinbase(&b->tx[i]))
			return verdict_refuse(v, V_COINBASE_MULTIPLE,
					      "transaction %" PRIu32, i);
	}
	for (uint32_t i = 0; i < b->n_tx; i++) {
		if (!tx_check(&b->tx[i], v))
			return name_transaction(v, b, i);
	}
	for (uint32_t i = 0; i < b->n_tx; i++)
		sigops += tx_sigops_legacy(&b->tx[i]);
	if (sigops * 4 > BLOCK_SIGOP_COST_MAX)
		return verdict_refuse(v, V_BLOCK_SIGOPS,
				      "cost %" PRIu64 " by the legacy count alone",
				      sigops * 4);
	return true;
}

enum status block_check(const struct params *p, const struct block *b,
			struct arena *scratch, struct verdict *v)
{
	enum status st = signet_check(p, b, scratch, v);

	return st == ST_OK && v->code == VALID ?
	       block_check_unsigned(b, scratch, v) : st;
}

enum status block_check_unsigned(const struct block *b, struct arena *scratch,
				 struct verdict *v)
{
	struct hash256 root;
	bool mutated;
	enum status st;

	st = block_merkle_root(&root, &mutated, b, false, scratch);
	if (st != ST_OK)
		return st;
	if (!hash256_equal(&root, &b->header.merkle_root)) {
		char text[HASH_TEXT_SIZE];

		verdict_refuse(v, V_BAD_MERKLE_ROOT, "the transactions' root is %s",
			       hash256_text(text, &root));
	} else if (mutated) {
		verdict_refuse(v, V_DUPLICATE_TXNS,
			       "two equal hashes side by side");
	} else {
		check_transactions(b, v);
	}
	return ST_OK;
}

int block_commitment_output(const struct tx *coinbase)
{
	int found = -1;

	for (uint32_t i = 0; i < coinbase->n_out; i++) {
		struct bytes s = coinbase->out[i].script;

		if (s.len >= COMMITMENT_SIZE &&
		    memcmp(s.p, commitment_prefix, sizeof(commitment_prefix)) == 0)
			found = (int)i;
	}
	return found;
}

void block_commitment_script(uint8_t out[38], const struct hash256 *witness_root,
			     const uint8_t reserved[32])
{
	uint8_t pair[64];

	memcpy(pair, witness_root->b, 32);
	memcpy(pair + 32, reserved, 32);
	memcpy(out, commitment_prefix, sizeof(commitment_prefix));
	sha256d(out + sizeof(commitment_prefix), pair, sizeof(pair));
}

/* BIP34: the coinbase script starts with the push of the height. */
static bool starts_with_height(struct bytes script, uint32_t height)
{
	uint8_t want[10];
	size_t n = 1;

	if (height == 0) {
		want[0] = OP_0;
	} else if (height <= 16) {
		want[0] = (uint8_t)(OP_1 + height - 1);
	} else {
		want[0] = (uint8_t)script_num_put(want + 1, height);
		n += want[0];
	}
	return script.len >= n && memcmp(script.p, want, n) == 0;
}

/* BIP141. Where there is no commitment, or before the rule holds, there must be
 * no witness either: it would be data that nothing in the header covers. */
static enum status check_witness(const struct params *p, const struct block *b,
				 uint32_t height, struct arena *scratch,
				 struct verdict *v)
{
	const struct tx *cb = &b->tx[0];
	int at = height >= p->segwit_height ? block_commitment_output(cb) : -1;

	if (at >= 0) {
		struct bytes left = cb->in[0].witness, reserved = {NULL, 0};
		uint8_t want[COMMITMENT_SIZE];
		struct hash256 root;
		enum status st;

		if (cb->in[0].n_witness != 1 ||
		    !witness_next(&left, &reserved) || reserved.len != 32) {
			verdict_refuse(v, V_WITNESS_NONCE_SIZE,
				       "%" PRIu32 " items in the coinbase "
				       "witness, the first of %zu bytes",
				       cb->in[0].n_witness, reserved.len);
			return ST_OK;
		}
		st = block_merkle_root(&root, NULL, b, true, scratch);
		if (st != ST_OK)
			return st;
		block_commitment_script(want, &root, reserved.p);
		if (memcmp(want, cb->out[at].script.p, sizeof(want)) != 0)
			verdict_refuse(v, V_WITNESS_MERKLE,
				       "commitment in output %d", at);
		return ST_OK;
	}
	for (uint32_t i = 0; i < b->n_tx; i++) {
		if (b->tx[i].has_witness) {
			verdict_refuse(v, V_UNEXPECTED_WITNESS, "%s",
				       height >= p->segwit_height ?
				       "the coinbase commits to none" :
				       "before segwit");
			name_transaction(v, b, i);
			break;
		}
	}
	return ST_OK;
}

enum status block_check_context(const struct params *p,
				const struct chain_view *view,
				const struct block *b, struct arena *scratch,
				struct verdict *v)
{
	uint32_t height = view->height + 1;
	int64_t cutoff = b->header.time;
	uint64_t weight = 3 * (uint64_t)b->base_size + b->raw.len;
	enum status st;

	BUG_ON(b->n_tx == 0 || b->tx[0].n_in == 0);
	if (height >= p->csv_height) {	/* BIP113 */
		st = chain_median_time(view, view->height, &cutoff);
		if (st != ST_OK)
			return st;
	}
	for (uint32_t i = 0; i < b->n_tx; i++) {
		if (!locktime_is_final(&b->tx[i], height, cutoff)) {
			verdict_refuse(v, V_BLOCK_NONFINAL,
				       "lock time %" PRIu32, b->tx[i].locktime);
			name_transaction(v, b, i);
			return ST_OK;
		}
	}
	if (height >= p->bip34_height &&
	    !starts_with_height(b->tx[0].in[0].script_sig, height)) {
		verdict_refuse(v, V_BAD_CB_HEIGHT, "height %" PRIu32, height);
		return ST_OK;
	}
	st = check_witness(p, b, height, scratch, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	if (weight > BLOCK_WEIGHT_MAX)
		verdict_refuse(v, V_BLOCK_WEIGHT, "weight %" PRIu64, weight);
	return ST_OK;
}

enum status block_needs_bip30(const struct params *p,
			      const struct chain_view *view,
			      const struct blkid *id, bool *needed)
{
	const size_t n = sizeof(p->bip30_exception) / sizeof(p->bip30_exception[0]);
	uint32_t height = view->height + 1;

	*needed = true;
	for (size_t i = 0; i < n; i++) {
		if (height == p->bip30_exception[i].height &&
		    hash256_equal(&id->h, &p->bip30_exception[i].id.h))
			*needed = false;
	}
	if (p->bip34_height <= view->height) {
		struct header h;
		struct blkid at;
		enum status st = chain_header(view, p->bip34_height, &h);

		if (st != ST_OK)
			return st;
		header_hash(&at, &h);
		if (hash256_equal(&at.h, &p->bip34_hash.h))
			*needed = false;
	}
	/* from here on coinbases may repeat heights written before BIP34 */
	if (p->bip30_again_height && height >= p->bip30_again_height)
		*needed = true;
	return ST_OK;
}
