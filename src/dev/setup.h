/* SPDX-License-Identifier: MIT */
/*
 * What a development node needs before its programs start: its folder, its
 * database with the first blocks, its addresses, and the files that the programs
 * read. Every failure is one sentence in error.
 */
#ifndef QUARRY_DEV_SETUP_H
#define QUARRY_DEV_SETUP_H

#include "base/buf.h"
#include "dev/dev.h"
#include "node/core/node.h"
#include "primitives/address.h"

#define SETUP_PATH_SIZE 1024
#define SETUP_ERROR_SIZE 600

struct place {
	char host[64];		/* "127.0.0.1", "[::1]" */
	unsigned port;
	char text[80];		/* HOST:PORT */
};

struct setup {
	char data[SETUP_PATH_SIZE];
	char db[SETUP_PATH_SIZE];
	char conf[SETUP_PATH_SIZE];
	char socket[SETUP_PATH_SIZE];	/* of quarry.fcgi */
	char signer[SETUP_PATH_SIZE];	/* quarry-signer's */
	char run[64];			/* made in /tmp for them; "" */
	char cookie[SETUP_PATH_SIZE];	/* "": there is none */
	char nginx_dir[SETUP_PATH_SIZE];
	char nginx[SETUP_PATH_SIZE];	/* the program */
	const char *rpcuser, *rpcpassword;
	struct place http, rest, rpc, p2p;
	char address[ADDRESS_TEXT_SIZE]; /* the faucet's */
	struct buf script;		/* what it is paid to */
	bool playground;
	int lock_fd;
	struct node *node;		/* of the supervisor itself */
	uint32_t height;
};

/* The folder, locked; the database, made or found, with the blocks that a faucet
 * needs; the files. */
NODISCARD enum status setup_make(struct setup *s, const struct dev_options *o,
				 char error[SETUP_ERROR_SIZE]);
/* Also after a failure. */
void setup_end(struct setup *s);
/* The path of a program of Quarry's: beside this one, or where it is installed. */
bool setup_program(char out[SETUP_PATH_SIZE], const char *name);
/* Whether the site answers, through nginx and quarry.fcgi. */
bool setup_answers(const struct setup *s);

/* Reads HOST:PORT or PORT (then 127.0.0.1); port 0 becomes a free one. False when
 * it is no such thing. */
bool place_read(struct place *p, const char *text);
/* This port, or a free one when it is taken. */
bool place_prefer(struct place *p, unsigned port);
bool place_is_free(const struct place *p);

#endif
