/* SPDX-License-Identifier: MIT */
#include "wallet/psbt_sign.h"

#include <stdio.h>

#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "wallet/taptree.h"

enum form { FORM_LEGACY, FORM_V0 };

struct job {
	struct psbt *psbt;
	const struct psbt_signing *s;
	struct sigmsg msg;
	unsigned n;		/* signatures made */
	uint32_t at;
	struct psbt_map *in;	/* of input at */
	uint8_t type;		/* wanted there */
	bool no_memory;
};

/* --- which keys --- */

/* Fingerprint and path, as in a value. */
static void read_origin(struct key_query *q, struct bytes v)
{
	size_t n = v.len / 4;

	if (v.len < 4 || v.len % 4 || n - 1 > sizeof(q->path) / sizeof(q->path[0]))
		return;
	q->has_origin = true;
	memcpy(q->fingerprint, v.p, 4);
	q->n_path = (unsigned)(n - 1);
	for (unsigned i = 0; i < q->n_path; i++)
		q->path[i] = le32_get(v.p + 4 + (size_t)4 * i);
}

static bool find_key(const struct job *j, struct key_query *q,
		     struct key_found *f)
{
	return j->s->keys.find(j->s->keys.arg, q, f);
}

/* The private key of a public one, or of its hash. */
static bool find_ecdsa(const struct job *j, struct bytes pub, struct key_found *f)
{
	struct key_query q = {.pub = pub};
	uint8_t hash[20];

	for (size_t i = 0; i < j->in->n; i++) {
		const struct psbt_pair *p = &j->in->pair[i];
		struct bytes key = psbt_keydata(p);

		if (p->type != PSBT_IN_BIP32)
			continue;
		hash160(hash, key.p, key.len);
		if (bytes_equal(pub, key) ||
		    bytes_equal(pub, bytes_of(hash, sizeof(hash)))) {
			q.pub = key;
			read_origin(&q, p->value);
			break;
		}
	}
	return find_key(j, &q, f);
}

static bool find_taproot(const struct job *j, struct bytes xonly,
			 struct key_found *f)
{
	const struct psbt_pair *p = psbt_find_key(j->in, PSBT_IN_TAP_BIP32, xonly);
	struct key_query q = {.pub = xonly};
	struct reader r;
	uint64_t n;

	if (p) {
		r = reader_of(p->value.p, p->value.len);
		n = compactsize_read(&r);
		if (reader_take(&r, (size_t)n * 32))
			read_origin(&q, bytes_of(r.p, reader_left(&r)));
	}
	return find_key(j, &q, f);
}

/* --- ECDSA --- */

static void sign_ecdsa(struct job *j, struct bytes pub, struct bytes code,
		       enum form form)
{
	uint8_t sig[EC_DER_MAX + 1], msg[32];
	uint8_t type = j->type == SIGMSG_DEFAULT ? SIGMSG_ALL : j->type;
	struct key_found f;
	size_t n;

	if (pub.len != 20 && psbt_find_key(j->in, PSBT_IN_PARTIAL_SIG, pub))
		return;
	if (!find_ecdsa(j, pub, &f))
		return;
	switch (form) {
	case FORM_LEGACY:
		sigmsg_legacy(msg, &j->msg, j->at, code, type);
		break;
	case FORM_V0:
		sigmsg_v0(msg, &j->msg, j->at, code, type);
		break;
	}
	/* BIP143: keys of witness programs are compressed */
	n = form == FORM_V0 && f.pub_len != 33
		    ? 0 : ec_sign_ecdsa(j->s->ec, sig, f.secret, msg);
	pub = bytes_of(f.pub, f.pub_len);
	if (n && !psbt_find_key(j->in, PSBT_IN_PARTIAL_SIG, pub)) {
		sig[n++] = type;
		if (psbt_put(j->in, PSBT_PLACE_IN, PSBT_IN_PARTIAL_SIG, pub,
			     bytes_of(sig, n), j->s->arena))
			j->n++;
		else
			j->no_memory = true;
	}
	wipe(&f, sizeof(f));
}

