/* SPDX-License-Identifier: MIT */
/* What the tests of the rules share: chains as arrays, files of headers and hex
 * blocks, and blocks made field by field. */
#ifndef QUARRY_TESTS_UNIT_CONSENSUS_CHAIN_H
#define QUARRY_TESTS_UNIT_CONSENSUS_CHAIN_H

#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/hex.h"
#include "consensus/chain_view.h"
#include "primitives/block.h"
#include "primitives/params.h"
#include "primitives/verdict.h"

/* Headers from height `first` on; those below are not known. */
struct chain {
	struct header *h;
	uint32_t first, n;
	enum status fail;	/* what header_at returns instead, when not 0 */
};

static inline enum status chain_at(void *arg, uint32_t height,
				   struct header *out)
{
	const struct chain *c = arg;

	if (c->fail)
		return c->fail;
	if (height < c->first || height - c->first >= c->n)
		return ST_NOT_FOUND;
	*out = c->h[height - c->first];
	return ST_OK;
}

/* The branch that ends at the header of a height. */
static inline struct chain_view chain_to(struct chain *c, uint32_t height)
{
	struct chain_view v = {chain_at, c, height, c->h[height - c->first]};

	return v;
}

static inline void network(struct params *p, const char *name)
{
	assert_true(params_builtin(p, name));
}

/* $QUARRY_VECTORS/name as headers; false when it is not there. */
static inline bool chain_load(struct chain *c, const char *name, uint32_t first)
{
	size_t len;
	uint8_t *raw = (uint8_t *)unit_vector(name, &len);

	*c = (struct chain){.first = first};
	if (!raw)
		return false;
	assert_int_equal(len % HEADER_SIZE, 0);
	c->n = (uint32_t)(len / HEADER_SIZE);
	c->h = calloc(c->n, sizeof(*c->h));
	assert_non_null(c->h);
	for (uint32_t i = 0; i < c->n; i++)
		header_read(&c->h[i], raw + (size_t)i * HEADER_SIZE);
	free(raw);
	return true;
}

/* A chain of n headers of the same bits, `spacing` seconds apart. */
static inline void chain_make(struct chain *c, struct header *h, uint32_t n,
			      uint32_t bits, uint32_t time, uint32_t spacing)
{
	*c = (struct chain){.h = h, .n = n};
	memset(h, 0, n * sizeof(*h));
	for (uint32_t i = 0; i < n; i++) {
		h[i].bits = bits;
		h[i].time = time + i * spacing;
		h[i].version = 4;
	}
}

static inline struct verdict fresh(void)
{
	struct verdict v;

	verdict_init(&v);
	return v;
}

/* xorshift64*: the same numbers in every run. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

#endif
