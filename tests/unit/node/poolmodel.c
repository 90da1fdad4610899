/* SPDX-License-Identifier: MIT */
#include "tests/unit/node/poolmodel.h"

#define COINS (1u << 19)
#define BLOCKS_MAX 20000
#define WAITING_MAX 4000
#define RETURNS_MAX 4000
#define BASE_SIZE_MIN 65	/* smaller ones are not relayed */

struct model_coin {
	struct outpoint at;
	bool used, here;	/* here: made on the active chain */
	bool spent;		/* on the active chain */
	bool coinbase;
	uint32_t height;
};

struct model_block {
	struct block b;
	struct blkid parent;
	uint32_t up, height;	/* up: of its parent */
};

struct pool_model {
	struct arena a;
	struct model_coin coin[COINS];
	struct model_block block[BLOCKS_MAX];
	uint32_t n_block, tip;	/* block 0 is genesis */
	const struct tx *wait[WAITING_MAX];
	uint32_t n_wait;
	const struct tx *back[RETURNS_MAX];	/* newest block first */
	uint32_t n_back, came, gone;
};

struct pool_model *pool_model_new(void)
{
	struct pool_model *m = calloc(1, sizeof(*m));
	struct params p;

	assert_non_null(m);
	arena_init(&m->a, (size_t)1 << 30);
	assert_true(params_builtin(&p, "regtest"));
	m->block[0].b.id = p.genesis_id;
	m->n_block = 1;
	return m;
}

void pool_model_free(struct pool_model *m)
{
	arena_free(&m->a);
	free(m);
}

static struct model_coin *coin_at(struct pool_model *m, const struct outpoint *o)
{
	uint32_t h = le32_get(o->txid.h.b) + o->n * 2654435761u;
	struct model_coin *c;

	for (;; h++) {
		c = &m->coin[h % COINS];
		if (!c->used || outpoint_equal(&c->at, o))
			break;
	}
	if (!c->used)
		*c = (struct model_coin){.at = *o, .used = true};
	return c;
}

static bool spends(const struct tx *t, const struct outpoint *o)
{
	for (uint32_t i = 0; i < t->n_in; i++) {
		if (outpoint_equal(&t->in[i].prevout, o))
			return true;
	}
	return false;
}

static bool spends_tx(const struct tx *t, const struct tx *of)
{
	for (uint32_t i = 0; i < t->n_in; i++) {
		if (hash256_equal(&t->in[i].prevout.txid.h, &of->txid.h))
			return true;
	}
	return false;
}

static int64_t waiting(const struct pool_model *m, const struct txid *id)
{
	for (uint32_t i = 0; i < m->n_wait; i++) {
		if (hash256_equal(&m->wait[i]->txid.h, &id->h))
			return i;
	}
	return -1;
}

static void take_out(struct pool_model *m, uint32_t i)
{
	memmove(m->wait + i, m->wait + i + 1,
		(m->n_wait - i - 1) * sizeof(m->wait[0]));
	m->n_wait--;
}

/* All that spend outputs of t, and what spends theirs. */
static void drop_spenders(struct pool_model *m, const struct tx *t)
{
	for (uint32_t i = 0; i < m->n_wait;) {
		const struct tx *w = m->wait[i];

		if (!spends_tx(w, t)) {
			i++;
			continue;
		}
		take_out(m, i);
		drop_spenders(m, w);
		i = 0;
	}
}

static void drop(struct pool_model *m, uint32_t i)
{
	const struct tx *t = m->wait[i];

	take_out(m, i);
	drop_spenders(m, t);
}

static void connect_tx(struct pool_model *m, const struct tx *t, uint32_t height)
{
	bool coinbase = tx_is_coinbase(t);
	int64_t at = waiting(m, &t->txid);

	if (at >= 0)
		take_out(m, (uint32_t)at);
	for (uint32_t i = 0; i < t->n_in && !coinbase; i++) {
		coin_at(m, &t->in[i].prevout)->spent = true;
		for (uint32_t k = 0; k < m->n_wait;) {
			if (!spends(m->wait[k], &t->in[i].prevout)) {
				k++;
				continue;
			}
			drop(m, k);
			k = 0;
		}
	}
	for (uint32_t i = 0; i < t->n_out; i++) {
		struct outpoint o = {t->txid, i};
		struct model_coin *c = coin_at(m, &o);

		c->here = true;
		c->spent = false;
		c->coinbase = coinbase;
		c->height = height;
	}
}

static void disconnect(struct pool_model *m)
{
	struct model_block *mb = &m->block[m->tip];

	for (uint32_t k = mb->b.n_tx; k-- > 0;) {
		const struct tx *t = &mb->b.tx[k];

		for (uint32_t i = 0; i < t->n_out; i++) {
			struct outpoint o = {t->txid, i};

			coin_at(m, &o)->here = false;
		}
		for (uint32_t i = 0; k && i < t->n_in; i++)
			coin_at(m, &t->in[i].prevout)->spent = false;
		if (k) {
			assert_true(m->n_back < RETURNS_MAX);
			m->back[m->n_back++] = t;
		}
	}
	m->tip = mb->up;
}

