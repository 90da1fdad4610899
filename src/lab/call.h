/* SPDX-License-Identifier: MIT */
/* What the files of lab/ share: one call on its way. */
#ifndef QUARRY_LAB_CALL_H
#define QUARRY_LAB_CALL_H

#include "lab/lab.h"

#define LAB_MAX_TRIES (UINT64_C(1) << 28)	/* ten seconds or so */
#define LAB_BLOCKS_MAX 10000

struct lab {
	struct node *n;
	const struct json_value *args;
	struct json_writer *w;
	struct lab_fault *fault;
};

/* Sets the fault and returns false. */
bool lab_bad(struct lab *l, enum lab_fault_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Of the environment. */
bool lab_failed(struct lab *l, enum status st);

/* Arguments: the fallback where there is none, false with the fault set where it
 * is no such thing or out of its range. */
bool lab_number(struct lab *l, const char *key, int64_t fallback, int64_t min,
		int64_t max, int64_t *out);
bool lab_flag(struct lab *l, const char *key, bool fallback, bool *out);
/* NULL where there is none. */
bool lab_text(struct lab *l, const char *key, const char **out);
/* The output script of the argument "address"; without it the faucet's. */
bool lab_payee(struct lab *l, struct buf *script);

/* Mines so many blocks on the tip; writes their hashes as an array where w is
 * not NULL. */
bool lab_mine_blocks(struct lab *l, int64_t blocks, struct bytes script,
		     struct json_writer *w);
/* "height" and "hash" of the tip, into the open object. */
bool lab_put_tip(struct lab *l);

typedef bool lab_function(struct lab *l);
#define L(function, name, args, help) lab_function function;
#include "lab/lab.def"
#undef L

#endif
