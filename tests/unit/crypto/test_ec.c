/* SPDX-License-Identifier: MIT */
/* secp256k1: Wycheproof, BIP340 and hand-made signatures in odd forms. */
#include "tests/unit/crypto/fields.h"

#include "crypto/ec.h"
#include "crypto/sha256.h"

static struct ec *ec;

static int open_ec(void **state)
{
	ec = ec_open();
	return ec ? 0 : -1;
}

static int close_ec(void **state)
{
	ec_close(ec);
	return 0;
}

/* "valid" there means strict DER, low S and a signature that verifies. */
static void wycheproof_bitcoin_signatures(void **state)
{
	size_t len, n, pub_len = 0, sig_len = 0;
	char *file = unit_vector("crypto/ecdsa_secp256k1_sha256_bitcoin_test.json",
				 &len);
	static uint8_t pub[65], msg[65536], sig[65536];
	uint8_t h[32] = {0};
	const char *f;
	int cases = 0, valid = 0;

	if (!file)
		skip();
	for (const char *p = file; p; p = field_next_line(p)) {
		if ((f = field_after(p, "\"uncompressed\" : \"", "\"", &n))) {
			pub_len = field_hex(pub, sizeof(pub), f, n);
		} else if ((f = field_after(p, "\"msg\" : \"", "\"", &n))) {
			sha256(h, msg, field_hex(msg, sizeof(msg), f, n));
		} else if ((f = field_after(p, "\"sig\" : \"", "\"", &n))) {
			sig_len = field_hex(sig, sizeof(sig) - 1, f, n);
			sig[sig_len] = 1;
		} else if ((f = field_after(p, "\"result\" : \"", "\"", &n))) {
			struct bytes typed = bytes_of(sig, sig_len + 1);
			bool ok = ec_der_is_strict(typed) && ec_sig_is_low_s(typed) &&
				  ec_verify_ecdsa(bytes_of(sig, sig_len),
						  bytes_of(pub, pub_len), h);

			assert_int_equal(ok, n == 5 && memcmp(f, "valid", 5) == 0);
			valid += ok;
			cases++;
		}
	}
	assert_int_equal(cases, 463);
	assert_true(valid > 100);
	free(file);
}

/* One field of a CSV line, empty for none. */
static const char *column(const char *line, int i, size_t *n)
{
	while (i--)
		line += strcspn(line, ",\n") + 1;
	*n = strcspn(line, ",\n\r");
	return line;
}

static void bip340_vectors(void **state)
{
	size_t len, n;
	char *file = unit_vector("core/bip340_test_vectors.csv", &len);
	uint8_t sec[32], pub[32], aux[32], msg[32], sig[64], got[64], x[32];
	int cases = 0, signed_cases = 0;
	const char *f;

	if (!file)
		skip();
	for (const char *p = field_next_line(file); p && *p; p = field_next_line(p)) {
		f = column(p, 4, &n);
		if (n != 64)
			continue; /* Bitcoin signs 32 bytes only. */
		field_hex(msg, 32, f, n);
		f = column(p, 2, &n);
		assert_int_equal(field_hex(pub, 32, f, n), 32);
		f = column(p, 5, &n);
		assert_int_equal(field_hex(sig, 64, f, n), 64);
		f = column(p, 6, &n);
		assert_int_equal(ec_verify_schnorr(sig, pub, msg), n == 4);
		cases++;
		f = column(p, 1, &n);
		if (n != 64)
			continue;
		field_hex(sec, 32, f, n);
		f = column(p, 3, &n);
		field_hex(aux, 32, f, n);
		assert_true(ec_xonly_create(ec, x, NULL, sec));
		assert_memory_equal(x, pub, 32);
		assert_true(ec_sign_schnorr(ec, got, sec, msg, aux));
		assert_memory_equal(got, sig, 64);
		signed_cases++;
	}
	assert_int_equal(cases, 15);
	assert_int_equal(signed_cases, 4);
	free(file);
}

static const char order[] =
	"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/* Builds DER from R and S as given, returns its length. */
static size_t der(uint8_t *out, const uint8_t *r, size_t r_len, const uint8_t *s,
		  size_t s_len)
{
	uint8_t *p = out;

	*p++ = 0x30;
	*p++ = (uint8_t)(4 + r_len + s_len);
	*p++ = 2;
	*p++ = (uint8_t)r_len;
	memcpy(p, r, r_len);
	p += r_len;
	*p++ = 2;
	*p++ = (uint8_t)s_len;
	memcpy(p, s, s_len);
	return (size_t)(p + s_len - out);
}

struct made {
	uint8_t msg[32], pub[33], r[34], s[34];	/* r, s with two zeros in front */
};

