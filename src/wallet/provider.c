/* SPDX-License-Identifier: MIT */
#include "wallet/provider.h"

#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"
#include "primitives/script.h"
#include "wallet/desctree.h"
#include "wallet/hdkey.h"
#include "wallet/taptree.h"

void provider_init(struct provider *p, struct arena *a, const struct ec *ec)
{
	*p = (struct provider){.arena = a, .ec = ec};
}

/* Room for one more of an array. */
static void *grow(struct arena *a, void *old, size_t n, size_t *room,
		  size_t size)
{
	uint8_t *more;

	if (n < *room)
		return old;
	more = arena_calloc(a, *room ? 2 * *room : 8, size);
	if (!more)
		return NULL;
	if (n) {
		memcpy(more, old, n * size);
		/* it may hold private keys */
		wipe(old, n * size);
	}
	*room = *room ? 2 * *room : 8;
	return more;
}

/* --- adding --- */

struct adding {
	struct provider *p;
	uint32_t index;
	bool secrets, failed;
};

static void put_origin(struct provider_key *o, const struct desc_key *k,
		       uint32_t index)
{
	uint8_t hash[20];

	if (k->has_origin) {
		memcpy(o->fingerprint, k->origin_fingerprint, 4);
	} else if (k->extended) {
		hash160(hash, k->pub, 33);
		memcpy(o->fingerprint, hash, 4);
	} else {
		memcpy(o->fingerprint, o->hash, 4);
	}
	for (unsigned i = 0; i < k->n_origin; i++)
		o->path[o->n_path++] = k->origin_path[i];
	for (unsigned i = 0; i < k->n_path; i++)
		o->path[o->n_path++] = k->path[i];
	if (k->wildcard != DESC_SINGLE)
		o->path[o->n_path++] =
			index | (k->wildcard == DESC_RANGE ? 0 : HDKEY_HARDENED);
}

static void add_key(void *arg, const struct desc_key *k)
{
	struct adding *a = arg;
	struct provider *p = a->p;
	struct provider_key *o = grow(p->arena, p->key, p->n_key, &p->room_key,
				      sizeof(*o));

	if (!o) {
		a->failed = true;
		return;
	}
	p->key = o;
	o += p->n_key;
	o->pub_len = desc_key_public(k, p->ec, a->index, o->pub);
	if (!o->pub_len) {
		a->failed = true;
		return;
	}
	if (o->pub_len == 32) {
		memmove(o->pub + 1, o->pub, 32);
		o->pub[0] = 2;
		o->pub_len = 33;
	}
	hash160(o->hash, o->pub, o->pub_len);
	put_origin(o, k, a->index);
	if (a->secrets && k->has_secret)
		o->has_secret = desc_key_secret(k, p->ec, a->index, o->secret);
	o->compressed = o->pub_len == 33;
	p->n_key++;
}

static bool add_script(struct provider *p, struct bytes script)
{
	struct provider_script *s = grow(p->arena, p->script, p->n_script,
					 &p->room_script, sizeof(*s));

	if (!s)
		return false;
	p->script = s;
	s += p->n_script++;
	s->script = script;
	sha256(s->sha256, script.p, script.len);
	hash160(s->hash160, script.p, script.len);
	return true;
}

static bool make_leaves(struct provider *p, const struct descriptor *d,
			uint32_t index, struct provider_tree *t)
{
	for (const struct descriptor *i = d; i; i = i->next)
		t->n_leaf++;
	t->leaf = arena_calloc(p->arena, t->n_leaf + 1u, sizeof(*t->leaf));
	for (unsigned i = 0; t->leaf && d; i++, d = d->next) {
		if (!desc_leaf_script(d, p->ec, index, p->arena,
				      &t->leaf[i].script))
			return false;
		t->leaf[i].depth = (uint8_t)d->depth;
		taptree_leaf_hash(t->leaf[i].hash, TAPTREE_LEAF_TAPSCRIPT,
				  t->leaf[i].script);
	}
	return t->leaf != NULL;
}

/* The tree's hash; each leaf gets the hashes beside its way up. Nodes stand on a
 * stack, each over the leaves from `first` on. */
static bool make_paths(struct provider *p, struct provider_tree *t)
{
	struct node { uint8_t hash[32]; unsigned depth, first; } *n;
	unsigned top = 0;
	struct buf *way;
	bool good = true;

	n = arena_calloc(p->arena, DESC_TREE_MAX + 2, sizeof(*n));
	way = arena_calloc(p->arena, t->n_leaf + 1u, sizeof(*way));
	if (!n || !way)
		return false;
	for (unsigned i = 0; i < t->n_leaf; i++)
		buf_init(&way[i], (size_t)32 * TAPTREE_DEPTH_MAX);
	for (unsigned i = 0; good && i < t->n_leaf; i++) {
		good = top <= DESC_TREE_MAX;
		if (!good)
			break;
		memcpy(n[top].hash, t->leaf[i].hash, 32);
		n[top].depth = t->leaf[i].depth;
		n[top++].first = i;
		while (top > 1 && n[top - 1].depth == n[top - 2].depth) {
			struct node *l = &n[top - 2], *r = &n[top - 1];

			for (unsigned j = l->first; j <= i; j++)
				buf_add(&way[j], j < r->first ? r->hash : l->hash,
					32);
			taptree_branch(l->hash, l->hash, r->hash);
			l->depth--;
			top--;
		}
	}
	good = good && top == 1;
	if (good)
		memcpy(t->root, n[0].hash, 32);
	t->has_root = good;
	for (unsigned i = 0; i < t->n_leaf; i++) {
		size_t len = TAPTREE_CONTROL_BASE + way[i].len;
		uint8_t *c = arena_array(p->arena, len, uint8_t);

		good = good && c && buf_status(&way[i]) == ST_OK;
		if (good && way[i].len)
			memcpy(c + TAPTREE_CONTROL_BASE, way[i].p, way[i].len);
		t->leaf[i].control = bytes_of(c, len);
		buf_free(&way[i]);
	}
	return good;
}

