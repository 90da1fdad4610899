/* SPDX-License-Identifier: MIT */
/* Transactions: a transaction has one encoding, so what is parsed is written
 * back as the same bytes. Sizes add up, witnesses can be walked to their end. */
#include "tests/fuzz/fuzz.h"

#include "primitives/tx.h"

static void check(const struct tx *tx, struct arena *a)
{
	struct tx again;
	struct buf b;

	buf_init(&b, tx->raw.len);
	tx_write(&b, tx, true);
	BUG_ON(!bytes_equal(buf_view(&b), tx->raw));
	buf_reset(&b);
	tx_write(&b, tx, false);
	BUG_ON(buf_status(&b) != ST_OK || b.len != tx->base_size);
	if (tx->n_in > 0) {
		BUG_ON(tx_parse(&again, b.p, b.len, a) != ST_OK);
		BUG_ON(!hash256_equal(&again.txid.h, &tx->txid.h));
		BUG_ON(again.has_witness);
	}
	BUG_ON(tx->has_witness ==
	       hash256_equal(&tx->txid.h, &tx->wtxid.h));
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct bytes left = tx->in[i].witness, item;
		uint32_t n = 0;

		while (witness_next(&left, &item))
			n++;
		BUG_ON(left.len != 0 || n != tx->in[i].n_witness);
	}
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(data, len);
	struct arena a;
	struct tx tx;

	arena_init(&a, 1 << 22);
	if (tx_parse(&tx, data, len, &a) == ST_OK) {
		BUG_ON(tx.raw.len != len);
		check(&tx, &a);
	}
	/* As one of several in a row. */
	if (tx_read(&tx, &r, &a) == ST_OK) {
		BUG_ON(tx.raw.len != len - reader_left(&r));
		check(&tx, &a);
	}
	arena_free(&a);
	return 0;
}
