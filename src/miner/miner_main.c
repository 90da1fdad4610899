/* SPDX-License-Identifier: MIT */
/*
 * quarry-miner: makes blocks on the tip of one database.
 *
 * The loop looks every LOOK_MS whether the tip has moved (then the work is
 * dropped at once), whether the pool of transactions has changed (then a new
 * template, at most every REFRESH_MS) and whether the template has grown old
 * (its time, and with it the target on some chains). A block found goes through
 * node_accept_block like any other.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/opt.h"
#include "crypto/rand.h"
#include "crypto/selftest.h"
#include "miner/control.h"
#include "miner/pool.h"
#include "miner/seal.h"
#include "miner/together.h"
#include "miner/work.h"
#include "node/chain/accept.h"
#include "node/core/announce.h"
#include "node/core/waiting.h"
#include "node/mine/turn.h"
#include "node/pool/mempool.h"
#include "primitives/address.h"

#define LOOK_MS 50
#define REFRESH_MS 3000
#define OLD_MS 10000
/* After a refusal that time may cure, or a database that is busy. */
#define PAUSE_MS 500
/* Between looks whose turn it is. */
#define TURN_MS 100
/* Without work for so long: it waits for something. */
#define IDLE_MS 3000
/* Patience with other writers for one try: the signals' 200 ms bound it. */
#define BUSY_MS 100
#define SCRIPT_MAX 100

static volatile sig_atomic_t stop_asked;

static void on_signal(int sig)
{
	stop_asked = 1;
}

struct miner {
	const struct opt_program *program;
	struct node *node;
	struct pool *pool;
	const struct powscan_kernel *kernel;
	unsigned threads, duty;	/* of the pool */
	struct control control;
	int64_t worked_ms;	/* when there was work last */
	struct buf script;
	uint32_t salt;
	int64_t wanted;		/* blocks until the end; 0: no end */
	int64_t mined;
	const char *keys;	/* the file's or the keystore's name */
	struct sealer *sealer;	/* NULL: blocks of this network have no signature */
	struct together together;
	struct waiting_voice voice;
	bool searching;		/* many: the signatures are there */
	bool has_work;
	struct work work;
};

static void drop_work(struct miner *m)
{
	pool_rest(m->pool);
	if (m->has_work)
		work_free(&m->work);
	m->has_work = m->searching = false;
}

/* Sleeps in steps, so that a signal between the test and the sleep costs
 * little. */
static void pause_ms(int ms)
{
	for (; ms > 0 && !stop_asked; ms -= LOOK_MS)
		clock_sleep_ms(ms < LOOK_MS ? ms : LOOK_MS);
}

/* Is it a fault of the moment, that trying again may cure? */
static bool passing(enum status st)
{
	return st == ST_BUSY || st == ST_STALE || st == ST_TIMEOUT ||
	       st == ST_CANCELLED;
}

static enum status search_next(struct miner *m)
{
	struct header h;
	enum status st = work_next(&m->work, &h);

	if (st == ST_OK)
		pool_start(m->pool, &h, &m->work.target);
	return st;
}

/* Has the turn come of a maker whose key is here? Always, where blocks are not
 * made in turn. */
static enum status turn_has_come(struct miner *m, bool *come)
{
	const struct params *p = node_params(m->node);
	struct turn_info t;
	enum status st = node_turn(m->node, &t);

	*come = st == ST_NOT_FOUND;
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	for (unsigned i = 0; i < p->n_makers; i++)
		if ((sealer_makers(m->sealer) >> i & 1) &&
		    turn_wait_s(p, &t, i) <= 0)
			*come = true;
	return ST_OK;
}

static enum status new_work(struct miner *m)
{
	bool come;
	enum status st;

	drop_work(m);
	st = turn_has_come(m, &come);
	if (st == ST_OK && !come)
		pause_ms(TURN_MS);
	if (st != ST_OK || !come)
		return st;
	st = work_make(&m->work, m->node, buf_view(&m->script), m->salt,
		       m->sealer);
	if (st != ST_OK)
		return st;
	/* Another extranonce each time: a template may come twice. */
	m->salt += 0x9e3779b9;
	m->has_work = true;
	log_debug("work for height %u, %u transactions", m->work.t.height,
		  m->work.t.n_tx);
	return search_next(m);
}

/* Hands in the block for a header found; whoever writes just now is waited for. */
static enum status submit(struct miner *m, const struct header *h,
			  struct block_result *res)
{
	struct buf raw;
	enum status st;

