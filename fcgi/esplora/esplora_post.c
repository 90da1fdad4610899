/* SPDX-License-Identifier: MIT */
/*
 * Esplora's paths that bring transactions. They answer as Esplora does over
 * Bitcoin Core: the error is that of the RPC, with its code, as text.
 */
#include <stdio.h>

#include "base/hex.h"
#include "fcgi/esplora/esplora_json.h"
#include "fcgi/http/api.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "json/read.h"
#include "json/write.h"
#include "node/pool/mempool.h"
#include "primitives/script.h"

/* What sendrawtransaction refuses to pay unless told: 0.1 coins for 1,000
 * vbytes. */
#define MAX_FEE_SAT_KVB 10000000
/* Bitcoin Core's codes. */
#define RPC_DECODE (-22)
#define RPC_TRANSACTION (-25)
#define RPC_REJECTED (-26)
#define RPC_IN_CHAIN (-27)
#define RPC_PARAMETER (-8)

static void rpc_error(struct response *rs, const char *method, int code,
		      const char *message)
{
	struct json_writer w;

	if (!response_restart(rs))
		return;
	rs->status = 400;
	rs->type = TYPE_TEXT;
	buf_printf(&rs->body, "%s RPC error: ", method);
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_int(&w, "code", code);
	json_put_str(&w, "message", message);
	json_obj_end(&w);
}

/* Digits, blanks around them, as bytes with what they parse to. */
static bool read_tx(struct bytes text, struct arena *a, struct bytes *raw,
		    struct tx *tx)
{
	uint8_t *p;

	while (text.len && strchr(" \t\r\n", text.p[text.len - 1]))
		text.len--;
	while (text.len && strchr(" \t\r\n", text.p[0]))
		text = bytes_of(text.p + 1, text.len - 1);
	p = arena_array(a, text.len / 2 + 1, uint8_t);
	if (!p || !text.len ||
	    !hex_parse(p, text.len / 2, (const char *)text.p, text.len))
		return false;
	*raw = bytes_of(p, text.len / 2);
	return tx_parse(tx, raw->p, raw->len, a) == ST_OK;
}

#define REFUSAL_SIZE (2 * VERDICT_DETAIL_SIZE + 100)
/* The message of a refusal as Bitcoin Core puts it. */
static void refusal(char *out, size_t size, const struct verdict *v)
{
	char reject[VERDICT_DETAIL_SIZE + 96];
	bool script = v->code == V_SCRIPT || v->code == V_SCRIPT_POLICY ||
		      v->code == V_BAD_VERSION;

	verdict_reject(reject, sizeof(reject), v);
	snprintf(out, size, "%s%s%s", reject,
		 v->detail[0] && !script ? ", " : "",
		 v->detail[0] && !script ? v->detail : "");
}

static void refused(struct response *rs, const struct verdict *v)
{
	char text[REFUSAL_SIZE];

	if (v->code == V_MISSING_INPUTS) {
		rpc_error(rs, "sendrawtransaction", RPC_TRANSACTION,
			  "bad-txns-inputs-missingorspent");
	} else if (v->code == V_MAX_FEE) {
		rpc_error(rs, "sendrawtransaction", RPC_TRANSACTION,
			  "Fee exceeds maximum configured by user (e.g. "
			  "-maxtxfee, maxfeerate)");
	} else if (v->code == V_ALREADY_KNOWN) {
		rpc_error(rs, "sendrawtransaction", RPC_IN_CHAIN,
			  "Transaction outputs already in utxo set");
	} else {
		refusal(text, sizeof(text), v);
		rpc_error(rs, "sendrawtransaction", RPC_REJECTED, text);
	}
}

/* Coins that nobody could ever spend again are no mistake to pass on. */
static bool burns(const struct tx *tx)
{
	for (uint32_t i = 0; i < tx->n_out; i++)
		if (tx->out[i].value > 0 &&
		    script_is_unspendable(tx->out[i].script))
			return true;
	return false;
}

static void broadcast(struct app *app, const struct request *rq,
		      struct response *rs, struct bytes text)
{
	struct tx_options o = {.source = "http", .own = true};
	struct tx_result result;
	struct bytes raw;
	struct tx tx;
	enum status st;

	if (!read_tx(text, rq->arena, &raw, &tx)) {
		rpc_error(rs, "sendrawtransaction", RPC_DECODE,
			  "TX decode failed. Make sure the tx has at least one "
			  "input.");
		return;
	}
	if (burns(&tx)) {
		rpc_error(rs, "sendrawtransaction", RPC_TRANSACTION,
			  "Unspendable output exceeds maximum configured by "
			  "user (maxburnamount)");
		return;
	}
	o.max_fee_sat = (int64_t)tx_vsize(&tx) * MAX_FEE_SAT_KVB / 1000;
	st = node_accept_tx(app->node, raw.p, raw.len, &o, &result);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	if (result.verdict.code != VALID && !result.known) {
		refused(rs, &result.verdict);
	} else {
		rs->type = TYPE_TEXT;
		put_hash(&rs->body, &tx.txid.h);
	}
	api_tip(app, rs);
}

void esplora_post_tx(struct app *app, const struct request *rq,
		     struct response *rs)
{
	broadcast(app, rq, rs, rq->body);
}

