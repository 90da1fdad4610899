/* SPDX-License-Identifier: MIT */
/* store: what changes all day: mempool, events, refusals, peers, leases. */
#include "tests/unit/store/fixture.h"

#include "store/store_event.h"
#include "store/store_mempool.h"
#include "store/store_peer.h"
#include "store/store_script.h"

/* A waiting transaction of 100 vbytes with these fees. */
static int64_t wait_for_block(struct fixture *f, uint8_t name, int64_t fee,
			      int64_t fee_desc, int64_t vsize_desc)
{
	struct mempool_row row = {
		.txid = {hash_of(name, 0)},
		.wtxid = {hash_of(name, 1)},
		.raw = bytes_of("bytes", 5),
		.at = 1000,
		.height = 5,
		.fee = fee,
		.weight = 400,
		.vsize = 100,
		.replaceable = true,
		.n_anc = 1, .vsize_anc = 100, .fee_anc = fee,
		.n_desc = 1, .vsize_desc = vsize_desc, .fee_desc = fee_desc,
	};

	assert_int_equal(store_mempool_insert(f->db, &row, "test"), ST_OK);
	return row.id;
}

static void a_waiting_transaction_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	const struct txid txid = {hash_of(1, 0)};
	const struct wtxid wtxid = {hash_of(1, 1)};
	struct mempool_row row;
	int64_t id;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	id = wait_for_block(f, 1, 1000, 1000, 100);
	assert_int_equal(store_mempool_by_txid(f->db, &txid, &row), ST_OK);
	assert_int_equal(row.id, id);
	assert_memory_equal(&row.wtxid, &wtxid, 32);
	assert_true(row.replaceable);
	assert_false(row.spends_coinbase);
	row.fee_delta = -1;
	row.n_desc = 25;
	assert_int_equal(store_mempool_update(f->db, &row), ST_OK);
	assert_int_equal(store_mempool_by_wtxid(f->db, &wtxid, &row), ST_OK);
	assert_int_equal(row.fee_delta, -1);
	assert_int_equal(row.n_desc, 25);
	assert_int_equal(store_mempool_next(f->db, id, &row), ST_NOT_FOUND);
	assert_int_equal(store_mempool_next(f->db, 0, &row), ST_OK);
	db_rollback(f->db);
	assert_true(bytes_equal(row.raw, bytes_of("bytes", 5)));
}

static void deltas_are_kept_by_txid_until_they_are_nothing(void **state)
{
	struct fixture *f = *state;
	const struct txid one = {hash_of(1, 0)}, two = {hash_of(2, 0)};
	struct txid at = {0};
	int64_t delta;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_mempool_delta(f->db, &one, &delta), ST_OK);
	assert_int_equal(delta, 0);
	assert_int_equal(store_mempool_delta_set(f->db, &one, 5), ST_OK);
	assert_int_equal(store_mempool_delta_set(f->db, &one, -7), ST_OK);
	assert_int_equal(store_mempool_delta_set(f->db, &two, 0), ST_OK);
	assert_int_equal(store_mempool_delta(f->db, &one, &delta), ST_OK);
	assert_int_equal(delta, -7);
	assert_int_equal(store_mempool_delta_next(f->db, &at, &delta), ST_OK);
	assert_memory_equal(&at, &one, 32);
	assert_int_equal(delta, -7);
	assert_int_equal(store_mempool_delta_next(f->db, &at, &delta),
			 ST_NOT_FOUND);
	assert_int_equal(store_mempool_delta_set(f->db, &one, 0), ST_OK);
	at = (struct txid){0};
	assert_int_equal(store_mempool_delta_next(f->db, &at, &delta),
			 ST_NOT_FOUND);
	db_rollback(f->db);
}

