/* SPDX-License-Identifier: MIT */
/*
 * wallets.db: what is to be known of wallets beside the chain and beside their
 * keys. Names and owners, public descriptors with the index that is next, the
 * scripts derived of them, labels, locked coins, and what was sent.
 *
 * Any number of processes may have it open. Nothing in it is secret, but it says
 * which coins belong together: mode 0600. What belongs to a wallet of an owner is
 * reached by the owner's name and the wallet's alone, so that nobody can name
 * another's.
 *
 * Functions that change something do so in a write transaction of their own, or
 * in the caller's (purse_begin); after a failure the caller ends that. Lists live
 * in the arena given.
 */
#ifndef QUARRY_PURSE_PURSE_H
#define QUARRY_PURSE_PURSE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"
#include "primitives/tx.h"

#define PURSE_ERROR_SIZE 256
#define PURSE_PATH_SIZE 4096
#define PURSE_NAME_MAX 100	/* characters of a wallet's name */
#define PURSE_NAME_SIZE 401
#define PURSE_OWNER_SIZE 101
#define PURSE_KEYSTORE_SIZE 101
#define PURSE_KIND_SIZE 16

struct purse;

/* Where the file is: what is configured, or with "" wallets.db beside the chain's
 * database. False: longer than size. */
NODISCARD bool purse_path(char *out, size_t size, const char *configured,
			  const char *db);
/* Opens the file, with `create` after making it when there is none.
 * ST_NOT_FOUND without it; error: one sentence. */
NODISCARD enum status purse_open(struct purse **out, const char *path,
				 bool create, char error[PURSE_ERROR_SIZE]);
void purse_close(struct purse *p);
/* Brings an older file up to date. */
NODISCARD enum status purse_migrate(const char *path, int *from, int *to,
				    char error[PURSE_ERROR_SIZE]);
/* Text of the last failure, for logs. */
const char *purse_error(const struct purse *p);

/* One write transaction around several changes. Inside another it is a part of
 * that: *own is then false, and purse_end leaves the end to who began. */
NODISCARD enum status purse_begin(struct purse *p, bool *own);
/* Commits when st is ST_OK, else takes back. Returns what it then is. */
NODISCARD enum status purse_end(struct purse *p, bool own, enum status st);

enum {
	PURSE_WATCH_ONLY = 1,	/* it is never to have private keys */
	PURSE_BLANK = 2,	/* was made without descriptors */
	PURSE_AVOID_REUSE = 4,
};

struct purse_wallet {
	int64_t id;
	char owner[PURSE_OWNER_SIZE];
	char name[PURSE_NAME_SIZE];
	char keystore[PURSE_KEYSTORE_SIZE];	/* "": it has no keys */
	unsigned flags;
	bool loaded;
	int64_t fee_rate_sat_kvb;	/* 0: by estimate */
	struct blkid chain;		/* the genesis block's hash */
	int64_t created;
};

/* Adds one and sets its id; ST_DENIED: the owner has one of that name. */
NODISCARD enum status purse_wallet_add(struct purse *p, struct purse_wallet *w);
NODISCARD enum status purse_wallet_find(struct purse *p, const char *owner,
					const char *name,
					struct purse_wallet *out);
/* All of an owner, by name. */
NODISCARD enum status purse_wallets(struct purse *p, const char *owner,
				    struct arena *a, struct purse_wallet **out,
				    size_t *n);
/* Writes keystore, flags, loaded and fee rate back. */
NODISCARD enum status purse_wallet_update(struct purse *p,
					  const struct purse_wallet *w);
/* Removes it and all that belongs to it. */
NODISCARD enum status purse_wallet_remove(struct purse *p, int64_t id);

struct purse_desc {
	int64_t id;
	const char *text;		/* public, with its checksum */
	char kind[PURSE_KIND_SIZE];	/* "bech32", as the schema says */
	bool internal, active;
	uint32_t next, first, past;
	int64_t created;
};

/* Adds a descriptor and sets its id, or finds the one with the same text and
 * widens its range; `active` retires the one of its kind that was. */
NODISCARD enum status purse_desc_put(struct purse *p, int64_t wallet,
				     struct purse_desc *d);
NODISCARD enum status purse_descs(struct purse *p, int64_t wallet,
				  struct arena *a, struct purse_desc **out,
				  size_t *n);
/* Hands out an index: nobody gets the same. ST_TOO_BIG: there are no more. */
NODISCARD enum status purse_desc_take(struct purse *p, int64_t desc,
				      uint32_t *index);
/* Scripts are derived up to `past`, and the next index is not below `next`: what
 * another process noted meanwhile stays. */
NODISCARD enum status purse_desc_widen(struct purse *p, int64_t desc,
				       uint32_t next, uint32_t past);

struct purse_script {
	struct bytes script;
	int64_t desc;
	uint32_t n;
};
/* A script that the wallet has already stays as it is. */
NODISCARD enum status purse_script_add(struct purse *p, int64_t wallet,
				       const struct purse_script *s);
NODISCARD enum status purse_scripts(struct purse *p, int64_t wallet,
				    struct arena *a, struct purse_script **out,
				    size_t *n);

struct purse_label {
	struct bytes script;
	const char *label;
	bool send;		/* somebody else's address */
};
NODISCARD enum status purse_label_put(struct purse *p, int64_t wallet,
				      const struct purse_label *l);
NODISCARD enum status purse_labels(struct purse *p, int64_t wallet,
				   struct arena *a, struct purse_label **out,
				   size_t *n);
NODISCARD enum status purse_tx_label_put(struct purse *p, int64_t wallet,
					 const struct txid *id,
					 const char *label);
/* NULL when there is none. */
NODISCARD enum status purse_tx_label(struct purse *p, int64_t wallet,
				     const struct txid *id, struct arena *a,
				     const char **label);

/* Coins that are not to be spent until they are unlocked. */
NODISCARD enum status purse_lock(struct purse *p, int64_t wallet,
				 const struct outpoint *o);
NODISCARD enum status purse_unlock(struct purse *p, int64_t wallet,
				   const struct outpoint *o);
NODISCARD enum status purse_unlock_all(struct purse *p, int64_t wallet);
NODISCARD enum status purse_locked(struct purse *p, int64_t wallet,
				   struct arena *a, struct outpoint **out,
				   size_t *n);

/* What was sent from here, whatever became of it. */
struct purse_sent {
	struct txid txid;
	int64_t at;
	struct bytes raw;
	const char *comment, *comment_to;
	bool has_replaces, has_replaced_by;
	struct txid replaces, replaced_by;
	bool abandoned;
};
NODISCARD enum status purse_sent_put(struct purse *p, int64_t wallet,
				     const struct purse_sent *s);
NODISCARD enum status purse_sent(struct purse *p, int64_t wallet,
				 struct arena *a, struct purse_sent **out,
				 size_t *n);

#endif
