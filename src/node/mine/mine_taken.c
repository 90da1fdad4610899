/* SPDX-License-Identifier: MIT */
/* See mine_taken.h. */
#include "node/mine/mine_taken.h"

#include <string.h>

#include "base/log.h"
#include "node/core/announce.h"
#include "node/core/playground.h"
#include "node/mine/template.h"
#include "node/pool/mempool.h"
#include "primitives/address.h"

/* As many hashes as whoever handed it in may wait for. */
#define TRIES_MAX (UINT64_C(1) << 24)

void node_mine_taken(struct node *n, uint64_t before, const char *address)
{
	struct mempool_info pool;
	struct buf script;
	struct blkid id;
	enum status st;

	if (node_txs_taken(n) == before || !node_is_playground(n))
		return;
	/* the faucet, say, has mined already */
	if (node_mempool_info(n, &pool) != ST_OK || !pool.count)
		return;
	buf_init(&script, 256);
	if (address_to_script(&script, node_params(n), address,
			      strlen(address)) != ADDRESS_OK) {
		log_warn("mine_on_submit needs a mine_address of this chain");
	} else {
		do {
			st = node_mine_one(n, buf_view(&script), TRIES_MAX,
					   "submit", &id);
		} while (st == ST_STALE);
		if (st == ST_OK)
			announce_nudge(n);
		else
			log_warn("no block was mined for what was submitted: %s",
				 status_text(st));
	}
	buf_free(&script);
}
