/* SPDX-License-Identifier: MIT */
/*
 * Legacy signature hashing, with all that Bitcoin began with: the script code
 * loses its separators (and the signature itself), and SINGLE without an output
 * of its own signs the number one.
 */
#include "consensus/sighash.h"

#include "primitives/compactsize.h"
#include "primitives/script.h"

/* How Bitcoin pushes a signature: by length, never as OP_1..16. */
static size_t push_header(uint8_t out[5], size_t len)
{
	if (len < OP_PUSHDATA1) {
		out[0] = (uint8_t)len;
		return 1;
	}
	if (len <= 0xff) {
		out[0] = OP_PUSHDATA1;
		out[1] = (uint8_t)len;
		return 2;
	}
	out[0] = OP_PUSHDATA2;
	le16_put(out + 1, (uint16_t)len);
	return 3;
}

/* Is this operation, byte for byte, the push of one of the signatures? */
static bool is_drop(const struct script_code *code, struct bytes op)
{
	uint8_t head[5];

	for (unsigned i = 0; i < code->n_drop; i++) {
		struct bytes sig = code->drop[i];
		size_t n = push_header(head, sig.len);

		if (op.len == n + sig.len && memcmp(op.p, head, n) == 0 &&
		    (!sig.len || memcmp(op.p + n, sig.p, sig.len) == 0))
			return true;
	}
	return false;
}

/* The operation just read by script_next: from `before` to `after`. */
static struct bytes op_bytes(struct bytes before, struct bytes after)
{
	return bytes_of(before.p, before.len - after.len);
}

size_t script_code_count_drops(const struct script_code *code)
{
	struct bytes left = code->script, before, data;
	size_t n = 0;
	uint8_t op;

	for (before = left; script_next(&left, &op, &data); before = left) {
		if (op <= OP_PUSHDATA4 && is_drop(code, op_bytes(before, left)))
			n++;
	}
	return n;
}

/* Bytes of an undecodable tail that are hashed although its length counts in
 * full: Bitcoin's reader stops behind the opcode and its length bytes, as far
 * as those are there. */
static size_t tail_hashed(struct bytes tail)
{
	size_t width = 0;

	if (tail.len == 0)
		return 0;
	if (tail.p[0] == OP_PUSHDATA1)
		width = 1;
	else if (tail.p[0] == OP_PUSHDATA2)
		width = 2;
	else if (tail.p[0] == OP_PUSHDATA4)
		width = 4;
	return tail.len >= 1 + width ? 1 + width : 1;
}

/* Length, then runs of bytes between what is left out. */
static void add_code(struct sha256_ctx *h, const struct script_code *code)
{
	struct bytes left = code->script, before, data;
	size_t len = code->script.len;
	const uint8_t *run = left.p;
	bool all = true;
	uint8_t b[9], op;

	for (before = left; script_next(&left, &op, &data); before = left) {
		if (op == OP_CODESEPARATOR || (op <= OP_PUSHDATA4 &&
		    code->n_drop && is_drop(code, op_bytes(before, left)))) {
			len -= before.len - left.len;
			all = false;
		}
	}
	sha256_add(h, b, compactsize_put(b, len));
	if (all && left.len == 0) {
		sha256_add(h, code->script.p, code->script.len);
		return;
	}
	left = code->script;
	for (before = left; script_next(&left, &op, &data); before = left) {
		if (op == OP_CODESEPARATOR || (op <= OP_PUSHDATA4 &&
		    code->n_drop && is_drop(code, op_bytes(before, left)))) {
			sha256_add(h, run, (size_t)(before.p - run));
			run = left.p;
		}
	}
	sha256_add(h, run, (size_t)(left.p - run) + tail_hashed(left));
}

/* The input that is signed. */
static void add_signed_input(struct sha256_ctx *h, const struct txin *in,
			     const struct script_code *code)
{
	uint8_t b[36];

	memcpy(b, in->prevout.txid.h.b, 32);
	le32_put(b + 32, in->prevout.n);
	sha256_add(h, b, 36);
	add_code(h, code);
	le32_put(b, in->sequence);
	sha256_add(h, b, 4);
}

/* Blank inputs [from, to) with their sequences zeroed, some at a time. */
static void add_unsequenced(struct sha256_ctx *h, const struct sighash_cache *c,
			    uint32_t from, uint32_t to)
{
	uint8_t b[16 * SIGHASH_BLANK_INPUT];

	while (from < to) {
		uint32_t n = to - from < 16 ? to - from : 16;

		memcpy(b, c->blank + c->inputs_at +
				  (size_t)from * SIGHASH_BLANK_INPUT,
		       n * SIGHASH_BLANK_INPUT);
		for (uint32_t i = 0; i < n; i++)
			le32_put(b + i * SIGHASH_BLANK_INPUT + 37, 0);
		sha256_add(h, b, n * SIGHASH_BLANK_INPUT);
		from += n;
	}
}

