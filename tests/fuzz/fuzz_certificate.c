/* SPDX-License-Identifier: MIT */
/* A chain document, a zero byte, and a certificate of finality: what it proves is
 * a checkpoint of that chain, and why it proves nothing is one sentence. */
#include "tests/fuzz/fuzz.h"

#include "node/finality/finality.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *zero = len ? memchr(data, 0, len) : NULL;
	char error[PARAMS_ERROR_SIZE], why[256] = "";
	struct certificate_trust trust = {0};
	struct finality_validator one = {{1}, 1, false};
	struct finality_mark final;
	struct params p;
	const char *text;
	size_t n;

	if (!zero)
		return 0;
	if (params_parse(&p, (const char *)data, (size_t)(zero - data), error) !=
	    ST_OK) {
		BUG_ON(!error[0]);
		return 0;
	}
	text = (const char *)zero + 1;
	n = len - (size_t)(zero - data) - 1;
	if (node_certificate_check(&p, text, n, NULL, &final, why))
		BUG_ON(!p.finality_interval ||
		       final.height % p.finality_interval != 0);
	else
		BUG_ON(!why[0] || strchr(why, '\n'));
	trust.validator = &one;
	trust.n = 1;
	trust.from = &p.genesis_id;
	why[0] = '\0';
	if (!node_certificate_check(&p, text, n, &trust, &final, why))
		BUG_ON(!why[0]);
	else
		BUG_ON(final.height != 0);
	return 0;
}
