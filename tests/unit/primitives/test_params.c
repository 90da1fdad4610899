/* SPDX-License-Identifier: MIT */
/* Networks: genesis blocks, constants, and documents of own chains. */
/* Networks: known constants, each genesis computed again from them, and chain
 * documents: what they accept, refuse and write back. */
#include "tests/unit/unit.h"

#include <jansson.h>

#include "base/hex.h"
#include "crypto/sha256.h"
#include "primitives/maker.h"
#include "primitives/params.h"
#include "primitives/target.h"

static struct params network(const char *name)
{
	struct params p;

	assert_true(params_builtin(&p, name));
	return p;
}

static void known_genesis(const char *name, const char *id, const char *root)
{
	struct params p = network(name);
	struct hash256 merkle;
	char text[HASH_TEXT_SIZE];
	struct arena a;
	struct block b;
	struct buf raw;

	buf_init(&raw, 1000);
	arena_init(&a, 1 << 16);
	params_genesis_block(&raw, &p);
	assert_int_equal(buf_status(&raw), ST_OK);
	assert_int_equal(block_parse(&b, raw.p, raw.len, &a), ST_OK);
	assert_string_equal(hash256_text(text, &b.id.h), id);
	assert_string_equal(hash256_text(text, &p.genesis_id.h), id);
	assert_int_equal(block_merkle_root(&merkle, NULL, &b, false, &a), ST_OK);
	assert_string_equal(hash256_text(text, &merkle), root);
	assert_true(hash256_equal(&merkle, &b.header.merkle_root));
	assert_int_equal(b.n_tx, 1);
	assert_true(tx_is_coinbase(&b.tx[0]));
	assert_int_equal(b.tx[0].out[0].value, 50 * COIN_SAT);
	assert_false(p.own);
	arena_free(&a);
	buf_free(&raw);
}

#define ROOT "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"

static void genesis_of_each_network_is_recomputed(void **state)
{
	(void)state;
	known_genesis("main",
		"000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
		ROOT);
	known_genesis("testnet3",
		"000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
		ROOT);
	known_genesis("testnet4",
		"00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
		"7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e");
	known_genesis("signet",
		"00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
		ROOT);
	known_genesis("regtest",
		"0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
		ROOT);
}

static void networks_are_found_by_their_other_names(void **state)
{
	struct params p;
	size_t len;

	(void)state;
	assert_string_equal(network("mainnet").name, "main");
	assert_string_equal(network("testnet").name, "testnet3");
	assert_string_equal(network("test").chain, "test");
	assert_false(params_builtin(&p, "Main"));
	assert_false(params_builtin(&p, ""));
	assert_null(params_builtin_text("liquid", &len));
	for (const char *const *n = params_builtin_names(); *n; n++) {
		char error[PARAMS_ERROR_SIZE];
		const char *text = params_builtin_text(*n, &len);

		assert_string_equal(network(*n).name, *n);
		/* Their documents read as themselves. */
		assert_int_equal(params_parse(&p, text, len, error), ST_OK);
		assert_false(p.own);
		/* One comment more is another chain, with a taken name. */
		assert_int_equal(params_parse(&p, text, len - 1, error),
				 ST_PARSE);
	}
}

