/* SPDX-License-Identifier: MIT */
/* Chain documents: a refusal is one whole sentence; what is taken has a genesis
 * block that parses, and written anew it says the same. */
#include "tests/fuzz/fuzz.h"

#include "primitives/params.h"
#include "primitives/tx.h"

static void check_genesis(const struct params *p)
{
	struct arena a;
	struct block b;
	struct buf raw;

	arena_init(&a, 4096);
	buf_init(&raw, 1024);
	params_genesis_block(&raw, p);
	BUG_ON(block_parse(&b, raw.p, raw.len, &a) != ST_OK);
	BUG_ON(!hash256_equal(&b.id.h, &p->genesis_id.h));
	BUG_ON(!hash256_equal(&b.tx[0].txid.h, &p->genesis.merkle_root));
	BUG_ON(!tx_is_coinbase(&b.tx[0]) || b.tx[0].in[0].script_sig.len > 100);
	buf_free(&raw);
	arena_free(&a);
}

static void check_written(const struct params *p)
{
	char error[PARAMS_ERROR_SIZE];
	struct buf text, again;
	struct params q;

	buf_init(&text, 1 << 16);
	buf_init(&again, 1 << 16);
	params_write(&text, p);
	BUG_ON(buf_status(&text) != ST_OK);
	BUG_ON(params_parse(&q, (const char *)text.p, text.len, error) !=
	       ST_NOT_FOUND);
	params_write(&again, &q);
	BUG_ON(!bytes_equal(buf_view(&text), buf_view(&again)));
	buf_free(&text);
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p;
	enum status st;
	int64_t total = 0;
	size_t n;

	memset(error, 'x', sizeof(error));
	st = params_parse(&p, (const char *)data, len, error);
	if (st == ST_PARSE) {
		n = strnlen(error, sizeof(error));
		BUG_ON(n < 10 || n == sizeof(error) || error[n - 1] != '.');
		for (size_t i = 0; i < n; i++)
			BUG_ON(error[i] < 0x20 || error[i] > 0x7e);
		return 0;
	}
	BUG_ON(st != ST_OK && st != ST_NOT_FOUND);
	for (uint32_t k = 0; k < 64; k++) {
		uint64_t height = (uint64_t)k * p.halving_interval;

		if (height > UINT32_MAX)
			break;
		total += params_subsidy_sat(&p, (uint32_t)height) *
			 p.halving_interval;
		BUG_ON(!money_ok(total));
	}
	check_genesis(&p);
	if (p.own)
		check_written(&p);
	return 0;
}
