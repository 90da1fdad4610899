/* SPDX-License-Identifier: MIT */
#include "accounts/attempt.h"

#include <stdio.h>

#include "accounts/accounts_internal.h"
#include "crypto/hmac.h"
#include "primitives/net_addr.h"

#define KEY_BYTES 16
#define NETWORK_MOST 50
#define NETWORK_WINDOW_S 600
#define PAIR_FREE 5
#define PAIR_WAIT_MAX_S 900
#define NAME_FREE 20
#define NAME_WAIT_MAX_S 60
#define MEMORY_S 3600
#define KNOWN_S (90 * 86400)
#define SIGNUP_MOST 30
#define SIGNUP_WINDOW_S 3600
#define NAME_BYTES_MAX 100

struct key {
	uint8_t b[KEY_BYTES];
};

struct count {
	int64_t n, since, not_till;
};

/* "192.0.2.7", or the first 64 bits of an IPv6 address. */
static void network_of(char out[NET_ADDR_TEXT_SIZE], const char *address)
{
	struct net_addr at;

	if (!net_addr_parse(&at, address, 0)) {
		snprintf(out, NET_ADDR_TEXT_SIZE, "?");
		return;
	}
	if (at.net == NET_ADDR_IPV6)
		memset(at.host + 8, 0, 8);
	net_addr_host(out, &at);
}

static struct key key_of(const struct accounts *a, enum attempt_kind kind,
			 const char *name, const char *network)
{
	char text[NAME_BYTES_MAX + NET_ADDR_TEXT_SIZE + 16];
	uint8_t sub[32], mac[32];
	struct key k;
	int n = snprintf(text, sizeof(text), "%d %.*s %s", (int)kind, NAME_BYTES_MAX,
			 name, network);

	for (int i = 0; i < n; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] - 'A' + 'a');
	accounts_subkey(a, sub, "attempt");
	hmac_sha256(mac, bytes_of(sub, sizeof(sub)), bytes_of(text, (size_t)n));
	memcpy(k.b, mac, sizeof(k.b));
	return k;
}

static enum status get(struct accounts *a, enum attempt_kind kind,
		       const struct key *k, struct count *c)
{
	struct db_stmt *s = db_use(a->db, SQL_ATTEMPT_GET);
	enum status st;

	*c = (struct count){.since = accounts_now(a)};
	db_bind_int(s, 1, kind);
	db_bind_blob(s, 2, k->b, sizeof(k->b));
	db_bind_int(s, 3, accounts_now(a));
	st = db_one(s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st == ST_OK) {
		*c = (struct count){db_col_int(s, 0), db_col_int(s, 1),
				    db_col_int(s, 2)};
		db_reset(s);
	}
	return st;
}

static enum status put(struct accounts *a, enum attempt_kind kind,
		       const struct key *k, const struct count *c,
		       int64_t end_at)
{
	struct db_stmt *s = db_use(a->db, SQL_ATTEMPT_PUT);

	db_bind_int(s, 1, kind);
	db_bind_blob(s, 2, k->b, sizeof(k->b));
	db_bind_int(s, 3, c->n);
	db_bind_int(s, 4, c->since);
	db_bind_int(s, 5, c->not_till);
	db_bind_int(s, 6, end_at);
	return db_run(s);
}

static enum status purge(struct accounts *a)
{
	struct db_stmt *s = db_use(a->db, SQL_ATTEMPT_PURGE);

	db_bind_int(s, 1, accounts_now(a));
	return db_run(s);
}

/* How long to wait after n failures: twice as long each time. */
static int64_t pause_s(int64_t n, int64_t free_of_it, int64_t most)
{
	int64_t steps = n - free_of_it;

	if (steps < 0)
		return 0;
	return steps >= 30 || INT64_C(1) << steps > most ? most
							 : INT64_C(1) << steps;
}

/* The rows that one try is about. */
struct rows {
	struct key network, pair, name, known;
	struct count c_network, c_pair, c_name, c_known;
};

static enum status load(struct accounts *a, const char *name,
			const char *address, struct rows *r)
{
	char net[NET_ADDR_TEXT_SIZE];
	enum status st;

	network_of(net, address);
	r->network = key_of(a, ATTEMPT_NETWORK, "", net);
	r->pair = key_of(a, ATTEMPT_PAIR, name, net);
	r->name = key_of(a, ATTEMPT_NAME, name, "");
	r->known = key_of(a, ATTEMPT_KNOWN, name, net);
	st = get(a, ATTEMPT_NETWORK, &r->network, &r->c_network);
	if (st == ST_OK)
		st = get(a, ATTEMPT_PAIR, &r->pair, &r->c_pair);
	if (st == ST_OK)
		st = get(a, ATTEMPT_NAME, &r->name, &r->c_name);
	if (st == ST_OK)
		st = get(a, ATTEMPT_KNOWN, &r->known, &r->c_known);
	return st;
}

