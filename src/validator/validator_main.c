/* SPDX-License-Identifier: MIT */
/*
 * quarry-validator: votes for checkpoints of the chain that its database follows.
 *
 * The loop looks every LOOK_MS whether anything was committed. A vote is proposed
 * by the rules (node_vote_propose), passed by the safety record on disk, signed,
 * and stored by node_vote_accept like anybody's.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/opt.h"
#include "crypto/ec.h"
#include "crypto/rand.h"
#include "crypto/selftest.h"
#include "crypto/wipe.h"
#include "node/announce.h"
#include "node/finality.h"
#include "wallet/keyfile.h"
#include "wallet/vote_guard.h"

#define LOOK_MS 100
#define PATH_SIZE 4096
/* Own votes that are handed in again, and how often at most. */
#define TOLD_AGAIN 1000
#define TELL_AGAIN_MS 30000

static volatile sig_atomic_t stop_asked;

static void on_signal(int sig)
{
	stop_asked = 1;
}

struct validator {
	const struct opt_program *program;
	struct node *node;
	struct ec *ec;
	struct vote_guard *guard;
	uint8_t secret[32], key[32];
	bool new_record;
	uint32_t depth;		/* blocks on top of a checkpoint */
	int64_t told_ms;	/* when votes were told again */
	uint32_t skipped;	/* target that the record forbade last */
};

static enum status sign(struct validator *m, struct vote *v)
{
	uint8_t msg[32], aux[32];
	enum status st = rand_bytes(aux, sizeof(aux));

	if (st != ST_OK)
		return st;
	memcpy(v->key, m->key, 32);
	vote_message(msg, &node_params(m->node)->document, v);
	return ec_sign_schnorr(m->ec, v->sig, m->secret, msg, aux) ? ST_OK :
								     ST_IO;
}

/* Hands it in; whoever writes just now is waited for. */
static enum status hand_in(struct validator *m, const struct vote *v)
{
	char reason[VERDICT_DETAIL_SIZE + 96], hash[HASH_TEXT_SIZE];
	struct vote_result r;
	enum status st;
	bool moved;

	do {
		st = node_vote_accept(m->node, v, 1, "validator", &r, &moved);
	} while (st == ST_BUSY && !stop_asked);
	if (st != ST_OK)
		return st;
	if (r.verdict.code != VALID) {
		verdict_reject(reason, sizeof(reason), &r.verdict);
		log_warn("the vote for %u was refused: %s", v->target_height,
			 reason);
		return ST_OK;
	}
	announce_nudge(m->node);
	log_info("voted %u -> %u %s", v->source_height, v->target_height,
		 hash256_text(hash, &v->target.h));
	return ST_OK;
}

/* Votes that the database may have lost, by being set back: others, or this node
 * itself, may need them. Known and old ones cost nothing. */
static enum status tell_again(struct validator *m)
{
	struct vote_result r;
	struct vote v;
	enum status st = ST_OK;
	bool moved;

