/* SPDX-License-Identifier: MIT */
#include "wallet/psbt_update.h"

#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"
#include "wallet/desctree.h"
#include "wallet/taptree.h"

/* --- coins --- */

bool psbt_set_made(struct psbt *psbt, uint32_t at, struct bytes raw,
		   struct arena *a)
{
	struct outpoint o = psbt->tx.in[at].prevout;
	struct tx made;
	struct buf b;
	bool good;

	if (tx_parse(&made, raw.p, raw.len, a) != ST_OK ||
	    !hash256_equal(&made.txid.h, &o.txid.h) || o.n >= made.n_out)
		return false;
	buf_init(&b, raw.len);
	tx_write(&b, &made, false);
	good = buf_status(&b) == ST_OK &&
	       psbt_put(&psbt->in[at], PSBT_PLACE_IN, PSBT_IN_NON_WITNESS_UTXO,
			(struct bytes){0}, buf_view(&b), a);
	buf_free(&b);
	return good;
}

bool psbt_set_coin(struct psbt *psbt, uint32_t at, const struct txout *coin,
		   struct arena *a)
{
	struct buf b;
	bool good;

	buf_init(&b, coin->script.len + 16);
	buf_le64(&b, (uint64_t)coin->value);
	compactsize_add(&b, coin->script.len);
	buf_bytes(&b, coin->script);
	good = buf_status(&b) == ST_OK &&
	       psbt_put(&psbt->in[at], PSBT_PLACE_IN, PSBT_IN_WITNESS_UTXO,
			(struct bytes){0}, buf_view(&b), a);
	buf_free(&b);
	return good;
}

void psbt_drop_made(struct psbt *psbt)
{
	for (uint32_t i = 0; i < psbt->tx.n_in; i++) {
		struct bytes coin = psbt_value(&psbt->in[i], PSBT_IN_WITNESS_UTXO);
		struct bytes script, program;
		struct reader r = reader_of(coin.p, coin.len);
		uint8_t version;

		reader_le64(&r);
		compactsize_read(&r);
		script = bytes_of(r.p, reader_left(&r));
		if (!coin.p || r.failed ||
		    !script_is_witness_program(script, &version, &program) ||
		    version == 0)
			return;
	}
	for (uint32_t i = 0; i < psbt->tx.n_in; i++)
		psbt_drop(&psbt->in[i], PSBT_IN_NON_WITNESS_UTXO);
}

/* --- what is behind a script --- */

/* One map, and what its fields are called there. */
struct update {
	struct psbt_map *m;
	enum psbt_place place;
	uint8_t redeem, witness, bip32, tap_key, tap_bip32;
	const struct provider *p;
	bool origins;
	struct arena *a;
	bool no_memory;
};

static void put(struct update *u, uint8_t type, struct bytes key,
		struct bytes value)
{
	if (!psbt_put(u->m, u->place, type, key, value, u->a))
		u->no_memory = true;
}

static void put_path(struct buf *b, const struct provider_key *k)
{
	buf_add(b, k->fingerprint, 4);
	for (unsigned i = 0; i < k->n_path; i++)
		buf_le32(b, k->path[i]);
}

static void put_key(struct update *u, struct bytes pub)
{
	const struct provider_key *k = provider_key(u->p, pub);
	struct bytes name;
	struct buf b;

	if (!k || !u->origins)
		return;
	name = bytes_of(k->pub, k->pub_len);
	if (psbt_find_key(u->m, u->bip32, name))
		return;
	buf_init(&b, 4096);
	put_path(&b, k);
	put(u, u->bip32, name, buf_view(&b));
	buf_free(&b);
}

/* Whether a leaf asks for a key's signature. */
static bool leaf_has(struct bytes script, const uint8_t x[32])
{
	struct bytes data;
	uint8_t op;

	while (script_next(&script, &op, &data))
		if (data.len == 32 && memcmp(data.p, x, 32) == 0)
			return true;
	return false;
}

/* Its leaves' hashes, n of 32 bytes in order, then where it comes from. */
static void put_tap_key(struct update *u, const uint8_t x[32],
			const struct provider_tree *t)
{
	const struct provider_key *k = provider_key(u->p, bytes_of(x, 32));
	const uint8_t *hash[DESC_TREE_MAX + 1];
	unsigned n = 0;
	struct buf b;

	if (!k || !u->origins)
		return;
	for (unsigned i = 0; i < t->n_leaf && n <= DESC_TREE_MAX; i++) {
		unsigned at = n;

		if (!leaf_has(t->leaf[i].script, x))
			continue;
		while (at && memcmp(hash[at - 1], t->leaf[i].hash, 32) > 0) {
			hash[at] = hash[at - 1];
			at--;
		}
		if (at && memcmp(hash[at - 1], t->leaf[i].hash, 32) == 0)
			continue;
		hash[at] = t->leaf[i].hash;
		n++;
	}
	buf_init(&b, 16384);
	compactsize_add(&b, n);
	for (unsigned i = 0; i < n; i++)
		buf_add(&b, hash[i], 32);
	put_path(&b, k);
	put(u, u->tap_bip32, bytes_of(x, 32), buf_view(&b));
	buf_free(&b);
}