/* A script with keys in it. What Bitcoin signs depends on OP_CODESEPARATOR;
 * scripts that have one are left to those who know them. */
static void sign_script(struct job *j, struct bytes script, enum form form)
{
	struct script_form f = script_classify(script);
	struct bytes left = script, data;
	bool known = f.kind == SCRIPT_MULTISIG;
	uint8_t op;

	if (f.kind == SCRIPT_PUBKEY || f.kind == SCRIPT_PUBKEYHASH) {
		sign_ecdsa(j, f.data, script, form);
		return;
	}
	while (script_next(&left, &op, &data))
		if (op == OP_CODESEPARATOR)
			return;
	for (left = script; script_next(&left, &op, &data);)
		if ((data.len == 33 || data.len == 65) &&
		    (known || psbt_find_key(j->in, PSBT_IN_BIP32, data)))
			sign_ecdsa(j, data, script, form);
		else if (data.len == 20 && !known)
			/* a key's hash, if it is one whose key is listed */
			for (size_t i = 0; i < j->in->n; i++) {
				struct bytes key = psbt_keydata(&j->in->pair[i]);
				uint8_t h[20];

				if (j->in->pair[i].type != PSBT_IN_BIP32)
					continue;
				hash160(h, key.p, key.len);
				if (memcmp(h, data.p, 20) == 0)
					sign_ecdsa(j, key, script, form);
			}
}

static void sign_keyhash(struct job *j, struct bytes hash)
{
	struct buf code;

	buf_init(&code, 64);
	script_p2pkh(&code, hash.p);
	if (buf_status(&code) == ST_OK)
		sign_ecdsa(j, hash, buf_view(&code), FORM_V0);
	else
		j->no_memory = true;
	buf_free(&code);
}

static void sign_witness_script(struct job *j, struct bytes program)
{
	struct bytes script = psbt_value(j->in, PSBT_IN_WITNESS_SCRIPT);
	uint8_t hash[32];

	if (!script.p)
		return;
	sha256(hash, script.p, script.len);
	if (bytes_equal(program, bytes_of(hash, 32)))
		sign_script(j, script, FORM_V0);
}

/* --- Schnorr --- */

/* Signs and adds the pair. key empty: the key path. */
static void put_schnorr(struct job *j, const uint8_t secret[32],
			const uint8_t msg[32], uint8_t pair, struct bytes key)
{
	static const uint8_t no_aux[32];
	uint8_t sig[65];
	size_t n = 64;

	if (!ec_sign_schnorr(j->s->ec, sig, secret, msg, no_aux))
		return;
	if (j->type != SIGMSG_DEFAULT)
		sig[n++] = j->type;
	if (psbt_put(j->in, PSBT_PLACE_IN, pair, key, bytes_of(sig, n),
		     j->s->arena))
		j->n++;
	else
		j->no_memory = true;
}

/* True: the key path is signed. */
static bool sign_key_path(struct job *j, struct bytes q)
{
	struct bytes internal = psbt_value(j->in, PSBT_IN_TAP_INTERNAL_KEY);
	struct bytes root = psbt_value(j->in, PSBT_IN_TAP_MERKLE_ROOT);
	uint8_t tweak[32], out[32], msg[32];
	struct key_found f;
	unsigned before = j->n;
	int parity;

	if (psbt_find(j->in, PSBT_IN_TAP_KEY_SIG))
		return true;
	if (!sigmsg_taproot(msg, &j->msg, j->at, j->type))
		return false;
	if (internal.p) {
		taptree_tweak(tweak, internal.p, root.p);
		if (ec_xonly_tweak_add(out, &parity, internal.p, tweak) &&
		    bytes_equal(q, bytes_of(out, 32)) &&
		    find_taproot(j, internal, &f)) {
			if (ec_seckey_tweak_xonly(j->s->ec, f.secret, tweak))
				put_schnorr(j, f.secret, msg, PSBT_IN_TAP_KEY_SIG,
					    (struct bytes){0});
			wipe(&f, sizeof(f));
		}
	}
	/* the output's key itself: rawtr() */
	if (j->n == before && find_taproot(j, q, &f)) {
		put_schnorr(j, f.secret, msg, PSBT_IN_TAP_KEY_SIG,
			    (struct bytes){0});
		wipe(&f, sizeof(f));
	}
	return j->n > before;
}