	for (unsigned i = 0; i < TOLD_AGAIN && st == ST_OK && !stop_asked; i++) {
		st = vote_guard_kept(m->guard, i, &v);
		if (st == ST_OK)
			st = node_vote_accept(m->node, &v, 1, "validator", &r,
					      &moved);
		if (st == ST_OK && r.verdict.code == V_VOTE_OLD)
			break;
	}
	m->told_ms = clock_mono_ms();
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status step(struct validator *m)
{
	struct vote v;
	enum status st = node_vote_propose(m->node, m->depth, &v);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	st = vote_guard_pass(m->guard, &v);
	if (st == ST_DENIED) {
		struct vote_record r = vote_guard_record(m->guard);

		/* the usual case: it has voted for this height */
		if (v.target_height > r.target_height &&
		    m->skipped != v.target_height)
			log_warn("no vote %u -> %u: this key has signed %u -> %u, "
				 "the chain here is behind", v.source_height,
				 v.target_height, r.source_height,
				 r.target_height);
		m->skipped = v.target_height;
		return clock_mono_ms() > m->told_ms + TELL_AGAIN_MS ?
			       tell_again(m) : ST_OK;
	}
	if (st == ST_OK)
		st = sign(m, &v);
	if (st == ST_OK)
		st = vote_guard_keep(m->guard, &v);
	return st == ST_OK ? hand_in(m, &v) : st;
}

static int watch(struct validator *m)
{
	bool changed, look = true;

	m->told_ms = clock_mono_ms() - TELL_AGAIN_MS;
	if (tell_again(m) != ST_OK)
		log_warn("earlier votes were not told again: %s",
			 node_error(m->node));
	while (!stop_asked) {
		enum status st = node_changed(m->node, &changed);

		if (st == ST_OK && (changed || look)) {
			st = step(m);
			look = st != ST_OK;
		}
		if (st != ST_OK && st != ST_BUSY && st != ST_STALE &&
		    st != ST_TIMEOUT)
			return opt_failed(m->program, "%s: %s.", status_text(st),
					  node_error(m->node));
		clock_sleep_ms(LOOK_MS);
	}
	return 0;
}

static int open_record(struct validator *m, const char *key_file)
{
	char path[PATH_SIZE], error[VOTE_GUARD_ERROR_SIZE];
	enum status st;

	if (snprintf(path, sizeof(path), "%s.votes", key_file) >= PATH_SIZE)
		return opt_usage(m->program, "the name of the key's file is too "
					     "long.");
	st = vote_guard_open(&m->guard, path, m->new_record,
			     &node_params(m->node)->document, m->key, error);
	return st == ST_OK ? -1 : opt_failed(m->program, "%s", error);
}

static int read_key(struct validator *m, const struct conf *conf)
{
	const char *file = conf_text(conf, CONF_VALIDATOR_KEY);
	char error[KEYFILE_ERROR_SIZE];
	struct keyfile k;
	enum status st;
	bool good;

	if (!*file)
		return opt_usage(m->program, "no key to vote with: give --key or "
					     "set validator_key in quarry.conf.");
	st = keyfile_read(&k, file, node_params(m->node), error);
	if (st != ST_OK)
		return opt_failed(m->program, "%s", error);
	good = k.n == 1;
	if (good)
		memcpy(m->secret, k.key[0].secret, 32);
	keyfile_wipe(&k);
	if (!good)
		return opt_failed(m->program, "%s has more than one key: a "
					      "validator votes with one.", file);
	m->ec = ec_open();
	if (!m->ec || !ec_xonly_create(m->ec, m->key, NULL, m->secret))
		return opt_failed(m->program, "the key cannot be used.");
	return open_record(m, file);
}

static int run(struct validator *m, const struct conf *conf)
{
	const struct params *p = node_params(m->node);
	struct sigaction sa = {.sa_handler = on_signal};
	char key[65];
	int code;

	if (!node_has_finality(m->node))
		return opt_failed(m->program, "%s has no finality: its chain "
				  "document has no finality_interval.", p->name);
	code = read_key(m, conf);
	if (code >= 0)
		return code;
	m->depth = p->finality_interval >= 4 ? 1 : 0;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	log_info("voting on %s as %s", p->name, hex_text(key, m->key, 32));
	return watch(m);
}

static int with_node(struct validator *m, const struct conf *conf)
{
	const struct node_options o = {
		.db_path = conf_text(conf, CONF_DB),
		.durable = true,
		.app_name = "quarry-validator",
	};
	char error[NODE_ERROR_SIZE];
	const char *fault = crypto_selftest();
	int code;

	if (fault)
		return opt_failed(m->program, "%s", fault);
	if (node_open(&m->node, &o, error) != ST_OK)
		return opt_failed(m->program, "%s", error);
	code = run(m, conf);
	vote_guard_close(m->guard);
	if (m->ec)
		ec_close(m->ec);
	wipe(m->secret, sizeof(m->secret));
	node_close(m->node);
	return code;
}

int main(int argc, char **argv)
{
	struct validator m = {0};
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY("key", "FILE", CONF_VALIDATOR_KEY),
		OPT_FLAG("new-record", &m.new_record,
			 "make the record of votes, for a key that never voted"),
	};
	struct opt_program program = {
		.name = "quarry-validator",
		.about = "Votes for finality on the chain of a database.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	struct conf conf;
	int code;

	m.program = &program;
	conf_init(&conf);
	code = opt_read(&program, &conf, argc, argv);
	if (code < 0)
		code = with_node(&m, &conf);
	conf_free(&conf);
	return code;
}
