/* SPDX-License-Identifier: MIT */
/* Transactions: read, hashed and written back, over real ones and Core's. */
#include "tests/unit/primitives/vectors.h"

#include "primitives/tx.h"

/* Parses, checks what must hold for any transaction, writes it back. */
static void round_trip(struct tx *tx, struct bytes raw, struct arena *a)
{
	struct buf out;
	struct tx again;

	buf_init(&out, raw.len + 100);
	assert_int_equal(tx_parse(tx, raw.p, raw.len, a), ST_OK);
	assert_true(bytes_equal(tx->raw, raw));
	assert_int_equal(tx_total_size(tx), raw.len);
	tx_write(&out, tx, true);
	assert_true(bytes_equal(buf_view(&out), raw));
	buf_reset(&out);
	tx_write(&out, tx, false);
	assert_int_equal(out.len, tx->base_size);
	assert_int_equal(tx->has_witness, out.len != raw.len);
	if (tx->n_in > 0) {
		assert_int_equal(tx_parse(&again, out.p, out.len, a), ST_OK);
		assert_true(hash256_equal(&again.txid.h, &tx->txid.h));
		assert_true(hash256_equal(&again.wtxid.h, &tx->txid.h));
	}
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct bytes left = tx->in[i].witness, item;
		uint32_t n = 0;

		while (witness_next(&left, &item))
			n++;
		assert_int_equal(left.len, 0);
		assert_int_equal(n, tx->in[i].n_witness);
	}
	buf_free(&out);
}

static void raw_transactions_have_their_known_ids(void **state)
{
	static const struct { const char *file, *txid; uint32_t in, out; } rows[] = {
		{"tx/tx1.raw", "ff80fe4937e2de16411c3a2bc534d661dc8b4f8aad75e6fb"
		 "c4b1ec6060d9ef1c", 1, 5},
		{"tx/tx2.raw", "7ef7cde4e4a7829ea6feaf377c924b36d0958e2231a31ff2"
		 "68bd33a59ac9e178", 1, 2},
		{"tx/tx3.raw", "2c63aa814701cef5dbd4bbaddab3fea9117028f2434dddcd"
		 "ab8339141e9b14d1", 2, 1},
		{"tx/tx4.raw", "eddbfbacd61c74e5702e1f5b0e4fa569bffe658bd763f6b2"
		 "7ab0c5fe17acc6e2", 1, 1},
		{"tx/tx5.raw", "c532af06b9a81d9171618fb0b30075ddb3a6fca68c9b8953"
		 "6e6e34b0beddcc23", 5, 1980},
		{"tx/tx8.raw", "a93fc123a3f2cee3f1bd7f60d498280277032ab20ed19000"
		 "4c346bdc69e65794", 4, 1},
	};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 24);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[HASH_TEXT_SIZE];
		size_t len;
		char *raw = unit_vector(rows[i].file, &len);
		struct tx tx;

		if (!raw)
			skip();
		round_trip(&tx, bytes_of(raw, len), &a);
		assert_string_equal(hash256_text(text, &tx.txid.h), rows[i].txid);
		assert_int_equal(tx.n_in, rows[i].in);
		assert_int_equal(tx.n_out, rows[i].out);
		assert_int_equal(tx.has_witness, i == 4);
		assert_false(tx_is_coinbase(&tx));
		/* No prefix of it is a transaction. */
		for (size_t cut = 0; cut < len; cut += len / 97 + 1)
			assert_int_equal(tx_parse(&tx, raw, cut, &a), ST_PARSE);
		free(raw);
		arena_reset(&a);
	}
	arena_free(&a);
}

static void cores_transactions_go_round(void **state)
{
	static const char *const files[] = {
		"core/tx_valid.json", "core/tx_invalid.json",
	};
	size_t done = 0, i;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 1 << 24);
	buf_init(&b, 1 << 22);
	for (size_t f = 0; f < 2; f++) {
		json_t *j = vector_json(files[f]), *row;

		json_array_foreach(j, i, row) {
			struct tx tx;

			if (json_array_size(row) != 3)
				continue;
			vector_hex(&b, json_string_value(json_array_get(row, 1)));
			round_trip(&tx, buf_view(&b), &a);
			done++;
			arena_reset(&a);
		}
		json_decref(j);
	}
	assert_true(done > 200);
	buf_free(&b);
	arena_free(&a);
}

