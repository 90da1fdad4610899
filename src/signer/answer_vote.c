/* SPDX-License-Identifier: MIT */
/*
 * The record is opened for each question, so what decides is what is on disk, and
 * no second signer with the same folder can know another one.
 */
#include "signer/answer_vote.h"

#include <stdio.h>
#include <unistd.h>

#include "crypto/wipe.h"
#include "wallet/vote_guard.h"

#define say(error, ...) snprintf(error, VAULT_ERROR_SIZE, __VA_ARGS__)

/* A validator's one key. */
static enum signer_result own_key(const struct keystore *k, const struct ec *ec,
				  uint8_t secret[32], uint8_t xonly[32],
				  char error[VAULT_ERROR_SIZE])
{
	struct key_found f[2];
	size_t n = keystore_kind(k) == KEYSTORE_VALIDATOR
			   ? keystore_own_keys(k, ec, f, 2) : 0;
	bool good = n == 1 && ec_xonly_create(ec, xonly, NULL, f[0].secret);

	if (good)
		memcpy(secret, f[0].secret, 32);
	else if (keystore_kind(k) == KEYSTORE_VALIDATOR)
		say(error, "A validator's keystore has one private key, no more "
			   "and no fewer.");
	else
		say(error, "This keystore is no validator's: it signs no votes.");
	wipe(f, sizeof(f));
	return good ? SIGNER_OK : SIGNER_REFUSED;
}

static enum signer_result public_key(const struct keystore *k,
				     const struct ec *ec, uint8_t xonly[32],
				     char error[VAULT_ERROR_SIZE])
{
	uint8_t secret[32];
	enum signer_result r = own_key(k, ec, secret, xonly, error);

	wipe(secret, sizeof(secret));
	return r;
}

enum signer_result answer_new_validator(struct vault *v, struct bytes name,
					const struct keystore *k,
					const struct ec *ec, bool new_record,
					char error[VAULT_ERROR_SIZE])
{
	char path[VAULT_PATH_SIZE];
	uint8_t xonly[32];

	vault_votes_path(path, v, name);
	if (new_record && access(path, F_OK) == 0) {
		say(error, "There is a record of votes %.*s.votes already: give the "
			   "keystore another name.", (int)name.len,
		    (const char *)name.p);
		return SIGNER_EXISTS;
	}
	return public_key(k, ec, xonly, error);
}

static enum signer_result open_record(struct vote_guard **g, struct vault *v,
				      struct bytes name, bool create,
				      const struct hash256 *document,
				      const uint8_t key[32],
				      char error[VAULT_ERROR_SIZE])
{
	char path[VAULT_PATH_SIZE], why[VOTE_GUARD_ERROR_SIZE];
	enum status st;

	vault_votes_path(path, v, name);
	st = vote_guard_open(g, path, create, document, key, why);
	if (st == ST_OK)
		return SIGNER_OK;
	say(error, "%.*s", VAULT_ERROR_SIZE - 1, why);
	return SIGNER_FAILED;
}

enum signer_result answer_new_record(struct vault *v, struct bytes name,
				     const struct keystore *k,
				     const struct ec *ec,
				     char error[VAULT_ERROR_SIZE])
{
	static const struct hash256 any_chain;
	struct vote_guard *g = NULL;
	uint8_t xonly[32];
	enum signer_result r = public_key(k, ec, xonly, error);

	if (r == SIGNER_OK)
		r = open_record(&g, v, name, true, &any_chain, xonly, error);
	vote_guard_close(g);
	return r;
}

enum signer_result answer_keys(const struct keystore *k, const struct ec *ec,
			       struct buf *out)
{
	struct key_found f[KEYSTORE_KEYS_MAX];
	size_t n = keystore_own_keys(k, ec, f, KEYSTORE_KEYS_MAX);
	uint8_t xonly[32];

	signer_field_u32(out, SIGNER_F_KIND, keystore_kind(k));
	for (size_t i = 0; i < n; i++)
		if (ec_xonly_create(ec, xonly, NULL, f[i].secret))
			signer_field(out, SIGNER_F_KEY, bytes_of(xonly, 32));
	wipe(f, sizeof(f));
	return SIGNER_OK;
}

