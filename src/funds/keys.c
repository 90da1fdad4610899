/* SPDX-License-Identifier: MIT */
#include "funds/keys.h"

#include <stdio.h>

#include "crypto/rand.h"
#include "funds/setup.h"
#include "wallet/sign.h"

#define PSBT_MAX ((size_t)8 << 20)

bool funds_signer_bad(struct funds_fault *fault, enum signer_result r,
		      const struct signer_client *signer)
{
	funds_bad(fault, FUNDS_SIGNER, "%s", signer->error);
	fault->signer = (int)r;
	return false;
}

/* --- keystores --- */

bool funds_keystore_name(char out[PURSE_KEYSTORE_SIZE], const char *owner,
			 const char *name, bool unique)
{
	char plain[SIGNER_NAME_MAX + 1];
	uint8_t r[5];
	size_t n = 0;

	/* what the signer takes as a name, of what people take as one */
	for (const char *c = name; *c && n < 32; c++) {
		bool fit = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			   (*c >= '0' && *c <= '9') || *c == '-' || *c == '_';

		plain[n++] = fit ? *c : '_';
	}
	plain[n] = '\0';
	if (unique && rand_bytes(r, sizeof(r)) != ST_OK)
		return false;
	if (unique)
		snprintf(out, PURSE_KEYSTORE_SIZE,
			 "%.16s%s%s-%02x%02x%02x%02x%02x", owner,
			 *owner ? "." : "", plain, r[0], r[1], r[2], r[3], r[4]);
	else
		snprintf(out, PURSE_KEYSTORE_SIZE, "%.16s%s%s", owner,
			 *owner ? "." : "", n ? plain : "wallet");
	return signer_name_ok(bytes_of_text(out));
}

static const char *kind_of_purpose(unsigned purpose)
{
	switch (purpose) {
	case 44:
		return "legacy";
	case 49:
		return "p2sh-segwit";
	case 84:
		return "bech32";
	case 86:
		return "bech32m";
	default:
		return NULL;
	}
}

/* Takes a keystore's public descriptors into the wallet. */
static bool take_descriptors(struct funds *f, const struct signer_descriptor *d,
			     size_t n, struct funds_fault *fault)
{
	char error[DESC_ERROR_SIZE];

	for (size_t i = 0; i < n; i++) {
		struct funds_import in = {
			.text = d[i].text, .len = strlen(d[i].text),
			.internal = d[i].change, .error = error,
			.created = f->wallet.created,
			.active = kind_of_purpose(d[i].purpose) != NULL,
			.has_range = true, .last = FUNDS_GAP - 1,
		};
		enum status st;

		if (!in.active)
			continue;
		st = funds_import(f, &in);
		if (st == ST_PARSE)
			return funds_bad(fault, FUNDS_REFUSED,
					 "The signer's descriptor is no use: %s",
					 error);
		if (st != ST_OK)
			return funds_failed(fault, st);
	}
	return true;
}

static enum signer_result make_keystore(struct signer_client *signer,
					struct purse_wallet *w,
					const struct params *p,
					const struct funds_new *how,
					char words[BIP39_TEXT_SIZE])
{
	struct signer_new new = {.name = w->keystore, .p = p,
				 .passphrase = how->passphrase};

	if (!new.passphrase.p)
		new.passphrase = bytes_of("", 0);
	if (how->words.p)
		return signer_restore(signer, &new, how->words, how->extra);
	return signer_create(signer, &new, how->n_words ? how->n_words : 12,
			     words);
}

/* The wallet with all its descriptors, or none at all. */
static bool make_wallet(const struct funds_at *at, struct purse_wallet *w,
			const struct signer_descriptor *d, size_t n,
			struct arena *a, struct funds_fault *fault)
{
	bool own, good = false;
	struct funds f;
	enum status st = purse_begin(at->purse, &own);

	if (st == ST_OK)
		st = funds_create(at, w);
	if (st == ST_OK)
		st = funds_open_row(&f, at, w, a);
	if (st == ST_OK)
		good = take_descriptors(&f, d, n, fault);
	if (st != ST_OK || good)
		st = purse_end(at->purse, own, st);
	else
		(void)!purse_end(at->purse, own, ST_CANCELLED);
	return st == ST_OK ? good : funds_failed(fault, st);
}

