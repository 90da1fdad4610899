/* SPDX-License-Identifier: MIT */
/*
 * What a client of the WebSocket says, in the protocol of mempool's API: one JSON
 * object a message, with any of these members.
 *
 *	"action": "init" | "ping" | "want" with "data": [kinds]
 *	"refresh-blocks": anything
 *	"track-address": A | "stop"
 *	"track-addresses": [A, ...]		none: stop
 *	"track-scriptpubkeys": [HEX, ...]	none: stop
 *	"track-tx": TXID | "stop"
 *	"track-mempool-block": N | -1
 *	"track-rbf": "all" | "fullRbf" | "stop"
 *	"track-rbf-summary": true | false
 *
 * Members unknown mean nothing.
 */
#ifndef QUARRY_FCGI_WS_WS_ORDER_H
#define QUARRY_FCGI_WS_WS_ORDER_H

#include "base/arena.h"
#include "primitives/params.h"
#include "primitives/tx.h"

/* Bytes of a message; addresses or scripts that one client looks for. */
#define WS_ORDER_MAX ((size_t)32 << 10)
#define WS_NAMES_MAX 100

#define WS_INIT 1u
#define WS_PING 2u
#define WS_WANT 4u
#define WS_REFRESH 8u
#define WS_ADDRESS 16u
#define WS_ADDRESSES 32u
#define WS_SCRIPTS 64u
#define WS_TX 128u
#define WS_POOL_BLOCK 256u
#define WS_RBF 512u
#define WS_SUMMARY 1024u

/* Kinds wanted. */
#define WS_WANT_BLOCKS 1u
#define WS_WANT_POOL_BLOCKS 2u
#define WS_WANT_STATS 4u
#define WS_WANT_CHART 8u
/* Not by "want" but by orders of their own. */
#define WS_WANT_RBF 16u
#define WS_WANT_FULL_RBF 32u
#define WS_WANT_RBF_SUMMARY 64u
#define WS_WANT_REPLACEMENTS (WS_WANT_RBF | WS_WANT_FULL_RBF | WS_WANT_RBF_SUMMARY)

/* A script that is looked for, under the name the client has for it. */
struct ws_script {
	const char *name;
	struct bytes script;
};

struct ws_order {
	unsigned has;		/* WS_INIT, ... */
	unsigned wants;		/* WS_WANT_... */
	struct ws_script address;	/* name NULL: stop */
	struct ws_script *addresses, *scripts;
	unsigned n_addresses, n_scripts;
	bool stop_tx;
	struct txid txid;
	int64_t pool_block;	/* -1: stop */
	unsigned rbf;		/* WS_WANT_RBF, WS_WANT_FULL_RBF or 0: stop */
	bool summary;
	const char *address_error;	/* sentences for the client; NULL: none */
	const char *addresses_error, *scripts_error;
};

/* ST_OK, ST_PARSE (no JSON object), ST_TOO_BIG or ST_NOMEM. What a member says
 * that makes no sense is as if it were not there, but for the errors of
 * addresses and scripts. All lives in the arena. */
NODISCARD enum status ws_order_read(struct ws_order *o, const struct params *p,
				    struct bytes text, struct arena *a);

#endif
