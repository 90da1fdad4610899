/* SPDX-License-Identifier: MIT */
/* Opening, closing, the tip, snapshots and leases. */
#include "node/core/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "node/core/catchup.h"
#include "node/core/checks.h"
#include "node/core/priv.h"
#include "store/store.h"
#include "store/store_peer.h"

#define CACHE_BYTES_DEFAULT ((size_t)32 << 20)
#define BUSY_MS_DEFAULT 3000
#define DB_CACHE_KIB 65536
/* Half a GiB of log: a page that many groups change is copied once. */
#define BULK_CHECKPOINT_PAGES 131072

/* Other activation heights, given when the database was made. */
static enum status read_activation(struct node *n, char error[NODE_ERROR_SIZE])
{
	const char *value;
	enum status st = store_setting_get(n->db, "activation", &value);

	if (st == ST_OK && !params_activate(&n->params, value)) {
		snprintf(error, NODE_ERROR_SIZE,
			 "The setting activation in %.160s is damaged.", n->path);
		return ST_CORRUPT;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* The challenge of a signet of one's own. */
static enum status read_challenge(struct node *n, char error[NODE_ERROR_SIZE])
{
	const char *value;
	enum status st = store_setting_get(n->db, "signet_challenge", &value);

	if (st == ST_OK && (!n->params.signet_challenge_len ||
			    !params_signet(&n->params, value))) {
		snprintf(error, NODE_ERROR_SIZE,
			 "The setting signet_challenge in %.160s is damaged.",
			 n->path);
		return ST_CORRUPT;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status read_document(struct node *n, const char *text,
				 char error[NODE_ERROR_SIZE])
{
	char why[PARAMS_ERROR_SIZE] = "";
	enum status st;

	n->document = strdup(text);
	if (!n->document)
		return ST_NOMEM;
	st = params_parse(&n->params, n->document, strlen(n->document), why);
	if (st == ST_OK)
		return ST_OK;
	snprintf(error, NODE_ERROR_SIZE,
		 "The chain document in %.100s is damaged: %.120s", n->path,
		 why);
	return ST_CORRUPT;
}

/* One of Bitcoin's networks is known by its name, whatever its document in the
 * file says; every other chain is what its document says. */
static enum status read_params(struct node *n, char error[NODE_ERROR_SIZE])
{
	const char *value;
	enum status st = store_setting_get(n->db, "network", &value);

	if (st == ST_OK && params_builtin(&n->params, value)) {
		n->document = strdup("");
		st = n->document ? read_activation(n, error) : ST_NOMEM;
		return st == ST_OK ? read_challenge(n, error) : st;
	}
	if (st == ST_OK)
		st = store_setting_get(n->db, "chain_document", &value);
	if (st == ST_OK)
		return read_document(n, value, error);
	if (st != ST_NOT_FOUND)
		return st;
	snprintf(error, NODE_ERROR_SIZE,
		 "%.160s does not say what chain it holds: make a new one with "
		 "quarry init.",
		 n->path);
	return ST_CORRUPT;
}

enum status node_open(struct node **out, const struct node_options *o,
		      char error[NODE_ERROR_SIZE])
{
	struct node *n = calloc(1, sizeof(*n));
	struct store_options so = {
		.path = o->db_path,
		.mode = o->readonly ? DB_READ : DB_WRITE,
		.busy_ms = o->busy_ms ? o->busy_ms : BUSY_MS_DEFAULT,
		.cache_kib = DB_CACHE_KIB,
		.full_sync = o->durable,
		.no_checkpoint = o->short_lived && !o->bulk,
		.checkpoint_pages = o->bulk ? BULK_CHECKPOINT_PAGES : 0,
	};
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	enum status st = ST_NOMEM;

	*out = NULL;
	snprintf(error, NODE_ERROR_SIZE, "Out of memory.");
	if (!n)
		return ST_NOMEM;
	n->readonly = o->readonly;
	n->busy_ms = so.busy_ms;
	mempool_policy_default(&n->policy);
	n->threads = o->threads ? o->threads : cores > 0 ? (int)cores : 1;
	snprintf(n->owner, sizeof(n->owner), "%s/%ld",
		 o->app_name ? o->app_name : "quarry", (long)getpid());
	n->path = strdup(o->db_path);
	if (n->path)
		st = store_open(&n->db, &so, error);
	if (st == ST_OK)
		st = read_params(n, error);
	if (st == ST_OK) {
		branch_init(&n->branch, n->db);
		st = coins_init(&n->coins, n->db,
				o->cache_bytes ? o->cache_bytes
					       : CACHE_BYTES_DEFAULT);
	}
	if (st != ST_OK) {
		node_close(n);
		return st;
	}
	n->began_s = node_now_s(n);
	n->tip_age_s = CATCHUP_TIP_AGE_S;
	error[0] = '\0';
	*out = n;
	return ST_OK;
}

void node_close(struct node *n)
{
	if (!n)
		return;
	if (n->bulk)
		n->drop_bulk(n);
	checks_close(n->pool);
	coins_free(&n->coins);
	branch_free(&n->branch);
	free(n->missing.id);
	idset_free(&n->strays.ids);
	db_close(n->db);
	free(n->document);
	free(n->path);
	free(n);
}

const struct params *node_params(const struct node *n)
{
	return &n->params;
}

const char *node_document(const struct node *n)
{
	return n->document;
}

const char *node_error(const struct node *n)
{
	return db_error(n->db);
}

const char *node_db_path(const struct node *n)
{
	return n->path;
}

int64_t node_now_s(const struct node *n)
{
	if (n->now_s)
		return n->now_s;
	return n->mock_s ? n->mock_s : clock_wall_s();
}

void node_set_now_s(struct node *n, int64_t now_s)
{
	n->now_s = now_s;
}

enum status node_refresh(struct node *n)
{
	int64_t v;
	enum status st = db_data_version(n->db, &v);

	if (st != ST_OK)
		return st;
	if (!n->have_version || v != n->data_version) {
		coins_clear(&n->coins);
		branch_clear(&n->branch);
		n->have_mark = false;
		st = node_read_mocktime(n);
		if (st != ST_OK)
			return st;
	} else if (n->coins.bytes > n->coins.max_bytes) {
		/* by blocks and transactions that came to nothing */
		coins_settle(&n->coins);
	}
	n->data_version = v;
	n->have_version = true;
	return ST_OK;
}

enum status node_write_begin(struct node *n)
{
	enum status st = db_begin_write(n->db);

	n->have_mark = false;
	if (st == ST_OK)
		st = node_refresh(n);
	if (st != ST_OK)
		db_rollback(n->db);
	return st;
}

enum status node_write_end(struct node *n, enum status st)
{
	n->have_mark = false;
	if (st == ST_OK)
		st = db_commit(n->db);
	if (st != ST_OK)
		db_rollback(n->db);
	return st;
}

enum status node_caches_good(struct node *n)
{
	int64_t v;
	enum status st = db_data_version(n->db, &v);

	if (st == ST_OK && v != n->data_version)
		st = node_read_mocktime(n);
	if (st == ST_OK)
		n->data_version = v;
	return st;
}

enum status node_read_begin(struct node *n, bool *own)
{
	enum status st;

	*own = !db_in_transaction(n->db);
	if (!*own)
		return ST_OK;
	st = db_begin_read(n->db);
	if (st == ST_OK)
		st = node_refresh(n);
	if (st != ST_OK)
		db_rollback(n->db);
	return st;
}

void node_read_end(struct node *n, bool own)
{
	if (own)
		db_rollback(n->db);
}

enum status node_snapshot(struct node *n)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	n->snapshot = st == ST_OK && own;
	return st;
}

void node_snapshot_end(struct node *n)
{
	node_read_end(n, n->snapshot);
	n->snapshot = false;
}

enum status node_tip(struct node *n, struct node_tip *out)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &row);
	node_read_end(n, own);
	if (st != ST_OK)
		return st;
	*out = (struct node_tip){
		.id = row.hash,
		.height = row.height,
		.time = row.header.time,
		.bits = row.header.bits,
		.mtp = row.mtp,
		.chainwork = row.chainwork,
	};
	return ST_OK;
}

enum status node_changed(struct node *n, bool *changed)
{
	int64_t v;
	enum status st = db_data_version(n->db, &v);

