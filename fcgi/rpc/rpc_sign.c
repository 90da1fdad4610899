/* SPDX-License-Identifier: MIT */
/* Transactions signed with keys that come along, and put together from parts. */
#include "base/hex.h"
#include "fcgi/rpc/rpc_psbt.h"
#include "fcgi/rpc/rpc_rawtx.h"
#include "fcgi/rpc/rpc_wallet.h"
#include "node/query/query.h"
#include "node/query/spend.h"
#include "primitives/script.h"
#include "wallet/insign.h"
#include "wallet/sign.h"

static const struct {
	const char *name;
	uint8_t type;
} hash_types[] = {
	{"DEFAULT", SIGMSG_DEFAULT},
	{"ALL", SIGMSG_ALL},
	{"NONE", SIGMSG_NONE},
	{"SINGLE", SIGMSG_SINGLE},
	{"ALL|ANYONECANPAY", SIGMSG_ALL | SIGMSG_ANYONECANPAY},
	{"NONE|ANYONECANPAY", SIGMSG_NONE | SIGMSG_ANYONECANPAY},
	{"SINGLE|ANYONECANPAY", SIGMSG_SINGLE | SIGMSG_ANYONECANPAY},
};
#define HASH_TYPES (sizeof(hash_types) / sizeof(hash_types[0]))

bool rpc_arg_sighash(struct rpc_call *c, unsigned i, uint8_t *type)
{
	const char *text = rpc_arg_str(c, i);

	*type = SIGMSG_DEFAULT;
	if (!rpc_has(c, i))
		return true;
	for (size_t k = 0; k < HASH_TYPES; k++) {
		if (strcmp(text, hash_types[k].name) != 0)
			continue;
		*type = hash_types[k].type;
		return true;
	}
	return rpc_fail(c, RPC_INVALID_PARAMETER,
			"'%.200s' is not a valid sighash parameter.", text);
}

const char *rpc_sighash_name(uint8_t type)
{
	for (size_t k = 0; k < HASH_TYPES; k++)
		if (type && hash_types[k].type == type)
			return hash_types[k].name;
	return "";
}

/* --- the outputs that are spent --- */

/* What the chain and the pool have unspent; what the pool spends counts still. */
static bool find_spent(struct rpc_call *c, const struct tx *tx,
		       struct txout **spent)
{
	*spent = arena_calloc(c->arena, tx->n_in + 1, sizeof(**spent));
	if (!*spent)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct output_info o;
		struct tx_info by = {0};
		enum status st = query_output(c->node, &tx->in[i].prevout,
					      c->arena, &o);

		if (st == ST_OK && o.spent)
			st = query_tx(c->node, &o.spender, c->arena, &by);
		if (st == ST_NOT_FOUND || (st == ST_OK && by.confirmed))
			continue;
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		(*spent)[i] = (struct txout){
			o.value, bytes_of(o.script.p ? o.script.p
						     : (const uint8_t *)"",
					  o.script.len)};
	}
	return true;
}

static bool check_member(struct rpc_call *c, const struct json_value *o,
			 const char *name, enum json_kind kind, bool must)
{
	const struct json_value *v = json_get(o, name);
	enum json_kind is = json_kind(v);

	if (is == JSON_KIND_MISSING || is == JSON_KIND_NULL)
		return !must || rpc_fail(c, RPC_TYPE_ERROR, "Missing %s", name);
	if (is == kind || (kind == JSON_KIND_INT && is == JSON_KIND_REAL))
		return true;
	return rpc_fail(c, RPC_TYPE_ERROR,
			"JSON value of type %s for field %s is not of expected type "
			"%s", rpc_type_of(v), name,
			kind == JSON_KIND_INT ? "number" : "string");
}

static bool is_given(const struct json_value *v)
{
	return v && json_kind(v) != JSON_KIND_NULL;
}

