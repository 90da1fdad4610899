/* SPDX-License-Identifier: MIT */
/*
 * Any scripts, any witness, any flags. The judgement must not depend on being
 * watched, rules may only add up (what is good under some flags is good under
 * fewer), and no operation is run that is not in a script.
 *
 * Input: consensus flags (1), flags taken away (1), policy flags (2), policy
 * flags taken away (2), form (1), lock time (2), sequence (2), then the input's
 * script and the output's, each after two bytes of length, then witness items,
 * each after one. The form wraps the output's script: as it is, P2SH, P2WSH,
 * P2WSH in P2SH, or the only leaf of a taproot output.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "consensus/script_check.h"
#include "consensus/script_trace.h"
#include "consensus/taproot.h"
#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

#define INPUT_MAX 65536

enum form { FORM_BARE, FORM_P2SH, FORM_P2WSH, FORM_P2SH_P2WSH, FORM_P2TR, FORMS };

struct subject {
	struct tx tx;
	struct txin in;
	struct txout out;
	struct coin coin;
	struct buf sig, pubkey, witness;
};

static struct bytes take(struct reader *r, size_t n)
{
	size_t left = reader_left(r);

	n = n < left ? n : left;
	return bytes_of(reader_take(r, n), n);
}

static void add_item(struct subject *s, struct bytes item)
{
	compactsize_add(&s->witness, item.len);
	buf_bytes(&s->witness, item);
	s->in.n_witness++;
}

static void wrap_p2sh(struct subject *s, struct bytes redeem)
{
	uint8_t hash[20];

	script_push(&s->sig, redeem.p, redeem.len);
	hash160(hash, redeem.p, redeem.len);
	script_p2sh(&s->pubkey, hash);
}

static void wrap_p2wsh(struct subject *s, struct bytes script, bool p2sh)
{
	uint8_t hash[32];
	struct buf program;

	sha256(hash, script.p, script.len);
	add_item(s, script);
	buf_init(&program, 64);
	script_witness(&program, 0, bytes_of(hash, 32));
	if (p2sh)
		wrap_p2sh(s, buf_view(&program));
	else
		buf_bytes(&s->pubkey, buf_view(&program));
	buf_free(&program);
}

/* The internal key is the generator's. */
static void wrap_p2tr(struct subject *s, struct bytes script)
{
	static const uint8_t key[32] = {
		0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62,
		0x95, 0xce, 0x87, 0x0b, 0x07, 0x02, 0x9b, 0xfc, 0xdb, 0x2d, 0xce,
		0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
	};
	uint8_t tweak[32], out[32], control[TAPROOT_CONTROL_BASE];
	struct sha256_ctx h;
	struct hash256 leaf;
	int parity;

	taproot_leaf_hash(&leaf, 0xc0, script);
	sha256_tagged_init(&h, "TapTweak");
	sha256_add(&h, key, 32);
	sha256_add(&h, leaf.b, 32);
	sha256_done(&h, tweak);
	BUG_ON(!ec_xonly_tweak_add(out, &parity, key, tweak));
	control[0] = (uint8_t)(0xc0 | parity);
	memcpy(control + 1, key, 32);
	script_witness(&s->pubkey, 1, bytes_of(out, 32));
	add_item(s, script);
	add_item(s, bytes_of(control, sizeof(control)));
}

static void build(struct subject *s, struct reader *r)
{
	enum form form = reader_u8(r) % FORMS;
	struct bytes script;

	s->tx.locktime = reader_le16(r);
	s->in.sequence = reader_le16(r);
	buf_bytes(&s->sig, take(r, reader_le16(r)));
	script = take(r, reader_le16(r));
	while (!r->failed && reader_left(r))
		add_item(s, take(r, reader_u8(r)));
	switch (form) {
	case FORM_BARE:
	case FORMS:
		buf_bytes(&s->pubkey, script);
		break;
	case FORM_P2SH:
		wrap_p2sh(s, script);
		break;
	case FORM_P2WSH:
	case FORM_P2SH_P2WSH:
		wrap_p2wsh(s, script, form == FORM_P2SH_P2WSH);
		break;
	case FORM_P2TR:
		wrap_p2tr(s, script);
		break;
	}
	s->in.script_sig = buf_view(&s->sig);
	s->in.witness = buf_view(&s->witness);
	s->coin = (struct coin){.value = 5000, .script = buf_view(&s->pubkey)};
	s->tx.version = 2;
	s->tx.in = &s->in;
	s->tx.out = &s->out;
	s->tx.n_in = s->tx.n_out = 1;
	s->tx.has_witness = s->in.n_witness > 0;
}

/* What a flag builds on must be there. */
static void trim(uint32_t *cf, uint32_t *pf)
{
	if (!(*cf & CF_P2SH))
		*cf &= ~(uint32_t)CF_WITNESS;
	if (!(*cf & CF_WITNESS)) {
		*cf &= ~(uint32_t)CF_TAPROOT;
		*pf &= ~(uint32_t)PF_CLEANSTACK;
	}
}

static enum script_error judge(const struct subject *s, uint32_t cf, uint32_t pf,
			       const struct script_trace *trace)
{
	struct sighash_cache *c = sighash_cache_new(&s->tx, &s->coin);
	enum script_error e;
	int32_t pos;

	BUG_ON(!c);
	BUG_ON(script_check(&s->tx, 0, &s->coin, c, (struct consensus_flags){cf},
			    (struct policy_flags){pf}, trace, &e, &pos) != ST_OK);
	BUG_ON(e == SCRIPT_ERR_OK && pos != -1);
	sighash_cache_free(c);
	return e;
}

static void count(void *ctx, const struct script_step *s)
{
	char text[1];
	struct buf b;

	*(size_t *)ctx += s->event == SCRIPT_STEP;
	BUG_ON(s->offset > s->script.len);
	if (s->event != SCRIPT_FAILED)
		return;
	buf_init(&b, INPUT_MAX);
	script_step_stack_text(&b, s, 5);
	memcpy(text, buf_str(&b), 1);
	BUG_ON(text[0] != '[');
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(data, len);
	struct subject s = {.in = {.n_witness = 0}};
	uint32_t cf, less_cf, pf, less_pf;
	struct script_failure failure;
	struct script_trace trace, text = script_failure_trace(&failure);
	enum script_error e;
	size_t steps = 0;

	if (len > INPUT_MAX)
		return 0;
	buf_init(&s.sig, 2 * INPUT_MAX);
	buf_init(&s.pubkey, 2 * INPUT_MAX);
	buf_init(&s.witness, 4 * INPUT_MAX);
	cf = reader_u8(&r) & CF_ALL;
	less_cf = cf & reader_u8(&r);
	pf = reader_le16(&r) & PF_ALL;
	less_pf = pf & reader_le16(&r);
	trim(&cf, &pf);
	trim(&less_cf, &less_pf);
	less_pf &= pf;
	build(&s, &r);

	trace = (struct script_trace){count, &steps};
	e = judge(&s, cf, pf, NULL);
	BUG_ON(judge(&s, cf, pf, &trace) != e);
	BUG_ON(judge(&s, cf, pf, &text) != e);
	BUG_ON((e != SCRIPT_ERR_OK) != (failure.text[0] != '\0'));
	BUG_ON(steps > 2 * s.sig.len + s.pubkey.len + s.witness.len + 25);
	if (e == SCRIPT_ERR_OK)
		BUG_ON(judge(&s, less_cf, less_pf, NULL) != SCRIPT_ERR_OK);
	buf_free(&s.sig);
	buf_free(&s.pubkey);
	buf_free(&s.witness);
	return 0;
}
