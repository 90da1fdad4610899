/* SPDX-License-Identifier: MIT */
/*
 * Signature hashes and the traps around them, against a plain reading of the
 * rules: a changed copy of the transaction, written out and hashed.
 */
#include "tests/unit/consensus/spend.h"

#include "crypto/hash160.h"

static const uint8_t seckey[32] = {[31] = 7};
static const uint8_t seckey2[32] = {[31] = 11};

/* The copy that a legacy signature signs. `code` stands in the input as it is,
 * behind a length of its own choice. */
static void naive_legacy(uint8_t out[32], const struct spend *s, size_t code_len,
			 struct bytes code, uint32_t type)
{
	uint32_t base = type & 0x1f, n_out = s->tx.n_out;
	bool acp = type & 0x80;
	struct buf b;

	buf_init(&b, SPEND_MAX);
	buf_le32(&b, s->tx.version);
	compactsize_add(&b, acp ? 1 : s->tx.n_in);
	for (uint32_t i = 0; i < s->tx.n_in; i++) {
		if (acp && i != s->at)
			continue;
		buf_add(&b, s->in[i].prevout.txid.h.b, 32);
		buf_le32(&b, s->in[i].prevout.n);
		compactsize_add(&b, i == s->at ? code_len : 0);
		if (i == s->at)
			buf_bytes(&b, code);
		buf_le32(&b, i != s->at && (base == 2 || base == 3) ?
			     0 : s->in[i].sequence);
	}
	n_out = base == 2 ? 0 : base == 3 ? s->at + 1 : n_out;
	compactsize_add(&b, n_out);
	for (uint32_t i = 0; i < n_out; i++) {
		bool null = base == 3 && i != s->at;

		buf_le64(&b, null ? UINT64_MAX : (uint64_t)s->out[i].value);
		compactsize_add(&b, null ? 0 : s->out[i].script.len);
		if (!null)
			buf_bytes(&b, s->out[i].script);
	}
	buf_le32(&b, s->tx.locktime);
	buf_le32(&b, type);
	sha256d(out, b.p, b.len);
	buf_free(&b);
}

static void legacy(uint8_t out[32], struct spend *s, struct bytes code,
		   const struct bytes *drop, unsigned n_drop, uint32_t type)
{
	struct script_code c = {code, drop, n_drop};
	struct sighash_cache *cache = sighash_cache_new(&s->tx, NULL);
	struct hash256 h;

	assert_non_null(cache);
	sighash_legacy(&h, cache, s->at, &c, type, NULL);
	memcpy(out, h.b, 32);
	sighash_cache_free(cache);
}

static void same_hash(struct spend *s, struct bytes code,
		      const struct bytes *drop, unsigned n_drop,
		      size_t naive_len, struct bytes naive_code)
{
	static const uint32_t types[] = {0, 1, 2, 3, 4, 0x1f, 0x21, 0x41, 0x43,
					 0x81, 0x82, 0x83, 0xff, 0xffffff81};
	uint8_t got[32], want[32];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		legacy(got, s, code, drop, n_drop, types[i]);
		naive_legacy(want, s, naive_len, naive_code, types[i]);
		assert_memory_equal(got, want, 32);
	}
}

#define BYTES(...) bytes_of((const uint8_t[]){__VA_ARGS__},                    \
			    sizeof((const uint8_t[]){__VA_ARGS__}))

static void legacy_hash_of_each_input(void **state)
{
	struct spend s;

	spend_init(&s, 3, 3);
	for (s.at = 0; s.at < 3; s.at++)
		same_hash(&s, BYTES(OP_1, OP_DROP, OP_1), NULL, 0, 3,
			  BYTES(OP_1, OP_DROP, OP_1));
	spend_free(&s);
}

