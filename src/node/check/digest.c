/* SPDX-License-Identifier: MIT */
/* Digests of what the database says, whatever order it came in. */
#include <string.h>

#include "crypto/sha256.h"
#include "node/check/verify.h"
#include "node/core/priv.h"
#include "store/store_check.h"

static bool add_row(void *arg, const char *row)
{
	sha256_add(arg, row, strlen(row));
	sha256_add(arg, "\n", 1);
	return true;
}

enum status node_digest(struct node *n, struct node_digests *out)
{
	struct sha256_ctx c;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	sha256_init(&c);
	st = store_each_utxo(n->db, add_row, &c);
	sha256_done(&c, out->utxo);
	sha256_init(&c);
	if (st == ST_OK)
		st = store_each_total(n->db, add_row, &c);
	sha256_done(&c, out->totals);
	sha256_init(&c);
	if (st == ST_OK)
		st = store_each_pool(n->db, add_row, &c);
	sha256_done(&c, out->pool);
	node_read_end(n, own);
	return st;
}
