/* SPDX-License-Identifier: MIT */
/*
 * wallet: digests against BIP143's example and a payment of block 170 that the
 * whole network accepted; payments against the rules they must keep.
 */
#include "tests/unit/unit.h"

#include "base/hex.h"
#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "primitives/script.h"
#include "wallet/digest.h"
#include "wallet/sign.h"

static void parse_tx(struct tx *tx, struct arena *a, const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *raw = arena_array(a, n, uint8_t);

	assert_true(hex_parse(raw, n, hex, 2 * n));
	assert_int_equal(tx_parse(tx, raw, n, a), ST_OK);
}

/* BIP143, "Native P2WPKH", second input. */
static void segwit_digest_is_that_of_bip143(void **state)
{
	uint8_t hash[20], want[32], got[32];
	struct arena a;
	struct tx tx;

	arena_init(&a, 1 << 20);
	parse_tx(&tx, &a,
		 "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541d"
		 "b4e4ad969f0000000000eeffffffef51e1b804cc89d182d279655c3aa89e815b"
		 "1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb20600000000"
		 "1976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d0000"
		 "00001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000");
	assert_true(hex_parse(hash, 20, "1d0f172a0ecb48aee1be1f2687d2963ae33f71a1",
			      40));
	assert_true(hex_parse(want, 32,
			      "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb"
			      "49478cb670", 64));
	assert_int_equal(wallet_digest_segwit(got, &tx, 1, hash, 600000000), ST_OK);
	assert_memory_equal(got, want, 32);
	arena_free(&a);
}

/* f4184fc5..., the first payment: its signature fits the digest made here. */
static void legacy_digest_is_what_block_170_signed(void **state)
{
	uint8_t key[65], got[32];
	struct bytes sig;
	struct arena a;
	struct buf script;
	struct tx tx;

	arena_init(&a, 1 << 20);
	buf_init(&script, 100);
	parse_tx(&tx, &a,
		 "0100000001c997a5e56e104102fa209c6a852dd90660a20b2d9c352423edce25"
		 "857fcd3704000000004847304402204e45e16932b8af514961a1d3a1a25fdf3f"
		 "4f7732e9d624c6c61548ab5fb8cd410220181522ec8eca07de4860a4acdd1290"
		 "9d831cc56cbbac4622082221a8768d1d0901ffffffff0200ca9a3b0000000043"
		 "4104ae1a62fe09c5f51b13905f07f06b99a2f7159b2225f374cd378d71302fa2"
		 "8414e7aab37397f554a7df5f142c21c1b7303b8a0626f1baded5c72a704f7e6c"
		 "d84cac00286bee0000000043410411db93e1dcdb8a016b49840f8c53bc1eb68a"
		 "382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b"
		 "64f9d4c03f999b8643f656b412a3ac00000000");
	/* The change went back to the key that signed. */
	memcpy(key, tx.out[1].script.p + 1, 65);
	script_p2pk(&script, bytes_of(key, 65));
	assert_int_equal(wallet_digest_legacy(got, &tx, 0, buf_view(&script)), ST_OK);
	sig = bytes_of(tx.in[0].script_sig.p + 1, tx.in[0].script_sig.len - 2);
	assert_true(ec_verify_ecdsa(sig, bytes_of(key, 65), got));
	got[0] ^= 1;
	assert_false(ec_verify_ecdsa(sig, bytes_of(key, 65), got));
	buf_free(&script);
	arena_free(&a);
}

/* --- payments --- */

#define N_COINS 4

struct fixture {
	struct wallet_signer *signer;
	struct wallet_key key;
	struct buf from, to, raw;
	struct wallet_coin coin[N_COINS];
	struct arena a;
	uint8_t pubkey[65];
	size_t pubkey_len;
};

