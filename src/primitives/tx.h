/* SPDX-License-Identifier: MIT */
/*
 * A transaction as parsed data.
 *
 * Parsing makes views: scripts and witnesses point into the bytes that were
 * parsed, which must outlive the struct; only the input and output arrays live
 * in the arena. A witness stays in its serialised form (item count, then items),
 * however many items it has, and is walked with witness_next: a witness of four
 * million empty items costs no memory beyond its bytes.
 *
 * Parsing knows no limits but the bytes given (rules-wise everything else is
 * consensus/tx_check.h). The forms of BIP144 are told apart as Bitcoin Core does:
 * a zero input count is the segwit marker, its flag must be 1, and an all-empty
 * witness ("superfluous") is refused.
 */
#ifndef QUARRY_PRIMITIVES_TX_H
#define QUARRY_PRIMITIVES_TX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "primitives/amount.h"
#include "primitives/hash.h"

#define SEQUENCE_FINAL 0xffffffffu
#define OUTPOINT_NULL_N 0xffffffffu

struct outpoint {
	struct txid txid;
	uint32_t n;
};

struct txin {
	struct outpoint prevout;
	struct bytes script_sig;
	uint32_t sequence;
	uint32_t n_witness;	/* items in witness */
	struct bytes witness;	/* the items: each CompactSize length + bytes;
				 * without the leading count; len 0 when none */
};

struct txout {
	int64_t value;		/* satoshi, as on the wire: may be anything */
	struct bytes script;
};

struct tx {
	uint32_t version;	/* BIP68/112 compare it unsigned */
	uint32_t n_in;
	uint32_t n_out;
	uint32_t locktime;
	struct txin *in;
	struct txout *out;
	bool has_witness;
	struct bytes raw;	/* as serialised, witness included */
	uint32_t base_size;	/* bytes without witness, marker and flag */
	struct txid txid;
	struct wtxid wtxid;	/* equal to txid when there is no witness */
};

/* Reads one transaction from r, whose bytes must outlive tx, and hashes it.
 * Returns ST_OK, ST_PARSE (r is then failed) or ST_NOMEM. */
NODISCARD enum status tx_read(struct tx *tx, struct reader *r, struct arena *a);
/* As tx_read without computing the hashes (they are zeroed). */
NODISCARD enum status tx_read_nohash(struct tx *tx, struct reader *r,
				     struct arena *a);
void tx_hash(struct tx *tx);
/* As tx_read for a whole upload: bytes left over are ST_PARSE. */
NODISCARD enum status tx_parse(struct tx *tx, const void *p, size_t len,
			       struct arena *a);
/* The same in the original form only, where no inputs are not the marker of
 * BIP144: for transactions that are being put together. */
NODISCARD enum status tx_parse_base(struct tx *tx, const void *p, size_t len,
				    struct arena *a);
/* Serialises from the fields (not from raw). */
void tx_write(struct buf *b, const struct tx *tx, bool with_witness);

static inline uint32_t tx_total_size(const struct tx *tx)
{
	return (uint32_t)tx->raw.len;
}

/* BIP141: 3 * base size + total size. */
static inline uint32_t tx_weight(const struct tx *tx)
{
	return 3 * tx->base_size + tx_total_size(tx);
}

/* Weight / 4 rounded up. */
static inline uint32_t tx_vsize(const struct tx *tx)
{
	return (tx_weight(tx) + 3) / 4;
}

/* Hash zero AND n 0xffffffff. */
bool outpoint_is_null(const struct outpoint *o);
bool outpoint_equal(const struct outpoint *a, const struct outpoint *b);
/* One input with a null prevout. */
bool tx_is_coinbase(const struct tx *tx);

/* Walks witness items: `left` starts as in->witness; false when all are read. */
bool witness_next(struct bytes *left, struct bytes *item);

#endif