/* Every key of a leaf's script that is ours signs. */
static void sign_leaf(struct job *j, struct bytes control, struct bytes leaf,
		      struct bytes q)
{
	struct bytes script = bytes_of(leaf.p, leaf.len - 1), left = script, data;
	uint8_t hash[32], name[64], msg[32], op;
	struct key_found f;

	if (leaf.p[leaf.len - 1] != TAPTREE_LEAF_TAPSCRIPT ||
	    (control.p[0] & 0xfe) != TAPTREE_LEAF_TAPSCRIPT ||
	    !taptree_control_ok(control, script, q.p, hash) ||
	    !sigmsg_tapscript(msg, &j->msg, j->at, j->type, hash))
		return;
	while (script_next(&left, &op, &data))
		if (op == OP_CODESEPARATOR)
			return;
	for (left = script; script_next(&left, &op, &data);) {
		if (data.len != 32)
			continue;
		memcpy(name, data.p, 32);
		memcpy(name + 32, hash, 32);
		if (psbt_find_key(j->in, PSBT_IN_TAP_SCRIPT_SIG,
				  bytes_of(name, 64)) ||
		    !find_taproot(j, data, &f))
			continue;
		put_schnorr(j, f.secret, msg, PSBT_IN_TAP_SCRIPT_SIG,
			    bytes_of(name, 64));
		wipe(&f, sizeof(f));
	}
}

static void sign_taproot(struct job *j, struct bytes q)
{
	/* pairs move when one is added */
	size_t n = j->in->n;
	struct psbt_pair *leaf;

	if (sign_key_path(j, q))
		return;
	leaf = arena_array(j->s->arena, n + 1, struct psbt_pair);
	if (!leaf) {
		j->no_memory = true;
		return;
	}
	if (n)
		memcpy(leaf, j->in->pair, n * sizeof(*leaf));
	for (size_t i = 0; i < n; i++)
		if (leaf[i].type == PSBT_IN_TAP_LEAF_SCRIPT)
			sign_leaf(j, psbt_keydata(&leaf[i]), leaf[i].value, q);
}

/* --- inputs --- */

static bool type_known(uint32_t type, bool taproot)
{
	uint32_t base = type & ~(uint32_t)SIGMSG_ANYONECANPAY;

	if (type == SIGMSG_DEFAULT)
		return taproot;
	return base >= SIGMSG_ALL && base <= SIGMSG_SINGLE;
}

static enum psbt_sign_result take_type(struct job *j, bool taproot)
{
	struct bytes v = psbt_value(j->in, PSBT_IN_SIGHASH);
	uint32_t type = v.p ? le32_get(v.p) : j->s->type;

	if (v.p && j->s->type != SIGMSG_DEFAULT && type != j->s->type)
		return PSBT_SIGN_OTHER_TYPE;
	if (type == SIGMSG_DEFAULT && !taproot)
		type = SIGMSG_ALL;
	if (!type_known(type, taproot) ||
	    (!j->s->any_type && type != SIGMSG_ALL && type != SIGMSG_DEFAULT))
		return PSBT_SIGN_TYPE;
	j->type = (uint8_t)type;
	return PSBT_SIGN_OK;
}

