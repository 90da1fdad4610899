/* SPDX-License-Identifier: MIT */
/*
 * REST /wallet: what the wallet's pages are made of. JSON, amounts in satoshi.
 *
 * A wallet belongs to somebody: every look-up is by owner and name, so that no
 * path leads to another's.
 */
#ifndef QUARRY_FCGI_WALLET_WALLET_API_H
#define QUARRY_FCGI_WALLET_WALLET_API_H

#include "fcgi/http/app.h"
#include "fcgi/http/error.h"
#include "funds/funds.h"
#include "json/read.h"
#include "json/write.h"

/* One request at a wallet. */
struct wallet_request {
	struct app *app;
	const struct request *rq;
	struct response *rs;
	struct arena arena;
	struct json_doc doc;
	const struct json_value *body;	/* the object sent; NULL: none */
	struct funds_at at;
	char owner[PURSE_OWNER_SIZE];
	struct funds f;			/* of the wallet that the path names */
	bool snapshot;
};

/* Who asks, wallets.db (made with `create`), and the body as an object. False: it
 * is answered. Call wallet_end after either. */
bool wallet_begin(struct wallet_request *w, struct app *app,
		  const struct request *rq, struct response *rs, bool create);
/* The wallet of the path, in one snapshot of the node when `snapshot`. */
bool wallet_look(struct wallet_request *w, bool snapshot);
/* Ends the snapshot, for what writes to the node. */
void wallet_look_away(struct wallet_request *w);
void wallet_end(struct wallet_request *w);
/* Refuses with 400 (or another status), and returns false. */
bool wallet_refuse(struct wallet_request *w, int status, const char *code,
		   const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Answers a status; returns false. */
bool wallet_status(struct wallet_request *w, enum status st);
/* A text member; NULL and true where it is missing. False: refused. */
bool wallet_text(struct wallet_request *w, const char *key, const char **out);

/* {"confirmed":..,"unconfirmed":..,"immature":..} as the value of a key. */
void wallet_put_balance(struct json_writer *j, const char *key,
			const struct funds_balance *b);
/* A script as an address, or digits. */
void wallet_put_payee(struct wallet_request *w, struct json_writer *j,
		      const char *key, struct bytes script);

#endif
