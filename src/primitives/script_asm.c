/* SPDX-License-Identifier: MIT */
/* Scripts as text, in the two dialects that clients compare with: Bitcoin
 * Core's (ScriptToAsmStr) and rust-bitcoin's, which Esplora serves. */
#include "primitives/script.h"

#include <inttypes.h>

#include "crypto/der.h"

/* Names from OP_NOP on; both dialects share them but for the few that
 * esplora_opcode writes. */
static const char *const names[] = {
	[OP_NOP] = "OP_NOP",
	[OP_VER] = "OP_VER",
	[OP_IF] = "OP_IF",
	[OP_NOTIF] = "OP_NOTIF",
	[OP_VERIF] = "OP_VERIF",
	[OP_VERNOTIF] = "OP_VERNOTIF",
	[OP_ELSE] = "OP_ELSE",
	[OP_ENDIF] = "OP_ENDIF",
	[OP_VERIFY] = "OP_VERIFY",
	[OP_RETURN] = "OP_RETURN",
	[OP_TOALTSTACK] = "OP_TOALTSTACK",
	[OP_FROMALTSTACK] = "OP_FROMALTSTACK",
	[OP_2DROP] = "OP_2DROP",
	[OP_2DUP] = "OP_2DUP",
	[OP_3DUP] = "OP_3DUP",
	[OP_2OVER] = "OP_2OVER",
	[OP_2ROT] = "OP_2ROT",
	[OP_2SWAP] = "OP_2SWAP",
	[OP_IFDUP] = "OP_IFDUP",
	[OP_DEPTH] = "OP_DEPTH",
	[OP_DROP] = "OP_DROP",
	[OP_DUP] = "OP_DUP",
	[OP_NIP] = "OP_NIP",
	[OP_OVER] = "OP_OVER",
	[OP_PICK] = "OP_PICK",
	[OP_ROLL] = "OP_ROLL",
	[OP_ROT] = "OP_ROT",
	[OP_SWAP] = "OP_SWAP",
	[OP_TUCK] = "OP_TUCK",
	[OP_CAT] = "OP_CAT",
	[OP_SUBSTR] = "OP_SUBSTR",
	[OP_LEFT] = "OP_LEFT",
	[OP_RIGHT] = "OP_RIGHT",
	[OP_SIZE] = "OP_SIZE",
	[OP_INVERT] = "OP_INVERT",
	[OP_AND] = "OP_AND",
	[OP_OR] = "OP_OR",
	[OP_XOR] = "OP_XOR",
	[OP_EQUAL] = "OP_EQUAL",
	[OP_EQUALVERIFY] = "OP_EQUALVERIFY",
	[OP_RESERVED1] = "OP_RESERVED1",
	[OP_RESERVED2] = "OP_RESERVED2",
	[OP_1ADD] = "OP_1ADD",
	[OP_1SUB] = "OP_1SUB",
	[OP_2MUL] = "OP_2MUL",
	[OP_2DIV] = "OP_2DIV",
	[OP_NEGATE] = "OP_NEGATE",
	[OP_ABS] = "OP_ABS",
	[OP_NOT] = "OP_NOT",
	[OP_0NOTEQUAL] = "OP_0NOTEQUAL",
	[OP_ADD] = "OP_ADD",
	[OP_SUB] = "OP_SUB",
	[OP_MUL] = "OP_MUL",
	[OP_DIV] = "OP_DIV",
	[OP_MOD] = "OP_MOD",
	[OP_LSHIFT] = "OP_LSHIFT",
	[OP_RSHIFT] = "OP_RSHIFT",
	[OP_BOOLAND] = "OP_BOOLAND",
	[OP_BOOLOR] = "OP_BOOLOR",
	[OP_NUMEQUAL] = "OP_NUMEQUAL",
	[OP_NUMEQUALVERIFY] = "OP_NUMEQUALVERIFY",
	[OP_NUMNOTEQUAL] = "OP_NUMNOTEQUAL",
	[OP_LESSTHAN] = "OP_LESSTHAN",
	[OP_GREATERTHAN] = "OP_GREATERTHAN",
	[OP_LESSTHANOREQUAL] = "OP_LESSTHANOREQUAL",
	[OP_GREATERTHANOREQUAL] = "OP_GREATERTHANOREQUAL",
	[OP_MIN] = "OP_MIN",
	[OP_MAX] = "OP_MAX",
	[OP_WITHIN] = "OP_WITHIN",
	[OP_RIPEMD160] = "OP_RIPEMD160",
	[OP_SHA1] = "OP_SHA1",
	[OP_SHA256] = "OP_SHA256",
	[OP_HASH160] = "OP_HASH160",
	[OP_HASH256] = "OP_HASH256",
	[OP_CODESEPARATOR] = "OP_CODESEPARATOR",
	[OP_CHECKSIG] = "OP_CHECKSIG",
	[OP_CHECKSIGVERIFY] = "OP_CHECKSIGVERIFY",
	[OP_CHECKMULTISIG] = "OP_CHECKMULTISIG",
	[OP_CHECKMULTISIGVERIFY] = "OP_CHECKMULTISIGVERIFY",
	[OP_NOP1] = "OP_NOP1",
	[OP_CHECKLOCKTIMEVERIFY] = "OP_CHECKLOCKTIMEVERIFY",
	[OP_CHECKSEQUENCEVERIFY] = "OP_CHECKSEQUENCEVERIFY",
	[OP_NOP4] = "OP_NOP4",
	[0xb4] = "OP_NOP5",
	[0xb5] = "OP_NOP6",
	[0xb6] = "OP_NOP7",
	[0xb7] = "OP_NOP8",
	[0xb8] = "OP_NOP9",
	[OP_NOP10] = "OP_NOP10",
	[OP_CHECKSIGADD] = "OP_CHECKSIGADD",
	[OP_INVALIDOPCODE] = "OP_INVALIDOPCODE",
};

