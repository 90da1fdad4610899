/* SPDX-License-Identifier: MIT */
/* See seal.h. */
#include "miner/seal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "crypto/hash160.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"
#include "miner/seal_signer.h"
#include "wallet/insign.h"
#include "wallet/keyfile.h"

/* How long a signer that answered is taken to answer. */
#define TRUST_MS 3000
#define BLOCK_ARENA ((size_t)256 << 20)

struct sealer {
	const struct params *p;
	struct ec *ec;
	uint32_t makers;
	char waits[SEAL_ERROR_SIZE];
	/* a signer's */
	bool by_signer;
	struct seal_signer signer;
	int64_t ready_ms;	/* until then it need not be asked; 0: ask */
	/* a file's */
	struct insign_key key[KEYFILE_KEYS_MAX];
	size_t n_key;
	int maker[KEYFILE_KEYS_MAX];	/* whose key it is; -1: no maker's */
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

enum status sealer_open_signer(struct sealer **out, const struct params *p,
			       const char *socket, const char *keystore)
{
	struct sealer *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s)
		return ST_NOMEM;
	s->p = p;
	s->by_signer = true;
	s->ec = ec_open();
	s->signer = (struct seal_signer){.c.socket = socket, .p = p,
					 .keystore = keystore, .ec = s->ec};
	if (s->ec)
		return ST_OK;
	sealer_close(s);
	*out = NULL;
	return ST_NOMEM;
}

enum status sealer_ready(struct sealer *s)
{
	struct seal_signer *g = &s->signer;
	enum status st;

	if (!s->by_signer || clock_mono_ms() < s->ready_ms)
		return ST_OK;
	s->waits[0] = '\0';
	st = seal_signer_meet(g);
	s->makers = 0;
	for (size_t i = 0; st == ST_OK && i < g->n_key; i++) {
		int maker = maker_index(s->p, g->key[i]);

		if (maker >= 0)
			s->makers |= UINT32_C(1) << maker;
	}
	if (st != ST_OK) {
		snprintf(s->waits, sizeof(s->waits), "%s", g->c.error);
	} else if (maker_chain(s->p) && !s->makers) {
		snprintf(s->waits, sizeof(s->waits), "Keystore %.64s has no key of "
			 "a maker of %s: its public key must stand in the chain's "
			 "document.", g->keystore, s->p->name);
		st = ST_TIMEOUT;
	}
	s->ready_ms = st == ST_OK ? clock_mono_ms() + TRUST_MS : 0;
	return st;
}

const char *sealer_waits(const struct sealer *s)
{
	return s->waits[0] ? s->waits : NULL;
}

/* What a signer's failure is for the caller. */
static enum status heard(struct sealer *s, enum status st)
{
	if (st == ST_TIMEOUT) {
		snprintf(s->waits, sizeof(s->waits), "%s", s->signer.c.error);
		s->ready_ms = 0;
	}
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

/* By the keys of the file. */
static enum status sign_here(const struct sealer *s, uint32_t who,
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

/* The signer signs for all makers whose keys it has: those not in `who` are left
 * out here and told nobody. */
static enum status sign_there(struct sealer *s, uint32_t who,
			      const struct block *b, const uint8_t digest[32],
			      struct arena *scratch, struct maker_sigs *sigs)
{
	struct maker_sigs made = {0};
	struct signet_spend spend;
	bool found;
	enum status st = signet_spend_make(&spend, s->p, b, scratch, &found);

	if (st == ST_OK && !found)
		return ST_DENIED;
	if (st == ST_OK)
		st = heard(s, seal_signer_makers(&s->signer, &spend, scratch,
						 &made));
	for (unsigned i = 0; st == ST_OK && i < s->p->n_makers; i++) {
		uint32_t bit = UINT32_C(1) << i;

		if (!(made.have & who & ~sigs->have & bit))
			continue;
		if (!ec_verify_schnorr(made.sig[i], s->p->maker[i], digest))
			return ST_REMOTE;
		memcpy(sigs->sig[i], made.sig[i], MAKER_SIG_SIZE);
		sigs->have |= bit;
	}
	return st;
}

enum status sealer_sign(struct sealer *s, uint32_t who, struct bytes block,
			const uint8_t digest[32], struct maker_sigs *sigs)
{
	struct arena a;
	struct block b;
	enum status st;

	if (!s->by_signer)
		return sign_here(s, who, digest, sigs);
	arena_init(&a, BLOCK_ARENA);
	st = block_parse(&b, block.p, block.len, &a);
	if (st == ST_OK)
		st = sign_there(s, who, &b, digest, &a, sigs);
	arena_free(&a);
	return st;
}

/* By the makers' keys. */
static enum status solve_makers(struct sealer *s, const struct block *b,
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
		st = s->by_signer ? sign_there(s, s->makers, b, digest, scratch,
					       &sigs)
				  : sign_here(s, s->makers, digest, &sigs);
	if (st == ST_OK && !maker_solution(solution, s->p, height, &sigs))
		st = ST_DENIED;
	return st;
}

/* By whatever keys satisfy the challenge. */
static enum status solve_challenge(struct sealer *s, const struct block *b,
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
	if (s->by_signer) {
		st = heard(s, seal_signer_spend(&s->signer, &spend, scratch,
						&spend.in));
		if (st == ST_OK)
			block_solution(solution, spend.in.script_sig,
				       spend.in.n_witness, spend.in.witness);
		return st == ST_OK ? buf_status(solution) : st;
	}
	spent = (struct txout){spend.coin.value, spend.coin.script};
	sigmsg_init(&msg, &spend.to_sign, &spent);
	if (!insign_input(&sign, 0, &none, &spend.in))
		return ST_NOMEM;
	block_solution(solution, spend.in.script_sig, spend.in.n_witness,
		       spend.in.witness);
	return buf_status(solution);
}

enum status sealer_solve(struct sealer *s, const struct block *b,
			 uint32_t height, struct arena *scratch,
			 struct buf *solution)
{
	return maker_chain(s->p) ? solve_makers(s, b, height, scratch, solution)
				 : solve_challenge(s, b, scratch, solution);
}