/* redeemScript and witnessScript of an output that pays to a script's hash. */
static bool add_scripts(struct rpc_call *c, struct insign *s,
			const struct json_value *o, struct bytes spk)
{
	const struct json_value *rs = json_get(o, "redeemScript"),
				*ws = json_get(o, "witnessScript");
	struct bytes script, redeem;
	struct buf wrapped, direct, nested;
	bool good;

	if (!check_member(c, o, "redeemScript", JSON_KIND_STR, false) ||
	    !check_member(c, o, "witnessScript", JSON_KIND_STR, false))
		return false;
	if (!is_given(rs) && !is_given(ws))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Missing redeemScript/witnessScript");
	if (!rpc_value_hex(c, is_given(ws) ? ws : rs,
			   is_given(ws) ? "witnessScript" : "redeemScript",
			   &script))
		return false;
	redeem = script;
	if (is_given(ws) && is_given(rs) &&
	    !rpc_value_hex(c, rs, "redeemScript", &redeem))
		return false;
	if (!insign_add_script(s, script))
		return rpc_fail_status(c, ST_NOMEM);
	buf_init(&wrapped, 64);
	buf_init(&direct, 64);
	buf_init(&nested, 64);
	desc_wrap_wsh(&wrapped, script);
	desc_wrap_sh(&direct, script);
	desc_wrap_sh(&nested, buf_view(&wrapped));
	good = bytes_equal(redeem, script) ||
	       bytes_equal(redeem, buf_view(&wrapped));
	if (!good)
		rpc_fail(c, RPC_INVALID_PARAMETER,
			 "redeemScript does not correspond to witnessScript");
	else if (!bytes_equal(spk, buf_view(&wrapped)) &&
		 !bytes_equal(spk, buf_view(&direct)) &&
		 !bytes_equal(spk, buf_view(&nested)))
		good = rpc_fail(c, RPC_INVALID_PARAMETER,
				"redeemScript/witnessScript does not match "
				"scriptPubKey");
	buf_free(&wrapped);
	buf_free(&direct);
	buf_free(&nested);
	return good;
}

static bool fail_mismatch(struct rpc_call *c, struct bytes one, struct bytes two)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	script_asm_core(&b, one, false);
	buf_text(&b, "\nvs:\n");
	script_asm_core(&b, two, false);
	rpc_fail(c, RPC_DESERIALIZATION_ERROR,
		 "Previous output scriptPubKey mismatch:\n%s", buf_str(&b));
	buf_free(&b);
	return false;
}

/* One of prevtxs: goes before what the chain says. */
static bool add_prevout(struct rpc_call *c, struct insign *s,
			const struct json_value *o, const struct tx *tx,
			struct txout *spent)
{
	struct txout out = {.value = MONEY_MAX_SAT};
	enum script_kind kind;
	struct outpoint at;
	int64_t n;

	if (json_kind(o) != JSON_KIND_OBJECT)
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"expected object with {\"txid'\",\"vout\","
				"\"scriptPubKey\"}");
	if (!check_member(c, o, "scriptPubKey", JSON_KIND_STR, true) ||
	    !check_member(c, o, "txid", JSON_KIND_STR, true) ||
	    !check_member(c, o, "vout", JSON_KIND_INT, true) ||
	    !rpc_value_hash(c, json_get(o, "txid"), "txid", &at.txid.h) ||
	    !rpc_value_int(c, json_get(o, "vout"), INT32_MIN, INT32_MAX, &n))
		return false;
	if (n < 0)
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"vout cannot be negative");
	at.n = (uint32_t)n;
	if (!rpc_value_hex(c, json_get(o, "scriptPubKey"), "scriptPubKey",
			   &out.script))
		return false;
	for (uint32_t i = 0; i < tx->n_in; i++)
		if (outpoint_equal(&tx->in[i].prevout, &at) && spent[i].script.p &&
		    !bytes_equal(spent[i].script, out.script))
			return fail_mismatch(c, spent[i].script, out.script);
	if (json_get(o, "amount") &&
	    !rpc_value_amount(c, json_get(o, "amount"), &out.value))
		return false;
	for (uint32_t i = 0; i < tx->n_in; i++)
		if (outpoint_equal(&tx->in[i].prevout, &at))
			spent[i] = out;
	kind = script_classify(out.script).kind;
	return (kind != SCRIPT_SCRIPTHASH && kind != SCRIPT_WITNESS_V0_SCRIPTHASH) ||
	       add_scripts(c, s, o, out.script);
}

/* --- signing --- */

static void note_witness(struct tx *tx)
{
	tx->has_witness = false;
	for (uint32_t i = 0; i < tx->n_in; i++)
		tx->has_witness |= tx->in[i].n_witness > 0;
}

/* Which inputs of tx are good as they are. */
static bool find_complete(struct rpc_call *c, const struct tx *tx,
			  const struct txout *spent, bool **good)
{
	const char **error = arena_calloc(c->arena, tx->n_in + 1, sizeof(*error));
	enum status st = ST_NOMEM;

	*good = arena_calloc(c->arena, tx->n_in + 1, sizeof(**good));
	if (error && *good)
		st = node_check_spends(tx, spent, error);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	for (uint32_t i = 0; i < tx->n_in; i++)
		(*good)[i] = spent[i].script.p && !error[i];
	return true;
}

