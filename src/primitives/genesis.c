/* SPDX-License-Identifier: MIT */
/* The first block of a chain, made from its parameters. Built in a fixed array:
 * parameters can be read without any memory to be had. */
#include "base/bug.h"
#include "crypto/sha256.h"
#include "primitives/params.h"
#include "primitives/params_fields.h"
#include "primitives/script.h"
#include "primitives/target.h"

/* 100 bytes of script, 67 of output script, 60 around them. */
struct coinbase {
	uint8_t p[240];
	size_t len;
};

static void add(struct coinbase *c, const void *p, size_t n)
{
	BUG_ON(n > sizeof(c->p) - c->len);
	memcpy(c->p + c->len, p, n);
	c->len += n;
}

static void add_u8(struct coinbase *c, size_t v)
{
	add(c, &(uint8_t){(uint8_t)v}, 1);
}

static void add_le32(struct coinbase *c, uint32_t v)
{
	uint8_t b[4];

	le32_put(b, v);
	add(c, b, sizeof(b));
}

/* As in the first coinbase of all: Bitcoin's difficulty bits, the number 4 (not
 * as OP_4 but as a push of one byte), the message. */
static void add_input(struct coinbase *c, const struct params *p)
{
	static const uint8_t null_txid[32];
	static const uint8_t start[] = {0x04, 0xff, 0xff, 0x00,
					0x1d, 0x01, 0x04};
	size_t n = strlen(p->genesis_message);
	bool pushdata = n >= OP_PUSHDATA1;

	BUG_ON(n > PARAMS_MESSAGE_MAX);
	add(c, null_txid, sizeof(null_txid));
	add_le32(c, OUTPOINT_NULL_N);
	add_u8(c, sizeof(start) + pushdata + 1 + n);
	add(c, start, sizeof(start));
	if (pushdata)
		add_u8(c, OP_PUSHDATA1);
	add_u8(c, n);
	add(c, p->genesis_message, n);
	add_le32(c, SEQUENCE_FINAL);
}

static void add_output(struct coinbase *c, const struct params *p)
{
	uint8_t value[8];

	le64_put(value, (uint64_t)p->subsidy_sat);
	add(c, value, sizeof(value));
	if (p->own) {
		add_u8(c, 2 + sizeof(p->document));
		add_u8(c, OP_RETURN);
		add_u8(c, sizeof(p->document));
		add(c, p->document.b, sizeof(p->document));
	} else {
		add_u8(c, p->genesis_output_key_len + 2u);
		add_u8(c, p->genesis_output_key_len);
		add(c, p->genesis_output_key, p->genesis_output_key_len);
		add_u8(c, OP_CHECKSIG);
	}
}

static void coinbase(struct coinbase *c, const struct params *p)
{
	c->len = 0;
	add_le32(c, 1);
	add_u8(c, 1);
	add_input(c, p);
	add_u8(c, 1);
	add_output(c, p);
	add_le32(c, 0);
}

void params_genesis_complete(struct params *p)
{
	struct coinbase c;

	coinbase(&c, p);
	sha256d(p->genesis.merkle_root.b, c.p, c.len);
	header_hash(&p->genesis_id, &p->genesis);
}

void params_genesis_block(struct buf *out, const struct params *p)
{
	uint8_t head[HEADER_SIZE];
	struct coinbase c;

	header_write(head, &p->genesis);
	buf_add(out, head, sizeof(head));
	buf_u8(out, 1);
	coinbase(&c, p);
	buf_add(out, c.p, c.len);
}

bool params_genesis_search(struct params *p, uint32_t first, uint32_t count)
{
	struct u256 target;

	if (!target_from_bits(&target, p->genesis.bits))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		p->genesis.nonce = first + i;
		header_hash(&p->genesis_id, &p->genesis);
		if (target_met(&p->genesis_id, &target))
			return true;
	}
	return false;
}
