/* SPDX-License-Identifier: MIT */
/*
 * tx_valid, tx_invalid: Bitcoin Core's files of transactions with the outputs
 * they spend, [[[txid, n, script, amount?], ...], tx, flags].
 *
 * The flags of tx_valid are those excluded, in files since 2021: the transaction
 * is good with all others, and bad when any excluded one is added. In older
 * files they are those to apply. A file's head tells ("excluded verifyFlags");
 * without a head, rows that name P2SH are of the older form. The flags of
 * tx_invalid are those it fails with; where the file knows BADTX (fails without
 * any script) it is good with any one of them left out. Older forms also have
 * true and false for P2SH.
 */
#include <stdio.h>

#include "consensus/tx_check.h"
#include "tests/vectors/scripts.h"

#define TX_TEST_MAX ((size_t)64 << 20)

struct tx_test {
	struct tx tx;
	struct coin *coins;
	uint32_t flags;
	bool bad_tx;		/* flags: BADTX */
};

static bool find_coin(struct coin *c, const struct outpoint *o,
		      const json_t *prevouts, struct arena *a)
{
	json_t *p;
	size_t i;

	json_array_foreach(prevouts, i, p) {
		struct bytes id = vec_json_text(json_array_get(p, 0));
		struct hash256 h;
		struct buf b;

		if (!hash256_parse(&h, (const char *)id.p, id.len))
			return false;
		if (!hash256_equal(&h, &o->txid.h) || o->n !=
		    (uint32_t)json_integer_value(json_array_get(p, 1)))
			continue;
		buf_init(&b, TX_TEST_MAX);
		if (!vec_script(&b, vec_json_text(json_array_get(p, 2)))) {
			buf_free(&b);
			return false;
		}
		c->script = bytes_of(arena_copy(a, b.p, b.len), b.len);
		c->value = json_integer_value(json_array_get(p, 3));
		buf_free(&b);
		return true;
	}
	return false;
}

static bool read_flags(struct tx_test *t, const json_t *v)
{
	struct bytes text = vec_json_text(v);

	if (json_is_boolean(v)) {
		t->flags = json_is_true(v) ? CF_P2SH : 0;
		return true;
	}
	t->bad_tx = text.len == 5 && memcmp(text.p, "BADTX", 5) == 0;
	return t->bad_tx || vec_flags(&t->flags, text);
}

static bool read_test(struct tx_test *t, const json_t *row, struct arena *a)
{
	size_t len;
	uint8_t *raw = vec_unhex(vec_json_text(json_array_get(row, 1)), &len);
	const uint8_t *kept = raw ? arena_copy(a, raw, len) : NULL;

	free(raw);
	if (!kept || tx_parse(&t->tx, kept, len, a) != ST_OK ||
	    !read_flags(t, json_array_get(row, 2)))
		return false;
	t->coins = arena_calloc(a, t->tx.n_in, sizeof(*t->coins));
	for (uint32_t i = 0; i < t->tx.n_in; i++) {
		if (!find_coin(&t->coins[i], &t->tx.in[i].prevout,
			       json_array_get(row, 0), a) &&
		    !t->bad_tx)
			return false;
	}
	return true;
}

static bool scripts_good(const struct tx_test *t, uint32_t flags)
{
	for (uint32_t i = 0; i < t->tx.n_in; i++) {
		if (vec_check_input(&t->tx, i, t->coins, flags, NULL) !=
		    SCRIPT_ERR_OK)
			return false;
	}
	return true;
}

static bool form_good(const struct tx_test *t)
{
	struct verdict v;

	verdict_init(&v);
	return tx_check(&t->tx, &v);
}

static void check_valid(struct vec_run *r, const struct tx_test *t,
			bool excluded, size_t i)
{
	uint32_t with = excluded ? VEC_FLAGS_ALL & ~t->flags : t->flags;

	if (!form_good(t) || !scripts_good(t, with)) {
		vec_fail(r, "row %zu is refused", i);
		return;
	}
	for (uint32_t f = 1; f & VEC_FLAGS_ALL; f <<= 1) {
		if (!scripts_good(t, vec_flags_trim(with & ~f))) {
			vec_fail(r, "row %zu is refused without flag %x", i, f);
			return;
		}
		if (excluded && t->flags & f &&
		    vec_flags_trim(t->flags & ~f) != t->flags &&
		    scripts_good(t, VEC_FLAGS_ALL &
				    ~vec_flags_trim(t->flags & ~f))) {
			vec_fail(r, "row %zu is good with flag %x too", i, f);
			return;
		}
	}
	vec_pass(r);
}

static void check_invalid(struct vec_run *r, const struct tx_test *t,
			  bool minimal, size_t i)
{
	if (t->bad_tx || (!minimal && !form_good(t))) {
		vec_check(r, !form_good(t), "row %zu has a good form", i);
		return;
	}
	if (!form_good(t) || scripts_good(t, t->flags)) {
		vec_fail(r, "row %zu: its %s", i, form_good(t) ?
			 "scripts are good" : "form is bad");
		return;
	}
	for (uint32_t f = 1; f & VEC_FLAGS_ALL; f <<= 1) {
		uint32_t less = vec_flags_trim(t->flags & ~f);

		if (scripts_good(t, vec_flags_fill(t->flags | f))) {
			vec_fail(r, "row %zu is good with flag %x", i, f);
			return;
		}
		if (minimal && t->flags & f && !scripts_good(t, less)) {
			vec_fail(r, "row %zu is bad without flag %x too", i, f);
			return;
		}
	}
	vec_pass(r);
}

/* Does any string of the file contain the text? */
static bool mentions(const json_t *v, const char *text)
{
	const json_t *item;
	size_t i;

	if (json_is_string(v))
		return strstr(json_string_value(v), text);
	json_array_foreach(v, i, item) {
		if (mentions(item, text))
			return true;
	}
	return false;
}

/* The flags of a headless tx_valid: as those of the older form? */
static bool is_exclusion(const json_t *rows)
{
	const json_t *row;
	bool head = false;
	size_t i;

	if (mentions(rows, "excluded"))
		return true;
	json_array_foreach(rows, i, row) {
		const char *flags = json_string_value(json_array_get(row, 2));

		if (json_is_boolean(json_array_get(row, 2)) ||
		    (flags && strncmp(flags, "P2SH", 4) == 0))
			return false;
		head = head || json_array_size(row) == 1;
	}
	return !head;
}

static int run(struct vec_run *r, const char *path, bool valid)
{
	json_t *rows = vec_json(r, path), *row;
	bool newer = valid ? is_exclusion(rows) : mentions(rows, "BADTX");
	size_t i;

	json_array_foreach(rows, i, row) {
		struct tx_test t = {.bad_tx = false};
		struct arena a;

		if (json_array_size(row) < 3)
			continue;
		arena_init(&a, TX_TEST_MAX);
		if (!read_test(&t, row, &a))
			vec_fail(r, "row %zu cannot be read", i);
		else if (valid)
			check_valid(r, &t, newer, i);
		else
			check_invalid(r, &t, newer, i);
		arena_free(&a);
	}
	json_decref(rows);
	return 1;
}

int vec_tx_valid(struct vec_run *r, char *const *files, int n)
{
	(void)n;
	return run(r, files[0], true);
}

int vec_tx_invalid(struct vec_run *r, char *const *files, int n)
{
	(void)n;
	return run(r, files[0], false);
}
