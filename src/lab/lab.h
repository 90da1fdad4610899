/* SPDX-License-Identifier: MIT */
/*
 * The laboratory: what one does to a chain of worthless coins to see how a
 * program takes it. One table (lab.def) of calls, each with arguments as a JSON
 * object and an object as its answer, for all doors: POST /lab/CALL, the RPC
 * method `lab`, and `quarry lab`.
 */
#ifndef QUARRY_LAB_LAB_H
#define QUARRY_LAB_LAB_H

#include "json/read.h"
#include "json/write.h"
#include "node/core/node.h"

#define LAB_MESSAGE_SIZE 400

/* Why a call did nothing, or not all it was to do. */
enum lab_fault_kind {
	LAB_USAGE,	/* its arguments are wrong */
	LAB_UNKNOWN,	/* what it speaks of is not there */
	LAB_REFUSED,	/* the chain, or its rules, do not allow it */
	LAB_FAILED,	/* the environment: see st */
};
struct lab_fault {
	enum lab_fault_kind kind;
	enum status st;
	char message[LAB_MESSAGE_SIZE];	/* one sentence */
};

struct lab_spec {
	const char *name;
	const char *args;	/* "depth keep address": the keys it takes */
	const char *help;	/* a sentence or two */
};
/* The table; NULL past its end. */
const struct lab_spec *lab_spec_at(size_t i);

/* Runs a call; args is an object or NULL. True: one object was written to w.
 * False: fault says why, and what was written is void. */
NODISCARD bool lab_call(struct node *n, const char *name,
			const struct json_value *args, struct json_writer *w,
			struct lab_fault *fault);

#endif
