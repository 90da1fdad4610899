/* SPDX-License-Identifier: MIT */
/* decodepsbt: a partially signed transaction as JSON, in Bitcoin Core's order. */
#include <stdio.h>

#include "fcgi/rpc/rpc_psbt.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "primitives/base58.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "wallet/hdkey.h"

#define PATH_TEXT 4096

static struct bytes value_of(const struct psbt_map *m, uint64_t type)
{
	return psbt_value(m, type);
}

static void put_hex(struct json_writer *w, const char *key, struct bytes v)
{
	json_put_hex(w, key, v.p, v.len);
}

/* A key and a value, both as digits. */
static void put_pair(struct json_writer *w, struct bytes key, struct bytes v)
{
	char *text = NULL;
	struct buf b;

	buf_init(&b, 1 << 26);
	buf_hex(&b, key.p, key.len);
	text = buf_status(&b) == ST_OK ? (char *)(uintptr_t)buf_str(&b) : NULL;
	json_put_hex(w, text ? text : "", v.p, v.len);
	buf_free(&b);
}

/* All pairs of a type as an object by their keys' data; nothing if there are
 * none. */
static void put_by_key(struct json_writer *w, const char *name,
		       const struct psbt_map *m, uint64_t type)
{
	bool open = false;

	for (size_t i = 0; i < m->n; i++) {
		if (m->pair[i].type != type)
			continue;
		if (!open) {
			json_key(w, name);
			json_obj_begin(w);
			open = true;
		}
		put_pair(w, psbt_keydata(&m->pair[i]), m->pair[i].value);
	}
	if (open)
		json_obj_end(w);
}

static void put_origin(struct json_writer *w, struct bytes v)
{
	uint32_t path[HDKEY_PATH_MAX];
	struct buf b;

	json_put_hex(w, "master_fingerprint", v.p, 4);
	buf_init(&b, 1 << 24);
	buf_text(&b, "m");
	for (size_t i = 4; i < v.len; i += 4) {
		path[0] = le32_get(v.p + i);
		hdkey_path_text(&b, path, 1, 'h');
	}
	json_put_str(w, "path", buf_str(&b));
	buf_free(&b);
}

static void put_derivations(struct json_writer *w, const struct psbt_map *m,
			    uint64_t type)
{
	if (!psbt_find(m, type))
		return;
	json_key(w, "bip32_derivs");
	json_arr_begin(w);
	for (size_t i = 0; i < m->n; i++) {
		if (m->pair[i].type != type)
			continue;
		json_obj_begin(w);
		put_hex(w, "pubkey", psbt_keydata(&m->pair[i]));
		put_origin(w, m->pair[i].value);
		json_obj_end(w);
	}
	json_arr_end(w);
}

static void put_tap_derivations(struct json_writer *w, const struct psbt_map *m,
				uint64_t type)
{
	if (!psbt_find(m, type))
		return;
	json_key(w, "taproot_bip32_derivs");
	json_arr_begin(w);
	for (size_t i = 0; i < m->n; i++) {
		const struct psbt_pair *p = &m->pair[i];
		struct reader r = reader_of(p->value.p, p->value.len);
		const uint8_t *leaves;
		uint64_t n;

		if (p->type != type)
			continue;
		n = compactsize_read(&r);
		leaves = reader_take(&r, (size_t)n * 32);
		json_obj_begin(w);
		put_hex(w, "pubkey", psbt_keydata(p));
		put_origin(w, bytes_of(r.p, reader_left(&r)));
		json_key(w, "leaf_hashes");
		json_arr_begin(w);
		for (uint64_t k = 0; leaves && k < n; k++)
			json_hex(w, leaves + 32 * k, 32);
		json_arr_end(w);
		json_obj_end(w);
	}
	json_arr_end(w);
}

static void put_script(struct rpc_call *c, const char *key,
		       const struct psbt_map *m, uint64_t type)
{
	struct bytes script = value_of(m, type);

	if (!script.len)
		return;
	json_key(c->w, key);
	json_obj_begin(c->w);
	rpc_put_asm(c, script, false);
	put_hex(c->w, "hex", script);
	json_put_str(c->w, "type",
		     script_kind_name(script_classify(script).kind));
	json_obj_end(c->w);
}

