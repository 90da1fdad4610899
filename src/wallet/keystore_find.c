/* SPDX-License-Identifier: MIT */
/* The private key behind an output script, for signing messages. */
#include <stdlib.h>

#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"
#include "primitives/script.h"
#include "wallet/descriptor.h"
#include "wallet/keystore_priv.h"

/* Whether a key alone spends the script: P2PKH, P2WPKH, P2WPKH in P2SH, and P2TR
 * without scripts. */
static bool spends(const uint8_t pub[33], const struct script_form *f)
{
	uint8_t hash[20], program[22] = {OP_0, 20}, tweak[32], q[32];
	struct sha256_ctx c;
	int parity;

	if (f->kind == SCRIPT_WITNESS_V1_TAPROOT) {
		sha256_tagged_init(&c, "TapTweak");
		sha256_add(&c, pub + 1, 32);
		sha256_done(&c, tweak);
		return ec_xonly_tweak_add(q, &parity, pub + 1, tweak) &&
		       memcmp(q, f->data.p, 32) == 0;
	}
	hash160(hash, pub, 33);
	if (f->kind == SCRIPT_SCRIPTHASH) {
		memcpy(program + 2, hash, 20);
		hash160(hash, program, sizeof(program));
	}
	return memcmp(hash, f->data.p, 20) == 0;
}

static bool take(struct key_found *f, const struct hdkey *key)
{
	memcpy(f->secret, key->secret, 32);
	memcpy(f->pub, key->pub, 33);
	f->pub_len = 33;
	return true;
}

static bool in_accounts(const struct keystore *k, const struct ec *ec,
			const struct script_form *form, unsigned purpose,
			uint32_t gap, struct key_found *f)
{
	uint32_t path[4] = {purpose | HDKEY_HARDENED,
			    k->coin_type | HDKEY_HARDENED, HDKEY_HARDENED, 0};
	bool found = false;

	for (; !found && path[3] < 2; path[3]++) {
		struct hdkey branch = k->master, key;

		if (!hdkey_walk(&branch, ec, path, 4))
			continue;
		for (uint32_t i = 0; !found && i < gap; i++) {
			key = branch;
			found = hdkey_step(&key, ec, i) &&
				spends(key.pub, form) && take(f, &key);
		}
		hdkey_wipe(&branch);
		hdkey_wipe(&key);
	}
	return found;
}

struct first {
	const struct ec *ec;
	uint32_t index;
	const struct script_form *form;
	struct key_found *f;
	bool found;
};

static void try_key(void *arg, const struct desc_key *k)
{
	struct first *s = arg;
	struct key_found *f = s->f;

	if (s->found || !k->has_secret ||
	    !desc_key_secret(k, s->ec, s->index, f->secret))
		return;
	f->pub_len = ec_pubkey_create(s->ec, f->pub, f->secret, k->compressed);
	if (k->compressed) {
		s->found = f->pub_len && spends(f->pub, s->form);
	} else if (s->form->kind == SCRIPT_PUBKEYHASH) {
		uint8_t hash[20];

		hash160(hash, f->pub, f->pub_len);
		s->found = memcmp(hash, s->form->data.p, 20) == 0;
	}
}

static bool in_imports(const struct keystore *k, const struct ec *ec,
		       struct bytes script, const struct script_form *form,
		       uint32_t gap, struct key_found *f)
{
	struct first s = {ec, 0, form, f, false};
	struct desc_scripts scripts;
	struct arena a;

	arena_init(&a, 1 << 20);
	for (size_t i = 0; !s.found && i < k->n_import; i++) {
		uint32_t end = desc_is_range(k->import[i]) ? gap : 1;

		for (s.index = 0; !s.found && s.index < end; s.index++) {
			arena_reset(&a);
			if (!desc_expand(k->import[i], ec, s.index, &a, &scripts))
				break;
			for (unsigned j = 0; j < scripts.n; j++)
				if (bytes_equal(scripts.script[j], script))
					desc_each_key(k->import[i], try_key, &s);
		}
	}
	arena_free(&a);
	return s.found;
}

bool keystore_find_script(const struct keystore *k, const struct ec *ec,
			  struct bytes script, const uint32_t *path,
			  unsigned n_path, uint32_t gap, struct key_found *f)
{
	struct script_form form = script_classify(script);
	unsigned purpose = 0;
	struct hdkey key;
	bool found = false;

	if (form.kind == SCRIPT_PUBKEYHASH)
		purpose = 44;
	else if (form.kind == SCRIPT_SCRIPTHASH)
		purpose = 49;
	else if (form.kind == SCRIPT_WITNESS_V0_KEYHASH)
		purpose = 84;
	else if (form.kind == SCRIPT_WITNESS_V1_TAPROOT)
		purpose = 86;
	else
		return false;
	if (n_path && k->entropy_len) {
		key = k->master;
		found = hdkey_walk(&key, ec, path, n_path) &&
			spends(key.pub, &form) && take(f, &key);
		hdkey_wipe(&key);
	} else if (k->entropy_len) {
		found = in_accounts(k, ec, &form, purpose, gap, f);
	}
	if (!found)
		found = in_imports(k, ec, script, &form, gap, f);
	if (!found)
		wipe(f, sizeof(*f));
	return found;
}
