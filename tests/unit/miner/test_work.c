/* SPDX-License-Identifier: MIT */
/* Headers from a template, and the blocks they become. */
#include "tests/unit/unit.h"

#include <unistd.h>

#include "miner/work.h"
#include "node/chain/accept.h"
#include "primitives/block.h"
#include "primitives/target.h"

/* Real blocks, without and with a witness in the coinbase: its bytes and its
 * branch lead to the root in the header. */
static void the_root_of_real_blocks_is_met(void **state)
{
	static const char *const files[] = {"blocks/mainnet_300025.raw",
					    "blocks/mainnet_481824.raw",
					    "blocks/mainnet_830000.raw"};

	for (int i = 0; i < 3; i++) {
		struct hash256 *leaves, branch[32], root;
		struct arena a;
		struct block b;
		size_t len;
		char *raw = unit_vector(files[i], &len);
		unsigned n;

		if (!raw)
			skip();
		arena_init(&a, 64 << 20);
		assert_int_equal(block_parse(&b, raw, len, &a), ST_OK);
		leaves = arena_array(&a, b.n_tx, struct hash256);
		for (uint32_t t = 0; t < b.n_tx; t++)
			leaves[t] = b.tx[t].txid.h;
		n = merkle_branch(branch, leaves, b.n_tx, 0);
		assert_int_equal(work_root(&root, b.tx[0].raw, branch, n), ST_OK);
		assert_memory_equal(root.b, b.header.merkle_root.b, 32);
		assert_int_equal(work_root(&root, bytes_of(b.tx[0].raw.p, 20), branch,
					   n),
				 ST_PARSE);
		arena_free(&a);
		free(raw);
	}
}

struct place {
	char dir[64], db[80];
	struct node *node;
};

static int open_regtest(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct node_options o = {.threads = 1};
	char error[NODE_ERROR_SIZE];
	struct params params;

	snprintf(p->dir, sizeof(p->dir), "/tmp/quarry-test-XXXXXX");
	if (!mkdtemp(p->dir) || !params_builtin(&params, "regtest"))
		return -1;
	snprintf(p->db, sizeof(p->db), "%s/q.db", p->dir);
	o.db_path = p->db;
	if (node_create(p->db, &params, NULL, 0, error) != ST_OK ||
	    node_open(&p->node, &o, error) != ST_OK) {
		print_message("%s\n", error);
		return -1;
	}
	*state = p;
	return 0;
}

static int close_regtest(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	struct place *p = *state;
	char path[100];

	node_close(p->node);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", p->db, ends[i]);
		unlink(path);
	}
	rmdir(p->dir);
	free(p);
	return 0;
}

static const uint8_t op_true[] = {0x51};

static struct bytes anyone(void)
{
	return bytes_of(op_true, sizeof(op_true));
}

static void each_header_has_its_own_root(void **state)
{
	struct place *p = *state;
	struct header a, b;
	struct work w, other;

	assert_int_equal(work_make(&w, p->node, anyone(), 7, NULL), ST_OK);
	assert_int_equal(work_next(&w, &a), ST_OK);
	assert_int_equal(work_next(&w, &b), ST_OK);
	assert_memory_not_equal(a.merkle_root.b, b.merkle_root.b, 32);
	assert_memory_equal(a.prev.h.b, b.prev.h.b, 32);
	assert_int_equal(a.bits, b.bits);
	/* Another process, by its salt. */
	assert_int_equal(work_make(&other, p->node, anyone(), 8, NULL), ST_OK);
	assert_int_equal(work_next(&other, &b), ST_OK);
	assert_memory_not_equal(a.merkle_root.b, b.merkle_root.b, 32);
	work_free(&w);
	work_free(&other);
}

static void the_block_of_a_header_is_accepted(void **state)
{
	struct place *p = *state;

	for (uint32_t height = 1; height <= 3; height++) {
		struct block_result res;
		struct header h;
		struct blkid id;
		struct work w;
		struct buf raw;

		assert_int_equal(work_make(&w, p->node, anyone(), height, NULL), ST_OK);
		/* Not the first header, so that the right coinbase counts. */
		for (int i = 0; i < 3; i++)
			assert_int_equal(work_next(&w, &h), ST_OK);
		for (;; h.nonce++) {
			header_hash(&id, &h);
			if (target_met(&id, &w.target))
				break;
		}
		buf_init(&raw, BLOCK_SIZE_MAX);
		assert_int_equal(work_block(&w, &h, &raw), ST_OK);
		assert_int_equal(node_accept_block(p->node, raw.p, raw.len, "test",
						   &res),
				 ST_OK);
		assert_int_equal(res.verdict.code, VALID);
		assert_true(res.active);
		assert_int_equal(res.height, height);
		assert_memory_equal(res.id.h.b, id.h.b, 32);
		buf_free(&raw);
		work_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_of_real_blocks_is_met),
		cmocka_unit_test_setup_teardown(each_header_has_its_own_root,
						open_regtest, close_regtest),
		cmocka_unit_test_setup_teardown(the_block_of_a_header_is_accepted,
						open_regtest, close_regtest),
	};

	return cmocka_run_group_tests_name("miner/work", tests, NULL, NULL);
}
