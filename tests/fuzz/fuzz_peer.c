/* SPDX-License-Identifier: MIT */
/* Answers of other nodes: the first byte chooses the kind, the rest is what
 * came. Whatever comes, what is read lies within it. */
#include "tests/fuzz/fuzz.h"

#include "remote/peer_client.h"

static void each(void *user, const char *url)
{
	BUG_ON(strncmp(url, "http", 4) != 0);
}

static void walk(struct peer_mempool *m, struct bytes all)
{
	struct bytes tx;
	size_t sum = 8;

	while (peer_mempool_next(m, &tx)) {
		BUG_ON(tx.p < all.p || tx.p + tx.len > all.p + all.len);
		sum += 4 + tx.len;
	}
	BUG_ON(sum > all.len || (!m->broken && sum != all.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fetch_result r = {.st = ST_OK, .http = 200};
	char why[PEER_WHY_SIZE], pin[TLS_PIN_SIZE];
	char reason[96];
	const uint8_t *headers, *votes;
	struct peer_mempool m;
	struct peer_answer a;
	static const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE];
	struct peer_status s;
	struct blkid id = {0};
	struct bytes raw;
	uint64_t next;
	size_t n;

	if (len < 1)
		return 0;
	buf_init(&r.body, len);
	buf_add(&r.body, data + 1, len - 1);
	switch (data[0] % 9) {
	case 0:
		if (peer_read_status(&r, "https://a:1", challenge, &s, why) == ST_OK)
			BUG_ON(s.height < 0);
		break;
	case 1:
		if (peer_read_headers(&r, &headers, &n, why) == ST_OK)
			BUG_ON(n * 80 != r.body.len);
		break;
	case 2:
		BUG_ON(peer_read_block(&r, &id, &raw, why) == ST_OK);
		break;
	case 3:
		if (peer_read_mempool(&r, &m, why) == ST_OK)
			walk(&m, buf_view(&r.body));
		break;
	case 4:
		if (peer_read_peers(&r, true, each, NULL, why) != ST_OK)
			BUG_ON(!why[0]);
		break;
	case 5:
		if (peer_read_answer(&r, &a, why) != ST_OK)
			BUG_ON(!why[0]);
		break;
	case 6:
		if (tls_pin_of_der(pin, buf_view(&r.body)))
			BUG_ON(!tls_pin_is_wellformed(pin));
		break;
	case 7:
		if (peer_read_votes(&r, &next, &votes, &n, why) == ST_OK)
			BUG_ON(n * VOTE_SIZE + 8 != r.body.len);
		break;
	case 8:
		if (peer_read_votes_taken(&r, reason, why) == ST_OK)
			BUG_ON(strlen(reason) >= sizeof(reason));
		break;
	}
	buf_free(&r.body);
	return 0;
}
