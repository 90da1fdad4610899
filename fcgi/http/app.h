/* SPDX-License-Identifier: MIT */
/* What every handler has at hand: the node, and what the operator configured. */
#ifndef QUARRY_FCGI_HTTP_APP_H
#define QUARRY_FCGI_HTTP_APP_H

#include "base/buf.h"
#include "base/conf.h"
#include "node/core/node.h"

struct accounts;
struct rpc_users;
struct console;
struct hub;
struct pool_view;
struct purse;
struct wallet_signer;

struct app {
	const struct conf *conf;
	const char *conf_path;	/* what --conf said; NULL: nothing */
	struct node *node;
	const struct rpc_users *rpc_users;
	struct accounts *accounts;	/* NULL until somebody is asked for */
	int64_t accounts_failed_ms;	/* clock_mono_ms of the last try; 0: none */
	int64_t derived_ms;	/* clock_mono_ms when a password was checked */
	unsigned login_waiting;	/* parked until it is their turn */
	int64_t started_ms;		/* clock_mono_ms of the start */
	bool stop_asked;		/* by the request in hand: after it, */
	void (*stop)(void);		/* ... tell the parent to end us all */
	struct wallet_signer *signer;	/* NULL until a request brings a key */
	struct console *console;	/* in the processes for SQL; else NULL */
	struct hub *hub;	/* in the process for events; else NULL */
	struct purse *purse;		/* NULL until wallets are asked for */
	struct pool_view *pool_view;	/* NULL until it is asked for */
};

/* Whether coins are worthless by design: own chains and regtest. */
bool app_is_playground(const struct app *app);
/* Whether mining, or a private key in a request, is allowed here. */
bool app_may_mine(const struct app *app);
bool app_may_use_keys(const struct app *app);
/* Mines a block when the configuration says so and transactions were accepted
 * since node_txs_taken said `before`: a request that brings one finds it
 * confirmed. */
void app_mine_submitted(struct app *app, uint64_t before);
/* accounts.db, opened when it is first needed; NULL when it cannot be, which the log
 * says. */
struct accounts *app_accounts(struct app *app);
/* The signer, made when it is first needed; NULL when it cannot be. */
struct wallet_signer *app_signer(struct app *app);
/* wallets.db, opened when it is first needed and made then with `create`.
 * ST_NOT_FOUND: there is none, so there are no wallets. */
NODISCARD enum status app_purse(struct app *app, bool create,
				struct purse **out);
/* Frees what the app made for itself, the node not among it. */
void app_clear(struct app *app);

/* Appends who a script pays, for people: its address, a bare public key's
 * digits, else the script's digits. */
void app_payee(struct buf *out, const struct app *app, struct bytes script);

#endif
