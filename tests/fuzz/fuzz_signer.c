/* SPDX-License-Identifier: MIT */
/*
 * What quarry-signer is asked: any bytes get an answer that can be read, and no
 * question of those that change nothing changes anything. Keystores without a
 * passphrase are there to be asked about: a wallet's "k", a maker's "m" and a
 * validator's "v", whose votes, whatever is asked, never clash. Keystores' files are
 * tried as well.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signer/answer.h"
#include "wallet/vote_guard.h"

static char folder[] = "/tmp/fuzz-signer.XXXXXX";
static struct ec *ec;
/* The vote signed last. */
static struct vote last;
static bool voted;

static const char *path_of(const char *file)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return path;
}

static void end(void)
{
	unlink(path_of("k.key"));
	unlink(path_of("m.key"));
	unlink(path_of("v.key"));
	unlink(path_of("v.votes"));
	rmdir(folder);
	ec_close(ec);
}

static void make(const char *file, enum keystore_kind kind)
{
	uint8_t entropy[16] = {1, (uint8_t)kind}, xonly[32];
	static const struct hash256 any_chain;
	char error[VOTE_GUARD_ERROR_SIZE];
	struct keystore *k;
	struct key_found f;
	struct vote_guard *g;
	struct params p;
	struct buf b;

	BUG_ON(!params_builtin(&p, "regtest"));
	k = keystore_new(&p);
	BUG_ON(!k || keystore_set_entropy(k, ec, bytes_of(entropy, 16),
					  (struct bytes){0}) != ST_OK);
	keystore_set_kind(k, kind);
	buf_init(&b, KEYSTORE_FILE_MAX);
	BUG_ON(keystore_seal(&b, k, (struct bytes){0}) != ST_OK ||
	       keystore_write(path_of(file), buf_view(&b), true) != ST_OK);
	buf_free(&b);
	if (kind == KEYSTORE_VALIDATOR) {
		BUG_ON(keystore_own_keys(k, ec, &f, 1) != 1 ||
		       !ec_xonly_create(ec, xonly, NULL, f.secret) ||
		       vote_guard_open(&g, path_of("v.votes"), true, &any_chain,
				       xonly, error) != ST_OK);
		vote_guard_close(g);
	}
	keystore_close(k);
}

static void begin(void)
{
	ec = ec_open();
	BUG_ON(!ec || !mkdtemp(folder));
	atexit(end);
	make("k.key", KEYSTORE_WALLET);
	make("m.key", KEYSTORE_MAKER);
	make("v.key", KEYSTORE_VALIDATOR);
}

/* No two votes that were signed clash; those before the last are lower. */
static void check_vote(const uint8_t *question, const struct signer_frame *f)
{
	struct bytes made = signer_field_find(f, SIGNER_F_VOTE);
	struct vote v;

	if (question[1] != SIGNER_OP_VOTE || f->code != SIGNER_OK)
		return;
	BUG_ON(made.len != VOTE_SIZE);
	vote_read(&v, made.p);
	BUG_ON(voted && vote_clash(&last, &v) != VOTE_AGREES);
	BUG_ON(voted && v.target_height < last.target_height);
	last = v;
	voted = true;
}

static bool changes_something(const uint8_t *p, size_t len)
{
	return len > 1 && (p[1] == SIGNER_OP_CREATE || p[1] == SIGNER_OP_RESTORE ||
			   p[1] == SIGNER_OP_IMPORT ||
			   p[1] == SIGNER_OP_PASSPHRASE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[VAULT_ERROR_SIZE];
	struct signer_frame f;
	struct keystore *k;
	struct vault *v;
	struct buf out;
	enum keystore_kind kind;
	bool locked;

	if (!ec)
		begin();
	if (len > 1 << 16 || changes_something(data, len))
		return 0;
	v = vault_open(folder, ec, error);
	BUG_ON(!v);
	buf_init(&out, SIGNER_FRAME_MAX + 4);
	if (signer_answer(v, ec, data, len, &out)) {
		BUG_ON(le32_get(out.p) != out.len - 4);
		BUG_ON(!signer_frame_parse(&f, out.p + 4, out.len - 4));
		BUG_ON(f.code > SIGNER_FAILED);
		BUG_ON(f.code && !signer_field_find(&f, SIGNER_F_TEXT).len);
		if (len > 1)
			check_vote(data, &f);
	}
	buf_free(&out);
	vault_close(v);
	/* as a file: what asks for scrypt with a passphrase's costs is left out */
	if (keystore_peek(bytes_of(data, len), &locked, &kind) && data[11] < 6)
		if (keystore_unseal(&k, ec, bytes_of(data, len),
				    (struct bytes){0}) == ST_OK)
			keystore_close(k);
	return 0;
}