/* A signature whose R and S both fit 31 or 32 bytes without a sign byte. */
static struct made make_signature(void)
{
	struct made m = {{0}};
	uint8_t sec[32] = {[31] = 3}, sig[EC_DER_MAX];
	size_t n;

	sha256(m.msg, "sign me", 7);
	assert_int_equal(ec_pubkey_create(ec, m.pub, sec, true), 33);
	n = ec_sign_ecdsa(ec, sig, sec, m.msg);
	assert_true(n >= 68 && n <= 70);
	memcpy(m.r + 34 - sig[3], sig + 4, sig[3]);
	memcpy(m.s + 34 - sig[5 + sig[3]], sig + 6 + sig[3], sig[5 + sig[3]]);
	return m;
}

static bool verifies(const struct made *m, const uint8_t *sig, size_t n)
{
	return ec_verify_ecdsa(bytes_of(sig, n), bytes_of(m->pub, 33), m->msg);
}

static void lax_forms_verify_and_are_not_strict(void **state)
{
	struct made m = make_signature();
	uint8_t sig[200], t[200];
	size_t n;

	n = der(sig, m.r + 2, 32, m.s + 2, 32);
	assert_true(verifies(&m, sig, n));
	sig[n] = 1;
	assert_true(ec_der_is_strict(bytes_of(sig, n + 1)));

	/* One zero too many in R. */
	n = der(t, m.r, 34, m.s + 2, 32);
	assert_true(verifies(&m, t, n));
	t[n] = 1;
	assert_false(ec_der_is_strict(bytes_of(t, n + 1)));

	/* A wrong length of the sequence, and bytes after S. */
	n = der(t, m.r + 2, 32, m.s + 2, 32);
	t[1] = 5;
	t[n] = 0xab;
	assert_true(verifies(&m, t, n + 1));

	/* Lengths in long form: 30 81 xx 02 82 00 20 R 02 20 S. */
	n = 0;
	t[n++] = 0x30;
	t[n++] = 0x81;
	t[n++] = 0x47;
	t[n++] = 2;
	t[n++] = 0x82;
	t[n++] = 0;
	t[n++] = 32;
	memcpy(t + n, m.r + 2, 32);
	n += 32;
	t[n++] = 2;
	t[n++] = 32;
	memcpy(t + n, m.s + 2, 32);
	n += 32;
	assert_true(verifies(&m, t, n));
	/* Cut by one byte the structure is broken. */
	assert_false(verifies(&m, t, n - 1));
	t[4] = 0x84;
	t[5] = 1;
	assert_false(verifies(&m, t, n));
}

static void high_s_verifies_and_is_not_low(void **state)
{
	struct made m = make_signature();
	uint8_t n_be[32], s[33] = {0}, sig[80];
	unsigned borrow = 0;
	size_t n;

	hex_of(n_be, 32, order);
	for (int i = 31; i >= 0; i--) {
		unsigned v = 256u + n_be[i] - m.s[2 + i] - borrow;

		s[1 + i] = (uint8_t)v;
		borrow = v < 256;
	}
	n = der(sig, m.r + 2, 32, s, 33);
	assert_true(verifies(&m, sig, n));
	sig[n] = 1;
	assert_true(ec_der_is_strict(bytes_of(sig, n + 1)));
	assert_false(ec_sig_is_low_s(bytes_of(sig, n + 1)));
	n = der(sig, m.r + 2, 32, m.s + 2, 32);
	sig[n] = 1;
	assert_true(ec_sig_is_low_s(bytes_of(sig, n + 1)));
}

static void numbers_out_of_range_are_read_and_fail(void **state)
{
	struct made m = make_signature();
	uint8_t big[40], sig[120], rs[64], zero[64] = {0};
	size_t n;

	memset(big, 0xff, sizeof(big));
	n = der(sig, big, 40, m.s + 2, 32);
	assert_true(der_read_lax(bytes_of(sig, n), rs));
	assert_memory_equal(rs, zero, 64);
	assert_false(verifies(&m, sig, n));
	n = der(sig, big, 32, m.s + 2, 32);
	assert_false(verifies(&m, sig, n));
	n = der(sig, zero, 0, m.s + 2, 32);
	assert_true(der_read_lax(bytes_of(sig, n), rs));
	assert_false(verifies(&m, sig, n));
}

