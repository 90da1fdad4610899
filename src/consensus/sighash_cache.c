/* SPDX-License-Identifier: MIT */
/* What the inputs of one transaction share when they are hashed for signing. */
#include "consensus/sighash.h"

#include <stdlib.h>

#include "consensus/script_check.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

static void add_compactsize(struct sha256_ctx *h, uint64_t v)
{
	uint8_t b[9];

	sha256_add(h, b, compactsize_put(b, v));
}

static void hash_again(struct hash256 *twice, const struct hash256 *once)
{
	sha256(twice->b, once->b, sizeof(once->b));
}

static void make_midhashes(struct sighash_cache *c)
{
	const struct tx *tx = c->tx;
	struct sha256_ctx prevouts, sequences, outputs;
	uint8_t b[36];

	sha256_init(&prevouts);
	sha256_init(&sequences);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		memcpy(b, tx->in[i].prevout.txid.h.b, 32);
		le32_put(b + 32, tx->in[i].prevout.n);
		sha256_add(&prevouts, b, 36);
		le32_put(b, tx->in[i].sequence);
		sha256_add(&sequences, b, 4);
	}
	sha256_init(&outputs);
	for (uint32_t i = 0; i < tx->n_out; i++) {
		le64_put(b, (uint64_t)tx->out[i].value);
		sha256_add(&outputs, b, 8);
		add_compactsize(&outputs, tx->out[i].script.len);
		sha256_add(&outputs, tx->out[i].script.p, tx->out[i].script.len);
	}
	sha256_done(&prevouts, c->prevouts.b);
	sha256_done(&sequences, c->sequences.b);
	sha256_done(&outputs, c->outputs.b);
	hash_again(&c->prevouts_d, &c->prevouts);
	hash_again(&c->sequences_d, &c->sequences);
	hash_again(&c->outputs_d, &c->outputs);
	c->has_midhash = true;
}

static void make_taproot(struct sighash_cache *c)
{
	struct sha256_ctx amounts, scripts;
	uint8_t b[8];

	sha256_init(&amounts);
	sha256_init(&scripts);
	for (uint32_t i = 0; i < c->tx->n_in; i++) {
		le64_put(b, (uint64_t)c->coins[i].value);
		sha256_add(&amounts, b, 8);
		add_compactsize(&scripts, c->coins[i].script.len);
		sha256_add(&scripts, c->coins[i].script.p,
			   c->coins[i].script.len);
	}
	sha256_done(&amounts, c->amounts.b);
	sha256_done(&scripts, c->scripts.b);
	sha256_tagged_init(&c->tap_sighash, "TapSighash");
	c->has_taproot = true;
}

static size_t outputs_size(const struct tx *tx)
{
	size_t n = compactsize_size(tx->n_out);

	for (uint32_t i = 0; i < tx->n_out; i++)
		n += 8 + compactsize_size(tx->out[i].script.len) +
		     tx->out[i].script.len;
	return n;
}

static uint8_t *put_inputs(uint8_t *p, const struct tx *tx)
{
	for (uint32_t i = 0; i < tx->n_in; i++, p += SIGHASH_BLANK_INPUT) {
		memcpy(p, tx->in[i].prevout.txid.h.b, 32);
		le32_put(p + 32, tx->in[i].prevout.n);
		p[36] = 0;
		le32_put(p + 37, tx->in[i].sequence);
	}
	return p;
}

static uint8_t *put_outputs(uint8_t *p, const struct tx *tx)
{
	p += compactsize_put(p, tx->n_out);
	for (uint32_t i = 0; i < tx->n_out; i++) {
		struct bytes script = tx->out[i].script;

		le64_put(p, (uint64_t)tx->out[i].value);
		p += 8;
		p += compactsize_put(p, script.len);
		if (script.len)
			memcpy(p, script.p, script.len);
		p += script.len;
	}
	return p;
}

static void make_states(struct sighash_cache *c)
{
	const uint8_t *p = c->blank;
	size_t len = c->inputs_at;
	struct sha256_ctx h;

	sha256_init(&h);
	for (uint32_t k = 0; k * SIGHASH_STATE_STEP < c->tx->n_in; k++) {
		sha256_add(&h, p, len);
		c->states[k] = h;
		p += len;
		len = SIGHASH_STATE_STEP * SIGHASH_BLANK_INPUT;
	}
}

/* States and blank share one allocation, the wider alignment first. */
static bool make_blank(struct sighash_cache *c)
{
	const struct tx *tx = c->tx;
	size_t n_states = (tx->n_in + SIGHASH_STATE_STEP - 1) /
			  SIGHASH_STATE_STEP;
	uint8_t *p;

	c->inputs_at = 4 + compactsize_size(tx->n_in);
	c->blank_len = c->inputs_at + (size_t)tx->n_in * SIGHASH_BLANK_INPUT +
		       outputs_size(tx) + 4;
	c->states = malloc(n_states * sizeof(*c->states) + c->blank_len);
	if (!c->states)
		return false;
	p = c->blank = (uint8_t *)(c->states + n_states);
	le32_put(p, tx->version);
	p += 4;
	p += compactsize_put(p, tx->n_in);
	p = put_outputs(put_inputs(p, tx), tx);
	le32_put(p, tx->locktime);
	make_states(c);
	return true;
}

static bool spends_taproot(const struct coin *coin)
{
	uint8_t version;
	struct bytes program;

	return script_is_witness_program(coin->script, &version, &program) &&
	       version == 1 && program.len == 32;
}

/* Can no legacy signature check run for this input? So it is with a witness
 * program, native and nothing in the input script, or in P2SH and nothing in it
 * but one push of the program. A witness alone proves nothing. */
static bool is_pure_witness(const struct txin *in, const struct coin *coin)
{
	struct bytes sig = in->script_sig, program;
	uint8_t version;

	if (sig.len == 0)
		return script_is_witness_program(coin->script, &version,
						 &program);
	return script_is_p2sh(coin->script) && sig.len == (size_t)sig.p[0] + 1 &&
	       script_is_witness_program(bytes_of(sig.p + 1, sig.len - 1),
					 &version, &program);
}

struct sighash_cache *sighash_cache_new(const struct tx *tx,
					const struct coin *coins)
{
	struct sighash_cache *c = malloc(sizeof(*c));
	bool legacy = false, taproot = false;

	if (!c)
		return NULL;
	c->tx = tx;
	c->coins = coins;
	c->has_midhash = c->has_taproot = false;
	c->blank = NULL;
	c->states = NULL;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (!coins || !is_pure_witness(&tx->in[i], &coins[i]))
			legacy = true;
		else if (tx->in[i].n_witness && spends_taproot(&coins[i]))
			taproot = true;
	}
	if (tx->has_witness)
		make_midhashes(c);
	if (taproot)
		make_taproot(c);
	if (legacy && !make_blank(c)) {
		free(c);
		return NULL;
	}
	return c;
}

void sighash_cache_free(struct sighash_cache *c)
{
	if (!c)
		return;
	free(c->states);
	free(c);
}
