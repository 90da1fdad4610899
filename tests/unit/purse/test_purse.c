/* SPDX-License-Identifier: MIT */
/* wallets.db: whose is what, and that nothing is handed out twice. */
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "purse/purse.h"

struct fixture {
	char dir[64], path[96];
	struct purse *p;
	struct arena a;
};

static int set_up(void **state)
{
	char error[PURSE_ERROR_SIZE];
	struct fixture *x = calloc(1, sizeof(*x));

	snprintf(x->dir, sizeof(x->dir), "/tmp/quarry-purse.XXXXXX");
	assert_non_null(mkdtemp(x->dir));
	snprintf(x->path, sizeof(x->path), "%s/wallets.db", x->dir);
	arena_init(&x->a, 1 << 24);
	assert_int_equal(purse_open(&x->p, x->path, false, error), ST_NOT_FOUND);
	assert_int_equal(purse_open(&x->p, x->path, true, error), ST_OK);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	char side[128];

	purse_close(x->p);
	arena_free(&x->a);
	unlink(x->path);
	snprintf(side, sizeof(side), "%s-wal", x->path);
	unlink(side);
	snprintf(side, sizeof(side), "%s-shm", x->path);
	unlink(side);
	rmdir(x->dir);
	free(x);
	return 0;
}

static struct purse_wallet add(struct fixture *x, const char *owner,
			       const char *name)
{
	struct purse_wallet w = {.loaded = true, .created = 7};

	snprintf(w.owner, sizeof(w.owner), "%s", owner);
	snprintf(w.name, sizeof(w.name), "%s", name);
	assert_int_equal(purse_wallet_add(x->p, &w), ST_OK);
	return w;
}

