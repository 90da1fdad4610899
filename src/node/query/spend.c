/* SPDX-License-Identifier: MIT */
#include "node/query/spend.h"

#include <stdlib.h>

#include "consensus/script_check.h"

enum status node_check_spends(const struct tx *tx, const struct txout *spent,
			      const char **error)
{
	const struct consensus_flags flags = {CF_ALL};
	const struct policy_flags policy = {PF_STANDARD};
	struct coin *coin = calloc(tx->n_in + 1, sizeof(*coin));
	struct sighash_cache *cache = NULL;
	enum status st = coin ? ST_OK : ST_NOMEM;

	for (uint32_t i = 0; coin && i < tx->n_in; i++)
		coin[i] = (struct coin){.value = spent[i].value,
					.script = spent[i].script};
	if (st == ST_OK)
		cache = sighash_cache_new(tx, coin);
	if (!cache)
		st = ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < tx->n_in; i++) {
		enum script_error e = SCRIPT_ERR_OK;
		int32_t pos;

		if (spent[i].script.p)
			st = script_check(tx, i, coin, cache, flags, policy, NULL,
					  &e, &pos);
		error[i] = e == SCRIPT_ERR_OK ? NULL : script_error_text(e);
	}
	sighash_cache_free(cache);
	free(coin);
	return st;
}