static void set_up(struct fixture *f, enum script_kind kind, bool compressed)
{
	const int64_t value[N_COINS] = {30000, 500000, 40000, 20000};
	struct ec *ec = ec_open();
	uint8_t hash[20], other[20] = {9};

	f->signer = wallet_signer_open();
	assert_non_null(f->signer);
	memset(f->key.secret, 7, 32);
	f->pubkey_len = ec_pubkey_create(ec, f->pubkey, f->key.secret, compressed);
	ec_close(ec);
	hash160(hash, f->pubkey, f->pubkey_len);
	buf_init(&f->from, 100);
	buf_init(&f->to, 100);
	buf_init(&f->raw, 100000);
	arena_init(&f->a, 1 << 20);
	if (kind == SCRIPT_PUBKEY)
		script_p2pk(&f->from, bytes_of(f->pubkey, f->pubkey_len));
	else if (kind == SCRIPT_PUBKEYHASH)
		script_p2pkh(&f->from, hash);
	else
		script_witness(&f->from, 0, bytes_of(hash, 20));
	script_p2pkh(&f->to, other);
	for (unsigned i = 0; i < N_COINS; i++) {
		memset(&f->coin[i], 0, sizeof(f->coin[i]));
		f->coin[i].at.txid.h.b[0] = (uint8_t)(i + 1);
		f->coin[i].value_sat = value[i];
	}
}

static void tear_down(struct fixture *f)
{
	wallet_signer_close(f->signer);
	buf_free(&f->from);
	buf_free(&f->to);
	buf_free(&f->raw);
	arena_free(&f->a);
}

static enum wallet_pay_result pay(struct fixture *f, int64_t amount_sat,
				  int64_t fee_sat, struct wallet_paid *paid)
{
	const struct wallet_order o = {
		.from = buf_view(&f->from), .to = buf_view(&f->to),
		.amount_sat = amount_sat, .fee_sat = fee_sat,
		.fee_rate_sat_kvb = 2000,
	};

	return wallet_pay(f->signer, &f->key, &o, f->coin, N_COINS, &f->raw, paid);
}

/* Each signature fits its digest, which the tests above tie to the network. */
static void check_signatures(struct fixture *f, enum script_kind kind,
			     const struct tx *tx)
{
	uint8_t hash[20], msg[32];

	hash160(hash, f->pubkey, f->pubkey_len);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		bool segwit = kind == SCRIPT_WITNESS_V0_KEYHASH;
		struct bytes left = segwit ? tx->in[i].witness : tx->in[i].script_sig;
		struct bytes sig, key = bytes_of(f->pubkey, f->pubkey_len), item;

		assert_true(witness_next(&left, &sig));
		assert_int_equal(sig.p[sig.len - 1], 1);
		if (kind != SCRIPT_PUBKEY) {
			assert_true(witness_next(&left, &item));
			assert_true(bytes_equal(item, key));
		}
		assert_int_equal(left.len, 0);
		if (segwit)
			assert_int_equal(wallet_digest_segwit(msg, tx, i, hash,
					 f->coin[i].value_sat), ST_OK);
		else
			assert_int_equal(wallet_digest_legacy(msg, tx, i,
					 buf_view(&f->from)), ST_OK);
		assert_true(ec_verify_ecdsa(bytes_of(sig.p, sig.len - 1), key, msg));
	}
}

static void check_payment(enum script_kind kind, bool compressed)
{
	struct wallet_paid paid;
	struct fixture f;
	struct tx tx;

	set_up(&f, kind, compressed);
	/* The largest coin and the next are needed. */
	assert_int_equal(pay(&f, 510000, -1, &paid), WALLET_PAY_OK);
	assert_int_equal(paid.n_in, 2);
	assert_int_equal(tx_parse(&tx, f.raw.p, f.raw.len, &f.a), ST_OK);
	assert_int_equal(tx.n_in, 2);
	assert_int_equal(tx.n_out, 2);
	assert_int_equal(tx.out[0].value, 510000);
	assert_true(bytes_equal(tx.out[0].script, buf_view(&f.to)));
	assert_true(bytes_equal(tx.out[1].script, buf_view(&f.from)));
	assert_int_equal(tx.out[0].value + tx.out[1].value + paid.fee_sat, 540000);
	/* Two satoshi a virtual byte are asked for; never less, little more. */
	assert_in_range(paid.fee_sat, 2 * tx_vsize(&tx), 3 * tx_vsize(&tx));
	check_signatures(&f, kind, &tx);
	tear_down(&f);
}

static void pays_from_every_form(void **state)
{
	check_payment(SCRIPT_PUBKEY, true);
	check_payment(SCRIPT_PUBKEY, false);
	check_payment(SCRIPT_PUBKEYHASH, true);
	check_payment(SCRIPT_PUBKEYHASH, false);
	check_payment(SCRIPT_WITNESS_V0_KEYHASH, true);
}

