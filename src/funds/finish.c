/* SPDX-License-Identifier: MIT */
/* Signatures of a PSBT, put where they belong, and judged as the node judges. */
#include "funds/keys.h"
#include "node/query/spend.h"
#include "wallet/psbt_final.h"
#include "wallet/psbt_sign.h"

#define PSBT_MAX ((size_t)8 << 20)

static struct bytes kept(struct arena *a, struct buf *b)
{
	struct bytes v = {0};

	if (buf_status(b) == ST_OK)
		v = bytes_of(arena_copy(a, b->p, b->len), b->len);
	buf_free(b);
	return v;
}

static bool write_out(struct funds *f, const struct psbt *psbt,
		      struct funds_finished *out, struct funds_fault *fault)
{
	struct buf b;

	buf_init(&b, PSBT_MAX);
	psbt_write(&b, psbt);
	out->psbt = kept(f->arena, &b);
	buf_init(&b, PSBT_MAX);
	tx_write(&b, &out->tx, out->tx.has_witness);
	out->raw = kept(f->arena, &b);
	return (out->psbt.p && out->raw.p) || funds_failed(fault, ST_NOMEM);
}

/* Whether the node's rules agree that it is complete: what was final already has
 * been looked at by nobody here. */
static enum status judge(struct funds *f, const struct psbt *psbt,
			 struct funds_finished *out)
{
	const char **error = arena_calloc(f->arena, psbt->tx.n_in + 1,
					  sizeof(*error));
	struct txout *spent = psbt_coins(psbt, f->arena);
	enum status st;

	if (!error || !spent)
		return ST_NOMEM;
	st = node_check_spends(&out->tx, spent, error);
	for (uint32_t i = 0; st == ST_OK && i < psbt->tx.n_in; i++) {
		/* the coin may be left out once an input is final */
		if (error[i] && spent[i].script.p)
			out->complete = false;
		out->n_final += psbt_in_is_final(&psbt->in[i]);
	}
	return st;
}

bool funds_finish(struct funds *f, struct bytes psbt, struct funds_finished *out,
		  struct funds_fault *fault)
{
	struct psbt p;
	const char *why;
	enum status st;

	*out = (struct funds_finished){0};
	if (!psbt_parse(&p, psbt.p, psbt.len, f->arena, &why))
		return funds_bad(fault, FUNDS_USAGE, "This is no PSBT: %s", why);
	if (!psbt_finalize(&p, f->arena, &out->complete) ||
	    !psbt_extract(&p, &out->tx, f->arena))
		return funds_failed(fault, ST_NOMEM);
	out->tx.has_witness = false;
	for (uint32_t i = 0; i < out->tx.n_in; i++)
		out->tx.has_witness |= out->tx.in[i].n_witness > 0;
	st = judge(f, &p, out);
	if (st != ST_OK)
		return funds_failed(fault, st);
	return write_out(f, &p, out, fault);
}
