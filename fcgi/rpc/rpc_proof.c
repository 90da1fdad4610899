/* SPDX-License-Identifier: MIT */
/* gettxoutproof and verifytxoutproof: partial Merkle trees (BIP37). */
#include "fcgi/rpc/rpc_txjson.h"
#include "primitives/merkle_proof.h"

static bool wanted_ids(struct rpc_call *c, struct txid **ids, size_t *n)
{
	*n = json_count(c->arg[0]);
	if (*n == 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Parameter 'txids' cannot be empty");
	*ids = arena_array(c->arena, *n, struct txid);
	if (!*ids)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < *n; i++) {
		const char *s;
		size_t len;

		if (!rpc_value_hash(c, json_at(c->arg[0], i), "txid", &(*ids)[i].h))
			return false;
		for (size_t k = 0; k < i; k++)
			if (hash256_equal(&(*ids)[k].h, &(*ids)[i].h) &&
			    json_as_str(json_at(c->arg[0], i), &s, &len))
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"Invalid parameter, duplicated "
						"txid: %s", s);
	}
	return true;
}

static bool their_block(struct rpc_call *c, const struct txid *ids, size_t n,
			struct block_info *info)
{
	struct tx_info tx = {0};
	enum status st = ST_NOT_FOUND;

	if (rpc_has(c, 1))
		return rpc_arg_block(c, 1, info);
	for (size_t i = 0; st == ST_NOT_FOUND && i < n; i++) {
		st = query_tx(c->node, &ids[i], c->arena, &tx);
		/* the genesis block's makes no coin: Core does not find it */
		if (st == ST_OK && (!tx.confirmed || tx.height == 0))
			st = ST_NOT_FOUND;
	}
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Transaction not yet in block");
	if (st == ST_OK)
		st = query_block(c->node, &tx.block, info);
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_gettxoutproof(struct rpc_call *c)
{
	struct block_info info;
	struct txid *ids = NULL, *all;
	struct hash256 *leaf;
	size_t n, found = 0;
	uint32_t count;
	struct buf b;
	bool *marked;
	enum status st;

	if (!wanted_ids(c, &ids, &n) || !their_block(c, ids, n, &info))
		return false;
	st = query_block_txids(c->node, &info.id, c->arena, &all, &count);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_MISC_ERROR,
				"Block not available (not fully downloaded)");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	marked = arena_calloc(c->arena, count, sizeof(*marked));
	leaf = arena_array(c->arena, count, struct hash256);
	if (!marked || !leaf)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < count; i++) {
		leaf[i] = all[i].h;
		for (size_t k = 0; k < n; k++)
			marked[i] = marked[i] ||
				    hash256_equal(&ids[k].h, &all[i].h);
		found += marked[i];
	}
	if (found != n)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Not all transactions found in specified or "
				"retrieved block");
	buf_init(&b, (size_t)16 << 20);
	st = merkle_block_write(&b, &info.header, leaf, count, marked, c->arena);
	if (st == ST_OK)
		st = buf_status(&b);
	if (st == ST_OK)
		json_hex(c->w, b.p, b.len);
	buf_free(&b);
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_verifytxoutproof(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	struct merkle_proof p;
	struct block_info info;
	struct header h;
	struct bytes raw;
	enum status st;

	if (!*hex || !rpc_hex(c, hex, strlen(hex), &raw))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"proof must be hexadecimal string (not '%.300s')",
				hex);
	if (merkle_block_read(&p, raw.p, raw.len, c->arena) != ST_OK)
		return rpc_fail(c, RPC_MISC_ERROR, "DataStream::read(): end of "
				"data: iostream error");
	h = p.header;
	header_hash(&info.id, &h);
	if (!hash256_equal(&p.root, &h.merkle_root)) {
		json_arr_begin(c->w);
		json_arr_end(c->w);
		return true;
	}
	st = query_block(c->node, &info.id, &info);
	if (st == ST_NOT_FOUND || (st == ST_OK && !info.active))
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Block not found in chain");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	/* a tree that claims another number of transactions proves nothing */
	json_arr_begin(c->w);
	for (uint32_t i = 0; info.n_tx == p.n_tx && i < p.n_match; i++)
		json_hash(c->w, &p.match[i]);
	json_arr_end(c->w);
	return true;
}
