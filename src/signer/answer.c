/* SPDX-License-Identifier: MIT */
#include "signer/answer.h"

#include <stdio.h>

#include "base/clock.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"
#include "primitives/address.h"
#include "signer/answer_sign.h"
#include "signer/answer_vote.h"

#define ROOM 4096

struct question {
	struct vault *v;
	const struct ec *ec;
	struct signer_frame f;
	struct bytes name, passphrase;
	struct buf *out;
	char error[VAULT_ERROR_SIZE];
};

#define say(q, ...) snprintf((q)->error, VAULT_ERROR_SIZE, __VA_ARGS__)

static enum signer_result of_status(struct question *q, enum status st)
{
	if (st == ST_OK)
		return SIGNER_OK;
	say(q, "The signer failed: %s.", status_text(st));
	return SIGNER_FAILED;
}

static struct bytes field(const struct question *q, enum signer_field tag)
{
	return signer_field_find(&q->f, tag);
}

/* What every new keystore begins with. */
static enum signer_result begin_new(struct question *q, struct keystore **k)
{
	struct bytes chain = field(q, SIGNER_F_CHAIN);
	struct reader r = reader_of(chain.p, chain.len);
	struct params p;
	uint32_t kind;

	*k = NULL;
	if (!signer_field_find_u32(&q->f, SIGNER_F_KIND, KEYSTORE_WALLET, &kind) ||
	    kind >= KEYSTORE_KINDS) {
		say(q, "There is no such kind of keystore.");
		return SIGNER_BAD;
	}
	if (!vault_name_ok(q->name, q->error))
		return SIGNER_BAD;
	if (!keystore_chain_read(&p, &r) || reader_left(&r)) {
		say(q, "The question does not say which chain the keys are for.");
		return SIGNER_BAD;
	}
	if (q->passphrase.len > KEYSTORE_PASSPHRASE_MAX) {
		say(q, "A passphrase has at most %d bytes.",
		    KEYSTORE_PASSPHRASE_MAX);
		return SIGNER_BAD;
	}
	if (vault_has(q->v, q->name)) {
		say(q, "There is a keystore %.*s already.", (int)q->name.len,
		    (const char *)q->name.p);
		return SIGNER_EXISTS;
	}
	*k = keystore_new(&p);
	if (!*k)
		return of_status(q, ST_NOMEM);
	keystore_set_created_s(*k, clock_wall_s());
	keystore_set_kind(*k, (enum keystore_kind)kind);
	return SIGNER_OK;
}

/* Its file, and the record of a validator whose key never voted. */
static enum signer_result write_new(struct question *q, struct keystore *k,
				    bool new_key)
{
	bool votes = keystore_kind(k) == KEYSTORE_VALIDATOR;
	enum signer_result r = SIGNER_OK;

	new_key = new_key || field(q, SIGNER_F_NEW_RECORD).p;
	if (votes)
		r = answer_new_validator(q->v, q->name, k, q->ec, new_key,
					 q->error);
	if (r == SIGNER_OK)
		r = vault_write(q->v, q->name, k, q->passphrase, true, q->error);
	if (r == SIGNER_OK && votes && new_key)
		r = answer_new_record(q->v, q->name, k, q->ec, q->error);
	return r;
}

static void put_words(struct question *q, const struct keystore *k)
{
	char words[BIP39_TEXT_SIZE];

	if (keystore_words(k, words))
		signer_field(q->out, SIGNER_F_WORDS, bytes_of_text(words));
	wipe(words, sizeof(words));
}

static enum signer_result create(struct question *q)
{
	uint8_t entropy[BIP39_ENTROPY_MAX];
	enum signer_result r;
	struct keystore *k;
	uint32_t words;
	enum status st;

	if (!signer_field_find_u32(&q->f, SIGNER_F_NUMBER, 12, &words) ||
	    words < 12 || words > BIP39_WORDS_MAX || words % 3) {
		say(q, "There may be 12, 15, 18, 21 or 24 words.");
		return SIGNER_BAD;
	}
	r = begin_new(q, &k);
	if (r != SIGNER_OK)
		return r;
	do {
		st = rand_secret(entropy, words / 3 * 4);
		if (st == ST_OK)
			st = keystore_set_entropy(k, q->ec,
						  bytes_of(entropy, words / 3 * 4),
						  (struct bytes){0});
	} while (st == ST_PARSE);
	wipe(entropy, sizeof(entropy));
	r = of_status(q, st);
	if (r == SIGNER_OK)
		r = write_new(q, k, true);
	if (r == SIGNER_OK)
		put_words(q, k);
	keystore_close(k);
	return r;
}

static enum signer_result restore(struct question *q)
{
	struct bytes words = field(q, SIGNER_F_WORDS);
	struct bytes extra = field(q, SIGNER_F_EXTRA);
	uint8_t entropy[BIP39_ENTROPY_MAX];
	enum bip39_result b;
	enum signer_result r;
	struct keystore *k;
	enum status st;
	unsigned bad;
	size_t len;

