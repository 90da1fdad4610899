/* SPDX-License-Identifier: MIT */
/* Signed blocks. Two blocks of Bitcoin's signet say what is signed; the rest is
 * made here: other kinds of challenges, and solutions of every wrong form. */
#include "tests/unit/consensus/maker.h"

#include "consensus/signet.h"
#include "consensus/sighash.h"
#include "consensus/script_check.h"
#include "crypto/ec.h"
#include "crypto/sha256.h"
#include "primitives/script.h"

/* Blocks 1 and 118509 of signet. */
static const char block_1[] =
	"00000020f61eee3b63a380a477a063af32b2bbc97c9ff9f01f2c4225e973988108000000"
	"f575c83235984e7dc4afc1f30944c170462e84437ab6f2d52e16878a79e4678bd1914d5f"
	"ae77031eccf4070001010000000001010000000000000000000000000000000000000000"
	"000000000000000000000000ffffffff025151feffffff0200f2052a0100000016001492"
	"43f727dd5343293eb83174324019ec16c2630f0000000000000000776a24aa21a9ede2f6"
	"1c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf94c4fecc7daa2"
	"490047304402205e423a8754336ca99dbe16509b877ef1bf98d008836c725005b3c787c4"
	"1ebe46022047246e4467ad7cc7f1ad98662afcaf14c115e0095a227c7b05c5182591c23e"
	"7e0100012000000000000000000000000000000000000000000000000000000000000000"
	"0000000000";

static const char block_118509[] =
	"00000020b4f594a390823c53557c5a449fa12413cbbae02be529c11c4eb320ff8e000000"
	"dd1211eb35ca09dc0ee519b0f79319fae6ed32c66f8bbf353c38513e2132c435474d8163"
	"3c4b011e195a220002010000000001010000000000000000000000000000000000000000"
	"000000000000000000000000ffffffff0403edce01feffffff028df2052a010000001600"
	"1481113cad52683679a83e76f76f84a4cfe36f75010000000000000000776a24aa21a9ed"
	"67863b4f356b7b9f3aab7a2037615989ef844a0917fb0a1dcd6c23a383ee346b4c4fecc7"
	"daa2490047304402203768ff10a948a2dd1825cc5a3b0d336d819ea68b5711add1390b29"
	"0bf3b1cba202201d15e73791b2df4c0904fc3f7c7b2f22ab77762958e9bc76c625138ad3"
	"a04d29010001200000000000000000000000000000000000000000000000000000000000"
	"0000000000000002000000000101be07b18750559a418d144f1530be380aa5f28a68a026"
	"9d6b2d0e6ff3ff25f3200000000000feffffff0240420f00000000001600142b6a2924aa"
	"9b1b115d1ac3098b0ba0e6ed510f2a326f55d94c060000160014c2ed86a626ee74d854a1"
	"2c9bb6a9b72a80c0ddc50247304402204c47f6783800831bd2c75f44d8430bf4d9621753"
	"49dc04d690a617de6c1eaed502200ffe70188a6e5ad89871b2acb4d0f732c2256c7ed641"
	"d2934c6e84069c792abc012103ba174d9c66078cf813d0ac54f5b19b5fe75104596bdd6c"
	"1731d9436ad8776f41ecce0100";

struct real {
	uint8_t raw[4096];
	size_t len;
	struct arena a;
	struct params p;
	struct block b;
};

static void real_begin(struct real *r, const char *hex)
{
	r->len = strlen(hex) / 2;
	assert_true(hex_parse(r->raw, r->len, hex, 2 * r->len));
	arena_init(&r->a, ARENA_MAX);
	network(&r->p, "signet");
}

static enum verdict_code real_judge(struct real *r)
{
	struct verdict v = fresh();

	arena_reset(&r->a);
	assert_int_equal(block_parse(&r->b, r->raw, r->len, &r->a), ST_OK);
	assert_int_equal(signet_check(&r->p, &r->b, &r->a, &v), ST_OK);
	return v.code;
}

