/* SPDX-License-Identifier: MIT */
/*
 * A node: one chain in one database file, for one thread of one process.
 *
 * This is where rules meet tables, and all that programs see of either. Any
 * number of processes may each have a node open on the same file. Functions that
 * change something do so in one write transaction of their own; after they
 * return ST_OK every other process and every sqlite3 shell sees the change.
 *
 * The rest of the interface: accept.h (blocks in), mempool.h (transactions in),
 * template.h (blocks to mine), query.h (what is stored), peers.h, import.h
 * (in bulk), verify.h.
 */
#ifndef QUARRY_NODE_CORE_NODE_H
#define QUARRY_NODE_CORE_NODE_H

#include "base/status.h"
#include "base/u256.h"
#include "primitives/params.h"

#define NODE_ERROR_SIZE 256

struct node;

struct node_options {
	const char *db_path;
	bool readonly;
	bool short_lived;	/* never pays for a checkpoint (cron, CLI) */
	bool durable;		/* what was committed survives a power cut: for
				 * whoever announces blocks of its own */
	bool bulk;		/* many blocks: checkpoints seldom, but does */
	int busy_ms;		/* patience with other writers; 0: 3000 */
	int threads;		/* script checks; 0: one per core */
	size_t cache_bytes;	/* recent coins kept in memory; 0: 32 MiB */
	const char *app_name;	/* for lease owners and logs */
};

/* Opens the file that node_create made. error: one sentence naming cause and
 * fix. */
NODISCARD enum status node_open(struct node **out, const struct node_options *o,
				char error[NODE_ERROR_SIZE]);
void node_close(struct node *n);
/* Makes the database of a chain, genesis block included. document: the chain
 * document's exact text, NULL for one of Bitcoin's networks; of those p may have
 * other activation heights (params_activate) or another challenge
 * (params_signet), which are then the database's. */
NODISCARD enum status node_create(const char *db_path, const struct params *p,
				  const char *document, size_t len,
				  char error[NODE_ERROR_SIZE]);
NODISCARD enum status node_migrate(const char *db_path, int *from, int *to,
				   char error[NODE_ERROR_SIZE]);

const struct params *node_params(const struct node *n);
/* The own chain's document; "" for Bitcoin's networks. Lives with the node. */
const char *node_document(const struct node *n);
const char *node_db_path(const struct node *n);
/* Text of the last environment failure, for logs. */
const char *node_error(const struct node *n);
/* The clock of the rules: wall time, unless it was set, for this process (below)
 * or for all on the file (playground.h). UNIX seconds. */
int64_t node_now_s(const struct node *n);
/* Stops it at now_s for this process alone; 0: no more. */
void node_set_now_s(struct node *n, int64_t now_s);

struct node_tip {
	struct blkid id;
	uint32_t height;
	uint32_t time;
	uint32_t bits;
	int64_t mtp;		/* median time past: the next block's bound */
	struct u256 chainwork;
};

NODISCARD enum status node_tip(struct node *n, struct node_tip *out);
/* Whether anything may have been committed by another process since the last
 * call (the first call says true). Costs microseconds: poll it. */
NODISCARD enum status node_changed(struct node *n, bool *changed);

/* A read transaction around several queries, so that they agree. */
NODISCARD enum status node_snapshot(struct node *n);
void node_snapshot_end(struct node *n);

/* A named lease held by one process at a time; ST_BUSY when another has it.
 * Taking it again prolongs it; one of a clock that was ahead is not waited for. */
NODISCARD enum status node_lease_take(struct node *n, const char *name,
				      int64_t for_ms);
void node_lease_release(struct node *n, const char *name);

/* Whether the file can be written now: ST_BUSY, or what else there is to say
 * (node_error). */
NODISCARD enum status node_try_write(struct node *n);
/* How long each write waits for others from now on; 0: as at the beginning. */
void node_patience(struct node *n, int wait_ms);

/* Moves the write-ahead log into the file; truncate waits for readers. */
NODISCARD enum status node_checkpoint(struct node *n, bool truncate);

#endif