	buf_init(&raw, BLOCK_SIZE_MAX);
	st = work_block(&m->work, h, &raw);
	if (st == ST_OK)
		do {
			st = node_accept_block(m->node, raw.p, raw.len, "miner", res);
		} while (st == ST_BUSY && !stop_asked);
	buf_free(&raw);
	return st;
}

/* What became of a block found. ST_DENIED when the rules refuse what node's own
 * template said: going on would find the same again. */
static enum status found(struct miner *m, const struct header *h)
{
	char reason[VERDICT_DETAIL_SIZE + 64], id[HASH_TEXT_SIZE];
	struct block_result res;
	enum status st = submit(m, h, &res);
	enum verdict_class class;

	drop_work(m);
	if (st != ST_OK)
		return st;
	hash256_text(id, &res.id.h);
	class = verdict_class(res.verdict.code);
	if (res.verdict.code != VALID) {
		verdict_reject(reason, sizeof(reason), &res.verdict);
		log_warn("block %s was refused: %s", id, reason);
		if (class == VC_FUTURE || class == VC_CONTEXT ||
		    class == VC_CONFLICT) {
			pause_ms(PAUSE_MS);
			return ST_OK;
		}
		opt_failed(m->program, "the block mined was refused: %s; run quarry "
				       "verify on the database.", reason);
		return ST_DENIED;
	}
	if (!res.active) {
		log_info("block %s came second at height %u", id, res.height);
		return ST_OK;
	}
	announce_nudge(m->node);
	m->mined++;
	log_info("block %u %s", res.height, id);
	return ST_OK;
}

/* Looks whether the work is still worth doing. */
static enum status look(struct miner *m, bool *renew)
{
	int64_t age = clock_mono_ms() - m->work.made_ms;
	bool changed, moved = false, pool_changed = false;
	enum status st = node_changed(m->node, &changed);

	*renew = age >= OLD_MS;
	if (st == ST_OK && *renew)
		st = node_mempool_expire(m->node);
	/* A change of the pool seen too early is not forgotten: once the time
	 * has come the question is asked anyway. */
	if (st == ST_OK && (changed || age >= REFRESH_MS))
		st = node_template_stale(m->node, &m->work.t, &moved, &pool_changed);
	if (moved || (pool_changed && age >= REFRESH_MS))
		*renew = true;
	return st;
}

/* One step: something found, exhausted, or a look around. */
static enum status step(struct miner *m)
{
	struct header h;
	bool renew = false;
	enum status st;

	if (!m->has_work)
		return new_work(m);
	switch (pool_wait(m->pool, LOOK_MS, &h)) {
	case POOL_FOUND:
		return found(m, &h);
	case POOL_EXHAUSTED:
		return search_next(m);
	case POOL_NOTHING:
		break;
	}
	st = look(m, &renew);
	return st == ST_OK && renew ? new_work(m) : st;
}

/* Work for a round, proposed. */
static enum status propose(struct miner *m, const struct turn_info *turn)
{
	bool good = false;
	enum status st = work_make(&m->work, m->node, buf_view(&m->script),
				   m->salt, m->sealer);

	if (st != ST_OK)
		return st;
	m->salt += 0x9e3779b9;
	m->has_work = true;
	st = together_propose(&m->together, turn, &m->work, &good);
	if (st == ST_OK && good)
		log_info("proposed a block for height %u", turn->height);
	if (st != ST_OK || !good)
		drop_work(m);
	return st;
}

/* As step, where several miners sign a block. */
static enum status step_together(struct miner *m)
{
	struct turn_info turn;
	struct header h;
	bool ready = false;
	enum status st = node_turn(m->node, &turn);

	if (st != ST_OK)
		return st;
	if (m->has_work && (m->together.round != turn.round ||
			    !hash256_equal(&m->work.t.prev.h, &turn.tip.h)))
		drop_work(m);
	if (m->searching && pool_wait(m->pool, LOOK_MS, &h) == POOL_FOUND)
		return found(m, &h);
	if (m->searching)
		return ST_OK;
	if (turn.open)
		st = together_sign(&m->together, &turn);
	if (st == ST_OK && !m->has_work && together_is_due(&m->together, &turn))
		st = propose(m, &turn);
	if (st == ST_OK && m->has_work)
		st = together_ready(&m->together, &m->work, &h, &ready);
	if (st == ST_OK && ready) {
		pool_start(m->pool, &h, &m->work.target);
		m->searching = true;
		return ST_OK;
	}
	pause_ms(LOOK_MS);
	return st;
}