static bool sign_all(struct rpc_call *c, struct insign *s, struct tx *tx,
		     const struct txout *spent)
{
	bool single = (s->type & ~SIGMSG_ANYONECANPAY) == SIGMSG_SINGLE;
	struct sigmsg msg;
	bool *good;

	if (!find_complete(c, tx, spent, &good))
		return false;
	sigmsg_init(&msg, tx, spent);
	s->msg = &msg;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct insign_list sigs = {0};
		struct insign one = *s;

		/* SINGLE would sign an output that is not there */
		if (!spent[i].script.p || good[i] || (single && i >= tx->n_out))
			continue;
		if (!insign_gather(&one, i, &tx->in[i], &sigs))
			return rpc_fail_status(c, ST_NOMEM);
		if (!insign_input(&one, i, &sigs, &tx->in[i]))
			return rpc_fail_status(c, ST_NOMEM);
	}
	note_witness(tx);
	return true;
}

static const char *spend_error(const struct txout *spent, const char *error)
{
	if (!spent->script.p)
		return "Input not found or already spent";
	if (!error)
		return NULL;
	if (strcmp(error, "Operation not valid with the current stack size") == 0)
		return "Unable to sign input, invalid stack size (possibly missing "
		       "key)";
	if (strncmp(error, "Signature must be zero for failed CHECK(MULTI)SIG",
		    strlen("Signature must be zero for failed CHECK(MULTI)SIG")) == 0)
		return "CHECK(MULTI)SIG failing with non-zero signature (possibly "
		       "need more signatures)";
	return error;
}

static void put_error(struct json_writer *w, const struct txin *in,
		      const char *error)
{
	struct bytes left = in->witness, item;

	json_obj_begin(w);
	json_put_hash(w, "txid", &in->prevout.txid.h);
	json_put_uint(w, "vout", in->prevout.n);
	json_key(w, "witness");
	json_arr_begin(w);
	while (witness_next(&left, &item))
		json_hex(w, item.p, item.len);
	json_arr_end(w);
	json_put_hex(w, "scriptSig", in->script_sig.p, in->script_sig.len);
	json_put_uint(w, "sequence", in->sequence);
	json_put_str(w, "error", error);
	json_obj_end(w);
}

static bool put_signed(struct rpc_call *c, const struct tx *tx,
		       const struct txout *spent)
{
	const char **error = arena_calloc(c->arena, tx->n_in + 1, sizeof(*error));
	enum status st = error ? node_check_spends(tx, spent, error) : ST_NOMEM;
	struct json_writer *w = c->w;
	char digits[31];
	size_t bad = 0;

	if (st != ST_OK)
		return rpc_fail_status(c, st);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct bytes spk = spent[i].script;

		if (spk.p && spent[i].value == MONEY_MAX_SAT &&
		    tx->in[i].n_witness) {
			hex_text(digits, spk.p, spk.len < 15 ? spk.len : 15);
			return rpc_fail(c, RPC_TYPE_ERROR,
					"Missing amount for CTxOut(nValue="
					"21000000.00000000, scriptPubKey=%s)",
					digits);
		}
		error[i] = spend_error(&spent[i], error[i]);
		bad += error[i] != NULL;
	}
	json_obj_begin(w);
	rpc_put_tx_hex(c, "hex", tx);
	json_put_bool(w, "complete", bad == 0);
	if (bad) {
		json_key(w, "errors");
		json_arr_begin(w);
		for (uint32_t i = 0; i < tx->n_in; i++)
			if (error[i])
				put_error(w, &tx->in[i], error[i]);
		json_arr_end(w);
	}
	json_obj_end(w);
	return true;
}

static bool parse_keys(struct rpc_call *c, const struct json_value *v,
		       struct insign_key *key, const struct ec *ec)
{
	for (size_t i = 0; i < json_count(v); i++) {
		enum insign_key_result r;
		const char *wif;
		size_t len;

		if (!rpc_value_str(c, json_at(v, i), &wif, &len))
			return false;
		r = insign_key_parse(&key[i], node_params(c->node), ec, wif, len);
		wallet_text_wipe((void *)(uintptr_t)wif, len);
		if (r != INSIGN_KEY_OK)
			return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
					"Invalid private key");
	}
	return true;
}

