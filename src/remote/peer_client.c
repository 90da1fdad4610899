/* SPDX-License-Identifier: MIT */
/* Each request has its own caps of bytes and time; each answer is read within
 * bounds and hidden behind plain structs. */
#include "remote/peer_client.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/url.h"
#include "crypto/ec.h"
#include "crypto/rand.h"
#include "json/read.h"
#include "primitives/block.h"
#include "primitives/header.h"

#define STATUS_BYTES 4096
#define PEERS_BYTES (PEER_LIST_MAX * URL_TEXT_SIZE)
#define MEMPOOL_BYTES (1048576 + 8)
#define ANSWER_BYTES 4096
#define VOTES_BYTES (8 + (size_t)PEER_VOTES_MAX * VOTE_SIZE)

#define SHORT_MS 10000
#define BULK_MS 60000
/* a node may take its time to judge a large block before it answers */
#define SEND_MS 30000

static struct fetch_request request(const struct peer_at *p, enum peer_kind kind,
				    const char *path, size_t max_bytes,
				    int timeout_ms)
{
	return (struct fetch_request){
		.base = p->url,
		.path = path,
		.pin = p->pin,
		.max_bytes = max_bytes,
		.timeout_ms = timeout_ms,
		.owner = p->owner,
		.kind = kind,
		.tag = p->tag,
	};
}

enum status peer_ask_probe(struct fetch *f, const struct peer_at *p)
{
	struct fetch_request r = request(p, PEER_PROBE, "/", 0, SHORT_MS);

	r.probe = true;
	r.pin = "";
	return fetch_start(f, &r);
}

enum status peer_challenge(uint8_t challenge[NODEPROOF_CHALLENGE_SIZE])
{
	return rand_bytes(challenge, NODEPROOF_CHALLENGE_SIZE);
}

enum status peer_ask_status(struct fetch *f, const struct peer_at *p,
			    const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE])
{
	char path[FETCH_PATH_MAX], digits[2 * NODEPROOF_CHALLENGE_SIZE + 1];
	struct fetch_request r;

	snprintf(path, sizeof(path), "/node/status?challenge=%s",
		 hex_text(digits, challenge, NODEPROOF_CHALLENGE_SIZE));
	r = request(p, PEER_STATUS, path, STATUS_BYTES, SHORT_MS);
	return fetch_start(f, &r);
}

enum status peer_ask_headers(struct fetch *f, const struct peer_at *p,
			     const struct blkid *locator, size_t n)
{
	struct fetch_request r =
		request(p, PEER_HEADERS, "/node/headers",
			(size_t)PEER_HEADERS_MAX * HEADER_SIZE, BULK_MS);
	uint8_t body[PEER_LOCATOR_MAX * 32];
	enum status st;

	if (n > PEER_LOCATOR_MAX)
		n = PEER_LOCATOR_MAX;
	for (size_t i = 0; i < n; i++)
		memcpy(body + 32 * i, locator[i].h.b, 32);
	r.post = blob_new(body, 32 * n);
	if (!r.post)
		return ST_NOMEM;
	r.slow_is_bad = true;
	st = fetch_start(f, &r);
	blob_drop(r.post);
	return st;
}

enum status peer_ask_block(struct fetch *f, const struct peer_at *p,
			   const struct blkid *id)
{
	char path[FETCH_PATH_MAX], hash[HASH_TEXT_SIZE];
	struct fetch_request r;

	snprintf(path, sizeof(path), "/node/block/%s", hash256_text(hash, &id->h));
	r = request(p, PEER_BLOCK, path, BLOCK_SIZE_MAX, BULK_MS);
	r.slow_is_bad = true;
	return fetch_start(f, &r);
}

enum status peer_ask_mempool(struct fetch *f, const struct peer_at *p,
			     uint64_t after)
{
	char path[FETCH_PATH_MAX];
	struct fetch_request r;

	snprintf(path, sizeof(path), "/node/mempool?after=%llu",
		 (unsigned long long)after);
	r = request(p, PEER_MEMPOOL, path, MEMPOOL_BYTES, BULK_MS);
	r.slow_is_bad = true;
	return fetch_start(f, &r);
}

static enum status ask_votes(struct fetch *f, const struct peer_at *p,
			     const char *path)
{
	struct fetch_request r = request(p, PEER_VOTES, path, VOTES_BYTES,
					 BULK_MS);

	r.slow_is_bad = true;
	return fetch_start(f, &r);
}

enum status peer_ask_votes(struct fetch *f, const struct peer_at *p,
			   uint64_t after)
{
	char path[FETCH_PATH_MAX];

	snprintf(path, sizeof(path), "/node/votes?after=%llu",
		 (unsigned long long)after);
	return ask_votes(f, p, path);
}