static void constants_agree_with_cores_getchainparams(void **state)
{
	static const char *const files[][2] = {
		{"main", "core/getchainparams-mainnet.json"},
		{"testnet3", "core/getchainparams-testnet.json"},
		{"testnet4", "core/getchainparams-testnet4.json"},
		{"signet", "core/getchainparams-signet.json"},
		{"regtest", "core/getchainparams-regtest.json"},
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct params p = network(files[i][0]);
		const char *chain, *genesis, *limit, *magic, *hrp;
		const char *challenge = NULL, *mindiff = NULL;
		int test, halving, port, spacing = -1, interval = -1;
		char hex[520];
		uint8_t be[32];
		size_t len;
		char *text = unit_vector(files[i][1], &len);
		json_t *j;

		if (!text)
			skip();
		j = json_loads(text, 0, NULL);
		assert_non_null(j);
		assert_int_equal(json_unpack(j,
			"{s:s, s:b, s:s, s:i, s:{s:s, s?i, s?i, s?s},"
			" s:{s:i, s:s}, s:{s:s}, s?{s:s}}",
			"chain", &chain, "test_chain", &test, "genesis", &genesis,
			"subsidy_halving_interval", &halving, "pow", "limit",
			&limit, "target_spacing", &spacing,
			"difficulty_retarget_interval", &interval,
			"mindiff_blocks", &mindiff, "net", "default_port", &port,
			"magic", &magic, "addresses", "bech32_hrp", &hrp,
			"signet", "challenge", &challenge), 0);
		assert_string_equal(p.chain, chain);
		assert_int_equal(p.test, test);
		assert_string_equal(hex_text(hex, p.genesis_id.h.b, 32), genesis);
		assert_int_equal(p.halving_interval, halving);
		u256_to_be(be, &p.pow_limit);
		assert_string_equal(hex_text(hex, be, 32), limit);
		assert_int_equal(p.p2p_port, port);
		assert_string_equal(hex_text(hex, p.magic, 4), magic);
		assert_string_equal(p.hrp, hrp);
		assert_int_equal(p.signet_challenge_len > 0, challenge != NULL);
		if (challenge)
			assert_string_equal(hex_text(hex, p.signet_challenge,
					    p.signet_challenge_len), challenge);
		if (mindiff) {
			assert_int_equal(p.retarget, RETARGET_BITCOIN);
			assert_int_equal(p.spacing_s, spacing);
			assert_int_equal(p.retarget_interval, interval);
			assert_int_equal(p.bip94, strcmp(mindiff, "bip94") == 0);
			assert_int_equal(p.min_difficulty,
					 strcmp(mindiff, "no") != 0);
		} else {
			assert_int_equal(p.retarget, RETARGET_NONE);
		}
		json_decref(j);
		free(text);
	}
}

static void signet_magic_comes_from_the_challenge(void **state)
{
	struct params p = network("signet");
	uint8_t sized[1 + 256], hash[32];

	(void)state;
	sized[0] = (uint8_t)p.signet_challenge_len;
	memcpy(sized + 1, p.signet_challenge, p.signet_challenge_len);
	sha256d(hash, sized, 1u + p.signet_challenge_len);
	assert_memory_equal(hash, p.magic, 4);
}

static void heights_and_exceptions_are_bitcoins(void **state)
{
	struct params p = network("main");
	char text[HASH_TEXT_SIZE];

	(void)state;
	assert_int_equal(p.bip34_height, 227931);
	assert_int_equal(p.bip66_height, 363725);
	assert_int_equal(p.bip65_height, 388381);
	assert_int_equal(p.csv_height, 419328);
	assert_int_equal(p.segwit_height, 481824);
	assert_int_equal(p.taproot_height, 709632);
	assert_int_equal(p.bip30_again_height, 1983702);
	assert_int_equal(p.bip30_exception[0].height, 91842);
	assert_int_equal(p.bip30_exception[1].height, 91880);
	assert_string_equal(hash256_text(text, &p.bip30_exception[1].id.h),
		"00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721");
	assert_string_equal(hash256_text(text, &p.bip16_exception.h),
		"00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22");
	assert_int_equal(p.pow_limit_bits, 0x1d00ffff);
	assert_int_equal(network("signet").pow_limit_bits, 0x1e0377ae);
	assert_int_equal(network("regtest").pow_limit_bits, 0x207fffff);
	p = network("regtest");
	assert_true(hash256_is_zero(&p.bip34_hash.h));
	assert_int_equal(p.segwit_height, 0);
	assert_int_equal(p.bip34_height, 1);
}

static void subsidy_halves_to_nothing(void **state)
{
	struct params p = network("main");
	int64_t total = 0;

	(void)state;
	assert_int_equal(params_subsidy_sat(&p, 0), 50 * COIN_SAT);
	assert_int_equal(params_subsidy_sat(&p, 209999), 50 * COIN_SAT);
	assert_int_equal(params_subsidy_sat(&p, 210000), 25 * COIN_SAT);
	assert_int_equal(params_subsidy_sat(&p, 419999), 25 * COIN_SAT);
	assert_int_equal(params_subsidy_sat(&p, 840000), 312500000);
	assert_int_equal(params_subsidy_sat(&p, 32 * 210000), 1);
	assert_int_equal(params_subsidy_sat(&p, 33 * 210000), 0);
	assert_int_equal(params_subsidy_sat(&p, 64 * 210000), 0);
	assert_int_equal(params_subsidy_sat(&p, UINT32_MAX), 0);
	for (uint32_t h = 0; h < 14000000; h += 1000) {
		total += params_subsidy_sat(&p, h) * 1000;
		assert_true(money_ok(total));
	}
	/* The figure Core's subsidy limit test has. */
	assert_int_equal(total, INT64_C(2099999997690000));
}

