/* SPDX-License-Identifier: MIT */
#include "wallet/psbt_final.h"

#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "wallet/psbt_sign.h"
#include "wallet/psbt_update.h"
#include "wallet/taptree.h"

#define STACK_MAX 24
#define MULTISIG_MAX 20
#define LEAF_KEYS_MAX 20
/* What others reckon with: DER with two numbers of 32 bytes, and the type. */
#define DUMMY_DER 71

enum form { FORM_LEGACY, FORM_V0 };

struct stack {
	struct bytes item[STACK_MAX];
	unsigned n;
};

struct solver {
	const struct psbt_final *f;
	const struct psbt_map *in;
	uint32_t at;
	bool dummy;
	struct psbt_lack *lack;
};

static const uint8_t zeros[DUMMY_DER];

static void push(struct stack *st, struct bytes item)
{
	if (st->n < STACK_MAX)
		st->item[st->n++] = item;
}

/* --- signatures --- */

static bool good_ecdsa(const struct solver *s, struct bytes sig, struct bytes pub,
		       struct bytes code, enum form form)
{
	uint8_t msg[32], type;

	if (!ec_der_is_strict(sig) || !ec_sig_is_low_s(sig) ||
	    (form == FORM_V0 && pub.len != 33))
		return false;
	type = sig.p[sig.len - 1];
	if ((type & ~SIGMSG_ANYONECANPAY) < SIGMSG_ALL ||
	    (type & ~SIGMSG_ANYONECANPAY) > SIGMSG_SINGLE)
		return false;
	if (form == FORM_V0)
		sigmsg_v0(msg, &s->f->msg, s->at, code, type);
	else
		sigmsg_legacy(msg, &s->f->msg, s->at, code, type);
	return ec_verify_ecdsa(bytes_of(sig.p, sig.len - 1), pub, msg);
}

/* leaf_hash NULL: the key path. */
static bool good_schnorr(const struct solver *s, struct bytes sig,
			 const uint8_t x[32], const uint8_t *leaf_hash)
{
	uint8_t msg[32], type = sig.len == 65 ? sig.p[64] : SIGMSG_DEFAULT;

	if ((sig.len != 64 && sig.len != 65) ||
	    (sig.len == 65 && type == SIGMSG_DEFAULT) ||
	    (type & ~SIGMSG_ANYONECANPAY) > SIGMSG_SINGLE ||
	    type == SIGMSG_ANYONECANPAY)
		return false;
	return (leaf_hash ? sigmsg_tapscript(msg, &s->f->msg, s->at, type,
					     leaf_hash)
			  : sigmsg_taproot(msg, &s->f->msg, s->at, type)) &&
	       ec_verify_schnorr(sig.p, x, msg);
}

static void lacks_sig(const struct solver *s, struct bytes pub)
{
	if (s->lack && s->lack->n_sig < PSBT_LACK_MAX)
		hash160(s->lack->sig[s->lack->n_sig++], pub.p, pub.len);
}

/* p NULL: there is none. */
static struct bytes signature(const struct solver *s, struct bytes pub)
{
	const struct psbt_pair *p = psbt_find_key(s->in, PSBT_IN_PARTIAL_SIG, pub);

	if (p)
		return p->value;
	if (s->dummy)
		return bytes_of(zeros, DUMMY_DER);
	lacks_sig(s, pub);
	return (struct bytes){0};
}

/* The key of a hash, among those that signed or that are listed. */
static struct bytes key_of(const struct solver *s, struct bytes hash)
{
	uint8_t h[20];

	for (size_t i = 0; i < s->in->n; i++) {
		const struct psbt_pair *p = &s->in->pair[i];
		struct bytes pub = psbt_keydata(p);

		if (p->type != PSBT_IN_PARTIAL_SIG && p->type != PSBT_IN_BIP32)
			continue;
		hash160(h, pub.p, pub.len);
		if (memcmp(h, hash.p, 20) == 0)
			return pub;
	}
	return (struct bytes){0};
}

/* --- scripts with ECDSA --- */

static bool solve_multisig(const struct solver *s, struct bytes script,
			   const struct script_form *f, enum form form,
			   struct stack *out)
{
	struct bytes left = script, pub, sig;
	unsigned have = 0;
	bool good = true;
	uint8_t op;

	push(out, bytes_of("", 0));
	script_next(&left, &op, &pub);	/* how many must sign */
	for (unsigned i = 0; i < f->n && script_next(&left, &op, &pub); i++) {
		sig = signature(s, pub);
		if (!sig.p || have == f->m)
			continue;
		good = good && (s->dummy || good_ecdsa(s, sig, pub, script, form));
		push(out, sig);
		have++;
	}
	return good && have == f->m;
}

