/* SPDX-License-Identifier: MIT */
#include "wallet/psbt.h"

#include <stdlib.h>

#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "primitives/compactsize.h"

#define MAGIC "psbt\xff"
#define MAGIC_LEN 5
#define TREE_DEPTH_MAX 128
#define XPUB_SIZE 78

enum place { PLACE_GLOBAL, PLACE_IN, PLACE_OUT };

static struct bytes read_bytes(struct reader *r)
{
	uint64_t n = compactsize_read(r);
	const uint8_t *p = reader_take(r, (size_t)n);

	return bytes_of(p, p ? (size_t)n : 0);
}

/* --- the form of a pair --- */

/* A fingerprint and a path. */
static const char *check_origin(size_t len)
{
	return len % 4 || len == 0 ? "Invalid length for HD key path" : NULL;
}

static const char *check_pubkey(struct bytes key)
{
	struct bytes pub = bytes_of(key.p + 1, key.len - 1);

	if (pub.len != 33 && pub.len != 65)
		return "Size of key was not the expected size for a public key";
	return ec_pubkey_parse_ok(pub) ? NULL : "Invalid pubkey";
}

/* The leaves' hashes, then the origin. */
static const char *check_tap_origin(struct bytes key, struct bytes value)
{
	struct reader r = reader_of(value.p, value.len);
	uint64_t n = compactsize_read(&r);

	if (key.len != 33)
		return "Taproot BIP32 keypath key is not at 33 bytes";
	if (r.failed || n > reader_left(&r) / 32)
		return "Taproot BIP32 keypath has an invalid length";
	return check_origin(reader_left(&r) - (size_t)n * 32);
}

static const char *check_utxo(struct bytes value)
{
	struct reader r = reader_of(value.p, value.len);

	reader_le64(&r);
	read_bytes(&r);
	return r.failed || reader_left(&r) ? "Size of value was not the stated size"
					   : NULL;
}

static const char *check_witness(struct bytes value)
{
	struct reader r = reader_of(value.p, value.len);
	uint64_t n = compactsize_read(&r);

	for (uint64_t i = 0; i < n && !r.failed; i++)
		read_bytes(&r);
	return r.failed || reader_left(&r) ? "Size of value was not the stated size"
					   : NULL;
}

/* Leaves from left to right, each with its depth: do they make one tree? */
static const char *check_tree(struct bytes value)
{
	struct reader r = reader_of(value.p, value.len);
	bool open[TREE_DEPTH_MAX + 2] = {false};
	unsigned n = 0;

	if (!value.len)
		return "Output Taproot tree must not be empty";
	while (reader_left(&r) && !r.failed) {
		unsigned depth = reader_u8(&r), version = reader_u8(&r);

		read_bytes(&r);
		if (r.failed)
			break;
		if (depth > TREE_DEPTH_MAX)
			return "Output Taproot tree has as leaf greater than Taproot "
			       "maximum depth";
		if (version & 1)
			return "Output Taproot tree has a leaf with an invalid leaf "
			       "version";
		if (depth + 1 < n)
			return "Output Taproot tree is malformed";
		/* two that stand beside each other become their parent */
		while (n > depth && open[depth]) {
			open[depth] = false;
			n--;
			if (depth-- == 0)
				return "Output Taproot tree is malformed";
		}
		if (n <= depth)
			n = depth + 1;
		open[depth] = true;
	}
	return r.failed || n != 1 || !open[0] ? "Output Taproot tree is malformed"
					      : NULL;
}

static const char *check_sig(struct bytes sig)
{
	if (sig.len < 64)
		return "Taproot signature is shorter than 64 bytes";
	return sig.len > 65 ? "Taproot signature is longer than 65 bytes" : NULL;
}

static const char *check_length(struct bytes v, size_t len)
{
	return v.len == len ? NULL : "Size of value was not the stated size";
}

static const char *check_key(struct bytes key, size_t len)
{
	return key.len == len ? NULL
	       : len == 1     ? "Key is more than one byte type"
			      : "Size of key was not the expected size for its type";
}

static const char *check_proprietary(struct bytes key)
{
	struct reader r = reader_of(key.p + 1, key.len - 1);

	read_bytes(&r);
	(void)compactsize_read(&r);
	return r.failed ? "Proprietary key is cut off" : NULL;
}