/* A document that lacks its nonce, one key changed: value NULL drops it. */
static void document(struct buf *out, const char *key, const char *value)
{
	static const char *const lines[][2] = {
		{"name", "test-chain"}, {"test", "yes"},
		{"pow_limit", "7fffffffffffffffffffffffffffffff"
			      "ffffffffffffffffffffffffffffffff"},
		{"retarget", "asert"}, {"spacing", "15"},
		{"asert_half_life", "600"}, {"min_difficulty", "no"},
		{"bip94", "no"}, {"subsidy", "50"},
		{"halving_interval", "210000"}, {"maturity", "100"},
		{"bip34_height", "1"}, {"bip65_height", "1"},
		{"bip66_height", "1"}, {"csv_height", "1"},
		{"segwit_height", "0"}, {"taproot_height", "0"},
		{"magic", "fa1d4c80"}, {"p2p_port", "27333"},
		{"rpc_port", "27332"}, {"pubkey_prefix", "58"},
		{"script_prefix", "120"}, {"wif_prefix", "239"},
		{"xpub_prefix", "043587cf"}, {"xprv_prefix", "04358394"},
		{"hrp", "qy"}, {"genesis_message", "a = b # all of it"},
		{"genesis_time", "1700000000"}, {"genesis_bits", "207fffff"},
	};
	bool done = false;

	buf_reset(out);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		bool here = key && strcmp(lines[i][0], key) == 0;

		done |= here;
		if (!here || value)
			buf_printf(out, "%s = %s\n", lines[i][0],
				   here ? value : lines[i][1]);
	}
	if (key && !done && value)
		buf_printf(out, "%s = %s\n", key, value);
}

static void refuses(const char *key, const char *value, const char *says)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p;
	struct buf b;

	buf_init(&b, 1 << 20);
	document(&b, key, value);
	assert_int_equal(params_parse(&p, buf_str(&b), b.len, error), ST_PARSE);
	if (!strstr(error, says))
		fail_msg("%s = %s: \"%s\" lacks \"%s\"", key, value, error,
			 says);
	assert_int_equal(error[strlen(error) - 1], '.');
	buf_free(&b);
}

static void accepts(const char *key, const char *value)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p;
	struct buf b;

	buf_init(&b, 1 << 20);
	document(&b, key, value);
	if (params_parse(&p, buf_str(&b), b.len, error) != ST_NOT_FOUND)
		fail_msg("%s = %s: %s", key, value, error);
	buf_free(&b);
}

