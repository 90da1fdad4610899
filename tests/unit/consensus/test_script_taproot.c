/* SPDX-License-Identifier: MIT */
/* Taproot's order of checks, the budget of signatures, and what is reserved. */
#include "tests/unit/consensus/spend.h"

#include "consensus/script_trace.h"
#include "crypto/hash160.h"

/* An output with one leaf of this version and the script OP_1. */
static void one_leaf(struct spend *s, uint8_t version)
{
	spend_init(s, 1, 1);
	spend_ops(&s->leaf, OP_1, 1);
	spend_p2tr(s, version);
}

/* The control block is the end of the witness. */
static uint8_t *control_of(struct spend *s)
{
	return s->witness.p + s->witness.len - TAPROOT_CONTROL_BASE;
}

static void every_leaf_version_must_be_committed_to(void **state)
{
	struct spend s;

	for (unsigned version = 0; version < 256; version += 2) {
		bool known = version == 0xc0;

		/* a control block that begins with 50 is an annex, and one bit
		 * makes it of 52 */
		if (version == 0x50 || version == 0x52)
			continue;
		one_leaf(&s, (uint8_t)version);
		assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
		assert_int_equal(
			spend_check(&s, CF_ALL,
				    PF_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION),
			known ? SCRIPT_ERR_OK :
			SCRIPT_ERR_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION);
		/* the parity, another version, another internal key */
		for (int byte = 0; byte < 2; byte++) {
			for (unsigned bit = 0; bit < 2; bit++) {
				control_of(&s)[byte] ^= (uint8_t)(1 << bit);
				assert_int_equal(spend_check(&s, CF_ALL, 0),
					SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH);
				control_of(&s)[byte] ^= (uint8_t)(1 << bit);
			}
		}
		spend_free(&s);
	}
}

static void control_blocks_have_33_bytes_and_nodes(void **state)
{
	static const struct {
		size_t len;
		enum script_error want;
	} cases[] = {
		{32, SCRIPT_ERR_TAPROOT_WRONG_CONTROL_SIZE},
		{34, SCRIPT_ERR_TAPROOT_WRONG_CONTROL_SIZE},
		{64, SCRIPT_ERR_TAPROOT_WRONG_CONTROL_SIZE},
		{65, SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH},
		{33 + 32 * 128, SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH},
		{33 + 32 * 129, SCRIPT_ERR_TAPROOT_WRONG_CONTROL_SIZE},
		{0, SCRIPT_ERR_TAPROOT_WRONG_CONTROL_SIZE},
	};
	static uint8_t zeros[33 + 32 * 129];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spend s;

		one_leaf(&s, 0xc0);
		buf_reset(&s.witness);
		s.in[0].n_witness = 0;
		spend_item(&s, s.leaf.p, s.leaf.len);
		memcpy(zeros, s.control, sizeof(s.control));
		spend_item(&s, zeros, cases[i].len);
		assert_int_equal(spend_check(&s, CF_ALL, 0), cases[i].want);
		spend_free(&s);
	}
}

static void without_the_flag_anybody_spends(void **state)
{
	struct spend s;

	one_leaf(&s, 0xc0);
	control_of(&s)[1] ^= 1;
	assert_int_equal(spend_check(&s, CF_ALL & ~CF_TAPROOT, 0), SCRIPT_ERR_OK);
	spend_free(&s);
	spend_init(&s, 1, 1);
	script_witness(&s.pubkey, 1, bytes_of((uint8_t[32]){1}, 32));
	assert_int_equal(spend_check(&s, CF_ALL & ~CF_TAPROOT, 0), SCRIPT_ERR_OK);
	assert_int_equal(spend_check(&s, CF_ALL, 0),
			 SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY);
	spend_free(&s);
}

/* n checks with a key of unknown kind, padded to `pad` bytes of annex. */
static enum script_error budget(unsigned n, size_t pad, int64_t *left)
{
	uint8_t annex[600] = {0x50};
	enum script_error e;
	struct spend s;

	spend_init(&s, 1, 1);
	for (unsigned i = 0; i < n; i++)
		buf_add(&s.leaf, "\1\1\1\2\xad", 5);	/* sig, key, verify */
	spend_ops(&s.leaf, OP_1, 1);
	spend_p2tr(&s, 0xc0);
	if (pad)
		spend_item(&s, annex, pad);
	*left = 50 + (int64_t)compactsize_size(s.in[0].n_witness) +
		(int64_t)s.witness.len - 50 * (int64_t)n;
	e = spend_check(&s, CF_ALL, 0);
	spend_free(&s);
	return e;
}

