/* SPDX-License-Identifier: MIT */
/*
 * quarry dev: a whole node in the foreground, for developers.
 *
 * One process starts quarry.fcgi, nginx, quarry-relay and, when asked,
 * quarry-miner as its children, without systemd and without root, with
 * everything they write in one folder. It starts a child that crashed again and
 * ends all of them when it ends itself, however that happens.
 */
#ifndef QUARRY_DEV_DEV_H
#define QUARRY_DEV_DEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEV_CONNECT_MAX 64
#define DEV_SET_MAX 64

/* What was asked for; NULL and 0 where nothing was. */
struct dev_options {
	const char *data;	/* the folder; NULL: beside the database, or
				 * ./quarry-dev */
	const char *db;
	const char *network;	/* of a database that is to be made */
	const char *chain;	/* the same: a chain document */
	const char *activation;
	/* HOST:PORT, PORT or "0" for a free one */
	const char *http, *rest, *rpc, *p2p;
	const char *rpcuser, *rpcpassword;
	const char *connect[DEV_CONNECT_MAX];
	size_t n_connect;
	const char *user_agent;	/* a comment in it */
	bool noban;		/* of peers */
	bool nonstandard;	/* transactions are taken */
	int64_t blocks;		/* to begin with; -1: those a faucet needs */
	const char *set[DEV_SET_MAX];	/* KEY=VALUE of quarry.conf */
	size_t n_set;
	bool miner;
	bool mine_on_submit;
	int64_t mine_every_s;	/* 0: not */
	int64_t mocktime_s;	/* -1: as it is */
	int64_t workers;	/* 0: 4 */
};

/* Runs until SIGTERM, SIGINT or RPC stop; returns the exit code. */
int dev_run(const struct dev_options *o);

#endif
