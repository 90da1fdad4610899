/* SPDX-License-Identifier: MIT */
/*
 * The faucet: coins of the key that everybody knows, paid to an address, and a
 * block that confirms it. One process pays at a time, or two would spend the same
 * coin.
 */
#include "base/clock.h"
#include "lab/call.h"
#include "node/pool/mempool.h"
#include "node/query/query.h"
#include "primitives/amount.h"
#include "wallet/faucet.h"

#define LEASE "faucet"
#define LEASE_MS 20000
#define PATIENCE_MS 15000
#define COINS_MAX 500000
#define COINS_ARENA_MAX ((size_t)256 << 20)
#define TX_SIZE_MAX 1000000
#define FEE_RATE_SAT_KVB 2000

/* What the faucet may spend in the next block. */
static enum status spendable(struct lab *l, struct bytes script,
			     struct arena *a, struct wallet_coin **coins,
			     size_t *n)
{
	uint32_t maturity = node_params(l->n)->maturity, count;
	struct utxo_info *u;
	struct node_tip tip;
	enum status st = node_tip(l->n, &tip);

	if (st == ST_OK)
		st = query_utxos(l->n, script, COINS_MAX, a, &u, &count);
	if (st != ST_OK)
		return st;
	*coins = arena_array(a, count + 1, struct wallet_coin);
	if (!*coins)
		return ST_NOMEM;
	*n = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (!u[i].coinbase || tip.height + 1 - u[i].height >= maturity)
			(*coins)[(*n)++] = (struct wallet_coin){u[i].at,
								 u[i].value};
	}
	return ST_OK;
}

static bool pay_failed(struct lab *l, enum wallet_pay_result r,
		       const struct wallet_coin *coins, size_t n)
{
	char have[AMOUNT_TEXT_SIZE];
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += coins[i].value_sat;
	if (r == WALLET_PAY_POOR)
		return lab_bad(l, LAB_REFUSED, "The faucet has %s coins to spend: "
			       "mine more blocks to it.", amount_text(have, sum));
	if (r == WALLET_PAY_MANY)
		return lab_bad(l, LAB_REFUSED, "The faucet's coins are too small "
			       "for this: ask for less at a time.");
	return lab_failed(l, ST_NOMEM);
}

/* Signs a payment; the transaction goes to raw. */
static bool make_payment(struct lab *l, struct bytes from, struct bytes to,
			 int64_t amount, struct buf *raw)
{
	const struct wallet_order o = {.from = from, .to = to,
				       .amount_sat = amount, .fee_sat = -1,
				       .fee_rate_sat_kvb = FEE_RATE_SAT_KVB};
	struct wallet_signer *signer = wallet_signer_open();
	enum wallet_pay_result r = WALLET_PAY_FAILED;
	struct wallet_coin *coins = NULL;
	struct wallet_paid paid;
	struct wallet_key key;
	struct arena a;
	size_t n = 0;
	enum status st;

	arena_init(&a, COINS_ARENA_MAX);
	faucet_key(&key);
	st = signer ? spendable(l, from, &a, &coins, &n) : ST_NOMEM;
	if (st == ST_OK)
		r = wallet_pay(signer, &key, &o, coins, n, raw, &paid);
	if (st != ST_OK)
		lab_failed(l, st);
	else if (r != WALLET_PAY_OK)
		pay_failed(l, r, coins, n);
	wallet_signer_close(signer);
	arena_free(&a);
	return r == WALLET_PAY_OK;
}

static bool pay(struct lab *l, struct bytes from, struct bytes to,
		int64_t amount, struct tx_result *r)
{
	const struct tx_options o = {.source = "faucet", .own = true};
	char reason[VERDICT_DETAIL_SIZE + 64];
	enum status st = ST_OK;
	struct buf raw;
	bool ok;

	buf_init(&raw, TX_SIZE_MAX);
	ok = make_payment(l, from, to, amount, &raw);
	if (ok)
		st = node_accept_tx(l->n, raw.p, raw.len, &o, r);
	if (st != ST_OK)
		ok = lab_failed(l, st);
	else if (ok && r->verdict.code != VALID)
		ok = lab_bad(l, LAB_REFUSED, "The payment was refused: %s.",
			     verdict_reject(reason, sizeof(reason), &r->verdict));
	buf_free(&raw);
	return ok && lab_mine_blocks(l, 1, from, NULL);
}

static bool take_turn(struct lab *l)
{
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	enum status st;

	while ((st = node_lease_take(l->n, LEASE, LEASE_MS)) == ST_BUSY &&
	       clock_mono_ms() < until)
		clock_sleep_ms(10);
	return st == ST_OK || lab_failed(l, st);
}

bool call_faucet(struct lab *l)
{
	const struct json_value *v = json_get(l->args, "amount");
	char address[ADDRESS_TEXT_SIZE], txid[HASH_TEXT_SIZE];
	int64_t amount = COIN_SAT;
	struct tx_result r;
	struct buf from, to;
	enum status st;
	bool ok = true;

	if (!json_get(l->args, "address"))
		return lab_bad(l, LAB_USAGE, "Say whom to pay: address.");
	if (v && (!json_as_sat(v, &amount) || amount <= 0))
		return lab_bad(l, LAB_USAGE, "amount is a number of coins above 0, "
			       "with at most eight decimals.");
	buf_init(&from, 256);
	buf_init(&to, 256);
	st = faucet_payee(node_params(l->n), address, &from);
	if (st != ST_OK)
		ok = lab_failed(l, st);
	ok = ok && lab_payee(l, &to) && take_turn(l);
	if (ok) {
		ok = pay(l, buf_view(&from), buf_view(&to), amount, &r);
		node_lease_release(l->n, LEASE);
	}
	if (ok) {
		/* strings alone: clients decode it as a map of strings */
		json_obj_begin(l->w);
		json_put_str(l->w, "txId", hash256_text(txid, &r.txid.h));
		json_obj_end(l->w);
	}
	buf_free(&from);
	buf_free(&to);
	return ok;
}