/* More inputs than one step of stored states, each position. */
static void legacy_hash_in_a_long_transaction(void **state)
{
	struct txin in[3 * SIGHASH_STATE_STEP + 3];
	uint32_t n = sizeof(in) / sizeof(in[0]);
	struct spend s;

	spend_init(&s, 1, 2);
	for (uint32_t i = 0; i < n; i++) {
		in[i] = s.in[0];
		in[i].prevout.n = i;
		in[i].sequence = i * 3;
	}
	s.tx.in = in;
	for (uint32_t len = 1; len <= n; len++) {
		s.tx.n_in = len;
		for (s.at = 0; s.at < len; s.at++) {
			uint8_t got[32], want[32];
			struct buf b;

			legacy(got, &s, BYTES(OP_1), NULL, 0, 1);
			buf_init(&b, SPEND_MAX);
			in[s.at].script_sig = BYTES(OP_1);
			tx_write(&b, &s.tx, false);
			in[s.at].script_sig = bytes_of(NULL, 0);
			buf_le32(&b, 1);
			sha256d(want, b.p, b.len);
			buf_free(&b);
			assert_memory_equal(got, want, 32);
		}
	}
	spend_free(&s);
}

static void separators_are_not_hashed(void **state)
{
	struct spend s;

	spend_init(&s, 2, 2);
	same_hash(&s, BYTES(OP_CODESEPARATOR, OP_1, OP_CODESEPARATOR,
			    OP_CODESEPARATOR, OP_2DUP, OP_CODESEPARATOR),
		  NULL, 0, 2, BYTES(OP_1, OP_2DUP));
	/* a byte inside a push is no separator */
	same_hash(&s, BYTES(2, OP_CODESEPARATOR, OP_CODESEPARATOR), NULL, 0, 3,
		  BYTES(2, OP_CODESEPARATOR, OP_CODESEPARATOR));
	spend_free(&s);
}

static void find_and_delete_compares_whole_pushes(void **state)
{
	struct bytes sig = BYTES(0xaa, 0xbb);
	struct spend s;

	spend_init(&s, 2, 2);
	/* every one, side by side too */
	same_hash(&s, BYTES(2, 0xaa, 0xbb, 2, 0xaa, 0xbb, OP_1, 2, 0xaa, 0xbb),
		  &sig, 1, 1, BYTES(OP_1));
	/* not in a longer push, at its begin or end */
	same_hash(&s, BYTES(3, 0xaa, 0xbb, 0xcc, 3, 0xcc, 0xaa, 0xbb, OP_1),
		  &sig, 1, 9,
		  BYTES(3, 0xaa, 0xbb, 0xcc, 3, 0xcc, 0xaa, 0xbb, OP_1));
	/* not a push of a push */
	same_hash(&s, BYTES(3, 2, 0xaa, 0xbb), &sig, 1, 4,
		  BYTES(3, 2, 0xaa, 0xbb));
	/* not in another encoding */
	same_hash(&s, BYTES(OP_PUSHDATA1, 2, 0xaa, 0xbb), &sig, 1, 4,
		  BYTES(OP_PUSHDATA1, 2, 0xaa, 0xbb));
	same_hash(&s, BYTES(OP_PUSHDATA2, 2, 0, 0xaa, 0xbb), &sig, 1, 5,
		  BYTES(OP_PUSHDATA2, 2, 0, 0xaa, 0xbb));
	spend_free(&s);
}

/* An empty signature is pushed by OP_0; a byte that has an opcode of its own is
 * pushed by length all the same. */
static void find_and_delete_of_short_signatures(void **state)
{
	struct bytes empty = bytes_of(NULL, 0), one = BYTES(1);
	struct bytes both[2] = {empty, one};
	struct spend s;

	spend_init(&s, 2, 2);
	same_hash(&s, BYTES(OP_0, OP_1, OP_0, 1, 1), &empty, 1, 3,
		  BYTES(OP_1, 1, 1));
	same_hash(&s, BYTES(OP_0, OP_1, OP_0, 1, 1), &one, 1, 3,
		  BYTES(OP_0, OP_1, OP_0));
	same_hash(&s, BYTES(OP_0, OP_1, OP_0, 1, 1), both, 2, 1, BYTES(OP_1));
	spend_free(&s);
}

