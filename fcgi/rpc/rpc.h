/* SPDX-License-Identifier: MIT */
/*
 * Bitcoin Core's JSON-RPC interface: POST /rpc on the site, and POST / and
 * /wallet/NAME on a listener of its own, which the web server passes on as
 * /rpc/ and /rpc/wallet/NAME.
 *
 * rpc_methods.def declares every method: its arguments with types and
 * fallbacks, what it gives, who may call it, what it is for. rpc_http.c knows the
 * transport's rules, rpc_call.c makes positional, checked arguments of what a
 * client sends and runs the handler. A handler asks for its arguments
 * (rpc_arg_...), calls the node, and either writes exactly one value to c->w and
 * returns true, or returns rpc_fail. What it had written before a failure is
 * taken back. Codes and messages are Bitcoin Core's: clients compare them.
 */
#ifndef QUARRY_FCGI_RPC_RPC_H
#define QUARRY_FCGI_RPC_RPC_H

#include "base/arena.h"
#include "fcgi/http/app.h"
#include "fcgi/http/response.h"
#include "json/read.h"
#include "json/write.h"
#include "primitives/hash.h"

#define RPC_ARGS_MAX 16
#define RPC_MESSAGE_SIZE 1024

/* Bitcoin Core's numbers (its rpc/protocol.h). */
enum rpc_error {
	RPC_MISC_ERROR = -1,
	RPC_TYPE_ERROR = -3,
	RPC_WALLET_ERROR = -4,
	RPC_INVALID_ADDRESS_OR_KEY = -5,
	RPC_WALLET_INSUFFICIENT_FUNDS = -6,
	RPC_OUT_OF_MEMORY = -7,
	RPC_INVALID_PARAMETER = -8,
	RPC_CLIENT_NOT_CONNECTED = -9,
	RPC_CLIENT_IN_INITIAL_DOWNLOAD = -10,
	RPC_WALLET_UNLOCK_NEEDED = -13,
	RPC_WALLET_PASSPHRASE_INCORRECT = -14,
	RPC_WALLET_WRONG_ENC_STATE = -15,
	RPC_WALLET_NOT_FOUND = -18,
	RPC_WALLET_NOT_SPECIFIED = -19,
	RPC_DATABASE_ERROR = -20,
	RPC_DESERIALIZATION_ERROR = -22,
	RPC_CLIENT_NODE_ALREADY_ADDED = -23,
	RPC_CLIENT_NODE_NOT_ADDED = -24,
	RPC_VERIFY_ERROR = -25,
	RPC_VERIFY_REJECTED = -26,
	RPC_VERIFY_ALREADY_IN_UTXO_SET = -27,
	RPC_IN_WARMUP = -28,
	RPC_CLIENT_NODE_NOT_CONNECTED = -29,
	RPC_CLIENT_INVALID_IP_OR_SUBNET = -30,
	RPC_CLIENT_P2P_DISABLED = -31,
	RPC_METHOD_DEPRECATED = -32,
	RPC_CLIENT_MEMPOOL_DISABLED = -33,
	RPC_CLIENT_NODE_CAPACITY_REACHED = -34,
	RPC_WALLET_ALREADY_LOADED = -35,
	RPC_WALLET_ALREADY_EXISTS = -36,
	RPC_INVALID_REQUEST = -32600,
	RPC_METHOD_NOT_FOUND = -32601,
	RPC_INVALID_PARAMS = -32602,
	RPC_INTERNAL_ERROR = -32603,
	RPC_PARSE_ERROR = -32700,
};

/* What a method does, for rpcwhitelist's @read and the like. */
enum rpc_role {
	RPC_READ,	/* runs in one read transaction: its parts agree */
	RPC_WRITE,	/* brings transactions or blocks, or only tries them */
	RPC_ADMIN,	/* changes what the node does */
	RPC_LAB,	/* only where coins are worthless by design */
};

enum rpc_type {
	RPC_STR,
	RPC_HEX,
	RPC_NUM,
	RPC_BOOL,
	RPC_OBJ,
	RPC_KEYS,	/* an object whose keys the caller chooses */
	RPC_ARR,
	RPC_AMOUNT,	/* number or text */
	RPC_RANGE,	/* a number or a pair of them */
	RPC_LEVEL,	/* a number, or true or false */
	RPC_BLOCK,	/* a hash or a height */
	RPC_ANY,	/* the handler looks at its type */
	RPC_OPTIONS,	/* an object; its keys are the named-only arguments
			 * declared before it */
};

struct rpc_arg {
	const char *names;	/* "verbosity|verbose": either will do */
	enum rpc_type type;
	bool required;
	bool named_only;	/* a key of the RPC_OPTIONS that follows */
	const char *fallback;	/* for help: "1"; "" when there is none to name */
	const char *help;
};

enum rpc_category {
	RPC_BLOCKCHAIN,
	RPC_CONTROL,
	RPC_MINING,
	RPC_NETWORK,
	RPC_RAWTRANSACTIONS,
	RPC_SIGNER,
	RPC_UTIL,
	RPC_WALLET,
	RPC_HIDDEN,	/* not in the list that help prints */
};

struct rpc_call;
typedef bool rpc_handler(struct rpc_call *c);

struct rpc_method {
	enum rpc_category category;
	const char *name;
	rpc_handler *handler;
	enum rpc_role role;
	const struct rpc_arg *args;	/* ends with names NULL */
	const char *result;
	const char *about;
};

struct rpc_call {
	struct app *app;
	struct node *node;
	struct arena *arena;	/* ends with the call */
	const struct rpc_method *method;
	struct bytes wallet;	/* of /wallet/NAME; p NULL: none was named */
	/* Positional, NULL where left out or null. */
	const struct json_value *arg[RPC_ARGS_MAX];
	size_t n_arg;		/* given, null ones included */
	struct json_writer *w;
	struct response_wait *wait;
	int code;		/* 0: no error */
	const char *message;	/* in the arena or constant */
};

/* The table; NULL past its end. */
const struct rpc_method *rpc_method_at(size_t i);
const struct rpc_method *rpc_method_find(const char *name);
const char *rpc_role_name(enum rpc_role role);
/* What a session or a token must have to call it. The wallets of JSON-RPC are the
 * operator's: they are for admins. */
unsigned rpc_method_needs(const struct rpc_method *m);

/* Runs a method by name. params: an array, an object or NULL. False: c->code and
 * c->message say why. */
bool rpc_execute(struct rpc_call *c, const char *method,
		 const struct json_value *params);
/* For calls that wait (waitfornewblock, long polls), see struct response_wait.
 * True: return true now without having written, there will be another call with
 * the same arguments. False: time is up. timeout_ms 0: waits for ever. */
bool rpc_wait(struct rpc_call *c, int64_t timeout_ms);

/* Records the error and returns false. */
bool rpc_fail(struct rpc_call *c, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A failing environment: -20, or -7 without memory. */
bool rpc_fail_status(struct rpc_call *c, enum status st);

/* The help text of one method, or the list of all, in the arena; NULL without
 * memory. */
const char *rpc_help_method(struct arena *a, const struct rpc_method *m);
const char *rpc_help_list(struct arena *a);

#define METHOD(category, name, handler, ...) rpc_handler rpc_##handler;
#include "fcgi/rpc/rpc_methods.def"
#undef METHOD

#endif