void esplora_broadcast(struct app *app, const struct request *rq,
		       struct response *rs)
{
	const char *tx = request_query(rq, "tx");

	if (!tx)
		api_error(rs, 400, "Missing tx");
	else
		broadcast(app, rq, rs, bytes_of(tx, strlen(tx)));
}

/* --- packages --- */

struct package {
	uint32_t n;
	struct bytes raw[PACKAGE_TX_MAX];
	struct tx tx[PACKAGE_TX_MAX];
	struct tx_result result[PACKAGE_TX_MAX];
	struct verdict verdict;
};

/* False when the answer is complete. */
static bool read_package(const struct request *rq, struct response *rs,
			 struct package *p)
{
	char error[JSON_ERROR_SIZE];
	struct json_doc d;
	bool ok = false;
	size_t n;

	if (json_doc_parse(&d, rq->body.p, rq->body.len, rq->body.len, error) !=
		    ST_OK || json_kind(d.root) != JSON_KIND_ARRAY) {
		api_error(rs, 400, "Invalid json: an array of transactions as "
				   "hexadecimal strings is expected");
		goto out;
	}
	n = json_count(d.root);
	if (n < 1 || n > PACKAGE_TX_MAX) {
		rpc_error(rs, "submitpackage", RPC_PARAMETER,
			  "Array must contain between 1 and 25 transactions.");
		goto out;
	}
	for (p->n = 0; p->n < n; p->n++) {
		const char *hex = "";
		size_t len = 0;

		if (!json_as_str(json_at(d.root, p->n), &hex, &len) ||
		    !read_tx(bytes_of(hex, len), rq->arena, &p->raw[p->n],
			     &p->tx[p->n])) {
			char text[160];

			snprintf(text, sizeof(text),
				 "TX decode failed: %.40s Make sure the tx has "
				 "at least one input.", hex);
			rpc_error(rs, "submitpackage", RPC_DECODE, text);
			goto out;
		}
	}
	ok = true;
out:
	json_doc_free(&d);
	return ok;
}

static void put_fees(struct json_writer *w, const struct package *p, uint32_t i)
{
	const struct tx_result *r = &p->result[i];

	json_put_uint(w, "vsize", r->vsize);
	json_key(w, "fees");
	json_obj_begin(w);
	json_put_amount(w, "base", r->fee_sat);
	if (!r->known) {
		json_put_amount(w, "effective-feerate",
				r->group_vsize ? r->group_fee_sat * 1000 /
							 r->group_vsize
					       : 0);
		json_key(w, "effective-includes");
		json_arr_begin(w);
		for (uint32_t k = 0; k < p->n; k++)
			if (p->result[k].verdict.code == VALID &&
			    p->result[k].group_fee_sat == r->group_fee_sat &&
			    p->result[k].group_vsize == r->group_vsize)
				json_hash(w, &p->result[k].wtxid.h);
		json_arr_end(w);
	}
	json_obj_end(w);
}

static void put_package(struct response *rs, const struct package *p,
			const struct txid *replaced, uint32_t n_replaced)
{
	char text[REFUSAL_SIZE], wtxid[HASH_TEXT_SIZE];
	struct json_writer w;

	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_str(&w, "package_msg",
		     p->verdict.code == VALID ? "success"
					      : verdict_name(p->verdict.code));
	json_key(&w, "tx-results");
	json_obj_begin(&w);
	for (uint32_t i = 0; i < p->n; i++) {
		const struct tx_result *r = &p->result[i];

		json_key(&w, hash256_text(wtxid, &p->tx[i].wtxid.h));
		json_obj_begin(&w);
		json_put_hash(&w, "txid", &p->tx[i].txid.h);
		if (r->verdict.code == VALID || r->known) {
			put_fees(&w, p, i);
		} else {
			refusal(text, sizeof(text), &r->verdict);
			json_put_str(&w, "error", text);
		}
		json_obj_end(&w);
	}
	json_obj_end(&w);
	json_key(&w, "replaced-transactions");
	json_arr_begin(&w);
	for (uint32_t i = 0; i < n_replaced; i++)
		json_hash(&w, &replaced[i].h);
	json_arr_end(&w);
	json_obj_end(&w);
}

void esplora_post_package(struct app *app, const struct request *rq,
			  struct response *rs)
{
	struct package *p = arena_new(rq->arena, struct package);
	struct tx_options o = {.source = "http", .own = true};
	struct txid *replaced;
	uint32_t n_replaced;
	int64_t before;
	enum status st;

	if (!p) {
		error_status(rs, rq, ST_NOMEM);
		return;
	}
	if (!read_package(rq, rs, p))
		return;
	for (uint32_t i = 0; i < p->n; i++)
		o.max_fee_sat += (int64_t)tx_vsize(&p->tx[i]) *
				 MAX_FEE_SAT_KVB / 1000;
	st = query_last_event(app->node, &before);
	if (st == ST_OK)
		st = node_accept_package(app->node, p->raw, p->n, &o, p->result,
					 &p->verdict);
	if (st == ST_OK)
		st = query_replaced(app->node, before, p->tx, p->n, rq->arena,
				    &replaced, &n_replaced);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	put_package(rs, p, replaced, n_replaced);
	api_tip(app, rs);
}
