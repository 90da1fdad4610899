/* SPDX-License-Identifier: MIT */
#include "relay/p2p.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "node/core/playground.h"
#include "node/net/netreport.h"
#include "node/query/query_mempool.h"
#include "relay/p2p_dns.h"
#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

#define ARENA_MAX ((size_t)64 << 20)
#define JUMP_MAX_S (366 * 86400)
#define PATIENCE_STEP_US 200000
#define LIMITS_MS 1000
#define COMMENT_MAX 200

/* BIP14: /Quarry:1.2.3(comment)/ */
static enum status introduce(struct p2p *x, const struct conf *conf,
			     char error[CONF_ERROR_SIZE])
{
	const char *comment = conf_text(conf, CONF_P2P_COMMENT);

	for (const char *c = comment; *c; c++) {
		if (*c >= 0x20 && *c < 0x7f && !strchr("/:()", *c) &&
		    strlen(comment) <= COMMENT_MAX)
			continue;
		snprintf(error, CONF_ERROR_SIZE, "p2p_comment is too long or has "
			 "a character that a user agent may not have: at most %d "
			 "of printable ASCII without / : ( ).", COMMENT_MAX);
		return ST_USAGE;
	}
	snprintf(x->agent, sizeof(x->agent), "/Quarry:%s%s%s%s/", PACKAGE_VERSION,
		 *comment ? "(" : "", comment, *comment ? ")" : "");
	return ST_OK;
}

static enum status name_targets(struct p2p *x, const struct conf *conf,
				enum conf_key key, char error[CONF_ERROR_SIZE])
{
	for (size_t i = 0; i < conf_count(conf, key); i++) {
		const char *name = conf_at(conf, key, i);
		struct p2p_target *t = NULL;

		if (p2p_net_is_name(name))
			t = p2p_target_add(x, name);
		if (!t) {
			snprintf(error, CONF_ERROR_SIZE, "%s is %.100s: it should "
				 "be HOST:PORT, an IPv6 address in brackets, at "
				 "most %d of them.", conf_name(key), name,
				 P2P_TARGETS_MAX);
			return ST_USAGE;
		}
		t->configured = true;
	}
	return ST_OK;
}

static enum status read_assumed(struct p2p *x, const struct conf *conf,
				char error[CONF_ERROR_SIZE])
{
	const char *text = conf_text(conf, CONF_ASSUME_VALID);

	if (strcmp(text, "default") == 0)
		x->blocks->assumed = node_params(x->node)->assume_valid;
	else if (strspn(text, "0") != strlen(text) && strcmp(text, "no") != 0 &&
		 !hash256_parse(&x->blocks->assumed.h, text, strlen(text))) {
		snprintf(error, CONF_ERROR_SIZE, "assume_valid is %.80s: it should "
			 "be a block's hash, default or no.", text);
		return ST_USAGE;
	}
	return ST_OK;
}

static enum status tell_of_ourselves(struct p2p *x, char error[CONF_ERROR_SIZE])
{
	char local[NET_ADDR_TEXT_SIZE] = "";
	enum status st;

	if (x->book.has_self)
		net_addr_text(local, &x->book.self);
	st = net_report_self(x->node, x->agent, p2p_services(x), local);
	if (st != ST_OK)
		snprintf(error, CONF_ERROR_SIZE, "It cannot start: %s.",
			 status_text(st));
	return st;
}

