/* SPDX-License-Identifier: MIT */
/*
 * Scripts as bytes: opcodes, reading and building, known output forms, text.
 * No evaluation: that is consensus/.
 */
#ifndef QUARRY_PRIMITIVES_SCRIPT_H
#define QUARRY_PRIMITIVES_SCRIPT_H

#include "base/buf.h"
#include "base/bytes.h"

enum opcode {
	OP_0 = 0x00,
	OP_PUSHDATA1 = 0x4c,
	OP_PUSHDATA2 = 0x4d,
	OP_PUSHDATA4 = 0x4e,
	OP_1NEGATE = 0x4f,
	OP_RESERVED = 0x50,
	OP_1 = 0x51,
	OP_16 = 0x60,
	OP_NOP = 0x61,
	OP_VER = 0x62,
	OP_IF = 0x63,
	OP_NOTIF = 0x64,
	OP_VERIF = 0x65,
	OP_VERNOTIF = 0x66,
	OP_ELSE = 0x67,
	OP_ENDIF = 0x68,
	OP_VERIFY = 0x69,
	OP_RETURN = 0x6a,
	OP_TOALTSTACK = 0x6b,
	OP_FROMALTSTACK = 0x6c,
	OP_2DROP = 0x6d,
	OP_2DUP = 0x6e,
	OP_3DUP = 0x6f,
	OP_2OVER = 0x70,
	OP_2ROT = 0x71,
	OP_2SWAP = 0x72,
	OP_IFDUP = 0x73,
	OP_DEPTH = 0x74,
	OP_DROP = 0x75,
	OP_DUP = 0x76,
	OP_NIP = 0x77,
	OP_OVER = 0x78,
	OP_PICK = 0x79,
	OP_ROLL = 0x7a,
	OP_ROT = 0x7b,
	OP_SWAP = 0x7c,
	OP_TUCK = 0x7d,
	OP_CAT = 0x7e,
	OP_SUBSTR = 0x7f,
	OP_LEFT = 0x80,
	OP_RIGHT = 0x81,
	OP_SIZE = 0x82,
	OP_INVERT = 0x83,
	OP_AND = 0x84,
	OP_OR = 0x85,
	OP_XOR = 0x86,
	OP_EQUAL = 0x87,
	OP_EQUALVERIFY = 0x88,
	OP_RESERVED1 = 0x89,
	OP_RESERVED2 = 0x8a,
	OP_1ADD = 0x8b,
	OP_1SUB = 0x8c,
	OP_2MUL = 0x8d,
	OP_2DIV = 0x8e,
	OP_NEGATE = 0x8f,
	OP_ABS = 0x90,
	OP_NOT = 0x91,
	OP_0NOTEQUAL = 0x92,
	OP_ADD = 0x93,
	OP_SUB = 0x94,
	OP_MUL = 0x95,
	OP_DIV = 0x96,
	OP_MOD = 0x97,
	OP_LSHIFT = 0x98,
	OP_RSHIFT = 0x99,
	OP_BOOLAND = 0x9a,
	OP_BOOLOR = 0x9b,
	OP_NUMEQUAL = 0x9c,
	OP_NUMEQUALVERIFY = 0x9d,
	OP_NUMNOTEQUAL = 0x9e,
	OP_LESSTHAN = 0x9f,
	OP_GREATERTHAN = 0xa0,
	OP_LESSTHANOREQUAL = 0xa1,
	OP_GREATERTHANOREQUAL = 0xa2,
	OP_MIN = 0xa3,
	OP_MAX = 0xa4,
	OP_WITHIN = 0xa5,
	OP_RIPEMD160 = 0xa6,
	OP_SHA1 = 0xa7,
	OP_SHA256 = 0xa8,
	OP_HASH160 = 0xa9,
	OP_HASH256 = 0xaa,
	OP_CODESEPARATOR = 0xab,
	OP_CHECKSIG = 0xac,
	OP_CHECKSIGVERIFY = 0xad,
	OP_CHECKMULTISIG = 0xae,
	OP_CHECKMULTISIGVERIFY = 0xaf,
	OP_NOP1 = 0xb0,
	OP_CHECKLOCKTIMEVERIFY = 0xb1,
	OP_CHECKSEQUENCEVERIFY = 0xb2,
	OP_NOP4 = 0xb3,
	OP_NOP10 = 0xb9,
	OP_CHECKSIGADD = 0xba,
	OP_INVALIDOPCODE = 0xff,
};

