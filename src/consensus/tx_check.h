/* SPDX-License-Identifier: MIT */
/*
 * Rules for a transaction that need nothing but its bytes. Not here: its inputs'
 * coins (tx_inputs.h), lock times (locktime.h), scripts (script_check.h).
 */
#ifndef QUARRY_CONSENSUS_TX_CHECK_H
#define QUARRY_CONSENSUS_TX_CHECK_H

#include "primitives/tx.h"
#include "primitives/verdict.h"

bool tx_check(const struct tx *tx, struct verdict *v);

#endif
