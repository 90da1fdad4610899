/* SPDX-License-Identifier: MIT */
/* Scripts, transactions and headers as Bitcoin Core writes them. */
#ifndef QUARRY_FCGI_RPC_RPC_TXJSON_H
#define QUARRY_FCGI_RPC_RPC_TXJSON_H

#include "fcgi/rpc/rpc_args.h"
#include "node/query/query.h"

/* An output script as the value of a key: asm, desc, hex, address, type. desc
 * may be given where more is known than the script says; NULL: inferred. */
void rpc_put_script(struct rpc_call *c, const char *key, struct bytes script,
		    bool hex, const char *desc);
/* The members of that object, in one that is open. */
void rpc_script_members(struct rpc_call *c, struct bytes script, bool hex,
			const char *desc);
/* "asm" (with the names of signature hashes where wanted). */
void rpc_put_asm(struct rpc_call *c, struct bytes script, bool sighash);

enum rpc_detail {
	RPC_DETAIL_TX,		/* the transaction alone */
	RPC_DETAIL_FEE,		/* and its fee */
	RPC_DETAIL_PREVOUT,	/* and what its inputs spend */
};
/* The members of a transaction in an object that is open. Outputs spent are
 * looked up in the chain, the pool and `with` (earlier ones of the same block);
 * what is not found is left out, and the fee with it. */
bool rpc_tx_members(struct rpc_call *c, const struct tx *tx, bool hex,
		    enum rpc_detail detail, const struct block *with);

/* The members of a block's header, with what is known of the block. */
bool rpc_header_members(struct rpc_call *c, const struct block_info *info);
/* Confirmations: of blocks beside the chain -1. */
int64_t rpc_confirmations(const struct block_info *info, uint32_t tip_height);

/* The block named by argument i, or "Block not found". */
bool rpc_arg_block(struct rpc_call *c, unsigned i, struct block_info *out);
/* The block that argument i names by its hash or height. */
bool rpc_arg_hash_or_height(struct rpc_call *c, unsigned i,
			    struct block_info *out);
bool rpc_tip(struct rpc_call *c, struct node_tip *out);

#endif
