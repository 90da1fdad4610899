/* SPDX-License-Identifier: MIT */
/*
 * The client's side of the protocol between nodes: HTTPS requests under /node.
 *
 *	GET  /node/status?challenge=N	what chain, how much work, and who it is
 *	POST /node/headers		a locator; answer: up to 2000 headers
 *	GET  /node/block/HASH		the block's bytes, 404 when unknown
 *	GET  /node/mempool?after=N	a cursor, then transactions
 *	GET  /node/votes		votes for finality, on chains that have it
 *	POST /node/votes		such votes
 *	GET  /node/peers		other nodes it knows
 *	POST /node/block, /node/tx	here is news
 *	POST /node/proposal		a block for makers to sign
 *
 * peer_ask_* queue a request in a fetch engine; its result comes out of
 * fetch_next with the kind below and is read by the peer_read_* of that kind.
 * Reading judges form only, whether what came is valid is the node's business:
 *
 *	ST_OK		the answer has the right form
 *	ST_NOT_FOUND	a block it does not have
 *	ST_PARSE	it broke the protocol: a lie or another kind of server
 *	ST_BUSY		it asked us to come again later
 *	others		no answer, as in struct fetch_result
 *
 * and whenever it is not ST_OK, `why` is a phrase in printable ASCII.
 */
#ifndef QUARRY_REMOTE_PEER_CLIENT_H
#define QUARRY_REMOTE_PEER_CLIENT_H

#include "base/u256.h"
#include "primitives/hash.h"
#include "primitives/nodeproof.h"
#include "primitives/vote.h"
#include "remote/fetch.h"

#define PEER_LOCATOR_MAX 64
#define PEER_HEADERS_MAX 2000
#define PEER_WHY_SIZE 160
#define PEER_LIST_MAX 256
#define PEER_VOTES_MAX 1000	/* in one message */

enum peer_kind {
	PEER_PROBE,
	PEER_STATUS,
	PEER_HEADERS,
	PEER_BLOCK,
	PEER_MEMPOOL,
	PEER_PEERS,
	PEER_SEND_BLOCK,
	PEER_SEND_TX,
	PEER_SEND_PROPOSAL,
	PEER_VOTES,
	PEER_SEND_VOTES,
};

/* Where to ask, and what comes back with the result. */
struct peer_at {
	const char *url;	/* normalised */
	const char *pin;	/* "" : a CA vouches */
	void *owner;
	uint64_t tag;
};

NODISCARD enum status peer_ask_probe(struct fetch *f, const struct peer_at *p);
/* A fresh challenge, which its proof in the answer is read against. */
NODISCARD enum status peer_challenge(uint8_t challenge[NODEPROOF_CHALLENGE_SIZE]);
NODISCARD enum status
peer_ask_status(struct fetch *f, const struct peer_at *p,
		const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE]);
NODISCARD enum status peer_ask_headers(struct fetch *f, const struct peer_at *p,
				       const struct blkid *locator, size_t n);
NODISCARD enum status peer_ask_block(struct fetch *f, const struct peer_at *p,
				     const struct blkid *id);
NODISCARD enum status peer_ask_mempool(struct fetch *f, const struct peer_at *p,
				       uint64_t after);
/* Its votes behind a row of its, in the order they came to it. */
NODISCARD enum status peer_ask_votes(struct fetch *f, const struct peer_at *p,
				     uint64_t after);
/* With a target above a height, lowest first; after: INT64_MAX, or to go on the
 * last answer's cursor, with the target height of its last vote. */
NODISCARD enum status peer_ask_votes_above(struct fetch *f,
					   const struct peer_at *p,
					   uint32_t height, uint64_t after);
NODISCARD enum status peer_ask_peers(struct fetch *f, const struct peer_at *p);
/* kind: one of PEER_SEND_... genesis: of our chain. */
NODISCARD enum status peer_send(struct fetch *f, const struct peer_at *p,
				enum peer_kind kind, struct blob *raw,
				const struct blkid *genesis);

struct peer_status {
	char software[64];
	char network[32];
	struct blkid genesis;
	char document[65];	/* 64 digits, or "" */
	int64_t height;
	struct blkid tip;
	struct u256 chainwork;	/* as it says */
	int64_t time;
	int64_t votes;		/* the number of its last vote; 0: none */
	uint8_t key[NODEPROOF_KEY_SIZE]; /* its own, proven */
};

/* url: where it was asked. ST_PARSE also when the signature of the challenge
 * (primitives/nodeproof.h) is missing or wrong. */
NODISCARD enum status
peer_read_status(const struct fetch_result *r, const char *url,
		 const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE],
		 struct peer_status *out, char why[PEER_WHY_SIZE]);
/* headers points into r. */
NODISCARD enum status peer_read_headers(const struct fetch_result *r,
					const uint8_t **headers, size_t *count,
					char why[PEER_WHY_SIZE]);
/* The header of the bytes hashes to id; nothing else is known of them. */
NODISCARD enum status peer_read_block(const struct fetch_result *r,
				      const struct blkid *id, struct bytes *raw,
				      char why[PEER_WHY_SIZE]);
/* Walks an answer: begin, then next until it says false; *broken when the
 * framing is. */
struct peer_mempool {
	struct reader r;
	uint64_t next;		/* cursor for the next call */
	bool broken;
};
NODISCARD enum status peer_read_mempool(const struct fetch_result *r,
					struct peer_mempool *m,
					char why[PEER_WHY_SIZE]);
NODISCARD bool peer_mempool_next(struct peer_mempool *m, struct bytes *raw);

/* count votes, of which the first of raw is 168 bytes into r, and so on. */
NODISCARD enum status peer_read_votes(const struct fetch_result *r,
				      uint64_t *next, const uint8_t **raw,
				      size_t *count, char why[PEER_WHY_SIZE]);
/* An answer to PEER_SEND_VOTES. reason: of the first that it did not take, or
 * "". */
NODISCARD enum status peer_read_votes_taken(const struct fetch_result *r,
					    char reason[96],
					    char why[PEER_WHY_SIZE]);

/* Calls each(user, url) for every URL of the list that url_parse takes, at most
 * PEER_LIST_MAX. */
NODISCARD enum status peer_read_peers(const struct fetch_result *r,
				      bool allow_http,
				      void (*each)(void *user, const char *url),
				      void *user, char why[PEER_WHY_SIZE]);

struct peer_answer {
	bool accepted;
	bool known;		/* it had it before */
	char reason[96];	/* when not accepted */
};
/* An answer to peer_send. ST_DENIED: it is on another chain. */
NODISCARD enum status peer_read_answer(const struct fetch_result *r,
				       struct peer_answer *out,
				       char why[PEER_WHY_SIZE]);

#endif
