/* SPDX-License-Identifier: MIT */
/* See p2p_evict.h. */
#include "relay/p2p_evict.h"

#include <stdlib.h>
#include <string.h>

#define BY_GROUP 4
#define BY_PING 8
#define BY_TX 4
#define BY_BLOCK_ONLY 8
#define BY_BLOCK 4

typedef int compare(const void *a, const void *b);

static int order(int64_t x, int64_t y)
{
	return x < y ? -1 : x > y;
}

/* Each sorts the ones to be kept to the end. */
static int by_group(const void *a, const void *b)
{
	const struct evict_candidate *x = a, *y = b;

	return x->keyed_group < y->keyed_group ? -1
					       : x->keyed_group > y->keyed_group;
}

static int by_ping(const void *a, const void *b)
{
	const struct evict_candidate *x = a, *y = b;

	return order(y->ping_us, x->ping_us);
}

static int by_age(const void *a, const void *b)
{
	const struct evict_candidate *x = a, *y = b;

	return order(y->since_ms, x->since_ms);
}

static int by_tx(const void *a, const void *b)
{
	const struct evict_candidate *x = a, *y = b;
	int c = order(x->tx_at, y->tx_at);

	if (!c)
		c = order(x->relays_txs, y->relays_txs);
	return c ? c : by_age(a, b);
}

static int by_block(const void *a, const void *b)
{
	const struct evict_candidate *x = a, *y = b;
	int c = order(x->block_at, y->block_at);

	if (!c)
		c = order(x->serves, y->serves);
	return c ? c : by_age(a, b);
}

static int by_local(const void *a, const void *b)
{
	const struct evict_candidate *x = a, *y = b;
	int c = order(x->local, y->local);

	return c ? c : by_age(a, b);
}

static int by_block_only(const void *a, const void *b)
{
	const struct evict_candidate *x = a, *y = b;

	if (x->relays_txs != y->relays_txs)
		return x->relays_txs ? -1 : 1;
	return by_block(a, b);
}

static size_t keep(struct evict_candidate *v, size_t n, compare *how, size_t max)
{
	qsort(v, n, sizeof(*v), how);
	return n > max ? n - max : 0;
}

/* Of quiet ones only: whoever relays transactions is not meant. */
static size_t keep_block_only(struct evict_candidate *v, size_t n)
{
	size_t from, left;

	qsort(v, n, sizeof(*v), by_block_only);
	from = left = n > BY_BLOCK_ONLY ? n - BY_BLOCK_ONLY : 0;
	for (size_t i = from; i < n; i++) {
		if (v[i].relays_txs || !v[i].serves)
			v[left++] = v[i];
	}
	return left;
}

/* Half of them; of that half as many as may be, up to half again, of this machine. */
static size_t keep_by_age(struct evict_candidate *v, size_t n)
{
	size_t all = n / 2, kept = 0;

	qsort(v, n, sizeof(*v), by_local);
	while (n && kept < all / 2 && v[n - 1].local) {
		n--;
		kept++;
	}
	return keep(v, n, by_age, all - kept);
}

static size_t count_group(const struct evict_candidate *v, size_t n, uint64_t group,
			  int64_t *youngest_ms)
{
	size_t count = 0;

	*youngest_ms = INT64_MIN;
	for (size_t i = 0; i < n; i++) {
		if (v[i].group != group)
			continue;
		count++;
		if (v[i].since_ms > *youngest_ms)
			*youngest_ms = v[i].since_ms;
	}
	return count;
}

uint32_t evict_choose(struct evict_candidate *v, size_t n)
{
	const struct evict_candidate *worst = NULL;
	size_t most = 0, n_bad = 0;
	int64_t most_ms = 0;

	n = keep(v, n, by_group, BY_GROUP);
	n = keep(v, n, by_ping, BY_PING);
	n = keep(v, n, by_tx, BY_TX);
	n = keep_block_only(v, n);
	n = keep(v, n, by_block, BY_BLOCK);
	n = keep_by_age(v, n);
	for (size_t i = 0; i < n; i++) {
		if (v[i].discouraged)
			v[n_bad++] = v[i];
	}
	n = n_bad ? n_bad : n;
	for (size_t i = 0; i < n; i++) {
		int64_t young_ms;
		size_t count = count_group(v, n, v[i].group, &young_ms);

		if (count > most || (count == most && young_ms > most_ms)) {
			most = count;
			most_ms = young_ms;
			worst = &v[i];
		}
	}
	for (size_t i = 0; worst && i < n; i++) {
		if (v[i].group == worst->group && v[i].since_ms == most_ms)
			return v[i].id;
	}
	return 0;
}