static const char *check_xpub(struct bytes key, struct bytes value)
{
	const char *e = check_key(key, XPUB_SIZE + 1);

	if (!e && !ec_pubkey_parse_ok(bytes_of(key.p + XPUB_SIZE - 32, 33)))
		e = "Invalid pubkey";
	return e ? e : check_origin(value.len);
}

static const char *check_global(const struct psbt_pair *p)
{
	const char *e;

	switch (p->type) {
	case PSBT_GLOBAL_UNSIGNED_TX:
		return check_key(p->key, 1);
	case PSBT_GLOBAL_XPUB:
		return check_xpub(p->key, p->value);
	case PSBT_GLOBAL_VERSION:
		e = check_key(p->key, 1);
		if (!e)
			e = check_length(p->value, 4);
		return e || le32_get(p->value.p) == 0 ? e
						      : "Unsupported version number";
	case PSBT_PROPRIETARY:
		return check_proprietary(p->key);
	}
	return NULL;
}

static const char *check_in(const struct psbt_pair *p)
{
	struct bytes k = p->key, v = p->value;
	const char *e;

	switch (p->type) {
	case PSBT_IN_PARTIAL_SIG:
		return check_pubkey(k);
	case PSBT_IN_BIP32:
		e = check_pubkey(k);
		return e ? e : check_origin(v.len);
	case PSBT_IN_NON_WITNESS_UTXO:
	case PSBT_IN_REDEEM_SCRIPT:
	case PSBT_IN_WITNESS_SCRIPT:
	case PSBT_IN_FINAL_SCRIPT_SIG:
		return check_key(k, 1);
	case PSBT_IN_WITNESS_UTXO:
		e = check_key(k, 1);
		return e ? e : check_utxo(v);
	case PSBT_IN_SIGHASH:
		e = check_key(k, 1);
		return e ? e : check_length(v, 4);
	case PSBT_IN_FINAL_WITNESS:
		e = check_key(k, 1);
		return e ? e : check_witness(v);
	case PSBT_IN_RIPEMD160:
	case PSBT_IN_HASH160:
		return check_key(k, 21);
	case PSBT_IN_SHA256:
	case PSBT_IN_HASH256:
		return check_key(k, 33);
	case PSBT_IN_TAP_KEY_SIG:
		e = check_key(k, 1);
		return e ? e : check_sig(v);
	case PSBT_IN_TAP_SCRIPT_SIG:
		e = check_key(k, 65);
		return e ? e : check_sig(v);
	case PSBT_IN_TAP_LEAF_SCRIPT:
		if (k.len < 34)
			return "Taproot leaf script key is not at least 34 bytes";
		if ((k.len - 2) % 32)
			return "Input Taproot leaf script key's control block size "
			       "is not valid";
		return v.len ? NULL
			     : "Input Taproot leaf script must be at least 1 byte";
	case PSBT_IN_TAP_BIP32:
		return check_tap_origin(k, v);
	case PSBT_IN_TAP_INTERNAL_KEY:
	case PSBT_IN_TAP_MERKLE_ROOT:
		e = check_key(k, 1);
		return e ? e : check_length(v, 32);
	case PSBT_PROPRIETARY:
		return check_proprietary(k);
	}
	return NULL;
}

static const char *check_out(const struct psbt_pair *p)
{
	const char *e;

	switch (p->type) {
	case PSBT_OUT_REDEEM_SCRIPT:
	case PSBT_OUT_WITNESS_SCRIPT:
		return check_key(p->key, 1);
	case PSBT_OUT_BIP32:
		e = check_pubkey(p->key);
		return e ? e : check_origin(p->value.len);
	case PSBT_OUT_TAP_INTERNAL_KEY:
		e = check_key(p->key, 1);
		return e ? e : check_length(p->value, 32);
	case PSBT_OUT_TAP_TREE:
		e = check_key(p->key, 1);
		return e ? e : check_tree(p->value);
	case PSBT_OUT_TAP_BIP32:
		return check_tap_origin(p->key, p->value);
	case PSBT_PROPRIETARY:
		return check_proprietary(p->key);
	}
	return NULL;
}

/* --- maps --- */

/* Core writes what is final behind all that led there, what is proprietary
 * behind that (of outputs: before taproot), and what it does not know last. */