/* As in a transaction whose first n_in outputs are null. */
static void add_single_output(struct sha256_ctx *h, const struct tx *tx,
			      uint32_t n_in)
{
	static const uint8_t null[9] = {0xff, 0xff, 0xff, 0xff, 0xff,
					0xff, 0xff, 0xff, 0};
	uint8_t b[9];

	sha256_add(h, b, compactsize_put(b, (uint64_t)n_in + 1));
	for (uint32_t i = 0; i < n_in; i++)
		sha256_add(h, null, sizeof(null));
	le64_put(b, (uint64_t)tx->out[n_in].value);
	sha256_add(h, b, 8);
	sha256_add(h, b, compactsize_put(b, tx->out[n_in].script.len));
	sha256_add(h, tx->out[n_in].script.p, tx->out[n_in].script.len);
}

static void add_before_outputs(struct sha256_ctx *h,
			       const struct sighash_cache *c, uint32_t n_in,
			       const struct script_code *code, uint32_t base,
			       bool acp)
{
	const struct tx *tx = c->tx;
	bool sequences = base != SIGHASH_NONE && base != SIGHASH_SINGLE;
	const uint8_t *inputs = c->blank + c->inputs_at;
	uint32_t from;

	if (acp) {
		sha256_init(h);
		sha256_add(h, c->blank, 4);
		sha256_add(h, "\1", 1);
		add_signed_input(h, &tx->in[n_in], code);
		return;
	}
	if (sequences) {
		from = n_in / SIGHASH_STATE_STEP * SIGHASH_STATE_STEP;
		*h = c->states[n_in / SIGHASH_STATE_STEP];
		sha256_add(h, inputs + (size_t)from * SIGHASH_BLANK_INPUT,
			   (size_t)(n_in - from) * SIGHASH_BLANK_INPUT);
	} else {
		sha256_init(h);
		sha256_add(h, c->blank, c->inputs_at);
		add_unsequenced(h, c, 0, n_in);
	}
	add_signed_input(h, &tx->in[n_in], code);
	if (sequences)
		sha256_add(h, inputs + (size_t)(n_in + 1) * SIGHASH_BLANK_INPUT,
			   (size_t)(tx->n_in - n_in - 1) * SIGHASH_BLANK_INPUT);
	else
		add_unsequenced(h, c, n_in + 1, tx->n_in);
}

/* All but the hash type. */
static void add_message(struct sha256_ctx *h, const struct sighash_cache *c,
			uint32_t n_in, const struct script_code *code,
			uint32_t base, bool acp)
{
	size_t outputs = c->inputs_at + (size_t)c->tx->n_in * SIGHASH_BLANK_INPUT;

	add_before_outputs(h, c, n_in, code, base, acp);
	if (base == SIGHASH_NONE)
		sha256_add(h, "\0", 1);
	else if (base == SIGHASH_SINGLE)
		add_single_output(h, c->tx, n_in);
	else
		sha256_add(h, c->blank + outputs, c->blank_len - outputs - 4);
	sha256_add(h, c->blank + c->blank_len - 4, 4);
}

static bool memo_get(struct sha256_ctx *h, struct sighash_memo *memo,
		     const struct script_code *code, unsigned slot)
{
	if (memo->code != code->script.p || memo->len != code->script.len) {
		memo->code = code->script.p;
		memo->len = code->script.len;
		memo->have = 0;
	}
	if (!(memo->have & 1u << slot))
		return false;
	*h = memo->state[slot];
	return true;
}

void sighash_legacy(struct hash256 *out, const struct sighash_cache *c,
		    uint32_t n_in, const struct script_code *code,
		    uint32_t type, struct sighash_memo *memo)
{
	uint32_t base = type & 0x1f;
	bool acp = type & SIGHASH_ANYONECANPAY;
	unsigned slot = (base == SIGHASH_NONE ? 1 : base == SIGHASH_SINGLE ? 2 : 0) +
			(acp ? 3 : 0);
	struct sha256_ctx h;
	uint8_t b[4];

	if (base == SIGHASH_SINGLE && n_in >= c->tx->n_out) {
		memset(out->b, 0, sizeof(out->b));
		out->b[0] = 1;
		return;
	}
	if (!memo || !memo_get(&h, memo, code, slot)) {
		add_message(&h, c, n_in, code, base, acp);
		if (memo) {
			memo->state[slot] = h;
			memo->have |= (uint8_t)(1u << slot);
		}
	}
	le32_put(b, type);
	sha256_add(&h, b, 4);
	sha256d_done(&h, out->b);
}
