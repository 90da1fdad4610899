/* SPDX-License-Identifier: MIT */
#include "wallet/insign.h"

#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"
#include "primitives/address.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

/* OP_CHECKMULTISIG's twenty, what it takes too many, and the script. */
#define STACK_MAX 24
#define MULTISIG_MAX 20

enum form { FORM_LEGACY, FORM_V0 };

struct stack {
	struct bytes item[STACK_MAX];
	unsigned n;
	bool no_memory;
};

enum insign_key_result insign_key_parse(struct insign_key *k,
					const struct params *p,
					const struct ec *ec, const char *wif,
					size_t len)
{
	bool compressed;

	if (address_wif_decode(k->secret, &compressed, p, wif, len) != ADDRESS_OK)
		return INSIGN_KEY_INVALID;
	k->pub_len = ec_pubkey_create(ec, k->pub, k->secret, compressed);
	if (!k->pub_len)
		return INSIGN_KEY_INVALID;
	hash160(k->hash, k->pub, k->pub_len);
	return INSIGN_KEY_OK;
}

void insign_keys_wipe(struct insign_key *k, size_t n)
{
	wipe(k, n * sizeof(*k));
}

/* --- what is known --- */

static bool list_add(struct arena *a, struct insign_list *l, struct bytes name,
		     struct bytes data)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 8;
		struct insign_item *more = arena_array(a, room,
						       struct insign_item);

		if (!more)
			return false;
		if (l->n)
			memcpy(more, l->item, l->n * sizeof(*more));
		l->item = more;
		l->room = room;
	}
	l->item[l->n++] = (struct insign_item){name, data};
	return true;
}

static struct bytes list_find(const struct insign_list *l, struct bytes name)
{
	for (size_t i = 0; i < l->n; i++)
		if (bytes_equal(l->item[i].name, name))
			return l->item[i].data;
	return (struct bytes){0};
}

/* Under both hashes that may stand for it. */
static bool add_hashes(struct insign *s, struct bytes script)
{
	uint8_t *h = arena_array(s->arena, 52, uint8_t);

	if (!h)
		return false;
	hash160(h, script.p, script.len);
	sha256(h + 20, script.p, script.len);
	return list_add(s->arena, &s->scripts, bytes_of(h, 20), script) &&
	       list_add(s->arena, &s->scripts, bytes_of(h + 20, 32), script);
}

bool insign_add_script(struct insign *s, struct bytes script)
{
	uint8_t program[32], *wrapped;
	struct bytes own = bytes_of(arena_copy(s->arena, script.p, script.len),
				    script.len);
	struct buf b;
	bool good;

	buf_init(&b, 64);
	sha256(program, script.p, script.len);
	script_witness(&b, 0, bytes_of(program, 32));
	wrapped = buf_status(&b) == ST_OK ? arena_copy(s->arena, b.p, b.len)
					  : NULL;
	good = own.p && wrapped && add_hashes(s, own) &&
	       add_hashes(s, bytes_of(wrapped, b.len));
	buf_free(&b);
	return good;
}

/* --- signatures --- */

static void push(struct stack *st, struct bytes item)
{
	if (st->n < STACK_MAX)
		st->item[st->n++] = item;
}

static void digest(uint8_t out[32], const struct insign *s, uint32_t at,
		   struct bytes code, enum form form, uint8_t type)
{
	switch (form) {
	case FORM_LEGACY:
		sigmsg_legacy(out, s->msg, at, code, type);
		break;
	case FORM_V0:
		sigmsg_v0(out, s->msg, at, code, type);
		break;
	}
}

/* The signature of a key: one that there is, else a new one; p NULL: none. */
static struct bytes signature(const struct insign *s, uint32_t at,
			      const struct insign_list *sigs, struct bytes pub,
			      struct bytes code, enum form form, struct stack *st)
{
	struct bytes found = list_find(sigs, pub);
	uint8_t sig[EC_DER_MAX + 1], msg[32];
	uint8_t type = s->type == SIGMSG_DEFAULT ? SIGMSG_ALL : s->type;
	uint8_t *made;
	size_t n;

	if (found.p)
		return found;
	for (size_t i = 0; i < s->n_key; i++) {
		const struct insign_key *k = &s->key[i];

		if (!bytes_equal(pub, bytes_of(k->pub, k->pub_len)))
			continue;
		/* BIP143: keys of witness programs are compressed */
		if (form == FORM_V0 && k->pub_len != 33)
			break;
		digest(msg, s, at, code, form, type);
		n = ec_sign_ecdsa(s->ec, sig, k->secret, msg);
		if (!n)
			break;
		sig[n++] = type;
		made = arena_copy(s->arena, sig, n);
		st->no_memory |= !made;
		return bytes_of(made, made ? n : 0);
	}
	return (struct bytes){0};
}

