/* SPDX-License-Identifier: MIT */
/* Reads and combines PSBTs. */
#include "wallet/psbt.h"

#include <stdlib.h>

#include "crypto/hash160.h"
#include "primitives/compactsize.h"
#include "wallet/psbt_priv.h"

struct bytes psbt_read_bytes(struct reader *r)
{
	uint64_t n = compactsize_read(r);
	const uint8_t *p = reader_take(r, (size_t)n);

	return bytes_of(p, p ? (size_t)n : 0);
}

/* --- maps --- */

static int by_bytes(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	return d ? d : (a.len > b.len) - (a.len < b.len);
}

static int by_length(struct bytes a, struct bytes b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return by_bytes(a, b);
}

/* A fingerprint, then a path: shorter ones first, then by their numbers. */
static int by_origin(struct bytes a, struct bytes b)
{
	int d = memcmp(a.p, b.p, 4);

	if (!d && a.len != b.len)
		return a.len < b.len ? -1 : 1;
	for (size_t i = 4; !d && i < a.len; i += 4) {
		uint32_t x = le32_get(a.p + i), y = le32_get(b.p + i);

		d = (x > y) - (x < y);
	}
	return d;
}

/* Scripts of a tree go by the script, its version, and then by the way to it. */
static int by_leaf(const struct psbt_pair *a, const struct psbt_pair *b)
{
	int d = by_bytes(bytes_of(a->value.p, a->value.len - 1),
			 bytes_of(b->value.p, b->value.len - 1));

	if (!d)
		d = a->value.p[a->value.len - 1] - b->value.p[b->value.len - 1];
	return d ? d : by_length(a->key, b->key);
}

static int by_place(const void *one, const void *two)
{
	const struct psbt_pair *a = one, *b = two;
	int d;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	/* these two ranks have more than one pair only where they mean this */
	if (a->rank == PSBT_IN_TAP_LEAF_SCRIPT && a->value.len && b->value.len)
		return by_leaf(a, b);
	if (a->rank == PSBT_GLOBAL_XPUB && a->key.len > 1 && b->key.len > 1) {
		d = by_origin(a->value, b->value);
		return d ? d : by_bytes(a->key, b->key);
	}
	d = memcmp(a->order, b->order, sizeof(a->order));
	return d ? d : by_bytes(a->key, b->key);
}

/* Equal keys in the order in which they came. */
static int by_key(const void *one, const void *two)
{
	const struct psbt_pair *a = one, *b = two;
	int d = by_bytes(a->key, b->key);

	return d ? d : (a->turn > b->turn) - (a->turn < b->turn);
}

static bool map_add(struct arena *a, struct psbt_map *m,
		    const struct psbt_pair *p)
{
	if (m->n == m->room) {
		size_t room = m->room ? 2 * m->room : 4;
		struct psbt_pair *more = arena_array(a, room, struct psbt_pair);

		if (!more)
			return false;
		if (m->n)
			memcpy(more, m->pair, m->n * sizeof(*more));
		m->pair = more;
		m->room = room;
	}
	m->pair[m->n] = *p;
	m->pair[m->n].turn = (uint32_t)m->n;
	m->n++;
	return true;
}

/* Keeps the first of pairs with the same key. Returns whether there were any. */
static bool map_unique(struct psbt_map *m)
{
	size_t kept = 0, had = m->n;

	for (size_t i = 0; i < m->n; i++)
		m->pair[i].turn = (uint32_t)i;
	if (m->n)
		qsort(m->pair, m->n, sizeof(*m->pair), by_key);
	for (size_t i = 0; i < m->n; i++)
		if (!i || !bytes_equal(m->pair[kept - 1].key, m->pair[i].key))
			m->pair[kept++] = m->pair[i];
	m->n = kept;
	return kept != had;
}

static void map_sort(struct psbt_map *m)
{
	if (m->n)
		qsort(m->pair, m->n, sizeof(*m->pair), by_place);
}

const struct psbt_pair *psbt_find(const struct psbt_map *m, uint64_t type)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->pair[i].type == type)
			return &m->pair[i];
	return NULL;
}

/* Core orders partial signatures by their keys' hashes. */
static void place(struct psbt_pair *p, enum psbt_place at)
{
	memset(p->order, 0, sizeof(p->order));
	p->rank = psbt_rank(at, p->type);
	if (at == PSBT_PLACE_IN && p->type == PSBT_IN_PARTIAL_SIG)
		hash160(p->order, p->key.p + 1, p->key.len - 1);
}