/* The example of BIP143 for native P2WPKH: txid, wtxid and sizes. */
static void weight_counts_witness_once_and_the_rest_four_times(void **state)
{
	static const char hex[] =
		"01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf4"
		"33541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02"
		"742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a"
		"99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1"
		"b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100"
		"000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85"
		"c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe"
		"6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80"
		"bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c451833"
		"1561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2"
		"e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee63571100"
		"0000";
	char text[HASH_TEXT_SIZE];
	struct bytes left, item;
	struct arena a;
	struct buf b;
	struct tx tx;

	(void)state;
	arena_init(&a, 1 << 16);
	buf_init(&b, 1000);
	vector_hex(&b, hex);
	round_trip(&tx, buf_view(&b), &a);
	assert_string_equal(hash256_text(text, &tx.txid.h),
		"e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609");
	assert_string_equal(hash256_text(text, &tx.wtxid.h),
		"c36c38370907df2324d9ce9d149d191192f338b37665a82e78e76a12c909b762");
	assert_int_equal(tx_total_size(&tx), 343);
	assert_int_equal(tx.base_size, 233);
	assert_int_equal(tx_weight(&tx), 3 * 233 + 343);
	assert_int_equal(tx_vsize(&tx), 261);
	assert_int_equal(tx.in[0].n_witness, 0);
	assert_int_equal(tx.in[1].n_witness, 2);
	left = tx.in[1].witness;
	assert_true(witness_next(&left, &item));
	assert_int_equal(item.len, 71);
	assert_true(witness_next(&left, &item));
	assert_int_equal(item.len, 33);
	assert_false(witness_next(&left, &item));
	assert_false(hash256_equal(&tx.txid.h, &tx.wtxid.h));
	buf_free(&b);
	arena_free(&a);
}

#define IN41 "0000000000000000000000000000000000000000000000000000000000000000" \
	"ffffffff00ffffffff"
#define OUT9 "000000000000000000"

static void forms_that_are_none(void **state)
{
	static const struct { const char *hex; enum status st; } rows[] = {
		{"01000000" "01" IN41 "01" OUT9 "00000000", ST_OK},
		/* no inputs: the old form with a zero count of outputs */
		{"01000000" "00" "00" "00000000", ST_OK},
		/* segwit form */
		{"01000000" "0001" "01" IN41 "01" OUT9 "0100" "00000000", ST_OK},
		{"01000000" "0001" "01" IN41 "00" "020000" "00000000", ST_OK},
		/* witnesses all empty: superfluous */
		{"01000000" "0001" "01" IN41 "01" OUT9 "00" "00000000", ST_PARSE},
		/* no inputs behind the flag */
		{"01000000" "0001" "00" "01" OUT9 "00000000", ST_PARSE},
		/* flags 2 and 3 */
		{"01000000" "0002" "01" IN41 "01" OUT9 "00000000", ST_PARSE},
		{"01000000" "0003" "01" IN41 "01" OUT9 "0100" "00000000", ST_PARSE},
		/* a byte too many, counts in a longer form, counts too large */
		{"01000000" "01" IN41 "01" OUT9 "0000000000", ST_PARSE},
		{"01000000" "fd0100" IN41 "01" OUT9 "00000000", ST_PARSE},
		{"01000000" "01" IN41 "fd0100" OUT9 "00000000", ST_PARSE},
		{"01000000" "02" IN41 "01" OUT9 "00000000", ST_PARSE},
		{"01000000" "feffffffff" IN41 "01" OUT9 "00000000", ST_PARSE},
		{"01000000" "ffffffffffffffffff" IN41, ST_PARSE},
		{"01000000" "01" IN41 "feffffff01" OUT9 "00000000", ST_PARSE},
		{"01000000" "0001" "01" IN41 "00" "feffffff01" "00000000", ST_PARSE},
		{"01000000" "0001" "01" IN41 "00" "0105" "00000000", ST_PARSE},
		{"", ST_PARSE}, {"01", ST_PARSE}, {"01000000", ST_PARSE},
		{"0100000000", ST_PARSE}, {"010000000001", ST_PARSE},
	};
	struct arena a;
	struct buf b;
	struct tx tx;

	(void)state;
	arena_init(&a, 1 << 16);
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		vector_hex(&b, rows[i].hex);
		if (tx_parse(&tx, b.p, b.len, &a) != rows[i].st)
			fail_msg("%s", rows[i].hex);
		if (rows[i].st == ST_OK)
			round_trip(&tx, buf_view(&b), &a);
	}
	buf_free(&b);
	arena_free(&a);
}

