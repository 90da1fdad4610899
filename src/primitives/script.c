/* SPDX-License-Identifier: MIT */
/* Scripts as bytes: reading, building and telling output forms apart. The forms
 * are recognised as Bitcoin Core's Solver does, byte for byte. */
#include "primitives/script.h"

#include "base/bug.h"

bool script_next(struct bytes *left, uint8_t *op, struct bytes *data)
{
	struct reader r = reader_of(left->p, left->len);
	uint32_t n = 0;
	const uint8_t *p;
	uint8_t code;

	*data = bytes_of(NULL, 0);
	if (left->len == 0)
		return false;
	code = reader_u8(&r);
	*op = code;
	if (code < OP_PUSHDATA1)
		n = code;
	else if (code == OP_PUSHDATA1)
		n = reader_u8(&r);
	else if (code == OP_PUSHDATA2)
		n = reader_le16(&r);
	else if (code == OP_PUSHDATA4)
		n = reader_le32(&r);
	p = reader_take(&r, n);
	if (!p)
		return false;
	if (code <= OP_PUSHDATA4)
		*data = bytes_of(p, n);
	*left = bytes_of(r.p, reader_left(&r));
	return true;
}

bool script_is_witness_program(struct bytes script, uint8_t *version,
			       struct bytes *program)
{
	const uint8_t *p = script.p;

	if (script.len < 4 || script.len > 42 ||
	    (p[0] != OP_0 && (p[0] < OP_1 || p[0] > OP_16)) ||
	    (size_t)p[1] + 2 != script.len)
		return false;
	*version = p[0] == OP_0 ? 0 : (uint8_t)(p[0] - OP_1 + 1);
	*program = bytes_of(p + 2, p[1]);
	return true;
}

bool script_is_p2sh(struct bytes script)
{
	return script.len == 23 && script.p[0] == OP_HASH160 &&
	       script.p[1] == 20 && script.p[22] == OP_EQUAL;
}

bool script_is_push_only(struct bytes script)
{
	struct bytes data;
	uint8_t op;

	/* OP_RESERVED counts as a push, as it always has. */
	while (script.len > 0)
		if (!script_next(&script, &op, &data) || op > OP_16)
			return false;
	return true;
}

bool script_is_unspendable(struct bytes script)
{
	return (script.len > 0 && script.p[0] == OP_RETURN) ||
	       script.len > SCRIPT_SIZE_MAX;
}

/* The length a public key must have by its first byte; 0: no key. */
static size_t key_size(uint8_t first)
{
	switch (first) {
	case 2:
	case 3:
		return 33;
	case 4:
	case 6:
	case 7:
		return 65;
	default:
		return 0;
	}
}

static bool key_size_ok(struct bytes key)
{
	return key.len > 0 && key_size(key.p[0]) == key.len;
}

static bool match_pubkey(struct bytes script, struct bytes *key)
{
	if ((script.len != 35 && script.len != 67) ||
	    script.p[0] + 2u != script.len ||
	    script.p[script.len - 1] != OP_CHECKSIG)
		return false;
	*key = bytes_of(script.p + 1, script.p[0]);
	return key_size_ok(*key);
}

static bool match_pubkeyhash(struct bytes script)
{
	const uint8_t *p = script.p;

	return script.len == 25 && p[0] == OP_DUP && p[1] == OP_HASH160 &&
	       p[2] == 20 && p[23] == OP_EQUALVERIFY && p[24] == OP_CHECKSIG;
}

/* No shorter push opcode would do (BIP62 rule 3). */
static bool push_is_minimal(uint8_t op, struct bytes data)
{
	if (data.len == 0)
		return op == OP_0;
	if (data.len == 1 && data.p[0] >= 1 && data.p[0] <= 16)
		return false;
	if (data.len == 1 && data.p[0] == 0x81)
		return false;
	if (data.len < OP_PUSHDATA1)
		return op == data.len;
	if (data.len <= 0xff)
		return op == OP_PUSHDATA1;
	if (data.len <= 0xffff)
		return op == OP_PUSHDATA2;
	return true;
}

/* A count of multisig keys: OP_1..OP_16, or a minimal push of a number from 17
 * to 20, the most that CHECKMULTISIG takes. */
static bool multisig_count(uint8_t op, struct bytes data, unsigned *n)
{
	if (op >= OP_1 && op <= OP_16) {
		*n = op - OP_1 + 1u;
		return true;
	}
	if (op > OP_PUSHDATA4 || !push_is_minimal(op, data) || data.len != 1 ||
	    data.p[0] < 1 || data.p[0] > 20)
		return false;
	*n = data.p[0];
	return true;
}

static bool match_multisig(struct bytes script, uint8_t *m, uint8_t *n)
{
	unsigned required, named, keys = 0;
	struct bytes data;
	uint8_t op;

	if (script.len < 1 || script.p[script.len - 1] != OP_CHECKMULTISIG)
		return false;
	if (!script_next(&script, &op, &data) ||
	    !multisig_count(op, data, &required))
		return false;
	/* Keys may be pushed by any opcode here, as in Core. Running out of
	 * script leaves op at the last one read, which is no count then. */
	for (;;) {
		if (!script_next(&script, &op, &data))
			return false;
		if (op > OP_PUSHDATA4 || !key_size_ok(data))
			break;
		if (++keys > 20)
			return false;
	}
	if (!multisig_count(op, data, &named) || named != keys ||
	    keys < required || script.len != 1)
		return false;
	*m = (uint8_t)required;
	*n = (uint8_t)keys;
	return true;
}