	b = bip39_parse(entropy, &len, &bad, (const char *)words.p, words.len);
	if (b != BIP39_OK) {
		bip39_explain(q->error, sizeof(q->error), b, bad);
		return SIGNER_BAD;
	}
	r = begin_new(q, &k);
	if (r == SIGNER_OK) {
		st = keystore_set_entropy(k, q->ec, bytes_of(entropy, len), extra);
		if (st == ST_TOO_BIG) {
			say(q, "The passphrase of the words has at most %d bytes.",
			    BIP39_EXTRA_MAX);
			r = SIGNER_BAD;
		} else {
			r = of_status(q, st);
		}
		if (r == SIGNER_OK)
			r = write_new(q, k, false);
	}
	wipe(entropy, sizeof(entropy));
	keystore_close(k);
	return r;
}

static enum signer_result import_all(struct question *q, struct keystore *k)
{
	struct bytes left = field(q, SIGNER_F_DESCRIPTORS);
	char error[KEYSTORE_ERROR_SIZE];
	unsigned n = 0;

	while (left.len) {
		const uint8_t *end = memchr(left.p, '\n', left.len);
		size_t len = end ? (size_t)(end - left.p) : left.len;

		if (len && keystore_import(k, q->ec, (const char *)left.p, len,
					   error) != ST_OK) {
			say(q, "%.240s", error);
			return SIGNER_BAD;
		}
		n += len != 0;
		left = bytes_of(left.p + len + !!end, left.len - len - !!end);
	}
	if (!n) {
		say(q, "There is no descriptor to import.");
		return SIGNER_BAD;
	}
	return SIGNER_OK;
}

/* An open keystore gets its new contents by being locked. */
static enum signer_result import(struct question *q)
{
	bool fresh = !vault_has(q->v, q->name);
	struct keystore *k;
	enum signer_result r;

	r = fresh ? begin_new(q, &k)
		  : vault_get(q->v, q->name, q->passphrase, true, &k, q->error);
	if (r == SIGNER_OK && !fresh && keystore_kind(k) == KEYSTORE_VALIDATOR) {
		say(q, "A validator's keystore has one key, and this one has it.");
		r = SIGNER_REFUSED;
	}
	if (r == SIGNER_OK)
		r = import_all(q, k);
	if (r == SIGNER_OK)
		r = fresh ? write_new(q, k, false)
			  : vault_write(q->v, q->name, k, q->passphrase, false,
					q->error);
	if (fresh)
		keystore_close(k);
	else
		vault_put(q->v, k);
	if (r == SIGNER_OK)
		r = vault_lock(q->v, q->name, q->error);
	return r;
}

static enum signer_result change_passphrase(struct question *q)
{
	struct bytes to = field(q, SIGNER_F_NEW_PASSPHRASE);
	struct keystore *k;
	enum signer_result r;

	if (to.len > KEYSTORE_PASSPHRASE_MAX) {
		say(q, "A passphrase has at most %d bytes.",
		    KEYSTORE_PASSPHRASE_MAX);
		return SIGNER_BAD;
	}
	r = vault_get(q->v, q->name, q->passphrase, true, &k, q->error);
	if (r == SIGNER_OK)
		r = vault_write(q->v, q->name, k, to, false, q->error);
	vault_put(q->v, k);
	if (r == SIGNER_OK)
		r = vault_lock(q->v, q->name, q->error);
	return r;
}

static void put_keystore(void *arg, const char *name, enum keystore_kind kind,
			 bool has_passphrase, bool unlocked,
			 uint32_t seconds_left)
{
	uint8_t v[5 + SIGNER_NAME_MAX];
	struct question *q = arg;
	size_t n = strlen(name);

	v[0] = (uint8_t)(has_passphrase | unlocked << 1 | kind << 2);
	le32_put(v + 1, seconds_left);
	memcpy(v + 5, name, n);
	signer_field(q->out, SIGNER_F_KEYSTORE, bytes_of(v, 5 + n));
}

static enum signer_result unlock(struct question *q)
{
	uint32_t seconds;

	if (!signer_field_find_u32(&q->f, SIGNER_F_NUMBER, 0, &seconds)) {
		say(q, "The seconds are no number.");
		return SIGNER_BAD;
	}
	return vault_unlock(q->v, q->name, q->passphrase, seconds, q->error);
}

static enum signer_result put_descriptors(struct question *q, struct keystore *k)
{
	struct keystore_descriptor *d;
	enum signer_result r = SIGNER_OK;
	uint32_t account;
	struct arena a;
	struct buf b;
	size_t n;

