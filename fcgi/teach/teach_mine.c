/* SPDX-License-Identifier: MIT */
/*
 * GET and POST /mine: one block, here and now, paid to ?address=, to the body's
 * "address", or to the key mine_address. One request mines at a time (a lease);
 * the others are told to come again, so that the workers stay free.
 */
#include "base/clock.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/teach/chain_json.h"
#include "json/read.h"
#include "node/core/announce.h"
#include "node/mine/template.h"
#include "primitives/address.h"

#define MINE_LEASE "http-mine"
#define MINE_TIME_MS 20000
#define MINE_TRIES (1u << 24)

/* Who is to be paid, as the request says it; *asked false when it does not. */
static bool asked_address(const struct request *rq, struct response *rs,
			  char out[ADDRESS_TEXT_SIZE], bool *asked)
{
	const char *text = request_query(rq, "address");
	char error[JSON_ERROR_SIZE];
	struct json_doc doc = {0};
	size_t len;
	bool ok = true;

	if (!text && rq->body.len) {
		if (json_doc_parse(&doc, rq->body.p, rq->body.len, rq->body.len,
				   error) != ST_OK) {
			error_reply(rs, rq, 400, "bad-json",
				    "The body is no JSON: %s.", error);
			ok = false;
		} else if (!json_get_str(doc.root, "address", &text, &len)) {
			text = NULL;
		}
	}
	*asked = text != NULL;
	if (ok && text) {
		if (strlen(text) >= ADDRESS_TEXT_SIZE) {
			error_reply(rs, rq, 400, "bad-address",
				    "The address is too long to be one.");
			ok = false;
		} else {
			memcpy(out, text, strlen(text) + 1);
		}
	}
	json_doc_free(&doc);
	return ok;
}

static bool payee_script(struct app *app, const struct request *rq,
			 struct response *rs, struct buf *script)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *text = address;
	bool asked;

	if (!asked_address(rq, rs, address, &asked))
		return false;
	if (!asked)
		text = conf_text(app->conf, CONF_MINE_ADDRESS);
	if (!asked && !*text) {
		error_reply(rs, rq, 400, "no-address",
			    "Say who is paid: /mine?address=ADDRESS, or set "
			    "mine_address in quarry.conf.");
		return false;
	}
	switch (address_to_script(script, node_params(app->node), text,
				  strlen(text))) {
	case ADDRESS_OK:
		return true;
	case ADDRESS_OTHER_NETWORK:
		error_reply(rs, rq, 400, "other-network",
			    "The address belongs to another network than %s.",
			    node_params(app->node)->name);
		return false;
	case ADDRESS_INVALID:
		break;
	}
	error_reply(rs, rq, 400, "bad-address",
		    "The address is none, or has a typing error.");
	return false;
}

static enum status mine(struct app *app, struct bytes script, struct blkid *id)
{
	int64_t until = clock_mono_ms() + MINE_TIME_MS;
	enum status st;

	do {
		st = node_lease_take(app->node, MINE_LEASE, 5000);
		if (st != ST_OK)
			return st;
		st = node_mine_one(app->node, script, MINE_TRIES, "http", id);
	} while ((st == ST_TIMEOUT || st == ST_STALE) && clock_mono_ms() < until);
	node_lease_release(app->node, MINE_LEASE);
	return st;
}

static enum status reply(struct app *app, struct response *rs,
			 const struct blkid *id)
{
	struct block_info info;
	struct json_writer w;
	enum status st = query_block(app->node, id, &info);

	if (st != ST_OK)
		return st;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_hash(&w, "hash", &info.id.h);
	json_put_uint(&w, "height", info.height);
	json_put_uint(&w, "index", (uint64_t)info.height + 1);
	json_put_str(&w, "message", "New Block Forged");
	json_put_hash(&w, "previous_hash", &info.header.prev.h);
	json_put_uint(&w, "proof", info.header.nonce);
	json_key(&w, "transactions");
	st = chain_json_transactions(app, &w, &info);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	return st;
}

void teach_mine(struct app *app, const struct request *rq, struct response *rs)
{
	struct blkid id;
	struct buf script;
	enum status st;

	buf_init(&script, 256);
	if (!payee_script(app, rq, rs, &script))
		goto out;
	/* who only looks whether the address is there has asked for no block */
	if (rq->method == HTTP_HEAD) {
		rs->status = 200;
		goto out;
	}
	st = mine(app, buf_view(&script), &id);
	if (st == ST_OK) {
		announce_nudge(app->node);
		st = reply(app, rs, &id);
	}
	if (st == ST_TIMEOUT) {
		rs->retry_after_s = 1;
		error_reply(rs, rq, 503, "not-found-in-time",
			    "No block was found in %d seconds; try again, or let "
			    "quarry-miner search.", MINE_TIME_MS / 1000);
	} else if (st == ST_BUSY || st == ST_STALE) {
		rs->retry_after_s = 1;
		error_reply(rs, rq, 503, "busy",
			    "Another block is being mined; try again in a second.");
	} else if (st != ST_OK) {
		error_status(rs, rq, st);
	}
out:
	buf_free(&script);
}
