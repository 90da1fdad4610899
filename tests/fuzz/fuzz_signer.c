/* SPDX-License-Identifier: MIT */
/*
 * What quarry-signer is asked: any bytes get an answer that can be read, and no
 * question of those that change nothing changes anything. A keystore "k" without a
 * passphrase is there to be asked about. Keystores' files are tried as well.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signer/answer.h"

static char folder[] = "/tmp/fuzz-signer.XXXXXX";
static char path[64];
static struct ec *ec;

static void end(void)
{
	unlink(path);
	rmdir(folder);
	ec_close(ec);
}

static void begin(void)
{
	uint8_t entropy[16] = {1};
	struct keystore *k;
	struct params p;
	struct buf b;

	ec = ec_open();
	BUG_ON(!ec || !mkdtemp(folder) || !params_builtin(&p, "regtest"));
	atexit(end);
	snprintf(path, sizeof(path), "%s/k.key", folder);
	k = keystore_new(&p);
	BUG_ON(!k || keystore_set_entropy(k, ec, bytes_of(entropy, 16),
					  (struct bytes){0}) != ST_OK);
	buf_init(&b, KEYSTORE_FILE_MAX);
	BUG_ON(keystore_seal(&b, k, (struct bytes){0}) != ST_OK ||
	       keystore_write(path, buf_view(&b), true) != ST_OK);
	buf_free(&b);
	keystore_close(k);
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
