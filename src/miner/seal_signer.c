/* SPDX-License-Identifier: MIT */
#include "miner/seal_signer.h"

#include <stdio.h>

#include "wallet/psbt_final.h"
#include "wallet/psbt_update.h"
#include "wallet/taptree.h"

#define PSBT_MAX (1u << 16)

static const struct bytes none;

static enum status of_signer(enum signer_result r)
{
	return r == SIGNER_OK ? ST_OK : ST_TIMEOUT;
}

enum status seal_signer_meet(struct seal_signer *s)
{
	enum keystore_kind kind = KEYSTORE_MAKER;
	enum status st = of_signer(signer_keys(&s->c, s->keystore, none, &kind,
					       s->key, &s->n_key));

	if (st == ST_OK && kind != KEYSTORE_MAKER) {
		snprintf(s->c.error, sizeof(s->c.error), "Keystore %.64s is no "
			 "maker's: make one by quarry signer create NAME --kind "
			 "maker.", s->keystore);
		return ST_TIMEOUT;
	}
	return st;
}

/* --- the PSBT --- */

/* What is signed, as it is sent: nothing but the transaction and its coin. */
struct request {
	struct tx to_sign;
	struct txin in;
	struct psbt psbt;
};

static bool make_request(struct request *q, const struct signet_spend *spend,
			 struct arena *a)
{
	struct buf made;
	bool good;

	q->in = (struct txin){.prevout = spend->in.prevout};
	q->to_sign = spend->to_sign;
	q->to_sign.in = &q->in;
	q->to_sign.has_witness = false;
	buf_init(&made, SIGNET_TO_SPEND_MAX);
	signet_to_spend(&made, spend);
	good = buf_status(&made) == ST_OK &&
	       psbt_blank(&q->psbt, &q->to_sign, a) &&
	       psbt_set_made(&q->psbt, 0, buf_view(&made), a);
	buf_free(&made);
	return good;
}

static bool put(struct request *q, enum psbt_in_type type, struct bytes key,
		struct bytes value, struct arena *a)
{
	return psbt_put(&q->psbt.in[0], PSBT_PLACE_IN, (uint8_t)type, key, value,
			a);
}

/* Sends it; what comes back stands in its place. */
static enum status have_signed(struct seal_signer *s, struct request *q,
			       struct arena *a)
{
	struct buf ask, answer;
	enum status st;
	const char *why;
	uint8_t *copy;
	unsigned n;

	buf_init(&ask, PSBT_MAX);
	buf_init(&answer, PSBT_MAX);
	psbt_write(&ask, &q->psbt);
	st = buf_status(&ask);
	if (st == ST_OK)
		st = of_signer(signer_sign_psbt(&s->c, s->keystore, none,
						buf_view(&ask), 0, &answer, &n));
	if (st == ST_OK)
		st = buf_status(&answer);
	copy = st == ST_OK ? arena_copy(a, answer.p, answer.len) : NULL;
	if (st == ST_OK && (!copy || !psbt_parse(&q->psbt, copy, answer.len, a,
						 &why)))
		st = copy ? ST_REMOTE : ST_NOMEM;
	buf_free(&ask);
	buf_free(&answer);
	return st;
}

/* --- makers --- */

enum status seal_signer_makers(struct seal_signer *s,
			       const struct signet_spend *spend,
			       struct arena *scratch, struct maker_sigs *sigs)
{
	struct maker_lock lock;
	uint8_t leaf[MAKER_LEAF_MAX + 1], name[64];
	struct request q;
	enum status st;

	if (!maker_lock_make(&lock, s->p))
		return ST_DENIED;
	memcpy(leaf, lock.leaf, lock.leaf_len);
	leaf[lock.leaf_len] = MAKER_LEAF_VERSION;
	if (!make_request(&q, spend, scratch) ||
	    !put(&q, PSBT_IN_TAP_LEAF_SCRIPT,
		 bytes_of(lock.control, sizeof(lock.control)),
		 bytes_of(leaf, lock.leaf_len + 1), scratch))
		return ST_NOMEM;
	st = have_signed(s, &q, scratch);
	memcpy(name + 32, lock.leaf_hash.b, 32);
	for (unsigned i = 0; st == ST_OK && i < s->p->n_makers; i++) {
		const struct psbt_pair *pair;

		memcpy(name, s->p->maker[i], 32);
		pair = psbt_find_key(&q.psbt.in[0], PSBT_IN_TAP_SCRIPT_SIG,
				     bytes_of(name, sizeof(name)));
		if (!pair || pair->value.len != MAKER_SIG_SIZE)
			continue;
		memcpy(sigs->sig[i], pair->value.p, MAKER_SIG_SIZE);
		sigs->have |= UINT32_C(1) << i;
	}
	return st;
}

/* --- any challenge --- */

/* An own key as the internal one of an output without scripts (BIP86). */
static bool put_internal_key(struct seal_signer *s, struct request *q,
			     struct bytes challenge, struct arena *a)
{
	struct script_form f = script_classify(challenge);
	uint8_t tweak[32], out[32];
	int parity;

	if (f.kind != SCRIPT_WITNESS_V1_TAPROOT)
		return true;
	for (size_t i = 0; i < s->n_key; i++) {
		taptree_tweak(tweak, s->key[i], NULL);
		if (ec_xonly_tweak_add(out, &parity, s->key[i], tweak) &&
		    memcmp(out, f.data.p, 32) == 0)
			return put(q, PSBT_IN_TAP_INTERNAL_KEY, none,
				   bytes_of(s->key[i], 32), a);
	}
	return true;
}

/* What a descriptor of the keystore says about the challenge, if it is its. */
static enum status put_descriptors(struct seal_signer *s, struct request *q,
				   struct bytes challenge, struct arena *a)
{
	struct signer_descriptor *list;
	char why[DESC_ERROR_SIZE];
	struct desc_scripts made;
	struct provider p;
	size_t n;
	enum status st = of_signer(signer_descriptors(&s->c, s->keystore, none, 0,
						      a, &list, &n));

	for (size_t i = 0; st == ST_OK && i < n; i++) {
		struct descriptor *d = desc_parse(a, s->p, s->ec, list[i].text,
						  strlen(list[i].text), false,
						  why);

		if (!d || !desc_expand(d, s->ec, 0, a, &made))
			continue;
		provider_init(&p, a, s->ec);
		for (unsigned j = 0; j < made.n; j++)
			if (bytes_equal(made.script[j], challenge) &&
			    (!provider_add(&p, d, 0, false) ||
			     !psbt_update_input(&q->psbt, 0, &p, true, a)))
				st = ST_NOMEM;
	}
	return st;
}

enum status seal_signer_spend(struct seal_signer *s,
			      const struct signet_spend *spend,
			      struct arena *scratch, struct txin *in)
{
	struct bytes challenge = spend->coin.script;
	bool complete = false;
	struct request q;
	struct tx tx;
	enum status st;

	if (!make_request(&q, spend, scratch) ||
	    !put_internal_key(s, &q, challenge, scratch))
		return ST_NOMEM;
	st = put_descriptors(s, &q, challenge, scratch);
	if (st == ST_OK)
		st = have_signed(s, &q, scratch);
	if (st != ST_OK)
		return st;
	if (!psbt_finalize(&q.psbt, scratch, &complete))
		return ST_NOMEM;
	if (!complete)
		return ST_DENIED;
	if (!psbt_extract(&q.psbt, &tx, scratch))
		return ST_NOMEM;
	*in = tx.in[0];
	return ST_OK;
}