static bool solve_script(const struct solver *s, struct bytes script,
			 enum form form, struct stack *out)
{
	struct script_form f = script_classify(script);
	struct bytes pub = f.data, sig;

	if (f.kind == SCRIPT_MULTISIG)
		return solve_multisig(s, script, &f, form, out);
	if (f.kind == SCRIPT_PUBKEYHASH) {
		pub = key_of(s, f.data);
		if (!pub.p && s->lack) {
			s->lack->has_pub = true;
			memcpy(s->lack->pub, f.data.p, 20);
		}
	} else if (f.kind != SCRIPT_PUBKEY) {
		return false;
	}
	sig = pub.p ? signature(s, pub) : (struct bytes){0};
	if (!sig.p || (!s->dummy && !good_ecdsa(s, sig, pub, script, form)))
		return false;
	push(out, sig);
	if (f.kind == SCRIPT_PUBKEYHASH)
		push(out, pub);
	return true;
}

static bool solve_keyhash(const struct solver *s, struct bytes hash,
			  struct stack *out)
{
	uint8_t *code = arena_array(s->f->arena, 25, uint8_t);

	if (!code)
		return false;
	memcpy(code, (const uint8_t[]){OP_DUP, OP_HASH160, 20}, 3);
	memcpy(code + 3, hash.p, 20);
	code[23] = OP_EQUALVERIFY;
	code[24] = OP_CHECKSIG;
	return solve_script(s, bytes_of(code, 25), FORM_V0, out);
}

/* --- taproot --- */

/* The keys of a leaf: one with OP_CHECKSIG, or some counted; 0: another form. */
static unsigned leaf_keys(struct bytes script, struct bytes key[LEAF_KEYS_MAX],
			  int64_t *wanted)
{
	struct bytes left = script, data;
	unsigned n = 0;
	uint8_t op;

	*wanted = 1;
	while (n < LEAF_KEYS_MAX && script_next(&left, &op, &data) &&
	       op == 32 && data.len == 32) {
		key[n] = data;
		if (!script_next(&left, &op, &data) ||
		    op != (n ? OP_CHECKSIGADD : OP_CHECKSIG))
			return 0;
		n++;
		if (n == 1 && !left.len)
			return 1;
	}
	if (n < 1)
		return 0;
	if (op >= OP_1 && op <= OP_16)
		*wanted = op - OP_1 + 1;
	else if (data.len == 1 && data.p[0] > 16 && data.p[0] < 0x80)
		*wanted = data.p[0];
	else
		return 0;
	return script_next(&left, &op, &data) && op == OP_NUMEQUAL && !left.len &&
			       *wanted <= n
		       ? n : 0;
}

static struct bytes leaf_sig(const struct solver *s, struct bytes key,
			     const uint8_t hash[32])
{
	const struct psbt_pair *p;
	uint8_t name[64];

	memcpy(name, key.p, 32);
	memcpy(name + 32, hash, 32);
	p = psbt_find_key(s->in, PSBT_IN_TAP_SCRIPT_SIG, bytes_of(name, 64));
	if (!p)
		return s->dummy ? bytes_of(zeros, 64) : (struct bytes){0};
	return s->dummy || good_schnorr(s, p->value, key.p, hash)
		       ? p->value : (struct bytes){0};
}

static bool solve_leaf(const struct solver *s, const struct psbt_pair *p,
		       struct bytes q, struct stack *out)
{
	struct bytes script = bytes_of(p->value.p, p->value.len - 1);
	struct bytes key[LEAF_KEYS_MAX], sig[LEAF_KEYS_MAX];
	int64_t wanted, have = 0;
	unsigned n = leaf_keys(script, key, &wanted);
	uint8_t hash[32];

	if (!n || p->value.p[p->value.len - 1] != TAPTREE_LEAF_TAPSCRIPT ||
	    !taptree_control_ok(psbt_keydata(p), script, q.p, hash))
		return false;
	for (unsigned i = 0; i < n; i++) {
		sig[i] = have < wanted ? leaf_sig(s, key[i], hash)
				       : (struct bytes){0};
		have += sig[i].p != NULL;
	}
	/* the first key's signature is on top */
	out->n = 0;
	for (unsigned i = n; i-- > 0;)
		push(out, sig[i].p ? sig[i] : bytes_of("", 0));
	push(out, script);
	push(out, psbt_keydata(p));
	return have == wanted;
}