static uint32_t rank_of(enum place at, uint64_t type)
{
	enum { FINAL = 0x100, PROPRIETARY = 0x200, UNKNOWN = 0x300 };
	uint32_t t = (uint32_t)(type < UNKNOWN ? type : UNKNOWN);

	if (type == PSBT_PROPRIETARY)
		return at == PLACE_OUT ? PSBT_OUT_BIP32 + 1 : PROPRIETARY;
	switch (at) {
	case PLACE_GLOBAL:
		return t <= PSBT_GLOBAL_XPUB || t == PSBT_GLOBAL_VERSION ? t
									 : UNKNOWN;
	case PLACE_IN:
		if (t == PSBT_IN_FINAL_SCRIPT_SIG || t == PSBT_IN_FINAL_WITNESS)
			return FINAL + t;
		return t > PSBT_IN_TAP_MERKLE_ROOT || t == 0x09 ||
			       (t > PSBT_IN_HASH256 && t < PSBT_IN_TAP_KEY_SIG)
			       ? UNKNOWN : t;
	case PLACE_OUT:
		return t > PSBT_OUT_TAP_BIP32 || t == 0x03 || t == 0x04 ? UNKNOWN
									: t;
	}
	return UNKNOWN;
}

static int by_place(const void *one, const void *two)
{
	const struct psbt_pair *a = one, *b = two;
	size_t n = a->key.len < b->key.len ? a->key.len : b->key.len;
	int d;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	d = memcmp(a->order, b->order, sizeof(a->order));
	if (!d)
		d = memcmp(a->key.p, b->key.p, n);
	return d ? d : (a->key.len > b->key.len) - (a->key.len < b->key.len);
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
	m->pair[m->n++] = *p;
	return true;
}

static void map_sort(struct psbt_map *m)
{
	if (m->n)
		qsort(m->pair, m->n, sizeof(*m->pair), by_place);
}

static const struct psbt_pair *map_find(const struct psbt_map *m, uint64_t type)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->pair[i].type == type)
			return &m->pair[i];
	return NULL;
}

static const char *read_map(struct psbt_map *m, struct reader *r,
			    enum place at, struct arena *a)
{
	const char *e = NULL;

	*m = (struct psbt_map){0};
	for (;;) {
		struct psbt_pair p = {.key = read_bytes(r)};
		struct reader type = reader_of(p.key.p, p.key.len);

		if (r->failed)
			return "Separator is missing at the end of a map";
		if (!p.key.len)
			break;
		p.type = compactsize_read_any(&type);
		p.value = read_bytes(r);
		if (r->failed || type.failed)
			return "A pair is cut off";
		p.rank = rank_of(at, p.type);
		if (at == PLACE_IN && p.type == PSBT_IN_PARTIAL_SIG)
			hash160(p.order, p.key.p + 1, p.key.len - 1);
		switch (at) {
		case PLACE_GLOBAL:
			e = check_global(&p);
			break;
		case PLACE_IN:
			e = check_in(&p);
			break;
		case PLACE_OUT:
			e = check_out(&p);
			break;
		}
		if (e)
			return e;
		if (!map_add(a, m, &p))
			return "out of memory";
	}
	map_sort(m);
	for (size_t i = 1; i < m->n; i++)
		if (bytes_equal(m->pair[i - 1].key, m->pair[i].key))
			return "Duplicate Key, already provided";
	return NULL;
}

/* --- the whole --- */

