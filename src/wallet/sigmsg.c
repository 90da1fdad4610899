/* SPDX-License-Identifier: MIT */
#include "wallet/sigmsg.h"

#include "crypto/sha256.h"
#include "primitives/compactsize.h"

/* BIP342: where no OP_CODESEPARATOR was executed. */
#define NO_CODESEPARATOR 0xffffffffu

static void put_le32(struct sha256_ctx *c, uint32_t v)
{
	uint8_t b[4];

	le32_put(b, v);
	sha256_add(c, b, sizeof(b));
}

static void put_le64(struct sha256_ctx *c, uint64_t v)
{
	uint8_t b[8];

	le64_put(b, v);
	sha256_add(c, b, sizeof(b));
}

static void put_size(struct sha256_ctx *c, uint64_t v)
{
	uint8_t b[9];

	sha256_add(c, b, compactsize_put(b, v));
}

static void put_script(struct sha256_ctx *c, struct bytes script)
{
	put_size(c, script.len);
	sha256_add(c, script.p, script.len);
}

static void put_outpoint(struct sha256_ctx *c, const struct outpoint *o)
{
	sha256_add(c, o->txid.h.b, 32);
	put_le32(c, o->n);
}

static void put_output(struct sha256_ctx *c, const struct txout *o)
{
	put_le64(c, (uint64_t)o->value);
	put_script(c, o->script);
}

void sigmsg_init(struct sigmsg *m, const struct tx *tx,
		 const struct txout *spent)
{
	struct sha256_ctx prevouts, sequences, outputs, amounts, scripts;

	*m = (struct sigmsg){.tx = tx, .spent = spent, .all_known = true};
	sha256_init(&prevouts);
	sha256_init(&sequences);
	sha256_init(&outputs);
	sha256_init(&amounts);
	sha256_init(&scripts);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		put_outpoint(&prevouts, &tx->in[i].prevout);
		put_le32(&sequences, tx->in[i].sequence);
		if (!spent[i].script.p) {
			m->all_known = false;
			continue;
		}
		put_le64(&amounts, (uint64_t)spent[i].value);
		put_script(&scripts, spent[i].script);
	}
	for (uint32_t i = 0; i < tx->n_out; i++)
		put_output(&outputs, &tx->out[i]);
	sha256_done(&prevouts, m->prevouts);
	sha256_done(&sequences, m->sequences);
	sha256_done(&outputs, m->outputs);
	sha256_done(&amounts, m->amounts);
	sha256_done(&scripts, m->scripts);
}

void sigmsg_legacy(uint8_t out[32], const struct sigmsg *m, uint32_t at,
		   struct bytes script, uint8_t type)
{
	static const struct txout blank = {-1, {NULL, 0}};
	const struct tx *tx = m->tx;
	uint8_t base = type & 0x1f;
	bool alone = type & SIGMSG_ANYONECANPAY;
	bool others_free = base == SIGMSG_NONE || base == SIGMSG_SINGLE;
	struct sha256_ctx c;

	/* a number that is no hash, since the first version */
	if (base == SIGMSG_SINGLE && at >= tx->n_out) {
		memset(out, 0, 32);
		out[0] = 1;
		return;
	}
	sha256_init(&c);
	put_le32(&c, tx->version);
	put_size(&c, alone ? 1 : tx->n_in);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (alone && i != at)
			continue;
		put_outpoint(&c, &tx->in[i].prevout);
		put_script(&c, i == at ? script : (struct bytes){0});
		put_le32(&c, i != at && others_free ? 0 : tx->in[i].sequence);
	}
	switch (base) {
	case SIGMSG_NONE:
		put_size(&c, 0);
		break;
	case SIGMSG_SINGLE:
		put_size(&c, (uint64_t)at + 1);
		for (uint32_t i = 0; i < at; i++)
			put_output(&c, &blank);
		put_output(&c, &tx->out[at]);
		break;
	default:
		put_size(&c, tx->n_out);
		for (uint32_t i = 0; i < tx->n_out; i++)
			put_output(&c, &tx->out[i]);
	}
	put_le32(&c, tx->locktime);
	put_le32(&c, type);
	sha256d_done(&c, out);
}