const struct psbt_pair *psbt_find_key(const struct psbt_map *m, uint64_t type,
				      struct bytes keydata)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->pair[i].type == type &&
		    bytes_equal(psbt_keydata(&m->pair[i]), keydata))
			return &m->pair[i];
	return NULL;
}

struct bytes psbt_value(const struct psbt_map *m, uint64_t type)
{
	const struct psbt_pair *p = psbt_find(m, type);

	return p ? p->value : (struct bytes){0};
}

bool psbt_put(struct psbt_map *m, enum psbt_place at, uint8_t type,
	      struct bytes keydata, struct bytes value, struct arena *a)
{
	uint8_t *key = arena_array(a, keydata.len + 1, uint8_t);
	struct psbt_pair p = {.type = type,
			      .key = bytes_of(key, keydata.len + 1)};

	p.value = bytes_of(arena_copy(a, value.len ? (const void *)value.p : "",
				      value.len), value.len);
	if (!key || !p.value.p)
		return false;
	key[0] = type;
	if (keydata.len)
		memcpy(key + 1, keydata.p, keydata.len);
	for (size_t i = 0; i < m->n; i++)
		if (bytes_equal(m->pair[i].key, p.key)) {
			m->pair[i].value = p.value;
			return true;
		}
	place(&p, at);
	if (!map_add(a, m, &p))
		return false;
	map_sort(m);
	return true;
}

void psbt_drop(struct psbt_map *m, uint64_t type)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->pair[i].type != type)
			m->pair[kept++] = m->pair[i];
	m->n = kept;
}

static const char *read_map(struct psbt_map *m, struct reader *r,
			    enum psbt_place at, struct arena *a)
{
	const char *e = NULL;

	*m = (struct psbt_map){0};
	for (;;) {
		struct psbt_pair p = {.key = psbt_read_bytes(r)};
		struct reader type = reader_of(p.key.p, p.key.len);

		if (r->failed)
			return "Separator is missing at the end of a map";
		if (!p.key.len)
			break;
		p.type = compactsize_read_any(&type);
		p.value = psbt_read_bytes(r);
		if (r->failed || type.failed)
			return "A pair is cut off";
		place(&p, at);
		e = psbt_check(at, &p);
		if (e)
			return e;
		if (!map_add(a, m, &p))
			return "out of memory";
	}
	if (map_unique(m))
		return "Duplicate Key, already provided";
	map_sort(m);
	return NULL;
}

/* --- the whole --- */

/* Takes the transaction and the version out of the global map. */
static const char *take_tx(struct psbt *psbt, struct arena *a)
{
	const struct psbt_pair *p = psbt_find(&psbt->global,
					     PSBT_GLOBAL_UNSIGNED_TX);
	size_t kept = 0;

	if (!p)
		return "No unsigned transaction was provided";
	if (tx_parse_base(&psbt->tx, p->value.p, p->value.len, a) != ST_OK)
		return "The unsigned transaction cannot be read";
	for (uint32_t i = 0; i < psbt->tx.n_in; i++)
		if (psbt->tx.in[i].script_sig.len)
			return "Unsigned tx does not have empty scriptSigs and "
			       "scriptWitnesses.";
	for (size_t i = 0; i < psbt->global.n; i++) {
		p = &psbt->global.pair[i];
		if (p->type != PSBT_GLOBAL_UNSIGNED_TX &&
		    p->type != PSBT_GLOBAL_VERSION)
			psbt->global.pair[kept++] = *p;
	}
	psbt->global.n = kept;
	return NULL;
}

/* The transaction that made a coin is the one that the input names. */
static const char *check_made(struct psbt *psbt, uint32_t i, struct arena *a)
{
	struct bytes v = psbt_value(&psbt->in[i], PSBT_IN_NON_WITNESS_UTXO);
	struct outpoint at = psbt->tx.in[i].prevout;
	struct tx made;

	if (!v.p)
		return NULL;
	if (tx_parse(&made, v.p, v.len, a) != ST_OK)
		return "The non-witness UTXO cannot be read";
	if (!hash256_equal(&made.txid.h, &at.txid.h))
		return "Non-witness UTXO does not match outpoint hash";
	return at.n < made.n_out ? NULL
				 : "Input specifies output index that does not exist";
}

static bool make_maps(struct psbt *psbt, struct arena *a)
{
	psbt->in = arena_calloc(a, psbt->tx.n_in + 1u, sizeof(*psbt->in));
	psbt->out = arena_calloc(a, psbt->tx.n_out + 1u, sizeof(*psbt->out));
	return psbt->in && psbt->out;
}

