/* SPDX-License-Identifier: MIT */
#include "store/store_utxo.h"

#include "store/store_internal.h"

enum status store_utxo_walk(struct db *db, bool sorted,
			    bool (*fn)(void *arg, const struct utxo_row *row),
			    void *arg)
{
	struct db_stmt *s;
	enum status st;
	bool more;

	if (sorted)
		s = db_use(db, SQL_UTXO_WALK_SORTED);
	else
		s = db_use(db, SQL_UTXO_WALK);
	for (;;) {
		struct utxo_row row;

		st = db_step(s, &more);
		if (st != ST_OK || !more)
			return st;
		store_col_hash(&st, s, 0, &row.txid.h);
		row.n = store_col_u32(&st, s, 1);
		row.value = db_col_int(s, 2);
		row.height = store_col_u32(&st, s, 3);
		row.coinbase = db_col_int(s, 4) != 0;
		row.script = db_col_blob(s, 5);
		if (st == ST_OK && !fn(arg, &row))
			st = ST_CANCELLED;
		if (st != ST_OK) {
			db_reset(s);
			return st;
		}
	}
}

enum status store_chain_txs(struct db *db, uint32_t from, uint32_t to,
			    int64_t *count)
{
	struct db_stmt *s = db_use(db, SQL_UTXO_CHAIN_TXS);

	db_bind_int(s, 1, from);
	db_bind_int(s, 2, to);
	return store_one_int(s, count);
}
