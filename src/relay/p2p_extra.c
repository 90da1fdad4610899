/* SPDX-License-Identifier: MIT */
/* Transactions that are not in the pool and yet may be in the next block, since
 * another node may keep them: a ring of the newest. */
#include <stdlib.h>

#include "relay/p2p_priv.h"

#define EXTRA_SIZE_MAX 100000

void p2p_extra_add(struct p2p *x, struct bytes raw, const struct wtxid *wtxid)
{
	struct p2p_extra_tx *e = &x->compact.extra[x->compact.next_extra];
	uint8_t *copy;

	if (!raw.len || raw.len > EXTRA_SIZE_MAX)
		return;
	for (unsigned i = 0; i < P2P_EXTRA; i++) {
		if (x->compact.extra[i].raw &&
		    hash256_equal(&x->compact.extra[i].wtxid.h, &wtxid->h))
			return;
	}
	copy = malloc(raw.len);
	if (!copy)
		return;
	memcpy(copy, raw.p, raw.len);
	free(e->raw);
	*e = (struct p2p_extra_tx){copy, raw.len, *wtxid};
	x->compact.next_extra = (x->compact.next_extra + 1) % P2P_EXTRA;
}
