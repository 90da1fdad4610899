/* SPDX-License-Identifier: MIT */
#include "crypto/powscan.h"

#include <string.h>

#include "base/bug.h"
#include "base/bytes.h"
#include "crypto/cpu.h"
#include "crypto/powscan_kernel.h"
#include "crypto/sha256_block.h"

#define PAD 0x80000000u
#define HEADER_BITS 640
/* Nonces between two looks at the stop flag: under a millisecond on the slowest
 * kernel, and much more than the look costs. */
#define STRIDE 4096

/* The fastest first. */
static const struct powscan_kernel kernels[] = {
	{"avx512", powscan_avx512, 16, CPU_AVX512},
	{"sha-ni", powscan_shani, 2, CPU_SHANI},
	{"avx2", powscan_avx2, 8, CPU_AVX2},
	{"portable", powscan_portable, 4, 0},
};

const struct powscan_kernel *powscan_kernel(size_t i)
{
	unsigned have = cpu_features();

	for (size_t k = 0; k < sizeof(kernels) / sizeof(kernels[0]); k++)
		if ((kernels[k].needs & ~have) == 0 && i-- == 0)
			return &kernels[k];
	return NULL;
}

const struct powscan_kernel *powscan_find(const char *name)
{
	const struct powscan_kernel *k;

	for (size_t i = 0; (k = powscan_kernel(i)); i++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

const char *powscan_name(const struct powscan_kernel *k)
{
	return k->name;
}

void powscan_prepare(struct powscan_prep *p, const struct powscan_job *job)
{
	uint32_t w[16], t;

	for (int i = 0; i < 16; i++)
		w[i] = be32_get(job->header + 4 * i);
	memcpy(p->mid, sha256_iv, sizeof(p->mid));
	sha256_compress(p->mid, w);

	memcpy(p->s, p->mid, sizeof(p->s));
	for (int i = 0; i < 3; i++) {
		p->w[i] = be32_get(job->header + 64 + 4 * i);
		sha256_round(p->s, sha256_k[i] + p->w[i]);
	}
	t = p->s[7] + sha256_sum1(p->s[4]) +
	    sha256_ch(p->s[4], p->s[5], p->s[6]) + sha256_k[3];
	p->e3 = p->s[3] + t;
	p->a3 = t + sha256_sum0(p->s[0]) + sha256_maj(p->s[0], p->s[1], p->s[2]);
	p->hk4 = p->s[6] + sha256_k[4] + PAD;
	p->hk5 = p->s[5] + sha256_k[5];
	p->hk6 = p->s[4] + sha256_k[6];
	p->w16 = sha256_sig0(p->w[1]) + p->w[0];
	p->w17 = sha256_sig1(HEADER_BITS) + sha256_sig0(p->w[2]) + p->w[1];
	p->kw15 = sha256_k[15] + HEADER_BITS;
	p->kw16 = p->w16 + sha256_k[16];
	p->kw17 = p->w17 + sha256_k[17];
	p->c18 = sha256_sig1(p->w16) + p->w[2];
	p->c19 = sha256_sig1(p->w17) + sha256_sig0(PAD);
	p->c31 = sha256_sig0(p->w16) + HEADER_BITS;
	p->limit = (uint32_t)(job->target.w[3] >> 32);
}

/* The whole hash of one nonce against the whole target. */
static bool good(const struct powscan_prep *p, const struct u256 *target,
		 uint32_t nonce)
{
	uint32_t s[8], w[16] = {p->w[0], p->w[1], p->w[2]};
	uint8_t hash[32], le[4];
	struct u256 v;

	le32_put(le, nonce);
	w[3] = be32_get(le);
	w[4] = PAD;
	w[15] = HEADER_BITS;
	memcpy(s, p->mid, sizeof(s));
	sha256_compress(s, w);
	memset(w, 0, sizeof(w));
	memcpy(w, s, sizeof(s));
	w[8] = PAD;
	w[15] = 256;
	memcpy(s, sha256_iv, sizeof(s));
	sha256_compress(s, w);
	for (int i = 0; i < 8; i++)
		be32_put(hash + 4 * i, s[i]);
	v = u256_from_le(hash);
	return u256_cmp(&v, target) <= 0;
}

enum powscan_end powscan(const struct powscan_kernel *k,
			 const struct powscan_job *job, uint32_t first,
			 uint64_t count, const atomic_bool *stop,
			 struct powscan_result *out)
{
	struct powscan_prep p;
	uint64_t done = 0;

	BUG_ON(count > UINT64_C(1) << 32);
	powscan_prepare(&p, job);
	out->nonce = 0;
	while (done < count) {
		uint64_t left = count - done;
		uint32_t at = first + (uint32_t)done, mask, groups;

		if (stop && atomic_load_explicit(stop, memory_order_relaxed)) {
			out->next = at;
			out->hashes = done;
			return POWSCAN_STOPPED;
		}
		if (left > STRIDE)
			left = STRIDE;
		groups = k->run(&p, at, (uint32_t)((left + k->lanes - 1) / k->lanes),
				&mask);
		/* The last group may reach past the range; it is the only one
		 * that can, so only its candidates need the check. */
		at += (groups - 1) * k->lanes;
		for (unsigned i = 0; mask; i++, mask >>= 1) {
			uint64_t upto = done + (uint64_t)(groups - 1) * k->lanes + i;

			if (!(mask & 1))
				continue;
			if (upto >= count)
				break;
			if (good(&p, &job->target, at + i)) {
				out->nonce = at + i;
				out->next = at + i + 1;
				out->hashes = upto + 1;
				return POWSCAN_FOUND;
			}
		}
		done += (uint64_t)groups * k->lanes;
	}
	out->next = first + (uint32_t)count;
	out->hashes = count;
	return POWSCAN_NONE;
}