	if (!signer_field_find_u32(&q->f, SIGNER_F_NUMBER, 0, &account) ||
	    account & HDKEY_HARDENED) {
		say(q, "There is no such account.");
		return SIGNER_BAD;
	}
	arena_init(&a, 4 << 20);
	buf_init(&b, 1 << 20);
	if (!keystore_descriptors(k, q->ec, account, &a, &d, &n))
		r = of_status(q, ST_NOMEM);
	for (size_t i = 0; r == SIGNER_OK && i < n; i++) {
		buf_reset(&b);
		buf_le32(&b, d[i].purpose);
		buf_le32(&b, d[i].account);
		buf_u8(&b, d[i].change);
		buf_text(&b, d[i].text);
		signer_field(q->out, SIGNER_F_DESCRIPTOR, buf_view(&b));
	}
	buf_free(&b);
	arena_free(&a);
	return r;
}

static enum signer_result tell_words(struct question *q, struct keystore *k)
{
	struct bytes extra = keystore_extra(k);
	uint8_t print[4];

	if (!keystore_fingerprint(k, print)) {
		say(q, "This keystore was not made from words.");
		return SIGNER_NOT_FOUND;
	}
	put_words(q, k);
	if (extra.len)
		signer_field(q->out, SIGNER_F_EXTRA, extra);
	return SIGNER_OK;
}

static enum signer_result with_keystore(struct question *q, bool strict,
					enum signer_result (*fn)(
						struct question *q,
						struct keystore *k))
{
	struct keystore *k;
	enum signer_result r = vault_get(q->v, q->name, q->passphrase, strict, &k,
					 q->error);

	if (r == SIGNER_OK)
		r = fn(q, k);
	vault_put(q->v, k);
	return r;
}

static enum signer_result sign_psbt(struct question *q, struct keystore *k)
{
	return answer_psbt(k, q->ec, &q->f, q->out, q->error);
}

static enum signer_result sign_message(struct question *q, struct keystore *k)
{
	return answer_message(k, q->ec, &q->f, q->out, q->error);
}

static enum signer_result tell_keys(struct question *q, struct keystore *k)
{
	return answer_keys(k, q->ec, q->out);
}

static enum signer_result sign_vote(struct question *q, struct keystore *k)
{
	return answer_vote(q->v, q->name, k, q->ec, &q->f, q->out, q->error);
}

static enum signer_result tell_votes(struct question *q, struct keystore *k)
{
	return answer_votes(q->v, q->name, k, q->ec, &q->f, q->out, q->error);
}

static enum signer_result answer(struct question *q)
{
	switch (q->f.code) {
	case SIGNER_OP_LIST:
		return vault_each(q->v, put_keystore, q, q->error);
	case SIGNER_OP_CREATE:
		return create(q);
	case SIGNER_OP_RESTORE:
		return restore(q);
	case SIGNER_OP_IMPORT:
		return import(q);
	case SIGNER_OP_UNLOCK:
		return unlock(q);
	case SIGNER_OP_LOCK:
		return vault_lock(q->v, q->name, q->error);
	case SIGNER_OP_DESCRIPTORS:
		return with_keystore(q, false, put_descriptors);
	case SIGNER_OP_SIGN_PSBT:
		return with_keystore(q, false, sign_psbt);
	case SIGNER_OP_SIGN_MESSAGE:
		return with_keystore(q, false, sign_message);
	case SIGNER_OP_WORDS:
		return with_keystore(q, true, tell_words);
	case SIGNER_OP_PASSPHRASE:
		return change_passphrase(q);
	case SIGNER_OP_KEYS:
		return with_keystore(q, false, tell_keys);
	case SIGNER_OP_VOTE:
		return with_keystore(q, false, sign_vote);
	case SIGNER_OP_VOTES:
		return with_keystore(q, false, tell_votes);
	}
	say(q, "The signer does not know what is asked of it: it may be older than "
	       "the program that asks.");
	return SIGNER_BAD;
}

bool signer_answer(struct vault *v, const struct ec *ec, const void *p,
		   size_t len, struct buf *out)
{
	struct question q = {.v = v, .ec = ec, .out = out};
	enum signer_result r = SIGNER_BAD;

	/* what is small does not move while it is written */
	if (buf_extend(out, ROOM))
		out->len = 0;
	signer_frame_begin(out, SIGNER_OK);
	if (signer_frame_parse(&q.f, p, len)) {
		q.name = field(&q, SIGNER_F_NAME);
		q.passphrase = field(&q, SIGNER_F_PASSPHRASE);
		r = answer(&q);
	} else {
		say(&q, "The question cannot be read.");
	}
	if (r != SIGNER_OK && buf_status(out) == ST_OK) {
		wipe(out->p, out->cap);
		out->len = 0;
		signer_frame_begin(out, (uint8_t)r);
		signer_field(out, SIGNER_F_TEXT, bytes_of_text(q.error));
	}
	return signer_frame_end(out);
}
