/* SPDX-License-Identifier: MIT */
/* See setup.h: folder, database, first blocks. The files are in files.c. */
#include "dev/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "dev/files.h"
#include "node/core/playground.h"
#include "node/mine/template.h"
#include "wallet/faucet.h"

#define DOCUMENT_MAX ((size_t)1 << 20)
#define MAX_TRIES (UINT64_C(1) << 24)

#define SAY(...) snprintf(error, SETUP_ERROR_SIZE, __VA_ARGS__)

bool setup_program(char out[SETUP_PATH_SIZE], const char *name)
{
	char sibling[64];

	if (process_sibling(out, SETUP_PATH_SIZE, name))
		return true;
	snprintf(sibling, sizeof(sibling), "../sbin/%.40s", name);
	return process_sibling(out, SETUP_PATH_SIZE, sibling);
}

/* --- the folder --- */

static bool absolute(char out[SETUP_PATH_SIZE], const char *path)
{
	char here[SETUP_PATH_SIZE];
	int n;

	if (path[0] == '/')
		n = snprintf(out, SETUP_PATH_SIZE, "%s", path);
	else if (!getcwd(here, sizeof(here)))
		return false;
	else
		n = snprintf(out, SETUP_PATH_SIZE, "%s/%s", here, path);
	/* room for the names of what is put there */
	return n > 0 && n < SETUP_PATH_SIZE - 100;
}

static enum status make_folder(const char *path, char error[SETUP_ERROR_SIZE])
{
	if (mkdir(path, 0750) == 0 || errno == EEXIST)
		return ST_OK;
	SAY("%.400s cannot be made: %s.", path, strerror(errno));
	return ST_IO;
}

static enum status take_folder(struct setup *s, const struct dev_options *o,
			       char error[SETUP_ERROR_SIZE])
{
	char path[SETUP_PATH_SIZE + 16], named[SETUP_PATH_SIZE];
	const char *data = o->data ? o->data : "quarry-dev";
	enum status st;

	if (!o->data && o->db) {
		snprintf(named, sizeof(named), "%.900s.dev", o->db);
		data = named;
	}
	if (!absolute(s->data, data) ||
	    (o->db && !absolute(s->db, o->db))) {
		SAY("The folder's path is too long.");
		return ST_TOO_BIG;
	}
	if (!o->db)
		snprintf(s->db, sizeof(s->db), "%.1000s/quarry.db", s->data);
	st = make_folder(s->data, error);
	if (st != ST_OK)
		return st;
	snprintf(path, sizeof(path), "%s/lock", s->data);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (s->lock_fd < 0) {
		SAY("%.400s cannot be written: %s.", path, strerror(errno));
		return ST_IO;
	}
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB)) {
		SAY("Another quarry dev runs in %.400s: stop that one, or choose "
		    "another folder with --data.", s->data);
		return ST_BUSY;
	}
	snprintf(path, sizeof(path), "%s/log", s->data);
	return make_folder(path, error);
}

/* --- the database --- */

static enum status make_own(const struct setup *s, const char *document,
			    char error[SETUP_ERROR_SIZE])
{
	struct params p;
	struct buf text;
	enum status st = file_read(document, DOCUMENT_MAX, &text);

	if (st != ST_OK)
		SAY("%.400s: %s.", document, status_text(st));
	else
		st = params_parse(&p, buf_str(&text), text.len, error);
	if (st == ST_OK)
		st = node_create(s->db, &p, buf_str(&text), text.len, error);
	buf_free(&text);
	return st;
}

static enum status make_database(const struct setup *s,
				 const struct dev_options *o,
				 char error[SETUP_ERROR_SIZE])
{
	const char *network = o->network ? o->network : "regtest";
	struct params p;

	if (o->chain)
		return make_own(s, o->chain, error);
	if (!params_builtin(&p, network)) {
		SAY("%.40s is not a network: choose main, testnet3, testnet4, "
		    "signet or regtest.", network);
		return ST_USAGE;
	}
	if (o->activation && (strcmp(network, "regtest") != 0 ||
			      !params_activate(&p, o->activation))) {
		SAY("--activation is for regtest and takes RULE@HEIGHT,... of "
		    "bip34, dersig, cltv, csv and segwit.");
		return ST_USAGE;
	}
	return node_create(s->db, &p, NULL, 0, error);
}

/* A database that is there is not made to order: it must be what was asked for. */
static enum status check_asked(const struct setup *s,
			       const struct dev_options *o,
			       char error[SETUP_ERROR_SIZE])
{
	const struct params *is = node_params(s->node);
	struct params want;

	if (o->network && strcmp(o->network, is->name) != 0) {
		SAY("%.400s holds %s, not %.40s.", s->db, is->name, o->network);
		return ST_USAGE;
	}
	if (!o->activation)
		return ST_OK;
	if (!params_builtin(&want, "regtest") ||
	    !params_activate(&want, o->activation) ||
	    strcmp(is->name, "regtest") != 0 ||
	    want.bip34_height != is->bip34_height ||
	    want.bip66_height != is->bip66_height ||
	    want.bip65_height != is->bip65_height ||
	    want.csv_height != is->csv_height ||
	    want.segwit_height != is->segwit_height) {
		SAY("%.400s was made with other activation heights: choose "
		    "another with --db, or leave --activation out.", s->db);
		return ST_USAGE;
	}
	return ST_OK;
}

