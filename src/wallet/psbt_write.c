/* SPDX-License-Identifier: MIT */
/* Writes PSBTs. */
#include "primitives/compactsize.h"
#include "wallet/psbt_priv.h"

static void write_bytes(struct buf *b, struct bytes v)
{
	compactsize_add(b, v.len);
	buf_bytes(b, v);
}

/* What an empty value of a known type says is nothing. */
static bool says_nothing(enum psbt_place at, const struct psbt_pair *p)
{
	if (at == PSBT_PLACE_OUT)
		return p->type <= PSBT_OUT_WITNESS_SCRIPT && !p->value.len;
	if (at == PSBT_PLACE_GLOBAL)
		return false;
	switch (p->type) {
	case PSBT_IN_REDEEM_SCRIPT:
	case PSBT_IN_WITNESS_SCRIPT:
	case PSBT_IN_FINAL_SCRIPT_SIG:
		return !p->value.len;
	case PSBT_IN_FINAL_WITNESS:
		return p->value.p[0] == 0;
	}
	return false;
}

bool psbt_in_is_final(const struct psbt_map *m)
{
	for (size_t i = 0; i < m->n; i++)
		if ((m->pair[i].type == PSBT_IN_FINAL_SCRIPT_SIG ||
		     m->pair[i].type == PSBT_IN_FINAL_WITNESS) &&
		    !says_nothing(PSBT_PLACE_IN, &m->pair[i]))
			return true;
	return false;
}

/* A transaction that made a coin goes without witnesses: only the txid counts. */
static void write_made(struct buf *b, struct bytes v)
{
	struct arena a;
	struct buf base;
	struct tx tx;

	arena_init(&a, (size_t)64 << 20);
	buf_init(&base, v.len);
	if (tx_parse(&tx, v.p, v.len, &a) == ST_OK && tx.has_witness) {
		tx_write(&base, &tx, false);
		v = buf_view(&base);
	}
	if (buf_status(&base) == ST_OK)
		write_bytes(b, v);
	else
		b->st = buf_status(&base);
	buf_free(&base);
	arena_free(&a);
}

static void write_map(struct buf *b, const struct psbt_map *m, enum psbt_place at)
{
	bool final = at == PSBT_PLACE_IN && psbt_in_is_final(m);

	for (size_t i = 0; i < m->n; i++) {
		const struct psbt_pair *p = &m->pair[i];

		if (says_nothing(at, p) ||
		    (final && p->rank >= PSBT_IN_PARTIAL_SIG &&
		     p->rank <= PSBT_IN_TAP_MERKLE_ROOT))
			continue;
		write_bytes(b, p->key);
		if (at == PSBT_PLACE_IN && p->type == PSBT_IN_NON_WITNESS_UTXO)
			write_made(b, p->value);
		else
			write_bytes(b, p->value);
	}
	buf_u8(b, 0);
}

void psbt_write(struct buf *b, const struct psbt *psbt)
{
	struct buf tx;

	buf_init(&tx, (size_t)64 << 20);
	tx_write(&tx, &psbt->tx, false);
	buf_add(b, PSBT_MAGIC, PSBT_MAGIC_LEN);
	buf_u8(b, 1);
	buf_u8(b, PSBT_GLOBAL_UNSIGNED_TX);
	write_bytes(b, buf_view(&tx));
	if (buf_status(&tx) != ST_OK)
		b->st = buf_status(&tx);
	buf_free(&tx);
	write_map(b, &psbt->global, PSBT_PLACE_GLOBAL);
	for (uint32_t i = 0; i < psbt->tx.n_in; i++)
		write_map(b, &psbt->in[i], PSBT_PLACE_IN);
	for (uint32_t i = 0; i < psbt->tx.n_out; i++)
		write_map(b, &psbt->out[i], PSBT_PLACE_OUT);
}