enum status peer_ask_votes_above(struct fetch *f, const struct peer_at *p,
				 uint32_t height, uint64_t after)
{
	char path[FETCH_PATH_MAX];

	snprintf(path, sizeof(path), "/node/votes?above=%u&after=%llu", height,
		 (unsigned long long)after);
	return ask_votes(f, p, path);
}

enum status peer_ask_peers(struct fetch *f, const struct peer_at *p)
{
	struct fetch_request r =
		request(p, PEER_PEERS, "/node/peers", PEERS_BYTES, SHORT_MS);

	return fetch_start(f, &r);
}

enum status peer_send(struct fetch *f, const struct peer_at *p,
		      enum peer_kind kind, struct blob *raw,
		      const struct blkid *genesis)
{
	char header[FETCH_PATH_MAX], hash[HASH_TEXT_SIZE];
	struct fetch_request r;

	snprintf(header, sizeof(header), "X-Quarry-Genesis: %s",
		 hash256_text(hash, &genesis->h));
	r = request(p, kind, kind == PEER_SEND_BLOCK   ? "/node/block"
			     : kind == PEER_SEND_TX    ? "/node/tx"
			     : kind == PEER_SEND_VOTES ? "/node/votes"
						       : "/node/proposal",
		    ANSWER_BYTES, SEND_MS);
	r.post = raw;
	r.header = header;
	return fetch_start(f, &r);
}

static enum status broken(char *why, const char *what)
{
	snprintf(why, PEER_WHY_SIZE, "%s", what);
	return ST_PARSE;
}

/* The part of judging that is the same for all: is there a 200? */
static enum status answered(const struct fetch_result *r, char *why)
{
	why[0] = '\0';
	if (r->st != ST_OK) {
		snprintf(why, PEER_WHY_SIZE, "%s", r->why);
		return r->st;
	}
	if (r->http == 200)
		return ST_OK;
	snprintf(why, PEER_WHY_SIZE, "it answered with HTTP code %d", r->http);
	if (r->http == 404)
		return ST_NOT_FOUND;
	if (r->http == 429 || r->http == 503)
		return ST_BUSY;
	return ST_REMOTE;
}

static enum status parse_body(const struct fetch_result *r, struct json_doc *d,
			      char *why)
{
	char error[JSON_ERROR_SIZE];
	enum status st;

	st = json_doc_parse(d, r->body.p, r->body.len, r->body.max, error);
	if (st == ST_OK || st == ST_NOMEM)
		return st;
	snprintf(why, PEER_WHY_SIZE, "its answer is no JSON as it should be");
	return ST_PARSE;
}

/* A stranger's text, cut and made printable. */
static bool copy_text(char *out, size_t size, const struct json_value *v,
		      const char *key)
{
	const char *s;
	size_t len;

	if (!json_get_str(v, key, &s, &len))
		return false;
	log_safe(out, size, s, len);
	return true;
}

static bool read_status(const struct json_value *v, struct peer_status *out)
{
	const char *work, *document;
	uint8_t be[32], sha[32];
	size_t work_len, len;

	if (!copy_text(out->software, sizeof(out->software), v, "software") ||
	    !copy_text(out->network, sizeof(out->network), v, "network") ||
	    !json_get_hash(v, "genesis", &out->genesis.h) ||
	    !json_get_hash(v, "tip", &out->tip.h) ||
	    !json_get_int(v, "height", &out->height) || out->height < 0 ||
	    out->height > INT32_MAX || !json_get_int(v, "time", &out->time) ||
	    !json_get_str(v, "chainwork", &work, &work_len) ||
	    !hex_parse(be, sizeof(be), work, work_len) ||
	    !json_get_str(v, "document", &document, &len))
		return false;
	if (len && !hex_parse(sha, sizeof(sha), document, len))
		return false;
	if (!json_get_int(v, "votes", &out->votes) || out->votes < 0)
		out->votes = 0;
	out->document[0] = '\0';
	if (len)
		hex_text(out->document, sha, sizeof(sha));
	out->chainwork = u256_from_be(be);
	return true;
}

static bool get_digits(const struct json_value *v, const char *name,
		       uint8_t *out, size_t n)
{
	const char *s;
	size_t len;

	return json_get_str(v, name, &s, &len) && hex_parse(out, n, s, len);
}

/* Did it sign our challenge for this chain and the name we asked under? */
static bool proves_key(const struct json_value *v, const char *url,
		       const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE],
		       struct peer_status *out)
{
	const char *host = strstr(url, "://");
	uint8_t digest[32], sig[NODEPROOF_SIG_SIZE];

	if (!get_digits(v, "key", out->key, sizeof(out->key)) ||
	    !get_digits(v, "signature", sig, sizeof(sig)))
		return false;
	nodeproof_digest(digest, &out->genesis, challenge, host ? host + 3 : url);
	return ec_verify_schnorr(sig, out->key, digest);
}

