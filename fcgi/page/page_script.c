/* SPDX-License-Identifier: MIT */
#include "fcgi/page/page_script.h"

#include <stdio.h>

#include "primitives/address.h"
#include "primitives/script.h"

/* A longer script is shown by its beginning. */
#define SCRIPT_SHOWN 4000
#define ASM_MAX (64u << 10)

void page_put_script(struct page *pg, struct page_value *in, const char *name,
		     struct bytes script)
{
	struct buf text;

	if (script.len > SCRIPT_SHOWN) {
		char cut[64];

		snprintf(cut, sizeof(cut), "%s_cut", name);
		page_hex(pg->tree, in, name, script.p, SCRIPT_SHOWN / 4);
		page_int(pg->tree, in, arena_strdup(pg->arena, cut),
			 (int64_t)script.len);
		return;
	}
	buf_init(&text, ASM_MAX);
	script_asm_core(&text, script, false);
	if (buf_status(&text) == ST_OK)
		page_bytes(pg->tree, in, name, buf_view(&text));
	else
		page_hex(pg->tree, in, name, script.p, script.len);
	buf_free(&text);
}

static const char *form_name(const struct script_form *f)
{
	switch (f->kind) {
	case SCRIPT_NONSTANDARD:
		return "not standard";
	case SCRIPT_EMPTY:
		return "empty";
	case SCRIPT_PUBKEY:
		return "P2PK";
	case SCRIPT_PUBKEYHASH:
		return "P2PKH";
	case SCRIPT_SCRIPTHASH:
		return "P2SH";
	case SCRIPT_MULTISIG:
		return "multisig";
	case SCRIPT_NULL_DATA:
		return "OP_RETURN";
	case SCRIPT_WITNESS_V0_KEYHASH:
		return "P2WPKH";
	case SCRIPT_WITNESS_V0_SCRIPTHASH:
		return "P2WSH";
	case SCRIPT_WITNESS_V1_TAPROOT:
		return "P2TR";
	case SCRIPT_ANCHOR:
		return "anchor";
	case SCRIPT_WITNESS_UNKNOWN:
		return "unknown witness version";
	}
	return "";
}

bool page_reads_as_text(struct bytes data)
{
	size_t good = 0;

	for (size_t i = 0; i < data.len; i++)
		good += data.p[i] >= 0x20 && data.p[i] != 0x7f;
	return data.len > 0 && good * 10 >= data.len * 9;
}

struct bytes page_coinbase_words(struct bytes script)
{
	struct bytes left = script, height;
	uint8_t op;

	if (script_next(&left, &op, &height) && op >= 1 && op <= 4)
		return left;
	return script;
}

/* What is pushed behind OP_RETURN. */
static void put_data(struct page *pg, struct page_value *in, struct bytes script)
{
	struct bytes left = script, data;
	struct buf all;
	uint8_t op;

	buf_init(&all, ASM_MAX);
	script_next(&left, &op, &data);
	while (script_next(&left, &op, &data))
		if (op <= OP_PUSHDATA4)
			buf_bytes(&all, data);
	if (all.len > SCRIPT_SHOWN / 4)
		all.len = SCRIPT_SHOWN / 4;
	if (page_reads_as_text(buf_view(&all)))
		page_bytes(pg->tree, in, "text", buf_view(&all));
	else
		page_hex(pg->tree, in, "data", all.p, all.len);
	buf_free(&all);
}

void page_put_output(struct page *pg, struct page_value *in, struct bytes script,
		     int64_t value)
{
	struct script_form f = script_classify(script);
	char address[ADDRESS_TEXT_SIZE];

	page_int(pg->tree, in, "value", value);
	page_text(pg->tree, in, "form", form_name(&f));
	if (f.kind == SCRIPT_MULTISIG) {
		page_int(pg->tree, in, "m", f.m);
		page_int(pg->tree, in, "of", f.n);
	}
	if (address_from_script(address, node_params(pg->app->node), script))
		page_text(pg->tree, in, "address", address);
	if (f.kind == SCRIPT_NULL_DATA)
		put_data(pg, in, script);
	page_put_script(pg, in, "script", script);
}

/* --- the drawing --- */

#define FLOW_WIDTH 1000.0
#define FLOW_NECK 430.0		/* where the bands of a side have met */
#define FLOW_THICK 110.0	/* all of them together */
#define FLOW_BANDS 24		/* at most on a side; the last is the rest */
#define FLOW_LEAST 2.0

struct band {
	double value;
	bool fee;
};

static unsigned take(struct band *band, struct flow_side s, int64_t fee)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < s.n; i++) {
		if (n < FLOW_BANDS)
			band[n++] = (struct band){(double)s.value[i], false};
		else
			band[n - 1].value += (double)s.value[i];
	}
	if (fee > 0)
		band[n++] = (struct band){(double)fee, true};
	return n;
}

/* One side: `edge` is the x at which its bands begin. */
static void put_side(struct page *pg, const char *name, const struct band *band,
		     unsigned n, double edge, double height)
{
	struct page_value *list = page_list(pg->tree, pg->root, name);
	double neck = edge > 0 ? FLOW_WIDTH - FLOW_NECK : FLOW_NECK;
	double mid = (edge + neck) / 2, sum = 0, thick = 0, y, at;

	for (unsigned i = 0; i < n; i++)
		sum += band[i].value;
	for (unsigned i = 0; i < n; i++)
		thick += sum > 0 && FLOW_THICK * band[i].value / sum > FLOW_LEAST
				 ? FLOW_THICK * band[i].value / sum
				 : FLOW_LEAST;
	at = (height - thick) / 2;
	y = n > 1 ? 0 : at;
	for (unsigned i = 0; i < n; i++) {
		double t = sum > 0 && FLOW_THICK * band[i].value / sum > FLOW_LEAST
				   ? FLOW_THICK * band[i].value / sum
				   : FLOW_LEAST;
		struct page_value *v = page_item(pg->tree, list);

		page_format(pg->tree, v, "path",
			    "M%.0f %.1fC%.0f %.1f %.0f %.1f %.0f %.1f"
			    "V%.1fC%.0f %.1f %.0f %.1f %.0f %.1fZ",
			    edge, y, mid, y, mid, at, neck, at, at + t, mid,
			    at + t, mid, y + t, edge, y + t);
		page_flag(pg->tree, v, "fee", band[i].fee);
		at += t;
		if (n > 1)
			y += t + (height - thick) / (n - 1);
	}
}

void page_put_flow(struct page *pg, struct flow_side in, struct flow_side out,
		   int64_t fee)
{
	struct band left[FLOW_BANDS + 1], right[FLOW_BANDS + 1];
	unsigned n_left = take(left, in, 0), n_right = take(right, out, fee);
	unsigned most = n_left > n_right ? n_left : n_right;
	double height = FLOW_THICK + 40 + 14.0 * (most > 2 ? most - 2 : 0);

	put_side(pg, "flow_in", left, n_left, 0, height);
	put_side(pg, "flow_out", right, n_right, FLOW_WIDTH, height);
	page_real(pg->tree, pg->root, "flow_height", height, 0);
	page_real(pg->tree, pg->root, "flow_neck", (height - FLOW_THICK) / 2, 1);
}