static void blocks_of_signet_are_signed(void **state)
{
	static const char *const hex[] = {block_1, block_118509};

	for (size_t i = 0; i < 2; i++) {
		struct real r;

		real_begin(&r, hex[i]);
		assert_int_equal(real_judge(&r), VALID);
		assert_int_equal(check(&r.p, &r.b, &r.a), VALID);
		arena_free(&r.a);
	}
}

/* Version, parent, root and time are signed; bits and nonce are not, so that
 * work can be done on a signed block. */
static void every_bit_that_is_signed_counts(void **state)
{
	struct real r;

	real_begin(&r, block_1);
	for (size_t bit = 0; bit < 8 * HEADER_SIZE; bit++) {
		size_t at = bit / 8;
		bool is_signed = at < 36 || (at >= 68 && at < 72);

		r.raw[at] ^= (uint8_t)(1u << bit % 8);
		/* the root in the header is not looked at: it is made anew */
		assert_int_equal(real_judge(&r), is_signed ? V_SIGNET_SOLUTION :
				 VALID);
		r.raw[at] ^= (uint8_t)(1u << bit % 8);
	}
	/* any bit of the signature, its type and its place among the pushes */
	for (size_t at = r.len - 38 - 4 - 75; at < r.len - 38 - 4; at++) {
		r.raw[at] ^= 1;
		arena_reset(&r.a);
		if (block_parse(&r.b, r.raw, r.len, &r.a) == ST_OK)
			assert_int_equal(real_judge(&r), V_SIGNET_SOLUTION);
		r.raw[at] ^= 1;
	}
	/* an output of the coinbase */
	assert_int_equal(real_judge(&r), VALID);
	r.raw[81 + 10 + 36 + 3 + 4 + 1] ^= 1;
	assert_int_equal(real_judge(&r), V_SIGNET_SOLUTION);
	arena_free(&r.a);
}

/* Bitcoin's signet asks for one signature of two keys. One whose encoding is
 * broken is refused by the operation that meets it. */
static void a_refusal_shows_the_stack(void **state)
{
	static const char top[] = "02 0359ef5021964fe22d6f8e05b2463c9540ce96883f"
		"e3b278760f048f5189f2e6c4 03ad5e0edad18cb1f0fc0d28a3d4f1f3e4456"
		"40337489abb10404f2d1e086be430 01 31";
	struct verdict v = fresh();
	struct real r;

	real_begin(&r, block_1);
	for (size_t at = r.len - 38 - 4 - 75; at < r.len; at++) {
		if (r.raw[at] == 0x30 && r.raw[at + 2] == 2) {
			r.raw[at] = 0x31;
			break;
		}
	}
	assert_int_equal(block_parse(&r.b, r.raw, r.len, &r.a), ST_OK);
	assert_int_equal(signet_check(&r.p, &r.b, &r.a, &v), ST_OK);
	assert_int_equal(v.code, V_SIGNET_SOLUTION);
	assert_string_equal(v.script, "scriptPubKey");
	assert_int_equal(v.script_pos, 4);	/* 1, two keys, 2 before it */
	assert_memory_equal(v.stack, top, sizeof(top) - 1);
	arena_free(&r.a);
}

static void another_challenge_refuses_them(void **state)
{
	struct real r;

	real_begin(&r, block_1);
	/* any: what is signed names the challenge, too */
	for (size_t i = 0; i < r.p.signet_challenge_len; i++) {
		r.p.signet_challenge[i] ^= 1;
		assert_int_equal(real_judge(&r), V_SIGNET_SOLUTION);
		r.p.signet_challenge[i] ^= 1;
	}
	r.p.signet_challenge_len = 0;
	assert_int_equal(real_judge(&r), VALID);
	arena_free(&r.a);
}