/* Another number of threads; the old pool stays where that cannot be. */
static void resize(struct miner *m, unsigned threads)
{
	struct pool *other;

	drop_work(m);
	if (pool_open(&other, threads, m->duty, m->kernel) != ST_OK) {
		log_warn("%u threads cannot be started", threads);
		m->control.order.threads = m->threads;
		return;
	}
	pool_close(m->pool);
	m->pool = other;
	m->threads = threads;
	control_new_pool(&m->control, threads);
	log_info("%u thread%s now", threads, threads == 1 ? "" : "s");
}

/* Tells of the miner and does as it is told. True: it rests. */
static bool obey(struct miner *m)
{
	const struct control *c = &m->control;
	int64_t now_ms = clock_mono_ms();
	bool rested = c->order.rest;

	if (m->has_work)
		m->worked_ms = now_ms;
	control_step(&m->control,
		     rested ? MINING_RESTING
		     : now_ms - m->worked_ms < IDLE_MS ? MINING_SEARCHING
						       : MINING_WAITING,
		     pool_hashes(m->pool), m->mined);
	if (c->order.rest != rested)
		log_info("%s", rested ? "searching again" : "resting, as told");
	if (c->order.rest)
		drop_work(m);
	else if (control_threads(c) != m->threads)
		resize(m, control_threads(c));
	return c->order.rest;
}

/* Are others' signatures needed? See together.h. */
static bool many_sign(const struct miner *m)
{
	return m->sealer && __builtin_popcount(sealer_makers(m->sealer)) <
				    node_params(m->node)->makers_needed;
}

/* Can blocks be signed, where they are? Else it is said why not. */
static bool may_seal(struct miner *m)
{
	bool ready = !m->sealer || sealer_ready(m->sealer) == ST_OK;

	if (m->sealer)
		waiting_say(&m->voice, m->node, sealer_waits(m->sealer));
	if (!ready)
		pause_ms(PAUSE_MS);
	return ready;
}

static int mine(struct miner *m)
{
	while (!stop_asked && (m->wanted == 0 || m->mined < m->wanted)) {
		enum status st;

		/* Nobody steers what makes a few blocks and ends. */
		if (m->wanted == 0 && obey(m)) {
			pause_ms(LOOK_MS);
			continue;
		}
		/* work that is sealed is searched to its end */
		if (!m->has_work && !may_seal(m))
			continue;
		st = many_sign(m) ? step_together(m) : step(m);
		if (st == ST_OK)
			continue;
		if (st == ST_DENIED && !m->has_work)
			return EXIT_FAILED;
		drop_work(m);
		if (st == ST_DENIED)
			return opt_failed(m->program, "the keys of %s do not "
					  "satisfy the challenge of %s: more "
					  "signatures are needed, or other keys.",
					  m->keys, node_params(m->node)->name);
		if (!passing(st))
			return opt_failed(m->program, "%s: %s.", status_text(st),
					  node_error(m->node));
		log_debug("trying again: %s", status_text(st));
		pause_ms(st == ST_BUSY ? LOOK_MS : PAUSE_MS);
	}
	drop_work(m);
	waiting_say(&m->voice, m->node, NULL);
	return 0;
}

/* The output script to pay. */
static int read_address(struct miner *m, const struct conf *conf)
{
	const struct params *p = node_params(m->node);
	const char *text = conf_text(conf, CONF_MINE_ADDRESS);
	char safe[ADDRESS_TEXT_SIZE];

	if (!*text)
		return opt_usage(m->program, "no address to pay: give --address or set "
					     "mine_address in quarry.conf.");
	log_safe(safe, sizeof(safe), text, strlen(text));
	switch (address_to_script(&m->script, p, text, strlen(text))) {
	case ADDRESS_OK:
		break;
	case ADDRESS_INVALID:
		return opt_usage(m->program, "%s is no address: check it for typing "
					     "errors.", safe);
	case ADDRESS_OTHER_NETWORK:
		return opt_usage(m->program, "%s is an address of another network: "
					     "give one of %s.", safe, p->name);
	}
	return -1;
}

/* The keys that sign, where blocks are signed. */
static int read_keys(struct miner *m, const struct conf *conf)
{
	const struct params *p = node_params(m->node);
	const char *file = conf_text(conf, CONF_MAKER_KEY);
	const char *keystore = conf_text(conf, CONF_MAKER_SIGNER);
	char error[SEAL_ERROR_SIZE] = "There is not enough memory.";
	enum status st;

	if (!p->signet_challenge_len)
		return -1;
	if (!*file == !*keystore)
		return opt_usage(m->program, "blocks of %s are signed: say by whom, "
					     "--keystore NAME (maker_signer in "
					     "quarry.conf) or --maker-key FILE "
					     "(maker_key), one of them.", p->name);
	m->keys = *file ? file : keystore;
	if (*file)
		st = sealer_open(&m->sealer, p, file, error);
	else
		st = sealer_open_signer(&m->sealer, p,
					conf_text(conf, CONF_SIGNER_SOCKET),
					keystore);
	if (st != ST_OK)
		return opt_failed(m->program, "%s", error);
	together_init(&m->together, m->node, m->sealer);
	return -1;
}

