/* SPDX-License-Identifier: MIT */
/* Votes and bonds as bytes: what is signed, what clashes, what a bond pays to. */
#include "tests/unit/unit.h"

#include "base/hex.h"
#include "crypto/ec.h"
#include "primitives/bond.h"
#include "primitives/vote.h"

static struct vote link_of(uint32_t from, uint32_t to)
{
	struct vote v = {.source_height = from, .target_height = to};

	memset(v.source.h.b, (int)from, 32);
	memset(v.target.h.b, (int)to, 32);
	return v;
}

static void sign(struct ec *ec, struct vote *v, const struct hash256 *document,
		 uint8_t secret)
{
	uint8_t key[32] = {secret}, aux[32] = {0}, msg[32];

	assert_true(ec_xonly_create(ec, v->key, NULL, key));
	vote_message(msg, document, v);
	assert_true(ec_sign_schnorr(ec, v->sig, key, msg, aux));
}

/* The value was computed with Python's hashlib. */
static void the_message_is_a_tagged_hash(void **state)
{
	struct vote v = {.source_height = 40, .target_height = 60};
	struct hash256 document;
	uint8_t msg[32], want[32];

	for (int i = 0; i < 32; i++)
		document.b[i] = (uint8_t)i;
	memset(v.source.h.b, 0xaa, 32);
	memset(v.target.h.b, 0xbb, 32);
	vote_message(msg, &document, &v);
	assert_true(hex_parse(want, 32, "ccaf50157dc72071cd362096d9a5af068411d1b8"
			      "c403ee49fe6b203f803e50e1", 64));
	assert_memory_equal(msg, want, 32);
}

static void a_signature_covers_the_link_and_the_chain(void **state)
{
	struct ec *ec = ec_open();
	struct hash256 document = {{1}}, other = {{2}};
	struct vote v = link_of(1, 2), w;
	uint8_t raw[VOTE_SIZE];

	assert_non_null(ec);
	sign(ec, &v, &document, 7);
	assert_true(vote_signed(&v, &document));
	assert_false(vote_signed(&v, &other));
	vote_write(raw, &v);
	vote_read(&w, raw);
	assert_memory_equal(&v, &w, sizeof(v));
	for (int i = 0; i < VOTE_SIZE; i++) {
		raw[i] ^= 1;
		vote_read(&w, raw);
		assert_false(vote_signed(&w, &document));
		raw[i] ^= 1;
	}
	ec_close(ec);
}

static void the_commandments(void **state)
{
	struct vote a = link_of(2, 5), b = link_of(2, 5), c = link_of(1, 5);

	assert_int_equal(vote_clash(&a, &b), VOTE_AGREES);
	assert_int_equal(vote_clash(&a, &c), VOTE_DOUBLE);
	b.target.h.b[0] ^= 1;
	assert_int_equal(vote_clash(&a, &b), VOTE_DOUBLE);
	for (uint32_t from = 0; from < 8; from++)
		for (uint32_t to = from + 1; to < 9; to++) {
			bool in = from > 2 && to < 5, out = from < 2 && to > 5;

			b = link_of(from, to);
			if (to == 5)
				continue;
			assert_int_equal(vote_clash(&a, &b) == VOTE_SURROUND,
					 in || out);
			assert_int_equal(vote_clash(&a, &b), vote_clash(&b, &a));
		}
}

static void what_the_record_allows_never_clashes(void **state)
{
	for (int round = 0; round < 2000; round++) {
		struct vote signed_[32];
		struct vote_record r = {0};
		int n = 0;

		srand((unsigned)round);
		for (int i = 0; i < 200 && n < 32; i++) {
			struct vote v = link_of((uint32_t)rand() % 20,
						(uint32_t)rand() % 40);

			v.target.h.b[3] = (uint8_t)(rand() % 3);
			if (!vote_record_allows(&r, &v))
				continue;
			for (int k = 0; k < n; k++)
				assert_int_equal(vote_clash(&signed_[k], &v),
						 VOTE_AGREES);
			vote_record_add(&r, &v);
			signed_[n++] = v;
		}
		assert_true(n > 0);
	}
}

