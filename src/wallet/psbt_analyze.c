/* SPDX-License-Identifier: MIT */
#include "wallet/psbt_analyze.h"

#include <stdio.h>

#include "primitives/compactsize.h"
#include "primitives/script.h"

const char *psbt_role_name(enum psbt_role r)
{
	switch (r) {
	case PSBT_ROLE_CREATOR:
		return "creator";
	case PSBT_ROLE_UPDATER:
		return "updater";
	case PSBT_ROLE_SIGNER:
		return "signer";
	case PSBT_ROLE_FINALIZER:
		return "finalizer";
	case PSBT_ROLE_EXTRACTOR:
		return "extractor";
	}
	return "";
}

/* "PSBT is not valid. Input 3 ...", or without an input. */
static bool refuse(struct psbt_analysis *a, int64_t input, const char *what)
{
	if (input < 0)
		snprintf(a->error, sizeof(a->error), "PSBT is not valid. %s", what);
	else
		snprintf(a->error, sizeof(a->error),
			 "PSBT is not valid. Input %u %s", (unsigned)input, what);
	a->n_in = 0;
	a->vsize = 0;
	a->has_fee = false;
	a->next = PSBT_ROLE_CREATOR;
	return false;
}

static bool in_range(int64_t v)
{
	return v >= 0 && v <= MONEY_MAX_SAT;
}

static enum psbt_role next_of(const struct psbt_lack *l)
{
	return !l->has_pub && !l->redeem && !l->witness && l->n_sig
		       ? PSBT_ROLE_SIGNER : PSBT_ROLE_UPDATER;
}

/* False: the PSBT is not valid. */
static bool look_at(struct psbt_analysis *a, const struct psbt_final *f,
		    uint32_t at, int64_t *in_sat, bool *all)
{
	struct psbt_input_analysis *i = &a->in[at];
	struct txout coin;
	struct txin in;
	bool witness;
	enum psbt_coin known = psbt_spent(f->psbt, at, f->arena, &coin);
	bool done;

	i->has_coin = known == PSBT_COIN_KNOWN || known == PSBT_COIN_SAID;
	if (i->has_coin) {
		if (!in_range(coin.value) || !in_range(*in_sat + coin.value))
			return refuse(a, at, "has invalid value");
		*in_sat += coin.value;
		if (script_is_unspendable(coin.script))
			return refuse(a, at, "spends unspendable output");
	} else {
		*all = false;
	}
	done = psbt_in_is_final(&f->psbt->in[at]);
	if (done) {
		i->is_final = i->has_coin;
		i->next = i->has_coin ? PSBT_ROLE_EXTRACTOR : PSBT_ROLE_UPDATER;
	} else {
		done = psbt_final_solve(f, at, false, &in, &i->lack, &witness) ==
		       PSBT_FINAL_DONE;
		i->next = done ? PSBT_ROLE_FINALIZER : next_of(&i->lack);
		/* a key of several may be missed by nobody */
		if (done)
			i->lack = (struct psbt_lack){0};
	}
	if (done && known == PSBT_COIN_SAID &&
	    script_classify(coin.script).kind == SCRIPT_WITNESS_V1_TAPROOT)
		a->no_size = true;
	return true;
}

/* The size with signatures; 0: some input cannot be guessed. */
static uint32_t guess_vsize(const struct psbt_final *f)
{
	struct tx tx = f->psbt->tx;
	uint64_t weight;
	struct buf b;
	bool witness, good = true;

	tx.in = arena_array(f->arena, tx.n_in + 1u, struct txin);
	for (uint32_t i = 0; good && i < tx.n_in; i++) {
		good = tx.in && psbt_final_solve(f, i, true, &tx.in[i], NULL,
						 &witness) == PSBT_FINAL_DONE;
		tx.has_witness |= good && tx.in[i].n_witness;
	}
	if (!good)
		return 0;
	buf_init(&b, (size_t)64 << 20);
	tx_write(&b, &tx, false);
	weight = 3 * (uint64_t)b.len;
	buf_reset(&b);
	tx_write(&b, &tx, true);
	weight += b.len;
	good = buf_status(&b) == ST_OK;
	buf_free(&b);
	return good ? (uint32_t)((weight + 3) / 4) : 0;
}

bool psbt_analyze(struct psbt_analysis *out, struct psbt *psbt, struct arena *a)
{
	int64_t in_sat = 0, out_sat = 0;
	struct psbt_final f;
	bool all = true;

	*out = (struct psbt_analysis){.n_in = psbt->tx.n_in,
				      .next = PSBT_ROLE_EXTRACTOR};
	out->in = arena_calloc(a, psbt->tx.n_in + 1u, sizeof(*out->in));
	if (!out->in || !psbt_final_init(&f, psbt, a))
		return false;
	for (uint32_t i = 0; i < psbt->tx.n_in; i++) {
		if (!look_at(out, &f, i, &in_sat, &all))
			return true;
		if (out->in[i].next < out->next)
			out->next = out->in[i].next;
	}
	if (!all)
		return true;
	for (uint32_t i = 0; i < psbt->tx.n_out; i++) {
		out_sat += psbt->tx.out[i].value;
		if (!in_range(psbt->tx.out[i].value) || !in_range(out_sat)) {
			refuse(out, -1, "Output amount invalid");
			return true;
		}
	}
	out->has_fee = true;
	out->fee_sat = in_sat - out_sat;
	out->vsize = out->no_size ? 0 : guess_vsize(&f);
	return true;
}
