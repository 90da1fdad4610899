/* SPDX-License-Identifier: MIT */
#include "feed/event_feed.h"

#include <stdio.h>

#include "base/hex.h"
#include "primitives/address.h"

#define MESSAGES_MAX ((size_t)32 << 20)
#define SCRATCH_MAX ((size_t)96 << 20)
/* Memory that stays between rows. */
#define KEEP_MAX ((size_t)1 << 20)
#define JSON_MAX 1200

/* Of which row a transaction is being looked at. */
struct place {
	const char *status;	/* "mempool", "confirmed", "gone", "disconnected" */
	char more[200];		/* members of the messages beside, or "" */
};

/* What a transaction does to a script. */
struct touch {
	struct touch *next;
	const struct watch *watch;
	int64_t in, out;	/* satoshi */
};

bool event_is_gap(int64_t after, const struct event_info *row)
{
	return row->id > after + 1 && strcmp(row->kind, "load") != 0;
}

void event_feed_init(struct event_feed *f, struct node *n,
		     const struct watches *w)
{
	*f = (struct event_feed){.node = n, .watches = w};
	arena_init(&f->arena, MESSAGES_MAX);
	arena_init(&f->scratch, SCRATCH_MAX);
}

void event_feed_free(struct event_feed *f)
{
	arena_free(&f->arena);
	arena_free(&f->scratch);
}

static void empty(struct arena *a, size_t max)
{
	if (a->used > KEEP_MAX) {
		arena_free(a);
		arena_init(a, max);
	} else {
		arena_reset(a);
	}
}

static enum status add(struct event_feed *f, const char *name, const char *json,
		       unsigned kind, const struct watch *watch)
{
	if (f->n == f->room) {
		uint32_t room = f->room ? 2 * f->room : 4;
		struct event_item *item =
			arena_array(&f->arena, room, struct event_item);

		if (!item)
			return ST_NOMEM;
		if (f->n)
			memcpy(item, f->item, f->n * sizeof(*item));
		f->item = item;
		f->room = room;
	}
	f->item[f->n] = (struct event_item){
		.name = arena_strdup(&f->arena, name),
		.json = arena_strdup(&f->arena, json),
		.kind = kind,
		.watch = watch,
	};
	if (!f->item[f->n].name || !f->item[f->n].json)
		return ST_NOMEM;
	f->n++;
	return ST_OK;
}

static enum status touch(struct event_feed *f, struct touch **list,
			 struct bytes script, int64_t in, int64_t out)
{
	const struct watch *w = watch_find(f->watches, WATCH_SCRIPT, script);
	struct touch **at = list;

	if (!w)
		return ST_OK;
	while (*at && (*at)->watch != w)
		at = &(*at)->next;
	if (!*at) {
		*at = arena_new(&f->scratch, struct touch);
		if (!*at)
			return ST_NOMEM;
		(*at)->watch = w;
	}
	(*at)->in += in;
	(*at)->out += out;
	return ST_OK;
}

enum status event_feed_coin(struct node *n, const struct outpoint *o,
			    struct arena *a, struct full_coin *coin)
{
	struct output_info info;
	struct bytes raw;
	struct tx tx;
	enum status st = query_output(n, o, a, &info);

	if (st == ST_OK) {
		*coin = (struct full_coin){
			.value = info.value, .script = info.script};
		return ST_OK;
	}
	if (st == ST_NOT_FOUND)
		st = query_pool_gone(n, &o->txid, a, &raw);
	if (st == ST_OK)
		st = tx_parse(&tx, raw.p, raw.len, a);
	if (st != ST_OK)
		return st;
	if (o->n >= tx.n_out)
		return ST_NOT_FOUND;
	*coin = (struct full_coin){
		.value = tx.out[o->n].value, .script = tx.out[o->n].script};
	return ST_OK;
}