static void find_and_delete_of_long_signatures(void **state)
{
	static const size_t lengths[] = {75, 76, 255, 256, 520};
	uint8_t sig[520], code[530];
	struct spend s;

	spend_init(&s, 2, 2);
	memset(sig, 0x55, sizeof(sig));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct bytes drop = bytes_of(sig, lengths[i]);
		struct buf b;

		buf_init(&b, sizeof(code));
		script_push(&b, sig, lengths[i]);
		buf_u8(&b, OP_1);
		same_hash(&s, buf_view(&b), &drop, 1, 1, BYTES(OP_1));
		buf_free(&b);
	}
	spend_free(&s);
}

/* From the first undecodable operation on nothing is removed, and of it only
 * what the reader got through is hashed, under the full length. */
static void undecodable_tails(void **state)
{
	struct bytes sig = BYTES(0xaa);
	struct spend s;

	spend_init(&s, 2, 2);
	same_hash(&s, BYTES(1, 0xaa, OP_1, 5, 1, 0xaa, OP_CODESEPARATOR), &sig,
		  1, 5, BYTES(OP_1, 5));
	same_hash(&s, BYTES(OP_1, OP_PUSHDATA1), NULL, 0, 2,
		  BYTES(OP_1, OP_PUSHDATA1));
	same_hash(&s, BYTES(OP_1, OP_PUSHDATA1, 9, 1), NULL, 0, 4,
		  BYTES(OP_1, OP_PUSHDATA1, 9));
	same_hash(&s, BYTES(OP_1, OP_PUSHDATA2, 9), NULL, 0, 3,
		  BYTES(OP_1, OP_PUSHDATA2));
	same_hash(&s, BYTES(OP_CODESEPARATOR, OP_PUSHDATA4, 9, 9, 9, 9, 9), NULL,
		  0, 6, BYTES(OP_PUSHDATA4, 9, 9, 9, 9));
	spend_free(&s);
}

/* --- with signatures --- */

struct signer {
	struct ec *ec;
	uint8_t key[33], key2[33];
};

static int make_signer(void **state)
{
	static struct signer g;

	g.ec = ec_open();
	if (!g.ec || !ec_pubkey_create(g.ec, g.key, seckey, true) ||
	    !ec_pubkey_create(g.ec, g.key2, seckey2, true))
		return -1;
	*state = &g;
	return 0;
}

static int free_signer(void **state)
{
	ec_close(((struct signer *)*state)->ec);
	return 0;
}

static size_t sign(const struct signer *g, uint8_t out[EC_DER_MAX + 1],
		   const uint8_t secret[32], const uint8_t hash[32],
		   uint8_t type)
{
	size_t n = ec_sign_ecdsa(g->ec, out, secret, hash);

	out[n] = type;
	return n + 1;
}

static void single_without_output_signs_one(void **state)
{
	static const uint8_t types[] = {0x03, 0x83, 0x43, 0xc3, 0x23};
	static const uint8_t one[32] = {1};
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1];
	struct spend s;

	for (size_t i = 0; i < sizeof(types); i++) {
		size_t n = sign(g, sig, seckey, one, types[i]);

		spend_init(&s, 2, 1);
		script_push(&s.sig, sig, n);
		script_p2pk(&s.pubkey, bytes_of(g->key, 33));
		assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
		/* and not where the output exists */
		s.tx.n_out = 2;
		s.out[1] = s.out[0];
		assert_int_equal(spend_check(&s, CF_ALL, 0),
				 SCRIPT_ERR_EVAL_FALSE);
		spend_free(&s);
	}
}

