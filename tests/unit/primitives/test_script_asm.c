/* SPDX-License-Identifier: MIT */
/* Scripts as text in both dialects. */
#include "tests/unit/primitives/vectors.h"

#include "primitives/script.h"

static void core_text(const char *hex, bool sighash, const char *want)
{
	struct buf b, text;

	buf_init(&b, 1000);
	buf_init(&text, 4000);
	vector_hex(&b, hex);
	script_asm_core(&text, buf_view(&b), sighash);
	assert_string_equal(buf_str(&text), want);
	buf_free(&b);
	buf_free(&text);
}

static void esplora_text(const char *hex, const char *want)
{
	struct buf b, text;

	buf_init(&b, 1000);
	buf_init(&text, 4000);
	vector_hex(&b, hex);
	script_asm_esplora(&text, buf_view(&b));
	assert_string_equal(buf_str(&text), want);
	buf_free(&b);
	buf_free(&text);
}

/* The signature of Core's rpc_decodescript test. */
#define SIG "304502207fa7a6d1e0ee81132a269ad84e68d695483745cde8b541e3bf6307" \
	"14894e342a022100c1f7ab20e13e22fb95281a870f3dcf38d782e53023ee31" \
	"3d741ad0cfbc0c5090"

static void short_pushes_are_numbers_in_cores_text(void **state)
{
	(void)state;
	core_text("", false, "");
	core_text("00", false, "0");
	core_text("0100", false, "0");
	core_text("0180", false, "0");
	core_text("0181", false, "-1");
	core_text("4c0101", false, "1");
	core_text("02ff7f", false, "32767");
	core_text("04ffffff7f", false, "2147483647");
	core_text("04ffffffff", false, "-2147483647");
	core_text("050100000000", false, "0100000000");
	core_text("4f5160", false, "-1 1 16");
	core_text("76a914751e76e8199196d454941c45d1b3a323f1433bd688ac", false,
		  "OP_DUP OP_HASH160 751e76e8199196d454941c45d1b3a323f1433bd6 "
		  "OP_EQUALVERIFY OP_CHECKSIG");
	core_text("b1b2b3b9babbff", false,
		  "OP_CHECKLOCKTIMEVERIFY OP_CHECKSEQUENCEVERIFY OP_NOP4 OP_NOP10 "
		  "OP_CHECKSIGADD OP_UNKNOWN OP_INVALIDOPCODE");
	core_text("7602ee", false, "OP_DUP [error]");
	core_text("4d", false, "[error]");
}

static void signatures_name_their_hash_type_when_asked(void **state)
{
	(void)state;
	core_text("48" SIG "01", false, SIG "01");
	core_text("48" SIG "01", true, SIG "[ALL]");
	core_text("48" SIG "02", true, SIG "[NONE]");
	core_text("48" SIG "03", true, SIG "[SINGLE]");
	core_text("48" SIG "81", true, SIG "[ALL|ANYONECANPAY]");
	core_text("48" SIG "82", true, SIG "[NONE|ANYONECANPAY]");
	core_text("48" SIG "83", true, SIG "[SINGLE|ANYONECANPAY]");
	/* No defined type, not strict DER, behind OP_RETURN: plain. */
	core_text("48" SIG "00", true, SIG "00");
	core_text("48" SIG "80", true, SIG "80");
	core_text("49" SIG "0001", true, SIG "0001");
	core_text("6a48" SIG "01", true, "OP_RETURN " SIG "01");
}

/* The first is a coinbase script of mainnet as Esplora serves it. */
static void esplora_text_is_rust_bitcoins(void **state)
{
	char hex[8], want[32];

	(void)state;
	esplora_text("0340600a0463f77f602f706f6f6c696e2e636f6d2ffabe6d6d4e4176dc"
		"3ab61820d9dde06fde2d60832bbfd022a3c3dd2fe59d88f95a0b08fa010000"
		"0000000000c5398f003bff87935185713123d0946c12904517cd0069396a00"
		"00000000",
		"OP_PUSHBYTES_3 40600a OP_PUSHBYTES_4 63f77f60 OP_PUSHBYTES_47 "
		"706f6f6c696e2e636f6d2ffabe6d6d4e4176dc3ab61820d9dde06fde2d6083"
		"2bbfd022a3c3dd2fe59d88f95a0b08fa OP_PUSHBYTES_1 00 OP_0 OP_0 "
		"OP_0 OP_0 OP_0 OP_0 OP_RETURN_197 OP_PUSHBYTES_57 "
		"<push past end>");
	esplora_text("", "");
	esplora_text("5120" "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2"
		"815b16f81798", "OP_PUSHNUM_1 OP_PUSHBYTES_32 79be667ef9dcbbac55"
		"a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
	esplora_text("4f50b1b2b3ba", "OP_PUSHNUM_NEG1 OP_RESERVED OP_CLTV OP_CSV "
		"OP_NOP4 OP_CHECKSIGADD");
	esplora_text("4c0161", "OP_PUSHDATA1 61");
	esplora_text("4c00", "OP_PUSHDATA1");
	esplora_text("4d01006176", "OP_PUSHDATA2 61 OP_DUP");
	esplora_text("4e0100000061", "OP_PUSHDATA4 61");
	esplora_text("6a4c0561", "OP_RETURN OP_PUSHDATA1 <push past end>");
	esplora_text("4c", "<unexpected end>");
	esplora_text("764d01", "OP_DUP<unexpected end>");
	esplora_text("764e010000", "OP_DUP<unexpected end>");
	for (unsigned op = OP_CHECKSIGADD + 1; op < OP_INVALIDOPCODE; op++) {
		snprintf(hex, sizeof(hex), "%02x", op);
		snprintf(want, sizeof(want), "OP_RETURN_%u", op);
		esplora_text(hex, want);
	}
	esplora_text("ff", "OP_INVALIDOPCODE");
}

static void every_opcode_has_one_name(void **state)
{
	(void)state;
	assert_string_equal(opcode_name(OP_0), "0");
	assert_string_equal(opcode_name(1), "OP_UNKNOWN");
	assert_string_equal(opcode_name(OP_1NEGATE), "-1");
	assert_string_equal(opcode_name(OP_16), "16");
	assert_string_equal(opcode_name(OP_CHECKSIG), "OP_CHECKSIG");
	assert_string_equal(opcode_name(0xb8), "OP_NOP9");
	assert_string_equal(opcode_name(0xbb), "OP_UNKNOWN");
	for (unsigned a = OP_NOP; a <= OP_CHECKSIGADD; a++) {
		assert_string_not_equal(opcode_name((uint8_t)a), "OP_UNKNOWN");
		for (unsigned b = OP_NOP; b < a; b++)
			assert_string_not_equal(opcode_name((uint8_t)a),
						opcode_name((uint8_t)b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_pushes_are_numbers_in_cores_text),
		cmocka_unit_test(signatures_name_their_hash_type_when_asked),
		cmocka_unit_test(esplora_text_is_rust_bitcoins),
		cmocka_unit_test(every_opcode_has_one_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
