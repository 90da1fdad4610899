/* SPDX-License-Identifier: MIT */
/* The form that each pair of a PSBT must have, and its place among the others. */
#include "crypto/ec.h"
#include "primitives/compactsize.h"
#include "wallet/psbt_priv.h"

#define TREE_DEPTH_MAX 128
#define XPUB_SIZE 78

/* Ranks behind all others. */
enum { FINAL = 0x100, PROPRIETARY = 0x200, UNKNOWN = 0x300 };

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
	psbt_read_bytes(&r);
	return r.failed || reader_left(&r) ? "Size of value was not the stated size"
					   : NULL;
}

static const char *check_witness(struct bytes value)
{
	struct reader r = reader_of(value.p, value.len);
	uint64_t n = compactsize_read(&r);

	for (uint64_t i = 0; i < n && !r.failed; i++)
		psbt_read_bytes(&r);
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

		psbt_read_bytes(&r);
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

	psbt_read_bytes(&r);
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

/* Core writes what is final behind all that led there, what is proprietary
 * behind that (of outputs: before taproot), and what it does not know last. */
uint32_t psbt_rank(enum psbt_place at, uint64_t type)
{
	uint32_t t = (uint32_t)(type < UNKNOWN ? type : UNKNOWN);

	if (type == PSBT_PROPRIETARY)
		return at == PSBT_PLACE_OUT ? PSBT_OUT_BIP32 + 1 : PROPRIETARY;
	switch (at) {
	case PSBT_PLACE_GLOBAL:
		return t <= PSBT_GLOBAL_XPUB || t == PSBT_GLOBAL_VERSION ? t
									 : UNKNOWN;
	case PSBT_PLACE_IN:
		if (t == PSBT_IN_FINAL_SCRIPT_SIG || t == PSBT_IN_FINAL_WITNESS)
			return FINAL + t;
		return t > PSBT_IN_TAP_MERKLE_ROOT || t == 0x09 ||
			       (t > PSBT_IN_HASH256 && t < PSBT_IN_TAP_KEY_SIG)
			       ? UNKNOWN : t;
	case PSBT_PLACE_OUT:
		return t > PSBT_OUT_TAP_BIP32 || t == 0x03 || t == 0x04 ? UNKNOWN
									: t;
	}
	return UNKNOWN;
}

const char *psbt_check(enum psbt_place at, const struct psbt_pair *p)
{
	switch (at) {
	case PSBT_PLACE_GLOBAL:
		return check_global(p);
	case PSBT_PLACE_IN:
		return check_in(p);
	case PSBT_PLACE_OUT:
		return check_out(p);
	}
	return NULL;
}

bool psbt_is_unknown(const struct psbt_pair *p, enum psbt_place at)
{
	return psbt_rank(at, p->type) == UNKNOWN;
}