static void evidence_proves_itself(void **state)
{
	struct ec *ec = ec_open();
	struct hash256 document = {{1}};
	struct vote a = link_of(2, 5), b = link_of(1, 5), c, d;
	uint8_t script[VOTE_EVIDENCE_SCRIPT];

	assert_non_null(ec);
	sign(ec, &a, &document, 7);
	sign(ec, &b, &document, 7);
	assert_true(vote_evidence_proves(&a, &b, &document));
	assert_false(vote_evidence_proves(&a, &a, &document));
	vote_evidence_write(script, &a, &b);
	assert_true(vote_evidence_read(&c, &d, (struct bytes){script,
							     sizeof(script)}));
	assert_memory_equal(&a, &c, sizeof(a));
	assert_memory_equal(&b, &d, sizeof(b));
	for (size_t len = 0; len < sizeof(script); len++)
		assert_false(vote_evidence_read(&c, &d,
						(struct bytes){script, len}));
	/* another's vote, or a signature that is none, proves nothing */
	c = b;
	sign(ec, &c, &document, 8);
	assert_false(vote_evidence_proves(&a, &c, &document));
	d = b;
	d.sig[63] ^= 1;
	assert_false(vote_evidence_proves(&a, &d, &document));
	ec_close(ec);
}

/* Scripts as Bitcoin Core derives them from the descriptor
 * tr(H,and_v(v:pk(KEY),older(LOCK))), KEY being the generator. */
static void bonds_are_the_descriptors_outputs(void **state)
{
	static const struct { uint32_t lock; const char *script; } cases[] = {
		{1000, "5120f4a168f8f284f24efdc957e3b2b0a00ada335e694ac6be013431e3cae7e255e5"},
		{16, "51208ced9a34958786c44b279c4ff25a3843a4fa95f69058b341ba4d3debf34fa7f1"},
		{144, "51201d5d6f587502c9c5200963c3713042c6ec2a8ce60d587767fa4719aaa8008c0d"},
		{65535, "5120e215506e5edd8f6b6e87fa2267f26a8332917936f0f46bedae2f715e88b55e81"},
		{128, "512005f143bab94e9aa60c25214975ce16ca5a1e3298329bdd77135b1553885efb38"},
	};
	uint8_t owner[32], got[BOND_OUTPUT_SCRIPT], want[BOND_OUTPUT_SCRIPT];
	uint8_t script[BOND_REGISTER_SCRIPT], none[32] = {0};
	struct bond_keys k, back;

	assert_true(hex_parse(owner, 32, "79be667ef9dcbbac55a06295ce870b07"
			      "029bfcdb2dce28d959f2815b16f81798", 64));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(bond_script(got, NULL, owner, cases[i].lock));
		assert_true(hex_parse(want, sizeof(want), cases[i].script, 68));
		assert_memory_equal(got, want, sizeof(want));
	}
	assert_false(bond_script(got, NULL, none, 10));
	memcpy(k.validator, owner, 32);
	memcpy(k.owner, owner, 32);
	bond_register_write(script, &k);
	assert_true(bond_register_read(&back, (struct bytes){script,
							    sizeof(script)}));
	assert_memory_equal(&k, &back, sizeof(k));
	memset(script + 38, 0, 32);
	assert_false(bond_register_read(&back, (struct bytes){script,
							     sizeof(script)}));
	assert_false(bond_register_read(&back, (struct bytes){script, 69}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_message_is_a_tagged_hash),
		cmocka_unit_test(a_signature_covers_the_link_and_the_chain),
		cmocka_unit_test(the_commandments),
		cmocka_unit_test(what_the_record_allows_never_clashes),
		cmocka_unit_test(evidence_proves_itself),
		cmocka_unit_test(bonds_are_the_descriptors_outputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