bool funds_new_wallet(const struct funds_at *at, struct purse_wallet *w,
		      struct signer_client *signer, const struct funds_new *how,
		      char words_out[BIP39_TEXT_SIZE], struct arena *a,
		      struct funds_fault *fault)
{
	char words[BIP39_TEXT_SIZE] = "";
	struct purse_wallet other;
	struct signer_descriptor *d = NULL;
	enum signer_result r = SIGNER_EXISTS;
	enum status st = purse_wallet_find(at->purse, w->owner, w->name, &other);
	size_t n = 0;

	if (st == ST_OK)
		return funds_bad(fault, FUNDS_EXISTS,
				 "There is a wallet of this name already");
	if (st != ST_NOT_FOUND)
		return funds_failed(fault, st);
	for (int i = 0; i < 3 && r == SIGNER_EXISTS; i++) {
		if (!funds_keystore_name(w->keystore, w->owner, w->name, i > 0))
			return funds_failed(fault, ST_IO);
		r = make_keystore(signer, w, node_params(at->node), how, words);
	}
	if (words_out)
		memcpy(words_out, words, BIP39_TEXT_SIZE);
	wallet_text_wipe(words, sizeof(words));
	if (r == SIGNER_OK)
		r = signer_descriptors(signer, w->keystore, how->passphrase, 0, a,
				       &d, &n);
	if (r != SIGNER_OK)
		return funds_signer_bad(fault, r, signer);
	return make_wallet(at, w, d, n, a, fault);
}

bool funds_add_keys(struct funds *f, struct signer_client *signer,
		    struct bytes passphrase, struct bytes descriptors,
		    struct funds_fault *fault)
{
	struct purse_wallet *w = &f->wallet;
	bool fresh = !w->keystore[0];
	struct signer_new new = {
		.name = w->keystore, .p = node_params(f->at.node),
		.passphrase = fresh && !passphrase.p ? bytes_of("", 0)
						     : passphrase};
	enum signer_result r = SIGNER_EXISTS;
	enum status st = ST_OK;

	if (fresh && !funds_keystore_name(w->keystore, w->owner, w->name, true))
		return funds_failed(fault, ST_IO);
	r = signer_import(signer, &new, descriptors);
	if (r != SIGNER_OK) {
		if (fresh)
			w->keystore[0] = '\0';
		return funds_signer_bad(fault, r, signer);
	}
	if (fresh)
		st = purse_wallet_update(f->at.purse, w);
	return st == ST_OK || funds_failed(fault, st);
}

enum funds_lock funds_lock_state(struct funds *f, struct signer_client *signer,
				 uint32_t *seconds_left)
{
	struct signer_keystore *k;
	size_t n;

	*seconds_left = 0;
	if (!funds_has_keys(f))
		return FUNDS_NO_KEYS;
	if (signer_list(signer, f->arena, &k, &n) != SIGNER_OK)
		return FUNDS_NO_SIGNER;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(k[i].name, f->wallet.keystore) != 0)
			continue;
		if (!k[i].has_passphrase)
			return FUNDS_OPEN;
		*seconds_left = k[i].seconds_left;
		return k[i].unlocked ? FUNDS_UNLOCKED : FUNDS_LOCKED;
	}
	return FUNDS_NO_KEYS;
}

bool funds_sign(struct funds *f, struct signer_client *signer,
		struct bytes passphrase, struct bytes psbt, uint32_t flags,
		struct bytes *out, struct funds_fault *fault)
{
	enum signer_result r;
	unsigned n_signed;
	struct buf b;

	if (!funds_has_keys(f)) {
		*out = psbt;
		return true;
	}
	buf_init(&b, PSBT_MAX);
	r = signer_sign_psbt(signer, f->wallet.keystore, passphrase, psbt, flags, &b,
			     &n_signed);
	*out = bytes_of(r == SIGNER_OK ? arena_copy(f->arena, b.p, b.len) : NULL,
			b.len);
	buf_free(&b);
	if (r != SIGNER_OK)
		return funds_signer_bad(fault, r, signer);
	return out->p || funds_failed(fault, ST_NOMEM);
}
