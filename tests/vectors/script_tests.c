/* SPDX-License-Identifier: MIT */
/*
 * script_tests: Bitcoin Core's script_tests.json.
 *
 * A row pays to a script and spends it again, and says with which error. The
 * result must also stay when flags are taken from a good row or added to a bad
 * one: rules are only ever added.
 *
 * Errors are those of 28.1. Later files name some more narrowly: SCRIPTNUM was
 * UNKNOWN_ERROR, TAPSCRIPT_EMPTY_PUBKEY was PUBKEYTYPE, and OP_IF on an empty
 * stack was UNBALANCED_CONDITIONAL, now INVALID_STACK_OPERATION. Before 0.21 a
 * witness script that left more than one item was EVAL_FALSE, and policy also
 * discouraged CHECKLOCKTIMEVERIFY and CHECKSEQUENCEVERIFY while not in force.
 */
#include <stdio.h>

#include "consensus/script_trace.h"
#include "consensus/taproot.h"
#include "crypto/ec.h"
#include "crypto/sha256.h"
#include "primitives/amount.h"
#include "primitives/script.h"
#include "tests/vectors/scripts.h"

#define ROW_MAX ((size_t)1 << 20)

/* BIP341's point without a known secret: the internal key of all outputs. */
static const uint8_t nums_key[32] = {
	0x50, 0x92, 0x9b, 0x74, 0xc1, 0xa0, 0x49, 0x54, 0xb7, 0x8b, 0x4b,
	0x60, 0x35, 0xe9, 0x7a, 0x5e, 0x07, 0x8a, 0x5a, 0x0f, 0x28, 0xec,
	0x96, 0xd5, 0x47, 0xbf, 0xee, 0x9a, 0xce, 0x80, 0x3a, 0xc0,
};

struct row {
	struct buf sig, pubkey, witness;
	uint32_t n_witness;
	uint8_t output_key[32];
	uint8_t control[TAPROOT_CONTROL_BASE];
	int64_t amount_sat;
	uint32_t flags;
	const char *want;
};

static bool starts(struct bytes text, const char *s, struct bytes *rest)
{
	size_t n = strlen(s);

	if (text.len < n || memcmp(text.p, s, n) != 0)
		return false;
	*rest = bytes_of(text.p + n, text.len - n);
	return true;
}

/* The script is the only leaf of an output's tree. */
static bool commit(struct row *row, struct bytes script)
{
	struct sha256_ctx h;
	struct hash256 leaf;
	uint8_t tweak[32];
	int parity;

	taproot_leaf_hash(&leaf, 0xc0, script);
	sha256_tagged_init(&h, "TapTweak");
	sha256_add(&h, nums_key, 32);
	sha256_add(&h, leaf.b, 32);
	sha256_done(&h, tweak);
	if (!ec_xonly_tweak_add(row->output_key, &parity, nums_key, tweak))
		return false;
	row->control[0] = (uint8_t)(0xc0 | parity);
	memcpy(row->control + 1, nums_key, 32);
	return true;
}

static bool read_item(struct row *row, struct bytes text)
{
	struct bytes asm_text, rest;
	struct buf b;
	bool good;

	buf_init(&b, ROW_MAX);
	if (starts(text, "#SCRIPT#", &asm_text)) {
		good = vec_script(&b, asm_text) && commit(row, buf_view(&b));
	} else if (starts(text, "#CONTROLBLOCK#", &rest)) {
		buf_add(&b, row->control, sizeof(row->control));
		good = true;
	} else {
		good = vec_hex(&b, text) || text.len == 0;
	}
	vec_witness_item(&row->witness, buf_view(&b));
	row->n_witness++;
	buf_free(&b);
	return good;
}

/* [items..., amount] */
static bool read_witness(struct row *row, const json_t *v)
{
	size_t n = json_array_size(v);
	char text[40];

	for (size_t i = 0; i + 1 < n; i++) {
		if (!read_item(row, vec_json_text(json_array_get(v, i))))
			return false;
	}
	snprintf(text, sizeof(text), "%.8f",
		 json_number_value(json_array_get(v, n - 1)));
	return amount_parse(&row->amount_sat, text, strlen(text));
}

static bool read_pubkey(struct row *row, struct bytes text)
{
	struct bytes rest;

	if (starts(text, "0x51 0x20 #TAPROOTOUTPUT#", &rest)) {
		script_witness(&row->pubkey, 1, bytes_of(row->output_key, 32));
		return true;
	}
	return vec_script(&row->pubkey, text);
}

static bool read_row(struct row *row, const json_t *v)
{
	size_t at = json_is_array(json_array_get(v, 0));

	if (at && !read_witness(row, json_array_get(v, 0)))
		return false;
	row->want = json_string_value(json_array_get(v, at + 3));
	return vec_script(&row->sig, vec_json_text(json_array_get(v, at))) &&
	       read_pubkey(row, vec_json_text(json_array_get(v, at + 1))) &&
	       vec_flags(&row->flags,
			 vec_json_text(json_array_get(v, at + 2))) &&
	       row->want;
}

/* The transaction that pays to the row's script, for its id. */
static bool credit_id(struct txid *id, const struct row *row, struct arena *a)
{
	static const uint8_t two_zeros[2];
	struct txin in = {
		.prevout.n = OUTPOINT_NULL_N,
		.script_sig = bytes_of(two_zeros, 2),
		.sequence = SEQUENCE_FINAL,
	};
	struct txout out = {row->amount_sat, buf_view(&row->pubkey)};
	struct tx tx = {.version = 1, .n_in = 1, .n_out = 1, .in = &in,
			.out = &out};
	struct buf b;
	bool good;

	buf_init(&b, 2 * ROW_MAX);
	tx_write(&b, &tx, false);
	good = tx_parse(&tx, b.p, b.len, a) == ST_OK;
	*id = tx.txid;
	buf_free(&b);
	return good;
}

