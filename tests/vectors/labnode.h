/* SPDX-License-Identifier: MIT */
/* A node on a database of its own in a temporary folder. */
#ifndef QUARRY_TESTS_VECTORS_LABNODE_H
#define QUARRY_TESTS_VECTORS_LABNODE_H

#include "node/core/node.h"
#include "tests/vectors/vectors.h"

struct labnode {
	char dir[64];
	char path[80];
	struct node *n;
};

/* An empty chain with the parameters of vec_params. Failure is a failed case. */
bool labnode_open(struct vec_run *r, struct labnode *l, const struct params *p);
void labnode_close(struct labnode *l);

#endif
