/* SPDX-License-Identifier: MIT */
/* See policy.h. */
#include "node/pool/policy.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/log.h"
#include "node/core/priv.h"
#include "node/pool/mempool.h"

#define WORK_DIGITS 64

static bool read_work(struct u256 *out, const char *text)
{
	char digits[WORK_DIGITS + 1];
	uint8_t be[32];
	size_t n;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	n = strlen(text);
	if (n == 0 || n > WORK_DIGITS)
		return false;
	memset(digits, '0', WORK_DIGITS);
	memcpy(digits + WORK_DIGITS - n, text, n + 1);
	if (!hex_parse(be, sizeof(be), digits, WORK_DIGITS))
		return false;
	*out = u256_from_be(be);
	return true;
}

enum status node_configure(struct node *n, const struct conf *c,
			   char error[NODE_ERROR_SIZE])
{
	const char *work = conf_text(c, CONF_MINIMUM_CHAINWORK);
	struct mempool_policy *p = &n->policy;

	p->bare_multisig = conf_bool(c, CONF_BARE_MULTISIG);
	p->datacarrier_max = (uint32_t)conf_int(c, CONF_DATACARRIER_BYTES);
	p->bytes_per_sigop = (uint32_t)conf_int(c, CONF_BYTES_PER_SIGOP);
	p->full_rbf = conf_bool(c, CONF_FULL_RBF);
	p->dust_sat_kvb = conf_int(c, CONF_DUST_SAT_KVB);
	p->incremental_sat_kvb = conf_int(c, CONF_INCREMENTAL_SAT_KVB);
	p->min_relay_sat_kvb = conf_int(c, CONF_MIN_RELAY_SAT_KVB);
	p->max_bytes = conf_int(c, CONF_MEMPOOL_MB) * 1000000;
	p->expiry_s = conf_int(c, CONF_MEMPOOL_EXPIRY_H) * 3600;
	p->ancestors_max = conf_int(c, CONF_MEMPOOL_ANCESTORS);
	p->ancestors_max_vb = conf_int(c, CONF_MEMPOOL_ANCESTORS_KVB) * 1000;
	p->descendants_max = conf_int(c, CONF_MEMPOOL_DESCENDANTS);
	p->descendants_max_vb = conf_int(c, CONF_MEMPOOL_DESCENDANTS_KVB) * 1000;
	n->tip_age_s = conf_int(c, CONF_MAX_TIP_AGE_S);
	if (conf_bool(c, CONF_ACCEPT_NONSTANDARD) && !node_allow_nonstandard(n))
		log_warn("accept_nonstandard is for regtest and own chains");
	if (!*work || read_work(&n->params.min_chainwork, work))
		return ST_OK;
	snprintf(error, NODE_ERROR_SIZE, "minimum_chainwork is %.100s: it should "
		 "be at most %d hexadecimal digits.", work, WORK_DIGITS);
	return ST_USAGE;
}
