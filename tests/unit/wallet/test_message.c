/* SPDX-License-Identifier: MIT */
/* wallet: signed messages against BIP322's examples. */
#include "tests/unit/unit.h"

#include "crypto/ec.h"
#include "primitives/address.h"
#include "wallet/message.h"

#define WIF "L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k"
#define SEGWIT "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l"
#define TAPROOT "bc1ppv609nr0vr25u07u95waq5lucwfm6tde4nydujnu8npg4q75mr5sxq8lt3"

static const struct { const char *address, *text, *sig; } good[] = {
	{SEGWIT, "",
	 "AkcwRAIgM2gBAQqvZX15ZiysmKmQpDrG83avLIT492QBzLnQIxYCIBaTpOaD20qRlEylyxFSeEA2"
	 "ba9YOixpX8z46TSDtS40ASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI="},
	{SEGWIT, "Hello World",
	 "AkcwRAIgZRfIY3p7/DoVTty6YZbWS71bc5Vct9p9Fia83eRmw2QCICK/ENGfwLtptFluMGs2Ksqo"
	 "NSk89pO7F29zJLUx9a/sASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI="},
	{TAPROOT, "Hello World",
	 "AUHd69PrJQEv+oKTfZ8l+WROBHuy9HKrbFCJu7U1iK2iiEy1vMU5EfMtjc+VSHM7aU0SDbak5IUZ"
	 "RVno2P5mjSafAQ=="},
};

static enum message_result verify(const struct params *p, const char *address,
				  const char *sig, const char *text)
{
	return message_verify_bip322(p, address, strlen(address), sig, strlen(sig),
				     bytes_of_text(text));
}

static void the_examples_of_bip322_verify(void **state)
{
	struct params p;

	(void)state;
	assert_true(params_builtin(&p, "main"));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char sig[300];
		size_t n = strlen(good[i].sig);

		assert_int_equal(verify(&p, good[i].address, good[i].sig,
					good[i].text), MESSAGE_GOOD);
		assert_int_equal(verify(&p, good[i].address, good[i].sig, "Hello"),
				 MESSAGE_BAD);
		for (size_t k = 8; k < n - 4; k++) {
			memcpy(sig, good[i].sig, n + 1);
			sig[k] = sig[k] == 'A' ? 'B' : 'A';
			assert_int_not_equal(verify(&p, good[i].address, sig,
						    good[i].text), MESSAGE_GOOD);
		}
	}
	assert_int_equal(verify(&p, SEGWIT, good[2].sig, "Hello World"),
			 MESSAGE_BAD);
	assert_int_equal(verify(&p, "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA",
				good[1].sig, "Hello World"), MESSAGE_NO_KEY);
	assert_int_equal(verify(&p, "bc1q", good[1].sig, ""), MESSAGE_NO_ADDRESS);
	assert_int_equal(verify(&p, SEGWIT, "*", ""), MESSAGE_MALFORMED);
	assert_int_equal(verify(&p, SEGWIT, "", ""), MESSAGE_BAD);
	assert_int_equal(verify(&p, SEGWIT, "/////w==", ""), MESSAGE_BAD);
}

static void what_is_signed_verifies_for_each_kind_of_address(void **state)
{
	struct ec *ec = ec_open();
	struct key_found key = {0};
	char address[ADDRESS_TEXT_SIZE];
	struct buf script, sig;
	uint8_t tweak[32], q[32];
	struct params p;
	bool compressed;
	int parity;

	(void)state;
	assert_true(params_builtin(&p, "main"));
	assert_int_equal(address_wif_decode(key.secret, &compressed, &p, WIF,
					    strlen(WIF)), ADDRESS_OK);
	key.pub_len = ec_pubkey_create(ec, key.pub, key.secret, true);
	buf_init(&script, 100);
	buf_init(&sig, 1000);
	assert_int_equal(address_to_script(&script, &p, SEGWIT, strlen(SEGWIT)),
			 ADDRESS_OK);
	assert_true(message_sign_bip322(&sig, ec, &key, buf_view(&script),
					bytes_of_text("any text")));
	assert_int_equal(verify(&p, SEGWIT, buf_str(&sig), "any text"),
			 MESSAGE_GOOD);
	/* rawtr(): the key is the output's own */
	buf_reset(&script);
	buf_reset(&sig);
	memcpy(q, key.pub + 1, 32);
	script_witness(&script, 1, bytes_of(q, 32));
	assert_true(address_from_script(address, &p, buf_view(&script)));
	assert_true(message_sign_bip322(&sig, ec, &key, buf_view(&script),
					bytes_of_text("taproot")));
	assert_int_equal(verify(&p, address, buf_str(&sig), "taproot"),
			 MESSAGE_GOOD);
	/* another's address */
	memset(tweak, 1, 32);
	assert_true(ec_xonly_tweak_add(q, &parity, key.pub + 1, tweak));
	buf_reset(&script);
	script_witness(&script, 1, bytes_of(q, 32));
	assert_false(message_sign_bip322(&sig, ec, &key, buf_view(&script),
					 bytes_of_text("taproot")));
	buf_free(&script);
	buf_free(&sig);
	ec_close(ec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_bip322_verify),
		cmocka_unit_test(what_is_signed_verifies_for_each_kind_of_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
