/* SPDX-License-Identifier: MIT */
/*
 * block: one block by itself. Its header's work and everything that needs the
 * block alone; with a height also what needs that (BIP34, the commitment to
 * witnesses, weight); with its prevouts values, maturity, sigop cost and the
 * coinbase's amount too, and every script. `flips` changes one bit of each
 * signature instead, and each of these cases must fail.
 *
 * The branch it stood on is not known: all its ancestors are taken to have the
 * time before its own, so a lock time that its real median time past would
 * refuse may pass, and lock times relative to a coin's time are left out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "consensus/block_check.h"
#include "consensus/header_check.h"
#include "consensus/tx_inputs.h"
#include "tests/vectors/block_scripts.h"

#define ARENA_MAX ((size_t)1 << 30)

static enum status header_before(void *arg, uint32_t height, struct header *out)
{
	const struct block *b = arg;

	(void)height;
	memset(out, 0, sizeof(*out));
	out->time = b->header.time - 1;
	return ST_OK;
}

static bool refused(const struct verdict *v, enum status st, char *why,
		    size_t size)
{
	if (st != ST_OK)
		snprintf(why, size, "%s", status_text(st));
	else if (v->code != VALID)
		snprintf(why, size, "%s: %.120s", verdict_name(v->code), v->detail);
	else
		return false;
	return true;
}

/* txid,vout,value,script,height,coinbase. The last two may be empty: then the
 * coin counts as an old one. */
static bool read_coin(struct arena *a, struct bytes line,
		      const struct outpoint *o, struct coin *c)
{
	struct bytes f[6] = {{NULL, 0}};
	struct hash256 id;
	uint8_t *script;

	for (int i = 0; i < 6; i++) {
		if (!vec_field(&line, ',', &f[i]))
			return false;
	}
	if (!hash256_parse(&id, (const char *)f[0].p, f[0].len) ||
	    !hash256_equal(&id, &o->txid.h) ||
	    strtoul((const char *)f[1].p, NULL, 10) != o->n)
		return false;
	script = arena_alloc(a, f[3].len / 2, 1);
	if (!script || !hex_parse(script, f[3].len / 2, (const char *)f[3].p,
				  f[3].len))
		return false;
	*c = (struct coin){
		.value = strtoll((const char *)f[2].p, NULL, 10),
		.script = bytes_of(script, f[3].len / 2),
		.height = (uint32_t)strtoul((const char *)f[4].p, NULL, 10),
		.coinbase = f[5].len == 1 && f[5].p[0] == '1',
	};
	return true;
}

/* Everything that spent outputs decide. */
static bool spends_good(const struct params *p, const struct block *b,
			uint32_t height, struct bytes csv, struct vec_run *flips,
			struct arena *a, char *why, size_t size)
{
	struct consensus_flags flags = consensus_flags_at(p, height, &b->id);
	uint64_t cost = tx_sigop_cost(&b->tx[0], NULL, flags);
	int64_t fees = 0, paid = 0;
	struct bytes line;

	vec_line(&csv, &line);	/* names of the columns */
	for (uint32_t t = 1; t < b->n_tx; t++) {
		const struct tx *tx = &b->tx[t];
		struct coin *coins = arena_array(a, tx->n_in, struct coin);
		char at[160] = "";
		struct verdict v;
		int64_t fee = 0;

		verdict_init(&v);
		for (uint32_t i = 0; i < tx->n_in; i++) {
			if (coins && vec_line(&csv, &line) &&
			    read_coin(a, line, &tx->in[i].prevout, &coins[i]))
				continue;
			snprintf(why, size, "tx %" PRIu32 " input %" PRIu32
				 " has no row in the CSV", t, i);
			return false;
		}
		tx_check_inputs(p, tx, coins, height, &fee, &v);
		if (refused(&v, ST_OK, at, sizeof(at)) ||
		    !vec_tx_scripts(tx, coins, flags, at, sizeof(at))) {
			snprintf(why, size, "tx %" PRIu32 ": %s", t, at);
			return false;
		}
		if (flips)
			vec_tx_flips(flips, tx, coins, flags);
		fees += fee;
		cost += tx_sigop_cost(tx, coins, flags);
	}
	if (vec_line(&csv, &line)) {
		snprintf(why, size, "the CSV has more rows than inputs");
		return false;
	}
	for (uint32_t i = 0; i < b->tx[0].n_out; i++)
		paid += b->tx[0].out[i].value;
	if (cost > BLOCK_SIGOP_COST_MAX ||
	    paid > fees + params_subsidy_sat(p, height)) {
		snprintf(why, size, "sigop cost %" PRIu64 ", coinbase %" PRId64
			 ", fees %" PRId64, cost, paid, fees);
		return false;
	}
	return true;
}

