/* SPDX-License-Identifier: MIT */
/*
 * Nodes that the operator named: of the configuration, added by hand, or to be
 * tried once. They are called again when they fail, later and later.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "relay/p2p_dns.h"
#include "relay/p2p_priv.h"

#define BACKOFF_FIRST_MS 1000
#define BACKOFF_MAX_MS 60000
#define MISBEHAVED_MS 60000
#define FAILURES_SHIFT_MAX 6

static const char *name_of(const struct p2p_target *t)
{
	return t->url + strlen("bitcoin://");
}

static struct p2p_target *find(struct p2p *x, const char *name)
{
	for (unsigned i = 0; i < P2P_TARGETS_MAX; i++) {
		if (x->target[i].used && strcmp(name_of(&x->target[i]), name) == 0)
			return &x->target[i];
	}
	return NULL;
}

struct p2p_target *p2p_target_add(struct p2p *x, const char *name)
{
	struct p2p_target *t = find(x, name);
	struct net_addr at;
	bool added;

	if (t)
		return t;
	for (unsigned i = 0; i < P2P_TARGETS_MAX && !t; i++) {
		if (!x->target[i].used && !x->target[i].resolving)
			t = &x->target[i];
	}
	if (!t || strlen(name) >= sizeof(((struct p2p_peer *)0)->name))
		return NULL;
	*t = (struct p2p_target){.used = true, .tag = ++x->last_tag};
	snprintf(t->url, sizeof(t->url), "bitcoin://%s", name);
	if (net_addr_parse(&at, name, node_params(x->node)->p2p_port))
		t->at_len = p2p_sockaddr_of(&t->at, &at);
	t->named = !t->at_len;
	/* without a row, what becomes of it is only in the log */
	if (peers_add(x->node, t->url, "operator", &t->row, &added) != ST_OK)
		t->row = 0;
	return t;
}

static void drop(struct p2p *x, struct p2p_target *t)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (x->peer[i]->target == t)
			x->peer[i]->target = NULL;
	}
	t->used = false;
}

void p2p_target_sync(struct p2p *x, const char *const *names, uint32_t n)
{
	for (unsigned i = 0; i < P2P_TARGETS_MAX; i++) {
		struct p2p_target *t = &x->target[i];
		bool wanted = !t->used || !t->by_row;

		for (uint32_t j = 0; j < n && !wanted; j++)
			wanted = strcmp(names[j], name_of(t)) == 0;
		if (!wanted)
			drop(x, t);
	}
	for (uint32_t j = 0; j < n; j++) {
		struct p2p_target *t = find(x, names[j]);

		if (!t) {
			t = p2p_target_add(x, names[j]);
			if (t)
				t->by_row = true;
		}
	}
}

void p2p_target_ended(struct p2p_target *t)
{
	t->connected = false;
	if (t->named)
		t->at_len = 0;
	if (t->once)
		t->used = false;
}

void p2p_target_later(struct p2p *x, struct p2p_target *t)
{
	t->failures = FAILURES_SHIFT_MAX;
	t->next_ms = x->real_ms + MISBEHAVED_MS;
}

enum status p2p_target_bad(struct p2p *x, struct p2p_target *t, const char *why)
{
	enum status st = ST_OK;

	log_debug("%s: %s", name_of(t), why);
	if (t->row)
		st = peers_bad(x->node, t->row, why);
	/* its row was removed by hand */
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static void try_later(struct p2p *x, struct p2p_target *t)
{
	int64_t wait_ms = BACKOFF_FIRST_MS
			  << (t->failures < FAILURES_SHIFT_MAX
			      ? t->failures : FAILURES_SHIFT_MAX);

	t->failures++;
	t->next_ms = x->real_ms + (wait_ms < BACKOFF_MAX_MS ? wait_ms
							   : BACKOFF_MAX_MS);
}

static void looked_up(struct p2p *x, const char *name, uint32_t tag,
		      const struct net_addr *v, unsigned n)
{
	for (unsigned i = 0; i < P2P_TARGETS_MAX; i++) {
		struct p2p_target *t = &x->target[i];

		if (t->tag != tag)
			continue;
		t->resolving = false;
		if (n)
			t->at_len = p2p_sockaddr_of(&t->at,
						    &v[t->calls++ % n]);
		else if (t->once)
			drop(x, t);
		t->next_ms = n ? 0 : t->next_ms;
	}
	if (!n)
		log_info("%s: no address was found", name);
}

static void look_up(struct p2p *x, struct p2p_target *t)
{
	struct p2p_lookup l = {.x = x, .tag = t->tag, .done = looked_up};
	uint16_t port = node_params(x->node)->p2p_port;
	char *colon;

	snprintf(l.name, sizeof(l.name), "%s", name_of(t));
	colon = strrchr(l.name, ':');
	if (colon) {
		port = (uint16_t)strtoul(colon + 1, NULL, 10);
		*colon = '\0';
	}
	/* the answer may be there before the call returns */
	t->resolving = true;
	if (!p2p_dns_start(&l, port))
		t->resolving = false;
}

static bool is_connected(const struct p2p *x, const struct p2p_target *t)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (!x->peer[i]->dead && strcmp(x->peer[i]->name, name_of(t)) == 0)
			return true;
	}
	return false;
}

static enum status call(struct p2p *x, struct p2p_target *t)
{
	struct p2p_peer *p;
	enum status st;

	try_later(x, t);
	if (!t->at_len) {
		look_up(x, t);
		return ST_OK;
	}
	if (is_connected(x, t))
		return ST_OK;
	st = p2p_net_call(x, P2P_MANUAL, &t->at, t->at_len, name_of(t), &p);
	if (st != ST_OK) {
		st = p2p_target_bad(x, t, strerror(errno));
		p2p_target_ended(t);
		return st;
	}
	p->target = t;
	t->connected = true;
	snprintf(p->url, sizeof(p->url), "%s", t->url);
	return ST_OK;
}

enum status p2p_target_step(struct p2p *x)
{
	enum status st = ST_OK;

	for (unsigned i = 0; st == ST_OK && i < P2P_TARGETS_MAX; i++) {
		struct p2p_target *t = &x->target[i];

		if (t->used && !t->connected && !t->resolving &&
		    x->real_ms >= t->next_ms && x->n_peers < P2P_PEERS_MAX)
			st = call(x, t);
	}
	return st;
}
