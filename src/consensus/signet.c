/* SPDX-License-Identifier: MIT */
/* See signet.h. */
#include "consensus/signet.h"

#include <stdio.h>

#include "base/bug.h"
#include "consensus/block_check.h"
#include "consensus/script_check.h"
#include "consensus/script_trace.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

static const uint8_t signet_header[4] = {0xec, 0xc7, 0xda, 0xa2};

/* max: no less than the transaction's size. ST_NOMEM or ST_OK. */
static enum status txid_of(struct txid *out, const struct tx *tx, size_t max)
{
	struct buf b;
	enum status st;

	buf_init(&b, max);
	tx_write(&b, tx, false);
	st = buf_status(&b);
	BUG_ON(st == ST_TOO_BIG);
	if (st == ST_OK)
		sha256d(out->h.b, b.p, b.len);
	buf_free(&b);
	return st;
}

/* A push as Bitcoin Core writes data: never a small number's opcode. */
static void push_bytes(struct buf *b, struct bytes v)
{
	if (v.len < OP_PUSHDATA1) {
		buf_u8(b, (uint8_t)v.len);
	} else if (v.len <= 0xff) {
		buf_u8(b, OP_PUSHDATA1);
		buf_u8(b, (uint8_t)v.len);
	} else if (v.len <= 0xffff) {
		buf_u8(b, OP_PUSHDATA2);
		buf_le16(b, (uint16_t)v.len);
	} else {
		buf_u8(b, OP_PUSHDATA4);
		buf_le32(b, (uint32_t)v.len);
	}
	buf_bytes(b, v);
}

/* The commitment with its solution cut out, into b; false when it has none (the
 * script then stays as it is). As in Bitcoin Core all pushes are written anew,
 * and what follows an undecodable one is dropped. */
static bool cut_solution(struct buf *b, struct bytes script,
			 struct bytes *solution)
{
	struct bytes data;
	bool found = false;
	uint8_t op;

	while (script_next(&script, &op, &data)) {
		if (op > OP_PUSHDATA4 || data.len == 0) {
			buf_u8(b, op);
			continue;
		}
		if (!found && data.len > sizeof(signet_header) &&
		    memcmp(data.p, signet_header, sizeof(signet_header)) == 0) {
			found = true;
			*solution = bytes_of(data.p + sizeof(signet_header),
					     data.len - sizeof(signet_header));
			data.len = sizeof(signet_header);
		}
		push_bytes(b, data);
	}
	return found;
}

/* A script and a witness, and nothing after them. */
static bool parse_solution(struct txin *in, struct bytes solution)
{
	struct reader r = reader_of(solution.p, solution.len);
	size_t n = (size_t)compactsize_read(&r);
	const uint8_t *p = reader_take(&r, n);

	in->script_sig = bytes_of(p, p ? n : 0);
	in->n_witness = (uint32_t)compactsize_read(&r);
	p = r.p;
	for (uint32_t i = 0; i < in->n_witness && !r.failed; i++)
		reader_take(&r, (size_t)compactsize_read(&r));
	if (r.failed || reader_left(&r))
		return false;
	in->witness = bytes_of(p, (size_t)(r.p - p));
	return true;
}

/* The block's Merkle root with another script in the coinbase's output `at`. */
static enum status root_without(struct hash256 *root, const struct block *b,
				uint32_t at, struct bytes script,
				struct arena *scratch)
{
	struct tx cb = b->tx[0];
	struct txout *out = arena_array(scratch, cb.n_out, struct txout);
	struct hash256 *leaf = arena_array(scratch, b->n_tx, struct hash256);
	struct txid id;
	enum status st;

	if (!out || !leaf)
		return ST_NOMEM;
	memcpy(out, cb.out, cb.n_out * sizeof(*out));
	out[at].script = script;
	cb.out = out;
	st = txid_of(&id, &cb, b->base_size);
	if (st != ST_OK)
		return st;
	leaf[0] = id.h;
	for (uint32_t i = 1; i < b->n_tx; i++)
		leaf[i] = b->tx[i].txid.h;
	merkle_root(root, NULL, leaf, b->n_tx);
	return ST_OK;
}

static void signed_data(uint8_t out[SIGNET_DATA_SIZE], const struct header *h,
			const struct hash256 *root)
{
	le32_put(out, (uint32_t)h->version);
	memcpy(out + 4, h->prev.h.b, 32);
	memcpy(out + 36, root->b, 32);
	le32_put(out + 68, h->time);
}