/* Coins for the faucet: one more block than a reward must wait for. */
static enum status first_blocks(struct setup *s, const struct dev_options *o,
				char error[SETUP_ERROR_SIZE])
{
	uint32_t want = o->blocks >= 0 ? (uint32_t)o->blocks
				       : node_params(s->node)->maturity + 1;
	struct node_tip tip;
	enum status st = node_tip(s->node, &tip);

	if (st == ST_OK && tip.height == 0 &&
	    strcmp(node_params(s->node)->name, "regtest") == 0) {
		for (uint32_t i = 0; st == ST_OK && i < want; i++) {
			struct blkid id;

			st = node_mine_one(s->node, buf_view(&s->script),
					   MAX_TRIES, "dev", &id);
		}
		if (st == ST_OK)
			st = node_tip(s->node, &tip);
	}
	s->height = tip.height;
	if (st != ST_OK)
		SAY("The first blocks cannot be made: %s (%.200s).",
		    status_text(st), node_error(s->node));
	return st;
}

static enum status open_database(struct setup *s, const struct dev_options *o,
				 char error[SETUP_ERROR_SIZE])
{
	const struct node_options no = {
		.db_path = s->db,
		.threads = 1,
		.cache_bytes = (size_t)1 << 20,
		.app_name = "quarry dev",
	};
	enum status st = ST_OK;

	if (access(s->db, F_OK) != 0)
		st = make_database(s, o, error);
	if (st == ST_OK)
		st = node_open(&s->node, &no, error);
	if (st == ST_OK)
		st = check_asked(s, o, error);
	if (st != ST_OK)
		return st;
	s->playground = node_is_playground(s->node);
	st = faucet_payee(node_params(s->node), s->address, &s->script);
	if (st == ST_OK && o->mocktime_s >= 0) {
		st = node_set_mocktime(s->node, o->mocktime_s);
		if (st == ST_DENIED) {
			SAY("--mocktime is for regtest and own chains.");
			return st;
		}
	}
	if (st != ST_OK) {
		SAY("%s (%.200s).", status_text(st), node_error(s->node));
		return st;
	}
	return first_blocks(s, o, error);
}

/* --- the addresses --- */

static enum status one_place(struct place *p, const char *text, unsigned usual,
			     const char *option, char error[SETUP_ERROR_SIZE])
{
	if (!text && place_prefer(p, usual))
		return ST_OK;
	if (text && !place_read(p, text)) {
		SAY("%s takes HOST:PORT, the host as a number; 0 is a free "
		    "port.", option);
		return ST_USAGE;
	}
	if (text && place_is_free(p))
		return ST_OK;
	SAY("Port %u at %s is taken by another program, or not to be had: choose "
	    "another with %s.", p->port, p->host, option);
	return ST_BUSY;
}

/* Who names one of them runs several side by side: what is not named is then any
 * free port, else nigiri's. */
static enum status take_places(struct setup *s, const struct dev_options *o,
			       char error[SETUP_ERROR_SIZE])
{
	bool usual = !o->http && !o->rest && !o->rpc && !o->p2p;
	enum status st;

	st = one_place(&s->rest, o->rest, usual ? 3000 : 0, "--rest", error);
	if (st == ST_OK)
		st = one_place(&s->http, o->http, usual ? 5000 : 0, "--http",
			       error);
	if (st == ST_OK)
		st = one_place(&s->rpc, o->rpc, usual ? 18443 : 0, "--rpc",
			       error);
	if (st == ST_OK)
		st = one_place(&s->p2p, o->p2p, usual ? 18444 : 0, "--p2p",
			       error);
	return st;
}

static enum status take_user(struct setup *s, const struct dev_options *o,
			     char error[SETUP_ERROR_SIZE])
{
	if (o->user_agent && strpbrk(o->user_agent, "\r\n")) {
		SAY("--user-agent is a text of one line.");
		return ST_USAGE;
	}
	s->rpcuser = o->rpcuser;
	s->rpcpassword = o->rpcpassword;
	if (!s->rpcuser != !s->rpcpassword) {
		SAY("--rpcuser and --rpcpassword go together.");
		return ST_USAGE;
	}
	if (s->rpcuser && (strpbrk(s->rpcuser, "\r\n:") || !*s->rpcuser ||
			   strpbrk(s->rpcpassword, "\r\n") ||
			   !*s->rpcpassword)) {
		SAY("--rpcuser is a name without a colon, --rpcpassword a text of "
		    "one line.");
		return ST_USAGE;
	}
	return ST_OK;
}

enum status setup_make(struct setup *s, const struct dev_options *o,
		       char error[SETUP_ERROR_SIZE])
{
	enum status st;

	*s = (struct setup){.lock_fd = -1};
	error[0] = '\0';
	buf_init(&s->script, 256);
	st = take_user(s, o, error);
	if (st == ST_OK)
		st = take_folder(s, o, error);
	if (st == ST_OK)
		st = open_database(s, o, error);
	if (st == ST_OK)
		st = take_places(s, o, error);
	if (st == ST_OK)
		st = files_write(s, o, error);
	return st;
}

void setup_end(struct setup *s)
{
	if (s->run[0]) {
		unlink(s->socket);
		unlink(s->signer);
		rmdir(s->run);
	}
	node_close(s->node);
	buf_free(&s->script);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
}
