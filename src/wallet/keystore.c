/* SPDX-License-Identifier: MIT */
/* See keystore.h: what a keystore holds and which keys come of it. The file is
 * keystore_file.c's. */
#include "wallet/keystore.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "crypto/wipe.h"
#include "wallet/descriptor.h"
#include "wallet/keystore_priv.h"

/* BIP44's first step, in the order in which wallets offer the types. */
static const unsigned purposes[] = {84, 86, 49, 44};

struct keystore *keystore_new(const struct params *p)
{
	struct keystore *k = mmap(NULL, sizeof(*k), PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (k == MAP_FAILED)
		return NULL;
	/* Both may be forbidden: then swap and dumps are the system's matter. */
	(void)mlock(k, sizeof(*k));
	(void)madvise(k, sizeof(*k), MADV_DONTDUMP);
	keystore_chain_copy(&k->params, p);
	k->coin_type = p->own || p->test ? 1 : 0;
	arena_init(&k->arena, (size_t)16 << 20);
	return k;
}

void keystore_set_kind(struct keystore *k, enum keystore_kind kind)
{
	k->kind = kind;
}

enum keystore_kind keystore_kind(const struct keystore *k)
{
	return k->kind;
}

void keystore_close(struct keystore *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n_import; i++)
		desc_wipe(k->import[i]);
	arena_free(&k->arena);
	wipe(k, sizeof(*k));
	munmap(k, sizeof(*k));
}

enum status keystore_set_entropy(struct keystore *k, const struct ec *ec,
				 struct bytes entropy, struct bytes extra)
{
	char words[BIP39_TEXT_SIZE];
	uint8_t seed[BIP39_SEED_SIZE];
	bool good;

	if (extra.len > BIP39_EXTRA_MAX)
		return ST_TOO_BIG;
	bip39_words(words, entropy);
	bip39_seed(seed, words, extra);
	good = hdkey_master(&k->master, ec, bytes_of(seed, sizeof(seed)));
	wipe(words, sizeof(words));
	wipe(seed, sizeof(seed));
	if (!good)
		return ST_PARSE;
	memcpy(k->entropy, entropy.p, entropy.len);
	k->entropy_len = entropy.len;
	if (extra.len)
		memcpy(k->extra, extra.p, extra.len);
	k->extra_len = extra.len;
	return ST_OK;
}

enum status keystore_import(struct keystore *k, const struct ec *ec,
			    const char *text, size_t len,
			    char error[KEYSTORE_ERROR_SIZE])
{
	char why[DESC_ERROR_SIZE];
	struct descriptor *d;

	if (k->n_import == KEYSTORE_IMPORTS ||
	    k->import_len + len + 1 > KEYSTORE_IMPORT_MAX) {
		snprintf(error, KEYSTORE_ERROR_SIZE, "The keystore has no room for "
			 "more descriptors: make another one.");
		return ST_TOO_BIG;
	}
	d = desc_parse(&k->arena, &k->params, ec, text, len, false, why);
	if (!d) {
		snprintf(error, KEYSTORE_ERROR_SIZE,
			 "The descriptor cannot be read: %s.", why);
		return ST_PARSE;
	}
	k->import[k->n_import++] = d;
	if (!desc_has_private(d)) {
		k->n_import--;
		snprintf(error, KEYSTORE_ERROR_SIZE, "The descriptor has no private "
			 "key: a keystore has no use for it.");
		return ST_PARSE;
	}
	memcpy(k->import_text + k->import_len, text, len);
	k->import_len += len;
	k->import_text[k->import_len++] = '\n';
	return ST_OK;
}

/* --- what is in it --- */

const struct params *keystore_params(const struct keystore *k)
{
	return &k->params;
}

int64_t keystore_created_s(const struct keystore *k)
{
	return k->created_s;
}

void keystore_set_created_s(struct keystore *k, int64_t s)
{
	k->created_s = s;
}