const char *opcode_name(uint8_t op)
{
	static const char *const numbers[] = {
		"1", "2", "3", "4", "5", "6", "7", "8",
		"9", "10", "11", "12", "13", "14", "15", "16",
	};

	if (op >= OP_1 && op <= OP_16)
		return numbers[op - OP_1];
	switch (op) {
	case OP_0:
		return "0";
	case OP_PUSHDATA1:
		return "OP_PUSHDATA1";
	case OP_PUSHDATA2:
		return "OP_PUSHDATA2";
	case OP_PUSHDATA4:
		return "OP_PUSHDATA4";
	case OP_1NEGATE:
		return "-1";
	case OP_RESERVED:
		return "OP_RESERVED";
	default:
		return names[op] ? names[op] : "OP_UNKNOWN";
	}
}

/* A number of at most four bytes; need not be minimal. */
static int64_t script_num_get(struct bytes d)
{
	int64_t v = 0;

	for (size_t i = 0; i < d.len; i++)
		v |= (int64_t)d.p[i] << 8 * i;
	if (d.len > 0 && (d.p[d.len - 1] & 0x80)) {
		v &= ~(INT64_C(0x80) << 8 * (d.len - 1));
		v = -v;
	}
	return v;
}

/* The name of the hash type a push ends with, when it looks like an ECDSA
 * signature in strict DER (BIP66) with a defined type; else NULL. */
static const char *sighash_name(struct bytes d)
{
	if (d.len == 0 || !ec_der_is_strict(d))
		return NULL;
	switch (d.p[d.len - 1]) {
	case 0x01:
		return "[ALL]";
	case 0x02:
		return "[NONE]";
	case 0x03:
		return "[SINGLE]";
	case 0x81:
		return "[ALL|ANYONECANPAY]";
	case 0x82:
		return "[NONE|ANYONECANPAY]";
	case 0x83:
		return "[SINGLE|ANYONECANPAY]";
	default:
		return NULL;
	}
}

void script_asm_core(struct buf *out, struct bytes script, bool sighash)
{
	struct bytes left = script, data;
	const char *type, *space = "";
	uint8_t op;

	/* Data after OP_RETURN may look like a signature by chance. */
	sighash = sighash && !script_is_unspendable(script);
	while (left.len > 0) {
		buf_text(out, space);
		space = " ";
		if (!script_next(&left, &op, &data)) {
			buf_text(out, "[error]");
			return;
		}
		if (op > OP_PUSHDATA4) {
			buf_text(out, opcode_name(op));
		} else if (data.len <= 4) {
			buf_printf(out, "%" PRId64, script_num_get(data));
		} else {
			type = sighash ? sighash_name(data) : NULL;
			buf_hex(out, data.p, type ? data.len - 1 : data.len);
			buf_text(out, type ? type : "");
		}
	}
}

/* At most 255; there is one for each push of a script, so no format is read. */
static void numbered(struct buf *out, const char *name, unsigned n)
{
	buf_text(out, name);
	if (n >= 100)
		buf_u8(out, (uint8_t)('0' + n / 100));
	if (n >= 10)
		buf_u8(out, (uint8_t)('0' + n / 10 % 10));
	buf_u8(out, (uint8_t)('0' + n % 10));
}

static void esplora_opcode(struct buf *out, uint8_t op)
{
	if (op == OP_0)
		buf_text(out, "OP_0");
	else if (op < OP_PUSHDATA1)
		numbered(out, "OP_PUSHBYTES_", op);
	else if (op == OP_1NEGATE)
		buf_text(out, "OP_PUSHNUM_NEG1");
	else if (op >= OP_1 && op <= OP_16)
		numbered(out, "OP_PUSHNUM_", op - OP_1 + 1u);
	else if (op == OP_CHECKLOCKTIMEVERIFY)
		buf_text(out, "OP_CLTV");
	else if (op == OP_CHECKSEQUENCEVERIFY)
		buf_text(out, "OP_CSV");
	else if (op > OP_CHECKSIGADD && op < OP_INVALIDOPCODE)
		numbered(out, "OP_RETURN_", op);
	else
		buf_text(out, opcode_name(op));
}

/* Bytes of the length field after a push opcode. */
static size_t length_size(uint8_t op)
{
	return op == OP_PUSHDATA1 ? 1 : op == OP_PUSHDATA2 ? 2 :
	       op == OP_PUSHDATA4 ? 4 : 0;
}

void script_asm_esplora(struct buf *out, struct bytes script)
{
	const char *space = "";
	struct bytes data;
	uint8_t op;

	while (script_next(&script, &op, &data)) {
		buf_text(out, space);
		space = " ";
		esplora_opcode(out, op);
		if (data.len > 0) {
			buf_text(out, " ");
			buf_hex(out, data.p, data.len);
		}
	}
	if (script.len == 0)
		return;
	/* A push runs past the end. Where even its length is cut off,
	 * rust-bitcoin writes neither a space nor the opcode. */
	if (script.len - 1 < length_size(script.p[0])) {
		buf_text(out, "<unexpected end>");
		return;
	}
	buf_text(out, space);
	esplora_opcode(out, script.p[0]);
	buf_text(out, " <push past end>");
}