static void change_that_is_dust_goes_to_the_fee(void **state)
{
	struct wallet_paid paid;
	struct fixture f;
	struct tx tx;

	set_up(&f, SCRIPT_WITNESS_V0_KEYHASH, true);
	assert_int_equal(pay(&f, 499000, 500, &paid), WALLET_PAY_OK);
	assert_int_equal(paid.fee_sat, 1000);
	assert_int_equal(paid.change_sat, 0);
	assert_int_equal(tx_parse(&tx, f.raw.p, f.raw.len, &f.a), ST_OK);
	assert_int_equal(tx.n_out, 1);
	tear_down(&f);
}

static void all_coins_may_be_spent_to_the_last_satoshi(void **state)
{
	struct wallet_paid paid;
	struct fixture f;

	set_up(&f, SCRIPT_PUBKEYHASH, true);
	assert_int_equal(pay(&f, 589000, 1000, &paid), WALLET_PAY_OK);
	assert_int_equal(paid.n_in, 4);
	assert_int_equal(paid.fee_sat, 1000);
	assert_int_equal(pay(&f, 589001, 1000, &paid), WALLET_PAY_POOR);
	assert_int_equal(paid.needed_sat, 590001);
	tear_down(&f);
}

static void refuses_what_the_key_does_not_own(void **state)
{
	const uint8_t other[20] = {1}, script[] = {0x51};
	struct wallet_paid paid;
	struct fixture f;

	set_up(&f, SCRIPT_PUBKEYHASH, true);
	buf_reset(&f.from);
	script_p2pkh(&f.from, other);
	assert_int_equal(pay(&f, 1000, -1, &paid), WALLET_PAY_NOT_OURS);
	buf_reset(&f.from);
	buf_add(&f.from, script, 1);
	assert_int_equal(pay(&f, 1000, -1, &paid), WALLET_PAY_FORM);
	assert_int_equal(f.raw.len, 0);
	tear_down(&f);
}

/* BIP143: an uncompressed key in a witness makes coins nobody can spend. */
static void witness_programs_of_uncompressed_keys_are_not_ours(void **state)
{
	struct wallet_paid paid;
	struct fixture f;

	set_up(&f, SCRIPT_WITNESS_V0_KEYHASH, false);
	assert_int_equal(pay(&f, 1000, -1, &paid), WALLET_PAY_NOT_OURS);
	tear_down(&f);
}

static void reads_keys_as_wif_or_hexadecimal(void **state)
{
	/* The example of the Bitcoin wiki's page on WIF. */
	static const char hex[] =
		"0C28FCA386C7A227600B2FE50B7CAE11EC86D3BF1FBE471BE89827E19D72AA1D";
	static const char wif[] = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
	static const char zero[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	struct wallet_key a, b;
	struct params main_net, regtest;

	assert_true(params_builtin(&main_net, "main"));
	assert_true(params_builtin(&regtest, "regtest"));
	assert_int_equal(wallet_key_parse(&a, &main_net, hex, 64), WALLET_KEY_OK);
	assert_int_equal(wallet_key_parse(&b, &main_net, wif, strlen(wif)),
			 WALLET_KEY_OK);
	assert_memory_equal(a.secret, b.secret, 32);
	assert_int_equal(wallet_key_parse(&b, &regtest, wif, strlen(wif)),
			 WALLET_KEY_OTHER_NETWORK);
	assert_int_equal(wallet_key_parse(&b, &main_net, zero, 64),
			 WALLET_KEY_INVALID);
	assert_int_equal(wallet_key_parse(&b, &main_net, "", 0), WALLET_KEY_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segwit_digest_is_that_of_bip143),
		cmocka_unit_test(legacy_digest_is_what_block_170_signed),
		cmocka_unit_test(pays_from_every_form),
		cmocka_unit_test(change_that_is_dust_goes_to_the_fee),
		cmocka_unit_test(all_coins_may_be_spent_to_the_last_satoshi),
		cmocka_unit_test(refuses_what_the_key_does_not_own),
		cmocka_unit_test(witness_programs_of_uncompressed_keys_are_not_ours),
		cmocka_unit_test(reads_keys_as_wif_or_hexadecimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