static void put_input_tree(struct update *u, const struct provider_tree *t)
{
	struct buf b;

	if (t->has_root)
		put(u, PSBT_IN_TAP_MERKLE_ROOT, (struct bytes){0},
		    bytes_of(t->root, 32));
	buf_init(&b, SCRIPT_SIZE_MAX + 1);
	for (unsigned i = 0; i < t->n_leaf; i++) {
		buf_reset(&b);
		buf_bytes(&b, t->leaf[i].script);
		buf_u8(&b, TAPTREE_LEAF_TAPSCRIPT);
		put(u, PSBT_IN_TAP_LEAF_SCRIPT, t->leaf[i].control,
		    buf_view(&b));
	}
	buf_free(&b);
}

static void put_output_tree(struct update *u, const struct provider_tree *t)
{
	struct buf b;

	if (!t->n_leaf)
		return;
	buf_init(&b, 1 << 20);
	/* the mirrored tree is the same one; Core writes that */
	for (unsigned i = t->n_leaf; i-- > 0;) {
		buf_u8(&b, t->leaf[i].depth);
		buf_u8(&b, TAPTREE_LEAF_TAPSCRIPT);
		compactsize_add(&b, t->leaf[i].script.len);
		buf_bytes(&b, t->leaf[i].script);
	}
	put(u, PSBT_OUT_TAP_TREE, (struct bytes){0}, buf_view(&b));
	buf_free(&b);
}

static void put_taproot(struct update *u, struct bytes q)
{
	const struct provider_tree *t = provider_tree(u->p, q.p);
	struct bytes left, data;
	uint8_t op;

	if (!t)
		return;
	put(u, u->tap_key, (struct bytes){0}, bytes_of(t->internal, 32));
	if (u->place == PSBT_PLACE_IN)
		put_input_tree(u, t);
	else
		put_output_tree(u, t);
	put_tap_key(u, t->internal, t);
	for (unsigned i = 0; i < t->n_leaf; i++)
		for (left = t->leaf[i].script; script_next(&left, &op, &data);)
			if (data.len == 32)
				put_tap_key(u, data.p, t);
}

/* The keys of a script, whatever its form: those that are known. */
static void put_keys(struct update *u, struct bytes script)
{
	struct script_form f = script_classify(script);
	struct bytes left = script, data;
	uint8_t op;

	if (f.kind == SCRIPT_PUBKEYHASH) {
		put_key(u, f.data);
		return;
	}
	while (script_next(&left, &op, &data))
		if (data.len == 33 || data.len == 65)
			put_key(u, data);
}

static struct bytes behind(struct update *u, uint8_t type, struct bytes hash)
{
	struct bytes s = psbt_value(u->m, type);
	uint8_t h[32];

	if (s.p) {
		if (hash.len == 20)
			hash160(h, s.p, s.len);
		else
			sha256(h, s.p, s.len);
		if (memcmp(h, hash.p, hash.len) == 0)
			return s;
	}
	s = provider_script(u->p, hash);
	if (s.p)
		put(u, type, (struct bytes){0}, s);
	return s;
}

static void update(struct update *u, struct bytes script)
{
	struct script_form f = script_classify(script);

	if (f.kind == SCRIPT_SCRIPTHASH) {
		script = behind(u, u->redeem, f.data);
		if (!script.p)
			return;
		f = script_classify(script);
		if (f.kind == SCRIPT_WITNESS_V1_TAPROOT)
			return;
	}
	if (f.kind == SCRIPT_WITNESS_V1_TAPROOT) {
		put_taproot(u, f.data);
	} else if (f.kind == SCRIPT_WITNESS_V0_KEYHASH) {
		put_key(u, f.data);
	} else if (f.kind == SCRIPT_WITNESS_V0_SCRIPTHASH) {
		script = behind(u, u->witness, f.data);
		if (script.p)
			put_keys(u, script);
	} else {
		put_keys(u, script);
	}
}

bool psbt_update_input(struct psbt *psbt, uint32_t at, const struct provider *p,
		       bool origins, struct arena *a)
{
	struct update u = {&psbt->in[at], PSBT_PLACE_IN, PSBT_IN_REDEEM_SCRIPT,
			   PSBT_IN_WITNESS_SCRIPT, PSBT_IN_BIP32,
			   PSBT_IN_TAP_INTERNAL_KEY, PSBT_IN_TAP_BIP32, p, origins,
			   a, false};
	struct txout coin;
	enum psbt_coin known = psbt_spent(psbt, at, a, &coin);

	if (known == PSBT_COIN_KNOWN || known == PSBT_COIN_SAID)
		update(&u, coin.script);
	return !u.no_memory;
}

bool psbt_update_output(struct psbt *psbt, uint32_t at, const struct provider *p,
			bool origins, struct arena *a)
{
	struct update u = {&psbt->out[at], PSBT_PLACE_OUT,
			   PSBT_OUT_REDEEM_SCRIPT, PSBT_OUT_WITNESS_SCRIPT,
			   PSBT_OUT_BIP32, PSBT_OUT_TAP_INTERNAL_KEY,
			   PSBT_OUT_TAP_BIP32, p, origins, a, false};

	update(&u, psbt->tx.out[at].script);
	return !u.no_memory;
}
