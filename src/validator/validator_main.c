/* SPDX-License-Identifier: MIT */
/*
 * quarry-validator: votes for checkpoints of the chain that its database follows.
 *
 * The loop looks every LOOK_MS whether anything was committed. A vote is proposed
 * by the rules (node_vote_propose), passed by the safety record on disk and signed
 * (voter.h), and stored by node_vote_accept like anybody's. A signer that is away
 * or locked is waited for.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/opt.h"
#include "crypto/selftest.h"
#include "node/core/announce.h"
#include "node/core/waiting.h"
#include "node/finality/finality.h"
#include "validator/voter.h"

#define LOOK_MS 100
/* How often own votes are handed in again, at most. */
#define TELL_AGAIN_MS 30000
/* Between two questions to a signer that cannot sign. */
#define WAIT_MS 1000
/* Between two looks whether it could, when there is nothing to sign. */
#define CHECK_MS 10000
#define ARENA_MAX ((size_t)1 << 20)

static volatile sig_atomic_t stop_asked;

static void on_signal(int sig)
{
	stop_asked = 1;
}

struct validator {
	const struct opt_program *program;
	struct node *node;
	struct voter *voter;
	struct waiting_voice voice;
	bool new_record;
	uint32_t depth;		/* blocks on top of a checkpoint */
	struct vote last;	/* signed or refused last: not asked for again */
	bool look;		/* there may be something to vote on */
	bool told;		/* own votes were told again */
	bool named;		/* the log says which key votes */
	int64_t told_ms;	/* when they were */
	int64_t ask_ms;		/* the signer is not asked before that */
	int64_t check_ms;	/* and not whether it is there before that */
	char fatal[VOTER_ERROR_SIZE];
};

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

/* Says what the voter's answer means for this program: a signer that cannot sign
 * is waited for, and asked again after a while. */
static enum status heard(struct validator *m, enum status st, const char *error)
{
	int64_t now_ms = clock_mono_ms();
	char key[65];

	waiting_say(&m->voice, m->node, st == ST_TIMEOUT ? error : NULL);
	if (st == ST_TIMEOUT)
		m->ask_ms = now_ms + WAIT_MS;
	else if (st != ST_OK && st != ST_DENIED)
		snprintf(m->fatal, sizeof(m->fatal), "%s", error);
	m->check_ms = now_ms + CHECK_MS;
	if (voter_key(m->voter) && !m->named) {
		m->named = true;
		log_info("voting as %s", hex_text(key, voter_key(m->voter), 32));
	}
	return st;
}

static enum status check(struct validator *m)
{
	char error[VOTER_ERROR_SIZE];

	return heard(m, voter_ready(m->voter, error), error);
}

/* Votes that the database may have lost, by being set back: others, or this node
 * itself, may need them. Known and old ones cost nothing. */
static enum status tell_again(struct validator *m)
{
	char error[VOTER_ERROR_SIZE];
	struct vote_result r;
	struct vote *list;
	struct arena a;
	size_t n;
	bool moved;
	enum status st;

	arena_init(&a, ARENA_MAX);
	st = heard(m, voter_kept(m->voter, &a, &list, &n, error), error);
	for (size_t i = 0; st == ST_OK && i < n && !stop_asked; i++) {
		st = node_vote_accept(m->node, &list[i], 1, "validator", &r,
				      &moved);
		if (st == ST_OK && r.verdict.code == V_VOTE_OLD)
			break;
	}
	if (st == ST_OK && n)
		m->last = list[0];
	arena_free(&a);
	m->told_ms = clock_mono_ms();
	m->told = m->told || st == ST_OK;
	return st;
}

static enum status step(struct validator *m)
{
	char error[VOTER_ERROR_SIZE];
	struct vote v;
	enum status st = node_vote_propose(m->node, m->depth, &v);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	if (vote_same_link(&v, &m->last))
		return clock_mono_ms() > m->told_ms + TELL_AGAIN_MS ?
			       tell_again(m) : ST_OK;
	st = heard(m, voter_sign(m->voter, &v, error), error);
	if (st != ST_OK && st != ST_DENIED)
		return st;
	m->last = v;
	if (st == ST_OK)
		return hand_in(m, &v);
	log_warn("no vote %u -> %u: %s", v.source_height, v.target_height, error);
	return ST_OK;
}

static enum status go(struct validator *m)
{
	bool changed = false;
	enum status st = ST_OK;

	if (clock_mono_ms() < m->ask_ms)
		return ST_OK;
	if (!m->told || clock_mono_ms() >= m->check_ms)
		st = check(m);
	if (st == ST_OK && !m->told)
		st = tell_again(m);
	if (st == ST_OK)
		st = node_changed(m->node, &changed);
	m->look = m->look || changed;
	if (st == ST_OK && m->look) {
		st = step(m);
		m->look = st != ST_OK;
	}
	return st;
}

static int watch(struct validator *m)
{
	m->look = true;
	while (!stop_asked) {
		enum status st = go(m);

		if (m->fatal[0])
			return opt_failed(m->program, "%s", m->fatal);
		if (st != ST_OK && st != ST_BUSY && st != ST_STALE &&
		    st != ST_TIMEOUT)
			return opt_failed(m->program, "%s: %s.", status_text(st),
					  node_error(m->node));
		clock_sleep_ms(LOOK_MS);
	}
	waiting_say(&m->voice, m->node, NULL);
	return 0;
}

static int open_voter(struct validator *m, const struct conf *conf)
{
	const char *file = conf_text(conf, CONF_VALIDATOR_KEY);
	const char *keystore = conf_text(conf, CONF_VALIDATOR_SIGNER);
	const struct params *p = node_params(m->node);
	char error[VOTER_ERROR_SIZE] = "There is not enough memory.";
	enum status st;

	if (!*file == !*keystore)
		return opt_usage(m->program, "say who keeps the key: --keystore "
					     "NAME (validator_signer in quarry.conf) "
					     "or --key FILE (validator_key), one of "
					     "them.");
	if (*file)
		st = voter_open_file(&m->voter, file, m->new_record, p, error);
	else
		st = voter_open_signer(&m->voter,
				       conf_text(conf, CONF_SIGNER_SOCKET),
				       keystore, p);
	return st == ST_OK ? -1 : opt_failed(m->program, "%s", error);
}

static int run(struct validator *m, const struct conf *conf)
{
	const struct params *p = node_params(m->node);
	struct sigaction sa = {.sa_handler = on_signal};
	int code;

	if (!node_has_finality(m->node))
		return opt_failed(m->program, "%s has no finality: its chain "
				  "document has no finality_interval.", p->name);
	code = open_voter(m, conf);
	if (code >= 0)
		return code;
	m->depth = p->finality_interval >= 4 ? 1 : 0;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	log_info("voting on %s", p->name);
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
	voter_close(m->voter);
	node_close(m->node);
	return code;
}

int main(int argc, char **argv)
{
	struct validator m = {.voice.program = "quarry-validator"};
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY("keystore", "NAME", CONF_VALIDATOR_SIGNER),
		OPT_KEY("signer", "PATH", CONF_SIGNER_SOCKET),
		OPT_KEY("key", "FILE", CONF_VALIDATOR_KEY),
		OPT_FLAG("new-record", &m.new_record,
			 "with --key: make the record of votes, for a key that never "
			 "voted"),
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
