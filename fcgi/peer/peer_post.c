/* SPDX-License-Identifier: MIT */
/*
 * What other nodes bring: raw blocks and transactions. The answer to anything
 * that could be judged is 200 with the judgement; 409 when the sender says it is
 * on another chain (X-Quarry-Genesis), 503 when it should come again.
 */
#include <stdio.h>

#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "json/write.h"
#include "node/chain/offer.h"
#include "node/core/announce.h"
#include "node/mine/proposal.h"
#include "node/pool/mempool.h"

#define SOURCE_SIZE 64

/* Whether the sender is on this chain, or says nothing about it. */
static bool same_chain(struct app *app, const struct request *rq,
		       struct response *rs)
{
	const struct params *p = node_params(app->node);
	struct hash256 genesis;

	if (!*rq->genesis)
		return true;
	if (hash256_parse(&genesis, rq->genesis, strlen(rq->genesis)) &&
	    hash256_equal(&genesis, &p->genesis_id.h))
		return true;
	error_reply(rs, rq, 409, "other-chain",
		    "This node is on another chain: %s.", p->name);
	return false;
}

static void reply(struct response *rs, const struct verdict *v, bool known)
{
	char reason[VERDICT_DETAIL_SIZE + 96] = "";
	struct json_writer w;

	if (v->code != VALID)
		verdict_reject(reason, sizeof(reason), v);
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_bool(&w, "accepted", v->code == VALID);
	json_put_bool(&w, "known", known);
	json_put_str(&w, "reason", reason);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}

/* "http 192.0.2.7", for the rows that say who brought it. */
static const char *source(const struct request *rq, char out[SOURCE_SIZE])
{
	snprintf(out, SOURCE_SIZE, "http %.45s", rq->remote);
	return out;
}

void peer_block_submit(struct app *app, const struct request *rq,
		       struct response *rs)
{
	struct block_result r;
	char from[SOURCE_SIZE];
	enum status st;

	if (!same_chain(app, rq, rs))
		return;
	st = node_offer_block(app->node, rq->body.p, rq->body.len,
			      source(rq, from), &r);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	if (r.tip_changed)
		announce_nudge(app->node);
	reply(rs, &r.verdict, r.known);
}

/* A block that makers are to sign, or more signatures for one. */
void peer_proposal_submit(struct app *app, const struct request *rq,
			  struct response *rs)
{
	struct proposal_result r;
	enum status st;

	if (!same_chain(app, rq, rs))
		return;
	st = node_take_proposal(app->node, rq->body.p, rq->body.len, &r);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	if (r.verdict.code == VALID && !r.known)
		announce_nudge(app->node);
	reply(rs, &r.verdict, r.known);
}

/* Whether the refusal means that we have it already. */
static bool is_known(enum verdict_code code)
{
	const char *name = verdict_name(code);

	return strcmp(name, "txn-already-in-mempool") == 0 ||
	       strcmp(name, "txn-already-known") == 0 ||
	       strcmp(name, "txn-same-nonwitness-data-in-mempool") == 0;
}

void peer_tx_submit(struct app *app, const struct request *rq,
		    struct response *rs)
{
	struct tx_options o = {0};
	struct tx_result r;
	char from[SOURCE_SIZE];
	enum status st;

	if (!same_chain(app, rq, rs))
		return;
	o.source = source(rq, from);
	st = node_accept_tx(app->node, rq->body.p, rq->body.len, &o, &r);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	if (r.verdict.code == VALID)
		announce_nudge(app->node);
	reply(rs, &r.verdict, is_known(r.verdict.code));
}