static void genesis_needs_no_signature(void **state)
{
	struct verdict v = fresh();
	struct params p;
	struct block b;
	struct arena a;
	struct buf raw;

	network(&p, "signet");
	buf_init(&raw, 1024);
	params_genesis_block(&raw, &p);
	arena_init(&a, ARENA_MAX);
	assert_int_equal(block_parse(&b, raw.p, raw.len, &a), ST_OK);
	assert_int_equal(signet_check(&p, &b, &a, &v), ST_OK);
	assert_int_equal(v.code, VALID);
	memset(&p.genesis_id, 0, sizeof(p.genesis_id));
	assert_int_equal(signet_check(&p, &b, &a, &v), ST_OK);
	assert_int_equal(v.code, V_SIGNET_SOLUTION);
	buf_free(&raw);
	arena_free(&a);
}

/* A commitment of zeros, and what follows it in that output. */
static void commitment_of(struct buf *out, const void *more, size_t n)
{
	static const uint8_t start[6] = {0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed};

	buf_init(out, 1 << 20);
	buf_add(out, start, sizeof(start));
	memset(buf_extend(out, 32), 0, 32);
	buf_add(out, more, n);
}

static void make_block(struct maker *m, struct bytes commitment)
{
	struct part cb = coinbase(H1000), other = plain(7);

	buf_reset(&m->txs);
	m->n = 0;
	cb.out[0] = commitment;
	make_tx(m, &cb);
	make_tx(m, &other);
	seal(m);
}

static void challenge(struct maker *m, bool own, const void *script, size_t n)
{
	m->p.own = own;
	m->p.signet_challenge_len = (uint16_t)n;
	memcpy(m->p.signet_challenge, script, n);
}

static enum verdict_code judge_with(struct maker *m, const void *more, size_t n)
{
	enum verdict_code code;
	struct buf c;

	commitment_of(&c, more, n);
	make_block(m, buf_view(&c));
	code = check(&m->p, &m->b, &m->a);
	buf_free(&c);
	return code;
}

#define MORE(text) (text), sizeof(text) - 1
#define HEADER "\xec\xc7\xda\xa2"

static void a_trivial_challenge_needs_a_commitment_alone(void **state)
{
	struct maker m;

	make_begin(&m);
	challenge(&m, false, "\x51", 1);
	assert_int_equal(judge_with(&m, MORE("")), VALID);
	assert_int_equal(judge_with(&m, MORE("\x06" HEADER "\0\0")), VALID);
	make_block(&m, bytes_of("\x51", 1));
	assert_int_equal(check(&m.p, &m.b, &m.a), V_SIGNET_SOLUTION);
	challenge(&m, false, "\x00", 1);
	assert_int_equal(judge_with(&m, MORE("")), V_SIGNET_SOLUTION);
	make_end(&m);
}

static void solutions_have_one_form(void **state)
{
	static const struct {
		const char *more;
		size_t len;
		enum verdict_code code;
	} t[] = {
		{MORE("\x06" HEADER "\0\0"), VALID},
		{MORE("\x4c\x06" HEADER "\0\0"), VALID},
		/* without a byte more it is none, which 51 does not ask for */
		{MORE("\x04" HEADER), VALID},
		{MORE("\x05" HEADER "\0"), V_SIGNET_SOLUTION},
		{MORE("\x07" HEADER "\0\0\0"), V_SIGNET_SOLUTION},
		{MORE("\x06" HEADER "\1\0"), V_SIGNET_SOLUTION},
		{MORE("\x06" HEADER "\0\1"), V_SIGNET_SOLUTION},
		{MORE("\x08" HEADER "\0\xfd\0\0"), V_SIGNET_SOLUTION},
		{MORE("\x0a" HEADER "\0\xfe\xff\xff\xff\x00"), V_SIGNET_SOLUTION},
		{MORE("\x0e" HEADER "\xff\xff\xff\xff\xff\xff\xff\xff\xff\0"),
		 V_SIGNET_SOLUTION},
		/* the first one counts */
		{MORE("\x06" HEADER "\0\0\x05" HEADER "\0"), VALID},
		{MORE("\x05" HEADER "\0\x06" HEADER "\0\0"), V_SIGNET_SOLUTION},
		/* behind what cannot be decoded there is none */
		{MORE("\x4c\x20\x05" HEADER "\0"), VALID},
		/* a witness is too much for 51 */
		{MORE("\x07" HEADER "\0\1\0"), V_SIGNET_SOLUTION},
	};
	struct maker m;

	make_begin(&m);
	challenge(&m, false, "\x51", 1);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		assert_int_equal(judge_with(&m, t[i].more, t[i].len), t[i].code);
	make_end(&m);
}

