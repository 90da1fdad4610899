/* SPDX-License-Identifier: MIT */
#include "tests/unit/node/labblock.h"

#include "consensus/block_check.h"
#include "primitives/compactsize.h"
#include "primitives/target.h"

#define RAW_MAX ((size_t)16 << 20)

static const uint8_t op_true_byte[1] = {OP_1};
const struct bytes op_true = {op_true_byte, 1};

static void defaults(struct made_block *b)
{
	b->version = 0x20000000;
	b->bits = 0x207fffff;
	b->pays = SUBSIDY;
	b->pays_to = op_true;
	b->sequence = SEQUENCE_FINAL;
	b->commits = true;
}

void block_on(struct lab *l, struct made_block *b, const struct blkid *parent)
{
	struct block_info info;

	assert_int_equal(query_block(l->n, parent, &info), ST_OK);
	*b = (struct made_block){.parent = *parent, .height = info.height + 1,
				 .time = (uint32_t)info.mtp + 60};
	defaults(b);
}

void block_on_tip(struct lab *l, struct made_block *b)
{
	struct node_tip tip;

	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	block_on(l, b, &tip.id);
}

void block_after(struct made_block *b, const struct made_block *parent)
{
	*b = (struct made_block){.parent = parent->id,
				 .height = parent->height + 1,
				 .time = parent->time + 60};
	defaults(b);
}

static void coinbase(const struct made_block *b, const uint8_t root[38],
		     struct buf *out)
{
	uint8_t item[33] = {32};
	struct buf sig;
	struct txin in = {.prevout.n = OUTPOINT_NULL_N,
			  .sequence = b->sequence};
	struct txout pays[2] = {{b->pays, b->pays_to},
				{0, bytes_of(root, 38)}};
	struct tx tx = {.version = 2, .locktime = b->locktime, .n_in = 1,
			.in = &in, .n_out = b->commits ? 2 : 1, .out = pays,
			.has_witness = b->commits};
	uint8_t extra[4];

	buf_init(&sig, 200);
	script_push_int(&sig, b->height);
	le32_put(extra, b->extra);
	script_push(&sig, extra, sizeof(extra));
	in.script_sig = b->script_sig.len ? b->script_sig : buf_view(&sig);
	if (b->commits) {
		in.n_witness = 1;
		in.witness = bytes_of(item, sizeof(item));
	}
	tx_write(out, &tx, true);
	buf_free(&sig);
}

void block_seal(struct made_block *b, bool keep_root)
{
	struct arena a;
	struct block parsed;
	struct u256 target;
	struct header h;
	bool mutated;

	arena_init(&a, (size_t)256 << 20);
	assert_int_equal(block_parse(&parsed, b->raw.p, b->raw.len, &a), ST_OK);
	h = parsed.header;
	if (!keep_root)
		assert_int_equal(block_merkle_root(&h.merkle_root, &mutated,
						   &parsed, false, &a), ST_OK);
	/* a target that is none is for the rules to find */
	if (!target_from_bits(&target, h.bits))
		assert_true(target_from_bits(&target, 0x207fffff));
	for (h.nonce = 0;; h.nonce++) {
		header_hash(&b->id, &h);
		if (target_met(&b->id, &target))
			break;
	}
	header_write(b->raw.p, &h);
	b->coinbase = parsed.tx[0].txid;
	arena_free(&a);
}

void block_make(struct made_block *b)
{
	struct hash256 *leaf = calloc(b->n_tx + 1, sizeof(*leaf)), root;
	static const uint8_t zero[32];
	uint8_t commitment[38], head[HEADER_SIZE];
	struct header h = {.version = (int32_t)b->version, .prev = b->parent,
			   .time = b->time, .bits = b->bits};
	struct arena a;

	assert_non_null(leaf);
	arena_init(&a, (size_t)256 << 20);
	for (uint32_t i = 0; i < b->n_tx; i++) {
		struct tx tx;

		assert_int_equal(tx_parse(&tx, b->tx[i].p, b->tx[i].len, &a),
				 ST_OK);
		leaf[i + 1] = tx.wtxid.h;
	}
	merkle_root(&root, NULL, leaf, b->n_tx + 1);
	block_commitment_script(commitment, &root, zero);
	buf_init(&b->raw, RAW_MAX);
	header_write(head, &h);
	buf_add(&b->raw, head, sizeof(head));
	compactsize_add(&b->raw, b->n_tx + 1);
	coinbase(b, commitment, &b->raw);
	for (uint32_t i = 0; i < b->n_tx; i++)
		buf_bytes(&b->raw, b->tx[i]);
	assert_int_equal(buf_status(&b->raw), ST_OK);
	block_seal(b, false);
	arena_free(&a);
	free(leaf);
}

void block_drop(struct made_block *b)
{
	buf_free(&b->raw);
}

