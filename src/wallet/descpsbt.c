/* SPDX-License-Identifier: MIT */
#include "wallet/descpsbt.h"

#include "crypto/hash160.h"
#include "wallet/desctree.h"
#include "wallet/taptree.h"

#define PATH_VALUE_MAX (4 + 4 * (2 * DESC_PATH_MAX + 1))

struct filling {
	const struct ec *ec;
	uint32_t index;
	bool paths;
	struct psbt_map *map;
	enum psbt_place place;
	struct arena *a;
};

static bool put(struct filling *f, uint8_t in_type, uint8_t out_type,
		struct bytes key, struct bytes value)
{
	uint8_t type = f->place == PSBT_PLACE_IN ? in_type : out_type;

	return psbt_put(f->map, f->place, type, key, value, f->a);
}

/* Fingerprint and path of a key, as PSBTs have them. */
static size_t path_of(const struct filling *f, const struct desc_key *k,
		      uint8_t out[PATH_VALUE_MAX])
{
	uint8_t hash[20], key[33] = {2};
	size_t n = 4;

	if (k->xonly)
		memcpy(key + 1, k->pub, 32);
	if (k->has_origin) {
		memcpy(out, k->origin_fingerprint, 4);
	} else {
		hash160(hash, k->xonly ? key : k->pub,
			k->xonly ? 33 : k->extended ? 33 : k->pub_len);
		memcpy(out, hash, 4);
	}
	for (unsigned i = 0; i < k->n_origin; i++, n += 4)
		le32_put(out + n, k->origin_path[i]);
	for (unsigned i = 0; i < k->n_path; i++, n += 4)
		le32_put(out + n, k->path[i]);
	if (k->wildcard != DESC_SINGLE) {
		le32_put(out + n, f->index | (k->wildcard == DESC_RANGE_HARDENED
						      ? 0x80000000u : 0));
		n += 4;
	}
	return n;
}

static bool fill_key(struct filling *f, const struct desc_key *k)
{
	uint8_t pub[65], value[PATH_VALUE_MAX];
	size_t len = desc_key_public(k, f->ec, f->index, pub);

	if (!len)
		return false;
	return !f->paths || len == 32 ||
	       put(f, PSBT_IN_BIP32, PSBT_OUT_BIP32, bytes_of(pub, len),
		   bytes_of(value, path_of(f, k, value)));
}

/* A key of tr: with the hashes of the leaves it stands in. */
static bool fill_tap_key(struct filling *f, const struct desc_key *k,
			 const uint8_t *leaf)
{
	uint8_t pub[65], value[1 + 32 + PATH_VALUE_MAX] = {0};
	size_t len = desc_key_public(k, f->ec, f->index, pub), n = 1;

	if (!len)
		return false;
	if (leaf) {
		value[0] = 1;
		memcpy(value + 1, leaf, 32);
		n += 32;
	}
	n += path_of(f, k, value + n);
	return !f->paths ||
	       put(f, PSBT_IN_TAP_BIP32, PSBT_OUT_TAP_BIP32,
		   bytes_of(pub + (len == 33), 32), bytes_of(value, n));
}

/* --- trees of tr --- */

struct leaf {
	struct bytes script;
	uint8_t hash[32];
	uint8_t path[TAPTREE_DEPTH_MAX * 32];
	unsigned depth;
};

static bool read_leaves(struct filling *f, const struct descriptor *d,
			struct leaf *leaf, size_t n)
{
	for (size_t i = 0; i < n; i++, d = d->next) {
		if (!desc_leaf_script(d, f->ec, f->index, f->a, &leaf[i].script))
			return false;
		taptree_leaf_hash(leaf[i].hash, TAPTREE_LEAF_TAPSCRIPT,
				  leaf[i].script);
	}
	return true;
}

static void extend(struct leaf *leaf, size_t from, size_t to,
		   const uint8_t hash[32])
{
	for (size_t i = from; i < to; i++)
		if (leaf[i].depth < TAPTREE_DEPTH_MAX)
			memcpy(leaf[i].path + 32 * leaf[i].depth++, hash, 32);
}

/* Joins nodes of one depth until the root is left; every leaf gets its path. */
static bool join(const struct descriptor *d, struct leaf *leaf, size_t n,
		 uint8_t root[32])
{
	struct {
		uint8_t hash[32];
		unsigned depth;
		size_t from;
	} node[DESC_TREE_MAX + 1];
	size_t k = 0;

	for (size_t i = 0; i < n; i++, d = d->next) {
		if (k > DESC_TREE_MAX)
			return false;
		memcpy(node[k].hash, leaf[i].hash, 32);
		node[k].depth = d->depth;
		node[k++].from = i;
		while (k > 1 && node[k - 1].depth == node[k - 2].depth) {
			extend(leaf, node[k - 2].from, node[k - 1].from,
			       node[k - 1].hash);
			extend(leaf, node[k - 1].from, i + 1, node[k - 2].hash);
			taptree_branch(node[k - 2].hash, node[k - 2].hash,
				       node[k - 1].hash);
			node[k - 2].depth--;
			k--;
		}
	}
	if (k != 1)
		return false;
	memcpy(root, node[0].hash, 32);
	return true;
}

