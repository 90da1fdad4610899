/* SPDX-License-Identifier: MIT */
/*
 * What other nodes ask: /node/status, /node/headers, /node/block/HASH,
 * /node/mempool, /node/peers. Hashes in paths and JSON are in the order people
 * read; raw bodies are in wire order.
 */
#include "base/hex.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "json/write.h"
#include "node/finality/finality.h"
#include "node/net/identity.h"
#include "node/net/peers.h"
#include "node/query/query.h"

#define LOCATOR_MAX 64
#define HEADERS_MAX 2000
#define MEMPOOL_BYTES_MAX (1u << 20)
#define MEMPOOL_TX_MAX 5000
#define PEERS_SHOWN_MAX 250

void peer_status(struct app *app, const struct request *rq, struct response *rs)
{
	const struct params *p = node_params(app->node);
	struct json_writer w;
	struct node_tip tip;
	uint8_t work[32];
	const char *challenge = request_query(rq, "challenge");
	uint8_t nonce[NODEPROOF_CHALLENGE_SIZE], key[NODEPROOF_KEY_SIZE];
	uint8_t sig[NODEPROOF_SIG_SIZE];
	int64_t votes = 0;
	enum status st = node_tip(app->node, &tip);

	if (challenge &&
	    !hex_parse(nonce, sizeof(nonce), challenge, strlen(challenge))) {
		error_reply(rs, rq, 400, "bad-challenge",
			    "A challenge has 64 hexadecimal digits.");
		return;
	}
	if (st == ST_OK && node_has_finality(app->node))
		st = node_vote_last(app->node, &votes);
	if (st == ST_OK && challenge)
		st = identity_prove(app->node, nonce, rq->host, key, sig);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	u256_to_be(work, &tip.chainwork);
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_str(&w, "software", "quarry/" PACKAGE_VERSION);
	json_put_str(&w, "network", p->name);
	json_put_hash(&w, "genesis", &p->genesis_id.h);
	if (p->own)
		json_put_hex(&w, "document", p->document.b, 32);
	else
		json_put_str(&w, "document", "");
	json_put_uint(&w, "height", tip.height);
	json_put_hash(&w, "tip", &tip.id.h);
	json_put_hex(&w, "chainwork", work, 32);
	json_put_int(&w, "time", node_now_s(app->node));
	if (node_has_finality(app->node))
		json_put_int(&w, "votes", votes);
	if (challenge) {
		json_put_hex(&w, "key", key, sizeof(key));
		json_put_hex(&w, "signature", sig, sizeof(sig));
	}
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}

void peer_headers(struct app *app, const struct request *rq, struct response *rs)
{
	struct blkid locator[LOCATOR_MAX];
	const struct blkid none = {0};
	size_t n = rq->body.len / 32;
	uint8_t *headers;
	uint32_t count;
	enum status st;

	if (rq->body.len % 32 || n == 0 || n > LOCATOR_MAX) {
		error_reply(rs, rq, 400, "bad-locator",
			    "The body is 1 to 64 block hashes of 32 bytes.");
		return;
	}
	memcpy(locator, rq->body.p, n * 32);
	st = query_headers(app->node, locator, n, &none, HEADERS_MAX, rq->arena,
			   &headers, &count);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	rs->type = TYPE_BYTES;
	buf_add(&rs->body, headers, (size_t)count * HEADER_SIZE);
}

void peer_block(struct app *app, const struct request *rq, struct response *rs)
{
	struct blkid id;
	struct bytes raw;
	enum status st;

	if (!hash256_parse(&id.h, (const char *)rq->arg[0].p, rq->arg[0].len)) {
		error_reply(rs, rq, 400, "bad-hash",
			    "A block's hash has 64 hexadecimal digits.");
		return;
	}
	st = query_block_raw(app->node, &id, rq->arena, &raw);
	if (st == ST_NOT_FOUND) {
		error_not_found(rs, rq, "Block not found");
	} else if (st != ST_OK) {
		error_status(rs, rq, st);
	} else {
		rs->type = TYPE_BYTES;
		buf_bytes(&rs->body, raw);
	}
}

void peer_mempool(struct app *app, const struct request *rq, struct response *rs)
{
	struct pool_tx *tx;
	uint64_t after, next;
	uint32_t n;
	enum status st;

	if (!request_query_number(rq, "after", 0, INT64_MAX, &after)) {
		error_reply(rs, rq, 400, "bad-cursor",
			    "after is the number that the last answer began with.");
		return;
	}
	st = query_pool(app->node, (int64_t)after, MEMPOOL_TX_MAX, rq->arena, &tx,
			&n);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	rs->type = TYPE_BYTES;
	next = after;
	buf_le64(&rs->body, next);
	for (uint32_t i = 0; i < n; i++) {
		if (rs->body.len + 4 + tx[i].raw.len > MEMPOOL_BYTES_MAX && i > 0)
			break;
		buf_le32(&rs->body, (uint32_t)tx[i].raw.len);
		buf_bytes(&rs->body, tx[i].raw);
		next = (uint64_t)tx[i].id;
	}
	if (buf_status(&rs->body) == ST_OK)
		le64_put(rs->body.p, next);
}

void peer_peers(struct app *app, const struct request *rq, struct response *rs)
{
	struct peer_info *peers;
	struct json_writer w;
	uint32_t n, shown = 0;
	enum status st = peers_list(app->node, rq->arena, &peers, &n);

	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_key(&w, "peers");
	json_arr_begin(&w);
	for (uint32_t i = 0; i < n && shown < PEERS_SHOWN_MAX; i++) {
		if (peers[i].state != PEER_ACTIVE)
			continue;
		json_str(&w, peers[i].url);
		shown++;
	}
	json_arr_end(&w);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}