static void deleting_takes_all_its_rows_and_the_sums_follow(void **state)
{
	struct fixture *f = *state;
	const struct outpoint spent = {{hash_of(7, 7)}, 3};
	const struct txid parent = {hash_of(7, 7)};
	struct mempool_in_row in = {.n = 0, .prevout = spent, .value = 9,
				    .script = 5};
	struct mempool_out_row out = {.n = 0, .value = 8, .script = 6};
	int64_t n, vsize, bytes, fees, id, by, ids[4];
	struct script_total_row sum;
	uint32_t at;
	int n_ids;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	id = wait_for_block(f, 1, 1000, 1000, 100);
	wait_for_block(f, 2, 50, 50, 100);
	in.tx = out.tx = id;
	assert_int_equal(store_mempool_in_insert(f->db, &in), ST_OK);
	assert_int_equal(store_mempool_out_insert(f->db, &out), ST_OK);
	assert_int_equal(store_mempool_history_spend(f->db, 5, id, 9), ST_OK);
	assert_int_equal(store_mempool_history_fund(f->db, 6, id, 8), ST_OK);
	assert_int_equal(store_mempool_history_fund(f->db, 6, id, 1), ST_OK);
	assert_int_equal(store_mempool_script_total(f->db, 5, &sum), ST_OK);
	assert_int_equal(sum.n_tx, 1);
	assert_int_equal(sum.n_spent, 1);
	assert_int_equal(sum.spent, 9);
	assert_int_equal(sum.n_funded, 0);
	assert_int_equal(store_mempool_script_total(f->db, 6, &sum), ST_OK);
	assert_int_equal(sum.n_tx, 1);
	assert_int_equal(sum.n_funded, 2);
	assert_int_equal(sum.funded, 9);

	assert_int_equal(store_mempool_spender(f->db, &spent, &by, &at), ST_OK);
	assert_int_equal(by, id);
	assert_int_equal(at, 0);
	assert_int_equal(store_mempool_children(f->db, &parent, ids, 4, &n_ids),
			 ST_OK);
	assert_int_equal(n_ids, 1);
	assert_int_equal(ids[0], id);
	in.tx = 2;
	assert_int_equal(store_mempool_in_insert(f->db, &in), ST_DENIED);
	assert_int_equal(store_mempool_sums(f->db, &n, &vsize, &bytes, &fees),
			 ST_OK);
	assert_int_equal(n, 2);
	assert_int_equal(vsize, 200);
	assert_int_equal(bytes, 10);
	assert_int_equal(fees, 1050);

	assert_int_equal(store_mempool_delete(f->db, id), ST_OK);
	assert_int_equal(store_mempool_spender(f->db, &spent, &by, &at),
			 ST_NOT_FOUND);
	assert_int_equal(store_mempool_out_get(f->db, id, 0, &out),
			 ST_NOT_FOUND);
	assert_int_equal(store_mempool_in_get(f->db, id, 0, &in), ST_NOT_FOUND);
	assert_int_equal(store_mempool_sums(f->db, &n, &vsize, &bytes, &fees),
			 ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(fees, 50);
	db_rollback(f->db);
}

static void a_cheap_parent_is_kept_for_its_dear_child(void **state)
{
	struct fixture *f = *state;
	struct mempool_row row;
	int64_t worst;

	assert_int_equal(store_mempool_worst(f->db, &row), ST_NOT_FOUND);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	wait_for_block(f, 1, 10, 2010, 200);	/* with its child 10.05 */
	wait_for_block(f, 2, 500, 500, 100);	/* 5 */
	worst = wait_for_block(f, 3, 500, 500, 100);
	wait_for_block(f, 4, 900, 910, 200);	/* its own 9 counts */
	assert_int_equal(store_mempool_worst(f->db, &row), ST_OK);
	assert_int_equal(row.id, worst);
	db_rollback(f->db);
}

static void events_are_read_by_cursor_and_trimmed(void **state)
{
	struct fixture *f = *state;
	const struct hash256 h = hash_of(1, 2);
	struct event_row e;
	int64_t last;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_event_last(f->db, &last), ST_OK);
	assert_int_equal(last, 0);
	assert_int_equal(store_event_add(f->db, 5, "block", &h, "{}"), ST_OK);
	assert_int_equal(store_event_add(f->db, 6, "peer", NULL, "[]"), ST_OK);
	assert_int_equal(store_event_next(f->db, 0, &e), ST_OK);
	assert_string_equal(e.kind, "block");
	assert_true(e.has_hash);
	assert_memory_equal(&e.hash, &h, 32);
	assert_int_equal(store_event_next(f->db, e.id, &e), ST_OK);
	assert_false(e.has_hash);
	assert_string_equal(e.json, "[]");
	assert_int_equal(store_event_next(f->db, e.id, &e), ST_NOT_FOUND);
	assert_int_equal(store_event_trim(f->db, 1), ST_OK);
	assert_int_equal(store_event_next(f->db, 0, &e), ST_OK);
	assert_string_equal(e.kind, "peer");
	/* An id is never given twice, though its row is gone. */
	assert_int_equal(store_event_trim(f->db, 0), ST_OK);
	last = e.id;
	assert_int_equal(store_event_add(f->db, 7, "tx", &h, "{}"), ST_OK);
	assert_int_equal(store_event_next(f->db, 0, &e), ST_OK);
	assert_true(e.id > last);
	db_rollback(f->db);
}