static void test_only_its_owner_may_read_the_file(void **state)
{
	struct fixture *x = *state;
	struct stat sb;

	assert_int_equal(stat(x->path, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
}

static void test_a_name_means_another_wallet_for_each_owner(void **state)
{
	struct fixture *x = *state;
	struct purse_wallet one = add(x, "1", "main"), two = add(x, "2", "main");
	struct purse_wallet w = one, *all;
	size_t n;

	assert_true(one.id != two.id);
	assert_int_equal(purse_wallet_add(x->p, &w), ST_DENIED);
	assert_int_equal(purse_wallet_find(x->p, "2", "main", &w), ST_OK);
	assert_true(w.id == two.id);
	assert_int_equal(purse_wallet_find(x->p, "", "main", &w), ST_NOT_FOUND);
	add(x, "1", "");
	add(x, "1", "a");
	assert_int_equal(purse_wallets(x->p, "1", &x->a, &all, &n), ST_OK);
	assert_int_equal(n, 3);
	assert_string_equal(all[0].name, "");
	assert_string_equal(all[1].name, "a");
	assert_string_equal(all[2].name, "main");
}

static void test_an_index_is_handed_out_once(void **state)
{
	struct fixture *x = *state;
	struct purse_wallet w = add(x, "", "w");
	struct purse_desc d = {.text = "wpkh(x)#1", .kind = "bech32", .active = true,
			       .past = 20}, *all;
	struct purse *other;
	char error[PURSE_ERROR_SIZE];
	uint32_t i, k;
	size_t n;

	assert_int_equal(purse_desc_put(x->p, w.id, &d), ST_OK);
	assert_int_equal(purse_open(&other, x->path, false, error), ST_OK);
	for (uint32_t want = 0; want < 10; want += 2) {
		assert_int_equal(purse_desc_take(x->p, d.id, &i), ST_OK);
		assert_int_equal(purse_desc_take(other, d.id, &k), ST_OK);
		assert_int_equal(i, want);
		assert_int_equal(k, want + 1);
	}
	purse_close(other);
	/* what is older than the row takes nothing back */
	assert_int_equal(purse_desc_put(x->p, w.id, &d), ST_OK);
	assert_int_equal(purse_descs(x->p, w.id, &x->a, &all, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(all[0].next, 10);
	assert_int_equal(all[0].past, 20);
}

static void test_a_new_active_descriptor_retires_the_old_one(void **state)
{
	struct fixture *x = *state;
	struct purse_wallet w = add(x, "", "w");
	struct purse_desc d = {.text = "a", .kind = "bech32", .active = true};
	struct purse_desc e = {.text = "b", .kind = "bech32", .active = true};
	struct purse_desc c = {.text = "c", .kind = "bech32", .active = true,
			       .internal = true}, *all;
	size_t n;

	assert_int_equal(purse_desc_put(x->p, w.id, &d), ST_OK);
	assert_int_equal(purse_desc_put(x->p, w.id, &c), ST_OK);
	assert_int_equal(purse_desc_put(x->p, w.id, &e), ST_OK);
	assert_int_equal(purse_descs(x->p, w.id, &x->a, &all, &n), ST_OK);
	assert_int_equal(n, 3);
	assert_false(all[0].active);
	assert_true(all[1].active);
	assert_true(all[2].active);
	/* and stays retired when one who knows an older state derives more of it */
	assert_int_equal(purse_desc_widen(x->p, d.id, 5, 40), ST_OK);
	assert_int_equal(purse_desc_widen(x->p, d.id, 2, 30), ST_OK);
	assert_int_equal(purse_descs(x->p, w.id, &x->a, &all, &n), ST_OK);
	assert_false(all[0].active);
	assert_true(all[2].active);
	assert_int_equal(all[0].next, 5);
	assert_int_equal(all[0].past, 40);
}

static void test_changes_in_one_transaction_come_together_or_not_at_all(void **state)
{
	struct fixture *x = *state;
	struct purse_desc d = {.text = "a", .kind = "bech32", .active = true};
	struct purse_wallet w;
	bool own, inner;

	assert_int_equal(purse_begin(x->p, &own), ST_OK);
	assert_true(own);
	w = add(x, "", "half");
	assert_int_equal(purse_begin(x->p, &inner), ST_OK);
	assert_false(inner);
	assert_int_equal(purse_desc_put(x->p, w.id, &d), ST_OK);
	assert_int_equal(purse_end(x->p, inner, ST_OK), ST_OK);
	assert_int_equal(purse_end(x->p, own, ST_CANCELLED), ST_CANCELLED);
	assert_int_equal(purse_wallet_find(x->p, "", "half", &w), ST_NOT_FOUND);
}

static void test_what_was_noted_comes_back_and_goes_with_the_wallet(void **state)
{
	struct fixture *x = *state;
	struct purse_wallet w = add(x, "", "w"), v = add(x, "", "v");
	struct purse_sent s = {.txid = {{{1, 2}}}, .at = 5, .comment = "c",
			       .raw = {(const uint8_t *)"\1\2", 2},
			       .has_replaced_by = true, .replaced_by = {{{9}}}};
	struct purse_label l = {.script = bytes_of_text("s"), .label = "rent"};
	struct outpoint o = {{{{3}}}, 4}, *locked;
	struct purse_label *labels;
	struct purse_sent *sent;
	const char *text;
	size_t n;

	for (int i = 0; i < 2; i++) {
		int64_t id = i ? v.id : w.id;

		assert_int_equal(purse_sent_put(x->p, id, &s), ST_OK);
		assert_int_equal(purse_label_put(x->p, id, &l), ST_OK);
		assert_int_equal(purse_lock(x->p, id, &o), ST_OK);
		assert_int_equal(purse_tx_label_put(x->p, id, &s.txid, "t"), ST_OK);
	}
	assert_int_equal(purse_wallet_remove(x->p, w.id), ST_OK);
	assert_int_equal(purse_sent(x->p, w.id, &x->a, &sent, &n), ST_OK);
	assert_int_equal(n, 0);
	assert_int_equal(purse_sent(x->p, v.id, &x->a, &sent, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_memory_equal(&sent[0].txid, &s.txid, 32);
	assert_memory_equal(&sent[0].replaced_by, &s.replaced_by, 32);
	assert_false(sent[0].has_replaces);
	assert_string_equal(sent[0].comment, "c");
	assert_int_equal(purse_labels(x->p, v.id, &x->a, &labels, &n), ST_OK);
	assert_string_equal(labels[0].label, "rent");
	assert_int_equal(purse_tx_label(x->p, v.id, &s.txid, &x->a, &text), ST_OK);
	assert_string_equal(text, "t");
	assert_int_equal(purse_locked(x->p, v.id, &x->a, &locked, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_true(outpoint_equal(&locked[0], &o));
	assert_int_equal(purse_unlock_all(x->p, v.id), ST_OK);
	assert_int_equal(purse_locked(x->p, v.id, &x->a, &locked, &n), ST_OK);
	assert_int_equal(n, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_only_its_owner_may_read_the_file),
		T(test_a_name_means_another_wallet_for_each_owner),
		T(test_an_index_is_handed_out_once),
		T(test_a_new_active_descriptor_retires_the_old_one),
		T(test_changes_in_one_transaction_come_together_or_not_at_all),
		T(test_what_was_noted_comes_back_and_goes_with_the_wallet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