bool psbt_parse(struct psbt *psbt, const void *p, size_t len, struct arena *a,
		const char **error)
{
	struct reader r = reader_of(p, len);
	const uint8_t *magic = reader_take(&r, PSBT_MAGIC_LEN);

	*error = magic && memcmp(magic, PSBT_MAGIC, PSBT_MAGIC_LEN) == 0
			 ? read_map(&psbt->global, &r, PSBT_PLACE_GLOBAL, a)
			 : "Invalid PSBT magic bytes";
	if (!*error)
		*error = take_tx(psbt, a);
	if (!*error && !make_maps(psbt, a))
		*error = "out of memory";
	for (uint32_t i = 0; !*error && i < psbt->tx.n_in; i++) {
		if (!reader_left(&r))
			*error = "Inputs provided does not match the number of inputs "
				 "in transaction.";
		else
			*error = read_map(&psbt->in[i], &r, PSBT_PLACE_IN, a);
		if (!*error)
			*error = check_made(psbt, i, a);
	}
	for (uint32_t i = 0; !*error && i < psbt->tx.n_out; i++)
		*error = reader_left(&r)
				 ? read_map(&psbt->out[i], &r, PSBT_PLACE_OUT, a)
				 : "Outputs provided does not match the number of "
				   "outputs in transaction.";
	if (!*error && reader_left(&r))
		*error = "extra data after PSBT";
	return !*error;
}

bool psbt_blank(struct psbt *psbt, const struct tx *tx, struct arena *a)
{
	*psbt = (struct psbt){.tx = *tx};
	return make_maps(psbt, a);
}

bool psbt_map_combine(struct psbt_map *into, const struct psbt_map *from,
		      struct arena *a)
{
	/* those of `into` come first, so they stay */
	for (size_t i = 0; i < from->n; i++)
		if (!map_add(a, into, &from->pair[i]))
			return false;
	map_unique(into);
	map_sort(into);
	return true;
}

static bool same_tx(const struct tx *a, const struct tx *b)
{
	struct buf one, two;
	bool same;

	buf_init(&one, (size_t)64 << 20);
	buf_init(&two, (size_t)64 << 20);
	tx_write(&one, a, false);
	tx_write(&two, b, false);
	same = buf_status(&one) == ST_OK && buf_status(&two) == ST_OK &&
	       bytes_equal(buf_view(&one), buf_view(&two));
	buf_free(&one);
	buf_free(&two);
	return same;
}

enum psbt_combine_result psbt_combine(struct psbt *into, const struct psbt *from,
				      struct arena *a)
{
	bool good;

	if (!same_tx(&into->tx, &from->tx))
		return PSBT_OTHER_TX;
	good = psbt_map_combine(&into->global, &from->global, a);
	for (uint32_t i = 0; good && i < into->tx.n_in; i++)
		good = psbt_map_combine(&into->in[i], &from->in[i], a);
	for (uint32_t i = 0; good && i < into->tx.n_out; i++)
		good = psbt_map_combine(&into->out[i], &from->out[i], a);
	return good ? PSBT_COMBINED : PSBT_NO_MEMORY;
}

static bool read_utxo(struct txout *out, struct bytes v)
{
	struct reader r = reader_of(v.p, v.len);

	out->value = (int64_t)reader_le64(&r);
	out->script = psbt_read_bytes(&r);
	return !r.failed;
}

enum psbt_coin psbt_spent(const struct psbt *psbt, uint32_t at, struct arena *a,
			  struct txout *out)
{
	struct bytes whole = psbt_value(&psbt->in[at], PSBT_IN_NON_WITNESS_UTXO);
	struct bytes said = psbt_value(&psbt->in[at], PSBT_IN_WITNESS_UTXO);
	uint32_t n = psbt->tx.in[at].prevout.n;
	struct txout other;
	struct tx made;

	*out = (struct txout){0};
	if (said.p && !read_utxo(out, said))
		return PSBT_COIN_UNKNOWN;
	if (!whole.p)
		return said.p ? PSBT_COIN_SAID : PSBT_COIN_UNKNOWN;
	/* psbt_parse has seen that it is the one named; those that were put are
	 * looked at here */
	if (tx_parse(&made, whole.p, whole.len, a) != ST_OK || n >= made.n_out ||
	    !hash256_equal(&made.txid.h, &psbt->tx.in[at].prevout.txid.h))
		return PSBT_COIN_DISAGREES;
	other = made.out[n];
	if (said.p && (other.value != out->value ||
		       !bytes_equal(other.script, out->script)))
		return PSBT_COIN_DISAGREES;
	*out = other;
	return PSBT_COIN_KNOWN;
}