static void what_is_beside_the_chain_is_no_change_of_it(void **state)
{
	struct fixture *f = *state;
	const struct hash256 h = hash_of(1, 2);
	int64_t last, change;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_event_last_change(f->db, &change), ST_NOT_FOUND);
	assert_int_equal(store_event_add_beside(f->db, 5, "peer", "{}"), ST_OK);
	assert_int_equal(store_event_last_change(f->db, &change), ST_OK);
	assert_int_equal(change, 0);
	assert_int_equal(store_event_add(f->db, 6, "block", &h, "{}"), ST_OK);
	assert_int_equal(store_event_last(f->db, &last), ST_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(store_event_add_beside(f->db, 7, "peer", "{}"),
				 ST_OK);
	assert_int_equal(store_event_last_change(f->db, &change), ST_OK);
	assert_int_equal(change, last);
	/* though its row is gone */
	assert_int_equal(store_event_trim(f->db, 2), ST_OK);
	assert_int_equal(store_event_last_change(f->db, &change), ST_OK);
	assert_int_equal(change, last);
	db_rollback(f->db);
}

static void a_refusal_is_written_once_until_it_differs(void **state)
{
	struct fixture *f = *state;
	const struct hash256 h = hash_of(1, 2);
	struct reject_row row;
	struct verdict v;
	int64_t first;

	verdict_init(&v);
	v.code = (enum verdict_code)1;
	v.input = 3;
	snprintf(v.detail, sizeof(v.detail), "why");
	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_reject_get(f->db, &h, &row), ST_NOT_FOUND);
	assert_int_equal(store_reject_add(f->db, 5, "tx", &h, &v, "a"), ST_OK);
	assert_int_equal(store_reject_get(f->db, &h, &row), ST_OK);
	first = row.id;
	assert_string_equal(row.reason, verdict_name(v.code));
	assert_string_equal(row.rule, verdict_rule(v.code));
	assert_string_equal(row.detail, "why");
	assert_string_equal(row.kind, "tx");
	assert_int_equal(row.input, 3);
	assert_int_equal(row.script_pos, -1);
	assert_int_equal(store_reject_add(f->db, 6, "tx", &h, &v, "b"), ST_OK);
	assert_int_equal(store_reject_get(f->db, &h, &row), ST_OK);
	assert_int_equal(row.id, first);
	v.input = 4;
	assert_int_equal(store_reject_add(f->db, 7, "tx", &h, &v, "b"), ST_OK);
	assert_int_equal(store_reject_get(f->db, &h, &row), ST_OK);
	assert_int_equal(row.id, first + 1);
	assert_int_equal(row.input, 4);
	assert_false(row.has_txid);
	assert_string_equal(row.script, "");
	assert_string_equal(row.stack, "");
	/* a script in a block */
	v.code = V_SCRIPT;
	v.has_tx = true;
	v.tx.h = hash_of(3, 4);
	snprintf(v.script, sizeof(v.script), "redeemScript");
	memset(v.stack, 'a', sizeof(v.stack) - 1);
	v.stack[sizeof(v.stack) - 1] = '\0';
	assert_int_equal(store_reject_add(f->db, 8, "block", &h, &v, "b"), ST_OK);
	assert_int_equal(store_reject_get(f->db, &h, &row), ST_OK);
	assert_true(row.has_txid);
	assert_memory_equal(&row.txid, &v.tx, sizeof(v.tx));
	assert_string_equal(row.script, v.script);
	assert_string_equal(row.stack, v.stack);
	db_rollback(f->db);
}

