/* SPDX-License-Identifier: MIT */
/*
 * A wallet over the node's rows: which coins it has, what came and went.
 *
 * Nothing here is remembered about the chain. Balances, coins and history are
 * queries by the wallet's scripts at the moment they are asked for: there is no
 * rescan, a reorganisation needs no care, and a descriptor that is imported shows
 * its past at once. A script near the end of what was derived that is used makes
 * more be derived (the gap limit).
 *
 * A struct funds is one look: everything in it lives in the arena given. Hold a
 * snapshot of the node (node_snapshot) around several calls that must agree.
 */
#ifndef QUARRY_FUNDS_FUNDS_H
#define QUARRY_FUNDS_FUNDS_H

#include "node/query/query_full.h"
#include "purse/purse.h"
#include "wallet/provider.h"

#define FUNDS_GAP 20		/* scripts derived ahead of the last that was used */
#define FUNDS_GAP_MAX 1000
#define FUNDS_SCRIPTS_MAX 2000000

/* What all wallets of a process share. */
struct funds_at {
	struct node *node;
	struct purse *purse;
	const struct ec *ec;
};

struct funds_script {
	struct bytes script;
	uint32_t desc;		/* index in funds.desc */
	uint32_t n;		/* derived at this index */
	int64_t id;		/* in the node's rows; 0: never seen there */
	const char *label;	/* NULL: none was given */
};

struct funds_desc {
	struct purse_desc row;
	struct descriptor *d;
	bool solvable;		/* it says how its coins are spent */
	bool range;
};

struct funds {
	struct funds_at at;
	struct arena *arena;
	struct purse_wallet wallet;
	struct node_tip tip;
	struct funds_desc *desc;
	size_t n_desc;
	struct funds_script *script;
	size_t n_script, room_script;
	uint32_t *slot;		/* of scripts by hash */
	size_t n_slot;
	struct purse_label *label;
	size_t n_label;
	struct outpoint *locked;
	size_t n_locked;
	struct purse_sent *sent;
	size_t n_sent;
};

/* Looks at a wallet. ST_NOT_FOUND: the owner has none of that name, on this
 * chain. Derives what the gap limit asks for. */
NODISCARD enum status funds_open(struct funds *f, const struct funds_at *at,
				 const char *owner, const char *name,
				 struct arena *a);
/* The same for a row that is at hand. */
NODISCARD enum status funds_open_row(struct funds *f, const struct funds_at *at,
				     const struct purse_wallet *w,
				     struct arena *a);

/* All of an owner that are on this chain, by name. */
NODISCARD enum status funds_list(const struct funds_at *at, const char *owner,
				 struct arena *a, struct purse_wallet **out,
				 size_t *n);

/* The wallet's script, or NULL. */
const struct funds_script *funds_find(const struct funds *f, struct bytes script);
/* What its descriptor says of it: keys and where they come from, the scripts behind
 * it. In f's arena. False: no memory. */
NODISCARD bool funds_provider(const struct funds *f, const struct funds_script *s,
			      struct provider *p);
/* Whether what pays to it is change: of a descriptor for change, and nobody gave
 * it a label. */
bool funds_is_change(const struct funds *f, const struct funds_script *s);
/* The label of any script, the wallet's or one it pays to; NULL: none. */
const char *funds_label(const struct funds *f, struct bytes script);
bool funds_is_locked(const struct funds *f, const struct outpoint *o);
/* What was noted when this was sent; NULL: it was not sent from here. */
const struct purse_sent *funds_note(const struct funds *f, const struct txid *id);
/* Whether it can have private keys: it is not for watching only. */
bool funds_has_keys(const struct funds *f);

/* The descriptor that gives new addresses of a kind ("bech32"); NULL: none. */
const struct funds_desc *funds_active(const struct funds *f, const char *kind,
				      bool internal);
/* Hands out a new address of a kind ("" for the first there is). ST_NOT_FOUND: no
 * descriptor gives such; ST_PARSE: it cannot be derived. label: NULL for
 * change. */
NODISCARD enum status funds_address(struct funds *f, const char *kind,
				    bool internal, const char *label,
				    struct bytes *script);
/* The kind of addresses that are given out when nobody says: "bech32" where there
 * are such, else what there is; NULL: none. */
const char *funds_kind(const struct funds *f, bool internal);
/* Ahead scripts to `count` beyond the next. */
NODISCARD enum status funds_refill(struct funds *f, uint32_t count);

/* --- coins --- */

struct funds_coin {
	struct outpoint at;
	int64_t value;
	const struct funds_script *script;
	bool confirmed, coinbase;
	uint32_t height, block_time;
	struct blkid block;
	int64_t confirmations;
	bool immature;		/* a coinbase that may not be spent yet, or only in the
				 * very next block: as Bitcoin Core's wallet */
	bool trusted;		/* confirmed, or in the pool and all our own */
	bool safe;		/* trusted, and no replacement is about */
	bool locked;
};
/* What nothing spends, locked ones and immature ones included. Oldest first, the
 * pool's last. */
NODISCARD enum status funds_coins(struct funds *f, struct funds_coin **out,
				  size_t *n);

struct funds_balance {
	int64_t confirmed;	/* and own change that waits */
	int64_t unconfirmed;	/* of others, waiting */
	int64_t immature;
	int64_t locked;		/* part of confirmed */
};
NODISCARD enum status funds_balance(struct funds *f, struct funds_balance *out);
void funds_sum(const struct funds_coin *c, size_t n, struct funds_balance *out);

/* --- history --- */

enum funds_state {
	FUNDS_CONFIRMED,
	FUNDS_WAITING,		/* in the pool */
	FUNDS_GONE,		/* sent from here, in neither chain nor pool */
};

struct funds_tx {
	struct full_tx t;	/* of a FUNDS_GONE: tx, fee and coins as known */
	enum funds_state state;
	int64_t confirmations;	/* 0 in the pool; negative when one that conflicts
				 * is so deep in the chain */
	int64_t time;		/* of the block, or when it came here */
	int64_t in_sat;		/* of our coins it spends */
	int64_t out_sat;	/* paid to us, change included */
	bool all_ours;		/* every input is our coin: the fee is ours */
	bool replaceable;	/* waiting, and it or one it builds on says so */
	const struct purse_sent *note;	/* NULL: it was not sent from here */
};
/* What touches the wallet, newest first, at most max (0: all) after skipping. */
NODISCARD enum status funds_history(struct funds *f, size_t skip, size_t max,
				    struct funds_tx **out, size_t *n);
/* One transaction as the wallet sees it; ST_NOT_FOUND: it has no part in it. */
NODISCARD enum status funds_tx(struct funds *f, const struct txid *id,
			       struct funds_tx *out);

#endif
