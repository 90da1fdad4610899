/* SPDX-License-Identifier: MIT */
/*
 * POST /transactions/new: a signed transaction as {"hex": "..."}, or the old
 * {"sender", "recipient", "amount"} with the sender's "private_key" beside it.
 *
 * In the second form the node finds the sender's coins, builds a payment and
 * signs it with the key, then treats it like any other transaction. The key is
 * used for this one request: it is in no log and no table, and what held it is
 * overwritten before the answer goes out.
 */
#include <stdio.h>

#include "base/hex.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/teach/chain_json.h"
#include "json/read.h"
#include "node/core/announce.h"
#include "node/pool/mempool.h"
#include "primitives/address.h"
#include "wallet/sign.h"

/* More coins of one sender than this are not looked at. */
#define COINS_MAX 200000
#define COINS_ARENA_MAX (128u << 20)
#define FEE_RATE_SAT_KVB 2000
#define TX_SIZE_MAX 1000000

/* What the request asks for, its texts inside the document. */
struct payment {
	const char *sender, *recipient, *key;
	size_t sender_len, recipient_len, key_len;
	int64_t amount_sat;
	int64_t fee_sat;	/* -1: by rate */
};

/* --- the result, for both forms --- */

static void reply(struct app *app, const struct request *rq, struct response *rs,
		  const struct tx_result *r)
{
	struct node_tip tip;
	struct json_writer w;
	char message[80];
	enum status st = node_tip(app->node, &tip);

	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	/* index = height + 1, and it goes into the block after the last one. */
	snprintf(message, sizeof(message), "Transaction will be added to Block %lld",
		 (long long)tip.height + 2);
	rs->status = 201;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_key(&w, "fee");
	chain_json_coins(&w, r->fee_sat);
	json_put_str(&w, "message", message);
	json_put_hash(&w, "txid", &r->txid.h);
	json_put_uint(&w, "vsize", r->vsize);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}

static void submit(struct app *app, const struct request *rq,
		   struct response *rs, struct bytes raw)
{
	const struct tx_options o = {.source = "http", .own = true};
	struct tx_result r;
	enum status st = node_accept_tx(app->node, raw.p, raw.len, &o, &r);

	if (st != ST_OK) {
		error_status(rs, rq, st);
	} else if (r.verdict.code != VALID) {
		error_verdict(rs, rq, &r.verdict);
	} else {
		announce_nudge(app->node);
		reply(app, rq, rs, &r);
	}
}

/* --- {"hex"} --- */

static void submit_hex(struct app *app, const struct request *rq,
		       struct response *rs, const struct json_value *v)
{
	const char *hex;
	size_t len;
	uint8_t *raw;

	if (!json_as_str(v, &hex, &len) || len < 2 || len > 2 * TX_SIZE_MAX) {
		error_reply(rs, rq, 400, "bad-hex",
			    "hex is the signed transaction as hexadecimal text.");
		return;
	}
	raw = arena_array(rq->arena, len / 2, uint8_t);
	if (!raw)
		error_status(rs, rq, ST_NOMEM);
	else if (!hex_parse(raw, len / 2, hex, len))
		error_reply(rs, rq, 400, "bad-hex",
			    "hex holds something that is no hexadecimal digit, "
			    "or an odd number of them.");
	else
		submit(app, rq, rs, bytes_of(raw, len / 2));
}

/* --- {"sender", "recipient", "amount", "private_key"} --- */

static bool read_payment(struct payment *p, const struct json_value *root,
			 const struct request *rq, struct response *rs)
{
	const struct json_value *fee = json_get(root, "fee");

	if (!json_get(root, "sender") || !json_get(root, "recipient") ||
	    !json_get(root, "amount")) {
		error_reply(rs, rq, 400, "missing-values", "Missing values");
		return false;
	}
	if (!json_get_str(root, "sender", &p->sender, &p->sender_len) ||
	    !json_get_str(root, "recipient", &p->recipient, &p->recipient_len)) {
		error_reply(rs, rq, 400, "bad-address",
			    "sender and recipient are addresses, as text.");
		return false;
	}
	if (!json_get_sat(root, "amount", &p->amount_sat) || p->amount_sat <= 0) {
		error_reply(rs, rq, 400, "bad-amount",
			    "amount is a number of coins above 0, at most "
			    "21000000, with at most eight decimals.");
		return false;
	}
	p->fee_sat = -1;
	if (fee && !json_as_sat(fee, &p->fee_sat)) {
		error_reply(rs, rq, 400, "bad-fee",
			    "fee is a number of coins with at most eight decimals.");
		return false;
	}
	if (p->sender_len == 1 && p->sender[0] == '0') {
		error_reply(rs, rq, 400, "sender-is-reward",
			    "Sender 0 is the reward of a block: only a new block "
			    "can pay it.");
		return false;
	}
	if (!json_get(root, "private_key")) {
		error_reply(rs, rq, 400, "not-signed",
			    "Add the sender's private_key (WIF or 64 hexadecimal "
			    "digits), or send the signed transaction as hex.");
		return false;
	}
	if (!json_get_str(root, "private_key", &p->key, &p->key_len)) {
		error_reply(rs, rq, 400, "bad-key", "private_key is text.");
		return false;
	}
	return true;
}