/* The pushes are written anew before the root is made: a solution pushed in a
 * longer way leaves what is signed as it was. */
static void the_signed_root_is_of_shortest_pushes(void **state)
{
	struct real r;
	const uint8_t *at;
	size_t push;

	real_begin(&r, block_1);
	at = memmem(r.raw, r.len, HEADER, 4);
	assert_non_null(at);
	push = (size_t)(at - r.raw) - 2;
	assert_int_equal(r.raw[push], OP_PUSHDATA1);
	memmove(r.raw + push + 3, r.raw + push + 2, r.len - push - 2);
	r.raw[push] = OP_PUSHDATA2;
	r.raw[push + 2] = 0;
	r.raw[push - 39]++;
	r.len++;
	assert_int_equal(real_judge(&r), VALID);
	arena_free(&r.a);
}

struct signer {
	struct ec *ec;
	uint8_t secret[3][32];
};

static void signer_begin(struct signer *s)
{
	s->ec = ec_open();
	assert_non_null(s->ec);
	for (int i = 0; i < 3; i++)
		memset(s->secret[i], 17 * (i + 1), 32);
}

/* What the block in m signs, once a solution of the empty script is in it. */
static void spend_of(struct maker *m, struct signet_spend *s)
{
	bool found;

	judge_with(m, MORE("\x06" HEADER "\0\0"));
	assert_int_equal(signet_spend_make(s, &m->p, &m->b, &m->a, &found),
			 ST_OK);
	assert_true(found);
}

static enum verdict_code judge_solution(struct maker *m, const struct buf *sol)
{
	struct buf more, data;
	enum verdict_code code;

	buf_init(&data, 4096);
	buf_init(&more, 4096);
	buf_text(&data, HEADER);
	buf_bytes(&data, buf_view(sol));
	script_push(&more, data.p, data.len);
	code = judge_with(m, more.p, more.len);
	buf_free(&data);
	buf_free(&more);
	return code;
}

static void two_of_three_sign(void **state)
{
	struct signet_spend s;
	struct signer k;
	struct maker m;
	struct buf script, solution;

	make_begin(&m);
	signer_begin(&k);
	buf_init(&script, 256);
	buf_u8(&script, OP_1 + 1);
	for (int i = 0; i < 3; i++) {
		uint8_t key[33];

		assert_int_equal(ec_pubkey_create(k.ec, key, k.secret[i], true),
				 33);
		script_push(&script, key, 33);
	}
	buf_u8(&script, OP_1 + 2);
	buf_u8(&script, OP_CHECKMULTISIG);
	challenge(&m, true, script.p, script.len);
	/* any two in the order of their keys */
	for (int i = 0; i < 9; i++) {
		const int who[2] = {i / 3, i % 3};
		struct sighash_cache *c;
		struct hash256 hash;
		struct script_code code = {.script = buf_view(&script)};
		struct buf sig;

		spend_of(&m, &s);
		c = sighash_cache_new(&s.to_sign, &s.coin);
		assert_non_null(c);
		sighash_legacy(&hash, c, 0, &code, SIGHASH_ALL, NULL);
		sighash_cache_free(c);
		buf_init(&sig, 256);
		buf_u8(&sig, OP_0);
		for (int n = 0; n < 2; n++) {
			uint8_t der[EC_DER_MAX + 1];
			size_t len = ec_sign_ecdsa(k.ec, der, k.secret[who[n]],
						   hash.b);

			der[len] = SIGHASH_ALL;
			script_push(&sig, der, len + 1);
		}
		buf_init(&solution, 512);
		compactsize_add(&solution, sig.len);
		buf_bytes(&solution, buf_view(&sig));
		buf_u8(&solution, 0);
		assert_int_equal(judge_solution(&m, &solution),
				 who[0] < who[1] ? VALID : V_SIGNET_SOLUTION);
		/* the dummy must be empty */
		solution.p[1] = OP_1;
		assert_int_equal(judge_solution(&m, &solution),
				 V_SIGNET_SOLUTION);
		buf_free(&sig);
		buf_free(&solution);
	}
	buf_free(&script);
	ec_close(k.ec);
	make_end(&m);
}

