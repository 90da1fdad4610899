/* SPDX-License-Identifier: MIT */
/* Blocks on their branch: height, witness commitment, weight, lock times. */
#include "tests/unit/consensus/maker.h"

/* --- BIP34 --- */

static void heights_in_coinbases_as_bip34_writes_them(void **state)
{
	static const struct {
		uint32_t height;
		uint8_t len, bytes[5];
	} rows[] = {
		{1, 1, {0x51}}, {2, 1, {0x52}}, {16, 1, {0x60}},
		{17, 2, {1, 0x11}}, {127, 2, {1, 0x7f}},
		{128, 3, {2, 0x80, 0x00}}, {255, 3, {2, 0xff, 0x00}},
		{256, 3, {2, 0x00, 0x01}}, {32767, 3, {2, 0xff, 0x7f}},
		{32768, 4, {3, 0x00, 0x80, 0x00}},
		{65535, 4, {3, 0xff, 0xff, 0x00}},
		{8388607, 4, {3, 0xff, 0xff, 0x7f}},
		{8388608, 5, {4, 0x00, 0x00, 0x80, 0x00}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t script[100] = {0};
		struct maker m;
		struct part cb = coinbase(bytes_of(script, 100));
		struct header mem[12];
		struct chain c = {.h = mem, .n = 12};
		struct chain_view view;
		uint32_t h = rows[i].height;

		memcpy(script, rows[i].bytes, rows[i].len);
		make_begin(&m);
		m.p.csv_height = HEIGHT_NEVER;
		make_tx(&m, &cb);
		seal(&m);
		memset(mem, 0, sizeof(mem));
		view = (struct chain_view){chain_at, &c, h - 1, mem[0]};
		assert_int_equal(check_at(&m.p, &view, &m.b, &m.a), VALID);
		for (int off = -1; off <= 1; off += 2) {
			view.height = (uint32_t)((int)h - 1 + off);
			if ((int)h + off >= 1)
				assert_int_equal(check_at(&m.p, &view, &m.b,
							  &m.a),
						 V_BAD_CB_HEIGHT);
		}
		/* a script that ends within the push does not start with it */
		if (rows[i].len > 2) {
			buf_reset(&m.txs);
			m.n = 0;
			cb.script_sig.len = rows[i].len - 1u;
			make_tx(&m, &cb);
			seal(&m);
			view.height = h - 1;
			assert_int_equal(check_at(&m.p, &view, &m.b, &m.a),
					 V_BAD_CB_HEIGHT);
		}
		/* before the rule holds anything goes */
		m.p.bip34_height = h + 1;
		view.height = h - 1;
		assert_int_equal(check_at(&m.p, &view, &m.b, &m.a), VALID);
		make_end(&m);
	}
}

/* The same numbers in other encodings: not the height. */
static void other_encodings_of_a_height_are_refused(void **state)
{
	static const struct {
		uint32_t height;
		uint8_t len, bytes[6];
	} rows[] = {
		{16, 2, {1, 16}}, {17, 3, {2, 0x11, 0x00}},
		{1, 2, {1, 1}}, {1000, 4, {3, 0xe8, 0x03, 0x00}},
		{1000, 4, {0x4c, 2, 0xe8, 0x03}},
		{128, 2, {1, 0x80}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct maker m;
		struct part cb = coinbase(bytes_of(rows[i].bytes, rows[i].len));
		struct chain c = {0};
		struct chain_view view = {chain_at, &c, rows[i].height - 1, {0}};

		make_begin(&m);
		m.p.csv_height = HEIGHT_NEVER;
		make_tx(&m, &cb);
		seal(&m);
		assert_int_equal(check_at(&m.p, &view, &m.b, &m.a),
				 V_BAD_CB_HEIGHT);
		make_end(&m);
	}
}

/* --- witness commitment --- */

static uint8_t nonce_item[33] = {32, 9, 9};

/* The commitment to the sealed block's witnesses with the reserved value. */
static void commitment_of(struct maker *m, uint8_t script[38])
{
	struct hash256 root;

	assert_int_equal(block_merkle_root(&root, NULL, &m->b, true, &m->a), ST_OK);
	block_commitment_script(script, &root, nonce_item + 1);
}

/* A coinbase with up to three scripts and the reserved value, then one
 * transaction with a witness. */
static void witness_block(struct maker *m, const struct part *cb)
{
	struct part t = plain(1);

	buf_reset(&m->txs);
	m->n = 0;
	make_tx(m, cb);
	t.n_witness = 1;
	t.witness = bytes_of((const uint8_t[]){1, 7}, 2);
	make_tx(m, &t);
	seal(m);
}

static struct part committing(struct bytes script)
{
	struct part cb = coinbase(H1000);

	cb.out[0] = script;
	cb.n_witness = 1;
	cb.witness = bytes_of(nonce_item, 33);
	return cb;
}

static enum verdict_code witness_verdict(struct maker *m, const struct part *cb)
{
	struct chain_view view;

	witness_block(m, cb);
	assert_int_equal(check(&m->p, &m->b, &m->a), VALID);
	view = branch_before(&m->c, m->mem, &m->b, m->height);
	return check_at(&m->p, &view, &m->b, &m->a);
}

static void the_commitment_covers_all_witnesses(void **state)
{
	uint8_t good[41] = {0}, other[38];
	struct maker m;
	struct part cb = committing(bytes_of(good, 38));

	make_begin(&m);
	witness_block(&m, &cb);
	/* wtxids do not depend on the coinbase, whose own counts as zero */
	commitment_of(&m, good);
	assert_int_equal(witness_verdict(&m, &cb), VALID);
	/* more bytes may follow the 38, but none may be missing */
	cb.out[0].len = 41;
	assert_int_equal(witness_verdict(&m, &cb), VALID);
	cb.out[0].len = 37;
	assert_int_equal(witness_verdict(&m, &cb), V_UNEXPECTED_WITNESS);
	/* the last one counts */
	memcpy(other, good, 38);
	other[37] ^= 1;
	cb.n_out = 3;
	cb.out[0] = bytes_of(other, 38);
	cb.out[1] = bytes_of(good, 38);
	cb.out[2] = H1000;
	assert_int_equal(witness_verdict(&m, &cb), VALID);
	cb.out[2] = bytes_of(other, 38);
	assert_int_equal(witness_verdict(&m, &cb), V_WITNESS_MERKLE);
	/* a prefix one off is none */
	good[5] ^= 1;
	cb.n_out = 1;
	cb.out[0] = bytes_of(good, 38);
	assert_int_equal(witness_verdict(&m, &cb), V_UNEXPECTED_WITNESS);
	good[5] ^= 1;
	assert_int_equal(block_commitment_output(&m.b.tx[0]), -1);
	/* before segwit no witness, committed to or not */
	m.p.segwit_height = m.height + 1;
	assert_int_equal(witness_verdict(&m, &cb), V_UNEXPECTED_WITNESS);
	make_end(&m);
}

static void the_reserved_value_is_one_item_of_32_bytes(void **state)
{
	const uint8_t two[66] = {32, [33] = 32}, shorter[32] = {31},
		      longer[34] = {33};
	uint8_t good[38] = {0};
	struct maker m;
	struct part cb = committing(bytes_of(good, 38));

	make_begin(&m);
	witness_block(&m, &cb);
	commitment_of(&m, good);
	cb.n_witness = 2;
	cb.witness = bytes_of(two, 66);
	assert_int_equal(witness_verdict(&m, &cb), V_WITNESS_NONCE_SIZE);
	cb.n_witness = 1;
	cb.witness = bytes_of(shorter, 32);
	assert_int_equal(witness_verdict(&m, &cb), V_WITNESS_NONCE_SIZE);
	cb.witness = bytes_of(longer, 34);
	assert_int_equal(witness_verdict(&m, &cb), V_WITNESS_NONCE_SIZE);
	cb.n_witness = 0;
	cb.witness = bytes_of(NULL, 0);
	assert_int_equal(witness_verdict(&m, &cb), V_WITNESS_NONCE_SIZE);
	assert_int_equal(verdict_class(V_WITNESS_NONCE_SIZE), VC_MUTATED);
	/* without a commitment the coinbase needs no witness and has none */
	cb = coinbase(H1000);
	assert_int_equal(witness_verdict(&m, &cb), V_UNEXPECTED_WITNESS);
	make_end(&m);
	make_begin(&m);
	make_coinbase(&m);
	assert_int_equal(judge(&m), VALID);
	make_end(&m);
}

/* A coinbase witness of weight's worth: exactly the limit and one more. A wrong
 * commitment in a block too heavy is the commitment's fault, since anybody may
 * have added the weight on the way. */
static void weight_is_judged_after_the_commitment(void **state)
{
	uint8_t good[38] = {0}, *item = calloc(1, 4000010);
	struct maker m;
	struct part cb = committing(bytes_of(good, 38)), t = plain(1);
	size_t fill = 0;

	assert_non_null(item);
	make_begin(&m);
	for (int round = 0; round < 4; round++) {
		struct chain_view view;

		buf_reset(&m.txs);
		m.n = 0;
		make_tx(&m, &cb);
		t.n_witness = 1;
		item[0] = 0xfe;
		le32_put(item + 1, (uint32_t)fill);
		t.witness = round ? bytes_of(item, 5 + fill)
				  : bytes_of(item + 5, 1);
		make_tx(&m, &t);
		seal(&m);
		if (round < 3)
			commitment_of(&m, good);
		/* the commitment changed the coinbase, not the weight */
		if (round)
			seal(&m);
		if (round == 0) {
			fill = 4000000 - block_weight(&m.b) - 4;
			continue;
		}
		buf_reset(&m.txs);
		m.n = 0;
		make_tx(&m, &cb);
		make_tx(&m, &t);
		seal(&m);
		assert_int_equal(check(&m.p, &m.b, &m.a), VALID);
		assert_int_equal(block_weight(&m.b), 4000000 + (round > 1));
		view = branch_before(&m.c, m.mem, &m.b, m.height);
		assert_int_equal(check_at(&m.p, &view, &m.b, &m.a),
				 round == 1 ? VALID :
				 round == 2 ? V_BLOCK_WEIGHT : V_WITNESS_MERKLE);
		if (round == 1)
			fill++;
		if (round == 2)
			item[100] ^= 1;
	}
	make_end(&m);
	free(item);
}

/* --- lock times --- */

static void lock_times_by_the_median_from_csv_on(void **state)
{
	struct maker m;
	struct part t = plain(1);

	make_begin(&m);
	make_coinbase(&m);
	t.sequence = 0;
	t.locktime = 1599999999;	/* the median time past; own time is + 1 */
	make_tx(&m, &t);
	m.p.csv_height = m.height;
	assert_int_equal(judge(&m), V_BLOCK_NONFINAL);
	m.p.csv_height = m.height + 1;
	assert_int_equal(judge(&m), VALID);
	make_end(&m);

	make_begin(&m);
	make_coinbase(&m);
	t.locktime = m.height;
	make_tx(&m, &t);
	assert_int_equal(judge(&m), V_BLOCK_NONFINAL);
	make_end(&m);

	make_begin(&m);
	make_coinbase(&m);
	t.locktime = m.height - 1;
	make_tx(&m, &t);
	assert_int_equal(judge(&m), VALID);
	make_end(&m);

	/* the coinbase is asked too, and before its height */
	make_begin(&m);
	t = coinbase(bytes_of(h1000, 2));
	t.sequence = 0;
	t.locktime = m.height;
	make_tx(&m, &t);
	assert_int_equal(judge(&m), V_BLOCK_NONFINAL);
	make_end(&m);
}

static void a_failing_store_or_memory_is_never_a_verdict(void **state)
{
	struct verdict v = fresh();
	struct arena none;
	struct maker m;
	struct part cb = committing(bytes_of(NULL, 0));
	uint8_t good[38] = {0};
	struct chain_view view;

	make_begin(&m);
	cb.out[0] = bytes_of(good, 38);
	block_commitment_script(good, &(struct hash256){{0}}, nonce_item + 1);
	witness_block(&m, &cb);
	arena_init(&none, 0);
	assert_int_equal(block_check(&m.p, &m.b, &none, &v), ST_NOMEM);
	assert_int_equal(v.code, VALID);
	view = branch_before(&m.c, m.mem, &m.b, m.height);
	assert_int_equal(block_check_context(&m.p, &view, &m.b, &none, &v),
			 ST_NOMEM);
	assert_int_equal(v.code, VALID);
	m.c.fail = ST_BUSY;
	assert_int_equal(block_check_context(&m.p, &view, &m.b, &m.a, &v),
			 ST_BUSY);
	assert_int_equal(v.code, VALID);
	make_end(&m);
}

/* --- BIP30 --- */

static bool bip30(const struct params *p, struct chain *c, uint32_t height,
		  const char *id)
{
	struct chain_view view = {chain_at, c, height - 1, c->h[0]};
	struct blkid b = {{{1}}};
	bool needed = false;

	if (id)
		assert_true(hash256_parse(&b.h, id, 64));
	assert_int_equal(block_needs_bip30(p, &view, &b, &needed), ST_OK);
	return needed;
}

static void bip30_with_its_exceptions_and_gap(void **state)
{
	const char *first = "00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec";
	const char *second = "00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721";
	struct header h34 = {.version = 2};
	struct chain c = {.h = &h34, .n = 1};
	struct params p;

	network(&p, "main");
	c.first = p.bip34_height;
	assert_int_equal(p.bip34_height, 227931);
	assert_true(bip30(&p, &c, 1, NULL));
	assert_false(bip30(&p, &c, 91842, first));
	assert_false(bip30(&p, &c, 91880, second));
	/* height and hash, not one of them */
	assert_true(bip30(&p, &c, 91842, second));
	assert_true(bip30(&p, &c, 91843, first));
	assert_true(bip30(&p, &c, 91842, NULL));
	/* another block at BIP34's height: not redundant there */
	assert_true(bip30(&p, &c, 227931, NULL));
	assert_true(bip30(&p, &c, 227932, NULL));
	/* the one that the network names */
	header_hash(&p.bip34_hash, &h34);
	assert_true(bip30(&p, &c, 227931, NULL));
	assert_false(bip30(&p, &c, 227932, NULL));
	assert_false(bip30(&p, &c, 1983701, NULL));
	assert_true(bip30(&p, &c, 1983702, NULL));
	c.fail = ST_IO;
	{
		struct chain_view view = {chain_at, &c, 300000, {0}};
		bool needed;

		assert_int_equal(block_needs_bip30(&p, &view, &p.genesis_id,
						   &needed), ST_IO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heights_in_coinbases_as_bip34_writes_them),
		cmocka_unit_test(other_encodings_of_a_height_are_refused),
		cmocka_unit_test(the_commitment_covers_all_witnesses),
		cmocka_unit_test(the_reserved_value_is_one_item_of_32_bytes),
		cmocka_unit_test(weight_is_judged_after_the_commitment),
		cmocka_unit_test(lock_times_by_the_median_from_csv_on),
		cmocka_unit_test(a_failing_store_or_memory_is_never_a_verdict),
		cmocka_unit_test(bip30_with_its_exceptions_and_gap),
	};

	return cmocka_run_group_tests_name("consensus blocks in context", tests, NULL,
					   NULL);
}