/* The output script of an address, or of a public key's digits. */
static bool party_script(struct app *app, const struct request *rq,
			 struct response *rs, const char *who, const char *text,
			 size_t len, struct buf *script)
{
	uint8_t key[65];

	if ((len == 66 || len == 130) && hex_parse(key, len / 2, text, len)) {
		script_p2pk(script, bytes_of(key, len / 2));
		return true;
	}
	switch (address_to_script(script, node_params(app->node), text, len)) {
	case ADDRESS_OK:
		return true;
	case ADDRESS_OTHER_NETWORK:
		error_reply(rs, rq, 400, "other-network",
			    "The %s's address belongs to another network than %s.",
			    who, node_params(app->node)->name);
		return false;
	case ADDRESS_INVALID:
		break;
	}
	error_reply(rs, rq, 400, "bad-address",
		    "The %s's address is none, or has a typing error.", who);
	return false;
}

/* Coins of the sender that may be spent in the next block; *locked_sat: rewards
 * that are too young. */
static enum status spendable(struct app *app, struct bytes script,
			     struct arena *a, struct wallet_coin **coins,
			     size_t *n, int64_t *locked_sat)
{
	uint32_t maturity = node_params(app->node)->maturity, count;
	struct utxo_info *u;
	struct node_tip tip;
	enum status st = node_tip(app->node, &tip);

	if (st == ST_OK)
		st = query_utxos(app->node, script, COINS_MAX, a, &u, &count);
	if (st != ST_OK)
		return st;
	*coins = arena_array(a, count, struct wallet_coin);
	if (!*coins)
		return ST_NOMEM;
	*n = 0;
	*locked_sat = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (u[i].coinbase && tip.height + 1 - u[i].height < maturity)
			*locked_sat += u[i].value;
		else
			(*coins)[(*n)++] = (struct wallet_coin){u[i].at, u[i].value};
	}
	return ST_OK;
}

static void refuse_pay(struct response *rs, const struct request *rq,
		       enum wallet_pay_result r, const struct wallet_paid *paid,
		       const struct wallet_coin *coins, size_t n,
		       int64_t locked_sat)
{
	char need[AMOUNT_TEXT_SIZE], have[AMOUNT_TEXT_SIZE],
		locked[AMOUNT_TEXT_SIZE];
	int64_t sum = 0;

	switch (r) {
	case WALLET_PAY_NOT_OURS:
		error_reply(rs, rq, 400, "key-mismatch",
			    "The private key does not belong to the sender.");
		return;
	case WALLET_PAY_FORM:
		error_reply(rs, rq, 400, "sender-form",
			    "Coins of this kind of address cannot be signed for "
			    "here; send the signed transaction as hex.");
		return;
	case WALLET_PAY_POOR:
		for (size_t i = 0; i < n; i++)
			sum += coins[i].value_sat;
		error_reply(rs, rq, 400, "insufficient-funds",
			    "The payment needs %s with its fee, and the sender can "
			    "spend %s (%s more is too young).",
			    amount_text(need, paid->needed_sat),
			    amount_text(have, sum), amount_text(locked, locked_sat));
		return;
	case WALLET_PAY_MANY:
		error_reply(rs, rq, 400, "too-many-coins",
			    "The payment would spend more than %d coins; pay a "
			    "smaller amount first.", WALLET_INPUTS_MAX);
		return;
	case WALLET_PAY_OK:
	case WALLET_PAY_FAILED:
		break;
	}
	error_status(rs, rq, ST_NOMEM);
}

