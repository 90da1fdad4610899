/* SPDX-License-Identifier: MIT */
#include "tests/unit/node/chainlab.h"

#include <unistd.h>

#include "consensus/block_check.h"
#include "consensus/script_check.h"
#include "consensus/sighash.h"
#include "consensus/taproot.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "node/query/query.h"
#include "primitives/compactsize.h"
#include "primitives/target.h"

static const uint8_t script_true[1] = {OP_1};

static struct node *open_node(const char *path)
{
	struct node_options o = {.db_path = path, .threads = 1,
				 .app_name = "chainlab", .busy_ms = 20000};
	char error[NODE_ERROR_SIZE];
	struct node *n;

	if (node_open(&n, &o, error) != ST_OK)
		fail_msg("%s", error);
	return n;
}

struct lab *lab_open_chain(const struct params *p, const char *document,
			   size_t len, uint32_t blocks)
{
	struct lab *l = calloc(1, sizeof(*l));
	char error[NODE_ERROR_SIZE];

	assert_non_null(l);
	snprintf(l->dir, sizeof(l->dir), "/tmp/quarry-lab-XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	snprintf(l->path, sizeof(l->path), "%s/quarry.db", l->dir);
	if (node_create(l->path, p, document, len, error) != ST_OK)
		fail_msg("%s", error);
	l->n = open_node(l->path);
	l->ec = ec_open();
	assert_non_null(l->ec);
	memset(l->key, 0x11, sizeof(l->key));
	l->seed = 1;
	lab_mine(l, blocks);
	return l;
}

struct lab *lab_open(const char *network, uint32_t blocks)
{
	struct params p;

	assert_true(params_builtin(&p, network));
	return lab_open_chain(&p, NULL, 0, blocks);
}

void lab_close(struct lab *l)
{
	char command[100];

	node_close(l->n);
	ec_close(l->ec);
	snprintf(command, sizeof(command), "rm -rf %s", l->dir);
	assert_int_equal(system(command), 0);
	free(l->coinbase);
	free(l);
}

struct node *lab_open_again(struct lab *l)
{
	return open_node(l->path);
}

/* splitmix64 */
uint64_t lab_rand(struct lab *l)
{
	uint64_t z = l->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void public_key(const struct lab *l, uint8_t out[33])
{
	assert_int_equal(ec_pubkey_create(l->ec, out, l->key, true), 33);
}

/* The output key of the lab's key, without a script tree (BIP86). */
static void taproot_key(const struct lab *l, uint8_t out[32], uint8_t secret[32])
{
	uint8_t internal[32], tag[32], tweak[32], all[96];

	assert_true(ec_xonly_create(l->ec, internal, NULL, l->key));
	sha256(tag, "TapTweak", 8);
	memcpy(all, tag, 32);
	memcpy(all + 32, tag, 32);
	memcpy(all + 64, internal, 32);
	sha256(tweak, all, sizeof(all));
	memcpy(secret, l->key, 32);
	assert_true(ec_seckey_tweak_xonly(l->ec, secret, tweak));
	assert_true(ec_xonly_create(l->ec, out, NULL, secret));
}

void lab_script(const struct lab *l, enum lab_kind kind, struct buf *out)
{
	uint8_t pub[33], h[32], secret[32];
	struct buf inner;

	public_key(l, pub);
	hash160(h, pub, sizeof(pub));
	switch (kind) {
	case LAB_TRUE:
		sha256(h, script_true, 1);
		script_witness(out, 0, bytes_of(h, 32));
		break;
	case LAB_P2WPKH:
		script_witness(out, 0, bytes_of(h, 20));
		break;
	case LAB_P2TR:
		taproot_key(l, h, secret);
		script_witness(out, 1, bytes_of(h, 32));
		break;
	case LAB_P2PKH:
		script_p2pkh(out, h);
		break;
	case LAB_P2PK:
		script_p2pk(out, bytes_of(pub, 33));
		break;
	case LAB_P2SH_P2WPKH:
		buf_init(&inner, 64);
		script_witness(&inner, 0, bytes_of(h, 20));
		hash160(h, inner.p, inner.len);
		script_p2sh(out, h);
		buf_free(&inner);
		break;
	case LAB_KINDS:
	case LAB_SCRIPT:
		fail();
	}
}

/* What a lab_tx is while it is made. */
struct draft {
	struct lab *l;
	const struct lab_tx *t;
	struct txin in[LAB_IN_MAX];
	struct txout *out;
	struct coin coin[LAB_IN_MAX];
	struct buf spk[LAB_IN_MAX], sig[LAB_IN_MAX], wit[LAB_IN_MAX];
	struct buf pays;
	struct tx tx;
};

static void add_item(struct buf *b, const void *p, size_t n)
{
	compactsize_add(b, n);
	buf_add(b, p, n);
}

static size_t ecdsa(const struct draft *d, uint8_t out[80],
		    const struct hash256 *h)
{
	size_t n = ec_sign_ecdsa(d->l->ec, out, d->l->key, h->b);

	out[n] = SIGHASH_ALL;
	return n + 1;
}

/* scriptSig and witness of an input; without a cache: of the right form only. */
static void satisfy(struct draft *d, uint32_t i, const struct sighash_cache *c)
{
	uint8_t pub[33], h20[20], sig[80] = {0}, secret[32], xonly[32];
	static const uint8_t aux[32];
	struct txin *in = &d->in[i];
	enum lab_kind kind = d->t->in[i].coin.kind;
	struct script_code code = {.script = buf_view(&d->spk[i])};
	struct hash256 h = {{0}};
	struct buf inner;
	size_t n = 71;

	buf_reset(&d->sig[i]);
	buf_reset(&d->wit[i]);
	buf_init(&inner, 100);
	public_key(d->l, pub);
	hash160(h20, pub, sizeof(pub));
	if (kind == LAB_P2WPKH || kind == LAB_P2SH_P2WPKH) {
		script_p2pkh(&inner, h20);
		if (c) {
			sighash_v0(&h, c, i, buf_view(&inner),
				   d->coin[i].value, SIGHASH_ALL);
			n = ecdsa(d, sig, &h);
		}
	} else if ((kind == LAB_P2PKH || kind == LAB_P2PK) && c) {
		sighash_legacy(&h, c, i, &code, SIGHASH_ALL, NULL);
		n = ecdsa(d, sig, &h);
	} else if (kind == LAB_P2TR) {
		struct taproot_ext ext = {.codesep = 0xffffffff};

		n = 64;
		taproot_key(d->l, xonly, secret);
		if (c) {
			assert_true(sighash_taproot(&h, c, i, &ext,
						    SIGHASH_DEFAULT));
			assert_true(ec_sign_schnorr(d->l->ec, sig, secret, h.b,
						    aux));
		}
	}
	if (d->t->spoil && i == 0)
		sig[n / 2] ^= 1;
	switch (kind) {
	case LAB_TRUE:
		add_item(&d->wit[i], script_true, 1);
		in->n_witness = 1;
		break;
	case LAB_P2SH_P2WPKH:
		buf_reset(&inner);
		script_witness(&inner, 0, bytes_of(h20, 20));
		script_push(&d->sig[i], inner.p, inner.len);
		__attribute__((fallthrough));
	case LAB_P2WPKH:
		add_item(&d->wit[i], sig, n);
		add_item(&d->wit[i], pub, sizeof(pub));
		in->n_witness = 2;
		break;
	case LAB_P2TR:
		add_item(&d->wit[i], sig, n);
		in->n_witness = 1;
		break;
	case LAB_P2PKH:
		script_push(&d->sig[i], sig, n);
		script_push(&d->sig[i], pub, sizeof(pub));
		break;
	case LAB_P2PK:
		script_push(&d->sig[i], sig, n);
		break;
	case LAB_KINDS:
	case LAB_SCRIPT:
		fail();
	}
	buf_free(&inner);
	in->script_sig = buf_view(&d->sig[i]);
	in->witness = buf_view(&d->wit[i]);
	d->tx.has_witness |= in->n_witness > 0;
}

static void draft_outputs(struct draft *d)
{
	const struct lab_tx *t = d->t;
	size_t *at = calloc(t->n_out + 1, sizeof(*at));

	d->out = calloc(t->n_out + 1, sizeof(*d->out));
	assert_true(d->out && at);
	for (uint32_t i = 0; i < t->n_out; i++) {
		at[i] = d->pays.len;
		if (t->out[i].kind == LAB_SCRIPT)
			buf_bytes(&d->pays, t->out[i].script);
		else
			lab_script(d->l, t->out[i].kind, &d->pays);
	}
	at[t->n_out] = d->pays.len;
	for (uint32_t i = 0; i < t->n_out; i++)
		d->out[i] = (struct txout){
			t->out[i].value,
			bytes_of(d->pays.p + at[i], at[i + 1] - at[i])};
	free(at);
}

void lab_build(struct lab *l, const struct lab_tx *t, struct buf *raw,
	       struct txid *txid)
{
	struct draft *d = calloc(1, sizeof(*d));
	struct sighash_cache *c;
	struct arena a;
	struct tx parsed;

	assert_non_null(d);
	assert_true(t->n_in <= LAB_IN_MAX && t->n_out <= LAB_OUT_MAX);
	d->l = l;
	d->t = t;
	buf_init(&d->pays, 4 << 20);
	draft_outputs(d);
	d->tx = (struct tx){.version = t->version ? t->version : 2,
			    .n_in = t->n_in, .n_out = t->n_out,
			    .in = d->in, .out = d->out,
			    .locktime = t->locktime};
	for (uint32_t i = 0; i < t->n_in; i++) {
		const struct lab_coin *from = &t->in[i].coin;

		buf_init(&d->spk[i], 200);
		buf_init(&d->sig[i], 2000);
		buf_init(&d->wit[i], 2000);
		lab_script(l, from->kind, &d->spk[i]);
		d->in[i].prevout = from->at;
		d->in[i].sequence = t->in[i].sequence ? t->in[i].sequence
						      : SEQUENCE_FINAL;
		d->coin[i] = (struct coin){.value = from->value,
					   .script = buf_view(&d->spk[i])};
		satisfy(d, i, NULL);
	}
	c = sighash_cache_new(&d->tx, d->coin);
	assert_non_null(c);
	for (uint32_t i = 0; i < t->n_in; i++)
		satisfy(d, i, c);
	sighash_cache_free(c);
	buf_reset(raw);
	tx_write(raw, &d->tx, true);
	assert_int_equal(buf_status(raw), ST_OK);
	arena_init(&a, 64 << 20);
	if (t->n_in)
		assert_int_equal(tx_parse(&parsed, raw->p, raw->len, &a), ST_OK);
	*txid = parsed.txid;
	arena_free(&a);
	for (uint32_t i = 0; i < t->n_in; i++) {
		buf_free(&d->spk[i]);
		buf_free(&d->sig[i]);
		buf_free(&d->wit[i]);
	}
	buf_free(&d->pays);
	free(d->out);
	free(d);
}

struct lab_coin lab_output(const struct lab_tx *t, const struct txid *txid,
			   uint32_t n)
{
	return (struct lab_coin){.at = {*txid, n}, .value = t->out[n].value,
				 .kind = t->out[n].kind};
}

void lab_pay(struct lab *l, struct lab_coin *c, int64_t fee, struct buf *raw)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct txid id;

	assert_non_null(t);
	t->n_in = t->n_out = 1;
	t->in[0].coin = *c;
	t->out[0] = (struct lab_out){.value = c->value - fee, .kind = c->kind};
	lab_build(l, t, raw, &id);
	*c = lab_output(t, &id, 0);
	free(t);
}

static void note_coinbase(struct lab *l, uint32_t height, const struct tx *cb)
{
	l->coinbase = realloc(l->coinbase, (height + 1) * sizeof(*l->coinbase));
	assert_non_null(l->coinbase);
	l->coinbase[height] = (struct lab_coin){
		.at = {cb->txid, 0}, .value = cb->out[0].value,
		.kind = LAB_TRUE};
	l->height = height;
}

static void note_block(struct lab *l, uint32_t height, const struct blkid *id)
{
	struct bytes raw;
	struct arena a;
	struct block b;

	arena_init(&a, 256 << 20);
	assert_int_equal(query_block_raw(l->n, id, &a, &raw), ST_OK);
	assert_int_equal(block_parse(&b, raw.p, raw.len, &a), ST_OK);
	note_coinbase(l, height, &b.tx[0]);
	arena_free(&a);
}

void lab_sync(struct lab *l)
{
	struct block_info info;
	struct node_tip tip;

	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	for (uint32_t h = 1; h <= tip.height; h++) {
		assert_int_equal(query_block_at(l->n, h, &info), ST_OK);
		note_block(l, h, &info.id);
	}
}

void lab_mine(struct lab *l, uint32_t count)
{
	struct buf script;

	buf_init(&script, 100);
	lab_script(l, LAB_TRUE, &script);
	for (uint32_t i = 0; i < count; i++) {
		struct blkid id;

		assert_int_equal(node_mine_one(l->n, buf_view(&script), 100000,
					       "lab", &id), ST_OK);
		note_block(l, l->height + 1, &id);
	}
	buf_free(&script);
}

void lab_block_on(struct lab *l, const struct blkid *parent, uint32_t height,
		  uint32_t time, const struct bytes *txs, uint32_t n_tx,
		  uint8_t extra, struct buf *raw, struct blkid *id)
{
	struct block_template t = {.height = height, .n_tx = n_tx,
				   .has_commitment = true};
	struct hash256 *leaf = calloc(n_tx + 1, sizeof(*leaf));
	static const uint8_t zero[32];
	struct hash256 branch[32], root;
	struct buf script, coinbase;
	struct u256 target;
	struct arena a;
	struct tx tx;
	unsigned n;

	assert_non_null(leaf);
	arena_init(&a, 64 << 20);
	buf_init(&script, 100);
	buf_init(&coinbase, 1000);
	lab_script(l, LAB_TRUE, &script);
	t.tx = arena_array(&a, n_tx, struct template_tx);
	for (uint32_t i = 0; i < n_tx; i++) {
		assert_int_equal(tx_parse(&tx, txs[i].p, txs[i].len, &a), ST_OK);
		t.tx[i] = (struct template_tx){.raw = txs[i], .txid = tx.txid};
		leaf[i + 1] = tx.wtxid.h;
	}
	merkle_root(&root, NULL, leaf, n_tx + 1);
	block_commitment_script(t.commitment, &root, zero);
	t.subsidy_sat = params_subsidy_sat(node_params(l->n), height);
	t.header = (struct header){.version = 0x20000000, .prev = *parent,
				   .time = time, .bits = 0x207fffff};
	template_coinbase(&coinbase, &t, buf_view(&script), bytes_of(&extra, 1));
	assert_int_equal(tx_parse(&tx, coinbase.p, coinbase.len, &a), ST_OK);
	assert_int_equal(template_branch(&t, branch, &n), ST_OK);
	merkle_branch_root(&t.header.merkle_root, &tx.txid.h, branch, n, 0);
	assert_true(target_from_bits(&target, t.header.bits));
	for (;; t.header.nonce++) {
		header_hash(id, &t.header);
		if (target_met(id, &target))
			break;
	}
	buf_reset(raw);
	template_block(raw, &t, &t.header, buf_view(&coinbase));
	assert_int_equal(buf_status(raw), ST_OK);
	buf_free(&script);
	buf_free(&coinbase);
	arena_free(&a);
	free(leaf);
}

enum verdict_code lab_send(struct lab *l, const struct buf *raw,
			   struct tx_result *r)
{
	struct tx_options o = {.source = "lab"};
	struct tx_result own;

	r = r ? r : &own;
	assert_int_equal(node_accept_tx(l->n, raw->p, raw->len, &o, r), ST_OK);
	return r->verdict.code;
}
