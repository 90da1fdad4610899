/* SPDX-License-Identifier: MIT */
#include "fcgi/esplora/esplora_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "primitives/address.h"
#include "primitives/script.h"
#include "primitives/target.h"

void put_uint(struct buf *b, uint64_t v)
{
	char digits[20], *p = digits + sizeof(digits);

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	buf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

void put_int(struct buf *b, int64_t v)
{
	if (v < 0)
		PUT(b, "-");
	put_uint(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void put_double(struct buf *b, double v)
{
	char text[40] = "0";

	for (int digits = 15; isfinite(v) && digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_text(b, text);
}

void put_hash(struct buf *b, const struct hash256 *h)
{
	uint8_t shown[32];

	hash256_to_display(shown, h);
	buf_hex(b, shown, sizeof(shown));
}

/* --- scripts --- */

/* Operations of which the first makes a script unspendable: reserved ones,
 * those without a meaning, and those that were switched off. */
static bool never_runs(uint8_t op)
{
	switch (op) {
	case OP_RESERVED:
	case OP_VER:
	case OP_VERIF:
	case OP_VERNOTIF:
	case OP_CAT:
	case OP_SUBSTR:
	case OP_LEFT:
	case OP_RIGHT:
	case OP_INVERT:
	case OP_AND:
	case OP_OR:
	case OP_XOR:
	case OP_RESERVED1:
	case OP_RESERVED2:
	case OP_2MUL:
	case OP_2DIV:
	case OP_MUL:
	case OP_DIV:
	case OP_MOD:
	case OP_LSHIFT:
	case OP_RSHIFT:
		return true;
	default:
		return op >= OP_CHECKSIGADD;
	}
}

const char *esplora_script_type(struct bytes s)
{
	struct bytes program;
	uint8_t version;

	if (s.len == 0)
		return "empty";
	if (s.p[0] == OP_RETURN)
		return "op_return";
	if ((s.len == 35 || s.len == 67) && s.p[0] == s.len - 2 &&
	    s.p[s.len - 1] == OP_CHECKSIG)
		return "p2pk";
	if (s.len == 25 && s.p[0] == OP_DUP && s.p[1] == OP_HASH160 &&
	    s.p[2] == 20 && s.p[23] == OP_EQUALVERIFY && s.p[24] == OP_CHECKSIG)
		return "p2pkh";
	if (script_is_p2sh(s))
		return "p2sh";
	if (script_is_witness_program(s, &version, &program)) {
		if (version == 0 && program.len == 20)
			return "v0_p2wpkh";
		if (version == 0 && program.len == 32)
			return "v0_p2wsh";
		if (version == 1 && program.len == 32)
			return "v1_p2tr";
	}
	return never_runs(s.p[0]) ? "provably_unspendable" : "unknown";
}

/* An address that is not known, empty, is made of the script. */
static void put_output(struct buf *b, const struct params *p,
		       struct bytes script, struct bytes address, int64_t value)
{
	char text[ADDRESS_TEXT_SIZE];

	PUT(b, "{\"scriptpubkey\":\"");
	buf_hex(b, script.p, script.len);
	PUT(b, "\",\"scriptpubkey_asm\":\"");
	script_asm_esplora(b, script);
	PUT(b, "\",\"scriptpubkey_type\":\"");
	buf_text(b, esplora_script_type(script));
	if (!address.len && address_from_script(text, p, script))
		address = bytes_of_text(text);
	if (address.len) {
		PUT(b, "\",\"scriptpubkey_address\":\"");
		buf_bytes(b, address);
	}
	PUT(b, "\",\"value\":");
	put_int(b, value);
	PUT(b, "}");
}

/* --- what an input reveals --- */

/* The last thing a script pushes; false when it ends otherwise. */
static bool last_push(struct bytes script, struct bytes *out)
{
	struct bytes data;
	bool push = false;
	uint8_t op;

	while (script_next(&script, &op, &data)) {
		push = op <= OP_PUSHDATA4;
		*out = data;
	}
	return push && script.len == 0;
}

static bool witness_item(const struct txin *in, uint32_t index,
			 struct bytes *item)
{
	struct bytes left = in->witness;

	if (index >= in->n_witness)
		return false;
	for (uint32_t i = 0; i <= index; i++)
		if (!witness_next(&left, item))
			return false;
	return true;
}

static bool is_program(struct bytes script, uint8_t version, size_t len)
{
	struct bytes program;
	uint8_t v;

	return script_is_witness_program(script, &v, &program) &&
	       v == version && program.len == len;
}

/* The script that a taproot input reveals: the last item but the control block
 * and, where there is one, the annex (BIP341). */
static bool tapscript(const struct txin *in, struct bytes *out)
{
	uint32_t n = in->n_witness;
	struct bytes last;

	if (n >= 2 && witness_item(in, n - 1, &last) && last.len > 0 &&
	    last.p[0] == 0x50)
		n--;
	return n >= 2 && witness_item(in, n - 2, out);
}

static void put_inner(struct buf *b, const struct txin *in, struct bytes spent)
{
	struct bytes redeem, script;
	bool found = false;

	if (!script_is_p2sh(spent) || !last_push(in->script_sig, &redeem)) {
		redeem = bytes_of("", 0);
	} else {
		PUT(b, ",\"inner_redeemscript_asm\":\"");
		script_asm_esplora(b, redeem);
		PUT(b, "\"");
	}
	if (is_program(spent, 0, 32) || is_program(redeem, 0, 32))
		found = in->n_witness > 0 &&
			witness_item(in, in->n_witness - 1, &script);
	else if (is_program(spent, 1, 32))
		found = tapscript(in, &script);
	if (found) {
		PUT(b, ",\"inner_witnessscript_asm\":\"");
		script_asm_esplora(b, script);
		PUT(b, "\"");
	}
}

static void put_witness(struct buf *b, const struct txin *in)
{
	struct bytes left = in->witness, item;
	bool first = true;

	PUT(b, ",\"witness\":[");
	while (witness_next(&left, &item)) {
		if (first)
			PUT(b, "\"");
		else
			PUT(b, ",\"");
		first = false;
		buf_hex(b, item.p, item.len);
		PUT(b, "\"");
	}
	PUT(b, "]");
}

static void put_input(struct buf *b, const struct params *p,
		      const struct txin *in, const struct full_coin *coin)
{
	PUT(b, "{\"txid\":\"");
	put_hash(b, &in->prevout.txid.h);
	PUT(b, "\",\"vout\":");
	put_uint(b, in->prevout.n);
	PUT(b, ",\"prevout\":");
	if (coin)
		put_output(b, p, coin->script, coin->address, coin->value);
	else
		PUT(b, "null");
	PUT(b, ",\"scriptsig\":\"");
	buf_hex(b, in->script_sig.p, in->script_sig.len);
	PUT(b, "\",\"scriptsig_asm\":\"");
	script_asm_esplora(b, in->script_sig);
	PUT(b, "\"");
	if (in->n_witness)
		put_witness(b, in);
	if (coin)
		PUT(b, ",\"is_coinbase\":false,\"sequence\":");
	else
		PUT(b, ",\"is_coinbase\":true,\"sequence\":");
	put_uint(b, in->sequence);
	if (coin)
		put_inner(b, in, coin->script);
	PUT(b, "}");
}

void esplora_put_tx(struct response *rs, const struct params *p,
		    const struct full_tx *t)
{
	const struct tx *tx = &t->tx;
	struct buf *b = &rs->body;

	PUT(b, "{\"txid\":\"");
	put_hash(b, &tx->txid.h);
	PUT(b, "\",\"version\":");
	put_uint(b, tx->version);
	PUT(b, ",\"locktime\":");
	put_uint(b, tx->locktime);
	PUT(b, ",\"vin\":[");
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (i)
			PUT(b, ",");
		put_input(b, p, &tx->in[i], t->coin ? &t->coin[i] : NULL);
		response_drain(rs);
	}
	PUT(b, "],\"vout\":[");
	for (uint32_t i = 0; i < tx->n_out; i++) {
		if (i)
			PUT(b, ",");
		put_output(b, p, tx->out[i].script, bytes_of(NULL, 0),
			   tx->out[i].value);
		response_drain(rs);
	}
	PUT(b, "],\"size\":");
	put_uint(b, tx->raw.len);
	PUT(b, ",\"weight\":");
	put_uint(b, t->weight);
	PUT(b, ",\"fee\":");
	put_int(b, t->fee_sat);
	PUT(b, ",\"status\":");
	esplora_put_status(b, t->confirmed, t->height, &t->block, t->block_time);
	PUT(b, "}");
}

enum status esplora_txs_add(void *arg, const struct full_tx *t)
{
	struct esplora_txs *l = arg;

	if (l->count++)
		PUT(&l->rs->body, ",");
	esplora_put_tx(l->rs, l->params, t);
	response_drain(l->rs);
	return l->rs->broken ? ST_CANCELLED : buf_status(&l->rs->body);
}

/* --- the rest --- */

void esplora_put_block_members(struct buf *b, const struct block_info *info)
{
	PUT(b, "\"id\":\"");
	put_hash(b, &info->id.h);
	PUT(b, "\",\"height\":");
	put_uint(b, info->height);
	PUT(b, ",\"version\":");
	put_uint(b, (uint32_t)info->header.version);
	PUT(b, ",\"timestamp\":");
	put_uint(b, info->header.time);
	PUT(b, ",\"tx_count\":");
	put_uint(b, info->n_tx);
	PUT(b, ",\"size\":");
	put_uint(b, info->size);
	PUT(b, ",\"weight\":");
	put_uint(b, info->weight);
	PUT(b, ",\"merkle_root\":\"");
	put_hash(b, &info->header.merkle_root);
	if (hash256_is_zero(&info->header.prev.h)) {
		PUT(b, "\",\"previousblockhash\":null");
	} else {
		PUT(b, "\",\"previousblockhash\":\"");
		put_hash(b, &info->header.prev.h);
		PUT(b, "\"");
	}
	PUT(b, ",\"mediantime\":");
	put_int(b, info->mtp);
	PUT(b, ",\"nonce\":");
	put_uint(b, info->header.nonce);
	PUT(b, ",\"bits\":");
	put_uint(b, info->header.bits);
	PUT(b, ",\"difficulty\":");
	put_double(b, target_difficulty(info->header.bits));
}

void esplora_put_block(struct buf *b, const struct block_info *info)
{
	PUT(b, "{");
	esplora_put_block_members(b, info);
	PUT(b, "}");
}

void esplora_put_status(struct buf *b, bool confirmed, uint32_t height,
			const struct blkid *block, uint32_t time)
{
	if (!confirmed) {
		PUT(b, "{\"confirmed\":false}");
		return;
	}
	PUT(b, "{\"confirmed\":true,\"block_height\":");
	put_uint(b, height);
	PUT(b, ",\"block_hash\":\"");
	put_hash(b, &block->h);
	PUT(b, "\",\"block_time\":");
	put_uint(b, time);
	PUT(b, "}");
}

void esplora_put_stats(struct buf *b, int64_t n_tx, int64_t n_funded,
		       int64_t funded, int64_t n_spent, int64_t spent)
{
	PUT(b, "{\"funded_txo_count\":");
	put_int(b, n_funded);
	PUT(b, ",\"funded_txo_sum\":");
	put_int(b, funded);
	PUT(b, ",\"spent_txo_count\":");
	put_int(b, n_spent);
	PUT(b, ",\"spent_txo_sum\":");
	put_int(b, spent);
	PUT(b, ",\"tx_count\":");
	put_int(b, n_tx);
	PUT(b, "}");
}

void esplora_put_totals(struct buf *b, const struct script_info *s)
{
	PUT(b, "\"chain_stats\":");
	esplora_put_stats(b, s->n_tx, s->n_funded, s->funded_sat, s->n_spent,
			  s->spent_sat);
	PUT(b, ",\"mempool_stats\":");
	esplora_put_stats(b, s->pool_n_tx, s->pool_n_funded, s->pool_funded_sat,
			  s->pool_n_spent, s->pool_spent_sat);
}

void esplora_put_utxo(struct buf *b, const struct full_utxo *u)
{
	PUT(b, "{\"txid\":\"");
	put_hash(b, &u->at.txid.h);
	PUT(b, "\",\"vout\":");
	put_uint(b, u->at.n);
	PUT(b, ",\"status\":");
	esplora_put_status(b, u->confirmed, u->height, &u->block, u->block_time);
	PUT(b, ",\"value\":");
	put_int(b, u->value);
	PUT(b, "}");
}

void esplora_put_spend(struct buf *b, const struct full_spend *s)
{
	if (!s->spent) {
		PUT(b, "{\"spent\":false}");
		return;
	}
	PUT(b, "{\"spent\":true,\"txid\":\"");
	put_hash(b, &s->by.h);
	PUT(b, "\",\"vin\":");
	put_uint(b, s->in);
	PUT(b, ",\"status\":");
	esplora_put_status(b, s->confirmed, s->height, &s->block, s->block_time);
	PUT(b, "}");
}