/* Bitcoin Core checks signatures of blocks without taproot's rules: whoever has
 * such a challenge there has none. An own chain is held to it. */
static void taproot_holds_on_own_chains(void **state)
{
	struct signet_spend s;
	struct sighash_cache *c;
	struct taproot_ext ext = {.codesep = UINT32_MAX};
	struct hash256 hash;
	struct signer k;
	struct maker m;
	struct buf solution;
	uint8_t script[34] = {OP_1, 32}, aux[32] = {0};

	make_begin(&m);
	signer_begin(&k);
	assert_true(ec_xonly_create(k.ec, script + 2, NULL, k.secret[0]));
	challenge(&m, true, script, sizeof(script));
	/* a stand-in, so that the transaction has a witness */
	buf_init(&solution, 256);
	buf_add(&solution, "\0\1\x40", 3);
	memset(buf_extend(&solution, 64), 0, 64);
	assert_int_equal(judge_solution(&m, &solution), V_SIGNET_SOLUTION);
	{
		bool found;

		assert_int_equal(signet_spend_make(&s, &m.p, &m.b, &m.a, &found),
				 ST_OK);
	}
	c = sighash_cache_new(&s.to_sign, &s.coin);
	assert_non_null(c);
	assert_true(sighash_taproot(&hash, c, 0, &ext, SIGHASH_DEFAULT));
	sighash_cache_free(c);
	assert_true(ec_sign_schnorr(k.ec, solution.p + 3, k.secret[0], hash.b,
				    aux));
	assert_int_equal(judge_solution(&m, &solution), VALID);
	solution.p[20] ^= 1;
	assert_int_equal(judge_solution(&m, &solution), V_SIGNET_SOLUTION);
	challenge(&m, false, script, sizeof(script));
	assert_int_equal(judge_solution(&m, &solution), VALID);
	buf_free(&solution);
	ec_close(k.ec);
	make_end(&m);
}

/* What is not a block of a signed network, or has no room, is not judged. */
static void a_proposal_needs_no_signature(void **state)
{
	struct verdict v = fresh();
	struct maker m;
	struct arena none;

	make_begin(&m);
	challenge(&m, true, "\x00", 1);
	assert_int_equal(judge_with(&m, MORE("")), V_SIGNET_SOLUTION);
	assert_int_equal(block_check_unsigned(&m.b, &m.a, &v), ST_OK);
	assert_int_equal(v.code, VALID);
	arena_init(&none, 0);
	assert_int_equal(signet_check(&m.p, &m.b, &none, &v), ST_NOMEM);
	assert_int_equal(v.code, VALID);
	arena_free(&none);
	make_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_of_signet_are_signed),
		cmocka_unit_test(every_bit_that_is_signed_counts),
		cmocka_unit_test(a_refusal_shows_the_stack),
		cmocka_unit_test(another_challenge_refuses_them),
		cmocka_unit_test(genesis_needs_no_signature),
		cmocka_unit_test(a_trivial_challenge_needs_a_commitment_alone),
		cmocka_unit_test(solutions_have_one_form),
		cmocka_unit_test(the_signed_root_is_of_shortest_pushes),
		cmocka_unit_test(two_of_three_sign),
		cmocka_unit_test(taproot_holds_on_own_chains),
		cmocka_unit_test(a_proposal_needs_no_signature),
	};

	return cmocka_run_group_tests_name("signet", tests, NULL, NULL);
}