static void budget_is_witness_size_and_50(void **state)
{
	unsigned exact = 0;

	for (unsigned n = 1; n < 12; n++) {
		for (size_t pad = 0; pad < 600; pad++) {
			int64_t left;
			enum script_error e = budget(n, pad, &left);

			assert_int_equal(e, left >= 0 ? SCRIPT_ERR_OK :
				SCRIPT_ERR_TAPSCRIPT_VALIDATION_WEIGHT);
			exact += left == 0;
		}
	}
	assert_true(exact >= 5);
}

static enum script_error tapscript(const char *bytes, size_t len, uint32_t pf)
{
	enum script_error e;
	struct spend s;

	spend_init(&s, 1, 1);
	buf_add(&s.leaf, bytes, len);
	spend_p2tr(&s, 0xc0);
	e = spend_check(&s, CF_ALL, pf);
	spend_free(&s);
	return e;
}

#define TAP(text, pf) tapscript(text, sizeof(text) - 1, pf)

static void keys_of_other_lengths(void **state)
{
	/* signature, key, CHECKSIG */
	assert_int_equal(TAP("\x51\1\2\xac", 0), SCRIPT_ERR_OK);
	assert_int_equal(TAP("\x51\1\2\xac",
			     PF_DISCOURAGE_UPGRADABLE_PUBKEYTYPE),
			 SCRIPT_ERR_DISCOURAGE_UPGRADABLE_PUBKEYTYPE);
	assert_int_equal(TAP("\0\1\2\xac", 0), SCRIPT_ERR_EVAL_FALSE);
	assert_int_equal(TAP("\0\1\2\xac\x91",
			     PF_DISCOURAGE_UPGRADABLE_PUBKEYTYPE),
			 SCRIPT_ERR_DISCOURAGE_UPGRADABLE_PUBKEYTYPE);
	/* an empty key fails with any signature */
	assert_int_equal(TAP("\x51\0\xac", 0), SCRIPT_ERR_PUBKEYTYPE);
	assert_int_equal(TAP("\0\0\xac", 0), SCRIPT_ERR_PUBKEYTYPE);
	/* signature, number, key, CHECKSIGADD */
	assert_int_equal(TAP("\x51\x55\1\2\xba\x56\x87", 0), SCRIPT_ERR_OK);
	assert_int_equal(TAP("\0\x55\1\2\xba\x55\x87", 0), SCRIPT_ERR_OK);
	assert_int_equal(TAP("\x51\x55\0\xba", 0), SCRIPT_ERR_PUBKEYTYPE);
	assert_int_equal(TAP("\x55\1\2\xba", 0),
			 SCRIPT_ERR_INVALID_STACK_OPERATION);
	/* the number is judged before the signature */
	assert_int_equal(TAP("\x51\5\1\1\1\1\1\0\xba", 0),
			 SCRIPT_ERR_UNKNOWN_ERROR);
}

static void what_tapscript_forbids(void **state)
{
	assert_int_equal(TAP("\0\0\0\xae", 0),
			 SCRIPT_ERR_TAPSCRIPT_CHECKMULTISIG);
	assert_int_equal(TAP("\0\0\0\xaf", 0),
			 SCRIPT_ERR_TAPSCRIPT_CHECKMULTISIG);
	assert_int_equal(TAP("\x52\x63\x68\x51", 0),
			 SCRIPT_ERR_TAPSCRIPT_MINIMALIF);
	assert_int_equal(TAP("\2\1\0\x64\x68\x51", 0),
			 SCRIPT_ERR_TAPSCRIPT_MINIMALIF);
	assert_int_equal(TAP("\1\0\x63\x68\x51", 0),
			 SCRIPT_ERR_TAPSCRIPT_MINIMALIF);
	assert_int_equal(TAP("\0\x64\x51\x68", 0), SCRIPT_ERR_OK);
	assert_int_equal(TAP("\x51\x65", 0), SCRIPT_ERR_BAD_OPCODE);
	assert_int_equal(TAP("\x51\x51", 0), SCRIPT_ERR_CLEANSTACK);
}

/* BIP342: 80, 98, 126-129, 131-134, 137-138, 141-142, 149-153, 187-254. */
static void op_success(void **state)
{
	static const uint8_t ranges[][2] = {
		{80, 80}, {98, 98}, {126, 129}, {131, 134}, {137, 138},
		{141, 142}, {149, 153}, {187, 254},
	};

	for (unsigned op = 79; op < 256; op++) {
		/* decodable before, anything after */
		char script[] = {0, (char)op, 0x4d};
		bool success = false;

		for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
			success |= op >= ranges[i][0] && op <= ranges[i][1];
		assert_int_equal(tapscript(script, 3, 0), success ?
				 SCRIPT_ERR_OK : SCRIPT_ERR_BAD_OPCODE);
		if (success)
			assert_int_equal(
				tapscript(script, 3, PF_DISCOURAGE_OP_SUCCESS),
				SCRIPT_ERR_DISCOURAGE_OP_SUCCESS);
	}
	/* an undecodable push before it fails */
	assert_int_equal(TAP("\x4c\5\x50", 0), SCRIPT_ERR_BAD_OPCODE);
	/* inside a push it is data */
	assert_int_equal(TAP("\1\x50\x69\0", 0), SCRIPT_ERR_EVAL_FALSE);
}

