/* SPDX-License-Identifier: MIT */
/* What the wallet and the node know of a transaction's inputs and outputs, for
 * those who sign it. */
#include "funds/spend.h"

#include "funds/funds_internal.h"
#include "wallet/descpsbt.h"

#define PSBT_MAX ((size_t)8 << 20)

/* The script of a descriptor: which of those it has. */
static bool which_of(const struct funds *f, const struct funds_script *s,
		     unsigned *which)
{
	const struct descriptor *d = f->desc[s->desc].d;
	struct desc_scripts out;

	*which = 0;
	if (desc_is_single_type(d))
		return true;
	if (!desc_expand(d, f->at.ec, s->n, f->arena, &out))
		return false;
	for (unsigned i = 0; i < out.n; i++)
		if (bytes_equal(out.script[i], s->script))
			*which = i;
	return true;
}

static bool is_witness(struct bytes script)
{
	struct bytes program;
	uint8_t version;

	return script_is_witness_program(script, &version, &program);
}

/* The transaction that made the coin, without its witnesses. */
static enum status put_made_by(struct funds *f, struct psbt_map *map,
			       struct bytes raw)
{
	enum status st;
	struct buf b;
	struct tx tx;

	st = tx_parse(&tx, raw.p, raw.len, f->arena);
	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	buf_init(&b, PSBT_MAX);
	tx_write(&b, &tx, false);
	st = buf_status(&b);
	if (st == ST_OK && !psbt_put(map, PSBT_PLACE_IN, PSBT_IN_NON_WITNESS_UTXO,
				     (struct bytes){0}, buf_view(&b), f->arena))
		st = ST_NOMEM;
	buf_free(&b);
	return st;
}

static enum status put_coin(struct funds *f, struct psbt_map *map,
			    const struct txout *out)
{
	enum status st = ST_OK;
	struct buf b;

	buf_init(&b, 1 << 16);
	buf_le64(&b, (uint64_t)out->value);
	buf_u8(&b, (uint8_t)out->script.len);	/* of a known kind: short */
	buf_bytes(&b, out->script);
	if (buf_status(&b) != ST_OK ||
	    !psbt_put(map, PSBT_PLACE_IN, PSBT_IN_WITNESS_UTXO, (struct bytes){0},
		      buf_view(&b), f->arena))
		st = ST_NOMEM;
	buf_free(&b);
	return st;
}

static enum status describe(struct funds *f, struct psbt_map *map,
			    enum psbt_place place, struct bytes script, bool paths)
{
	const struct funds_script *s = funds_find(f, script);
	unsigned which;

	if (!s || !f->desc[s->desc].solvable)
		return ST_OK;
	if (!which_of(f, s, &which) ||
	    !desc_fill_psbt(f->desc[s->desc].d, f->at.ec, s->n, which, paths, map,
			    place, f->arena))
		return ST_NOMEM;
	return ST_OK;
}

static enum status fill_input(struct funds *f, struct psbt *psbt, uint32_t at,
			      bool paths)
{
	const struct outpoint *o = &psbt->tx.in[at].prevout;
	struct psbt_map *map = &psbt->in[at];
	const struct funds_script *s;
	struct tx_info made;
	struct output_info out;
	struct txout said;
	bool witness;
	unsigned which;
	enum status st;

	if (psbt_in_is_final(map))
		return ST_OK;
	st = query_output(f->at.node, o, f->arena, &out);
	if (st == ST_NOT_FOUND) {
		/* what the PSBT says itself will do */
		enum psbt_coin known = psbt_spent(psbt, at, f->arena, &said);

		if (known == PSBT_COIN_KNOWN || known == PSBT_COIN_SAID)
			return describe(f, map, PSBT_PLACE_IN, said.script, paths);
		return ST_OK;
	}
	if (st == ST_OK)
		st = query_tx(f->at.node, &o->txid, f->arena, &made);
	if (st != ST_OK)
		return st;
	s = funds_find(f, out.script);
	witness = is_witness(out.script);
	if (!witness && s && which_of(f, s, &which))
		witness = desc_is_witness(f->desc[s->desc].d, which);
	/* one that is not for segwit needs the whole; others may have it, too */
	if (!psbt_find(map, PSBT_IN_NON_WITNESS_UTXO) &&
	    script_classify(out.script).kind != SCRIPT_WITNESS_V1_TAPROOT)
		st = put_made_by(f, map, made.raw);
	if (st == ST_OK && witness && !psbt_find(map, PSBT_IN_WITNESS_UTXO) &&
	    out.script.len < 0xfd)
		st = put_coin(f, map, &(struct txout){out.value, out.script});
	return st == ST_OK ? describe(f, map, PSBT_PLACE_IN, out.script, paths) : st;
}

static bool fill_all(struct funds *f, struct psbt *psbt, bool paths,
		     struct bytes *out, struct funds_fault *fault)
{
	enum status st = ST_OK;
	struct buf b;

	for (uint32_t i = 0; st == ST_OK && i < psbt->tx.n_in; i++)
		st = fill_input(f, psbt, i, paths);
	for (uint32_t i = 0; st == ST_OK && i < psbt->tx.n_out; i++)
		st = describe(f, &psbt->out[i], PSBT_PLACE_OUT,
			      psbt->tx.out[i].script, paths);
	if (st != ST_OK)
		return funds_failed(fault, st);
	buf_init(&b, PSBT_MAX);
	psbt_write(&b, psbt);
	st = buf_status(&b);
	*out = bytes_of(st == ST_OK ? arena_copy(f->arena, b.p, b.len) : NULL, b.len);
	buf_free(&b);
	if (st == ST_OK && !out->p)
		st = ST_NOMEM;
	return st == ST_OK || funds_failed(fault, st);
}

bool funds_psbt(struct funds *f, const struct tx *tx, struct bytes *psbt,
		struct funds_fault *fault)
{
	struct psbt p;

	if (!psbt_blank(&p, tx, f->arena))
		return funds_failed(fault, ST_NOMEM);
	return fill_all(f, &p, true, psbt, fault);
}

bool funds_psbt_fill(struct funds *f, struct bytes in, bool paths,
		     struct bytes *out, struct funds_fault *fault)
{
	const char *error;
	struct psbt p;

	if (!psbt_parse(&p, in.p, in.len, f->arena, &error))
		return funds_bad(fault, FUNDS_USAGE, "This is no PSBT: %s", error);
	return fill_all(f, &p, paths, out, fault);
}
