/* SPDX-License-Identifier: MIT */
/* Partially signed transactions: made, put together, finished. */
#include "fcgi/rpc/rpc_psbt.h"

#include "base/base64.h"
#include "fcgi/rpc/rpc_rawtx.h"
#include "wallet/psbt_final.h"

#define PSBT_SIZE_MAX ((size_t)64 << 20)

bool rpc_psbt_decode(struct rpc_call *c, const struct json_value *v,
		     struct psbt *out)
{
	const char *text, *error = "invalid base64";
	struct buf b;
	uint8_t *p = NULL;
	size_t len;
	bool good;

	if (!rpc_value_str(c, v, &text, &len))
		return false;
	buf_init(&b, PSBT_SIZE_MAX);
	good = base64_parse(&b, text, len);
	len = b.len;
	if (good)
		p = arena_copy(c->arena, b.p, b.len);
	buf_free(&b);
	if (good && !p)
		return rpc_fail_status(c, ST_NOMEM);
	if (!good || !psbt_parse(out, p, len, c->arena, &error))
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"TX decode failed %s", error);
	return true;
}

bool rpc_psbt_put(struct rpc_call *c, const char *key, const struct psbt *psbt)
{
	char *text = NULL;
	struct buf b;

	buf_init(&b, PSBT_SIZE_MAX);
	psbt_write(&b, psbt);
	if (buf_status(&b) == ST_OK)
		text = arena_alloc(c->arena, BASE64_TEXT_SIZE(b.len), 1);
	if (text && key)
		json_key(c->w, key);
	if (text)
		json_str(c->w, base64_text(text, b.p, b.len));
	buf_free(&b);
	return text || rpc_fail_status(c, ST_NOMEM);
}

static bool put_blank(struct rpc_call *c, const struct tx *tx)
{
	struct psbt psbt;

	if (!psbt_blank(&psbt, tx, c->arena))
		return rpc_fail_status(c, ST_NOMEM);
	return rpc_psbt_put(c, NULL, &psbt);
}

bool rpc_createpsbt(struct rpc_call *c)
{
	struct tx tx;

	return rpc_construct(c, &tx) && put_blank(c, &tx);
}

bool rpc_converttopsbt(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	bool permit = rpc_arg_bool(c, 1, false), named = rpc_has(c, 2);
	bool witness = rpc_arg_bool(c, 2, false), good;
	struct bytes raw;
	struct tx tx;

	good = *hex && rpc_hex(c, hex, strlen(hex), &raw) &&
	       (((!named || witness) &&
		 tx_parse(&tx, raw.p, raw.len, c->arena) == ST_OK) ||
		((!named || !witness) &&
		 tx_parse_base(&tx, raw.p, raw.len, c->arena) == ST_OK));
	if (!good)
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR, "TX decode failed");
	for (uint32_t i = 0; i < tx.n_in; i++) {
		if ((tx.in[i].script_sig.len || tx.in[i].n_witness) && !permit)
			return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
					"Inputs must not have scriptSigs and "
					"scriptWitnesses");
		tx.in[i].script_sig = (struct bytes){0};
		tx.in[i].witness = (struct bytes){0};
		tx.in[i].n_witness = 0;
	}
	tx.has_witness = false;
	return put_blank(c, &tx);
}

bool rpc_combinepsbt(struct rpc_call *c)
{
	size_t n = json_count(c->arg[0]);
	struct psbt *psbt = arena_calloc(c->arena, n + 1, sizeof(*psbt));

	if (!psbt)
		return rpc_fail_status(c, ST_NOMEM);
	if (n == 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Parameter 'txs' cannot be empty");
	for (size_t i = 0; i < n; i++)
		if (!rpc_psbt_decode(c, json_at(c->arg[0], i), &psbt[i]))
			return false;
	for (size_t i = 1; i < n; i++)
		switch (psbt_combine(&psbt[0], &psbt[i], c->arena)) {
		case PSBT_COMBINED:
			break;
		case PSBT_OTHER_TX:
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"PSBTs not compatible (different "
					"transactions)");
		case PSBT_NO_MEMORY:
			return rpc_fail_status(c, ST_NOMEM);
		}
	return rpc_psbt_put(c, NULL, &psbt[0]);
}

/* --- joining --- */

/* Lock times and sequences of all stay; which is whose, no longer shows. */
bool rpc_joinpsbts(struct rpc_call *c)
{
	size_t n = json_count(c->arg[0]);
	struct psbt *psbt = arena_calloc(c->arena, n + 1, sizeof(*psbt));
	struct outpoint twice;
	struct psbt joined;
	char id[65];

	if (!psbt)
		return rpc_fail_status(c, ST_NOMEM);
	if (n <= 1)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"At least two PSBTs are required to join PSBTs.");
	for (size_t i = 0; i < n; i++)
		if (!rpc_psbt_decode(c, json_at(c->arg[0], i), &psbt[i]))
			return false;
	switch (psbt_join(&joined, psbt, n, c->arena, &twice)) {
	case PSBT_JOINED:
		break;
	case PSBT_JOIN_TWICE:
		hash256_text(id, &twice.txid.h);
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Input %s:%u exists in multiple PSBTs", id, twice.n);
	case PSBT_JOIN_NO_MEMORY:
		return rpc_fail_status(c, ST_NOMEM);
	}
	return rpc_psbt_put(c, NULL, &joined);
}

/* --- finishing --- */

bool rpc_psbt_put_extracted(struct rpc_call *c, const struct psbt *psbt)
{
	struct tx tx;

	if (!psbt_extract(psbt, &tx, c->arena))
		return rpc_fail_status(c, ST_NOMEM);
	return rpc_put_tx_hex(c, "hex", &tx);
}

bool rpc_finalizepsbt(struct rpc_call *c)
{
	bool extract = rpc_arg_bool(c, 1, true), complete;
	struct psbt psbt;

	if (!rpc_psbt_decode(c, c->arg[0], &psbt))
		return false;
	if (!psbt_finalize(&psbt, c->arena, &complete))
		return rpc_fail_status(c, ST_NOMEM);
	json_obj_begin(c->w);
	if (complete && extract ? !rpc_psbt_put_extracted(c, &psbt)
				: !rpc_psbt_put(c, "psbt", &psbt))
		return false;
	json_put_bool(c->w, "complete", complete);
	json_obj_end(c->w);
	return true;
}
