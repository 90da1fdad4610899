/* SPDX-License-Identifier: MIT */
/*
 * Header rules under hostile times and versions.
 *
 *   80 bytes   a header: what passes the work check meets an allowed target
 *   1 byte     network; the seventh is an own chain with ASERT
 *   2 bytes    blocks in a period less 2 (own chain: half life); spacing
 *   n * 9      a chain: time, version, and what to do to the required bits
 *
 * Whatever the chain, the bits required next are a valid target within the
 * network's limit, and the verdict is the one that the first rule broken gives.
 */
#include "tests/fuzz/fuzz.h"

#include "base/bytes.h"
#include "consensus/header_check.h"
#include "consensus/retarget.h"
#include "primitives/target.h"

enum { CHAIN_MAX = 400, RECORD = 9 };

struct chain {
	struct header h[CHAIN_MAX];
	uint32_t n;
};

static enum status header_at(void *arg, uint32_t height, struct header *out)
{
	const struct chain *c = arg;

	BUG_ON(height >= c->n);
	*out = c->h[height];
	return ST_OK;
}

static bool in_range(const struct params *p, uint32_t bits)
{
	struct u256 target;

	return target_from_bits(&target, bits) &&
	       u256_cmp(&target, &p->pow_limit) <= 0;
}

static void one_header(const struct params *p, const uint8_t raw[HEADER_SIZE])
{
	uint8_t back[HEADER_SIZE];
	struct u256 target;
	struct header h;
	struct verdict v;
	struct blkid id;

	header_read(&h, raw);
	header_write(back, &h);
	BUG_ON(memcmp(raw, back, HEADER_SIZE) != 0);
	header_hash_raw(&id, raw);
	/* a hash that many targets allow */
	memset(id.h.b + 16, 0, 16);
	verdict_init(&v);
	if (header_check_work(p, &h, &id, &v)) {
		BUG_ON(v.code != VALID || !in_range(p, h.bits));
		BUG_ON(!target_from_bits(&target, h.bits) ||
		       !target_met(&id, &target));
	} else {
		BUG_ON(v.code != V_HIGH_HASH);
	}
}

/* How many of the last eleven times are above t. */
static unsigned above(const struct chain *c, int64_t t, unsigned *n)
{
	unsigned count = 0;

	*n = c->n < 11 ? c->n : 11;
	for (unsigned i = 0; i < *n; i++)
		count += c->h[c->n - 1 - i].time > t;
	return count;
}

static enum verdict_code expected(const struct params *p, const struct chain *c,
				  const struct header *h, uint32_t bits,
				  int64_t now)
{
	unsigned n, more = above(c, h->time, &n), as_much;

	if (h->bits != bits)
		return V_BAD_DIFFBITS;
	/* the time is above element n / 2 of the sorted times when at least
	 * n / 2 + 1 of them are below it */
	as_much = h->time ? above(c, (int64_t)h->time - 1, &n) : n;
	BUG_ON(as_much < more);
	if (n - as_much < n / 2 + 1)
		return V_TIME_TOO_OLD;
	if (p->bip94 && c->n % p->retarget_interval == 0 &&
	    (int64_t)h->time + 600 < c->h[c->n - 1].time)
		return V_TIMEWARP;
	if ((int64_t)h->time - 7200 > now)
		return V_TIME_TOO_NEW;
	if ((h->version < 2 && c->n >= p->bip34_height) ||
	    (h->version < 3 && c->n >= p->bip66_height) ||
	    (h->version < 4 && c->n >= p->bip65_height))
		return V_BAD_VERSION;
	return VALID;
}

static void one_chain(const struct params *p, struct chain *c,
		      const uint8_t *data, size_t len)
{
	const int64_t now = 3000000000;

	c->h[0] = p->genesis;
	c->n = 1;
	for (; len >= RECORD && c->n < CHAIN_MAX; data += RECORD, len -= RECORD) {
		struct chain_view view = {header_at, c, c->n - 1, c->h[c->n - 1]};
		struct header h = {.time = le32_get(data),
				   .version = (int32_t)le32_get(data + 4)};
		struct verdict v;
		uint32_t bits;

		BUG_ON(retarget_next_bits(p, &view, h.time, &bits) != ST_OK);
		BUG_ON(!in_range(p, bits));
		h.bits = bits ^ (data[8] < 32 ? 1u << data[8] : 0);
		verdict_init(&v);
		BUG_ON(header_check_context(p, &view, &h, now, &v) != ST_OK);
		BUG_ON(v.code != expected(p, c, &h, bits, now));
		if (v.code == VALID)
			c->h[c->n++] = h;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = {"main", "testnet3", "testnet4",
					    "signet", "regtest"};
	static struct chain c;
	struct params p;
	unsigned net;

	if (len < HEADER_SIZE + 3)
		return 0;
	net = data[HEADER_SIZE] % 7;
	BUG_ON(!params_builtin(&p, names[net % 5]));
	one_header(&p, data);
	p.retarget_interval = 2u + data[HEADER_SIZE + 1];
	p.spacing_s = 1u + data[HEADER_SIZE + 2];
	if (net > 4) {
		/* an own chain: ASERT, and a limit that leaves no leading zeros */
		p.retarget = RETARGET_ASERT;
		p.asert_half_life_s = 1u + data[HEADER_SIZE + 1];
		BUG_ON(!target_from_bits(&p.pow_limit, 0x207fffff));
		p.pow_limit_bits = 0x207fffff;
	}
	p.bip34_height = 3;
	p.bip66_height = 5;
	p.bip65_height = 7;
	one_chain(&p, &c, data + HEADER_SIZE + 3, len - HEADER_SIZE - 3);
	return 0;
}
