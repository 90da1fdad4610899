/* SPDX-License-Identifier: MIT */
/* What the methods for partially signed transactions share. */
#ifndef QUARRY_FCGI_RPC_RPC_PSBT_H
#define QUARRY_FCGI_RPC_RPC_PSBT_H

#include "fcgi/rpc/rpc_args.h"
#include "wallet/psbt.h"

/* Reads one in base64. */
bool rpc_psbt_decode(struct rpc_call *c, const struct json_value *v,
		     struct psbt *out);
/* Writes one, as the value of key when there is one. */
bool rpc_psbt_put(struct rpc_call *c, const char *key, const struct psbt *psbt);
/* Writes the transaction of one that is complete, as the value "hex". */
bool rpc_psbt_put_extracted(struct rpc_call *c, const struct psbt *psbt);
/* A hash type by its name, for argument i; DEFAULT when absent. */
bool rpc_arg_sighash(struct rpc_call *c, unsigned i, uint8_t *type);
/* Its name, "" for others. */
const char *rpc_sighash_name(uint8_t type);

#endif
