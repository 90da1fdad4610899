/* SPDX-License-Identifier: MIT */
/* Votes, evidence and registrations of bonds: what is read is written alike, and
 * no two votes that one record lets pass contradict each other. */
#include "tests/fuzz/fuzz.h"

#include "consensus/finality.h"
#include "primitives/bond.h"
#include "primitives/vote.h"

static void look_at_script(struct bytes s)
{
	static const struct hash256 document = {{1}};
	uint8_t evidence[VOTE_EVIDENCE_SCRIPT], bond[BOND_REGISTER_SCRIPT];
	struct bond_keys k;
	struct vote a, b;

	if (vote_evidence_read(&a, &b, s)) {
		vote_evidence_write(evidence, &a, &b);
		BUG_ON(s.len != sizeof(evidence) ||
		       memcmp(s.p, evidence, s.len) != 0);
		BUG_ON(memcmp(a.key, b.key, 32) != 0);
		if (vote_evidence_proves(&a, &b, &document))
			BUG_ON(vote_clash(&a, &b) == VOTE_AGREES);
	}
	if (bond_register_read(&k, s)) {
		bond_register_write(bond, &k);
		BUG_ON(s.len != sizeof(bond) || memcmp(s.p, bond, s.len) != 0);
	}
}

static void look_at_votes(const uint8_t *raw, size_t n)
{
	struct vote_record r = {0, 0};
	struct vote v[8];
	size_t signed_ones = 0;
	uint8_t again[VOTE_SIZE];

	for (size_t i = 0; i < n && signed_ones < 8; i++) {
		struct vote *x = &v[signed_ones];

		vote_read(x, raw + i * VOTE_SIZE);
		vote_write(again, x);
		BUG_ON(memcmp(again, raw + i * VOTE_SIZE, VOTE_SIZE) != 0);
		memset(x->key, 7, 32);
		for (size_t k = 0; k < signed_ones; k++)
			BUG_ON(vote_clash(x, &v[k]) != vote_clash(&v[k], x));
		if (!finality_vote_form(x, 1 + raw[i] % 4) ||
		    !vote_record_allows(&r, x))
			continue;
		vote_record_add(&r, x);
		for (size_t k = 0; k < signed_ones; k++)
			BUG_ON(vote_clash(x, &v[k]) != VOTE_AGREES);
		signed_ones++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	look_at_script(bytes_of(data, len));
	look_at_votes(data, len / VOTE_SIZE);
	return 0;
}
