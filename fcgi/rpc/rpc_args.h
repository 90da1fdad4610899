/* SPDX-License-Identifier: MIT */
/*
 * Asking for a call's arguments. The dispatcher has seen to it that those with a
 * declared type have it or are absent; what follows here is their content. Every
 * function that returns bool has called rpc_fail when it returns false.
 */
#ifndef QUARRY_FCGI_RPC_RPC_ARGS_H
#define QUARRY_FCGI_RPC_RPC_ARGS_H

#include "fcgi/rpc/rpc.h"
#include "primitives/tx.h"

static inline bool rpc_has(const struct rpc_call *c, unsigned i)
{
	return c->arg[i] != NULL;
}

/* "" when absent. */
const char *rpc_arg_str(const struct rpc_call *c, unsigned i);
bool rpc_arg_bool(const struct rpc_call *c, unsigned i, bool fallback);
/* A number from min to max; others are Core's "JSON integer out of range". */
bool rpc_arg_int(struct rpc_call *c, unsigned i, int64_t fallback, int64_t min,
		 int64_t max, int64_t *out);
/* Core's int. */
bool rpc_arg_int32(struct rpc_call *c, unsigned i, int fallback, int *out);
/* 64 digits; name is what the message calls it. */
bool rpc_arg_hash(struct rpc_call *c, unsigned i, const char *name,
		  struct hash256 *out);
/* The same for any value and its name. */
bool rpc_value_hash(struct rpc_call *c, const struct json_value *v,
		    const char *name, struct hash256 *out);
/* Hexadecimal text as bytes of the arena; name as above. */
bool rpc_value_hex(struct rpc_call *c, const struct json_value *v,
		   const char *name, struct bytes *out);
/* Text of hexadecimal digits, an even number: bytes in the arena. False without
 * an error set when it is not. */
bool rpc_hex(struct rpc_call *c, const char *text, size_t len,
	     struct bytes *out);
/* An amount in coins as satoshi: -3 "Amount is not a number or string",
 * "Invalid amount", "Amount out of range". */
bool rpc_value_amount(struct rpc_call *c, const struct json_value *v,
		      int64_t *sat);
/* A number of an object's member, as Core's getInt. */
bool rpc_value_int(struct rpc_call *c, const struct json_value *v, int64_t min,
		   int64_t max, int64_t *out);
/* The value's text; -3 in Core's words when it is none. */
bool rpc_value_str(struct rpc_call *c, const struct json_value *v,
		   const char **out, size_t *len);
/* "JSON value of type null is not of expected type string". */
bool rpc_fail_type(struct rpc_call *c, const struct json_value *v,
		   const char *expected);
/* Core's name of a value's type: "number". */
const char *rpc_type_of(const struct json_value *v);

/* Parses a transaction from hexadecimal text; nothing when it is none. */
bool rpc_tx_decode(struct rpc_call *c, const char *hex, size_t len,
		   struct tx *out);

#endif
