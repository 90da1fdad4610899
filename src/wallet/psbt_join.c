/* SPDX-License-Identifier: MIT */
/* Joins PSBTs of different transactions. */
#include "crypto/rand.h"
#include "wallet/psbt_priv.h"

/* A number below n, n not 0. */
static bool below(uint32_t *out, uint32_t n)
{
	uint64_t v;

	if (rand_bytes(&v, sizeof(v)) != ST_OK)
		return false;
	*out = (uint32_t)(v % n);
	return true;
}

static bool shuffle_inputs(struct psbt *p)
{
	for (uint32_t i = p->tx.n_in; i > 1; i--) {
		struct txin in = p->tx.in[i - 1];
		struct psbt_map m = p->in[i - 1];
		uint32_t j;

		if (!below(&j, i))
			return false;
		p->tx.in[i - 1] = p->tx.in[j];
		p->in[i - 1] = p->in[j];
		p->tx.in[j] = in;
		p->in[j] = m;
	}
	return true;
}

static bool shuffle_outputs(struct psbt *p)
{
	for (uint32_t i = p->tx.n_out; i > 1; i--) {
		struct txout out = p->tx.out[i - 1];
		struct psbt_map m = p->out[i - 1];
		uint32_t j;

		if (!below(&j, i))
			return false;
		p->tx.out[i - 1] = p->tx.out[j];
		p->out[i - 1] = p->out[j];
		p->tx.out[j] = out;
		p->out[j] = m;
	}
	return true;
}

static bool add(struct psbt *out, const struct psbt *from, struct arena *a)
{
	for (uint32_t i = 0; i < from->tx.n_in; i++) {
		out->tx.in[out->tx.n_in] = from->tx.in[i];
		out->in[out->tx.n_in++] = from->in[i];
	}
	for (uint32_t i = 0; i < from->tx.n_out; i++) {
		out->tx.out[out->tx.n_out] = from->tx.out[i];
		out->out[out->tx.n_out++] = from->out[i];
	}
	if (from->tx.version > out->tx.version)
		out->tx.version = from->tx.version;
	if (from->tx.locktime < out->tx.locktime)
		out->tx.locktime = from->tx.locktime;
	return psbt_map_combine(&out->global, &from->global, a);
}

enum psbt_join_result psbt_join(struct psbt *out, const struct psbt *from,
				size_t n, struct arena *a,
				struct outpoint *twice)
{
	size_t n_in = 0, n_out = 0;
	bool good;

	for (size_t i = 0; i < n; i++) {
		n_in += from[i].tx.n_in;
		n_out += from[i].tx.n_out;
	}
	*out = (struct psbt){.tx = {.version = 1, .locktime = UINT32_MAX}};
	out->tx.in = arena_calloc(a, n_in + 1, sizeof(*out->tx.in));
	out->tx.out = arena_calloc(a, n_out + 1, sizeof(*out->tx.out));
	out->in = arena_calloc(a, n_in + 1, sizeof(*out->in));
	out->out = arena_calloc(a, n_out + 1, sizeof(*out->out));
	good = out->tx.in && out->tx.out && out->in && out->out;
	for (size_t i = 0; good && i < n; i++) {
		for (uint32_t j = 0; j < from[i].tx.n_in; j++)
			for (uint32_t k = 0; k < out->tx.n_in; k++)
				if (outpoint_equal(&from[i].tx.in[j].prevout,
						   &out->tx.in[k].prevout)) {
					*twice = from[i].tx.in[j].prevout;
					return PSBT_JOIN_TWICE;
				}
		good = add(out, &from[i], a);
	}
	return good && shuffle_inputs(out) && shuffle_outputs(out)
		       ? PSBT_JOINED : PSBT_JOIN_NO_MEMORY;
}