/* Two items, the last of which is an annex: one is left, a signature. */
static void annex_leaves_the_key_path(void **state)
{
	uint8_t sig[64] = {1};
	struct spend s;

	one_leaf(&s, 0xc0);
	buf_reset(&s.witness);
	s.in[0].n_witness = 0;
	spend_item(&s, sig, 64);
	spend_item(&s, "\x50", 1);
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_SCHNORR_SIG);
	/* one item that begins like an annex is a signature */
	buf_reset(&s.witness);
	s.in[0].n_witness = 0;
	spend_item(&s, "\x50", 1);
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_SCHNORR_SIG_SIZE);
	spend_free(&s);
}

/* Key path signatures of each hash type, with and without an annex, each bound
 * to what it signs. */
static void key_path_signatures(void **state)
{
	static const uint8_t types[] = {0, 1, 2, 3, 0x81, 0x82, 0x83};
	static const uint8_t aux[32], secret[32] = {[31] = 5};
	struct ec *ec = ec_open();
	uint8_t key[32], sig[65];

	assert_non_null(ec);
	assert_true(ec_xonly_create(ec, key, NULL, secret));
	for (unsigned i = 0; i < 2 * sizeof(types); i++) {
		uint8_t type = types[i / 2];
		bool annex = i % 2;
		struct taproot_ext ext = {.annex = annex, .codesep = UINT32_MAX};
		struct sighash_cache *c;
		struct hash256 h;
		struct spend s;

		spend_init(&s, 2, 2);
		script_witness(&s.pubkey, 1, bytes_of(key, 32));
		spend_item(&s, sig, type ? 65 : 64);
		if (annex)
			spend_item(&s, "\x50yz", 3);
		sha256(ext.annex_hash.b, "\3\x50yz", 4);
		spend_settle(&s);
		c = sighash_cache_new(&s.tx, s.coin);
		assert_non_null(c);
		assert_true(sighash_taproot(&h, c, s.at, &ext, type));
		sighash_cache_free(c);
		assert_true(ec_sign_schnorr(ec, s.witness.p + 1, secret, h.b,
					    aux));
		if (type)
			s.witness.p[65] = type;
		assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
		s.coin[1].value ^= 1;
		assert_int_equal(spend_check(&s, CF_ALL, 0),
				 SCRIPT_ERR_SCHNORR_SIG);
		s.coin[1].value ^= 1;
		/* the amount of another input, unless ANYONECANPAY */
		s.coin[0].value ^= 1;
		assert_int_equal(spend_check(&s, CF_ALL, 0), type & 0x80 ?
				 SCRIPT_ERR_OK : SCRIPT_ERR_SCHNORR_SIG);
		s.coin[0].value ^= 1;
		if (annex) {
			s.witness.p[s.witness.len - 1] ^= 1;
			assert_int_equal(spend_check(&s, CF_ALL, 0),
					 SCRIPT_ERR_SCHNORR_SIG);
		}
		spend_free(&s);
	}
	ec_close(ec);
}

static void hash_types_of_taproot(void **state)
{
	uint8_t sig[65] = {1};

	for (unsigned type = 0; type < 256; type++) {
		bool known = (type >= 1 && type <= 3) ||
			     (type >= 0x81 && type <= 0x83);
		/* SINGLE has no output of its own here */
		bool single = (type & 3) == 3;
		struct spend s;

		spend_init(&s, 2, 1);
		script_witness(&s.pubkey, 1, bytes_of((uint8_t[32]){2}, 32));
		sig[64] = (uint8_t)type;
		spend_item(&s, sig, 65);
		assert_int_equal(spend_check(&s, CF_ALL, 0), known && !single ?
				 SCRIPT_ERR_SCHNORR_SIG :
				 SCRIPT_ERR_SCHNORR_SIG_HASHTYPE);
		spend_free(&s);
	}
}

/* Puts what `pubkey` holds into P2SH. */
static void wrap(struct spend *s, const uint8_t hash[20])
{
	buf_reset(&s->sig);
	script_push(&s->sig, s->pubkey.p, s->pubkey.len);
	buf_reset(&s->pubkey);
	script_p2sh(&s->pubkey, hash);
}