static void each_value_is_bounded(void **state)
{
	(void)state;
	accepts(NULL, NULL);
	refuses("name", "main", "is a Bitcoin network's");
	refuses("name", "testnet", "is a Bitcoin network's");
	refuses("name", "Test", "Line 1: name must be");
	refuses("name", "9x", "Line 1: name must be");
	refuses("name", "a-name-that-is-longer-than-thirty-one", "name must be");
	refuses("test", "maybe", "Line 2: test must be yes or no, not \"maybe\"");
	refuses("pow_limit", "ff", "64 hexadecimal digits");
	refuses("pow_limit",
		"8000000000000000000000000000000000000000000000000000000000000000",
		"pow_limit must be from 1");
	refuses("pow_limit",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"pow_limit must be from 1");
	refuses("retarget", "2015", "2016, none or asert");
	refuses("retarget", "2016", "retarget_interval is missing");
	refuses("retarget", "none", "asert_half_life belongs to");
	refuses("asert_half_life", NULL, "asert_half_life is missing");
	refuses("asert_half_life", "0", "from 1 to");
	refuses("bip94", "yes", "bip94 does not go with");
	refuses("spacing", "0", "a whole number from 1 to 604800");
	refuses("spacing", "015", "a whole number");
	refuses("spacing", "1e3", "a whole number");
	refuses("spacing", "-1", "a whole number");
	refuses("spacing", "99999999999999999999", "a whole number");
	refuses("spacing", "", "not \"\"");
	refuses("subsidy", "0", "coins");
	refuses("subsidy", "0.000000001", "coins");
	refuses("subsidy", "21000001", "coins");
	refuses("subsidy", "50.1", "more than 21000000 coins");
	refuses("halving_interval", "210001", "more than 21000000 coins");
	refuses("halving_interval", "2147483647", "more than 21000000 coins");
	refuses("halving_interval", "0", "a whole number");
	accepts("subsidy", "0.5");
	refuses("maturity", "0", "a whole number");
	refuses("csv_height", "soon", "a height or the word never");
	refuses("csv_height", "2147483647", "a height or the word never");
	accepts("csv_height", "never");
	accepts("csv_height", "2147483646");
	refuses("taproot_height", "never ever", "a height");
	refuses("segwit_height", "2", "must not come before");
	accepts("taproot_height", "never");
	refuses("magic", "f9beb4d9", "Bitcoin's network main");
	refuses("magic", "fa1d4c8", "8 hexadecimal digits");
	refuses("p2p_port", "0", "from 1 to 65535");
	refuses("p2p_port", "65536", "from 1 to 65535");
	refuses("rpc_port", "27333", "must differ");
	refuses("pubkey_prefix", "256", "from 0 to 255");
	refuses("script_prefix", "58", "must differ");
	refuses("xprv_prefix", "043587cf", "must differ");
	refuses("hrp", "QY", "lower-case letters or digits");
	refuses("hrp", "sixteencharacter", "1 to 15");
	refuses("genesis_message", "", "1 to 91");
	refuses("genesis_message", "caf\xc3\xa9", "printable ASCII");
	refuses("genesis_time", "0", "from 1 to 4294967295");
	refuses("genesis_bits", "20800000", "genesis_bits must be");
	refuses("genesis_bits", "21010000", "genesis_bits must be");
	refuses("genesis_bits", "ff123456", "genesis_bits must be");
	refuses("genesis_bits", "1d000fff", "shortest form");
	refuses("signet_challenge", "", "2 to 512");
	refuses("signet_challenge", "5", "2 to 512");
	accepts("signet_challenge", "51");
	refuses("taproot_height",
		"1\nsignet_challenge = 51\nsegwit_height = 2",
		"sets segwit_height again");
	refuses("genesis_key", "02", "for Bitcoin's own networks");
	refuses("min_chainwork", "00", "for Bitcoin's own networks");
	refuses("spicing", "15", "\"spicing\" is not a key");
	refuses("hrp", "qy\n# c\n spacing=15", "sets spacing again, after line 5");
	refuses("hrp", NULL, "hrp is missing: add a line such as hrp = qy");
	refuses("genesis_nonce", "-1", "from 0 to 4294967295");
	refuses("csv_height", "1\r", "control character");
	refuses("csv_height", "1\nhello", "no equals sign");
}

static void messages_up_to_91_bytes_make_a_valid_coinbase(void **state)
{
	char message[93] = {0};
	char error[PARAMS_ERROR_SIZE];
	struct params p;
	struct block blk;
	struct arena a;
	struct buf b, raw;

	(void)state;
	memset(message, 'm', 92);
	refuses("genesis_message", message, "1 to 91");
	buf_init(&b, 1 << 16);
	buf_init(&raw, 1 << 16);
	arena_init(&a, 1 << 16);
	for (size_t n = 91; n >= 74; n--) {
		message[n] = '\0';
		document(&b, "genesis_message", message);
		assert_int_equal(params_parse(&p, buf_str(&b), b.len, error),
				 ST_NOT_FOUND);
		buf_reset(&raw);
		params_genesis_block(&raw, &p);
		arena_reset(&a);
		assert_int_equal(block_parse(&blk, raw.p, raw.len, &a), ST_OK);
		assert_int_equal(blk.tx[0].in[0].script_sig.len,
				 n + (n > 75 ? 9 : 8));
	}
	arena_free(&a);
	buf_free(&b);
	buf_free(&raw);
}