/* BIP143: outputs hash to zero then. */
static void single_without_output_in_v0(void **state)
{
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1], h[32], seqs[32], code[25];
	struct spend s;
	struct buf b;
	size_t n;

	for (int acp = 0; acp <= 1; acp++) {
		uint8_t type = (uint8_t)(acp ? 0x83 : 0x03);

		spend_init(&s, 2, 1);
		hash160(h, g->key, 33);
		script_witness(&s.pubkey, 0, bytes_of(h, 20));
		buf_init(&b, 100);
		script_p2pkh(&b, h);
		memcpy(code, b.p, 25);
		buf_free(&b);

		buf_init(&b, 1000);
		for (int i = 0; i < 2; i++) {
			buf_add(&b, s.in[i].prevout.txid.h.b, 32);
			buf_le32(&b, s.in[i].prevout.n);
		}
		sha256d(seqs, b.p, b.len);
		buf_reset(&b);
		buf_le32(&b, s.tx.version);
		if (acp)
			memset(buf_extend(&b, 32), 0, 32);
		else
			buf_add(&b, seqs, 32);
		memset(buf_extend(&b, 32), 0, 32);
		buf_add(&b, s.in[1].prevout.txid.h.b, 32);
		buf_le32(&b, s.in[1].prevout.n);
		buf_u8(&b, 25);
		buf_add(&b, code, 25);
		buf_le64(&b, (uint64_t)s.coin[1].value);
		buf_le32(&b, s.in[1].sequence);
		memset(buf_extend(&b, 32), 0, 32);
		buf_le32(&b, s.tx.locktime);
		buf_le32(&b, type);
		sha256d(h, b.p, b.len);
		buf_free(&b);

		n = sign(g, sig, seckey, h, type);
		spend_item(&s, sig, n);
		spend_item(&s, g->key, 33);
		assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
		s.coin[1].value++;
		assert_int_equal(spend_check(&s, CF_ALL, 0),
				 SCRIPT_ERR_EVAL_FALSE);
		spend_free(&s);
	}
}

/* The output's script holds the very signature that signs it without itself. */
static void a_script_that_holds_its_signature(void **state)
{
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1], h[32];
	struct spend s;
	size_t n;

	spend_init(&s, 2, 2);
	buf_u8(&s.leaf, OP_DROP);
	script_p2pk(&s.leaf, bytes_of(g->key, 33));
	naive_legacy(h, &s, s.leaf.len, buf_view(&s.leaf), 1);
	n = sign(g, sig, seckey, h, 1);
	script_push(&s.sig, sig, n);
	script_push(&s.pubkey, sig, n);
	buf_bytes(&s.pubkey, buf_view(&s.leaf));
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
	assert_int_equal(spend_check(&s, CF_ALL, PF_CONST_SCRIPTCODE),
			 SCRIPT_ERR_SIG_FINDANDDELETE);
	/* another encoding of the push stays and is signed */
	buf_reset(&s.pubkey);
	buf_u8(&s.pubkey, OP_PUSHDATA1);
	buf_u8(&s.pubkey, (uint8_t)n);
	buf_add(&s.pubkey, sig, n);
	buf_bytes(&s.pubkey, buf_view(&s.leaf));
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_EVAL_FALSE);
	spend_free(&s);
}

/* Two checks of one script, the first of whose signatures stands in it: what
 * was hashed without it must not serve the second. */
static void a_deleted_signature_changes_one_hash_only(void **state)
{
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1], sig2[EC_DER_MAX + 1], h[32];
	struct spend s;
	size_t n, n2;

	spend_init(&s, 2, 2);
	buf_u8(&s.leaf, OP_DROP);
	script_push(&s.leaf, g->key, 33);
	buf_u8(&s.leaf, OP_CHECKSIGVERIFY);
	script_p2pk(&s.leaf, bytes_of(g->key2, 33));
	naive_legacy(h, &s, s.leaf.len, buf_view(&s.leaf), 1);
	n = sign(g, sig, seckey, h, 1);
	script_push(&s.pubkey, sig, n);
	buf_bytes(&s.pubkey, buf_view(&s.leaf));
	naive_legacy(h, &s, s.pubkey.len, buf_view(&s.pubkey), 1);
	n2 = sign(g, sig2, seckey2, h, 1);
	script_push(&s.sig, sig2, n2);
	script_push(&s.sig, sig, n);
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
	spend_free(&s);
}

/* CODESEPARATOR key CHECKSIGVERIFY CODESEPARATOR key2 CHECKSIG: where the
 * scripts that the two signatures sign begin. */
#define SECOND_CODE 1
#define SECOND_KEY (1 + 34 + 1 + 1)

static void separator_script(struct buf *b, const struct signer *g)
{
	buf_u8(b, OP_CODESEPARATOR);
	script_push(b, g->key, 33);
	buf_u8(b, OP_CHECKSIGVERIFY);
	buf_u8(b, OP_CODESEPARATOR);
	script_push(b, g->key2, 33);
	buf_u8(b, OP_CHECKSIG);
}