/* The scripts with what proves that they belong, and the root. */
static bool put_leaves(struct filling *f, const uint8_t internal[32],
		       const struct leaf *leaf, size_t n,
		       const uint8_t root[32])
{
	uint8_t control[33 + TAPTREE_DEPTH_MAX * 32], tweak[32], q[32];
	struct buf value;
	bool good = psbt_put(f->map, f->place, PSBT_IN_TAP_MERKLE_ROOT,
			     (struct bytes){0}, bytes_of(root, 32), f->a);
	int parity;

	taptree_tweak(tweak, internal, root);
	if (!ec_xonly_tweak_add(q, &parity, internal, tweak))
		return false;
	buf_init(&value, SCRIPT_SIZE_MAX + 1);
	for (size_t i = 0; good && i < n; i++) {
		control[0] = (uint8_t)(TAPTREE_LEAF_TAPSCRIPT | parity);
		memcpy(control + 1, internal, 32);
		memcpy(control + 33, leaf[i].path, 32 * leaf[i].depth);
		buf_reset(&value);
		buf_bytes(&value, leaf[i].script);
		buf_u8(&value, TAPTREE_LEAF_TAPSCRIPT);
		good = buf_status(&value) == ST_OK &&
		       psbt_put(f->map, f->place, PSBT_IN_TAP_LEAF_SCRIPT,
				bytes_of(control, 33 + 32 * leaf[i].depth),
				buf_view(&value), f->a);
	}
	buf_free(&value);
	return good;
}

static bool fill_tree(struct filling *f, const struct descriptor *first,
		      const uint8_t internal[32])
{
	const struct descriptor *d = first;
	struct leaf *leaf;
	uint8_t root[32];
	size_t n = 0;
	bool good;

	for (; d; d = d->next)
		n++;
	leaf = arena_calloc(f->a, n, sizeof(*leaf));
	good = leaf && read_leaves(f, first, leaf, n) && join(first, leaf, n, root);
	d = first;
	for (size_t i = 0; good && i < n; i++, d = d->next)
		for (unsigned k = 0; good && k < d->n_key; k++)
			good = fill_tap_key(f, &d->key[k], leaf[i].hash);
	return good && (f->place != PSBT_PLACE_IN ||
			put_leaves(f, internal, leaf, n, root));
}

static bool fill_taproot(struct filling *f, const struct descriptor *d)
{
	uint8_t key[65];
	size_t len = desc_key_public(&d->key[0], f->ec, f->index, key);
	const uint8_t *internal = key + (len == 33);

	if (!len)
		return false;
	if (d->kind == DESC_RAWTR)
		return fill_tap_key(f, &d->key[0], NULL);
	return put(f, PSBT_IN_TAP_INTERNAL_KEY, PSBT_OUT_TAP_INTERNAL_KEY,
		   (struct bytes){0}, bytes_of(internal, 32)) &&
	       fill_tap_key(f, &d->key[0], NULL) &&
	       (!d->sub || fill_tree(f, d->sub, internal));
}

/* --- the rest --- */

static bool fill_script(struct filling *f, const struct descriptor *d,
			uint8_t in_type, uint8_t out_type)
{
	struct desc_scripts s;

	return desc_expand(d, f->ec, f->index, f->a, &s) &&
	       put(f, in_type, out_type, (struct bytes){0}, s.script[0]);
}

static bool fill(struct filling *f, const struct descriptor *d)
{
	bool good = true;

	switch (d->kind) {
	case DESC_TR:
	case DESC_RAWTR:
		return fill_taproot(f, d);
	case DESC_SH:
		return fill_script(f, d->sub, PSBT_IN_REDEEM_SCRIPT,
				   PSBT_OUT_REDEEM_SCRIPT) && fill(f, d->sub);
	case DESC_WSH:
		return fill_script(f, d->sub, PSBT_IN_WITNESS_SCRIPT,
				   PSBT_OUT_WITNESS_SCRIPT) && fill(f, d->sub);
	case DESC_PK:
	case DESC_PKH:
	case DESC_WPKH:
	case DESC_COMBO:
	case DESC_MULTI:
	case DESC_SORTEDMULTI:
	case DESC_MULTI_A:
	case DESC_SORTEDMULTI_A:
	case DESC_ADDR:
	case DESC_RAW:
		break;
	}
	for (unsigned i = 0; good && i < d->n_key; i++)
		good = fill_key(f, &d->key[i]);
	return good;
}

bool desc_fill_psbt(const struct descriptor *d, const struct ec *ec,
		    uint32_t index, unsigned which, bool paths,
		    struct psbt_map *map, enum psbt_place place, struct arena *a)
{
	struct filling f = {ec, index, paths, map, place, a};
	struct descriptor part = *d, sh = {.kind = DESC_SH, .sub = &part};

	if (d->kind != DESC_COMBO)
		return fill(&f, d);
	part.kind = DESC_WPKH;
	return fill(&f, which == 3 ? &sh : &part);
}

bool desc_is_witness(const struct descriptor *d, unsigned which)
{
	switch (d->kind) {
	case DESC_WPKH:
	case DESC_WSH:
	case DESC_TR:
	case DESC_RAWTR:
		return true;
	case DESC_SH:
		return desc_is_witness(d->sub, 0);
	case DESC_COMBO:
		return which >= 2;
	case DESC_PK:
	case DESC_PKH:
	case DESC_MULTI:
	case DESC_SORTEDMULTI:
	case DESC_MULTI_A:
	case DESC_SORTEDMULTI_A:
	case DESC_ADDR:
	case DESC_RAW:
		break;
	}
	return false;
}