struct block_result block_give(struct lab *l, const struct made_block *b)
{
	struct block_result r;
	enum status st = node_accept_block(l->n, b->raw.p, b->raw.len, "lab", &r);

	if (st != ST_OK)
		fail_msg("height %u: %s (%s)", b->height, status_text(st),
			 node_error(l->n));
	return r;
}

void block_take(struct lab *l, const struct made_block *b)
{
	struct block_result r = block_give(l, b);

	if (r.verdict.code != VALID)
		fail_msg("height %u: %s: %s", b->height,
			 verdict_name(r.verdict.code), r.verdict.detail);
	assert_true(r.active);
	assert_true(r.tip_changed);
	assert_int_equal(r.height, b->height);
	lab_tip_is(l, &b->id);
}

void block_refuse(struct lab *l, const struct made_block *b,
		  enum verdict_code why)
{
	struct lab_state before = lab_state(l), after;
	struct block_result r = block_give(l, b);
	struct refusal row;

	if (r.verdict.code != why)
		fail_msg("%s (%s), should be %s", verdict_name(r.verdict.code),
			 r.verdict.detail, verdict_name(why));
	assert_false(r.active);
	assert_false(r.tip_changed);
	after = lab_state(l);
	lab_same(&before, &after);
	if (why == V_BLOCK_DECODE)
		return;		/* no hash to tell of */
	assert_int_equal(query_refusal(l->n, &b->id.h, &row), ST_OK);
	if (why != V_DUPLICATE_INVALID)
		assert_string_equal(row.reason, verdict_name(why));
	assert_string_equal(row.kind, "block");
}

void blocks_mine(struct lab *l, uint32_t n, struct txid *coinbases)
{
	for (uint32_t i = 0; i < n; i++) {
		struct made_block b;

		block_on_tip(l, &b);
		block_make(&b);
		block_take(l, &b);
		if (coinbases)
			coinbases[i] = b.coinbase;
		block_drop(&b);
	}
}

struct plain_tx plain_spend(const struct txid *from, uint32_t n, int64_t value)
{
	struct plain_tx t = {.version = 2, .n_in = 1, .n_out = 1};

	t.in[0].txid = *from;
	t.in[0].n = n;
	t.in[0].sequence = SEQUENCE_FINAL;
	t.out[0].value = value;
	t.out[0].script = op_true;
	return t;
}

void plain_write(struct buf *raw, const struct plain_tx *t, struct txid *txid)
{
	struct txin in[16] = {0};
	struct txout out[16];
	struct tx tx = {.version = t->version, .locktime = t->locktime,
			.n_in = t->n_in, .in = in, .n_out = t->n_out,
			.out = out};
	struct arena a;

	for (uint32_t i = 0; i < t->n_in; i++) {
		in[i].prevout = (struct outpoint){t->in[i].txid, t->in[i].n};
		in[i].sequence = t->in[i].sequence;
	}
	for (uint32_t i = 0; i < t->n_out; i++)
		out[i] = (struct txout){t->out[i].value, t->out[i].script};
	buf_init(raw, RAW_MAX);
	tx_write(raw, &tx, false);
	assert_int_equal(buf_status(raw), ST_OK);
	arena_init(&a, 1 << 20);
	assert_int_equal(tx_parse(&tx, raw->p, raw->len, &a), ST_OK);
	if (txid)
		*txid = tx.txid;
	arena_free(&a);
}

struct lab_state lab_state(struct lab *l)
{
	struct lab_state s;

	assert_int_equal(node_tip(l->n, &s.tip), ST_OK);
	assert_int_equal(node_digest(l->n, &s.digests), ST_OK);
	return s;
}

void lab_same(const struct lab_state *a, const struct lab_state *b)
{
	assert_memory_equal(&a->tip.id, &b->tip.id, sizeof(a->tip.id));
	assert_memory_equal(a->digests.utxo, b->digests.utxo, 32);
	assert_memory_equal(a->digests.totals, b->digests.totals, 32);
	assert_memory_equal(a->digests.pool, b->digests.pool, 32);
}

void lab_verify(struct lab *l)
{
	struct verify_report r;

	assert_int_equal(node_verify(l->n, NULL, NULL, &r), ST_OK);
	if (r.fault[0])
		fail_msg("%s", r.fault);
}

void lab_tip_is(struct lab *l, const struct blkid *id)
{
	struct node_tip tip;

	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	assert_memory_equal(&tip.id, id, sizeof(*id));
}

bool block_is_kept(struct lab *l, const struct made_block *b)
{
	struct arena a;
	struct bytes raw;
	enum status st;

	arena_init(&a, (size_t)16 << 20);
	st = query_block_raw(l->n, &b->id, &a, &raw);
	if (st == ST_OK)
		assert_true(bytes_equal(raw, buf_view(&b->raw)));
	arena_free(&a);
	return st == ST_OK;
}