static bool add_tree(struct provider *p, const struct descriptor *d,
		     uint32_t index)
{
	struct provider_tree *t = grow(p->arena, p->tree, p->n_tree,
				       &p->room_tree, sizeof(*t));
	uint8_t key[65], tweak[32];
	size_t len = desc_key_public(&d->key[0], p->ec, index, key);
	int parity;

	if (!t || !len)
		return false;
	p->tree = t;
	t += p->n_tree;
	memcpy(t->internal, key + (len == 33), 32);
	if (d->sub && (!make_leaves(p, d->sub, index, t) || !make_paths(p, t)))
		return false;
	taptree_tweak(tweak, t->internal, t->has_root ? t->root : NULL);
	if (!ec_xonly_tweak_add(t->q, &parity, t->internal, tweak))
		return false;
	for (unsigned i = 0; i < t->n_leaf; i++) {
		uint8_t *c = (uint8_t *)(uintptr_t)t->leaf[i].control.p;

		c[0] = (uint8_t)(TAPTREE_LEAF_TAPSCRIPT | parity);
		memcpy(c + 1, t->internal, 32);
	}
	p->n_tree++;
	return true;
}

/* P2WPKH stands in P2SH: the one script of combo() behind a hash. */
static bool add_keyhash(struct provider *p, const struct descriptor *d,
			uint32_t index)
{
	uint8_t key[65], *script;
	size_t len = desc_key_public(&d->key[0], p->ec, index, key);

	if (len != 33)
		return len != 0;
	script = arena_array(p->arena, 22, uint8_t);
	if (!script)
		return false;
	script[0] = OP_0;
	script[1] = 20;
	hash160(script + 2, key, 33);
	return add_script(p, bytes_of(script, 22));
}

bool provider_add(struct provider *p, const struct descriptor *d,
		  uint32_t index, bool secrets)
{
	struct adding a = {p, index, secrets, false};
	struct desc_scripts s;

	desc_each_key(d, add_key, &a);
	if (a.failed)
		return false;
	if (d->kind == DESC_TR)
		return add_tree(p, d, index);
	if (d->kind == DESC_COMBO)
		return add_keyhash(p, d, index);
	for (; d->kind == DESC_SH || d->kind == DESC_WSH; d = d->sub)
		if (!desc_expand(d->sub, p->ec, index, p->arena, &s) ||
		    !add_script(p, s.script[0]))
			return false;
	return true;
}

void provider_wipe(struct provider *p)
{
	if (p->n_key)
		wipe(p->key, p->n_key * sizeof(*p->key));
	p->n_key = 0;
}

/* --- asking --- */

static bool is_key(const struct provider_key *k, struct bytes pub)
{
	if (pub.len == 20)
		return memcmp(pub.p, k->hash, 20) == 0;
	if (pub.len == 32)
		return k->pub_len == 33 && memcmp(pub.p, k->pub + 1, 32) == 0;
	return bytes_equal(pub, bytes_of(k->pub, k->pub_len));
}

const struct provider_key *provider_key(const struct provider *p,
					struct bytes pub)
{
	for (size_t i = 0; i < p->n_key; i++)
		if (is_key(&p->key[i], pub))
			return &p->key[i];
	return NULL;
}

struct bytes provider_script(const struct provider *p, struct bytes hash)
{
	for (size_t i = 0; i < p->n_script; i++) {
		const struct provider_script *s = &p->script[i];

		if (bytes_equal(hash, hash.len == 20
					      ? bytes_of(s->hash160, 20)
					      : bytes_of(s->sha256, 32)))
			return s->script;
	}
	return (struct bytes){0};
}

const struct provider_tree *provider_tree(const struct provider *p,
					  const uint8_t q[32])
{
	for (size_t i = 0; i < p->n_tree; i++)
		if (memcmp(p->tree[i].q, q, 32) == 0)
			return &p->tree[i];
	return NULL;
}

static bool find(void *arg, const struct key_query *q, struct key_found *f)
{
	const struct provider *p = arg;
	const struct provider_key *k;

	/* one key may be known twice, once without its private half */
	for (size_t i = 0; i < p->n_key; i++) {
		k = &p->key[i];
		if (k->has_secret && is_key(k, q->pub) &&
		    key_query_fits(q, p->ec, k->secret, k->compressed, f))
			return true;
	}
	return false;
}

struct key_source provider_source(struct provider *p)
{
	return (struct key_source){find, p};
}
