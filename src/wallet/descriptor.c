/* SPDX-License-Identifier: MIT */
/*
 * Reading is by recursion over function names, whose nesting the grammar itself
 * bounds: sh and wsh stand at most one in the other, trees of tr to TREE_MAX.
 */
#include "wallet/descriptor.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "primitives/address.h"
#include "primitives/compactsize.h"
#include "wallet/desctree.h"
#include "wallet/taptree.h"

bool desc_checksum(char out[DESC_CHECKSUM_SIZE], const char *text, size_t len)
{
	static const char charset[] =
		"0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!"
		"^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	static const uint64_t g[5] = {0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d,
				      0x3706b1677a, 0x644d626ffd};
	uint64_t c = 1;
	unsigned class = 0, n_class = 0;

#define STEP(v)                                                                \
	do {                                                                   \
		unsigned top_ = (unsigned)(c >> 35);                           \
		c = (c & 0x7ffffffff) << 5 ^ (v);                              \
		for (int j_ = 0; j_ < 5; j_++)                                 \
			c ^= top_ >> j_ & 1 ? g[j_] : 0;                       \
	} while (0)
	for (size_t i = 0; i < len; i++) {
		const char *at = text[i] ? strchr(charset, text[i]) : NULL;
		unsigned pos;

		if (!at)
			return false;
		pos = (unsigned)(at - charset);
		STEP(pos & 31);
		class = class * 3 + (pos >> 5);
		if (++n_class == 3) {
			STEP(class);
			class = n_class = 0;
		}
	}
	if (n_class)
		STEP(class);
	for (int i = 0; i < 8; i++)
		STEP(0u);
#undef STEP
	c ^= 1;
	for (int i = 0; i < 8; i++)
		out[i] = letters[c >> (5 * (7 - i)) & 31];
	out[8] = '\0';
	return true;
}

void desc_close(struct buf *out, size_t start)
{
	char sum[DESC_CHECKSUM_SIZE];

	if (buf_status(out) == ST_OK &&
	    desc_checksum(sum, (const char *)out->p + start, out->len - start))
		buf_printf(out, "#%s", sum);
}

/* --- what a descriptor says of itself --- */

bool desc_is_range(const struct descriptor *d)
{
	for (const struct descriptor *i = d; i; i = i->next) {
		for (unsigned k = 0; k < i->n_key; k++)
			if (i->key[k].wildcard != DESC_SINGLE)
				return true;
		if (i->sub && desc_is_range(i->sub))
			return true;
	}
	return false;
}

bool desc_is_solvable(const struct descriptor *d)
{
	if (d->kind == DESC_ADDR || d->kind == DESC_RAW)
		return false;
	return d->kind != DESC_SH || desc_is_solvable(d->sub);
}

bool desc_has_private(const struct descriptor *d)
{
	for (const struct descriptor *i = d; i; i = i->next) {
		for (unsigned k = 0; k < i->n_key; k++)
			if (i->key[k].has_secret)
				return true;
		if (i->sub && desc_has_private(i->sub))
			return true;
	}
	return false;
}

bool desc_is_single_type(const struct descriptor *d)
{
	return d->kind != DESC_COMBO;
}

void desc_each_key(const struct descriptor *d,
		   void (*fn)(void *arg, const struct desc_key *k), void *arg)
{
	for (const struct descriptor *i = d; i; i = i->next) {
		for (unsigned k = 0; k < i->n_key; k++)
			fn(arg, &i->key[k]);
		if (i->sub)
			desc_each_key(i->sub, fn, arg);
	}
}

static void wipe_key(void *arg, const struct desc_key *k)
{
	(void)arg;
	desc_key_wipe((struct desc_key *)(uintptr_t)k);
}

void desc_wipe(struct descriptor *d)
{
	desc_each_key(d, wipe_key, NULL);
}

/* --- scripts --- */

struct expansion {
	const struct ec *ec;
	uint32_t index;
	struct arena *arena;
};

static bool keep(struct expansion *x, struct buf *b, struct bytes *out)
{
	const uint8_t *p = NULL;

	if (buf_status(b) == ST_OK)
		p = arena_copy(x->arena, b->p ? b->p : (const uint8_t *)"", b->len);
	*out = bytes_of(p, b->len);
	buf_free(b);
	return p != NULL;
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, 65);
}

static bool multi_script(struct expansion *x, const struct descriptor *d,
			 struct buf *b)
{
	uint8_t key[DESC_KEYS_MAX][65] = {{0}};
	bool good = true;

	for (unsigned i = 0; good && i < d->n_key; i++)
		good = desc_key_public(&d->key[i], x->ec, x->index, key[i]) != 0;
	if (d->kind == DESC_SORTEDMULTI)
		qsort(key, d->n_key, sizeof(key[0]), by_bytes);
	script_push_int(b, d->threshold);
	for (unsigned i = 0; i < d->n_key; i++)
		script_push(b, key[i], key[i][0] == 4 ? 65 : 33);
	script_push_int(b, d->n_key);
	buf_u8(b, OP_CHECKMULTISIG);
	return good;
}

