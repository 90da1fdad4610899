/* SPDX-License-Identifier: MIT */
/*
 * script_assets: Bitcoin Core's script_assets_test.json, the strongest set for
 * taproot. A case is one test of the file: its success witness must pass with
 * every consensus flag set within the stated flags (`final`: with every one at
 * all), its failure witness must fail with every set that holds them.
 */
#include <stdlib.h>

#include "base/hex.h"
#include "primitives/compactsize.h"
#include "tests/vectors/scripts.h"

#define ASSET_MAX ((size_t)64 << 20)

struct asset {
	struct tx tx;
	struct coin *coins;
	uint32_t n_in;
	uint32_t flags;
};

static struct bytes unhex(struct arena *a, const json_t *v)
{
	size_t len;
	uint8_t *raw = vec_unhex(vec_json_text(v), &len);
	struct bytes b = bytes_of(raw ? arena_copy(a, raw, len) : NULL, len);

	free(raw);
	return b;
}

/* value, script */
static bool read_output(struct coin *c, const json_t *v, struct arena *a)
{
	struct bytes raw = unhex(a, v);
	struct reader r = reader_of(raw.p, raw.p ? raw.len : 0);
	uint64_t len;

	c->value = (int64_t)reader_le64(&r);
	len = compactsize_read(&r);
	c->script = bytes_of(reader_take(&r, (size_t)len), (size_t)len);
	return !r.failed && !reader_left(&r);
}

static bool read_asset(struct asset *t, const json_t *v, struct arena *a)
{
	struct bytes raw = unhex(a, json_object_get(v, "tx"));
	const json_t *prevouts = json_object_get(v, "prevouts");

	if (!raw.p || tx_parse(&t->tx, raw.p, raw.len, a) != ST_OK ||
	    json_array_size(prevouts) != t->tx.n_in ||
	    !vec_flags(&t->flags, vec_json_text(json_object_get(v, "flags"))))
		return false;
	t->n_in = (uint32_t)json_integer_value(json_object_get(v, "index"));
	t->coins = arena_calloc(a, t->tx.n_in, sizeof(*t->coins));
	for (uint32_t i = 0; i < t->tx.n_in; i++) {
		if (!read_output(&t->coins[i], json_array_get(prevouts, i), a))
			return false;
	}
	return t->n_in < t->tx.n_in;
}

/* Puts the script and witness of "success" or "failure" into the input. */
static bool set_input(struct asset *t, const json_t *v, struct arena *a)
{
	struct txin *in = &t->tx.in[t->n_in];
	struct buf b;
	bool good;

	buf_init(&b, ASSET_MAX);
	good = vec_witness(&b, &in->n_witness, json_object_get(v, "witness"));
	in->witness = bytes_of(arena_copy(a, b.p, b.len), b.len);
	in->script_sig = unhex(a, json_object_get(v, "scriptSig"));
	buf_free(&b);
	t->tx.has_witness = false;
	for (uint32_t i = 0; i < t->tx.n_in; i++)
		t->tx.has_witness |= t->tx.in[i].n_witness > 0;
	return good && in->script_sig.p;
}

/* Tries all flag sets that the wanted result holds for; the first that answers
 * otherwise, or VEC_FLAGS_ALL when none does. */
static uint32_t wrong_flags(const struct asset *t, bool good, bool final)
{
	struct sighash_cache *c = sighash_cache_new(&t->tx, t->coins);
	uint32_t flags, wrong = VEC_FLAGS_ALL;

	for (flags = 0; c && flags <= CF_ALL; flags++) {
		enum script_error e;
		int32_t pos;

		if (flags != vec_flags_trim(flags))
			continue;
		if (good ? !final && flags & ~t->flags : t->flags & ~flags)
			continue;
		if (script_check(&t->tx, t->n_in, t->coins, c,
				 vec_consensus(flags), vec_policy(0), NULL, &e,
				 &pos) != ST_OK || (e == SCRIPT_ERR_OK) != good) {
			wrong = flags;
			break;
		}
	}
	sighash_cache_free(c);
	return wrong;
}

static void check_asset(struct vec_run *r, const json_t *v, size_t i,
			struct arena *a)
{
	const json_t *success = json_object_get(v, "success");
	const json_t *failure = json_object_get(v, "failure");
	bool final = json_is_true(json_object_get(v, "final"));
	const char *comment = json_string_value(json_object_get(v, "comment"));
	uint32_t wrong;
	struct asset t;

	comment = comment ? comment : "";
	if (!read_asset(&t, v, a) || (success && !set_input(&t, success, a))) {
		vec_fail(r, "test %zu (%s) cannot be read", i, comment);
		return;
	}
	wrong = success ? wrong_flags(&t, true, final) : VEC_FLAGS_ALL;
	if (wrong != VEC_FLAGS_ALL) {
		vec_fail(r, "test %zu (%s) fails with flags %x", i, comment, wrong);
		return;
	}
	if (failure && !set_input(&t, failure, a)) {
		vec_fail(r, "test %zu (%s) cannot be read", i, comment);
		return;
	}
	wrong = failure ? wrong_flags(&t, false, false) : VEC_FLAGS_ALL;
	vec_check(r, wrong == VEC_FLAGS_ALL && (success || failure),
		  "test %zu (%s): the failure passes with flags %x", i, comment,
		  wrong);
}

int vec_script_assets(struct vec_run *r, char *const *files, int n)
{
	json_t *all = vec_json(r, files[0]), *v;
	size_t i;

	(void)n;
	json_array_foreach(all, i, v) {
		struct arena a;

		arena_init(&a, ASSET_MAX);
		check_asset(r, v, i, &a);
		arena_free(&a);
	}
	json_decref(all);
	return 1;
}