void signet_to_spend(struct buf *b, const struct signet_spend *s)
{
	uint8_t sig[2 + SIGNET_DATA_SIZE] = {OP_0, SIGNET_DATA_SIZE};
	struct txin in = {.prevout.n = OUTPOINT_NULL_N};
	struct txout challenge = {.script = s->coin.script};
	struct tx to_spend = {.n_in = 1, .in = &in, .n_out = 1,
			      .out = &challenge};

	memcpy(sig + 2, s->data, SIGNET_DATA_SIZE);
	in.script_sig = bytes_of(sig, sizeof(sig));
	tx_write(b, &to_spend, false);
}

/* Both transactions, but for the solution. */
static enum status make_spend(struct signet_spend *s, const struct params *p)
{
	static const uint8_t returns[] = {OP_RETURN};
	enum status st;
	struct buf b;

	s->coin = (struct coin){
		.script = bytes_of(p->signet_challenge, p->signet_challenge_len),
	};
	s->out = (struct txout){.script = bytes_of(returns, 1)};
	s->to_sign = (struct tx){.n_in = 1, .in = &s->in, .n_out = 1,
				 .out = &s->out,
				 .has_witness = s->in.n_witness > 0};
	buf_init(&b, SIGNET_TO_SPEND_MAX);
	signet_to_spend(&b, s);
	st = buf_status(&b);
	if (st == ST_OK)
		sha256d(s->in.prevout.txid.h.b, b.p, b.len);
	buf_free(&b);
	return st;
}

enum status signet_spend_make(struct signet_spend *out, const struct params *p,
			      const struct block *b, struct arena *scratch,
			      bool *found)
{
	int at = b->n_tx ? block_commitment_output(&b->tx[0]) : -1;
	struct bytes script, solution;
	struct hash256 root;
	struct buf cut;
	enum status st;

	memset(out, 0, sizeof(*out));
	*found = at >= 0;
	if (!*found)
		return ST_OK;
	script = b->tx[0].out[at].script;
	buf_init(&cut, script.len);
	if (cut_solution(&cut, script, &solution)) {
		*found = parse_solution(&out->in, solution);
		script = buf_view(&cut);
	}
	st = buf_status(&cut);
	if (st == ST_OK && *found)
		st = root_without(&root, b, (uint32_t)at, script, scratch);
	buf_free(&cut);
	if (st != ST_OK || !*found)
		return st;
	signed_data(out->data, &b->header, &root);
	return make_spend(out, p);
}

static enum status run_challenge(const struct params *p,
				 const struct signet_spend *s,
				 struct verdict *v)
{
	struct consensus_flags flags = {CF_P2SH | CF_WITNESS | CF_DERSIG |
					CF_NULLDUMMY};
	struct sighash_cache *cache = sighash_cache_new(&s->to_sign, &s->coin);
	enum script_error e;
	enum status st;
	int32_t pos;

	if (!cache)
		return ST_NOMEM;
	if (p->own)
		flags.bits |= CF_TAPROOT;
	st = script_check(&s->to_sign, 0, &s->coin, cache, flags,
			  (struct policy_flags){0}, NULL, &e, &pos);
	if (st == ST_OK && e != SCRIPT_ERR_OK) {
		struct script_fault fault;
		struct script_trace trace = script_fault_trace(
			&fault, pos, v->stack, sizeof(v->stack));

		verdict_refuse(v, V_SIGNET_SOLUTION, "%s", script_error_text(e));
		v->script_pos = pos;
		/* once more, to say on which stack */
		st = script_check(&s->to_sign, 0, &s->coin, cache, flags,
				  (struct policy_flags){0}, &trace, &e, &pos);
		snprintf(v->script, sizeof(v->script), "%s",
			 script_stage_name(fault.stage));
	}
	sighash_cache_free(cache);
	return st;
}

enum status signet_check(const struct params *p, const struct block *b,
			 struct arena *scratch, struct verdict *v)
{
	struct signet_spend s;
	enum status st;
	bool found;

	if (!signet_is_signed(p) ||
	    hash256_equal(&b->id.h, &p->genesis_id.h))
		return ST_OK;
	st = signet_spend_make(&s, p, b, scratch, &found);
	if (st != ST_OK)
		return st;
	if (found)
		return run_challenge(p, &s, v);
	verdict_refuse(v, V_SIGNET_SOLUTION, "%s", b->n_tx &&
		       block_commitment_output(&b->tx[0]) >= 0 ?
		       "the solution is not one script and one witness" :
		       "the coinbase has no witness commitment to hold it");
	return ST_OK;
}