/* The key of a hash, among the keys and those that have signed. */
static struct bytes key_of_hash(const struct insign *s,
				const struct insign_list *sigs, struct bytes hash)
{
	uint8_t h[20];

	for (size_t i = 0; i < s->n_key; i++)
		if (bytes_equal(hash, bytes_of(s->key[i].hash, 20)))
			return bytes_of(s->key[i].pub, s->key[i].pub_len);
	for (size_t i = 0; i < sigs->n; i++) {
		hash160(h, sigs->item[i].name.p, sigs->item[i].name.len);
		if (bytes_equal(hash, bytes_of(h, 20)))
			return sigs->item[i].name;
	}
	return (struct bytes){0};
}

static unsigned multisig_keys(struct bytes script, unsigned n,
			      struct bytes key[MULTISIG_MAX])
{
	struct bytes data;
	unsigned found = 0;
	uint8_t op;

	if (!script_next(&script, &op, &data))	/* how many must sign */
		return 0;
	while (found < n && found < MULTISIG_MAX &&
	       script_next(&script, &op, &data))
		key[found++] = data;
	return found;
}

/* What satisfies one script of the forms with keys. */
static bool solve_keys(const struct insign *s, uint32_t at,
		       const struct insign_list *sigs, struct bytes script,
		       enum form form, struct stack *out)
{
	struct script_form f = script_classify(script);
	struct bytes key[MULTISIG_MAX], sig, pub = f.data;
	unsigned n, have = 0;

	out->n = 0;
	if (f.kind == SCRIPT_MULTISIG) {
		n = multisig_keys(script, f.n, key);
		push(out, bytes_of("", 0));
		for (unsigned i = 0; i < n && have < f.m; i++) {
			sig = signature(s, at, sigs, key[i], script, form, out);
			if (!sig.p)
				continue;
			push(out, sig);
			have++;
		}
		/* Core fills half of what is missing, rounded up */
		for (unsigned i = 0; i + out->n < f.m + 1u; i++)
			push(out, bytes_of("", 0));
		return have == f.m;
	}
	if (f.kind == SCRIPT_PUBKEYHASH)
		pub = key_of_hash(s, sigs, f.data);
	else if (f.kind != SCRIPT_PUBKEY)
		return false;
	sig = pub.p ? signature(s, at, sigs, pub, script, form, out)
		    : (struct bytes){0};
	if (!sig.p)
		return false;
	push(out, sig);
	if (f.kind == SCRIPT_PUBKEYHASH)
		push(out, pub);
	return true;
}

/* The key path: the key is the output's, or its internal one without a tree of
 * scripts (BIP86). */
static void solve_taproot(const struct insign *s, uint32_t at,
			  struct bytes program, struct stack *out)
{
	static const uint8_t no_aux[32];
	uint8_t secret[32], x[32], q[32], tweak[32], msg[32], sig[65];
	struct sha256_ctx c;
	uint8_t *made;
	size_t n = 64;
	int parity;

	if (!sigmsg_taproot(msg, s->msg, at, s->type))
		return;
	for (size_t i = 0; i < s->n_key; i++) {
		if (!ec_xonly_create(s->ec, x, NULL, s->key[i].secret))
			continue;
		memcpy(secret, s->key[i].secret, 32);
		if (memcmp(x, program.p, 32) != 0) {
			sha256_tagged_init(&c, "TapTweak");
			sha256_add(&c, x, 32);
			sha256_done(&c, tweak);
			if (!ec_xonly_tweak_add(q, &parity, x, tweak) ||
			    memcmp(q, program.p, 32) != 0 ||
			    !ec_seckey_tweak_xonly(s->ec, secret, tweak))
				continue;
		}
		if (!ec_sign_schnorr(s->ec, sig, secret, msg, no_aux))
			continue;
		if (s->type != SIGMSG_DEFAULT)
			sig[n++] = s->type;
		made = arena_copy(s->arena, sig, n);
		out->no_memory |= !made;
		if (made)
			push(out, bytes_of(made, n));
		break;
	}
	wipe(secret, sizeof(secret));
}

/* --- an input --- */

static struct bytes witness_of(struct arena *a, const struct stack *st)
{
	struct buf b;
	struct bytes v;

	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < st->n; i++) {
		compactsize_add(&b, st->item[i].len);
		buf_bytes(&b, st->item[i]);
	}
	v = buf_status(&b) == ST_OK
		    ? bytes_of(arena_copy(a, b.p, b.len), b.len)
		    : (struct bytes){0};
	buf_free(&b);
	return v;
}