static void programs_of_the_future(void **state)
{
	static const uint8_t program[40] = {0x4e, 0x73, 1};

	for (uint8_t version = 0; version <= 16; version++) {
		for (size_t len = 2; len <= 40; len++) {
			bool anchor = version == 1 && len == 2;
			uint8_t hash[20];
			struct spend s;

			if ((version == 0 && (len == 20 || len == 32)) ||
			    (version == 1 && len == 32))
				continue;
			spend_init(&s, 1, 1);
			script_witness(&s.pubkey, version,
				       bytes_of(program, len));
			assert_int_equal(spend_check(&s, CF_ALL, 0), version ?
				SCRIPT_ERR_OK :
				SCRIPT_ERR_WITNESS_PROGRAM_WRONG_LENGTH);
			if (version)
				assert_int_equal(spend_check(&s, CF_ALL,
					PF_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM),
					anchor ? SCRIPT_ERR_OK :
			SCRIPT_ERR_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM);
			/* the same inside P2SH, an anchor is nothing special */
			hash160(hash, s.pubkey.p, s.pubkey.len);
			wrap(&s, hash);
			assert_int_equal(spend_check(&s, CF_ALL, 0), version ?
				SCRIPT_ERR_OK :
				SCRIPT_ERR_WITNESS_PROGRAM_WRONG_LENGTH);
			if (version)
				assert_int_equal(spend_check(&s, CF_ALL,
					PF_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM),
			SCRIPT_ERR_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM);
			spend_free(&s);
		}
	}
}

/* P2SH takes exactly one canonical push of the program. */
static void wrapped_programs_are_pushed_canonically(void **state)
{
	static const uint8_t program[32] = {9};
	uint8_t hash[20];
	struct spend s;

	spend_init(&s, 1, 1);
	script_witness(&s.pubkey, 1, bytes_of(program, 32));
	hash160(hash, s.pubkey.p, 34);
	wrap(&s, hash);
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
	/* a longer encoding of the push */
	buf_reset(&s.sig);
	buf_u8(&s.sig, OP_PUSHDATA1);
	buf_u8(&s.sig, 34);
	script_witness(&s.sig, 1, bytes_of(program, 32));
	assert_int_equal(spend_check(&s, CF_ALL, 0),
			 SCRIPT_ERR_WITNESS_MALLEATED_P2SH);
	/* another push of the same length before it */
	buf_reset(&s.sig);
	for (int i = 0; i < 2; i++) {
		buf_u8(&s.sig, 34);
		script_witness(&s.sig, 1, bytes_of(program, 32));
	}
	assert_int_equal(spend_check(&s, CF_ALL, 0),
			 SCRIPT_ERR_WITNESS_MALLEATED_P2SH);
	/* something before it */
	buf_reset(&s.sig);
	buf_u8(&s.sig, OP_1);
	buf_u8(&s.sig, 34);
	script_witness(&s.sig, 1, bytes_of(program, 32));
	assert_int_equal(spend_check(&s, CF_ALL, 0),
			 SCRIPT_ERR_WITNESS_MALLEATED_P2SH);
	assert_int_equal(spend_check(&s, CF_P2SH, 0), SCRIPT_ERR_OK);
	spend_free(&s);
}

/* What people read of a failure. */
static void failures_explain_themselves(void **state)
{
	struct script_failure f;
	struct script_trace trace = script_failure_trace(&f);
	struct spend s;

	spend_init(&s, 1, 1);
	script_push_int(&s.sig, 5);
	script_push_int(&s.sig, 0x1234);
	script_push_int(&s.pubkey, 6);
	buf_u8(&s.pubkey, OP_EQUALVERIFY);
	assert_int_equal(spend_trace(&s, CF_ALL, 0, &trace),
			 SCRIPT_ERR_EQUALVERIFY);
	assert_int_equal(s.pos, 1);
	assert_string_equal(f.text, "OP_EQUALVERIFY at 1 of scriptPubKey, "
			    "stack [05, ]");
	buf_reset(&s.pubkey);
	buf_u8(&s.pubkey, OP_0);
	assert_int_equal(spend_trace(&s, CF_ALL, 0, &trace),
			 SCRIPT_ERR_EVAL_FALSE);
	assert_int_equal(s.pos, -1);
	assert_string_equal(f.text, "after scriptPubKey, stack [05, 3412, ]");
	spend_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_leaf_version_must_be_committed_to),
		cmocka_unit_test(control_blocks_have_33_bytes_and_nodes),
		cmocka_unit_test(without_the_flag_anybody_spends),
		cmocka_unit_test(budget_is_witness_size_and_50),
		cmocka_unit_test(keys_of_other_lengths),
		cmocka_unit_test(what_tapscript_forbids),
		cmocka_unit_test(op_success),
		cmocka_unit_test(annex_leaves_the_key_path),
		cmocka_unit_test(key_path_signatures),
		cmocka_unit_test(hash_types_of_taproot),
		cmocka_unit_test(programs_of_the_future),
		cmocka_unit_test(wrapped_programs_are_pushed_canonically),
		cmocka_unit_test(failures_explain_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