static void put_proprietary(struct json_writer *w, const struct psbt_map *m,
			    bool always)
{
	if (!always && !psbt_find(m, PSBT_PROPRIETARY))
		return;
	json_key(w, "proprietary");
	json_arr_begin(w);
	for (size_t i = 0; i < m->n; i++) {
		const struct psbt_pair *p = &m->pair[i];
		struct reader r = reader_of(p->key.p + 1, p->key.len - 1);
		const uint8_t *name;
		uint64_t len;

		if (p->type != PSBT_PROPRIETARY)
			continue;
		len = compactsize_read(&r);
		name = reader_take(&r, (size_t)len);
		json_obj_begin(w);
		json_put_hex(w, "identifier", name, name ? (size_t)len : 0);
		json_put_uint(w, "subtype", compactsize_read(&r));
		/* the whole of it, as Core has it */
		put_hex(w, "key", p->key);
		put_hex(w, "value", p->value);
		json_obj_end(w);
	}
	json_arr_end(w);
}

static void put_unknown(struct json_writer *w, const struct psbt_map *m,
			enum psbt_place at, bool always)
{
	bool open = always;

	if (open) {
		json_key(w, "unknown");
		json_obj_begin(w);
	}
	for (size_t i = 0; i < m->n; i++) {
		if (!psbt_is_unknown(&m->pair[i], at))
			continue;
		if (!open) {
			json_key(w, "unknown");
			json_obj_begin(w);
			open = true;
		}
		put_pair(w, m->pair[i].key, m->pair[i].value);
	}
	if (open)
		json_obj_end(w);
}

/* --- the maps --- */

static void put_global(struct rpc_call *c, const struct psbt *psbt)
{
	const struct psbt_map *m = &psbt->global;
	struct json_writer *w = c->w;

	json_key(w, "global_xpubs");
	json_arr_begin(w);
	for (size_t i = 0; i < m->n; i++) {
		struct bytes key = psbt_keydata(&m->pair[i]);
		char text[BASE58_TEXT_MAX];

		if (m->pair[i].type != PSBT_GLOBAL_XPUB)
			continue;
		json_obj_begin(w);
		json_put_str(w, "xpub", base58check_encode(text, key.p, key.len));
		put_origin(w, m->pair[i].value);
		json_obj_end(w);
	}
	json_arr_end(w);
	json_put_uint(w, "psbt_version", 0);
	put_proprietary(w, m, true);
	put_unknown(w, m, PSBT_PLACE_GLOBAL, true);
}

/* Writes the coin; false: it is not known. */
static bool put_coin(struct rpc_call *c, const struct psbt *psbt, uint32_t at,
		     int64_t *value, bool *failed)
{
	struct bytes said = value_of(&psbt->in[at], PSBT_IN_WITNESS_UTXO);
	struct bytes whole = value_of(&psbt->in[at], PSBT_IN_NON_WITNESS_UTXO);
	struct json_writer *w = c->w;
	struct tx made;

	if (said.p) {
		struct reader r = reader_of(said.p, said.len);

		*value = (int64_t)reader_le64(&r);
		compactsize_read(&r);
		json_key(w, "witness_utxo");
		json_obj_begin(w);
		json_put_amount(w, "amount", *value);
		rpc_put_script(c, "scriptPubKey",
			       bytes_of(r.p, reader_left(&r)), true, NULL);
		json_obj_end(w);
	}
	if (whole.p) {
		if (tx_parse(&made, whole.p, whole.len, c->arena) != ST_OK) {
			*failed = true;
			return rpc_fail_status(c, ST_NOMEM);
		}
		*value = made.out[psbt->tx.in[at].prevout.n].value;
		json_key(w, "non_witness_utxo");
		json_obj_begin(w);
		*failed = !rpc_tx_members(c, &made, false, RPC_DETAIL_TX, NULL);
		json_obj_end(w);
	}
	return said.p || whole.p;
}