static size_t stack_size(const struct stack *st)
{
	size_t n = 0;

	for (unsigned i = 0; i < st->n; i++)
		n += st->item[i].len + compactsize_size(st->item[i].len);
	return n;
}

static bool solve_taproot(const struct solver *s, struct bytes q,
			  struct stack *out)
{
	struct bytes sig = psbt_value(s->in, PSBT_IN_TAP_KEY_SIG);
	struct stack leaf = {0};
	bool found = false;

	if (s->dummy || sig.p) {
		push(out, sig.p ? sig : bytes_of(zeros, 64));
		return s->dummy || good_schnorr(s, sig, q.p, NULL);
	}
	for (size_t i = 0; i < s->in->n; i++) {
		const struct psbt_pair *p = &s->in->pair[i];

		if (p->type != PSBT_IN_TAP_LEAF_SCRIPT ||
		    !solve_leaf(s, p, q, &leaf) ||
		    (found && stack_size(&leaf) >= stack_size(out)))
			continue;
		*out = leaf;
		found = true;
	}
	return found;
}

/* --- an input --- */

static struct bytes keep(struct arena *a, struct buf *b)
{
	struct bytes v = {0};

	if (buf_status(b) == ST_OK)
		v = bytes_of(arena_copy(a, b->p ? b->p : (const uint8_t *)"",
					b->len), b->len);
	buf_free(b);
	return v;
}

static bool put_stacks(struct arena *a, const struct stack *sig,
		       const struct stack *wit, struct txin *in)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < sig->n; i++)
		script_push(&b, sig->item[i].p, sig->item[i].len);
	in->script_sig = keep(a, &b);
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < wit->n; i++) {
		compactsize_add(&b, wit->item[i].len);
		buf_bytes(&b, wit->item[i]);
	}
	in->witness = keep(a, &b);
	in->n_witness = wit->n;
	return in->script_sig.p && in->witness.p;
}

/* The script behind a hash, by a field of the input. */
static struct bytes behind(const struct solver *s, uint8_t type,
			   struct bytes hash, bool *lacks, uint8_t *lack_hash)
{
	struct bytes script = psbt_value(s->in, type);
	uint8_t h[32];

	if (script.p) {
		if (hash.len == 20)
			hash160(h, script.p, script.len);
		else
			sha256(h, script.p, script.len);
		if (memcmp(h, hash.p, hash.len) == 0)
			return script;
	}
	if (s->lack) {
		*lacks = true;
		memcpy(lack_hash, hash.p, hash.len);
	}
	return (struct bytes){0};
}

static bool solve(const struct solver *s, struct bytes script, bool said,
		  struct stack *sig, struct stack *wit, bool *witness)
{
	struct script_form f = script_classify(script);
	struct psbt_lack none, *lack = s->lack ? s->lack : &none;
	struct bytes redeem = {0}, code;
	bool good;

	if (f.kind == SCRIPT_SCRIPTHASH) {
		redeem = behind(s, PSBT_IN_REDEEM_SCRIPT, f.data, &lack->redeem,
				lack->redeem_hash);
		if (!redeem.p)
			return false;
		script = redeem;
		f = script_classify(script);
		if (f.kind == SCRIPT_WITNESS_V1_TAPROOT)
			return false;
	}
	if (f.kind == SCRIPT_WITNESS_V0_KEYHASH) {
		*witness = true;
		good = solve_keyhash(s, f.data, wit);
	} else if (f.kind == SCRIPT_WITNESS_V0_SCRIPTHASH) {
		code = behind(s, PSBT_IN_WITNESS_SCRIPT, f.data, &lack->witness,
			      lack->witness_hash);
		if (!code.p)
			return false;
		*witness = true;
		good = solve_script(s, code, FORM_V0, wit);
		push(wit, code);
	} else if (f.kind == SCRIPT_WITNESS_V1_TAPROOT) {
		*witness = true;
		good = solve_taproot(s, f.data, wit);
	} else {
		good = solve_script(s, script, FORM_LEGACY, sig);
	}
	if (redeem.p)
		push(sig, redeem);
	return good && (!said || *witness);
}

enum psbt_final_result psbt_final_solve(const struct psbt_final *f, uint32_t at,
					bool dummy, struct txin *in,
					struct psbt_lack *lack, bool *witness)
{
	const struct psbt_map *m = &f->psbt->in[at];
	struct solver s = {f, m, at, dummy, lack};
	struct bytes script_sig = psbt_value(m, PSBT_IN_FINAL_SCRIPT_SIG);
	struct bytes items = psbt_value(m, PSBT_IN_FINAL_WITNESS);
	struct stack sig = {0}, wit = {0};
	struct reader r = reader_of(items.p, items.len);
	struct txout coin;
	enum psbt_coin known;

