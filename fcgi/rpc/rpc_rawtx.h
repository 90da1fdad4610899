/* SPDX-License-Identifier: MIT */
/* What the methods for transactions share. */
#ifndef QUARRY_FCGI_RPC_RPC_RAWTX_H
#define QUARRY_FCGI_RPC_RPC_RAWTX_H

#include "fcgi/rpc/rpc_args.h"
#include "primitives/verdict.h"

/* Bitcoin Core's: a tenth of a coin per 1,000 vbytes. */
#define RPC_MAX_FEE_RATE_SAT_KVB INT64_C(10000000)

/* A transaction without signatures from the arguments inputs, outputs, locktime
 * and replaceable, which stand first. */
bool rpc_construct(struct rpc_call *c, struct tx *tx);
/* The outputs of an array or object as createrawtransaction takes them, added to
 * tx->out, which has room for as many as it has elements. */
bool rpc_outputs(struct rpc_call *c, const struct json_value *v, struct tx *tx);
/* Writes its bytes, as the value of key when there is one. */
bool rpc_put_tx_hex(struct rpc_call *c, const char *key, const struct tx *tx);
/* The reject string with what Core's debug message adds to it. */
char *rpc_reject_text(char *out, size_t size, const struct verdict *v);
/* maxfeerate; absent: Core's. 0: no limit. */
bool rpc_fee_rate(struct rpc_call *c, const struct json_value *v,
		  int64_t *sat_kvb);
/* Whether an output that cannot be spent has more than max_sat. */
bool rpc_burns(const struct tx *tx, int64_t max_sat);

#endif
