/* SPDX-License-Identifier: MIT */
/* What the wallet and the node know of a transaction's inputs and outputs, for
 * those who sign it. */
#include "funds/spend.h"

#include "funds/funds_internal.h"
#include "wallet/psbt_update.h"

#define PSBT_MAX ((size_t)8 << 20)

bool funds_provider(const struct funds *f, const struct funds_script *s,
		    struct provider *p)
{
	provider_init(p, f->arena, f->at.ec);
	return provider_add(p, f->desc[s->desc].d, s->n, false);
}

/* What our descriptors say of an input or output with this script. */
static enum status describe(struct funds *f, struct psbt *psbt,
			    enum psbt_place place, uint32_t at,
			    struct bytes script, bool paths)
{
	const struct funds_script *s = funds_find(f, script);
	struct provider p;

	if (!s || !f->desc[s->desc].solvable)
		return ST_OK;
	if (!funds_provider(f, s, &p))
		return ST_NOMEM;
	return (place == PSBT_PLACE_IN
			? psbt_update_input(psbt, at, &p, paths, f->arena)
			: psbt_update_output(psbt, at, &p, paths, f->arena))
		       ? ST_OK : ST_NOMEM;
}

/* Whether a script is spent with a witness; of P2SH only we know, if it is ours. */
static bool is_witness(const struct funds *f, struct bytes script)
{
	struct script_form form = script_classify(script);
	const struct funds_script *s = funds_find(f, script);
	struct bytes program;
	struct provider p;
	uint8_t version;

	if (form.kind == SCRIPT_SCRIPTHASH && s && funds_provider(f, s, &p))
		script = provider_script(&p, form.data);
	return script.p && script_is_witness_program(script, &version, &program);
}

/* The coin that an input spends: the transaction that made it, which no signer of
 * a kind before taproot can do without, and what segwit's need of it. */
static enum status put_coin(struct funds *f, struct psbt *psbt, uint32_t at,
			    const struct output_info *coin)
{
	const struct txout out = {coin->value, coin->script};
	struct psbt_map *map = &psbt->in[at];
	struct tx_info made;
	bool good = true;
	enum status st = ST_OK;

	if (!psbt_find(map, PSBT_IN_NON_WITNESS_UTXO) &&
	    script_classify(out.script).kind != SCRIPT_WITNESS_V1_TAPROOT) {
		st = query_tx(f->at.node, &psbt->tx.in[at].prevout.txid, f->arena,
			      &made);
		good = st == ST_OK && psbt_set_made(psbt, at, made.raw, f->arena);
	}
	if (good && is_witness(f, out.script) &&
	    !psbt_find(map, PSBT_IN_WITNESS_UTXO))
		good = psbt_set_coin(psbt, at, &out, f->arena);
	return good || st != ST_OK ? st : ST_NOMEM;
}

static enum status fill_input(struct funds *f, struct psbt *psbt, uint32_t at,
			      bool paths)
{
	struct output_info coin;
	struct txout said;
	enum psbt_coin known;
	enum status st;

	if (psbt_in_is_final(&psbt->in[at]))
		return ST_OK;
	st = query_output(f->at.node, &psbt->tx.in[at].prevout, f->arena, &coin);
	if (st == ST_OK)
		st = put_coin(f, psbt, at, &coin);
	else if (st == ST_NOT_FOUND)
		st = ST_OK;
	/* of what the node does not know, what the PSBT says itself will do */
	known = psbt_spent(psbt, at, f->arena, &said);
	if (st != ST_OK ||
	    (known != PSBT_COIN_KNOWN && known != PSBT_COIN_SAID))
		return st;
	return describe(f, psbt, PSBT_PLACE_IN, at, said.script, paths);
}

static bool fill_all(struct funds *f, struct psbt *psbt, bool paths,
		     struct bytes *out, struct funds_fault *fault)
{
	enum status st = ST_OK;
	struct buf b;

	for (uint32_t i = 0; st == ST_OK && i < psbt->tx.n_in; i++)
		st = fill_input(f, psbt, i, paths);
	for (uint32_t i = 0; st == ST_OK && i < psbt->tx.n_out; i++)
		st = describe(f, psbt, PSBT_PLACE_OUT, i,
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
