/* SPDX-License-Identifier: MIT */
/* Making the database of a chain. */
#include <stdio.h>
#include <unistd.h>

#include "node/chain/accept.h"
#include "node/chain/activate.h"
#include "node/chain/batch.h"
#include "node/core/priv.h"
#include "primitives/target.h"
#include "store/store.h"

static enum status put_settings(struct db *db, const struct params *p,
				const char *document, size_t len)
{
	struct buf text;
	char activation[PARAMS_ACTIVATION_SIZE];
	char challenge[PARAMS_CHALLENGE_SIZE];
	enum status st = store_setting_put(db, "network", p->name);

	params_activation_text(activation, p);
	if (st == ST_OK && activation[0])
		st = store_setting_put(db, "activation", activation);
	params_signet_text(challenge, p);
	if (st == ST_OK && challenge[0])
		st = store_setting_put(db, "signet_challenge", challenge);
	if (st == ST_OK)
		st = store_setting_put_int(db, "next_tx_id", 1);
	/* for whoever reads the file: v1_param shows it */
	if (!document)
		document = params_builtin_text(p->name, &len);
	if (st == ST_OK && document) {
		buf_init(&text, len);
		buf_add(&text, document, len);
		st = buf_status(&text);
		if (st == ST_OK)
			st = store_setting_put(db, "chain_document",
					       buf_str(&text));
		buf_free(&text);
	}
	return st;
}

/* The genesis block's rows: the one block that nobody judges. */
static enum status put_genesis(struct db *db, const struct params *p)
{
	struct block_row row = {
		.hash = p->genesis_id,
		.header = p->genesis,
		.mtp = p->genesis.time,
		.chainwork = target_work(p->genesis.bits),
		.status = BLOCK_STORED,
		.n_tx = 1,
		.fees = -1,
		.received_at = p->genesis.time,
	};
	struct buf raw;
	enum status st;

	buf_init(&raw, 4096);
	params_genesis_block(&raw, p);
	st = buf_status(&raw);
	row.size = (uint32_t)raw.len;
	row.weight = 4 * row.size;
	if (st == ST_OK)
		st = store_block_insert(db, &row, "genesis");
	if (st == ST_OK)
		st = store_block_data_put(db, row.id, raw.p, raw.len);
	buf_free(&raw);
	return st;
}

enum status node_create(const char *db_path, const struct params *p,
			const char *document, size_t len,
			char error[NODE_ERROR_SIZE])
{
	struct store_options so = {
		.path = db_path, .mode = DB_WRITE, .full_sync = true};
	struct node_options no = {
		.db_path = db_path, .threads = 1, .app_name = "quarry"};
	struct node *n;
	struct db *db;
	enum status st = store_create(db_path, error);
	bool made = st == ST_OK;

	if (st == ST_OK)
		st = store_open(&db, &so, error);
	if (st == ST_OK) {
		st = db_begin_write(db);
		if (st == ST_OK)
			st = put_settings(db, p, document, len);
		if (st == ST_OK)
			st = put_genesis(db, p);
		if (st == ST_OK)
			st = db_commit(db);
		if (st != ST_OK) {
			snprintf(error, NODE_ERROR_SIZE, "%.250s",
				 db_error(db));
			db_rollback(db);
		}
		db_close(db);
	}
	if (st == ST_OK)
		st = node_open(&n, &no, error);
	if (st == ST_OK) {
		st = node_connect_genesis(n);
		if (st != ST_OK)
			snprintf(error, NODE_ERROR_SIZE, "%.250s",
				 node_error(n));
		node_close(n);
	}
	/* half a database would only be in the way of the next try */
	if (st != ST_OK && made)
		unlink(db_path);
	return st;
}
