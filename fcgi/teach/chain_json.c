/* SPDX-License-Identifier: MIT */
#include "fcgi/teach/chain_json.h"

#include <stdio.h>

#include "primitives/amount.h"

/* A parsed block needs less; one of the largest with its prevouts about this. */
#define BLOCK_ARENA_MAX (256u << 20)

void chain_json_coins(struct json_writer *w, int64_t sat)
{
	char text[AMOUNT_TEXT_SIZE];
	size_t n = strlen(amount_text(text, sat));

	while (n > 1 && text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	json_raw(w, text, n);
}

static void json_payee(struct app *app, struct json_writer *w,
		       struct bytes script)
{
	struct buf text;

	buf_init(&text, 1 << 16);
	app_payee(&text, app, script);
	json_str(w, buf_str(&text));
	buf_free(&text);
}

/* Sum of the coins a transaction spends and the script of the first. */
static enum status spent(struct app *app, const struct tx *tx, struct arena *a,
			 int64_t *sum, struct bytes *first)
{
	*sum = 0;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct output_info o;
		enum status st = query_output(app->node, &tx->in[i].prevout, a, &o);

		if (st != ST_OK)
			return st;
		if (i == 0)
			*first = o.script;
		*sum += o.value;
	}
	return ST_OK;
}

/* The first payee that is not the sender; the first of all when there is none. */
static struct bytes recipient(const struct tx *tx, struct bytes sender)
{
	for (uint32_t i = 0; i < tx->n_out; i++)
		if (tx->out[i].value > 0 &&
		    !bytes_equal(tx->out[i].script, sender))
			return tx->out[i].script;
	return tx->out[0].script;
}

static enum status json_transaction(struct app *app, struct json_writer *w,
				    const struct tx *tx, struct arena *a)
{
	bool reward = tx_is_coinbase(tx);
	struct bytes sender = bytes_of("", 0), to;
	int64_t in = 0, out = 0, paid = 0;
	enum status st = reward ? ST_OK : spent(app, tx, a, &in, &sender);

	if (st != ST_OK)
		return st;
	to = recipient(tx, sender);
	for (uint32_t i = 0; i < tx->n_out; i++) {
		out += tx->out[i].value;
		if (bytes_equal(tx->out[i].script, to))
			paid += tx->out[i].value;
	}
	json_obj_begin(w);
	json_key(w, "amount");
	chain_json_coins(w, paid);
	if (!reward) {
		json_key(w, "fee");
		chain_json_coins(w, in - out);
	}
	json_key(w, "outputs");
	json_arr_begin(w);
	for (uint32_t i = 0; i < tx->n_out; i++) {
		json_obj_begin(w);
		json_key(w, "amount");
		chain_json_coins(w, tx->out[i].value);
		json_key(w, "recipient");
		json_payee(app, w, tx->out[i].script);
		json_obj_end(w);
	}
	json_arr_end(w);
	json_key(w, "recipient");
	json_payee(app, w, to);
	json_key(w, "sender");
	if (reward)
		json_str(w, "0");
	else
		json_payee(app, w, sender);
	json_put_hash(w, "txid", &tx->txid.h);
	json_obj_end(w);
	return ST_OK;
}

static enum status json_transactions(struct app *app, struct json_writer *w,
				     const struct block *b, struct arena *a)
{
	enum status st = ST_OK;

	json_arr_begin(w);
	for (uint32_t i = 0; i < b->n_tx && st == ST_OK; i++)
		st = json_transaction(app, w, &b->tx[i], a);
	json_arr_end(w);
	return st;
}

/* The stored block, parsed; everything in the arena. */
static enum status load(struct app *app, const struct blkid *id,
			struct arena *a, struct block *b)
{
	struct bytes raw;
	enum status st = query_block_raw(app->node, id, a, &raw);

	if (st != ST_OK)
		return st;
	st = block_parse(b, raw.p, raw.len, a);
	return st == ST_PARSE ? ST_CORRUPT : st;
}

enum status chain_json_transactions(struct app *app, struct json_writer *w,
				    const struct block_info *info)
{
	struct arena a;
	struct block b;
	enum status st;

	arena_init(&a, BLOCK_ARENA_MAX);
	st = load(app, &info->id, &a, &b);
	if (st == ST_OK)
		st = json_transactions(app, w, &b, &a);
	arena_free(&a);
	return st;
}

enum status chain_json_block(struct app *app, struct json_writer *w,
			     const struct block_info *info)
{
	struct arena a;
	struct block b;
	char bits[9];
	enum status st;

	arena_init(&a, BLOCK_ARENA_MAX);
	st = load(app, &info->id, &a, &b);
	if (st != ST_OK) {
		arena_free(&a);
		return st;
	}
	snprintf(bits, sizeof(bits), "%08x", info->header.bits);
	json_obj_begin(w);
	json_put_str(w, "bits", bits);
	json_put_hash(w, "hash", &info->id.h);
	json_put_uint(w, "height", info->height);
	json_put_uint(w, "index", (uint64_t)info->height + 1);
	json_put_hash(w, "merkle_root", &info->header.merkle_root);
	json_put_uint(w, "nonce", info->header.nonce);
	json_put_hash(w, "previous_hash", &info->header.prev.h);
	json_put_uint(w, "proof", info->header.nonce);
	json_put_uint(w, "timestamp", info->header.time);
	json_key(w, "transactions");
	st = json_transactions(app, w, &b, &a);
	json_key(w, "txids");
	json_arr_begin(w);
	for (uint32_t i = 0; i < b.n_tx; i++)
		json_hash(w, &b.tx[i].txid.h);
	json_arr_end(w);
	json_obj_end(w);
	arena_free(&a);
	return st;
}

enum status chain_json_page(struct app *app, struct json_writer *w,
			    uint32_t from, uint32_t limit, uint32_t tip_height,
			    uint32_t *next)
{
	size_t begin = w->b->len;
	uint32_t h = from, n = 0;

	json_arr_begin(w);
	for (; n < limit && h <= tip_height; h++, n++) {
		struct block_info info;
		enum status st;

		if (w->b->len - begin > CHAIN_PAGE_BYTES)
			break;
		st = query_block_at(app->node, h, &info);
		if (st == ST_OK)
			st = chain_json_block(app, w, &info);
		if (st != ST_OK)
			return st;
	}
	json_arr_end(w);
	*next = h;
	return ST_OK;
}