static enum status say_outpoint(struct event_feed *f, const struct txid *txid,
				const struct outpoint *o, uint32_t in,
				const struct place *pl)
{
	uint8_t name[WATCH_OUTPOINT_SIZE];
	char of[HASH_TEXT_SIZE], by[HASH_TEXT_SIZE], json[JSON_MAX];
	const struct watch *w = watch_find(f->watches, WATCH_OUTPOINT,
					   watch_outpoint(name, o));

	if (!w)
		return ST_OK;
	snprintf(json, sizeof(json),
		 "{\"outpoint\":\"%s:%u\",\"txid\":\"%s\",\"input\":%u,"
		 "\"status\":\"%s\"%s}",
		 hash256_text(of, &o->txid.h), o->n, hash256_text(by, &txid->h),
		 in, pl->status, pl->more);
	return add(f, "outpoint", json, 0, w);
}

/* Spent outpoints in order, then addresses in the order they come up. coin: what
 * the inputs spend, NULL when that is to be looked up. */
static enum status say_tx(struct event_feed *f, const struct tx *tx,
			  const struct full_coin *coin, const struct place *pl)
{
	struct touch *list = NULL;
	enum status st = ST_OK;
	bool spends = !tx_is_coinbase(tx);

	for (uint32_t i = 0; spends && st == ST_OK && i < tx->n_in; i++)
		st = say_outpoint(f, &tx->txid, &tx->in[i].prevout, i, pl);
	for (uint32_t i = 0; spends && st == ST_OK &&
	     f->watches->n[WATCH_SCRIPT] && i < tx->n_in; i++) {
		struct full_coin c;

		if (coin)
			c = coin[i];
		else
			st = event_feed_coin(f->node, &tx->in[i].prevout,
					     &f->scratch, &c);
		if (st == ST_OK)
			st = touch(f, &list, c.script, c.value, 0);
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	for (uint32_t i = 0; st == ST_OK && i < tx->n_out; i++)
		st = touch(f, &list, tx->out[i].script, 0, tx->out[i].value);
	for (; st == ST_OK && list; list = list->next) {
		const struct watch *w = list->watch;
		char a[ADDRESS_TEXT_SIZE], id[HASH_TEXT_SIZE], json[JSON_MAX];
		char hex[2 * WATCH_BYTES_MAX + 1];

		address_from_script(a, node_params(f->node),
				    bytes_of(w->b, w->len));
		snprintf(json, sizeof(json),
			 "{\"address\":\"%s\",\"script\":\"%s\",\"txid\":\"%s\","
			 "\"received\":%lld,\"sent\":%lld,\"status\":\"%s\"%s}",
			 a, hex_text(hex, w->b, w->len),
			 hash256_text(id, &tx->txid.h), (long long)list->out,
			 (long long)list->in, pl->status, pl->more);
		st = add(f, "address", json, 0, w);
	}
	return st;
}

struct block_walk {
	struct event_feed *f;
	const struct place *pl;
};

static enum status say_full_tx(void *arg, const struct full_tx *t)
{
	const struct block_walk *b = arg;

	return say_tx(b->f, &t->tx, t->coin, b->pl);
}

/* A block that is not, or no longer, on the active chain. */
static enum status say_raw_block(struct event_feed *f, const struct blkid *id,
				 const struct place *pl)
{
	struct bytes raw;
	struct block b;
	enum status st = query_block_raw(f->node, id, &f->scratch, &raw);

	if (st == ST_OK)
		st = block_parse(&b, raw.p, raw.len, &f->scratch);
	for (uint32_t i = 0; st == ST_OK && i < b.n_tx; i++)
		st = say_tx(f, &b.tx[i], NULL, pl);
	return st;
}

static enum status say_block(struct event_feed *f, const struct event_info *row,
			     bool joined)
{
	const struct blkid id = {row->hash};
	struct place pl = {.status = joined ? "confirmed" : "disconnected"};
	struct block_walk walk = {f, &pl};
	struct block_info info;
	char hash[HASH_TEXT_SIZE];
	enum status st = query_block(f->node, &id, &info);

	if (st != ST_OK)
		return st;
	snprintf(pl.more, sizeof(pl.more), ",\"height\":%u,\"block\":\"%s\"",
		 info.height, hash256_text(hash, &id.h));
	st = joined ? query_full_block(f->node, &id, 0, UINT32_MAX, say_full_tx,
				       &walk) :
		      ST_NOT_FOUND;
	return st == ST_NOT_FOUND ? say_raw_block(f, &id, &pl) : st;
}

static enum status say_pool_tx(struct event_feed *f, const struct event_info *row,
			       bool came)
{
	const struct txid id = {row->hash};
	const struct place pl = {.status = came ? "mempool" : "gone"};
	struct full_tx full;
	struct bytes raw;
	struct tx tx;
	enum status st = ST_NOT_FOUND;

	if (came)
		st = query_full_tx(f->node, &id, &f->scratch, &full);
	if (st == ST_OK)
		return say_tx(f, &full.tx, full.coin, &pl);
	if (st == ST_NOT_FOUND)
		st = query_pool_gone(f->node, &id, &f->scratch, &raw);
	if (st == ST_OK)
		st = tx_parse(&tx, raw.p, raw.len, &f->scratch);
	return st == ST_OK ? say_tx(f, &tx, NULL, &pl) : st;
}

static unsigned kind_of(const char *kind)
{
	static const struct {
		const char *kind;
		unsigned want;
	} kinds[] = {
		{"block", WANT_BLOCKS}, {"disconnect", WANT_DISCONNECTS},
		{"tx", WANT_TX}, {"tx-gone", WANT_TX}, {"tx-fee", WANT_TX},
		{"peer", WANT_PEERS}, {"load", WANT_ALWAYS},
		{"justified", WANT_FINALITY}, {"finalized", WANT_FINALITY},
		{"evidence", WANT_FINALITY},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].want;
	return 0;
}

/* A peer's row begins with its address. */
static enum status add_peer(struct event_feed *f, const struct event_info *row)
{
	static const char begin[] = "{\"address\":\"";
	struct event_item *e;
	struct bytes name;
	enum status st = add(f, row->kind, row->json, WANT_PEERS, NULL);

	if (st != ST_OK || strncmp(row->json, begin, sizeof(begin) - 1) != 0)
		return st;
	e = &f->item[f->n - 1];
	name.p = (const uint8_t *)row->json + sizeof(begin) - 1;
	name.len = strcspn((const char *)name.p, "\"");
	/* how many were not told: whoever it is that one looks for */
	if (!name.len)
		e->kind |= WANT_A_PEER;
	e->watch = watch_find(f->watches, WATCH_PEER, name);
	for (size_t n = name.len; n-- && name.p[n] != ']';)
		if (name.p[n] == ':') {
			e->also = watch_find(f->watches, WATCH_PEER,
					     bytes_of(name.p, n));
			break;
		}
	return ST_OK;
}

bool event_item_for(const struct event_item *e, unsigned kinds,
		    struct watch *const *watch, unsigned n)
{
	return (e->kind & kinds) ||
	       (e->watch && event_want_has(watch, n, e->watch)) ||
	       (e->also && event_want_has(watch, n, e->also));
}

enum status event_feed_row(struct event_feed *f, const struct event_info *row)
{
	bool looked_for = f->watches->n[WATCH_SCRIPT] ||
			  f->watches->n[WATCH_OUTPOINT];
	unsigned kind = kind_of(row->kind);
	enum status st = ST_OK;

	if (f->id == row->id && f->changes == f->watches->changes)
		return ST_OK;
	empty(&f->arena, MESSAGES_MAX);
	f->n = f->room = 0;
	f->item = NULL;
	f->id = row->id;
	f->changes = f->watches->changes;
	if (kind == WANT_PEERS)
		st = add_peer(f, row);
	else if (kind)
		st = add(f, row->kind, row->json, kind, NULL);
	if (st != ST_OK || !looked_for || !row->has_hash)
		return st;
	switch (kind) {
	case WANT_BLOCKS:
		st = say_block(f, row, true);
		break;
	case WANT_DISCONNECTS:
		st = say_block(f, row, false);
		break;
	case WANT_TX:
		if (strcmp(row->kind, "tx-fee") != 0)
			st = say_pool_tx(f, row, strcmp(row->kind, "tx") == 0);
		break;
	default:
		break;
	}
	empty(&f->scratch, SCRATCH_MAX);
	return st == ST_NOT_FOUND ? ST_OK : st;
}
