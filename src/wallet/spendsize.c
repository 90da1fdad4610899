/* SPDX-License-Identifier: MIT */
#include "wallet/spendsize.h"

#include "primitives/script.h"
#include "wallet/desctree.h"

#define SIG 72			/* pushed: a length and 71 bytes */
#define OUTPOINT_SEQUENCE 40

/* What satisfies the script of d, as pushes: one byte of length each. */
struct need {
	uint32_t bytes;		/* with their lengths */
	uint32_t items;
	uint32_t script;	/* bytes of the script itself */
};

static uint32_t key_size(const struct descriptor *d, unsigned i)
{
	const struct desc_key *k = &d->key[i];

	return k->extended || k->pub_len != 65 ? 33 : 65;
}

static uint32_t number_size(unsigned n)
{
	return n <= 16 ? 1 : 2;
}

static bool needs(const struct descriptor *d, struct need *n)
{
	switch (d->kind) {
	case DESC_PK:
		*n = (struct need){SIG, 1, 2 + key_size(d, 0)};
		return true;
	case DESC_PKH:
		*n = (struct need){SIG + 1 + key_size(d, 0), 2, 25};
		return true;
	case DESC_MULTI:
	case DESC_SORTEDMULTI:
		*n = (struct need){1 + SIG * d->threshold, 1 + d->threshold,
				   1 + number_size(d->threshold) +
					   number_size(d->n_key)};
		for (unsigned i = 0; i < d->n_key; i++)
			n->script += 1 + key_size(d, i);
		return true;
	case DESC_WPKH:
	case DESC_COMBO:
	case DESC_SH:
	case DESC_WSH:
	case DESC_TR:
	case DESC_RAWTR:
	case DESC_MULTI_A:
	case DESC_SORTEDMULTI_A:
	case DESC_ADDR:
	case DESC_RAW:
		break;
	}
	return false;
}

static uint32_t length_size(uint32_t n)
{
	return n < 0xfd ? 1 : 3;
}

/* The push of a script in a signature script. */
static uint32_t push_size(uint32_t n)
{
	return n + (n < 0x4c ? 1 : n <= 0xff ? 2 : 3);
}

static void make(struct spend_size *out, uint32_t sig_script, uint32_t witness)
{
	out->weight = 4 * (OUTPOINT_SEQUENCE + length_size(sig_script) + sig_script) +
		      witness;
	out->witness = witness > 0;
}

/* The witness of P2WPKH: two items. */
#define WPKH_WITNESS (1 + SIG + 1 + 33)

static uint32_t wsh_witness(const struct need *n)
{
	return 1 + n->bytes + length_size(n->script) + n->script;
}

static bool size_sh(const struct descriptor *sub, struct spend_size *out)
{
	struct need n;

	if (sub->kind == DESC_WPKH) {
		make(out, 1 + 22, WPKH_WITNESS);
		return true;
	}
	if (sub->kind == DESC_WSH) {
		if (!needs(sub->sub, &n))
			return false;
		make(out, 1 + 34, wsh_witness(&n));
		return true;
	}
	if (!needs(sub, &n))
		return false;
	make(out, n.bytes + push_size(n.script), 0);
	return true;
}

static bool size_combo(unsigned which, struct spend_size *out)
{
	switch (which & 3) {
	case 0:
		make(out, SIG, 0);
		break;
	case 1:
		make(out, SIG + 34, 0);
		break;
	case 2:
		make(out, 0, WPKH_WITNESS);
		break;
	default:
		make(out, 1 + 22, WPKH_WITNESS);
		break;
	}
	return true;
}

bool spend_size(const struct descriptor *d, unsigned which, struct spend_size *out)
{
	struct need n;

	switch (d->kind) {
	case DESC_COMBO:
		return size_combo(which, out);
	case DESC_WPKH:
		make(out, 0, WPKH_WITNESS);
		return true;
	case DESC_TR:
	case DESC_RAWTR:
		make(out, 0, 1 + 1 + 64);
		return true;
	case DESC_SH:
		return size_sh(d->sub, out);
	case DESC_WSH:
		if (!needs(d->sub, &n))
			return false;
		make(out, 0, wsh_witness(&n));
		return true;
	case DESC_PK:
	case DESC_PKH:
	case DESC_MULTI:
	case DESC_SORTEDMULTI:
		if (!needs(d, &n))
			return false;
		make(out, n.bytes, 0);
		return true;
	case DESC_MULTI_A:
	case DESC_SORTEDMULTI_A:
	case DESC_ADDR:
	case DESC_RAW:
		break;
	}
	return false;
}

bool spend_size_of_script(struct bytes script, struct spend_size *out)
{
	switch (script_classify(script).kind) {
	case SCRIPT_PUBKEY:
		make(out, SIG, 0);
		return true;
	case SCRIPT_PUBKEYHASH:
		make(out, SIG + 34, 0);
		return true;
	case SCRIPT_WITNESS_V0_KEYHASH:
		make(out, 0, WPKH_WITNESS);
		return true;
	case SCRIPT_WITNESS_V1_TAPROOT:
		make(out, 0, 1 + 1 + 64);
		return true;
	case SCRIPT_NONSTANDARD:
	case SCRIPT_EMPTY:
	case SCRIPT_SCRIPTHASH:
	case SCRIPT_MULTISIG:
	case SCRIPT_NULL_DATA:
	case SCRIPT_WITNESS_V0_SCRIPTHASH:
	case SCRIPT_ANCHOR:
	case SCRIPT_WITNESS_UNKNOWN:
		break;
	}
	return false;
}