static void own_genesis_commits_to_the_document(void **state)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p, again;
	uint8_t hash[32];
	struct block blk;
	struct arena a;
	struct buf b, raw;
	size_t len;

	(void)state;
	buf_init(&b, 1 << 16);
	buf_init(&raw, 1 << 16);
	arena_init(&a, 1 << 16);
	document(&b, NULL, NULL);
	len = b.len;
	sha256(hash, b.p, b.len);
	assert_int_equal(params_parse(&p, buf_str(&b), b.len, error),
			 ST_NOT_FOUND);
	assert_memory_equal(p.document.b, hash, 32);
	assert_true(params_genesis_search(&p, 0, 1000));
	buf_printf(&b, "genesis_nonce = %u\n", p.genesis.nonce);
	assert_int_equal(params_parse(&again, buf_str(&b), b.len, error), ST_OK);
	assert_true(again.own);
	assert_memory_equal(again.document.b, hash, 32);
	assert_true(hash256_equal(&again.genesis_id.h, &p.genesis_id.h));
	assert_string_equal(again.chain, "test-chain");
	assert_string_equal(again.genesis_message, "a = b # all of it");

	params_genesis_block(&raw, &again);
	assert_int_equal(block_parse(&blk, raw.p, raw.len, &a), ST_OK);
	assert_true(hash256_equal(&blk.id.h, &again.genesis_id.h));
	assert_int_equal(blk.tx[0].out[0].script.len, 34);
	assert_memory_equal(blk.tx[0].out[0].script.p, "\x6a\x20", 2);
	assert_memory_equal(blk.tx[0].out[0].script.p + 2, hash, 32);

	/* The nonce's line may stand anywhere. */
	buf_reset(&raw);
	buf_printf(&raw, " genesis_nonce=%u \n", p.genesis.nonce);
	buf_add(&raw, b.p, len);
	assert_int_equal(params_parse(&again, buf_str(&raw), raw.len, error),
			 ST_OK);
	assert_true(hash256_equal(&again.genesis_id.h, &p.genesis_id.h));

	/* Any other byte makes another genesis. */
	for (int i = 0; i < 20; i++) {
		bool same;

		buf_text(&b, "#\n");
		if (params_parse(&again, buf_str(&b), b.len, error) == ST_PARSE)
			assert_non_null(strstr(error, "was changed"));
		same = hash256_equal(&again.genesis_id.h, &p.genesis_id.h);
		assert_false(same);
	}
	arena_free(&a);
	buf_free(&b);
	buf_free(&raw);
}

#define KEY_1 "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define KEY_2 "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"

static void written_document_reads_back(void **state)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p, q;
	struct buf b, again;

	(void)state;
	buf_init(&b, 1 << 16);
	buf_init(&again, 1 << 16);
	for (int rule = 0; rule < 4; rule++) {
		params_own_defaults(&p, "round-trip");
		snprintf(p.genesis_message, sizeof(p.genesis_message), "hello");
		p.genesis.time = 1700000000;
		p.retarget = rule < 3 ? (enum retarget_rule)rule : RETARGET_NONE;
		p.taproot_height = HEIGHT_NEVER;
		if (rule == RETARGET_BITCOIN) {
			p.bip94 = p.min_difficulty = true;
			p.retarget_interval = 144;
			p.signet_challenge[0] = 0x51;
			p.signet_challenge_len = 1;
		}
		if (rule == 3) {
			p.n_makers = p.makers_needed = 2;
			p.turn_timeout_s = 7;
			assert_true(hex_parse(p.maker[0], 32, KEY_2, 64));
			assert_true(hex_parse(p.maker[1], 32, KEY_1, 64));
			assert_true(maker_challenge(&p));
		}
		buf_reset(&b);
		params_write(&b, &p);
		if (params_parse(&q, buf_str(&b), b.len, error) != ST_NOT_FOUND)
			fail_msg("%s\n%s", error, buf_str(&b));
		if (rule != RETARGET_ASERT)
			p.asert_half_life_s = 0;
		/* The rest follows from the text. */
		p.document = q.document;
		p.genesis.merkle_root = q.genesis.merkle_root;
		p.genesis_id = q.genesis_id;
		buf_reset(&again);
		params_write(&again, &q);
		assert_true(bytes_equal(buf_view(&b), buf_view(&again)));
		assert_memory_equal(&p, &q, sizeof(p));
	}
	buf_free(&b);
	buf_free(&again);
}

static void a_document_has_a_size(void **state)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p;
	char *text = malloc(20000);

	(void)state;
	memset(text, '\n', 20000);
	assert_int_equal(params_parse(&p, text, 20000, error), ST_PARSE);
	assert_non_null(strstr(error, "at most 16384 bytes"));
	assert_int_equal(params_parse(&p, text, 0, error), ST_PARSE);
	assert_non_null(strstr(error, "name is missing"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(genesis_of_each_network_is_recomputed),
		cmocka_unit_test(networks_are_found_by_their_other_names),
		cmocka_unit_test(constants_agree_with_cores_getchainparams),
		cmocka_unit_test(signet_magic_comes_from_the_challenge),
		cmocka_unit_test(heights_and_exceptions_are_bitcoins),
		cmocka_unit_test(subsidy_halves_to_nothing),
		cmocka_unit_test(each_value_is_bounded),
		cmocka_unit_test(messages_up_to_91_bytes_make_a_valid_coinbase),
		cmocka_unit_test(own_genesis_commits_to_the_document),
		cmocka_unit_test(written_document_reads_back),
		cmocka_unit_test(a_document_has_a_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
