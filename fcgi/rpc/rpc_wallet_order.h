/* SPDX-License-Identifier: MIT */
/* Payments as Bitcoin Core's methods ask for them: arguments and options. */
#ifndef QUARRY_FCGI_RPC_RPC_WALLET_ORDER_H
#define QUARRY_FCGI_RPC_RPC_WALLET_ORDER_H

#include "fcgi/rpc/rpc_funds.h"

/* Rates: fee_rate in satoshi per vbyte, feeRate in coins per 1,000 vbytes, or a
 * number of blocks with an estimate mode. NULL where absent. */
bool rpc_order_rate(struct rpc_call *c, const struct json_value *target,
		    const struct json_value *mode,
		    const struct json_value *fee_rate,
		    const struct json_value *fee_rate_kvb, int64_t *sat_kvb,
		    uint32_t *blocks);
/* The options that send, fundrawtransaction and walletcreatefundedpsbt share. o has
 * payees and given inputs. */
bool rpc_order_options(struct rpc_call *c, const struct json_value *options,
		       struct funds_order *o, bool *lock);
/* Inputs as an array of {txid, vout, sequence, weight}, after those that o has. */
bool rpc_order_inputs(struct rpc_call *c, const struct json_value *list,
		      struct funds_order *o);
/* Payees of a transaction's outputs. */
bool rpc_order_payees(struct rpc_call *c, const struct tx *tx,
		      struct funds_order *o);
/* Marks who pays the fee: places, or addresses. */
bool rpc_order_subtract(struct rpc_call *c, const struct json_value *list,
			struct funds_order *o);
/* Locks the inputs of a draft. */
bool rpc_order_lock(struct rpc_call *c, struct funds *f, const struct tx *tx);
/* Signed as far as the wallet can; passphrases are not asked for here. */
bool rpc_order_sign(struct rpc_call *c, struct funds *f, struct bytes psbt,
		    struct funds_finished *done);

#endif