enum status p2p_open(struct p2p **out, struct node *n, struct event_base *base,
		     const struct conf *conf, char error[CONF_ERROR_SIZE])
{
	enum status st = ST_OK;
	struct p2p *x;

	*out = NULL;
	x = calloc(1, sizeof(*x));
	if (!x) {
		snprintf(error, CONF_ERROR_SIZE, "%s.", status_text(ST_NOMEM));
		return ST_NOMEM;
	}
	x->node = n;
	x->base = base;
	x->mono_us = x->now_us = clock_mono_us();
	x->now_ms = x->real_ms = x->now_us / 1000;
	if (node_mocktime(n, &x->held_s) != ST_OK)
		x->held_s = 0;
	x->serve_filters = conf_bool(conf, CONF_P2P_FILTERS);
	x->blocks_only = conf_bool(conf, CONF_P2P_BLOCKS_ONLY);
	x->stats.day_max = conf_int(conf, CONF_P2P_UPLOAD_MB) << 20;
	x->timeout_ms = 1000 * conf_int(conf, CONF_P2P_TIMEOUT_S);
	arena_init(&x->arena, ARENA_MAX);
	p2p_txs_init(x);
	p2p_compact_init(x);
	st = p2p_blocks_open(x);
	if (st != ST_OK)
		snprintf(error, CONF_ERROR_SIZE, "%s.", status_text(st));
	if (st == ST_OK)
		st = read_assumed(x, conf, error);
	if (st == ST_OK)
		st = introduce(x, conf, error);
	if (st == ST_OK)
		st = p2p_slots_open(x, conf, error);
	if (st == ST_OK)
		st = p2p_book_open(x, conf, error);
	for (size_t i = 0; st == ST_OK && i < conf_count(conf, CONF_P2P_LISTEN); i++)
		st = p2p_net_listen(x, conf_at(conf, CONF_P2P_LISTEN, i), error);
	if (st == ST_OK)
		st = name_targets(x, conf, CONF_P2P_CONNECT, error);
	if (st == ST_OK)
		st = name_targets(x, conf, CONF_P2P_ADDNODE, error);
	if (st == ST_OK)
		st = tell_of_ourselves(x, error);
	if (st == ST_OK) {
		st = query_last_event(n, &x->cursor);
		if (st == ST_OK)
			st = query_pool_newest(n, &x->trickle.newest);
		if (st != ST_OK)
			snprintf(error, CONF_ERROR_SIZE, "It cannot start: %s.",
				 status_text(st));
	}
	if (st != ST_OK) {
		p2p_close(x);
		return st;
	}
	*out = x;
	return ST_OK;
}

void p2p_close(struct p2p *x)
{
	if (!x)
		return;
	if (x->stats.begun && p2p_stats_end(x) != ST_OK)
		log_warn("the rows of connections could not be taken away");
	for (unsigned i = 0; i < x->n_peers; i++)
		p2p_peer_free(x->peer[i]);
	p2p_blocks_close(x);
	p2p_net_close(x);
	p2p_dns_close(x);
	p2p_slots_free(x);
	p2p_book_free(x);
	p2p_txs_free(x);
	p2p_compact_free(x);
	arena_free(&x->arena);
	free(x);
}

void p2p_order(struct p2p *x, const char *order)
{
	p2p_slots_order(x, order);
}

bool p2p_has_work(const struct p2p *x)
{
	if (!x || x->trouble)
		return false;
	if (p2p_blocks_busy(x))
		return true;
	for (unsigned i = 0; i < x->n_peers; i++) {
		const struct p2p_peer *p = x->peer[i];

		if (p->getdata_at < p->n_getdata
		    ? p->out.len - p->out_at <= P2P_OUT_PAUSE
		    : p->in_at < p->in.len && !p2p_peer_paused(p))
			return true;
	}
	return false;
}

void p2p_sweep(struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers;) {
		struct p2p_peer *p = x->peer[i];

		if (!p->dead) {
			i++;
			continue;
		}
		p2p_stats_gone(x, p);
		p2p_blocks_release(x, p);
		p2p_txs_release(x, p);
		x->peer[i] = x->peer[--x->n_peers];
		p2p_peer_free(p);
	}
}

/* All buffers together stay within their limit: who holds most of it goes. */
static void keep_limits(struct p2p *x)
{
	size_t all = 0, most = 0;
	struct p2p_peer *who = NULL;

	if (x->real_ms < x->limits_ms)
		return;
	x->limits_ms = x->real_ms + LIMITS_MS;
	for (unsigned i = 0; i < x->n_peers; i++) {
		size_t held = p2p_peer_memory(x->peer[i]);

		all += held;
		if (x->peer[i]->inbound && held > most) {
			most = held;
			who = x->peer[i];
		}
	}
	if (all > P2P_MEMORY_MAX && who)
		p2p_peer_drop(who, "memory is short");
}

static enum status talk(struct p2p *x, struct p2p_peer *p)
{
	enum status st = ST_OK;