bool keystore_words(const struct keystore *k, char out[BIP39_TEXT_SIZE])
{
	out[0] = '\0';
	if (!k->entropy_len)
		return false;
	bip39_words(out, bytes_of(k->entropy, k->entropy_len));
	return true;
}

struct bytes keystore_extra(const struct keystore *k)
{
	return bytes_of(k->extra, k->extra_len);
}

bool keystore_fingerprint(const struct keystore *k, uint8_t out[4])
{
	if (!k->entropy_len)
		return false;
	hdkey_fingerprint(out, &k->master);
	return true;
}

/* Appends the descriptor of an account, without the checksum. */
static bool account_text(struct buf *b, const struct keystore *k,
			 const struct ec *ec, unsigned purpose, uint32_t account,
			 bool change)
{
	uint32_t path[3] = {purpose | HDKEY_HARDENED,
			    k->coin_type | HDKEY_HARDENED,
			    account | HDKEY_HARDENED};
	struct hdkey key = k->master;
	const char *open = NULL, *close = ")";
	uint8_t print[4];
	bool good = hdkey_walk(&key, ec, path, 3);

	switch (purpose) {
	case 44:
		open = "pkh";
		break;
	case 49:
		open = "sh(wpkh";
		close = "))";
		break;
	case 84:
		open = "wpkh";
		break;
	default:
		open = "tr";
	}
	hdkey_fingerprint(print, &k->master);
	buf_printf(b, "%s([", open);
	buf_hex(b, print, sizeof(print));
	hdkey_path_text(b, path, 3, 'h');
	buf_text(b, "]");
	if (good)
		hdkey_text(b, &key, &k->params, false);
	buf_printf(b, "/%d/*%s", change, close);
	hdkey_wipe(&key);
	return good;
}

static bool add(struct keystore_descriptor *d, struct arena *a, struct buf *b)
{
	char sum[DESC_CHECKSUM_SIZE];

	if (!memchr(b->p ? (const char *)b->p : "", '#', b->len) &&
	    buf_status(b) == ST_OK &&
	    desc_checksum(sum, (const char *)b->p, b->len))
		buf_printf(b, "#%s", sum);
	d->text = buf_status(b) == ST_OK ? arena_strdup(a, buf_str(b)) : NULL;
	buf_reset(b);
	return d->text != NULL;
}

bool keystore_descriptors(const struct keystore *k, const struct ec *ec,
			  uint32_t account, struct arena *a,
			  struct keystore_descriptor **list, size_t *n)
{
	size_t room = 2 * (sizeof(purposes) / sizeof(purposes[0])) + k->n_import;
	struct keystore_descriptor *d = arena_array(a, room + 1,
						    struct keystore_descriptor);
	bool good = d != NULL;
	struct buf b;

	*n = 0;
	*list = d;
	buf_init(&b, 1 << 20);
	for (size_t i = 0; good && k->kind == KEYSTORE_WALLET &&
			   k->entropy_len && i < 8; i++) {
		d[*n] = (struct keystore_descriptor){
			purposes[i / 2], account, i % 2 == 1, NULL};
		good = account_text(&b, k, ec, purposes[i / 2], account, i % 2) &&
		       add(&d[*n], a, &b);
		*n += good;
	}
	for (size_t i = 0; good && !account && i < k->n_import; i++) {
		d[*n] = (struct keystore_descriptor){0};
		desc_text(&b, k->import[i], &k->params, ec);
		good = add(&d[*n], a, &b);
		*n += good;
	}
	buf_free(&b);
	return good;
}

/* --- its keys --- */

/* The one key of the words that a maker or a validator signs with. */
static bool words_key(const struct keystore *k, const struct ec *ec,
		      struct key_found *f)
{
	const uint32_t path[2] = {
		KEYSTORE_PATH | HDKEY_HARDENED,
		(k->kind == KEYSTORE_VALIDATOR) | HDKEY_HARDENED};
	struct hdkey key = k->master;
	bool good = k->kind != KEYSTORE_WALLET && k->entropy_len &&
		    hdkey_walk(&key, ec, path, 2);

