/* SPDX-License-Identifier: MIT */
/*
 * A wallet over the lab's node. One key of its is the lab's, so that the lab signs
 * what the wallet spends; the others are those of a public key's branches.
 */
#ifndef QUARRY_TESTS_UNIT_FUNDS_FUNDLAB_H
#define QUARRY_TESTS_UNIT_FUNDS_FUNDLAB_H

#include "tests/unit/node/labblock.h"

#include "funds/setup.h"
#include "funds/spend.h"

#define FEE 10000	/* of other people's payments */

struct fixture {
	struct lab *l;
	char path[128];
	struct funds_at at;
	struct funds f;
	struct arena a;
	struct bytes own;	/* the script that the lab signs for */
	struct buf own_script, stranger;
	uint32_t next;		/* coinbase of the lab's to spend */
};

/* cmocka's, of a test's state. */
int set_up(void **state);
int tear_down(void **state);
/* Another look: what changed since is seen. Scripts of before are void. */
void look(struct fixture *x);
struct funds_balance balance(struct fixture *x);
/* The script of descriptor d (0: the lab's key, 1: receiving, 2: change). */
struct bytes script_of(struct fixture *x, size_t d, uint32_t n);
/* A stranger pays scripts, in the pool; the n-th output is the n-th script. */
struct txid pay(struct fixture *x, const struct bytes *to, const int64_t *value,
		uint32_t n);
struct txid pay_one(struct fixture *x, struct bytes to, int64_t value);
/* Signed by the lab: a coin of its key, spent by the wallet. */
struct bytes spend(struct fixture *x, const struct outpoint *at, int64_t value,
		   struct bytes to, int64_t amount, struct bytes change,
		   int64_t fee, struct txid *id);

#endif
