/* SPDX-License-Identifier: MIT */
/*
 * What the files of node/ share about one open node. Programs never see this.
 */
#ifndef QUARRY_NODE_CORE_PRIV_H
#define QUARRY_NODE_CORE_PRIV_H

#include <sys/types.h>

#include "db/db.h"
#include "node/core/branch.h"
#include "node/core/coins.h"
#include "node/core/idset.h"
#include "node/core/mark.h"
#include "node/core/mempool_policy.h"
#include "node/core/node.h"

struct bulk;
struct check_pool;

/* The best header branch above the active chain (missing.c). */
struct missing {
	int64_t *id;	/* block.id, lowest first */
	size_t n, room;
	size_t at;	/* all before it have their data */
};

/* Blocks that do not build on the justified block `of` (finality_choose.c): what
 * a block builds on never changes. */
struct strays {
	struct blkid of;
	struct idset ids;
};

struct node {
	struct db *db;
	struct params params;
	char *document;
	char *path;
	char owner[64];		/* of leases: program and process */
	int busy_ms;
	bool readonly;
	bool snapshot;		/* the caller holds a read transaction */
	int64_t now_s;		/* this process's own; 0: the file's */
	int64_t began_s;	/* when it was opened, by its clock */
	int64_t tip_age_s;	/* see catchup.h */
	int64_t mock_s;		/* the file's, of data_version; 0: wall time */
	int threads;
	int64_t data_version;	/* when the caches below were filled */
	bool have_version;
	struct query_mark mark;	/* of data_version, when have_mark */
	bool have_mark;
	bool told_changed;	/* node_changed has been asked once */
	int64_t told_version;
	struct branch branch;	/* headers of the branch judged last */
	struct coins coins;	/* recent coins, as of data_version */
	struct check_pool *pool; /* made on first use */
	struct mempool_policy policy;
	uint64_t txs_taken;	/* handed in here, and accepted */
	struct missing missing;
	struct strays strays;
	int64_t refused_ms;	/* when refusals_left was last raised */
	int64_t refusals_left;	/* rows that may be written at once */
	int64_t peer_told_ms;	/* the same of rows "peer" */
	int64_t peer_rows_left;
	uint32_t peer_untold;	/* that were not written */
	struct bulk *bulk;	/* between import_begin and import_end */
	void (*drop_bulk)(struct node *n); /* ends it when the node is closed */
};

/* Drops what is remembered of the file when another process has written since.
 * Call at the start of each read or write transaction. */
NODISCARD enum status node_refresh(struct node *n);
/* The clock as the file has it (playground.h); in a transaction. */
NODISCARD enum status node_read_mocktime(struct node *n);
/* A read transaction, unless the caller of a query holds one already; `own` says
 * whether node_read_end ends it. */
NODISCARD enum status node_read_begin(struct node *n, bool *own);
void node_read_end(struct node *n, bool own);
/* A write transaction with the caches as of its start: nobody else can commit
 * until its end, and commits of our own leave them good. */
NODISCARD enum status node_write_begin(struct node *n);
/* Commits when st is ST_OK, else (or when that fails) takes everything back.
 * Returns st, or the commit's status. */
NODISCARD enum status node_write_end(struct node *n, enum status st);
/* Inside a write transaction that found the tip as the caches have it: whatever
 * else was committed since they were filled leaves them good. */
NODISCARD enum status node_caches_good(struct node *n);

#endif