static void put_final(struct rpc_call *c, const struct psbt_map *m)
{
	struct bytes script = value_of(m, PSBT_IN_FINAL_SCRIPT_SIG);
	struct bytes items = value_of(m, PSBT_IN_FINAL_WITNESS), left, item;
	struct reader r = reader_of(items.p, items.len);
	struct json_writer *w = c->w;

	if (script.len) {
		json_key(w, "final_scriptSig");
		json_obj_begin(w);
		rpc_put_asm(c, script, true);
		put_hex(w, "hex", script);
		json_obj_end(w);
	}
	if (!items.p || compactsize_read(&r) == 0)
		return;
	left = bytes_of(r.p, reader_left(&r));
	json_key(w, "final_scriptwitness");
	json_arr_begin(w);
	while (witness_next(&left, &item))
		json_hex(w, item.p, item.len);
	json_arr_end(w);
}

static void put_script_sigs(struct json_writer *w, const struct psbt_map *m)
{
	if (!psbt_find(m, PSBT_IN_TAP_SCRIPT_SIG))
		return;
	json_key(w, "taproot_script_path_sigs");
	json_arr_begin(w);
	for (size_t i = 0; i < m->n; i++) {
		struct bytes key = psbt_keydata(&m->pair[i]);

		if (m->pair[i].type != PSBT_IN_TAP_SCRIPT_SIG)
			continue;
		json_obj_begin(w);
		json_put_hex(w, "pubkey", key.p, 32);
		json_put_hex(w, "leaf_hash", key.p + 32, 32);
		put_hex(w, "sig", m->pair[i].value);
		json_obj_end(w);
	}
	json_arr_end(w);
}

/* One entry for a script, however many ways lead to it; pairs stand in order. */
static void put_leaves(struct json_writer *w, const struct psbt_map *m)
{
	struct bytes last = {0};

	if (!psbt_find(m, PSBT_IN_TAP_LEAF_SCRIPT))
		return;
	json_key(w, "taproot_scripts");
	json_arr_begin(w);
	for (size_t i = 0; i < m->n; i++) {
		struct bytes v = m->pair[i].value;

		if (m->pair[i].type != PSBT_IN_TAP_LEAF_SCRIPT)
			continue;
		if (!last.p || !bytes_equal(last, v)) {
			if (last.p) {
				json_arr_end(w);
				json_obj_end(w);
			}
			json_obj_begin(w);
			json_put_hex(w, "script", v.p, v.len - 1);
			json_put_uint(w, "leaf_ver", v.p[v.len - 1]);
			json_key(w, "control_blocks");
			json_arr_begin(w);
			last = v;
		}
		json_hex(w, psbt_keydata(&m->pair[i]).p, m->pair[i].key.len - 1);
	}
	json_arr_end(w);
	json_obj_end(w);
	json_arr_end(w);
}

static void put_tree(struct json_writer *w, const struct psbt_map *m)
{
	struct bytes tree = value_of(m, PSBT_OUT_TAP_TREE);
	struct reader r = reader_of(tree.p, tree.len);

	if (!tree.len)
		return;
	json_key(w, "taproot_tree");
	json_arr_begin(w);
	while (reader_left(&r) && !r.failed) {
		unsigned depth = reader_u8(&r), version = reader_u8(&r);
		uint64_t n = compactsize_read(&r);
		const uint8_t *p = reader_take(&r, (size_t)n);

		json_obj_begin(w);
		json_put_uint(w, "depth", depth);
		json_put_uint(w, "leaf_ver", version);
		json_put_hex(w, "script", p, p ? (size_t)n : 0);
		json_obj_end(w);
	}
	json_arr_end(w);
}

static void put_value(struct json_writer *w, const char *key,
		      const struct psbt_map *m, uint64_t type)
{
	struct bytes v = value_of(m, type);

	if (v.p)
		put_hex(w, key, v);
}

