/* SPDX-License-Identifier: MIT */
/*
 * The runner for test data that other projects made.
 *
 * Each format is one function over files, listed in formats.def. It calls
 * vec_pass or vec_fail once for each case; the runner prints the first failures
 * and the sums.
 */
#ifndef QUARRY_TESTS_VECTORS_VECTORS_H
#define QUARRY_TESTS_VECTORS_VECTORS_H

#include <jansson.h>

#include "base/bytes.h"
#include "primitives/params.h"

#define VEC_ACTIVATIONS_MAX 16

struct vec_run {
	/* from the command line */
	const char *network;	/* --network; NULL: by the file's name */
	int64_t height;		/* --height; -1: by the file's name */
	const char *prevouts;	/* --prevouts; NULL: beside the block */
	const char *activation[VEC_ACTIVATIONS_MAX];	/* --activation */
	int n_activation;

	const char *path;	/* the file at hand, for messages */
	unsigned long passed, failed;
};

/* Runs files[0] and returns how many of the n files it used (a block may take
 * the CSV of its prevouts after it). */
#define F(name, help) int vec_##name(struct vec_run *r, char *const *files, int n);
#include "tests/vectors/formats.def"
#undef F

void vec_pass(struct vec_run *r);
/* Counts a failure; prints it when it is among the first. */
void vec_fail(struct vec_run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* vec_pass, or vec_fail with the message: `vec_check(r, a == b, "row %d", i)`. */
#define vec_check(r, cond, ...)                                                \
	do {                                                                   \
		if (cond)                                                      \
			vec_pass(r);                                           \
		else                                                           \
			vec_fail(r, __VA_ARGS__);                              \
	} while (0)

/* The whole file with a NUL after it, to be freed. When it cannot be read that
 * is a failed case, and NULL. */
char *vec_read(struct vec_run *r, const char *path, size_t *len);
/* The next line of text from *at, without its end (also "\r\n"); false at the
 * end. */
bool vec_line(struct bytes *at, struct bytes *line);
/* The next field of a line, up to `sep`; quotes are not special. */
bool vec_field(struct bytes *line, char sep, struct bytes *field);
/* The bytes of hex text, to be freed; NULL when it is none. An empty text gives
 * a pointer too. */
uint8_t *vec_unhex(struct bytes text, size_t *len);
/* A JSON file's value, to be json_decref'ed; failure is a failed case. */
json_t *vec_json(struct vec_run *r, const char *path);
/* The text of a JSON string, "" for any other value. */
struct bytes vec_json_text(const json_t *v);

/* The parameters that --network, or the file's name (mainnet_170.raw,
 * testnet3_..., regtest_...), says; main when neither does. --network may be a
 * chain document's path. --activation segwit@120 changes them. Failure is a
 * failed case. */
bool vec_params(struct vec_run *r, struct params *p);
/* --height, or the first number in the file's name that stands between _, -
 * or the dot; else -1. */
int64_t vec_height(const struct vec_run *r);

#endif