/* BIP143 hashes twice what BIP341 hashes once. */
static void put_again(struct sha256_ctx *c, const uint8_t once[32], bool present)
{
	uint8_t h[32] = {0};

	if (present)
		sha256(h, once, 32);
	sha256_add(c, h, sizeof(h));
}

void sigmsg_v0(uint8_t out[32], const struct sigmsg *m, uint32_t at,
	       struct bytes script, uint8_t type)
{
	const struct tx *tx = m->tx;
	uint8_t base = type & 0x1f;
	bool alone = type & SIGMSG_ANYONECANPAY;
	bool all = base != SIGMSG_NONE && base != SIGMSG_SINGLE;
	struct sha256_ctx c, one;
	uint8_t h[32];

	sha256_init(&c);
	put_le32(&c, tx->version);
	put_again(&c, m->prevouts, !alone);
	put_again(&c, m->sequences, !alone && all);
	put_outpoint(&c, &tx->in[at].prevout);
	put_script(&c, script);
	put_le64(&c, (uint64_t)m->spent[at].value);
	put_le32(&c, tx->in[at].sequence);
	if (base == SIGMSG_SINGLE && at < tx->n_out) {
		sha256_init(&one);
		put_output(&one, &tx->out[at]);
		sha256d_done(&one, h);
		sha256_add(&c, h, 32);
	} else {
		put_again(&c, m->outputs, all);
	}
	put_le32(&c, tx->locktime);
	put_le32(&c, type);
	sha256d_done(&c, out);
}

static bool taproot(uint8_t out[32], const struct sigmsg *m, uint32_t at,
		    uint8_t type, const uint8_t *leaf_hash)
{
	const struct tx *tx = m->tx;
	uint8_t base = type & 3, head[2] = {0, type};
	uint8_t spend = leaf_hash ? 2 : 0, key_version = 0;
	bool alone = type & SIGMSG_ANYONECANPAY;
	struct sha256_ctx c, one;
	uint8_t h[32];

	if (!m->all_known || (base == SIGMSG_SINGLE && at >= tx->n_out))
		return false;
	sha256_tagged_init(&c, "TapSighash");
	sha256_add(&c, head, sizeof(head));
	put_le32(&c, tx->version);
	put_le32(&c, tx->locktime);
	if (!alone) {
		sha256_add(&c, m->prevouts, 32);
		sha256_add(&c, m->amounts, 32);
		sha256_add(&c, m->scripts, 32);
		sha256_add(&c, m->sequences, 32);
	}
	if (base != SIGMSG_NONE && base != SIGMSG_SINGLE)
		sha256_add(&c, m->outputs, 32);
	sha256_add(&c, &spend, 1);
	if (alone) {
		put_outpoint(&c, &tx->in[at].prevout);
		put_output(&c, &m->spent[at]);
		put_le32(&c, tx->in[at].sequence);
	} else {
		put_le32(&c, at);
	}
	if (base == SIGMSG_SINGLE) {
		sha256_init(&one);
		put_output(&one, &tx->out[at]);
		sha256_done(&one, h);
		sha256_add(&c, h, 32);
	}
	if (leaf_hash) {
		sha256_add(&c, leaf_hash, 32);
		sha256_add(&c, &key_version, 1);
		put_le32(&c, NO_CODESEPARATOR);
	}
	sha256_done(&c, out);
	return true;
}

bool sigmsg_taproot(uint8_t out[32], const struct sigmsg *m, uint32_t at,
		    uint8_t type)
{
	return taproot(out, m, at, type, NULL);
}

bool sigmsg_tapscript(uint8_t out[32], const struct sigmsg *m, uint32_t at,
		      uint8_t type, const uint8_t leaf_hash[32])
{
	return taproot(out, m, at, type, leaf_hash);
}