static enum status store(struct accounts *a, const struct rows *r)
{
	int64_t now = accounts_now(a);
	enum status st = put(a, ATTEMPT_NETWORK, &r->network, &r->c_network,
			     r->c_network.since + NETWORK_WINDOW_S);

	if (st == ST_OK)
		st = put(a, ATTEMPT_PAIR, &r->pair, &r->c_pair, now + MEMORY_S);
	if (st == ST_OK)
		st = put(a, ATTEMPT_NAME, &r->name, &r->c_name, now + MEMORY_S);
	return st;
}

static int64_t wait_of(const struct rows *r, int64_t now)
{
	if (r->c_network.n >= NETWORK_MOST)
		return r->c_network.since + NETWORK_WINDOW_S - now;
	if (r->c_pair.not_till > now)
		return r->c_pair.not_till - now;
	if (!r->c_known.n && r->c_name.not_till > now)
		return r->c_name.not_till - now;
	return 0;
}

enum status attempt_begin(struct accounts *a, const char *name,
			  const char *address, int64_t *wait_s, int64_t *failed)
{
	int64_t now = accounts_now(a);
	struct rows r;
	enum status st = db_begin_write(a->db);

	*wait_s = *failed = 0;
	if (st == ST_OK)
		st = purge(a);
	if (st == ST_OK)
		st = load(a, name, address, &r);
	if (st == ST_OK) {
		*wait_s = wait_of(&r, now);
		*failed = r.c_pair.n + 1;
	}
	if (st == ST_OK && !*wait_s) {
		r.c_network.n++;
		r.c_pair.n++;
		r.c_name.n++;
		r.c_pair.not_till = now + pause_s(r.c_pair.n, PAIR_FREE,
						  PAIR_WAIT_MAX_S);
		r.c_name.not_till = now + pause_s(r.c_name.n, NAME_FREE,
						  NAME_WAIT_MAX_S);
		st = store(a, &r);
	}
	return db_end(a->db, st);
}

static void less(struct count *c)
{
	if (c->n)
		c->n--;
	c->not_till = 0;
}

enum status attempt_good(struct accounts *a, const char *name,
			 const char *address)
{
	int64_t now = accounts_now(a);
	struct db_stmt *s;
	struct rows r;
	enum status st = load(a, name, address, &r);

	if (st != ST_OK)
		return st;
	less(&r.c_network);
	less(&r.c_name);
	r.c_known.n = 1;
	st = store(a, &r);
	if (st == ST_OK)
		st = put(a, ATTEMPT_KNOWN, &r.known, &r.c_known, now + KNOWN_S);
	if (st == ST_OK) {
		s = db_use(a->db, SQL_ATTEMPT_REMOVE);
		db_bind_int(s, 1, ATTEMPT_PAIR);
		db_bind_blob(s, 2, r.pair.b, sizeof(r.pair.b));
		st = db_run(s);
	}
	return st;
}

enum status attempt_undo(struct accounts *a, const char *name,
			 const char *address)
{
	struct rows r;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK)
		st = load(a, name, address, &r);
	if (st == ST_OK) {
		less(&r.c_network);
		less(&r.c_pair);
		less(&r.c_name);
		st = store(a, &r);
	}
	return db_end(a->db, st);
}

enum status attempt_signup(struct accounts *a, const char *address,
			   int64_t *wait_s)
{
	char net[NET_ADDR_TEXT_SIZE];
	int64_t now = accounts_now(a);
	struct count c;
	struct key k;
	enum status st = db_begin_write(a->db);

	*wait_s = 0;
	network_of(net, address);
	k = key_of(a, ATTEMPT_SIGNUP, "", net);
	if (st == ST_OK)
		st = purge(a);
	if (st == ST_OK)
		st = get(a, ATTEMPT_SIGNUP, &k, &c);
	if (st == ST_OK && c.n >= SIGNUP_MOST) {
		*wait_s = c.since + SIGNUP_WINDOW_S - now;
	} else if (st == ST_OK) {
		c.n++;
		st = put(a, ATTEMPT_SIGNUP, &k, &c, c.since + SIGNUP_WINDOW_S);
	}
	return db_end(a->db, st);
}

bool attempt_worth_noting(int64_t n)
{
	return n > 0 && (n & (n - 1)) == 0;
}
