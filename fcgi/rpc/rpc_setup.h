/* SPDX-License-Identifier: MIT */
/* The RPC interface's users, from the configuration. */
#ifndef QUARRY_FCGI_RPC_RPC_SETUP_H
#define QUARRY_FCGI_RPC_RPC_SETUP_H

#include "accounts/rpc_users.h"
#include "base/conf.h"

#define RPC_SETUP_ERROR_SIZE 400
#define RPC_COOKIE_PATH_MAX 4096

/* Reads rpcuser, rpcpassword, rpcauth and rpcwhitelist. Without rpcpassword
 * there is a cookie file; cookie gets its path ("" when there is none) and
 * rpc_setup_end removes the file. On failure error is one sentence. */
NODISCARD enum status rpc_setup(struct rpc_users **out, const struct conf *conf,
				char cookie[RPC_COOKIE_PATH_MAX],
				char error[RPC_SETUP_ERROR_SIZE]);
void rpc_setup_end(struct rpc_users *u, const char *cookie);

#endif