static struct bytes script_of(struct arena *a, const struct stack *st)
{
	struct buf b;
	struct bytes v;

	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < st->n; i++)
		script_push(&b, st->item[i].p, st->item[i].len);
	v = buf_status(&b) == ST_OK
		    ? bytes_of(arena_copy(a, b.p, b.len), b.len)
		    : (struct bytes){0};
	buf_free(&b);
	return v;
}

bool insign_input(const struct insign *s, uint32_t at,
		  const struct insign_list *sigs, struct txin *in)
{
	struct bytes script = s->msg->spent[at].script, redeem = {0}, code;
	struct script_form f = script_classify(script);
	struct stack sig = {0}, wit = {0};
	uint8_t implied[25];
	struct buf b;

	if (f.kind == SCRIPT_SCRIPTHASH) {
		redeem = list_find(&s->scripts, f.data);
		script = redeem;
		f = script_classify(script);
	}
	switch (f.kind) {
	case SCRIPT_WITNESS_V0_KEYHASH:
		buf_init(&b, sizeof(implied));
		script_p2pkh(&b, f.data.p);
		if (buf_status(&b) == ST_OK) {
			memcpy(implied, b.p, sizeof(implied));
			(void)solve_keys(s, at, sigs,
					 bytes_of(implied, sizeof(implied)),
					 FORM_V0, &wit);
		}
		wit.no_memory |= buf_status(&b) != ST_OK;
		buf_free(&b);
		break;
	case SCRIPT_WITNESS_V0_SCRIPTHASH:
		code = list_find(&s->scripts, f.data);
		if (!code.p)
			break;
		(void)solve_keys(s, at, sigs, code, FORM_V0, &wit);
		push(&wit, code);
		break;
	case SCRIPT_WITNESS_V1_TAPROOT:
		if (!redeem.p)
			solve_taproot(s, at, f.data, &wit);
		break;
	case SCRIPT_PUBKEY:
	case SCRIPT_PUBKEYHASH:
	case SCRIPT_MULTISIG:
		(void)solve_keys(s, at, sigs, script, FORM_LEGACY, &sig);
		break;
	case SCRIPT_NONSTANDARD:
	case SCRIPT_EMPTY:
	case SCRIPT_SCRIPTHASH:
	case SCRIPT_NULL_DATA:
	case SCRIPT_ANCHOR:
	case SCRIPT_WITNESS_UNKNOWN:
		break;
	}
	if (redeem.p)
		push(&sig, redeem);
	in->script_sig = script_of(s->arena, &sig);
	in->witness = witness_of(s->arena, &wit);
	in->n_witness = wit.n;
	return !sig.no_memory && !wit.no_memory && in->script_sig.p &&
	       in->witness.p;
}

/* What a script that only pushes leaves on the stack; false: it does more, or
 * leaves more than a signature can need. */
static bool pushed(struct bytes script, struct stack *out)
{
	struct bytes data;
	uint8_t op;

	while (script.len) {
		if (!script_next(&script, &op, &data) || op > OP_PUSHDATA4 ||
		    out->n == STACK_MAX)
			return false;
		push(out, data);
	}
	return true;
}

bool insign_gather(struct insign *s, uint32_t at, const struct txin *in,
		   struct insign_list *sigs)
{
	struct bytes script = s->msg->spent[at].script, left = in->witness, item;
	struct script_form f = script_classify(script);
	struct bytes key[MULTISIG_MAX];
	enum form form = FORM_LEGACY;
	struct stack st = {0};
	unsigned n, next = 0;
	uint8_t msg[32];

	if (!pushed(in->script_sig, &st))
		return true;
	if (f.kind == SCRIPT_SCRIPTHASH && st.n && st.item[st.n - 1].len) {
		script = st.item[--st.n];
		if (!insign_add_script(s, script))
			return false;
		f = script_classify(script);
	}
	if (f.kind == SCRIPT_WITNESS_V0_SCRIPTHASH) {
		st.n = 0;
		while (witness_next(&left, &item) && st.n < STACK_MAX)
			push(&st, item);
		if (left.len || !st.n || !st.item[st.n - 1].len)
			return true;
		script = st.item[--st.n];
		if (!insign_add_script(s, script))
			return false;
		f = script_classify(script);
		form = FORM_V0;
	}
	if (f.kind != SCRIPT_MULTISIG)
		return true;
	n = multisig_keys(script, f.n, key);
	for (unsigned j = 0; j < st.n; j++) {
		struct bytes sig = st.item[j];

		for (unsigned i = next; sig.len && i < n; i++) {
			digest(msg, s, at, script, form, sig.p[sig.len - 1]);
			if (!ec_verify_ecdsa(bytes_of(sig.p, sig.len - 1), key[i],
					     msg))
				continue;
			next = i + 1;
			if (!list_find(sigs, key[i]).p &&
			    !list_add(s->arena, sigs, key[i], sig))
				return false;
			break;
		}
	}
	return true;
}