static void refusals_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct hash256 h = hash_of(1, 2);
	struct reject_row row;
	struct verdict v;

	verdict_init(&v);
	v.code = (enum verdict_code)1;
	assert_int_equal(db_begin_write(f->db), ST_OK);
	for (int i = 1; i <= 10200; i++) {
		h.b[1] = (uint8_t)i;
		h.b[2] = (uint8_t)(i >> 8);
		assert_int_equal(store_reject_add(f->db, i, "tx", &h, &v, "a"),
				 ST_OK);
	}
	h.b[1] = 200;
	h.b[2] = 0;
	assert_int_equal(store_reject_get(f->db, &h, &row), ST_NOT_FOUND);
	h.b[1] = 201;
	assert_int_equal(store_reject_get(f->db, &h, &row), ST_OK);
	db_rollback(f->db);
}

static void a_peer_is_added_once_and_comes_back_as_updated(void **state)
{
	struct fixture *f = *state;
	struct peer_row row;
	int64_t id, again, all, fresh;
	bool added;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_peer_add(f->db, "https://a:1", "http", 5, &id,
					&added), ST_OK);
	assert_true(added);
	assert_int_equal(store_peer_add(f->db, "https://a:1", "peer", 6, &again,
					&added), ST_OK);
	assert_false(added);
	assert_int_equal(again, id);
	assert_int_equal(store_peer_by_url(f->db, "https://a:1", &row), ST_OK);
	assert_string_equal(row.state, "new");
	assert_string_equal(row.pin, "");
	assert_int_equal(row.height, -1);
	assert_int_equal(store_peer_count(f->db, &all, &fresh), ST_OK);
	assert_int_equal(all, 1);
	assert_int_equal(fresh, 1);
	snprintf(row.state, sizeof(row.state), "active");
	snprintf(row.pin, sizeof(row.pin), "sha256//AAAA");
	row.tip = (struct blkid){hash_of(3, 4)};
	row.height = 0;
	row.seen_at = 9;
	assert_int_equal(store_peer_update(f->db, &row), ST_OK);
	memset(&row, 0, sizeof(row));
	assert_int_equal(store_peer_next(f->db, 0, &row), ST_OK);
	assert_string_equal(row.state, "active");
	assert_string_equal(row.pin, "sha256//AAAA");
	assert_int_equal(row.height, 0);
	assert_int_equal(row.seen_at, 9);
	assert_int_equal(row.tip.h.b[0], 4);
	assert_int_equal(store_peer_next(f->db, row.id, &row), ST_NOT_FOUND);
	assert_int_equal(store_peer_delete(f->db, id), ST_OK);
	assert_int_equal(store_peer_by_url(f->db, "https://a:1", &row),
			 ST_NOT_FOUND);
	db_rollback(f->db);
}

static void a_lease_has_one_owner_until_it_expires(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_lease_take(f->db, "resolve", "a", 100, 200), ST_OK);
	assert_int_equal(store_lease_take(f->db, "resolve", "b", 150, 250), ST_BUSY);
	assert_int_equal(store_lease_take(f->db, "resolve", "a", 150, 260), ST_OK);
	assert_int_equal(store_lease_take(f->db, "resolve", "b", 259, 300), ST_BUSY);
	assert_int_equal(store_lease_take(f->db, "resolve", "b", 260, 300), ST_OK);
	assert_int_equal(store_lease_release(f->db, "resolve", "a"), ST_OK);
	assert_int_equal(store_lease_take(f->db, "resolve", "a", 270, 300), ST_BUSY);
	assert_int_equal(store_lease_release(f->db, "resolve", "b"), ST_OK);
	assert_int_equal(store_lease_take(f->db, "resolve", "a", 270, 300), ST_OK);
	db_rollback(f->db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_waiting_transaction_comes_back_as_it_was_put),
		T(deltas_are_kept_by_txid_until_they_are_nothing),
		T(deleting_takes_all_its_rows_and_the_sums_follow),
		T(a_cheap_parent_is_kept_for_its_dear_child),
		T(events_are_read_by_cursor_and_trimmed),
		T(what_is_beside_the_chain_is_no_change_of_it),
		T(a_refusal_is_written_once_until_it_differs),
		T(refusals_are_bounded),
		T(a_peer_is_added_once_and_comes_back_as_updated),
		T(a_lease_has_one_owner_until_it_expires),
	};

	return cmocka_run_group_tests_name("store_live", tests, NULL, NULL);
}