#define SCRIPT_SIZE_MAX 10000
#define SCRIPT_ELEMENT_MAX 520

/* The next operation of a script. For pushes `data` is what is pushed (empty
 * for OP_0; OP_1NEGATE and OP_1..16 are not pushes here). False at the end or
 * when a push runs past the end: tell the two apart by left->len (0 at the
 * end); left is unchanged in the latter case. */
bool script_next(struct bytes *left, uint8_t *op, struct bytes *data);

/* Output forms, as Bitcoin Core's Solver tells them apart. */
enum script_kind {
	SCRIPT_NONSTANDARD,
	SCRIPT_EMPTY,
	SCRIPT_PUBKEY,
	SCRIPT_PUBKEYHASH,
	SCRIPT_SCRIPTHASH,
	SCRIPT_MULTISIG,
	SCRIPT_NULL_DATA,
	SCRIPT_WITNESS_V0_KEYHASH,
	SCRIPT_WITNESS_V0_SCRIPTHASH,
	SCRIPT_WITNESS_V1_TAPROOT,
	SCRIPT_ANCHOR,
	SCRIPT_WITNESS_UNKNOWN,
};

struct script_form {
	enum script_kind kind;
	struct bytes data;	/* key, hash, program: into the script */
	uint8_t version;	/* of a witness program */
	uint8_t m, n;		/* multisig: m of n */
};

struct script_form script_classify(struct bytes script);
/* Core's name of a kind: "pubkeyhash", "witness_v0_keyhash", ... */
const char *script_kind_name(enum script_kind kind);
/* 4 to 42 bytes: a version opcode and one direct push of 2 to 40 bytes. */
bool script_is_witness_program(struct bytes script, uint8_t *version,
			       struct bytes *program);
/* Exactly HASH160 <20> EQUAL (BIP16). */
bool script_is_p2sh(struct bytes script);
bool script_is_push_only(struct bytes script);
/* OP_RETURN first, or longer than SCRIPT_SIZE_MAX: can never be spent. */
bool script_is_unspendable(struct bytes script);

/* Appends the shortest push of data, as Core's CScript does (OP_0, OP_1..16 and
 * OP_1NEGATE where they fit). */
void script_push(struct buf *b, const void *p, size_t n);
/* Appends the minimal push of a number, as BIP34 writes heights. */
void script_push_int(struct buf *b, int64_t v);
/* Output scripts. key is 33 or 65 bytes. */
void script_p2pk(struct buf *b, struct bytes key);
void script_p2pkh(struct buf *b, const uint8_t hash[20]);
void script_p2sh(struct buf *b, const uint8_t hash[20]);
void script_witness(struct buf *b, uint8_t version, struct bytes program);

/* Script numbers: minimal little-endian with a sign bit. At most 9 bytes. */
unsigned script_num_put(uint8_t out[9], int64_t v);

/* Text as Bitcoin Core prints it ("OP_DUP OP_HASH160 <hex> ...", small numbers
 * as decimals; `[ALL]` sighash names when sighash is set) and as rust-bitcoin
 * and Esplora do ("OP_PUSHBYTES_20 <hex>"). */
void script_asm_core(struct buf *out, struct bytes script, bool sighash);
void script_asm_esplora(struct buf *out, struct bytes script);
/* "OP_CHECKSIG"; as in Core the numbers are "0", "-1", "1" to "16", and direct
 * pushes and opcodes without a name "OP_UNKNOWN". */
const char *opcode_name(uint8_t op);

#endif