static const struct powscan_kernel *read_kernel(const char *name)
{
	return *name ? powscan_find(name) : powscan_kernel(0);
}

static int refuse_kernel(const struct miner *m, const char *name)
{
	char can[80] = "";
	size_t n = 0;

	for (size_t i = 0; powscan_kernel(i) && n < sizeof(can); i++)
		n += (size_t)snprintf(can + n, sizeof(can) - n, "%s%s",
				      i ? ", " : "",
				      powscan_name(powscan_kernel(i)));
	return opt_usage(m->program, "this machine cannot run the kernel %s; it "
				     "can run %s", name, can);
}

static int run(struct miner *m, const struct conf *conf, const char *kernel_name)
{
	const struct powscan_kernel *kernel = read_kernel(kernel_name);
	int64_t threads = conf_int(conf, CONF_MINE_THREADS);
	struct sigaction sa = {.sa_handler = on_signal};
	int code = read_address(m, conf);

	if (code < 0)
		code = read_keys(m, conf);
	if (code >= 0)
		return code;
	if (!kernel)
		return refuse_kernel(m, kernel_name);
	if (threads == 0)
		threads = sysconf(_SC_NPROCESSORS_ONLN);
	if (threads < 1)
		threads = 1;
	if (rand_bytes(&m->salt, sizeof(m->salt)) != ST_OK)
		return opt_failed(m->program, "the system gives no random numbers.");
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	m->kernel = kernel;
	m->threads = (unsigned)threads;
	m->duty = (unsigned)conf_int(conf, CONF_MINE_DUTY);
	if (pool_open(&m->pool, m->threads, m->duty, kernel) != ST_OK)
		return opt_failed(m->program, "%lld threads cannot be started: give "
					      "--threads.", (long long)threads);
	log_info("mining on %s: %lld thread%s, kernel %s",
		 node_params(m->node)->name, (long long)threads,
		 threads == 1 ? "" : "s", powscan_name(kernel));
	m->worked_ms = clock_mono_ms();
	control_init(&m->control, m->node, m->threads, m->duty,
		     powscan_name(kernel));
	code = mine(m);
	control_end(&m->control);
	pool_close(m->pool);
	return code;
}

static int with_node(struct miner *m, const struct conf *conf,
		     const char *kernel_name)
{
	const struct node_options o = {
		.db_path = conf_text(conf, CONF_DB),
		.busy_ms = BUSY_MS,
		.durable = true,
		.app_name = "quarry-miner",
	};
	char error[NODE_ERROR_SIZE];
	const char *fault = crypto_selftest();
	int code;

	if (fault)
		return opt_failed(m->program, "%s", fault);
	if (node_open(&m->node, &o, error) != ST_OK)
		return opt_failed(m->program, "%s", error);
	buf_init(&m->script, SCRIPT_MAX);
	code = run(m, conf, kernel_name);
	sealer_close(m->sealer);
	buf_free(&m->script);
	node_close(m->node);
	return code;
}

int main(int argc, char **argv)
{
	struct miner m = {.voice.program = "quarry-miner"};
	const char *kernel_name = "";
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY("address", "A", CONF_MINE_ADDRESS),
		OPT_KEY("keystore", "NAME", CONF_MAKER_SIGNER),
		OPT_KEY("signer", "PATH", CONF_SIGNER_SOCKET),
		OPT_KEY("maker-key", "FILE", CONF_MAKER_KEY),
		OPT_KEY("threads", "N", CONF_MINE_THREADS),
		OPT_KEY("duty", "PERCENT", CONF_MINE_DUTY),
		OPT_NUMBER("once", "N", &m.wanted, 1, 1000000000,
			   "mine N blocks and end; without it, go on for ever"),
		OPT_TEXT("kernel", "NAME", &kernel_name,
			 "search with one of " POWSCAN_NAMES "; default: the fastest"),
	};
	struct opt_program program = {
		.name = "quarry-miner",
		.about = "Makes blocks on the tip of a database and pays an address.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	struct conf conf;
	int code;

	m.program = &program;
	conf_init(&conf);
	code = opt_read(&program, &conf, argc, argv);
	if (code < 0)
		code = with_node(&m, &conf, kernel_name);
	conf_free(&conf);
	return code;
}
