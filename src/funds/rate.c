/* SPDX-License-Identifier: MIT */
/* Fee rates, and why there is no transaction. */
#include <stdio.h>

#include "funds/spend.h"
#include "node/pool/mempool.h"

bool funds_bad(struct funds_fault *fault, enum funds_fault_kind kind,
	       const char *fmt, ...)
{
	va_list ap;

	*fault = (struct funds_fault){.kind = kind};
	va_start(ap, fmt);
	vsnprintf(fault->message, sizeof(fault->message), fmt, ap);
	va_end(ap);
	return false;
}

bool funds_failed(struct funds_fault *fault, enum status st)
{
	funds_bad(fault, FUNDS_FAILED, "The wallet cannot be read: %s",
		  status_text(st));
	fault->st = st;
	return false;
}

enum status funds_rate(struct funds *f, uint32_t target, int64_t *sat_kvb)
{
	struct mempool_info pool;
	double rate;
	enum status st = node_mempool_info(f->at.node, &pool);

	if (st == ST_OK)
		st = query_fee_rates(f->at.node, &target, 1, f->arena, &rate);
	if (st != ST_OK)
		return st;
	*sat_kvb = (int64_t)(rate * 1000 + 0.5);
	if (*sat_kvb < pool.min_fee_sat_kvb)
		*sat_kvb = pool.min_fee_sat_kvb;
	if (*sat_kvb < 1000)
		*sat_kvb = 1000;
	return ST_OK;
}
