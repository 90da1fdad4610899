/* SPDX-License-Identifier: MIT */
/* PSBTs: what is taken can be written, what is written is taken again and written
 * alike, and combined with itself it stays the same. Analysed, signed with a key that
 * fits everything, finalised and extracted, it does nobody harm. */
#include "tests/fuzz/fuzz.h"

#include "crypto/ec.h"
#include "wallet/psbt.h"
#include "wallet/psbt_analyze.h"
#include "wallet/psbt_sign.h"

static struct ec *ec;

/* Whatever is asked for, this is it. */
static bool find(void *arg, const struct key_query *q, struct key_found *f)
{
	(void)arg;
	memset(f, 0, sizeof(*f));
	f->secret[31] = 1;
	f->pub_len = ec_pubkey_create(ec, f->pub, f->secret, q->pub.len != 65);
	return true;
}

static void work(struct psbt *psbt, struct arena *a)
{
	struct psbt_signing s = {.ec = ec, .keys = {find, NULL}, .any_type = true,
				 .arena = a};
	struct psbt_analysis all;
	bool complete;
	unsigned n;
	uint32_t at;
	struct tx tx;
	struct buf b;

	if (psbt->tx.n_in > 50 || !psbt_analyze(&all, psbt, a) ||
	    psbt_sign(psbt, &s, &n, &at) == PSBT_SIGN_NO_MEMORY ||
	    !psbt_finalize(psbt, a, &complete) || !psbt_extract(psbt, &tx, a))
		return;
	buf_init(&b, 8 << 20);
	tx_write(&b, &tx, true);
	buf_reset(&b);
	psbt_write(&b, psbt);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct psbt one, two;
	struct buf first, second;
	const char *error;
	struct arena a;

	arena_init(&a, 64 << 20);
	buf_init(&first, 8 << 20);
	buf_init(&second, 8 << 20);
	if (len < 1 << 16 && psbt_parse(&one, data, len, &a, &error)) {
		psbt_write(&first, &one);
		BUG_ON(buf_status(&first) != ST_OK);
		BUG_ON(!psbt_parse(&two, first.p, first.len, &a, &error));
		BUG_ON(psbt_combine(&two, &one, &a) != PSBT_COMBINED);
		psbt_write(&second, &two);
		BUG_ON(!bytes_equal(buf_view(&first), buf_view(&second)));
		if (!ec)
			ec = ec_open();
		work(&two, &a);
	}
	buf_free(&first);
	buf_free(&second);
	arena_free(&a);
	return 0;
}