static enum script_kind witness_kind(uint8_t version, struct bytes program)
{
	if (version == 0)
		return program.len == 20 ? SCRIPT_WITNESS_V0_KEYHASH :
		       program.len == 32 ? SCRIPT_WITNESS_V0_SCRIPTHASH :
					   SCRIPT_NONSTANDARD;
	if (version == 1 && program.len == 32)
		return SCRIPT_WITNESS_V1_TAPROOT;
	if (version == 1 && program.len == 2 && program.p[0] == 0x4e &&
	    program.p[1] == 0x73)
		return SCRIPT_ANCHOR;
	return SCRIPT_WITNESS_UNKNOWN;
}

struct script_form script_classify(struct bytes script)
{
	struct script_form f = {SCRIPT_NONSTANDARD, {NULL, 0}, 0, 0, 0};

	if (script.len == 0) {
		f.kind = SCRIPT_EMPTY;
	} else if (script_is_p2sh(script)) {
		f.kind = SCRIPT_SCRIPTHASH;
		f.data = bytes_of(script.p + 2, 20);
	} else if (script_is_witness_program(script, &f.version, &f.data)) {
		f.kind = witness_kind(f.version, f.data);
	} else if (script.p[0] == OP_RETURN &&
		   script_is_push_only(bytes_of(script.p + 1, script.len - 1))) {
		f.kind = SCRIPT_NULL_DATA;
		f.data = bytes_of(script.p + 1, script.len - 1);
	} else if (match_pubkey(script, &f.data)) {
		f.kind = SCRIPT_PUBKEY;
	} else if (match_pubkeyhash(script)) {
		f.kind = SCRIPT_PUBKEYHASH;
		f.data = bytes_of(script.p + 3, 20);
	} else if (match_multisig(script, &f.m, &f.n)) {
		f.kind = SCRIPT_MULTISIG;
	}
	if (f.kind == SCRIPT_NONSTANDARD)
		f.data = bytes_of(NULL, 0);
	return f;
}

const char *script_kind_name(enum script_kind kind)
{
	switch (kind) {
	case SCRIPT_NONSTANDARD:
	case SCRIPT_EMPTY:
		return "nonstandard";
	case SCRIPT_PUBKEY:
		return "pubkey";
	case SCRIPT_PUBKEYHASH:
		return "pubkeyhash";
	case SCRIPT_SCRIPTHASH:
		return "scripthash";
	case SCRIPT_MULTISIG:
		return "multisig";
	case SCRIPT_NULL_DATA:
		return "nulldata";
	case SCRIPT_WITNESS_V0_KEYHASH:
		return "witness_v0_keyhash";
	case SCRIPT_WITNESS_V0_SCRIPTHASH:
		return "witness_v0_scripthash";
	case SCRIPT_WITNESS_V1_TAPROOT:
		return "witness_v1_taproot";
	case SCRIPT_ANCHOR:
		return "anchor";
	case SCRIPT_WITNESS_UNKNOWN:
		return "witness_unknown";
	}
	BUG("script kind %d", (int)kind);
}

unsigned script_num_put(uint8_t out[9], int64_t v)
{
	uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;
	unsigned n = 0;

	for (; left; left >>= 8)
		out[n++] = (uint8_t)left;
	if (n == 0)
		return 0;
	/* The top bit is the sign: a number that uses it needs one byte more. */
	if (out[n - 1] & 0x80)
		out[n++] = 0;
	if (v < 0)
		out[n - 1] |= 0x80;
	return n;
}

/* A push by the shortest push opcode, never OP_1..16. */
static void push_bytes(struct buf *b, const void *p, size_t n)
{
	if (n < OP_PUSHDATA1) {
		buf_u8(b, (uint8_t)n);
	} else if (n <= 0xff) {
		buf_u8(b, OP_PUSHDATA1);
		buf_u8(b, (uint8_t)n);
	} else if (n <= 0xffff) {
		buf_u8(b, OP_PUSHDATA2);
		buf_le16(b, (uint16_t)n);
	} else {
		BUG_ON(n > UINT32_MAX);
		buf_u8(b, OP_PUSHDATA4);
		buf_le32(b, (uint32_t)n);
	}
	buf_add(b, p, n);
}

void script_push(struct buf *b, const void *p, size_t n)
{
	const uint8_t *d = p;

	if (n == 1 && d[0] >= 1 && d[0] <= 16)
		buf_u8(b, (uint8_t)(OP_1 + d[0] - 1));
	else if (n == 1 && d[0] == 0x81)
		buf_u8(b, OP_1NEGATE);
	else
		push_bytes(b, p, n);
}

void script_push_int(struct buf *b, int64_t v)
{
	uint8_t num[9];

	/* script_push turns 1..16 and -1 into opcodes, and nothing into OP_0. */
	script_push(b, num, script_num_put(num, v));
}

void script_p2pk(struct buf *b, struct bytes key)
{
	BUG_ON(key.len != 33 && key.len != 65);
	push_bytes(b, key.p, key.len);
	buf_u8(b, OP_CHECKSIG);
}

void script_p2pkh(struct buf *b, const uint8_t hash[20])
{
	buf_u8(b, OP_DUP);
	buf_u8(b, OP_HASH160);
	push_bytes(b, hash, 20);
	buf_u8(b, OP_EQUALVERIFY);
	buf_u8(b, OP_CHECKSIG);
}

void script_p2sh(struct buf *b, const uint8_t hash[20])
{
	buf_u8(b, OP_HASH160);
	push_bytes(b, hash, 20);
	buf_u8(b, OP_EQUAL);
}

void script_witness(struct buf *b, uint8_t version, struct bytes program)
{
	BUG_ON(version > 16 || program.len < 2 || program.len > 40);
	buf_u8(b, version ? (uint8_t)(OP_1 + version - 1) : OP_0);
	push_bytes(b, program.p, program.len);
}