enum status peer_read_status(const struct fetch_result *r, const char *url,
			     const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE],
			     struct peer_status *out, char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);
	struct json_doc d;

	if (st == ST_OK)
		st = parse_body(r, &d, why);
	if (st != ST_OK)
		return st;
	if (!read_status(d.root, out))
		st = broken(why, "its status lacks what a node says");
	else if (!proves_key(d.root, url, challenge, out))
		st = broken(why, "it did not prove its key");
	json_doc_free(&d);
	return st;
}

enum status peer_read_headers(const struct fetch_result *r,
			      const uint8_t **headers, size_t *count,
			      char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);

	if (st != ST_OK)
		return st;
	if (r->body.len % HEADER_SIZE)
		return broken(why, "its headers are not 80 bytes each");
	*headers = r->body.p;
	*count = r->body.len / HEADER_SIZE;
	return ST_OK;
}

enum status peer_read_block(const struct fetch_result *r, const struct blkid *id,
			    struct bytes *raw, char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);
	struct blkid got;

	if (st != ST_OK)
		return st;
	if (r->body.len < HEADER_SIZE)
		return broken(why, "it sent no block");
	header_hash_raw(&got, r->body.p);
	if (!hash256_equal(&got.h, &id->h))
		return broken(why, "it sent another block than it was asked for");
	*raw = buf_view(&r->body);
	return ST_OK;
}

enum status peer_read_mempool(const struct fetch_result *r,
			      struct peer_mempool *m, char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);

	if (st != ST_OK)
		return st;
	m->r = reader_of(r->body.p, r->body.len);
	m->next = reader_le64(&m->r);
	m->broken = m->r.failed;
	if (m->broken)
		return broken(why, "its transactions do not begin with a cursor");
	return ST_OK;
}

bool peer_mempool_next(struct peer_mempool *m, struct bytes *raw)
{
	uint32_t len;

	if (m->broken || reader_left(&m->r) == 0)
		return false;
	len = reader_le32(&m->r);
	raw->p = reader_take(&m->r, len);
	raw->len = len;
	m->broken = !raw->p;
	return !m->broken;
}

enum status peer_read_votes(const struct fetch_result *r, uint64_t *next,
			    const uint8_t **raw, size_t *count,
			    char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);

	if (st != ST_OK)
		return st;
	if (r->body.len < 8 || (r->body.len - 8) % VOTE_SIZE ||
	    le64_get(r->body.p) > INT64_MAX)
		return broken(why, "its votes are not a cursor and 168 bytes each");
	*next = le64_get(r->body.p);
	*raw = r->body.p + 8;
	*count = (r->body.len - 8) / VOTE_SIZE;
	return ST_OK;
}

enum status peer_read_votes_taken(const struct fetch_result *r, char reason[96],
				  char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);
	struct json_doc d;

	reason[0] = '\0';
	if (st == ST_OK)
		st = parse_body(r, &d, why);
	if (st != ST_OK)
		return st;
	if (!copy_text(reason, 96, d.root, "reason"))
		st = broken(why, "its answer does not say which votes it took");
	json_doc_free(&d);
	return st;
}

enum status peer_read_peers(const struct fetch_result *r, bool allow_http,
			    void (*each)(void *user, const char *url), void *user,
			    char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);
	const struct json_value *list;
	struct json_doc d;

	if (st == ST_OK)
		st = parse_body(r, &d, why);
	if (st != ST_OK)
		return st;
	list = json_get_array(d.root, "peers");
	if (!list)
		st = broken(why, "its answer has no list of peers");
	for (size_t i = 0; i < json_count(list) && i < PEER_LIST_MAX; i++) {
		const char *text, *phrase;
		struct url u;
		size_t len;

		if (json_as_str(json_at(list, i), &text, &len) &&
		    url_parse(&u, text, len, allow_http, &phrase) == ST_OK)
			each(user, u.text);
	}
	json_doc_free(&d);
	return st;
}

enum status peer_read_answer(const struct fetch_result *r,
			     struct peer_answer *out, char why[PEER_WHY_SIZE])
{
	enum status st = answered(r, why);
	struct json_doc d;

	if (r->st == ST_OK && r->http == 409) {
		snprintf(why, PEER_WHY_SIZE, "it is on another chain");
		return ST_DENIED;
	}
	if (st == ST_OK)
		st = parse_body(r, &d, why);
	if (st != ST_OK)
		return st;
	*out = (struct peer_answer){0};
	if (!json_get_bool(d.root, "accepted", &out->accepted))
		st = broken(why, "its answer does not say whether it accepted");
	if (!json_get_bool(d.root, "known", &out->known))
		out->known = false;
	copy_text(out->reason, sizeof(out->reason), d.root, "reason");
	json_doc_free(&d);
	return st;
}
