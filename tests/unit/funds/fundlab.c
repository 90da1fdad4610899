/* SPDX-License-Identifier: MIT */
#include "tests/unit/funds/fundlab.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"

#define XPUB "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstx" \
	     "YSnhyswJ76uZPStJRJCTKvosUCJZL5B"

void look(struct fixture *x)
{
	arena_reset(&x->a);
	assert_int_equal(funds_open(&x->f, &x->at, "", "w", &x->a), ST_OK);
}

static void import(struct fixture *x, const char *text, bool active, bool internal)
{
	char error[DESC_ERROR_SIZE];
	struct funds_import i = {.text = text, .len = strlen(text),
				 .active = active, .internal = internal,
				 .has_range = active, .last = FUNDS_GAP - 1,
				 .error = error};

	if (!active && !internal)
		i.label = "";
	if (funds_import(&x->f, &i) != ST_OK)
		fail_msg("%s: %s", text, error);
}

int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	struct purse_wallet w = {.name = "w", .flags = PURSE_WATCH_ONLY};
	char error[PURSE_ERROR_SIZE], text[300], digits[67];
	uint8_t pub[33];

	x->l = lab_open("regtest", LAB_MATURITY + 30);
	snprintf(x->path, sizeof(x->path), "%s/wallets.db", x->l->dir);
	assert_int_equal(purse_open(&x->at.purse, x->path, true, error), ST_OK);
	x->at.node = x->l->n;
	x->at.ec = x->l->ec;
	arena_init(&x->a, (size_t)256 << 20);
	assert_int_equal(funds_create(&x->at, &w), ST_OK);
	assert_int_equal(funds_open_row(&x->f, &x->at, &w, &x->a), ST_OK);
	assert_true(ec_pubkey_create(x->l->ec, pub, x->l->key, true));
	snprintf(text, sizeof(text), "wpkh(%s)", hex_text(digits, pub, 33));
	import(x, text, false, false);
	import(x, "wpkh(" XPUB "/0/*)", true, false);
	import(x, "wpkh(" XPUB "/1/*)", true, true);
	buf_init(&x->own_script, 100);
	lab_script(x->l, LAB_P2WPKH, &x->own_script);
	x->own = buf_view(&x->own_script);
	buf_init(&x->stranger, 100);
	lab_script(x->l, LAB_P2TR, &x->stranger);
	x->next = 1;
	look(x);
	*state = x;
	return 0;
}

int tear_down(void **state)
{
	struct fixture *x = *state;
	char name[140];

	purse_close(x->at.purse);
	arena_free(&x->a);
	buf_free(&x->own_script);
	buf_free(&x->stranger);
	for (size_t i = 0; i < 3; i++) {
		static const char *const end[] = {"", "-wal", "-shm"};

		snprintf(name, sizeof(name), "%s%s", x->path, end[i]);
		unlink(name);
	}
	lab_close(x->l);
	free(x);
	return 0;
}

struct bytes script_of(struct fixture *x, size_t d, uint32_t n)
{
	struct desc_scripts out;

	assert_true(desc_expand(x->f.desc[d].d, x->at.ec, n, &x->a, &out));
	return out.script[0];
}

struct txid pay(struct fixture *x, const struct bytes *to,
		       const int64_t *value, uint32_t n)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct tx_result r;
	struct txid id;
	struct buf raw;
	int64_t left = 50 * COIN_SAT - FEE;

	t->n_in = 1;
	t->in[0].coin = x->l->coinbase[x->next++];
	for (uint32_t i = 0; i < n; i++) {
		t->out[i] = (struct lab_out){value[i], LAB_SCRIPT, to[i]};
		left -= value[i];
	}
	t->out[n] = (struct lab_out){left, LAB_TRUE, {0}};
	t->n_out = n + 1;
	buf_init(&raw, 1 << 20);
	lab_build(x->l, t, &raw, &id);
	assert_int_equal(lab_send(x->l, &raw, &r), VALID);
	buf_free(&raw);
	free(t);
	return id;
}

struct txid pay_one(struct fixture *x, struct bytes to, int64_t value)
{
	return pay(x, &to, &value, 1);
}

struct bytes spend(struct fixture *x, const struct outpoint *at,
			  int64_t value, struct bytes to, int64_t amount,
			  struct bytes change, int64_t fee, struct txid *id)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct bytes out;
	struct buf raw;

	t->n_in = 1;
	t->in[0].coin = (struct lab_coin){*at, value, LAB_P2WPKH};
	t->in[0].sequence = 0xfffffffd;
	t->out[0] = (struct lab_out){amount, LAB_SCRIPT, to};
	t->out[1] = (struct lab_out){value - amount - fee, LAB_SCRIPT, change};
	t->n_out = 2;
	buf_init(&raw, 1 << 20);
	lab_build(x->l, t, &raw, id);
	out = bytes_of(arena_copy(&x->a, raw.p, raw.len), raw.len);
	assert_non_null(out.p);
	buf_free(&raw);
	free(t);
	return out;
}

struct funds_balance balance(struct fixture *x)
{
	struct funds_balance b;

	look(x);
	assert_int_equal(funds_balance(&x->f, &b), ST_OK);
	return b;
}