	if (st != ST_OK)
		return st;
	*changed = !n->told_changed || v != n->told_version;
	n->told_changed = true;
	n->told_version = v;
	return ST_OK;
}

enum status node_lease_take(struct node *n, const char *name, int64_t for_ms)
{
	int64_t now = clock_wall_ms();
	enum status st = node_write_begin(n);

	if (st == ST_OK)
		st = node_write_end(n, store_lease_take(n->db, name, n->owner,
							now, now + for_ms));
	return st;
}

void node_patience(struct node *n, int wait_ms)
{
	db_patience(n->db, wait_ms ? wait_ms : n->busy_ms);
}

enum status node_try_write(struct node *n)
{
	enum status st = node_write_begin(n);

	if (st == ST_OK)
		db_rollback(n->db);
	return st;
}

void node_lease_release(struct node *n, const char *name)
{
	enum status st = node_write_begin(n);

	if (st == ST_OK)
		st = node_write_end(n, store_lease_release(n->db, name,
							   n->owner));
	/* a failure is none: it ends by itself when its time is over */
	(void)st;
}

enum status node_checkpoint(struct node *n, bool truncate)
{
	return db_checkpoint(n->db, truncate);
}

enum status node_migrate(const char *db_path, int *from, int *to,
			 char error[NODE_ERROR_SIZE])
{
	return store_migrate(db_path, from, to, error);
}