static void separators_in_legacy(void **state)
{
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1], sig2[EC_DER_MAX + 1], h[32];
	struct spend s;
	struct buf bare;
	size_t n, n2;

	spend_init(&s, 2, 2);
	separator_script(&s.pubkey, g);
	/* all separators gone: 34 + 1, 34 + 1 */
	buf_init(&bare, 200);
	buf_add(&bare, s.pubkey.p + SECOND_CODE, 35);
	buf_add(&bare, s.pubkey.p + SECOND_KEY, 35);
	naive_legacy(h, &s, bare.len, buf_view(&bare), 1);
	n = sign(g, sig, seckey, h, 1);
	naive_legacy(h, &s, 35, bytes_of(bare.p + 35, 35), 1);
	n2 = sign(g, sig2, seckey2, h, 1);
	buf_free(&bare);
	script_push(&s.sig, sig2, n2);
	script_push(&s.sig, sig, n);
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
	assert_int_equal(spend_check(&s, CF_ALL, PF_CONST_SCRIPTCODE),
			 SCRIPT_ERR_OP_CODESEPARATOR);
	spend_free(&s);
}

static void v0_hash(uint8_t out[32], struct spend *s, struct bytes code)
{
	struct sighash_cache *c;
	struct hash256 h;

	s->tx.has_witness = true;
	c = sighash_cache_new(&s->tx, s->coin);
	assert_non_null(c);
	sighash_v0(&h, c, s->at, code, s->coin[s->at].value, 1);
	memcpy(out, h.b, 32);
	sighash_cache_free(c);
}

static void separators_in_v0(void **state)
{
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1], sig2[EC_DER_MAX + 1], h[32];
	struct spend s;
	size_t n, n2;

	spend_init(&s, 2, 2);
	separator_script(&s.leaf, g);
	/* what follows the separator executed last, the other one included */
	v0_hash(h, &s, bytes_of(s.leaf.p + SECOND_CODE, s.leaf.len - SECOND_CODE));
	n = sign(g, sig, seckey, h, 1);
	v0_hash(h, &s, bytes_of(s.leaf.p + SECOND_KEY, s.leaf.len - SECOND_KEY));
	n2 = sign(g, sig2, seckey2, h, 1);
	spend_item(&s, sig2, n2);
	spend_item(&s, sig, n);
	spend_p2wsh(&s);
	assert_int_equal(spend_check(&s, CF_ALL, PF_CONST_SCRIPTCODE),
			 SCRIPT_ERR_OK);
	spend_free(&s);
}

/* The index of the operation: a push is one, and so is what is not executed. */
static void separators_in_tapscript(void **state)
{
	static const uint8_t aux[32];
	const struct signer *g = *state;
	uint8_t sig[64], key[32];
	struct taproot_ext ext = {.tapscript = true};
	struct sighash_cache *c;
	struct hash256 h;
	struct spend s;

	for (int unexecuted = 0; unexecuted <= 1; unexecuted++) {
		spend_init(&s, 2, 2);
		spend_ops(&s.leaf, OP_0, 1);
		spend_ops(&s.leaf, OP_IF, 1);
		spend_ops(&s.leaf, OP_CODESEPARATOR, 1);
		spend_ops(&s.leaf, OP_ENDIF, 1);
		buf_add(&s.leaf, "\3\xab\xab\xab", 4);
		spend_ops(&s.leaf, OP_DROP, 1);
		spend_ops(&s.leaf, unexecuted ? OP_NOP : OP_CODESEPARATOR, 1);
		assert_true(ec_xonly_create(g->ec, key, NULL, seckey));
		script_push(&s.leaf, key, 32);
		spend_ops(&s.leaf, OP_CHECKSIG, 1);
		/* room for the signature, filled in below */
		spend_item(&s, (uint8_t[64]){0}, 64);
		spend_p2tr(&s, 0xc0);
		spend_settle(&s);
		taproot_leaf_hash(&ext.leaf, 0xc0, buf_view(&s.leaf));
		ext.codesep = unexecuted ? UINT32_MAX : 6;
		c = sighash_cache_new(&s.tx, s.coin);
		assert_non_null(c);
		assert_true(sighash_taproot(&h, c, s.at, &ext, 0));
		assert_true(ec_sign_schnorr(g->ec, sig, seckey, h.b, aux));
		memcpy(s.witness.p + 1, sig, 64);
		assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
		ext.codesep = 2;
		assert_true(sighash_taproot(&h, c, s.at, &ext, 0));
		assert_true(ec_sign_schnorr(g->ec, sig, seckey, h.b, aux));
		memcpy(s.witness.p + 1, sig, 64);
		assert_int_equal(spend_check(&s, CF_ALL, 0),
				 SCRIPT_ERR_SCHNORR_SIG);
		sighash_cache_free(c);
		spend_free(&s);
	}
}