	if (good) {
		memcpy(f->secret, key.secret, 32);
		memcpy(f->pub, key.pub, 33);
		f->pub_len = 33;
	}
	hdkey_wipe(&key);
	return good;
}

struct own {
	const struct ec *ec;
	struct key_found *out;
	size_t n, max;
};

static void take_own(void *arg, const struct desc_key *k)
{
	struct own *o = arg;
	struct key_found *f = &o->out[o->n];

	if (o->n == o->max || !k->has_secret || k->wildcard != DESC_SINGLE ||
	    !desc_key_secret(k, o->ec, 0, f->secret))
		return;
	f->pub_len = ec_pubkey_create(o->ec, f->pub, f->secret, true);
	o->n += f->pub_len > 0;
}

size_t keystore_own_keys(const struct keystore *k, const struct ec *ec,
			 struct key_found *out, size_t max)
{
	struct own o = {ec, out, 0, max};

	if (k->kind == KEYSTORE_WALLET || !max)
		return 0;
	o.n = words_key(k, ec, &out[0]);
	for (size_t i = 0; i < k->n_import; i++)
		desc_each_key(k->import[i], take_own, &o);
	return o.n;
}

struct search {
	const struct ec *ec;
	const struct key_query *q;
	struct key_found *f;
	bool found;
};

/* The index at which a key of a descriptor has the origin asked for; false: at
 * none. */
static bool index_of(const struct desc_key *k, const struct key_query *q,
		     uint32_t *index)
{
	unsigned fixed = k->n_origin + k->n_path;
	struct hdkey own;
	uint8_t print[4];

	*index = 0;
	if (!q->has_origin)
		return false;
	if (k->has_origin) {
		memcpy(print, k->origin_fingerprint, 4);
	} else {
		memcpy(own.pub, k->pub, 33);
		hdkey_fingerprint(print, &own);
	}
	if (memcmp(print, q->fingerprint, 4) != 0 ||
	    q->n_path != fixed + (k->wildcard != DESC_SINGLE))
		return false;
	for (unsigned i = 0; i < fixed; i++)
		if (q->path[i] != (i < k->n_origin ? k->origin_path[i]
						   : k->path[i - k->n_origin]))
			return false;
	if (k->wildcard == DESC_SINGLE)
		return true;
	*index = q->path[fixed] & ~HDKEY_HARDENED;
	return (k->wildcard == DESC_RANGE_HARDENED) ==
	       !!(q->path[fixed] & HDKEY_HARDENED);
}

static void try_key(void *arg, const struct desc_key *k)
{
	struct search *s = arg;
	uint8_t secret[32];
	uint32_t index = 0;

	if (s->found || !k->has_secret || (k->extended && !index_of(k, s->q, &index)))
		return;
	s->found = desc_key_secret(k, s->ec, index, secret) &&
		   key_query_fits(s->q, s->ec, secret, k->compressed, s->f);
	wipe(secret, sizeof(secret));
}

static bool find(void *arg, const struct key_query *q, struct key_found *f)
{
	const struct keystore_keys *keys = arg;
	const struct keystore *k = keys->k;
	struct search s = {keys->ec, q, f, false};
	struct key_found own;
	struct hdkey key;
	uint8_t print[4];

	if (q->has_origin && keystore_fingerprint(k, print) &&
	    memcmp(print, q->fingerprint, 4) == 0) {
		key = k->master;
		s.found = hdkey_walk(&key, keys->ec, q->path, q->n_path) &&
			  key_query_fits(q, keys->ec, key.secret, true, f);
		hdkey_wipe(&key);
	}
	if (!s.found && words_key(k, keys->ec, &own)) {
		s.found = key_query_fits(q, keys->ec, own.secret, true, f);
		wipe(&own, sizeof(own));
	}
	for (size_t i = 0; !s.found && i < k->n_import; i++)
		desc_each_key(k->import[i], try_key, &s);
	return s.found;
}

struct key_source keystore_source(struct keystore_keys *keys)
{
	return (struct key_source){find, keys};
}