/* --- votes --- */

static enum signer_result sign(struct vote_guard *g, const struct ec *ec,
			       const uint8_t secret[32],
			       const struct hash256 *document, struct vote *vote,
			       char error[VAULT_ERROR_SIZE])
{
	static const uint8_t no_aux[32];
	char why[VOTE_GUARD_ERROR_SIZE];
	uint8_t msg[32];
	enum status st = vote_guard_pass(g, vote);

	if (st == ST_DENIED) {
		vote_guard_explain(g, vote, why);
		say(error, "%.*s", VAULT_ERROR_SIZE - 1, why);
		return SIGNER_REFUSED;
	}
	vote_message(msg, document, vote);
	/* asked again, the same vote has the same signature */
	if (st == ST_OK && !ec_sign_schnorr(ec, vote->sig, secret, msg, no_aux))
		st = ST_IO;
	if (st == ST_OK)
		st = vote_guard_keep(g, vote);
	if (st == ST_OK)
		return SIGNER_OK;
	say(error, "The record of votes could not be written: nothing is signed.");
	return SIGNER_FAILED;
}

/* The chain that is meant. */
static bool document_of(const struct signer_frame *f, struct hash256 *document,
			char error[VAULT_ERROR_SIZE])
{
	static const struct hash256 none;
	struct bytes v = signer_field_find(f, SIGNER_F_DOCUMENT);

	if (v.len == 32)
		memcpy(document->b, v.p, 32);
	if (v.len == 32 && !hash256_equal(document, &none))
		return true;
	say(error, "The question does not say on which chain to vote.");
	return false;
}

enum signer_result answer_vote(struct vault *v, struct bytes name,
			       const struct keystore *k, const struct ec *ec,
			       const struct signer_frame *f, struct buf *out,
			       char error[VAULT_ERROR_SIZE])
{
	struct bytes asked = signer_field_find(f, SIGNER_F_VOTE);
	uint8_t secret[32] = {0}, raw[VOTE_SIZE];
	struct vote_guard *g = NULL;
	struct hash256 document;
	enum signer_result r;
	struct vote vote;

	if (asked.len != VOTE_SIZE) {
		say(error, "The question has no vote in it.");
		return SIGNER_BAD;
	}
	if (!document_of(f, &document, error))
		return SIGNER_BAD;
	vote_read(&vote, asked.p);
	r = own_key(k, ec, secret, vote.key, error);
	if (r == SIGNER_OK)
		r = open_record(&g, v, name, false, &document, vote.key, error);
	if (r == SIGNER_OK)
		r = sign(g, ec, secret, &document, &vote, error);
	wipe(secret, sizeof(secret));
	vote_guard_close(g);
	if (r != SIGNER_OK)
		return r;
	vote_write(raw, &vote);
	signer_field(out, SIGNER_F_VOTE, bytes_of(raw, sizeof(raw)));
	return SIGNER_OK;
}

enum signer_result answer_votes(struct vault *v, struct bytes name,
				const struct keystore *k, const struct ec *ec,
				const struct signer_frame *f, struct buf *out,
				char error[VAULT_ERROR_SIZE])
{
	struct vote_guard *g = NULL;
	struct hash256 document;
	enum status st = ST_OK;
	enum signer_result r;
	uint8_t xonly[32];

	if (!document_of(f, &document, error))
		return SIGNER_BAD;
	r = public_key(k, ec, xonly, error);
	if (r == SIGNER_OK)
		r = open_record(&g, v, name, false, &document, xonly, error);
	for (unsigned i = 0; r == SIGNER_OK && i < SIGNER_VOTES_MAX; i++) {
		uint8_t raw[VOTE_SIZE];
		struct vote vote;

		st = vote_guard_kept(g, i, &vote);
		if (st != ST_OK)
			break;
		vote_write(raw, &vote);
		signer_field(out, SIGNER_F_VOTE, bytes_of(raw, sizeof(raw)));
	}
	vote_guard_close(g);
	if (r == SIGNER_OK && st != ST_OK && st != ST_NOT_FOUND) {
		say(error, "The record of votes cannot be read.");
		return SIGNER_FAILED;
	}
	return r;
}