/* Builds and signs; the raw transaction or an error reply. */
static bool sign_payment(struct app *app, const struct request *rq,
			 struct response *rs, const struct payment *p,
			 const struct wallet_key *key, struct buf *raw)
{
	struct wallet_order o = {.amount_sat = p->amount_sat,
				 .fee_sat = p->fee_sat,
				 .fee_rate_sat_kvb = FEE_RATE_SAT_KVB};
	struct wallet_signer *signer = app_signer(app);
	enum wallet_pay_result r = WALLET_PAY_FAILED;
	struct wallet_coin *coins = NULL;
	struct wallet_paid paid = {0};
	int64_t locked_sat = 0;
	struct buf from, to;
	struct arena a;
	size_t n = 0;
	enum status st;

	arena_init(&a, COINS_ARENA_MAX);
	buf_init(&from, 256);
	buf_init(&to, 256);
	if (!signer) {
		error_status(rs, rq, ST_NOMEM);
		goto out;
	}
	if (!party_script(app, rq, rs, "sender", p->sender, p->sender_len, &from) ||
	    !party_script(app, rq, rs, "recipient", p->recipient,
			  p->recipient_len, &to))
		goto out;
	o.from = buf_view(&from);
	o.to = buf_view(&to);
	r = wallet_owns(signer, key, o.from);
	if (r == WALLET_PAY_OK) {
		st = spendable(app, o.from, &a, &coins, &n, &locked_sat);
		if (st != ST_OK) {
			r = WALLET_PAY_FAILED;
			error_status(rs, rq, st);
			goto out;
		}
		r = wallet_pay(signer, key, &o, coins, n, raw, &paid);
	}
	if (r != WALLET_PAY_OK)
		refuse_pay(rs, rq, r, &paid, coins, n, locked_sat);
out:
	buf_free(&from);
	buf_free(&to);
	arena_free(&a);
	return r == WALLET_PAY_OK;
}

static bool read_key(struct app *app, const struct request *rq,
		     struct response *rs, const struct payment *p,
		     struct wallet_key *key)
{
	switch (wallet_key_parse(key, node_params(app->node), p->key, p->key_len)) {
	case WALLET_KEY_OK:
		return true;
	case WALLET_KEY_OTHER_NETWORK:
		error_reply(rs, rq, 400, "other-network",
			    "The private key belongs to another network than %s.",
			    node_params(app->node)->name);
		return false;
	case WALLET_KEY_INVALID:
		break;
	}
	error_reply(rs, rq, 400, "bad-key",
		    "private_key is neither WIF nor 64 hexadecimal digits of a key.");
	return false;
}

static void submit_payment(struct app *app, const struct request *rq,
			   struct response *rs, const struct json_value *root)
{
	struct payment p = {0};
	struct wallet_key key;
	struct buf raw;

	if (!read_payment(&p, root, rq, rs))
		return;
	if (!app_may_use_keys(app)) {
		error_reply(rs, rq, 403, "no-keys-here",
			    "Private keys in requests are taken only on own chains "
			    "and regtest; send the signed transaction as hex.");
		return;
	}
	buf_init(&raw, TX_SIZE_MAX);
	if (read_key(app, rq, rs, &p, &key) &&
	    sign_payment(app, rq, rs, &p, &key, &raw))
		submit(app, rq, rs, buf_view(&raw));
	wallet_key_wipe(&key);
	buf_free(&raw);
}

/* Overwrites every place where a key may stand: text in the document, and the
 * body it was read from. Both are ours, whatever const their readers see. */
static void forget(const struct json_value *root, const struct request *rq)
{
	const char *s;
	size_t len;

	if (json_get_str(root, "private_key", &s, &len))
		wallet_text_wipe((void *)(uintptr_t)s, len);
	wallet_text_wipe((void *)(uintptr_t)rq->body.p, rq->body.len);
}

void teach_transaction(struct app *app, const struct request *rq,
		       struct response *rs)
{
	char error[JSON_ERROR_SIZE];
	const struct json_value *hex;
	struct json_doc doc;
	enum status st;

	st = json_doc_parse(&doc, rq->body.p, rq->body.len, rq->body.len, error);
	if (st == ST_NOMEM) {
		error_status(rs, rq, st);
		goto out;
	}
	if (st != ST_OK) {
		error_reply(rs, rq, 400, "bad-json", "The body is no JSON: %s.",
			    error);
		goto out;
	}
	hex = json_get(doc.root, "hex");
	if (json_kind(doc.root) != JSON_KIND_OBJECT)
		error_reply(rs, rq, 400, "missing-values", "Missing values");
	else if (hex)
		submit_hex(app, rq, rs, hex);
	else
		submit_payment(app, rq, rs, doc.root);
out:
	forget(doc.root, rq);
	json_doc_free(&doc);
}
