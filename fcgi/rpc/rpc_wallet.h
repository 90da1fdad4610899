/* SPDX-License-Identifier: MIT */
/* Keys and descriptors for the methods that need them. */
#ifndef QUARRY_FCGI_RPC_RPC_WALLET_H
#define QUARRY_FCGI_RPC_RPC_WALLET_H

#include "fcgi/rpc/rpc_args.h"
#include "wallet/descriptor.h"

/* The process's context for secret keys; NULL without memory: functions of the
 * wallet then say that a key is not valid. */
const struct ec *rpc_ec(struct rpc_call *c);
/* desc_parse with the call's arena and network. */
struct descriptor *rpc_descriptor(struct rpc_call *c, const char *text,
				  size_t len, bool required,
				  char error[DESC_ERROR_SIZE]);
/* "range": n, or [begin, end]. Core's messages. */
bool rpc_range(struct rpc_call *c, const struct json_value *v, int64_t *low,
	       int64_t *high);

#endif