static void every_cut_and_every_bit_of_a_signature_is_harmless(void **state)
{
	struct made m = make_signature();
	uint8_t sig[80];
	size_t n = der(sig, m.r + 2, 32, m.s + 2, 32);

	for (size_t cut = 0; cut < n; cut++) {
		/* A heap copy of just that length, for the sanitizer. */
		uint8_t *p = malloc(cut ? cut : 1);

		memcpy(p, sig, cut);
		assert_false(verifies(&m, p, cut));
		assert_false(ec_der_is_strict(bytes_of(p, cut)));
		free(p);
	}
	for (size_t bit = 0; bit < n * 8; bit++) {
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
		/* The length of the sequence alone does not matter. */
		if (bit / 8 != 1)
			assert_false(verifies(&m, sig, n));
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void strict_der_bounds(void **state)
{
	static const struct {
		const char *sig;
		bool ok;
	} t[] = {
		{"300602010102010101", true},
		{"3006020101020101", false},		/* hash type missing */
		{"300602010002010001", true},		/* zero is well-formed */
		{"30070202000102010101", false},	/* zero in front */
		{"3007020200810201" "0101", true},
		{"300602018102010101", false},	/* negative R */
		{"300602010102018101", false},	/* negative S */
		{"300502000202010101", false},	/* empty R */
		{"310602010102010101", false},
		{"300603010102010101", false},
		{"300602010103010101", false},
		{"300702010102010101", false},	/* wrong length */
		{"3006020101020101ff01", false}, /* byte after S */
		{"30060201010202010101", false},
		{"", false},
	};
	uint8_t sig[80];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		size_t n = hex_of(sig, sizeof(sig), t[i].sig);

		assert_int_equal(ec_der_is_strict(bytes_of(sig, n)), t[i].ok);
	}
}

static void public_keys_in_their_forms(void **state)
{
	uint8_t sec[32] = {[31] = 1}, full[65], comp[33], hybrid[65], out[65];

	/* SEC 2: the base point. */
	assert_int_equal(ec_pubkey_create(ec, full, sec, false), 65);
	assert_hex(full, 65,
		   "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
		   "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
	assert_int_equal(ec_pubkey_create(ec, comp, sec, true), 33);
	assert_true(ec_pubkey_parse_ok(bytes_of(full, 65)));
	assert_true(ec_pubkey_parse_ok(bytes_of(comp, 33)));
	memcpy(hybrid, full, 65);
	hybrid[0] = 6; /* y is even */
	assert_true(ec_pubkey_parse_ok(bytes_of(hybrid, 65)));
	hybrid[0] = 7;
	assert_false(ec_pubkey_parse_ok(bytes_of(hybrid, 65)));
	assert_int_equal(ec_pubkey_convert(out, true, bytes_of(full, 65)), 33);
	assert_memory_equal(out, comp, 33);
	assert_int_equal(ec_pubkey_convert(out, false, bytes_of(comp, 33)), 65);
	assert_memory_equal(out, full, 65);

	assert_false(ec_pubkey_parse_ok(bytes_of(NULL, 0)));
	assert_false(ec_pubkey_parse_ok(bytes_of(full, 64)));
	assert_false(ec_pubkey_parse_ok(bytes_of(full, 33)));
	full[64] ^= 1;
	assert_false(ec_pubkey_parse_ok(bytes_of(full, 65)));
	assert_int_equal(ec_pubkey_convert(out, true, bytes_of(full, 65)), 0);
}

static void hybrid_keys_verify(void **state)
{
	struct made m = make_signature();
	uint8_t full[65], sig[80];
	size_t n = der(sig, m.r + 2, 32, m.s + 2, 32);

	ec_pubkey_convert(full, false, bytes_of(m.pub, 33));
	full[0] = (uint8_t)(6 + (full[64] & 1));
	assert_true(ec_verify_ecdsa(bytes_of(sig, n), bytes_of(full, 65), m.msg));
	full[0] ^= 1;
	assert_false(ec_verify_ecdsa(bytes_of(sig, n), bytes_of(full, 65), m.msg));
}

static void secret_keys_are_between_zero_and_the_order(void **state)
{
	uint8_t k[32] = {0}, one[32] = {[31] = 1}, out[EC_DER_MAX];

	assert_false(ec_seckey_valid(k));
	assert_int_equal(ec_pubkey_create(ec, out, k, true), 0);
	assert_int_equal(ec_sign_ecdsa(ec, out, k, one), 0);
	hex_of(k, 32, order);
	assert_false(ec_seckey_valid(k));
	k[31] -= 1;
	assert_true(ec_seckey_valid(k));
	/* n - 1 + 1 = 0 */
	assert_false(ec_seckey_tweak_add(k, one));
}

static void tweaks_of_both_halves_agree(void **state)
{
	uint8_t sec[32] = {[31] = 9}, tweak[32], pub[33], want[33], got[33];
	uint8_t internal[32], q[32], x[32];
	int parity, other;

	sha256(tweak, "tweak", 5);
	ec_pubkey_create(ec, pub, sec, true);
	assert_true(ec_pubkey_tweak_add(got, bytes_of(pub, 33), tweak));
	assert_true(ec_seckey_tweak_add(sec, tweak));
	ec_pubkey_create(ec, want, sec, true);
	assert_memory_equal(got, want, 33);

	/* Taproot, for keys with an even and with an odd y. */
	for (uint8_t i = 1; i < 10; i++) {
		uint8_t k[32] = {[0] = i, [31] = 5};

		assert_true(ec_xonly_create(ec, internal, NULL, k));
		assert_true(ec_xonly_tweak_add(q, &parity, internal, tweak));
		assert_true(ec_xonly_tweak_check(q, parity, internal, tweak));
		assert_false(ec_xonly_tweak_check(q, !parity, internal, tweak));
		assert_true(ec_seckey_tweak_xonly(ec, k, tweak));
		assert_true(ec_xonly_create(ec, x, &other, k));
		assert_memory_equal(x, q, 32);
		assert_int_equal(other, parity);
		q[5] ^= 1;
		assert_false(ec_xonly_tweak_check(q, parity, internal, tweak));
	}
	hex_of(tweak, 32, order);
	assert_false(ec_xonly_tweak_add(q, &parity, internal, tweak));
	assert_false(ec_xonly_tweak_check(q, 0, internal, tweak));
}

static void signatures_are_low_in_r_and_s_and_deterministic(void **state)
{
	uint8_t sec[32] = {[31] = 1}, pub[33], msg[32], a[72], b[73];

	ec_pubkey_create(ec, pub, sec, true);
	for (uint8_t i = 0; i < 40; i++) {
		size_t n, m;

		sha256(msg, &i, 1);
		n = ec_sign_ecdsa(ec, a, sec, msg);
		m = ec_sign_ecdsa(ec, b, sec, msg);
		assert_true(n > 0 && n <= 70);
		assert_int_equal(n, m);
		assert_memory_equal(a, b, n);
		b[n] = 1;
		assert_true(ec_sig_is_low_s(bytes_of(b, n + 1)));
		assert_true(ec_verify_ecdsa(bytes_of(a, n), bytes_of(pub, 33), msg));
		msg[0] ^= 1;
		assert_false(ec_verify_ecdsa(bytes_of(a, n), bytes_of(pub, 33), msg));
	}
}

/* RFC 6979 on secp256k1, key 1, "Satoshi Nakamoto": a widely published value
 * whose R is high, so the recoverable signature, which is not repeated, shows
 * it. */
static void recoverable_signature_gives_the_key_back(void **state)
{
	uint8_t sec[32] = {[31] = 1}, msg[32], sig[64], want[33], got[33];
	int recid;

	sha256(msg, "Satoshi Nakamoto", 16);
	assert_true(ec_sign_recoverable(ec, sig, &recid, sec, msg));
	assert_hex(sig, 64,
		   "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
		   "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
	ec_pubkey_create(ec, want, sec, true);
	assert_int_equal(ec_recover(got, true, sig, recid, msg), 33);
	assert_memory_equal(got, want, 33);
	assert_true(ec_recover(got, true, sig, recid ^ 1, msg) == 0 ||
		    memcmp(got, want, 33) != 0);
	assert_int_equal(ec_recover(got, true, sig, 4, msg), 0);
	assert_int_equal(ec_recover(got, true, sig, -1, msg), 0);
	memset(sig, 0xff, 64);
	assert_int_equal(ec_recover(got, true, sig, 0, msg), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wycheproof_bitcoin_signatures),
		cmocka_unit_test(bip340_vectors),
		cmocka_unit_test(lax_forms_verify_and_are_not_strict),
		cmocka_unit_test(high_s_verifies_and_is_not_low),
		cmocka_unit_test(numbers_out_of_range_are_read_and_fail),
		cmocka_unit_test(every_cut_and_every_bit_of_a_signature_is_harmless),
		cmocka_unit_test(strict_der_bounds),
		cmocka_unit_test(public_keys_in_their_forms),
		cmocka_unit_test(hybrid_keys_verify),
		cmocka_unit_test(secret_keys_are_between_zero_and_the_order),
		cmocka_unit_test(tweaks_of_both_halves_agree),
		cmocka_unit_test(signatures_are_low_in_r_and_s_and_deterministic),
		cmocka_unit_test(recoverable_signature_gives_the_key_back),
	};

	return cmocka_run_group_tests_name("crypto/ec", tests, open_ec, close_ec);
}
