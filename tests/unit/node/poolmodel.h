/* SPDX-License-Identifier: MIT */
/*
 * What the pool must hold after any run of blocks and transactions: Bitcoin
 * Core's rules for it in the shortest form, over a table of coins in memory. No
 * fees, no limits: the pool it is compared with has none either.
 */
#ifndef QUARRY_TESTS_UNIT_NODE_POOLMODEL_H
#define QUARRY_TESTS_UNIT_NODE_POOLMODEL_H

#include "tests/unit/node/labblock.h"

struct pool_model;

/* Begins at a regtest genesis block. */
struct pool_model *pool_model_new(void);
void pool_model_free(struct pool_model *m);
/* A good block; the longest chain is the active one, of equals the first. The
 * bytes must outlive the model. */
void pool_model_block(struct pool_model *m, const uint8_t *raw, size_t len);
/* Whether the pool takes it. The bytes must outlive the model. */
bool pool_model_tx(struct pool_model *m, const uint8_t *raw, size_t len);
/* So much time passes that nothing waits any more. */
void pool_model_expire(struct pool_model *m);
/* What waits, parents before children. */
uint32_t pool_model_count(const struct pool_model *m);
const struct tx *pool_model_at(const struct pool_model *m, uint32_t i);
/* How many transactions came back from blocks, and how many could not. */
void pool_model_returns(const struct pool_model *m, uint32_t *came,
			uint32_t *gone);
/* Transactions of the same ids, in whatever order, wait in n. */
void pool_model_is(const struct pool_model *m, struct node *n);

#endif