	if (p->dead)
		return ST_OK;
	if (!p->dead && !p->connecting && !p->sent_version && !p->inbound)
		st = p2p_peer_greet(x, p);
	if (st == ST_OK && !p->dead && !p->connecting)
		st = p2p_serve_step(x, p);
	if (!p->dead && !p->connecting && !p2p_peer_paused(p))
		p2p_net_read(x, p);
	if (st == ST_OK && !p->dead)
		st = p2p_peer_handle(x, p);
	if (st == ST_OK && !p->dead)
		st = p2p_serve_step(x, p);
	if (st == ST_OK && !p->dead)
		st = p2p_peer_timers(x, p);
	return st;
}

int64_t p2p_now_us(const struct p2p *x)
{
	return x->held_s ? x->now_us : x->now_us + clock_mono_us() - x->mono_us;
}

/* Where a laboratory moves the database's clock forward, what waits for its time
 * becomes due; while it holds the clock, what peers see of time stands still: as
 * with Bitcoin Core's setmocktime. Our own housekeeping goes on. */
static enum status clock_step(struct p2p *x, bool changed)
{
	int64_t was_s = x->held_s, jump_s = 0;
	int64_t now_us = clock_mono_us(), passed_us = now_us - x->mono_us;
	enum status st = changed ? node_mocktime(x->node, &x->held_s) : ST_OK;

	if (was_s != x->held_s)
		jump_s = (x->held_s ? x->held_s : clock_wall_s()) -
			 (was_s ? was_s : clock_wall_s());
	if (jump_s < 0 || jump_s > JUMP_MAX_S)
		jump_s = 0;
	if (x->held_s)
		passed_us = 0;
	x->patience_us += jump_s * 1000000;
	if (!x->trouble)
		x->patience_us += passed_us < PATIENCE_STEP_US ? passed_us
							       : PATIENCE_STEP_US;
	x->patience_ms = x->patience_us / 1000;
	x->mono_us = now_us;
	x->now_us += passed_us + jump_s * 1000000;
	x->now_ms = x->now_us / 1000;
	x->jumped_ms += jump_s * 1000;
	x->real_ms = now_us / 1000 + x->jumped_ms;
	return st;
}

void p2p_trouble(struct p2p *x, bool trouble)
{
	if (!x)
		return;
	x->blocks->look |= x->trouble && !trouble;
	x->trouble = trouble;
}

/* What comes of many messages, and of none: what is missing, who lags behind, what
 * is told. */
static enum status housekeeping(struct p2p *x, bool changed)
{
	enum status st, first = p2p_blocks_step(x);

	st = p2p_lag_step(x, changed || x->wrote);
	if (first == ST_OK)
		first = st;
	p2p_txs_step(x);
	if (first == ST_OK)
		first = p2p_votes_step(x);
	st = p2p_trickle_again(x);
	return first == ST_OK ? st : first;
}

enum status p2p_step(struct p2p *x, bool changed, bool *wrote)
{
	enum status st, first;

	*wrote = false;
	if (!x)
		return ST_OK;
	first = clock_step(x, changed);
	x->wrote = false;
	x->blocks->look |= changed;
	x->received = false;
	st = p2p_net_accept(x);
	if (first == ST_OK)
		first = st;
	st = x->trouble ? ST_OK : p2p_slots_step(x);
	if (first == ST_OK)
		first = st;
	st = p2p_net_connect(x);
	if (first == ST_OK)
		first = st;
	/* One peer's trouble with the database is not the others'. */
	for (unsigned i = 0; i < x->n_peers; i++) {
		st = talk(x, x->peer[i]);
		if (first == ST_OK)
			first = st;
	}
	st = changed || x->wrote ? p2p_announce_events(x) : ST_OK;
	if (st == ST_OK && !x->trouble)
		st = housekeeping(x, changed);
	if (first == ST_OK)
		first = st;
	for (unsigned i = 0; i < x->n_peers; i++) {
		st = x->peer[i]->dead ? ST_OK
				      : p2p_announce_step(x, x->peer[i]);
		if (first == ST_OK)
			first = st;
		if (!x->peer[i]->dead)
			p2p_book_step(x, x->peer[i]);
		if (!x->peer[i]->dead)
			p2p_net_write(x, x->peer[i]);
	}
	keep_limits(x);
	p2p_sweep(x);
	st = x->trouble ? ST_OK : p2p_stats_step(x);
	if (first == ST_OK)
		first = st;
	for (unsigned i = 0; i < x->n_peers; i++)
		p2p_net_watch(x->peer[i]);
	*wrote = x->wrote;
	return first;
}