/* Takes the transaction and the version out of the global map. */
static const char *take_tx(struct psbt *psbt, struct arena *a)
{
	const struct psbt_pair *p = map_find(&psbt->global,
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

/* The transaction that made a coin is the one that the input names; it is kept
 * without witnesses. */
static const char *check_made(struct psbt *psbt, uint32_t i, struct arena *a)
{
	struct outpoint at = psbt->tx.in[i].prevout;
	const char *e = NULL;
	struct tx made;
	struct buf b;

	for (size_t k = 0; k < psbt->in[i].n; k++) {
		struct psbt_pair *p = &psbt->in[i].pair[k];

		if (p->type != PSBT_IN_NON_WITNESS_UTXO)
			continue;
		if (tx_parse(&made, p->value.p, p->value.len, a) != ST_OK)
			return "The non-witness UTXO cannot be read";
		if (!hash256_equal(&made.txid.h, &at.txid.h))
			return "Non-witness UTXO does not match outpoint hash";
		if (at.n >= made.n_out)
			return "Input specifies output index that does not exist";
		if (!made.has_witness)
			continue;
		buf_init(&b, p->value.len);
		tx_write(&b, &made, false);
		p->value = bytes_of(buf_status(&b) == ST_OK
					    ? arena_copy(a, b.p, b.len) : NULL,
				    b.len);
		if (!p->value.p)
			e = "out of memory";
		buf_free(&b);
	}
	return e;
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
	const uint8_t *magic = reader_take(&r, MAGIC_LEN);

	*error = magic && memcmp(magic, MAGIC, MAGIC_LEN) == 0
			 ? read_map(&psbt->global, &r, PLACE_GLOBAL, a)
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
			*error = read_map(&psbt->in[i], &r, PLACE_IN, a);
		if (!*error)
			*error = check_made(psbt, i, a);
	}
	for (uint32_t i = 0; !*error && i < psbt->tx.n_out; i++)
		*error = reader_left(&r)
				 ? read_map(&psbt->out[i], &r, PLACE_OUT, a)
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

static bool map_combine(struct psbt_map *into, const struct psbt_map *from,
			struct arena *a)
{
	size_t had = into->n, k = 0;

	/* both are in order */
	for (size_t i = 0; i < from->n; i++) {
		while (k < had && by_place(&into->pair[k], &from->pair[i]) < 0)
			k++;
		if (k < had && by_place(&into->pair[k], &from->pair[i]) == 0)
			continue;
		if (!map_add(a, into, &from->pair[i]))
			return false;
	}
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
	good = map_combine(&into->global, &from->global, a);
	for (uint32_t i = 0; good && i < into->tx.n_in; i++)
		good = map_combine(&into->in[i], &from->in[i], a);
	for (uint32_t i = 0; good && i < into->tx.n_out; i++)
		good = map_combine(&into->out[i], &from->out[i], a);
	return good ? PSBT_COMBINED : PSBT_NO_MEMORY;
}

/* --- writing --- */

static void write_bytes(struct buf *b, struct bytes v)
{
	compactsize_add(b, v.len);
	buf_bytes(b, v);
}

/* What an empty value of a known type says is nothing. */
static bool says_nothing(enum place at, const struct psbt_pair *p)
{
	if (at == PLACE_OUT)
		return p->type <= PSBT_OUT_WITNESS_SCRIPT && !p->value.len;
	if (at == PLACE_GLOBAL)
		return false;
	switch (p->type) {
	case PSBT_IN_REDEEM_SCRIPT:
	case PSBT_IN_WITNESS_SCRIPT:
	case PSBT_IN_FINAL_SCRIPT_SIG:
		return !p->value.len;
	case PSBT_IN_FINAL_WITNESS:
		return p->value.p[0] == 0;
	}
	return false;
}

static bool is_final(const struct psbt_map *m)
{
	for (size_t i = 0; i < m->n; i++)
		if ((m->pair[i].type == PSBT_IN_FINAL_SCRIPT_SIG ||
		     m->pair[i].type == PSBT_IN_FINAL_WITNESS) &&
		    !says_nothing(PLACE_IN, &m->pair[i]))
			return true;
	return false;
}

static void write_map(struct buf *b, const struct psbt_map *m, enum place at)
{
	bool final = at == PLACE_IN && is_final(m);

	for (size_t i = 0; i < m->n; i++) {
		const struct psbt_pair *p = &m->pair[i];

		if (says_nothing(at, p) ||
		    (final && p->rank >= PSBT_IN_PARTIAL_SIG &&
		     p->rank <= PSBT_IN_TAP_MERKLE_ROOT))
			continue;
		write_bytes(b, p->key);
		write_bytes(b, p->value);
	}
	buf_u8(b, 0);
}

void psbt_write(struct buf *b, const struct psbt *psbt)
{
	struct buf tx;

	buf_init(&tx, (size_t)64 << 20);
	tx_write(&tx, &psbt->tx, false);
	buf_add(b, MAGIC, MAGIC_LEN);
	buf_u8(b, 1);
	buf_u8(b, PSBT_GLOBAL_UNSIGNED_TX);
	write_bytes(b, buf_view(&tx));
	if (buf_status(&tx) != ST_OK)
		b->st = buf_status(&tx);
	buf_free(&tx);
	write_map(b, &psbt->global, PLACE_GLOBAL);
	for (uint32_t i = 0; i < psbt->tx.n_in; i++)
		write_map(b, &psbt->in[i], PLACE_IN);
	for (uint32_t i = 0; i < psbt->tx.n_out; i++)
		write_map(b, &psbt->out[i], PLACE_OUT);
}
