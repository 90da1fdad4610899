/* SPDX-License-Identifier: MIT */
/* See seal.h. */
#include "miner/seal.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/hash160.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"
#include "wallet/insign.h"
#include "wallet/keyfile.h"

struct sealer {
	const struct params *p;
	struct ec *ec;
	struct insign_key key[KEYFILE_KEYS_MAX];
	size_t n_key;
	int maker[KEYFILE_KEYS_MAX];	/* whose key it is; -1: no maker's */
	uint32_t makers;
};

#define SAY(...) snprintf(error, SEAL_ERROR_SIZE, __VA_ARGS__)

static bool take_key(struct sealer *s, const struct wallet_key *k)
{
	struct insign_key *key = &s->key[s->n_key];
	int *maker = &s->maker[s->n_key];
	uint8_t xonly[32];

	memcpy(key->secret, k->secret, sizeof(key->secret));
	key->pub_len = ec_pubkey_create(s->ec, key->pub, key->secret, true);
	if (!key->pub_len || !ec_xonly_create(s->ec, xonly, NULL, key->secret))
		return false;
	hash160(key->hash, key->pub, key->pub_len);
	*maker = maker_index(s->p, xonly);
	if (*maker >= 0)
		s->makers |= UINT32_C(1) << *maker;
	s->n_key++;
	return true;
}

enum status sealer_open(struct sealer **out, const struct params *p,
			const char *key_file, char error[SEAL_ERROR_SIZE])
{
	struct sealer *s = calloc(1, sizeof(*s));
	struct keyfile *k = calloc(1, sizeof(*k));
	enum status st = s && k ? ST_OK : ST_NOMEM;

	*out = NULL;
	SAY("There is not enough memory.");
	if (st == ST_OK) {
		s->p = p;
		s->ec = ec_open();
		st = s->ec ? keyfile_read(k, key_file, p, error) : ST_NOMEM;
	}
	for (size_t i = 0; st == ST_OK && i < k->n; i++)
		if (!take_key(s, &k->key[i]))
			st = ST_PARSE;
	if (st == ST_OK && maker_chain(p) && !s->makers) {
		SAY("%.200s has no key of a maker of %s: its public key must stand "
		    "in the chain's document.", key_file, p->name);
		st = ST_DENIED;
	}
	if (k)
		keyfile_wipe(k);
	free(k);
	if (st == ST_OK)
		*out = s;
	else
		sealer_close(s);
	return st;
}

void sealer_close(struct sealer *s)
{
	if (!s)
		return;
	ec_close(s->ec);
	wipe(s, sizeof(*s));
	free(s);
}

const struct params *sealer_params(const struct sealer *s)
{
	return s->p;
}

uint32_t sealer_makers(const struct sealer *s)
{
	return s->makers;
}

enum status sealer_sign(const struct sealer *s, uint32_t who,
			const uint8_t digest[32], struct maker_sigs *sigs)
{
	for (size_t i = 0; i < s->n_key; i++) {
		uint8_t aux[32];
		uint32_t bit;

		if (s->maker[i] < 0)
			continue;
		bit = UINT32_C(1) << s->maker[i];
		if (!(who & bit) || (sigs->have & bit))
			continue;
		if (rand_bytes(aux, sizeof(aux)) != ST_OK ||
		    !ec_sign_schnorr(s->ec, sigs->sig[s->maker[i]],
				     s->key[i].secret, digest, aux))
			return ST_IO;
		sigs->have |= bit;
	}
	return ST_OK;
}

/* By the makers' keys. */
static enum status solve_makers(const struct sealer *s, const struct block *b,
				uint32_t height, struct arena *scratch,
				struct buf *solution)
{
	struct maker_sigs sigs = {0};
	uint8_t digest[32];
	bool found;
	enum status st = maker_digest(digest, s->p, b, scratch, &found);

	if (st == ST_OK && !found)
		st = ST_DENIED;
	if (st == ST_OK)
		st = sealer_sign(s, s->makers, digest, &sigs);
	if (st == ST_OK && !maker_solution(solution, s->p, height, &sigs))
		st = ST_DENIED;
	return st;
}

/* By whatever keys satisfy the challenge. */
static enum status solve_challenge(const struct sealer *s, const struct block *b,
				   struct arena *scratch, struct buf *solution)
{
	struct signet_spend spend;
	struct txout spent;
	struct sigmsg msg;
	struct insign_list none = {0};
	struct insign sign = {.arena = scratch, .ec = s->ec, .msg = &msg,
			      .key = s->key, .n_key = s->n_key};
	bool found;
	enum status st = signet_spend_make(&spend, s->p, b, scratch, &found);

	if (st != ST_OK || !found)
		return st == ST_OK ? ST_DENIED : st;
	spent = (struct txout){spend.coin.value, spend.coin.script};
	sigmsg_init(&msg, &spend.to_sign, &spent);
	if (!insign_input(&sign, 0, &none, &spend.in))
		return ST_NOMEM;
	block_solution(solution, spend.in.script_sig, spend.in.n_witness,
		       spend.in.witness);
	return buf_status(solution);
}

enum status sealer_solve(const struct sealer *s, const struct block *b,
			 uint32_t height, struct arena *scratch,
			 struct buf *solution)
{
	return maker_chain(s->p) ? solve_makers(s, b, height, scratch, solution)
				 : solve_challenge(s, b, scratch, solution);
}