/* A million items of no bytes cost no memory of their own. */
static void a_witness_of_many_items_stays_in_place(void **state)
{
	enum { ITEMS = 1000000 };
	struct arena a;
	struct buf b;
	struct tx tx;

	(void)state;
	arena_init(&a, 4096);
	buf_init(&b, 2 * ITEMS);
	vector_hex(&b, "01000000" "0001" "01" IN41 "01" OUT9 "fe40420f00");
	memset(buf_extend(&b, ITEMS), 0, ITEMS);
	buf_le32(&b, 0);
	assert_int_equal(tx_parse(&tx, b.p, b.len, &a), ST_OK);
	assert_int_equal(tx.in[0].n_witness, ITEMS);
	assert_int_equal(tx.in[0].witness.len, ITEMS);
	round_trip(&tx, buf_view(&b), &a);
	buf_free(&b);
	arena_free(&a);
}

static void too_little_memory_is_no_judgement(void **state)
{
	struct arena a;
	struct buf b;
	struct tx tx;

	(void)state;
	arena_init(&a, 8);
	buf_init(&b, 1000);
	vector_hex(&b, "01000000" "01" IN41 "01" OUT9 "00000000");
	assert_int_equal(tx_parse(&tx, b.p, b.len, &a), ST_NOMEM);
	buf_free(&b);
	arena_free(&a);
}

static void a_coinbase_has_one_input_that_spends_nothing(void **state)
{
	struct arena a;
	struct buf b;
	struct tx tx;

	(void)state;
	arena_init(&a, 1 << 16);
	buf_init(&b, 1000);
	vector_hex(&b, "01000000" "01" IN41 "01" OUT9 "00000000");
	assert_int_equal(tx_parse(&tx, b.p, b.len, &a), ST_OK);
	assert_true(tx_is_coinbase(&tx));
	vector_hex(&b, "01000000" "02" IN41 IN41 "01" OUT9 "00000000");
	assert_int_equal(tx_parse(&tx, b.p, b.len, &a), ST_OK);
	assert_false(tx_is_coinbase(&tx));
	vector_hex(&b, "01000000" "01" IN41 "01" OUT9 "00000000");
	b.p[5] = 1;
	assert_int_equal(tx_parse(&tx, b.p, b.len, &a), ST_OK);
	assert_false(tx_is_coinbase(&tx));
	b.p[5] = 0;
	b.p[4 + 1 + 32] = 0;
	assert_int_equal(tx_parse(&tx, b.p, b.len, &a), ST_OK);
	assert_false(tx_is_coinbase(&tx));
	buf_free(&b);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_transactions_have_their_known_ids),
		cmocka_unit_test(cores_transactions_go_round),
		cmocka_unit_test(weight_counts_witness_once_and_the_rest_four_times),
		cmocka_unit_test(forms_that_are_none),
		cmocka_unit_test(a_witness_of_many_items_stays_in_place),
		cmocka_unit_test(too_little_memory_is_no_judgement),
		cmocka_unit_test(a_coinbase_has_one_input_that_spends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
