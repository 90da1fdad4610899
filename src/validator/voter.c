/* SPDX-License-Identifier: MIT */
#include "validator/voter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ec.h"
#include "crypto/wipe.h"
#include "wallet/keyfile.h"
#include "wallet/signer_client.h"
#include "wallet/vote_guard.h"

#define PATH_SIZE 4096

struct voter {
	struct hash256 document;
	bool known;		/* key */
	uint8_t key[32];
	/* the signer's */
	struct signer_client signer;
	const char *keystore;	/* NULL: a key file's */
	/* a key file's */
	uint8_t secret[32];
	struct ec *ec;
	struct vote_guard *guard;
};

#define SAY(...) snprintf(error, VOTER_ERROR_SIZE, __VA_ARGS__)

static enum status new_voter(struct voter **out, const struct params *p)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return ST_NOMEM;
	(*out)->document = p->document;
	return ST_OK;
}

/* --- a key file --- */

static enum status read_key(struct voter *v, const char *file,
			    const struct params *p, char error[VOTER_ERROR_SIZE])
{
	struct keyfile k;
	enum status st = keyfile_read(&k, file, p, error);
	bool good;

	if (st != ST_OK)
		return st;
	good = k.n == 1;
	if (good)
		memcpy(v->secret, k.key[0].secret, 32);
	keyfile_wipe(&k);
	if (!good) {
		SAY("%.200s has more than one key: a validator votes with one.",
		    file);
		return ST_USAGE;
	}
	v->ec = ec_open();
	v->known = v->ec && ec_xonly_create(v->ec, v->key, NULL, v->secret);
	if (v->known)
		return ST_OK;
	SAY("The key cannot be used.");
	return ST_NOMEM;
}

enum status voter_open_file(struct voter **out, const char *key_file,
			    bool new_record, const struct params *p,
			    char error[VOTER_ERROR_SIZE])
{
	char path[PATH_SIZE];
	struct voter *v;
	enum status st = new_voter(&v, p);

	*out = NULL;
	SAY("There is not enough memory.");
	if (st == ST_OK)
		st = read_key(v, key_file, p, error);
	if (st == ST_OK && snprintf(path, sizeof(path), "%s.votes", key_file) >=
				   PATH_SIZE) {
		SAY("The name of the key's file is too long.");
		st = ST_TOO_BIG;
	}
	if (st == ST_OK)
		st = vote_guard_open(&v->guard, path, new_record, &v->document,
				     v->key, error);
	if (st == ST_OK)
		*out = v;
	else
		voter_close(v);
	return st;
}

static enum status sign_here(struct voter *v, struct vote *vote,
			     char error[VOTER_ERROR_SIZE])
{
	static const uint8_t no_aux[32];
	enum status st = vote_guard_pass(v->guard, vote);
	uint8_t msg[32];

	if (st == ST_DENIED) {
		vote_guard_explain(v->guard, vote, error);
		return st;
	}
	memcpy(vote->key, v->key, 32);
	vote_message(msg, &v->document, vote);
	if (st == ST_OK &&
	    !ec_sign_schnorr(v->ec, vote->sig, v->secret, msg, no_aux))
		st = ST_IO;
	if (st == ST_OK)
		st = vote_guard_keep(v->guard, vote);
	if (st != ST_OK)
		SAY("The record of votes cannot be written: %s.",
		    status_text(st));
	return st;
}

static enum status kept_here(struct voter *v, struct vote *list, size_t *n)
{
	enum status st = ST_OK;

	while (st == ST_OK && *n < SIGNER_VOTES_MAX) {
		st = vote_guard_kept(v->guard, (unsigned)*n, &list[*n]);
		*n += st == ST_OK;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- the signer --- */

enum status voter_open_signer(struct voter **out, const char *socket,
			      const char *keystore, const struct params *p)
{
	enum status st = new_voter(out, p);

	if (st != ST_OK)
		return st;
	(*out)->signer.socket = socket;
	(*out)->keystore = keystore;
	return ST_OK;
}

static enum status of_signer(const struct voter *v, enum signer_result r,
			     char error[VOTER_ERROR_SIZE])
{
	if (r == SIGNER_OK)
		return ST_OK;
	SAY("%s", v->signer.error);
	return ST_TIMEOUT;
}

/* --- both --- */

enum status voter_ready(struct voter *v, char error[VOTER_ERROR_SIZE])
{
	uint8_t key[KEYSTORE_KEYS_MAX][32];
	enum keystore_kind kind = KEYSTORE_WALLET;
	enum status st;
	size_t n;

	if (!v->keystore)
		return ST_OK;
	st = of_signer(v, signer_keys(&v->signer, v->keystore, (struct bytes){0},
				      &kind, key, &n), error);
	if (st != ST_OK)
		return st;
	if (kind != KEYSTORE_VALIDATOR || n != 1) {
		SAY("Keystore %.64s is no validator's: make one by quarry signer "
		    "create NAME --kind validator.", v->keystore);
		return ST_TIMEOUT;
	}
	memcpy(v->key, key[0], 32);
	v->known = true;
	return ST_OK;
}

enum status voter_sign(struct voter *v, struct vote *vote,
		       char error[VOTER_ERROR_SIZE])
{
	enum signer_result r;
	enum status st;

	if (!v->keystore)
		return sign_here(v, vote, error);
	r = signer_vote(&v->signer, v->keystore, (struct bytes){0},
			&v->document, vote);
	st = of_signer(v, r, error);
	return r == SIGNER_REFUSED ? ST_DENIED : st;
}

enum status voter_kept(struct voter *v, struct arena *a, struct vote **list,
		       size_t *n, char error[VOTER_ERROR_SIZE])
{
	enum status st;

	*n = 0;
	if (!v->keystore) {
		*list = arena_array(a, SIGNER_VOTES_MAX, struct vote);
		st = *list ? kept_here(v, *list, n) : ST_NOMEM;
		if (st != ST_OK)
			SAY("The votes that were signed cannot be read: %s.",
			    status_text(st));
		return st;
	}
	return of_signer(v, signer_votes(&v->signer, v->keystore,
					 (struct bytes){0}, &v->document, a,
					 list, n), error);
}

const uint8_t *voter_key(const struct voter *v)
{
	return v->known ? v->key : NULL;
}

void voter_close(struct voter *v)
{
	if (!v)
		return;
	vote_guard_close(v->guard);
	if (v->ec)
		ec_close(v->ec);
	wipe(v, sizeof(*v));
	free(v);
}