static bool block_good(const struct params *p, struct bytes raw, int64_t height,
		       struct bytes csv, struct vec_run *flips, struct arena *a,
		       char *why, size_t size)
{
	struct block b;
	struct verdict v;
	struct chain_view view = {header_before, &b, 0, {0}};
	enum status st = block_parse(&b, raw.p, raw.len, a);

	verdict_init(&v);
	if (st != ST_OK) {
		snprintf(why, size, "block-decode-failed");
		return false;
	}
	if (header_check_work(p, &b.header, &b.id, &v))
		st = block_check(p, &b, a, &v);
	if (refused(&v, st, why, size))
		return false;
	if (height > 0) {
		view.height = (uint32_t)height - 1;
		header_before(&b, view.height, &view.parent);
		st = block_check_context(p, &view, &b, a, &v);
		if (refused(&v, st, why, size))
			return false;
	}
	if (!csv.p)
		return true;
	if (height < 0) {
		snprintf(why, size, "its height is needed: --height N");
		return false;
	}
	return spends_good(p, &b, (uint32_t)height, csv, flips, a, why, size);
}

static bool is_csv(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && strcmp(path + n - 4, ".csv") == 0;
}

/* The CSV of a block: --prevouts, the next argument, or the file beside it
 * whose name ends in .prevouts.csv. NULL when there is none. */
static char *read_prevouts(struct vec_run *r, char *const *files, int n,
			   int *used, size_t *len)
{
	const char *end = strrchr(files[0], '.');
	char path[4096];
	FILE *f;

	if (r->prevouts)
		return vec_read(r, r->prevouts, len);
	if (n > 1 && is_csv(files[1])) {
		*used = 2;
		return vec_read(r, files[1], len);
	}
	snprintf(path, sizeof(path), "%.*s.prevouts.csv",
		 (int)(end ? end - files[0] : (long)strlen(files[0])), files[0]);
	f = fopen(path, "rb");
	if (!f)
		return NULL;
	fclose(f);
	return vec_read(r, path, len);
}

/* A raw block, or hex with one block a line at rising heights. With `flips` the
 * cases are its signatures instead. */
static int run(struct vec_run *r, char *const *files, int n, bool flips)
{
	size_t len, csv_len = 0;
	char *data = vec_read(r, files[0], &len);
	int used = 1;
	char *csv = read_prevouts(r, files, n, &used, &csv_len);
	struct bytes at = bytes_of(data, data ? len : 0), line = at;
	int64_t height = vec_height(r);
	bool hex = len > HEADER_SIZE;
	struct params p;

	for (size_t i = 0; data && hex && i < HEADER_SIZE; i++)
		hex = hex_digit(data[i]) >= 0;
	if (!data || !vec_params(r, &p))
		goto out;
	while (!hex || vec_line(&at, &line)) {
		struct bytes raw = line;
		uint8_t *made = NULL;
		struct arena a;
		char why[300] = "not hex";
		bool good;

		if (hex)
			raw.p = made = vec_unhex(line, &raw.len);
		arena_init(&a, ARENA_MAX);
		good = raw.p && block_good(&p, raw, height,
					   bytes_of(csv, csv_len),
					   flips ? r : NULL, &a, why,
					   sizeof(why));
		if (!flips || !good)
			vec_check(r, good, "%s", why);
		arena_free(&a);
		free(made);
		if (height >= 0)
			height++;
		if (!hex)
			break;
	}
out:
	free(data);
	free(csv);
	return used;
}

int vec_block(struct vec_run *r, char *const *files, int n)
{
	return run(r, files, n, false);
}

int vec_flips(struct vec_run *r, char *const *files, int n)
{
	return run(r, files, n, true);
}
