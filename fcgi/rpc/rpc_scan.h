/* SPDX-License-Identifier: MIT */
/* Scripts that are looked for: the scan objects of scantxoutset and scanblocks. */
#ifndef QUARRY_FCGI_RPC_RPC_SCAN_H
#define QUARRY_FCGI_RPC_RPC_SCAN_H

#include "fcgi/rpc/rpc_args.h"

/* A script, and the descriptor that it is one of. */
struct rpc_wanted {
	struct bytes script;
	const char *desc;
};

struct rpc_wants {
	struct rpc_wanted *want;	/* sorted by script, in the call's arena */
	size_t n, room;
};

/* A list of descriptors and of {desc, range}, each up to 1000 scripts unless it
 * says so. False: Core's error is recorded. */
bool rpc_wants_read(struct rpc_call *c, const struct json_value *list,
		    struct rpc_wants *out);
/* NULL: it is none of them. */
const struct rpc_wanted *rpc_wants_find(const struct rpc_wants *w,
					struct bytes script);

#endif