/* Of the chain or of what waits, spent by neither, and old enough. */
static bool may_spend(struct pool_model *m, const struct outpoint *o)
{
	struct model_coin *c = coin_at(m, o);
	int64_t parent = waiting(m, &o->txid);

	for (uint32_t i = 0; i < m->n_wait; i++) {
		if (spends(m->wait[i], o))
			return false;
	}
	if (parent >= 0)
		return o->n < m->wait[parent]->n_out;
	if (!c->here || c->spent)
		return false;
	return !c->coinbase ||
	       m->block[m->tip].height + 1 - c->height >= LAB_MATURITY;
}

static bool is_confirmed(struct pool_model *m, const struct tx *t)
{
	struct outpoint o = {t->txid, 0};

	return coin_at(m, &o)->here;
}

static bool enter(struct pool_model *m, const struct tx *t)
{
	bool good = t->base_size >= BASE_SIZE_MIN && waiting(m, &t->txid) < 0;

	for (uint32_t i = 0; good && i < t->n_in; i++)
		good = may_spend(m, &t->in[i].prevout);
	if (!good)
		return false;
	assert_true(m->n_wait < WAITING_MAX);
	m->wait[m->n_wait++] = t;
	return true;
}

/* Those that came back may be parents of those that waited before. */
static void sort_waiting(struct pool_model *m)
{
	for (uint32_t i = 0; i < m->n_wait;) {
		const struct tx *t = m->wait[i];
		uint32_t k = i + 1;

		while (k < m->n_wait && !spends_tx(t, m->wait[k]))
			k++;
		if (k == m->n_wait) {
			i++;
			continue;
		}
		/* behind its parent */
		memmove(m->wait + i, m->wait + i + 1,
			(k - i) * sizeof(m->wait[0]));
		m->wait[k] = t;
	}
}

/* Coinbases that are young again. */
static void sweep(struct pool_model *m)
{
	for (uint32_t i = 0; i < m->n_wait;) {
		const struct tx *t = m->wait[i];
		bool bad = false;

		for (uint32_t k = 0; !bad && k < t->n_in; k++) {
			const struct outpoint *o = &t->in[k].prevout;
			struct model_coin *c = coin_at(m, o);

			if (waiting(m, &o->txid) >= 0)
				continue;
			bad = !c->here || c->spent ||
			      (c->coinbase && m->block[m->tip].height + 1 -
				       c->height < LAB_MATURITY);
		}
		if (!bad) {
			i++;
			continue;
		}
		drop(m, i);
		i = 0;
	}
}

static void come_back(struct pool_model *m)
{
	while (m->n_back) {
		const struct tx *t = m->back[--m->n_back];

		if (is_confirmed(m, t))
			continue;
		if (enter(m, t)) {
			m->came++;
		} else {
			m->gone++;
			drop_spenders(m, t);
		}
	}
	sort_waiting(m);
	sweep(m);
}

void pool_model_block(struct pool_model *m, const uint8_t *raw, size_t len)
{
	uint32_t at = m->n_block, fork, n = 0;
	uint32_t *path;
	struct model_block *mb = &m->block[at];

	assert_true(at < BLOCKS_MAX);
	assert_int_equal(block_parse(&mb->b, raw, len, &m->a), ST_OK);
	for (mb->up = at; mb->up-- > 0;) {
		if (hash256_equal(&m->block[mb->up].b.id.h,
				  &mb->b.header.prev.h))
			break;
	}
	assert_true(mb->up < at);
	mb->height = m->block[mb->up].height + 1;
	m->n_block++;
	if (mb->height <= m->block[m->tip].height)
		return;
	path = calloc(mb->height + 1, sizeof(*path));
	assert_non_null(path);
	/* the new branch down to the height of the tip, then both together */
	for (fork = at; m->block[fork].height > m->block[m->tip].height;
	     fork = m->block[fork].up)
		path[n++] = fork;
	while (fork != m->tip) {
		path[n++] = fork;
		fork = m->block[fork].up;
		disconnect(m);
	}
	while (n) {
		const struct model_block *b = &m->block[path[--n]];

		for (uint32_t k = 0; k < b->b.n_tx; k++)
			connect_tx(m, &b->b.tx[k], b->height);
		m->tip = path[n];
	}
	free(path);
	come_back(m);
}

bool pool_model_tx(struct pool_model *m, const uint8_t *raw, size_t len)
{
	struct tx *t = arena_array(&m->a, 1, struct tx);

	assert_non_null(t);
	assert_int_equal(tx_parse(t, raw, len, &m->a), ST_OK);
	return enter(m, t);
}

void pool_model_expire(struct pool_model *m)
{
	m->n_wait = 0;
}

uint32_t pool_model_count(const struct pool_model *m)
{
	return m->n_wait;
}

const struct tx *pool_model_at(const struct pool_model *m, uint32_t i)
{
	return m->wait[i];
}

void pool_model_returns(const struct pool_model *m, uint32_t *came,
			uint32_t *gone)
{
	*came = m->came;
	*gone = m->gone;
}

void pool_model_is(const struct pool_model *m, struct node *n)
{
	struct pool_tx *there;
	uint32_t count;
	struct arena a;

	arena_init(&a, (size_t)64 << 20);
	assert_int_equal(query_pool(n, 0, WAITING_MAX, &a, &there, &count),
			 ST_OK);
	for (uint32_t i = 0; i < count; i++)
		assert_true(waiting(m, &there[i].txid) >= 0);
	assert_int_equal(count, m->n_wait);
	arena_free(&a);
}
