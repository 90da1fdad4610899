/* SPDX-License-Identifier: MIT */
/* Whether inputs satisfy the outputs they spend, for transactions that are being
 * signed. */
#ifndef QUARRY_NODE_QUERY_SPEND_H
#define QUARRY_NODE_QUERY_SPEND_H

#include "primitives/tx.h"

/* Judges every input under all rules of consensus and relay. spent has n_in
 * entries; where its script.p is NULL the input is not judged. error has n_in
 * entries: NULL for a good input and one not judged, else Bitcoin Core's text of
 * what is wrong. */
NODISCARD enum status node_check_spends(const struct tx *tx,
					const struct txout *spent,
					const char **error);

#endif