static enum psbt_sign_result sign_input(struct job *j, const struct txout *coin,
					bool said)
{
	struct bytes script = coin->script;
	struct script_form f = script_classify(script);
	enum psbt_sign_result r;
	uint8_t hash[20];

	if (f.kind == SCRIPT_SCRIPTHASH) {
		script = psbt_value(j->in, PSBT_IN_REDEEM_SCRIPT);
		hash160(hash, script.p ? script.p : (const uint8_t *)"",
			script.len);
		if (!script.p || memcmp(hash, f.data.p, 20) != 0)
			return PSBT_SIGN_OK;
		f = script_classify(script);
		if (f.kind == SCRIPT_WITNESS_V1_TAPROOT)
			return PSBT_SIGN_OK;
	}
	r = take_type(j, f.kind == SCRIPT_WITNESS_V1_TAPROOT);
	if (r != PSBT_SIGN_OK)
		return r;
	if (f.kind == SCRIPT_WITNESS_V0_KEYHASH)
		sign_keyhash(j, f.data);
	else if (f.kind == SCRIPT_WITNESS_V0_SCRIPTHASH)
		sign_witness_script(j, f.data);
	else if (f.kind == SCRIPT_WITNESS_V1_TAPROOT)
		sign_taproot(j, f.data);
	else if (!said)
		sign_script(j, script, FORM_LEGACY);
	return j->no_memory ? PSBT_SIGN_NO_MEMORY : PSBT_SIGN_OK;
}

struct txout *psbt_coins(const struct psbt *psbt, struct arena *a)
{
	struct txout *coin = arena_calloc(a, psbt->tx.n_in + 1u, sizeof(*coin));

	for (uint32_t i = 0; coin && i < psbt->tx.n_in; i++) {
		enum psbt_coin c = psbt_spent(psbt, i, a, &coin[i]);

		if (c == PSBT_COIN_UNKNOWN || c == PSBT_COIN_DISAGREES)
			coin[i] = (struct txout){0};
		else if (!coin[i].script.p)
			coin[i].script.p = (const uint8_t *)"";
	}
	return coin;
}

enum psbt_sign_result psbt_sign(struct psbt *psbt, const struct psbt_signing *s,
				unsigned *n, uint32_t *at)
{
	struct txout *coin = psbt_coins(psbt, s->arena), other;
	struct job j = {.psbt = psbt, .s = s};
	enum psbt_sign_result r = PSBT_SIGN_OK;

	*n = 0;
	*at = 0;
	if (!coin)
		return PSBT_SIGN_NO_MEMORY;
	sigmsg_init(&j.msg, &psbt->tx, coin);
	for (uint32_t i = 0; r == PSBT_SIGN_OK && i < psbt->tx.n_in; i++) {
		enum psbt_coin known = psbt_spent(psbt, i, s->arena, &other);

		*at = i;
		j.at = i;
		j.in = &psbt->in[i];
		if (known == PSBT_COIN_DISAGREES)
			return PSBT_SIGN_COIN;
		if (known != PSBT_COIN_UNKNOWN && !psbt_in_is_final(j.in))
			r = sign_input(&j, &coin[i], known == PSBT_COIN_SAID);
	}
	*n = j.n;
	return r;
}

void psbt_sign_explain(char *out, size_t size, enum psbt_sign_result r,
		       uint32_t at)
{
	switch (r) {
	case PSBT_SIGN_OK:
		snprintf(out, size, "Signed.");
		break;
	case PSBT_SIGN_NO_MEMORY:
		snprintf(out, size, "There was not enough memory to sign.");
		break;
	case PSBT_SIGN_TYPE:
		snprintf(out, size, "Input %u asks for a signature that does not "
			 "cover the whole transaction (its hash type); that is "
			 "only signed when allowed.", at);
		break;
	case PSBT_SIGN_OTHER_TYPE:
		snprintf(out, size, "Input %u names another hash type than the "
				    "one asked for.", at);
		break;
	case PSBT_SIGN_COIN:
		snprintf(out, size, "What is said about the coin of input %u "
			 "contradicts itself.", at);
		break;
	}
}