static int by_x(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

bool desc_leaf_script(const struct descriptor *leaf, const struct ec *ec,
		      uint32_t index, struct arena *a, struct bytes *out)
{
	struct expansion x = {ec, index, a};
	uint8_t xonly[DESC_KEYS_MAX][32], key[65];
	struct buf b;

	for (unsigned i = 0; i < leaf->n_key; i++) {
		size_t len = desc_key_public(&leaf->key[i], ec, index, key);

		if (!len)
			return false;
		memcpy(xonly[i], key + (len == 33), 32);
	}
	if (leaf->kind == DESC_SORTEDMULTI_A)
		qsort(xonly, leaf->n_key, sizeof(xonly[0]), by_x);
	buf_init(&b, SCRIPT_SIZE_MAX);
	for (unsigned i = 0; i < leaf->n_key; i++) {
		script_push(&b, xonly[i], 32);
		buf_u8(&b, i ? OP_CHECKSIGADD : OP_CHECKSIG);
	}
	if (leaf->kind != DESC_PK) {
		script_push_int(&b, leaf->threshold);
		buf_u8(&b, OP_NUMEQUAL);
	}
	return keep(&x, &b, out);
}

/* BIP341: the hash of a tree, its leaves as d->next lists them with depths. */
static bool tree_hash(struct expansion *x, const struct descriptor *leaf,
		      uint8_t out[32])
{
	uint8_t hash[DESC_TREE_MAX + 1][32];
	unsigned depth[DESC_TREE_MAX + 1], n = 0;
	struct bytes script;

	for (; leaf; leaf = leaf->next) {
		if (n > DESC_TREE_MAX ||
		    !desc_leaf_script(leaf, x->ec, x->index, x->arena, &script))
			return false;
		taptree_leaf_hash(hash[n], TAPTREE_LEAF_TAPSCRIPT, script);
		depth[n++] = leaf->depth;
		while (n > 1 && depth[n - 1] == depth[n - 2]) {
			taptree_branch(hash[n - 2], hash[n - 2], hash[n - 1]);
			depth[--n - 1]--;
		}
	}
	memcpy(out, hash[0], 32);
	return n == 1;
}

static bool taproot_script(struct expansion *x, const struct descriptor *d,
			   struct buf *b)
{
	uint8_t key[65], tweak[32], q[32], root[32];
	int parity;
	size_t len = desc_key_public(&d->key[0], x->ec, x->index, key);
	const uint8_t *inner = key + (len == 33);

	if (!len)
		return false;
	if (d->kind == DESC_RAWTR) {
		script_witness(b, 1, bytes_of(inner, 32));
		return true;
	}
	if (d->sub && !tree_hash(x, d->sub, root))
		return false;
	taptree_tweak(tweak, inner, d->sub ? root : NULL);
	if (!ec_xonly_tweak_add(q, &parity, inner, tweak))
		return false;
	script_witness(b, 1, bytes_of(q, 32));
	return true;
}

static void wrap(struct buf *b, bool witness, struct bytes inner)
{
	uint8_t hash[32];

	if (witness) {
		sha256(hash, inner.p, inner.len);
		script_witness(b, 0, bytes_of(hash, 32));
	} else {
		hash160(hash, inner.p, inner.len);
		script_p2sh(b, hash);
	}
}

static bool expand_one(struct expansion *x, const struct descriptor *d,
		       struct bytes *out);

/* combo(): pk and pkh, and for a compressed key wpkh and sh(wpkh). */
static bool expand_combo(struct expansion *x, const struct descriptor *d,
			 struct desc_scripts *out)
{
	struct descriptor part = *d;
	struct descriptor sh = {.kind = DESC_SH, .sub = &part};
	static const enum desc_kind kinds[] = {DESC_PK, DESC_PKH, DESC_WPKH};
	uint8_t key[65];
	size_t len = desc_key_public(&d->key[0], x->ec, x->index, key);

	for (unsigned i = 0; len && i < (len == 33 ? 3 : 2); i++) {
		part.kind = kinds[i];
		if (!expand_one(x, &part, &out->script[out->n++]))
			return false;
	}
	return len && (len != 33 || expand_one(x, &sh, &out->script[out->n++]));
}

static bool expand_one(struct expansion *x, const struct descriptor *d,
		       struct bytes *out)
{
	uint8_t key[65], hash[20];
	struct bytes inner;
	size_t len = 33;
	bool good = true;
	struct buf b;

	if (d->kind == DESC_PK || d->kind == DESC_PKH || d->kind == DESC_WPKH) {
		len = desc_key_public(&d->key[0], x->ec, x->index, key);
		hash160(hash, key, len);
	}
	if (!len)
		return false;
	buf_init(&b, SCRIPT_SIZE_MAX);
	switch (d->kind) {
	case DESC_PK:
		script_p2pk(&b, bytes_of(key, len));
		break;
	case DESC_PKH:
		script_p2pkh(&b, hash);
		break;
	case DESC_WPKH:
		script_witness(&b, 0, bytes_of(hash, 20));
		break;
	case DESC_MULTI:
	case DESC_SORTEDMULTI:
		good = multi_script(x, d, &b);
		break;
	case DESC_SH:
	case DESC_WSH:
		good = expand_one(x, d->sub, &inner);
		if (good)
			wrap(&b, d->kind == DESC_WSH, inner);
		break;
	case DESC_TR:
	case DESC_RAWTR:
		good = taproot_script(x, d, &b);
		break;
	case DESC_ADDR:
	case DESC_RAW:
		buf_bytes(&b, d->script);
		break;
	case DESC_COMBO:
	case DESC_MULTI_A:
	case DESC_SORTEDMULTI_A:
		good = false;
		break;
	}
	return keep(x, &b, out) && good;
}

bool desc_expand(const struct descriptor *d, const struct ec *ec,
		 uint32_t index, struct arena *a, struct desc_scripts *out)
{
	struct expansion x = {ec, index, a};

	out->n = 0;
	if (d->kind == DESC_COMBO)
		return expand_combo(&x, d, out);
	out->n = 1;
	return expand_one(&x, d, &out->script[0]);
}

bool desc_inner(const struct descriptor *d, const struct ec *ec,
		uint32_t index, struct arena *a, struct desc_scripts *out)
{
	while (d->kind == DESC_SH || d->kind == DESC_WSH)
		d = d->sub;
	return desc_expand(d, ec, index, a, out);
}

/* --- inference --- */

static bool infer_multi(struct buf *out, const struct script_form *f,
			struct bytes script)
{
	struct bytes left = script, data;
	struct buf keys;
	bool good = true;
	uint8_t op;

	buf_init(&keys, 16384);
	script_next(&left, &op, &data);
	for (unsigned i = 0; i < f->n; i++) {
		good = good && script_next(&left, &op, &data) &&
		       ec_pubkey_parse_ok(data) && data.p[0] <= 4;
		buf_text(&keys, ",");
		buf_hex(&keys, data.p, data.len);
	}
	if (good && buf_status(&keys) == ST_OK)
		buf_printf(out, "multi(%u%s)", f->m, buf_str(&keys));
	buf_free(&keys);
	return good;
}

void desc_infer(struct buf *out, const struct params *p, struct bytes script)
{
	struct script_form f = script_classify(script);
	char address[ADDRESS_TEXT_SIZE];
	size_t start = out->len;
	bool done = false;

	if (f.kind == SCRIPT_PUBKEY && f.data.p[0] <= 4 &&
	    ec_pubkey_parse_ok(f.data)) {
		buf_text(out, "pk(");
		buf_hex(out, f.data.p, f.data.len);
		buf_text(out, ")");
		done = true;
	} else if (f.kind == SCRIPT_MULTISIG && f.n <= 3) {
		done = infer_multi(out, &f, script);
	} else if (f.kind == SCRIPT_WITNESS_V1_TAPROOT && ec_xonly_ok(f.data.p)) {
		buf_text(out, "rawtr(");
		buf_hex(out, f.data.p, 32);
		buf_text(out, ")");
		done = true;
	}
	if (!done && address_from_script(address, p, script)) {
		buf_printf(out, "addr(%s)", address);
	} else if (!done) {
		buf_text(out, "raw(");
		buf_hex(out, script.p, script.len);
		buf_text(out, ")");
	}
	desc_close(out, start);
}

void desc_wrap_sh(struct buf *out, struct bytes script)
{
	wrap(out, false, script);
}

void desc_wrap_wsh(struct buf *out, struct bytes script)
{
	wrap(out, true, script);
}

void desc_wrap_wpkh(struct buf *out, struct bytes key_or_hash)
{
	uint8_t hash[20];

	if (key_or_hash.len == 20)
		memcpy(hash, key_or_hash.p, 20);
	else
		hash160(hash, key_or_hash.p, key_or_hash.len);
	script_witness(out, 0, bytes_of(hash, 20));
}

void desc_infer_wsh(struct buf *out, const struct params *p, struct bytes script)
{
	struct script_form f = script_classify(script);
	size_t start = out->len;
	struct buf inner;

	buf_init(&inner, 65536);
	if (f.kind == SCRIPT_MULTISIG && infer_multi(&inner, &f, script)) {
		buf_printf(out, "wsh(%s)", buf_str(&inner));
		desc_close(out, start);
	} else {
		struct buf spk;

		buf_init(&spk, 64);
		wrap(&spk, true, script);
		desc_infer(out, p, buf_view(&spk));
		buf_free(&spk);
	}
	buf_free(&inner);
}
