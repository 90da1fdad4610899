/* SPDX-License-Identifier: MIT */
/*
 * What the wallet's RPC methods share. Wallets here are the operator's: their owner
 * is empty. A call is about the wallet that its path names, or the only one that is
 * loaded.
 */
#ifndef QUARRY_FCGI_RPC_RPC_FUNDS_H
#define QUARRY_FCGI_RPC_RPC_FUNDS_H

#include "fcgi/rpc/rpc_args.h"
#include "funds/keys.h"

/* What all wallets share; wallets.db is made with `create`. */
bool rpc_funds_at(struct rpc_call *c, bool create, struct funds_at *at);
/* The wallet of the call: -18 and -19 when there is none. */
bool rpc_funds(struct rpc_call *c, struct funds *f);
/* Its row alone, loaded. */
bool rpc_funds_row(struct rpc_call *c, struct funds_at *at,
		   struct purse_wallet *row);
struct signer_client rpc_signer(const struct rpc_call *c);
/* A fault as Core's error; `poor` is what too little money is: -6 or -4. */
bool rpc_fail_fault(struct rpc_call *c, const struct funds_fault *fault, int poor);

/* The script of an address; -5 with this message, and the address behind it when it
 * ends with a blank. */
bool rpc_script_of(struct rpc_call *c, const char *address, const char *message,
		   struct bytes *script);
/* "address" of a script, when it has one. */
void rpc_put_address(struct rpc_call *c, const char *key, struct bytes script);
/* "desc" of a script that is the wallet's, its own key alone. */
void rpc_put_desc(struct rpc_call *c, const struct funds *f,
		  const struct funds_script *s);
void rpc_put_parent_descs(struct rpc_call *c, const struct funds *f,
			  const struct funds_script *s);
/* The label: "Invalid label name" for "*". "" when absent. */
bool rpc_label(struct rpc_call *c, unsigned i, const char **label);
/* One of Core's address types as a kind; NULL for absent. -5 for others. */
bool rpc_address_type(struct rpc_call *c, const struct json_value *v,
		      const char **kind);
const char *rpc_psbt_text(struct rpc_call *c, struct bytes psbt);
/* A PSBT in base64, as bytes. */
bool rpc_psbt_bytes(struct rpc_call *c, const struct json_value *v,
		    struct bytes *out);

#endif