/* Many signatures under one script are hashed once for each kind of type; the
 * stored state must not leak into another script or type. */
static void repeated_checks_in_one_script(void **state)
{
	static const uint8_t types[] = {1, 2, 3, 0x81, 0x82, 0x83, 0x21, 0};
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1], h[32];
	struct spend s;

	spend_init(&s, 3, 3);
	for (size_t i = 0; i < 2 * sizeof(types); i++) {
		script_push(&s.pubkey, g->key, 33);
		buf_u8(&s.pubkey, i + 1 < 2 * sizeof(types) ? OP_CHECKSIGVERIFY :
							     OP_CHECKSIG);
	}
	for (size_t i = 0; i < 2 * sizeof(types); i++) {
		uint8_t type = types[i % sizeof(types)];
		size_t n;

		naive_legacy(h, &s, s.pubkey.len, buf_view(&s.pubkey), type);
		n = sign(g, sig, seckey, h, type);
		script_push(&s.sig, sig, n);
	}
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_OK);
	spend_free(&s);
}

/* A legacy check may run although the input has a witness: it must be judged,
 * and the input fails for its witness afterwards. */
static void legacy_check_beside_a_witness(void **state)
{
	const struct signer *g = *state;
	uint8_t sig[EC_DER_MAX + 1], h[32];
	struct spend s;
	size_t n;

	spend_init(&s, 1, 1);
	script_p2pk(&s.pubkey, bytes_of(g->key, 33));
	naive_legacy(h, &s, s.pubkey.len, buf_view(&s.pubkey), 1);
	n = sign(g, sig, seckey, h, 1);
	script_push(&s.sig, sig, n);
	spend_item(&s, "x", 1);
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_WITNESS_UNEXPECTED);
	assert_int_equal(spend_check(&s, CF_P2SH, 0), SCRIPT_ERR_OK);
	/* the same in the input's own script, of a witness program */
	buf_bytes(&s.sig, buf_view(&s.pubkey));
	buf_reset(&s.pubkey);
	script_witness(&s.pubkey, 1, bytes_of(g->key, 32));
	assert_int_equal(spend_check(&s, CF_ALL, 0), SCRIPT_ERR_WITNESS_MALLEATED);
	spend_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(legacy_hash_of_each_input),
		cmocka_unit_test(legacy_hash_in_a_long_transaction),
		cmocka_unit_test(separators_are_not_hashed),
		cmocka_unit_test(find_and_delete_compares_whole_pushes),
		cmocka_unit_test(find_and_delete_of_short_signatures),
		cmocka_unit_test(find_and_delete_of_long_signatures),
		cmocka_unit_test(undecodable_tails),
		cmocka_unit_test(single_without_output_signs_one),
		cmocka_unit_test(single_without_output_in_v0),
		cmocka_unit_test(a_script_that_holds_its_signature),
		cmocka_unit_test(a_deleted_signature_changes_one_hash_only),
		cmocka_unit_test(separators_in_legacy),
		cmocka_unit_test(separators_in_v0),
		cmocka_unit_test(separators_in_tapscript),
		cmocka_unit_test(repeated_checks_in_one_script),
		cmocka_unit_test(legacy_check_beside_a_witness),
	};

	return cmocka_run_group_tests(tests, make_signer, free_signer);
}
