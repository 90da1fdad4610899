/* SPDX-License-Identifier: MIT */
/*
 * Script checks on all cores.
 *
 * A job is one transaction with the coins it spends; the inputs of a large one
 * are spread over the threads. Jobs carry rising sequence numbers; of several
 * failures the one with the lowest number counts, and its first input, so the
 * answer does not depend on which thread was faster. Whoever submits keeps the
 * job's data alive until checks_wait has returned: it is called on every path
 * out, failed ones too (CVE-2024-52911 was a path that forgot).
 */
#ifndef QUARRY_NODE_CORE_CHECKS_H
#define QUARRY_NODE_CORE_CHECKS_H

#include "consensus/script_check.h"
#include "primitives/verdict.h"

struct check_pool;

struct check_job {
	const struct tx *tx;
	const struct coin *coins;	/* tx->n_in of them */
	struct consensus_flags flags;
	uint64_t seq;
};

struct check_failure {
	enum status st;		/* ST_OK: a judgement; else none was reached */
	uint64_t seq;
	enum script_error error;
	uint32_t input;
	int32_t pos;
};

/* threads: workers besides the caller, who helps while it waits; 0 is fine. */
NODISCARD enum status checks_open(struct check_pool **out, int threads);
/* Waits for everything, ends the workers. */
void checks_close(struct check_pool *p);
/* Hands over n jobs (copied). ST_NOMEM: none was taken. */
NODISCARD enum status checks_submit(struct check_pool *p,
				    const struct check_job *jobs, size_t n);
/* Until all jobs are done. True when all were good; else *f is the first
 * failure. The pool is then empty and good for the next round. */
bool checks_wait(struct check_pool *p, struct check_failure *f);

/* The caller helps for budget_ms, or a job longer; 0: not at all. True when no job is
 * left: checks_wait will not wait then. */
bool checks_help(struct check_pool *p, int64_t budget_ms);

/* The verdict on an input whose script failed: error and position are known, the
 * input is run once more to say on which stack. code is V_SCRIPT or
 * V_SCRIPT_POLICY. */
NODISCARD enum status checks_refuse(struct verdict *v, enum verdict_code code,
				    const struct tx *tx,
				    const struct coin *coins,
				    const struct check_failure *f,
				    struct consensus_flags flags,
				    struct policy_flags policy);
/* One transaction, here and now, with policy rules too. Fills the verdict
 * (V_SCRIPT, V_SCRIPT_POLICY). */
NODISCARD enum status checks_run_tx(const struct tx *tx,
				    const struct coin *coins,
				    struct consensus_flags flags,
				    struct policy_flags policy,
				    struct verdict *v);

#endif
