/* SPDX-License-Identifier: MIT */
/* See vote.h. */
#include "primitives/vote.h"

#include "crypto/ec.h"
#include "crypto/sha256.h"
#include "primitives/script.h"

/* Everything before the key. */
#define LINK_SIZE (2 * (4 + 32))

static const uint8_t evidence_mark[4] = {'Q', 'F', 'E', '1'};

static void link_write(uint8_t out[LINK_SIZE], const struct vote *v)
{
	le32_put(out, v->source_height);
	memcpy(out + 4, v->source.h.b, 32);
	le32_put(out + 36, v->target_height);
	memcpy(out + 40, v->target.h.b, 32);
}

static void link_read(struct vote *v, const uint8_t in[LINK_SIZE])
{
	v->source_height = le32_get(in);
	memcpy(v->source.h.b, in + 4, 32);
	v->target_height = le32_get(in + 36);
	memcpy(v->target.h.b, in + 40, 32);
}

void vote_write(uint8_t out[VOTE_SIZE], const struct vote *v)
{
	link_write(out, v);
	memcpy(out + LINK_SIZE, v->key, 32);
	memcpy(out + LINK_SIZE + 32, v->sig, 64);
}

void vote_read(struct vote *v, const uint8_t in[VOTE_SIZE])
{
	link_read(v, in);
	memcpy(v->key, in + LINK_SIZE, 32);
	memcpy(v->sig, in + LINK_SIZE + 32, 64);
}

void vote_id(struct hash256 *out, const uint8_t raw[VOTE_SIZE])
{
	sha256(out->b, raw, VOTE_SIZE);
}

void vote_message(uint8_t out[32], const struct hash256 *document,
		  const struct vote *v)
{
	uint8_t link[LINK_SIZE];
	struct sha256_ctx c;

	link_write(link, v);
	sha256_tagged_init(&c, "quarry/vote");
	sha256_add(&c, document->b, 32);
	sha256_add(&c, link, sizeof(link));
	sha256_done(&c, out);
}

bool vote_signed(const struct vote *v, const struct hash256 *document)
{
	uint8_t msg[32];

	vote_message(msg, document, v);
	return ec_verify_schnorr(v->sig, v->key, msg);
}

bool vote_same_link(const struct vote *a, const struct vote *b)
{
	return a->source_height == b->source_height &&
	       a->target_height == b->target_height &&
	       hash256_equal(&a->source.h, &b->source.h) &&
	       hash256_equal(&a->target.h, &b->target.h);
}

static bool surrounds(const struct vote *a, const struct vote *b)
{
	return a->source_height < b->source_height &&
	       b->target_height < a->target_height;
}

enum vote_clash vote_clash(const struct vote *a, const struct vote *b)
{
	if (vote_same_link(a, b))
		return VOTE_AGREES;
	if (a->target_height == b->target_height)
		return VOTE_DOUBLE;
	return surrounds(a, b) || surrounds(b, a) ? VOTE_SURROUND : VOTE_AGREES;
}

bool vote_record_allows(const struct vote_record *r, const struct vote *v)
{
	return v->source_height < v->target_height &&
	       v->target_height > r->target_height &&
	       v->source_height >= r->source_height;
}

void vote_record_add(struct vote_record *r, const struct vote *v)
{
	r->source_height = v->source_height;
	r->target_height = v->target_height;
}

void vote_evidence_write(uint8_t out[VOTE_EVIDENCE_SCRIPT],
			 const struct vote *a, const struct vote *b)
{
	const struct vote *v[2] = {a, b};
	uint8_t *at = out + 4;

	out[0] = OP_RETURN;
	out[1] = OP_PUSHDATA2;
	out[2] = VOTE_EVIDENCE_DATA & 0xff;
	out[3] = VOTE_EVIDENCE_DATA >> 8;
	memcpy(at, evidence_mark, 4);
	memcpy(at + 4, a->key, 32);
	at += 36;
	for (int i = 0; i < 2; i++) {
		link_write(at, v[i]);
		memcpy(at + LINK_SIZE, v[i]->sig, 64);
		at += LINK_SIZE + 64;
	}
}

bool vote_evidence_read(struct vote *a, struct vote *b, struct bytes script)
{
	struct vote *v[2] = {a, b};
	const uint8_t *at = script.p + 4;

	if (script.len != VOTE_EVIDENCE_SCRIPT || script.p[0] != OP_RETURN ||
	    script.p[1] != OP_PUSHDATA2 ||
	    script.p[2] != (VOTE_EVIDENCE_DATA & 0xff) ||
	    script.p[3] != VOTE_EVIDENCE_DATA >> 8 ||
	    memcmp(at, evidence_mark, 4) != 0)
		return false;
	memcpy(a->key, at + 4, 32);
	memcpy(b->key, at + 4, 32);
	at += 36;
	for (int i = 0; i < 2; i++) {
		link_read(v[i], at);
		memcpy(v[i]->sig, at + LINK_SIZE, 64);
		at += LINK_SIZE + 64;
	}
	return true;
}

bool vote_evidence_proves(const struct vote *a, const struct vote *b,
			  const struct hash256 *document)
{
	return memcmp(a->key, b->key, 32) == 0 &&
	       vote_clash(a, b) != VOTE_AGREES && vote_signed(a, document) &&
	       vote_signed(b, document);
}
