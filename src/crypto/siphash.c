/* SPDX-License-Identifier: MIT */
#include "crypto/siphash.h"

#include "base/bytes.h"

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t rol(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rol(s->v1, 13) ^ s->v0;
	s->v3 = rol(s->v3, 16) ^ s->v2;
	s->v0 = rol(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rol(s->v1, 17) ^ s->v2;
	s->v3 = rol(s->v3, 21) ^ s->v0;
	s->v2 = rol(s->v2, 32);
}

static inline struct sip sip_start(const struct siphash_key *key)
{
	return (struct sip){
		key->k0 ^ 0x736f6d6570736575, /* "somepseu" */
		key->k1 ^ 0x646f72616e646f6d, /* "dorandom" */
		key->k0 ^ 0x6c7967656e657261, /* "lygenera" */
		key->k1 ^ 0x7465646279746573, /* "tedbytes" */
	};
}

static inline void sip_word(struct sip *s, uint64_t m)
{
	s->v3 ^= m;
	sip_round(s);
	sip_round(s);
	s->v0 ^= m;
}

static inline uint64_t sip_end(struct sip *s, uint64_t last)
{
	sip_word(s, last);
	s->v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

struct siphash_key siphash_key_of(const uint8_t k[16])
{
	return (struct siphash_key){le64_get(k), le64_get(k + 8)};
}

uint64_t siphash(const struct siphash_key *key, const void *p, size_t n)
{
	struct sip s = sip_start(key);
	const uint8_t *b = p;
	uint64_t last = (uint64_t)n << 56;
	size_t left = n;

	for (; left >= 8; left -= 8, b += 8)
		sip_word(&s, le64_get(b));
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)b[i] << (8 * i);
	return sip_end(&s, last);
}

static struct sip sip_of_32(const struct siphash_key *key, const uint8_t v[32])
{
	struct sip s = sip_start(key);

	for (int i = 0; i < 4; i++)
		sip_word(&s, le64_get(v + 8 * i));
	return s;
}

uint64_t siphash_32(const struct siphash_key *key, const uint8_t v[32])
{
	struct sip s = sip_of_32(key, v);

	return sip_end(&s, (uint64_t)32 << 56);
}

uint64_t siphash_32_u32(const struct siphash_key *key, const uint8_t v[32],
			uint32_t extra)
{
	struct sip s = sip_of_32(key, v);

	return sip_end(&s, (uint64_t)36 << 56 | extra);
}
