/* SPDX-License-Identifier: MIT */
/*
 * Esplora's objects as JSON. Written piece by piece into the answer without a
 * tree or a general writer: they are what is asked most, and of fixed form. All
 * text in them is hexadecimal, a number, an address or an operation's name, so
 * nothing needs escaping.
 */
#ifndef QUARRY_FCGI_ESPLORA_ESPLORA_JSON_H
#define QUARRY_FCGI_ESPLORA_ESPLORA_JSON_H

#include "fcgi/http/response.h"
#include "node/query/query_full.h"

/* Text and numbers without the cost of a format. */
#define PUT(b, literal) buf_add((b), (literal), sizeof(literal) - 1)
void put_uint(struct buf *b, uint64_t v);
void put_int(struct buf *b, int64_t v);
/* The shortest decimals that give the number back; 0 when it is not finite. */
void put_double(struct buf *b, double v);
void put_hash(struct buf *b, const struct hash256 *h);

/* Tx. Sends what is ready between inputs and outputs when it grows long. */
void esplora_put_tx(struct response *rs, const struct params *p,
		    const struct full_tx *t);
/* Block; members only when `open`, without the braces. */
void esplora_put_block(struct buf *b, const struct block_info *info);
void esplora_put_block_members(struct buf *b, const struct block_info *info);
/* Status of a transaction: {"confirmed":...}. */
void esplora_put_status(struct buf *b, bool confirmed, uint32_t height,
			const struct blkid *block, uint32_t time);
/* {"funded_txo_count":...} */
void esplora_put_stats(struct buf *b, int64_t n_tx, int64_t n_funded,
		       int64_t funded, int64_t n_spent, int64_t spent);
/* chain_stats and mempool_stats, as two members. */
void esplora_put_totals(struct buf *b, const struct script_info *s);
void esplora_put_utxo(struct buf *b, const struct full_utxo *u);
void esplora_put_spend(struct buf *b, const struct full_spend *s);

/* A JSON array of transactions on its way. */
struct esplora_txs {
	struct response *rs;
	const struct params *params;
	uint32_t count;
};
/* The next element, as the walks of query_full.h hand it over. */
enum status esplora_txs_add(void *txs, const struct full_tx *t);

/* "v0_p2wpkh", ... as Esplora names forms of output scripts. */
const char *esplora_script_type(struct bytes script);

#endif