	*witness = false;
	if (lack)
		*lack = (struct psbt_lack){0};
	*in = f->psbt->tx.in[at];
	if (psbt_in_is_final(m)) {
		in->script_sig = script_sig;
		in->n_witness = items.p ? (uint32_t)compactsize_read(&r) : 0;
		in->witness = bytes_of(r.p, reader_left(&r));
		return PSBT_FINAL_DONE;
	}
	known = psbt_spent(f->psbt, at, f->arena, &coin);
	if (known != PSBT_COIN_KNOWN && known != PSBT_COIN_SAID)
		return PSBT_FINAL_LACKS;
	if (!solve(&s, coin.script, known == PSBT_COIN_SAID, &sig, &wit, witness))
		return PSBT_FINAL_LACKS;
	return put_stacks(f->arena, &sig, &wit, in) ? PSBT_FINAL_DONE
						    : PSBT_FINAL_NO_MEMORY;
}

static bool put_final(struct psbt_final *f, uint32_t at, const struct txin *in)
{
	struct psbt_map *m = &f->psbt->in[at];
	bool good = true;
	struct buf b;

	if (in->script_sig.len)
		good = psbt_put(m, PSBT_PLACE_IN, PSBT_IN_FINAL_SCRIPT_SIG,
				(struct bytes){0}, in->script_sig, f->arena);
	if (good && in->n_witness) {
		buf_init(&b, in->witness.len + 9);
		compactsize_add(&b, in->n_witness);
		buf_bytes(&b, in->witness);
		good = buf_status(&b) == ST_OK &&
		       psbt_put(m, PSBT_PLACE_IN, PSBT_IN_FINAL_WITNESS,
				(struct bytes){0}, buf_view(&b), f->arena);
		buf_free(&b);
	}
	return good;
}

enum psbt_final_result psbt_final_input(struct psbt_final *f, uint32_t at)
{
	enum psbt_final_result r;
	struct txout coin;
	struct txin in;
	bool witness;

	if (psbt_in_is_final(&f->psbt->in[at]))
		return PSBT_FINAL_DONE;
	r = psbt_final_solve(f, at, false, &in, NULL, &witness);
	if (r == PSBT_FINAL_DONE && !put_final(f, at, &in))
		r = PSBT_FINAL_NO_MEMORY;
	/* BIP174: a witness program's coin is told by itself */
	if (witness && psbt_spent(f->psbt, at, f->arena, &coin) ==
			       PSBT_COIN_KNOWN &&
	    !psbt_set_coin(f->psbt, at, &coin, f->arena))
		r = PSBT_FINAL_NO_MEMORY;
	return r;
}

bool psbt_final_init(struct psbt_final *f, struct psbt *psbt, struct arena *a)
{
	struct txout *coins = psbt_coins(psbt, a);

	*f = (struct psbt_final){.psbt = psbt, .arena = a};
	if (coins)
		sigmsg_init(&f->msg, &psbt->tx, coins);
	return coins != NULL;
}

bool psbt_finalize(struct psbt *psbt, struct arena *a, bool *complete)
{
	struct psbt_final f;

	*complete = true;
	if (!psbt_final_init(&f, psbt, a))
		return false;
	for (uint32_t i = 0; i < psbt->tx.n_in; i++)
		switch (psbt_final_input(&f, i)) {
		case PSBT_FINAL_DONE:
			break;
		case PSBT_FINAL_LACKS:
			*complete = false;
			break;
		case PSBT_FINAL_NO_MEMORY:
			return false;
		}
	return true;
}

bool psbt_extract(const struct psbt *psbt, struct tx *tx, struct arena *a)
{
	const struct psbt_final f = {.psbt = (struct psbt *)(uintptr_t)psbt,
				     .arena = a};
	bool witness;

	*tx = psbt->tx;
	tx->in = arena_array(a, tx->n_in + 1u, struct txin);
	tx->has_witness = false;
	for (uint32_t i = 0; tx->in && i < tx->n_in; i++) {
		if (psbt_in_is_final(&psbt->in[i]))
			(void)psbt_final_solve(&f, i, false, &tx->in[i], NULL,
					       &witness);
		else
			tx->in[i] = psbt->tx.in[i];
		tx->has_witness |= tx->in[i].n_witness != 0;
	}
	return tx->in != NULL;
}