/* What was seen of an evaluation, to tell versions of names apart. */
struct seen {
	uint8_t last_op;
	bool in_witness;	/* the last script that ran was a witness's */
	bool idle_locktime;	/* a lock time operation whose rule is off */
	uint32_t flags;
};

static void see(void *ctx, const struct script_step *s)
{
	struct seen *seen = ctx;
	uint32_t needs = s->op == OP_CHECKLOCKTIMEVERIFY ? CF_CLTV : CF_CSV;

	seen->in_witness = s->stage == SCRIPT_STAGE_WITNESS;
	if (s->event != SCRIPT_STEP)
		return;
	seen->last_op = s->op;
	if ((s->op == OP_CHECKLOCKTIMEVERIFY ||
	     s->op == OP_CHECKSEQUENCEVERIFY) && !(seen->flags & needs))
		seen->idle_locktime = true;
}

static enum script_error spend(const struct row *row, const struct txid *paid,
			       uint32_t flags, struct seen *seen)
{
	struct txin in = {
		.prevout.txid = *paid,
		.script_sig = buf_view(&row->sig),
		.sequence = SEQUENCE_FINAL,
		.n_witness = row->n_witness,
		.witness = buf_view(&row->witness),
	};
	struct txout out = {row->amount_sat, {NULL, 0}};
	struct tx tx = {.version = 1, .n_in = 1, .n_out = 1, .in = &in,
			.out = &out, .has_witness = row->n_witness > 0};
	struct coin coin = {.value = row->amount_sat,
			    .script = buf_view(&row->pubkey)};
	struct script_trace trace = {see, seen};

	*seen = (struct seen){.flags = flags};
	return vec_check_input(&tx, 0, &coin, flags, &trace);
}

static bool same_error(const struct row *row, enum script_error got,
		       const struct seen *seen)
{
	const struct {
		const char *other;
		enum script_error error;
		bool holds;
	} names[] = {
		{"SCRIPTNUM", SCRIPT_ERR_UNKNOWN_ERROR, true},
		{"TAPSCRIPT_EMPTY_PUBKEY", SCRIPT_ERR_PUBKEYTYPE, true},
		{"INVALID_STACK_OPERATION", SCRIPT_ERR_UNBALANCED_CONDITIONAL,
		 seen->last_op == OP_IF || seen->last_op == OP_NOTIF},
		{"EVAL_FALSE", SCRIPT_ERR_CLEANSTACK, seen->in_witness},
		{"DISCOURAGE_UPGRADABLE_NOPS", SCRIPT_ERR_OK,
		 seen->idle_locktime},
	};

	if (got == SCRIPT_ERR_COUNT)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (got == names[i].error && names[i].holds &&
		    strcmp(row->want, names[i].other) == 0)
			return true;
	}
	return strcmp(row->want, script_error_name(got)) == 0;
}

/* The flag with which the judgement turns although rules only add up; 0: none. */
static uint32_t turning_flag(const struct row *row, const struct txid *paid,
			     uint32_t flags, bool good)
{
	for (uint32_t f = 1; f & VEC_FLAGS_ALL; f <<= 1) {
		uint32_t other = good ? vec_flags_trim(flags & ~f)
				      : vec_flags_fill(flags | f);
		struct seen seen;

		if ((spend(row, paid, other, &seen) == SCRIPT_ERR_OK) != good)
			return f;
	}
	return 0;
}

static void check_row(struct vec_run *r, struct row *row, size_t i)
{
	/* as Bitcoin Core's test: CLEANSTACK brings what it builds on */
	uint32_t flags = row->flags, turned;
	enum script_error got;
	struct txid paid;
	struct seen seen;
	struct arena a;
	bool made;

	if (flags & (uint32_t)PF_CLEANSTACK << VEC_POLICY_SHIFT)
		flags = vec_flags_fill(flags);
	arena_init(&a, 8 * ROW_MAX);
	made = credit_id(&paid, row, &a);
	arena_free(&a);
	if (!made) {
		vec_fail(r, "row %zu: no memory", i);
		return;
	}
	got = spend(row, &paid, flags, &seen);
	if (!same_error(row, got, &seen)) {
		vec_fail(r, "row %zu: %s, wanted %s", i,
			 got == SCRIPT_ERR_COUNT ? "no memory"
						 : script_error_name(got),
			 row->want);
		return;
	}
	turned = turning_flag(row, &paid, flags, got == SCRIPT_ERR_OK);
	vec_check(r, !turned, "row %zu: %s turns with flag %x", i, row->want,
		  turned);
}

int vec_script_tests(struct vec_run *r, char *const *files, int n)
{
	json_t *rows = vec_json(r, files[0]), *v;
	size_t i;

	(void)n;
	json_array_foreach(rows, i, v) {
		struct row row = {0};

		if (json_array_size(v) < 4)
			continue;
		buf_init(&row.sig, ROW_MAX);
		buf_init(&row.pubkey, ROW_MAX);
		buf_init(&row.witness, ROW_MAX);
		if (read_row(&row, v))
			check_row(r, &row, i);
		else
			vec_fail(r, "row %zu cannot be read", i);
		buf_free(&row.sig);
		buf_free(&row.pubkey);
		buf_free(&row.witness);
	}
	json_decref(rows);
	return 1;
}
