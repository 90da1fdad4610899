/* SPDX-License-Identifier: MIT */
/* Compact blocks against bcoin's, filters against Bitcoin Core's vectors. */
#include "tests/unit/wire/wire.h"

#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/gcs.h"
#include "wire/msg_compact.h"
#include "wire/msg_filter.h"

static void assert_sha256(const struct buf *b, size_t at, const char *hex)
{
	uint8_t got[32], want[32];

	assert_true(hex_parse(want, 32, hex, 64));
	sha256(got, b->p + at, b->len - at);
	assert_memory_equal(got, want, 32);
}

/* bcoin made the same of block 1087400 of testnet3 and this nonce: 870 bytes of
 * compact block, 523 bytes of answer with its second and third transaction. */
static void compact_blocks_are_those_of_bcoin(void **state)
{
	static const uint8_t nonce[8] = {1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
	static const uint8_t first_ids[12] = {0xa0, 0xe3, 0xd0, 0x96, 0x8f, 0xfe,
					      0x73, 0xcc, 0x7c, 0xc5, 0xd1, 0xbb};
	struct msg_cmpctblock c, again;
	struct msg_blocktxn t;
	struct block block;
	struct arena a;
	struct buf b;
	size_t len;
	char *raw = unit_vector("blocks/testnet3_1087400.raw", &len);

	if (!raw)
		skip();
	arena_init(&a, 1 << 24);
	buf_init(&b, 1 << 20);
	assert_int_equal(block_parse(&block, raw, len, &a), ST_OK);
	assert_int_equal(compact_from_block(&c, &block, le64_get(nonce), &a),
			 ST_OK);
	msg_cmpctblock_encode(&b, &c);
	assert_int_equal(b.len, 870);
	assert_memory_equal(b.p + 80, nonce, 8);
	assert_int_equal(b.p[88], 96);
	assert_memory_equal(b.p + 89, first_ids, 12);
	assert_sha256(&b, 0, "f5668278a5c2e572cf774d75f70e5f1ee0ccde90a064e4c0"
			     "5b8fef129f0e6844");
	assert_int_equal(msg_cmpctblock_decode(&again, buf_view(&b), &a), ST_OK);
	assert_int_equal(again.n_short, 96);
	assert_int_equal(again.n_prefilled, 1);
	assert_int_equal(again.short_ids[95], c.short_ids[95]);
	assert_true(tx_is_coinbase(&again.prefilled[0].tx));
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(msg_cmpctblock_decode(&again, bytes_of(b.p, n),
						       &a), ST_PARSE);
	buf_reset(&b);
	t = (struct msg_blocktxn){block.id, 2, block.tx + 1};
	msg_blocktxn_encode(&b, &t);
	assert_int_equal(b.len, 523);
	assert_sha256(&b, 0, "fa9c5683c08f63469e16c4d2060229e612de42eadf8426c7"
			     "29a6d2b31a4692c1");
	assert_int_equal(msg_blocktxn_decode(&t, buf_view(&b), &a), ST_OK);
	assert_true(hash256_equal(&t.tx[1].wtxid.h, &block.tx[2].wtxid.h));
	buf_free(&b);
	arena_free(&a);
	free(raw);
}

static void getblocktxn_is_that_of_bcoin(void **state)
{
	static const char hex[] =
		"f9beb4d9676574626c6f636b74786e002a0000004cb1ffaf0104040404040404"
		"04040404040404040404040404040404040404040404040405000003fdfe00fde3"
		"02";
	static const uint16_t want[] = {0, 1, 5, 260, 1000};
	struct msg_getblocktxn m;
	struct wire_parser p;
	struct buf b, out;
	struct arena a;
	struct bytes in;

	arena_init(&a, 1 << 20);
	buf_init(&b, 1000);
	buf_init(&out, 1000);
	in = payload_of(&p, hex, WIRE_GETBLOCKTXN, &b);
	assert_int_equal(msg_getblocktxn_decode(&m, in, &a), ST_OK);
	assert_int_equal(m.n, 5);
	assert_memory_equal(m.index, want, sizeof(want));
	msg_getblocktxn_encode(&out, &m);
	assert_true(bytes_equal(buf_view(&out), in));
	buf_free(&b);
	buf_free(&out);
	wire_parser_free(&p);
	arena_free(&a);
}

/* BIP152: sums of differences that leave 16 bits are refused. */
static void indexes_do_not_wrap(void **state)
{
	struct msg_getblocktxn m;
	struct arena a;
	struct buf b;

	arena_init(&a, 1 << 20);
	buf_init(&b, 1000);
	for (unsigned over = 0; over < 2; over++) {
		buf_reset(&b);
		memset(buf_extend(&b, 32), 0, 32);
		compactsize_add(&b, 2);
		compactsize_add(&b, 0);
		compactsize_add(&b, 65533 + over);
		assert_int_equal(msg_getblocktxn_decode(&m, buf_view(&b), &a),
				 over ? ST_PARSE : ST_OK);
	}
	assert_int_equal(m.index[0], 0);
	buf_free(&b);
	arena_free(&a);
}

/* [height, block hash, block, [scripts spent], header before, filter, header] */
static void check_filter(json_t *row)
{
	json_t *scripts = json_array_get(row, 3);
	uint32_t n = (uint32_t)json_array_size(scripts);
	struct buf raw, filter, each[64];
	struct hash256 hash, header, prev;
	struct bytes spent[64], one;
	struct siphash_key key;
	char text[HASH_TEXT_SIZE];
	const char *before = json_string_value(json_array_get(row, 4));
	struct block block;
	struct arena a;
	bool match;

	arena_init(&a, 1 << 24);
	buf_init(&raw, 1 << 22);
	buf_init(&filter, 1 << 20);
	vector_hex(&raw, json_string_value(json_array_get(row, 2)));
	assert_true(n <= 64);
	for (uint32_t i = 0; i < n; i++) {
		buf_init(&each[i], 10000);
		vector_hex(&each[i], json_string_value(json_array_get(scripts, i)));
		spent[i] = buf_view(&each[i]);
	}
	assert_int_equal(block_parse(&block, raw.p, raw.len, &a), ST_OK);
	assert_string_equal(hash256_text(text, &block.id.h),
			    json_string_value(json_array_get(row, 1)));
	assert_int_equal(filter_basic(&filter, &block, spent, n, &a), ST_OK);
	assert_hex(&filter, json_string_value(json_array_get(row, 5)));
	assert_true(hash256_parse(&prev, before, strlen(before)));
	filter_hash(&hash, buf_view(&filter));
	filter_header(&header, &hash, &prev);
	assert_string_equal(hash256_text(text, &header),
			    json_string_value(json_array_get(row, 6)));
	/* Everything in it matches, a stranger does not. */
	key = filter_key(&block.id);
	for (uint32_t i = 0; i < n; i++) {
		if (!spent[i].len)
			continue;
		assert_int_equal(gcs_match_any(buf_view(&filter), &key, &spent[i],
					       1, &a, &match), ST_OK);
		assert_true(match);
	}
	one = bytes_of("no script of any block", 22);
	assert_int_equal(gcs_match_any(buf_view(&filter), &key, &one, 1, &a,
				       &match), ST_OK);
	assert_false(match);
	for (uint32_t i = 0; i < n; i++)
		buf_free(&each[i]);
	buf_free(&raw);
	buf_free(&filter);
	arena_free(&a);
}

static void filters_are_those_of_bitcoin_core(void **state)
{
	json_t *rows = vector_json("core/blockfilters.json");

	assert_true(json_array_size(rows) > 5);
	for (size_t i = 1; i < json_array_size(rows); i++)
		check_filter(json_array_get(rows, i));
	json_decref(rows);
}

/* One in 784,931 elements matches by chance: of 20,000 strangers, none or few;
 * a set asked at once matches if one of its members does. */
static void sets_match_members_and_few_others(void **state)
{
	const struct siphash_key key = {1, 2};
	uint8_t text[2000][4];
	struct bytes in[1000], ask[1000];
	unsigned strangers = 0;
	struct arena a;
	struct buf b;
	bool match;

	arena_init(&a, 1 << 28);
	buf_init(&b, 1 << 20);
	for (uint32_t i = 0; i < 1000; i++) {
		le32_put(text[i], i);
		in[i] = bytes_of(text[i], 4);
	}
	assert_int_equal(gcs_build(&b, &key, in, 1000, &a), ST_OK);
	/* about 20.5 bits an element, fewer than 22 */
	assert_true(b.len > 1000 * 20 / 8 && b.len < 1000 * 22 / 8);
	for (uint32_t i = 0; i < 20000; i++) {
		uint8_t other[4];
		struct bytes o = bytes_of(other, 4);

		le32_put(other, 1000000 + i);
		assert_int_equal(gcs_match_any(buf_view(&b), &key, &o, 1, &a,
					       &match), ST_OK);
		strangers += match;
		arena_reset(&a);
	}
	assert_true(strangers <= 2);
	for (uint32_t i = 0; i < 1000; i++) {
		le32_put(text[1000 + i], i == 700 ? 999 : 2000000 + i);
		ask[i] = bytes_of(text[1000 + i], 4);
	}
	assert_int_equal(gcs_match_any(buf_view(&b), &key, ask, 1000, &a, &match),
			 ST_OK);
	assert_true(match);
	/* a count without its set */
	assert_int_equal(gcs_match_any(bytes_of(b.p, 100), &key, ask, 1, &a,
				       &match), ST_PARSE);
	buf_free(&b);
	arena_free(&a);
}

/* Field by field as BIP157 lists them. */
static void filter_messages_are_laid_out_as_in_bip157(void **state)
{
	struct hash256 two[2];
	struct msg_getcf g = {.type = 0, .start = 0x01020304}, g2;
	struct msg_cfheaders h = {.filter_hash = two, .n = 2}, h2;
	struct msg_cfcheckpt c = {.header = two, .n = 2}, c2;
	struct msg_cfilter f = {.filter = bytes_of("xyz", 3)}, f2;
	struct arena a;
	struct buf b;

	arena_init(&a, 1 << 16);
	buf_init(&b, 1000);
	memset(two, 0x22, sizeof(two));
	memset(g.stop.h.b, 0x11, 32);
	memset(h.prev.b, 0x33, 32);
	msg_getcf_encode(&b, &g);
	assert_int_equal(b.len, 37);
	assert_memory_equal(b.p, "\0\4\3\2\1\x11", 6);
	assert_int_equal(msg_getcf_decode(&g2, buf_view(&b)), ST_OK);
	assert_int_equal(g2.start, g.start);
	assert_int_equal(msg_getcf_decode(&g2, bytes_of(b.p, 36)), ST_PARSE);
	buf_reset(&b);
	msg_getcfcheckpt_encode(&b, &g);
	assert_int_equal(b.len, 33);
	assert_int_equal(msg_getcfcheckpt_decode(&g2, buf_view(&b)), ST_OK);
	buf_reset(&b);
	msg_cfilter_encode(&b, &f);
	assert_int_equal(b.len, 37);
	assert_memory_equal(b.p + 33, "\3xyz", 4);
	assert_int_equal(msg_cfilter_decode(&f2, buf_view(&b)), ST_OK);
	assert_true(bytes_equal(f2.filter, f.filter));
	buf_reset(&b);
	msg_cfheaders_encode(&b, &h);
	assert_int_equal(b.len, 1 + 32 + 32 + 1 + 64);
	assert_int_equal(b.p[33], 0x33);
	assert_int_equal(msg_cfheaders_decode(&h2, buf_view(&b), &a), ST_OK);
	assert_memory_equal(h2.filter_hash, two, 64);
	buf_reset(&b);
	msg_cfcheckpt_encode(&b, &c);
	assert_int_equal(b.len, 1 + 32 + 1 + 64);
	assert_int_equal(msg_cfcheckpt_decode(&c2, buf_view(&b), &a), ST_OK);
	assert_int_equal(c2.n, 2);
	buf_free(&b);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compact_blocks_are_those_of_bcoin),
		cmocka_unit_test(getblocktxn_is_that_of_bcoin),
		cmocka_unit_test(indexes_do_not_wrap),
		cmocka_unit_test(filters_are_those_of_bitcoin_core),
		cmocka_unit_test(sets_match_members_and_few_others),
		cmocka_unit_test(filter_messages_are_laid_out_as_in_bip157),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