static bool sign_with(struct rpc_call *c, struct tx *tx, struct insign_key *key)
{
	struct insign s = {.arena = c->arena, .ec = rpc_ec(c), .key = key,
			   .n_key = json_count(c->arg[1])};
	struct txout *spent;

	if (!s.ec)
		return rpc_fail_status(c, ST_NOMEM);
	if (!parse_keys(c, c->arg[1], key, s.ec) || !find_spent(c, tx, &spent))
		return false;
	for (size_t i = 0; i < json_count(c->arg[2]); i++)
		if (!add_prevout(c, &s, json_at(c->arg[2], i), tx, spent))
			return false;
	return rpc_arg_sighash(c, 3, &s.type) && sign_all(c, &s, tx, spent) &&
	       put_signed(c, tx, spent);
}

bool rpc_signrawtransactionwithkey(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	size_t n = json_count(c->arg[1]);
	struct insign_key *key;
	struct tx tx;
	bool good;

	if (!rpc_tx_decode(c, hex, strlen(hex), &tx))
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"TX decode failed. Make sure the tx has at least "
				"one input.");
	key = arena_calloc(c->arena, n + 1, sizeof(*key));
	if (!key)
		return rpc_fail_status(c, ST_NOMEM);
	good = sign_with(c, &tx, key);
	insign_keys_wipe(key, n);
	return good;
}

/* --- combinerawtransaction --- */

struct variant {
	struct tx tx;
	struct txout *spent;	/* by the first, as far as it goes */
	bool *good;		/* the inputs that are signed in full */
	struct sigmsg msg;
};

static bool open_variant(struct rpc_call *c, const struct json_value *v,
			 size_t i, struct variant *k)
{
	const char *hex;
	size_t len;

	if (!rpc_value_str(c, v, &hex, &len))
		return false;
	return rpc_tx_decode(c, hex, len, &k->tx) ||
	       rpc_fail(c, RPC_DESERIALIZATION_ERROR,
			"TX decode failed for tx %zu. Make sure the tx has at "
			"least one input.", i);
}

static bool judge_variant(struct rpc_call *c, struct variant *k,
			  const struct txout *spent, uint32_t n)
{
	k->spent = arena_calloc(c->arena, k->tx.n_in + 1, sizeof(*k->spent));
	if (!k->spent)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < n && i < k->tx.n_in; i++)
		k->spent[i] = spent[i];
	sigmsg_init(&k->msg, &k->tx, k->spent);
	return find_complete(c, &k->tx, k->spent, &k->good);
}

/* What input `at` becomes, from all that have one there. */
static bool combine_input(struct rpc_call *c, const struct variant *variant,
			  size_t n, uint32_t at, struct txin *in)
{
	struct insign s = {.arena = c->arena, .ec = rpc_ec(c)};
	struct insign_list sigs = {0};

	for (size_t k = 0; k < n; k++) {
		if (at >= variant[k].tx.n_in || !variant[k].good[at])
			continue;
		in->script_sig = variant[k].tx.in[at].script_sig;
		in->witness = variant[k].tx.in[at].witness;
		in->n_witness = variant[k].tx.in[at].n_witness;
		return true;
	}
	for (size_t k = 0; k < n; k++) {
		s.msg = &variant[k].msg;
		if (at < variant[k].tx.n_in &&
		    !insign_gather(&s, at, &variant[k].tx.in[at], &sigs))
			return rpc_fail_status(c, ST_NOMEM);
	}
	s.msg = &variant[0].msg;
	return insign_input(&s, at, &sigs, in) || rpc_fail_status(c, ST_NOMEM);
}

bool rpc_combinerawtransaction(struct rpc_call *c)
{
	size_t n = json_count(c->arg[0]);
	struct variant *variant = arena_calloc(c->arena, n + 1, sizeof(*variant));
	struct txout *spent;
	struct tx tx;

	if (!variant)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < n; i++)
		if (!open_variant(c, json_at(c->arg[0], i), i, &variant[i]))
			return false;
	if (n == 0)
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"Missing transactions");
	tx = variant[0].tx;
	if (!find_spent(c, &tx, &spent))
		return false;
	for (uint32_t i = 0; i < tx.n_in; i++)
		if (!spent[i].script.p)
			return rpc_fail(c, RPC_VERIFY_ERROR,
					"Input not found or already spent");
	for (size_t i = 0; i < n; i++)
		if (!judge_variant(c, &variant[i], spent, tx.n_in))
			return false;
	tx.in = arena_copy(c->arena, tx.in, tx.n_in * sizeof(*tx.in));
	if (!tx.in)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < tx.n_in; i++)
		if (!combine_input(c, variant, n, i, &tx.in[i]))
			return false;
	note_witness(&tx);
	return rpc_put_tx_hex(c, NULL, &tx);
}