static bool put_input(struct rpc_call *c, const struct psbt *psbt, uint32_t at,
		      int64_t *value, bool *known)
{
	const struct psbt_map *m = &psbt->in[at];
	struct bytes type = value_of(m, PSBT_IN_SIGHASH);
	struct json_writer *w = c->w;
	bool failed = false;

	json_obj_begin(w);
	*known = put_coin(c, psbt, at, value, &failed);
	if (failed)
		return false;
	put_by_key(w, "partial_signatures", m, PSBT_IN_PARTIAL_SIG);
	if (type.p)
		json_put_str(w, "sighash", rpc_sighash_name(type.p[0]));
	put_script(c, "redeem_script", m, PSBT_IN_REDEEM_SCRIPT);
	put_script(c, "witness_script", m, PSBT_IN_WITNESS_SCRIPT);
	put_derivations(w, m, PSBT_IN_BIP32);
	put_final(c, m);
	put_by_key(w, "ripemd160_preimages", m, PSBT_IN_RIPEMD160);
	put_by_key(w, "sha256_preimages", m, PSBT_IN_SHA256);
	put_by_key(w, "hash160_preimages", m, PSBT_IN_HASH160);
	put_by_key(w, "hash256_preimages", m, PSBT_IN_HASH256);
	put_value(w, "taproot_key_path_sig", m, PSBT_IN_TAP_KEY_SIG);
	put_script_sigs(w, m);
	put_leaves(w, m);
	put_tap_derivations(w, m, PSBT_IN_TAP_BIP32);
	put_value(w, "taproot_internal_key", m, PSBT_IN_TAP_INTERNAL_KEY);
	put_value(w, "taproot_merkle_root", m, PSBT_IN_TAP_MERKLE_ROOT);
	put_proprietary(w, m, false);
	put_unknown(w, m, PSBT_PLACE_IN, false);
	json_obj_end(w);
	return true;
}

static void put_output(struct rpc_call *c, const struct psbt_map *m)
{
	struct json_writer *w = c->w;

	json_obj_begin(w);
	put_script(c, "redeem_script", m, PSBT_OUT_REDEEM_SCRIPT);
	put_script(c, "witness_script", m, PSBT_OUT_WITNESS_SCRIPT);
	put_derivations(w, m, PSBT_OUT_BIP32);
	put_value(w, "taproot_internal_key", m, PSBT_OUT_TAP_INTERNAL_KEY);
	put_tree(w, m);
	put_tap_derivations(w, m, PSBT_OUT_TAP_BIP32);
	put_proprietary(w, m, false);
	put_unknown(w, m, PSBT_PLACE_OUT, false);
	json_obj_end(w);
}

/* Adds to a sum that stays within the range of money. */
static bool add_up(int64_t *sum, int64_t v)
{
	if (v < 0 || v > MONEY_MAX_SAT || *sum + v > MONEY_MAX_SAT)
		return false;
	*sum += v;
	return true;
}

bool rpc_decodepsbt(struct rpc_call *c)
{
	int64_t in_sat = 0, out_sat = 0, value;
	struct json_writer *w = c->w;
	bool all = true, known;
	struct psbt psbt;
	struct buf raw;
	struct tx tx;

	if (!rpc_psbt_decode(c, c->arg[0], &psbt))
		return false;
	buf_init(&raw, (size_t)64 << 20);
	tx_write(&raw, &psbt.tx, false);
	json_obj_begin(w);
	json_key(w, "tx");
	json_obj_begin(w);
	if (tx_parse_base(&tx, raw.p, raw.len, c->arena) != ST_OK ||
	    !rpc_tx_members(c, &tx, false, RPC_DETAIL_TX, NULL)) {
		buf_free(&raw);
		return rpc_fail_status(c, ST_NOMEM);
	}
	buf_free(&raw);
	json_obj_end(w);
	put_global(c, &psbt);
	json_key(w, "inputs");
	json_arr_begin(w);
	for (uint32_t i = 0; i < psbt.tx.n_in; i++) {
		if (!put_input(c, &psbt, i, &value, &known))
			return false;
		all = all && known && add_up(&in_sat, value);
	}
	json_arr_end(w);
	json_key(w, "outputs");
	json_arr_begin(w);
	for (uint32_t i = 0; i < psbt.tx.n_out; i++) {
		put_output(c, &psbt.out[i]);
		all = all && add_up(&out_sat, psbt.tx.out[i].value);
	}
	json_arr_end(w);
	if (all)
		json_put_amount(w, "fee", in_sat - out_sat);
	json_obj_end(w);
	return true;
}
